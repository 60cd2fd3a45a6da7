"""Runs commands and says what they took, as times of one frame and as ratios of two that ran in
turns."""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

# The same settings twice; what the two encoders then say of themselves is compared.
LAYERCAST_ENCODER = "--codec h264 --bitrate 6M --gop 120 --no-audio".split()
FFMPEG_ENCODER = (
    "-c:v libx264 -b:v 6M -maxrate 6M -bufsize 12M -g 120 -flags +cgop -pix_fmt yuv420p -an "
    "-movflags +faststart -y"
).split()


class BenchError(Exception):
    """Why there is nothing to measure, in words for the user."""


def tell(message: str) -> None:
    print(f"bench: {message}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Places:
    """Where things lie: tools, scenes with their pictures, and what is big and short-lived."""

    binaries: Path
    assets: Path
    scratch: Path

    @property
    def render_frames(self) -> Path:
        return self.binaries / "render-frames"

    def rendering(self, scene: Path, frames: range, *output: object) -> list[object]:
        span = f"{frames.start}:{frames.stop}"
        return [self.render_frames, scene, "--frames", span, "-o", *output]

    def composing(self, scene: Path, frames: int, threads: int) -> list[object]:
        """Makes frames as encoders take them, and drops them; the stages are told in `stats`."""
        options = ["--threads", threads, "--stats", self.stats]
        return self.rendering(scene, range(frames), "null:", *options)

    @property
    def stats(self) -> Path:
        return self.scratch / "stats.json"

    def ffmpeg(self, *arguments: object) -> list[object]:
        return ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", *arguments]


# ---- One run ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """One run of a command: seconds, and the memory of the largest process in it."""

    wall: float
    cpu: float
    peak_mib: float
    decoding: float = 0  # seconds of `cpu` that went into decoding videos, as the program tells

    @property
    def composing(self) -> float:
        """CPU time but for decoding."""
        return self.cpu - self.decoding


def run(command: list[object], stats: Path | None = None) -> Sample:
    """Runs `command`; its CPU time is what the kernel counted for it and for all it waited for.
    What it spent on decoding is read from the `stats` that it writes."""
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
    decoding = 0.0
    if stats is not None:
        stages = json.loads(stats.read_text(encoding="utf-8"))["stages"]
        decoding = stages.get("decode_ns", 0) * 1e-9
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, decoding)


def output_of(command: list[object]) -> bytes:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()[-1500:]
        raise BenchError(f"{command[0]} failed ({done.returncode}): {said}")
    return done.stdout


def frame_copy_ms(places: Places) -> float:
    return json.loads(output_of([places.binaries / "frame_copy_bench"]))["median_ms"]


# ---- Many runs ----------------------------------------------------------------------------------


def median_ratio(ours: Iterable[float], theirs: Iterable[float]) -> float | None:
    """The median of what each run says: its two were close in time."""
    ratios = [a / b for a, b in zip(ours, theirs) if b > 0]
    return statistics.median(ratios) if ratios else None


@dataclass
class Task:
    """A command for so many frames, and what its runs took."""

    name: str
    command: Callable[[int], list[object]]  # for so many frames
    frames: int
    without_startup: bool = False  # a run of one frame is taken off
    stats: Path | None = None  # what the command tells of itself
    decoder: "Task | None" = None  # decodes the same and no more; not a part of composing
    samples: list[Sample] = field(default_factory=list)
    startups: list[Sample] = field(default_factory=list)

    def measure(self) -> None:
        if self.without_startup:
            self.startups.append(run(self.command(1), self.stats))
        self.samples.append(run(self.command(self.frames), self.stats))

    def by_run(self, what: str) -> list[float]:
        """Milliseconds of a frame in each run: "wall", "cpu" or "composing", which is CPU time but
        for decoding."""
        totals = [getattr(sample, what) for sample in self.samples]
        if self.without_startup:
            startup = statistics.median(getattr(sample, what) for sample in self.startups)
            each = [1e3 * max(0.0, total - startup) / (self.frames - 1) for total in totals]
        else:
            each = [1e3 * total / self.frames for total in totals]
        if what == "composing" and self.decoder is not None:
            each = [max(0.0, a - b) for a, b in zip(each, self.decoder.by_run("cpu"))]
        return each

    def milliseconds(self, what: str) -> float:
        return statistics.median(self.by_run(what))

    def over(self, other: "Task", what: str) -> float | None:
        """This time ÷ the other's."""
        return median_ratio(self.by_run(what), other.by_run(what))

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
            "composing_ms": self.milliseconds("composing"),
            "wall_ms": self.milliseconds("wall"),
            "peak_mib": self.peak_mib(),
            "samples": [vars(sample) for sample in self.samples],
            "startups": [vars(sample) for sample in self.startups],
        }


def frames_that_last(command: Callable[[int], list[object]], seconds: float, most: int) -> int:
    """How many frames keep `command` busy for about so long, start-up not counted."""
    startup = run(command(1)).cpu
    frames, working = 30, 0.0
    while frames < most:
        working = run(command(frames)).cpu - startup
        if working > seconds / 4:
            return max(2, min(most, math.ceil(seconds * frames / working)))
        frames *= 6
    return most


# ---- Tables -------------------------------------------------------------------------------------


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def print_table(headings: list[list[str]], blocks: list[list[list[str]]], left: int) -> None:
    """Prints rows in columns as wide as they need; the first `left` of them begin at their left.
    There is a line above each block."""
    lines = headings + [row for block in blocks for row in block]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings[0]))]

    def print_line(cells: list[str]) -> None:
        begun = [f"{cell:<{width}}" for cell, width in zip(cells[:left], widths)]
        ended = [f"{cell:>{width}}" for cell, width in zip(cells[left:], widths[left:])]
        print("  ".join(begun + ended).rstrip())

    for heading in headings:
        print_line(heading)
    for block in blocks:
        print("-" * (sum(widths) + 2 * (len(widths) - 1)))
        for row in block:
            print_line(row)
