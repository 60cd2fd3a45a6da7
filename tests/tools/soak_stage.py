"""One configuration of a soak: a daemon under faults, a quiet one beside it, and all that acts."""

import http.client
import random
import secrets
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import soak_stream
from daemon import Daemon, Proxy, Publisher, RedisServer, RtmpServer, wait_for
from soak_clients import Chat, HostileClients, HostileMedia
from soak_commands import Answer, Commander, Observer, Unclear, http_call, run_layerctl
from soak_faults import Faults
from soak_watch import (
    MIB,
    Footprint,
    Lateness,
    Ledger,
    footprint,
    helpers,
    kinds_of_descriptors,
    slope,
)
from websocket import WebSocket

SCENE = """version: 1
scene: {name}
canvas: {{width: 320, height: 180, fps: 30, background: "#204060"}}
layers:
  - {{id: logo, type: overlay, content: {{type: image, source: assets/image-0.png}},
     animations: [{{effect: slide, from: [-9, -6], to: [13, 7], duration: 700ms, iterations: infinite,
                   direction: alternate}}]}}
  - {{id: plate, type: overlay, transform: {{position: [180, 10]}},
     content: {{type: svg, source: assets/drawing-0.svg}}}}
  - {{id: clock, type: overlay, transform: {{position: [10, 150]}},
     content: {{type: text, text: "{{{{timecode}}}}"}}}}
  - {{id: feed-0, type: overlay, size: [80, 45], transform: {{position: [20, 90]}},
     content: {{type: video, source: "{feed_0}", volume: 0.05}}}}
  - {{id: feed-1, type: overlay, size: [80, 45], transform: {{position: [120, 90]}},
     content: {{type: video, source: "{feed_1}", volume: 0}}}}
  - {{id: chat, type: chat, size: [90, 100], transform: {{position: [220, 40]}},
     content: {{type: chat, max_messages: 8, style: {{font_size: 9}}}}}}
  - {{id: metronome, type: overlay, z_index: 1000, size: [32, 32], transform: {{position: [288, 148]}},
     content: {{type: video, source: assets/metronome.mkv, loop: true}}}}
"""
METRONOME_CROP = "24:24:292:152"

# What a daemon may hold while it is under faults, helpers included.
PSS_BYTES_MAX = 700 * MIB
DESCRIPTORS_MAX, THREADS_MAX, PROCESSES_MAX = 600, 200, 80
# What may remain above the beginning after everything was deleted.
LEFT = {"descriptors": 4, "threads": 4, "processes": 0, "memfds": 0}
PSS_LEFT_BYTES = 64 * MIB
RELEASE_SECONDS = 60
# Of memory over the part of a long run in which no daemon is killed; after so much warm-up.
GROWTH_BYTES_MAX = 32 * MIB
WARM_UP_SECONDS, TREND_SECONDS_MIN = 120, 300

# Of sound and picture. One late frame, or a helper that dies during a beat, moves one beat; an
# offset has three in a row.
OFFSET = "offset of sound and picture"
OFFSET_SECONDS_MAX = 0.12
APART_MS_MAX = 1500  # between neighbouring packets of sound and picture
RECOVERY_SECONDS = 75
END_SECONDS_MAX = 5
TOLD_SECONDS_MAX = 5  # between the answer of a command and its event
STARTING_FRAMES = 120  # the first frames of a process, whose delays are not compared
HELPERS_END_SECONDS = 15  # with all other processes of a busy machine


