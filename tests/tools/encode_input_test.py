#!/usr/bin/python3
"""encode reads raw frames, Y4M and numbered stills, and refuses what is none of these."""

import subprocess
import unittest
from pathlib import Path

from harness import (
    FPS, FRAMES, HEIGHT, NAVY, PATIENCE_SECONDS, WIDTH, ToolTest, decoded, plain_png, read_with,
    scene_text, streams,
)  # fmt: skip

RED = (255, 0, 0, 255)


def y4m(width: int, height: int, parameters: str, frames: int, samples: bytes) -> bytes:
    """A Y4M stream whose frames all have the same samples."""
    header = f"YUV4MPEG2 W{width} H{height} {parameters}\n".encode()
    return header + (b"FRAME\n" + samples) * frames


PLAIN = "F25:1 Ip A1:1 C420mpeg2"


def red_y4m(parameters: str = PLAIN, width: int = 64, height: int = 48) -> bytes:
    """BT.709 limited-range red, 4:2:0."""
    quarter = width * height // 4
    samples = bytes((63,)) * (width * height) + bytes((102,)) * quarter + bytes((240,)) * quarter
    return y4m(width, height, parameters, 3, samples)


class InputTest(ToolTest):
    def video(self, path: str = "x.mkv") -> list[str | int]:
        found = streams(self.folder / path)["video"]
        return [found[key] for key in ("width", "height", "r_frame_rate", "nb_read_frames")]

    def refused(self, status: int, words: tuple[str, ...], *arguments: str | Path,
                stdin: bytes = b"") -> None:  # fmt: skip
        """One line that holds `words`, and no output."""
        done = self.run_tool("encode", *arguments, "-o", "x.mkv", stdin=stdin)
        self.assert_refused(done, status, *words)
        self.assertFalse((self.folder / "x.mkv").exists())


