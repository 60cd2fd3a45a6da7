"""streamd and its clients: few descriptors, tokens, and the Unix socket, which layerctl uses, too."""

import contextlib
import os
import resource
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from daemon import Daemon, wait_for
from harness import PATIENCE_SECONDS, tool

SCENE = """version: 1
scene: clients
canvas: {width: 64, height: 36, fps: 30, background: "#204060"}
layers:
  - {id: box, type: overlay, size: [30, 20], content: {type: color, color: "#ff8000"}}
"""

READS, OPERATES, RULES = ("token-that-reads", "token-that-operates", "token-that-rules")
ROLES = f"""# Of the studio.
read     wall  {READS}
operate  desk  {OPERATES}

admin    lars  {RULES}
"""

# Connects as the user `nobody`, and tells what the server answers.
CONNECT_AS_NOBODY = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
try:
    client.sendall(b"GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
    print(client.recv(100).decode())
except OSError:
    pass
"""


class ClientsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-clients-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)
        self.path = self.folder / "control.sock"
        self.url = f"unix:{self.path}"

    def daemon(self, *arguments: str, start: bool = True) -> Daemon:
        daemon = Daemon(self.scene, *arguments)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start() if start else daemon

    def token(self, text: str) -> str:
        path = self.folder / "token"
        path.write_text(text)
        return str(path)

    def layerctl(
        self, *words: str, token: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        environment = os.environ if token is None else {**os.environ, "LAYERCAST_TOKEN": token}
        return subprocess.run(
            [tool("layerctl"), *words], capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS, env=environment,
        )  # fmt: skip

    def told(self, *words: str) -> str:
        done = self.layerctl("--url", self.url, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_idle_clients_leave_descriptors_for_outputs(self) -> None:
        daemon = self.daemon(start=False)
        daemon.command = ["prlimit", "--nofile=256:256", *daemon.command]
        daemon.start()
        port = int(daemon.address.rsplit(":", 1)[1])
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1024), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

        def answered(client: socket.socket) -> bytes:
            try:
                client.sendall(request)
                return client.recv(4096)
            except OSError:
                return b""

        clients = []
        for _ in range(300):
            client = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
            self.addCleanup(client.close)
            clients.append(client)
        served = [client for client in clients if answered(client).startswith(b"HTTP/1.1 200")]
        self.assertGreater(len(served), 20)
        self.assertLess(len(served), 200)
        assert daemon.process is not None
        descriptors = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
        self.assertLess(descriptors, 256 - 100)

        # By a connection that is open already.
        body = b'{"id": "file", "url": "%s"}' % str(self.folder / "file.mkv").encode()
        served[0].sendall(
            b"POST /api/v1/outputs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
            b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        self.assertIn(b" 201 ", served[0].recv(4096))
        wait_for(lambda: (self.folder / "file.mkv").exists(), "a recording")
        self.assertTrue(answered(served[1]).startswith(b"HTTP/1.1 200"))
        for client in clients:
            client.close()

        def is_live() -> bool:
            try:
                return bool(daemon.output("file")["state"] == "live")
            except OSError:  # until the connections have ended
                return False

        wait_for(is_live, "a live recording")
        self.assertGreater(
            float(
                next(
                    line.split()[1]
                    for line in daemon.call("GET", "/metrics").body.decode().splitlines()
                    if line.startswith("layercast_connections_refused_total")
                )
            ),
            99,
        )

    def test_a_short_token_is_warned_of(self) -> None:
        for token, is_warned in (("12345678", True), ("0123456789abcdef", False)):
            daemon = self.daemon("--token-file", self.token(token))
            warned = any("fewer than 16 characters" in line for line in daemon.log)
            self.assertEqual(warned, is_warned, daemon.log)
            self.assertFalse(any(token in line for line in daemon.log))
            daemon.end()

    def test_a_token_file_that_others_can_read_is_warned_of(self) -> None:
        path = Path(self.token("0123456789abcdef"))
        for mode, is_warned in ((0o600, False), (0o640, False), (0o644, True), (0o602, True)):
            path.chmod(mode)
            daemon = self.daemon("--token-file", str(path))
            warned = any("other users can read or change" in line for line in daemon.log)
            self.assertEqual(warned, is_warned, (oct(mode), daemon.log))
            daemon.end()

    def test_a_token_has_a_role(self) -> None:
        daemon = self.daemon("--token-file", self.token(ROLES))
        self.assertTrue(any("read wall, operate desk, admin lars" in line for line in daemon.log))

        def status(token: str, method: str, path: str, body: object = None) -> int:
            reply = daemon.call(method, path, body, Authorization=f"Bearer {token}")
            return int(reply.status)

        output = {"id": "file", "url": str(self.folder / "file.mkv")}
        for method, path, body, wanted in (
            ("GET", "/api/v1/scene", None, (200, 200, 200)),
            ("GET", "/metrics", None, (200, 200, 200)),
            ("PATCH", "/api/v1/layers/box", {"opacity": 0.5}, (403, 200, 200)),
            ("POST", "/api/v1/stream/pause", None, (403, 200, 200)),
            ("POST", "/api/v1/outputs", output, (403, 403, 201)),
            ("DELETE", "/api/v1/outputs/file", None, (403, 403, 200)),
            ("PATCH", "/api/v1/scene", {"canvas": {"background": "red"}}, (403, 403, 200)),
        ):
            got = tuple(status(token, method, path, body) for token in (READS, OPERATES, RULES))
            self.assertEqual(got, wanted, (method, path))
        reply = daemon.call("DELETE", "/api/v1/layers/box", Authorization=f"Bearer {READS}")
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        self.assertEqual(
            reply.json()["detail"], "this needs the role operate; the token wall has the role read"
        )
        url = ("--url", daemon.address)
        self.assertIn("box", self.layerctl(*url, "ls", token=READS).stdout)
        done = self.layerctl(*url, "set", "box", "opacity=1", token=READS)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("this needs the role operate", done.stderr)
        self.assertEqual(self.layerctl(*url, "hide", "box", token=OPERATES).returncode, 0)
        for secret in (READS, OPERATES, RULES):
            self.assertFalse(any(secret in line for line in daemon.log), daemon.log)

    def test_wrong_tokens_do_not_lock_out_a_right_one(self) -> None:
        daemon = self.daemon("--token-file", self.token(ROLES))
        statuses = [
            daemon.call("GET", "/api/v1/scene", Authorization="Bearer guess-of-somebody").status
            for _ in range(40)
        ]
        self.assertEqual(statuses[:20], [401] * 20)
        self.assertIn(429, statuses[20:])
        for token in (READS, OPERATES, RULES):
            reply = daemon.call("GET", "/api/v1/scene", Authorization=f"Bearer {token}")
            self.assertEqual(reply.status, 200)

    def test_sighup_reads_the_tokens_again(self) -> None:
        path = Path(self.token(ROLES))
        daemon = self.daemon("--token-file", str(path))
        assert daemon.process is not None
        watching = subprocess.Popen(
            [tool("layerctl"), "--url", daemon.address, "watch"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "LAYERCAST_TOKEN": OPERATES},
        )  # fmt: skip
        self.addCleanup(watching.wait)
        self.addCleanup(watching.kill)
        assert watching.stdout is not None
        self.assertIn("scene", watching.stdout.readline())

        def status(token: str) -> int:
            reply = daemon.call("GET", "/api/v1/scene", Authorization=f"Bearer {token}")
            return int(reply.status)

        # What is wrong with it is told, and the former tokens stay.
        path.write_text(f"read wall {READS}\noperator desk {OPERATES}\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any(f"{path}:2: expected ROLE" in line for line in daemon.log), "told")
        self.assertEqual((status(READS), status(OPERATES), status(RULES)), (200, 200, 200))

        path.write_text(f"read wall {READS}\nadmin lars {RULES}-new\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: status(f"{RULES}-new") == 200, "a new token")
        self.assertEqual((status(READS), status(OPERATES), status(RULES)), (200, 401, 401))
        # An open connection ends, too, and is refused when it comes back.
        _, told = watching.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(watching.returncode, 1, told)
        self.assertIn("the token is wrong", told)
        wait_for(lambda: any("(token desk)" in line for line in daemon.log), "logged")
        for secret in (READS, OPERATES, RULES):
            self.assertFalse(any(secret in line for line in daemon.log), daemon.log)

    def test_a_wrong_token_file_is_refused_without_its_tokens(self) -> None:
        for text, fault in (
            (f"read wall {READS}\nadmin {RULES}\n", ":2: expected ROLE NAME TOKEN"),
            (f"{READS}\n{RULES}\n", ":1: expected ROLE NAME TOKEN"),
            (f"read wall {READS}\n\nadmin lars {READS}\n", ":3: the token is that of line 1"),
            ("admin lars short\n", ":1: contains no valid token"),
            ("# none\n", ": contains no token"),
        ):
            done = subprocess.run(
                [tool("streamd"), str(self.scene), "--state", "memory:", "--token-file",
                 self.token(text)],
                capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(fault, done.stderr)
            for secret in (READS, RULES, "short"):
                self.assertNotIn(secret, done.stderr)

    def test_the_unix_socket_is_served_beside_tcp(self) -> None:
        daemon = self.daemon("--listen", self.url, "--token-file", self.token("0123456789abcdef"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        wait_for(lambda: any(self.url in line for line in daemon.log), "logged")
        self.assertEqual(daemon.call("GET", "/api/v1/scene").status, 401)
        # The kernel has told who the client is: it needs no token.
        self.assertIn("box", self.told("ls"))
        self.told("set", "box", "opacity=0.5", "--wait")
        self.assertIn("0.5", self.told("get", "box", "--json"))
        watching = subprocess.Popen(
            [tool("layerctl"), "--url", self.url, "watch"], stdout=subprocess.PIPE
        )
        self.addCleanup(watching.wait)
        self.addCleanup(watching.kill)
        assert watching.stdout is not None
        self.addCleanup(watching.stdout.close)
        ready, _, _ = select.select([watching.stdout], [], [], PATIENCE_SECONDS)
        self.assertTrue(ready)
        self.assertTrue(os.read(watching.stdout.fileno(), 4096))
        self.assertEqual(daemon.end(), 0)
        self.assertFalse(self.path.exists())
        done = self.layerctl("--url", self.url, "ls")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("no daemon answers", done.stderr)

    def test_the_socket_of_a_dead_daemon_is_replaced(self) -> None:
        self.daemon("--listen", self.url).end(signal.SIGKILL)
        self.assertTrue(self.path.exists())
        self.daemon("--listen", self.url)
        self.assertIn("box", self.told("ls"))
        # That of a living one is not.
        second = subprocess.run(
            [tool("streamd"), str(self.scene), "--state", "memory:", "--listen", self.url],
            capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("another process listens on this socket", second.stderr)
        self.assertIn("box", self.told("ls"))

    def test_other_files_are_not_replaced(self) -> None:
        self.path.write_text("mine")
        done = subprocess.run(
            [tool("streamd"), str(self.scene), "--state", "memory:", "--listen", self.url],
            capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("not a socket", done.stderr)
        self.assertEqual(self.path.read_text(), "mine")

    def test_without_tcp_there_is_no_port(self) -> None:
        daemon = self.daemon(start=False)
        listen = daemon.command.index("--listen")
        daemon.command[listen + 1] = self.url
        process = subprocess.Popen(daemon.command, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        assert process.stderr is not None
        self.addCleanup(process.stderr.close)
        for line in process.stderr:
            self.assertNotIn("http://", line)
            if f"listening on {self.url}" in line:
                break
        self.assertIn("box", self.told("ls"))
        table = Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()[1:]
        inodes = set()
        for entry in Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                inodes.add(os.readlink(entry))
        listening = {f"socket:[{row.split()[9]}]" for row in table if row.split()[3] == "0A"}
        self.assertFalse(inodes & listening)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_other_users_are_refused(self) -> None:
        self.daemon("--listen", self.url)
        self.folder.chmod(0o755)
        self.path.chmod(0o666)  # as if an administrator had opened it
        done = subprocess.run(
            [sys.executable, "-c", CONNECT_AS_NOBODY, str(self.path)],
            capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        self.assertEqual(done.stdout.strip(), "")
        self.assertIn("box", self.told("ls"))


if __name__ == "__main__":
    unittest.main()
