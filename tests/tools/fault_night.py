#!/usr/bin/python3
"""A recorded night of faults, read as an operator would.

Starts streamd between real servers and provokes one fault after another. For each it records what
the log, /metrics and the page said when the fault began, while it lasted and when it ended, and
checks that each of the three told both. Writes `report.md`, the logs and pictures of the page.

    fault_night.py [--into FOLDER] [--only WORD]
"""

import argparse
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from daemon import (
    Authority,
    Daemon,
    Proxy,
    Publisher,
    RedisServer,
    RtmpServer,
    TlsProxy,
    wait_for,
)
from harness import ROOT, plain_png, png, small_disk
from page_test import started_browser
from selenium.webdriver.common.by import By

SCENE = """version: 1
scene: night
canvas: {{width: 640, height: 360, fps: 30, background: "#204060"}}
layers:
  - {{id: box, type: overlay, size: [80, 60], content: {{type: color, color: "#ff8000"}}}}
  - {{id: logo, type: overlay, size: [40, 40], content: {{type: image, source: logo.png}}}}
  - {{id: noise, type: overlay, z_index: 1, content: {{type: image, source: noise.png}},
      animations: [{{effect: slide, from: [-97, -61], to: [13, 7], duration: 300ms,
                     iterations: infinite, direction: alternate}}]}}
{layers}outputs:
{outputs}"""

LEVELS = {"degraded": 1, "failed": 2}


class Fault(NamedTuple):
    title: str
    what: str  # what happens, for the reader of the report
    part: str
    subject: str | None
    words: str  # a pattern that log, page and status show
    begin: Callable[[], Any]
    end: Callable[[], Any]


def now() -> str:
    return datetime.now(timezone.utc).strftime("%H:%M:%S.%f")[:-3]


class Report:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines = ["# A night of faults", ""]
        self.problems: list[str] = []

    def add(self, *lines: str) -> None:
        self.lines += lines

    def code(self, title: str, lines: list[str]) -> None:
        self.add(f"{title}:", "", "```", *(lines or ["(nothing)"]), "```", "")

    def check(self, holds: bool, what: str, fault: str) -> None:
        if not holds:
            self.problems.append(f"{fault}: {what}")
        self.add(f"- {'yes' if holds else '**NO**'}: {what}")

    def write(self) -> Path:
        summary = [f"{len(self.problems)} problems.", ""] + [f"- {each}" for each in self.problems]
        path = self.folder / "report.md"
        path.write_text("\n".join(self.lines[:2] + summary + [""] + self.lines[2:]) + "\n")
        return path


