#!/usr/bin/python3
"""Every command that the README and the manual pages show does what they say, or at least runs."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from documented_tools import PAGES, ROOT, TOOLS, displays, tool

# What the examples call and a test does not: they open a window, an editor, or take an hour.
STAND_INS = {
    "ffplay": "cat > /dev/null",
    "any-program": "head -c 3686400 /dev/zero",
    "editor": "true",
}
SKIPPED = re.compile(r"tools/dev |^export PATH=|^export LAYERCAST_URL=")

# Small pictures and few frames; the last one of several options counts.
ADDED = {
    "render-frames": "--size 160x90 $(case \"$*\" in *--at*|*--frames*) ;; *) echo --frames 0:16;; esac)",
    "encode": "--size 160x90 --preset ultrafast",
    "streamd": "--duration 300ms --listen 127.0.0.1:0 --state memory:",
    "layerctl": "",
}


def blocks_of_readme() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def shown(text: str) -> str:
    """What mandoc shows of roff source."""
    text = text.replace("\\e", "\\").replace("\\(dq", '"')
    return re.sub(r"\\-", "-", text)


def blocks_of_page(page: Path) -> list[str]:
    """The commands of a page: displays and lines that begin with `$`."""
    source = page.read_text(encoding="utf-8")
    blocks = [shown("\n".join(lines)) for lines in
              (re.findall(r"^\.Dl (\$ .*)", part, re.MULTILINE)
               for part in re.split(r"^\.Pp$", source, flags=re.MULTILINE)) if lines]
    blocks += [text for text in displays(source) if text.startswith("$ ")]
    return ["\n".join(re.sub(r"^\$ ", "", line) for line in block.splitlines()) for block in blocks]


def commands(block: str) -> list[str]:
    """The commands of a block, each with its continued lines."""
    joined: list[str] = []
    for line in block.splitlines():
        continues = joined and re.search(r"(\\|\|)\s*$", joined[-1])
        if continues:
            joined[-1] += "\n" + line
        elif line.strip():
            joined.append(line)
    return joined


class Commands(unittest.TestCase):
    """Runs the commands in a folder with the scenes of the repository, beside a daemon."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-commands-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.make_tools()
        shutil.copytree(ROOT / "scenes", self.folder / "scenes")
        for path in (self.folder / "scenes").iterdir():
            (self.folder / path.name).symlink_to(path)
        for name in ("s.yaml", "scene.yaml"):
            shutil.copy(ROOT / "scenes/auction.yaml", self.folder / name)
        (self.folder / "token").write_text("0123456789abcdef\n")
        self.make_media()
        self.address = self.start_daemon()

    def make_tools(self) -> None:
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            added = ADDED[name]
            if name == "encode":
                added = f'$(case "$*" in *webm*|*--preset*) echo --size 160x90;; *) echo {added};; esac)'
            self.script(name, f'exec {tool(name)} "$@" {added}')
        for name, text in STAND_INS.items():
            self.script(name, text)

    def script(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.bin / name).chmod(0o755)

    def make_media(self) -> None:
        """The files of the reader that examples read."""
        sine = ["-f", "lavfi", "-i", "sine=duration=1"]
        for name, source in (
            ("music.flac", sine), ("theme.flac", sine), ("talk.wav", sine),
            ("in.mov", ["-f", "lavfi", "-i", "testsrc=duration=0.2:size=160x90"]),
        ):  # fmt: skip
            subprocess.run(["ffmpeg", "-v", "error", *source, name], cwd=self.folder, check=True)
        stills = ["-f", "lavfi", "-i", "testsrc=duration=0.2:size=160x90:rate=25", "frame-%05d.png"]
        subprocess.run(["ffmpeg", "-v", "error", *stills], cwd=self.folder, check=True)
        for part in (1, 2, 3, 4):
            for name in (f"part-{part}.mkv", f"part-{part}.rgba"):
                self.run_shell(
                    f"render-frames auction.yaml --shard {part}/4 --audio-codec flac -o {name}"
                    if name.endswith("mkv")
                    else f"render-frames auction.yaml --shard {part}/4 -o {name}"
                )
        shutil.copy(self.folder / "part-1.rgba", self.folder / "frames.rgba")

    def start_daemon(self) -> str:
        """A daemon on the auction scene; its address."""
        process = subprocess.Popen(
            [tool("streamd"), "auction.yaml", "--listen", "127.0.0.1:0", "--state", "memory:"],
            cwd=self.folder, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stderr is not None
        stderr = process.stderr

        def end() -> None:
            process.terminate()
            process.wait(30)
            stderr.close()

        self.addCleanup(end)
        for line in stderr:
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                threading.Thread(target=stderr.read, daemon=True).start()
                return found[1]
        raise AssertionError("the daemon ended")

    def run_shell(self, command: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "LAYERCAST_URL": getattr(self, "address", ""),
            "EDITOR": "editor",
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    def adapted(self, command: str) -> str:
        """The command with servers of this test in place of those of the example."""
        command = re.sub(r"rtmp://\S+?/key\b", f"udp://127.0.0.1:{self.sink()}", command)
        return command.replace(" &", "")

    def sink(self) -> int:
        """A UDP port that takes everything."""
        taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        taker.bind(("127.0.0.1", 0))
        self.addCleanup(taker.close)
        return int(taker.getsockname()[1])

    def check(self, blocks: list[str]) -> int:
        count = 0
        for block in blocks:
            for command in commands(block):
                if SKIPPED.search(command):
                    continue
                count += 1
                with self.subTest(command):
                    done = self.run_shell(self.adapted(command))
                    # `layerctl diff` ends with 1 where there are differences.
                    allowed = (0, 1) if "layerctl diff" in command else (0,)
                    self.assertIn(done.returncode, allowed, done.stderr)
        return count

    def test_of_the_readme_run(self) -> None:
        self.assertGreater(self.check(blocks_of_readme()), 18)

    def test_of_the_manual_pages_run(self) -> None:
        count = sum(self.check(blocks_of_page(page)) for page in PAGES)
        self.assertGreater(count, 35)


if __name__ == "__main__":
    unittest.main()
