#!/usr/bin/python3
"""`render-frames … | encode …` makes the video that render-frames makes alone."""

import subprocess
import unittest

from harness import BOX, PATIENCE_SECONDS, ToolTest, frame_digests, text_layer, tool, write_tone

# Glyph edges, half transparent paint and a moving box, over a background that is see-through.
TRANSLUCENT = "{id: veil, type: overlay, size: [90, 60], opacity: 0.37, transform: {rotation: 8}, \
content: {type: color, color: 'rgba(10, 230, 120, 0.61)'}}"


class Pipeline(ToolTest):
    def piped(self, rendering: list[str], encoding: list[str]) -> None:
        """Runs `render-frames … | encode …`. Both must succeed and say nothing."""
        rendered = self.start("render-frames", *rendering, stdout=subprocess.PIPE)
        encoded = self.start("encode", *encoding, stdin=rendered.stdout)
        rendered.stdout.close()
        for process in (encoded, rendered):
            self.assertEqual(self.finished(process), (0, b"", ""))

    def check(self, background: str, container: str, *settings: str) -> None:
        scene = str(self.scene(BOX, TRANSLUCENT, text_layer("{{frame}}"), background=background))
        self.render(scene, "-o", f"alone.{container}", *settings)
        self.piped([scene], ["--scene", scene, "-o", f"piped.{container}", *settings])
        alone = frame_digests(self.folder / f"alone.{container}")
        self.assertEqual(frame_digests(self.folder / f"piped.{container}"), alone)
        kinds = {line.split(",")[0] for line in alone if not line.startswith("#")}
        self.assertEqual(kinds, {"0", "1"}, "both video and sound were compared")

    def test_gives_the_same_h264(self) -> None:
        for background in ("#204060", "#c0408090"):
            with self.subTest(background):
                self.check(background, "mkv")

    def test_gives_the_same_vp9(self) -> None:
        for background in ("#204060", "#c0408090"):
            with self.subTest(background):
                self.check(background, "webm")

    def test_gives_the_same_with_every_setting(self) -> None:
        write_tone(self.folder / "tone.wav", 0.3)
        self.check(
            "#204060", "mp4", "--codec", "h264", "--preset", "fast", "--crf", "12", "--gop", "4",
            "--pixel-format", "yuv444p", "--audio", "tone.wav",
        )  # fmt: skip

    def test_gives_the_same_in_formats_that_the_library_converts(self) -> None:
        self.check("#c0408090", "mkv", "--codec", "ffv1", "--pixel-format", "yuv422p10le")

    def test_keeps_the_size_and_rate_that_both_are_told(self) -> None:
        scene = str(self.scene())
        told = ["--size", "128x72", "--fps", "24000/1001"]
        self.render(scene, *told, "-o", "alone.mkv")
        self.piped([scene, *told], [*told, "-o", "piped.mkv"])
        alone, piped = (frame_digests(self.folder / f"{name}.mkv") for name in ("alone", "piped"))
        self.assertEqual(piped, alone)

    def test_can_be_shell_words(self) -> None:
        self.scene()
        render, encode = (f"'{tool(name)}'" for name in ("render-frames", "encode"))
        line = f"{render} scene.yaml | {encode} --scene scene.yaml -o x.mp4 --log-level warning"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], cwd=self.folder, capture_output=True,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.render("scene.yaml", "-o", "alone.mp4")
        alone, piped = (frame_digests(self.folder / f"{name}.mp4") for name in ("alone", "x"))
        self.assertEqual(piped, alone)


if __name__ == "__main__":
    unittest.main()
