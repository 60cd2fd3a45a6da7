#!/usr/bin/python3
"""Small videos and sounds, which ffmpeg writes: media_helper_seeds.py FOLDER."""

import subprocess
import sys
from pathlib import Path

VIDEO = ("-f", "lavfi", "-i", "testsrc=s=32x32:r=10:d=0.3")
SOUND = ("-f", "lavfi", "-i", "sine=r=8000:d=0.1")
FILES = {
    "a.mp4": (*VIDEO, *SOUND, "-c:v", "mpeg4", "-c:a", "aac"),
    "a.mkv": (*VIDEO, "-c:v", "libx264", "-preset", "ultrafast"),
    "a.webm": (*VIDEO, "-c:v", "libvpx", "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"),
    "a.ts": (*VIDEO, *SOUND, "-c:v", "mpeg4", "-c:a", "aac"),
    "a.mov": (*VIDEO, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "a.gif": VIDEO,
    "a.flac": SOUND,
    "a.mp3": SOUND,
    "a.ogg": (*SOUND, "-c:a", "libvorbis"),
    "a.wav": SOUND,
}


def main() -> None:
    for name, arguments in FILES.items():
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments, "-bitexact"]
        subprocess.run([*command, Path(sys.argv[1], name)], check=True)


if __name__ == "__main__":
    main()
