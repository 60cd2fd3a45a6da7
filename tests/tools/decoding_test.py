#!/usr/bin/python3
"""Images are decoded in confined processes: files that crash a decoder, never end or take all memory
cost only their own picture.
"""

import contextlib
import json
import os
import shutil
import signal
import time
import unittest
from pathlib import Path

from daemon import processes_of
from font_files import doubling_font, picture_font, plain_font
from harness import PATIENCE_SECONDS, ToolTest, plain_png, scene_text, tool, wait_until
from image_files import bits_png
from layerctl_test import LiveTest


def svg(inside: str, size: int = 100) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">{inside}</svg>'


def filtered(primitive: str, size: int = 100) -> str:
    return svg(f'<filter id="f">{primitive}</filter>'
               f'<rect width="{size}" height="{size}" filter="url(#f)"/>', size)  # fmt: skip


CRASHES = {
    "convolve": filtered(f'<feConvolveMatrix order="21" kernelMatrix="{"1 " * 441}"/>'),
    "text": svg('<text font-size="-1e9">A<tspan font-size="-5%">กé</tspan></text>'),
}
ENDLESS = filtered('<feTurbulence baseFrequency="0.9" numOctaves="1000000"/>', 4000)
USES = svg("<defs><g id='u0'><rect width='9' height='9'/></g>" + "".join(
    f"<g id='u{n}'>" + f"<use href='#u{n - 1}'/>" * 10 + "</g>" for n in range(1, 7)
) + "</defs><use href='#u6'/>")  # fmt: skip

SCENE = """\
version: 1
scene: hostile
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
layers:
  - {id: back, type: overlay, content: {type: color, color: navy}}
"""


