#!/usr/bin/python3
"""Certificates of servers: outputs and sources refuse the bad ones and say why."""

import contextlib
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from daemon import Authority, Certificate, Daemon, RtmpServer, TlsProxy, WebServer, wait_for
from harness import PATIENCE_SECONDS, tool

SCENE = """version: 1
scene: show
duration: 1s
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
layers: []
"""
WITH_SOURCE = SCENE.replace(
    "layers: []",
    'layers:\n  - {id: cam, type: overlay, content: {type: video, source: "URL"}}',
)


class TlsTest(unittest.TestCase):
    authority: Authority
    certificates: dict[str, Certificate]
    # What is said of each certificate by a client that trusts `authority`.
    faults = {
        "expired": "the certificate of 127.0.0.1 has expired",
        "early": "the certificate of 127.0.0.1 is not valid yet",
        "other name": "the certificate of 127.0.0.1 is for another name",
        "self-signed": "the certificate of 127.0.0.1 is self-signed",
        "foreign": "the certificate of 127.0.0.1 is signed by an unknown authority",
    }

    @classmethod
    def setUpClass(cls) -> None:
        cls.authority = Authority()
        cls.addClassCleanup(cls.authority.close)
        foreign = Authority()
        cls.addClassCleanup(foreign.close)
        cls.certificates = {
            "good": cls.authority.certificate(),
            "expired": cls.authority.certificate(year=2021),
            "early": cls.authority.certificate(year=2048),
            "other name": cls.authority.certificate("DNS:other.example, IP:127.0.0.2"),
            "self-signed": cls.authority.self_signed(),
            "foreign": foreign.certificate(),
        }

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-tls-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)

    def trusting(self, *more: str) -> list[str]:
        return ["--tls-ca", str(self.authority.file), *more]

    def run_tool(self, name: str, *arguments: str, given: bytes = b"") -> tuple[int, str]:
        done = subprocess.run(
            [tool(name), *arguments], input=given, capture_output=True,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.decode()


class LoginServer:
    """An RTMP server over TLS that asks every client to log in with a new connection."""

    REFUSAL = b"[ AccessManager.Reject ] : [ authmod=adobe ] : [ code=403 need auth ]"

    def __init__(self, certificate: Certificate) -> None:
        self.context = certificate.context()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked = 0  # connections over which the client has spoken
        self.left = 0  # connections that the client has left before
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                try:
                    with self.context.wrap_socket(client, server_side=True) as connection:
                        self.refuse(connection)
                except OSError:
                    self.left += 1

    def refuse(self, connection: socket.socket) -> None:
        handshake = connection.makefile("rb").read(1 + 1536)
        if len(handshake) < 1 + 1536:
            raise OSError("the client has left")
        self.asked += 1
        connection.sendall(b"\x03" + bytes(1536) + handshake[1:])

        def text(value: bytes) -> bytes:
            return len(value).to_bytes(2, "big") + value

        fields = {b"level": b"error", b"description": self.REFUSAL}
        body = b"\x02" + text(b"_error") + b"\x00" + bytes.fromhex("3ff0000000000000") + b"\x05\x03"
        body += b"".join(text(name) + b"\x02" + text(value) for name, value in fields.items())
        body += b"\x00\x00\x09"
        chunks = b"\xc3".join(body[at : at + 128] for at in range(0, len(body), 128))
        connection.sendall(b"\x03" + bytes(3) + len(body).to_bytes(3, "big") + b"\x14" + bytes(4) + chunks)
        while connection.recv(4096):
            pass

    def close(self) -> None:
        self.listener.close()


class Outputs(TlsTest):
    def setUp(self) -> None:
        super().setUp()
        self.server = RtmpServer()
        self.server.start()
        self.addCleanup(self.server.__exit__)

    def url(self, certificate: str) -> str:
        proxy = TlsProxy(self.server.port, self.certificates[certificate])
        self.addCleanup(proxy.close)
        return f"rtmps://127.0.0.1:{proxy.port}/live/secret-{proxy.port}"

    def daemon(self, *arguments: str) -> Daemon:
        daemon = Daemon(self.scene, *arguments)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder / "state")}
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def test_only_the_valid_certificate_is_accepted_and_each_other_one_is_named(self) -> None:
        arguments = self.trusting()
        for certificate in self.certificates:
            arguments += ["-o", self.url(certificate)]
        daemon = self.daemon(*arguments)
        daemon.wait_for_output("cli-1", "live")
        for number, fault in enumerate(self.faults.values(), start=2):
            output = daemon.wait_for_output(f"cli-{number}", "reconnecting")
            self.assertIn(fault, output["error"])
            self.assertIn("--insecure-tls 127.0.0.1", output["error"])
            wait_for(lambda f=fault: any(f in line for line in daemon.log), f"{fault} in the log")
        self.assertNotIn("secret-", "\n".join(daemon.log))
        self.assertEqual(daemon.output("cli-1")["state"], "live")

    def test_the_systems_store_does_not_know_the_authority(self) -> None:
        daemon = self.daemon("-o", self.url("good"))
        output = daemon.wait_for_output("cli-1", "reconnecting")
        self.assertIn("is signed by an unknown authority", output["error"])

    def test_a_named_host_is_accepted_whatever_its_certificate(self) -> None:
        daemon = self.daemon(
            "-o", self.url("expired"), "-o", self.url("other name"),
            "--insecure-tls", "other.example", "--insecure-tls", "127.0.0.1",
        )  # fmt: skip
        daemon.wait_for_output("cli-1", "live")
        daemon.wait_for_output("cli-2", "live")

    def test_one_output_may_accept_any_certificate(self) -> None:
        url = self.url("self-signed")
        outputs = "".join(
            f"\n  - {{id: {name}, url: {url}-{name}{more}}}"
            for name, more in (("lenient", ", insecure_tls: true"), ("strict", ""))
        )
        self.scene.write_text(f"{SCENE}outputs:{outputs}\n")
        daemon = self.daemon()
        daemon.wait_for_output("lenient", "live")
        self.assertIn("is self-signed", daemon.wait_for_output("strict", "reconnecting")["error"])
        bad = {"id": "other", "url": url, "insecure_tls": True}
        reply = daemon.call("POST", "/api/v1/outputs", bad)
        self.assertEqual(reply.status, 403, reply)
        self.assertIn("insecure_tls", reply.body.decode())
        scene = daemon.get("/api/v1/scene")
        scene["outputs"] = [{"id": "lenient", "url": f"{url}-lenient"}]
        reply = daemon.call("PUT", "/api/v1/scene", scene)
        self.assertEqual(reply.status, 200, reply)
        self.assertIn("is self-signed", daemon.wait_for_output("lenient", "reconnecting")["error"])

    def test_another_named_host_changes_nothing(self) -> None:
        daemon = self.daemon("-o", self.url("self-signed"), "--insecure-tls", "other.example")
        output = daemon.wait_for_output("cli-1", "reconnecting")
        self.assertIn("is self-signed", output["error"])

    def test_a_server_without_tls_is_named(self) -> None:
        daemon = self.daemon("-o", f"rtmps://127.0.0.1:{self.server.port}/live/x")
        output = daemon.wait_for_output("cli-1", "reconnecting")
        self.assertRegex(output["error"], "TLS handshake failed|closed the connection")

    def test_a_login_sends_nothing_over_a_connection_that_is_not_verified(self) -> None:
        login = LoginServer(self.certificates["good"])
        self.addCleanup(login.close)
        url = f"rtmps://me:pass-word@127.0.0.1:{login.port}/live/x"
        daemon = self.daemon("-o", url, *self.trusting())
        output = daemon.wait_for_output("cli-1", "reconnecting")
        self.assertIn("asks for the login on a second connection", output["error"])
        wait_for(lambda: login.left > 0, "the second connection left")
        self.assertNotIn("pass-word", "\n".join(daemon.log))
        daemon.end()
        accepting = LoginServer(self.certificates["good"])
        self.addCleanup(accepting.close)
        url = f"rtmps://me:pass-word@127.0.0.1:{accepting.port}/live/x"
        self.daemon("-o", url, "--insecure-tls", "127.0.0.1")
        wait_for(lambda: accepting.asked > 1, "the second connection")
        self.assertEqual(accepting.left, 0)

    def test_encode_refuses_as_well(self) -> None:
        frames = bytes(160 * 90 * 4) * 3
        shape = ["--size", "160x90", "--fps", "25"]
        status, said = self.run_tool(
            "encode", *self.trusting(*shape, "-o", self.url("expired")), given=frames
        )
        self.assertEqual(status, 1, said)
        self.assertIn("has expired", said)
        status, said = self.run_tool(
            "encode", *self.trusting(*shape, "-o", self.url("good")), given=frames
        )
        self.assertEqual(status, 0, said)


