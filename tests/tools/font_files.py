"""TrueType fonts for tests: valid ones, and ones that keep a font library busy.

Source: OpenType specification 1.9, chapters head, hhea, maxp, hmtx, cmap, loca, glyf, name, post,
sbix.
"""

import struct

UNITS = 1000
SQUARE = [(100, 0), (100, 700), (700, 700), (700, 0)]


def simple_glyph(points: list[tuple[int, int]]) -> bytes:
    """One contour of straight lines; without points, an empty glyph."""
    if not points:
        return struct.pack(">hhhhh", 0, 0, 0, 0, 0) + struct.pack(">H", 0)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    glyph = struct.pack(">hhhhh", 1, min(xs), min(ys), max(xs), max(ys))
    glyph += struct.pack(">HH", len(points) - 1, 0) + b"\x01" * len(points)  # all on the curve
    for values in (xs, ys):
        before = 0
        for value in values:
            glyph += struct.pack(">h", value - before)
            before = value
    return glyph


def compound_glyph(part: int, times: int) -> bytes:
    """The glyph `part`, so many times, each 10 units farther to the right."""
    words, more, xy = 0x0001, 0x0020, 0x0002
    glyph = struct.pack(">hhhhh", -1, 0, 0, UNITS, UNITS)
    for number in range(times):
        flags = words | xy | (more if number + 1 < times else 0)
        glyph += struct.pack(">HHhh", flags, part, 10 * number, 0)
    return glyph


def font(
    glyphs: list[bytes], letters: dict[str, int], family: str = "Test",
    more: dict[bytes, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A font file. `letters`: the glyph of each letter; the first glyph is that of other letters.
    `more`: further tables."""
    padded = [glyph + bytes(-len(glyph) % 4) for glyph in glyphs]
    offsets, at = [0], 0
    for glyph in padded:
        at += len(glyph)
        offsets.append(at)
    count = len(glyphs)
    segments = sorted((ord(letter), glyph) for letter, glyph in letters.items())
    codes = [code for code, _ in segments] + [0xFFFF]
    deltas = [(glyph - code) & 0xFFFF for code, glyph in segments] + [1]
    total = len(codes)
    power = 1 << (total.bit_length() - 1)
    format_4 = struct.pack(">HHHH", 2 * total, 2 * power, power.bit_length() - 1, 2 * (total - power))
    format_4 += struct.pack(f">{total}H", *codes) + b"\0\0" + struct.pack(f">{total}H", *codes)
    format_4 += struct.pack(f">{total}H", *deltas) + bytes(2 * total)
    format_4 = struct.pack(">HHH", 4, 6 + len(format_4), 0) + format_4
    text = family.encode("utf-16-be")
    names = struct.pack(">HHH", 0, 1, 18) + struct.pack(">HHHHHH", 3, 1, 0x409, 1, len(text), 0)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 1, 12) + format_4,
        b"glyf": b"".join(padded),
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, 0, 0, UNITS,
            UNITS, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, UNITS, *[0] * 11, count),
        b"hmtx": struct.pack(">Hh", 800, 0) * count,
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"maxp": struct.pack(">IH13H", 0x10000, count, 100, 10, 100, 10, 2, *[0] * 6, 4, 64),
        b"name": names + text,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    } | (more or {})  # fmt: skip
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(
        ">IHHHH", 0x10000, len(tables), 16 * power, power.bit_length() - 1,
        16 * (len(tables) - power),
    )  # fmt: skip
    at, directory, body = 12 + 16 * len(tables), b"", b""
    for tag, content in sorted(tables.items()):
        whole = content + bytes(-len(content) % 4)
        checksum = sum(struct.unpack(f">{len(whole) // 4}I", whole)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", checksum, at + len(body), len(content))
        body += whole
    return head + directory + body


def plain_font(family: str = "Test") -> bytes:
    """The letters A and B are squares."""
    square = simple_glyph(SQUARE)
    return font([square, square], {"A": 1, "B": 1}, family)


def doubling_font(levels: int = 40, worst_first: bool = False, family: str = "Doubling") -> bytes:
    """Each glyph shows the one before it twice, or with `worst_first` the one after it: that of the
    letter B needs 2^levels loads."""
    if worst_first:
        glyphs = [compound_glyph(level + 1, 2) for level in range(levels)] + [simple_glyph([])]
        return font(glyphs, {"A": levels, "B": 0}, family)
    glyphs = [simple_glyph([])] + [compound_glyph(level, 2) for level in range(levels)]
    return font(glyphs, {"A": 0, "B": levels}, family)


def picture_font(picture: bytes, family: str = "Pictures") -> bytes:
    """The letter A is a PNG, for 20 px."""
    square = simple_glyph(SQUARE)
    glyph = struct.pack(">hh4s", 0, 0, b"png ") + picture
    first = 4 + 4 * 3  # the strike begins with its sizes, and an offset for each glyph and the end
    strike = struct.pack(">HHIII", 20, 72, first, first, first + len(glyph)) + glyph
    sbix = struct.pack(">HHII", 1, 1, 1, 12) + strike
    return font([square, square], {"A": 1}, family, {b"sbix": sbix})
