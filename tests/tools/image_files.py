"""Image files made byte by byte: PNG of every kind and with any chunk, AVIF, TIFF, ICC profiles."""

import base64
import struct
import zlib
from collections.abc import Callable, Sequence

Chunk = tuple[bytes, bytes]  # its type and its body

# ---- PNG -----------------------------------------------------------------------------------------

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
# The first column and row, and the steps, of the seven passes of Adam7.
_PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def gama(gamma: float) -> Chunk:
    return b"gAMA", struct.pack(">I", round(gamma * 100_000))


def chrm(*points: float) -> Chunk:
    """White, red, green and blue, x and y of each."""
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in points))


SRGB_POINTS = chrm(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
P3_POINTS = chrm(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
SRGB_INTENT: Chunk = (b"sRGB", b"\0")


def cicp(primaries: int, transfer: int, matrix: int = 0, full_range: int = 1) -> Chunk:
    return b"cICP", bytes([primaries, transfer, matrix, full_range])


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"profile\0\0" + zlib.compress(profile)


def _packed(values: Sequence[int], depth: int) -> bytes:
    """Samples of one row, the leftmost in the high bits."""
    if depth == 16:
        return struct.pack(f">{len(values)}H", *values)
    bits = "".join(f"{value:0{depth}b}" for value in values)
    return bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def png(
    rows: Sequence[Sequence[Sequence[int]]],
    kind: int = RGB,
    depth: int = 8,
    chunks: Sequence[Chunk] = (),
    interlaced: bool = False,
) -> bytes:
    """A PNG of `rows` of pixels, each a tuple of samples. `chunks` come before the pixels."""
    height, width = len(rows), len(rows[0])
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    data = b""
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        for row in rows[top::down]:
            samples = [sample for pixel in row[left::across] for sample in pixel]
            assert len(samples) % _SAMPLES[kind] == 0
            data += b"\0" + _packed(samples, depth) if samples else b""
    before = b"".join(chunk(*each) for each in chunks)
    pixels = chunk(b"IDAT", zlib.compress(data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + pixels + chunk(b"IEND", b"")


def plain_interlaced_png(side: int, color: tuple[int, int, int]) -> bytes:
    """A large PNG of one colour; Adam7."""
    data = zlib.compressobj(1)
    packed = b""
    for left, top, across, down in _PASSES:
        row = b"\0" + bytes(color) * len(range(left, side, across))
        for _ in range(top, side, down):
            packed += data.compress(row)
    header = struct.pack(">IIBBBBB", side, side, 8, RGB, 0, 0, 1)
    pixels = chunk(b"IDAT", packed + data.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def bits_png(side: int) -> bytes:
    """A black PNG of one bit a pixel."""
    header = struct.pack(">IIBBBBB", side, side, 1, GREY, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + bytes((side + 7) // 8)) * side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


# ---- WebP ----------------------------------------------------------------------------------------

RgbaColor = tuple[int, int, int, int]


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _lossless_bits(side: int, color: RgbaColor) -> bytes:
    """A picture of one colour, in which a pixel takes no bit. Source: RFC 9649, section 3."""
    red, green, blue, alpha = color
    fields = [(side - 1, 14), (side - 1, 14), (1, 1), (0, 3)]  # it has alpha; version 0
    fields += [(0, 1), (0, 1), (0, 1)]  # no transforms, no colour cache, one group of codes
    for value in (green, red, blue, alpha):
        fields += [(1, 1), (0, 1), (1, 1), (value, 8)]  # a code of one symbol, of 8 bits
    fields += [(1, 1), (0, 1), (0, 1), (0, 1)]  # the code of distances
    bits = at = 0
    for field, length in fields:
        bits |= field << at
        at += length
    return b"\x2f" + bits.to_bytes((at + 7) // 8, "little")


def plain_webp(side: int, color: RgbaColor) -> bytes:
    return _riff(b"RIFF", b"WEBP" + _riff(b"VP8L", _lossless_bits(side, color)))


def plain_webp_animation(side: int, colors: Sequence[RgbaColor], milliseconds: int) -> bytes:
    """A picture of each colour; played forever. Source: RFC 9649, section 2.7."""
    size = struct.pack("<I", side - 1)[:3] * 2
    body = _riff(b"VP8X", struct.pack("<I", 0x12) + size)  # alpha and animation
    body += _riff(b"ANIM", bytes(6))
    for color in colors:
        start = bytes(6) + size + struct.pack("<I", milliseconds)[:3] + b"\0"
        body += _riff(b"ANMF", start + _riff(b"VP8L", _lossless_bits(side, color)))
    return _riff(b"RIFF", b"WEBP" + body)


# ---- AVIF ----------------------------------------------------------------------------------------

AVIF_SIZE = (24, 16)
# A colour for each quarter; lossless as AV1 is with 4:4:4.
QUARTERS = ((200, 40, 90), (20, 160, 230), (240, 210, 10), (30, 120, 50))
GREYS = (16, 62, 128, 235)
# Coded by libaom: the quarters in full-range BT.601 4:4:4, as GBR, and as GBR premultiplied by the
# greys expanded from limited range; the greys in monochrome.
OBUS = {
    "color 8": "CgU4EO/tkjIbRAAA3IEO/AqVok9kqN9oD+raEnhxEFCx6sWm",
    "color 10": "CgU4EO/t0jIeRAAA3IELTv3anh/44NTm+0B/Ry3ZqeR0gkVdlWLT",
    "color 12": "CgZYEO/t5EAyIUQAANyBC0NWX1wZ1NheOTZvtAf0bnO3SQTm895H8BVi0w==",
    "gbr 8": "Cgg4EO/toCGgBDIcRAAA3H/h6sdr6GViQo32gQaiQ2rPISSt0Vi0wA==",
    "gbr-premultiplied 8": "Cgg4EO/toCGgBDIeRAAA3H7+K4QIWkjeFCgUKji1Y/PdqF5qqhO99dJA",
    "grey 8 limited": "CgUYEO/tojIORAAA3jSIBS+wfeLpejA=",
    "grey 8 full": "CgUYEO/tqjIORAAA3jSIBS+wfeLpejA=",
    "grey 10 limited": "CgUYEO/t4jIPRAAA3jSFaLtLB9d8n34w",
    "grey 12 limited": "CgVYEO/t8TIQRAAA3jSEwEXIsH1c83eOMA==",
}


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, body: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24) + body)


def ispe(width: int, height: int) -> bytes:
    return full_box(b"ispe", struct.pack(">II", width, height))


def nclx(primaries: int, transfer: int, matrix: int, full_range: int) -> bytes:
    body = struct.pack(">HHHB", primaries, transfer, matrix, full_range << 7)
    return box(b"colr", b"nclx" + body)


def irot(quarter_turns: int) -> bytes:
    return box(b"irot", bytes([quarter_turns]))


def imir(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def clap(width: float, height: float, x: float, y: float) -> bytes:
    numbers = [number for value in (width, height, x, y) for number in (round(value * 2), 2)]
    return box(b"clap", struct.pack(">IIIIiIiI", *numbers))


ALPHA = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")


def _av1c(name: str) -> bytes:
    kind, bits = name.split()[:2]
    flags = (bits != "8") << 6 | (bits == "12") << 5 | (0x1C if kind == "grey" else 0)
    profile = 2 if bits == "12" else int(kind != "grey")
    return box(b"av1C", bytes([0x81, profile << 5, flags, 0]))


class _Item:
    def __init__(self, name: str, properties: Sequence[bytes]) -> None:
        self.data = base64.b64decode(OBUS[name])
        self.properties = [*properties, _av1c(name)]
        if not any(each[4:8] == b"ispe" for each in properties):
            self.properties.insert(0, ispe(*AVIF_SIZE))


_ESSENTIAL = (b"irot", b"imir", b"clap", b"av1C")


def _properties(items: list[_Item]) -> bytes:
    listed: list[bytes] = []
    associations = b""
    for number, item in enumerate(items, 1):
        associations += struct.pack(">HB", number, len(item.properties))
        for each in item.properties:
            if each not in listed:
                listed.append(each)
            associations += bytes([listed.index(each) + 1 | (each[4:8] in _ESSENTIAL) << 7])
    table = full_box(b"ipma", struct.pack(">I", len(items)) + associations)
    return box(b"iprp", box(b"ipco", b"".join(listed)) + table)


def _meta(items: list[_Item], premultiplied: bool, start: int) -> bytes:
    places, entries = b"", b""
    for number, item in enumerate(items, 1):
        places += struct.pack(">HHHII", number, 0, 1, start, len(item.data))
        start += len(item.data)
        entries += full_box(b"infe", struct.pack(">HH4s", number, 0, b"av01") + b"\0", version=2)
    count = struct.pack(">H", len(items))
    body = full_box(b"hdlr", bytes(4) + b"pict" + bytes(13)) + full_box(b"pitm", b"\0\1")
    body += full_box(b"iloc", b"\x44\0" + count + places) + full_box(b"iinf", count + entries)
    if len(items) > 1:
        references = box(b"auxl", struct.pack(">HHH", 2, 1, 1))
        if premultiplied:
            references += box(b"prem", struct.pack(">HHH", 1, 1, 2))
        body += full_box(b"iref", references)
    return full_box(b"meta", body + _properties(items))


def avif(
    color: str, *properties: bytes, alpha: str = "", premultiplied: bool = False
) -> bytes:
    """An AVIF of one of the OBUS, with the properties in their order; `alpha`: a grey one."""
    items = [_Item(color, properties)]
    if alpha:
        items.append(_Item(alpha, [ALPHA]))
    kind = box(b"ftyp", b"avif" + bytes(4) + b"avifmif1miaf")
    start = len(kind) + len(_meta(items, premultiplied, 0)) + 8
    data = b"".join(item.data for item in items)
    return kind + _meta(items, premultiplied, start) + box(b"mdat", data)


# ---- TIFF ----------------------------------------------------------------------------------------


def tiff(
    width: int,
    height: int,
    pixels: bytes,
    photometric: int,
    bits: Sequence[int],
    profile: bytes = b"",
    compression: int = 1,
    sample_format: int = 1,
) -> bytes:
    """A TIFF of one strip."""
    samples = len(bits)
    values: dict[int, tuple[str, Sequence[int]]] = {
        256: ("I", [width]), 257: ("I", [height]), 258: ("H", bits), 259: ("H", [compression]),
        262: ("H", [photometric]), 273: ("I", [0]), 277: ("H", [samples]), 278: ("I", [height]),
        279: ("I", [len(pixels)]), 339: ("H", [sample_format] * samples),
    }  # fmt: skip
    if profile:
        values[34675] = ("B", profile)
    start = 8 + 2 + 12 * len(values) + 4
    packed = {tag: struct.pack(f"<{len(list_)}{kind}", *list_) for tag, (kind, list_) in values.items()}
    packed[273] = struct.pack("<I", start + sum(len(each) for each in packed.values() if len(each) > 4))
    directory, outside = struct.pack("<H", len(values)), b""
    for tag, (kind, list_) in values.items():
        content = packed[tag]
        directory += struct.pack("<HHI", tag, {"B": 7, "H": 3, "I": 4}[kind], len(list_))
        if len(content) > 4:
            directory += struct.pack("<I", start + len(outside))
            outside += content
        else:
            directory += content.ljust(4, b"\0")
    return b"II*\0" + struct.pack("<I", 8) + directory + bytes(4) + outside + pixels


# ---- ICC profiles --------------------------------------------------------------------------------

_D50 = (0.9642, 1.0, 0.8249)
_TO_XYZ = (
    (0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)  # fmt: skip


def light(value: float) -> float:
    """Of an sRGB value 0..1. Source: IEC 61966-2-1."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def value_of(linear: float) -> float:
    """The sRGB value 0..1 of light, clipped."""
    linear = min(max(linear, 0.0), 1.0)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _lab(rgb: Sequence[float]) -> tuple[float, float, float]:
    linear = [light(value) for value in rgb]
    roots = []
    for row, white in zip(_TO_XYZ, _D50):
        share = sum(a * b for a, b in zip(row, linear)) / white
        roots.append(share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116)
    x, y, z = roots
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _lut(channels: int, rgb_of: Callable[[Sequence[float]], Sequence[float]], points: int) -> bytes:
    """A 16-bit table from device values to Lab."""
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft2" + bytes(4) + bytes([channels, 3, points, 0]) + identity
    table += struct.pack(">HH", 2, 2) + struct.pack(">HH", 0, 65535) * channels
    for index in range(points**channels):
        digits = [index // points**place % points for place in reversed(range(channels))]
        lightness, a, b = _lab(rgb_of([digit / (points - 1) for digit in digits]))
        codes = (lightness * 652.8, (a + 128) * 256, (b + 128) * 256)
        table += struct.pack(">3H", *(round(min(max(code, 0), 65535)) for code in codes))
    return table + struct.pack(">HH", 0, 65535) * 3


def lut_profile(
    space: bytes,
    tables: Sequence[str],
    rgb_of: Callable[[Sequence[float]], Sequence[float]],
    points: int = 9,
) -> bytes:
    """A profile that has tables only, such as A2B0, which give `rgb_of` the device's values."""
    channels = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}[space]
    lut = _lut(channels, rgb_of, points)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in _D50))
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(81)
    tags = [(b"desc", name), (b"wtpt", white), (b"cprt", b"text" + bytes(4) + b"none\0")]
    tags += [(table.encode(), lut) for table in tables]
    offset = 128 + 4 + 12 * len(tags)
    directory, body = b"", b""
    for tag, content in tags:
        content += bytes(-len(content) % 4)
        directory += tag + struct.pack(">II", offset, len(content))
        body += content
        offset += len(content)
    header = bytearray(128)
    header[0:4] = struct.pack(">I", offset)
    header[8:12] = b"\x02\x40\0\0"
    header[12:24] = (b"prtr" if space == b"CMYK" else b"scnr") + space + b"Lab "
    header[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    header[36:40] = b"acsp"
    header[68:80] = white[8:20]
    return bytes(header) + struct.pack(">I", len(tags)) + directory + body
