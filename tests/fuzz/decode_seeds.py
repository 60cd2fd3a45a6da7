#!/usr/bin/python3
"""Answers of a decoding process, as decode_fuzz.cc reads them: decode_seeds.py FOLDER."""

import struct
import sys
from pathlib import Path


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def text(value: bytes) -> bytes:
    return numbers(len(value)) + value


SEEDS = {
    "picture": (numbers(-1, 3, 2), bytes(range(24))),
    "pictures": (numbers(-1, 3, 2, 2, 0, 2), numbers(10**8, 5 * 10**7)),
    "svg": (numbers(-1) + struct.pack("<2d", 30, 20) + numbers(1) + text(b"a remark"), b""),
    "error": (numbers(3) + text(b"too many pixels"), b""),
    "request": (numbers(4, 30, 20, 0, 0, 30, 20), b""),
    "request_at": (numbers(5) + struct.pack("<10d", *range(10)) + numbers(30, 20), b""),
}

for name, (message, file) in SEEDS.items():
    Path(sys.argv[1], name).write_bytes(bytes([len(message)]) + message + file)
