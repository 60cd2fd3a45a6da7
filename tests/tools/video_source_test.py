#!/usr/bin/python3
"""A video file as a layer: every frame shows the picture of its time, and the right part of it."""

import functools
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

from harness import HEIGHT, ORANGE, WIDTH, ToolTest, pixel, read_with

PICTURES, RATE = 40, 30
SCENE_RATE = 60
FRAMES = PICTURES * SCENE_RATE // RATE

LUMA_BYTES = WIDTH * HEIGHT
FRAME_BYTES = LUMA_BYTES * 3 // 2
MARK = b"FRAME\n"


def luma(picture: int) -> int:
    """What every picture of the video is filled with."""
    return 20 + 5 * picture


def chroma(picture: int) -> tuple[int, int]:
    return 100 + picture, 160 - picture


def picture_bytes(picture: int) -> bytes:
    u, v = chroma(picture)
    quarter = LUMA_BYTES // 4
    return bytes((luma(picture),)) * LUMA_BYTES + bytes((u,)) * quarter + bytes((v,)) * quarter


def scene_of(
    content: str, layer: str = "", more: str = "", seconds: float = FRAMES / SCENE_RATE
) -> str:
    return (
        f"version: 1\nscene: test\nduration: {seconds:.6f}\n"
        f"canvas: {{width: {WIDTH}, height: {HEIGHT}, fps: {SCENE_RATE}, background: '#204060'}}\n"
        f"layers:\n  - {{id: feed, type: overlay, {layer}content: {{type: video, {content}}}}}\n"
        f"{more}"
    )


@functools.cache
def video(rate: str = f"{RATE}:1", container: str = "mp4") -> bytes:
    """A file of PICTURES pictures of one colour each, coded without loss."""
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{rate} Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED\n"
    with tempfile.TemporaryDirectory(prefix="layercast-test-") as folder:
        raw, coded = Path(folder, "raw.y4m"), Path(folder, f"coded.{container}")
        pictures = b"".join(MARK + picture_bytes(picture) for picture in range(PICTURES))
        raw.write_bytes(head.encode() + pictures)
        read_with(
            "ffmpeg", "-i", raw, "-c:v", "libx264", "-qp", "0", "-g", "8",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", coded,
        )  # fmt: skip
        return coded.read_bytes()


class VideoSource(ToolTest):
    def setUp(self) -> None:
        super().setUp()
        self.file("feed.mp4", video())

    def play(self, content: str = "source: feed.mp4", **how: Any) -> Path:
        return self.file("scene.yaml", scene_of(content, **how))

    def frames(self, *arguments: str) -> list[bytes]:
        """The frames of scene.yaml, without what Y4M says of them."""
        self.render("scene.yaml", "-o", "x.y4m", *arguments)
        _, content = (self.folder / "x.y4m").read_bytes().split(b"\n", 1)
        step = len(MARK) + FRAME_BYTES
        frames = [content[at : at + step] for at in range(0, len(content), step)]
        for frame in frames:
            self.assertEqual((frame[: len(MARK)], len(frame)), (MARK, step))
        return [frame[len(MARK) :] for frame in frames]

    def numbers(self, *arguments: str) -> list[int]:
        """The number of the picture that each frame shows, to the byte."""
        known = {picture_bytes(i): i for i in range(PICTURES)}
        return [known.get(frame, -1) for frame in self.frames(*arguments)]


