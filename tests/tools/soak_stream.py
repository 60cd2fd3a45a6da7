"""What a receiver of a soak has got: time stamps, and the offset of sound and picture."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from daemon import RtmpServer
from harness import PATIENCE_SECONDS
from soak_media import PERIOD_SECONDS

AUDIO, VIDEO = 8, 9
HOP_SECONDS = 0.01  # of the loudness of the sound


class Receiver(RtmpServer):
    """nginx-rtmp that records what it gets, in a new file every 30 s."""

    def __init__(self) -> None:
        super().__init__(record="all")

    def command(self) -> list[str]:
        words = super().command()
        config = Path(self.folder.name, "nginx.conf")
        text = config.read_text()
        config.write_text(
            text.replace("record_unique on;", "record_unique on; record_interval 30s;")
        )
        return words

    def recordings(self) -> list[Path]:
        """The files, the oldest first."""
        return sorted(Path(self.folder.name).glob("*.flv"), key=lambda path: path.stat().st_mtime)


class Stamps(NamedTuple):
    """The time stamps of an FLV file."""

    video: list[int]  # ms, in the order of the file
    audio: list[int]
    # The largest difference between a packet of the picture and the packet of the sound before it, ms.
    # Not the other way round: a picture that stands still has few packets.
    apart: int


def flv_stamps(path: Path) -> Stamps:
    """A tag that is cut off at the end is left out."""
    content = path.read_bytes()
    video: list[int] = []
    audio: list[int] = []
    apart, at = 0, 13
    while at + 11 <= len(content):
        kind, size = content[at] & 31, int.from_bytes(content[at + 1 : at + 4], "big")
        stamp = int.from_bytes(content[at + 4 : at + 7], "big") | content[at + 7] << 24
        if at + 11 + size > len(content):
            break
        # Of AVC and AAC, the tags of type 0 are configurations.
        is_media = size > 1 and content[at + 12] == 1
        if kind in (AUDIO, VIDEO) and is_media:
            (video if kind == VIDEO else audio).append(stamp)
            if kind == VIDEO and audio:
                apart = max(apart, abs(video[-1] - audio[-1]))
        at += 11 + size + 4
    return Stamps(video, audio, apart)


def falls(stamps: list[int], strictly: bool) -> list[tuple[int, int]]:
    """Neighbours that do not rise."""
    return [
        (before, after) for before, after in zip(stamps, stamps[1:])
        if after < before or (strictly and after == before)
    ]  # fmt: skip


def _measured(path: Path, filters: list[str], pattern: str) -> list[tuple[float, float]]:
    """Times and values that a filter prints; none if the machine is too busy to decode the file."""
    try:
        done = subprocess.run(
            ["ffmpeg", "-v", "error", "-threads", "1", "-copyts", "-i", str(path), *filters,
             "-f", "null", "-"],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return []
    return [
        (float(time), float(value) if value != "-inf" else -200.0)
        for time, value in re.findall(pattern, done.stdout)
    ]


def _onsets(values: list[tuple[float, float]], threshold: float) -> list[float]:
    """When the values rise above the threshold; once in a quarter of a period."""
    found: list[float] = []
    above = True
    for time, value in values:
        if value > threshold and not above and (not found or time - found[-1] > PERIOD_SECONDS / 4):
            found.append(time)
        above = value > threshold
    return found


def offsets(path: Path, crop: str) -> list[float]:
    """For each flash of the metronome that has a beep near it: how much later the beep is, in
    seconds. `crop`: the place of the metronome, as ffmpeg's filter takes it."""
    flashes = _onsets(
        _measured(
            path,
            ["-an", "-vf", f"crop={crop},scale=2:2,format=gray,signalstats,metadata=print:"
             "key=lavfi.signalstats.YAVG:file=-"],
            r"pts_time:([\d.]+)\nlavfi.signalstats.YAVG=([\d.]+)",
        ),
        128,
    )  # fmt: skip
    # A narrow band around the beep: other sounds are more quiet there.
    beeps = _onsets(
        _measured(
            path,
            ["-vn", "-af", "bandpass=f=1000:width_type=h:w=60,"
             f"asetnsamples=n={int(48000 * HOP_SECONDS)},astats=metadata=1:reset=1,"
             "ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-"],
            r"pts_time:([\d.]+)\nlavfi.astats.Overall.RMS_level=(-?[\d.]+|-inf)",
        ),
        -30,
    )  # fmt: skip
    found = []
    for flash in flashes:
        near = [beep - flash for beep in beeps if abs(beep - flash) < PERIOD_SECONDS / 4]
        if near:
            found.append(min(near, key=abs))
    return found
