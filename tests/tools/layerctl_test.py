#!/usr/bin/python3
"""layerctl against a real streamd, and against none."""

import http.server
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import unittest
import unittest.mock
import urllib.request
from typing import Any

from harness import PATIENCE_SECONDS, Outcome, ToolTest, wait_until

SCENE = """\
version: 1
scene: live
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
layers:
  - id: lot
    type: overlay
    z_index: 10
    opacity: 0.9
    size: [40, 30]
    transform: {position: [20, 20]}
    content: {type: color, color: "#ff8000"}
  - {id: words, type: overlay, z_index: 20, content: {type: text, text: Going once}}
  - {id: back, type: overlay, content: {type: color, color: navy}}
"""

LISTENING = re.compile(r"listening on (http://\S+)")


class LiveTest(ToolTest):
    """A scene on air, and layerctl to change it."""

    def setUp(self) -> None:
        super().setUp()
        self.file("scene.yaml", SCENE)
        self.url = self.go_on_air()

    def go_on_air(self, *options: str, scene: str = "scene.yaml", at: str = "127.0.0.1:0") -> str:
        """Starts a daemon; its address."""
        # Never waits for somebody to read what it says.
        said = open(self.folder / "streamd.log", "w+b")
        self.addCleanup(said.close)
        self.daemon = self.start("streamd", scene, "--listen", at, "--state", "memory:", *options,
                                 stderr=said)  # fmt: skip
        log = self.folder / "streamd.log"

        def is_listening() -> bool:
            self.assertIsNone(self.daemon.poll(), log.read_text("utf-8"))
            return LISTENING.search(log.read_text("utf-8")) is not None

        wait_until(is_listening)
        found = LISTENING.search(log.read_text("utf-8"))
        assert found
        return found[1]

    def ctl(self, *arguments: str) -> Outcome:
        return self.run_tool("layerctl", "--url", self.url, *arguments)

    def told(self, *arguments: str) -> str:
        """What a command prints; it succeeds, and says nothing else."""
        done = self.ctl(*arguments)
        self.assertEqual((done.status, done.err), (0, ""), arguments)
        return done.out.decode()

    def take_snapshot(self, *arguments: str) -> None:
        """Takes one as soon as there is a frame, which is late on a busy machine."""

        def is_taken() -> bool:
            done = self.ctl("snapshot", *arguments)
            if done.status == 0:
                self.assertEqual((done.out, done.err), (b"", ""), arguments)
                return True
            self.assert_refused(done, 1, "layerctl: error: snapshot: nothing is on air")
            return False

        wait_until(is_taken)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.told(*arguments, "--json"))

    def refused(self, status: int, words: tuple[str, ...], *arguments: str) -> None:
        with self.subTest(arguments):
            before = self.json("status")["revision"]
            self.assert_refused(self.ctl(*arguments), status, "layerctl: error: ", *words)
            self.assertEqual(self.json("status")["revision"], before)


