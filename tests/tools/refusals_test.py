#!/usr/bin/python3
"""Wrong scenes and wrong options end with status 2, say what was expected, and write nothing."""

import unittest

from harness import BOX, ToolTest, scene_text


class WrongScene(ToolTest):
    def refused(self, *arguments: str, stdin: bytes = b"") -> list[str]:
        """The lines that tell why; nothing else happened."""
        before = sorted(self.folder.iterdir())
        done = self.run_tool("render-frames", *arguments, stdin=stdin)
        self.assertEqual((done.status, done.out), (2, b""), done.err)
        self.assertEqual(sorted(self.folder.iterdir()), before)
        return done.lines

    def test_has_every_fault_told_at_once_in_order(self) -> None:
        self.file(
            "scene.yaml",
            "version: 1\n"
            "scene: Not A Name\n"
            "canvas: {width: 160, hieght: 90}\n"
            "duration: soon\n"
            "layers:\n"
            "  - {id: a, type: overlay, opacity: 1.4, content: {type: color, color: mauvish}}\n"
            "  - {id: a, type: guest, content: {type: gift, source: x.gif}}\n",
        )
        for output in ("x.mp4", "%d.png", "-"):
            lines = self.refused("scene.yaml", "-o", output)
            self.assertEqual(len(lines), 9, lines)
            places = [line.split(": ")[0] for line in lines]
            numbers = [int(place.split(":")[1]) for place in places]
            self.assertEqual(numbers, sorted(numbers))
            self.assertTrue(all(place.startswith("scene.yaml:") for place in places), lines)
            for fault in (
                "scene.yaml:2:8: scene: ", "canvas.hieght", "height", "scene.yaml:4:11: duration: ",
                "layers[0].opacity", "layers[0].content.color", "mauvish", "layers[1].type",
                "guest", "layers[1].id", "layers[1].content.type", 'did you mean "gif"?',
            ):  # fmt: skip
                self.assertIn(fault, "\n".join(lines))
            self.assertTrue(all("expected" in line for line in lines), lines)

    def test_has_a_hundred_faults_told_each_in_a_short_line(self) -> None:
        head = "version: 1\nscene: test\ncanvas: {width: 160, height: 90}\nlayers: []\n"
        for keys, count in (
            ("".join(f"odd-{i}: 1\n" for i in range(10_000)), 101),
            ("odd: 1\n" * 10_000, 101),
            ("".join(f"{i:0100000}: 1\n" for i in range(20)), 1),  # not YAML
        ):
            self.file("scene.yaml", head + keys)
            lines = self.refused("scene.yaml")
            self.assertEqual(len(lines), count, lines[-1])
            if count > 1:
                self.assertEqual(lines[-1], "scene.yaml: 9900 more faults")
            self.assertLess(max(len(line) for line in lines), 1000)

    def test_that_is_no_yaml_is_told_where_it_breaks(self) -> None:
        self.file("scene.yaml", "version: 1\nscene: [test\n")
        lines = self.refused("scene.yaml")
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], r"^scene\.yaml:[23]:\d+: ")

    def test_that_is_empty_or_binary_is_told(self) -> None:
        for content in (b"", bytes(range(256)), b"[]", b"just words"):
            self.file("scene.yaml", content)
            lines = self.refused("scene.yaml")
            self.assertEqual(len(lines), 1, lines)
            self.assertRegex(lines[0], r"^scene\.yaml:1:1: .+, expected ")

    def test_that_is_missing_or_a_folder_is_told(self) -> None:
        self.assertEqual(
            self.refused("missing.yaml"),
            ["missing.yaml: cannot read the scene: No such file or directory"],
        )
        self.assertEqual(self.refused("."), [".: cannot read the scene: Is a directory"])

    def test_that_never_ends_is_refused(self) -> None:
        lines = self.refused("/dev/zero")
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], r"^/dev/zero:1:1: the file has \d+ bytes, expected at most \d+$")

    def test_stops_encode_too(self) -> None:
        self.file("scene.yaml", scene_text(BOX).replace("fps: 25", "fps: 0"))
        done = self.run_tool("encode", "--scene", "scene.yaml", "-o", "x.mp4")
        self.assert_refused(done, 2, "scene.yaml:4:", "canvas.fps", "expected")
        self.assert_files("scene.yaml")


