"""A streamd under test, and the real servers around it, each on a free port of the loopback."""

import asyncio
import contextlib
import ctypes
import http.server
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from harness import PATIENCE_SECONDS, tool

NGINX_RTMP = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log info;
events {{ worker_connections 128; }}
rtmp {{ access_log off; server {{ listen 127.0.0.1:{port}; chunk_size 4096;
  application live {{ live on; record {record}; record_path {folder}; record_unique on;
    drop_idle_publisher 10s; {segments} }} }} }}
{web}
"""
NGINX_SEGMENTS = "hls on; hls_path {folder}/hls; hls_fragment 1s; hls_playlist_length 4s;"
NGINX_WEB = """http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{web_port}; location /hls {{ root {folder}; }} }} }}
"""


def die_with_parent() -> None:
    """In a child before it becomes another program: it ends when its parent does."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    condition: Callable[[], Any], what: str | Callable[[], str], seconds: float = PATIENCE_SECONDS
) -> Any:
    """The first true value of `condition`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: not {what if isinstance(what, str) else what()}")
        time.sleep(0.01)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_of(parent: int) -> list[int]:
    """The decoding helpers of a tool, and their jobs; with zombies."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent:
                found += [int(entry.name), *processes_of(int(entry.name))]
    return found


class Server:
    """A program that listens on a port; killed at the latest when the test ends."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="layercast-server-")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        with Path(self.folder.name, "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, preexec_fn=die_with_parent
            )
        wait_for(lambda: answers(self.port), f"answering on port {self.port}")

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.folder.cleanup()


class RtmpServer(Server):
    """nginx with its RTMP module: takes streams under /live/NAME and plays them back.
    On `web_port`, if there is one, also as HLS: /hls/NAME.m3u8.
    """

    def __init__(self, port: int | None = None, record: str = "off") -> None:
        super().__init__(port)
        self.record = record
        self.web_port: int | None = None

    def command(self) -> list[str]:
        names = {"folder": self.folder.name, "web_port": self.web_port}
        segments, web = (
            part.format(**names) if self.web_port else "" for part in (NGINX_SEGMENTS, NGINX_WEB)
        )
        folder = self.folder.name
        config = Path(folder, "nginx.conf")
        config.write_text(
            NGINX_RTMP.format(
                folder=folder, port=self.port, record=self.record, segments=segments, web=web
            )
        )
        return ["/usr/sbin/nginx", "-e", f"{folder}/error.log", "-p", folder, "-c", str(config)]

    def url(self, name: str = "key") -> str:
        return f"rtmp://127.0.0.1:{self.port}/live/{name}"


class Certificate(NamedTuple):
    key: Path
    chain: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


OPENSSL_CA = """[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


class Authority:
    """A certificate authority, whose own certificate is `file`."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="layercast-ca-")
        self.key, self.file = self.path("ca.key"), self.path("ca.pem")
        self.path("ca.cnf").write_text(OPENSSL_CA.format(folder=self.folder.name))
        self.path("index.txt").write_text("")
        self.path("serial").write_text("01")
        self.made = 0
        self.openssl(
            "req", "-x509", *self.new_key(self.key), "-days", "2", "-out", self.file,
            "-subj", "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE",
        )  # fmt: skip

    def path(self, name: str) -> Path:
        return Path(self.folder.name, name)

    @staticmethod
    def openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    @staticmethod
    def new_key(path: Path) -> list[str | Path]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]

    def certificate(self, name: str = "IP:127.0.0.1", year: int = 0) -> Certificate:
        """For a server of this name; valid now, or only in `year`."""
        self.made += 1
        key, request, chain, extra = (
            self.path(f"{self.made}.{kind}") for kind in ("key", "csr", "pem", "ext")
        )
        extra.write_text(f"subjectAltName = {name}\n")
        self.openssl("req", "-new", *self.new_key(key), "-subj", "/CN=server", "-out", request)
        first, last = (year, year) if year else (2020, 2049)
        self.openssl(
            "ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-cert", self.file,
            "-keyfile", self.key, "-in", request, "-out", chain, "-extfile", extra,
            "-startdate", f"{first}0101000000Z", "-enddate", f"{last}1231000000Z",
        )  # fmt: skip
        return Certificate(key, chain)

    def self_signed(self, name: str = "IP:127.0.0.1") -> Certificate:
        self.made += 1
        key, chain = self.path(f"{self.made}.key"), self.path(f"{self.made}.pem")
        self.openssl(
            "req", "-x509", *self.new_key(key), "-days", "2", "-out", chain,
            "-subj", "/CN=server", "-addext", f"subjectAltName={name}",
        )  # fmt: skip
        return Certificate(key, chain)

    def close(self) -> None:
        self.folder.cleanup()


class TlsProxy:
    """Takes connections over TLS and passes them on in the clear."""

    def __init__(self, target: int, certificate: Certificate) -> None:
        self.target = target
        self.port = free_port()
        self.context = certificate.context()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.serve, daemon=True).start()
        wait_for(lambda: answers(self.port), f"answering on port {self.port}")

    def change_certificate(self, certificate: Certificate) -> None:
        """For the connections that follow."""
        self.context.load_cert_chain(certificate.chain, certificate.key)

    def serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(
            asyncio.start_server(self.take, "127.0.0.1", self.port, ssl=self.context)
        )
        self.loop.run_forever()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))

    @staticmethod
    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)


class WebServer:
    """Serves `files`, by path; over TLS if it has a certificate. A file that is a URL redirects.
    While `answers` is cleared, no request gets an answer.
    """

    def __init__(self, certificate: Certificate | None = None) -> None:
        self.files: dict[str, bytes | str] = {}
        self.asked: list[str] = []
        self.answers = threading.Event()
        self.answers.set()
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.answers.wait()
                found = web.files.get(self.path)
                self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
                if isinstance(found, str):
                    self.send_header("Location", found)
                content = found if isinstance(found, bytes) else b""
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if certificate is not None:
            # The handshake belongs to the thread of the connection.
            self.server.socket = certificate.context().wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.root = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()


class Publisher:
    """An ffmpeg that sends a test picture, and a tone if it has one, to an RTMP URL."""

    def __init__(self, url: str, fps: int = 15, tone_hertz: int | None = 300) -> None:
        self.url, self.fps, self.tone_hertz = url, fps, tone_hertz
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.stop()
        tone = f"sine=f={self.tone_hertz}:r=44100"
        sound = [] if self.tone_hertz is None else ["-f", "lavfi", "-i", tone]
        self.process = subprocess.Popen(
            ["nice", "-n", "5", "ffmpeg", "-v", "quiet", "-re",
             "-f", "lavfi", "-i", f"testsrc=s=160x90:r={self.fps}", *sound,
             "-c:v", "libx264", "-preset", "ultrafast",
             "-tune", "zerolatency", "-threads", "1", "-g", str(self.fps), "-pix_fmt", "yuv420p",
             "-c:a", "aac", "-f", "flv", self.url],
            stdin=subprocess.DEVNULL, preexec_fn=die_with_parent,
        )  # fmt: skip

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class TcpServer:
    """Calls `serve` with each client of a free port, one after another, on a thread of its own."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.serve(client)

    def serve(self, client: socket.socket) -> None:
        raise NotImplementedError


class Proxy(TcpServer):
    """Passes a connection on to a server, at most so many bytes a second."""

    def __init__(self, target: int, bytes_per_second: float, buffer_bytes: int = 16384) -> None:
        self.target = target
        self.buffer_bytes = buffer_bytes
        self.bytes_per_second = bytes_per_second
        self.sockets: list[socket.socket] = []
        super().__init__()

    def serve(self, client: socket.socket) -> None:
        # Small buffers: what is slow is felt at once.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer_bytes)
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        self.sockets += [client, server]
        threading.Thread(target=self.pump, args=[client, server], daemon=True).start()
        threading.Thread(target=self.pump, args=[server, client], daemon=True).start()

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while chunk := source.recv(4096):
                target.sendall(chunk)
                time.sleep(len(chunk) / self.bytes_per_second)
        except OSError:
            pass
        finally:
            source.close()
            target.close()

    def close(self) -> None:
        self.listener.close()
        for each in self.sockets:
            each.close()


class RedisServer(Server):
    def command(self) -> list[str]:
        return [
            "/usr/bin/redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
            "--dir", self.folder.name, "--save", "", "--appendonly", "no",
        ]  # fmt: skip

    def cli(self, *words: str) -> str:
        done = subprocess.run(
            ["/usr/bin/redis-cli", "-p", str(self.port), *words],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True,
        )  # fmt: skip
        return done.stdout.strip()


class Daemon:
    """streamd on a scene file. `log` is what it has said so far."""

    def __init__(self, scene: Path | str, *arguments: str, state: str = "memory:") -> None:
        self.command = [
            tool("streamd"), str(scene), "--listen", "127.0.0.1:0", "--state", state, *arguments,
        ]  # fmt: skip
        self.environment: dict[str, str] = {}
        self.log: list[str] = []
        self.address = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Daemon":
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            preexec_fn=die_with_parent, env={**os.environ, **self.environment},
        )  # fmt: skip
        self.address = ""
        self.reader = threading.Thread(target=self.read_log, args=[self.process])
        self.reader.start()
        wait_for(lambda: self.address or self.process.poll() is not None, "listening")
        if not self.address:
            raise AssertionError("streamd ended:\n" + "\n".join(self.log))
        return self

    def read_log(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.log.append(line.rstrip())
            if found := re.search(r"listening on (http://\S+?)/?$", line.rstrip()):
                self.address = found[1]

    def end(self, number: int = signal.SIGTERM, seconds: float = PATIENCE_SECONDS) -> int:
        """Sends a signal and gives the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(seconds)
        self.reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.process = None
        return status

    def __enter__(self) -> "Daemon":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.end(signal.SIGKILL)

    # ---- The API --------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> "Reply":
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return Reply(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, dict(error.headers), error.read())

    def get(self, path: str) -> Any:
        reply = self.call("GET", path)
        assert reply.status == 200, reply
        return reply.json()

    def snapshot(self) -> "Reply":
        """A PNG of what is on air. The answer is 503 until the first frame: it asks until it is 200."""
        reply: Reply | None = None

        def is_there() -> bool:
            nonlocal reply
            reply = self.call("GET", "/api/v1/snapshot.png")
            if reply.status not in (200, 503):
                raise AssertionError(f"a snapshot: {reply}")
            return reply.status == 200

        wait_for(is_there, lambda: f"a snapshot: {reply}\n" + "\n".join(self.log))
        assert reply is not None
        return reply

    def status(self) -> Any:
        return self.get("/api/v1/status")

    def dropped(self) -> int:
        """Frames that were never encoded: a machine with much else to do misses some."""
        return sum(self.status()["frames"]["dropped"].values())

    def output(self, output_id: str) -> Any:
        return next(o for o in self.get("/api/v1/outputs")["outputs"] if o["id"] == output_id)

    def wait_for_output(self, output_id: str, state: str, seconds: float = 20) -> Any:
        return wait_for(
            lambda: (o := self.output(output_id))["state"] == state and o,
            lambda: f"output {output_id} {state}: {self.output(output_id)}",
            seconds,
        )


class Reply:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:500]!r}"


def probe(source: str | Path, *entries: str) -> Any:
    """What ffprobe says of a stream or file; nothing when it cannot be read."""
    patience = ["-rw_timeout", "20000000"] if "://" in str(source) else []
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", *patience, *entries, str(source)],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    return json.loads(done.stdout or "{}")


def frames_missing(path: Path, fps: float) -> tuple[int, int]:
    """How many video frames a recording holds, and how many are missing between them."""
    packets = probe(path, "-select_streams", "v", "-show_packets").get("packets", [])
    indices = sorted(round(float(packet["pts_time"]) * fps) for packet in packets)
    span = indices[-1] - indices[0] + 1 if indices else 0
    return len(indices), span - len(set(indices))
