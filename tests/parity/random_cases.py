"""Scenes that nobody chose: layers of every kind, anywhere. The same ones in every run."""

import random
from typing import Any

from cases import BLEND_MODES, FILTERS, HEART, HEART_CORNER, STAR, color, image, shape
from stage import Case
from twin import Layer

SEED = 20
COUNT = 48

_PAINTS = (
    "#ff8000", "#40c0ffa0", "hsl(300 70% 55%)", "linear-gradient(60deg, #ffe040, #c03050)",
    "linear-gradient(to bottom right, #20c0a0, #102050 60%, transparent)",
    "radial-gradient(circle, white, #4080ff 60%, #102050)",
)  # fmt: skip
_PICTURES = ("wide.png", "tall.png", "small.png", "odd.png", "alpha.png", "alpha-odd.png")


def _content(dice: random.Random) -> dict[str, Any]:
    """Arguments of the functions that make layers."""
    kind = dice.choice(("color", "image", "image", "shape", "shape"))
    size = (dice.randint(30, 160), dice.randint(30, 120))
    if kind == "color":
        return {"make": color, "first": dice.choice(_PAINTS[:3]), "size": size}
    if kind == "image":
        fit = dice.choice(("fill", "contain", "cover", "none", "scale-down"))
        return {"make": image, "first": dice.choice(_PICTURES), "fit": fit, "size": size}
    what: dict[str, Any] = dice.choice((
        {"first": "rectangle", "width": size[0], "height": size[1], "radius": dice.choice((0, 9, 40))},
        {"first": "circle", "radius": size[1] / 2},
        {"first": "ellipse", "radius_x": size[0] / 2, "radius_y": size[1] / 2},
        {"first": "polygon", "points": STAR},
        {"first": "path", "d": HEART, "corner": HEART_CORNER},
    ))  # fmt: skip
    what |= {"make": shape, "fill": dice.choice(_PAINTS)}
    if dice.random() < 0.4:
        what["stroke"] = {"color": dice.choice(("white", "#00000090")), "width": dice.randint(1, 12)}
    return what


def _layer(dice: random.Random) -> Layer:
    more: dict[str, Any] = {}
    if dice.random() < 0.5:
        more["anchor"] = (0.5, 0.5)
    if dice.random() < 0.4:
        more["rotation"] = round(dice.uniform(-180, 180), 1)
    if dice.random() < 0.4:
        more["scale"] = round(dice.uniform(0.5, 2), 2)
        if dice.random() < 0.3:
            more["scale"] = (more["scale"], round(-dice.uniform(0.5, 2), 2))
    if dice.random() < 0.4:
        more["opacity"] = round(dice.uniform(0.2, 1), 2)
    if dice.random() < 0.3:
        more["blend_mode"] = dice.choice(BLEND_MODES)
    if dice.random() < 0.25:
        more["clip"] = {"radius": dice.choice((0, 12, 50))}
    if dice.random() < 0.2:
        more["filters"] = dice.choice(list(FILTERS.values()))
    what = _content(dice)
    make, first = what.pop("make"), what.pop("first")
    place = (dice.randint(10, 230), dice.randint(10, 170))
    if dice.random() < 0.3:
        place = (round(place[0] + dice.random(), 2), round(place[1] + dice.random(), 2))
    if "anchor" not in more:
        place = (place[0] / 2, place[1] / 2)
    if make is color:
        return color(first, place, what["size"], **more)
    return make(first, place, **what, **more)


def random_cases(seed: int = SEED, count: int = COUNT) -> list[Case]:
    dice = random.Random(seed)
    return [
        Case(
            f"random {seed}-{index}",
            [_layer(dice) for _ in range(dice.randint(1, 5))],
            background=dice.choice(("#204060", "white", "#20406080")),
        )
        for index in range(count)
    ]