class Layers(LiveTest):
    def test_are_listed_from_the_nearest_with_the_active_one_marked(self) -> None:
        self.told("activate", "lot")
        lines = self.told("ls").splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], ["words", "*", "back"])
        self.assertEqual(lines[2].split()[:3], ["*", "lot", "overlay"])
        self.told("activate")
        self.assertNotIn("*", self.told("ls"))
        self.refused(3, ('no layer "x"',), "activate", "x")

    def test_are_changed(self) -> None:
        self.assertEqual(self.told("set", "lot", "opacity=0.5", "transform.position=[1,2]"), "")
        lot = self.json("get", "lot")
        self.assertEqual((lot["opacity"], lot["transform"]), (0.5, {"position": [1, 2]}))
        self.assertIn("opacity: 0.5\n", self.told("get", "lot"))
        self.told("set", "lot", "opacity=null")
        self.assertNotIn("opacity", self.json("get", "lot"))

    def stopwatch_of(self, layer: str) -> Any:
        path = f"/api/v1/layers/{layer}/run"
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=10) as answer:
            return json.load(answer)["stopwatch"]

    def test_have_stopwatches(self) -> None:
        self.refused(2, ("words", "is not a text with {{elapsed}}"), "stopwatch", "words", "stop")
        self.told("set", "words", "content.text={{elapsed:ss.S}}")
        self.told("stopwatch", "words", "stop")
        stopped = self.stopwatch_of("words")
        self.assertNotIn("running_since", stopped)
        self.told("stopwatch", "words", "start")
        started = self.stopwatch_of("words")
        self.assertEqual(started["elapsed"], stopped["elapsed"])
        self.assertIn("running_since", started)
        self.told("stopwatch", "words", "reset")
        self.assertNotIn("elapsed", self.stopwatch_of("words"))
        self.refused(2, ("halt", "start"), "stopwatch", "words", "halt")
        self.refused(3, ('no layer "x"',), "stopwatch", "x", "stop")

    def test_that_are_wrong_are_refused_with_every_fault(self) -> None:
        done = self.ctl("set", "lot", "opacity=1.4", "contnt=1")
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertEqual(len(done.lines), 2, done.err)
        for line in done.lines:
            self.assertRegex(
                line, r"^layerctl: error: layers/lot: (opacity: 1\.4 is above 1|contnt: )"
            )
        self.refused(3, ('layers/lott: there is no layer "lott"',), "set", "lott", "opacity=1")
        self.refused(3, ("no layer",), "get", "lott")
        self.refused(1, ("layers/lot", "already"), "create", "overlay", "--id", "lot",
                     "content={type: color, color: red}")  # fmt: skip

    def test_are_changed_together_or_not_at_all(self) -> None:
        self.refused(3, ("layers/nobody",), "rm", "lot", "nobody", "words")
        before = self.json("status")["revision"]
        self.told("hide", "lot", "words")
        self.assertEqual(self.json("status")["revision"], before + 1)
        shown = [each["id"] for each in self.json("ls") if each.get("visible", True)]
        self.assertEqual(shown, ["back"])
        self.told("rm", "lot", "words")
        self.assertEqual([each["id"] for each in self.json("ls")], ["back"])

    def test_are_created_and_named(self) -> None:
        made = self.told("create", "overlay", "content.type=text", "content.text=Hello")
        self.assertEqual(made, "overlay-1\n")
        answer = self.json(
            "create", "overlay", "--id", "two", "content.type=text", "content.text=2"
        )
        self.assertEqual(answer["result"]["id"], "two")
        self.assertEqual(answer["result"]["z_index"], 22)
        self.assertGreater(answer["revision"], 1)

    def test_of_no_chat_hear_nothing(self) -> None:
        self.refused(2, ("layers/lot", "chat"), "say", "lot", "--author", "A", "hello")

    def test_hear_what_is_said_to_a_chat(self) -> None:
        self.told("create", "chat", "--id", "talk", "content.type=chat", "content.max_messages=3")
        self.told("say", "talk", "--author", "Ana", "--", "-hello [all]")
        made = self.json("say", "talk", "--author", "Ben", "--highlight", "hi")
        self.assertEqual(made["result"]["id"], f"m-{made['revision']}")
        messages = self.json("get", "talk")["content"]["messages"]
        self.assertEqual([each["text"] for each in messages], ["-hello [all]", "hi"])
        self.assertEqual([each.get("highlighted", False) for each in messages], [False, True])
        self.refused(2, ("the author is missing",), "say", "talk", "hello")
        self.refused(2, ("layers/talk: text",), "say", "talk", "--author", "A", "x" * 501)
        self.refused(3, ('no layer "talc"',), "say", "talc", "--author", "A", "hello")

    def test_keep_what_was_said_when_their_file_is_applied(self) -> None:
        chat = "  - {id: talk, type: chat, content: {type: chat, messages: [%s]}}\n"
        file = self.file("chat.yaml", SCENE + chat % "{id: a, author: A, text: of the file}")
        self.told("apply", "-f", str(file))
        self.told("say", "talk", "--author", "Ben", "hi")
        self.assertEqual(self.told("diff", "-f", str(file)), "")
        self.told("apply", "-f", str(file))
        texts = [each["text"] for each in self.json("get", "talk")["content"]["messages"]]
        self.assertEqual(texts, ["of the file", "hi"])

    def test_do_the_same_live_as_in_a_file(self) -> None:
        commands = [
            ["set", "lot", "opacity=0.25", "transform.rotation=45", "clip={radius: 4}"],
            ["set", "words", "content.text=Gone: to #7!", "content.style.color=red"],
            ["create", "overlay", "content.type=shape", "content.shape=circle", "content.radius=9"],
            ["create", "visual_feed", "--id", "feed", "content.type=color", "content.color=#123"],
            ["hide", "lot", "words"],
            ["show", "words"],
            ["raise", "back"],
            ["lower", "feed"],
            ["raise", "back"],
            ["animate", "lot", "fade", "--from", "0", "--to", "1", "--duration", "500ms"],
            ["animate", "lot", "slide", "--from", "left", "--easing", "ease-out"],
            ["set", "words", "animations=null", "opacity=null"],
            ["outputs", "add", "udp://127.0.0.1:9", "--bitrate", "4M"],
            ["outputs", "add", "udp://127.0.0.1:10", "--id", "second"],
            ["outputs", "rm", "output-1"],
            ["config", "set", "fps=30"],
            ["rm", "feed"],
        ]  # fmt: skip
        for command in commands:
            live = self.ctl(*command)
            filed = self.run_tool("layerctl", "--scene", "scene.yaml", *command)
            self.assertEqual(live, filed, command)
            self.assertEqual(live.status, 0, live.err)
            inside = self.run_tool("layerctl", "--scene", "scene.yaml", "export", "--json")
            self.assertEqual(self.json("export"), json.loads(inside.out), command)
        for command in (
            ["set", "lot", "opacity=7"], ["set", "nobody", "opacity=1"], ["rm", "lot", "x"],
            ["create", "gost"], ["outputs", "rm", "x"], ["animate", "lot", "wobble"],
            ["outputs", "add", "udp://x:1", "--id", "second"], ["get", "x"],
            ["config", "set", "fps=0"], ["say", "lot", "--author", "A", "x"],
        ):  # fmt: skip
            live = self.ctl(*command)
            filed = self.run_tool("layerctl", "--scene", "scene.yaml", *command)
            self.assertEqual(live, filed, command)
            self.assertNotEqual(live.status, 0)


