"""Live sources on air, through real servers: the newest picture shows; one that dies is made up
for, and comes back; nothing else on air takes notice, and nothing is left of it.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from daemon import Daemon, RtmpServer, die_with_parent, frames_missing, free_port, wait_for
from harness import plain_png, read_with
from streamd_test import StreamdTest

FPS = 25
WIDTH, HEIGHT = 640, 360
FEED_WIDTH, FEED_HEIGHT = 160, 90
NUMBERS = 256  # pictures of the film, each with its number in bits

NAVY = (0x20, 0x40, 0x60)
ORANGE = (0xFF, 0x80, 0x00)
GREEN = (0x00, 0xC0, 0x40)
RED = (0xC0, 0x20, 0x20)  # below the bits of each picture

# Feeds in four columns; in the last row something that stands still, and something on the move.
SCENE = """version: 1
scene: feeds
canvas: {{width: 640, height: 360, fps: 25, background: "#204060"}}
defaults: {{on_error: error-picture}}
layers:
  - {{id: still, type: overlay, size: [40, 40], transform: {{position: [480, 300]}},
     content: {{type: color, color: "#ff8000"}}}}
  - {{id: mover, type: overlay, size: [20, 20], transform: {{position: [530, 280]}},
     content: {{type: color, color: "#ff8000"}},
     animations: [{{effect: slide, from: [0, 0], to: [80, 50], duration: 4s, easing: linear,
                   iterations: infinite, direction: alternate}}]}}
{feeds}
"""
FEED = """
  - {{id: feed-{cell}, type: visual_feed, size: [160, 90], transform: {{position: [{left}, {top}]}},
     content: {{type: video, source: "{source}", loop: true, volume: 0.1{more}}}}}"""


def corner(cell: int) -> tuple[int, int]:
    return cell % 4 * FEED_WIDTH, cell // 4 * FEED_HEIGHT


def feed_layer(cell: int, source: str, more: str) -> str:
    left, top = corner(cell)
    return FEED.format(cell=cell, left=left, top=top, source=source, more=more)


# ---- The film -----------------------------------------------------------------------------------


def film_picture(number: int) -> bytes:
    """The planes of a picture: eight bars, the highest bit first, above a field of red."""
    bars = b"".join((b"\xeb" if number >> bit & 1 else b"\x10") * 20 for bit in range(7, -1, -1))
    luma = bars * 40 + b"\x4e" * (FEED_WIDTH * 50)
    chroma = [
        b"\x80" * (FEED_WIDTH // 2 * 20) + bytes((level,)) * (FEED_WIDTH // 2 * 25)
        for level in (0x65, 0xCB)
    ]
    return luma + b"".join(chroma)


def film() -> bytes:
    """An MP4 of NUMBERS pictures, each with its number, and a tone."""
    head = f"YUV4MPEG2 W{FEED_WIDTH} H{FEED_HEIGHT} F{FPS}:1 Ip A1:1 C420mpeg2\n".encode()
    with tempfile.TemporaryDirectory(prefix="layercast-test-") as folder:
        raw, coded = Path(folder, "raw.y4m"), Path(folder, "film.mp4")
        raw.write_bytes(head + b"".join(b"FRAME\n" + film_picture(i) for i in range(NUMBERS)))
        read_with(
            "ffmpeg", "-i", raw, "-f", "lavfi", "-i", f"sine=f=440:r=48000:d={NUMBERS / FPS}",
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-qp", "14",
            "-g", "12", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
            "-c:a", "aac", coded,
        )  # fmt: skip
        return coded.read_bytes()


def number_in(rgb: bytes, cell: int) -> int | None:
    """The number that the feed in a cell of a frame shows; none where it shows no picture."""
    left, top = corner(cell)
    if not is_near(pixel(rgb, left + 80, top + 65), RED):
        return None
    bits = 0
    for bar in range(8):
        bits = bits * 2 + (pixel(rgb, left + 20 * bar + 10, top + 20)[1] > 128)
    return bits


def pixel(rgb: bytes, x: int, y: int) -> tuple[int, ...]:
    at = 3 * (WIDTH * y + x)
    return tuple(rgb[at : at + 3])


def is_near(actual: tuple[int, ...], expected: tuple[int, ...], within: int = 24) -> bool:
    return all(abs(a - b) <= within for a, b in zip(actual, expected, strict=True))


# ---- Who sends ----------------------------------------------------------------------------------


class Sender:
    """ffmpeg, which sends the film at its own pace, again and again."""

    def __init__(self, path: Path, *to: str) -> None:
        self.sent = -1  # pictures
        command = [
            "ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(path),
            "-c", "copy", "-progress", "pipe:1", "-stats_period", "0.05", *to,
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        self.thread = threading.Thread(target=self.count)
        self.thread.start()

    def count(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if line.startswith("frame="):
                    self.sent = int(line[6:])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.thread.join()


class RtspServer:
    """Passes on the RTP that comes by UDP to whoever asks, in their connection (RFC 2326)."""

    def __init__(self, port: int, sdp: Path) -> None:
        self.sdp = sdp
        self.incoming = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        while True:  # RTP and RTCP come to neighbours
            self.rtp_port = free_port()
            with contextlib.suppress(OSError):
                for place, each in enumerate(self.incoming):
                    each.bind(("127.0.0.1", self.rtp_port + place))
                break
        self.listener = socket.create_server(("127.0.0.1", port))
        self.players: list[socket.socket] = []
        self.connections: list[socket.socket] = []
        self.threads = [threading.Thread(target=self.accept), threading.Thread(target=self.relay)]
        for thread in self.threads:
            thread.start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections.append(client)
                self.threads.append(threading.Thread(target=self.serve, args=[client]))
                self.threads[-1].start()

    def relay(self) -> None:
        while packet := self.incoming[0].recv(65536):
            for player in list(self.players):
                with contextlib.suppress(OSError):
                    player.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)

    def serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, client.makefile("rb") as lines:
            while line := lines.readline():
                if line.startswith(b"$"):  # receiver reports, which may hold any byte
                    return
                method, request = line.split()[0].decode(), line
                while (header := lines.readline()).strip():
                    request += header
                client.sendall(self.answer(method, request.decode()))
                if method == "PLAY":
                    self.players.append(client)
                    while client.recv(4096):
                        pass

    def answer(self, method: str, request: str) -> bytes:
        body = self.sdp.read_bytes() if method == "DESCRIBE" else b""
        number = re.search(r"CSeq: *(\d+)", request)
        more = {
            "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
            "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n",
            "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 7\r\n",
        }.get(method, "Session: 7\r\n")
        assert number
        return f"RTSP/1.0 200 OK\r\nCSeq: {number[1]}\r\n{more}\r\n".encode() + body

    def kill(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.rtp_port))
        for thread in self.threads:
            thread.join()
        for each in self.incoming:
            each.close()


class Way:
    """How the film comes to the daemon: start() and kill() in turns, close() at the end."""

    source = ""
    lag_seconds = 2.0  # that what shows may be behind what was sent

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.film = folder / "film.mp4"
        self.film.write_bytes(film())
        self.port = free_port()
        self.sender: Sender | None = None
        self.prepare()

    def prepare(self) -> None: ...

    def target(self) -> list[str]:
        """The end of the sender's command line."""
        raise NotImplementedError

    def start(self) -> None:
        self.sender = Sender(self.film, *self.target())

    def kill(self) -> None:
        if self.sender is not None:
            self.sender.kill()

    def close(self) -> None:
        self.kill()