class Y4m(InputTest):
    def test_of_render_frames_needs_no_size_and_keeps_its_samples(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.y4m")
        exact = ("--codec", "ffv1", "--no-audio")
        self.encode("-i", "x.y4m", *exact, "-o", "x.mkv")
        self.assertEqual(self.video(), [WIDTH, HEIGHT, f"{FPS}/1", str(FRAMES)])
        self.render(scene, *exact, "-o", "direct.mkv")
        found = decoded(self.folder / "x.mkv", "yuv420p")
        self.assertEqual(found, decoded(self.folder / "direct.mkv", "yuv420p"))
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=2)

    def test_comes_from_a_pipe(self) -> None:
        stream = self.render(self.scene(), "-o", "-", "--format", "y4m")
        self.encode("-o", "x.mkv", stdin=stream)
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=5)

    def test_of_ffmpeg_has_its_colours_in_every_format(self) -> None:
        # The names of ffmpeg's pixel formats; chroma siting, range and depth differ.
        for pixel_format in ("yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv420p10le",
                             "yuv444p12le", "yuvj420p", "gray10le"):  # fmt: skip
            with self.subTest(pixel_format):
                stream = read_with(
                    "ffmpeg", "-v", "error", "-f", "lavfi",
                    "-i", "color=0xff8000:s=64x48:r=25,format=gbrp",
                    "-frames:v", "2", "-vf", "scale=out_color_matrix=bt709:out_range=" +
                    ("pc" if "j" in pixel_format else "tv"), "-pix_fmt", pixel_format,
                    "-strict", "-1", "-f", "yuv4mpegpipe", "-",
                )  # fmt: skip
                self.encode("-o", "x.mkv", "--codec", "ffv1", "--pixel-format", "yuv444p",
                            stdin=stream)  # fmt: skip
                self.assertEqual(self.video(), [64, 48, "25/1", "2"])
                grey = pixel_format.startswith("gray")
                color = (146, 146, 146, 255) if grey else (255, 128, 0, 255)
                self.assert_near(tuple(decoded(self.folder / "x.mkv")[:4]), color)

    def test_without_parameters_is_read_as_the_format_says(self) -> None:
        self.encode("-o", "x.mkv", "--fps", "10", stdin=red_y4m(""))
        self.assertEqual(self.video(), [64, 48, "10/1", "3"])
        self.assert_near(tuple(decoded(self.folder / "x.mkv")[:4]), RED, within=5)

    def test_takes_another_rate_from_the_option(self) -> None:
        self.encode("-o", "x.mkv", "--fps", "30000/1001", stdin=red_y4m())
        self.assertEqual(self.video(), [64, 48, "30000/1001", "3"])

    def test_of_another_size_or_rate_than_the_scene_is_refused(self) -> None:
        scene = self.scene()
        self.refused(2, ("standard input", "64x48", "160x90", "--size 64x48"), "--scene", scene,
                     stdin=red_y4m())  # fmt: skip
        self.refused(2, ("64x48", "--size says 64x64"), "--size", "64x64", stdin=red_y4m())
        stream = red_y4m("F30:1 Ip C420mpeg2", WIDTH, HEIGHT)
        self.refused(2, ("rate of 30", "of 25", "--fps"), "--scene", scene, stdin=stream)

    def test_that_ends_inside_a_frame_keeps_what_came_before(self) -> None:
        whole = red_y4m()
        for cut in (len(whole) - 1, len(whole) - 64 * 48 * 3 // 2 - 2):
            done = self.run_tool("encode", "-o", "x.mkv", stdin=whole[:cut])
            self.assert_refused(done, 1, "ends inside a frame", "kept the 2 frames before it")
            self.assertEqual(self.video()[3], "2")

    def test_that_is_wrong_is_refused_with_the_reason(self) -> None:
        for parameters, words in (
            ("F25:1 It C420mpeg2", ("interlaced", "progressive")),
            ("F25:1 Ip A10:11 C420mpeg2", ("10:11", "square")),
            ("F25:1 Ip C999", ("C999", "C420mpeg2")),
            ("F0:0 Ip C420mpeg2", ("rate", "--fps")),
        ):
            self.refused(2, words, stdin=red_y4m(parameters))
        self.refused(2, ("no valid size",), stdin=b"YUV4MPEG2 W0 H48 F25:1\nFRAME\n")
        self.refused(2, ("no valid size",), stdin=b"YUV4MPEG2 W64 H-48 F25:1\nFRAME\n")
        self.refused(2, ("99999x48", "7680"), stdin=b"YUV4MPEG2 W99999 H48 F25:1\nFRAME\n")
        self.refused(2, ("8x8", "16"), stdin=red_y4m(width=8, height=8))
        self.refused(2, ("no end",), stdin=b"YUV4MPEG2 W64 H48 F25:1")
        self.refused(2, ("65x49", "yuv420p", "yuv444p"), stdin=red_y4m(width=65, height=49))


class Stills(InputTest):
    def test_of_render_frames_are_a_video(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "f-%05d.png")
        self.encode("-i", "f-%05d.png", "--fps", str(FPS), "-o", "x.mkv")
        self.assertEqual(self.video(), [WIDTH, HEIGHT, f"{FPS}/1", str(FRAMES)])
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=5)

    def test_take_their_rate_from_the_scene(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "f-%d.webp", "--frames", "7:10")
        self.encode("-i", "f-%d.webp", "--scene", scene, "-o", "x.mkv")
        self.assertEqual(self.video(), [WIDTH, HEIGHT, f"{FPS}/1", "3"])

    def test_of_a_wildcard_come_in_natural_order(self) -> None:
        for name, color in (("p10.png", (0, 0, 255, 255)), ("p9.png", RED)):
            self.file(name, plain_png(32, 32, color))
        self.encode("-i", "p*.png", "--fps", "1", "-o", "x.mkv")
        shown = decoded(self.folder / "x.mkv")
        self.assert_near(tuple(shown[:4]), RED, within=5)
        self.assert_near(tuple(shown[-4:]), (0, 0, 255, 255), within=5)

    def test_may_be_a_single_one(self) -> None:
        self.file("a.png", plain_png(32, 32, (255, 0, 0, 128)))
        self.encode("-i", "a.png", "--fps", "25", "-o", "x.mkv")
        self.assertEqual(self.video(), [32, 32, "25/1", "1"])
        self.assert_near(tuple(decoded(self.folder / "x.mkv")[:4]), (128, 0, 0, 255), within=5)

    def test_that_are_not_there_or_have_gaps_are_refused(self) -> None:
        self.refused(2, ("no-%d.png", "no file matches"), "-i", "no-%d.png", "--fps", "25")
        self.refused(2, ("no.png", "no such file"), "-i", "no.png", "--fps", "25")
        for number in (1, 2, 5):
            self.file(f"g{number}.png", plain_png(32, 32, RED))
        self.refused(2, ("g%d.png", "from 2 to 5"), "-i", "g%d.png", "--fps", "25")
        self.refused(2, ("rate", "--fps"), "-i", "g1.png")

    def test_of_another_size_are_refused(self) -> None:
        self.file("s1.png", plain_png(32, 32, RED))
        self.refused(2, ("32x32", "160x90"), "-i", "s%d.png", "--scene", self.scene())
        self.file("s2.png", plain_png(32, 34, RED))
        done = self.run_tool("encode", "-i", "s%d.png", "--fps", "25", "-o", "x.mkv")
        self.assert_refused(done, 2, "s2.png", "32x34", "32x32", "kept the frame before it")
        self.file("s2.png", b"no image")
        done = self.run_tool("encode", "-i", "s%d.png", "--fps", "25", "-o", "x.mkv")
        self.assert_refused(done, 2, "s2.png", "not an image", "kept the frame before it")


