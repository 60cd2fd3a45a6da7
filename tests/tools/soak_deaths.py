"""Kills decode helpers at random moments while images, drawings, animations and videos load and
play, and looks for late frames and for what is left at the end."""

import contextlib
import os
import random
import signal
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import soak_media
from daemon import Daemon, wait_for
from soak_watch import MIB, Footprint, Lateness, Ledger, children, footprint, kinds_of_descriptors

SCENE = """version: 1
scene: {name}
canvas: {{width: 320, height: 180, fps: 30, background: "#204060"}}
layers:
  - {{id: box, type: overlay, size: [30, 20], content: {{type: color, color: "#ff8000"}},
     animations: [{{effect: slide, from: [0, 0], to: [60, 9], duration: 900ms, iterations: infinite,
                   direction: alternate}}]}}
"""
COPIES = 8  # of each file, so that a load is not one of a picture in the cache
LEFT = {"descriptors": 2, "threads": 2, "processes": 0, "memfds": 0, "zombies": 0, "shared": 0}
# Beyond the control, which has loaded the same: what the allocators of both keep differs. A leak of
# 7 KiB a death shows in 10,000.
PSS_LEFT_BYTES = 64 * MIB
LAYERS = 10
ROUND_SECONDS = 0.2  # between two changes of half of the layers
SETTLE_SECONDS, QUIET_SECONDS = 60, 6  # what is released, is released in this time
SERVERS_SHARE = 0.02  # of the attempts to kill a process


class Played:
    """A daemon whose layers show one file after another. Thread: `run` has its own."""

    def __init__(self, daemon: Daemon, sources: list[dict[str, Any]], seed: str) -> None:
        self.daemon, self.sources = daemon, sources
        self.chance = random.Random(seed)
        self.over = threading.Event()
        self.refused: list[str] = []
        self.thread = threading.Thread(target=self.run, daemon=True)

    def show(self, layer: int, content: dict[str, Any]) -> None:
        document = {
            "id": f"file-{layer}", "type": "overlay", "size": [60, 40],
            "transform": {"position": [30 * layer, 10 * layer]}, "content": content,
        }  # fmt: skip
        path = f"/api/v1/layers/file-{layer}"
        reply = self.daemon.call("PUT", path, document)
        if reply.status == 404:
            reply = self.daemon.call("POST", "/api/v1/layers", document)
        if reply.status not in (200, 201):
            self.refused.append(repr(reply))

    def run(self) -> None:
        while not self.over.wait(ROUND_SECONDS):
            for layer in range(LAYERS):
                if self.chance.random() < 0.5:
                    self.show(layer, self.chance.choice(self.sources))

    def failures(self) -> str:
        reasons = self.daemon.status()["health"]["reasons"]
        return " ".join(each["message"] for each in reasons if each["part"] == "layers")

    def is_well(self) -> bool:
        return not self.failures()

    def clear(self) -> None:
        for layer in range(LAYERS):
            self.daemon.call("DELETE", f"/api/v1/layers/file-{layer}")

    def delete_all(self) -> None:
        self.over.set()
        self.thread.join()
        self.clear()


