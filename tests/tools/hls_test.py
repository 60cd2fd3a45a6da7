#!/usr/bin/python3
"""An HLS output of streamd across stops, restarts and a kill."""

import re
import signal
import tempfile
import unittest
from pathlib import Path

from daemon import Daemon, probe, wait_for

SCENE = """version: 1
scene: show
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
layers: []
"""


class Hls(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-hls-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)
        self.web = self.folder / "made" / "hls"
        self.playlist = self.web / "live.m3u8"

    def daemon(self, *arguments: str) -> Daemon:
        daemon = Daemon(self.scene, "-o", str(self.playlist), *arguments)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder / "state")}
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def text(self) -> str:
        return self.playlist.read_text() if self.playlist.exists() else ""

    def listed(self) -> list[str]:
        return [line for line in self.text().splitlines() if line and not line.startswith("#")]

    def files(self) -> set[str]:
        return {path.name for path in self.web.iterdir()} - {self.playlist.name}

    def number(self, tag: str) -> int:
        found = re.search(rf"^#EXT-X-{tag}:(\d+)$", self.text(), re.MULTILINE)
        return int(found[1]) if found else 0

    def await_segment(self, number: int) -> None:
        wait_for(lambda: f"live-{number:05}.ts" in self.listed(), f"segment {number} listed")

    def test_the_playlist_survives_every_end_and_leaves_no_old_segment(self) -> None:
        daemon = self.daemon()
        self.await_segment(0)
        daemon.end(signal.SIGTERM)
        # A service manager restarts in this way too.
        self.assertNotIn("ENDLIST", self.text())
        self.assertEqual(self.files(), set(self.listed()))
        first = len(self.listed())
        self.assertNotIn("DISCONTINUITY", self.text())

        daemon = self.daemon()
        self.await_segment(first)
        self.assertEqual(self.text().count("#EXT-X-DISCONTINUITY\n"), 1)
        daemon.end(signal.SIGKILL)
        self.assertNotIn("ENDLIST", self.text())
        killed = self.listed()
        self.web.joinpath("live-09999.ts.tmp").write_bytes(b"unfinished")

        daemon = self.daemon()
        wait_for(lambda: self.listed() != killed, "a new segment listed")
        self.assertEqual(self.text().count("#EXT-X-DISCONTINUITY\n"), 2)
        self.assertNotIn("live-09999.ts.tmp", self.files())
        daemon.end(signal.SIGINT)
        self.assertTrue(self.text().endswith("#EXT-X-ENDLIST\n"))
        self.assertEqual(self.files(), set(self.listed()))
        self.assertEqual(self.listed(), sorted(self.listed()))
        self.assertEqual(self.number("MEDIA-SEQUENCE"), int(self.listed()[0][5:10]))
        shown = probe(self.playlist, "-show_streams")["streams"]
        self.assertEqual({stream["codec_type"] for stream in shown}, {"video", "audio"})

    def test_the_playlist_ends_with_the_duration_and_with_its_output(self) -> None:
        daemon = self.daemon("--duration", "3s")
        assert daemon.process is not None
        self.assertEqual(daemon.process.wait(60), 0)
        self.assertTrue(self.text().endswith("#EXT-X-ENDLIST\n"))
        daemon = self.daemon()
        wait_for(lambda: "#EXT-X-DISCONTINUITY\n" in self.text(), "the continuation")
        self.assertNotIn("ENDLIST", self.text())
        daemon.call("DELETE", "/api/v1/outputs/cli-1")
        wait_for(lambda: self.text().endswith("#EXT-X-ENDLIST\n"), "the end")
        self.assertEqual(self.files(), set(self.listed()))


if __name__ == "__main__":
    unittest.main()
