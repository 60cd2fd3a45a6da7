#!/usr/bin/python3
"""The published JSON Schema and the tools take the same scene files, and refuse the same."""

import copy
import json
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from documented_tools import ROOT, displays, run, tool

SCENES = sorted((ROOT / "scenes").glob("*.yaml"))
ART = ROOT / "scenes" / "art"

# ---- YAML 1.2 -----------------------------------------------------------------------------------


class CoreLoader(yaml.SafeLoader):
    """Reads plain scalars by YAML 1.2's core schema; PyYAML's own are those of 1.1."""

    yaml_implicit_resolvers: dict = {}


# YAML 1.2.2, section 10.3.2.
for _tag, _pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}.items():
    CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), None
    )
CoreLoader.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: int(node.value, 0 if node.value.startswith(("0o", "0x")) else 10),
)
CoreLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def read_yaml(text: str) -> Any:
    return yaml.load(text, CoreLoader)  # noqa: S506: a SafeLoader


# ---- A scene with one of everything -------------------------------------------------------------


def layer(name: str, content: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"id": name, "type": "overlay", "content": content} | keys


def shape(kind: str, **keys: Any) -> dict[str, Any]:
    return {"type": "shape", "shape": kind} | keys


IMAGE = {"type": "image", "source": str(ART / "card-small.png")}
CHARACTER = {"type": "character", "source": str(ART / "card-small.png")}
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>"
CONTENTS: dict[str, dict[str, Any]] = {
    "character": CHARACTER,
    "image": IMAGE,
    "text": {"type": "text", "text": "hello"},
    "shape": shape("circle", radius=4),
    "svg": {"type": "svg", "svg": DRAWING},
    "color": {"type": "color", "color": "tomato"},
}

# The file need not be there: only what is written of it is judged.
VIDEO = {"type": "video", "source": "a.mp4"}
SPRITE = {"type": "sprite", "source": "a.png", "sprite": {"columns": 4, "rows": 2}}
LOOP = VIDEO | {"source": str(ART / "ember-tide.mp4")}
CELLS = SPRITE | {"source": str(ART / "card-small.png")}
METER = {"type": "meter", "of": "program", "style": "spectrum", "bands": 24, "range": [-48, 0]}
TALKING = {"type": "character", "source": str(ART / "card-small.png"), "voice": "program",
           "talking": {"level_above": -35, "hold": "150ms", "state": "talk", "else": "idle"},
           "animations": {"talk": SPRITE, "idle": SPRITE}}
CHAT = {"type": "chat", "messages": [{"id": "m-1", "author": "Ana", "text": "hello"}]}
SOUND = {"id": "music", "source": "a.ogg"}

# The layers' numbers, for the tables below.
COLOR, TEXT, RECT, POLY, PATH, SVG, FEED, HOST, MOVING = range(9)
FADE, SLIDE, SCALE, ROTATE, KEYS = range(5)

