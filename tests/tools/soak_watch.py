"""What a soak measures of a daemon: processes, memory, descriptors, and frames that were late."""

import contextlib
import os
import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

MIB = 1 << 20


class Ledger:
    """Counts what was done, the worst value of each measurement, and violations of invariants.
    Thread: any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.began = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.checks: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.worst: dict[str, tuple[float, str]] = {}
        self.violations: list[str] = []
        self.required: set[str] = set()

    def require(self, invariant: str) -> None:
        """Makes a run that never checks the invariant a violation."""
        with self._lock:
            self.required.add(invariant)

    def excuse(self, invariant: str) -> None:
        """The invariant could not be checked: the machine is too busy."""
        with self._lock:
            self.required.discard(invariant)

    def check_required(self) -> None:
        """At the end of the run."""
        for invariant in sorted(self.required):
            self.check("what must be checked was checked", self.checks[invariant] > 0, invariant)

    def count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times

    def measure(self, what: str, value: float, unit: str) -> None:
        """Keeps the largest value."""
        with self._lock:
            if what not in self.worst or self.worst[what][0] < value:
                self.worst[what] = value, unit

    def check(self, invariant: str, holds: bool, context: str = "") -> bool:
        """Counts a check of an invariant, and records a violation if it does not hold."""
        with self._lock:
            self.checks[invariant] += 1
            if holds:
                return True
            self.failures[invariant] += 1
            told = (
                f"{time.strftime('%H:%M:%S')} (+{time.monotonic() - self.began:.1f} s) {invariant}"
            )
            self.violations.append(f"{told}: {context}")
            if self.failures[invariant] <= 5:
                print(f"soak: VIOLATION {told}: {context[:600]}", flush=True)
        return False


# ---- Processes ----------------------------------------------------------------------------------


def parents() -> dict[int, tuple[int, str, str]]:
    """The parent, the state and the name of each process."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                text = Path("/proc", entry, "stat").read_text()
                name, rest = (
                    text[text.index("(") + 1 : text.rindex(")")],
                    text[text.rindex(")") + 2 :],
                )
                fields = rest.split()
                found[int(entry)] = int(fields[1]), fields[0], name
    return found


def descendants(pid: int) -> list[int]:
    """The living processes below `pid`, without zombies."""
    table = parents()
    found, new = [], [pid]
    while new:
        new = [
            child for child, (parent, state, _) in table.items() if parent in new and state != "Z"
        ]
        found += new
    return found


def helpers(pid: int) -> list[int]:
    """The decode processes of a daemon: its two fork servers, and their jobs."""
    table = parents()
    return [
        each for each in descendants(pid) if table.get(each, (0, "", ""))[2].startswith("layercast")
    ]


def children(pid: int) -> list[int]:
    """The child processes of all threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def zombies(pid: int) -> int:
    """Processes below `pid` that have ended and were not waited for."""
    table = parents()
    family = {pid, *descendants(pid)}
    return sum(1 for parent, state, _ in table.values() if state == "Z" and parent in family)


def memory_bytes(pid: int, name: str = "Pss") -> int:
    """The proportional (Pss) or resident (Rss) memory of a process; 0 if it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    return 0


class Footprint(NamedTuple):
    """What a daemon and its helpers hold."""

    rss: int  # bytes, of the daemon
    pss: int  # bytes, of the daemon and its helpers
    descriptors: int
    threads: int
    processes: int  # helpers
    zombies: int
    shared: int  # bytes of memfd and /dev/shm mappings, of the daemon
    memfds: int  # descriptors of them


def footprint(pid: int) -> Footprint:
    """Errors: OSError if the process has ended."""
    below = helpers(pid)
    shared = 0
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if "/memfd:" in line or "/dev/shm" in line:
            first, last = line.split()[0].split("-")
            shared += int(last, 16) - int(first, 16)
    descriptors, memfds = os.listdir(f"/proc/{pid}/fd"), 0
    for each in descriptors:
        with contextlib.suppress(OSError):
            memfds += "memfd:" in os.readlink(f"/proc/{pid}/fd/{each}")
    return Footprint(
        memory_bytes(pid, "Rss"), sum(memory_bytes(each) for each in [pid, *below]),
        len(descriptors), len(os.listdir(f"/proc/{pid}/task")), len(below), zombies(pid), shared, memfds,
    )  # fmt: skip


