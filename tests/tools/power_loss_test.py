#!/usr/bin/python3
"""streamd after a loss of power: the stored state has all that was answered, and recordings can be played.

A real streamd runs on a real disk, and power_loss.py makes the folders that a loss of power at many
moments would have left. LAYERCAST_REPEATS multiplies the number of moments.
"""

import contextlib
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
from fractions import Fraction
from pathlib import Path
from typing import Any

from daemon import Daemon, RedisServer, wait_for
from harness import PATIENCE_SECONDS, png, tool
from power_loss import Disk, Record, losses, preloaded, read_log

REPEATS = int(os.environ.get("LAYERCAST_REPEATS", "1"))
SEED = int(os.environ.get("LAYERCAST_SEED", "1"))

STATE_MOMENTS = 150 * REPEATS  # at which the database is read
START_MOMENTS = 5 * REPEATS  # at which a daemon starts
RECORDING_MOMENTS = 5 * REPEATS

CLIENTS, CHANGES = 3, 25

FPS = 25
ROTATE_SECONDS = 4
PART_SECONDS = 2
CONTAINERS = ("mkv", "mp4", "flv", "ts")
# What a loss may take of a recording, and how long before it a file was finished that it leaves as it
# is: see streamd(1).
LOSS_SECONDS = 5
FINISHED_SECONDS = 2

SCENE = f"""version: 1
scene: power
canvas: {{width: 160, height: 90, fps: {FPS}, background: "#204060"}}
layers:
  - id: noise
    type: overlay
    content: {{type: image, source: noise.png}}
    animations:
      - {{effect: slide, from: [-40, -20], to: [0, 0], duration: 300ms, iterations: infinite,
         direction: alternate}}
"""


