#!/usr/bin/python3
"""The tools say what they have to on stderr, in the form and to the depth that is asked for."""

import json
import re
import signal
import subprocess
import unittest

from harness import (
    CLOSING_LINE,
    FRAME_BYTES,
    FRAMES,
    Outcome,
    Terminal,
    ToolTest,
    tool,
    wait_until,
)

MISSING = "{id: a, type: overlay, content: {type: image, source: missing.png}}"
TOOLS = ("render-frames", "encode")
WIPE = "\r\033[K"


class Answers(ToolTest):
    def test_help_is_on_stdout_with_every_option(self) -> None:
        for name in TOOLS:
            done = self.run_tool(name, "--help")
            self.assertEqual((done.status, done.err), (0, ""))
            self.assertEqual(self.run_tool(name, "-h").out, done.out)
            text = done.out.decode()
            for option in ("--output", "--codec", "--crf", "--log-format", "--version", "--size"):
                self.assertIn(option, text)
            self.assertIn(f"Usage: {name} ", text)

    def test_version_is_on_stdout(self) -> None:
        for name in TOOLS:
            done = self.run_tool(name, "--version")
            self.assertEqual((done.status, done.err), (0, ""))
            self.assertRegex(done.out.decode(), rf"^{name} \(layercast\) \d+\.\d+\.\d+\n$")

    def test_stand_before_anything_wrong_beside_them(self) -> None:
        for answer in ("--help", "--version"):
            done = self.run_tool("render-frames", "missing.yaml", "--size", "10", answer)
            self.assertEqual((done.status, done.err), (0, ""))


class StandardOutput(ToolTest):
    def test_has_nothing_but_frames(self) -> None:
        scene = self.scene(MISSING)
        done = self.run_tool("render-frames", scene, "--keep-going", "--log-level", "debug")
        self.assertEqual((done.status, len(done.out)), (0, FRAMES * FRAME_BYTES))
        self.assertIn("missing.png", done.err)

    def test_is_empty_where_a_file_is_written(self) -> None:
        scene = self.scene()
        for output in ("x.mp4", "%d.png", "x.rgba", "null:"):
            self.assertEqual(self.render(scene, "-o", output, "--log-level", "debug"), b"")
        self.assertEqual(self.encode("-i", "x.rgba", "--scene", scene, "-o", "y.mp4"), b"")


class ClosingLine(ToolTest):
    def test_tells_what_was_written(self) -> None:
        scene = self.scene()
        done = self.run_tool("render-frames", scene, "-o", "x.mkv")
        self.assertEqual((done.status, done.out), (0, b""))
        self.assertRegex(
            done.err,
            r"^render-frames: x\.mkv: 10 frames \(0\.4 s\), [\d.]+ kB in [\d.e+-]+ s: [\d.]+ fps, "
            r"[\d.]+ times real time\n$",
        )
        self.assertRegex(done.err, CLOSING_LINE)
        done = self.run_tool("render-frames", scene, "-o", "x.rgba", "--frames", "3:7")
        self.assertIn("x.rgba: 4 frames (0.16 s), 230.4 kB in ", done.err)
        done = self.run_tool("encode", "-i", "x.rgba", "--scene", scene, "-o", "a.mp4", "-o", "b.mkv")
        self.assertIn("encode: a.mp4, b.mkv: 4 frames (0.16 s), ", done.err)
        self.assertEqual(done.status, 0)

    def test_is_hidden_with_other_information(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "-o", "x.mkv", "--log-level", "warning")
        self.assertEqual((done.status, done.err), (0, ""))

    def test_is_json_among_json(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "-o", "x.mkv", "--log-format", "json")
        self.assertIn("x.mkv: 10 frames", json.loads(done.err)["message"])

    def test_is_not_written_for_a_picture_or_standard_output(self) -> None:
        scene = self.scene()
        for output in (("--at", "0", "-o", "x.png"), ("-o", "-"), ("-o", "null:")):
            done = self.run_tool("render-frames", scene, *output)
            self.assertEqual((done.status, done.err), (0, ""))


