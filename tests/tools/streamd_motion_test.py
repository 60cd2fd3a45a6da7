"""How live layers come, glide and go, seen on air: enter, exit, transition."""

import re
import signal
import subprocess
import unittest
from typing import Any, NamedTuple

from daemon import Daemon, wait_for
from harness import PATIENCE_SECONDS
from streamd_test import StreamdTest

FPS = 25
NAVY = (0x20, 0x40, 0x60)
ORANGE = (0xFF, 0x80, 0x00)
GREEN = (0x00, 0xFF, 0x00)

# An orange box of 80×60 with its corner at (20, 20); a green one of 40×20 at (0, 140).
SCENE = """version: 1
scene: show
canvas: {{width: 320, height: 180, fps: 25, background: "#204060"}}
layers:
  - {{id: box, type: overlay, size: [80, 60], transform: {{position: [20, 20]}},
     content: {{type: color, color: "#ff8000"}},
     exit: [{{effect: fade, from: 1, to: 0, duration: {exit}}}]}}
  - {{id: mover, type: overlay, size: [40, 20], transform: {{position: [0, 140]}},
     content: {{type: color, color: "#00ff00"}}, transition: {{duration: {glide}, easing: linear}}}}
"""


def seconds_of(duration: str) -> float:
    """As the API writes durations: `12s`, `1500ms`, `0.04s`."""
    found = re.fullmatch(r"([0-9.]+)(ms|s)", duration)
    assert found, duration
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


class Picture(NamedTuple):
    time: float  # stream time
    rgb: bytes  # 320×180

    def pixel(self, x: int, y: int) -> tuple[int, ...]:
        at = 3 * (320 * y + x)
        return tuple(self.rgb[at : at + 3])

    def box_level(self) -> float:
        """How opaque the box is, by its red."""
        return (self.pixel(60, 50)[0] - NAVY[0]) / (ORANGE[0] - NAVY[0])

    def mover_left(self) -> float:
        """Where the green box begins."""
        levels = [(self.pixel(x, 150)[1] - NAVY[1]) / (GREEN[1] - NAVY[1]) for x in range(320)]
        first = next(x for x, level in enumerate(levels) if level > 0.05)
        return first + 1 - min(levels[first], 1)

    def mover_right(self) -> int:
        """Where the green box ends."""
        return next(x for x in range(319, -1, -1) if self.pixel(x, 150)[1] > 0xA0) + 1


def look(daemon: Daemon) -> Picture:
    answer = daemon.snapshot()
    rgb = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        input=answer.body, capture_output=True, timeout=PATIENCE_SECONDS, check=True,
    ).stdout  # fmt: skip
    return Picture(int(answer.headers["layercast-frame"]) / FPS, rgb)


def look_until(daemon: Daemon, time: float) -> list[Picture]:
    """What is on air, again and again, until `time` is over."""
    pictures: list[Picture] = []
    wait_for(lambda: pictures.append(look(daemon)) or pictures[-1].time > time, f"{time} s")
    return pictures


