#!/usr/bin/python3
"""Inputs of encode, after the byte that frames_fuzz.cc takes: frames_seeds.py FOLDER."""

import sys
from pathlib import Path

# C parameter → bytes of a frame of 16x16.
Y4M = {"420jpeg": 384, "420mpeg2": 384, "422": 512, "444alpha": 1024, "mono": 256, "420p10": 768}


def main() -> None:
    folder = Path(sys.argv[1])
    for chroma, size in Y4M.items():
        header = f"YUV4MPEG2 W16 H16 F30000:1001 Ip A1:1 C{chroma} XCOLORRANGE=FULL\n".encode()
        frame = b"FRAME\n" + bytes(n * 7 % 256 for n in range(size))
        (folder / chroma).write_bytes(b"1" + header + frame + frame[:-9])
    limited = b"YUV4MPEG2 W16 H16 C420mpeg2\n"
    (folder / "limited").write_bytes(b"1" + limited + b"FRAME Ip\n" + bytes(384))
    (folder / "raw").write_bytes(b"0" + bytes(range(256)) * 17)


if __name__ == "__main__":
    main()
