"""How near two pictures are."""

from dataclasses import dataclass
from math import ceil, floor, inf, log10

import numpy as np
from numpy.typing import NDArray
from picture import Color, Picture


@dataclass(frozen=True)
class Box:
    """Whole pixels, half open."""

    left: int
    top: int
    right: int
    bottom: int

    def is_empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def cut(self, picture: Picture) -> Picture:
        return picture[self.top : self.bottom, self.left : self.right]

    def __str__(self) -> str:
        return f"({self.left}, {self.top}) to ({self.right}, {self.bottom})"


def pixels_touched(
    left: float, top: float, right: float, bottom: float, width: int, height: int
) -> Box:
    """The pixels of a picture of width × height that a rectangle touches."""
    grain = 1 / 64  # a layout's unit
    return Box(
        max(0, floor(left + grain)),
        max(0, floor(top + grain)),
        min(width, ceil(right - grain)),
        min(height, ceil(bottom - grain)),
    )


def psnr(ours: Picture, theirs: Picture) -> float:
    """Peak signal-to-noise ratio in dB, over R, G and B together; infinite for equal pictures."""
    error = float(np.mean((ours.astype(np.float64) - theirs) ** 2))
    return inf if error == 0 else 10 * log10(255**2 / error)


def _box_of(inked: NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if len(rows) == 0:
        return Box(0, 0, 0, 0)
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _distance(picture: Picture, color: Color) -> NDArray[np.int16]:
    return np.abs(picture.astype(np.int16) - np.array(color, np.int16)).max(axis=2)


def ink_box(picture: Picture, ground: Color) -> Box:
    """What is drawn on a ground: all that differs from it by a fifth of the most that any does."""
    apart = _distance(picture, ground)
    return _box_of(apart > max(int(apart.max()) // 5, 8))


def color_box(picture: Picture, color: Color) -> Box:
    """What has a colour, nearly."""
    return _box_of(_distance(picture, color) < 80)


def ink_distance(ours: Box, theirs: Box) -> int:
    """The largest distance between two edges of the same side, px."""
    return max(
        abs(ours.left - theirs.left),
        abs(ours.top - theirs.top),
        abs(ours.right - theirs.right),
        abs(ours.bottom - theirs.bottom),
    )


def difference(ours: Picture, theirs: Picture) -> Picture:
    """Absolute differences, eight times as strong."""
    apart = np.abs(ours.astype(np.int16) - theirs) * 8
    return np.minimum(apart, 255).astype(np.uint8)
