#!/usr/bin/python3
"""What network clients cannot make streamd open, overwrite or write to its log."""

import json
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

from daemon import Daemon, Reply, WebServer, free_port, wait_for
from harness import pixel, plain_png, tool

GREEN, BLUE = (0, 192, 64, 255), (16, 32, 208, 255)


class ClientLimits(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-limits-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.assets = self.folder / "assets"
        self.assets.mkdir()
        self.state = f"sqlite:{self.folder}/state.db"

    def daemon(self, *arguments: str, layers: str = "", outputs: str = "") -> Daemon:
        scene = self.folder / "scene.yaml"
        scene.write_text(
            "version: 1\nscene: limits\n"
            'canvas: {width: 160, height: 90, fps: 25, background: "#204060"}\n'
            f"layers:\n{layers or '  []'}\n" + (f"outputs:\n{outputs}\n" if outputs else "")
        )
        daemon = Daemon(scene, "--assets", str(self.assets), *arguments, state=self.state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start()

    @staticmethod
    def layer(content: str, source: str, layer_id: str = "own") -> dict[str, Any]:
        return {"id": layer_id, "type": "overlay", "size": [40, 40],
                "transform": {"position": [20, 20]},
                "content": {"type": content, "source": source}}  # fmt: skip

    def add(self, daemon: Daemon, content: str, source: str, layer_id: str = "own") -> Reply:
        return daemon.call("POST", "/api/v1/layers", self.layer(content, source, layer_id))

    def assert_refused(self, reply: Reply, *words: str) -> None:
        self.assertEqual(reply.status, 403, reply)
        for word in words:
            self.assertIn(word, reply.body.decode())

    def wait_for_failure(self, daemon: Daemon, *words: str, layer: str = "own") -> None:
        def failure() -> str:
            return str(daemon.get(f"/api/v1/layers/{layer}/run")["failure"])

        wait_for(
            lambda: all(word in failure() for word in words),
            lambda: f"{words} in {failure()}\n" + "\n".join(daemon.log),
        )

    def wait_for_color(self, daemon: Daemon, color: tuple[int, ...]) -> None:
        def shown() -> tuple[int, ...]:
            picture = self.folder / "snapshot.png"
            picture.write_bytes(daemon.snapshot().body)
            rgba = subprocess.run(
                ["ffmpeg", "-v", "error", "-i", picture, "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
                check=True, capture_output=True,
            ).stdout  # fmt: skip
            return tuple(pixel(rgba, 40, 40))

        wait_for(
            lambda: all(abs(a - b) <= 3 for a, b in zip(shown(), color)),
            lambda: f"{color}: {shown()}\n" + "\n".join(daemon.log),
        )


class Files(ClientLimits):
    def setUp(self) -> None:
        super().setUp()
        self.outside = self.folder / "secret.png"
        self.outside.write_bytes(plain_png(40, 40, BLUE))
        (self.assets / "f1.png").write_bytes(plain_png(40, 40, GREEN))

    def test_of_a_pattern_lie_in_the_assets_folder_when_it_is_named(self) -> None:
        daemon = self.daemon()
        self.assertEqual(self.add(daemon, "frames", "assets/f*.png", "fine").status, 201)
        (self.assets / "l1.png").symlink_to(self.outside)
        for pattern in ("assets/l*.png", "assets/l?.png", "assets/l[0-9].png", "assets/l%d.png"):
            self.assert_refused(self.add(daemon, "frames", pattern), "pattern", "assets folder")

    def test_of_a_pattern_lie_in_the_assets_folder_when_they_are_read(self) -> None:
        daemon = self.daemon()
        self.assertEqual(self.add(daemon, "frames", "assets/f*.png").status, 201)
        self.wait_for_color(daemon, GREEN)
        (self.assets / "f1.png").unlink()
        (self.assets / "f0.png").symlink_to(self.outside)
        self.wait_for_failure(daemon, "f0.png", "out of the assets folder")

    def test_that_become_links_are_not_read(self) -> None:
        daemon = self.daemon()
        self.assertEqual(self.add(daemon, "image", "assets/f1.png").status, 201)
        self.wait_for_color(daemon, GREEN)
        (self.assets / "f1.png").unlink()
        (self.assets / "f1.png").symlink_to(self.outside)
        self.wait_for_failure(daemon, "f1.png", "out of the assets folder")

    def test_that_the_author_names_are_free(self) -> None:
        (self.assets / "f1.png").unlink()
        (self.assets / "f1.png").symlink_to(self.outside)
        author = json.dumps(self.layer("frames", "assets/f*.png"))
        daemon = self.daemon(layers=f"  - {author}")
        self.wait_for_color(daemon, BLUE)
        # After a restart, too, and in a layer of a client.
        daemon.end()
        daemon = self.daemon(layers=f"  - {author}")
        self.wait_for_color(daemon, BLUE)
        self.assertEqual(self.add(daemon, "frames", "assets/f*.png", "again").status, 201)
        self.assert_refused(self.add(daemon, "frames", "assets/f?.png", "other"))


class Hosts(ClientLimits):
    def setUp(self) -> None:
        super().setUp()
        self.web = WebServer()
        self.addCleanup(self.web.close)
        self.web.files["/a.png"] = plain_png(40, 40, GREEN)
        self.port = self.web.root.rsplit(":", 1)[1]

    def test_that_are_private_are_refused_with_the_remedy(self) -> None:
        daemon = self.daemon()
        for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]",
                     "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"):  # fmt: skip
            for content in ("image", "video"):
                reply = self.add(daemon, content, f"http://{host}:{self.port}/a.png")
                name = host.strip("[]")
                self.assert_refused(reply, "not a public address", f"--allow-source {name}")
        self.assertEqual(self.web.asked, [])
        done = subprocess.run(
            [tool("layerctl"), "--url", daemon.address, "create", "overlay", "--id", "x",
             "content.type=image", f"content.source={self.web.root}/a.png"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--allow-source 127.0.0.1", done.stderr)

    def test_no_source_makes_the_machine_listen(self) -> None:
        daemon = self.daemon()
        port = free_port()
        for source in (f"srt://0.0.0.0:{port}?mode=listener", f"udp://0.0.0.0:{port}",
                       f"rtp://0.0.0.0:{port}", f"rtmp://a.example:{port}/live/x?listen=1"):  # fmt: skip
            self.assert_refused(self.add(daemon, "video", source), "listen on a port")
        output = {"id": "own", "url": f"srt://0.0.0.0:{port}?mode=listener"}
        reply = daemon.call("POST", "/api/v1/outputs", output)
        self.assert_refused(reply, "listen on a port")

    def test_are_allowed_by_the_option(self) -> None:
        daemon = self.daemon("--allow-source", "127.0.0.1", "--allow-source", "10.0.0.0/8")
        self.assertEqual(self.add(daemon, "image", self.web.root + "/a.png").status, 201)
        self.wait_for_color(daemon, GREEN)
        for number, source in enumerate((f"udp://127.0.0.1:{free_port()}", "http://10.1.2.3/a.ts")):
            self.assertEqual(self.add(daemon, "video", source, f"v{number}").status, 201)
        self.assert_refused(self.add(daemon, "image", f"http://127.0.0.2:{self.port}/a.png", "x"))

    def test_of_redirections_are_checked_too(self) -> None:
        self.web.files["/inside"] = f"http://127.0.0.2:{self.port}/a.png"
        self.web.files["/inside.m3u8"] = f"http://127.0.0.2:{self.port}/a.m3u8"
        self.web.files["/list.m3u8"] = (
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"
            f"http://127.0.0.2:{self.port}/a.ts\n#EXT-X-ENDLIST\n"
        ).encode()
        daemon = self.daemon("--allow-source", "127.0.0.1")
        for number, (content, path) in enumerate(
            (("image", "/inside"), ("video", "/inside.m3u8"), ("video", "/list.m3u8"))
        ):
            name = f"layer{number}"
            self.assertEqual(self.add(daemon, content, self.web.root + path, name).status, 201)
            if path == "/list.m3u8":
                wait_for(lambda: "/list.m3u8" in self.web.asked, "the playlist")
            self.wait_for_failure(daemon, "127.0.0.2 is not a public address", layer=name)
        self.assertEqual({*self.web.asked}, {"/inside", "/inside.m3u8", "/list.m3u8"})

    def test_that_the_author_names_are_free(self) -> None:
        author = json.dumps(self.layer("image", self.web.root + "/a.png"))
        daemon = self.daemon(layers=f"  - {author}")
        self.wait_for_color(daemon, GREEN)
        self.web.files["/b.png"] = plain_png(40, 40, BLUE)
        # A reload adds names.
        (self.folder / "scene.yaml").write_text(
            (self.folder / "scene.yaml").read_text().replace("a.png", "b.png")
        )
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        self.wait_for_color(daemon, BLUE)

    def test_that_a_client_was_allowed_to_name_are_checked_after_a_restart(self) -> None:
        daemon = self.daemon("--allow-source", "127.0.0.1")
        self.assertEqual(self.add(daemon, "image", self.web.root + "/a.png").status, 201)
        self.wait_for_color(daemon, GREEN)
        daemon.end()
        daemon = self.daemon()
        self.wait_for_failure(daemon, "--allow-source 127.0.0.1")

    def test_of_the_option_are_checked(self) -> None:
        done = subprocess.run(
            [tool("streamd"), "-", "--allow-source", "10.0.0.0/99", "--print-config"],
            input="version: 1\nscene: a\ncanvas: {width: 16, height: 16, fps: 25}\nlayers: []\n",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--allow-source", done.stderr)
        self.assertIn("192.168.0.0/16", done.stderr)


class Outputs(ClientLimits):
    FOREIGN = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nshow-00000.ts\n"

    def segments(self, name: str) -> list[str]:
        path = self.assets / name
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line and not line.startswith("#")]

    def test_keep_the_playlists_of_others_and_continue_their_own(self) -> None:
        (self.assets / "show.m3u8").write_text(self.FOREIGN)
        (self.assets / "show-00000.ts").write_text("of others")
        daemon = self.daemon()
        output = {"id": "hls", "url": "assets/show.m3u8"}
        self.assertEqual(daemon.call("POST", "/api/v1/outputs", output).status, 201)
        wait_for(lambda: self.segments("show-1.m3u8"), "a segment")
        self.assertEqual(daemon.output("hls")["file"], str(self.assets / "show-1.m3u8"))
        daemon.end()
        before = self.segments("show-1.m3u8")
        daemon = self.daemon()
        wait_for(lambda: len(self.segments("show-1.m3u8")) > len(before), "the continuation")
        self.assertEqual(self.segments("show-1.m3u8")[: len(before)], before)
        self.assertIn("#EXT-X-DISCONTINUITY\n", (self.assets / "show-1.m3u8").read_text())
        self.assertEqual((self.assets / "show.m3u8").read_text(), self.FOREIGN)
        self.assertEqual((self.assets / "show-00000.ts").read_text(), "of others")
        # Another output of the same path has its own playlist.
        daemon.call("DELETE", "/api/v1/outputs/hls")
        output["id"] = "second"
        self.assertEqual(daemon.call("POST", "/api/v1/outputs", output).status, 201)
        wait_for(lambda: self.segments("show-2.m3u8"), "the playlist of the other output")

    def test_of_the_author_replace_the_playlist(self) -> None:
        (self.assets / "show.m3u8").write_text(self.FOREIGN)
        self.daemon(outputs="  - {id: hls, url: assets/show.m3u8}")
        wait_for(lambda: "layercast output hls" in (self.assets / "show.m3u8").read_text(), "own")


class Messages(ClientLimits):
    def test_names_cannot_forge_a_line(self) -> None:
        daemon = self.daemon()
        hostile = "assets/x\nstreamd: FORGED \x1b[31m\x9b.png"
        self.assertEqual(self.add(daemon, "image", hostile).status, 201)
        wait_for(lambda: any("FORGED" in line for line in daemon.log), lambda: str(daemon.log))
        line = next(line for line in daemon.log if "FORGED" in line)
        self.assertIn(r"assets/x\nstreamd: FORGED \x1b[31m\u009b.png", line)
        shown = subprocess.run(
            [tool("layerctl"), "--url", daemon.address, "status"],
            capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        self.assertNotIn("\x1b", shown)
        self.assertNotIn("\x9b", shown)
        self.assertFalse([part for part in shown.splitlines() if part.startswith("streamd:")])


if __name__ == "__main__":
    unittest.main()