class Pipe(Way):
    def prepare(self) -> None:
        self.source = str(self.folder / "feed.ts")
        os.mkfifo(self.source)

    def target(self) -> list[str]:
        return ["-f", "mpegts", "-y", self.source]


class Rtmp(Way):
    """Through nginx, which dies too."""

    def prepare(self) -> None:
        self.server = RtmpServer()
        self.source = self.server.url("feed-key")

    def target(self) -> list[str]:
        return ["-f", "flv", self.source]

    def start(self) -> None:
        self.server.start()
        super().start()

    def kill(self) -> None:
        self.server.kill()
        super().kill()

    def close(self) -> None:
        super().close()
        self.server.__exit__()


class RtmpWithoutItsSender(Rtmp):
    """nginx stays, and has nothing to send any more."""

    def start(self) -> None:
        if self.server.process is None:
            self.server.start()
        Way.start(self)

    def kill(self) -> None:
        Way.kill(self)


class Hls(Rtmp):
    """As segments and a playlist, which nginx makes of what it gets by RTMP, over HTTP."""

    lag_seconds = 6.0  # three segments, and one that is being written

    def prepare(self) -> None:
        super().prepare()
        self.server.web_port = free_port()
        self.source = f"http://127.0.0.1:{self.server.web_port}/hls/feed-key.m3u8"

    def target(self) -> list[str]:
        return ["-f", "flv", self.server.url("feed-key")]

    def kill(self) -> None:
        super().kill()
        shutil.rmtree(Path(self.server.folder.name, "hls"), ignore_errors=True)


