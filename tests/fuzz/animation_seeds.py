#!/usr/bin/python3
"""Writes small animated PNGs and GIFs into a folder: what the fuzz test of animations begins with.

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


def gif(disposal: int, transparent: int) -> bytes:
    """Two pictures of two colours, the second a part of the first; pixels of code 0 and 1."""
    content = b"GIF89a" + struct.pack("<HHBBB", 4, 2, 0x80, 0, 0) + bytes((200, 40, 90, 0, 0, 0))
    for left, width, height in ((0, 4, 2), (1, 2, 1)):
        content += b"!\xf9\4" + struct.pack("<BHBB", disposal << 2 | transparent, 5, 1, 0)
        content += b"," + struct.pack("<4HB", left, 0, width, height, 0)
        # Clear and one pixel at a time, in codes of three bits.
        bits = "".join(f"{4:03b}"[::-1] + f"{n % 2:03b}"[::-1] for n in range(width * height))
        bits += f"{5:03b}"[::-1]
        codes = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
        content += b"\2" + bytes([len(codes)]) + codes + b"\0"
    return content + b";"


def main() -> None:
    folder = Path(sys.argv[1])
    for disposal in range(3):
        for blend in range(2):
            (folder / f"{disposal}-{blend}.png").write_bytes(animation(disposal, blend))
            (folder / f"{disposal}-{blend}.gif").write_bytes(gif(disposal + 1, blend))


if __name__ == "__main__":
    main()