class When(LiveTest):
    def test_a_change_is_on_air_is_waited_for(self) -> None:
        first = self.told("set", "lot", "opacity=0.5", "--wait")
        self.assertRegex(first, r"^frame \d+\n$")
        answer = self.json("hide", "lot", "--wait")
        self.assertGreater(answer["frame"], int(first.split()[1]))
        self.assertEqual(sorted(answer), ["frame", "result", "revision"])

    def test_a_change_is_made_can_be_told(self) -> None:
        frame = self.json("set", "lot", "opacity=0.5", "--wait")["frame"]
        later = self.ctl("hide", "lot", "--at", f"frame:{frame + 50}")
        self.assertEqual((later.status, later.out), (0, b""))
        self.assertIn("scheduled", later.err)
        self.assertTrue(self.json("get", "lot").get("visible", True))
        wait_until(lambda: not self.json("get", "lot").get("visible", True))
        # It is prepared, and known, a few frames before it shows.
        self.assertGreater(self.json("status")["frame"], frame + 25)
        self.refused(2, ("noon",), "show", "lot", "--at", "noon")

    def test_a_change_is_stale_it_is_refused(self) -> None:
        revision = self.json("status")["revision"]
        self.told("set", "lot", "opacity=0.5", "--if-revision", str(revision))
        for command in (
            ["set", "lot", "opacity=0.1"],
            ["raise", "lot"],
            ["outputs", "add", "udp://127.0.0.1:9"],
        ):
            self.refused(1, (f"revision {revision + 1}",), *command, "--if-revision", str(revision))
        self.refused(2, ("--if-revision", "whole number"), "raise", "lot", "--if-revision", "new")


