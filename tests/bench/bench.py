#!/usr/bin/python3
"""Renders the standard scenes beside ffmpeg and beside the encoder alone, and prints the ratios.

Everything is measured in turns, several times, so that a machine that is busy or slow for a while
is so for all. Times are medians; ratios are medians of the ratios of each turn. Compare ratios, not
the times of two invocations. For each scene:

    compose, layercast          render-frames to the encoder's planes, start-up taken off
    compose, ffmpeg             the same scene as a filter graph, start-up taken off
    encode alone                one ffmpeg that encodes the finished frames: what nobody can avoid
    render+encode, layercast    render-frames to an MP4, start-up included as in the two beside it
    render+encode, ffmpeg       the filter graph to an MP4

CPU time is that of all threads. A frame copy is what one thread takes to copy a 1920×1080 frame of
RGBA.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import assets
import standard_scenes
from standard_scenes import FPS, HEIGHT, WIDTH

# The same settings twice; what the two encoders then say of themselves is compared.
LAYERCAST_ENCODER = "--codec h264 --preset veryfast --bitrate 6M --gop 120 --no-audio".split()
FFMPEG_ENCODER = (
    "-c:v libx264 -preset veryfast -b:v 6M -maxrate 6M -bufsize 12M -g 120 -flags +cgop "
    "-pix_fmt yuv420p -an -movflags +faststart -y"
).split()

COMPOSE_LAYERCAST, COMPOSE_FFMPEG = "compose, layercast", "compose, ffmpeg"
ENCODE_ALONE = "encode alone"
ALL_LAYERCAST, ALL_FFMPEG = "render+encode, layercast", "render+encode, ffmpeg"

COMPOSING_SECONDS = 1.0  # a run that only composes takes about this long, whoever is faster
COMPOSING_FRAMES_MAX = 3600
DIFFERENCE_MAX = 1.0  # mean difference of luma between the two pictures, of 219 levels


class BenchError(Exception):
    """Why there is nothing to measure, in words for the user."""


# ---- Measuring ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """One run of a command: seconds, and the memory of the largest process in it."""

    wall: float
    cpu: float
    peak_mib: float


def run(command: list[object]) -> Sample:
    """Runs `command`; its CPU time is what the kernel counted for it and for all it waited for."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()[-1500:]
            raise BenchError(f"{command[0]} failed ({process.returncode}): {said}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def output_of(command: list[object]) -> bytes:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()[-1500:]
        raise BenchError(f"{command[0]} failed ({done.returncode}): {said}")
    return done.stdout


@dataclass
class Task:
    """One row of the table: a command for so many frames, and what its runs took."""

    name: str
    command: Callable[[int], list[object]]  # for so many frames
    frames: int
    without_startup: bool = False
    samples: list[Sample] = field(default_factory=list)
    startups: list[Sample] = field(default_factory=list)

    def measure(self) -> None:
        if self.without_startup:
            self.startups.append(run(self.command(1)))
        self.samples.append(run(self.command(self.frames)))

    def milliseconds_by_run(self, what: str) -> list[float]:
        """Wall or CPU time of a frame in each run."""
        totals = [getattr(sample, what) for sample in self.samples]
        if not self.without_startup:
            return [1e3 * total / self.frames for total in totals]
        startup = statistics.median(getattr(sample, what) for sample in self.startups)
        return [1e3 * max(0.0, total - startup) / (self.frames - 1) for total in totals]

    def milliseconds(self, what: str) -> float:
        return statistics.median(self.milliseconds_by_run(what))

    def over(self, other: "Task", what: str) -> float | None:
        """This time ÷ the other's, the median of what each run says: its two were close in time."""
        pairs = zip(self.milliseconds_by_run(what), other.milliseconds_by_run(what))
        ratios = [ours / theirs for ours, theirs in pairs if theirs > 0]
        return statistics.median(ratios) if ratios else None

    def spread(self) -> float:
        """How far the runs lie apart in CPU time, as a part of their median."""
        values = [sample.cpu for sample in self.samples]
        return (max(values) - min(values)) / statistics.median(values)

    def peak_mib(self) -> float:
        return statistics.median(sample.peak_mib for sample in self.samples)

    def as_json(self) -> dict:
        return {
            "frames": self.frames,
            "cpu_ms": self.milliseconds("cpu"),
            "wall_ms": self.milliseconds("wall"),
            "peak_mib": self.peak_mib(),
            "samples": [vars(sample) for sample in self.samples],
            "startups": [vars(sample) for sample in self.startups],
        }


# ---- One scene ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Places:
    """Where things lie: tools, scenes with their pictures, and what is big and short-lived."""

    binaries: Path
    assets: Path
    scratch: Path

    @property
    def render_frames(self) -> Path:
        return self.binaries / "render-frames"

    def ffmpeg(self, *arguments: object) -> list[object]:
        return ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", *arguments]


class Scene:
    """The five tasks of a standard scene."""

    def __init__(self, name: str, places: Places, frames: int) -> None:
        self.name = name
        self.places = places
        self.frames = frames
        self.file = places.assets / f"{name}.yaml"
        self.y4m = places.scratch / f"{name}.y4m"
        self.tasks: dict[str, Task] = {}
        self.difference = 0.0
        self.settings_differ: list[str] = []

    def rendering(self, frames: range, *output: object) -> list[object]:
        span = f"{frames.start}:{frames.stop}"
        return [self.places.render_frames, self.file, "--frames", span, "-o", *output]

    def graph(self, frames: int, *output: object) -> list[object]:
        graph = standard_scenes.ffmpeg_inputs_and_graph(self.name, self.places.assets)
        return self.places.ffmpeg(*graph, "-frames:v", frames, *output)

    def mp4(self, who: str) -> Path:
        return self.places.scratch / f"{self.name}-{who}.mp4"

    def prepare(self) -> None:
        """Makes the finished frames, sees that both programs draw the same picture, and finds out
        how many frames make a run of composing long enough."""
        run(self.rendering(range(self.frames), self.y4m))
        self.difference = self.difference_to_graph()
        if self.difference > DIFFERENCE_MAX:
            raise BenchError(
                f"{self.name}: layercast and ffmpeg draw different pictures: luma is "
                f"{self.difference:.1f} levels apart in the mean"
            )
        frames, mp4 = self.frames, self.mp4
        run(self.rendering(range(2), mp4("layercast"), *LAYERCAST_ENCODER))
        # As many threads as layercast gives x264, whose rate control depends on them.
        threads = x264_settings(mp4("layercast"))["threads"]
        encoder = [*FFMPEG_ENCODER, "-threads", threads]
        ours = [mp4("layercast"), *LAYERCAST_ENCODER]
        alone = self.places.ffmpeg("-i", self.y4m, *encoder, mp4("alone"))
        tasks = [
            self.composing(COMPOSE_LAYERCAST, lambda n: self.rendering(range(n), "null:")),
            self.composing(COMPOSE_FFMPEG, lambda n: self.graph(n, "-f", "null", "-")),
            Task(ENCODE_ALONE, lambda n: alone, frames),
            Task(ALL_LAYERCAST, lambda n: self.rendering(range(n), *ours), frames),
            Task(ALL_FFMPEG, lambda n: self.graph(n, *encoder, mp4("ffmpeg")), frames),
        ]
        self.tasks = {task.name: task for task in tasks}

    def composing(self, name: str, command: Callable[[int], list[object]]) -> Task:
        startup, whole = run(command(1)), run(command(self.frames))
        each = max(whole.wall - startup.wall, 1e-3) / max(1, self.frames - 1)
        enough = max(self.frames, min(COMPOSING_FRAMES_MAX, math.ceil(COMPOSING_SECONDS / each)))
        return Task(name, command, enough, without_startup=True)

    def difference_to_graph(self) -> float:
        """Mean difference of luma in the last even frame: moved far, and in both programs alike."""
        count = (self.frames - 1) // 2 * 2 + 1
        last = self.places.scratch / f"{self.name}-last.y4m"
        run(self.rendering(range(count - 1, count), last))
        ours = last_luma(last)
        run(self.graph(count, "-y", last))
        theirs = last_luma(last)
        last.unlink()
        return sum(abs(a - b) for a, b in zip(ours, theirs)) / len(ours)

    def compare_settings(self) -> None:
        """Notes which settings of x264 layercast's file and ffmpeg's do not share."""
        ours, theirs = (x264_settings(self.mp4(who)) for who in ("layercast", "alone"))
        self.settings_differ = [
            f"{key}: {ours.get(key)} / {theirs.get(key)}"
            for key in sorted(ours.keys() | theirs.keys())
            if ours.get(key) != theirs.get(key)
        ]

    def clean_up(self) -> None:
        for path in [self.y4m, *(self.mp4(who) for who in ("layercast", "alone", "ffmpeg"))]:
            path.unlink(missing_ok=True)


def last_luma(y4m: Path) -> bytes:
    """The luma plane of the last frame of a 4:2:0 file."""
    with y4m.open("rb") as file:
        file.seek(-(WIDTH * HEIGHT * 3 // 2), os.SEEK_END)
        return file.read(WIDTH * HEIGHT)


def x264_settings(path: Path) -> dict[str, str]:
    """What x264 wrote into the stream about how it was set."""
    found = re.search(rb"x264 - core[^\0]*? - options: ([^\0]+)", path.read_bytes())
    if found is None:
        raise BenchError(f"{path} was not made by x264")
    words = found[1].decode("ascii", "replace").split()
    return dict(word.partition("=")[::2] for word in words)


# ---- Telling ------------------------------------------------------------------------------------


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def rows_of(scene: Scene, copy_ms: float) -> list[list[str]]:
    alone, rows = scene.tasks[ENCODE_ALONE], []
    pairs = {COMPOSE_LAYERCAST: COMPOSE_FFMPEG, ALL_LAYERCAST: ALL_FFMPEG}
    for task in scene.tasks.values():
        cpu, wall = task.milliseconds("cpu"), task.milliseconds("wall")
        whole = task.name in (ALL_LAYERCAST, ALL_FFMPEG)
        peer = scene.tasks.get(pairs.get(task.name, ""))
        against = {what: task.over(alone, what) if whole else None for what in ("cpu", "wall")}
        ahead = {what: task.over(peer, what) if peer else None for what in ("cpu", "wall")}
        rows.append(
            [
                scene.name if not rows else "",
                task.name,
                f"{cpu:.2f}",
                f"{wall:.2f}",
                f"{1e3 / wall:.0f}" if wall > 0 else "-",
                f"{cpu / copy_ms:.2f}" if task.without_startup else "",
                ratio(against["cpu"]),
                ratio(against["wall"]),
                ratio(ahead["cpu"]),
                ratio(ahead["wall"]),
                f"{100 * task.spread():.0f}%",
                f"{task.peak_mib():.0f}",
            ]
        )
    return rows


HEADINGS = [
    "scene|what|CPU ms|wall ms|fps|frame|÷ encode|alone|÷ ffmpeg||CPU|peak".split("|"),
    "||a frame|a frame||copies|CPU|wall|CPU|wall|spread|MiB".split("|"),
]


def print_table(scenes: list[Scene], copy_ms: float) -> None:
    blocks = [rows_of(scene, copy_ms) for scene in scenes]
    lines = HEADINGS + [row for block in blocks for row in block]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS[0]))]

    def print_line(cells: list[str]) -> None:
        left = [f"{cell:<{width}}" for cell, width in zip(cells[:2], widths)]
        right = [f"{cell:>{width}}" for cell, width in zip(cells[2:], widths[2:])]
        print("  ".join(left + right).rstrip())

    for heading in HEADINGS:
        print_line(heading)
    for block in blocks:
        print("-" * (sum(widths) + 2 * (len(widths) - 1)))
        for row in block:
            print_line(row)


