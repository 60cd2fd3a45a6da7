#!/usr/bin/python3
"""A layer that was loading when streamd died is held at the next start, so that a content that
crashes the daemon does not crash it again and again; and streamd ends in time whatever it loads.
"""

import contextlib
import signal
import time
import unittest
from pathlib import Path

from daemon import Daemon, RedisServer, WebServer, wait_for
from decoding_test import CRASHES, ENDLESS
from harness import plain_png
from health_test import HealthTest

SCENE = """version: 1
scene: held
canvas: {{width: 320, height: 180, fps: 30, background: "#204060"}}
layers:
  - {{id: box, type: overlay, size: [80, 60], content: {{type: color, color: "#ff8000"}}}}
  - {{id: logo, type: visual_feed, size: [40, 40], content: {{type: image, source: logo.png}}}}
  - {{id: slow, type: overlay, size: [40, 40], content: {{type: image, source: "{url}"}}}}
"""
DRAWING = """version: 1
scene: held
canvas: {width: 320, height: 180, fps: 30, background: "#204060"}
layers:
  - {id: box, type: overlay, size: [80, 60], content: {type: color, color: "#ff8000"}}
  - {id: drawing, type: overlay, size: [4000, 4000], content: {type: svg, source: drawing.svg}}
"""


class HeldTest(HealthTest):
    def setUp(self) -> None:
        super().setUp()
        self.web = WebServer()
        self.addCleanup(self.web.close)
        self.web.files["/slow.png"] = plain_png(40, 40, (0, 0, 255, 255))
        self.scene.write_text(SCENE.format(url=self.web.root + "/slow.png"))
        self.state = f"sqlite:{self.folder}/state.db"

    def marks(self) -> str:
        """The lines of all files that say what is loading."""
        return "".join(path.read_text() for path in self.folder.rglob("*.loading"))

    def on_air(self, *arguments: str, state: str = "") -> Daemon:
        return self.daemon("-o", str(self.folder / "out.mkv"), *arguments, state=state or self.state)

    def loading(self, *arguments: str, state: str = "") -> Daemon:
        """A daemon that waits for the image of `slow`, and has loaded the other layers."""
        self.web.asked.clear()
        self.web.answers.clear()
        daemon = self.on_air(*arguments, state=state)
        wait_for(lambda: self.web.asked, "asked for the image")
        wait_for(lambda: self.metric(daemon, "layercast_content_load_seconds_count") >= 2, "loaded")
        self.web.asked.clear()
        return daemon

    def kill_while_loading(self, *arguments: str, state: str = "") -> None:
        self.loading(*arguments, state=state).end(signal.SIGKILL)
        self.web.answers.set()

    def is_failing(self, daemon: Daemon, layer: str) -> bool:
        return ("layers", layer) in self.reasons(daemon)

    def wait_until_loaded(self, daemon: Daemon) -> None:
        wait_for(lambda: "/slow.png" in self.web.asked, "asked for the image")
        wait_for(lambda: not self.is_failing(daemon, "slow"), "loaded")
        wait_for(lambda: "slow" not in self.marks(), "unmarked")

    def wait_until_held(self, daemon: Daemon, layer: str = "slow") -> str:
        message = str(self.wait_for_reason(daemon, "layers", layer)["message"])
        self.assertRegex(message, rf"began to load at 20\d\d-.*layerctl release {layer}")
        return message