class Watch:
    """One daemon, its page, and what they say."""

    def __init__(self, daemon: Daemon, browser: Any, report: Report) -> None:
        self.daemon, self.browser, self.report = daemon, browser, report
        browser.get(daemon.address)

    def reason(self, fault: Fault) -> Any:
        for reason in self.daemon.status()["health"]["reasons"]:
            same = (reason["part"], reason["subject"]) == (fault.part, fault.subject)
            if same and re.search(fault.words, reason["message"]):
                return reason
        return None

    def metrics(self, fault: Fault) -> list[str]:
        text = self.daemon.call("GET", "/metrics").body.decode()
        wanted = rf'layercast_(health{{part="{fault.part}"}}|ready |layers_failing'
        if fault.part == "outputs" and fault.subject:
            wanted += rf'|output_(state|last_live\w*){{output="{fault.subject}"'
        if fault.part == "feeds":
            wanted += rf'|source_state{{layer="{fault.subject}"'
        lines = [line for line in text.splitlines() if re.match(wanted + ")", line)]
        return [line for line in lines if "state=" not in line or line.endswith(" 1")]

    def level(self, fault: Fault) -> float:
        for line in self.metrics(fault):
            if line.startswith("layercast_health{"):
                return float(line.split()[-1])
        raise AssertionError(f"no health of {fault.part}")

    def page(self, part: str = "health") -> str:
        """The text of an element of the page; the element `health` names the present problems."""
        return self.browser.find_element(By.ID, part).text

    def is_well(self) -> bool:
        """Nothing is wrong, apart from a machine that has much else to do."""
        reasons = self.daemon.status()["health"]["reasons"]
        return all(reason["part"] == "rendering" for reason in reasons)

    def picture(self, name: str) -> None:
        self.browser.save_screenshot(str(self.report.folder / name))
        self.report.add(f"![the page]({name})", "")

    def lines(self, since: int, pattern: str) -> list[str]:
        return [line for line in self.daemon.log[since:] if re.search(pattern, line)]

    def show(self, title: str, since: int, fault: Fault) -> None:
        self.report.code("The log", self.daemon.log[since:])
        self.report.code("/metrics", self.metrics(fault))

    def run(self, fault: Fault) -> None:
        report, daemon = self.report, self.daemon
        wait_for(
            self.is_well,
            lambda: f"well before {fault.title}: {daemon.status()['health']}\n"
            + "\n".join(daemon.log[-20:]),
            90,
        )
        report.add(f"## {fault.title}", "", fault.what, "", f"Provoked at {now()}.", "")
        since = len(daemon.log)
        fault.begin()
        reason = wait_for(
            lambda: self.reason(fault),
            lambda: f"{fault.title}: {daemon.status()['health']}\n" + "\n".join(daemon.log[since:]),
            90,
        )
        subject = fault.subject or ""
        begun = rf"(warning|error): .*{subject}.*({fault.words})"
        self.wait_quietly(lambda: bool(self.lines(since, begun)))
        self.wait_quietly(lambda: re.search(fault.words, self.page()) is not None)
        self.show("begin", since, fault)
        name = re.sub(r"\W+", "-", fault.title.lower())
        self.picture(f"{name}.png")
        report.add(f"While it lasts (since {reason['since']}, {reason['state']}):", "")
        report.check(bool(self.lines(since, begun)), "the log tells the begin", fault.title)
        report.check(
            self.level(fault) >= LEVELS[reason["state"]], "the metrics tell it", fault.title
        )
        report.check(
            re.search(fault.words, self.page()) is not None, "the page tells it", fault.title
        )
        middle = len(daemon.log)
        report.add(f'- the page says: "{self.page()}"', "", f"Ended at {now()}.", "")
        fault.end()
        wait_for(
            self.is_well,
            lambda: f"end of {fault.title}: {daemon.status()['health']}\n"
            + "\n".join(daemon.log[middle:]),
            120,
        )
        ended = rf"(well again after .*{subject}|{subject}.* live)"
        self.wait_quietly(lambda: bool(self.lines(middle, ended)))
        self.wait_quietly(lambda: re.search(fault.words, self.page()) is None)
        self.show("end", middle, fault)
        report.check(bool(self.lines(middle, ended)), "the log tells the end", fault.title)
        report.check(self.level(fault) == 0, "the metrics tell the end", fault.title)
        report.check(
            re.search(fault.words, self.page()) is None, "the page tells the end", fault.title
        )
        report.add(f'- the page says: "{self.page()}"')
        report.add("")

    @staticmethod
    def wait_quietly(condition: Callable[[], bool]) -> None:
        """What does not come is a finding of the report, not an error."""
        try:
            wait_for(condition, "", 10)
        except AssertionError:
            pass


