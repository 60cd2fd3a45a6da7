#!/usr/bin/python3
"""Images from http and https URLs: offline, on air, from network clients, and from bad servers."""

import contextlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any

from daemon import Authority, Daemon, WebServer, wait_for
from harness import ToolTest, pixel, plain_png

GREEN, BLUE = (0, 192, 64, 255), (16, 32, 208, 255)


def layer(source: str, content: str = "image", layer_id: str = "logo") -> str:
    return (
        f"{{id: {layer_id}, type: overlay, size: [40, 40], transform: {{position: [20, 20]}}, "
        f'content: {{type: {content}, source: "{source}"}}}}'
    )


class SlowServer:
    """Takes requests and answers with a byte each second at most: until `release` nothing else."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.root = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.clients: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.clients.append(client)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\x89PNG")

    def close(self) -> None:
        self.listener.close()
        for client in self.clients:
            client.close()


class Offline(ToolTest):
    def setUp(self) -> None:
        super().setUp()
        self.web = WebServer()
        self.addCleanup(self.web.close)
        self.web.files["/a.png"] = plain_png(40, 40, GREEN)

    def refused(self, source: str, *words: str) -> None:
        done = self.run_tool("render-frames", self.scene(layer(source)), "--at", "0", "-o", "x.png")
        self.assert_refused(done, 1, "content.source", *words)

    def test_is_shown(self) -> None:
        scene = self.scene(layer(self.web.root + "/a.png"))
        rgba = self.render(scene, "--at", "0")
        self.assertEqual(pixel(rgba, 40, 40), GREEN)

    def test_an_svg_and_an_animation_are_shown_too(self) -> None:
        self.web.files["/a.svg"] = (
            b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
            b'<rect width="40" height="40" fill="#1020d0"/></svg>'
        )
        for content, name, color in (("svg", "a.svg", BLUE), ("gif", "a.png", GREEN)):
            with self.subTest(content):
                scene = self.scene(layer(f"{self.web.root}/{name}", content))
                self.assertEqual(pixel(self.render(scene, "--at", "0"), 40, 40), color)

    def test_is_shown_after_a_redirection(self) -> None:
        self.web.files["/old"] = self.web.root + "/a.png"
        rgba = self.render(self.scene(layer(self.web.root + "/old")), "--at", "0")
        self.assertEqual(pixel(rgba, 40, 40), GREEN)

    def test_that_is_missing_is_told_with_the_answer_and_without_the_key(self) -> None:
        url = self.web.root.replace("//", "//me:pass-word@") + "/none.png?key=secret"
        done = self.run_tool("render-frames", self.scene(layer(url)), "--at", "0", "-o", "x.png")
        self.assert_refused(done, 1, "/none.png?key=***", "the server answered 404")
        self.assertNotIn("secret", done.err)
        self.assertNotIn("pass-word", done.err)

    def test_that_is_too_large_is_refused(self) -> None:
        self.web.files["/large.png"] = bytes((32 << 20) + 1)
        self.refused(self.web.root + "/large.png", "the file is larger than 32 MiB")

    def test_that_is_no_picture_or_empty_is_told(self) -> None:
        self.web.files["/a.txt"] = b"hello"
        self.web.files["/empty"] = b""
        self.refused(self.web.root + "/a.txt", "/a.txt", "not an image")
        self.refused(self.web.root + "/empty", "empty file")

    def test_endless_redirections_are_told(self) -> None:
        self.web.files["/loop"] = self.web.root + "/loop"
        self.refused(self.web.root + "/loop", "redirects more than 8 times")

    def test_a_redirection_reads_no_file(self) -> None:
        self.file("secret.png", plain_png(40, 40, GREEN))
        self.web.files["/file"] = f"file://{self.folder}/secret.png"
        done = self.run_tool(
            "render-frames", self.scene(layer(self.web.root + "/file")), "--at", "0", "-o", "x.png"
        )
        self.assert_refused(done, 1, "content.source")

    def test_a_server_that_is_away_is_told(self) -> None:
        self.web.close()
        self.refused(self.web.root + "/a.png", "connection refused")

    def test_other_kinds_of_url_are_refused(self) -> None:
        self.refused("rtmp://127.0.0.1/live/x", "expected http or https")

    def test_a_wrong_certificate_is_refused(self) -> None:
        authority = Authority()
        self.addCleanup(authority.close)
        for certificate, word in (
            (authority.certificate(), None),
            (authority.certificate(year=2021), "has expired"),
            (authority.self_signed(), "is self-signed"),
        ):
            with self.subTest(word):
                web = WebServer(certificate)
                self.addCleanup(web.close)
                web.files["/a.png"] = plain_png(40, 40, GREEN)
                done = self.run_tool(
                    *("render-frames", self.scene(layer(web.root + "/a.png")), "--at", "0"),
                    *("-o", "x.png", "--tls-ca", str(authority.file)),
                )
                if word is None:
                    self.assertEqual(done.status, 0, done.err)
                else:
                    self.assert_refused(done, 1, word)
                    self.assertEqual(web.asked, [])


class OnAir(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-web-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.web = WebServer()
        self.addCleanup(self.web.close)
        self.web.files["/a.png"] = plain_png(40, 40, GREEN)
        self.web.files["/b.png"] = plain_png(40, 40, BLUE)

    def daemon(self, *layers: str, arguments: tuple[str, ...] = ()) -> Daemon:
        scene = self.folder / "scene.yaml"
        scene.write_text(
            "version: 1\nscene: web\n"
            'canvas: {width: 160, height: 90, fps: 25, background: "#204060"}\n'
            "layers:\n" + "".join(f"  - {each}\n" for each in layers)
        )
        daemon = Daemon(scene, "--allow-source", "127.0.0.1", *arguments)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start()

    def patch(self, daemon: Daemon, source: str, **more: Any) -> Any:
        body = {"content": {"source": source}, **more}
        return daemon.call("PATCH", "/api/v1/layers/logo", body)

    def shown(self, daemon: Daemon, x: int = 40, y: int = 40) -> tuple[int, ...]:
        picture = self.folder / "snapshot.png"
        picture.write_bytes(daemon.snapshot().body)
        rgba = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", picture, "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
        return pixel(rgba, x, y)

    def wait_for_color(self, daemon: Daemon, color: tuple[int, ...]) -> None:
        # Frames on air are YUV.
        wait_for(
            lambda: all(abs(a - b) <= 3 for a, b in zip(self.shown(daemon), color)),
            lambda: f"{color}: {self.shown(daemon)}\n" + "\n".join(daemon.log),
        )

    def test_a_client_changes_the_image_and_it_is_read_once(self) -> None:
        daemon = self.daemon(layer(self.web.root + "/a.png"))
        self.wait_for_color(daemon, GREEN)
        self.assertEqual(self.patch(daemon, self.web.root + "/b.png").status, 200)
        self.wait_for_color(daemon, BLUE)
        asked = len(self.web.asked)
        body = {"transform": {"scale": 1.5}}
        reply = daemon.call("PATCH", "/api/v1/layers/logo?wait=on-air", body)
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(self.web.asked[asked:], [], "scaled without asking the server again")

    def test_a_failure_keeps_the_picture_is_told_without_the_key_and_ends(self) -> None:
        daemon = self.daemon(layer(self.web.root + "/a.png"))
        self.wait_for_color(daemon, GREEN)
        self.patch(daemon, self.web.root + "/c.png?key=secret")
        failing = wait_for(
            lambda: daemon.status()["health"]["reasons"], lambda: "\n".join(daemon.log)
        )
        self.assertEqual(failing[0]["subject"], "logo")
        self.assertIn("the server answered 404", failing[0]["message"])
        self.wait_for_color(daemon, GREEN)
        self.web.files["/c.png?key=secret"] = plain_png(40, 40, BLUE)
        self.wait_for_color(daemon, BLUE)  # by the retry
        wait_for(lambda: daemon.status()["health"]["state"] == "ok", "well again")
        self.assertNotIn("secret", "\n".join(daemon.log))

    def test_slow_servers_delay_neither_the_stream_nor_files(self) -> None:
        slow = SlowServer()
        self.addCleanup(slow.close)
        (self.folder / "file.png").write_bytes(plain_png(40, 40, BLUE))
        daemon = self.daemon(layer(self.web.root + "/a.png"))
        self.wait_for_color(daemon, GREEN)
        for number in range(4):
            new = {"id": f"slow{number}", "type": "overlay", "size": [8, 8],
                   "content": {"type": "image", "source": f"{slow.root}/{number}.png"}}  # fmt: skip
            self.assertEqual(daemon.call("POST", "/api/v1/layers", new).status, 201)
        wait_for(lambda: len(slow.clients) >= 2, "the requests")
        encoded = daemon.status()["frames"]
        self.assertEqual(self.patch(daemon, "file.png").status, 200)
        self.wait_for_color(daemon, BLUE)
        self.assertGreater(daemon.status()["frames"]["rendered"], encoded["rendered"])
        self.assertEqual(daemon.end(), 0, "the end does not wait for a server either")

    def test_a_failed_start_does_not_wait_for_a_server(self) -> None:
        slow = SlowServer()
        self.addCleanup(slow.close)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            began = time.monotonic()
            with self.assertRaisesRegex(AssertionError, "streamd ended"):
                self.daemon(layer(slow.root + "/a.png"), arguments=("--listen", address))
        self.assertLess(time.monotonic() - began, 8, "the server has 10 s")

    def test_a_server_that_is_too_slow_is_told(self) -> None:
        slow = SlowServer()
        self.addCleanup(slow.close)
        daemon = self.daemon(layer(slow.root + "/a.png"))
        wait_for(
            lambda: any(
                re.search(r"logo.*did not send the file within 10 s", line) for line in daemon.log
            ),
            lambda: "\n".join(daemon.log),
        )

    def test_network_clients_may_name_web_servers_only(self) -> None:
        daemon = self.daemon(layer(self.web.root + "/a.png"))
        for source in ("rtmp://127.0.0.1/live/x", "file:///etc/passwd", "udp://127.0.0.1:9"):
            reply = self.patch(daemon, source)
            self.assertEqual(reply.status, 403, reply)
            self.assertIn("http or https", reply.body.decode())


class Layerctl(ToolTest):
    def test_validates_web_urls_of_images(self) -> None:
        for url in ("https://example.org/a.png", "HTTPS://example.org/a.png"):
            good = self.scene(layer(url))
            self.assertEqual(self.run_tool("layerctl", "validate", good).status, 0, url)
        bad = self.scene(layer("rtmp://example.org/a"))
        done = self.run_tool("layerctl", "validate", bad)
        self.assertNotEqual(done.status, 0)
        self.assertIn("expected http or https", done.err)


if __name__ == "__main__":
    unittest.main()
