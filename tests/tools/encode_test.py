#!/usr/bin/python3
"""encode turns raw frames into what it is asked for."""

import unittest
from pathlib import Path
from typing import Any, ClassVar

from harness import (
    FPS, FRAMES, HEIGHT, WIDTH, Terminal, ToolTest, boxes, decoded, frame_digests, noise_frames,
    packets, read_with, streams,
)  # fmt: skip

GEOMETRY = ("--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS))


class EncodeTest(ToolTest):
    """Has the scene of the moving box, and frames.rgba made from it."""

    def setUp(self) -> None:
        super().setUp()
        self.given = self.scene()
        self.frames = self.file("frames.rgba", self.render(self.given))

    def video(self, name: str, *settings: str) -> dict[str, Any]:
        """What ffprobe says of the video that the frames become with these settings."""
        self.encode("-i", self.frames, *GEOMETRY, "-o", name, *settings)
        return streams(self.folder / name)["video"]


class Encode(EncodeTest):
    def test_takes_size_and_rate_from_the_scene(self) -> None:
        self.encode("-i", self.frames, "--scene", self.given, "-o", "x.mp4")
        video = streams(self.folder / "x.mp4")["video"]
        found = [video[key] for key in ("width", "height", "r_frame_rate", "nb_frames")]
        self.assertEqual(found, [WIDTH, HEIGHT, f"{FPS}/1", str(FRAMES)])

    def test_takes_size_and_rate_from_options(self) -> None:
        video = self.video("x.mkv", "--fps", "30000/1001")
        found = [video[key] for key in ("width", "height", "r_frame_rate", "nb_read_frames")]
        self.assertEqual(found, [WIDTH, HEIGHT, "30000/1001", str(FRAMES)])

    def test_lets_options_overrule_the_scene(self) -> None:
        options = ("--size", "80x90", "--fps", "50")
        self.encode("-i", self.frames, "--scene", self.given, *options, "-o", "x.mp4")
        video = streams(self.folder / "x.mp4")["video"]
        found = [video[key] for key in ("width", "r_frame_rate", "nb_frames")]
        self.assertEqual(found, [80, "50/1", str(2 * FRAMES)])

    def test_reads_standard_input(self) -> None:
        for dash in ([], ["-i", "-"]):
            self.encode(*dash, *GEOMETRY, "-o", "x.mp4", stdin=self.frames.read_bytes())
            self.assert_shows_box(decoded(self.folder / "x.mp4"), FRAMES, within=5)

    def test_makes_the_same_video_on_any_number_of_threads(self) -> None:
        for threads in ("1", "3"):
            self.video(f"{threads}.mkv", "--threads", threads)
        one, three = ((self.folder / f"{n}.mkv").read_bytes() for n in "13")
        self.assertEqual(one, three)

    def test_writes_to_a_pipe(self) -> None:
        piped = self.encode("-i", self.frames, *GEOMETRY, "-o", "-", "--format", "mkv")
        self.assert_shows_box(decoded(self.file("piped.mkv", piped)), FRAMES, within=5)

    def test_has_no_audio_track_when_told_so(self) -> None:
        self.encode("-i", self.frames, *GEOMETRY, "-o", "x.mp4", "--no-audio")
        self.assertEqual(list(streams(self.folder / "x.mp4")), ["video"])


class SeveralOutputs(EncodeTest):
    def test_of_different_containers_come_from_one_run(self) -> None:
        names = ["x.mp4", "x.mkv", "x.webm", "x.ts", "x.flv"]
        self.encode("-i", self.frames, *GEOMETRY, *(word for n in names for word in ("-o", n)))
        for name in names:
            with self.subTest(name):
                found = streams(self.folder / name)
                webm = name.endswith("webm")
                self.assertEqual(found["video"]["codec_name"], "vp9" if webm else "h264")
                self.assertEqual(found["audio"]["codec_name"], "opus" if webm else "aac")
                self.assertEqual(found["video"]["nb_read_frames"], str(FRAMES))
                self.assert_shows_box(decoded(self.folder / name), FRAMES, within=5)
        self.assertLess(boxes(self.folder / "x.mp4").index("moov"), 2)
        self.assert_files("scene.yaml", "frames.rgba", *names)

    def test_of_one_codec_hold_the_same_pictures(self) -> None:
        self.encode("-i", self.frames, *GEOMETRY, "-o", "x.mp4", "-o", "x.mkv", "--no-audio")
        pictures = [
            [line.rsplit(",", 1)[1] for line in frame_digests(self.folder / name) if line[0] != "#"]
            for name in ("x.mp4", "x.mkv")
        ]
        self.assertEqual(*pictures)

    def test_go_on_when_one_of_them_fails(self) -> None:
        done = self.run_tool(
            "encode", "-i", self.frames, *GEOMETRY, "--format", "mkv", "-o", "/dev/full",
            "-o", "x.mkv",
        )  # fmt: skip
        self.assert_refused(done, 1, "/dev/full", "No space left on device")
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=5)

    def test_that_cannot_all_be_opened_leave_nothing(self) -> None:
        done = self.run_tool(
            "encode", "-i", self.frames, *GEOMETRY, "-o", "x.mkv", "-o", "missing/y.mkv"
        )
        self.assert_refused(done, 1, "missing/y.mkv", "No such file or directory")
        self.assert_files("scene.yaml", "frames.rgba")

    def test_are_not_named_twice(self) -> None:
        done = self.run_tool("encode", "-i", self.frames, *GEOMETRY, "-o", "x.mkv", "-o", "x.mkv")
        self.assert_refused(done, 2, "x.mkv", "twice")
        self.assert_files("scene.yaml", "frames.rgba")


