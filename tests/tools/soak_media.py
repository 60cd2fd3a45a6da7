"""The files that a soak shows: good ones, and hostile ones made from them by a seed."""

import random
import shutil
import subprocess
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from harness import plain_png, png, png_chunk, write_tone

FPS = 30
# The metronome shows white and beeps for FLASH_SECONDS, once in PERIOD_SECONDS.
PERIOD_SECONDS, FLASH_AT, FLASH_SECONDS = 2.0, 0.5, 0.2

IMAGES, DRAWINGS, ANIMATIONS, CLIPS = 4, 3, 2, 2

TEXT_BOMB_BYTES = (4 << 20, 16 << 20, 128 << 20)
HEADER_BYTES = 8 + 25  # the signature and IHDR of a PNG

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60">
<defs><filter id="f"><feGaussianBlur stdDeviation="{blur}"/></filter></defs>
<rect width="80" height="60" fill="{color}"/><circle cx="40" cy="30" r="{radius}" fill="#fff"
filter="url(#f)"/><text x="5" y="20">soak</text></svg>"""


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-threads", "1", *map(str, arguments)],
        check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def write_good_files(folder: Path) -> None:
    """Writes image-N.png, drawing-N.svg, anim-N.gif, clip-N.mp4, tone.wav and metronome.mkv."""
    folder.mkdir(parents=True, exist_ok=True)
    colors = [(0, 192, 64, 255), (192, 32, 64, 255), (32, 64, 208, 128), (240, 210, 16, 255)]
    for number in range(IMAGES):
        (folder / f"image-{number}.png").write_bytes(
            plain_png(80 + 40 * number, 60 + 20 * number, colors[number])
        )
    for number in range(DRAWINGS):
        text = DRAWING.format(
            blur=number, color=("navy", "teal", "#803020")[number], radius=9 + number
        )
        (folder / f"drawing-{number}.svg").write_text(text)
    for number in range(ANIMATIONS):
        ffmpeg(
            "-f",
            "lavfi",
            "-i",
            f"testsrc=s=64x48:r=10:d={1 + number}",
            folder / f"anim-{number}.gif",
        )
    for number in range(CLIPS):
        ffmpeg(
            "-f", "lavfi", "-i", f"testsrc2=s=160x90:r=25:d={2 + number}",
            "-f", "lavfi", "-i", f"sine=f={300 + 100 * number}:d={2 + number}",
            "-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p",
            "-c:a", "aac", folder / f"clip-{number}.mp4",
        )  # fmt: skip
    write_tone(folder / "tone.wav", 2)
    lit = f"between(t,{FLASH_AT - 0.001},{FLASH_AT + FLASH_SECONDS - 0.001})"
    ffmpeg(
        "-f", "lavfi", "-i",
        f"color=black:s=32x32:r={FPS}:d={PERIOD_SECONDS},drawbox=c=white:t=fill:enable='{lit}'",
        "-f", "lavfi", "-i", f"aevalsrc='0.6*sin(2*PI*1000*t)*{lit}':d={PERIOD_SECONDS}:s=48000",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p",
        "-c:a", "pcm_s16le", folder / "metronome.mkv",
    )  # fmt: skip


def good_content(chance: random.Random) -> dict[str, Any]:
    """The content of an overlay, from a good file or drawn by the daemon."""
    kind = chance.choice(["image", "svg", "gif", "video", "text", "color", "shape"])
    color = "#" + "".join(chance.choices("123456789abcdef", k=6))
    if kind == "image":
        return {"type": kind, "source": f"assets/image-{chance.randrange(IMAGES)}.png"}
    if kind == "svg":
        return {"type": kind, "source": f"assets/drawing-{chance.randrange(DRAWINGS)}.svg"}
    if kind == "gif":
        return {"type": kind, "source": f"assets/anim-{chance.randrange(ANIMATIONS)}.gif"}
    if kind == "video":
        clip = f"assets/clip-{chance.randrange(CLIPS)}.mp4"
        return {"type": kind, "source": clip, "loop": True, "volume": 0}
    if kind == "text":
        return {"type": kind, "text": f"soak {chance.randrange(1000)} {{{{frame}}}}"}
    if kind == "color":
        return {"type": kind, "color": color}
    return {"type": kind, "shape": "circle", "radius": chance.randint(4, 40), "fill": color}


# ---- Hostile files ------------------------------------------------------------------------------


def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def _damaged(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 40)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _huge_png(chance: random.Random) -> bytes:
    side = chance.choice([65_535, 300_000, 0x7FFFFFFF])
    return png(side, side, b"\0" * 64)


def _nested_svg(chance: random.Random) -> bytes:
    depth = chance.randint(500, 60_000)
    return ("<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * depth).encode()


def _entities_svg(chance: random.Random) -> bytes:
    names = [f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'x' * 64}'>" for n in range(9)]
    return (
        f"<!DOCTYPE svg [{''.join(names)}]><svg xmlns='http://www.w3.org/2000/svg'>"
        "<text>&e8;</text></svg>"
    ).encode()


def _filter_svg(chance: random.Random) -> bytes:
    """A drawing whose filter is slow, or has numbers beyond what a renderer expects."""
    primitive = chance.choice([
        f"<feTurbulence baseFrequency='0.{chance.randint(1, 99)}' "
        f"numOctaves='{10 ** chance.randint(2, 8)}'/>",
        f"<feConvolveMatrix order='{chance.choice([3, 99, 1000000])}' kernelMatrix='1 0 1' "
        f"targetX='{chance.randint(-9, 99)}'/>",
        f"<feGaussianBlur stdDeviation='{10 ** chance.randint(2, 30)}'/>",
        f"<feMorphology operator='dilate' radius='{10 ** chance.randint(2, 9)}'/>",
        f"<feOffset dx='{'9' * chance.randint(2, 60)}'/><feTile/>",
    ])  # fmt: skip
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='900'><filter id='f'>"
        f"{primitive}</filter><rect width='900' height='900' filter='url(#f)'/></svg>"
    ).encode()


def _text_svg(chance: random.Random) -> bytes:
    size = chance.choice(["1e38", "-1", "nan", "99999999", "1e-38"])
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'><text font-size='{size}' "
        f"x='{'1 ' * chance.randint(1, 3000)}' textLength='1e30'>{'ﷺ' * chance.randint(1, 4000)}"
        "</text></svg>"
    ).encode()


@cache
def pixel_bomb(side: int = 6000) -> bytes:
    """A small PNG with many samples."""
    return png(side, side, b"\0" * (1 + 4 * side) * side)


@cache
def text_bomb(text_bytes: int) -> bytes:
    """A small PNG with a long text that is compressed."""
    # Source: PNG (Third Edition), section 11.3.3.3: keyword, null, compression method 0, zlib stream.
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * text_bytes))
    made = plain_png(8, 8, (1, 2, 3, 4))
    return made[:HEADER_BYTES] + text + made[HEADER_BYTES:]


def _bomb_png(chance: random.Random) -> bytes:
    return pixel_bomb() if chance.random() < 0.3 else text_bomb(chance.choice(TEXT_BOMB_BYTES))


def hostile_content(chance: random.Random, assets: Path, number: int) -> tuple[str, dict[str, Any]]:
    """Writes a hostile file `bad-NUMBER.…` and gives its kind and the content that shows it."""
    makers = [
        ("huge PNG", "png", _huge_png), ("PNG bomb", "png", _bomb_png),
        ("nested SVG", "svg", _nested_svg), ("SVG entities", "svg", _entities_svg),
        ("SVG filter", "svg", _filter_svg), ("SVG text", "svg", _text_svg),
        ("noise", chance.choice(["png", "svg", "gif", "mp4"]), lambda c: c.randbytes(5000)),
        ("empty", chance.choice(["png", "svg", "gif", "mp4"]), lambda c: b""),
    ]  # fmt: skip
    for extension, good in (
        ("png", "image-0.png"), ("svg", "drawing-1.svg"), ("gif", "anim-0.gif"), ("mp4", "clip-0.mp4"),
    ):  # fmt: skip
        content = (assets / good).read_bytes()
        for what, change in (("cut", _cut), ("damaged", _damaged)):
            makers.append(
                (f"{what} {extension.upper()}", extension, lambda c, f=change, b=content: f(c, b))
            )
    kind, extension, make = chance.choice(makers)
    path = assets / f"bad-{number}.{extension}"
    path.write_bytes(make(chance))
    content_type = {"png": "image", "svg": "svg", "gif": "gif", "mp4": "video"}[extension]
    return kind, {"type": content_type, "source": f"assets/{path.name}"}


def copy_for_reload(assets: Path, name: str, count: int) -> list[str]:
    """Copies a file under `count` names, so that each is loaded by itself; their sources."""
    source = assets / name
    names = [f"{source.stem}-copy{number}{source.suffix}" for number in range(count)]
    for each in names:
        shutil.copyfile(source, assets / each)
    return [f"assets/{each}" for each in names]