def verdict(scenes: list[Scene]) -> list[str]:
    """What is slower than ffmpeg's graph, and what is not, in plain words."""
    lines = []
    for title, ours, theirs in [
        ("Composing", COMPOSE_LAYERCAST, COMPOSE_FFMPEG),
        ("Rendering and encoding", ALL_LAYERCAST, ALL_FFMPEG),
    ]:
        for what, unit in [("cpu", "CPU time"), ("wall", "wall time")]:
            times = {s.name: s.tasks[ours].over(s.tasks[theirs], what) for s in scenes}
            slower = [f"{name} ({t:.2f}×)" for name, t in times.items() if t and t > 1]
            others = [f"{name} ({t:.2f}×)" for name, t in times.items() if t and t <= 1]
            parts = ["SLOWER than ffmpeg's graph on " + ", ".join(slower)] if slower else []
            parts += ["not slower on " + ", ".join(others)] if others else []
            lines.append(f"{title}, {unit}: {'; '.join(parts)}.")
    return lines


def tell(message: str) -> None:
    print(f"bench: {message}", file=sys.stderr, flush=True)


def tell_if_busy(load: float) -> None:
    if load > 0.5 * (os.cpu_count() or 1):
        tell(f"the machine is busy (load {load:.1f}): trust CPU times and ratios, not wall times")