class HlsPlaylist(EncodeTest):
    def test_names_segments_that_play_as_one_video(self) -> None:
        self.encode("-i", self.frames, *GEOMETRY, "--fps", "1", "--gop", "1", "-o", "x.m3u8")
        playlist = (self.folder / "x.m3u8").read_text()
        self.assertIn("#EXT-X-ENDLIST", playlist)
        segments = [line for line in playlist.splitlines() if not line.startswith("#")]
        self.assertGreaterEqual(len(segments), 2)
        self.assert_files("scene.yaml", "frames.rgba", "x.m3u8", *segments)
        video = streams(self.folder / "x.m3u8")["video"]
        self.assertEqual((video["codec_name"], video["nb_read_frames"]), ("h264", str(FRAMES)))


class Codec(EncodeTest):
    def test_can_be_named_as_people_do(self) -> None:
        for given, found in (("h264", "h264"), ("vp8", "vp8"), ("vp9", "vp9")):
            with self.subTest(given):
                self.assertEqual(self.video("x.mkv", "--codec", given)["codec_name"], found)
                self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=16)

    def test_can_be_an_encoder_of_libavcodec(self) -> None:
        for given, found in (("ffv1", "ffv1"), ("libx264", "h264"), ("mpeg4", "mpeg4")):
            with self.subTest(given):
                self.assertEqual(self.video("x.mkv", "--codec", given)["codec_name"], found)

    def test_without_loss_keeps_the_colours(self) -> None:
        self.video("x.mkv", "--codec", "ffv1", "--pixel-format", "yuv444p")
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=2)

    def test_has_the_pixel_format_it_is_told(self) -> None:
        for given in ("yuv444p", "yuv420p10le", "yuv422p"):
            with self.subTest(given):
                video = self.video("x.mkv", "--pixel-format", given)
                found = [video[key] for key in ("pix_fmt", "color_range", "color_space")]
                self.assertEqual(found, [given, "tv", "bt709"])
                self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=5)

    def test_takes_the_preset(self) -> None:
        fast = self.video("x.mkv", "--preset", "ultrafast")
        slow = self.video("x.mkv", "--preset", "slow")
        self.assertEqual((fast["profile"], slow["profile"]), ("Constrained Baseline", "High"))

    def test_has_keyframes_no_further_apart_than_told(self) -> None:
        for codec, name in (("h264", "x.mp4"), ("vp9", "x.webm")):
            with self.subTest(codec):
                self.video(name, "--codec", codec, "--gop", "4")
                keys = [p["flags"].startswith("K") for p in packets(self.folder / name, "v")]
                self.assertEqual([i for i, is_key in enumerate(keys) if is_key], [0, 4, 8])


