"""What is held against a browser."""

from collections.abc import Callable
from typing import Any

from color_files import COLOR_FILES
from stage import Case
from twin import Layer

GROUPS: dict[str, Callable[[], list[Case]]] = {}


# Where the two differ more than elsewhere, down to which dB, and why.
_COARSE_EDGES = (
    "the browser samples an edge at 4 x 4 points, layercast measures what it covers: held against "
    "the browser's own picture at 8 device pixels, layercast is at 56 dB and more, the browser at 42 "
    "and less"
)
_FADED_TWICE = (
    "at the edge of a picture that both its box and a clip cut, the browser fades it twice, layercast "
    "once"
)
BOUNDED: dict[str, tuple[float, str]] = {
    "path, stroked": (31.0, _COARSE_EDGES),
    "ellipse, stroked": (34.0, _COARSE_EDGES),
    "a shape scaled by 0.4": (31.0, _COARSE_EDGES),
    "a shape scaled by 0.5": (35.0, _COARSE_EDGES),
    "a shape scaled by 1.5": (35.0, _COARSE_EDGES),
    "random 20-47": (35.0, _FADED_TWICE),
    "contain of pixels.png in 200 x 150": (
        33.5, "enlarged 16 times, the browser's bilinear weights go in steps of 1/16"
    ),
}  # fmt: skip


def group(make: Callable[[], list[Case]]) -> Callable[[], list[Case]]:
    GROUPS[make.__name__] = make
    return make


# ---- Layers --------------------------------------------------------------------------------------


def layer(content: Layer, position: Any = (0, 0), **more: Any) -> Layer:
    """A layer; `anchor`, `scale` and `rotation` go into its transform."""
    transform: Layer = {"position": list(position)}
    for name in ("anchor", "scale", "rotation"):
        if name in more:
            value = more.pop(name)
            transform[name] = list(value) if isinstance(value, tuple) else value
    if "size" in more:
        more["size"] = list(more["size"])
    return {"transform": transform, "content": content} | more


def color(value: str, position: Any, size: Any, **more: Any) -> Layer:
    return layer({"type": "color", "color": value}, position, size=size, **more)


def image(source: str, position: Any = (0, 0), fit: str = "contain", **more: Any) -> Layer:
    return layer({"type": "image", "source": source, "fit": fit}, position, **more)


def shape(kind: str, position: Any = (0, 0), **more: Any) -> Layer:
    """A shape; what is no key of a layer is one of its content."""
    of_layer = {
        "anchor", "scale", "rotation", "size", "opacity", "blend_mode", "clip", "filters",
        "animations", "ground",
    }  # fmt: skip
    content = {"type": "shape", "shape": kind}
    content |= {key: value for key, value in more.items() if key not in of_layer}
    return layer(content, position, **{k: v for k, v in more.items() if k in of_layer})


def text(words: str, position: Any = (10, 10), layer_keys: Layer | None = None, **style: Any) -> Layer:
    content = {"type": "text", "text": words, "style": style}
    return layer(content, position, **(layer_keys or {}))


def svg(markup: str, position: Any, size: Any, **more: Any) -> Layer:
    return layer({"type": "svg", "svg": markup}, position, size=size, **more)


def ground() -> Layer:
    return image("ground.png", ground=True)


STAR = [[50, 0], [61, 35], [98, 35], [68, 57], [79, 91], [50, 70], [21, 91], [32, 57], [2, 35], [39, 35]]
HEART = "M 50 90 C 10 60 0 40 0 25 C 0 8 12 0 25 0 C 38 0 46 8 50 18 C 54 8 62 0 75 0 C 88 0 100 8 100 25 C 100 40 90 60 50 90 Z"
HEART_CORNER = (100, 90)


# ---- Geometry ------------------------------------------------------------------------------------


