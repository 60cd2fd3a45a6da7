#!/usr/bin/python3
"""Changes of a running show: files that are replaced, frames of another size and rate, animations
and scheduled commands that are removed.
"""

import shutil
import socket
import subprocess
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness import PATIENCE_SECONDS, plain_png, read_with, wait_until
from layerctl_test import LiveTest

RED = (255, 0, 0)
BLUE = (0, 0, 255)
LIME = (0, 255, 0)
NAMES = {RED: "red", BLUE: "blue", LIME: "lime"}

FILES = """\
version: 1
scene: live
canvas: {width: 200, height: 40, fps: 25}
layers:
  - {id: image, type: overlay, content: {type: image, source: i.png}}
  - {id: drawing, type: overlay, transform: {position: [40, 0]}, content: {type: svg, source: s.svg}}
  - {id: gif, type: overlay, transform: {position: [80, 0]}, content: {type: gif, source: g.gif}}
  - {id: film, type: overlay, transform: {position: [120, 0]},
     content: {type: video, source: v.mp4, loop: true}}
  - {id: frames, type: overlay, transform: {position: [160, 0]},
     content: {type: frames, source: "f-%d.png"}}
"""


class Snapshots(LiveTest):
    def shown(self, width: int) -> bytes:
        """The RGB pixels on air."""
        self.take_snapshot("snapshot.png")
        return read_with("ffmpeg", "-i", self.folder / "snapshot.png", "-f", "rawvideo",
                         "-pix_fmt", "rgb24", "-")  # fmt: skip

    def colors(self, width: int, *places: tuple[int, int]) -> list[str]:
        """The names of the colours at these places; `other` for one that has none."""
        rgb = self.shown(width)
        found = []
        for x, y in places:
            at = 3 * (y * width + x)
            pixel = rgb[at : at + 3]
            near = [n for c, n in NAMES.items()
                    if all(abs(a - b) < 30 for a, b in zip(c, pixel, strict=True))]  # fmt: skip
            found.append(near[0] if near else "other")
        return found


