"""PNGs of every kind and with every colour chunk, and the colours that they show."""

import struct
from collections.abc import Iterable, Sequence

from image_files import (
    GREY, GREY_ALPHA, P3_POINTS, PALETTE, RGB, RGB_ALPHA, SRGB_INTENT, SRGB_POINTS, Chunk, chrm,
    cicp, gama, iccp, png, value_of,
)  # fmt: skip

Color = tuple[int, int, int]
Pixel = tuple[int, ...]
ChunkCases = dict[str, tuple[list[Chunk], Sequence[Color]]]  # by what they are

# ---- Chunks: what they say --------------------------------------------------------------------

COLORS = ((255, 0, 0), (0, 192, 0), (60, 60, 200), (128, 128, 128), (10, 20, 30), (200, 100, 50))
PLAIN: tuple[Color, ...] = COLORS
LINEAR = ((255, 0, 0), (0, 225, 0), (133, 133, 229), (188, 188, 188), (56, 79, 96), (229, 168, 122))
GAMMA_22 = ((255, 0, 0), (0, 193, 0), (57, 57, 201), (129, 129, 129), (3, 12, 24), (201, 100, 46))
P3_22 = ((255, 0, 0), (0, 197, 0), (57, 57, 209), (129, 129, 129), (1, 12, 25), (216, 93, 24))
P3_SRGB = ((255, 0, 0), (0, 196, 0), (60, 60, 208), (128, 128, 128), (7, 20, 31), (215, 93, 31))
SDR_VIDEO = ((255, 0, 0), (0, 189, 0), (49, 49, 197), (121, 121, 121), (1, 7, 18), (197, 91, 39))
BAD_POINTS = chrm(*[0.3] * 8)
D50_POINTS = chrm(0.3457, 0.3585, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)

CHUNKS: ChunkCases = {
    "nothing": ([], PLAIN),
    "gamma 1": ([gama(1)], LINEAR),
    "gamma 1/1.8": (
        [gama(1 / 1.8)],
        ((255, 0, 0), (0, 203, 0), (77, 77, 210), (146, 146, 146), (10, 26, 40), (210, 119, 65)),
    ),
    "gamma 0.35": (
        [gama(0.35)],
        ((255, 0, 0), (0, 178, 0), (34, 34, 187), (104, 104, 104), (0, 2, 7), (187, 74, 25)),
    ),
    "gamma near that of sRGB": ([gama(0.45455)], PLAIN),
    "gamma 4 % from that of sRGB": ([gama(0.47)], PLAIN),
    "gamma 0": ([gama(0)], PLAIN),
    "gamma and points of sRGB": ([gama(0.45455), SRGB_POINTS], GAMMA_22),
    "gamma and points of P3": ([gama(0.45455), P3_POINTS], P3_22),
    "gamma and points of a warm white": (
        [gama(0.45455), D50_POINTS],
        ((255, 16, 25), (0, 193, 33), (52, 56, 198), (129, 129, 129), (1, 12, 23), (209, 101, 53)),
    ),
    "points alone": ([P3_POINTS], PLAIN),
    "points on a line": ([gama(1), BAD_POINTS], PLAIN),
    "sRGB before gamma and points": ([gama(1), P3_POINTS, SRGB_INTENT], PLAIN),
    "an sRGB chunk of no known intent": ([(b"sRGB", b"\x09"), gama(1)], LINEAR),
    "a broken profile before gamma": ([iccp(b"junk"), gama(1)], LINEAR),
    "code points before gamma": ([cicp(1, 13), gama(1)], PLAIN),
    "code points of P3": ([cicp(12, 13)], P3_SRGB),
    "code points of BT.2020": (
        [cicp(9, 13)],
        ((255, 0, 0), (0, 203, 0), (19, 57, 209), (128, 128, 128), (0, 21, 31), (241, 76, 29)),
    ),
    "code points of BT.601": (
        [cicp(6, 13)],
        ((248, 36, 0), (45, 189, 0), (64, 66, 201), (128, 128, 128), (11, 20, 30), (196, 102, 49)),
    ),
    "code points of DCI-P3": (
        [cicp(11, 13)],
        ((255, 0, 0), (0, 196, 0), (59, 59, 208), (128, 128, 128), (8, 20, 31), (211, 93, 32)),
    ),
    "code points of linear light": ([cicp(1, 8)], LINEAR),
    "code points of gamma 2.2": ([cicp(1, 4)], GAMMA_22),
    "code points of BT.709": ([cicp(1, 1)], SDR_VIDEO),
    "code points of BT.601's curve": ([cicp(1, 6)], SDR_VIDEO),
    "code points of BT.2020's curve": ([cicp(1, 14)], SDR_VIDEO),
    "code points of SMPTE 240M": (
        [cicp(1, 7)],
        ((255, 0, 0), (0, 199, 0), (77, 77, 206), (141, 141, 141), (25, 38, 48), (206, 115, 68)),
    ),
    "code points of SMPTE ST 428": (
        [cicp(1, 17)],
        ((255, 0, 0), (0, 191, 0), (44, 44, 200), (118, 118, 118), (1, 5, 13), (200, 87, 34)),
    ),
    "unspecified primaries": ([cicp(2, 13), gama(1)], LINEAR),
    "unspecified transfer": ([cicp(1, 2), gama(1)], LINEAR),
    "unknown primaries": ([cicp(99, 13), gama(1)], LINEAR),
    "a matrix": ([cicp(12, 13, matrix=1)], PLAIN),
    "limited range": ([cicp(12, 13, full_range=0)], PLAIN),
}