WHOLE: dict[str, Any] = {
    "version": 1,
    "scene": "whole",
    "canvas": {"width": 64, "height": 36, "fps": 30, "background": "#0b1020"},
    "duration": "2s",
    "fonts": [],
    "layers": [
        layer(
            "color",
            {"type": "color", "color": "rgb(255 99 71 / 50%)"},
            z_index=3,
            visible=True,
            opacity=0.5,
            blend_mode="multiply",
            size=[10, 10.5],
            transform={"position": [1, 2], "anchor": [0.5, 0.5], "scale": 2, "rotation": 45},
            clip={"radius": 2},
        ),
        layer(
            "text",
            {
                "type": "text",
                "text": "{{clock}} <b>x</b>",
                "markup": True,
                "style": {
                    "font_family": "Inter, sans-serif",
                    "font_size": 12,
                    "font_weight": "bold",
                    "font_style": "italic",
                    "color": "white",
                    "gradient": "linear-gradient(90deg, #f80, #f08 60%)",
                    "stroke": {"color": "black", "width": 1},
                    "shadow": {"color": "#0008", "blur": 2, "offset": [1, 1]},
                    "background_color": "transparent",
                    "padding": [1, 2],
                    "border_radius": 2,
                    "text_align": "center",
                    "vertical_align": "middle",
                    "line_height": 1.2,
                    "letter_spacing": -0.5,
                    "max_width": 60,
                    "max_lines": 2,
                    "ellipsis": False,
                },
            },
        ),
        layer("rectangle", shape("rectangle", width=4, height=4, radius=1, fill="red")),
        layer("polygon", shape("polygon", points=[[0, 0], [4, 0], [4, 4]], fill="#0f0")),
        layer("path", shape("path", d="M0 0L4 4", stroke={"color": "blue", "width": 2})),
        layer("svg", {"type": "svg", "svg": DRAWING}),
        layer(
            "feed",
            IMAGE | {"fit": "cover", "metadata": {"name": "Boy", "year": 1999, "sold": True}},
            type="visual_feed",
            size=[32, 32],
        ),
        layer("host", CHARACTER | {"texture": str(ART / "card-small.png")}, type="host"),
        layer(
            "moving",
            shape("ellipse", radius_x=4, radius_y=2),
            animations=[
                {"effect": "fade", "from": 0, "to": 1, "duration": "500ms", "easing": "ease-out"},
                {"effect": "slide", "from": "left", "to": [1, 2], "duration": 1},
                {"effect": "scale", "from": 1, "to": [2, 0.5], "duration": "1s", "delay": 0.5},
                {"effect": "rotate", "to": 360, "duration": "1s", "iterations": "infinite"},
                {
                    "effect": "keyframes",
                    "duration": "1m30s",
                    "direction": "alternate",
                    "fill": "none",
                    "keyframes": [
                        {"at": 0, "opacity": 0.5, "position": [0, 0]},
                        {"at": 1, "scale": 2, "rotation": 5, "easing": "steps(4)"},
                    ],
                },
            ],
        ),
    ],
    "outputs": [{"url": "rtmp://127.0.0.1/live", "codec": "h264", "bitrate": "6M"}],
}

# ---- What both refuse ---------------------------------------------------------------------------

Steps = list[Any]
GONE = object()
LAYER: Steps = ["layers", COLOR]
STYLE: Steps = ["layers", TEXT, "content", "style"]
MOVES: Steps = ["layers", MOVING, "animations"]

