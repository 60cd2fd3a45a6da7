#!/usr/bin/python3
"""Images have the colours that their files state, and unsupported ones are not called damaged.

The expected colours are those of Chromium 156 or follow from the standard named beside them."""

import struct
import unittest
from collections.abc import Sequence

from harness import WIDTH, Pixel, ToolTest
from image_files import (
    AVIF_SIZE, GREY, PALETTE, QUARTERS, RGB, RGB_ALPHA, avif, chunk, cicp, clap, gama, iccp, imir,
    irot, ispe, light, lut_profile, nclx, png, tiff, value_of,
)  # fmt: skip
from png_cases import CHUNKS, COLORS, HDR_CHUNKS, SIDE, ChunkCases, Color, Kind, kinds


class ImageTest(ToolTest):
    def shown(self, *files: bytes, name: str = "a.png", side: int = 8) -> list[bytes]:
        """The rows of the pixels of files, of at most side × side pixels each, from one frame."""
        layers, columns = [], WIDTH // side
        for number, content in enumerate(files):
            self.file(f"{number}-{name}", content)
            place = [number % columns * side, number // columns * side]
            layers.append(
                f"{{id: l{number}, type: overlay, transform: {{position: {place}}}, "
                f"content: {{type: image, source: {number}-{name}}}}}"
            )
        frame = self.render(self.scene(*layers, background="#00000000"), "--at", "0")
        return [
            b"".join(
                frame[((number // columns * side + y) * WIDTH + number % columns * side) * 4 :][: side * 4]
                for y in range(side)
            )
            for number in range(len(files))
        ]

    def refused(self, content: bytes, name: str) -> str:
        """What render-frames says about an image that it does not show."""
        self.file(name, content)
        layer = f"{{id: a, type: overlay, content: {{type: image, source: {name}}}}}"
        done = self.run_tool("render-frames", self.scene(layer), "--at", "0")
        self.assert_refused(done, 1, name)
        return done.err


def pixels_of(block: bytes) -> list[Pixel]:
    return [tuple(block[at : at + 4]) for at in range(0, len(block), 4)]


# ---- PNG -----------------------------------------------------------------------------------------


class PngChunks(ImageTest):
    """Say what the stored values mean, in the order of precedence of the standard."""

    def check(self, cases: ChunkCases, within: int) -> None:
        blocks = self.shown(*(png([list(COLORS)], chunks=chunks) for chunks, _ in cases.values()))
        for (name, (_, expected)), block in zip(cases.items(), blocks):
            with self.subTest(name):
                for actual, color in zip(pixels_of(block), expected):
                    self.assert_near(actual, (*color, 255), within)

    def test_of_standard_dynamic_range(self) -> None:
        self.check(CHUNKS, within=1)

    def test_of_high_dynamic_range(self) -> None:
        self.check(HDR_CHUNKS, within=3)

    def test_that_are_damaged_say_nothing(self) -> None:
        content = bytearray(png([list(COLORS)], chunks=[gama(1)]))
        content[content.index(b"gAMA") + 8] ^= 1  # against the checksum
        [block] = self.shown(bytes(content))
        self.assertEqual(pixels_of(block)[3], (128, 128, 128, 255))

    def test_after_the_palette_say_nothing(self) -> None:
        palette = (b"PLTE", bytes(sum(COLORS, ())))
        rows = [[(index,) for index in range(len(COLORS))]]
        before = png(rows, PALETTE, chunks=[gama(1), palette])
        after = png(rows, PALETTE, chunks=[palette, gama(1)])
        blocks = self.shown(before, after)
        self.assert_near(pixels_of(blocks[0])[3], (188, 188, 188, 255), 1)
        self.assertEqual(pixels_of(blocks[1])[3], (128, 128, 128, 255))

    def test_leave_alpha_as_it_is(self) -> None:
        for depth, scale in ((8, 1), (16, 257)):
            values = [tuple(value * scale for value in (128, 60, 200, alpha)) for alpha in (255, 128, 0)]
            [block] = self.shown(png([values], RGB_ALPHA, depth, [gama(1)]))
            opaque, half, none = pixels_of(block)[:3]
            self.assert_near(opaque, (188, 133, 229, 255), 1)
            self.assert_near(half, (188, 133, 229, 128), 2)
            self.assertEqual(none[3], 0)

    def test_of_words_are_as_exact_as_words(self) -> None:
        # Linear light of a third of a level of eight bits.
        row = [(value,) for value in (85, 357, 1000, 20000, 65535)]
        [block] = self.shown(png([row], GREY, 16, [gama(1)]))
        for (value,), actual in zip(row, pixels_of(block)):
            self.assert_near(actual, (*[round(255 * value_of(value / 65535))] * 3, 255), 0)


class PngKinds(ImageTest):
    """Of every colour type, depth, interlacing, gamma and transparency, as in the suite of PNGs by
    Willem van Schaik."""

    def test_show_their_colors(self) -> None:
        every = list(kinds())
        step = 200  # files in a frame
        for start in range(0, len(every), step):
            part = every[start : start + step]
            for kind, block in zip(part, self.shown(*(each.png for each in part))):
                with self.subTest(kind.name):
                    self.check(kind, block)

    def check(self, kind: Kind, block: bytes) -> None:
        rows = pixels_of(block)
        shown = [rows[y * 8 + x] for y in range(SIDE) for x in range(SIDE)]
        for actual, expected in zip(shown, kind.expected()):
            self.assertEqual(actual[3], expected[3])
            # Premultiplied and divided again, a colour is exact to half a level of its alpha.
            for a, b in zip(actual[:3], expected[:3]):
                allowed = 1 + 128 / actual[3] if actual[3] else 255
                self.assertLessEqual(abs(a - b), allowed, f"{actual} is not {expected}")


# ---- ICC profiles --------------------------------------------------------------------------------


def swapped(rgb: Sequence[float]) -> Sequence[float]:
    """Blue for red: nobody takes the result for the stored colour."""
    return rgb[::-1]


class ProfileOfTablesOnly(ImageTest):
    """Is applied whichever intents it has tables for."""

    def test_of_rgb(self) -> None:
        for tables in (["A2B0"], ["A2B1"], ["A2B2"], ["A2B0", "A2B1"], ["A2B0", "A2B2"]):
            with self.subTest(tables):
                profile = iccp(lut_profile(b"RGB ", tables, swapped, 17))
                [block] = self.shown(png([[(200, 40, 40), (240, 200, 20)]], chunks=[profile]))
                first, second = pixels_of(block)[:2]
                self.assert_near(first, (40, 40, 200, 255), 3)
                self.assert_near(second, (20, 200, 240, 255), 3)

    def test_of_rgb_in_words(self) -> None:
        profile = iccp(lut_profile(b"RGB ", ["A2B0"], swapped, 17))
        row = [[(200 * 257, 40 * 257, 40 * 257)]]
        [block] = self.shown(png(row, RGB, 16, [profile]))
        self.assert_near(pixels_of(block)[0], (40, 40, 200, 255), 3)

    def test_of_grey(self) -> None:
        profile = iccp(lut_profile(b"GRAY", ["A2B0"], lambda grey: [1 - grey[0]] * 3, 33))
        [block] = self.shown(png([[(200,), (30,)]], GREY, chunks=[profile]))
        self.assert_near(pixels_of(block)[0], (55, 55, 55, 255), 3)
        self.assert_near(pixels_of(block)[1], (225, 225, 225, 255), 3)

    def test_of_inks(self) -> None:
        def rgb_of(inks: Sequence[float]) -> Sequence[float]:
            return [(1 - ink) * (1 - inks[3]) for ink in (inks[2], inks[1], inks[0])]

        profile = lut_profile(b"CMYK", ["A2B0"], rgb_of, 5)
        pixels = bytes((191, 64, 0, 0)) * 64
        content = tiff(8, 8, pixels, 5, [8] * 4, profile)
        [block] = self.shown(content, name="a.tif")
        self.assert_near(pixels_of(block)[0], (255, 191, 64, 255), 4)

    def test_of_another_color_space_is_ignored(self) -> None:
        profile = iccp(lut_profile(b"GRAY", ["A2B0"], lambda grey: [1 - grey[0]] * 3, 33))
        [block] = self.shown(png([[(200, 40, 40)]], chunks=[profile]))
        self.assertEqual(pixels_of(block)[0], (200, 40, 40, 255))

    def test_gives_way_to_code_points(self) -> None:
        profile = iccp(lut_profile(b"RGB ", ["A2B0"], swapped))
        [block] = self.shown(png([[(200, 40, 40)]], chunks=[cicp(1, 13), profile]))
        self.assertEqual(pixels_of(block)[0], (200, 40, 40, 255))


if __name__ == "__main__":
    unittest.main()