class Scene(LiveTest):
    def test_is_made_equal_to_a_file(self) -> None:
        self.file(
            "other.yaml", SCENE.replace("opacity: 0.9", "opacity: 0.5").replace("words", "talk")
        )
        diff = self.ctl("diff", "-f", "other.yaml")
        self.assertEqual((diff.status, diff.err), (1, ""))
        self.assertIn("layers/lot\n- opacity: 0.9\n+ opacity: 0.5\n", diff.out.decode())
        self.assertIn("layers/words\n- id: words\n", diff.out.decode())
        self.assertIn("layers/talk\n+ id: talk\n", diff.out.decode())
        revision = self.json("status")["revision"]
        self.assertEqual(self.told("apply", "-f", "other.yaml", "--dry-run"), diff.out.decode())
        self.assertEqual(self.json("status")["revision"], revision)
        self.assertEqual(self.told("apply", "-f", "other.yaml"), diff.out.decode())
        self.assertEqual(self.json("status")["revision"], revision + 1)
        self.assertEqual(self.told("diff", "-f", "other.yaml"), "")
        self.assertEqual(self.told("apply", "-f", "other.yaml"), "")
        self.assertEqual(self.json("status")["revision"], revision + 1)

    def test_keeps_the_order_of_a_file(self) -> None:
        head, *layers = re.split(r"(?m)^(?=  - )", SCENE)
        self.file("other.yaml", head + "".join(reversed(layers)))
        self.told("apply", "-f", "other.yaml")
        layers = self.json("export")["layers"]
        self.assertEqual([each["id"] for each in layers], ["back", "words", "lot"])
        self.assertEqual([each["id"] for each in self.json("ls")], ["words", "lot", "back"])
        self.assertEqual(self.told("diff", "-f", "other.yaml"), "")

    def test_is_told_to_programs_as_commands(self) -> None:
        self.file("other.yaml", SCENE.replace("opacity: 0.9", "opacity: 0.5"))
        answer = self.json("apply", "-f", "other.yaml")
        self.assertEqual(
            answer["changes"],
            [{"method": "layers.update", "params": {"id": "lot", "patch": {"opacity": 0.5}}}],
        )
        self.assertEqual(answer["revision"], self.json("status")["revision"])

    def test_of_another_name_is_refused(self) -> None:
        self.file("other.yaml", SCENE.replace("scene: live", "scene: other"))
        self.refused(2, ("other.yaml", '"other"', '"live"'), "apply", "-f", "other.yaml")

    def test_that_is_faulty_or_missing_is_refused(self) -> None:
        self.file("other.yaml", SCENE.replace("opacity: 0.9", "opacity: 9"))
        self.refused(2, ("other.yaml:8:14: layers[0].opacity",), "apply", "-f", "other.yaml")
        self.refused(2, ("none.yaml: cannot read",), "diff", "-f", "none.yaml")

    def test_is_exported_as_a_file_that_loads(self) -> None:
        self.told("animate", "lot", "fade", "--duration", "1s")
        self.told("export", "-o", "now.yaml")
        text = (self.folder / "now.yaml").read_text("utf-8")
        self.assertNotIn("start:", text)
        self.assertEqual(self.told("validate", "now.yaml"), "")
        self.assertEqual(self.told("diff", "-f", "now.yaml"), "")
        self.told("hide", "lot", "back")
        self.told("apply", "-f", "now.yaml")
        self.assertEqual(self.told("export"), text)

    def test_is_exported_without_keys_and_says_so(self) -> None:
        self.told("outputs", "add", "rtmp://127.0.0.1:9/live/secret", "--id", "main")
        done = self.ctl("export", "-o", "now.yaml")
        self.assertEqual((done.status, done.out), (0, b""))
        self.assertIn("main", done.err)
        text = (self.folder / "now.yaml").read_text("utf-8")
        self.assertTrue(text.startswith("# "))
        self.assertIn("rtmp://127.0.0.1:9/live/***", text)
        self.assertNotIn("secret", text + done.err)
        # It is no difference, and goes back as what it was.
        self.assertEqual(self.told("diff", "-f", "now.yaml"), "")
        with_key = text.replace("***", "secret")
        self.file("key.yaml", with_key)
        self.assertEqual(self.told("diff", "-f", "key.yaml"), "")