class Stage:
    """Thread: any for what is called by actors; `run` on the caller's."""

    def __init__(
        self, name: str, seconds: float, seed: int, ledger: Ledger, folder: Path, into: Path
    ) -> None:
        self.name, self.seconds, self.seed, self.ledger, self.folder = (
            name,
            seconds,
            seed,
            ledger,
            folder,
        )
        self.into = into
        self.chance = random.Random(f"{seed}/{name}/stage")
        self.assets = folder / "assets"
        self.token = secrets.token_hex(16)
        self.token_file = folder / "token"
        self.token_file.write_text(self.token)
        self.life = 0  # counts the starts of the daemon
        self._up, self._over = threading.Event(), threading.Event()
        self.redis: RedisServer | None = None
        self.samples: list[tuple[float, Footprint]] = []  # of the present life
        self.lateness = Lateness(ledger)
        for each in (OFFSET, "time stamps rise", "subscribers get acknowledged changes"):
            ledger.require(each)
        self._untold: deque[tuple[int, float]] = deque()  # acknowledged revisions, and when
        self.threads: list[threading.Thread] = []
        self.analysed: set[str] = set()

    # ---- For actors -----------------------------------------------------------------------------

    @property
    def address(self) -> str:
        return self.daemon.address

    def call(self, method: str, path: str, body: Any = None, seconds: float = 40) -> Answer:
        """Errors: Unclear."""
        return http_call(self.address, self.token, method, path, body, seconds)

    def layerctl(self, *words: str) -> Any:
        return run_layerctl(self.address, self.token_file, *words)

    def pid(self) -> int | None:
        process = self.daemon.process
        return process.pid if process is not None and self._up.is_set() else None

    def is_up(self) -> bool:
        return self._up.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits; true as soon as the soak is over."""
        return self._over.wait(seconds)

    def wait_while_up(self, seconds: float) -> bool:
        """Waits, and then until the daemon is up; false if the soak is over."""
        self.wait(seconds)
        while not self._over.is_set() and not self._up.wait(0.1):
            pass
        return not self._over.is_set()

    def must_have_died(self, life: int, context: str) -> None:
        """Checks that the daemon was killed since `life`: else it did not answer."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            if self.life != life or not self._up.is_set():
                self.ledger.check("a daemon that lives answers", True)
                return
            time.sleep(0.02)
        self.ledger.check("a daemon that lives answers", False, context)

    def acknowledged(self, revision: int) -> None:
        """Keeps a revision that was acknowledged: the subscriber must see it."""
        self._untold.append((revision, time.monotonic()))

    # ---- Daemons --------------------------------------------------------------------------------

    def scene(self, name: str, feed_0: str, feed_1: str) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(SCENE.format(name=name, feed_0=feed_0, feed_1=feed_1))
        return path

    def make_daemon(self, scene: Path, state: str, *outputs: str) -> Daemon:
        daemon = Daemon(
            scene, "--preset", "ultrafast", "--bitrate", "1M", "--token-file", str(self.token_file),
            "--assets", str(self.assets), "--allow-source", "127.0.0.1",
            *(word for output in outputs for word in ("-o", output)), state=state,
        )  # fmt: skip
        daemon.environment = {"XDG_STATE_HOME": str(self.folder / scene.stem)}
        (self.folder / scene.stem).mkdir(exist_ok=True)
        return daemon

    def set_up(self, stack: ExitStack) -> None:
        self.receiver = stack.enter_context(soak_stream.Receiver())
        self.far = stack.enter_context(soak_stream.Receiver())
        self.quiet_server = stack.enter_context(RtmpServer())
        self.line = Proxy(self.far.port, float("inf"), buffer_bytes=65536)
        stack.callback(self.line.close)
        self.feeds = [Publisher(self.quiet_server.url(f"feed-{number}")) for number in range(2)]
        self.steady = Publisher(self.quiet_server.url("steady"))
        for each in (*self.feeds, self.steady):
            each.start()
            stack.callback(each.stop)
        steady = self.steady.url
        self.control = self.make_daemon(
            self.scene("control", steady, steady), f"sqlite:{self.folder}/control.db",
            self.quiet_server.url("control"),
        )  # fmt: skip
        if self.name == "redis":
            self.redis = stack.enter_context(RedisServer())
            state = f"redis://127.0.0.1:{self.redis.port}/0"
        else:
            state = f"sqlite:{self.folder}/state.db"
        self.daemon = self.make_daemon(
            self.scene("soak", self.feeds[0].url, self.feeds[1].url), state,
            self.receiver.url("soak"), f"rtmp://127.0.0.1:{self.line.port}/live/soak",
        )  # fmt: skip
        for each in (self.control, self.daemon):
            stack.callback(self.kill, each)
            each.start()
        self.life, self.born = 1, time.monotonic()
        self._up.set()

    @staticmethod
    def kill(daemon: Daemon) -> None:
        if daemon.process is not None:
            daemon.end(signal.SIGKILL)

    def status(self, daemon: Daemon) -> Any:
        return http_call(daemon.address, self.token, "GET", "/api/v1/status", seconds=10).json()

    def revive(self, why: str) -> None:
        """Starts the daemon again on the same state, and compares the scene with the models."""
        began = time.monotonic()
        self.daemon.start()
        self.ledger.measure("start on a stored state", time.monotonic() - began, "s")
        with ExitStack() as locks:
            for each in self.commanders:
                locks.enter_context(each.lock)
            scene = self.call("GET", "/api/v1/scene").json()
            for each in self.commanders:
                each.verify(scene, f"after {why}")
            self.samples = []
            self.born = time.monotonic()
            self._untold.clear()
            self.life += 1
            self._up.set()

    def kill_and_revive(self) -> None:
        self.ledger.count("fault: daemon killed")
        self._up.clear()
        pid = self.daemon.process.pid if self.daemon.process else 0
        below = helpers(pid)
        self.daemon.end(signal.SIGKILL)
        gone = lambda: not any(Path(f"/proc/{each}").exists() for each in below)  # noqa: E731
        with suppress(AssertionError):
            wait_for(gone, "", HELPERS_END_SECONDS)
        self.ledger.check("helpers end with their daemon", gone(), f"{below} of {pid} live on")
        self.revive("kill -9")

    # ---- Acting ---------------------------------------------------------------------------------

    def guarded(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        def guarded_run() -> None:
            try:
                run()
            except Exception:  # noqa: BLE001  # every error of an actor is a finding
                self.ledger.check(
                    "actors run to the end", False, f"{name}: {traceback.format_exc()}"
                )

        return guarded_run

    def start_actor(self, run: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=self.guarded(run, name), name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def run(self, minute_ended: Callable[[str], None]) -> None:
        with ExitStack() as stack:
            try:
                self.set_up(stack)
                self.go_through(minute_ended)
            finally:
                self._over.set()
                for name, each in (("soak", self.daemon), ("control", self.control)):
                    (self.into / f"{self.name}-{name}.log").write_text("\n".join(each.log) + "\n")

    def go_through(self, minute_ended: Callable[[str], None]) -> None:
        self.commanders = [
            Commander(self, "http", "http", 0.15), Commander(self, "rpc", "websocket", 0.15),
            Commander(self, "cli", "cli", 1.0),
        ]  # fmt: skip
        self.observer = Observer(self)
        watcher = threading.Thread(target=self.guarded(self.observer.run, "observer"), daemon=True)
        self.wait_for_outputs("at the beginning")
        authored = self.call("GET", "/api/v1/scene").json()
        self.look()
        base = self.empty_footprint(authored)
        self.base_kinds = kinds_of_descriptors(self.pid() or 0)
        self.reload()
        self.count_frames()
        self.lateness.begin()

        self.started = time.monotonic()
        self.end_at = self.started + self.seconds
        kills = self.kill_times()
        watcher.start()
        for commander in self.commanders:
            self.start_actor(commander.run, commander.name)
        for name, run in (
            ("chat", Chat(self).run),
            ("clients", HostileClients(self).run), ("media", HostileMedia(self).run),
            ("recordings", self.analyse_recordings),
        ):  # fmt: skip
            self.start_actor(run, name)
        faults = {"outputs": 6.0, "feeds": 4.0, "helpers": 2.0} | (
            {"store": 4.0} if self.redis else {}
        )
        for part, pause in faults.items():
            self.start_actor(Faults(self, part, pause).run, part)

        minute_at = time.monotonic() + 60
        while time.monotonic() < self.end_at:
            self.sample()
            if kills and time.monotonic() >= kills[0]:
                self.kill_and_revive()
                # It lives for a while before it is killed again.
                kills = [each for each in kills if each > time.monotonic() + 3]
            if time.monotonic() >= minute_at:
                minute_at += 60
                minute_ended(self.minute())
            time.sleep(
                max(
                    0.05,
                    min(
                        2,
                        self.end_at - time.monotonic(),
                        *(k - time.monotonic() for k in kills[:1]),
                    ),
                )
            )
        self._over.set()
        for thread in self.threads:
            thread.join(240)
            is_alive = thread.is_alive()
            self.ledger.check("actors run to the end", not is_alive, f"{thread.name} does not end")
        minute_ended(self.minute())
        self.check_trend()
        self.end_faults()
        self.finish(base)

    def reload(self) -> None:
        """Makes the live scene equal to the file again: a client cannot, as it reads no keys."""
        assert self.daemon.process is not None
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.call("GET", "/api/v1/layers/metronome").status == 200, "reloaded", 20)

    def end_faults(self) -> None:
        """Starts the servers of the faults again: a process ends with the thread that started it."""
        for each in (self.receiver, *([self.redis] if self.redis else [])):
            each.kill()
            each.start()
        for feed in self.feeds:
            feed.start()

    def count_frames(self) -> None:
        control = self.control.process
        process = self.daemon.process
        assert process is not None and control is not None
        self.lateness.subject.add(process.pid, self.status(self.daemon), STARTING_FRAMES)
        self.lateness.control.add(control.pid, self.status(self.control))

    def kill_times(self) -> list[float]:
        """When the daemon is killed: in the first 60 % of the run; the rest shows a trend."""
        count = max(2, min(int(self.seconds / 15), 40))
        first, last = self.started + min(10, self.seconds / 8), self.started + 0.6 * self.seconds
        return sorted(self.chance.uniform(first, last) for _ in range(count))

    # ---- Watching -------------------------------------------------------------------------------

    def sample(self) -> None:
        process = self.daemon.process
        assert process is not None
        if process.poll() is not None:
            self.ledger.check(
                "the daemon lives",
                False,
                f"status {process.returncode}: " + " | ".join(self.daemon.log[-8:]),
            )
            self._up.clear()
            self.daemon.end(signal.SIGKILL)
            self.revive("its death")
            return
        self.ledger.check("the daemon lives", True)
        try:
            self.count_frames()
        except Unclear as error:
            self.ledger.check("a daemon that lives answers", False, f"status: {error}")
        found = footprint(process.pid)
        self.samples.append((time.monotonic() - self.born, found))
        for what, value, limit, unit in (
            ("memory with helpers (PSS)", found.pss / MIB, PSS_BYTES_MAX / MIB, "MiB"),
            ("memory of the daemon (RSS)", found.rss / MIB, PSS_BYTES_MAX / MIB, "MiB"),
            ("descriptors", found.descriptors, DESCRIPTORS_MAX, ""),
            ("threads", found.threads, THREADS_MAX, ""),
            ("helper processes", found.processes, PROCESSES_MAX, ""),
        ):
            self.ledger.measure(what, value, unit)
            self.ledger.check(
                f"bound of {what}", value <= limit, f"{value:.0f} {unit}, at most {limit:.0f}"
            )
        while self._untold and self._untold[0][0] <= self.observer.revision:
            self._untold.popleft()
        waits = time.monotonic() - self._untold[0][1] if self._untold else 0
        self.ledger.measure("delay of an event behind its acknowledgement, at most", waits, "s")
        self.ledger.check(
            "subscribers get acknowledged changes", waits < TOLD_SECONDS_MAX * self.patience(),
            f"revisions {list(self._untold)[:3]}, told {self.observer.revision}",
        )  # fmt: skip

    def minute(self) -> str:
        told = self.lateness.end_minute(self.name)
        last = self.samples[-1][1] if self.samples else None
        held = (
            f"PSS {last.pss / MIB:.0f} MiB, {last.descriptors} descriptors, {last.threads} threads, "
            f"{last.processes} helpers, " if last else ""
        )  # fmt: skip
        return f"{self.name}: {held}{told}"

    def patience(self) -> float:
        """How much longer all may take: a machine that is too busy for the quiet daemon is slow."""
        return 4 if self.lateness.is_starved() else 1

    def check_trend(self) -> None:
        points = [(at, found) for at, found in self.samples if at >= WARM_UP_SECONDS]
        if not points or points[-1][0] - points[0][0] < TREND_SECONDS_MIN:
            return
        span = points[-1][0] - points[0][0]
        for what, value in (
            ("PSS", lambda found: found.pss), ("RSS", lambda found: found.rss),
        ):  # fmt: skip
            growth = slope([(at, float(value(found))) for at, found in points]) * span
            self.ledger.measure(f"growth of {what} over {span / 60:.0f} min", growth / MIB, "MiB")
            self.ledger.check(
                "memory has no trend",
                growth <= GROWTH_BYTES_MAX,
                f"{what} grew by {growth / MIB:.1f} MiB in {span:.0f} s",
            )
        for what, value in (
            ("descriptors", lambda found: found.descriptors), ("threads", lambda found: found.threads),
        ):  # fmt: skip
            growth = slope([(at, float(value(found))) for at, found in points]) * span
            self.ledger.measure(f"growth of {what} over {span / 60:.0f} min", growth, "")
            self.ledger.check(
                f"{what} have no trend", growth <= 25, f"{growth:.1f} more in {span:.0f} s"
            )

    # ---- The received stream --------------------------------------------------------------------

    def analyse_recordings(self) -> None:
        while not self.wait(5):
            self.analyse(all_of_them=False)

    def analyse(self, all_of_them: bool) -> None:
        """Checks the recordings that have ended, and deletes them."""
        for receiver in (self.receiver, self.far):
            for path in receiver.recordings():
                if not all_of_them and time.time() - path.stat().st_mtime < 8:
                    continue
                if self.analyse_file(path):
                    path.unlink()

    def analyse_file(self, path: Path) -> bool:
        """Whether the recording is as it should be."""
        stamps = soak_stream.flv_stamps(path)
        self.ledger.count("recordings analysed")
        self.ledger.count("video packets received", len(stamps.video))
        good = True
        for what, values, strictly in (
            ("video", stamps.video, True),
            ("audio", stamps.audio, False),
        ):
            found = soak_stream.falls(values, strictly)
            good &= self.ledger.check("time stamps rise", not found, f"{path}: {what} {found[:5]}")
        if stamps.video and stamps.audio:
            self.ledger.measure("sound and picture apart in the stream", stamps.apart, "ms")
            good &= self.ledger.check(
                "sound and picture are near each other",
                self.lateness.is_starved() or stamps.apart <= APART_MS_MAX,
                f"{path}: {stamps.apart} ms",
            )
        if len(stamps.video) > 60:
            measured = soak_stream.offsets(path, METRONOME_CROP)
            self.ledger.count("metronome beats measured", len(measured))
            if measured:
                beyond = [abs(each) > OFFSET_SECONDS_MAX for each in measured]
                in_a_row = any(all(beyond[at : at + 3]) for at in range(max(1, len(beyond) - 2)))
                self.ledger.measure(
                    "offset of sound and picture, one beat", 1000 * max(map(abs, measured)), "ms"
                )
                self.ledger.measure(
                    "offset of sound and picture, median of a recording",
                    1000 * abs(median(measured)),
                    "ms",
                )
                if self.lateness.is_starved():
                    self.ledger.count(
                        "recordings whose offset is not judged: the control is late, too"
                    )
                    self.ledger.excuse(OFFSET)
                elif len(measured) >= 3:
                    good &= self.ledger.check(
                        OFFSET, not in_a_row, f"{path}: {[round(each, 3) for each in measured]}"
                    )
        return good

    # ---- The end --------------------------------------------------------------------------------

    def wait_for_outputs(self, when: str) -> None:
        states: list[str] = []

        def are_live() -> bool:
            nonlocal states
            found = self.call("GET", "/api/v1/outputs").json()["outputs"]
            states = [f"{each['id']} {each['state']}: {each['error']}" for each in found]
            return all(each["state"] == "live" for each in found)

        try:
            wait_for(are_live, "", RECOVERY_SECONDS)
            self.ledger.check("outputs are live without faults", True)
        except AssertionError:
            self.ledger.check("outputs are live without faults", False, f"{when}: {states}")

    def more_than(self, base: Footprint, now: Footprint) -> dict[str, int]:
        """What is held beyond the beginning, by the names of LEFT."""
        # A server of helpers that has died is started with the next file.
        return {
            what: getattr(now, what)
            - (max(2, base.processes) if what == "processes" else getattr(base, what))
            for what in LEFT
        }

    def empty_footprint(self, scene: Any, base: Footprint | None = None) -> Footprint:
        """Deletes all layers and sounds; what is held when the daemon has settled, and has released
        what it did not hold at the beginning, or does not do so."""
        answer = self.call("PUT", "/api/v1/scene", {**scene, "layers": [], "audio": []})
        self.ledger.check("valid commands are executed", answer.status == 200, str(answer.text))
        process = self.daemon.process
        assert process is not None
        before, began = footprint(process.pid), time.monotonic()
        quiet_since = began
        while time.monotonic() - began < RELEASE_SECONDS:
            time.sleep(0.25)
            now = footprint(process.pid)
            if now[2:] != before[2:]:
                quiet_since = time.monotonic()
            before = now
            is_released = base is None or all(
                more <= LEFT[what] for what, more in self.more_than(base, now).items()
            )
            if is_released and time.monotonic() - quiet_since >= 4:
                break
        if base is not None:
            self.ledger.measure("time until all is released", quiet_since - began, "s")
        return before

    def look(self) -> None:
        """Takes a snapshot, a piece of the preview and a WebSocket: what serves them starts with the
        first client."""
        WebSocket(self.address, self.token).close()
        picture = self.call("GET", "/api/v1/snapshot.png")
        self.ledger.check("valid commands are executed", picture.status == 200, f"snapshot: {picture.status}")
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=15)
        with closing(connection):
            connection.request(
                "GET", "/api/v1/preview.mjpeg", headers={"Authorization": f"Bearer {self.token}"}
            )
            connection.getresponse().read(2000)

    def finish(self, base: Footprint) -> None:
        self.ledger.check(
            "the daemon lives",
            self.daemon.process is not None and self.daemon.process.poll() is None,
        )
        self.wait_for_outputs("after all faults have ended")
        scene = self.call("GET", "/api/v1/scene").json()
        for each in self.commanders:
            each.verify(scene, "at the end")
            if each.socket is not None:
                each.socket.close()
        self.observer.verify(scene, [each.name for each in self.commanders])
        self.observer.ended.set()
        left = self.empty_footprint(scene, base)
        for what, more in self.more_than(base, left).items():
            self.ledger.measure(f"{what} left after DELETE of everything", more, "")
            self.ledger.check(
                "everything is released after DELETE", more <= LEFT[what],
                f"{what}: {getattr(base, what)} at first, {getattr(left, what)} left: "
                f"{kinds_of_descriptors(self.pid() or 0)} instead of {self.base_kinds}",
            )  # fmt: skip
        self.ledger.measure(
            "PSS left after DELETE of everything", (left.pss - base.pss) / MIB, "MiB"
        )
        self.ledger.check(
            "everything is released after DELETE", left.pss - base.pss <= PSS_LEFT_BYTES,
            f"PSS: {base.pss / MIB:.0f} MiB at first, {left.pss / MIB:.0f} MiB left",
        )  # fmt: skip
        self.ledger.check(
            "everything is released after DELETE", left.zombies == 0, f"{left.zombies} zombies"
        )
        below = helpers(self.daemon.process.pid) if self.daemon.process else []
        began = time.monotonic()
        status = self.daemon.end(signal.SIGTERM)
        took = time.monotonic() - began
        self.ledger.measure("end after SIGTERM", took, "s")
        self.ledger.check(
            "SIGTERM ends the daemon",
            status == 0 and took < END_SECONDS_MAX * self.patience(),
            f"status {status} after {took:.1f} s",
        )
        alive = lambda: [each for each in below if Path(f"/proc/{each}").exists()]  # noqa: E731
        with suppress(AssertionError):
            wait_for(lambda: not alive(), "", HELPERS_END_SECONDS)
        self.ledger.check("helpers end with their daemon", not alive(), f"{alive()}")
        self.receiver.kill()
        self.far.kill()
        self.analyse(all_of_them=True)