class Sources(TlsTest):
    stream: bytes

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.stream = subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=orange:s=160x90:r=25:d=2",
             "-c:v", "libx264", "-g", "25", "-f", "mpegts", "-"],
            check=True, capture_output=True,
        ).stdout  # fmt: skip

    def web(self, certificate: str) -> WebServer:
        web = WebServer(self.certificates[certificate])
        self.addCleanup(web.close)
        web.files["/a.ts"] = self.stream
        return web

    def shown(self, url: str, *options: str) -> tuple[int, str]:
        """Renders the source's first picture."""
        self.scene.write_text(WITH_SOURCE.replace("URL", url))
        picture = str(self.folder / "frame.png")
        return self.run_tool(
            "render-frames", str(self.scene), "-o", picture, "--at", "0", *options
        )

    def assert_shown(self, url: str, *options: str) -> None:
        status, said = self.shown(url, *options)
        self.assertEqual(status, 0, said)

    def assert_refused(self, reason: str, url: str, *options: str) -> None:
        status, said = self.shown(url, *options)
        self.assertNotEqual(status, 0, said)
        self.assertIn(reason, said)

    def test_only_the_valid_certificate_is_accepted_and_each_other_one_is_named(self) -> None:
        self.assert_shown(self.web("good").root + "/a.ts", *self.trusting())
        for certificate, fault in self.faults.items():
            with self.subTest(certificate):
                web = self.web(certificate)
                self.assert_refused(fault, web.root + "/a.ts", *self.trusting())
                self.assertEqual(web.asked, [])

    def test_a_named_host_is_accepted(self) -> None:
        url = self.web("self-signed").root + "/a.ts"
        self.assert_refused("is self-signed", url)
        self.assert_shown(url, "--insecure-tls", "127.0.0.1")

    def test_a_redirection_leads_to_no_bad_server(self) -> None:
        bad, good = self.web("expired"), self.web("good")
        first = self.web("good")
        first.files["/bad"] = bad.root + "/a.ts"
        first.files["/good"] = good.root + "/a.ts"
        self.assert_shown(first.root + "/good", *self.trusting())
        self.assert_refused("the certificate of 127.0.0.1", first.root + "/bad", *self.trusting())
        self.assertEqual(bad.asked, [])
        plain = WebServer()
        self.addCleanup(plain.close)
        plain.files["/bad"] = bad.root + "/a.ts"
        self.assert_refused("the certificate of 127.0.0.1", plain.root + "/bad", *self.trusting())
        self.assertEqual(bad.asked, [])

    def test_segments_of_a_playlist_come_from_no_bad_server(self) -> None:
        bad, good = self.web("self-signed"), self.web("good")
        playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\n{}/a.ts\n#EXT-X-ENDLIST\n"
        good.files["/good.m3u8"] = playlist.format(good.root).encode()
        good.files["/bad.m3u8"] = playlist.format(bad.root).encode()
        self.assert_shown(good.root + "/good.m3u8", *self.trusting())
        status, said = self.shown(good.root + "/bad.m3u8", *self.trusting())
        self.assertNotEqual(status, 0, said)
        self.assertIn("/bad.m3u8", good.asked)
        self.assertEqual(bad.asked, [])

    def test_rtsps_cannot_be_verified_and_is_refused(self) -> None:
        self.assert_refused("cannot be verified", "rtsps://127.0.0.1:9/a")


class Options(TlsTest):
    def refused(self, message: str, *options: str) -> None:
        for name in ("streamd", "render-frames"):
            status, said = self.run_tool(name, str(self.scene), *options)
            self.assertNotEqual(status, 0, said)
            self.assertIn(message, said)

    def test_wrong_values_are_named(self) -> None:
        self.refused("--insecure-tls", "--insecure-tls", "https://a.example")
        self.refused("--insecure-tls", "--insecure-tls", "a.example:443")
        self.refused("cannot read the certificates", "--tls-ca", str(self.folder / "none.pem"))
        self.refused("contains no certificate", "--tls-ca", str(self.scene))

    def test_the_configuration_shows_them(self) -> None:
        status, said = self.run_tool(
            "streamd", str(self.scene), "--print-config", "--insecure-tls", "a.example"
        )
        self.assertEqual(status, 0, said)


if __name__ == "__main__":
    unittest.main()
