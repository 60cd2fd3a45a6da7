"""streamd as its users run it: on air, changed, stopped, killed, and back again."""

import json
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from daemon import (
    Authority,
    Daemon,
    RedisServer,
    RtmpServer,
    TlsProxy,
    answers,
    frames_missing,
    probe,
    wait_for,
)
from harness import PATIENCE_SECONDS, tool

SCENE = """version: 1
scene: show
canvas: {width: 320, height: 180, fps: 25, background: "#204060"}
layers:
  - {id: box, type: overlay, size: [80, 60], transform: {position: [20, 20]},
     content: {type: color, color: "#ff8000"}}
  - {id: title, type: overlay, transform: {position: [120, 100]},
     content: {type: text, text: "Lot 7", style: {font_size: 28}}}
"""


def frames_in(path: Path) -> int:
    """How many video frames can be decoded, damage or not."""
    shown = probe(str(path), "-count_frames", "-select_streams", "v",
                  "-show_entries", "stream=nb_read_frames")  # fmt: skip
    return int(shown["streams"][0]["nb_read_frames"])


def pixel_of(png: bytes, x: int, y: int) -> tuple[int, ...]:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24",
         "-vf", f"crop=1:1:{x}:{y}", "-"],
        input=png, capture_output=True, timeout=PATIENCE_SECONDS, check=True,
    )  # fmt: skip
    return tuple(done.stdout)


class StreamdTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-streamd-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = self.folder / "scene.yaml"
        self.scene.write_text(SCENE)

    def daemon(self, *arguments: str, state: str = "memory:") -> Daemon:
        daemon = Daemon(self.scene, *arguments, state=state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder / f"state-{len(arguments)}")}
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def rtmp(self, **how: Any) -> RtmpServer:
        server = RtmpServer(**how)
        self.addCleanup(server.__exit__)
        server.start()
        return server

    def refused(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [tool("streamd"), *arguments], capture_output=True, text=True,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr

    def assert_near(self, actual: tuple[int, ...], expected: tuple[int, ...]) -> None:
        self.assertTrue(
            all(abs(a - b) <= 4 for a, b in zip(actual, expected, strict=True)),
            f"{actual} is not {expected}",
        )


class OnAir(StreamdTest):
    def test_a_real_rtmp_server_takes_the_stream_and_plays_it_back(self) -> None:
        server = self.rtmp()
        daemon = self.daemon("-o", server.url("secret-key"))
        daemon.wait_for_output("cli-1", "live")
        shown = probe(server.url("secret-key"), "-show_streams")["streams"]
        kinds = {stream["codec_type"]: stream for stream in shown}
        self.assertEqual(kinds["video"]["codec_name"], "h264")
        self.assertEqual((kinds["video"]["width"], kinds["video"]["height"]), (320, 180))
        self.assertEqual(kinds["video"]["color_space"], "bt709")
        self.assertEqual(kinds["audio"]["codec_name"], "aac")
        self.assertEqual(kinds["audio"]["sample_rate"], "48000")

    def test_a_stream_goes_to_a_server_over_tls(self) -> None:
        server = self.rtmp()
        authority = Authority()
        self.addCleanup(authority.close)
        proxy = TlsProxy(server.port, authority.certificate())
        self.addCleanup(proxy.close)
        daemon = self.daemon(
            "-o", f"rtmps://127.0.0.1:{proxy.port}/live/key", "--tls-ca", str(authority.file)
        )
        daemon.wait_for_output("cli-1", "live")
        shown = probe(server.url(), "-show_streams")["streams"]
        self.assertEqual({s["codec_type"] for s in shown}, {"video", "audio"})
        server.kill()
        daemon.wait_for_output("cli-1", "reconnecting")
        server.start()
        daemon.wait_for_output("cli-1", "live")

    def test_the_key_of_a_stream_is_told_to_nobody(self) -> None:
        server = self.rtmp()
        daemon = self.daemon("-o", server.url("secret-key"), "--log-level", "debug")
        daemon.wait_for_output("cli-1", "live")
        server.kill()
        daemon.wait_for_output("cli-1", "reconnecting")
        for path in ("/api/v1/scene", "/api/v1/outputs", "/api/v1/status", "/metrics"):
            self.assertNotIn(b"secret-key", daemon.call("GET", path).body, path)
        self.assertNotIn("secret-key", "\n".join(daemon.log))

    def test_the_debug_log_shows_what_the_library_does(self) -> None:
        missing = self.folder / "none" / "a.mkv"
        daemon = self.daemon("-o", str(missing), "--log-level", "debug")
        daemon.wait_for_output("cli-1", "reconnecting")
        daemon.call("POST", "/api/v1/stream/pause")
        for part in ("encoder libx264 opened for 320x180", "commit 1 commands, revision",
                     "content ", f"output cli-1: opens {missing}", "output cli-1: waits"):
            wait_for(lambda text=part: any(text in line for line in daemon.log), part)
        quiet = self.daemon("-o", str(self.folder / "b.mkv"))
        quiet.wait_for_output("cli-1", "live")
        self.assertFalse([line for line in quiet.log if "opened for" in line])

    def test_frames_follow_the_clock_however_long_it_runs(self) -> None:
        daemon = self.daemon()
        first = daemon.status()["frame"]
        for frames in (10, 40, 70):
            wait_for(lambda n=frames: daemon.status()["frame"] >= first + n, "frames later")
            status = daemon.status()
            behind = status["stream_time"] * 25 - status["frame"]
            # The frame of this moment, or, where the machine is busy, one of those before it.
            self.assertGreater(behind, -1)
            self.assertLess(behind, 12)

    def test_a_snapshot_shows_the_scene(self) -> None:
        daemon = self.daemon()
        png = daemon.snapshot()
        self.assertEqual(png.headers["content-type"], "image/png")
        self.assert_near(pixel_of(png.body, 40, 40), (0xFF, 0x80, 0x00))
        self.assert_near(pixel_of(png.body, 300, 10), (0x20, 0x40, 0x60))

    def test_a_recording_is_readable_after_kill_9(self) -> None:
        for name in ("a.mkv", "a.mp4"):
            path = self.folder / name
            daemon = self.daemon("-o", str(path))
            wait_for(lambda: daemon.output("cli-1")["frames"] > 125, "five seconds recorded")
            daemon.end(signal.SIGKILL)
            self.assertGreater(frames_in(path), 40, name)

    def test_outputs_of_the_file_lie_beside_it(self) -> None:
        self.scene.write_text(SCENE + "outputs:\n  - {id: tape, url: tape.mkv}\n")
        daemon = self.daemon()
        wait_for(lambda: daemon.output("tape")["frames"] > 10, "recorded")
        self.assertTrue((self.folder / "tape.mkv").exists())

    def test_a_recording_holds_every_frame_when_it_is_ended(self) -> None:
        path = self.folder / "a.mkv"
        daemon = self.daemon("-o", str(path))
        wait_for(lambda: daemon.output("cli-1")["frames"] > 30, "a second recorded")
        dropped = daemon.dropped()
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        frames, missing = frames_missing(path, 25)
        self.assertGreater(frames, 30)
        self.assertLessEqual(missing, dropped)
        self.assertEqual(frames_in(path), frames)


class Changes(StreamdTest):
    def test_a_change_is_on_air_with_the_frame_that_is_answered(self) -> None:
        daemon = self.daemon()
        before = daemon.status()["frame"]
        done = daemon.call(
            "PATCH", "/api/v1/layers/box?wait=on-air", {"content": {"color": "#00ff00"}}
        )
        self.assertEqual(done.status, 200, done)
        self.assertGreater(done.json()["frame"], before)
        png = daemon.snapshot().body
        self.assert_near(pixel_of(png, 40, 40), (0, 0xFF, 0))

    def test_an_animation_begins_at_the_frame_that_first_shows_its_layer(self) -> None:
        daemon = self.daemon()
        fading = {
            "id": "late", "type": "overlay", "size": [40, 40],
            "transform": {"position": [200, 20]},
            "content": {"type": "color", "color": "#ffffff"},
            "animations": [{"effect": "fade", "from": 0, "to": 1, "duration": "30s"}],
        }  # fmt: skip
        daemon.call("POST", "/api/v1/layers?wait=on-air", fading)
        png = daemon.snapshot().body
        # At once it is all but clear, whatever the age of the stream.
        red = pixel_of(png, 220, 40)[0]
        self.assertLess(red, 0x20 + 25)

    def test_content_that_cannot_be_loaded_shows_the_error_picture_and_is_told(self) -> None:
        daemon = self.daemon()
        daemon.call(
            "PUT", "/api/v1/layers/box?wait=on-air",
            {"type": "overlay", "size": [80, 60], "transform": {"position": [20, 20]},
             "content": {"type": "image", "source": "missing.png"}},
        )  # fmt: skip
        png = daemon.snapshot().body
        red, green, blue = pixel_of(png, 24, 24)
        self.assertGreater(red, green + 40)
        self.assertGreater(red, blue + 20)
        wait_for(lambda: any("missing.png" in line for line in daemon.log), "told in the log")

    def test_sighup_makes_the_scene_equal_the_file(self) -> None:
        daemon = self.daemon()
        self.scene.write_text(SCENE.replace("#ff8000", "#0000ff"))
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(
            lambda: daemon.get("/api/v1/layers/box")["content"]["color"] == "#0000ff", "reloaded"
        )
        self.scene.write_text("version: 1\nnonsense: 5\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any("nonsense" in line for line in daemon.log), "the fault told")
        self.assertEqual(daemon.get("/api/v1/layers/box")["content"]["color"], "#0000ff")

    def test_what_is_said_is_on_air_and_outlives_a_reload_and_kill_9(self) -> None:
        chat = (
            "  - {id: talk, type: chat, size: [300, 160], transform: {position: [10, 10]},\n"
            "     content: {type: chat, style: {text_color: white, background_color: black}}}\n"
        )
        self.scene.write_text(SCENE + chat)
        state = f"sqlite:{self.folder}/state.db"
        daemon = self.daemon(state=state)
        path = "/api/v1/layers/talk"

        def lies_at_the_bottom(daemon: Daemon) -> bool:
            return pixel_of(daemon.snapshot().body, 115, 153)[2] > 240

        self.assertFalse(lies_at_the_bottom(daemon))
        said = daemon.call("POST", path + "/messages?wait=on-air",
                           {"author": "Ana", "text": "hello █████"}).json()  # fmt: skip
        self.assertGreaterEqual(said["frame"], 0)

        wait_for(lambda: lies_at_the_bottom(daemon), "the message on air")
        self.scene.write_text(SCENE.replace("Lot 7", "Lot 8") + chat)
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(
            lambda: daemon.get("/api/v1/layers/title")["content"]["text"] == "Lot 8", "reloaded"
        )
        messages = daemon.get(path)["content"]["messages"]
        self.assertEqual([each["text"] for each in messages], ["hello █████"])
        daemon.end(signal.SIGKILL)
        again = self.daemon(state=state)
        self.assertEqual(again.get(path)["content"]["messages"], messages)
        wait_for(lambda: lies_at_the_bottom(again), "the message on air again")

    def test_a_watched_file_is_read_again_when_it_changes(self) -> None:
        daemon = self.daemon("--watch")
        changed = self.folder / "new.yaml"
        changed.write_text(SCENE.replace("#ff8000", "#00ffff"))
        changed.rename(self.scene)  # as editors do
        wait_for(
            lambda: daemon.get("/api/v1/layers/box")["content"]["color"] == "#00ffff", "reloaded"
        )

    def test_stop_finishes_outputs_and_start_goes_on(self) -> None:
        path = self.folder / "a.mkv"
        daemon = self.daemon("-o", str(path))
        wait_for(lambda: daemon.output("cli-1")["frames"] > 10, "recorded")
        self.assertEqual(daemon.call("POST", "/api/v1/stream/stop").status, 200)
        wait_for(lambda: daemon.status()["state"] == "stopped", "stopped")
        # The health looks at the stream every half second.
        wait_for(lambda: daemon.call("GET", "/readyz").status == 503, "not ready")
        wait_for(lambda: frames_in(path) > 10, "the recording finished")
        self.assertEqual(daemon.call("POST", "/api/v1/stream/start").status, 200)
        wait_for(lambda: daemon.output("cli-1")["frames"] > 10, "recording again")
        self.assertGreater(len(list(self.folder.glob("a*.mkv"))), 1)

    def test_pause_lets_the_picture_stand_still_and_outputs_live(self) -> None:
        daemon = self.daemon("-o", str(self.folder / "a.mkv"))
        daemon.call("PATCH", "/api/v1/layers/title", {"content": {"text": "{{frame}}"}})
        daemon.call("POST", "/api/v1/stream/pause")
        wait_for(lambda: daemon.status()["state"] == "paused", "paused")
        time.sleep(0.1)  # a frame may be under way
        first = daemon.snapshot().body
        frames = daemon.output("cli-1")["frames"]
        wait_for(lambda: daemon.output("cli-1")["frames"] > frames + 10, "still sending")
        self.assertEqual(first, daemon.snapshot().body)
        daemon.call("POST", "/api/v1/stream/start")
        wait_for(lambda: daemon.snapshot().body != first, "moving again")

    def test_another_size_and_rate_while_running(self) -> None:
        server = self.rtmp()
        daemon = self.daemon("-o", server.url())
        daemon.wait_for_output("cli-1", "live")
        change = daemon.call(
            "PATCH", "/api/v1/stream/config", {"width": 640, "height": 360, "fps": 50}
        )
        self.assertEqual(change.status, 200, change)

        def is_larger() -> bool:
            shown = probe(server.url(), "-show_streams").get("streams", [])
            return any((s.get("width"), s.get("r_frame_rate")) == (640, "50/1") for s in shown)

        wait_for(is_larger, "640 wide at 50 frames a second")
        self.assertEqual(len(daemon.get("/api/v1/layers")["layers"]), 2)

    def test_outputs_come_and_go_while_others_go_on(self) -> None:
        server = self.rtmp()
        daemon = self.daemon("-o", str(self.folder / "a.mkv"))
        wait_for(lambda: daemon.output("cli-1")["frames"] > 10, "recording")
        added = daemon.call("POST", "/api/v1/outputs", {"id": "tv", "url": server.url()})
        self.assertEqual(added.status, 201, added)
        daemon.wait_for_output("tv", "live")
        self.assertEqual(daemon.call("DELETE", "/api/v1/outputs/tv").status, 200)
        wait_for(
            lambda: [o["id"] for o in daemon.get("/api/v1/outputs")["outputs"]] == ["cli-1"], "gone"
        )
        dropped = daemon.dropped()
        daemon.end(signal.SIGTERM)
        frames, missing = frames_missing(self.folder / "a.mkv", 25)
        self.assertGreater(frames, 10)
        self.assertLessEqual(missing, dropped)


    def test_what_no_encoder_would_do_is_refused_and_the_stream_goes_on(self) -> None:
        daemon = self.daemon("-o", str(self.folder / "a.mkv"))
        before = daemon.get("/api/v1/stream/config")
        for patch in ({"width": 641}, {"preset": "supersonic"}, {"codec": "h266"}):
            refused = daemon.call("PATCH", "/api/v1/stream/config", patch)
            self.assertEqual(refused.status, 422, refused)
            self.assertIn(str(next(iter(patch.values()))), refused.json()["detail"])
        self.assertEqual(daemon.get("/api/v1/stream/config"), before)
        frames = daemon.output("cli-1")["frames"]
        wait_for(lambda: daemon.output("cli-1")["frames"] > frames + 10, "still recording")

    def test_an_output_whose_container_wants_another_codec_gets_it(self) -> None:
        path = self.folder / "a.webm"
        daemon = self.daemon("-o", str(path))
        wait_for(lambda: daemon.output("cli-1")["frames"] > 10, "recorded")
        daemon.end(signal.SIGTERM)
        kinds = {s["codec_type"]: s["codec_name"] for s in probe(path, "-show_streams")["streams"]}
        self.assertEqual(kinds, {"video": "vp9", "audio": "opus"})


class ComingBack(StreamdTest):
    def test_after_kill_9_everything_is_as_it_was(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        daemon = self.daemon(state=state)
        daemon.call("PATCH", "/api/v1/layers/box", {"transform": {"position": [60, 70]}})
        daemon.call("POST", "/api/v1/layers", {
            "id": "new", "type": "overlay", "content": {"type": "text", "text": "kept"}})  # fmt: skip
        daemon.call("PUT", "/api/v1/active", {"id": "new"})
        daemon.call("PATCH", "/api/v1/stream/config", {"bitrate": 1234000})
        before = daemon.get("/api/v1/scene")
        stream_time = daemon.status()["stream_time"]
        daemon.end(signal.SIGKILL)
        daemon.start()
        after = daemon.get("/api/v1/scene")
        self.assertEqual(before, after)
        # Stream time goes on: animations are where they would have been.
        self.assertGreater(daemon.status()["stream_time"], stream_time)
        self.assertLess(daemon.status()["stream_time"], stream_time + 60)

    def test_fresh_begins_as_the_file_says(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        daemon = self.daemon(state=state)
        daemon.call("PATCH", "/api/v1/layers/box", {"visible": False})
        daemon.end(signal.SIGTERM)
        daemon.command.append("--fresh")
        daemon.start()
        self.assertTrue(daemon.get("/api/v1/layers/box").get("visible", True))

    def test_a_second_daemon_on_one_scene_is_refused(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        self.daemon(state=state)
        status, told = self.refused(str(self.scene), "--listen", "127.0.0.1:0", "--state", state)
        self.assertEqual(status, 1, told)
        self.assertIn("show", told)


class Following(StreamdTest):
    def mirrors(self, state: str) -> None:
        owner = self.daemon("-o", str(self.folder / "owner.mkv"), state=state)
        follower = self.daemon("--follow", "-o", str(self.folder / "mirror.mkv"), state=state)
        for number in range(1, 6):
            owner.call("PATCH", "/api/v1/layers/box", {"opacity": number / 10})
        wait_for(
            lambda: follower.get("/api/v1/layers/box").get("opacity") == 0.5, "mirrored", 20
        )
        refused = follower.call("PATCH", "/api/v1/layers/box", {"opacity": 1})
        self.assertEqual(refused.status, 409, refused)
        urls = [o["url"] for o in follower.get("/api/v1/outputs")["outputs"]]
        self.assertEqual(urls, [str(self.folder / "mirror.mkv")])
        wait_for(lambda: follower.output("cli-1")["frames"] > 10, "mirror recorded")
        # Of one mind about the time, too: animations show the same.
        behind = owner.status()["stream_time"] - follower.status()["stream_time"]
        self.assertLess(abs(behind), 2)
        self.assertEqual(follower.end(signal.SIGTERM), 0)
        self.assertEqual(owner.end(signal.SIGTERM), 0)

    def test_a_follower_mirrors_the_owner_through_sqlite(self) -> None:
        self.mirrors(f"sqlite:{self.folder}/state.db")

    def test_a_follower_mirrors_the_owner_through_redis(self) -> None:
        redis = RedisServer()
        self.addCleanup(redis.__exit__)
        redis.start()
        self.mirrors(f"redis://127.0.0.1:{redis.port}/0")

    def test_there_must_be_somebody_to_follow(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        status, told = self.refused(
            str(self.scene), "--listen", "127.0.0.1:0", "--state", state, "--follow"
        )
        self.assertNotEqual(status, 0)
        self.assertIn("follow", told)


class Watching(StreamdTest):
    def test_metrics_satisfy_promtool(self) -> None:
        daemon = self.daemon("-o", str(self.folder / "a.mkv"))
        wait_for(lambda: daemon.output("cli-1")["frames"] > 10, "recording")
        daemon.call("PATCH", "/api/v1/layers/box", {"opacity": 0.5})
        metrics = daemon.call("GET", "/metrics").body
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=metrics, capture_output=True,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        for name in (
            "frames_rendered_total", "frames_dropped_total", "frames_repeated_total",
            "render_seconds", "composite_cpu_seconds_total", "convert_cpu_seconds_total",
            "encode_seconds", "frame_lateness_seconds", "output_state", "output_reconnects_total",
            "output_last_live_timestamp_seconds", "layer_cpu_seconds_total",
            "output_queued_packets", "output_queued_bytes", "frame_pool_bytes",
            "content_cache_hits_total", "content_cache_bytes", "composite_seconds",
            "convert_seconds", "animations_active", "scheduled_commands", "layers", "layer_changes_total", "websocket_clients",
            "store_operation_seconds", "process_open_fds", "build_info",
        ):  # fmt: skip
            self.assertIn(f"\nlayercast_{name}".encode(), b"\n" + metrics, name)

    def test_health_tells_reasons(self) -> None:
        daemon = self.daemon("-o", "rtmp://127.0.0.1:9/live/key")
        self.assertEqual(daemon.call("GET", "/healthz").status, 200)
        ready = daemon.call("GET", "/readyz")
        self.assertEqual(ready.status, 503)
        self.assertIn(b"outputs", ready.body)

    def test_ready_once_an_output_is_live(self) -> None:
        daemon = self.daemon("-o", str(self.folder / "a.mkv"))
        wait_for(lambda: daemon.call("GET", "/readyz").status == 200, "ready")


class Remarks(StreamdTest):
    def test_letters_that_no_font_has_are_told_once_for_a_layer_and_text(self) -> None:
        self.scene.write_text(SCENE.replace('"Lot 7"', '"日本語"'))
        daemon = self.daemon()

        def told() -> list[str]:
            return [line for line in daemon.log if "no font has" in line]

        wait_for(lambda: len(told()) == 1, "a warning")
        self.assertRegex(told()[0], r'layer title: no font has the letters "日本語" \(Han\)')
        for color in ("red", "green", "blue"):
            patch = {"content": {"style": {"color": color}}}
            daemon.call("PATCH", "/api/v1/layers/title?wait=on-air", patch)
        daemon.call("PATCH", "/api/v1/layers/title", {"content": {"text": "สวัสดี"}})
        wait_for(lambda: len(told()) > 1, "a warning")
        self.assertEqual(len(told()), 2, told())
        self.assertIn("(Thai)", told()[1])


class Usage(StreamdTest):
    def test_a_port_that_is_taken_is_told(self) -> None:
        daemon = self.daemon()
        address = daemon.address.removeprefix("http://")
        status, told = self.refused(str(self.scene), "--state", "memory:", "--listen", address)
        self.assertEqual(status, 1, told)
        self.assertIn(address.rsplit(":", 1)[1], told)

    def test_wrong_usage_is_refused_before_anything_is_opened(self) -> None:
        short = self.folder / "token"
        short.write_text("abc\n")
        for words in (
            ["--listen", "nowhere"], ["--listen", "0.0.0.0:0"], ["--token-file", str(short)],
            ["--bitrate", "much"], ["-o", "x.avi"], ["--assets", str(self.folder / "none")],
            ["--state", "ftp://x"], ["--threads", "0"], ["--preset", "supersonic"],
            ["--codec", "h266"],
        ):  # fmt: skip
            status, told = self.refused(str(self.scene), "--state", "memory:", *words)
            self.assertEqual(status, 2, (words, told))
            self.assertEqual(len(told.strip().splitlines()), 1, told)

    def test_a_misspelt_url_is_refused_without_its_key(self) -> None:
        for url in ("rmtp://live.example/app/SECRET", "ftp://u:SECRET@h/x", "rtmp:/h/app/SECRET"):
            status, told = self.refused(str(self.scene), "--state", "memory:", "-o", url)
            self.assertEqual(status, 2, told)
            self.assertIn("***", told)
            self.assertNotIn("SECRET", told)

    def test_an_answer_never_tells_the_key_of_a_misspelt_url(self) -> None:
        daemon = self.daemon()
        for url in ("ftp://u:PASS99@h/SECRET", "rmtp://h/app/SECRET", "rtmp:/h/app/SECRET"):
            answer = daemon.call("POST", "/api/v1/outputs", {"url": url})
            self.assertGreaterEqual(answer.status, 400, url)
            shown = answer.body + daemon.call("GET", "/api/v1/status").body
            for secret in (b"SECRET", b"PASS99"):
                self.assertNotIn(secret, shown)

    def test_a_scene_whose_output_has_a_misspelt_url_is_refused_without_its_key(self) -> None:
        self.scene.write_text(SCENE + "outputs:\n  - {id: a, url: 'ftp://u:PASS99@h/SECRET'}\n")
        status, told = self.refused(str(self.scene), "--state", "memory:")
        self.assertEqual(status, 2, told)
        self.assertIn("ftp://u:***@h/***", told)
        for secret in ("SECRET", "PASS99"):
            self.assertNotIn(secret, told)

    def test_a_wrong_scene_is_refused_with_every_fault(self) -> None:
        self.scene.write_text(SCENE.replace("color:", "colour:", 1))
        status, told = self.refused(str(self.scene))
        self.assertEqual(status, 2)
        self.assertIn("colour", told)

    def test_print_config_shows_no_secrets(self) -> None:
        token = self.folder / "token"
        token.write_text("0123456789abcdef\n")
        done = subprocess.run(
            [tool("streamd"), str(self.scene), "--print-config", "--token-file", str(token),
             "-o", "rtmp://127.0.0.1/live/secret-key", "--state", "redis://:pass-word@127.0.0.1/1"],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True,
        )  # fmt: skip
        config = json.loads(done.stdout)
        self.assertEqual(config["preset"], "veryfast")
        for secret in ("secret-key", "0123456789abcdef", "pass-word"):
            self.assertNotIn(secret, done.stdout)

    def test_it_ends_by_itself_after_its_duration(self) -> None:
        status, _ = self.refused(
            str(self.scene), "--state", "memory:", "--listen", "127.0.0.1:0", "--duration", "300ms"
        )
        self.assertEqual(status, 0)

    def test_sigint_ends_it_with_130(self) -> None:
        daemon = self.daemon()
        port = int(daemon.address.rsplit(":", 1)[1])
        self.assertEqual(daemon.end(signal.SIGINT), 130)
        self.assertFalse(answers(port))


class UnderSystemd(StreamdTest):
    def test_the_service_manager_is_told_when_it_is_ready(self) -> None:
        import socket

        path = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(PATIENCE_SECONDS)
            daemon = Daemon(self.scene)
            daemon.environment = {"NOTIFY_SOCKET": path}
            self.addCleanup(daemon.__exit__)
            daemon.start()
            self.assertEqual(manager.recv(4096), b"READY=1")
            daemon.end(signal.SIGTERM)
            self.assertEqual(manager.recv(4096), b"STOPPING=1")


if __name__ == "__main__":
    unittest.main()
