#!/usr/bin/python3
"""Nothing but the messages of a tool reaches its standard error, whatever libraries write there."""

import json
import os
import unittest
from unittest import mock

from harness import ToolTest, scene_text, text_layer

CODECS = (
    "h264", "h265", "vp8", "vp9", "av1", "libaom-av1", "librav1e", "prores_ks", "mpeg4", "png",
)  # fmt: skip
SVG_TEXT = (
    "{id: s, type: overlay, content: {type: svg, svg: "
    "'<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"30\">"
    "<text x=\"2\" y=\"20\">Words</text></svg>'}}"
)


class StandardError(ToolTest):
    def assert_json_lines(self, text: str) -> None:
        for line in text.splitlines():
            self.assertLessEqual({"time", "level", "tool", "message"}, set(json.loads(line)), line)

    def test_of_encode_has_no_lines_of_encoders(self) -> None:
        frames = self.file("f.rgba", bytes(64 * 64 * 4 * 5))
        for codec in CODECS:
            name = "x.mov" if codec in ("prores_ks", "png") else "x.mp4"
            name = "x.mkv" if codec == "vp8" else name
            command = ("encode", "-i", frames, "--size", "64x64", "--fps", "25", "--codec", codec,
                       "-o", name, "--log-format", "json")  # fmt: skip
            with self.subTest(codec):
                for level in ("error", "warning"):  # the closing line is information
                    done = self.run_tool(*command, "--log-level", level)
                    self.assertEqual((done.status, done.err), (0, ""))
                done = self.run_tool(*command, "--log-level", "debug")
                self.assertEqual(done.status, 0)
                self.assert_json_lines(done.err)
                if codec == "av1":
                    self.assertIn("Svt[info]", done.err)

    def test_of_render_frames_has_none(self) -> None:
        self.render(self.scene(), "-o", "x.mp4", "--codec", "av1")

    def test_of_streamd_has_none(self) -> None:
        scene = self.scene()
        done = self.run_tool(
            "streamd", scene, "-o", "x.mkv", "--state", "memory:", "--duration", "500ms",
            "--listen", "127.0.0.1:0", "--log-level", "debug", "--log-format", "json",
        )  # fmt: skip
        self.assertEqual(done.status, 0, done.err)
        self.assert_json_lines(done.err)

    def test_has_none_of_font_libraries(self) -> None:
        scene = self.file("s.yaml", scene_text(text_layer("Words"), SVG_TEXT))
        for broken in (
            {"FONTCONFIG_FILE": "/nonexistent/fonts.conf"},
            {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/proc/nonexistent"},
        ):
            with self.subTest(broken), mock.patch.dict(os.environ, broken):
                done = self.run_tool("render-frames", scene, "--frames", "0:1", "-o", "x.png")
                self.assertEqual((done.status, done.err), (0, ""))


if __name__ == "__main__":
    unittest.main()