# What is changed, to what, and the path that the tool tells.
BROKEN: list[tuple[Steps, Any, str]] = [
    # The scene.
    (["version"], GONE, '"version" is missing'),
    (["version"], 2, "version"),
    (["scene"], GONE, '"scene" is missing'),
    (["scene"], "No Capitals", "scene"),
    (["scene"], "a" * 64, "scene"),
    (["canvas"], GONE, '"canvas" is missing'),
    (["canvas", "width"], GONE, "canvas"),
    (["canvas", "width"], 15, "canvas.width"),
    (["canvas", "width"], 7681, "canvas.width"),
    (["canvas", "height"], 36.5, "canvas.height"),
    (["canvas", "fps"], "30/", "canvas.fps"),
    (["canvas", "fps"], True, "canvas.fps"),
    (["canvas", "depth"], 8, "canvas.depth"),
    (["duration"], "two seconds", "duration"),
    (["duration"], -1, "duration"),
    (["fonts"], "Inter.ttf", "fonts"),
    (["fonts"], ["a.ttf"] * 65, "fonts"),
    (["layers"], GONE, '"layers" is missing'),
    (["layers"], {}, "layers"),
    (["audio"], {}, "audio"),
    (["outputs", 0, "url"], GONE, "outputs[0]"),
    (["outputs", 0, "bitrate"], "fast", "outputs[0].bitrate"),
    # A layer.
    ([*LAYER, "id"], GONE, "layers[0]"),
    ([*LAYER, "id"], "-a", "layers[0].id"),
    ([*LAYER, "id"], 7, "layers[0].id"),
    ([*LAYER, "type"], "overlai", "layers[0].type"),
    ([*LAYER, "z_indx"], 1, "layers[0].z_indx"),
    ([*LAYER, "z_index"], 0.5, "layers[0].z_index"),
    ([*LAYER, "visible"], "yes", "layers[0].visible"),
    ([*LAYER, "opacity"], 1.4, "layers[0].opacity"),
    ([*LAYER, "opacity"], -0.1, "layers[0].opacity"),
    ([*LAYER, "blend_mode"], "add", "layers[0].blend_mode"),
    ([*LAYER, "size"], [10], "layers[0].size"),
    ([*LAYER, "size"], [0, 10], "layers[0].size"),
    ([*LAYER, "transform", "position"], [1, 2, 3], "layers[0].transform.position"),
    ([*LAYER, "transform", "scale"], "big", "layers[0].transform.scale"),
    ([*LAYER, "transform", "skew"], 1, "layers[0].transform.skew"),
    ([*LAYER, "clip", "radius"], -1, "layers[0].clip.radius"),
    ([*LAYER, "clip"], {"order": "first"}, "layers[0].clip.order"),
    ([*LAYER, "mask"], {"mode": "luma"}, "layers[0].mask"),
    ([*LAYER, "mask"], {"source": "m.png", "layer": "other"}, "layers[0].mask"),
    ([*LAYER, "mask"], {"source": "m.png", "mode": "red"}, "layers[0].mask.mode"),
    ([*LAYER, "filters"], {"blur": 8}, "layers[0].filters"),
    ([*LAYER, "filters"], [{"blur": -1}], "layers[0].filters[0].blur"),
    ([*LAYER, "filters"], [{"blur": {"edge": "clamp"}}], "layers[0].filters[0].blur"),
    ([*LAYER, "filters"], [{"blur": {"radius": 8, "edge": "wrap"}}], "layers[0].filters[0].blur.edge"),
    ([*LAYER, "filters"], [{"glow": 1}], "layers[0].filters[0].glow"),
    ([*LAYER, "filters"], [{"blur": 1, "sepia": 1}], "layers[0].filters[0]"),
    ([*LAYER, "filters"], [{"drop_shadow": {"spread": 1}}],
     "layers[0].filters[0].drop_shadow.spread"),
    ([*LAYER, "enter"], {"effect": "fade"}, "layers[0].enter"),
    ([*LAYER, "transition"], {"easing": "ease"}, "layers[0].transition"),
    ([*LAYER, "content"], GONE, "layers[0]"),
    ([*LAYER, "content", "type"], "gif", "layers[0].content"),
    ([*LAYER, "content", "type"], "colour", "layers[0].content.type"),
    ([*LAYER, "content", "color"], GONE, "layers[0].content"),
    ([*LAYER, "content", "fit"], "cover", "layers[0].content.fit"),
    ([*LAYER, "content"], CONTENTS["character"], "layers[0].content.type"),
    (["layers", HOST, "content"], CONTENTS["text"], f"layers[{HOST}].content.type"),
    (["layers", HOST, "content", "state"], "Idle!", f"layers[{HOST}].content.state"),
    (["layers", HOST, "content", "animations"], {"idle": {"type": "color", "color": "red"}},
     f"layers[{HOST}].content.animations.idle.type"),
    (["layers", HOST, "content"], CHAT, f"layers[{HOST}].content.type"),
    (["layers", HOST], layer("chat", CHAT | {"max_messages": 0}, type="chat"),
     f"layers[{HOST}].content.max_messages"),
    (["layers", HOST], layer("chat", CHAT | {"messages": [{"author": "a", "text": "b"}]},
                             type="chat"), f"layers[{HOST}].content.messages[0]"),
    # What follows a sound.
    (["layers", FEED, "content"], METER | {"style": "bar"}, f"layers[{FEED}].content.style"),
    (["layers", FEED, "content"], METER | {"range": [-48, 3]}, f"layers[{FEED}].content.range[1]"),
    (["layers", FEED, "content"], METER | {"bands": 300}, f"layers[{FEED}].content.bands"),
    (["layers", FEED, "content"], {"type": "meter"}, f"layers[{FEED}].content"),
    (["layers", HOST, "content"], TALKING | {"talking": {"level_above": 1}},
     f"layers[{HOST}].content.talking.level_above"),
    # Animated sources.
    (["layers", FEED, "content"], SPRITE | {"sprite": {"columns": 0}},
     f"layers[{FEED}].content.sprite.columns"),
    (["layers", FEED, "content"], SPRITE | {"play": "sideways"}, f"layers[{FEED}].content.play"),
    (["layers", FEED, "content"], {"type": "frames"}, f"layers[{FEED}].content"),
    # Sounds.
    (["audio"], [{"source": "a.ogg"}], "audio[0]"),
    (["audio"], [SOUND | {"volume": -1}], "audio[0].volume"),
    (["audio"], [SOUND | {"fade_in": "slowly"}], "audio[0].fade_in"),
    (["layers", FEED, "content", "fit"], "stretch", f"layers[{FEED}].content.fit"),
    (["layers", FEED, "content", "metadata"], ["Boy"], f"layers[{FEED}].content.metadata"),
    # A video.
    (["layers", FEED, "content"], {"type": "video"}, f"layers[{FEED}].content"),
    (["layers", FEED, "content"], VIDEO | {"loop": 2}, f"layers[{FEED}].content.loop"),
    (["layers", FEED, "content"], VIDEO | {"start": -1}, f"layers[{FEED}].content.start"),
    (["layers", FEED, "content"], VIDEO | {"end": "soon"}, f"layers[{FEED}].content.end"),
    (["layers", FEED, "content"], VIDEO | {"fit": "zoom"}, f"layers[{FEED}].content.fit"),
    (["layers", FEED, "content"], VIDEO | {"rate": 0}, f"layers[{FEED}].content.rate"),
    (["layers", HOST, "content"], VIDEO, f"layers[{HOST}].content.type"),
    ([*LAYER, "size"], ["1.2.3%", 5], "layers[0].size[0]"),
    ([*LAYER, "size"], ["calc(x)", 5], "layers[0].size[0]"),
    # A text.
    ([*STYLE, "font_size"], 0, "layers[1].content.style.font_size"),
    ([*STYLE, "font_weight"], "heavy", "layers[1].content.style.font_weight"),
    ([*STYLE, "padding"], [1], "layers[1].content.style.padding"),
    ([*STYLE, "text_align"], "middle", "layers[1].content.style.text_align"),
    ([*STYLE, "vertical_align"], "center", "layers[1].content.style.vertical_align"),
    ([*STYLE, "background_color"], 3, "layers[1].content.style.background_color"),
    ([*STYLE, "gradient"], "red", "layers[1].content.style.gradient"),
    ([*STYLE, "shadow", "offset"], 3, "layers[1].content.style.shadow.offset"),
    ([*STYLE, "stroke", "opacity"], 1, "layers[1].content.style.stroke.opacity"),
    ([*STYLE, "ellipsis"], 1, "layers[1].content.style.ellipsis"),
    (["layers", TEXT, "content", "text"], ["a"], "layers[1].content.text"),
    # Shapes and SVG.
    (["layers", RECT, "content", "shape"], "square", f"layers[{RECT}].content.shape"),
    (["layers", RECT, "content", "width"], GONE, f"layers[{RECT}].content"),
    (["layers", RECT, "content", "points"], [[0, 0]], f"layers[{RECT}].content.points"),
    (["layers", POLY, "content", "points"], [[0, 0], [1, 1]], f"layers[{POLY}].content.points"),
    (["layers", POLY, "content", "points", 1], ["a", 1], f"layers[{POLY}].content.points[1]"),
    (["layers", PATH, "content", "d"], "", f"layers[{PATH}].content.d"),
    (["layers", SVG, "content", "svg"], GONE, f"layers[{SVG}].content"),
    (["layers", SVG, "content", "source"], "a.svg", f"layers[{SVG}].content"),
    # Animations.
    ([*MOVES, FADE, "effect"], "dissolve", f"layers[{MOVING}].animations[0].effect"),
    ([*MOVES, FADE, "duration"], GONE, f"layers[{MOVING}].animations[0]"),
    ([*MOVES, FADE, "duration"], "500 ms", f"layers[{MOVING}].animations[0].duration"),
    ([*MOVES, FADE, "to"], 2, f"layers[{MOVING}].animations[0].to"),
    ([*MOVES, FADE, "easing"], 3, f"layers[{MOVING}].animations[0].easing"),
    ([*MOVES, FADE, "keyframes"], [], f"layers[{MOVING}].animations[0].keyframes"),
    ([*MOVES, SLIDE, "from"], "top", f"layers[{MOVING}].animations[1].from"),
    ([*MOVES, SCALE, "to"], [1], f"layers[{MOVING}].animations[2].to"),
    ([*MOVES, ROTATE, "iterations"], -1, f"layers[{MOVING}].animations[3].iterations"),
    ([*MOVES, ROTATE, "iterations"], "forever", f"layers[{MOVING}].animations[3].iterations"),
    ([*MOVES, KEYS, "direction"], "back", f"layers[{MOVING}].animations[4].direction"),
    ([*MOVES, KEYS, "keyframes"], [], f"layers[{MOVING}].animations[4].keyframes"),
    (
        [*MOVES, KEYS, "keyframes", 0, "at"],
        1.5,
        f"layers[{MOVING}].animations[4].keyframes[0].at",
    ),
    (
        [*MOVES, KEYS, "keyframes", 0, "color"],
        "red",
        f"layers[{MOVING}].animations[4].keyframes[0].color",
    ),
]