class Json(ToolTest):
    def lines(self, done: Outcome, status: int, level: str) -> list[str]:
        """The messages. Every line is JSON of this level and from this tool."""
        self.assertEqual(done.status, status, done.err)
        self.assertGreaterEqual(len(done.lines), 1)
        lines = [json.loads(line) for line in done.lines]
        for line in lines:
            self.assertEqual(set(line), {"time", "level", "tool", "message"})
            self.assertEqual((line["level"], line["tool"]), (level, self.tool))
        return [line["message"] for line in lines]

    def run_json(self, name: str, *arguments: str, stdin: bytes = b"") -> Outcome:
        self.tool = name
        return self.run_tool(name, *arguments, "--log-format", "json", stdin=stdin)

    def test_is_every_fault_of_a_scene(self) -> None:
        self.file("scene.yaml", "version: 1\nscene: Wrong\nlayers: 3\n")
        messages = self.lines(self.run_json("render-frames", "scene.yaml"), 2, "error")
        self.assertGreaterEqual(len(messages), 3)
        self.assertTrue(all(message.startswith("scene.yaml:") for message in messages))

    def test_is_every_content_that_fails(self) -> None:
        scene = str(self.scene(MISSING))
        (failure,) = self.lines(self.run_json("render-frames", scene), 1, "error")
        going = self.run_json("render-frames", scene, "--keep-going", "-o", "null:")
        self.assertEqual(self.lines(going, 0, "warning"), [failure])

    def test_is_a_wrong_value(self) -> None:
        (message,) = self.lines(self.run_json("render-frames", "x", "--size=1"), 2, "error")
        self.assertIn("--size", message)

    def test_is_an_unknown_option(self) -> None:
        for name in TOOLS:
            (message,) = self.lines(self.run_json(name, "--ouput=x"), 2, "error")
            self.assertIn("did you mean --output?", message)

    def test_is_truncated_input(self) -> None:
        settings = ("--size", "160x90", "--fps", "25", "-o", "x.mp4")
        done = self.run_json("encode", *settings, stdin=b"x" * (FRAME_BYTES + 1))
        (message,) = self.lines(done, 1, "error")
        self.assertIn("kept the frame before it", message)

    def test_holds_names_of_any_bytes(self) -> None:
        done = subprocess.run(
            [tool("render-frames"), b'"\xff\n".yaml', b"--log-format=json"],
            cwd=self.folder, capture_output=True, check=False,
        )  # fmt: skip
        self.tool = "render-frames"
        outcome = Outcome(done.returncode, done.stdout, done.stderr.decode())
        (message,) = self.lines(outcome, 2, "error")
        self.assertIn("No such file", message)


class LogLevel(ToolTest):
    def test_error_hides_warnings(self) -> None:
        scene = self.scene(MISSING)
        for level, lines in (("debug", 1), ("info", 1), ("warning", 1), ("error", 0)):
            done = self.run_tool(
                "render-frames", scene, "--keep-going", "-o", "null:", "--log-level", level
            )
            self.assertEqual((done.status, len(done.lines)), (0, lines), level)

    def test_error_shows_errors(self) -> None:
        done = self.run_tool("render-frames", self.scene(MISSING), "--log-level", "error")
        self.assert_refused(done, 1, "missing.png")


class ProgressBar(ToolTest):
    ENDLESS = ("--frames", "0:1000000", "-o", "null:")
    BAR = re.compile(r"\r\x1b\[K\[[#.]+\] \d+/1000000 frames, \d+(\.\d)? fps, \d+:\d\d left")

    def screen_until(self, shown: re.Pattern[str], *arguments: str) -> str:
        """What a terminal shows of a run that is interrupted once `shown` is to be seen."""
        with Terminal() as terminal:
            process = self.start("render-frames", *arguments, stderr=terminal.line)
            wait_until(lambda: bool(shown.search(terminal.read(0.05))))
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 130)
            return terminal.read(0.05)

    def test_shows_frames_speed_and_time_left_on_a_terminal(self) -> None:
        screen = self.screen_until(self.BAR, str(self.scene()), *self.ENDLESS)
        self.assertRegex(screen, self.BAR)

    def test_is_wiped_before_a_message(self) -> None:
        screen = self.screen_until(self.BAR, str(self.scene()), *self.ENDLESS)
        last = screen.split(WIPE)[-1]
        self.assertRegex(
            last, r"^render-frames: error: interrupted after \d+ of 1000000 frames\r\n$"
        )

    def test_of_encode_has_no_end_on_a_pipe(self) -> None:
        counts = re.compile(r"\r\x1b\[K\d+ frames, \d+(\.\d)? fps")
        with Terminal() as terminal, open("/dev/zero", "rb") as zeros:
            out = ("-o", "/dev/null", "--format", "mkv", "--preset", "ultrafast")
            process = self.start(
                "encode", "--size", "160x90", "--fps", "25", *out,
                stdin=zeros, stderr=terminal.line,
            )  # fmt: skip
            wait_until(lambda: bool(counts.search(terminal.read(0.05))))
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 130)

    def test_is_gone_after_success(self) -> None:
        with Terminal() as terminal:
            many = ("--frames", "0:3000", "-o", "null:")
            process = self.start("render-frames", self.scene(), *many, stderr=terminal.line)
            self.assertEqual(process.wait(60), 0)
            screen = terminal.read(0.05)
            self.assertEqual(screen.split(WIPE)[-1], "")

    def test_is_shown_on_terminals_only(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "--frames", "0:3000", "-o", "null:")
        self.assertEqual((done.status, done.err), (0, ""))

    def test_does_not_mix_with_json(self) -> None:
        with Terminal() as terminal:
            many = ("--frames", "0:3000", "-o", "null:", "--log-format", "json")
            process = self.start("render-frames", self.scene(), *many, stderr=terminal.line)
            self.assertEqual(process.wait(60), 0)
            self.assertEqual(terminal.read(0.05), "")


if __name__ == "__main__":
    unittest.main()
