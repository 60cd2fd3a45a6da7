"""The clients of a soak: a chat, hostile connections, and hostile files on layers."""

import contextlib
import json
import os
import random
import socket
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import soak_media
from soak_commands import Unclear
from websocket import TEXT, WebSocket, masked_frame

if TYPE_CHECKING:
    from soak_stage import Stage

WORDS = "what a lovely piece 🔥 I would give two for it مرحبا 日本 <b>or</b> three \u202e if".split(
    " "
)
HELD_MAX = 40  # connections that hostile clients keep open
FILES_MAX = 40  # files of hostile layers that stay on the disk


class Chat:
    """Posts messages to the chat layer. Thread: its own."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.chance = random.Random(f"{stage.seed}/{stage.name}/chat")

    def run(self) -> None:
        while self.stage.wait_while_up(self.chance.expovariate(4)):
            life = self.stage.life
            message = {
                "author": f"viewer_{self.chance.randrange(50)}", "highlighted": self.chance.random() < 0.1,
                "text": " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, 12))),
            }  # fmt: skip
            try:
                answer = self.stage.call("POST", "/api/v1/layers/chat/messages", message)
                self.stage.ledger.check(
                    "chat messages are accepted", answer.status == 200, str(answer.text)
                )
                self.stage.ledger.count("chat messages")
            except Unclear as error:
                self.stage.must_have_died(life, f"chat: {error}")


class HostileClients:
    """Opens connections that are slow, half-open, malformed or without rights. Thread: its own."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.chance = random.Random(f"{stage.seed}/{stage.name}/clients")
        self.held: list[tuple[float, socket.socket]] = []
        self.opened = contextlib.ExitStack()  # closes those of the present kind that are not held
        self.kinds: list[Callable[[], None]] = [
            self.half_open, self.slow_reader, self.slow_subscriber, self.garbage, self.huge_body,
            self.wrong_token, self.unfinished_body, self.bad_frames, self.unfinished_message,
            self.deep_json, self.snapshot, self.preview_viewer, self.one_byte_a_time, self.bad_commands,
        ]  # fmt: skip

    def run(self) -> None:
        try:
            while self.stage.wait_while_up(self.chance.uniform(0.1, 0.6)):
                self.act()
        finally:
            self.release(float("inf"))

    def act(self) -> None:
        self.release(time.monotonic())
        kind, life = self.chance.choice(self.kinds), self.stage.life
        self.stage.ledger.count(f"client: {kind.__name__.replace('_', ' ')}")
        # The daemon may close a hostile connection at any time; that it lives is checked by the others.
        with contextlib.suppress(OSError), contextlib.ExitStack() as self.opened:
            kind()
        if self.stage.life != life:
            self.release(float("inf"))

    def release(self, now: float) -> None:
        for until, each in self.held:
            if until <= now:
                each.close()
        self.held = [(until, each) for until, each in self.held if until > now]

    def hold(self, each: socket.socket) -> None:
        """Keeps a connection open for a while."""
        if len(self.held) >= HELD_MAX:
            self.held.pop(0)[1].close()
        # The present kind closes its end of what it has opened; this one stays.
        kept = each.dup()
        self.held.append((time.monotonic() + self.chance.uniform(0.5, 14), kept))

    def connected(self, small: bool = False) -> socket.socket:
        """A connection that is closed when the present kind ends, unless it is held."""
        url = urlsplit(self.stage.address)
        made = self.opened.enter_context(socket.socket())
        made.settimeout(20)
        if small:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect((url.hostname or "", url.port or 0))
        return made

    def websocket(self) -> socket.socket:
        """A WebSocket, after the upgrade; closed as connected()."""
        made = WebSocket(self.stage.address, self.stage.token)
        return self.opened.enter_context(made.socket)

    def head(self, method: str, path: str, more: str = "", token: str | None = None) -> bytes:
        host = urlsplit(self.stage.address).netloc
        bearer = self.stage.token if token is None else token
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\n{more}\r\n"
        ).encode()

    def expect(self, client: socket.socket, statuses: tuple[int, ...], what: str) -> None:
        """An answer with one of the statuses, or a connection that the daemon closes."""
        life = self.stage.life
        try:
            first = client.recv(4096)
        except TimeoutError:
            self.stage.ledger.check("hostile requests are answered", self.stage.life != life, what)
            return
        except OSError:
            return
        status = int(first[9:12]) if first[:9] == b"HTTP/1.1 " else 0
        self.stage.ledger.check(
            "hostile requests are refused",
            not first or status in statuses,
            f"{what}: {first[:300]!r}",
        )

    # ---- Kinds ----------------------------------------------------------------------------------

    def half_open(self) -> None:
        client = self.connected()
        head = self.head("GET", "/api/v1/scene")
        client.sendall(head[: self.chance.randrange(len(head))])
        self.hold(client)

    def slow_reader(self) -> None:
        client = self.connected(small=True)
        path = self.chance.choice(["/api/v1/scene", "/api/v1/openapi.json", "/metrics", "/"])
        client.sendall(self.head("GET", path) * 30)
        self.hold(client)

    def slow_subscriber(self) -> None:
        made = self.websocket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.sendall(masked_frame(b'{"jsonrpc":"2.0","id":1,"method":"subscribe"}'))
        asking = masked_frame(b'{"jsonrpc":"2.0","id":2,"method":"scene.get"}') * 50
        made.settimeout(0.5)
        self.hold(made)
        made.sendall(asking)

    def garbage(self) -> None:
        client = self.connected()
        client.sendall(self.chance.randbytes(self.chance.randint(1, 4000)) + b"\r\n\r\n")
        self.expect(client, (400, 401, 404, 405, 408, 413, 414, 431, 501, 505), "garbage")

    def huge_body(self) -> None:
        client = self.connected()
        size = self.chance.choice([5 << 20, 1 << 30, 1 << 62])
        client.sendall(self.head("POST", "/api/v1/layers", f"Content-Length: {size}\r\n"))
        with contextlib.suppress(OSError):
            client.sendall(b" " * (1 << 20))
        self.expect(client, (400, 413, 415, 503), f"a body of {size} bytes")

    def wrong_token(self) -> None:
        client = self.connected()
        client.sendall(self.head("GET", "/api/v1/scene", token=f"wrong-{self.chance.random()}"))
        self.expect(client, (401, 429), "a wrong token")

    def unfinished_body(self) -> None:
        client = self.connected()
        client.sendall(
            self.head("POST", "/api/v1/layers", "Content-Length: 3000000\r\n") + b"{" * 50000
        )
        self.hold(client)

    def bad_frames(self) -> None:
        made = self.websocket()
        good = masked_frame(b'{"jsonrpc":"2.0","id":1,"method":"status.get"}')
        made.sendall(
            self.chance.choice([
                self.chance.randbytes(500),
                b"\x81\x05hello",  # not masked
                struct.pack(">BBQ", 0x81, 0xFF, 1 << 62),
                masked_frame(b"\xff\xfe\xfd"),  # not UTF-8
                masked_frame(b"", opcode=3),
                masked_frame(b"x" * 200, opcode=9),  # a ping beyond 125 bytes
                good[:-3],
            ])
        )  # fmt: skip
        self.hold(made)

    def unfinished_message(self) -> None:
        made = self.websocket()
        for number in range(self.chance.randint(1, 12)):
            made.sendall(masked_frame(b" " * 60_000, TEXT if number == 0 else 0, final=False))
        self.hold(made)

    def deep_json(self) -> None:
        depth = self.chance.randint(100, 200_000)
        opening = self.chance.choice([b"[", b'{"a":'])
        made = self.websocket()
        made.sendall(masked_frame(opening * depth if depth < 100_000 else b"[" * depth))
        client = self.connected()
        body = opening * min(depth, 50_000)
        client.sendall(
            self.head(
                "POST",
                "/api/v1/layers",
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n",
            )
            + body
        )
        self.expect(client, (400, 413, 422, 503), f"JSON of depth {depth}")
        self.hold(made)

    def snapshot(self) -> None:
        client = self.connected()
        width, status = self.chance.choice([
            ("", 200), ("?width=64", 200), ("?width=99999999", 400), ("?width=-1", 400),
        ])  # fmt: skip
        client.sendall(
            self.head("GET", f"/api/v1/snapshot.{self.chance.choice(['png', 'jpg'])}{width}")
        )
        self.expect(client, (status, 503), f"snapshot {width}")

    def preview_viewer(self) -> None:
        client = self.connected(small=self.chance.random() < 0.5)
        client.sendall(self.head("GET", "/api/v1/preview.mjpeg"))
        self.hold(client)

    def one_byte_a_time(self) -> None:
        client = self.connected()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in self.head("GET", "/healthz"):
            client.sendall(bytes([byte]))
        self.expect(client, (200, 503), "a head in bytes")

    def bad_commands(self) -> None:
        body = json.dumps(self.chance.choice([
            {"id": "../x", "type": "overlay"}, {"type": "overlay", "opacity": 1e308}, [], 7, "x" * 5000,
            {"type": "overlay", "content": {"type": "image", "source": "../../../etc/passwd"}},
            {"type": "overlay", "content": {"type": "image", "source": "http://169.254.169.254/x.png"}},
            {"type": "overlay", "content": {"type": "text", "text": "x" * 3_000_000}},
        ])).encode()  # fmt: skip
        client = self.connected()
        client.sendall(
            self.head(
                "POST",
                "/api/v1/layers",
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n",
            )
            + body
        )
        self.expect(client, (400, 403, 413, 422, 503), f"a bad command {body[:80]!r}")