def digests(path: Path) -> dict[Fraction, str]:
    """The MD5 of each frame of video that can be decoded, by its time stamp in seconds."""
    command = ["ffmpeg", "-v", "quiet", "-copyts", "-i", str(path), "-map", "0:v", "-fps_mode",
               "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    tick, found = Fraction(0), {}
    for line in done.stdout.decode().splitlines():
        if time_base := re.fullmatch(r"#tb 0: (\d+/\d+)", line):
            tick = Fraction(time_base[1])
        elif line and not line.startswith("#"):
            _, _, stamp, *_, digest = (field.strip() for field in line.split(","))
            found[int(stamp) * tick] = digest
    return found


class Recording:
    """A file as the daemon has left it, and the times at which it was made, of time.monotonic()."""

    def __init__(self, path: Path, records: list[Record]) -> None:
        self.name, self.bytes = path.name, path.read_bytes()
        self.frames = dict(sorted(digests(path).items()))
        number = path.stat().st_ino
        own = [r.seconds for r in records if r.number == number and r.kind in "cwt"]
        self.began, self.ended = own[0], own[-1]


def box(client: int, number: int) -> dict[str, Any]:
    return {
        "id": f"box-{client}", "type": "overlay", "size": [10, 10],
        "transform": {"position": [number, 1]},
        "content": {"type": "text", "text": f"{number} " * 150},
    }  # fmt: skip


class PowerLoss(unittest.TestCase):
    def setUp(self) -> None:
        self.keep = tempfile.TemporaryDirectory(prefix="layercast-power-")
        self.addCleanup(self.keep.cleanup)
        if b"__asan_init" in (built := Path(tool("streamd")).read_bytes()) or b"__tsan_init" in built:
            self.skipTest("a sanitizer replaces the functions that the log replaces")
        self.root = Path(self.keep.name).resolve()
        self.folder = self.root / "disk"
        self.folder.mkdir()
        self.log = self.root / "log"
        self.after = self.root / "after"
        noise = random.Random(1).randbytes(200 * 110 * 4)
        rows = b"".join(b"\0" + noise[y * 800 : y * 800 + 800] for y in range(110))
        (self.root / "noise.png").write_bytes(png(200, 110, rows))
        self.scene = self.root / "scene.yaml"
        self.scene.write_text(SCENE)

    def daemon(self, *arguments: str, state: str, home: Path) -> Daemon:
        daemon = Daemon(self.scene, *arguments, state=state)
        daemon.environment = {"XDG_STATE_HOME": str(home)}
        self.addCleanup(daemon.__exit__)
        return daemon

    # ---- The state ------------------------------------------------------------------------------

    def changed_by_clients(self, daemon: Daemon) -> dict[int, tuple[int, int]]:
        """Changes layers from several threads at a time. What each revision set: client, number."""
        revisions: dict[int, tuple[int, int]] = {}
        faults: list[object] = []

        def change(client: int) -> None:
            for number in range(1, CHANGES + 1):
                layer = box(client, number)
                if number == 1:
                    reply = daemon.call("POST", "/api/v1/layers", layer)
                else:
                    changed = {key: layer[key] for key in ("transform", "content")}
                    reply = daemon.call("PATCH", f"/api/v1/layers/box-{client}", changed)
                if reply.status not in (200, 201):
                    faults.append(reply)
                    return
                revisions[reply.json()["revision"]] = (client, number)

        threads = [threading.Thread(target=change, args=[i]) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])
        self.assertEqual(len(revisions), CLIENTS * CHANGES)
        return revisions

    @staticmethod
    def state_at(revision: int, revisions: dict[int, tuple[int, int]]) -> dict[str, int]:
        """The number that each client's layer has at a revision."""
        done = sorted((r, change) for r, change in revisions.items() if r <= revision)
        return {f"box-{client}": number for _, (client, number) in done}

    @staticmethod
    def answered_before(records: list[Record], position: int) -> int:
        """The newest revision that a client has been told before a moment."""
        newest = 0
        for record in records[:position]:
            if record.kind == "a" and (found := re.search(rb'ETag: "(\d+)"', record.first)):
                newest = max(newest, int(found[1]))
        return newest

    def assert_only_the_index_is_mapped(self, disk: Disk) -> None:
        """A write through a mapping is not in the log."""
        self.assertEqual({n for n in disk.mapped if not n.endswith("-shm")}, set())

    def read_states(self, file: str, records: list[Record], disk: Disk,
                    revisions: dict[int, tuple[int, int]]) -> None:  # fmt: skip
        """At many moments: the database is sound and has all that was answered."""
        moments = random.Random(SEED).sample(range(len(records)), min(STATE_MOMENTS, len(records)))
        for position, kept in losses(disk, records, moments, self.after, SEED):
            answered = self.answered_before(records, position)
            path = self.after / file
            if not path.exists() or path.stat().st_size == 0:
                self.assertEqual(answered, 0, f"position {position}, kept {kept}: no database")
                continue
            moment = f"at {position}, kept {kept}"
            try:
                with contextlib.closing(sqlite3.connect(path)) as database:
                    self.assert_database(database, answered, revisions, moment)
            except sqlite3.DatabaseError as error:
                self.fail(f"{moment}: SQLite cannot read the database: {error}")

    def assert_database(self, database: sqlite3.Connection, answered: int,
                        revisions: dict[int, tuple[int, int]], moment: str) -> None:  # fmt: skip
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        self.assertEqual(verdict, "ok", moment)
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        row = None
        if "scene" in tables:
            row = database.execute("SELECT revision FROM scene WHERE name = 'power'").fetchone()
        revision = row[0] if row else 0
        self.assertGreaterEqual(revision, answered, moment)
        if not row:
            return
        layers = dict(database.execute("SELECT id, layer FROM layer WHERE scene = 'power'"))
        found = {
            name: json.loads(text) for name, text in layers.items() if name.startswith("box-")
        }
        self.assertEqual(set(found), set(self.state_at(revision, revisions)), moment)
        for name, number in self.state_at(revision, revisions).items():
            self.assertIn(f"{number} " * 150, json.dumps(found[name]), moment)

    def start_at_moments(self, state: str, records: list[Record], disk: Disk,
                         revisions: dict[int, tuple[int, int]]) -> None:  # fmt: skip
        """At some moments: a daemon starts on what is left, and has all that was answered."""
        moments = random.Random(SEED + 1).sample(
            range(len(records)), min(START_MOMENTS, len(records))
        )
        for position, kept in losses(disk, records, moments, self.after, SEED):
            answered = self.answered_before(records, position)
            with self.subTest(position=position, kept=kept):
                daemon = self.daemon(state=state.format(self.after), home=self.after).start()
                scene = daemon.get("/api/v1/scene")
                self.assertGreaterEqual(scene["revision"], answered)
                found = {
                    layer["id"]: layer["transform"]["position"][0]
                    for layer in scene["layers"]
                    if layer["id"].startswith("box-")
                }
                self.assertEqual(found, self.state_at(scene["revision"], revisions))
                faults = [line for line in daemon.log if "set-aside" in line or "damaged" in line]
                self.assertEqual(faults, [])
                reply = daemon.call("PATCH", "/api/v1/layers/noise", {"opacity": 0.5})
                self.assertEqual(reply.status, 200, reply)
                daemon.end(signal.SIGKILL)

    def run_changes(self, state: str) -> tuple[list[Record], dict[int, tuple[int, int]]]:
        daemon = self.daemon(state=state.format(self.folder), home=self.folder)
        daemon.environment |= preloaded(self.folder, self.log)
        daemon.start()
        revisions = self.changed_by_clients(daemon)
        daemon.end(signal.SIGTERM)  # its last changes to the files are in the log, too
        records = read_log(self.log)
        self.assertGreater(sum(record.kind == "s" for record in records), CHANGES)
        self.assertGreaterEqual(self.answered_before(records, len(records)), max(revisions))
        return records, revisions

    def test_a_store_that_does_not_sync_would_be_found(self) -> None:
        """The test of the test: the same log without the syncs of the write-ahead log."""
        before, disk = Disk(self.folder), Disk(self.folder)
        records, revisions = self.run_changes("sqlite:{}/streamd.db")
        before.advance(records)
        log = next(n for n, name in before.numbers.items() if name.endswith("-wal"))
        unsynced = [r._replace(kind=" ") if (r.kind, r.number) == ("s", log) else r for r in records]
        with self.assertRaises(AssertionError):
            self.read_states("streamd.db", unsynced, disk, revisions)

    def test_sqlite_has_every_change_that_was_answered(self) -> None:
        state = "sqlite:{}/state/of/streamd.db"  # in folders that the daemon makes, too
        before, again = Disk(self.folder), Disk(self.folder)
        records, revisions = self.run_changes(state)
        self.read_states("state/of/streamd.db", records, before, revisions)
        self.assert_only_the_index_is_mapped(before)
        self.start_at_moments(state, records, again, revisions)

    def test_the_journal_of_redis_has_every_change_that_was_answered(self) -> None:
        before, again = Disk(self.folder), Disk(self.folder)
        with RedisServer() as redis:
            records, revisions = self.run_changes(f"redis://127.0.0.1:{redis.port}/0")
        journals = list(self.folder.glob("layercast/redis-power-*.db"))
        self.assertEqual(len(journals), 1)
        self.read_states(f"layercast/{journals[0].name}", records, before, revisions)
        self.assert_only_the_index_is_mapped(before)
        # Redis is away, and has nothing when it is back: the journal is all that there is.
        self.start_at_moments(f"redis://127.0.0.1:{redis.port}/0", records, again, revisions)

    # ---- Recordings -----------------------------------------------------------------------------

    def test_recordings_can_be_played_up_to_the_last_seconds(self) -> None:
        outputs = "".join(
            f"  - {{id: {kind}, url: {self.folder}/{kind}.{kind}, rotate_after: {ROTATE_SECONDS}s,"
            " bitrate: 500k}\n"
            for kind in CONTAINERS
        )
        self.scene.write_text(SCENE + "outputs:\n" + outputs)
        disk = Disk(self.folder)
        daemon = self.daemon(state="memory:", home=self.root)
        daemon.environment |= preloaded(self.folder, self.log)
        daemon.start()
        third = [self.folder / f"{kind}-2.{kind}" for kind in CONTAINERS]
        wait_for(lambda: all(path.exists() for path in third), "third files")
        time.sleep(PART_SECONDS)  # of the third files: the passing of time is the subject
        daemon.end(signal.SIGTERM)
        records = read_log(self.log)
        whole = {path.name: Recording(path, records) for path in self.folder.iterdir()}
        self.assertGreater(len(whole), 2 * len(CONTAINERS))

        # The last moment is the end: the recordings that a daemon has finished are there at once.
        chance = random.Random(SEED + 2)
        moments = chance.sample(range(len(records)), RECORDING_MOMENTS) + [len(records)]
        for position, kept in losses(disk, records, moments, self.after, SEED):
            now = records[min(position, len(records) - 1)].seconds
            is_over = position == len(records)
            for recording in whole.values():
                with self.subTest(file=recording.name, position=position, kept=kept):
                    self.assert_playable(recording, now, is_over)
        self.assert_only_the_index_is_mapped(disk)

    def assert_playable(self, recording: "Recording", now: float, is_over: bool) -> None:
        left = self.after / recording.name
        if is_over or now - recording.ended > FINISHED_SECONDS:
            self.assertTrue(left.exists(), "a finished file is missing")
            self.assertTrue(left.read_bytes() == recording.bytes, "a finished file has changed")
            return
        safe_seconds = now - recording.began - LOSS_SECONDS
        first = min(recording.frames, default=Fraction(0))
        expected = {
            stamp: digest for stamp, digest in recording.frames.items() if stamp - first < safe_seconds
        }
        if not expected:
            return
        self.assertTrue(left.exists(), "a file is missing")
        found = digests(left)
        self.assertEqual({stamp: found.get(stamp) for stamp in expected}, expected)


if __name__ == "__main__":
    unittest.main()
