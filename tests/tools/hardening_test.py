#!/usr/bin/python3
"""The tools are built with the protections of compiler and linker, and run under the shipped unit's."""

import os
import re
import shutil
import subprocess
import unittest

from harness import PATIENCE_SECONDS, ROOT, ToolTest, plain_png, scene_text, tool

PROGRAMS = ("render-frames", "encode", "streamd", "layerctl", "layercast-decode",
            "layercast-decode-media")  # fmt: skip
UNIT = ROOT / "tools/streamd/streamd.service"


def readelf(option: str, program: str) -> str:
    done = subprocess.run(["readelf", "-W", option, tool(program)], capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS, check=True)  # fmt: skip
    return done.stdout


class Programs(unittest.TestCase):
    def test_are_at_random_addresses(self) -> None:
        for program in PROGRAMS:
            self.assertRegex(readelf("--file-header", program), r"Type:\s+DYN", program)

    def test_have_no_writable_tables_of_functions(self) -> None:
        for program in PROGRAMS:
            self.assertIn("GNU_RELRO", readelf("--program-headers", program), program)
            self.assertRegex(readelf("--dynamic", program), r"BIND_NOW|FLAGS.*\bNOW\b", program)

    def test_have_a_stack_that_is_no_code(self) -> None:
        for program in PROGRAMS:
            stack = re.search(r"GNU_STACK.*", readelf("--program-headers", program))
            assert stack
            self.assertNotIn("RWE", stack[0], program)

    def test_check_their_stacks_and_buffers(self) -> None:
        for program in PROGRAMS:
            symbols = readelf("--dyn-syms", program)
            if "__asan_init" in symbols or "__tsan_init" in symbols:
                self.skipTest("a sanitizer checks them")
            self.assertIn("__stack_chk_fail", symbols, program)
            self.assertRegex(symbols, r"__\w+_chk\b", program)

    def test_have_marked_targets_of_jumps(self) -> None:
        if os.uname().machine != "x86_64":
            self.skipTest("endbr64 is an instruction of x86-64")
        for program in PROGRAMS:
            done = subprocess.run(
                ["objdump", "-d", "--no-show-raw-insn", "--disassemble=main", tool(program)],
                capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True,
            )  # fmt: skip
            self.assertIn("endbr64", done.stdout, program)


class Unit(ToolTest):
    def test_exposes_little(self) -> None:
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd is not installed")
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20", UNIT],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout[-200:] + done.stderr)
        self.assertNotIn("ignoring", done.stderr)

    def test_has_what_decoding_needs(self) -> None:
        """Without capabilities and new privileges, as under the unit, all layers are in force."""
        self.file("i.png", plain_png(30, 20, (10, 200, 30, 255)))
        self.file("scene.yaml", scene_text(
            "{id: a, type: overlay, size: [30, 20], content: {type: image, source: i.png}}"))
        command = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            command += ["--reuid=65534", "--regid=65534", "--clear-groups"]
        may = subprocess.run([*command, "test", "-x", tool("render-frames")], check=False)
        if may.returncode != 0:
            self.skipTest("a user without rights cannot reach the built tools")
        here = self.run_tool("render-frames", "scene.yaml", "--at", "0", "--sandbox", "required")
        if here.status != 0:
            self.skipTest(here.err)
        done = subprocess.run(
            [*command, tool("render-frames"), "scene.yaml", "--at", "0", "--sandbox", "required"],
            capture_output=True, cwd=self.folder, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, here.out)

    def test_allows_the_calls_of_the_sandbox(self) -> None:
        text = UNIT.read_text("utf-8")
        for call in ("seccomp", "landlock_create_ruleset", "landlock_restrict_self", "unshare"):
            self.assertRegex(text, rf"(?m)^SystemCallFilter=[^~].*\b{call}\b")
        self.assertIn("RestrictNamespaces=user net ipc uts", text)


if __name__ == "__main__":
    unittest.main()