class RawFramesOfAnotherSize(InputTest):
    def test_are_refused_before_anything_is_written(self) -> None:
        scene = self.scene()
        for size in ("80x45", "320x180"):
            with self.subTest(size):
                frames = self.file("f.rgba", self.render(scene, "--size", size))
                words = ("f.rgba", size, "160x90", "--size")
                self.refused(2, words, "-i", frames, "--scene", scene)
                with frames.open("rb") as file:
                    done = self.finished(
                        self.start("encode", "--scene", scene, "-o", "x.mkv", stdin=file)
                    )
                self.assert_refused(done, 2, "standard input", size)
                self.encode("-i", frames, "--scene", scene, "--size", size, "-o", "y.mkv",
                            "--pixel-format", "yuv444p")  # fmt: skip
                self.assertEqual(self.video("y.mkv")[3], str(FRAMES))

    def test_from_a_pipe_are_refused_and_no_video_is_left(self) -> None:
        scene = self.scene()
        for size in ("80x45", "320x180"):
            with self.subTest(size):
                self.refused(2, ("standard input", size, "160x90"), "--scene", scene,
                             stdin=self.render(scene, "--size", size))  # fmt: skip

    def test_are_not_seen_in_a_part_or_more_of_the_scene(self) -> None:
        scene = self.scene(head="duration: 320ms")
        for part in (("--shard", "1/4"), ("--frames", "0:32"), ("--frames", "3:4")):
            with self.subTest(part):
                frames = self.render(scene, *part)
                self.encode("--scene", scene, "-o", "x.mkv", stdin=frames)
                self.encode("-i", self.file("f.rgba", frames), "--scene", scene, "-o", "x.mkv")

    def test_need_no_duration_in_the_scene(self) -> None:
        scene = self.file("endless.yaml", scene_text(head=""))
        frames = self.render(scene, "--frames", "0:4")
        self.encode("--scene", scene, "-o", "x.mkv", stdin=frames)
        self.assert_near(tuple(decoded(self.folder / "x.mkv")[:4]), (*NAVY, 255), within=5)


class OtherFiles(InputTest):
    def test_are_named_as_what_they_are(self) -> None:
        size = ("--size", "32x32", "--fps", "25")
        self.refused(2, ("standard input", "PNG"), *size, stdin=plain_png(32, 32, RED))
        self.encode("-o", "a.mp4", *size, stdin=bytes(32 * 32 * 4))
        self.refused(2, ("a.mp4", "MP4", "Y4M"), "-i", "a.mp4", *size)
        self.encode("-o", "a.mkv", *size, stdin=bytes(32 * 32 * 4))
        self.refused(2, ("a.mkv", "Matroska"), "-i", "a.mkv", *size)


class Pipes(ToolTest):
    def test_carry_y4m_between_the_tools(self) -> None:
        scene = self.scene()
        rendered = self.start(
            "render-frames", scene, "-o", "-", "--format", "y4m", stdout=subprocess.PIPE
        )
        encoded = self.start("encode", "--scene", scene, "-o", "x.mp4", stdin=rendered.stdout)
        self.assertEqual(self.finished(encoded).err, "")
        self.assertEqual(rendered.wait(PATIENCE_SECONDS), 0)
        self.assert_shows_box(decoded(self.folder / "x.mp4"), FRAMES, within=5)


if __name__ == "__main__":
    unittest.main()