class Motion(StreamdTest):
    def show(self, exit: str = "2s", glide: str = "2s", **how: Any) -> Daemon:
        self.scene.write_text(SCENE.format(exit=exit, glide=glide))
        daemon = self.daemon(**how)
        # An exit is that of a layer which was seen.
        wait_for(lambda: look(daemon).box_level() > 0.9, "the box on air")
        return daemon

    def patch(self, daemon: Daemon, layer: str, change: Any) -> Any:
        done = daemon.call("PATCH", f"/api/v1/layers/{layer}", change)
        self.assertEqual(done.status, 200, done)
        return done.json()["result"]

    def run_of(self, daemon: Daemon, layer: str) -> Any:
        return daemon.get(f"/api/v1/layers/{layer}/run")

    def assert_fading(self, pictures: list[Picture], leaves: float, exit: float) -> None:
        on_its_way = 0
        for picture in pictures:
            level = min(max(1 - (picture.time - leaves) / exit, 0), 1)
            self.assertAlmostEqual(picture.box_level(), level, delta=0.03)
            on_its_way += 0 < level < 1
        self.assertGreater(on_its_way, 0)

    def test_a_hidden_layer_fades_as_its_exit_says_and_is_gone(self) -> None:
        daemon = self.show()
        self.patch(daemon, "box", {"visible": False})
        leaves = seconds_of(self.run_of(daemon, "box")["exit_start"])
        pictures = look_until(daemon, leaves + 2.2)
        self.assert_fading(pictures, leaves, 2)
        self.assert_near(pictures[-1].pixel(60, 50), NAVY)
        self.assertIn("'box'", str(daemon.get("/api/v1/layers")))

    def test_shown_again_meanwhile_it_comes_back_the_same_way(self) -> None:
        daemon = self.show(exit="60s")
        self.patch(daemon, "box", {"visible": False})
        leaves = seconds_of(self.run_of(daemon, "box")["exit_start"])
        look_until(daemon, leaves + 1)
        self.patch(daemon, "box", {"visible": True})
        back = seconds_of(self.run_of(daemon, "box")["exit_start"])
        self.assertGreater(back, leaves + 2)
        for picture in look_until(daemon, back + 0.2):
            level = min(1 - (back - picture.time) / 60, 1)
            self.assertAlmostEqual(picture.box_level(), level, delta=0.03)

    def test_a_deleted_layer_is_no_layer_any_more_and_fades(self) -> None:
        daemon = self.show(exit="4s")
        self.assertEqual(daemon.call("DELETE", "/api/v1/layers/box").status, 200)
        self.assertEqual(daemon.call("GET", "/api/v1/layers/box").status, 404)
        self.assertNotIn("box", str(daemon.get("/api/v1/scene")))
        first = wait_for(
            lambda: (p := look(daemon)).box_level() < 0.9 and p, "the box on its way"
        )
        leaves = first.time - 4 * (1 - first.box_level())
        pictures = look_until(daemon, leaves + 4.2)
        self.assert_fading([first, *pictures], leaves, 4)
        self.assert_near(pictures[-1].pixel(60, 50), NAVY)

    def test_the_id_of_a_leaving_layer_is_free(self) -> None:
        daemon = self.show(exit="60s")
        self.assertEqual(daemon.call("DELETE", "/api/v1/layers/box").status, 200)
        new = {"id": "box", "type": "overlay", "size": [20, 20],
               "transform": {"position": [50, 40]}, "content": {"type": "color", "color": "#00ff00"}}  # fmt: skip
        self.assertEqual(daemon.call("POST", "/api/v1/layers?wait=on-air", new).status, 201)
        picture = look(daemon)
        self.assert_near(picture.pixel(60, 50), GREEN)
        self.assertGreater(picture.pixel(30, 30)[0], 0x60)  # the old one around it

    def test_a_change_glides_from_what_is_shown(self) -> None:
        daemon = self.show()
        self.patch(daemon, "mover", {"transform": {"position": [200, 140]}})
        start = seconds_of(self.run_of(daemon, "mover")["transition"]["transform_start"])
        pictures = look_until(daemon, start + 1)
        for picture in pictures:
            left = 200 * min(max((picture.time - start) / 2, 0), 1)
            self.assertAlmostEqual(picture.mover_left(), left, delta=1.5)
        # Called back on the way, it turns where it is.
        self.patch(daemon, "mover", {"transform": {"position": [0, 140]}})
        old = self.run_of(daemon, "mover")["transition"]
        turned, start = old["transform"]["position"][0], seconds_of(old["transform_start"])
        self.assertGreater(turned, 20)
        for picture in look_until(daemon, start + 2.2):
            left = turned * (1 - min(max((picture.time - start) / 2, 0), 1))
            if picture.time >= start:
                self.assertAlmostEqual(picture.mover_left(), left, delta=1.5)

    def test_a_new_size_glides(self) -> None:
        daemon = self.show()
        self.patch(daemon, "mover", {"size": ["75%", 20]})
        start = seconds_of(self.run_of(daemon, "mover")["transition"]["size_start"])
        for picture in look_until(daemon, start + 2.2):
            right = 40 + 200 * min(max((picture.time - start) / 2, 0), 1)
            self.assertAlmostEqual(picture.mover_right(), right, delta=2)

    def test_a_new_content_cross_fades(self) -> None:
        daemon = self.show()
        self.patch(daemon, "mover", {"transition": {"content": "2s"}})
        self.patch(daemon, "mover", {"content": {"color": "#ff00ff"}})
        start = seconds_of(self.run_of(daemon, "mover")["transition"]["content_start"])
        pictures = look_until(daemon, start + 2.2)
        for picture in pictures:
            faded = min(max((picture.time - start) / 2, 0), 1)
            self.assert_near(picture.pixel(20, 150), (255 * faded, 255 * (1 - faded), 255 * faded))
        self.assert_near(pictures[-1].pixel(20, 150), (255, 0, 255))

    def test_a_reloaded_file_glides_too(self) -> None:
        daemon = self.show(glide="60s")
        text = self.scene.read_text().replace("position: [0, 140]", "position: [240, 140]")
        self.scene.write_text(text)
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        transition = wait_for(
            lambda: self.run_of(daemon, "mover").get("transition"), "reloaded"
        )
        start = seconds_of(transition["transform_start"])
        for picture in look_until(daemon, start + 1):
            left = 240 * max((picture.time - start) / 60, 0)
            self.assertAlmostEqual(picture.mover_left(), left, delta=1.5)

    def test_after_kill_9_exits_and_glides_go_on_where_they_would_be(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        daemon = self.show(exit="100s", glide="100s", state=state)
        self.patch(daemon, "box", {"visible": False})
        leaves = seconds_of(self.run_of(daemon, "box")["exit_start"])
        self.patch(daemon, "mover", {"transform": {"position": [200, 140]}})
        start = seconds_of(self.run_of(daemon, "mover")["transition"]["transform_start"])
        look_until(daemon, start + 0.5)
        daemon.end(signal.SIGKILL)
        daemon.start()
        picture = look_until(daemon, start + 1)[-1]
        self.assertAlmostEqual(picture.box_level(), 1 - (picture.time - leaves) / 100, delta=0.03)
        self.assertAlmostEqual(
            picture.mover_left(), 200 * (picture.time - start) / 100, delta=1.5
        )
        # One that was deleted goes on leaving, too.
        self.assertEqual(daemon.call("DELETE", "/api/v1/layers/box").status, 200)
        daemon.end(signal.SIGKILL)
        daemon.start()
        picture = look_until(daemon, picture.time + 0.5)[-1]
        self.assertAlmostEqual(picture.box_level(), 1 - (picture.time - leaves) / 100, delta=0.03)
        self.assertEqual(daemon.call("GET", "/api/v1/layers/box").status, 404)


if __name__ == "__main__":
    unittest.main()
