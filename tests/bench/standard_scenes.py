"""The standard scenes: what stands where, and the scene files of it.

Each scene is described once, as a list of elements from the back to the front. From the same list
come a scene file and, in ffmpeg_graphs.py, an ffmpeg filter graph, so that both draw the same
picture; bench.py compares the two before it measures them.
"""

import enum
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FPS = 1920, 1080, 60
LOGO_SIDE = 300
WRAP = WIDTH - LOGO_SIDE  # a drifting logo that has come so far begins again at the left
LAST_FRAME = 6000  # scenes are drawn alike up to here

# A slide of 3·2ⁿ px at one pixel a frame: progress × distance is a whole number at every frame,
# so the logo lies on whole pixels all the way, as it does in ffmpeg.
DRIFT_PIXELS = 6144

SLIDE_PIXELS, SLIDE_SECONDS = 1280, 10
FADE_SECONDS = 2  # in and out
TURN_SECONDS = 6

FEED_FPS, FEED_SECONDS = 30, 10


class Motion(enum.Enum):
    """What an element does all the time."""

    NONE = enum.auto()
    DRIFT = enum.auto()  # one pixel to the right each frame, from WRAP back to 0
    SLIDE = enum.auto()  # SLIDE_PIXELS to the right in SLIDE_SECONDS, then anew
    FADE = enum.auto()  # from nothing to its opacity and back in FADE_SECONDS
    TURN = enum.auto()  # once about its centre in TURN_SECONDS


@dataclass(frozen=True)
class Picture:
    """A PNG among the assets, its top left corner at (x, y)."""

    file: str
    x: int
    y: int
    width: int
    height: int
    opacity: float = 1
    scale: float = 1
    motion: Motion = Motion.NONE


@dataclass(frozen=True)
class Video:
    """A video among the assets, its top left corner at (x, y). It is played again and again."""

    file: str
    x: int
    y: int


@dataclass(frozen=True)
class Lettering:
    """Text and the shapes behind it, in a box at (x, y). ffmpeg is given it as a picture, drawn by
    layercast beforehand: `layers` are the layers of a scene whose canvas is the box."""

    name: str
    x: int
    y: int
    width: int
    height: int
    layers: tuple[dict, ...]
    is_timecode: bool = False  # its words change with every frame: ffmpeg has to draw them, too

    def picture(self) -> Picture:
        return Picture(f"{self.name}.png", self.x, self.y, self.width, self.height)


Element = Picture | Video | Lettering
BACKGROUND = Picture("background.png", 0, 0, WIDTH, HEIGHT)
VIGNETTE = Picture("vignette.png", 0, 0, WIDTH, HEIGHT)


def text(words: str, x: float, y: float, **style: object) -> dict:
    layer = {"type": "overlay", "content": {"type": "text", "text": words, "style": style}}
    return layer | {"transform": {"position": [x, y]}}


def panel(width: int, height: int, fill: str, radius: int = 0) -> dict:
    shape = {"shape": "rectangle", "width": width, "height": height, "radius": radius}
    return {"type": "overlay", "content": {"type": "shape", **shape, "fill": fill}}


def centred(words: str, width: int, height: int, **style: object) -> dict:
    layer = text(words, width / 2, height / 2, **style)
    layer["transform"]["anchor"] = [0.5, 0.5]
    return layer


TITLE = Lettering(
    "title", 510, 30, 900, 100,
    (centred("Harbour Sessions · Live", 900, 100, font_size=64, font_weight=700, color="white",
             stroke={"color": "black", "width": 6}),),
)
LOWER_THIRD = Lettering(
    "lower-third", 100, 940, 900, 100,
    (panel(900, 100, "rgba(16, 48, 160, 0.75)"),
     text("Ilse Brandt, from the old lighthouse", 24, 26, font_size=40, font_weight=700)),
)
CHAT = Lettering(
    "chat", 1470, 640, 420, 300,
    (panel(420, 300, "rgba(0, 0, 0, 0.4)", radius=24),
     text("mara: good evening from Bergen\n"
          "tobi_: is the second set tonight?\n"
          "quill: that cello!\n"
          "ines: the light on the water…\n"
          "oskar: hello hello\n"
          "june88: sound is perfect here\n"
          "pablo: who made the set?\n"
          "wren: one more please :)",
          18, 12, font_size=24, font_weight=600, line_height=1.4)),
)


