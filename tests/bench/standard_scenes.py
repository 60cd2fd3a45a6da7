"""The standard scenes: what stands where, written out for layercast and for ffmpeg.

Each scene is described once, as a list of elements from the back to the front. From the same list
come a scene file and an ffmpeg filter graph, so that both draw the same picture; bench.py compares
the two before it measures them.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FPS = 1920, 1080, 60
LOGO_SIDE = 300
WRAP = WIDTH - LOGO_SIDE  # a drifting logo that has come so far begins again at the left
LAST_FRAME = 6000  # scenes are drawn alike up to here

# A slide of 3·2ⁿ px at one pixel a frame: progress × distance is a whole number at every frame,
# so the logo lies on whole pixels all the way, as it does in ffmpeg.
DRIFT_PIXELS = 6144


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
    drifts: bool = False  # one pixel to the right each frame, from WRAP back to 0


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

    def picture(self) -> Picture:
        return Picture(f"{self.name}.png", self.x, self.y, self.width, self.height)


Element = Picture | Lettering
BACKGROUND = Picture("background.png", 0, 0, WIDTH, HEIGHT)


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
CLOCK = Lettering(
    "clock", 1600, 1010, 300, 44,
    (centred("00:00:05:00", 300, 44, font_size=36, font_family="monospace",
             stroke={"color": "black", "width": 3}),),
)


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
        placed.append(Picture("logo.png", x, y, LOGO_SIDE, LOGO_SIDE, drifts=index % 2 == 1))
    return placed


def still_life() -> list[Element]:
    """Ten layers as in a broadcast, none of which moves."""
    return [
        BACKGROUND,
        Picture("feed.png", 320, 180, 1280, 720),
        Picture("guest.png", 640, 620, 640, 360, opacity=0.8),
        Picture("sponsor.png", 60, 60, 320, 180, opacity=0.5, scale=1.5),
        Picture("logo.png", 1550, 60, LOGO_SIDE, LOGO_SIDE),
        TITLE,
        LOWER_THIRD,
        CHAT,
        CLOCK,
        Picture("vignette.png", 0, 0, WIDTH, HEIGHT),
    ]


SCENES: dict[str, list[Element]] = {
    "STATIC": still_life(),
    "SN5": logos(5),
    "SN20": logos(20),
    "SN50": logos(50),
}

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


def layer_of(picture: Picture) -> dict:
    layer = {
        "type": "overlay",
        "opacity": picture.opacity,
        "transform": {"position": [picture.x, picture.y], "scale": picture.scale},
        "content": {"type": "image", "source": picture.file},
    }
    return layer | ({"animations": drift(picture.x)} if picture.drifts else {})


def layers_of(element: Element) -> list[dict]:
    if isinstance(element, Picture):
        return [layer_of(element)]
    moved = []
    for layer in element.layers:
        transform = layer.get("transform", {"position": [0, 0]})
        x, y = transform["position"]
        position = {"position": [x + element.x, y + element.y]}
        moved.append(layer | {"transform": transform | position})
    return moved


def scene_text(name: str, width: int, height: int, background: str, layers: list[dict]) -> str:
    """A scene file. Its values are written as JSON, which is YAML too."""
    canvas = {"width": width, "height": height, "fps": FPS, "background": background}
    lines = ["version: 1", f"scene: {name}", f"canvas: {json.dumps(canvas)}"]
    lines += [f"duration: {LAST_FRAME // FPS}s", "layers:"]
    for index, layer in enumerate(layers):
        lines.append("  - " + json.dumps({"id": f"layer-{index}"} | layer, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def write_scene_files(folder: Path) -> None:
    """Writes NAME.yaml for every scene into the folder of its pictures."""
    for name, elements in SCENES.items():
        layers = [layer for element in elements for layer in layers_of(element)]
        (folder / f"{name}.yaml").write_text(
            scene_text(name.lower(), WIDTH, HEIGHT, "black", layers), encoding="utf-8"
        )


def letterings() -> list[Lettering]:
    return [e for elements in SCENES.values() for e in elements if isinstance(e, Lettering)]


# ---- As an ffmpeg filter graph ------------------------------------------------------------------

TO_BT709 = "scale=out_color_matrix=bt709:out_range=tv"


def ffmpeg_inputs_and_graph(name: str, folder: Path) -> list[str]:
    """The arguments that make the scene's frames as [out], the fastest way known: every picture is
    read, scaled and converted to 4:2:0 once and held; one thread, for slices cost more than they
    bring; what stands still has its place computed once. What drifts goes two pixels in every
    second frame, see logos()."""
    pictures = [e if isinstance(e, Picture) else e.picture() for e in SCENES[name]]
    sources: dict[tuple, list[int]] = {}  # alike but for the place: read once, then split
    for index, picture in enumerate(pictures):
        sources.setdefault((picture.file, picture.opacity, picture.scale), []).append(index)

    arguments, chains = ["-filter_complex_threads", "1"], []
    for number, ((file, opacity, scale), users) in enumerate(sources.items()):
        arguments += ["-framerate", str(FPS), "-i", str(folder / file)]
        if users == [0]:
            chain = f"{TO_BT709},format=yuv420p,loop=-1:1:0,settb=1/{FPS},setpts=N[canvas0]"
            chains.append(f"[{number}:v]{chain}")
            continue
        first = pictures[users[0]]
        steps = ["format=rgba"]
        if scale != 1:
            size = f"{round(first.width * scale)}:{round(first.height * scale)}"
            steps.append(f"scale={size}:flags=bilinear")
        if opacity != 1:
            steps.append(f"colorchannelmixer=aa={opacity}")
        steps += [TO_BT709, "format=yuva420p", f"split={len(users)}"]
        outputs = "".join(f"[picture{index}]" for index in users)
        chains.append(f"[{number}:v]" + ",".join(steps) + outputs)

    for index, picture in list(enumerate(pictures))[1:]:
        place = f"x={picture.x}:y={picture.y}:eval=init"
        if picture.drifts:
            place = f"x='mod({picture.x}+n,{WRAP})':y={picture.y}:eval=frame"
        out = "[out]" if index == len(pictures) - 1 else f"[canvas{index}]"
        chains.append(f"[canvas{index - 1}][picture{index}]overlay={place}:format=yuv420{out}")
    return arguments + ["-filter_complex", ";".join(chains), "-map", "[out]", "-r", str(FPS)]