# High dynamic range, tone-mapped as in the browser.
PQ = ((255, 0, 0), (0, 255, 0), (11, 11, 255), (132, 132, 132), (0, 1, 4), (255, 51, 8))
HDR_CHUNKS: ChunkCases = {
    "PQ": ([cicp(1, 16)], PQ),
    "PQ in BT.2020": (
        [cicp(9, 16)],
        ((255, 0, 0), (0, 255, 0), (0, 0, 255), (132, 132, 132), (0, 2, 4), (255, 0, 0)),
    ),
    "HLG": (
        [cicp(1, 18)],
        ((255, 0, 0), (0, 184, 0), (43, 43, 171), (99, 99, 99), (1, 5, 11), (187, 80, 39)),
    ),
    "HLG in BT.2020": (
        [cicp(9, 18)],
        ((255, 0, 0), (0, 193, 0), (0, 39, 178), (99, 99, 99), (0, 5, 11), (230, 48, 17)),
    ),
    "PQ up to 4000 nits by cLLI": (
        [cicp(1, 16), (b"cLLI", struct.pack(">II", 40_000_000, 4_000_000))],
        ((255, 0, 0), (0, 232, 0), (9, 9, 241), (132, 132, 132), (0, 1, 4), (255, 44, 6)),
    ),
    "PQ up to 4000 nits by mDCV": (
        [cicp(1, 16), (b"mDCV", bytes(16) + struct.pack(">II", 40_000_000, 100))],
        ((255, 0, 0), (0, 232, 0), (9, 9, 241), (132, 132, 132), (0, 1, 4), (255, 44, 6)),
    ),
    "PQ up to 400 nits": (
        [cicp(1, 16), (b"cLLI", struct.pack(">II", 4_000_000, 1_000_000))],
        ((255, 0, 0), (0, 255, 0), (11, 11, 255), (163, 163, 163), (0, 2, 6), (255, 52, 9)),
    ),
}


# ---- Every kind -----------------------------------------------------------------------------

DEPTHS = {
    GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16),
}  # fmt: skip
GAMMAS = (None, 0.35, 0.55, 0.7, 1.0, 2.5)
SIDE = 7  # odd: passes and rows of less than a byte end early


def palette(depth: int) -> list[Color]:
    return [((n * 37 + 11) % 256, (n * 91 + 200) % 256, (n * 150 + 5) % 256) for n in range(2**depth)]


def sample(x: int, y: int, band: int, depth: int) -> int:
    value = (x * 29 + y * 53 + band * 97 + x * y * 7) % 256
    return value * 257 if depth == 16 else value >> (8 - depth)


class Kind:
    """One PNG and the colours that it shows."""

    def __init__(self, kind: int, depth: int, interlaced: bool, gamma: float | None, keyed: bool):
        self.kind, self.depth, self.gamma = kind, depth, gamma
        bands = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}[kind]
        self.rows = [
            [tuple(sample(x, y, band, depth) for band in range(bands)) for x in range(SIDE)]
            for y in range(SIDE)
        ]
        self.key = self.rows[2][3] if keyed else None
        chunks = [gama(gamma)] if gamma else []
        if kind == PALETTE:
            chunks.append((b"PLTE", bytes(sum(palette(depth), ()))))
        if self.key and kind == PALETTE:
            chunks.append((b"tRNS", b"\xff" * self.key[0] + b"\0"))
        elif self.key:
            chunks.append((b"tRNS", struct.pack(f">{bands}H", *self.key)))
        self.png = png(self.rows, kind, depth, chunks, interlaced)
        self.name = f"{kind} {depth} {interlaced=} {gamma=} {keyed=}"

    def color_of(self, stored: tuple[int, ...]) -> Pixel:
        """Source: PNG Specification, third edition, sections 12 and 13; IEC 61966-2-1."""
        most = 255 if self.kind == PALETTE else 2**self.depth - 1
        alpha = 0.0 if stored == self.key else 1.0
        if self.kind == PALETTE:
            values: Sequence[int] = palette(self.depth)[stored[0]]
        elif self.kind in (GREY, GREY_ALPHA):
            values = [stored[0]] * 3
        else:
            values = stored[:3]
        if self.kind in (GREY_ALPHA, RGB_ALPHA):
            alpha = stored[-1] / most
        shares = [value / most for value in values]
        if self.gamma:
            shares = [value_of(share ** (1 / self.gamma)) for share in shares]
        return (*(round(255 * share) for share in shares), round(255 * alpha))

    def expected(self) -> list[Pixel]:
        return [self.color_of(stored) for row in self.rows for stored in row]


def kinds() -> Iterable[Kind]:
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                for gamma in GAMMAS:
                    yield Kind(kind, depth, interlaced, gamma, keyed=False)
                if kind in (GREY, RGB, PALETTE):
                    yield Kind(kind, depth, interlaced, None, keyed=True)
                    yield Kind(kind, depth, interlaced, 1.0, keyed=True)