CLOCK_SIZE = 35  # at which digits are whole px wide (21), as ffmpeg makes them at any size


def clock(words: str, is_timecode: bool) -> Lettering:
    style: dict = {"font_size": CLOCK_SIZE, "font_family": "monospace"}
    style["stroke"] = {"color": "black", "width": 3}
    layers = (centred(words, 300, 44, **style),)
    return Lettering("clock", 1600, 1010, 300, 44, layers, is_timecode)


def logos(count: int) -> list[Element]:
    """A grid of logos over the background, overlapping when they are many; every second drifts.
    Places are even, because ffmpeg's overlay puts 4:2:0 pictures on even pixels only."""
    columns = math.ceil(math.sqrt(count * WIDTH / HEIGHT))
    rows = math.ceil(count / columns)
    fall = HEIGHT - LOGO_SIDE
    placed: list[Element] = [BACKGROUND]
    for index in range(count):
        row, column = divmod(index, columns)
        x = 2 * round(column * WRAP / max(1, columns - 1) / 2)
        y = 2 * round(row * fall / (rows - 1) / 2) if rows > 1 else fall // 2
        motion = Motion.DRIFT if index % 2 == 1 else Motion.NONE
        placed.append(Picture("logo.png", x, y, LOGO_SIDE, LOGO_SIDE, motion=motion))
    return placed


FEED = Video("feed.mp4", 320, 180)
GUEST = Picture("guest.png", 0, 620, 640, 360, opacity=0.8, motion=Motion.SLIDE)


def three_layers() -> list[Element]:
    """A picture that slides over a video."""
    return [BACKGROUND, FEED, GUEST]


def broadcast() -> list[Element]:
    """Ten layers: the three above, one that fades, one that turns, texts of which one changes with
    every frame, and a vignette over everything."""
    return [
        *three_layers(),
        Picture("sponsor.png", 60, 60, 320, 180, scale=1.5, motion=Motion.FADE),
        Picture("logo.png", 1550, 60, LOGO_SIDE, LOGO_SIDE, motion=Motion.TURN),
        TITLE,
        LOWER_THIRD,
        CHAT,
        clock("{{timecode}}", is_timecode=True),
        VIGNETTE,
    ]


def still_life() -> list[Element]:
    """The same ten, none of which moves."""
    return [
        BACKGROUND,
        Picture("feed.png", FEED.x, FEED.y, 1280, 720),
        Picture("guest.png", 640, 620, 640, 360, opacity=0.8),
        Picture("sponsor.png", 60, 60, 320, 180, opacity=0.5, scale=1.5),
        Picture("logo.png", 1550, 60, LOGO_SIDE, LOGO_SIDE),
        TITLE,
        LOWER_THIRD,
        CHAT,
        clock("00:00:05:00", is_timecode=False),
        VIGNETTE,
    ]


SCENES: dict[str, list[Element]] = {
    "S3": three_layers(),
    "S10": broadcast(),
    "SN5": logos(5),
    "SN20": logos(20),
    "SN50": logos(50),
    "STATIC": still_life(),
}


def feed_of(name: str) -> Video | None:
    """The video that the scene plays."""
    return next((e for e in SCENES[name] if isinstance(e, Video)), None)


# ---- As a scene file ----------------------------------------------------------------------------


def drift(x: int) -> list[dict]:
    """Animations that move a layer at `x` one pixel a frame, and back by WRAP at each WRAP."""
    seconds = f"{DRIFT_PIXELS / FPS}s"
    moves = [{"effect": "slide", "from": [0, 0], "to": [DRIFT_PIXELS, 0], "duration": seconds}]
    for frame in range(WRAP - x, LAST_FRAME, WRAP):
        delay = f"{frame * 1000 // FPS}ms"  # within the frame before, or at the very instant
        moves.append({"effect": "slide", "from": [0, 0], "to": [-WRAP, 0], "delay": delay}
                     | {"duration": "0s", "fill": "forwards"})
    return moves