class Night:
    def __init__(self, stack: ExitStack, folder: Path, report: Report, only: str) -> None:
        self.stack, self.folder, self.report, self.only = stack, folder, report, only
        self.browser = started_browser(folder / "browser")
        stack.callback(self.browser.quit)
        (folder / "logo.png").write_bytes(plain_png(40, 40, (0, 192, 64, 255)))
        rows = b"".join(b"\0" + os.urandom(4 * 740) for _ in range(420))
        (folder / "noise.png").write_bytes(png(740, 420, rows))

    def rtmp(self, port: int | None = None) -> RtmpServer:
        server = RtmpServer(port)
        self.stack.callback(server.folder.cleanup)
        self.stack.callback(server.kill)
        server.start()
        return server

    @contextmanager
    def daemon(
        self, name: str, *arguments: str, state: str = "memory:", outputs: str = "", layers: str = ""
    ) -> Iterator[Daemon]:
        scene = self.folder / f"{name}.yaml"
        recording = f"  - {{id: recording, url: {self.folder}/{name}.mkv}}\n"
        scene.write_text(SCENE.format(outputs=recording + outputs, layers=layers))
        options = ("--bitrate", "3M", "--preset", "ultrafast", *arguments)
        daemon = Daemon(scene, *options, state=state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        daemon.start()
        try:
            yield daemon
        finally:
            if daemon.process is not None:
                daemon.end(signal.SIGTERM)
            (self.report.folder / f"{name}.log").write_text("\n".join(daemon.log) + "\n")

    def watch(self, daemon: Daemon, faults: list[Fault]) -> None:
        watch = Watch(daemon, self.browser, self.report)
        for fault in faults:
            if self.only in fault.title.lower():
                watch.run(fault)

    # ---- Contents, sources and outputs ---------------------------------------------------------

    def on_air(self) -> None:
        server, keys, vault, far = (self.rtmp() for _ in range(4))
        proxy = Proxy(far.port, float("inf"), buffer_bytes=262_144)
        self.stack.callback(proxy.close)
        authority = Authority()
        self.stack.callback(authority.close)
        good, expired = authority.certificate(), authority.certificate(year=2021)
        secure = TlsProxy(vault.port, good)
        camera = Publisher(keys.url("camera"), fps=25, tone_hertz=None)
        self.stack.callback(camera.stop)
        camera.start()
        wait_for(lambda: playable(keys.url("camera")), "the camera on air")
        rival = Publisher(keys.url("keyed"), fps=25, tone_hertz=None)
        self.stack.callback(rival.stop)
        outputs = (
            f"  - {{id: main, url: '{server.url('main')}'}}\n"
            f"  - {{id: narrow, url: 'rtmp://127.0.0.1:{proxy.port}/live/narrow'}}\n"
            f"  - {{id: secure, url: 'rtmps://127.0.0.1:{secure.port}/live/secure'}}\n"
            f"  - {{id: keyed, url: '{keys.url('keyed')}'}}\n"
        )
        layers = (
            "  - {id: camera, type: overlay, size: [160, 90], transform: {position: [400, 200]},\n"
            f"     content: {{type: video, source: '{keys.url('camera')}'}}}}\n"
        )

        with self.daemon(
            "on-air", "--tls-ca", str(authority.file), outputs=outputs, layers=layers
        ) as daemon:

            def source(name: str) -> None:
                daemon.call("PATCH", "/api/v1/layers/logo", {"content": {"source": name}})

            def take_key() -> None:
                daemon.call("DELETE", "/api/v1/outputs/keyed")
                rival.start()
                wait_for(lambda: playable(keys.url("keyed")), "the rival on air")
                new = {"id": "keyed", "url": keys.url("keyed")}
                daemon.call("POST", "/api/v1/outputs", new)

            def slow(bytes_per_second: int) -> None:
                proxy.bytes_per_second = bytes_per_second

            def change_certificate(certificate: Any) -> None:
                secure.change_certificate(certificate)
                vault.kill()
                vault.start()

            self.watch(
                daemon,
                [
                    Fault(
                        "A picture is missing", "Somebody names a file that does not exist.",
                        "layers", "logo", "missing.png",
                        lambda: source("missing.png"), lambda: source("logo.png"),
                    ),
                    Fault(
                        "An output is too slow", "The line to one server takes 100 kB a second.",
                        "outputs", "narrow", "takes .* of the",
                        lambda: slow(100_000), lambda: slow(float("inf")),
                    ),
                    Fault(
                        "A server is down", "nginx ends, and starts again.",
                        "outputs", "main", "connection refused|closed the connection",
                        server.kill, server.start,
                    ),
                    Fault(
                        "A key is refused", "Somebody else publishes with the key of an output.",
                        "outputs", "keyed", "refused the publish",
                        take_key, rival.stop,
                    ),
                    Fault(
                        "A certificate has expired", "The server of an output gets an old certificate.",
                        "outputs", "secure", "has expired",
                        lambda: change_certificate(expired), lambda: change_certificate(good),
                    ),
                    Fault(
                        "A camera is lost", "The program that sends the picture of a layer ends.",
                        "feeds", "camera", "sender ended|closed the connection|no data|no picture|stream",
                        camera.stop, camera.start,
                    ),
                ],
            )  # fmt: skip

    # ---- Stores --------------------------------------------------------------------------------

    def full_disk(self) -> None:
        disk = self.stack.enter_context(small_disk(self.folder / "disk", "size=1m"))
        with self.daemon("full-disk", state=f"sqlite:{disk}/state.db") as daemon:

            def fill() -> None:
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

            fault = Fault(
                "The disk of the state is full", "Another program fills the disk.",
                "store", None, "disk is full", fill, lambda: (disk / "filler").unlink(),
            )  # fmt: skip
            self.watch(daemon, [fault])

    def redis_away(self) -> None:
        redis = self.stack.enter_context(RedisServer())
        with self.daemon("redis", state=f"redis://127.0.0.1:{redis.port}/0") as daemon:
            fault = Fault(
                "Redis is away", "Redis is killed, and starts again.",
                "store", None, "connection|Redis|redis|refused", redis.kill, redis.start,
            )  # fmt: skip
            self.watch(daemon, [fault])

    def leader_dies(self) -> None:
        state = f"sqlite:{self.folder}/leader.db"
        with self.daemon("leader", state=state) as leader:
            with self.daemon("follower", "--follow", state=state) as follower:
                fault = Fault(
                    "The leader dies", "The daemon that owns the scene is killed, and starts again.",
                    "leader", None, "no daemon owns the scene",
                    lambda: leader.end(signal.SIGKILL), leader.start,
                )  # fmt: skip
                self.watch(follower, [fault])

    def damaged_state(self) -> None:
        title = "The stored state is damaged"
        if self.only not in title.lower():
            return
        database = self.folder / "damaged" / "state.db"
        with self.daemon("before", state=f"sqlite:{database}") as daemon:
            daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.5})
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("UPDATE scene SET header = 'not JSON'")
        self.report.add(f"## {title}", "", "A program has spoilt the header while streamd was off.", "")
        with self.daemon("damaged", state=f"sqlite:{database}") as daemon:
            wait_for(lambda: daemon.call("GET", "/readyz").status == 200, "on air")
            self.browser.get(daemon.address)
            self.report.code("The log", list(daemon.log))
            self.picture_of(title)
            told = [line for line in daemon.log if re.search("set-aside|left out", line)]
            self.report.check(bool(told), "the log tells what became of it", title)
            self.report.check(
                daemon.call("GET", "/readyz").status == 200, "the stream is on air", title
            )
            self.report.add("")

    def picture_of(self, title: str) -> None:
        name = re.sub(r"\W+", "-", title.lower()) + ".png"
        self.browser.save_screenshot(str(self.report.folder / name))
        self.report.add(f"![the page]({name})", "")


def playable(url: str) -> bool:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-rw_timeout", "2000000", url], capture_output=True, check=False
    )
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "fault-night")
    parser.add_argument("--only", default="", help="faults whose title contains this word")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    report = Report(options.into)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="layercast-night-")))
        (folder / "browser").mkdir()
        night = Night(stack, folder, report, options.only.lower())
        for part in (night.on_air, night.full_disk, night.redis_away, night.leader_dies, night.damaged_state):
            print(f"fault-night: {part.__name__}", file=sys.stderr, flush=True)
            try:
                part()
            except (AssertionError, OSError) as error:
                report.problems.append(f"{part.__name__} ended: {error}")
                report.code(f"**{part.__name__} ended**", str(error).splitlines())
    path = report.write()
    print(f"{path}: {len(report.problems)} problems")
    for problem in report.problems:
        print(f"  {problem.splitlines()[0]}")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
