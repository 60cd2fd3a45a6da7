#!/usr/bin/python3
"""The nginx configuration that layercast-security(7) shows puts TLS in front of the API."""

import base64
import http.client
import os
import re
import ssl
import tempfile
import unittest
from pathlib import Path

from daemon import Authority, Daemon, Server, answers, wait_for
from harness import PATIENCE_SECONDS, ROOT

SCENE = """version: 1
scene: front
canvas: {width: 160, height: 90, fps: 25}
layers: []
"""
HOST = "live.example.com"
TOKEN = "a-token-of-this-test-alone"


def configuration() -> str:
    """The block of the manual page, with its backslashes as troff shows them."""
    page = (ROOT / "man/layercast-security.7.in").read_text("utf-8")
    (block,) = re.findall(r"(?s)\.Bd -literal -offset indent\n(server \{.*?)\.Ed", page)
    return str(block)


class Front(Server):
    def __init__(self, upstream: int, certificate: Path, key: Path) -> None:
        super().__init__()
        text = configuration()
        for shown, used in (
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("127.0.0.1:8080", f"127.0.0.1:{upstream}"),
            ("/etc/ssl/live.example.com.pem", str(certificate)),
            ("/etc/ssl/live.example.com.key", str(key)),
        ):
            assert shown in text, shown
            text = text.replace(shown, used)
        folder = self.folder.name
        paths = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        Path(folder, "nginx.conf").write_text(
            f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/log;\n"
            f"events {{ }}\nhttp {{ access_log off; {paths}\n{text}\n}}\n"
        )

    def command(self) -> list[str]:
        folder = self.folder.name
        return ["/usr/sbin/nginx", "-e", f"{folder}/log", "-p", folder, "-c", f"{folder}/nginx.conf"]


class NamedConnection(http.client.HTTPSConnection):
    """A connection to the loopback that checks the certificate for HOST."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__("127.0.0.1", port, timeout=PATIENCE_SECONDS, context=context)
        self.trust = context

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self.trust.wrap_socket(self.sock, server_hostname=HOST)


class TlsFront(unittest.TestCase):
    def setUp(self) -> None:
        authority = Authority()
        self.addCleanup(authority.close)
        certificate = authority.certificate(f"DNS:{HOST}")
        folder = tempfile.TemporaryDirectory(prefix="layercast-front-test-")
        self.addCleanup(folder.cleanup)
        scene = Path(folder.name, "scene.yaml")
        scene.write_text(SCENE)
        token = Path(folder.name, "token")
        token.write_text(TOKEN)
        daemon = Daemon(scene, "--token-file", str(token), "--allow-host", HOST).start()
        self.addCleanup(daemon.__exit__)
        front = Front(int(daemon.address.rsplit(":", 1)[1]), certificate.chain, certificate.key)
        self.addCleanup(front.__exit__)
        front.start()
        wait_for(lambda: answers(front.port), "nginx answers")
        self.port = front.port
        self.context = ssl.create_default_context(cafile=str(authority.file))

    def reply(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = NamedConnection(self.port, self.context)
        self.addCleanup(connection.close)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": HOST, **named})
        return connection.getresponse()

    def test_clients_with_the_token_are_answered(self) -> None:
        reply = self.reply("/api/v1/scene", Authorization=f"Bearer {TOKEN}")
        body = reply.read().replace(b" ", b"")
        self.assertEqual(reply.status, 200, body)
        self.assertIn(b'"front"', body)

    def test_clients_without_it_are_not(self) -> None:
        self.assertEqual(self.reply("/api/v1/scene").status, 401)

    def test_websockets_pass(self) -> None:
        reply = self.reply(
            "/api/v1/ws",
            Authorization=f"Bearer {TOKEN}",
            Connection="Upgrade",
            Upgrade="websocket",
            Sec_WebSocket_Version="13",
            Sec_WebSocket_Key=base64.b64encode(os.urandom(16)).decode(),
        )
        self.assertEqual(reply.status, 101)


if __name__ == "__main__":
    unittest.main()