def animations_of(picture: Picture) -> list[dict]:
    for_ever = {"iterations": "infinite"}
    match picture.motion:
        case Motion.DRIFT:
            return drift(picture.x)
        case Motion.SLIDE:
            slide = {"effect": "slide", "from": [0, 0], "to": [SLIDE_PIXELS, 0]}
            return [slide | {"duration": f"{SLIDE_SECONDS}s"} | for_ever]
        case Motion.FADE:
            frames = [{"at": at, "opacity": opacity} for at, opacity in ((0, 0), (0.5, 1), (1, 0))]
            fade = {"effect": "keyframes", "keyframes": frames}
            return [fade | {"duration": f"{FADE_SECONDS}s"} | for_ever]
        case Motion.TURN:
            turn = {"effect": "rotate", "from": 0, "to": 360, "duration": f"{TURN_SECONDS}s"}
            return [turn | for_ever]
    return []


def layer_of(picture: Picture) -> dict:
    place: dict = {"position": [picture.x, picture.y], "scale": picture.scale}
    if picture.motion == Motion.TURN:
        centre = [picture.x + picture.width / 2, picture.y + picture.height / 2]
        place |= {"position": centre, "anchor": [0.5, 0.5]}
    layer = {"type": "overlay", "opacity": picture.opacity, "transform": place}
    layer |= {"content": {"type": "image", "source": picture.file}}
    animations = animations_of(picture)
    return layer | ({"animations": animations} if animations else {})


def video_layer_of(video: Video) -> dict:
    place = {"position": [video.x, video.y]}
    content = {"type": "video", "source": video.file, "loop": True}
    return {"type": "visual_feed", "transform": place, "content": content}


def layers_of(element: Element) -> list[dict]:
    if isinstance(element, Picture):
        return [layer_of(element)]
    if isinstance(element, Video):
        return [video_layer_of(element)]
    moved = []
    for layer in element.layers:
        transform = layer.get("transform", {"position": [0, 0]})
        x, y = transform["position"]
        position = {"position": [x + element.x, y + element.y]}
        moved.append(layer | {"transform": transform | position})
    return moved


def scene_layers(name: str) -> list[dict]:
    return [layer for element in SCENES[name] for layer in layers_of(element)]


def doubled(layer: dict) -> dict:
    """The layer as it lies on a canvas twice as wide and high."""
    place = layer.get("transform", {"position": [0, 0]})
    x, y = place["position"]
    place = place | {"position": [2 * x, 2 * y], "scale": 2 * place.get("scale", 1)}
    slides = [
        animation | {end: [2 * v for v in animation[end]] for end in ("from", "to")}
        if animation["effect"] == "slide" else animation
        for animation in layer.get("animations", [])
    ]
    return layer | {"transform": place} | ({"animations": slides} if slides else {})


def write_scene(
    folder: Path, name: str, layers: Sequence[dict], width: int = WIDTH, height: int = HEIGHT,
    background: str = "black",
) -> Path:
    """Writes NAME.yaml into the folder of its pictures, and returns its path. Values are written as
    JSON, which is YAML too."""
    canvas = {"width": width, "height": height, "fps": FPS, "background": background}
    lines = ["version: 1", f"scene: {name.lower()}", f"canvas: {json.dumps(canvas)}"]
    lines += [f"duration: {LAST_FRAME // FPS}s", "layers:"]
    for index, layer in enumerate(layers):
        lines.append("  - " + json.dumps({"id": f"layer-{index}"} | layer, ensure_ascii=False))
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def letterings() -> list[Lettering]:
    """Those that stay as they are."""
    all_of_them = [e for es in SCENES.values() for e in es if isinstance(e, Lettering)]
    return [lettering for lettering in all_of_them if not lettering.is_timecode]