@group
def transforms() -> list[Case]:
    cases = [
        Case("a colour on whole pixels", [color("#ff8000", (20, 30), (100, 70))], "unsampled"),
        Case("an image in its own size", [image("alpha.png", (30, 20))], "unsampled"),
        Case("an opaque image in its own size", [image("odd.png", (30, 20))], "unsampled"),
        Case("an anchor in the middle", [image("alpha.png", (120, 90), anchor=(0.5, 0.5))], "unsampled"),
        Case("an anchor outside", [color("#ff8000", (60, 40), (80, 60), anchor=(-0.25, -0.5))], "unsampled"),
        Case("beyond the canvas", [image("wide.png", (-60, -40))], "unsampled"),
        Case("half a pixel", [color("#ff8000", (20.5, 30.5), (100, 70))]),
        Case("a quarter of a pixel", [image("odd.png", (30.25, 20.75))]),
        Case("a fractional size", [color("#ffe040", (20, 30), (100.5, 70.25))]),
    ]
    for degrees in (5, 30, 45, 90, 180, -60, 200.5):
        cases += [
            Case(
                f"an image turned by {degrees}",
                [image("odd.png", (120, 90), anchor=(0.5, 0.5), rotation=degrees)],
            ),
            Case(
                f"a colour turned by {degrees}",
                [color("#ff8000", (120, 90), (110, 60), anchor=(0.5, 0.5), rotation=degrees)],
            ),
        ]
    for scale in (0.4, 0.5, 0.75, 1.5, 2, 3.3):
        cases += [
            Case(f"an image scaled by {scale}", [image("odd.png", (10, 10), scale=scale)]),
            Case(f"an image with alpha scaled by {scale}",
                 [image("alpha-odd.png", (10, 10), scale=scale)]),
            Case(f"a colour scaled by {scale}", [color("#ff8000", (10, 10), (60, 40), scale=scale)]),
            Case(f"a shape scaled by {scale}",
                 [shape("circle", (10, 10), radius=24, fill="#ffe040", scale=scale)]),
        ]  # fmt: skip
    cases += [
        Case("different scales", [image("odd.png", (10, 10), scale=(2, 0.6))]),
        Case("mirrored across", [image("odd.png", (120, 90), anchor=(0.5, 0.5), scale=(-1, 1))]),
        Case("mirrored down", [image("odd.png", (120, 90), anchor=(0.5, 0.5), scale=(1, -1))]),
        Case("mirrored both ways and larger",
             [image("alpha.png", (120, 90), anchor=(0.5, 0.5), scale=(-1.3, -1.3))]),
        Case("scaled, then turned",
             [image("odd.png", (120, 90), anchor=(0.5, 0.5), scale=(1.8, 0.7), rotation=35)]),
        Case("scaled and turned about a corner",
             [image("odd.png", (80, 60), scale=1.2, rotation=-20)]),
        Case("turned about a far anchor",
             [color("#40e0a0", (120, 90), (60, 40), anchor=(1.5, 2), rotation=70)]),
        Case("several, over and under",
             [color("#c03050", (90, 60), (100, 80), anchor=(0.5, 0.5), rotation=15),
              image("alpha.png", (120, 100), anchor=(0.5, 0.5), rotation=-30, scale=0.8),
              color("#ffffff80", (40, 100), (150, 30), rotation=-8)]),
        Case("a shape turned and scaled",
             [shape("polygon", (120, 90), points=STAR, fill="#ffe040", anchor=(0.5, 0.5),
                    rotation=25, scale=1.4)]),
        Case("a shape turned",
             [shape("path", (120, 90), d=HEART, corner=HEART_CORNER, fill="#e04060",
                    anchor=(0.5, 0.5), rotation=-40)]),
        Case("a text turned",
             [text("Turned 45", (120, 90), {"anchor": (0.5, 0.5), "rotation": 45}, font_size=36)],
             "text"),
        Case("a small image far larger", [image("small.png", (0, 0), scale=5)]),
        Case("a large image far smaller", [image("large.png", (10, 10), scale=0.15)]),
        Case("a large image turned and far smaller",
             [image("large.png", (120, 90), anchor=(0.5, 0.5), scale=0.15, rotation=30)]),
    ]  # fmt: skip
    return cases


@group
def object_fit() -> list[Case]:
    cases = []
    for fit in ("fill", "contain", "cover", "none", "scale-down"):
        for source in ("wide.png", "tall.png", "small.png", "odd.png", "alpha.png", "alpha-odd.png"):
            for size in ((200, 150), (90, 120)):
                kind = "unsampled" if fit == "none" else "sampled"
                cases.append(
                    Case(f"{fit} of {source} in {size[0]} x {size[1]}",
                         [image(source, (20, 15), fit, size=size)], kind)
                )  # fmt: skip
    cases += [
        Case("fill of odd.png in 121 x 45", [image("odd.png", (20, 15), "fill", size=(121, 45))]),
        Case("cover of large.png in 200 x 150", [image("large.png", (20, 15), "cover", size=(200, 150))]),
        Case("contain of large.png in 61 x 61", [image("large.png", (20, 15), "contain", size=(61, 61))]),
        Case("fill of screen.png in 200 x 150", [image("screen.png", (20, 15), "fill", size=(200, 150))]),
        Case("contain of screen.png in 130 x 130", [image("screen.png", (20, 15), size=(130, 130))]),
        Case("contain of screen.png in 61 x 77", [image("screen.png", (20, 15), size=(61, 77))]),
        Case("contain of pixels.png in 200 x 150", [image("pixels.png", (20, 15), size=(200, 150))]),
    ]
    return cases


@group
def clips() -> list[Case]:
    cases = [
        Case(f"a clip of {radius} px on {what}",
             [image("wide.png", (20, 15), "cover", size=size, clip={"radius": radius})])
        for radius in (4, 24, 60, 500)
        for what, size in (("a wide box", (200, 100)), ("a square", (120, 120)))
    ]  # fmt: skip
    return cases + [
        Case("a clip of 0 px", [image("wide.png", (20, 15), "none", size=(121, 91), clip={"radius": 0})],
             "unsampled"),
        Case("a clip on a colour", [color("#40c0ff", (20, 15), (160, 90), clip={"radius": 30})]),
        Case("a turned clip",
             [image("wide.png", (120, 90), "cover", size=(140, 90), clip={"radius": 20},
                    anchor=(0.5, 0.5), rotation=20)]),
        Case("a scaled clip",
             [image("wide.png", (20, 15), "cover", size=(70, 60), clip={"radius": 12}, scale=(2.5, 1.5))]),
        Case("a clip with opacity",
             [image("wide.png", (20, 15), "cover", size=(160, 120), clip={"radius": 40}, opacity=0.5)]),
        Case("a clip on a sub-pixel place",
             [color("#40c0ff", (20.4, 15.7), (160, 90), clip={"radius": 30})]),
        Case("a clip cuts a stroke that overflows",
             [shape("rectangle", (30, 25), width=140, height=100, fill="#ffe040",
                    stroke={"color": "#c03050", "width": 16}, clip={"radius": 20})]),
    ]  # fmt: skip


