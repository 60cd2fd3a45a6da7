#!/usr/bin/python3
"""render-frames writes animated GIF, WebP and AVIF files, and stills in these formats."""

import struct
import unittest
from pathlib import Path

from harness import BOX, HEIGHT, ORANGE, WIDTH, ToolTest, decoded, packets, pixel, streams

CLEAR = "#20406000"


def packet_times(path: Path) -> list[float]:
    return [round(float(packet["pts_time"]), 3) for packet in packets(path, "v")]


def webp_delays(path: Path) -> list[int]:
    """The durations of the ANMF chunks, ms."""
    delays = []
    content = path.read_bytes()
    at = 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        if kind == b"ANMF":
            delays.append(int.from_bytes(content[at + 20 : at + 23], "little"))
        at += 8 + size + size % 2
    return delays


class AnimatedPictures(ToolTest):
    def test_of_gif_have_the_frames_at_their_times(self) -> None:
        self.render(self.scene(), "-o", "x.gif")
        self.assert_shows_box(decoded(self.folder / "x.gif"), 10, within=3)
        times = packet_times(self.folder / "x.gif")
        self.assertEqual(times, [round(0.04 * i, 3) for i in range(10)])
        content = (self.folder / "x.gif").read_bytes()
        self.assertIn(b"NETSCAPE2.0\x03\x01\x00\x00", content, "repeats for ever")
        self.assert_files("scene.yaml", "x.gif")

    def test_of_webp_have_the_frames_at_their_times(self) -> None:
        self.render(self.scene(), "-o", "x.webp")
        self.assertEqual(webp_delays(self.folder / "x.webp"), [40] * 10)

    def test_of_avif_have_the_frames_at_their_times(self) -> None:
        self.render(self.scene(), "-o", "x.avif")
        self.assert_shows_box(decoded(self.folder / "x.avif"), 10, within=6)
        times = packet_times(self.folder / "x.avif")
        self.assertEqual(times, [round(0.04 * i, 3) for i in range(10)])
        video = streams(self.folder / "x.avif")["video"]
        self.assertEqual((video["width"], video["height"]), (WIDTH, HEIGHT))

    def test_of_gif_keep_a_transparent_background(self) -> None:
        self.render(self.scene(BOX, background=CLEAR), "-o", "x.gif")
        rgba = decoded(self.folder / "x.gif")
        for frame in (0, 4, 9):
            left = 20 + 6 * frame
            self.assertEqual(pixel(rgba, left + 20, 35, frame), (*ORANGE, 255))
            self.assertEqual(pixel(rgba, 5, 5, frame)[3], 0)
            self.assertEqual(pixel(rgba, 150, 35, frame)[3], 0)
        self.assertEqual(pixel(rgba, 24, 35, 9)[3], 0, "the box has left a transparent place")

    def test_go_to_a_pipe_with_a_format(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.gif")
        self.assertEqual(self.render(scene, "--format", "gif"), (self.folder / "x.gif").read_bytes())

    def test_are_stills_if_their_name_has_a_number(self) -> None:
        self.render(self.scene(), "--frames", "2:4", "-o", "%d.gif")
        self.assert_files("scene.yaml", "2.gif", "3.gif")

    def test_of_gif_tell_once_that_frames_are_left_out(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "--fps", "100", "-o", "x.gif")
        self.assertEqual(done.status, 0)
        self.assertEqual(done.err.count("GIF shows at most 50 pictures a second"), 1)
        self.assertIn("at 100 frames a second, the file has one of every 2 frames", done.err)
        self.assertEqual(len(packet_times(self.folder / "x.gif")), 20)

    def test_that_are_too_long_are_refused_before_they_are_rendered(self) -> None:
        done = self.run_tool(
            "render-frames", self.scene(), "--frames", "0:9000000", "-o", "x.avif"
        )
        self.assert_refused(done, 2, "x.avif", "expected at most 277777", "--frames", ".mp4")
        self.assert_files("scene.yaml")


class Stills(ToolTest):
    def test_of_gif_and_avif_look_like_the_frame(self) -> None:
        for name, within in (("x.gif", 3), ("x.avif", 6)):
            with self.subTest(name):
                self.render(self.scene(), "--at", "0", "-o", name)
                self.assert_shows_box(decoded(self.folder / name), 1, within=within)

    def test_of_avif_are_stills(self) -> None:
        self.render(self.scene(), "--at", "0", "-o", "x.avif")
        self.assertEqual((self.folder / "x.avif").read_bytes()[4:12], b"ftypavif")


if __name__ == "__main__":
    unittest.main()