class Srt(Way):
    """The sender listens."""

    def prepare(self) -> None:
        self.source = f"srt://127.0.0.1:{self.port}?mode=caller"

    def target(self) -> list[str]:
        return ["-f", "mpegts", f"srt://127.0.0.1:{self.port}?mode=listener"]


class SrtListener(Way):
    """The daemon listens."""

    def prepare(self) -> None:
        self.source = f"srt://127.0.0.1:{self.port}?mode=listener"

    def target(self) -> list[str]:
        return ["-f", "mpegts", f"srt://127.0.0.1:{self.port}?mode=caller"]


class Udp(Way):
    def prepare(self) -> None:
        self.source = f"udp://127.0.0.1:{self.port}"

    def target(self) -> list[str]:
        return ["-f", "mpegts", f"udp://127.0.0.1:{self.port}?pkt_size=1316"]


class Http(Way):
    """A transport stream without an end, shown by the time that its pictures say."""

    lag_seconds = 4.0

    def prepare(self) -> None:
        self.source = f"http://127.0.0.1:{self.port}/feed.ts"

    def target(self) -> list[str]:
        return ["-f", "mpegts", "-listen", "1", self.source]


class Rtsp(Way):
    def prepare(self) -> None:
        self.source = f"rtsp://127.0.0.1:{self.port}/feed"
        self.server: RtspServer | None = None

    def target(self) -> list[str]:
        assert self.server is not None
        return ["-an", "-f", "rtp", "-sdp_file", str(self.server.sdp),
                f"rtp://127.0.0.1:{self.server.rtp_port}"]  # fmt: skip

    def start(self) -> None:
        sdp = self.folder / "feed.sdp"
        sdp.unlink(missing_ok=True)
        self.server = RtspServer(self.port, sdp)
        super().start()

    def kill(self) -> None:
        super().kill()
        if self.server is not None:
            self.server.kill()
            self.server = None


# ---- Who watches --------------------------------------------------------------------------------

CELLS = 12
WAYS: list[type[Way]] = [Pipe, Rtmp, RtmpWithoutItsSender, Hls, Srt, SrtListener, Udp, Http, Rtsp]
BARE = {9: 0, 10: 4}  # further cells of some of these ways, which have no fallback


class Seen(NamedTuple):
    """A frame of the output, as a viewer got it."""

    numbers: list[int | None]  # that the cells show
    fallbacks: list[bool]
    is_undisturbed: bool

    def shows(self, cell: int) -> bool:
        return self.numbers[cell] is not None

    def is_made_up_for(self, cell: int) -> bool:
        return not self.shows(cell) and self.fallbacks[cell] != (cell in BARE)


def seen_in(rgb: bytes) -> Seen:
    middles = [(left + 80, top + 65) for left, top in map(corner, range(CELLS))]
    return Seen(
        [number_in(rgb, cell) for cell in range(CELLS)],
        [is_near(pixel(rgb, x, y), GREEN) for x, y in middles],
        is_near(pixel(rgb, 500, 320), ORANGE) and is_near(pixel(rgb, 630, 275), NAVY),
    )


