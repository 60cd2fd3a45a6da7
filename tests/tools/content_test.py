#!/usr/bin/python3
"""Content that cannot be shown stops render-frames with one clear line each, or is shown as failed."""

import json
import os
import re
import unittest

from harness import (
    FRAME_BYTES, NAVY, Outcome, ToolTest, decoded, pixel, plain_png, png, scene_text, text_layer,
)  # fmt: skip

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def image_layer(source: str, layer: str = "a") -> str:
    where = "size: [40, 30], transform: {position: [20, 20]}"
    return (
        f"{{id: {layer}, type: overlay, {where}, "
        f"content: {{type: image, source: {json.dumps(source)}}}}}"
    )


def svg_layer(svg: str) -> str:
    return f"{{id: a, type: overlay, content: {{type: svg, svg: {json.dumps(svg)}}}}}"


class ContentTest(ToolTest):
    def fails(self, layer: str, path: str, *words: str) -> Outcome:
        """The scene of one layer is refused with one line that begins at `path`'s place."""
        scene = self.scene(layer)
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.mp4")
        self.assert_refused(done, 1, *words)
        line, column = self.place_of(scene.read_text(), path)
        start = f"scene.yaml:{line}:{column}: layers[0].{path}: "
        self.assertTrue(done.err.startswith(start), f"{done.err} does not begin with {start}")
        self.assertFalse((self.folder / "x.mp4").exists())
        return done

    def place_of(self, text: str, path: str) -> tuple[int, int]:
        """Where the value of the layer's `content`, or of its `source`, stands: from 1."""
        at = re.search(rf"\b{path.split('.')[-1]}: ", text[text.index("layers:") :]).end()
        before = text[: text.index("layers:") + at]
        return before.count("\n") + 1, len(before) - before.rfind("\n")


class Remarks(ContentTest):
    """What is drawn otherwise than its author meant it is a warning, not an error."""

    def test_name_the_layer_and_the_letters_that_no_font_has(self) -> None:
        chat = (
            "{id: c, type: chat, size: [160, 40], content: {type: chat, "
            'messages: [{id: "1", author: Ann, text: "こんにちは สวัสดี"}]}}'
        )
        self.scene(text_layer("Live 日本語 한국어"), text_layer("plain").replace("words", "b"), chat)
        done = self.run_tool("render-frames", "scene.yaml", "-o", "null:")
        self.assertEqual(done.status, 0)
        self.assertEqual(len(done.lines), 2, done.err)
        self.assertRegex(
            done.lines[0],
            r'^render-frames: warning: scene\.yaml:6:\d+: layers\[0\]\.content: no font has the '
            r'letters "日本語한국어" \(Han, Hangul\)',
        )
        self.assertRegex(done.lines[1], r"layers\[2\]\.content: .*\(Hiragana, Thai\)")
        quiet = self.run_tool("render-frames", "scene.yaml", "-o", "null:", "--log-level=error")
        self.assertEqual((quiet.status, quiet.err), (0, ""))

    def test_name_what_an_svg_has_that_is_not_drawn(self) -> None:
        self.scene(svg_layer(f'<svg {SVG} width="9" height="9"><foreignObject/><image href="x.png"/></svg>'))
        done = self.run_tool("render-frames", "scene.yaml", "-o", "null:")
        self.assertEqual((done.status, len(done.lines)), (0, 2), done.err)
        self.assertIn("layers[0].content: the SVG has <foreignObject>, which is not drawn", done.err)
        self.assertIn("the SVG refers to other files, which are not loaded", done.err)


