"""How far two pictures are apart, in luma."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from standard_scenes import HEIGHT, WIDTH

BLOCK = 60  # px; both sides of a frame are whole multiples
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2  # 4:2:0

MEAN_MAX = 1.0  # of 219 levels, in the whole frame …
WORST_MAX = 8.0  # … and in the worst block: an element that is missing is seen there


@dataclass(frozen=True)
class Difference:
    """Mean levels apart, in the whole frame and in the worst block of it, at (x, y)."""

    mean: float
    worst: float
    x: int
    y: int

    def is_too_large(self) -> bool:
        return self.mean > MEAN_MAX or self.worst > WORST_MAX

    def __str__(self) -> str:
        where = f"{BLOCK}×{BLOCK} px at ({self.x}, {self.y})"
        return f"{self.mean:.2f} levels in the mean, {self.worst:.1f} in the worst {where}"


def difference(ours: bytes, theirs: bytes) -> Difference:
    """Of two luma planes."""
    blocks: dict[tuple[int, int], float] = {}
    for y in range(0, HEIGHT, BLOCK):
        sums = [0] * (WIDTH // BLOCK)
        for row in range(y, y + BLOCK):
            start = row * WIDTH
            apart = [abs(a - b) for a, b in zip(ours[start : start + WIDTH], theirs[start:])]
            for index in range(len(sums)):
                sums[index] += sum(apart[index * BLOCK : (index + 1) * BLOCK])
        blocks |= {(index * BLOCK, y): total / BLOCK**2 for index, total in enumerate(sums)}
    x, y = max(blocks, key=lambda place: blocks[place])
    return Difference(sum(blocks.values()) / len(blocks), blocks[x, y], x, y)


def luma_of(raw: Path, frames: Iterable[int], header_bytes: int = 0) -> list[bytes]:
    """The luma planes of frames of a raw 4:2:0 file."""
    planes = []
    with raw.open("rb") as file:
        for frame in frames:
            file.seek(header_bytes + frame * FRAME_BYTES)
            planes.append(file.read(WIDTH * HEIGHT))
    return planes


def last_luma(y4m: Path) -> bytes:
    """The luma plane of the last frame of a 4:2:0 file."""
    return luma_of(y4m, [0], y4m.stat().st_size - FRAME_BYTES)[0]