class Stream(LiveTest):
    def test_is_stopped_started_and_paused(self) -> None:
        for command, state in (("pause", "paused"), ("stop", "stopped"), ("start", "on-air")):
            self.assertEqual(self.told(command), "")
            self.assertEqual(self.told("config", "get", "transmission"), state + "\n")
            wait_until(lambda: self.json("status")["state"] == state)
        self.told("stop")
        self.refused(1, ("stopped",), "pause")

    def test_tells_how_it_does(self) -> None:
        told = self.told("status")
        for word in ("live, revision 1, 3 layers", "on-air", "fps", "dropped", "store"):
            self.assertIn(word, told)
        wait_until(lambda: self.json("status")["frame"] > 0)

    def test_is_configured(self) -> None:
        self.told("config", "set", "bitrate=4M", "preset=ultrafast")
        self.assertEqual(self.told("config", "get", "bitrate"), "4M\n")
        self.assertEqual(self.json("config", "get")["preset"], "ultrafast")
        self.assertIn("width: 160\n", self.told("config", "get"))
        self.refused(2, ("stream: bitrate: ",), "config", "set", "bitrate=fast")
        self.refused(2, ("stream: colour: ",), "config", "set", "colour=red")
        self.refused(2, ('"colour"', "keyframe_interval"), "config", "get", "colour")

    def test_has_outputs(self) -> None:
        self.assertEqual(self.told("outputs", "ls").split()[:3], ["ID", "STATE", "URL"])
        added = self.told("outputs", "add", "rtmp://127.0.0.1:9/live/secret")
        self.assertEqual(added, "output-1\n")
        wait_until(lambda: len(self.json("outputs", "ls")) == 1)
        listed = self.told("outputs", "ls")
        self.assertIn("rtmp://127.0.0.1:9/live/***", listed)
        self.assertIn("output-1", self.told("status"))
        self.refused(
            1,
            ("outputs/output-1", "already"),
            "outputs",
            "add",
            "udp://127.0.0.1:9",
            "--id",
            "output-1",
        )
        self.told("outputs", "rm", "output-1")
        self.refused(3, ("outputs/output-1", "no output"), "outputs", "rm", "output-1")

    def test_names_the_file_that_is_being_written(self) -> None:
        self.file("take.mkv", b"of yesterday")
        self.told("outputs", "add", "take.mkv", "--id", "take")
        wait_until(lambda: bool(self.json("outputs", "ls")[0].get("file")))
        self.assertIn("FILE", self.told("outputs", "ls"))
        self.assertRegex(self.told("status"), r"take-\d+\.mkv")

    def test_gives_snapshots(self) -> None:
        self.take_snapshot("a.png")
        self.take_snapshot("a.jpg", "--width", "64")
        self.assertTrue((self.folder / "a.png").read_bytes().startswith(b"\x89PNG"))
        self.assertTrue((self.folder / "a.jpg").read_bytes().startswith(b"\xff\xd8"))
        self.refused(2, ("a.gif", "OUT.png"), "snapshot", "a.gif")
        self.refused(2, ("--width",), "snapshot", "a.png", "--width", "7")
        self.refused(1, ("none/a.png: cannot write",), "snapshot", "none/a.png")


class Watching(LiveTest):
    def watch(self, *options: str) -> subprocess.Popen[bytes]:
        watching = self.start(
            "layerctl", "--url", self.url, "watch", *options, stdout=subprocess.PIPE
        )
        first = self.line(watching)
        self.assertIn("live", first)
        return watching

    def line(self, watching: subprocess.Popen[bytes]) -> str:
        assert watching.stdout
        self.assertTrue(select.select([watching.stdout], [], [], PATIENCE_SECONDS)[0])
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(watching.stdout.fileno(), 1)
            self.assertTrue(byte, "it ended")
            line += byte
        return line.decode()

    def test_tells_every_change_in_order(self) -> None:
        watching = self.watch()
        for i in range(20):
            self.told("set", "lot", f"opacity={i / 100}")
        self.told("rm", "words")
        lines = [self.line(watching) for _ in range(21)]
        revisions = [int(line.split()[0]) for line in lines]
        self.assertEqual(revisions, list(range(2, 23)))
        for i, line in enumerate(lines[:20]):
            self.assertIn("layer.updated lot ", line)
        self.assertIn("opacity: 0.19", lines[19])
        self.assertEqual(lines[20].split(), ["22", "layer.deleted", "words"])

    def test_tells_programs_the_same(self) -> None:
        watching = self.watch("--json", "--stats")
        self.told("hide", "lot")
        seen = set()
        while {"layer.updated", "stats"} - seen:
            event = json.loads(self.line(watching))
            seen.add(event["event"])
            if event["event"] == "layer.updated":
                self.assertEqual((event["params"]["revision"], event["params"]["id"]), (2, "lot"))

    def test_ends_when_it_is_interrupted(self) -> None:
        watching = self.watch()
        watching.send_signal(signal.SIGINT)
        self.assertEqual(watching.wait(PATIENCE_SECONDS), 130)

    def test_goes_on_when_the_daemon_is_back(self) -> None:
        watching = self.watch()
        port = self.url.rstrip("/").rsplit(":", 1)[1]
        self.daemon.terminate()
        self.daemon.wait(PATIENCE_SECONDS)
        self.url = self.go_on_air(at=f"127.0.0.1:{port}")
        self.assertIn("scene live, 3 layers", self.line(watching))
        self.told("rm", "words")
        line = self.line(watching)
        while "layer.deleted" not in line:
            line = self.line(watching)
        self.assertIn("words", line)

    def test_ends_quietly_when_nobody_reads(self) -> None:
        watching = self.watch()
        assert watching.stdout
        watching.stdout.close()
        self.told("hide", "lot")
        self.assertEqual(self.finished(watching)[::2], (0, ""))


