#!/usr/bin/python3
"""Images have the colours that their files state, and unsupported ones are not called damaged.

The expected colours are those of Chromium 156 or follow from the standard named beside them."""

import struct
import unittest
from collections.abc import Sequence

from harness import WIDTH, Pixel, ToolTest
from image_files import (
    AVIF_SIZE, GREY, PALETTE, QUARTERS, RGB, RGB_ALPHA, avif, chunk, cicp, clap, gama, iccp, imir,
    irot, ispe, light, lut_profile, nclx, plain_interlaced_png, plain_webp, plain_webp_animation, png,
    tiff, value_of,
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


# ---- TIFF ----------------------------------------------------------------------------------------


class Tiff(ImageTest):
    def test_of_cielab_is_shown(self) -> None:
        # L* 53.7, a* 40, b* -40, for a white of D65.
        for bits, stored in ((8, bytes((137, 40, 216))), (16, struct.pack("<3H", 35209, 10240, 55296))):
            with self.subTest(bits):
                [block] = self.shown(tiff(8, 8, stored * 64, 8, [bits] * 3), name="a.tif")
                self.assert_near(pixels_of(block)[0], (160, 103, 196, 255), 2)

    def test_of_wide_integers_and_floating_point_is_shown(self) -> None:
        grey = round(255 * value_of(0.5))
        for stored, bits, format_, expected in (
            (struct.pack("<f", 0.5), [32], 3, (grey,) * 3),
            (struct.pack("<3f", 0.5, light(0.8), 0), [32] * 3, 3, (grey, 204, 0)),
            (struct.pack("<I", 200 * 0x01010101), [32], 1, (200,) * 3),
            (struct.pack("<3I", *(v * 0x01010101 for v in (200, 40, 90))), [32] * 3, 1, (200, 40, 90)),
        ):
            with self.subTest(bits=bits, format=format_):
                content = tiff(8, 8, stored * 64, 1 if len(bits) == 1 else 2, bits, sample_format=format_)
                [block] = self.shown(content, name="a.tif")
                self.assert_near(pixels_of(block)[0], (*expected, 255), 1)

    def test_of_an_unknown_kind_is_called_unsupported(self) -> None:
        pixels = bytes(8 * 8 * 3)
        cases = {
            "YCbCr without JPEG": tiff(8, 8, pixels, 6, [8] * 3),
            "ICC Lab": tiff(8, 8, pixels, 9, [8] * 3),
            "a camera's raw values": tiff(8, 8, pixels, 32803, [8]),
            "CIELAB with alpha": tiff(8, 8, bytes(256), 8, [8] * 4),
            "a compression": tiff(8, 8, pixels, 2, [8] * 3, compression=12345),
            "signed values": tiff(8, 8, pixels, 1, [8], sample_format=2),
            "half floats": tiff(8, 8, pixels * 2, 2, [16] * 3, sample_format=3),
            "doubles": tiff(8, 8, bytes(512), 1, [64], sample_format=3),
            "twelve bits": tiff(8, 8, pixels, 1, [12]),
        }
        for name, content in cases.items():
            with self.subTest(name):
                said = self.refused(content, "a.tif")
                self.assertIn("this kind of TIFF image is not supported (", said)
                self.assertIn("save it as", said)


# ---- What is said --------------------------------------------------------------------------------

# A baseline JPEG of 8 × 8 grey pixels.
JPEG = bytes.fromhex(
    "ffd8ffdb004300" + "01" * 64 + "ffc0000b080008000801011100ffc4001f00000105010101010101000000"
    "00000000000102030405060708090a0bffc400b5100002010303020403050504040000017d01020300041105122131"
    "410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a"
    "434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798"
    "999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9"
    "eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fd000fffd9"
)
FRAME_HEADER = JPEG.index(b"\xff\xc0")


def jpeg(at: int, replacement: bytes) -> bytes:
    start = FRAME_HEADER + at
    return JPEG[:start] + replacement + JPEG[start + len(replacement) :]


class Refused(ImageTest):
    def test_for_its_kind_is_not_called_damaged(self) -> None:
        plain = png([[(1, 2, 3)]])
        coded = avif("color 8", SYCC)
        cases = {
            "lossless.jpg": ("JPEG", "0xc3", jpeg(1, b"\xc3")),
            "hierarchical.jpg": ("JPEG", "0xc5", jpeg(1, b"\xc5")),
            "deep.jpg": ("JPEG", "precision 12", jpeg(4, b"\x0c")),
            "apple.png": ("PNG", "CgBI", plain[:8] + chunk(b"CgBI", b"P\0 \6") + plain[8:]),
            "critical.png": ("PNG", "ABCD", plain[:33] + chunk(b"ABCD", b"") + plain[33:]),
            "jpeg2000.avif": ("AVIF or HEIF", "'j2k1'", coded.replace(b"av01", b"j2k1")),
            "sequence.avif": ("AVIF or HEIF", "sequence", coded.replace(b"meta", b"moov")),
            "vvc.heic": ("AVIF or HEIF", "", coded.replace(b"av01", b"vvc1")),
        }
        for name, (format_, reason, content) in cases.items():
            with self.subTest(name):
                said = self.refused(content, name)
                self.assertIn(f"this kind of {format_} image is not supported (", said)
                self.assertIn(reason, said)
                self.assertNotIn("damaged", said)

    def test_for_its_size_is_not_called_damaged(self) -> None:
        wide = bytearray(png([[(1, 2, 3)]]))
        wide[8:33] = chunk(b"IHDR", struct.pack(">IIBBBBB", 2_000_000, 1, 8, 2, 0, 0, 0))
        cases = {
            "a.avif": ("17000 x 17000 pixels", avif("color 8", ispe(17000, 17000), SYCC)),
            "b.avif": ("larger than its decoder allows", avif("color 8", ispe(40000, 40000), SYCC)),
            "a.png": ("2000000 x 1 pixels", bytes(wide)),
            "a.jpg": ("65500 pixels", jpeg(5, b"\xff\xff\xff\xff")),
            "b.jpg": ("40000 x 40000 pixels", jpeg(5, b"\x9c\x40\x9c\x40")),
        }
        for name, (reason, content) in cases.items():
            with self.subTest(name):
                said = self.refused(content, name)
                self.assertIn(reason, said)
                self.assertNotIn("damaged", said)

    def test_for_damage_says_so_without_a_seek(self) -> None:
        whole = avif("color 8", SYCC)
        cases = {
            "a.avif": whole[:-20],
            "b.avif": whole[:200],
            "a.tif": tiff(8, 8, bytes(192), 2, [8] * 3)[:-40],
            "a.png": png([[(1, 2, 3)] * 8] * 8)[:-30],
        }
        for name, content in cases.items():
            with self.subTest(name):
                said = self.refused(content, name)
                self.assertIn("damaged or cut short", said)
                self.assertNotIn("seek", said)


class Large(ToolTest):
    """Of more than 100 MB of pixels: libvips would keep them in a file."""

    def color_at(self, kind: str, name: str, time: str) -> Pixel:
        layer = f"{{id: a, type: overlay, size: [8, 8], content: {{type: {kind}, source: {name}}}}}"
        frame = self.render(self.scene(layer), "--at", time)
        return tuple(frame[(4 * WIDTH + 4) * 4 :][:4])

    def test_stills_are_shown(self) -> None:
        for name, content in (
            ("large.webp", plain_webp(6000, (200, 40, 90, 255))),
            ("large.png", plain_interlaced_png(6000, (200, 40, 90))),
        ):
            self.file(name, content)
            self.assertEqual(self.color_at("image", name, "0"), (200, 40, 90, 255), name)

    def test_animations_are_shown(self) -> None:
        colors = [(20 * number, 40, 90, 255) for number in range(8)]
        self.file("large.webp", plain_webp_animation(2500, colors, 100))
        for number in (0, 5, 7, 3):
            time = f"{number * 100 + 50}ms"
            self.assertEqual(self.color_at("gif", "large.webp", time), colors[number])


if __name__ == "__main__":
    unittest.main()