# Other ways to write what stands in WHOLE, which both take.
FINE: list[tuple[Steps, Any]] = [
    (["canvas", "fps"], "30000/1001"),
    (["canvas", "fps"], 60),
    (["canvas", "background"], "transparent"),
    (["duration"], 2),
    (["duration"], "1h2m3.5s"),
    (["outputs"], GONE),
    (["outputs", 0, "bitrate"], 2500000),
    ([*LAYER, "transform"], {}),
    ([*LAYER, "transform"], {"position": ["50%", "calc(100% - 20px)"], "anchor": "bottom-right"}),
    ([*LAYER, "transform"], {"position": ["-.5e1%", "calc( 2px\t+ 100% )"]}),
    ([*LAYER, "size"], ["25%", 90]),
    ([*LAYER, "transition"], {"content": "400ms"}),
    ([*MOVES, KEYS, "keyframes", 0, "size"], [120, "10%"]),
    (["layers", RECT], layer("bar", {"type": "shape", "shape": "rectangle", "radius": 4}, size=["50%", 20])),
    ([*LAYER, "transform", "scale"], [1, -1]),
    ([*LAYER, "blend_mode"], "color-dodge"),
    ([*LAYER, "content", "color"], "hsl(120deg 50% 50%)"),
    ([*STYLE], {}),
    ([*STYLE, "font_weight"], 650),
    ([*STYLE, "padding"], 3),
    ([*STYLE, "padding"], [1, 2, 3, 4]),
    (["layers", TEXT, "content", "text"], 12),
    (["layers", RECT, "content", "fill"], "radial-gradient(circle, white, navy)"),
    (["layers", FEED, "content", "metadata"], {}),
    (["layers", FEED, "content"], LOOP | {"rate": 0.5, "volume": 2}),
    (["layers", FEED, "content"], CELLS | {"frame_delay": "40ms", "play": "ping-pong"}),
    (["layers", FEED, "content"], {"type": "frames", "source": str(ART / "gull-%d.webp"), "loop": False}),
    (["layers", FEED, "content"], {"type": "gif", "source": str(ART / "gavel.webp")}),
    (["layers", FEED, "content", "caption"], "{name}, {year}"),
    (["layers", HOST, "content"],
     CHARACTER | {"animations": {"idle": CELLS, "talking": LOOP}, "state": "talking"}),
    (["layers", HOST, "content"],
     CHARACTER | {"animations": {"idle": {"type": "image", "source": str(ART / "host.svg"), "fit": "cover"}}, "state": "idle"}),
    (["layers", FEED, "content"], METER),
    (["layers", FEED, "content"], METER | {"style": "ring", "gradient": "linear-gradient(lime, red)",
                                           "thickness": 8, "smoothing": "0.5s", "gap": 0}),
    (["layers", HOST, "content"],
     TALKING | {"animations": {"talk": CELLS, "idle": CELLS}, "cross_fade": "100ms"}),
    (["layers", HOST], layer("chat", CHAT | {"style": {"fade_after": "1m"}}, type="chat")),
    (["audio"], [SOUND | {"source": str(ART / "evening.opus"), "duck_under": "feed", "loop": True, "fade_in": "2s"}]),
    ([*LAYER, "filters"], [{"blur": {"radius": 20, "edge": "clamp"}}, {"blur": {"radius": 1}}]),
    ([*LAYER, "filters"], [{"blur": 2}, {"hue_rotate": -90}, {"chroma_key": {"spill": 0.2}}]),
    ([*LAYER, "clip"], {"radius": 24, "order": "before-filters"}),
    ([*LAYER, "mask"], {"source": str(ART / "logo.svg"), "mode": "luma"}),
    ([*LAYER, "exit"], [{"effect": "fade", "from": 1, "to": 0, "duration": "300ms"}]),
    ([*LAYER, "transition"], {"duration": "300ms", "easing": "ease-out"}),
    ([*MOVES, 0], {"effect": "scroll", "direction": "left", "speed": 120}),
    ([*MOVES, 0], {"effect": "scroll", "duration": 3, "gap": 4, "fade_edges": 40}),
    ([*MOVES, 0], {"effect": "volume", "from": 1, "to": 0, "duration": "1s"}),
    ([*MOVES], []),
    ([*MOVES, FADE, "easing"], "cubic-bezier(0.2, 0, 0, 1)"),
    ([*MOVES, SLIDE, "to"], "down"),
    ([*MOVES, ROTATE, "iterations"], 2.5),
]


