"""Pictures as arrays of 8-bit RGB or RGBA, rows × columns × channels."""

import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Color = tuple[int, int, int]


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(picture: Picture) -> bytes:
    """A PNG file of RGB or RGBA."""
    height, width, channels = picture.shape
    kind = {3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = picture.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 1))
        + _chunk(b"IEND", b"")
    )


def save(path: Path, picture: Picture) -> None:
    path.write_bytes(png(np.ascontiguousarray(picture)))


def rgb_of_png(content: bytes, width: int, height: int) -> Picture:
    """What a PNG file of that size shows."""
    command = "ffmpeg -v error -f png_pipe -i - -f rawvideo -pix_fmt rgb24 -"
    raw = subprocess.run(command.split(), input=content, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3)


def over(straight: Picture, ground: Color) -> Picture:
    """Straight RGBA on a colour."""
    alpha = straight[..., 3:].astype(np.float64) / 255
    mixed = straight[..., :3] * alpha + np.array(ground) * (1 - alpha)
    return np.floor(mixed + 0.5).astype(np.uint8)
