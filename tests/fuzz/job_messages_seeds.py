#!/usr/bin/python3
"""Messages between a process and the helper that starts its jobs: job_messages_seeds.py FOLDER."""

import struct
import sys
from pathlib import Path


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


LINE = "the decoder says\x1b[31m no\n".encode()
SEEDS = {
    "job": numbers(1 << 30, 10),
    "hello": numbers(31),
    "end": numbers(134),
    # The first byte: an integer, a number, a text and a line.
    "fields": b"\xe4" + numbers(-1) + struct.pack("<d", 0.5) + numbers(2) + b"ab" + numbers(len(LINE)) + LINE,
}

for name, message in SEEDS.items():
    Path(sys.argv[1], name).write_bytes(message)