class Image(ContentTest):
    def refuse(self, source: str, *words: str) -> None:
        self.fails(image_layer(source), "content.source", source, *words)

    def test_that_is_missing_is_told(self) -> None:
        self.refuse("missing.png", "no such file")

    def test_a_password_in_its_source_is_not_told(self) -> None:
        scene = self.scene(image_layer("http://me:secret@127.0.0.1:1/a.png?key=secret"))
        done = self.run_tool("render-frames", scene, "-o", "x.mp4")
        self.assert_refused(done, 1, "http://me:***@127.0.0.1:1/a.png?key=***: connection refused")
        self.assertNotIn("secret", done.err)

    def test_that_is_a_folder_is_told(self) -> None:
        (self.folder / "folder.png").mkdir()
        self.refuse("folder.png", "folder")

    def test_that_is_no_picture_is_told_with_what_would_be_one(self) -> None:
        self.file("words.png", "These are words.\n")
        self.refuse("words.png", "not an image", "PNG", "JPEG", "SVG")

    def test_that_is_empty_is_told(self) -> None:
        self.file("empty.png", b"")
        self.refuse("empty.png", "empty")

    def test_that_is_cut_short_is_told(self) -> None:
        whole = png(64, 64, b"".join(b"\0" + os.urandom(256) for _ in range(64)))
        self.file("short.png", whole[: len(whole) // 2])
        self.refuse("short.png", "damaged or cut short")

    def test_that_is_damaged_is_told(self) -> None:
        whole = bytearray(plain_png(64, 64, (255, 0, 0, 255)))
        whole[whole.index(b"IDAT") + 8] ^= 0xFF
        self.file("damaged.png", bytes(whole))
        self.refuse("damaged.png", "damaged or cut short")

    def test_of_a_huge_size_is_refused_before_it_takes_memory(self) -> None:
        self.file("huge.png", png(100_000, 100_000, b"\0" * 1000))
        self.refuse("huge.png", "100000 x 100000", "limit")

    def test_that_may_not_be_read_is_told(self) -> None:
        self.file("secret.png", plain_png(4, 4, (255, 0, 0, 255))).chmod(0)
        self.scene(image_layer("secret.png"))
        done = self.run_as_nobody("render-frames", "scene.yaml", "-o", "null:")
        self.assert_refused(done, 1, "layers[0].content.source: secret.png", "Permission denied")

    def test_that_is_a_pipe_or_a_device_does_not_hang(self) -> None:
        os.mkfifo(self.folder / "pipe.png")
        self.refuse("pipe.png")
        self.refuse("/dev/zero")

    def test_below_another_file_is_told(self) -> None:
        self.file("file", "")
        self.refuse("file/a.png")

    def test_beside_the_scene_is_found_from_another_folder(self) -> None:
        self.file("show/red.png", plain_png(40, 30, (255, 0, 0, 255)))
        self.file("show/scene.yaml", scene_text(image_layer("red.png")))
        self.assertEqual(pixel(self.render("show/scene.yaml"), 40, 35), (255, 0, 0, 255))


class SvgThatLinksOut(ContentTest):
    """Draws its own paint, and nothing from outside."""

    # The class Remarks has the warnings.
    UNTOLD = ("--log-level", "error")

    def shown(self, body: str) -> bytes:
        """One frame with the SVG, in which the secret's red must not be."""
        self.file("secret.png", plain_png(160, 90, (255, 0, 0, 255)))
        self.file(
            "secret.svg",
            f'<svg {SVG}><rect id="r" width="90" height="90" fill="red"/></svg>',
        )
        green = '<rect x="80" width="80" height="90" fill="#00ff00"/>'
        svg = f'<svg {SVG} width="160" height="90">{body}{green}</svg>'
        self.file("outer.svg", svg)
        self.scene("{id: a, type: overlay, content: {type: svg, source: outer.svg}}")
        frame = self.render("scene.yaml", "--at", "0", *self.UNTOLD)
        self.assertEqual(frame, self.inline(svg), "inline it is the same")
        return frame

    def inline(self, svg: str) -> bytes:
        self.scene(svg_layer(svg))
        return self.render("scene.yaml", "--at", "0", *self.UNTOLD)

    def test_to_a_picture_draws_its_own_paint_only(self) -> None:
        for link in ("secret.png", f"file://{self.folder}/secret.png", "http://127.0.0.1:9/a.png"):
            for attribute in ("xlink:href", "href"):
                with self.subTest(link, attribute=attribute):
                    frame = self.shown(f'<image {attribute}="{link}" width="160" height="90"/>')
                    self.assertEqual(pixel(frame, 40, 45), (*NAVY, 255))
                    self.assertEqual(pixel(frame, 120, 45), (0, 255, 0, 255))

    def test_to_a_shape_or_a_style_sheet_draws_its_own_paint_only(self) -> None:
        self.file("secret.css", "svg { background: red } rect { fill: red }")
        for body in (
            '<use xlink:href="secret.svg#r"/>',
            '<style>@import url("secret.css");</style>',
            f'<style>@import url("file://{self.folder}/secret.css");</style>',
        ):
            with self.subTest(body):
                frame = self.shown(body)
                self.assertEqual(pixel(frame, 40, 45), (*NAVY, 255))
                self.assertEqual(pixel(frame, 120, 45), (0, 255, 0, 255))

    def test_as_an_image_layer_draws_its_own_paint_only(self) -> None:
        self.file("secret.png", plain_png(160, 90, (255, 0, 0, 255)))
        self.file(
            "outer.svg",
            f'<svg {SVG} width="40" height="30"><image xlink:href="secret.png" width="40" '
            'height="30"/><rect x="20" width="20" height="30" fill="#00ff00"/></svg>',
        )
        frame = self.render(self.scene(image_layer("outer.svg")), "--at", "0", *self.UNTOLD)
        self.assertEqual(pixel(frame, 30, 35), (*NAVY, 255))
        self.assertEqual(pixel(frame, 50, 35), (0, 255, 0, 255))

    def test_through_an_entity_is_refused(self) -> None:
        self.file("secret.txt", "secret")
        self.file(
            "entity.svg",
            '<!DOCTYPE svg [<!ENTITY s SYSTEM "secret.txt">]>'
            f'<svg {SVG} width="40" height="30"><text y="20">&s;</text></svg>',
        )
        layer = "{id: a, type: overlay, content: {type: svg, source: entity.svg}}"
        self.fails(layer, "content.source", "entity.svg", "entities")


class Texture(ContentTest):
    def test_that_is_missing_is_told_at_its_own_place(self) -> None:
        self.file("host.png", plain_png(4, 4, (*NAVY, 255)))
        layer = (
            "{id: host, type: host, size: [40, 40], "
            "content: {type: character, source: host.png, texture: missing.png}}"
        )
        self.fails(layer, "content.texture", "missing.png")


class Font(ContentTest):
    def test_family_that_is_not_installed_is_told(self) -> None:
        layer = text_layer("Hi", 'font_family: "No Such Font"')
        self.fails(layer, "content", "No Such Font", "not installed")

    def test_file_that_is_missing_is_told(self) -> None:
        self.fails(
            text_layer("Hi", "font_file: missing.ttf"), "content", "missing.ttf", "not exist"
        )

    def test_file_that_is_no_font_is_told(self) -> None:
        self.file("words.ttf", "These are words.\n")
        layer = text_layer("Hi", "font_file: words.ttf")
        self.fails(layer, "content", "words.ttf", "not a font")

    def test_of_the_scene_that_is_missing_is_told(self) -> None:
        self.scene(text_layer("Hi"), head="duration: 400ms\nfonts: [missing.ttf]")
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.mp4")
        self.assert_refused(done, 1, "scene.yaml:4:8: fonts: ", "missing.ttf", "not exist")

    def test_of_the_scene_that_is_missing_is_told_without_any_text(self) -> None:
        self.scene(head="duration: 400ms\nfonts: [missing.ttf]")
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.mp4")
        self.assert_refused(done, 1, "fonts: ", "missing.ttf")


class SeveralFailures(ToolTest):
    def setUp(self) -> None:
        super().setUp()
        self.scene(
            image_layer("missing.png"),
            "{id: fine, type: overlay, size: [20, 20], transform: {position: [100, 60]}, "
            "content: {type: color, color: '#00ff00'}}",
            "{id: words, type: overlay, size: [60, 14], "
            "content: {type: text, text: '<b', markup: true}}",
            "{id: hidden, type: overlay, visible: false, content: {type: image, source: no.png}}",
        )
        self.faults = [
            r"scene\.yaml:\d+:\d+: layers\[0\]\.content\.source: .*missing\.png.*",
            r"scene\.yaml:\d+:\d+: layers\[2\]\.content: .*markup.*",
        ]

    def assert_lines(self, lines: list[str], prefix: str = "") -> None:
        self.assertEqual(len(lines), len(self.faults), lines)
        for line, fault in zip(lines, self.faults):
            self.assertRegex(line, f"^{prefix}{fault}$")

    def test_are_told_all_at_once_but_for_hidden_layers(self) -> None:
        for output in ("x.mp4", "%d.png", "x.rgba", "-", "null:"):
            with self.subTest(output):
                done = self.run_tool("render-frames", "scene.yaml", "-o", output)
                self.assertEqual((done.status, done.out), (1, b""))
                self.assert_lines(done.lines)
        self.assert_files("scene.yaml")

    def test_are_warnings_when_one_keeps_going(self) -> None:
        done = self.run_tool("render-frames", "scene.yaml", "--keep-going", "--at", "0")
        self.assertEqual(done.status, 0)
        self.assert_lines(done.lines, "render-frames: warning: ")

    def test_are_shown_as_a_red_picture_when_one_keeps_going(self) -> None:
        done = self.run_tool("render-frames", "scene.yaml", "--keep-going", "-o", "x.mkv")
        self.assertEqual(done.status, 0)
        frames = decoded(self.folder / "x.mkv")
        self.assertEqual(len(frames), 10 * FRAME_BYTES)
        red, green, blue, _ = (
            sum(pixel(frames, x, y)[channel] for x in range(24, 56) for y in range(24, 46))
            for channel in range(4)
        )
        self.assertGreater(red, 1.3 * max(green, blue))
        self.assert_near(pixel(frames, 110, 70), (0, 255, 0, 255), within=8)
        self.assert_near(pixel(frames, 150, 10), (*NAVY, 255), within=5)

    def test_keep_nothing_else_from_being_drawn_the_same_each_time(self) -> None:
        first, second = (
            self.run_tool("render-frames", "scene.yaml", "--keep-going", "--threads", threads).out
            for threads in ("1", "2")
        )
        self.assertEqual(first, second)


if __name__ == "__main__":
    unittest.main()