class OnAir(LiveTest):
    def setUp(self) -> None:
        super(LiveTest, self).setUp()
        self.file("scene.yaml", SCENE)
        self.file("i.png", plain_png(40, 40, (255, 0, 0, 255)))
        self.url = self.go_on_air()

    def create(self, name: str, kind: str, source: str, *options: str) -> int:
        return self.ctl("create", "overlay", "--id", name, f"content.type={kind}",
                        f"content.source={source}", "size=[100, 100]", *options).status  # fmt: skip

    def failure(self, name: str) -> str:
        reasons = self.json("status")["health"]["reasons"]
        return "".join(json.dumps(each) for each in reasons if each["subject"] == name)

    def test_files_that_crash_their_decoder_cost_only_their_picture(self) -> None:
        for name, text in CRASHES.items():
            self.file(f"{name}.svg", text)
            self.assertEqual(self.create(name, "svg", f"{name}.svg", "--wait"), 1)
            wait_until(lambda name=name: "crashed" in self.failure(name))
        self.assertEqual(self.create("honest", "image", "i.png", "--wait"), 0)
        for name in CRASHES:
            self.told("rm", name)
        wait_until(lambda: not self.failure("convolve"))
        self.assertIsNone(self.daemon.poll())

    def test_files_that_never_end_are_given_up(self) -> None:
        self.file("endless.svg", ENDLESS)
        self.told("create", "overlay", "--id", "endless", "content.type=svg",
                  "content.source=endless.svg", "size=[4000, 4000]")  # fmt: skip
        # Of CPU time; on a busy machine, the wait for an answer ends first.
        wait_until(lambda: "it takes more than" in self.failure("endless"))

    def test_a_font_that_never_ends_costs_only_its_text(self) -> None:
        self.file("plain.ttf", plain_font())
        self.file("doubling.ttf", doubling_font(worst_first=True))
        text = ("content.type=text", "content.text=AB {{frame}}", "size=[90, 40]")
        self.told("create", "overlay", "--id", "bad", *text, "content.style.font_file=doubling.ttf")
        wait_until(lambda: len(processes_of(self.daemon.pid)) >= 2)
        # Other texts are drawn while the font is checked.
        self.assertEqual(self.ctl("create", "overlay", "--id", "good", *text, "--wait",
                                  "content.style.font_file=plain.ttf").status, 0)  # fmt: skip
        self.assertEqual(self.failure("bad"), "")
        wait_until(lambda: "takes" in self.failure("bad"))
        self.assertIn("doubling.ttf", self.failure("bad"))
        self.assertEqual(self.failure("good"), "")
        self.told("rm", "bad")
        wait_until(lambda: len(processes_of(self.daemon.pid)) <= 1)

    def load_endless(self) -> None:
        """Both loaders are busy for seconds."""
        self.file("endless.svg", ENDLESS)
        for number in (1, 2):
            self.told("create", "overlay", "--id", f"endless-{number}", "content.type=svg",
                      "content.source=endless.svg", f"size=[{3000 + number}, 4000]")  # fmt: skip
        # The helper and two jobs.
        wait_until(lambda: len(processes_of(self.daemon.pid)) >= 3)

    def test_a_removed_layer_costs_nothing_more(self) -> None:
        self.load_endless()
        self.told("rm", "endless-1")
        self.told("rm", "endless-2")
        began = time.monotonic()
        self.assertEqual(self.create("honest", "image", "i.png", "--wait"), 0)
        self.assertLess(time.monotonic() - began, 5)
        # One of its jobs may still be ending.
        wait_until(lambda: len(processes_of(self.daemon.pid)) <= 1)

    def test_sigterm_does_not_wait_for_them(self) -> None:
        self.load_endless()
        began = time.monotonic()
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(PATIENCE_SECONDS), 0)
        self.assertLess(time.monotonic() - began, 5)

    def test_a_killed_helper_is_started_again(self) -> None:
        self.assertEqual(self.create("first", "image", "i.png", "--wait"), 0)
        (helper,) = processes_of(self.daemon.pid)
        os.kill(helper, signal.SIGKILL)
        self.file("j.png", plain_png(41, 40, (255, 0, 0, 255)))
        self.assertEqual(self.create("second", "image", "j.png", "--wait"), 0)
        self.assertEqual(self.failure("second"), "")

    def test_the_helper_ends_with_the_daemon(self) -> None:
        self.assertEqual(self.create("first", "image", "i.png", "--wait"), 0)
        (helper,) = processes_of(self.daemon.pid)
        self.daemon.kill()
        self.daemon.wait(PATIENCE_SECONDS)

        def has_ended() -> bool:
            with contextlib.suppress(OSError):
                return Path(f"/proc/{helper}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            return True

        wait_until(has_ended)


class Restarts(LiveTest):
    def setUp(self) -> None:
        super(LiveTest, self).setUp()
        self.file("scene.yaml", SCENE)
        for name, text in CRASHES.items():
            self.file(f"{name}.svg", text)

    def test_with_hostile_files_come_on_air(self) -> None:
        state = f"sqlite:{self.folder}/state.db"
        self.url = self.go_on_air("--state", state)
        for name in CRASHES:
            self.told("create", "overlay", "--id", name, "content.type=svg",
                      f"content.source={name}.svg", "size=[100, 100]")  # fmt: skip
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait(PATIENCE_SECONDS)
        self.url = self.go_on_air("--state", state)
        wait_until(lambda: all(f"layer {name}" in (self.folder / "streamd.log").read_text()
                               for name in CRASHES))  # fmt: skip
        wait_until(lambda: self.json("status")["frames"]["rendered"] > 0)


class Offline(ToolTest):
    def frame(self, source: str, *options: str) -> bytes:
        self.file("scene.yaml", scene_text(
            f"{{id: a, type: overlay, size: [60, 40], content: {{type: image, source: {source}}}}}"))
        return self.render("scene.yaml", "--at", "0", *options)

    def test_the_pictures_are_those_of_the_process_itself(self) -> None:
        self.file("i.png", plain_png(30, 20, (10, 200, 30, 128)))
        self.file("d.svg", svg("<circle cx='50' cy='50' r='40' fill='teal'/><text y='50'>Lot</text>"))
        for source in ("i.png", "d.svg"):
            self.assertEqual(self.frame(source), self.frame(source, "--decode", "in-process"))

    def test_hostile_files_are_refused_with_the_reason(self) -> None:
        for name, text in {**CRASHES, "uses": USES}.items():
            self.file(f"{name}.svg", text)
            self.file("scene.yaml", scene_text(
                "{id: a, type: overlay, size: [100, 100], "
                f"content: {{type: svg, source: {name}.svg}}}}"))  # fmt: skip
            done = self.run_tool("render-frames", "scene.yaml", "--at", "0")
            self.assert_refused(done, 1, f"{name}.svg", "cannot be")

    def test_fonts_that_never_end_are_refused(self) -> None:
        self.file("doubling.ttf", doubling_font())
        self.file("worst.ttf", doubling_font(worst_first=True))
        text = "{id: a, type: overlay, content: {type: text, text: AB%s}}"
        for scene, *words in (
            (scene_text(text % ", style: {font_file: worst.ttf}"), "worst.ttf", "takes"),
            (scene_text(text % "") + "fonts: [doubling.ttf]\n", "doubling.ttf", "glyph"),
        ):
            self.file("scene.yaml", scene)
            done = self.run_tool("render-frames", "scene.yaml", "--at", "0")
            self.assert_refused(done, 1, *words)

    def test_fonts_of_large_pictures_are_refused(self) -> None:
        text = "{id: a, type: overlay, content: {type: text, text: A, style: {font_file: p.ttf}}}"
        self.file("scene.yaml", scene_text(text))
        self.file("p.ttf", picture_font(plain_png(20, 20, (255, 0, 0, 255))))
        self.assertIn(bytes((255, 0, 0, 255)), self.render("scene.yaml", "--at", "0"))
        for side, words in ((3000, "is a picture of more than"), (20000, "takes too much memory")):
            self.file("p.ttf", picture_font(bits_png(side)))
            done = self.run_tool("render-frames", "scene.yaml", "--at", "0")
            self.assert_refused(done, 1, "p.ttf", f"glyph 1 {words}")

    def test_fonts_are_drawn_as_in_the_process_itself(self) -> None:
        self.file("plain.ttf", plain_font())
        self.file("scene.yaml", scene_text(
            "{id: a, type: overlay, "
            "content: {type: text, text: AB, style: {font_file: plain.ttf, font_size: 40}}}"))
        shown = self.render("scene.yaml", "--at", "0")
        self.assertEqual(shown, self.render("scene.yaml", "--at", "0", "--decode", "in-process"))
        self.assertGreater(len(set(shown)), 2)  # not empty

    def test_options_are_checked(self) -> None:
        self.file("scene.yaml", scene_text())
        for options, words in (
            (("--decode", "elsewhere"), "helper or in-process"),
            (("--sandbox", "maybe"), "available or required"),
            (("--decode", "in-process", "--sandbox", "required"), "--decode helper"),
        ):
            done = self.run_tool("render-frames", "scene.yaml", "--at", "0", *options)
            self.assert_refused(done, 2, words)

    def test_a_missing_helper_is_told(self) -> None:
        self.file("scene.yaml", scene_text())
        alone = self.folder / "bin" / "render-frames"
        alone.parent.mkdir()
        shutil.copy(tool("render-frames"), alone)
        done = self.run_tool(str(alone), "scene.yaml", "--at", "0")
        self.assert_refused(done, 2, "layercast-decode", "install layercast again")


if __name__ == "__main__":
    unittest.main()