class Files(Snapshots):
    def setUp(self) -> None:
        super(LiveTest, self).setUp()
        self.write(RED)
        self.file("scene.yaml", FILES)
        self.url = self.go_on_air()

    def write(self, color: tuple[int, int, int]) -> None:
        """Writes all files, each in one colour, and those with new names first."""
        name = NAMES[color]
        self.file("i.png", plain_png(40, 40, (*color, 255)))
        self.file("s.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>"
                           f"<rect width='40' height='40' fill='{name}'/></svg>")  # fmt: skip
        for number in (1, 2):
            self.file(f"f-{number}.png", plain_png(40, 40, (*color, 255)))
        for target in ("g.gif", "v.mp4"):
            new = self.folder / ("new-" + target)
            pixels = [] if target == "g.gif" else ["-pix_fmt", "yuv420p"]
            subprocess.run(
                ["ffmpeg", "-v", "error", "-y", "-f", "lavfi",
                 "-i", f"color=c={name}:s=40x40:r=10:d=1", *pixels, new],
                check=True, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
            new.rename(self.folder / target)

    def kinds(self) -> list[str]:
        return self.colors(200, *((x, 20) for x in (20, 60, 100, 140, 180)))

    def test_that_are_replaced_show(self) -> None:
        wait_until(lambda: self.kinds() == ["red"] * 5)
        self.write(BLUE)
        wait_until(lambda: self.kinds() == ["blue"] * 5)

    def test_that_are_named_again_show_as_they_are_then(self) -> None:
        wait_until(lambda: self.kinds() == ["red"] * 5)
        self.write(LIME)
        self.told("set", "image", "content.source=i.png", "--wait")
        wait_until(lambda: self.kinds() == ["lime"] * 5)

    def test_that_are_damaged_leave_what_is_shown(self) -> None:
        wait_until(lambda: self.kinds() == ["red"] * 5)
        log = self.folder / "streamd.log"
        for name in ("i.png", "s.svg", "g.gif", "v.mp4"):
            self.file(name, b"no picture")
            layer = {"i": "image", "s": "drawing", "g": "gif", "v": "film"}[name[0]]
            wait_until(lambda layer=layer: f"layer {layer}: " in log.read_text("utf-8"))
            self.assertEqual(self.kinds(), ["red"] * 5, name)
        self.write(BLUE)
        wait_until(lambda: self.kinds() == ["blue"] * 5)

    def test_that_are_missing_show_once_they_are_there(self) -> None:
        (self.folder / "late").mkdir()
        self.told("create", "overlay", "--id", "late", "content.type=image",
                  "content.source=late/x.png")  # fmt: skip
        shutil.copy(self.folder / "i.png", self.folder / "late" / "x.png")
        self.told("hide", "image")
        wait_until(lambda: self.kinds() == ["red"] * 5)


class Fonts(Snapshots):
    def test_that_are_replaced_show(self) -> None:
        fonts = Path("/usr/share/fonts/truetype/dejavu")
        shutil.copy(fonts / "DejaVuSans.ttf", self.folder / "own.ttf")
        done = self.ctl("set", "words", "content.style.font_file=own.ttf", "content.text=WWWiii",
                        "--wait")  # fmt: skip
        self.assertEqual(done.status, 0, done.err)
        before = self.shown(160)
        shutil.copy(fonts / "DejaVuSansMono.ttf", self.folder / "new.ttf")
        (self.folder / "new.ttf").rename(self.folder / "own.ttf")
        wait_until(lambda: self.shown(160) != before)


class Frames(Snapshots):
    def test_of_another_size_show_the_whole_canvas(self) -> None:
        self.told("hide", "words")
        self.told("set", "back", 'content.color="#0000ff"')
        self.told("set", "lot", 'content.color="#ff0000"', "opacity=1")
        # The box from (20, 20) to (60, 50) of 160 by 90.
        self.told("config", "set", "width=320", "height=180")
        wait_until(lambda: len(self.shown(320)) == 3 * 320 * 180)
        wait_until(lambda: self.colors(320, (44, 44), (116, 96), (30, 30), (300, 170))
                   == ["red", "red", "blue", "blue"])  # fmt: skip
        self.assertIn("width: 320\n", self.told("config", "get"))
        self.assertIn("width: 160", self.told("export"))
        self.told("config", "set", "width=80", "height=44")
        wait_until(lambda: len(self.shown(80)) == 3 * 80 * 44)

    def test_of_a_lower_rate_are_previewed(self) -> None:
        port = int(self.url.rstrip("/").rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(b"GET /api/v1/preview.mjpeg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            reader = client.makefile("rb")

            def frames(count: int) -> list[int]:
                found: list[int] = []
                while len(found) < count:
                    line = reader.readline()
                    self.assertTrue(line, "the preview has ended")
                    if line.startswith(b"Layercast-Frame: "):
                        found.append(int(line.split()[1]))
                return found

            wait_until(lambda: self.json("status")["frame"] > 50)
            frames(2)
            self.told("config", "set", "fps=5")
            wait_until(lambda: self.json("status")["frame"] < 40)
            self.assertLess(min(frames(20)), 40)


class Animations(LiveTest):
    def test_are_listed_and_removed(self) -> None:
        self.told("animate", "lot", "fade", "--from", "0", "--to", "1", "--duration", "1h")
        self.told("animate", "lot", "slide", "--to", "[9, 0]", "--duration", "1ms")
        lines = self.told("animations", "ls", "lot").splitlines()
        self.assertEqual(lines[0].split(), ["INDEX", "EFFECT", "PHASE", "START", "END", "VALUES"])
        self.assertEqual(lines[1].split()[:3], ["0", "fade", "running"])
        wait_until(lambda: self.json("animations", "ls", "lot")[1]["phase"] == "holding")
        self.told("animations", "rm", "lot", "0")
        (left,) = self.json("animations", "ls", "lot")
        self.assertEqual((left["index"], left["animation"]["effect"]), (0, "slide"))
        self.refused(3, ("layers/lot", "has no animation 4"), "animations", "rm", "lot", "4")
        self.refused(2, ("INDEX or --all",), "animations", "rm", "lot")
        self.refused(3, ("there is no layer",), "animations", "ls", "nobody")
        self.told("animate", "lot", "rotate", "--to", "9")
        self.told("animations", "rm", "lot", "--all")
        self.assertEqual(self.json("animations", "ls", "lot"), [])

    def test_of_a_file_are_listed_and_removed(self) -> None:
        self.file("file.yaml", "version: 1\nscene: file\ncanvas: {width: 64, height: 36, fps: 25}\n"
                  "layers:\n  - id: a\n    type: overlay\n    content: {type: color, color: red}\n"
                  "    animations:\n      - {effect: fade, from: 0, to: 1, duration: 1s}\n"
                  "      - {effect: rotate, to: 90, duration: 1s}\n")  # fmt: skip
        done = self.run_tool("layerctl", "--scene", "file.yaml", "animations", "ls", "a")
        self.assertEqual(done.out.decode().split()[:3], ["INDEX", "EFFECT", "VALUES"])
        self.run_tool("layerctl", "--scene", "file.yaml", "animations", "rm", "a", "0")
        done = self.run_tool("layerctl", "--scene", "file.yaml", "animations", "ls", "a", "--json")
        self.assertNotIn(b"fade", done.out)
        self.assertIn(b"rotate", done.out)

    def test_do_not_pile_up(self) -> None:
        for number in range(100):
            self.told("animate", "lot", "slide", "--to", f"[{number % 2}, 0]", "--duration", "1ms")
        self.assertLess(len(self.json("animations", "ls", "lot")), 40)


class Scheduled(LiveTest):
    def test_commands_are_listed_and_cancelled(self) -> None:
        self.assertIn("scheduled", self.ctl("hide", "lot", "--at", "1h").err)
        in_a_day = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat(timespec="seconds")
        self.assertIn("scheduled", self.ctl("hide", "words", "--at", in_a_day).err)
        first, second = self.json("at", "ls")
        self.assertEqual((first["number"], first["at"], first["method"]),
                         (1, "3600s", "layers.update"))  # fmt: skip
        self.assertEqual(second["time"][:19], in_a_day[:19])
        self.assertEqual(self.told("at", "ls").split()[:3], ["NUMBER", "AT", "TIME"])
        self.told("at", "cancel", "1")
        self.assertEqual([each["number"] for each in self.json("at", "ls")], [2])
        self.refused(3, ("there is no scheduled command 1",), "at", "cancel", "1")
        self.refused(2, ("NUMBER", "soon"), "at", "cancel", "soon")
        self.refused(2, ("frame:5400",), "hide", "lot", "--at", "noon")

    def test_a_command_is_waited_for(self) -> None:
        wait_until(lambda: self.json("status")["frame"] > 0)
        frame = self.json("status")["frame"] + 50
        told = self.told("hide", "lot", "--at", f"frame:{frame}", "--wait")
        self.assertRegex(told, r"^frame \d+\n$")
        shown = int(told.split()[1])
        self.assertGreaterEqual(shown, frame)
        self.assertLess(shown, frame + 50)
        at = datetime.now(timezone.utc) + timedelta(seconds=2)
        began = time.monotonic()
        self.told("show", "lot", "--at", at.isoformat(), "--wait")
        self.assertGreater(time.monotonic() - began, 1)
        # One that is far away is answered at once.
        self.assertIn("scheduled", self.ctl("hide", "lot", "--at", "20h", "--wait").err)


if __name__ == "__main__":
    unittest.main()
