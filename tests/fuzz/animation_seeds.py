#!/usr/bin/python3
"""Writes small animated PNGs into a folder: what the fuzz test of animations begins with.

    animation_seeds.py FOLDER
"""

import struct
import sys
import zlib
from pathlib import Path


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pixels(width: int, height: int, value: int) -> bytes:
    """RGBA rows without filters, deflated."""
    return zlib.compress((b"\0" + bytes([value, 40, 90, value]) * width) * height)


def control(number: int, place: tuple[int, int, int, int], disposal: int, blend: int) -> bytes:
    width, height, left, top = place
    numbers = (number, width, height, left, top, 1, 10, disposal, blend)
    return chunk(b"fcTL", struct.pack(">5I2H2B", *numbers))


def animation(disposal: int, blend: int) -> bytes:
    """Two pictures: the second is a part of the first."""
    header = chunk(b"IHDR", struct.pack(">2I5B", 8, 6, 8, 6, 0, 0, 0))
    first = control(0, (8, 6, 0, 0), disposal, blend) + chunk(b"IDAT", pixels(8, 6, 200))
    second = control(1, (3, 2, 4, 1), disposal, blend)
    second += chunk(b"fdAT", struct.pack(">I", 2) + pixels(3, 2, 120))
    count = chunk(b"acTL", struct.pack(">2I", 2, 0))
    return b"\x89PNG\r\n\x1a\n" + header + count + first + second + chunk(b"IEND", b"")


def main() -> None:
    folder = Path(sys.argv[1])
    for disposal in range(3):
        for blend in range(2):
            (folder / f"{disposal}-{blend}.png").write_bytes(animation(disposal, blend))


if __name__ == "__main__":
    main()