class Timing(VideoSource):
    def test_each_frame_shows_the_picture_of_its_time(self) -> None:
        self.play()
        whole = self.numbers()
        self.assertEqual(whole, [i // 2 for i in range(FRAMES)])
        self.assertEqual(self.numbers("--frames", "37:41"), whole[37:41])
        self.assertEqual(self.numbers("--at", "0.5"), [15])

    def test_shards_are_the_whole(self) -> None:
        self.play()
        shards = [self.numbers("--shard", f"{i}/3") for i in (1, 2, 3)]
        joined = [number for shard in shards for number in shard]
        self.assertEqual(joined, [i // 2 for i in range(FRAMES)])

    def test_the_rate_of_the_output_may_be_another(self) -> None:
        self.play()
        self.assertEqual(self.numbers("--fps", "30"), list(range(PICTURES)))
        self.assertEqual(
            self.numbers("--fps", "24"), [i * RATE // 24 for i in range(PICTURES * 24 // RATE)]
        )

    def test_a_fractional_rate_does_not_drift(self) -> None:
        self.file("ntsc.mp4", video("30000:1001"))
        self.play("source: ntsc.mp4")
        self.assertEqual(
            self.numbers("--fps", "60000/1001", "--frames", ":79"), [i // 2 for i in range(79)]
        )

    def test_ntsc_in_sixty_frames_a_second_maps_as_the_arithmetic_says(self) -> None:
        self.file("ntsc.mp4", video("30000:1001"))
        self.play("source: ntsc.mp4")
        self.assertEqual(self.numbers(), [i * 500 // 1001 for i in range(FRAMES)])

    def test_the_last_picture_stays(self) -> None:
        self.play(seconds=1.5)
        self.assertEqual(self.numbers("--frames", "76:90"), [38, 38] + [39] * 12)

    def test_a_loop_begins_anew(self) -> None:
        self.play("source: feed.mp4, loop: true", seconds=4)
        pictures = [i // 2 % PICTURES for i in range(240)]
        self.assertEqual(self.numbers(), pictures)
        self.assertEqual(self.numbers("--frames", "157:163"), pictures[157:163])

    def test_start_and_end_cut_it(self) -> None:
        self.play("source: feed.mp4, start: 200ms, end: 500ms")
        shown = [min(6 + i // 2, 14) for i in range(FRAMES)]
        self.assertEqual(self.numbers(), shown)

    def test_start_and_end_are_looped_between(self) -> None:
        self.play("source: feed.mp4, start: 200ms, end: 500ms, loop: true")
        self.assertEqual(self.numbers(), [6 + i // 2 % 9 for i in range(FRAMES)])

    def test_the_rate_is_how_fast_it_plays(self) -> None:
        for rate, pictures in ((2, range(PICTURES)), (0.5, [i // 4 for i in range(FRAMES)])):
            self.play(f"source: feed.mp4, rate: {rate}")
            self.assertEqual(self.numbers("--frames", f":{len(pictures)}"), list(pictures))
        self.play("source: feed.mp4, rate: 1.5, loop: true, start: 200ms, end: 600ms", seconds=2)
        self.assertEqual(self.numbers(), [6 + i * 3 // 4 % 12 for i in range(120)])

    def test_one_file_may_play_in_two_layers(self) -> None:
        self.play(
            more="  - {id: late, type: overlay, size: [80, 90], transform: {position: [80, 0]}, "
            "content: {type: video, source: feed.mp4, start: 500ms, fit: cover}}\n"
        )
        for i, frame in enumerate(self.frames("--frames", "10:14"), 10):
            # Tiles with both are composed, in R'G'B': a level may be lost.
            self.assertAlmostEqual(frame[10], luma(i // 2), delta=1)
            self.assertAlmostEqual(frame[120], luma(15 + i // 2), delta=1)


class Work(VideoSource):
    def stats(self, *arguments: str) -> dict[str, int]:
        self.render("scene.yaml", "-o", "x.y4m", "--stats", "stats.json", *arguments)
        return json.loads((self.folder / "stats.json").read_text())

    def test_a_video_alone_is_copied(self) -> None:
        self.play()
        stats = self.stats()
        self.assertEqual(stats["frames"], FRAMES)
        self.assertGreater(stats["tiles_copied"], 0)
        self.assertEqual(stats["tiles_copied"], stats["tiles_composed"])
        self.assertEqual(stats["pixels_blended"], 0)
        self.assertEqual(stats["frames_repeated"], FRAMES // 2)
        self.assertGreater(stats["stages"]["decode_ns"], 0)

    def test_a_video_below_an_overlay_is_copied_beside_it(self) -> None:
        self.play(
            more="  - {id: dot, type: overlay, z_index: 1, size: [20, 10], "
            'content: {type: color, color: "#ff8000"}}\n'
        )
        stats = self.stats("--verify")
        self.assertGreater(stats["tiles_copied"], 0)
        self.assertGreater(stats["tiles_composed"], stats["tiles_copied"])
        raw = self.render("scene.yaml", "--at", "0")
        self.assertEqual(pixel(raw, 10, 5), (*ORANGE, 255))

    def test_every_frame_is_what_the_plain_compositor_makes(self) -> None:
        self.play(layer="size: [100, 70], transform: {position: [21, 9]}, opacity: 0.7, ")
        for threads in ("1", "2"):
            self.render("scene.yaml", "-o", "null:", "--verify", "--threads", threads)
            self.render("scene.yaml", "-o", "x.rgba", "--verify", "--frames", "5:9")

    def test_the_number_of_threads_changes_nothing(self) -> None:
        self.play(layer="size: [100, 70], transform: {position: [21, 9], rotation: 3}, ")
        self.assertEqual(self.frames("--threads", "1"), self.frames("--threads", "2"))


class Alpha(VideoSource):
    """A video with alpha, whose colours are those of the same one without."""

    def made(self, name: str, *arguments: str) -> Path:
        source = "testsrc2=size=160x90:rate=30:duration=0.2,format=yuv420p"
        command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *arguments, name]
        subprocess.run(command, cwd=self.folder, check=True, timeout=60)
        return self.folder / name

    def rgba(self, name: str) -> bytes:
        self.play(f"source: {name}")
        return self.render("scene.yaml", "--frames", ":6")

    def test_that_is_opaque_shows_the_same_bytes(self) -> None:
        for chroma in ("420p", "422p", "444p"):
            self.made("plain.mkv", "-pix_fmt", f"yuv{chroma}", "-c:v", "ffv1")
            self.made("alpha.mkv", "-pix_fmt", f"yuva{chroma}", "-c:v", "ffv1")
            self.assertEqual(self.rgba("alpha.mkv"), self.rgba("plain.mkv"), chroma)

    def test_lets_through_what_lies_below(self) -> None:
        clear = "format=yuva420p,geq=lum='lum(X,Y)':cb=128:cr=128:a='if(lt(X,80),0,255)'"
        for name, *codec in (
            ("vp9.webm", "-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"),
            ("vp8.webm", "-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"),
            ("prores.mov", "-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"),
            ("png.mov", "-c:v", "png", "-pix_fmt", "rgba"),
            ("qtrle.mov", "-c:v", "qtrle", "-pix_fmt", "argb"),
        ):
            with self.subTest(name):
                self.made(name, "-vf", clear, *codec)
                frame = self.rgba(name)
                for channel, wanted in zip(pixel(frame, 30, 45), (0x20, 0x40, 0x60), strict=False):
                    self.assertAlmostEqual(channel, wanted, delta=3)
                self.assertNotEqual(pixel(frame, 120, 45)[:3], (0x20, 0x40, 0x60))


class Colours(VideoSource):
    def test_that_only_the_container_tells_are_those_of_the_video(self) -> None:
        # ffmpeg 5 writes "unknown" into the ProRes frames, and BT.709 into the container.
        source = "color=red:size=160x90:rate=30:duration=0.2,format=gbrp"
        for container in ("mov", "mkv"):
            with self.subTest(container):
                name = f"x.{container}"
                read_with(
                    "ffmpeg", "-f", "lavfi", "-i", source, "-vf", "scale=out_color_matrix=bt709",
                    "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-colorspace", "bt709",
                    "-color_primaries", "bt709", "-color_trc", "bt709", self.folder / name,
                )  # fmt: skip
                self.play(f"source: {name}")
                shown = self.render("scene.yaml", "--frames", ":1")
                for channel, wanted in zip(pixel(shown, 80, 45), (255, 0, 0), strict=False):
                    self.assertAlmostEqual(channel, wanted, delta=2)


class Live(VideoSource):
    URL = "rtmp://127.0.0.1:1/live/secret-key"

    def test_a_pipe_shows_what_comes_through_it(self) -> None:
        os.mkfifo(self.folder / "pipe.ts")
        sender = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", "feed.mp4",
             "-c", "copy", "-f", "mpegts", "-y", "pipe.ts"],
            cwd=self.folder, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self.play("source: pipe.ts")
            frames = self.frames("--frames", ":30")
        finally:
            sender.kill()
            sender.wait()
        known = {picture_bytes(i) for i in range(PICTURES)}
        self.assertTrue(all(frame in known for frame in frames))

    def test_one_that_is_away_is_told_without_its_key(self) -> None:
        self.play(f'source: "{self.URL}"')
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.y4m")
        self.assertEqual(done.status, 1)
        self.assertIn("layers[0].content.source", done.err)
        self.assertIn("refused", done.err)
        self.assertNotIn("secret-key", done.err)

    def test_its_fallback_stands_in(self) -> None:
        self.file("away.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">'
                  '<rect width="160" height="90" fill="#ff8000"/></svg>')  # fmt: skip
        self.play(f'source: "{self.URL}", fallback: away.svg')
        raw = self.render("scene.yaml", "--frames", ":2")
        self.assertEqual(pixel(raw, 80, 45), (*ORANGE, 255))

    def test_of_another_scheme_is_refused(self) -> None:
        self.play('source: "ftp://example.org/a.mp4"')
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.y4m")
        self.assertEqual(done.status, 1)
        self.assertIn("cannot connect to the URL scheme", done.err)


class Failure(VideoSource):
    def refuse(self, source: str, *words: str) -> None:
        """Ends with 1 and the place of the source, and leaves no file."""
        text = self.play(f"source: {source}").read_text()
        line = next(i for i, each in enumerate(text.splitlines(), 1) if "source" in each)
        column = text.splitlines()[line - 1].index(source) + 1
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.mp4")
        self.assert_refused(done, 1, source, *words)
        start = f"scene.yaml:{line}:{column}: layers[0].content.source: "
        self.assertTrue(done.err.startswith(start), f"{done.err} does not begin with {start}")
        self.assertFalse((self.folder / "x.mp4").exists())

    def test_of_a_missing_file_is_told_with_its_place(self) -> None:
        self.refuse("missing.mp4", "no such file")

    def test_of_a_file_that_is_no_video_is_told(self) -> None:
        self.file("words.mp4", "These are words.\n" * 100)
        self.refuse("words.mp4")

    def test_of_a_folder_or_an_empty_file_is_told(self) -> None:
        (self.folder / "folder.mp4").mkdir()
        self.refuse("folder.mp4")
        self.file("empty.mp4", b"")
        self.refuse("empty.mp4")

    def test_is_a_red_picture_when_one_keeps_going(self) -> None:
        self.play("source: missing.mp4", layer="size: [100, 70], transform: {position: [20, 10]}, ")
        done = self.run_tool("render-frames", "scene.yaml", "--keep-going", "--frames", ":2")
        self.assertEqual(done.status, 0)
        self.assertEqual(len(done.lines), 1, done.err)
        self.assertRegex(
            done.err, r"^render-frames: warning: scene\.yaml:\d+:\d+: layers\[0\]\.content\.source"
        )
        for frame in range(2):
            red, green, blue, _ = pixel(done.out, 22, 45, frame)
            self.assertGreater(red, max(green, blue) + 40)
            self.assertEqual(pixel(done.out, 150, 85, frame), (0x20, 0x40, 0x60, 255))

    def test_of_a_start_after_its_end_is_told(self) -> None:
        self.play("source: feed.mp4, start: 10s")
        done = self.run_tool("render-frames", "scene.yaml", "-o", "null:")
        self.assert_refused(done, 1, "layers[0].content.source", "feed.mp4", "start")


if __name__ == "__main__":
    unittest.main()
