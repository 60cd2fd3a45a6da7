#!/usr/bin/python3
"""Answers of a process that decodes videos, sounds or live sources: media_answer_seeds.py FOLDER."""

import struct
import sys
from pathlib import Path


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def text(value: bytes) -> bytes:
    return numbers(len(value)) + value


DONE = numbers(5_000_000, -1)
SAMPLES = struct.pack("<4f", 0.5, -0.5, 0.25, -0.25)
SEEDS = {
    "done": DONE,
    "video": DONE + numbers(1, 90_000) + struct.pack("<2d", 1920, 1080),
    "frame": DONE + numbers(3_200_000, 5, 1, 3000, 6000, 3_110_400),
    "end": DONE + numbers(0, 0, 0),
    "planes": DONE + numbers(1, 0, 16, 8, 2, 2, 1, 0, 0),
    "shared": DONE + numbers(2, 0, 16, 8, 2, 2, 1, 0, 0, 7, 0, 0, 32, 512, 32, 1024, 32),
    "pixels": DONE + numbers(1, 1, 16, 8, 1, 1, 0, 0, 0),
    "samples": DONE + numbers(-1024, len(SAMPLES)) + SAMPLES,
    "place": DONE + numbers(1, 48_000),
    "length": DONE + numbers(1, 250, 25),
    "live_header": DONE + numbers(1, 1),
    "live_packet": DONE + numbers(1, 1, 1, 90_000),
    "live_picture": DONE + numbers(1, 1, -5) + struct.pack("<2d", 16, 8)
    + numbers(1, 0, 16, 8, 2, 2, 1, 0, 0),
    "live_sound": DONE + numbers(1, 2, 9, len(SAMPLES)) + SAMPLES,
    "open": numbers(0, 2, 4) + b".mp4",
    "sound": numbers(5, 1, 4) + b".ogg",
    "seek": numbers(2, 90_000),
    "picture_request": numbers(4, 3000, 1),
    "connect": numbers(0) + text(b"rtmp://a.example/live/key") + numbers(1)
    + numbers(2) + text(b"10.0.0.0/8") + text(b"*.a.example") + text(b"ca.pem")
    + numbers(1) + text(b"b.example") + numbers(1) + text(b"a.sdp"),
    "read_packet": numbers(1),
    "decode_packet": numbers(2, 1, 5_000_000, 1, 3),
    "error": numbers(5_000_000, 0, 4) + b"text",
}

for name, message in SEEDS.items():
    Path(sys.argv[1], name).write_bytes(message)