def changed(path: Steps, value: Any) -> dict[str, Any]:
    """WHOLE with one value put in, replaced or taken out."""
    scene = copy.deepcopy(WHOLE)
    place: Any = scene
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return scene


def named(path: Steps, value: Any) -> str:
    shown = "gone" if value is GONE else json.dumps(value)[:40]
    return ".".join(map(str, path)) + " = " + shown


# ---- The tests ----------------------------------------------------------------------------------


class SchemaTest(unittest.TestCase):
    """A schema and a tool to ask about scenes."""

    schema: dict[str, Any]
    validator: jsonschema.Draft202012Validator

    @classmethod
    def setUpClass(cls) -> None:
        text = (ROOT / "scenes" / "scene.schema.json").read_text(encoding="utf-8")
        cls.schema = json.loads(text)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.file = Path(holder.name) / "scene.yaml"

    def faults(self, scene: Any) -> list[str]:
        """What the schema finds wrong."""
        return [
            f"{error.json_path}: {error.message}" for error in self.validator.iter_errors(scene)
        ]

    def told(self, scene: Any) -> tuple[int, str]:
        """The tool's status, and what it says; JSON is YAML."""
        self.file.write_text(json.dumps(scene, indent=1), encoding="utf-8")
        asked = run(tool("render-frames"), self.file, "--at", "0", "-o", "null:")
        return asked.returncode, asked.stderr

    def assert_taken(self, scene: Any) -> None:
        self.assertEqual(self.faults(scene), [])
        self.assertEqual(self.told(scene), (0, ""))

    def assert_refused(self, scene: Any, told: str) -> None:
        self.assertNotEqual(self.faults(scene), [], "the schema takes it")
        status, message = self.told(scene)
        self.assertEqual(status, 2, message)
        # `file:line:column: path: …`; what is missing is told of the object that lacks it.
        start = re.escape(str(self.file)) + r":\d+:\d+: " + re.escape(told)
        self.assertRegex(message, rf"(?m)^{start}(?=[:,\[])")