class Viewer:
    """Watches an RTMP stream; `seen` grows."""

    def __init__(self, url: str) -> None:
        self.seen: list[Seen] = []
        self.process = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "error", "-flags", "low_delay",
             "-analyzeduration", "2000000", "-i", url, "-an", "-fps_mode", "passthrough",
             "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent,
        )  # fmt: skip
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as frames:
            while len(rgb := frames.read(WIDTH * HEIGHT * 3)) == WIDTH * HEIGHT * 3:
                self.seen.append(seen_in(rgb))

    def wait_for(self, condition: Callable[[Seen], bool], what: str, seconds: float = 30) -> None:
        """Until a frame from now on is so."""
        begin = len(self.seen)
        wait_for(lambda: any(map(condition, self.seen[begin:])), what, seconds)

    def next(self, count: int) -> list[Seen]:
        """The frames that come now."""
        begin = len(self.seen)
        wait_for(lambda: len(self.seen) >= begin + count, f"{count} frames")
        return self.seen[begin : begin + count]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.thread.join()


# ---- The test -----------------------------------------------------------------------------------


def threads_and_files(daemon: Daemon) -> tuple[int, int]:
    assert daemon.process is not None
    folder = Path("/proc", str(daemon.process.pid))
    return len(os.listdir(folder / "task")), len(os.listdir(folder / "fd"))


