"""streamd while what it depends on dies, freezes, fills up or lies; and while it is killed itself.

Each fault is repeated LAYERCAST_REPEATS times: once by default, 20 times by `tools/dev soak faults`.
"""

import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request
from collections.abc import Callable
from pathlib import Path

from daemon import (
    Daemon,
    Proxy,
    RedisServer,
    RtmpServer,
    TcpServer,
    frames_missing,
    free_port,
    processes_of,
    wait_for,
)
from harness import PATIENCE_SECONDS, png, small_disk

REPEATS = int(os.environ.get("LAYERCAST_REPEATS", "1"))
BACK_SECONDS = 3  # after its server is there again, a stream is, too

# Noise on the move: nothing that an encoder could make small.
SCENE = """version: 1
scene: faults
canvas: {width: 320, height: 180, fps: 30, background: "#204060"}
layers:
  - id: noise
    type: overlay
    content: {type: image, source: noise.png}
    animations:
      - {effect: slide, from: [-97, -61], to: [13, 7], duration: 300ms, iterations: infinite,
         direction: alternate}
  - {id: box, type: overlay, size: [80, 60], transform: {position: [20, 20]},
     content: {type: color, color: "#ff8000"}}
"""


class Rude(TcpServer):
    """A server that accepts connections, reads so many bytes, and closes them."""

    def __init__(self, reads: int) -> None:
        self.reads = reads
        self.accepted = 0
        super().__init__()

    def serve(self, client: socket.socket) -> None:
        self.accepted += 1
        with client:
            client.recv(self.reads) if self.reads else None


class FaultTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-faults-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)
        width, height = 420, 260
        noise = random.Random(1).randbytes(width * height * 4)
        rows = b"".join(
            b"\0" + noise[y * width * 4 : (y + 1) * width * 4] for y in range(height)
        )
        (self.folder / "noise.png").write_bytes(png(width, height, rows))

    def daemon(self, *arguments: str, state: str = "memory:") -> Daemon:
        daemon = Daemon(
            self.scene, "--preset", "ultrafast", "--bitrate", "3M", *arguments, state=state
        )
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def server(self) -> RtmpServer:
        server = RtmpServer()
        self.addCleanup(server.__exit__)
        server.start()
        return server

    def assert_no_frame_is_missing(self, daemon: Daemon, path: Path) -> None:
        """Ends the recording beside the output that failed, then the daemon: it has every frame."""
        recorded = next(
            o["id"] for o in daemon.get("/api/v1/outputs")["outputs"] if o["url"] == str(path)
        )
        wait_for(lambda: daemon.output(recorded)["frames"] > 40, "recorded")
        self.assertEqual(daemon.output(recorded)["frames_dropped"], 0)
        # The recording ends before the count is read, so that nothing is missed after it.
        self.assertEqual(daemon.call("DELETE", f"/api/v1/outputs/{recorded}").status, 200)
        dropped = daemon.dropped()
        daemon.end(signal.SIGTERM)
        frames, missing = frames_missing(path, 30)
        self.assertGreater(frames, 30)
        self.assertLessEqual(missing, dropped)