class Layers(HeldTest):
    def test_that_were_loading_when_the_daemon_was_killed_are_held_until_they_are_released(self) -> None:
        self.kill_while_loading()
        self.assertIn(" slow ", self.marks())
        daemon = self.on_air()
        message = self.wait_until_held(daemon)
        self.assertFalse(self.is_failing(daemon, "logo"))
        self.assertEqual(daemon.get("/api/v1/layers/slow/run")["failure"], message)
        self.assertIn("layerctl release slow", self.layerctl(daemon, "ls").stdout)
        wait_for(lambda: daemon.status()["frames"]["rendered"] > 0, "on air")
        # A start after a clean end, too.
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        daemon = self.on_air()
        self.assertEqual(self.wait_until_held(daemon), message)
        self.assertEqual(self.web.asked, [])
        revision = daemon.status()["revision"]
        done = self.layerctl(daemon, "release", "logo")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn('"logo" is not held', done.stderr)
        self.assertEqual(self.layerctl(daemon, "release", "nobody").returncode, 3)
        self.assertEqual(self.web.asked, [])
        done = self.layerctl(daemon, "release", "slow")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.wait_until_loaded(daemon)
        self.assertEqual(daemon.status()["revision"], revision)
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        self.assertEqual(self.marks().strip(), "")
        self.web.asked.clear()
        self.wait_until_loaded(self.on_air())

    def test_are_loaded_when_their_content_is_changed(self) -> None:
        self.kill_while_loading()
        daemon = self.on_air()
        self.wait_until_held(daemon)
        self.assertEqual(self.layerctl(daemon, "set", "slow", "opacity=0.5").returncode, 0)
        self.wait_until_held(daemon)
        self.assertEqual(
            self.layerctl(daemon, "set", "slow", "content.source=logo.png", "--wait").returncode, 0
        )
        wait_for(lambda: not self.is_failing(daemon, "slow"), "loaded")
        self.assertNotIn("slow", self.marks())

    def test_are_loaded_at_a_fresh_start(self) -> None:
        self.kill_while_loading()
        self.wait_until_loaded(self.on_air("--fresh"))

    def test_are_loaded_after_a_clean_end(self) -> None:
        daemon = self.loading()
        began = time.monotonic()
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.marks().strip(), "")
        self.web.answers.set()
        self.wait_until_loaded(self.on_air())

    def test_of_a_state_in_memory_are_never_held(self) -> None:
        self.kill_while_loading(state="memory:")
        self.assertEqual(list(self.folder.rglob("*.loading")), [])
        self.wait_until_loaded(self.on_air(state="memory:"))

    def test_of_a_state_in_redis_are_held_too(self) -> None:
        with RedisServer() as redis:
            state = f"redis://127.0.0.1:{redis.port}/0"
            self.kill_while_loading(state=state)
            daemon = self.on_air(state=state)
            self.wait_until_held(daemon)
            self.assertEqual(self.layerctl(daemon, "release", "slow").returncode, 0)
            self.wait_until_loaded(daemon)

    def test_of_a_follower_are_held_too(self) -> None:
        self.wait_until_loaded(self.on_air())
        self.kill_while_loading("--follow")
        follower = self.on_air("--follow")
        self.wait_until_held(follower)
        self.assertEqual(self.layerctl(follower, "release", "slow").returncode, 0)
        self.wait_until_loaded(follower)


class Drawings(HeldTest):
    """Decoded in the daemon itself, which they crash or keep busy."""

    def setUp(self) -> None:
        super().setUp()
        self.scene.write_text(DRAWING)

    def drawing(self) -> Daemon:
        daemon = Daemon(self.scene, "--decode", "in-process", state=self.state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon

    def test_that_crash_the_daemon_crash_it_once(self) -> None:
        Path(self.folder, "drawing.svg").write_text(CRASHES["convolve"])
        crashed = self.drawing()
        with contextlib.suppress(AssertionError):  # it may crash before it listens
            crashed.start()
        assert crashed.process is not None
        self.assertLess(crashed.process.wait(60), 0)
        daemon = self.drawing().start()
        self.wait_until_held(daemon, "drawing")
        # A file without the fault is loaded.
        Path(self.folder, "drawing.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
        )
        wait_for(lambda: not self.is_failing(daemon, "drawing"), "loaded")
        self.assertEqual(daemon.end(signal.SIGTERM), 0)

    def test_that_never_end_do_not_delay_the_end_of_the_daemon(self) -> None:
        Path(self.folder, "drawing.svg").write_text(ENDLESS)
        daemon = self.drawing().start()
        wait_for(lambda: " drawing " in self.marks(), "loading")
        began = time.monotonic()
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 5)
        self.assertIn("without waiting for a thread", "\n".join(daemon.log))
        self.wait_until_held(self.drawing().start(), "drawing")


if __name__ == "__main__":
    unittest.main()
