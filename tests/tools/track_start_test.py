#!/usr/bin/python3
"""A file whose tracks do not start together: its time begins with the earlier one, for both."""

import math
import struct
import subprocess
import unittest
import wave

from harness import HEIGHT, PATIENCE_SECONDS, WIDTH, ToolTest, decoded_sound, pixel

RATE = 25
PICTURES = 50
LATE = 0.48  # 12 pictures
CONTAINERS = ("mp4", "mov", "mkv", "ts")


def level(picture: int) -> int:
    return 30 + 4 * picture


class TrackStart(ToolTest):
    """`part.mp4` has numbered greys, `tone.wav` a tone."""

    def setUp(self) -> None:
        super().setUp()
        head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip C420mpeg2 XCOLORRANGE=LIMITED\n".encode()
        chroma = bytes((128,)) * (WIDTH * HEIGHT // 2)
        pictures = [bytes((level(i),)) * (WIDTH * HEIGHT) + chroma for i in range(PICTURES)]
        self.file("part.y4m", head + b"".join(b"FRAME\n" + each for each in pictures))
        self.ffmpeg("-i", "part.y4m", "-c:v", "libx264", "-bf", "0", "-g", "10", "-qp", "4",
                    "part.mp4")  # fmt: skip
        with wave.open(str(self.folder / "tone.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48000)
            samples = (int(20000 * math.sin(2 * math.pi * 1000 * i / 48000)) for i in range(96000))
            file.writeframes(b"".join(struct.pack("<h", each) for each in samples))

    def ffmpeg(self, *arguments: str) -> None:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", *arguments],
            cwd=self.folder, check=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    def join(self, container: str, video_late: float = 0, sound_late: float = 0) -> str:
        name = f"joined.{container}"
        self.ffmpeg(
            "-itsoffset", str(video_late), "-i", "part.mp4",
            "-itsoffset", str(sound_late), "-i", "tone.wav",
            "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", name,
        )  # fmt: skip
        return name

    def play(self, source: str, seconds: float, more: str = "") -> tuple[list[int], list[int]]:
        """The grey of every frame, and the samples of the left channel."""
        scene = self.file(
            "scene.yaml",
            f"version: 1\nscene: t\nduration: {seconds}\n"
            f"canvas: {{width: {WIDTH}, height: {HEIGHT}, fps: {RATE}}}\n"
            "layers:\n  - {id: v, type: overlay, content: "
            f"{{type: video, source: {source}{more}}}}}\n",
        )
        self.render(scene, "-o", "x.mkv", "--audio-codec", "flac", "--codec", "ffv1")
        frames = self.render(scene)
        count = len(frames) // (WIDTH * HEIGHT * 4)
        greys = [pixel(frames, 80, 45, i)[0] for i in range(count)]
        return greys, decoded_sound(self.folder / "x.mkv")[0]

    def pictures(self, greys: list[int]) -> list[int]:
        """The numbers of the pictures."""
        limited = [16 + 219 * grey / 255 for grey in greys]
        return [round((each - 30) / 4) for each in limited]

    def onset(self, samples: list[int]) -> float:
        """When the tone begins, in seconds."""
        return next(i for i, each in enumerate(samples) if abs(each) > 3000) / 48000

    def test_of_the_video_after_the_sound(self) -> None:
        for container in CONTAINERS:
            with self.subTest(container):
                greys, samples = self.play(self.join(container, video_late=LATE), 2.4)
                first = self.pictures(greys).index(1) - 1  # the picture before also fills the wait
                self.assertEqual(self.pictures(greys)[first:], list(range(60 - first)))
                self.assertLess(self.onset(samples), 0.03)
                # The lead-in of AAC, 21 ms, counts where the container cannot hide it.
                self.assertIn(first, (12,) if container in ("mp4", "mov") else (12, 13))

    def test_of_the_sound_after_the_video(self) -> None:
        for container in CONTAINERS:
            with self.subTest(container):
                greys, samples = self.play(self.join(container, sound_late=LATE), 2)
                self.assertEqual(self.pictures(greys), list(range(PICTURES)))
                self.assertAlmostEqual(self.onset(samples), LATE, delta=0.025)

    def test_start_and_loop_count_from_the_earlier_track(self) -> None:
        source = self.join("mp4", video_late=LATE)
        greys, _ = self.play(source, 1, ", start: 1s")
        self.assertEqual(self.pictures(greys), list(range(13, 38)))
        greys, _ = self.play(source, 3.2, ", start: 2s, loop: true")
        self.assertEqual(self.pictures(greys)[:13], [*range(38, 50), 38])

    def test_of_a_sound_track_alone_counts_the_same(self) -> None:
        source = self.join("mp4", sound_late=LATE)
        scene = self.file(
            "s.yaml",
            "version: 1\nscene: t\nduration: 1s\ncanvas: {width: 160, height: 90, fps: 25}\n"
            f"layers: []\naudio: [{{id: a, source: {source}}}]\n",
        )
        self.render(scene, "-o", "s.mkv", "--audio-codec", "flac")
        left = decoded_sound(self.folder / "s.mkv")[0]
        self.assertAlmostEqual(self.onset(left), LATE, delta=0.025)

    def test_that_differs_by_a_lead_in_does_not_shift_the_pictures(self) -> None:
        # AAC in Matroska begins 21 ms before the pictures, Opus 7 ms.
        for container, codec in (("mkv", "aac"), ("webm", "libopus")):
            with self.subTest(container):
                video = ("-c:v", "copy") if container == "mkv" else ("-c:v", "libvpx", "-crf", "4",
                                                                     "-b:v", "4M")  # fmt: skip
                self.ffmpeg("-i", "part.mp4", "-i", "tone.wav", *video, "-c:a", codec,
                            f"lead.{container}")  # fmt: skip
                greys, samples = self.play(f"lead.{container}", 2)
                self.assertEqual(self.pictures(greys), list(range(PICTURES)))
                self.assertLess(self.onset(samples), 0.03)


if __name__ == "__main__":
    unittest.main()
