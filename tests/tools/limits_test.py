#!/usr/bin/python3
"""What all layers use together has limits: the bytes of the scene's document, the work of a frame,
and the memory of the pictures. streamd stays up at each of them, and so do its interfaces.
"""

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path
from typing import Any

from daemon import Daemon, wait_for
from harness import tool
from websocket import WebSocket

SCENE = """version: 1
scene: limits
canvas: {width: 320, height: 180, fps: 30}
layers:
  - {id: box, type: overlay, size: [80, 60], content: {type: color, color: "#ff8000"}}
"""
DOCUMENT_BYTES_MAX = 3_670_016
GIBIBYTE = 1 << 30
RECOVERY_SECONDS = 60  # until a layer is shown, once there is memory


def drawing(name: str, size: int) -> dict[str, Any]:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><!--{'x' * size}--></svg>"
    return {"id": name, "type": "overlay", "content": {"type": "svg", "svg": svg}}


def scene_notification(address: str) -> dict[str, Any]:
    """The notification with the scene that a new subscriber gets."""
    socket = WebSocket(address, seconds=30)
    with closing(socket):
        answer = socket.call("subscribe", seconds=30)
        if "result" not in answer:
            raise AssertionError(f"subscribe: {answer}")
        return socket.notification(30)


class LimitsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-limits-")
        self.addCleanup(folder.cleanup)
        self.scene = Path(folder.name, "scene.yaml")
        self.scene.write_text(SCENE)

    def daemon(self, *prefix: str) -> Daemon:
        daemon = Daemon(self.scene)
        daemon.command = [*prefix, *daemon.command]
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start()

    def create(self, daemon: Daemon, layer: dict[str, Any]) -> Any:
        return daemon.call("POST", "/api/v1/layers", layer)

    def test_a_full_scene_can_be_read_written_and_subscribed_to(self) -> None:
        daemon = self.daemon()
        for name in ("a", "b", "c"):
            self.assertEqual(self.create(daemon, drawing(name, 1_000_000)).status, 201)
        refused = self.create(daemon, drawing("d", 1_000_000))
        self.assertEqual(refused.status, 422)
        self.assertIn("bytes as JSON with this change", refused.json()["detail"])
        document = daemon.call("GET", "/api/v1/scene").body
        left = DOCUMENT_BYTES_MAX - len(document)
        self.assertEqual(self.create(daemon, drawing("d", left - 500)).status, 201)
        full = daemon.call("GET", "/api/v1/scene")
        self.assertGreater(len(full.body), DOCUMENT_BYTES_MAX - 1000)
        written = daemon.call("PUT", "/api/v1/scene", full.json())
        self.assertEqual(written.status, 200, written)
        subscribed = scene_notification(daemon.address)
        self.assertEqual(subscribed["method"], "scene")
        self.assertIn("x" * 1_000_000, json.dumps(subscribed["params"]))
        exported = subprocess.run(
            [tool("layerctl"), "export"], capture_output=True, check=False, timeout=60,
            env={**os.environ, "LAYERCAST_URL": daemon.address},
        )  # fmt: skip
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assertGreater(len(exported.stdout), 3_500_000)

    def test_work_that_no_frame_has_time_for_is_refused(self) -> None:
        daemon = self.daemon()
        slow = {
            "id": "slow", "type": "overlay", "filters": [{"blur": 250}] * 16,
            "content": {"type": "text", "text": "{{frame}} WWWW"},
        }  # fmt: skip
        refused = self.create(daemon, slow)
        self.assertEqual(refused.status, 422, refused)
        self.assertIn("pixel passes a frame", refused.json()["detail"])

    def test_pictures_without_memory_are_error_pictures_until_there_is_some(self) -> None:
        daemon = self.daemon()
        assert daemon.process is not None
        status = Path(f"/proc/{daemon.process.pid}/status").read_text()
        if int(re.findall(r"VmSize:\s+(\d+) kB", status)[0]) > GIBIBYTE:
            self.skipTest("a sanitizer reserves more address space than this test leaves")
        # The machine may have more memory than the test may use.
        resource.prlimit(daemon.process.pid, resource.RLIMIT_AS, (4 * GIBIBYTE, 4 * GIBIBYTE))
        names = [f"large-{i}" for i in range(5)]
        for name in names:
            layer = {
                "id": name, "type": "overlay",
                "content": {"type": "shape", "shape": "ellipse", "radius_x": 5700,
                            "radius_y": 5700, "fill": "linear-gradient(red, blue)"},
            }  # fmt: skip
            self.assertEqual(self.create(daemon, layer).status, 201)

        def failing() -> dict[str, str]:
            reasons = daemon.status()["health"]["reasons"]
            return {r["subject"]: str(r) for r in reasons if r["part"] == "layers"}

        kept = next(iter(wait_for(failing, "told that a layer has no memory", 120)))
        self.assertIsNone(daemon.process.poll())
        self.assertIn(kept, names)
        for name in set(names) - {kept}:
            self.assertEqual(daemon.call("DELETE", f"/api/v1/layers/{name}").status, 200)
        wait_for(lambda: not failing(), lambda: f"recovered: {failing()}", RECOVERY_SECONDS)
        self.assertIsNone(daemon.process.poll())


if __name__ == "__main__":
    unittest.main()
