"""A disk that forgets unsynced changes: makes the folder that a power loss leaves, from the log of the
preloaded library of power_loss.cc.

What was synced before the loss is there. Of all other changes, each one may be there, be missing or be
there in part. Source of the rules: POSIX.1-2017, fsync(); a sector of 512 bytes is written as a whole.
"""

import os
import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from harness import tool

HEAD = struct.Struct("<6Q")
SECTOR_BYTES = 512


def preloaded(folder: Path, log: Path) -> dict[str, str]:
    """The environment of a process whose changes to `folder` are logged."""
    library = Path(os.environ.get("LAYERCAST_POWER_LOSS") or tool("libpower_loss.so"))
    return {
        "LD_PRELOAD": str(library),
        "POWER_LOSS_FOLDER": str(folder.resolve()),
        "POWER_LOSS_LOG": str(log),
    }


class Record(NamedTuple):
    """A change to the folder, a sync, or an answer of the daemon. `kind`: as power_loss.cc has it."""

    kind: str
    seconds: float  # of time.monotonic()
    number: int  # of the file or folder
    value: int
    first: bytes
    second: bytes


def read_log(path: Path) -> list[Record]:
    content, at, records = path.read_bytes(), 0, []
    while at + HEAD.size <= len(content):
        kind, nanoseconds, number, value, first, second = HEAD.unpack_from(content, at)
        at += HEAD.size
        texts = content[at : at + first], content[at + first : at + first + second]
        at += first + second
        records.append(Record(chr(kind), nanoseconds / 1e9, number, value, *texts))
    return records


class Kept(Enum):
    """What is there of the changes that were not synced."""

    NOTHING = "nothing"
    ALL = "all"
    SOME = "some"


@dataclass
class Change:
    """A write or a new size of a file, or the change of a name."""

    position: int
    record: Record


@dataclass
class Content:
    """A file, whatever its name is."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)


@dataclass
class Entry:
    """What a name leads to: a file, or a folder if there is none."""

    content: Content | None


def write(content: bytearray, offset: int, new: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(new)] = new


def resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


class Disk:
    """The state of `folder` while the records of a log take place."""

    def __init__(self, folder: Path) -> None:
        """With the present content of the folder, all of it synced."""
        self.folder = folder.resolve()
        self.synced: dict[str, Entry] = {}
        self.pending: list[Change] = []
        self.contents: dict[int, Content] = {}
        self.folders: dict[int, str] = {self.folder.stat().st_ino: str(self.folder)}
        self.numbers: dict[int, str] = {}
        self.mapped: set[str] = set()
        self.position = 0
        for path in sorted(self.folder.rglob("*")):
            number = path.stat().st_ino
            if path.is_dir():
                self.folders[number] = str(path)
                self.synced[str(path)] = Entry(None)
            else:
                self.contents[number] = Content(bytearray(path.read_bytes()))
                self.synced[str(path)] = Entry(self.contents[number])
        self.present = dict(self.synced)

    def advance(self, records: list[Record]) -> None:
        for record in records:
            self.take(record)
            self.position += 1

    def take(self, record: Record) -> None:
        change = Change(self.position, record)
        if record.kind in "wt":
            self.contents[record.number].pending.append(change)
        elif record.kind == "s":
            self.sync(record)
        elif record.kind == "p":
            content = self.contents.get(record.number)
            self.mapped |= {n for n, entry in self.present.items() if entry.content is content}
        elif record.kind in "crlumd":
            if record.kind == "c":
                self.contents[record.number] = Content()
                self.numbers[record.number] = record.first.decode()
            if record.kind == "m":
                self.folders[record.number] = record.first.decode()
            self.rename(self.present, record)
            self.pending.append(change)

    def sync(self, record: Record) -> None:
        """What began before the sync did is now safe."""
        if record.number in self.folders:
            folder = self.folders[record.number]
            left = []
            for change in self.pending:
                names = [name.decode() for name in (change.record.first, change.record.second)]
                is_in = any(os.path.dirname(name) == folder for name in names if name)
                if is_in and change.position < record.value:
                    self.rename(self.synced, change.record)
                else:
                    left.append(change)
            self.pending = left
            return
        content = self.contents[record.number]
        for change in content.pending:
            if change.position < record.value:
                self.apply(content.synced, change.record)
        content.pending = [c for c in content.pending if c.position >= record.value]

    def rename(self, names: dict[str, Entry], record: Record) -> None:
        """Changes names, as far as that is possible."""
        first, second = record.first.decode(), record.second.decode()
        if record.kind == "c":
            names[first] = Entry(self.contents[record.number])
        elif record.kind == "m":
            names[first] = Entry(None)
        elif record.kind in "ud":
            names.pop(first, None)
        elif first in names:
            names[second] = names[first]
            if record.kind == "r":
                del names[first]

    @staticmethod
    def apply(content: bytearray, record: Record) -> None:
        if record.kind == "w":
            write(content, record.value, record.first)
        else:
            resize(content, record.value)

    # ---- The loss -------------------------------------------------------------------------------

    def lose_power(self, target: Path, kept: Kept, seed: int) -> None:
        """Makes `target` a folder that a loss of power at this moment may leave."""
        chance = random.Random(seed)
        names = dict(self.synced)
        # A journal of a file system loses the newest changes of names; others may lose any.
        in_order = chance.random() < 0.5
        share = chance.random()
        for i, change in enumerate(self.pending):
            if kept is Kept.NOTHING:
                break
            is_lost = i >= share * len(self.pending) if in_order else chance.random() > share
            if kept is Kept.ALL or not is_lost:
                self.rename(names, change.record)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name, entry in sorted(names.items()):
            path = target / os.path.relpath(name, self.folder)
            if entry.content is None:
                path.mkdir(parents=True, exist_ok=True)
            else:
                # The folder of a file may be missing only if the file system is at fault.
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.left_of(entry.content, kept, chance))

    def left_of(self, content: Content, kept: Kept, chance: random.Random) -> bytes:
        left = bytearray(content.synced)
        share = chance.random()
        for change in content.pending:
            if kept is Kept.NOTHING:
                break
            if kept is Kept.ALL or chance.random() < share:
                self.apply(left, change.record)
            elif change.record.kind == "w" and chance.random() < 0.5:
                self.tear(left, change.record, chance)
        return bytes(left)

    @staticmethod
    def tear(content: bytearray, record: Record, chance: random.Random) -> None:
        """Writes some of the sectors of a write; the file has its whole length."""
        end = record.value + len(record.first)
        if len(content) < end and chance.random() < 0.5:
            resize(content, end)
        at = record.value
        while at < end:
            stop = min(end, at // SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES)
            if chance.random() < 0.5:
                write(content, at, record.first[at - record.value : stop - record.value])
            at = stop


def losses(
    disk: Disk, records: list[Record], positions: list[int], target: Path, seed: int
) -> Iterator[tuple[int, Kept]]:
    """For each position: takes the records up to it, and makes `target` after a loss there, once with
    each extreme in turn and else at random.
    """
    done = disk.position
    for i, position in enumerate(sorted(positions)):
        disk.advance(records[done:position])
        done = position
        kept = (Kept.NOTHING, Kept.SOME, Kept.SOME, Kept.ALL, Kept.SOME)[i % 5]
        disk.lose_power(target, kept, seed + i)
        yield position, kept