class Schema(SchemaTest):
    def test_it_is_a_schema_of_draft_2020_12(self) -> None:
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.assertEqual(self.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")

    def test_every_scene_of_ours_is_right(self) -> None:
        self.assertGreaterEqual(len(SCENES), 2)
        for scene in SCENES:
            with self.subTest(scene.name):
                self.assertEqual(self.faults(read_yaml(scene.read_text(encoding="utf-8"))), [])

    def test_the_examples_of_the_manual_are_right(self) -> None:
        whole, *parts = displays((ROOT / "man" / "scene.5").read_text(encoding="utf-8"))
        self.assert_taken(read_yaml(whole))
        self.assertGreaterEqual(len(parts), 2)
        for part in parts:
            with self.subTest(part.splitlines()[0]):
                self.assertEqual(self.faults(changed(["layers"], read_yaml(part))), [])


    def test_a_video_is_taken(self) -> None:
        keys = {"loop": True, "start": "1.5s", "end": 90, "fit": "cover"}
        for kind in ("visual_feed", "overlay"):
            scene = changed(["layers"], [layer("one", VIDEO | keys, type=kind)])
            self.assertEqual(self.faults(scene), [])


class Agreement(SchemaTest):
    """What the schema says of a file, the tool says too."""

    def test_one_of_everything_is_taken(self) -> None:
        self.assert_taken(WHOLE)

    def test_other_ways_to_write_it_are_taken(self) -> None:
        for path, value in FINE:
            with self.subTest(named(path, value)):
                self.assert_taken(changed(path, value))

    def test_what_is_broken_is_refused_with_its_place(self) -> None:
        for path, value, told in BROKEN:
            with self.subTest(named(path, value)):
                self.assert_refused(changed(path, value), told)

    def test_a_layer_holds_the_contents_of_its_type(self) -> None:
        takes = {
            "host": {"character"},
            "assistant": {"character"},
            "visual_feed": {"image", "color"},
            "overlay": {"image", "text", "shape", "svg", "color"},
            "chat": set(),
        }
        for kind, contents in takes.items():
            for name, content in CONTENTS.items():
                with self.subTest(layer=kind, content=name):
                    scene = changed(["layers"], [layer("one", content, type=kind)])
                    if name in contents:
                        self.assert_taken(scene)
                    else:
                        self.assert_refused(scene, "layers[0].content.type")


class Yaml(unittest.TestCase):
    """The reader of this test is one of YAML 1.2, so that scenes mean the same to both."""

    def test_plain_scalars_are_those_of_the_core_schema(self) -> None:
        for text, value in {
            "yes": "yes",
            "on": "on",
            "true": True,
            "010": 10,
            "0x10": 16,
            "1_000": "1_000",
            "1:30": "1:30",
            "1e3": 1000.0,
            "2026-01-01": "2026-01-01",
            "~": None,
            "1m30s": "1m30s",
        }.items():
            with self.subTest(text):
                self.assertEqual(read_yaml(f"value: {text}")["value"], value)


if __name__ == "__main__":
    unittest.main()