class HostileMedia:
    """Shows hostile files on layers of its own for a moment each. Thread: its own."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.chance = random.Random(f"{stage.seed}/{stage.name}/media")
        self.number = 0
        self.shown: list[str] = []

    def run(self) -> None:
        while self.stage.wait_while_up(self.chance.uniform(0.3, 1.5)):
            life = self.stage.life
            try:
                if len(self.shown) > 3 or (self.shown and self.chance.random() < 0.4):
                    self.hide(self.shown[0])
                else:
                    self.show()
            except Unclear as error:
                self.stage.must_have_died(life, f"hostile media: {error}")

    def show(self) -> None:
        self.number += 1
        kind, content = soak_media.hostile_content(self.chance, self.stage.assets, self.number)
        with contextlib.suppress(FileNotFoundError):
            old = f"bad-{self.number - FILES_MAX}."
            for each in self.stage.assets.glob(f"{old}*"):
                os.unlink(each)
        layer = f"bad-{self.number}"
        self.shown.append(layer)
        answer = self.stage.call("POST", "/api/v1/layers", {
            "id": layer, "type": "overlay", "size": [60, 40], "content": content,
            "transform": {"position": [self.chance.randint(1, 200), self.chance.randint(1, 100)]},
        })  # fmt: skip
        self.stage.ledger.count(f"file: {kind}")
        self.stage.ledger.check(
            "hostile files are taken or refused",
            answer.status in (201, 422, 503),
            f"{kind}: {answer.text!r}",
        )

    def hide(self, layer: str) -> None:
        answer = self.stage.call("DELETE", f"/api/v1/layers/{layer}")
        self.stage.ledger.check(
            "hostile files are taken or refused",
            answer.status in (200, 404),
            f"DELETE {layer}: {answer.text!r}",
        )
        self.shown.remove(layer)