# ---- Compositing ---------------------------------------------------------------------------------

BLEND_MODES = (
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity",
)  # fmt: skip


@group
def opacity() -> list[Case]:
    return [
        Case(f"opacity {value}", [image("alpha.png", (30, 20), opacity=value)], "unsampled")
        for value in (0.1, 0.25, 0.5, 0.9, 0.996)
    ] + [
        Case("opacity of translucent colours",
             [color("#ff000080", (20, 20), (120, 90), opacity=0.5),
              color("#00ff0080", (80, 60), (120, 90), opacity=0.7)], "unsampled"),
        Case("opacity of what overlaps in a layer",
             [shape("rectangle", (30, 30), width=140, height=100, fill="#ffe040",
                    stroke={"color": "#c03050", "width": 16}, opacity=0.5)], "unsampled"),
        Case("opacity of a text with a background",
             [text("Together", (20, 40), {"opacity": 0.5}, font_size=36, background_color="#c03050",
                   padding=10, shadow={"color": "black", "offset": [4, 4]})], "text"),
        Case("nearly nothing", [color("#ffffff", (20, 20), (120, 90), opacity=0.004)], "unsampled"),
        Case("over nothing", [image("alpha.png", (30, 20), opacity=0.6)], "unsampled",
             background="transparent"),
        Case("over a canvas that lets light through",
             [color("#ff000080", (20, 20), (120, 90), opacity=0.5), image("alpha.png", (60, 40))],
             "unsampled", background="#20406080"),
    ]  # fmt: skip


@group
def blend_modes() -> list[Case]:
    cases = []
    for mode in BLEND_MODES:
        blend = {"blend_mode": mode}
        cases += [
            Case(f"{mode} over opaque", [ground(), image("odd.png", (40, 30), **blend)], "unsampled"),
            Case(f"{mode} of what lets light through",
                 [ground(), image("alpha.png", (40, 30), opacity=0.8, **blend)], "unsampled"),
            Case(f"{mode} over translucent",
                 [image("alpha.png", (20, 20), ground=True), image("odd.png", (60, 40), **blend),
                  color("#30a0ff90", (100, 20), (80, 140), **blend)],
                 "unsampled", background="transparent"),
            Case(f"{mode} of colours",
                 [color("#c08040", (10, 10), (180, 60), ground=True),
                  color("#3060e0", (40, 30), (60, 120), **blend),
                  color("#ffff00", (110, 30), (50, 120), opacity=0.5, **blend),
                  color("#000000", (170, 30), (20, 120), **blend),
                  color("#ffffff", (200, 30), (20, 120), **blend)], "unsampled"),
        ]  # fmt: skip
    cases += [
        Case("multiply, turned and clipped",
             [ground(), image("odd.png", (120, 90), anchor=(0.5, 0.5), rotation=25, scale=1.3,
                              clip={"radius": 20}, blend_mode="multiply")]),
        Case("screen of a text", [text("Screen", (30, 50), {"blend_mode": "screen"},
                                                 font_size=48, color="#4080ff")], "text"),
    ]  # fmt: skip
    return cases


# ---- Paint ---------------------------------------------------------------------------------------


