#!/usr/bin/python3
"""Short texts, each after the letter of its parser in texts_fuzz.cc: texts_seeds.py FOLDER."""

import sys
from pathlib import Path

# By the order of kParsers.
SEEDS = {
    "color": ["#1b2", "#10203040", "tomato", "rgb(255 99 71 / 50%)", "hsl(0.5turn, 20%, 30%, .4)"],
    "gradient": [
        "linear-gradient(90deg, #f80, #f08 60%)",
        "linear-gradient(to top left, red 1%, rgb(1, 2, 3) 33.3%, blue)",
        "radial-gradient(circle at center, gold, transparent 1e-3%)",
        "linear-gradient(0.7turn, red, blue)",
        "linear-gradient(1e308turn, red, blue)",
    ],
    "duration": ["500ms", "1m30s", "1h2m3.000000004s", "90"],
    "rate": ["60", "30000/1001"],
    "length": ["50%", "calc(50% - 20px)", "calc(-1.5px + 1e2%)"],
    "easing": ["ease-in-out", "cubic-bezier(.2, 0, 0, 1)", "steps(4, jump-both)"],
    "caption": ["{name}: {{name}} {", "a\n{b}}"],
    "suffix": ["6M", "2500k", "2G", "1.5M"],
    "time": ["18:30:01.5", "2026-01-01T18:00:00+01:00", "-0330", "frame:1234", "10s", "on-air"],
    "host": [
        "127.1",
        "0x7f000001",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "10.0.0.0/8",
        "*.example.com",
        "srt://[::]:9000?mode=listener",
        "http://user@EXAMPLE.com.:80/a",
    ],
    "url": [
        "rtmp://user:secret@127.0.0.1/live/key",
        "https://example.com/a?token=%41b&at=10s#c",
        "rtmp:/host/app/key",
    ],
    "placeholder": [
        "{{clock:%H:%M:%S}} {{clock:HH:mm Europe/Zurich}}",
        "{{timecode}} {{frame}} \\{{frame}}",
        "{{countdown:10m}}{{countdown_to:18:30}}{{countdown_to:2026-01-01T18:00:00Z}}",
        "{{count:99.5,0,1m,#,##0.0}}",
        "{{elapsed:mm:ss.S}}}} {{",
    ],
    "store": [
        "sqlite:a/b.db",
        "memory:",
        "redis://user:p%40ss@localhost:6379/3",
        "redis+unix:///run/redis.sock?db=2",
        "redis+sentinel://:secret@a:1,[::1]:2/main/1",
    ],
}


def main() -> None:
    folder = Path(sys.argv[1])
    for parser, (name, texts) in enumerate(SEEDS.items()):
        for number, text in enumerate(texts):
            (folder / f"{name}-{number}").write_text(chr(ord("a") + parser) + text)


if __name__ == "__main__":
    main()