class Token(LiveTest):
    SECRET = "correct-horse-battery"

    def setUp(self) -> None:
        ToolTest.setUp(self)
        self.file("scene.yaml", SCENE)
        self.file("token", self.SECRET + "\n")
        self.url = self.go_on_air("--token-file", "token")

    def test_is_taken_from_a_file_or_the_environment(self) -> None:
        self.told("ls", "--token-file", "token")
        with unittest.mock.patch.dict(os.environ, {"LAYERCAST_TOKEN": self.SECRET}):
            self.told("ls")
        with unittest.mock.patch.dict(os.environ, {"LAYERCTL_TOKEN": self.SECRET}):
            self.told("ls")

    def test_that_is_missing_or_wrong_is_told(self) -> None:
        self.assert_refused(self.ctl("ls"), 1, "a token is required")
        self.assert_refused(self.ctl("watch"), 1, "a token is required")
        self.file("wrong", "something-else")
        for command in ("ls", "watch", "status"):
            self.assert_refused(self.ctl(command, "--token-file", "wrong"), 1, "the token is wrong")
        self.assert_refused(
            self.ctl("ls", "--token-file", "none"), 2, "none: cannot read the token"
        )
        self.file("empty", "\n")
        self.assert_refused(self.ctl("ls", "--token-file", "empty"), 2, "empty: contains no token")

    def test_lets_somebody_watch(self) -> None:
        watching = self.start("layerctl", "--url", self.url, "--token-file", "token", "watch",
                              stdout=subprocess.PIPE)  # fmt: skip
        assert watching.stdout
        self.assertTrue(select.select([watching.stdout], [], [], PATIENCE_SECONDS)[0])
        self.assertIn(b"scene live", watching.stdout.readline())


class NoDaemon(ToolTest):
    """What is at the address is no daemon, or nothing is."""

    def assert_away(self, url: str, *words: str) -> None:
        for command in (["ls"], ["set", "lot", "opacity=1"], ["status"], ["watch"]):
            done = self.run_tool("layerctl", "--url", url, *command)
            self.assert_refused(done, 4, "layerctl: error: ", *words)

    def test_answers_is_status_4(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.assert_away(url, url, "no daemon answers")

    def test_is_told_from_another_server(self) -> None:
        class Silent(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.assert_away(f"http://127.0.0.1:{server.server_port}", "not a layercast daemon")
            server.shutdown()

    def test_answers_in_time_is_status_4(self) -> None:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            url = f"http://127.0.0.1:{mute.getsockname()[1]}"
            began = time.monotonic()
            done = self.run_tool("layerctl", "--url", url, "ls")
            self.assert_refused(done, 4, "no daemon answers")
            self.assertLess(time.monotonic() - began, 15)
            began = time.monotonic()
            self.assertEqual(
                self.run_tool("layerctl", "--url", url, "complete", "ids"), (0, b"", "")
            )
            self.assertLess(time.monotonic() - began, 4)

    def test_answers_and_it_is_interrupted(self) -> None:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            url = f"http://127.0.0.1:{mute.getsockname()[1]}"
            asking = self.start("layerctl", "--url", url, "ls")
            asked, _ = mute.accept()
            with asked:
                asking.send_signal(signal.SIGINT)
                self.assertEqual(asking.wait(4), 130)

    def test_can_be_at_an_address_that_is_none(self) -> None:
        for url in (
            "ftp://x",
            "http://",
            "http://h:port",
            "http://h:0",
            "https://h",
            "http://h/path",
            "h:99999",
        ):
            done = self.run_tool("layerctl", "--url", url, "ls")
            self.assert_refused(done, 2, f'--url: "{url}"', "expected http://HOST:PORT")


class Address(LiveTest):
    def test_is_taken_from_the_environment(self) -> None:
        for name in ("LAYERCAST_URL", "LAYERCTL_URL"):
            with unittest.mock.patch.dict(os.environ, {name: self.url}):
                self.assertEqual(self.run_tool("layerctl", "ls").status, 0)

    def test_is_written_in_several_ways(self) -> None:
        plain = self.url.rstrip("/")
        for url in (
            plain,
            plain + "/",
            plain.removeprefix("http://"),
            plain.replace("127.0.0.1", "localhost"),
        ):
            self.assertEqual(self.run_tool("layerctl", "--url", url, "ls").status, 0, url)

    def test_is_asked_for_the_words_of_a_completion(self) -> None:
        self.assertEqual(self.told("complete", "ids").split(), ["lot", "words", "back"])
        self.assertEqual(self.told("complete", "outputs"), "")
        self.assertIn("content.style.color=\n", self.told("complete", "paths", "words"))


if __name__ == "__main__":
    unittest.main()
