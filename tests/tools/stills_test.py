#!/usr/bin/python3
"""render-frames writes stills: numbered by frame, or a single one."""

import unittest

from harness import BOX, FRAME_BYTES, HEIGHT, WIDTH, ToolTest, decoded, pixel, streams


class NumberedStills(ToolTest):
    def test_have_the_frame_s_number_in_the_scene(self) -> None:
        self.render(self.scene(), "--frames", "8:10", "-o", "f-%05d.png")
        self.assert_files("scene.yaml", "f-00008.png", "f-00009.png")

    def test_have_it_in_shards_too(self) -> None:
        self.render(self.scene(), "--shard", "4/4", "-o", "%d.png")
        self.assert_files("scene.yaml", "7.png", "8.png", "9.png")

    def test_are_of_the_kind_and_size_that_their_name_says(self) -> None:
        scene = self.scene()
        for extension, codec in (("png", "png"), ("jpg", "mjpeg"), ("webp", "webp")):
            with self.subTest(extension):
                self.render(scene, "--frames", "2:4", "-o", f"%05d.{extension}")
                for number in ("00002", "00003"):
                    still = streams(self.folder / f"{number}.{extension}")["video"]
                    found = still["codec_name"], still["width"], still["height"]
                    self.assertEqual(found, (codec, WIDTH, HEIGHT))

    def test_are_of_another_kind_with_a_format(self) -> None:
        self.render(self.scene(), "--frames", "0:1", "-o", "%d.still", "--format", "webp")
        self.assertEqual(streams(self.folder / "0.still")["video"]["codec_name"], "webp")

    def test_replace_those_of_before(self) -> None:
        self.file("0.png", "old")
        self.render(self.scene(), "--frames", "0:1", "-o", "%d.png")
        self.assertEqual(len(decoded(self.folder / "0.png")), FRAME_BYTES)

    def test_need_a_number_in_their_name(self) -> None:
        scene = self.scene()
        for name in ("x.png", "%d-%d.png", "50%.png", "%s.png"):
            with self.subTest(name):
                self.assert_refused(
                    self.run_tool("render-frames", scene, "-o", name), 2, name, "such as %05d"
                )
        self.assert_files("scene.yaml")


class SingleStill(ToolTest):
    def test_has_the_plain_name(self) -> None:
        self.render(self.scene(), "--at", "200ms", "-o", "x.png")
        self.assert_files("scene.yaml", "x.png")

    def test_may_be_a_span_of_one_frame(self) -> None:
        self.render(self.scene(), "--frames", "5:6", "-o", "x.png")
        self.assert_files("scene.yaml", "x.png")

    def test_goes_to_a_pipe_with_a_format(self) -> None:
        scene = self.scene()
        self.render(scene, "--at", "200ms", "-o", "x.png")
        on_pipe = self.render(scene, "--at", "200ms", "--format", "png")
        self.assertEqual(on_pipe, (self.folder / "x.png").read_bytes())


class Still(ToolTest):
    def test_in_png_is_the_frame_exactly_alpha_included(self) -> None:
        scene = self.scene(BOX, background="#20406040")
        self.render(scene, "--at", "200ms", "-o", "x.png")
        self.assertEqual(decoded(self.folder / "x.png"), self.render(scene, "--at", "200ms"))

    def test_in_webp_looks_like_the_frame(self) -> None:
        self.render(self.scene(), "--at", "0", "-o", "x.webp")
        self.assert_shows_box(decoded(self.folder / "x.webp", matrix="bt601"), 1, within=6)

    def test_in_webp_has_the_frame_s_alpha(self) -> None:
        self.render(self.scene(background="#20406040"), "--at", "0", "-o", "x.webp")
        rgba = decoded(self.folder / "x.webp", matrix="bt601")
        self.assertEqual(pixel(rgba, 5, 5)[3], 0x40)
        self.assertEqual(pixel(rgba, 40, 35)[3], 255)

    def test_in_jpeg_looks_like_the_frame(self) -> None:
        self.render(self.scene(), "--at", "0", "-o", "x.jpg")
        self.assert_shows_box(decoded(self.folder / "x.jpg"), 1, within=6)

    def test_in_jpeg_which_has_no_alpha_shows_the_frame_over_black(self) -> None:
        self.render(self.scene(background="#ff00ff80"), "--at", "0", "-o", "x.jpg")
        rgba = decoded(self.folder / "x.jpg")
        self.assert_near(pixel(rgba, 5, 70), (128, 0, 128, 255), within=6)


if __name__ == "__main__":
    unittest.main()