class Quality(ToolTest):
    """Frames of noise: what they cost is what they are given."""

    COUNT: ClassVar[int] = 12
    noise: ClassVar[bytes]

    @classmethod
    def setUpClass(cls) -> None:
        cls.noise = noise_frames(cls.COUNT)

    def size_of(self, name: str, *settings: str) -> int:
        self.encode(*GEOMETRY, "-o", name, "--no-audio", *settings, stdin=self.noise)
        return sum(int(p["size"]) for p in packets(self.folder / name, "v"))

    def test_follows_crf(self) -> None:
        for name in ("x.mp4", "x.webm"):
            fine, coarse = (self.size_of(name, "--crf", crf) for crf in ("15", "45"))
            self.assertGreater(fine, 2 * coarse)

    def test_follows_bitrate(self) -> None:
        for name in ("x.mp4", "x.webm"):
            rich, poor = (self.size_of(name, "--bitrate", rate) for rate in ("6M", "600k"))
            self.assertGreater(rich, 2 * poor)


class Truncated(EncodeTest):
    def test_input_is_reported_and_what_came_before_is_kept(self) -> None:
        whole = self.frames.read_bytes()
        for frames, kept in ((1, "the frame before it"), (3, "the 3 frames before it")):
            part = whole[: int((frames + 0.6) * len(whole) / FRAMES)]
            done = self.run_tool("encode", *GEOMETRY, "-o", "x.mp4", stdin=part)
            self.assert_refused(
                done, 1, "encode: error: standard input: ", "ends inside a frame",
                "34560 of 57600 bytes", f"kept {kept}",
            )  # fmt: skip
            self.assert_shows_box(decoded(self.folder / "x.mp4"), frames, within=5)
            self.assert_files("scene.yaml", "frames.rgba", "x.mp4")

    def test_input_without_a_whole_frame_leaves_no_file(self) -> None:
        for content in (b"", b"x" * 1000):
            done = self.run_tool("encode", *GEOMETRY, "-o", "x.mp4", stdin=content)
            self.assert_refused(done, 1, "standard input")
            self.assert_files("scene.yaml", "frames.rgba")