class RtmpFaults(FaultTest):
    def with_recording(self, url: str) -> tuple[Daemon, Path]:
        path = self.folder / "beside.mkv"
        return self.daemon("-o", url, "-o", str(path)), path

    def is_back(self, daemon: Daemon) -> None:
        began = time.monotonic()
        daemon.wait_for_output("cli-1", "live", seconds=PATIENCE_SECONDS)
        self.assertLess(time.monotonic() - began, BACK_SECONDS)

    def test_a_server_that_is_killed_and_started_again(self) -> None:
        server = self.server()
        daemon, path = self.with_recording(server.url())
        for _ in range(REPEATS):
            daemon.wait_for_output("cli-1", "live")
            server.kill()
            daemon.wait_for_output("cli-1", "reconnecting", seconds=2)
            server.start()
            self.is_back(daemon)
        self.assert_no_frame_is_missing(daemon, path)

    def test_a_server_that_freezes(self) -> None:
        server = self.server()
        daemon, path = self.with_recording(server.url())
        for _ in range(REPEATS):
            daemon.wait_for_output("cli-1", "live")
            server.signal(signal.SIGSTOP)
            # Its socket buffers fill first.
            daemon.wait_for_output("cli-1", "reconnecting", seconds=20)
            server.signal(signal.SIGCONT)
            self.is_back(daemon)
        self.assert_no_frame_is_missing(daemon, path)

    def test_a_server_that_is_too_slow(self) -> None:
        server = self.server()
        for _ in range(REPEATS):
            proxy = Proxy(server.port, bytes_per_second=20_000)
            path = self.folder / "beside.mkv"
            daemon = self.daemon(
                "-o", f"rtmp://127.0.0.1:{proxy.port}/live/slow", "-o", str(path)
            )
            wait_for(
                lambda d=daemon: (o := d.output("cli-1"))["frames_dropped"] > 0
                or o["reconnects"] > 0,
                "the slow server noticed",
            )
            self.assert_no_frame_is_missing(daemon, path)
            proxy.close()
            path.unlink()

    def test_a_server_that_refuses_or_hangs_up(self) -> None:
        for reads in (0, 1, 1537, 3073):
            rude = Rude(reads)
            daemon, path = self.with_recording(f"rtmp://127.0.0.1:{rude.port}/live/x")
            wait_for(lambda r=rude: r.accepted >= 2 + REPEATS // 4, "tried again")
            self.assertNotEqual(daemon.output("cli-1")["state"], "live")
            self.assert_no_frame_is_missing(daemon, path)
            rude.listener.close()
            path.unlink()

    def test_a_server_that_is_not_there_yet(self) -> None:
        port = free_port()
        daemon, path = self.with_recording(f"rtmp://127.0.0.1:{port}/live/x")
        wait_for(lambda: daemon.output("cli-1")["error"], "refused")
        with RtmpServer(port):
            self.is_back(daemon)
            self.assert_no_frame_is_missing(daemon, path)


class DiskFaults(FaultTest):
    def test_a_full_disk_under_a_recording_harms_no_other_output(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("a small disk takes root")
        with small_disk(self.folder / "disk", "size=256k") as disk:
            path = self.folder / "beside.mkv"
            daemon = self.daemon("-o", str(disk / "full.mkv"), "-o", str(path))
            self.addCleanup(daemon.__exit__)
            wait_for(lambda: daemon.output("cli-1")["state"] == "reconnecting", "disk full")
            self.assertIn("space", daemon.output("cli-1")["error"])
            self.assert_no_frame_is_missing(daemon, path)

    def test_a_full_disk_under_the_state_refuses_changes_and_the_stream_goes_on(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("a small disk takes root")
        with small_disk(self.folder / "disk", "size=1m") as disk:
            path = self.folder / "beside.mkv"
            daemon = self.daemon("-o", str(path), state=f"sqlite:{disk}/state.db")
            # As much as is left, to the last byte.
            with (disk / "filler").open("wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass
            acknowledged = 1.0
            refused = None
            for number in range(2000):
                opacity = 0.9 - number / 4000
                reply = daemon.call("PATCH", "/api/v1/layers/box", {"opacity": opacity})
                if reply.status != 200:
                    refused = reply
                    break
                acknowledged = opacity
            assert refused is not None, "the disk never filled"
            self.assertEqual(refused.status, 503, refused)
            self.assertEqual(refused.headers["content-type"], "application/problem+json")
            self.assertAlmostEqual(
                daemon.get("/api/v1/layers/box").get("opacity", 1.0), acknowledged
            )
            (disk / "filler").unlink()
            again = daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.125})
            self.assertEqual(again.status, 200, again)
            self.assert_no_frame_is_missing(daemon, path)
            daemon.start()
            self.assertEqual(daemon.get("/api/v1/layers/box")["opacity"], 0.125)
            daemon.end(signal.SIGTERM)


class Acknowledged:
    """Sends one update after another until the daemon dies; remembers what was acknowledged."""

    def __init__(self, daemon: Daemon, first: int) -> None:
        self.address = daemon.address
        self.sent = first
        self.acknowledged = first
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while True:
            self.sent += 1
            request = urllib.request.Request(
                self.address + "/api/v1/layers/box",
                method="PATCH",
                data=json.dumps({"transform": {"position": [self.sent, 1]}}).encode(),
                headers={"Content-Type": "application/merge-patch+json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    answer.read()
            except OSError:
                return
            self.acknowledged = self.sent


class DaemonFaults(FaultTest):
    def kill_again_and_again(
        self, state: str, repeats: int, during: Callable[[int], None]
    ) -> None:
        random.seed(4)
        daemon = self.daemon(state=state)
        held_of = lambda: int(daemon.get("/api/v1/layers/box")["transform"]["position"][0])
        # The first kill may come before the first update.
        number = first = held_of()
        for repeat in range(repeats):
            updates = Acknowledged(daemon, number)
            during(repeat)
            time.sleep(random.uniform(0.0, 0.15))  # a moment of no meaning: that is the point
            daemon.end(signal.SIGKILL)
            updates.thread.join()
            daemon.start()
            number = held_of()
            self.assertIn(number, (updates.acknowledged, updates.sent), f"repeat {repeat}")
        self.assertGreater(number - first, repeats)
        daemon.end(signal.SIGTERM)

    def test_kill_9_under_a_stream_of_updates_loses_nothing_acknowledged(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        self.kill_again_and_again(state, max(REPEATS, 20), lambda _: None)

    def test_kill_9_with_redis_coming_and_going_loses_nothing_acknowledged(self) -> None:
        with RedisServer() as redis:

            def disturb(repeat: int) -> None:
                if repeat % 3 == 0:
                    redis.kill()
                elif repeat % 3 == 1:
                    redis.start()
                else:
                    redis.cli("FLUSHALL")

            # At least once each way.
            state = f"redis://127.0.0.1:{redis.port}/0"
            self.kill_again_and_again(state, max(REPEATS, 3), disturb)


class DecoderFaults(unittest.TestCase):
    def stands_still(self, daemon: Daemon) -> bool:
        first = daemon.status()
        wait_for(lambda: daemon.status()["frame"] >= first["frame"] + 25, "half a second")
        last = daemon.status()
        new = [last["frames"][kind] - first["frames"][kind]
               for kind in ("rendered", "repeated")]  # fmt: skip
        return new[0] == new[1]

    def test_a_removed_video_whose_helper_hangs_delays_no_frame(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-decoders-")
        self.addCleanup(folder.cleanup)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=20",
             "-pix_fmt", "yuv420p", Path(folder.name, "v.mp4")], check=True,
        )  # fmt: skip
        scene = Path(folder.name, "scene.yaml")
        scene.write_text(
            "version: 1\nscene: decoders\ncanvas: {width: 160, height: 90, fps: 50}\nlayers:\n"
            "  - {id: v, type: overlay, content: {type: video, source: v.mp4, loop: true}}\n"
        )
        daemon = Daemon(scene)
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        process = daemon.start().process
        assert process is not None
        wait_for(lambda: len(processes_of(process.pid)) == 2, "a helper and its job")
        # Opening the video starts more of them for a moment.
        wait_for(lambda: daemon.status()["frame"] > 50, "a second")
        server, job = processes_of(process.pid)
        os.kill(server, signal.SIGSTOP)
        self.addCleanup(os.kill, server, signal.SIGCONT)
        # The stopped server neither reports the end of the job nor starts another one.
        os.kill(job, signal.SIGKILL)
        wait_for(lambda: self.stands_still(daemon), "what was decoded ahead is shown")
        before, frame = daemon.dropped(), daemon.status()["frame"]
        self.assertEqual(daemon.call("DELETE", "/api/v1/layers/v").status, 200)
        wait_for(lambda: daemon.status()["frame"] > frame + 150, "three seconds")
        # A machine with much else to do misses some; a wait for the helper takes two seconds.
        self.assertLess(daemon.dropped() - before, 50)


class RedisFaults(FaultTest):
    def test_redis_dying_freezing_and_forgetting_disturbs_no_frame(self) -> None:
        path = self.folder / "beside.mkv"
        with RedisServer() as redis:
            daemon = self.daemon("-o", str(path), state=f"redis://127.0.0.1:{redis.port}/0")

            def changes(opacity: float) -> None:
                began = time.monotonic()
                reply = daemon.call("PATCH", "/api/v1/layers/box", {"opacity": opacity})
                self.assertEqual(reply.status, 200, reply)
                self.assertLess(time.monotonic() - began, 1)

            def has_arrived() -> bool:
                return int(redis.cli("HGET", "{faults}:meta", "rev") or 0) == int(
                    daemon.status()["revision"]
                )

            for repeat in range(REPEATS):
                redis.kill()
                changes(0.5 + repeat / 100)
                redis.start()
                wait_for(has_arrived, "written once it was back")
                redis.signal(signal.SIGSTOP)
                changes(0.2 + repeat / 100)
                redis.signal(signal.SIGCONT)
                wait_for(has_arrived, "written once it woke up")
                redis.cli("FLUSHALL")
                changes(0.7 + repeat / 100)
                wait_for(has_arrived, "written anew")
            self.assert_no_frame_is_missing(daemon, path)


if __name__ == "__main__":
    unittest.main()