class WrongOption(ToolTest):
    def refused(self, tool: str, words: tuple[str, ...], *arguments: str) -> None:
        with self.subTest(arguments):
            done = self.run_tool(tool, *arguments)
            self.assert_refused(done, 2, f"{tool}: error: ", *words)
            self.assertNotRegex(done.err, r":\s*:")
            self.assert_files("scene.yaml")

    def test_that_is_misspelt_is_told_what_it_may_have_been(self) -> None:
        self.scene()
        for wrong, right in (("--ouput", "--output"), ("--thread=2", "--threads")):
            words = (wrong.split("=")[0], f"did you mean {right}?", "--help")
            self.refused("render-frames", words, "scene.yaml", wrong)
        self.refused("encode", ("did you mean --pixel-format?",), "--pixle-format", "nv12")

    def test_that_is_like_nothing_is_told_where_to_look(self) -> None:
        self.scene()
        for wrong in ("--zzzzzzzz", "-q"):
            self.refused("render-frames", (wrong, "--help"), "scene.yaml", wrong)

    def test_is_one_without_its_value(self) -> None:
        self.scene()
        self.refused("render-frames", ("--output", "OUT"), "scene.yaml", "-o")

    def test_is_a_second_scene_or_none(self) -> None:
        self.scene()
        self.refused("render-frames", ("SCENE",))
        self.refused("render-frames", ("other.yaml",), "scene.yaml", "other.yaml")
        self.refused("encode", ("scene.yaml",), "scene.yaml", "-o", "x.mp4")

    def test_is_a_value_that_makes_no_sense(self) -> None:
        self.scene()
        for option, value in (
            ("--frames", "nonsense"), ("--frames", "5"), ("--frames", "5:5"), ("--frames", "6:5"),
            ("--frames", "-1:5"), ("--frames", "1:2:3"), ("--at", "noon"), ("--size", "10"),
            ("--size", "8x8"), ("--size", "160x90x3"), ("--size", "9999x90"), ("--fps", "0"),
            ("--fps", "30/0"), ("--fps", "1000"), ("--fps", "nan"), ("--shard", "3/2"),
            ("--shard", "0/2"), ("--shard", "2"), ("--threads", "0"), ("--threads", "many"),
            ("--clock", "25:00"), ("--log-level", "loud"), ("--log-format", "xml"),
        ):  # fmt: skip
            self.refused(
                "render-frames", (option, value, "expected"), "scene.yaml", f"{option}={value}"
            )

    def test_is_one_for_video_where_none_is_made(self) -> None:
        self.scene()
        for option in ("--crf=20", "--codec=h264", "--audio=x.wav", "--no-audio", "--gop=5"):
            for output in ("-", "x.rgba", "%d.png", "null:"):
                words = (option.split("=")[0], "video output such as -o x.mp4")
                self.refused("render-frames", words, "scene.yaml", option, "-o", output)

    def test_is_two_that_exclude_each_other(self) -> None:
        self.scene()
        words = ("--at and --frames", "expected one of them")
        self.refused("render-frames", words, "scene.yaml", "--at", "0", "--frames", "0:1")
        words = ("--audio and --no-audio", "expected one of them")
        both = ("--audio", "x.wav", "--no-audio")
        self.refused("render-frames", words, "scene.yaml", "-o", "x.mp4", *both)

    def test_is_an_output_whose_kind_nobody_knows(self) -> None:
        self.scene()
        for output in ("x", "x.bmp", "x.", "", "x.mp5", "."):
            self.refused("render-frames", (output, "format", "mp4"), "scene.yaml", "-o", output)
        format_words = ("--format", '"mp5"', 'did you mean "mp4"?')
        self.refused("render-frames", format_words, "scene.yaml", "-o", "x", "--format", "mp5")

    def test_leaves_no_frame_to_render(self) -> None:
        self.scene()
        words = ("scene.yaml: no frames to render",)
        self.refused("render-frames", words, "scene.yaml", "--frames", "50:")
        self.refused("render-frames", words, "scene.yaml", "--frames", ":2", "--shard", "1/3")

    def test_is_an_encoder_setting_that_encode_refuses_as_well(self) -> None:
        self.scene()
        for words, arguments in (
            (("161x91", "yuv420p", "yuv444p"), ("-o", "x.mp4", "--size", "161x91")),
            (("webm cannot hold h264", "vp9"), ("-o", "x.webm", "--codec", "h264")),
            (("preset fats", "veryfast"), ("-o", "x.mp4", "--preset", "fats")),
            (("crf 52", "51"), ("-o", "x.mp4", "--crf", "52")),
        ):
            self.refused("render-frames", words, "scene.yaml", *arguments)


if __name__ == "__main__":
    unittest.main()