class Refused(EncodeTest):
    def refused(self, status: int, words: tuple[str, ...], *arguments: str | Path) -> None:
        """A single line that holds `words`, and no file."""
        with self.subTest(arguments):
            self.assert_refused(self.run_tool("encode", *arguments), status, *words)
            self.assert_files("scene.yaml", "frames.rgba")

    def test_is_a_command_without_output_size_or_rate(self) -> None:
        frames = ("-i", self.frames)
        self.refused(2, ("no output", "expected -o OUT"), *frames, *GEOMETRY)
        self.refused(2, ("size", "--scene", "--size"), *frames, "--fps", "25", "-o", "x.mp4")
        self.refused(2, ("rate", "--scene", "--fps"), *frames, "--size", "160x90", "-o", "x.mp4")

    def test_is_an_input_that_is_not_there_or_is_a_folder(self) -> None:
        missing = ("No such file or directory",)
        self.refused(2, ("no.rgba", *missing), "-i", "no.rgba", *GEOMETRY, "-o", "x.mp4")
        self.refused(2, ("folder",), "-i", self.folder, *GEOMETRY, "-o", "x.mp4")
        self.refused(2, ("no.yaml", *missing), "--scene", "no.yaml", "-o", "x.mp4")

    def test_is_what_does_not_fit_together(self) -> None:
        odd = ("-i", self.frames, "--size", "161x91", "--fps", "25", "-o", "x.mp4")
        self.refused(2, ("161x91", "yuv420p", "yuv444p"), *odd)
        even = ("-i", self.frames, *GEOMETRY)
        webm = (*even, "-o", "x.webm", "--codec", "h264")
        self.refused(2, ("x.webm", "webm cannot hold h264", "vp9", "mp4"), *webm)
        wrong = (*even, "-o", "x.mkv", "--codec", "ffv1", "--crf", "3")
        self.refused(2, ("ffv1 has no crf", "bitrate"), *wrong)

    def test_is_a_name_that_nobody_knows(self) -> None:
        even = ("-i", self.frames, *GEOMETRY)
        self.refused(2, ("codec h265x", "did you mean"), *even, "-o", "x.mp4", "--codec", "h265x")
        self.refused(2, ("codec zzzzzz", "h264"), *even, "-o", "x.mp4", "--codec", "zzzzzz")
        self.refused(2, ("preset fats", "veryfast"), *even, "-o", "x.mp4", "--preset", "fats")
        self.refused(2, ("yuv421p", "yuv420p"), *even, "-o", "x.mp4", "--pixel-format", "yuv421p")
        self.refused(2, ("x.avi", "mp4", "rtmp"), *even, "-o", "x.avi")
        self.refused(2, ("noextension", "mp4"), *even, "-o", "noextension")
        self.refused(2, ("http://x/***", "rtmp"), *even, "-o", "http://x/y.mp4")

    def test_is_a_value_out_of_range(self) -> None:
        even = ("-i", self.frames, *GEOMETRY, "-o", "x.mp4")
        for option, value in (
            ("--crf", "x"), ("--crf", "52"), ("--crf", "-1"), ("--gop", "0"), ("--bitrate", "fast"),
            ("--size", "10"), ("--size", "160x90000"), ("--fps", "0"), ("--threads", "0"),
        ):  # fmt: skip
            self.refused(2, (option.strip("-"), value, "expected"), *even, option, value)

    def test_is_an_output_that_nobody_listens_to(self) -> None:
        url = "rtmp://127.0.0.1:9/live/key"
        words = ("rtmp://127.0.0.1:9/live/***", "connection refused")
        self.refused(1, words, "-i", self.frames, *GEOMETRY, "-o", url)

    def test_never_tells_a_stream_key(self) -> None:
        frames = ("-i", self.frames, *GEOMETRY)
        for url in (
            "rmtp://me:PASS99@live.example/app/SECRET", "rtmp:/live.example/app/SECRET",
            "rtmp//live.example/app/SECRET", "ftp://u:PASS99@h/SECRET", "https://h/app/SECRET",
            "rtmp://127.0.0.1:9/live/SECRET", "whip://h/SECRET?token=PASS99",
        ):  # fmt: skip
            for options in (("-o", url), ("-o", url, "--format", "mp5"), (url,), ("--ouput", url)):
                done = self.run_tool("encode", *frames, *options)
                self.assertNotEqual(done.status, 0)
                for secret in ("SECRET", "PASS99"):
                    self.assertNotIn(secret, done.err, options)


class OnTerminal(EncodeTest):
    def test_frames_are_neither_waited_for_nor_is_video_shown(self) -> None:
        for stream, words in (("stdin", "expected raw frames"), ("stdout", "expected a pipe")):
            with self.subTest(stream), Terminal() as terminal:
                source = [] if stream == "stdin" else ["-i", self.frames]
                out = ["-o", "-", "--format", "mkv"]
                process = self.start("encode", *source, *GEOMETRY, *out, **{stream: terminal.line})
                done = self.finished(process)
                self.assert_refused(done, 2, "encode: error: standard", "terminal", words)
                self.assertEqual(terminal.read(0), "")


class FramesFromElsewhere(ToolTest):
    def test_are_as_good_as_render_frames_own(self) -> None:
        source = ("-f", "lavfi", "-i", f"color=0xff8000:s={WIDTH}x{HEIGHT}:r={FPS},format=rgba")
        raw = read_with("ffmpeg", *source, "-frames:v", "5", "-f", "rawvideo", "-")
        self.encode(*GEOMETRY, "-o", "x.mp4", stdin=raw)
        shown = decoded(self.folder / "x.mp4")
        self.assertEqual(len(shown), 5 * WIDTH * HEIGHT * 4)
        self.assert_near(tuple(shown[:4]), (255, 128, 0, 255), within=3)


if __name__ == "__main__":
    unittest.main()
