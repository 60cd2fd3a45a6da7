#!/usr/bin/python3
"""render-frames writes videos that say what they are, with the scene's colours and a sound track."""

import unittest
from pathlib import Path
from typing import ClassVar

from harness import (
    BOX, FPS, FRAMES, HEIGHT, WIDTH, ToolTest, boxes, decoded, decoded_sound, frame_digests,
    pixel, streams, write_tone,
)  # fmt: skip

# What a container holds unless told otherwise.
CONTAINERS = {"mp4": ("h264", "aac"), "mkv": ("h264", "aac"), "webm": ("vp9", "opus")}
SOUND_RATE = 48000


class Video(ToolTest):
    def videos(self) -> dict[str, Path]:
        """One file in each container."""
        scene = self.scene()
        files = {name: self.folder / f"x.{name}" for name in CONTAINERS}
        for file in files.values():
            self.render(scene, "-o", file)
        self.assert_files("scene.yaml", *(file.name for file in files.values()))
        return files

    def test_is_what_its_name_says_and_says_so(self) -> None:
        for container, file in self.videos().items():
            with self.subTest(container):
                self.check_video(file, *CONTAINERS[container])

    def check_video(self, file: Path, video_codec: str, audio_codec: str) -> None:
        found = streams(file)
        video = found["video"]
        expected = {
            "codec_name": video_codec,
            "width": WIDTH,
            "height": HEIGHT,
            "r_frame_rate": f"{FPS}/1",
            "avg_frame_rate": f"{FPS}/1",
            "nb_read_frames": str(FRAMES),
            "pix_fmt": "yuv420p",
            "sample_aspect_ratio": "1:1",
            "color_range": "tv",
            "color_space": "bt709",
            "color_primaries": "bt709",
            "color_transfer": "bt709",
            "chroma_location": "left",
        }
        self.assertEqual({key: video.get(key) for key in expected}, expected)
        if file.suffix == ".mp4":
            self.assertEqual(video["nb_frames"], str(FRAMES))
        audio = found["audio"]
        self.assertEqual(
            (audio["codec_name"], audio["sample_rate"], audio["channels"]),
            (audio_codec, str(SOUND_RATE), 2),
        )
        self.assert_shows_box(decoded(file), FRAMES, within=5)
        left, right = decoded_sound(file)
        self.assertEqual(set(left + right), {0})

    def test_of_an_encoder_that_takes_colours_from_frames_says_them(self) -> None:
        self.render(self.scene(background="#ff0000"), "-o", "x.mov", "--codec", "prores_ks")
        video = streams(self.folder / "x.mov")["video"]
        keys = ("color_space", "color_primaries", "color_transfer")
        self.assertEqual([video.get(key) for key in keys], ["bt709"] * 3)
        played = "{id: v, type: overlay, content: {type: video, source: x.mov}}"
        shown = self.render(self.scene(played), "--frames", "0:1")
        self.assert_near(pixel(shown, 5, 5), (255, 0, 0, 255), within=2)

    def test_in_mp4_can_be_played_before_it_is_all_there(self) -> None:
        self.render(self.scene(), "-o", "x.mp4")
        names = boxes(self.folder / "x.mp4")
        self.assertLess(names.index("moov"), names.index("mdat"))

    def test_carries_a_fractional_rate(self) -> None:
        for container in CONTAINERS:
            self.render(self.scene(), "-o", f"x.{container}", "--fps", "30000/1001")
            video = streams(self.folder / f"x.{container}")["video"]
            self.assertEqual((video["r_frame_rate"], video["nb_read_frames"]), ("30000/1001", "12"))

    def test_of_a_part_begins_at_its_first_frame(self) -> None:
        self.render(self.scene(), "-o", "x.mp4", "--frames", "5:8", "--size", "320x180")
        video = streams(self.folder / "x.mp4")["video"]
        found = [video[key] for key in ("width", "height", "nb_read_frames", "start_pts")]
        self.assertEqual(found, [320, 180, "3", 0])

    def test_shows_a_translucent_scene_over_black(self) -> None:
        self.render(self.scene(BOX, background="#ff00ff80"), "-o", "x.mkv", "--frames", ":1")
        rgba = decoded(self.folder / "x.mkv")
        self.assert_near(pixel(rgba, 140, 70), (128, 0, 128, 255), within=5)

    def test_is_the_same_bytes_each_time_on_any_number_of_threads(self) -> None:
        scene = self.scene()
        for container in CONTAINERS:
            self.render(scene, "-o", f"a.{container}", "--threads", "1")
            self.render(scene, "-o", f"b.{container}", "--threads", "2")
            a, b = (self.folder / f"{name}.{container}" for name in "ab")
            self.assertEqual(a.read_bytes(), b.read_bytes(), container)

    def test_goes_where_no_name_says_so_with_a_format(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.mkv")
        self.render(scene, "-o", "x.bin", "--format", "mkv")
        on_pipe = self.file("pipe.mkv", self.render(scene, "-o", "-", "--format", "mkv"))
        expected = frame_digests(self.folder / "x.mkv")
        self.assertEqual(frame_digests(self.folder / "x.bin"), expected)
        self.assertEqual(frame_digests(on_pipe), expected)

    def test_in_mp4_goes_to_a_pipe_in_pieces(self) -> None:
        piped = self.file("pipe.mp4", self.render(self.scene(), "-o", "-", "--format", "mp4"))
        self.assert_shows_box(decoded(piped), FRAMES, within=5)
        self.assertIn("moof", boxes(piped))

    def test_goes_to_a_redirected_standard_output(self) -> None:
        with open(self.folder / "x.out", "wb") as out:
            tool = self.start(
                "render-frames", self.scene(), "-o", "-", "--format", "mp4", stdout=out
            )
            self.assertEqual(self.finished(tool), (0, b"", ""))
        self.assert_files("scene.yaml", "x.out")
        self.assert_shows_box(decoded(self.folder / "x.out"), FRAMES, within=5)


class Sound(ToolTest):
    TONE_SECONDS: ClassVar[float] = 0.2
    SECONDS: ClassVar[float] = FRAMES / FPS

    def loudness(self, samples: list[int], start: float, end: float) -> float:
        """Root mean square between two times."""
        part = samples[int(start * SOUND_RATE) : int(end * SOUND_RATE)]
        return (sum(sample * sample for sample in part) / len(part)) ** 0.5

    def test_can_be_left_out(self) -> None:
        scene = self.scene()
        for container in CONTAINERS:
            self.render(scene, "-o", f"x.{container}", "--no-audio")
            self.assertEqual(list(streams(self.folder / f"x.{container}")), ["video"])

    def test_is_that_of_a_file_and_then_silence(self) -> None:
        write_tone(self.folder / "tone.wav", self.TONE_SECONDS)
        scene = self.scene()
        for container in CONTAINERS:
            with self.subTest(container):
                file = self.folder / f"x.{container}"
                self.render(scene, "-o", file, "--audio", "tone.wav")
                left, right = decoded_sound(file)
                self.assertAlmostEqual(len(left) / SOUND_RATE, self.SECONDS, delta=0.022)
                # A sine of 20000 has an effective value of 14142.
                self.assertAlmostEqual(self.loudness(left, 0.05, 0.15), 14142, delta=1000)
                self.assertLess(self.loudness(right, 0.05, 0.15), 500)
                self.assertLess(self.loudness(left, 0.25, 0.38), 100)

    def test_of_one_channel_is_as_loud_on_both_sides(self) -> None:
        write_tone(self.folder / "tone.wav", self.TONE_SECONDS, channels=1)
        self.render(self.scene(), "-o", "x.mp4", "--audio", "tone.wav")
        for side in decoded_sound(self.folder / "x.mp4"):
            self.assertAlmostEqual(self.loudness(side, 0.05, 0.15), 14142, delta=1000)

    def test_of_a_longer_file_is_cut(self) -> None:
        write_tone(self.folder / "tone.wav", 3)
        self.render(self.scene(), "-o", "x.mp4", "--audio", "tone.wav")
        left, _ = decoded_sound(self.folder / "x.mp4")
        self.assertAlmostEqual(len(left) / SOUND_RATE, self.SECONDS, delta=0.022)
        self.assertGreater(self.loudness(left, 0.3, 0.38), 10000)

    def test_that_cannot_be_read_is_refused_by_name(self) -> None:
        scene = self.scene()
        for name in ("missing.wav", "scene.yaml"):
            done = self.run_tool("render-frames", scene, "-o", "x.mp4", "--audio", name)
            self.assert_refused(done, 2, name, "cannot read sound")
        self.assert_files("scene.yaml")


if __name__ == "__main__":
    unittest.main()