class Deaths:
    """Thread: the caller's."""

    def __init__(self, count: int, seed: int, ledger: Ledger, folder: Path, into: Path) -> None:
        self.count, self.seed, self.ledger, self.folder, self.into = (
            count,
            seed,
            ledger,
            folder,
            into,
        )
        self.chance = random.Random(f"{seed}/deaths")
        self.lateness = Lateness(ledger, "late frames against a daemon whose helpers live", 60)

    def daemon(self, name: str) -> Daemon:
        scene = self.folder / f"{name}.yaml"
        scene.write_text(SCENE.format(name=name))
        daemon = Daemon(scene, "--preset", "ultrafast", "--bitrate", "1M")
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        return daemon

    def sources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for kind, names in (
            ("image", ["image-0.png", "image-3.png"]), ("svg", ["drawing-1.svg", "drawing-2.svg"]),
            ("gif", ["anim-0.gif", "anim-1.gif"]), ("video", ["clip-0.mp4", "clip-1.mp4"]),
        ):  # fmt: skip
            for name in names:
                for source in soak_media.copy_for_reload(self.folder / "assets", name, COPIES):
                    found.append({"type": kind, "source": source})
        return [each | ({"loop": True} if each["type"] == "video" else {}) for each in found]

    def settled(self, daemon: Daemon) -> Footprint:
        """What is held when the daemon has released what it releases."""
        assert daemon.process is not None
        last, since = footprint(daemon.process.pid), time.monotonic()
        began = time.monotonic()
        while (
            time.monotonic() - began < SETTLE_SECONDS and time.monotonic() - since < QUIET_SECONDS
        ):
            time.sleep(0.25)
            now = footprint(daemon.process.pid)
            if now[2:] != last[2:]:
                since = time.monotonic()
            last = now
        self.ledger.measure("time until all is released", since - began, "s")
        return last

    def run(self) -> None:
        with ExitStack() as stack:
            sources = self.sources()
            subject, control = (
                stack.enter_context(self.daemon(name)) for name in ("deaths", "control")
            )
            played = [Played(each, sources, f"{self.seed}/played") for each in (subject, control)]
            try:
                base = self.warm_up(played)
                for each in played:
                    each.thread.start()
                self.kill_helpers(subject, control)
            finally:
                for each in played:
                    each.over.set()
            for each in played:
                each.delete_all()
                self.ledger.check("changes are executed", not each.refused, str(each.refused[:3]))
            left = self.settled(subject)
            assert subject.process is not None
            self.told = (
                f"{kinds_of_descriptors(subject.process.pid)}, {subject.get('/api/v1/layers')}"
            )
            self.check_left(base, left, self.settled(control))
            (self.into / "deaths.log").write_text("\n".join(subject.log) + "\n")
            status = subject.end(signal.SIGTERM)
            self.ledger.check("SIGTERM ends the daemon", status == 0, f"status {status}")

    def kill_helpers(self, subject: Daemon, control: Daemon) -> None:
        assert subject.process is not None and control.process is not None
        pid, killed, minute_at = subject.process.pid, 0, time.monotonic() + 60
        began = time.monotonic()
        servers = 0
        self.count_frames(subject, control)
        self.lateness.begin()
        while killed < self.count:
            if subject.process.poll() is not None:
                self.ledger.check("the daemon lives", False, " | ".join(subject.log[-8:]))
                return
            time.sleep(self.chance.expovariate(100))
            # The death of a server ends all of its jobs: most deaths are those of jobs.
            own = children(pid)
            of_servers = self.chance.random() < SERVERS_SHARE
            wanted = own if of_servers else [job for server in own for job in children(server)]
            if wanted:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.chance.choice(wanted), signal.SIGKILL)
                    killed += 1
                    servers += of_servers
            if time.monotonic() > minute_at or killed == self.count:
                minute_at = time.monotonic() + 60
                self.count_frames(subject, control)
                now = footprint(pid)
                print(
                    f"soak: {time.monotonic() - began:.0f} s, {killed} deaths; PSS {now.pss / MIB:.0f} MiB, "
                    f"{now.descriptors} descriptors, {now.threads} threads, {now.processes} helpers, "
                    f"{self.lateness.end_minute('')}", flush=True,
                )  # fmt: skip
        self.ledger.check("the daemon lives", subject.process.poll() is None)
        self.ledger.count("helper processes killed", killed)
        self.ledger.count("of these, servers", servers)
        self.ledger.measure("deaths a second", killed / (time.monotonic() - began), "/s")
        for what, count in (("deaths", self.lateness.subject), ("control", self.lateness.control)):
            self.ledger.count(f"frames of {what}", count.sent)
            self.ledger.count(f"late frames of {what}", count.late)

    def warm_up(self, played: list[Played]) -> Footprint:
        """Shows each kind of file once, and deletes all; what the first daemon then holds."""
        for each in played:
            for layer in range(LAYERS):
                each.show(layer, each.sources[layer * len(each.sources) // LAYERS])
        for each in played:
            assert each.daemon.process is not None
            pid = each.daemon.process.pid
            wait_for(partial(self.has_servers, pid), "two servers of helpers")
            wait_for(each.is_well, each.failures)
            each.clear()
        return self.settled(played[0].daemon)

    @staticmethod
    def has_servers(pid: int) -> bool:
        return len(children(pid)) == 2

    def count_frames(self, subject: Daemon, control: Daemon) -> None:
        for count, daemon in ((self.lateness.subject, subject), (self.lateness.control, control)):
            count.add(daemon, daemon.status())

    def check_left(self, base: Footprint, left: Footprint, control: Footprint) -> None:
        for what, slack in LEFT.items():
            more = getattr(left, what) - getattr(base, what)
            self.ledger.measure(f"{what} left", more, "")
            self.ledger.check(
                f"no {what} left",
                more <= slack,
                f"{getattr(base, what)} at first, {getattr(left, what)} left: {self.told}",
            )
        # What the allocator keeps depends on what was loaded: the control has loaded the same.
        self.ledger.measure("PSS left", (left.pss - base.pss) / MIB, "MiB")
        self.ledger.measure("PSS left beyond the control", (left.pss - control.pss) / MIB, "MiB")
        self.ledger.check(
            "no memory left", left.pss - control.pss <= PSS_LEFT_BYTES, f"{left}, control {control}"
        )