def kinds_of_descriptors(pid: int) -> dict[str, int]:
    """How many descriptors of each kind a process has, without numbers of sockets and the like."""
    kinds: Counter[str] = Counter()
    with contextlib.suppress(OSError):
        for each in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                kinds[re.sub(r":\[\d+\]", "", os.readlink(f"/proc/{pid}/fd/{each}"))] += 1
    return dict(sorted(kinds.items()))


def slope(points: list[tuple[float, float]]) -> float:
    """The rise of y for each x, by least squares."""
    if len(points) < 2:
        return 0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0


# ---- Frames -------------------------------------------------------------------------------------


class FrameCount:
    """Frames of a daemon, over its restarts. A frame is late if the daemon dropped it, apart from
    those that it drops while an encoder is reopened."""

    def __init__(self) -> None:
        self.sent = self.late = 0
        self.reasons: Counter[str] = Counter()  # of all dropped frames of the present process
        self._before: tuple[object, int, int] = (None, 0, 0)
        self._was_starting = False

    def add(self, process: object, status: dict[str, Any], starting_frames: int = 0) -> None:
        """`process` identifies the process whose counters `status` has. `starting_frames`: the first
        frames of a process, in which it loads all contents at once, are not counted."""
        dropped = status["frames"]["dropped"]
        late = sum(count for reason, count in dropped.items() if reason != "reconfigure")
        sent = status["frames"]["rendered"]
        known, sent_before, late_before = self._before
        self.reasons = Counter(dropped)
        if known is not process:
            sent_before = late_before = 0
        # The frames since the last sample of a start belong to the start, at least in part.
        is_starting = sent < starting_frames
        if is_starting or (known is process and self._was_starting):
            sent_before, late_before = sent, late
        self._was_starting = is_starting
        self.sent += sent - sent_before
        self.late += late - late_before
        self._before = process, sent, late


class Lateness:
    """Compares the late frames of a daemon, minute for minute, with those of a quiet one."""

    FACTOR = 2.0  # of the share that the quiet daemon has
    ALLOWANCE = 0.02  # of all frames: what the faults and the additional layers may cost

    def __init__(
        self, ledger: Ledger, invariant: str = "late frames against the control",
        frames_min: int = 600,
    ) -> None:  # fmt: skip
        """`frames_min`: a shorter part of the run, such as the rest of the last minute, is not
        compared."""
        self.ledger, self.invariant, self.frames_min = ledger, invariant, frames_min
        ledger.require(invariant)
        self.subject, self.control = FrameCount(), FrameCount()
        self._marks = (0, 0, 0, 0)
        self._was_starved = False

    def begin(self) -> None:
        """What was counted before does not belong to the first minute."""
        self._marks = self.subject.sent, self.subject.late, self.control.sent, self.control.late

    def is_starved(self) -> bool:
        """Whether the quiet daemon lost so many frames in the last or the present minute that pictures
        come late without a fault."""
        sent, late = self.control.sent - self._marks[2], self.control.late - self._marks[3]
        return late > 0.05 * (sent + late) or self._was_starved

    def end_minute(self, context: str) -> str:
        """Checks the minute since the last call; the figures for the progress line."""
        now = self.subject.sent, self.subject.late, self.control.sent, self.control.late
        sent, late, quiet_sent, quiet_late = (a - b for a, b in zip(now, self._marks, strict=True))
        self._marks = now
        self._was_starved = quiet_late > 0.05 * (quiet_sent + quiet_late)
        share = late / max(1, sent + late)
        quiet_share = quiet_late / max(1, quiet_sent + quiet_late)
        told = (
            f"late {late}/{sent + late} ({share:.2%}), "
            f"control {quiet_late}/{quiet_sent + quiet_late} ({quiet_share:.2%}), "
            f"dropped since the start {dict(self.subject.reasons)}"
        )
        if sent + late >= self.frames_min:
            self.ledger.measure(
                "late frames beyond the control in a minute", 100 * max(0, share - quiet_share), "%"
            )
            self.ledger.check(
                self.invariant,
                share <= self.FACTOR * quiet_share + self.ALLOWANCE,
                f"{told}, {context}",
            )
        return told
