"""What an operator reads while something is wrong: /readyz, the status, the metrics, the log and
the answers of layerctl; and how streamd starts with a stored state that it cannot read.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import unittest
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from daemon import Daemon, Proxy, RedisServer, RtmpServer, free_port, wait_for
from harness import plain_png, png, small_disk, tool

SCENE = """version: 1
scene: health
canvas: {width: 320, height: 180, fps: 30, background: "#204060"}
layers:
  - {id: box, type: overlay, size: [80, 60], content: {type: color, color: "#ff8000"}}
  - {id: logo, type: visual_feed, size: [40, 40], content: {type: image, source: logo.png}}
"""
NOISE = """
  - id: noise
    type: overlay
    z_index: 1
    content: {type: image, source: noise.png}
    animations:
      - {effect: slide, from: [-97, -61], to: [13, 7], duration: 300ms, iterations: infinite,
         direction: alternate}
"""


class HealthTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-health-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)
        (self.folder / "logo.png").write_bytes(plain_png(40, 40, (0, 192, 64, 255)))

    def daemon(self, *arguments: str, state: str = "memory:", start: bool = True) -> Daemon:
        daemon = Daemon(self.scene, *arguments, state=state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start() if start else daemon

    def layerctl(self, daemon: Daemon, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [tool("layerctl"), *words], capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "LAYERCAST_URL": daemon.address},
        )  # fmt: skip

    def health(self, daemon: Daemon) -> Any:
        return daemon.status()["health"]

    def reasons(self, daemon: Daemon) -> dict[tuple[str, str | None], Any]:
        return {(r["part"], r["subject"]): r for r in self.health(daemon)["reasons"]}

    def wait_for_reason(self, daemon: Daemon, part: str, subject: str | None) -> Any:
        return wait_for(
            lambda: self.reasons(daemon).get((part, subject)),
            lambda: f"{part} {subject}: {self.health(daemon)}",
        )

    def wait_for_state(self, daemon: Daemon, state: str) -> None:
        wait_for(
            lambda: self.health(daemon)["state"] == state,
            lambda: f"{state}: {self.health(daemon)}",
        )

    def lines(self, daemon: Daemon, pattern: str) -> list[str]:
        return [line for line in daemon.log if re.search(pattern, line)]

    def wait_for_line(self, daemon: Daemon, pattern: str) -> None:
        wait_for(lambda: self.lines(daemon, pattern), lambda: f"{pattern}:\n" + "\n".join(daemon.log))

    def metric(self, daemon: Daemon, name: str) -> float:
        text = daemon.call("GET", "/metrics").body.decode()
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found is not None, name
        return float(found[1])


class OnAir(HealthTest):
    def test_a_content_that_cannot_be_loaded_is_told_everywhere(self) -> None:
        daemon = self.daemon("-o", str(self.folder / "out.mkv"))
        self.wait_for_state(daemon, "ok")
        done = self.layerctl(daemon, "set", "logo", "content.source=missing.png", "--wait")
        self.assertEqual(done.returncode, 1, done)
        self.assertRegex(done.stderr, "logo: .*missing.png: no such file")
        self.assertRegex(done.stdout, r"^frame \d+$")
        reason = self.wait_for_reason(daemon, "layers", "logo")
        self.assertEqual(reason["state"], "degraded")
        self.assertIn("missing.png", reason["message"])
        self.assertRegex(reason["since"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        ready = daemon.call("GET", "/readyz")
        self.assertEqual(ready.status, 200)
        self.assertEqual(ready.json()["health"]["parts"]["layers"], "degraded")
        self.assertEqual(self.metric(daemon, 'layercast_health{part="layers"}'), 1)
        self.assertEqual(self.metric(daemon, "layercast_layers_failing"), 1)
        self.assertIn("missing.png", self.layerctl(daemon, "status").stdout)
        self.assertRegex(self.layerctl(daemon, "ls").stdout, r"logo.*missing.png")
        self.assertIn("missing.png", daemon.get("/api/v1/layers/logo/run")["failure"])
        self.assertIsNone(daemon.get("/api/v1/layers/box/run")["failure"])
        # The same command again fails again.
        self.assertEqual(
            self.layerctl(daemon, "set", "logo", "content.source=missing.png", "--wait").returncode, 1
        )
        # Another layer is not concerned.
        self.assertEqual(self.layerctl(daemon, "set", "box", "opacity=0.5", "--wait").returncode, 0)
        done = self.layerctl(daemon, "set", "logo", "content.source=logo.png", "--wait")
        self.assertEqual(done.returncode, 0, done)
        self.wait_for_state(daemon, "ok")
        self.wait_for_line(daemon, "well again after .*layer logo")
        begins = self.lines(daemon, r"^\S+Z streamd: warning: degraded: layer logo: .*missing.png")
        self.assertEqual(len(begins), 1, daemon.log)
        self.assertEqual(len(self.lines(daemon, "well again after .*layer logo")), 1, daemon.log)

    def test_a_layer_that_was_broken_before_the_start_is_told(self) -> None:
        (self.folder / "logo.png").unlink()
        daemon = self.daemon("-o", str(self.folder / "out.mkv"))
        self.wait_for_reason(daemon, "layers", "logo")

    def test_an_output_that_takes_too_little_is_told_with_its_rates(self) -> None:
        self.scene.write_text(SCENE + NOISE)
        rows = b"".join(b"\0" + os.urandom(4 * 420) for _ in range(240))
        (self.folder / "noise.png").write_bytes(png(420, 240, rows))
        with RtmpServer() as server:
            proxy = Proxy(server.port, 200_000)
            daemon = self.daemon(
                "-o", f"rtmp://127.0.0.1:{proxy.port}/live/slow", "-o", str(self.folder / "out.mkv"),
                "--bitrate", "4M", "--preset", "ultrafast",
            )  # fmt: skip
            reason = wait_for(
                lambda: (r := self.reasons(daemon).get(("outputs", "cli-1")))
                and "takes" in r["message"]
                and r,
                lambda: f"slow: {self.health(daemon)}",
                60,
            )
            self.assertRegex(
                reason["message"],
                r"takes [\d.]+ Mbit/s of the [\d.]+ Mbit/s that it needs; \d+ of the last \d+ frames",
            )
            self.assertEqual(daemon.call("GET", "/readyz").status, 200)
            daemon.end(signal.SIGKILL)

    def test_no_output_with_frames_is_a_failure_until_one_has_them(self) -> None:
        port = free_port()
        daemon = self.daemon("-o", f"rtmp://127.0.0.1:{port}/live/key")
        self.assertEqual(daemon.call("GET", "/readyz").status, 503)
        reason = self.wait_for_reason(daemon, "outputs", None)
        self.assertEqual(reason["state"], "failed")
        self.assertNotIn("live/key", str(reason))
        # The output reports its loss itself, once.
        self.wait_for_reason(daemon, "outputs", "cli-1")
        self.assertEqual(len(self.lines(daemon, "cli-1.*reconnecting")), 1, daemon.log)
        server = RtmpServer(port)
        self.addCleanup(server.folder.cleanup)
        self.addCleanup(server.kill)
        server.start()
        self.wait_for_state(daemon, "ok")
        self.assertEqual(daemon.call("GET", "/readyz").status, 200)
        self.assertEqual(self.metric(daemon, "layercast_ready"), 1)

    def test_a_state_that_cannot_be_written_is_a_failure_until_it_can(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("a small disk takes root")
        with small_disk(self.folder / "disk", "size=1m") as disk:
            daemon = self.daemon(
                "-o", str(self.folder / "out.mkv"), state=f"sqlite:{disk}/state.db"
            )
            self.wait_for_state(daemon, "ok")
            with (disk / "filler").open("wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass
            for number in range(2000):
                body = {"opacity": 0.9 - number / 4000}
                if daemon.call("PATCH", "/api/v1/layers/box", body).status != 200:
                    break
            reason = self.wait_for_reason(daemon, "store", None)
            self.assertEqual(reason["state"], "failed")
            self.assertIn("disk is full", reason["message"])
            self.assertEqual(daemon.call("GET", "/readyz").status, 503)
            self.wait_for_line(daemon, "error: failed: store: .*disk is full")
            (disk / "filler").unlink()
            # Without a command.
            self.wait_for_state(daemon, "ok")
            self.assertEqual(daemon.call("GET", "/readyz").status, 200)
            self.wait_for_line(daemon, "well again after .*store: ")
            self.assertEqual(len(self.lines(daemon, "failed: store")), 1, daemon.log)
            daemon.end(signal.SIGTERM)

    def test_a_redis_that_is_away_degrades(self) -> None:
        with RedisServer() as redis:
            daemon = self.daemon(
                "-o", str(self.folder / "out.mkv"), state=f"redis://127.0.0.1:{redis.port}/0"
            )
            self.wait_for_state(daemon, "ok")
            redis.kill()
            reason = self.wait_for_reason(daemon, "store", None)
            self.assertEqual(reason["state"], "degraded")
            self.assertEqual(daemon.call("GET", "/readyz").status, 200)
            self.assertEqual(
                daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.5}).status, 200
            )
            redis.start()
            self.wait_for_state(daemon, "ok")

    def check_leader(self, state: str) -> None:
        leader = self.daemon("-o", str(self.folder / "out.mkv"), state=state)
        follower = self.daemon("--follow", "-o", str(self.folder / "other.mkv"), state=state)
        self.wait_for_state(follower, "ok")
        leader.end(signal.SIGKILL)
        reason = self.wait_for_reason(follower, "leader", None)
        self.assertEqual(reason["state"], "degraded")
        self.wait_for_line(follower, "warning: degraded: leader: ")
        leader.start()
        self.wait_for_state(follower, "ok")

    def test_a_follower_tells_that_its_leader_died(self) -> None:
        self.check_leader(f"sqlite:{self.folder}/state.db")

    def test_a_follower_at_redis_tells_that_its_leader_died(self) -> None:
        with RedisServer() as redis:
            self.check_leader(f"redis://127.0.0.1:{redis.port}/0")


class StoredState(HealthTest):
    """A state that cannot be read never keeps a channel off air."""

    def setUp(self) -> None:
        super().setUp()
        self.database = self.folder / "state" / "state.db"
        self.state = f"sqlite:{self.database}"
        daemon = self.daemon("-o", str(self.folder / "out.mkv"), state=self.state)
        self.assertEqual(daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.5}).status, 200)
        daemon.end(signal.SIGTERM)

    def execute(self, sql: str) -> None:
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute(sql)

    def add_unknown_key(self) -> None:
        self.execute(
            "UPDATE layer SET layer = replace(layer, '\"layer\":{', '\"layer\":{\"sparkle\":1,') "
            "WHERE id = 'logo'"
        )

    def spoil_header(self) -> None:
        self.execute("UPDATE scene SET header = 'not JSON'")

    def cut(self) -> None:
        os.truncate(self.database, 5000)

    def zero(self) -> None:
        self.database.write_bytes(bytes(self.database.stat().st_size))

    def drop_table(self) -> None:
        self.execute("DROP TABLE journal")

    def drop_layers(self) -> None:
        self.execute("DROP TABLE layer")

    def drop_scenes(self) -> None:
        self.execute("DROP TABLE scene")

    DAMAGES: tuple[Callable[["StoredState"], None], ...] = (
        add_unknown_key, spoil_header, cut, zero, drop_table, drop_layers, drop_scenes,
    )  # fmt: skip

    def opacity_after(self, *arguments: str) -> float:
        daemon = self.daemon("-o", str(self.folder / "out.mkv"), *arguments, state=self.state)
        self.wait_for_state(daemon, "ok")
        opacity = daemon.get("/api/v1/layers/box").get("opacity", 1.0)
        self.assertEqual(len(daemon.get("/api/v1/layers")["layers"]) > 0, True)
        self.assertEqual(daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.25}).status, 200)
        daemon.end(signal.SIGTERM)
        self.told = "\n".join(daemon.log)
        return float(opacity)

    def restored(self, damage: Callable[["StoredState"], None], good: dict[str, bytes]) -> None:
        for path in self.database.parent.iterdir():
            path.unlink()
        for name, content in good.items():
            (self.database.parent / name).write_bytes(content)
        damage(self)

    def test_every_damage_reaches_the_air_and_is_told(self) -> None:
        good = {path.name: path.read_bytes() for path in self.database.parent.iterdir()}
        for damage in self.DAMAGES:
            for arguments in ([], ["--fresh"]):
                with self.subTest(damage.__name__, arguments=arguments):
                    self.restored(damage, good)
                    opacity = self.opacity_after(*arguments)
                    # The other layer is read; of a damaged file nothing but the scene file.
                    is_read = damage.__name__ in ("add_unknown_key", "drop_table") and not arguments
                    self.assertEqual(opacity, 0.5 if is_read else 1.0)
                    self.assertIn("state.db", self.told)
                    self.assertRegex(self.told, "set-aside-2|cannot be read and is left out")

    def test_the_text_of_a_part_that_cannot_be_read_is_kept_for_its_user(self) -> None:
        self.add_unknown_key()
        self.opacity_after()
        (kept,) = self.folder.rglob("health.unreadable-*.json")
        self.assertIn("sparkle", json.loads(kept.read_text())["layer logo"])
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.assertIn(str(kept), self.told)

    def test_the_state_of_another_program_is_kept_and_fresh_reaches_the_air(self) -> None:
        for path in self.database.parent.iterdir():
            path.unlink()
        self.database.write_text("A text of somebody, which is long enough for a header. " * 9)
        before = self.database.read_bytes()
        refused = self.daemon(state=self.state, start=False)
        with self.assertRaises(AssertionError):
            refused.start()
        self.assertIn("state.db", "\n".join(refused.log))
        self.assertEqual(self.database.read_bytes(), before)
        self.assertEqual(self.opacity_after("--fresh"), 1.0)
        kept = [p for p in self.database.parent.iterdir() if "set-aside" in p.name]
        self.assertEqual([p.read_bytes() for p in kept], [before])

    def test_fresh_reaches_the_air_on_a_full_disk(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("a small disk takes root")
        with small_disk(self.folder / "disk", "size=64k") as disk:
            (disk / "filler").write_bytes(bytes(60_000))
            daemon = self.daemon(
                "-o", str(self.folder / "out.mkv"), "--fresh", state=f"sqlite:{disk}/s.db"
            )
            reason = self.wait_for_reason(daemon, "store", None)
            self.assertEqual(reason["state"], "failed")
            wait_for(lambda: daemon.output("cli-1")["frames"] > 0, "on air")
            daemon.end(signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
