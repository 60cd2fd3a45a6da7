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


# ---- AVIF ----------------------------------------------------------------------------------------

SYCC = nclx(1, 13, 6, 1)
GBR_SRGB = nclx(1, 13, 0, 1)
A, B, C, D = QUARTERS


class AvifTest(ImageTest):
    SIDE = 32
    FILES_A_FRAME = 10

    def check(self, cases: Sequence[tuple[bytes, Sequence[Color], tuple[int, int]]]) -> None:
        """Each file shows four colours, a quarter of its picture each, in its size."""
        for start in range(0, len(cases), self.FILES_A_FRAME):
            part = cases[start : start + self.FILES_A_FRAME]
            blocks = self.shown(*(content for content, _, _ in part), name="a.avif", side=self.SIDE)
            for number, (block, (_, expected, size)) in enumerate(zip(blocks, part), start):
                with self.subTest(number):
                    self.assert_quarters(block, expected, size)

    def assert_quarters(
        self, block: bytes, expected: Sequence[Color], size: tuple[int, int], within: int = 3
    ) -> None:
        rows = [pixels_of(block)[y * self.SIDE :][: self.SIDE] for y in range(self.SIDE)]
        width = sum(each[3] > 0 for each in rows[1])
        height = sum(row[1][3] > 0 for row in rows)
        self.assertEqual((width, height), size)
        shown = [rows[y][x] for y in (1, height - 2) for x in (1, width - 2)]
        for actual, color in zip(shown, expected):
            self.assert_near(actual, (*color, 255), within)


class AvifTransforms(AvifTest):
    """Are those of the browser at every depth, whatever their place among the properties."""

    def test_turn_and_mirror(self) -> None:
        turned = AVIF_SIZE[::-1]
        cases = (
            ((), (A, B, C, D), AVIF_SIZE),
            ((imir(0),), (C, D, A, B), AVIF_SIZE),
            ((imir(1),), (B, A, D, C), AVIF_SIZE),
            ((irot(1),), (B, D, A, C), turned),
            ((irot(2),), (D, C, B, A), AVIF_SIZE),
            ((irot(3),), (C, A, D, B), turned),
            ((irot(1), imir(0)), (A, C, B, D), turned),
            ((imir(0), irot(1)), (A, C, B, D), turned),
            ((irot(1), imir(1)), (D, B, C, A), turned),
            ((irot(1), ispe(*AVIF_SIZE)), (B, D, A, C), turned),
        )
        for depth in (8, 10, 12):
            self.check(
                [
                    (avif(f"color {depth}", SYCC, *properties), expected, size)
                    for properties, expected, size in cases
                ]
            )

    def test_crop_on_whole_pixels(self) -> None:
        for depth in (8, 10, 12):
            middle = avif(f"color {depth}", SYCC, clap(20, 12, -2, -2))
            corner = avif(f"color {depth}", SYCC, clap(12, 8, 6, 4), irot(1))
            self.check([(middle, QUARTERS, (20, 12)), (corner, [D] * 4, (8, 12))])

    def test_that_crop_inside_pixels_are_ignored(self) -> None:
        crops = clap(12.5, 8, -6, -4), clap(12, 8, -5.5, -4), clap(0, 0, 0, 0)
        self.check(
            [
                (avif(f"color {depth}", SYCC, crop), QUARTERS, AVIF_SIZE)
                for crop in crops
                for depth in (8, 10)
            ]
        )


class AvifColors(AvifTest):
    """Follow the code points of the file."""

    def test_of_srgb_and_what_counts_as_it(self) -> None:
        codes = (1, 13), (2, 2), (1, 1), (1, 6), (1, 14)  # unspecified; the curves of video
        self.check(
            [(avif("gbr 8", nclx(*each, 0, 1)), QUARTERS, AVIF_SIZE) for each in codes]
        )

    def test_of_wide_gamuts_and_other_curves_are_as_those_of_png(self) -> None:
        codes = (12, 13), (9, 13), (1, 8), (1, 4), (9, 16), (1, 18)
        files = [png([list(QUARTERS)], chunks=[cicp(*each)]) for each in codes]
        cases = []
        for each, block in zip(codes, self.shown(*files)):
            expected = [color[:3] for color in pixels_of(block)[:4]]
            self.assertNotEqual(expected, list(QUARTERS))
            cases.append((avif("gbr 8", nclx(*each, 0, 1)), expected, AVIF_SIZE))
        self.check(cases)

    def test_of_high_dynamic_range_in_ten_bits(self) -> None:
        [block] = self.shown(png([list(QUARTERS)], chunks=[cicp(9, 16)]))
        expected = [each[:3] for each in pixels_of(block)[:4]]
        content = avif("color 10", nclx(9, 16, 6, 1))
        [block] = self.shown(content, name="a.avif", side=self.SIDE)
        self.assert_quarters(block, expected, AVIF_SIZE, within=5)


class AvifRange(AvifTest):
    """Is expanded in planes without chroma, too."""

    # (62 - 16) × 255 ÷ 219 and so on.
    EXPANDED = tuple((value,) * 3 for value in (0, 54, 130, 255))
    KEPT = tuple((value,) * 3 for value in (16, 62, 128, 235))

    def test_of_luma(self) -> None:
        full, limited = nclx(1, 13, 6, 1), nclx(1, 13, 6, 0)
        cases = [(avif("grey 8 full", full), self.KEPT), (avif("grey 8 full"), self.KEPT)]
        for depth in (8, 10, 12):
            # As the property says, and without it as the coded picture says.
            cases.append((avif(f"grey {depth} limited", limited), self.EXPANDED))
            cases.append((avif(f"grey {depth} limited"), self.EXPANDED))
        self.check([(content, expected, AVIF_SIZE) for content, expected in cases])

    def test_of_alpha(self) -> None:
        expanded, kept = (54, 130, 255), (62, 128, 235)
        cases = [
            ("color 8", "grey 8 limited", expanded),
            ("color 8", "grey 8 full", kept),
            ("grey 8 full", "grey 8 limited", expanded),
            ("grey 8 full", "grey 8 full", kept),
            ("color 10", "grey 10 limited", expanded),
            ("grey 10 limited", "grey 10 limited", expanded),
            ("color 12", "grey 12 limited", expanded),
        ]
        files = [avif(color, SYCC, alpha=alpha) for color, alpha, _ in cases]
        for block, (color, alpha, expected) in zip(self.shown(*files, name="a.avif", side=32), cases):
            with self.subTest(color=color, alpha=alpha):
                shown = [pixels_of(block)[y * 32 + x][3] for x, y in ((20, 3), (3, 12), (20, 12))]
                for actual, wanted in zip(shown, expected):
                    self.assertLessEqual(abs(actual - wanted), 1)


class AvifPremultiplied(AvifTest):
    def test_colors_are_divided_by_alpha(self) -> None:
        stored = avif("gbr-premultiplied 8", GBR_SRGB, alpha="grey 8 limited", premultiplied=True)
        straight = avif("gbr 8", GBR_SRGB, alpha="grey 8 limited")
        for content in (stored, straight):
            [block] = self.shown(content, name="a.avif", side=32)
            third, last = (pixels_of(block)[12 * 32 + x] for x in (3, 20))
            self.assert_near(third, (*C, 130), 2)
            self.assert_near(last, (*D, 255), 1)


if __name__ == "__main__":
    unittest.main()
