#!/usr/bin/python3
"""What a WebSocket client sends, as websocket_fuzz.cc reads it: websocket_seeds.py FOLDER."""

import json
import struct
import sys
from pathlib import Path


def request(ticket: int | None, method: str, **params: object) -> dict[str, object]:
    made: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    return made if ticket is None else made | {"id": ticket}


def frame(opcode: int, payload: bytes, mask: bytes = bytes(4), is_last: bool = True) -> bytes:
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    head = bytes([opcode | is_last << 7, 0x80 | min(len(payload), 126)])
    return head + (struct.pack(">H", len(payload)) if len(payload) > 125 else b"") + mask + masked


LAYER = {"id": "new", "type": "overlay", "content": {"type": "color", "color": "teal"}}
LINES = {
    "reads": [
        request(1, "scene.get"),
        request(2, "layers.get", id="box"),
        request(3, "audio.get", id="music"),
        request(4, "layers.animations.list", id="text"),
        request(5, "subscribe", events=["layer.created", "stats"]),
        request(6, "unsubscribe"),
        request(7, "scheduled.cancel", number=1),
        request(8, "layers.gets"),
    ],
    "changes": [
        request(1, "layers.create", layer=LAYER),
        request(2, "layers.update", id="new", patch={"opacity": 0.5}, if_revision=2),
        request(3, "chat.say", id="chat", author="Ana", text="hi", wait="on-air"),
        request(4, "layers.delete", id="new", at="10s"),
        request(None, "layers.activate", id="box"),
    ],
    "batch": [[request(1, "status.get"), request(None, "outputs.list"), {"id": [], "method": 1}]],
}
TEXT = json.dumps(request(1, "layers.list")).encode()
FRAMES = {
    "masked": frame(1, TEXT, b"\x12\x34\x56\x78"),
    "parts": frame(1, TEXT[:9], is_last=False) + frame(9, b"ping") + frame(0, TEXT[9:]),
    "long": frame(1, b" " * 200 + TEXT) + frame(8, b"\x03\xe8done"),
    "binary": frame(2, TEXT),
    "utf-8": frame(1, b"\xed\xa0\x80"),
}


def main() -> None:
    folder = Path(sys.argv[1])
    for name, lines in LINES.items():
        texts = [json.dumps(line, separators=(",", ":")) for line in lines]
        (folder / name).write_text("0" + "\n".join(texts))
    for name, frames in FRAMES.items():
        (folder / name).write_bytes(b"1" + frames)


if __name__ == "__main__":
    main()