class LiveSources(StreamdTest):
    def setUp(self) -> None:
        super().setUp()
        (self.folder / "away.png").write_bytes(plain_png(16, 9, (*GREEN, 255)))
        self.ways: list[Any] = []
        for kind in WAYS:
            folder = self.folder / kind.__name__
            folder.mkdir()
            self.ways.append(kind(folder))
            self.addCleanup(self.ways[-1].close)

    def on_air(self) -> tuple[Daemon, Viewer]:
        """All of them, with nobody there yet."""
        server = self.rtmp()
        self.recording = self.folder / "beside.mkv"
        self.scene.write_text(SCENE.format(feeds=""))
        daemon = self.daemon("--preset", "ultrafast", "-o", server.url(), "-o", str(self.recording))
        daemon.wait_for_output("cli-1", "live")
        threads, files = threads_and_files(daemon)
        # The fallbacks start the process that decodes images, and the feeds the one that reads
        # live sources. Both keep their channels.
        self.at_first = (threads, files + 2)
        foreseen = ", fallback: away.png"
        feeds = [feed_layer(i, way.source, foreseen) for i, way in enumerate(self.ways)]
        feeds += [feed_layer(cell, self.ways[way].source, "") for cell, way in BARE.items()]
        self.scene.write_text(SCENE.format(feeds="".join(feeds)))
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        viewer = Viewer(server.url())
        self.addCleanup(viewer.close)
        return daemon, viewer

    def cells_of(self, ways: list[int]) -> list[int]:
        return ways + [cell for cell, way in BARE.items() if way in ways]

    def await_pictures(self, viewer: Viewer, ways: list[int]) -> None:
        for cell in self.cells_of(ways):
            viewer.wait_for(lambda s, c=cell: s.shows(c), f"{cell} of {WAYS} on air")

    def assert_newest(self, viewer: Viewer, ways: list[int]) -> None:
        """Every picture is one that was just sent."""
        for _ in range(20):
            frame = viewer.next(2)[-1]
            for cell in ways:
                way = self.ways[cell]
                with self.subTest(WAYS[cell].__name__):
                    number = frame.numbers[cell]
                    self.assertIsNotNone(number)
                    # What was sent is told a little later.
                    lag = ((way.sender.sent - number + FPS) % NUMBERS - FPS) / FPS
                    self.assertLess(lag, way.lag_seconds)

    def assert_going_on(self, frames: list[Seen], ways: list[int]) -> None:
        """Each of these has a picture in every frame, and they follow each other."""
        for cell in self.cells_of(ways):
            with self.subTest(cell=cell):
                numbers = [frame.numbers[cell] for frame in frames]
                self.assertNotIn(None, numbers)
                steps = [(b - a) % NUMBERS for a, b in zip(numbers, numbers[1:])]
                # On a busy machine one may come late; then several have.
                self.assertLess(max(steps), 2 * FPS, numbers)
                self.assertAlmostEqual(sum(steps) / len(steps), 1, delta=0.25, msg=f"{numbers}")

    def assert_away(self, frames: list[Seen], ways: list[int]) -> None:
        for cell in self.cells_of(ways):
            with self.subTest(cell=cell):
                self.assertEqual([f.is_made_up_for(cell) for f in frames], [True] * len(frames))

    def test_each_kind_shows_its_newest_picture_dies_and_comes_back(self) -> None:
        daemon, viewer = self.on_air()
        everybody = list(range(len(WAYS)))
        for cell in self.cells_of(everybody):
            viewer.wait_for(lambda s, c=cell: s.is_made_up_for(c), f"{cell} made up for")
        self.assert_key_untold(daemon)
        for way in self.ways:
            way.start()
        self.await_pictures(viewer, everybody)
        self.assert_newest(viewer, everybody)
        some, others = everybody[::2], everybody[1::2]
        for dying, staying in ((some, others), (others, some)):
            begin = len(viewer.seen)
            for way in dying:
                self.ways[way].kill()
            for cell in self.cells_of(dying):
                viewer.wait_for(lambda s, c=cell: s.is_made_up_for(c), f"{cell} made up for")
            self.assert_away(viewer.next(3 * FPS), dying)
            for way in dying:
                self.ways[way].start()
            self.await_pictures(viewer, dying)
            self.assert_going_on(viewer.seen[begin:], staying)
            self.assert_newest(viewer, everybody)
        self.assertTrue(all(frame.is_undisturbed for frame in viewer.seen))
        self.assert_nothing_left(daemon)
        self.assert_no_frame_missing(daemon)

    def assert_key_untold(self, daemon: Daemon) -> None:
        """Who looks does not see it; what was seen can be written back, and means the same."""
        rtmp = WAYS.index(Rtmp)
        for path in ("scene", f"layers/feed-{rtmp}", "layers", "status"):
            self.assertNotIn(b"feed-key\"", daemon.call("GET", f"/api/v1/{path}").body, path)
        self.assertNotIn(b"feed-key", daemon.call("GET", "/metrics").body)
        log = "\n".join(daemon.log)
        self.assertRegex(log, r"rtmp://127.0.0.1:\d+/live/\*\*\*: ")
        self.assertNotRegex(log, r"/live/feed-key")
        scene = daemon.get("/api/v1/scene")
        self.assertEqual(daemon.call("PUT", "/api/v1/scene", scene).status, 200)
        layer = daemon.get(f"/api/v1/layers/feed-{rtmp}")
        self.assertRegex(layer["content"]["source"], r"/live/\*\*\*$")
        changed = daemon.call("PATCH", f"/api/v1/layers/feed-{rtmp}", {"content": layer["content"]})
        self.assertEqual(changed.status, 200)

    def assert_nothing_left(self, daemon: Daemon) -> None:
        for cell in self.cells_of(list(range(len(WAYS)))):
            self.assertEqual(daemon.call("DELETE", f"/api/v1/layers/feed-{cell}").status, 200)
        at_first = self.at_first
        wait_for(
            lambda: all(now <= was for now, was in zip(threads_and_files(daemon), at_first)),
            lambda: f"{threads_and_files(daemon)} is no more than {at_first}",
        )

    def assert_no_frame_missing(self, daemon: Daemon) -> None:
        outputs = daemon.get("/api/v1/outputs")["outputs"]
        recorded = next(o["id"] for o in outputs if o["url"] == str(self.recording))
        # The recording ends before the count is read, so that nothing is missed after it.
        self.assertEqual(daemon.call("DELETE", f"/api/v1/outputs/{recorded}").status, 200)
        dropped = daemon.dropped()
        daemon.end(signal.SIGTERM)
        frames, missing = frames_missing(self.recording, FPS)
        self.assertGreater(frames, 10 * FPS)
        self.assertLessEqual(missing, dropped)


if __name__ == "__main__":
    unittest.main()
