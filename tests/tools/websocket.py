"""A small WebSocket client (RFC 6455) that speaks JSON-RPC 2.0, of the standard library alone."""

import base64
import contextlib
import json
import os
import socket
import struct
import time
from typing import Any
from urllib.parse import urlsplit

CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


class Closed(OSError):
    """The server has closed the connection."""


class BrokenProtocol(OSError):
    """The server has sent what RFC 6455 does not allow."""


def masked_frame(payload: bytes, opcode: int = TEXT, final: bool = True) -> bytes:
    """One frame as a client sends it."""
    head = bytes([opcode | (0x80 if final else 0)])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 1 << 16:
        head += bytes([0x80 | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", len(payload))
    mask = os.urandom(4)
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    coded = (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")
    return head + mask + coded


class WebSocket:
    """A connection to the API. Thread: one."""

    def __init__(self, address: str, token: str = "", seconds: float = 10) -> None:
        """Errors: ValueError for an address without a host; OSError; Closed if the server refuses the
        upgrade."""
        url = urlsplit(address)
        if url.hostname is None:
            raise ValueError(f"{address} has no host; expected http://HOST:PORT")
        self.socket = socket.create_connection((url.hostname, url.port or 80), seconds)
        self._bytes = bytearray()
        self._number = 0
        self._notifications: list[dict[str, Any]] = []
        try:
            self._upgrade(url.netloc, token)
        except BaseException:
            self.socket.close()
            raise

    def _upgrade(self, host: str, token: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self.socket.sendall(
            f"GET /api/v1/ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n{bearer}"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            .encode()
        )  # fmt: skip
        while b"\r\n\r\n" not in self._bytes:
            self._read()
        head, self._bytes = self._bytes.split(b"\r\n\r\n", 1)
        status_line = head.split(b"\r\n")[0]
        if not status_line.startswith(b"HTTP/1.1 101 "):
            raise Closed(status_line.decode(errors="replace"))

    def _read(self) -> None:
        try:
            chunk = self.socket.recv(1 << 16)
        except ConnectionError as error:
            raise Closed(str(error)) from error
        if not chunk:
            raise Closed("the server closed the connection")
        self._bytes += chunk

    def _take(self, count: int, at: int) -> bytes:
        while len(self._bytes) < at + count:
            self._read()
        return bytes(self._bytes[at : at + count])

    def _frame(self) -> tuple[int, bool, bytes]:
        """The next frame. After a time-out, the next call begins with the same frame."""
        first, second = self._take(2, 0)
        if first & 0x70 or second & 0x80:
            raise BrokenProtocol(f"a frame is masked or has reserved bits: {first:#x} {second:#x}")
        length, at = second & 127, 2
        if length == 126:
            length, at = struct.unpack(">H", self._take(2, 2))[0], 4
        elif length == 127:
            length, at = struct.unpack(">Q", self._take(8, 2))[0], 10
        payload = self._take(length, at)
        del self._bytes[: at + length]
        return first & 15, bool(first & 0x80), payload

    def message(self, seconds: float) -> Any:
        """The next message of the server. Errors: TimeoutError, Closed, BrokenProtocol."""
        deadline = time.monotonic() + seconds
        text = b""
        expected = TEXT
        while True:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            opcode, final, payload = self._frame()
            if opcode == PING:
                self.socket.sendall(masked_frame(payload, PONG))
            elif opcode == CLOSE:
                raise Closed(f"the server closed with {payload!r}")
            elif opcode == expected:
                text += payload
                if final:
                    return json.loads(text)
                expected = CONTINUATION
            elif opcode != PONG:
                raise BrokenProtocol(f"a frame has opcode {opcode}; expected {expected}")

    def call(self, method: str, params: Any = None, seconds: float = 10) -> dict[str, Any]:
        """The answer, which has `result` or `error`. Notifications are kept for `notification`."""
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        self.socket.settimeout(seconds)
        self.socket.sendall(masked_frame(json.dumps(request).encode()))
        deadline = time.monotonic() + seconds
        while True:
            found = self.message(deadline - time.monotonic())
            if found.get("id") == self._number:
                return found
            self._notifications.append(found)

    def notification(self, seconds: float) -> dict[str, Any]:
        """The next notification. Errors: TimeoutError, Closed, BrokenProtocol."""
        if self._notifications:
            return self._notifications.pop(0)
        return self.message(seconds)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()
