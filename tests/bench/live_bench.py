"""The daemon under load: frames in time, changes on air, durable updates, subscribers, memory.

Everything is measured in one invocation, on the machine's own cores, beside the clients that make
the load: what they take is part of the picture.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import standard_scenes
from measure import BenchError, Places, print_table, run, tell
from targets import Target

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))
from daemon import Daemon, RedisServer, RtmpServer, wait_for

LIVE = ["air", "static", "changes", "updates", "chat", "subscribers", "start", "memory"]

CLIENT = Path(__file__).with_name("live_client.js")
CHANGES = 200
UPDATES_PER_SECOND = 2000
MESSAGES_PER_SECOND, MESSAGES_TO_WARM_UP = 200, 6000
SUBSCRIBERS, SUBSCRIBED_UPDATES_PER_SECOND = 1000, 60
BOX_LAYERS = 50
ENCODED_FRAMES = 240


# ---- What the daemon says of itself -----------------------------------------------------------


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


@dataclass
class Frames:
    """The frames of a while: a difference of two looks at the metrics."""

    rendered: float
    dropped: dict[str, float]
    lateness: dict[float, float]  # how many were at most so late, in seconds
    cpu: float
    wall: float

    def quantile(self, share: float) -> str:
        """The bound in ms below which this share of the frames lies."""
        total = self.lateness[float("inf")]
        within = [bound for bound, count in sorted(self.lateness.items()) if count >= share * total]
        return f"≤ {1e3 * within[0]:g}" if within and within[0] != float("inf") else "> 10000"

    def row(self, name: str) -> list[str]:
        return [
            name, f"{self.rendered:.0f}", f"{self.rendered / self.wall:.2f}",
            ", ".join(f"{n:.0f} {reason}" for reason, n in self.dropped.items() if n) or "0",
            self.quantile(0.5), self.quantile(0.99), self.quantile(1),
            f"{100 * self.cpu / self.wall:.1f} %",
        ]  # fmt: skip


FRAME_HEADINGS = [
    ["", "frames", "a second", "dropped", "late, ms", "", "", "CPU of"],
    ["", "", "", "", "p50", "p99", "max", "one core"],
]


class Watched:
    """Looks at a daemon's metrics at the beginning and end of a while."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.before = self.look()

    def look(self) -> Frames:
        text = self.daemon.call("GET", "/metrics").body.decode()
        assert self.daemon.process is not None

        def series(name: str) -> list[tuple[str, float]]:
            found = re.findall(rf"^layercast_{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
            return [(labels, float(value)) for labels, value in found]

        dropped: dict[str, float] = {}
        for labels, value in series("frames_dropped_total"):
            reason = re.search(r'reason="(\w+)"', labels)
            dropped[reason[1] if reason else labels] = value
        lateness = {}
        for labels, value in series("frame_lateness_seconds_bucket"):
            bound = re.search(r'le="(.*)"', labels)
            assert bound is not None
            lateness[float(bound[1].replace("+Inf", "inf"))] = value
        rendered = series("frames_rendered_total")[0][1]
        cpu = cpu_seconds(self.daemon.process.pid)
        return Frames(rendered, dropped, lateness, cpu, time.monotonic())

    def frames(self) -> Frames:
        a, b = self.before, self.look()
        return Frames(
            b.rendered - a.rendered,
            {reason: n - a.dropped.get(reason, 0) for reason, n in b.dropped.items()},
            {bound: n - a.lateness.get(bound, 0) for bound, n in b.lateness.items()},
            b.cpu - a.cpu,
            b.wall - a.wall,
        )


def dropped_target(name: str, frames: Frames) -> Target:
    return Target(f"{name}: frames dropped", 0, sum(frames.dropped.values()))


def print_targets(targets: list[Target]) -> None:
    print_table([["", "target", "", "is", ""]], [[target.row() for target in targets]], left=2)


# ---- Scenes -----------------------------------------------------------------------------------


def small_scene(places: Places, layers: int = 3, size: tuple[int, int] = (320, 180)) -> Path:
    """A scene that costs next to nothing, so that what is measured is what is around it."""
    boxes = [
        {
            "id": f"box-{number}", "type": "overlay", "size": [20, 10],
            "transform": {"position": [number * 5, number * 3]},
            "content": {"type": "color", "color": "#ff8000"},
        }
        for number in range(layers)
    ]  # fmt: skip
    return standard_scenes.write_scene(places.assets, f"BOX{layers}", boxes, *size)


def standard_scene(places: Places, name: str) -> Path:
    return standard_scenes.write_scene(places.assets, name, standard_scenes.scene_layers(name))


# ---- Measurements -----------------------------------------------------------------------------


def encoder_alone(places: Places, y4m: Path, preset: str) -> float:
    """Frames a second that x264 makes of the finished frames with the daemon's settings, and
    nothing else running."""
    settings = ["-c:v", "libx264", "-preset", preset, "-tune", "zerolatency", "-threads", "4",
                "-b:v", "6M", "-maxrate", "6M", "-bufsize", "6M", "-g", "120"]  # fmt: skip
    began = time.monotonic()
    run(places.ffmpeg("-i", y4m, *settings, "-f", "null", "-"))
    return ENCODED_FRAMES / (time.monotonic() - began)


def bench_air(places: Places, seconds: float, presets: list[str]) -> None:
    """S10 at 1080p60, encoded and sent to a real RTMP server."""
    rows, targets = [], []
    y4m = places.scratch / "S10.y4m"
    run(places.rendering(standard_scene(places, "S10"), range(ENCODED_FRAMES), y4m))
    for preset in presets:
        before = encoder_alone(places, y4m, preset)
        tell(f"S10 on air with {preset} for {seconds:.0f} s")
        with (
            RtmpServer() as server,
            Daemon(standard_scene(places, "S10"), "-o", server.url(), "--preset", preset) as daemon,
        ):
            daemon.wait_for_output("cli-1", "live")
            watched = Watched(daemon)
            time.sleep(seconds)
            frames = watched.frames()
            rows.append(frames.row(f"S10, {preset}"))
            if preset == "superfast":
                targets.append(dropped_target(f"S10, {preset}", frames))
        after = encoder_alone(places, y4m, preset)
        print(f"{preset}: the encoder alone makes {before:.0f} frames a second before, {after:.0f} after")
    print_table(FRAME_HEADINGS, [rows], left=1)
    print_targets(targets)


def bench_static(places: Places, seconds: float) -> None:
    """What a scene in which nothing changes costs at 1080p60, but for encoding: without outputs."""
    with Daemon(standard_scene(places, "STATIC")) as daemon:
        wait_for(lambda: daemon.status()["fps"] > 50, "60 frames a second")
        watched = Watched(daemon)
        tell(f"STATIC on air without outputs for {seconds:.0f} s")
        time.sleep(seconds)
        frames = watched.frames()
    print_table(FRAME_HEADINGS, [[frames.row("STATIC, no outputs")]], left=1)
    print_targets([Target("STATIC: share of one core", 0.01, frames.cpu / frames.wall)])


def on_air_delay(daemon: Daemon, opacity: float) -> float:
    """Frames from when an update is sent to when the first frame that shows it is due."""
    before = time.monotonic()
    status = daemon.status()
    now = (before + time.monotonic()) / 2
    sent = time.monotonic()
    answer = daemon.call("PATCH", "/api/v1/layers/box-1?wait=on-air", {"opacity": opacity})
    shown_at = answer.json()["frame"] / standard_scenes.FPS
    return (shown_at - (status["stream_time"] + sent - now)) * standard_scenes.FPS


def bench_changes(places: Places, _: float) -> None:
    """From the sending of an update to the frame that shows it, durable in between."""
    state = f"sqlite:{places.scratch}/changes.db"
    output = str(places.scratch / "changes.mkv")
    with Daemon(small_scene(places), "-o", output, state=state) as daemon:
        wait_for(lambda: daemon.output("cli-1")["frames"] > 60, "recording")
        tell(f"{CHANGES} changes, one after another")
        delays = sorted(on_air_delay(daemon, 0.5 + n / CHANGES / 2) for n in range(CHANGES))
    p50, p99 = delays[len(delays) // 2], delays[round(0.99 * (len(delays) - 1))]
    print(f"change to air: p50 {p50:.2f}, p99 {p99:.2f}, max {delays[-1]:.2f} frames of 60 fps")
    print_targets([Target("change to air, p99, frames", 2, p99)])


def client(*arguments: Any) -> Any:
    """What the client that makes the load says at its end."""
    done = subprocess.run(
        ["node", str(CLIENT), *map(str, arguments)],
        env={**os.environ, "NODE_PATH": "/usr/share/nodejs"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise BenchError(f"the client failed: {done.stderr.strip()[-1000:]}")
    return json.loads(done.stdout)


def bench_updates(places: Places, seconds: float) -> None:
    """Thousands of updates a second over one WebSocket, each durable before it is answered."""
    rows, targets = [], []
    with RedisServer() as redis:
        sqlite = f"sqlite:{places.scratch}/updates.db"
        states = {"SQLite": sqlite, "Redis": f"redis://127.0.0.1:{redis.port}"}
        for name, state in states.items():
            scene = small_scene(places, BOX_LAYERS)
            daemon = Daemon(scene, state=state)
            daemon.environment = {"XDG_STATE_HOME": str(places.scratch)}
            with daemon:
                wait_for(lambda: daemon.status()["fps"] > 50, "60 frames a second")
                watched = Watched(daemon)
                tell(f"{UPDATES_PER_SECOND} updates a second for {seconds:.0f} s, {name}")
                told = client("updates", daemon.address, UPDATES_PER_SECOND, seconds, BOX_LAYERS)
                frames = watched.frames()
            rows.append(frames.row(f"updates, {name}"))
            print(
                f"{name}: {told['answered']} of {told['sent']} updates answered durably in "
                f"{told['seconds']:.1f} s, {told['answered'] / told['seconds']:.0f} a second; "
                f"answer p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms; {told['refused']} refused"
            )
            late = frames.lateness[float("inf")] - frames.lateness[0.0167]
            targets += [
                Target(f"{name}: frames late or dropped", 0, late + sum(frames.dropped.values())),
                Target(f"{name}: 2000 ÷ updates a second", 1.02,
                       UPDATES_PER_SECOND * told["seconds"] / max(1, told["answered"])),
            ]  # fmt: skip
    print_table(FRAME_HEADINGS, [rows], left=1)
    print_targets(targets)


def chat_scene(places: Places) -> Path:
    """A tall chat at 720p60."""
    layers = [
        {
            "id": "ground", "type": "overlay", "z_index": -1,
            "content": {"type": "color", "color": "#26324a"},
        },
        {
            "id": "chat", "type": "chat", "size": [400, 600],
            "transform": {"position": [840, 60]},
            "content": {"type": "chat", "style": {"border_radius": 12}},
        },
    ]  # fmt: skip
    return standard_scenes.write_scene(places.assets, "CHAT", layers, 1280, 720)


def files_mib(folder: Path, name: str) -> float:
    return sum(file.stat().st_size for file in folder.glob(f"{name}*")) / 2**20


def bench_chat(places: Places, seconds: float) -> None:
    """Viewers who say 200 messages a second, each of them durable, in the picture, encoded."""
    state, rate = f"sqlite:{places.scratch}/chat.db", MESSAGES_PER_SECOND
    with Daemon(chat_scene(places), "-o", str(places.scratch / "chat.mkv"), state=state) as daemon:
        assert daemon.process is not None
        wait_for(lambda: daemon.status()["fps"] > 50, "60 frames a second")
        watched = Watched(daemon)
        tell(f"a chat in which nobody says anything for {seconds:.0f} s")
        time.sleep(seconds)
        silent = watched.frames()
        tell(f"{rate} messages a second for {seconds:.0f} s")
        client("chat", daemon.address, rate, MESSAGES_TO_WARM_UP / rate)
        before = resident_mib(daemon.process.pid)
        watched = Watched(daemon)
        told = client("chat", daemon.address, rate, seconds)
        frames = watched.frames()
        after = resident_mib(daemon.process.pid)
        layer = daemon.call("GET", "/api/v1/layers/chat")
    print(
        f"chat: {told['answered']} of {told['sent']} messages answered durably, "
        f"{told['refused']} refused; answer p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms; "
        f"{len(layer.json()['content']['messages'])} messages are kept, {len(layer.body)} bytes; "
        f"memory {before:.1f} MiB, then {after:.1f}; "
        f"state {files_mib(places.scratch, 'chat.db'):.1f} MiB"
    )
    print_table(FRAME_HEADINGS, [[silent.row("chat, silent"), frames.row("chat, 200 a second")]], left=1)
    late = frames.lateness[float("inf")] - frames.lateness[0.0167]
    print_targets([
        Target("chat: messages lost", 0, told["sent"] - told["answered"]),
        Target("chat: frames late or dropped", 0, late + sum(frames.dropped.values())),
        Target("chat: memory at the end ÷ when warm", 1.05, after / before),
    ])  # fmt: skip


def bench_subscribers(places: Places, seconds: float) -> None:
    with Daemon(small_scene(places)) as daemon:
        wait_for(lambda: daemon.status()["fps"] > 50, "60 frames a second")
        watched = Watched(daemon)
        tell(f"{SUBSCRIBERS} subscribers, 60 updates a second for {seconds:.0f} s")
        rate = SUBSCRIBED_UPDATES_PER_SECOND
        told = client("subscribers", daemon.address, SUBSCRIBERS, rate, seconds)
        frames = watched.frames()
    print(
        f"{told['subscribers']} subscribers: {told['received']} notifications of "
        f"{told['expected']}, {told['out_of_order']} out of order, {told['lost']} connections lost"
    )
    print_table(FRAME_HEADINGS, [[frames.row("subscribers")]], left=1)
    late = frames.lateness[float("inf")] - frames.lateness[0.0167]
    print_targets([
        Target("subscribers: missing or out of order", 0,
               told["expected"] - told["received"] + told["out_of_order"]),
        Target("subscribers: frames late or dropped", 0, late + sum(frames.dropped.values())),
    ])  # fmt: skip


def bench_start(places: Places, _: float) -> None:
    """From the start of the process to the first media that the RTMP server took."""
    times = []
    with RtmpServer() as server:
        scene = standard_scene(places, "S10")
        for number in range(5):
            began = time.monotonic()
            with Daemon(scene, "-o", server.url(f"key{number}")) as daemon:
                wait_for(lambda d=daemon: any("is live" in line for line in d.log), "live")
                times.append(time.monotonic() - began)
    times.sort()
    print(f"start to first RTMP media: {', '.join(f'{t:.2f}' for t in times)} s")
    print_targets([Target("start to RTMP, median, seconds", 1, times[len(times) // 2])])


def bench_memory(places: Places, seconds: float) -> None:
    """Resident memory while frames of a small size go by as fast as the clock allows."""
    scene = small_scene(places, size=(64, 36))
    text = scene.read_text().replace('"fps": 60', '"fps": 240').replace("fps: 60", "fps: 240")
    scene.write_text(text)
    # Not in memory, where the journal grows to its full length first.
    state = f"sqlite:{places.scratch}/memory.db"
    with Daemon(scene, "-o", str(places.scratch / "live.m3u8"), state=state) as daemon:
        assert daemon.process is not None
        wait_for(lambda: daemon.status()["frame"] > 2400, "ten seconds of frames")
        samples = [resident_mib(daemon.process.pid)]
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            number += 1
            daemon.call("PATCH", "/api/v1/layers/box-1", {"opacity": number % 100 / 100})
            daemon.call("GET", "/metrics")
            time.sleep(0.05)
            samples.append(resident_mib(daemon.process.pid))
        frames = daemon.status()["frames"]["rendered"]
    tenth = max(1, len(samples) // 10)
    first, last = sum(samples[:tenth]) / tenth, sum(samples[-tenth:]) / tenth
    print(f"memory: {first:.1f} MiB at first, {last:.1f} MiB after {frames} frames, {number} changes")
    print_targets([Target("memory: last tenth ÷ first tenth", 1.01, last / first)])


def bench_live(places: Places, names: list[str], seconds: float, presets: list[str]) -> None:
    os.environ.setdefault("LAYERCAST_BIN", str(places.binaries))
    for name in names:
        if name == "air":
            bench_air(places, seconds, presets)
        else:
            globals()[f"bench_{name}"](places, seconds)
        print()