# ---- The whole ----------------------------------------------------------------------------------


def measured_scenes(options: argparse.Namespace, places: Places) -> tuple[list[Scene], float]:
    frames = max(2, round(options.seconds * FPS))
    scenes = [Scene(name, places, frames) for name in options.scenes]
    copies: list[float] = []
    try:
        for scene in scenes:
            tell(f"{scene.name}: preparing {frames} frames")
            scene.prepare()
        for number in range(1, options.runs + 1):
            tell(f"measuring, run {number} of {options.runs}")
            for scene in scenes:
                copy = json.loads(output_of([places.binaries / "frame_copy_bench"]))
                copies.append(copy["median_ms"])
                for task in scene.tasks.values():
                    task.measure()
        for scene in scenes:
            scene.compare_settings()
    finally:
        for scene in scenes:
            scene.clean_up()
    return scenes, statistics.median(copies)


def report(
    scenes: list[Scene], copy_ms: float, load: float, options: argparse.Namespace
) -> None:
    frames = scenes[0].frames
    print(
        f"{WIDTH}×{HEIGHT}, {FPS} fps, {frames} frames encoded, medians of {options.runs} runs, "
        f"{os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after. "
        f"One frame copy: {copy_ms:.3f} ms.\n"
    )
    print_table(scenes, copy_ms)
    print()
    for line in verdict(scenes):
        print(line)
    apart = ", ".join(f"{scene.name} {scene.difference:.2f}" for scene in scenes)
    print(f"The two pictures differ in luma by (mean levels): {apart}.")
    for scene in scenes:
        for line in scene.settings_differ:
            print(f"{scene.name}: x264 was set differently (layercast / alone): {line}")
    if options.json:
        result = {
            "frame_copy_ms": copy_ms,
            "frames": frames,
            "runs": options.runs,
            "cores": os.cpu_count(),
            "load_before": load,
            "scenes": {
                scene.name: {
                    "luma_difference": scene.difference,
                    "tasks": {name: task.as_json() for name, task in scene.tasks.items()},
                }
                for scene in scenes
            },
        }
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def scratch_folder(work: Path, frames: int, scenes: int) -> Path:
    """Memory when it has room for the finished frames, so that no disk is measured."""
    needed = (scenes + 2) * frames * WIDTH * HEIGHT * 3 // 2
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        if shutil.disk_usage(memory).free > 2 * needed:
            return Path(tempfile.mkdtemp(prefix="layercast-bench-", dir=memory))
    return Path(tempfile.mkdtemp(prefix="scratch-", dir=work))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/dev bench",
        description=__doc__.partition("\n")[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known = list(standard_scenes.SCENES)
    parser.add_argument(
        "--bin", type=Path, default=Path("build/release/bin"), metavar="DIR",
        help="where the built programs are (default: %(default)s)",
    )
    parser.add_argument(
        "--work", type=Path, default=Path("build/bench"), metavar="DIR",
        help="where scenes and pictures are made (default: %(default)s)",
    )
    parser.add_argument(
        "--scenes", default=",".join(known), metavar="LIST",
        help="which scenes (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds", type=float, default=1, metavar="N",
        help="length of what is encoded (default: %(default)s; ten make start-up count less)",
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N",
        help="how often everything is measured (default: %(default)s)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample there, too")
    parser.add_argument(
        "--kernels", action="store_true", help="measure the inner loops, not scenes"
    )
    parser.add_argument(
        "--pipe", action="store_true", help="measure ways through a pipe, not scenes"
    )
    options = parser.parse_args()
    options.scenes = options.scenes.split(",")
    unknown = [name for name in options.scenes if name not in known]
    if unknown:
        parser.error(f"no scene {unknown[0]!r}, expected some of {','.join(known)}")
    longest = standard_scenes.LAST_FRAME / FPS
    if not 0 < options.seconds <= longest or options.runs < 1:
        parser.error(f"--seconds goes up to {longest:.0f}, --runs starts at 1")
    return options


def run_micro_benchmarks(names: list[str], options: argparse.Namespace) -> None:
    for name in names:
        if subprocess.run([options.bin / name], check=False).returncode != 0:
            raise BenchError(f"{name} failed")


def bench(options: argparse.Namespace) -> None:
    micro = ["kernels_bench"] * options.kernels + ["pipe_bench"] * options.pipe
    for name in micro or ["render-frames", "frame_copy_bench"]:
        if not (options.bin / name).exists():
            raise BenchError(f"{options.bin / name} is not built: run tools/dev bench")
    load = os.getloadavg()[0]
    tell_if_busy(load)
    if micro:
        return run_micro_benchmarks(micro, options)
    if shutil.which("ffmpeg") is None:
        raise BenchError("ffmpeg is not installed: scenes are measured against it")
    work = options.work.resolve()
    binaries = options.bin.resolve()
    tell(f"making the scenes in {work}")
    assets.make(work / "scenes", binaries / "render-frames")
    scratch = scratch_folder(work, round(options.seconds * FPS), len(options.scenes))
    try:
        scenes, copy_ms = measured_scenes(options, Places(binaries, work / "scenes", scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report(scenes, copy_ms, load, options)


def main() -> int:
    options = parse_options()
    try:
        bench(options)
    except (BenchError, assets.CannotMake, OSError) as error:
        tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