@group
def fills() -> list[Case]:
    colors = ("red", "#0f8", "#1234", "#ff8000c0", "rgb(12 200 99)", "rgba(255, 0, 128, 0.4)",
              "hsl(200 90% 60%)", "hsla(20, 80%, 50%, 0.7)", "rebeccapurple", "transparent")  # fmt: skip
    return [
        Case("every form of a colour",
             [color(value, (10 + 44 * (i % 5), 20 + 70 * (i // 5)), (40, 60))
              for i, value in enumerate(colors)], "unsampled"),
    ]  # fmt: skip


LINEAR = (
    "linear-gradient(red, blue)",
    "linear-gradient(90deg, #ffe040, #c03050)",
    "linear-gradient(37deg, #20c0a0, #102050)",
    "linear-gradient(215deg, white, black)",
    "linear-gradient(-20deg, #ff0080, #00ff80)",
    "linear-gradient(to right, red, lime, blue)",
    "linear-gradient(to left, #ffe040, #c03050)",
    "linear-gradient(to top, #ffe040, #c03050)",
    "linear-gradient(to bottom right, #ffe040, #c03050)",
    "linear-gradient(to top left, red, blue)",
    "linear-gradient(to top right, red, blue)",
    "linear-gradient(90deg, red 20%, yellow 50%, blue 80%)",
    "linear-gradient(90deg, red, yellow 10%, lime, blue 90%, black)",
    "linear-gradient(90deg, red 30%, blue 30%, blue 60%, white 60%)",
    "linear-gradient(90deg, red 60%, blue 40%)",
    "linear-gradient(90deg, rgba(255, 0, 0, 1), rgba(0, 0, 255, 0))",
    "linear-gradient(90deg, transparent, white)",
    "linear-gradient(60deg, #ff000020, #00ff00e0 40%, transparent)",
)
RADIAL = (
    "radial-gradient(circle, white, #4080ff 60%, #102050)",
    "radial-gradient(ellipse, white, #00aa44)",
    "radial-gradient(#ffe040, #c03050)",
    "radial-gradient(circle, red 20%, blue 40%, transparent 70%)",
    "radial-gradient(ellipse, transparent, #ffffff80 50%, black)",
)


@group
def gradients() -> list[Case]:
    cases = []
    for gradient in LINEAR + RADIAL:
        wide = shape("rectangle", (20, 15), width=200, height=110, fill=gradient)
        tall = shape("rectangle", (20, 15), width=60, height=150, fill=gradient)
        cases += [
            Case(f"{gradient}, wide", [wide], "unsampled"),
            Case(f"{gradient}, tall", [tall], "unsampled"),
            Case(f"{gradient}, a colour", [color(gradient, (20, 15), (200, 110))], "unsampled"),
        ]
    return cases + [
        Case("a gradient in a colour that is turned",
             [color("linear-gradient(45deg, #ffe040, #c03050)", (60, 20), (150, 90), rotation=12)]),
        Case("a gradient behind a text",
             [text(" ", (20, 20), {"size": (200, 110)}, border_radius=24,
                   background_color="linear-gradient(135deg, #20c0a0, #102050)")]),
        Case("a gradient in a circle",
             [shape("circle", (30, 20), radius=70, fill="linear-gradient(45deg, #ffe040, #c03050)")]),
        Case("a gradient in an ellipse",
             [shape("ellipse", (20, 20), radius_x=90, radius_y=50,
                    fill="radial-gradient(ellipse, white, #00aa44)")]),
        Case("a gradient in a polygon",
             [shape("polygon", (40, 30), points=STAR, fill="linear-gradient(#ffe040, #c03050)")]),
        Case("a gradient with round corners and a stroke",
             [shape("rectangle", (30, 25), width=160, height=100, radius=24,
                    fill="linear-gradient(135deg, #20c0a0, #102050)",
                    stroke={"color": "white", "width": 5})]),
    ]  # fmt: skip


@group
def shapes() -> list[Case]:
    stroke = {"color": "#ffffff", "width": 3}
    wide = {"color": "#c0305090", "width": 13}
    cases = [
        Case("a rectangle", [shape("rectangle", (20, 20), width=120, height=80, fill="#ffe040")],
             "unsampled"),
        Case("a rectangle of a fractional size",
             [shape("rectangle", (20, 20), width=120.5, height=80.25, fill="#ffe040")]),
        Case("a line across", [shape("line", (20, 60), points=[[0, 0], [150, 0]], stroke=wide)]),
        Case("a slanted line", [shape("line", (20, 20), points=[[0, 0], [150, 90]], stroke=stroke)]),
        Case("a thin line", [shape("line", (20, 20), points=[[0, 0], [150, 90]],
                                   stroke={"color": "white", "width": 1})]),
        Case("a bent line", [shape("line", (20, 20), points=[[0, 0], [60, 90], [90, 10], [170, 60]],
                                   stroke={"color": "#40e0a0", "width": 12})]),
        Case("an open path with a stroke",
             [shape("path", (20, 30), d="M 0 0 C 40 120 120 -60 160 90", corner=(160, 90),
                    stroke={"color": "#ffe040", "width": 8})]),
        Case("a path of arcs",
             [shape("path", (20, 20), d="M 0 40 A 40 40 0 0 1 80 40 A 60 30 20 1 0 160 60 L 80 100 Z",
                    corner=(171.07, 100), fill="#40c0ff", stroke=stroke)]),
        Case("a path with a hole",
             [shape("path", (20, 20), d="M 0 0 H 120 V 100 H 0 Z M 30 25 V 75 H 90 V 25 Z",
                    corner=(120, 100), fill="#ff8000")], "unsampled"),
        Case("a polygon that crosses itself",
             [shape("polygon", (20, 20), points=[[60, 0], [95, 110], [0, 40], [120, 40], [25, 110]],
                    fill="#ff8000c0", stroke=stroke)]),
        Case("sharp corners",
             [shape("polygon", (30, 30), points=[[0, 40], [150, 50], [0, 60]], fill="#ff8000",
                    stroke={"color": "white", "width": 6}),
              shape("polygon", (30, 100), points=[[0, 0], [60, 0], [60, 50], [0, 50]],
                    stroke={"color": "white", "width": 10})]),
        Case("curves of every kind",
             [shape("path", (20, 20), d="M 0 50 Q 40 -50 80 50 T 160 50 S 190 110 100 110 Z",
                    corner=(166.5, 110), fill="#8060ff", stroke=stroke)]),
    ]  # fmt: skip
    for radius in (1, 8, 25, 200):
        box = {"width": 140, "height": 90, "radius": radius}
        cases += [
            Case(f"corners of {radius} px", [shape("rectangle", (20, 20), fill="#ffe040", **box)]),
            Case(f"corners of {radius} px with a stroke",
                 [shape("rectangle", (30, 30), fill="#ffe040", stroke=wide, **box)]),
        ]  # fmt: skip
    for name, what in {
        "circle": {"radius": 55}, "ellipse": {"radius_x": 80, "radius_y": 45},
        "polygon": {"points": STAR}, "path": {"d": HEART, "corner": HEART_CORNER},
    }.items():  # fmt: skip
        cases += [
            Case(f"{name}, filled", [shape(name, (30, 30), fill="#ff8000", **what)]),
            Case(f"{name}, stroked", [shape(name, (30, 30), stroke=stroke, **what)]),
            Case(f"{name}, both", [shape(name, (30, 30), fill="#40c0ffa0", stroke=wide, **what)]),
            Case(f"{name}, on a sub-pixel place", [shape(name, (30.3, 30.6), fill="#ff8000", **what)]),
        ]
    return cases


SVGS = {
    "rect and circle": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 40'>"
    "<rect width='60' height='40' rx='6' fill='#7a3'/>"
    "<circle cx='30' cy='20' r='14' fill='#fd6' fill-opacity='.7'/></svg>",
    "gradients": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 60'><defs>"
    "<linearGradient id='ID' x1='0' y1='0' x2='1' y2='1'><stop offset='0' stop-color='#5ad1e6'/>"
    "<stop offset='1' stop-color='#ff7a59'/></linearGradient></defs>"
    "<rect width='100' height='60' fill='url(#ID)'/>"
    "<path d='M10 50 Q 50 -20 90 50' fill='none' stroke='#fff' stroke-width='4'/></svg>",
    "transforms": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 60'>"
    "<g transform='translate(50 30) rotate(30)'><rect x='-30' y='-12' width='60' height='24' "
    "fill='#e04080' opacity='.8'/></g><g transform='scale(.5) translate(100 0)'>"
    "<polygon points='0,0 60,20 20,60' fill='#40c0ff' stroke='#fff' stroke-width='3'/></g></svg>",
    "strokes": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 60'>"
    "<path d='M10 10 L90 10 L50 50 Z' fill='none' stroke='#ffe040' stroke-width='6' "
    "stroke-linejoin='round'/><path d='M5 55 H95' stroke='#fff' stroke-width='4' "
    "stroke-dasharray='10 6' stroke-linecap='round'/></svg>",
}


@group
def svgs() -> list[Case]:
    cases = []
    for name, markup in SVGS.items():
        for size in ((200, 120), (91, 77)):
            unique = markup.replace("ID", f"g{len(cases)}")
            cases.append(Case(f"SVG {name} in {size[0]} x {size[1]}", [svg(unique, (20, 20), size)]))
    cases += [
        Case("SVG turned", [svg(SVGS["strokes"], (120, 90), (150, 90), anchor=(0.5, 0.5), rotation=20)]),
        Case("SVG larger", [svg(SVGS["rect and circle"], (10, 10), (60, 40), scale=3)]),
    ]
    return cases


# ---- Filters -------------------------------------------------------------------------------------

FILTERS: dict[str, list[Layer]] = {
    "blur 1": [{"blur": 1}],
    "blur 4": [{"blur": 4}],
    "blur 12.5": [{"blur": 12.5}],
    "brightness 0.4": [{"brightness": 0.4}],
    "brightness 1.7": [{"brightness": 1.7}],
    "contrast 0.3": [{"contrast": 0.3}],
    "contrast 2": [{"contrast": 2}],
    "saturate 0.2": [{"saturate": 0.2}],
    "saturate 3": [{"saturate": 3}],
    "hue rotate 90": [{"hue_rotate": 90}],
    "hue rotate -200": [{"hue_rotate": -200}],
    "grayscale 1": [{"grayscale": 1}],
    "grayscale 0.4": [{"grayscale": 0.4}],
    "invert 1": [{"invert": 1}],
    "invert 0.3": [{"invert": 0.3}],
    "sepia 1": [{"sepia": 1}],
    "sepia 0.5": [{"sepia": 0.5}],
    "opacity 0.4": [{"opacity": 0.4}],
    "drop shadow": [{"drop_shadow": {"color": "#000000c0", "blur": 8, "offset": [6, 9]}}],
    "hard drop shadow": [{"drop_shadow": {"color": "#ff0080", "blur": 0, "offset": [-7, 5]}}],
    "blur and brightness": [{"blur": 3}, {"brightness": 1.3}],
    "brightness and blur": [{"brightness": 1.3}, {"blur": 3}],
    "four of them": [{"contrast": 1.4}, {"saturate": 0.6}, {"hue_rotate": 40}, {"sepia": 0.3}],
    "shadow of a blur": [{"blur": 2}, {"drop_shadow": {"color": "black", "blur": 4, "offset": [5, 5]}}],
}


@group
def filters() -> list[Case]:
    cases = []
    for name, chain in FILTERS.items():
        cases += [
            Case(f"{name} of an image", [image("odd.png", (60, 50), filters=chain)]),
            Case(f"{name} of an image with alpha", [image("alpha.png", (40, 30), filters=chain)]),
        ]
    for name in ("blur 4", "drop shadow", "hue rotate 90", "four of them"):
        chain = FILTERS[name]
        cases += [
            Case(f"{name} of a shape",
                 [shape("polygon", (60, 40), points=STAR, fill="#ffe040", filters=chain)]),
            Case(f"{name} of a text",
                 [text("Filters", (40, 50), {"filters": chain}, font_size=40, font_weight=700)], "text"),
            Case(f"{name}, turned",
                 [image("odd.png", (120, 90), anchor=(0.5, 0.5), rotation=30, filters=chain)]),
            Case(f"{name}, larger", [image("odd.png", (30, 30), scale=1.6, filters=chain)]),
            Case(f"{name}, clipped",
                 [image("odd.png", (60, 50), filters=chain, clip={"radius": 20})]),
            Case(f"{name}, with opacity and a blend mode",
                 [ground(), image("odd.png", (60, 50), filters=chain, opacity=0.7,
                                  blend_mode="multiply")]),
        ]  # fmt: skip
    return cases


@group
def clips_before_filters() -> list[Case]:
    clip = {"radius": 24, "order": "before-filters"}
    shadow = [{"drop_shadow": {"color": "#000000c0", "blur": 8, "offset": [6, 9]}}]
    hard = [{"drop_shadow": {"color": "#ff0080", "blur": 0, "offset": [-12, 8]}}]
    return [
        Case("a shadow of round corners", [image("odd.png", (60, 50), clip=clip, filters=shadow)]),
        Case("a hard shadow of round corners", [image("odd.png", (60, 50), clip=clip, filters=hard)]),
        Case("a blur of round corners", [image("odd.png", (60, 50), clip=clip, filters=[{"blur": 4}])]),
        Case("a shadow of round corners, turned",
             [image("odd.png", (120, 90), anchor=(0.5, 0.5), rotation=30, clip=clip, filters=shadow)]),
    ]  # fmt: skip


@group
def masks() -> list[Case]:
    mask = {"source": "alpha.png"}
    return [
        Case("a masked colour", [ground(), color("#ff8000", (0, 0), (240, 180), mask=mask)]),
        Case("a masked image", [image("odd.png", (60, 50), mask=mask)]),
        Case("a masked image, turned",
             [image("odd.png", (120, 90), anchor=(0.5, 0.5), rotation=30, mask=mask)]),
        Case("a masked image with a shadow",
             [image("odd.png", (60, 50), mask=mask, opacity=0.8, clip={"radius": 20}, filters=[{"blur": 2}])]),
        Case("a colour through the luma of an image",
             [ground(), color("#ff8000", (0, 0), (240, 180), mask=mask | {"mode": "luma"})]),
    ]  # fmt: skip


# ---- Motion --------------------------------------------------------------------------------------

EASINGS = (
    "linear", "ease", "ease-in", "ease-out", "ease-in-out", "cubic-bezier(0.3,-0.6,0.7,1.6)",
    "cubic-bezier(1,0,0,1)", "steps(4)", "steps(3,start)", "steps(4,jump-none)",
    "steps(2,jump-both)", "step-start", "step-end",
)  # fmt: skip


def moving(name: str, *animations: Layer, frames: Any = range(0, 25, 3), **more: Any) -> Case:
    """A box of whole pixels on its way: where it is shows what its timing says."""
    box = color("#ffe040", (30, 30), (20, 20), animations=list(animations), **more)
    return Case(name, [box], width=120, height=80, frames=tuple(frames))


def slide(**timing: Any) -> Layer:
    return {"effect": "slide", "from": [0, 0], "to": [60, 20], "duration": "800ms"} | timing


@group
def easings() -> list[Case]:
    return [moving(f"easing {easing}", slide(easing=easing)) for easing in EASINGS]


@group
def timing() -> list[Case]:
    cases = [
        moving(f"direction {direction}, iterations {iterations}",
               slide(duration="280ms", direction=direction, iterations=iterations))
        for direction in ("normal", "reverse", "alternate", "alternate-reverse")
        for iterations in (1, 2.5, 3, "infinite")
    ]  # fmt: skip
    cases += [
        moving(f"fill {fill}, {direction}",
               slide(duration="320ms", delay="240ms", fill=fill, direction=direction))
        for fill in ("none", "forwards", "backwards", "both")
        for direction in ("normal", "alternate-reverse")
    ]  # fmt: skip
    return cases + [
        moving("no iterations", slide(iterations=0)),
        moving("half an iteration", slide(iterations=0.5, duration="600ms")),
        moving("no duration", slide(duration=0, delay="240ms")),
        # Not at the steps themselves, where the browser's doubles fall to either side.
        moving("steps in reverse", slide(easing="steps(4)", direction="reverse"),
               frames=(0, 3, 6, 9, 12, 16, 18, 21, 24)),
        moving("steps, start, before the delay is over",
               slide(easing="steps(3,start)", delay="200ms", duration="480ms")),
        moving("an overshoot that alternates",
               slide(easing="cubic-bezier(0.3,-0.6,0.7,1.6)", duration="240ms", iterations=4,
                     direction="alternate")),
    ]  # fmt: skip


def keyframes(*frames: Layer, **timing: Any) -> Layer:
    return {"effect": "keyframes", "keyframes": list(frames), "duration": "800ms"} | timing


@group
def effects() -> list[Case]:
    fade = {"effect": "fade", "from": 0, "to": 1, "duration": "800ms"}
    grow = {"effect": "scale", "from": 0.3, "to": 1.6, "duration": "800ms", "easing": "ease-out"}
    turn = {"effect": "rotate", "from": -90, "to": 200, "duration": "800ms", "easing": "ease-in"}
    middle = {"anchor": (0.5, 0.5)}
    path = [
        {"at": 0, "position": [0, 0], "opacity": 0.2, "easing": "ease-in"},
        {"at": 0.3, "position": [40, 0], "easing": "steps(3)"},
        {"at": 0.5, "opacity": 1, "rotation": 0},
        {"at": 0.7, "position": [40, 20], "scale": [1.5, 0.5]},
        {"at": 1, "position": [0, 20], "rotation": 90},
    ]
    return [
        moving("a fade", fade),
        moving("a fade of a layer that is faint", fade, opacity=0.6),
        moving("a slide by fractions", slide(to=[33.3, 11.1])),
        moving("growing", grow, **middle),
        moving("growing one way", grow | {"from": [0.5, 2], "to": [2, 0.5]}, **middle),
        moving("turning", turn, **middle),
        moving("turning a turned layer", turn, rotation=30, **middle),
        moving("growing a scaled layer", grow, scale=(2, 0.7), **middle),
        moving("all at once", fade, slide(), grow, turn, **middle),
        moving("two slides", slide(), slide(to=[-20, 15], easing="ease", delay="100ms")),
        moving("keyframes with gaps", keyframes(*path), **middle),
        moving("keyframes eased as a whole", keyframes(*path, easing="ease-in-out"), **middle),
        moving("keyframes that begin late and end early",
               keyframes({"at": 0.25, "position": [30, 0], "opacity": 0.3},
                         {"at": 0.75, "position": [50, 20], "opacity": 0.8})),
        moving("keyframes at one place",
               keyframes({"at": 0, "position": [0, 0]}, {"at": 0.5, "position": [20, 0]},
                         {"at": 0.5, "position": [40, 20]}, {"at": 1, "position": [60, 0]})),
        moving("keyframes that overshoot",
               keyframes({"at": 0, "opacity": 0.4}, {"at": 0.5, "opacity": 0.9, "position": [30, 0]},
                         easing="cubic-bezier(0.3,-0.6,0.7,1.6)")),
        moving("keyframes back and forth",
               keyframes(*path, direction="alternate", duration="300ms", iterations="infinite"),
               **middle),
    ]  # fmt: skip


@group
def moving_filters() -> list[Case]:
    chains = {
        "blur": ([{"blur": 0}], [{"blur": 6}]),
        "brightness and contrast": ([{"brightness": 1}, {"contrast": 0.5}],
                                    [{"brightness": 1.5}, {"contrast": 1.5}]),
        "hue": ([{"hue_rotate": 0}], [{"hue_rotate": 180}]),
        "shadow": ([{"drop_shadow": {"color": "#000000", "blur": 0, "offset": [0, 0]}}],
                   [{"drop_shadow": {"color": "#ff0000", "blur": 8, "offset": [10, 6]}}]),
    }  # fmt: skip
    return [
        Case(f"keyframed {name}",
             [image("small.png", (36, 22), animations=[
                 keyframes({"at": 0, "filters": first}, {"at": 1, "filters": last})])],
             width=120, height=80, frames=(0, 5, 10, 15, 20))
        for name, (first, last) in chains.items()
    ]  # fmt: skip


# ---- Text ----------------------------------------------------------------------------------------

PANGRAM = "The quick brown fox jumps over the lazy dog and runs far away"


def words(name: str, *layers: Layer, **more: Any) -> Case:
    return Case(name, list(layers), "text", width=480, height=180, **more)


@group
def texts() -> list[Case]:
    cases = []
    for family in ("Inter", "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"):
        for size in (11, 16, 24.5, 64):
            cases.append(words(f"{family} {size}", text("Hamburgefonstiv 0123", font_family=family,
                                                        font_size=size)))
    cases += [
        words(f"weight {weight}", text("Weighty words", font_size=48, font_weight=weight))
        for weight in range(100, 1000, 100)
    ]
    cases += [
        words(f"align {align}",
              text("Short\nA line that is longer\nThird", layer_keys={"size": (400, 150)}, font_size=28,
                   text_align=align))
        for align in ("left", "center", "right", "start", "end")
    ]  # fmt: skip
    cases += [
        words(f"align {align} of the box",
              text("Short\nA line that is longer", layer_keys={"size": (400, 150)}, font_size=28,
                   vertical_align=align, padding=[4, 8, 20, 8], background_color="#c03050"))
        for align in ("top", "middle", "bottom")
    ]  # fmt: skip
    cases += [
        words(f"align {align} without a box",
              text("Short\nA line that is longer\nThird", font_size=28, text_align=align,
                   background_color="#c03050"))
        for align in ("left", "center", "right")
    ]  # fmt: skip
    cases += [
        words(f"letter spacing {spacing}", text("Spaced out text", font_size=32, letter_spacing=spacing))
        for spacing in (-1, 0.5, 3, 12)
    ]
    cases += [
        words(f"line height {height}", text("One line\nand another\nand a third", font_size=26,
                                            line_height=height, background_color="#c03050"))
        for height in (0.9, 1, 1.2, 1.5, 1.75)
    ]  # fmt: skip
    cases += [
        words(f"wrapped at {width}", text(PANGRAM, font_size=24, max_width=width,
                                          background_color="#c03050"))
        for width in (150, 220, 300, 400)
    ]  # fmt: skip
    cases += [
        words("wrapped in a box", text(PANGRAM, layer_keys={"size": (260, 150)}, font_size=24,
                                       background_color="#c03050")),
        words("wrapped, centred", text(PANGRAM, font_size=24, max_width=260, text_align="center",
                                       background_color="#c03050")),
        words("wrapped, to the right", text(PANGRAM, font_size=24, max_width=260, text_align="right")),
        words("justified", text(PANGRAM, font_size=24, max_width=260, text_align="justify")),
        words("a word that is too long",
              text("Donaudampfschifffahrtsgesellschaftskapitän", font_size=28, max_width=240)),
        words("two lines at most", text(PANGRAM, font_size=24, max_width=260, max_lines=2)),
        words("one line at most", text(PANGRAM, font_size=24, max_width=300, max_lines=1)),
        words("three lines at most of two", text(PANGRAM, font_size=24, max_width=440, max_lines=3)),
        words("italic", text("Italic words", font_size=44, font_style="italic")),
        words("padding", text("Padded", font_size=36, padding=[6, 24, 14, 10], background_color="#c03050")),
        words("one padding", text("Padded", font_size=36, padding=12, background_color="#c03050")),
        words("two paddings", text("Padded", font_size=36, padding=[8, 30], background_color="#c03050",
                                   border_radius=14)),
        words("a pill", text("Live now", font_size=30, padding=[8, 24], background_color="#f0533a",
                             border_radius=99)),
        words("a stroke", text("Stroke", font_size=56, font_weight=700, color="#ff7a59",
                               stroke={"color": "white", "width": 6})),
        words("a shadow", text("Shadow", font_size=56, font_weight=700,
                               shadow={"color": "#000000c0", "blur": 6, "offset": [4, 5]})),
        words("a hard shadow", text("Shadow", font_size=56, font_weight=700,
                                    shadow={"color": "black", "offset": [-4, 3]})),
        words("a gradient", text("Gradient", font_size=56, font_weight=800,
                                 gradient="linear-gradient(90deg, #5ad1e6, #b9a5ff 50%, #ff7a59)")),
        words("from right to left", text("שלום עולם, זה טקסט", font_family="DejaVu Sans", font_size=32)),
        words("from right to left, in a box",
              text("שלום עולם", layer_keys={"size": (400, 100)}, font_family="DejaVu Sans", font_size=32)),
        words("both directions", text("abc שלום 123 עולם xyz", font_family="DejaVu Sans", font_size=32)),
        words("Arabic", text("مرحبا بالعالم", font_family="DejaVu Sans", font_size=36)),
        words("other scripts", text("Ελληνικά Кириллица", font_size=32)),
        words("combining marks", text("e\u0301a\u0308 n\u0303 Å ﬁ ffi", font_family="DejaVu Sans", font_size=40)),
        words("emoji", text("Hi 😀🎉 there", font_size=40)),
        words("a family of emoji", text("👩‍👩‍👧 🇩🇪 ❤️", font_size=48)),
        words("spaces", text("a  b   c", font_size=32)),
        words("empty lines", text("One\n\nthree", font_size=28, background_color="#c03050")),
        words("a text anchored in the middle", text("Centred", (240, 90), {"anchor": (0.5, 0.5)}, font_size=44)),
        words("an anchor at the end", text("Right and low", (460, 170), {"anchor": (1, 1)}, font_size=44)),
        words("scaled", text("Larger", (10, 10), {"scale": 2.5}, font_size=32)),
        words("kerning", text("AVATAR Wa To 1/2 -> fi", font_size=44)),
    ]  # fmt: skip
    return cases


# ---- Colours of images ---------------------------------------------------------------------------


@group
def image_colors() -> list[Case]:
    """Every file in its own size, those of a set side by side."""
    cases = []
    for name, files in COLOR_FILES.items():
        side = max(max(size) for _, size in files.values()) + 3
        columns = 240 // side
        layers = [
            image(file, (number % columns * side, number // columns * side))
            for number, file in enumerate(files)
        ]
        cases.append(Case(name, layers, "unsampled"))
    return cases
