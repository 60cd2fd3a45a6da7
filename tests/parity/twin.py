"""One description, two pictures: a scene for layercast, and the same as HTML and CSS.

A layer here is what stands in a scene file, as a dict. Rules of the translation:
- a layer is a box of its size at the top left of its canvas, `translate`d to where its anchor lands,
  then `rotate`d and `scale`d about `transform-origin`, the anchor;
- filters are `filter`, the clip `clip-path: inset(0 round …)`, which an inner box has where it comes
  before the filters, opacity and blend mode what they are called; a mask is the `mask-image` of a box
  as large as the canvas around the layer; the canvas is an isolated group, as a page is;
- `fit` is `object-fit`, a shape inline SVG, or a box with a CSS background where it has a gradient;
- a text is a box with the same CSS; its stroke is painted under its fill (`paint-order`);
- an animation is a Web Animation of the same timing, at the sampled time. Its values are relative in
  a scene file, and made absolute here.
"""

import json
from html import escape
from typing import Any

Layer = dict[str, Any]

FILTERS = {
    "hue_rotate": "hue-rotate", "drop_shadow": "drop-shadow",
}  # fmt: skip


def number(value: float) -> str:
    return repr(round(value, 9) + 0.0)


def px(value: float) -> str:
    return number(value) + "px"


def pair(value: Any) -> tuple[float, float]:
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


# ---- Filters -------------------------------------------------------------------------------------


def _filter_css(name: str, value: Any) -> str:
    if name == "blur":
        return f"blur({px(value)})"
    if name == "drop_shadow":
        x, y = pair(value.get("offset", 0))
        blur = px(value.get("blur", 0))
        return f"drop-shadow({px(x)} {px(y)} {blur} {value.get('color', 'black')})"
    unit = "deg" if name == "hue_rotate" else ""
    return f"{FILTERS.get(name, name)}({number(value)}{unit})"


def filters_css(filters: list[dict[str, Any]]) -> str:
    return " ".join(_filter_css(name, value) for each in filters for name, value in each.items())


def _filter_reach(filters: list[dict[str, Any]]) -> float:
    """How far filters carry a picture beyond its box."""
    reach = 0.0
    for each in filters:
        if "blur" in each:
            reach += 3 * each["blur"]
        if "drop_shadow" in each:
            shadow = each["drop_shadow"]
            reach += 1.5 * shadow.get("blur", 0) + max(map(abs, pair(shadow.get("offset", 0))))
    return reach


# ---- Shapes --------------------------------------------------------------------------------------


def _path_corner(d: str) -> tuple[float, float]:
    """The far corner of path data of absolute commands whose points are all on the outline's hull."""
    numbers = [float(word) for word in d.replace(",", " ").split() if not word.isalpha()]
    return max(numbers[0::2]), max(numbers[1::2])


def shape_size(content: Layer) -> tuple[float, float]:
    kind = content["shape"]
    if kind == "rectangle":
        return content["width"], content["height"]
    if kind == "circle":
        return 2 * content["radius"], 2 * content["radius"]
    if kind == "ellipse":
        return 2 * content["radius_x"], 2 * content["radius_y"]
    if kind == "path":
        return content["corner"] if "corner" in content else _path_corner(content["d"])
    points = content["points"]
    return max(p[0] for p in points), max(p[1] for p in points)


def _is_gradient(fill: Any) -> bool:
    return isinstance(fill, str) and "gradient(" in fill


def _geometry(content: Layer) -> str:
    """The SVG element, less its paint."""
    width, height = shape_size(content)
    points = " ".join(f"{number(x)},{number(y)}" for x, y in content.get("points", []))
    # As with border-radius, corners stay round; SVG itself would make them elliptical.
    radius = number(min(content.get("radius", 0), width / 2 or 1, height / 2 or 1))
    return {
        "rectangle": f'<rect width="{number(width)}" height="{number(height)}" rx="{radius}"',
        "circle": f'<circle cx="{radius}" cy="{radius}" r="{radius}"',
        "ellipse": f'<ellipse cx="{number(width / 2)}" cy="{number(height / 2)}" '
        f'rx="{number(width / 2)}" ry="{number(height / 2)}"',
        "line": f'<polyline points="{points}"',
        "polygon": f'<polygon points="{points}"',
        "path": f'<path d="{content.get("d", "")}"',
    }[content["shape"]]


def _outline_css(content: Layer) -> str:
    """What gives a box with a background the outline of a shape."""
    kind = content["shape"]
    if kind == "rectangle":
        return f"border-radius: {px(content.get('radius', 0))};"
    if kind in ("circle", "ellipse"):
        return "border-radius: 50%;"
    if kind == "path":
        return f"clip-path: path('{content['d']}');"
    points = ", ".join(f"{px(x)} {px(y)}" for x, y in content["points"])
    return f"clip-path: polygon({points});"


def _svg_shape(content: Layer, fill: str) -> str:
    width, height = shape_size(content)
    stroke = content.get("stroke")
    paint = f'fill="{fill}"'
    if stroke:
        paint += f' stroke="{stroke["color"]}" stroke-width="{number(stroke["width"])}"'
    return (
        f'<svg width="{number(max(width, 1))}" height="{number(max(height, 1))}" '
        f'style="position: absolute; left: 0; top: 0; overflow: visible">'
        f"{_geometry(content)} {paint}/></svg>"
    )


def _shape_html(content: Layer) -> str:
    fill = "none" if content["shape"] == "line" else content.get("fill", "none")
    if not _is_gradient(fill):
        return _svg_shape(content, fill)
    width, height = shape_size(content)
    stroke = _svg_shape(content, "none") if content.get("stroke") else ""
    return (
        f'<div style="position: absolute; width: {px(width)}; height: {px(height)}; '
        f'background: {fill}; {_outline_css(content)}"></div>{stroke}'
    )


# ---- Text ----------------------------------------------------------------------------------------


def _insets(padding: Any) -> str:
    values = padding if isinstance(padding, list) else [padding]
    return " ".join(px(value) for value in values)


def _beside(padding: Any) -> float:
    """To the left and to the right, together."""
    values = padding if isinstance(padding, list) else [padding]
    right = values[min(1, len(values) - 1)]
    return float(right + (values[3] if len(values) == 4 else right))


def _text_css(style: Layer) -> str:
    rules = {
        "font-family": f"'{style.get('font_family', 'Inter')}', 'Inter', 'Noto Color Emoji', 'DejaVu Sans'",
        "font-size": px(style.get("font_size", 32)),
        "font-weight": style.get("font_weight", 400),
        "font-style": style.get("font_style", "normal"),
        "color": style.get("color", "white"),
        "white-space": "pre-wrap",
        "unicode-bidi": "plaintext",
        "overflow-wrap": "anywhere",
        "text-align": style.get("text_align", "start"),
        "align-content": {"middle": "center", "bottom": "end"}.get(style.get("vertical_align"), "start"),
        "line-height": style.get("line_height", "normal"),
        "letter-spacing": px(style.get("letter_spacing", 0)),
        "padding": _insets(style.get("padding", 0)),
        "box-sizing": "border-box",
        "background": style.get("background_color", "transparent"),
        "border-radius": px(style.get("border_radius", 0)),
    }
    if "max_width" in style:
        rules["max-width"] = px(style["max_width"] + _beside(style.get("padding", 0)))
    if stroke := style.get("stroke"):
        rules["-webkit-text-stroke"] = f"{px(stroke['width'])} {stroke['color']}"
        rules["paint-order"] = "stroke fill"
        rules["stroke-linejoin"] = "round"
    if shadow := style.get("shadow"):
        x, y = pair(shadow.get("offset", 0))
        color = shadow.get("color", "black")
        rules["text-shadow"] = f"{px(x)} {px(y)} {px(shadow.get('blur', 0))} {color}"
    return "; ".join(f"{name}: {value}" for name, value in rules.items())


def _text_html(content: Layer) -> str:
    style = content.get("style", {})
    text = escape(content["text"], quote=False)
    color = style.get("color", "")
    if gradient := style.get("gradient") or ("gradient(" in color and color):
        text = (
            f'<span style="background: {gradient}; background-clip: text; color: transparent; '
            f'display: inline-block">{text}</span>'
        )
    if lines := style.get("max_lines"):
        clamp = (
            f"display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: {lines}; "
            "overflow: hidden; white-space: pre-line"
        )
        text = f'<span style="{clamp}">{text}</span>'
    return text


# ---- Layers --------------------------------------------------------------------------------------


def _content_html(content: Layer) -> str:
    kind = content["type"]
    if kind == "color":
        return ""
    if kind == "image":
        return (
            f'<img src="{content["source"]}" style="display: block; width: 100%; height: 100%; '
            f'object-fit: {content.get("fit", "contain")}">'
        )
    if kind == "shape":
        return _shape_html(content)
    if kind == "text":
        return _text_html(content)
    if kind == "svg":
        svg = content["svg"].replace("<svg ", '<svg style="width: 100%; height: 100%; display: block" ', 1)
        return svg
    raise ValueError(kind)


def _size_of(layer: Layer, natural: dict[str, tuple[int, int]]) -> tuple[float, float] | None:
    """The layer box; None where the browser is to measure a text."""
    content = layer["content"]
    if "size" in layer:
        return pair(layer["size"])
    if content["type"] == "shape":
        return shape_size(content)
    if content["type"] == "image":
        return natural[content["source"]]
    if content["type"] == "text":
        return None
    raise ValueError(f"{content['type']} needs a size")


def _placed_css(layer: Layer, size: tuple[float, float] | None) -> dict[str, str]:
    transform = layer.get("transform", {})
    x, y = pair(transform.get("position", 0))
    anchor_x, anchor_y = pair(transform.get("anchor", 0))
    scale_x, scale_y = pair(transform.get("scale", 1))
    css = {"transform-origin": f"{number(anchor_x * 100)}% {number(anchor_y * 100)}%"}
    if size is None:
        shift = f"calc({px(x)} - {number(anchor_x * 100)}%) calc({px(y)} - {number(anchor_y * 100)}%)"
        css["translate"] = shift
    else:
        css["translate"] = f"{px(x - anchor_x * size[0])} {px(y - anchor_y * size[1])}"
        css["width"], css["height"] = px(size[0]), px(size[1])
    if transform.get("rotation", 0) != 0:
        css["rotate"] = number(transform["rotation"]) + "deg"
    if (scale_x, scale_y) != (1, 1):
        css["scale"] = f"{number(scale_x)} {number(scale_y)}"
    return css


def _clip_css(layer: Layer) -> str:
    return f"inset(0 round {px(layer['clip']['radius'])})"


def _is_clipped_first(layer: Layer) -> bool:
    return layer.get("clip", {}).get("order") == "before-filters"


def _mask_css(mask: Layer) -> str:
    mode = {"alpha": "alpha", "luma": "luminance"}[mask.get("mode", "alpha")]
    image = f"mask-image: url({mask['source']}); mask-size: 100% 100%; mask-mode: {mode}"
    # Chromium 120 and later need no prefix; earlier ones know alpha masks alone.
    return image + f"; -webkit-mask-image: url({mask['source']}); -webkit-mask-size: 100% 100%"


def _look_css(layer: Layer) -> dict[str, str]:
    css = {}
    if layer["content"]["type"] == "color":
        css["background"] = layer["content"]["color"]
    if layer.get("opacity", 1) != 1:
        css["opacity"] = number(layer["opacity"])
    if layer.get("blend_mode", "normal") != "normal":
        css["mix-blend-mode"] = layer["blend_mode"]
    if "clip" in layer and not _is_clipped_first(layer):
        css["clip-path"] = _clip_css(layer)
    if layer.get("filters"):
        css["filter"] = filters_css(layer["filters"])
    return css


# ---- Animations ----------------------------------------------------------------------------------


def _milliseconds(time: Any) -> float:
    if isinstance(time, str):
        return float(time.removesuffix("ms")) if time.endswith("ms") else 1000 * float(time[:-1])
    return 1000 * time


def _animation_timing(animation: Layer) -> Layer:
    iterations = animation.get("iterations", 1)
    return {
        "duration": _milliseconds(animation.get("duration", 0)),
        "delay": _milliseconds(animation.get("delay", 0)),
        "easing": animation.get("easing", "linear"),
        "iterations": 1e9 if iterations == "infinite" else iterations,
        "direction": animation.get("direction", "normal"),
        "fill": animation.get("fill", "both"),
    }


def _keyframe(values: Layer, layer: Layer) -> Layer:
    """A keyframe of the Web Animations; what is added to the layer's own value says so."""
    frame: Layer = {}
    if "opacity" in values:
        frame["opacity"] = values["opacity"] * layer.get("opacity", 1)
    if "position" in values:
        x, y = pair(values["position"])
        frame["translate"] = f"{px(x)} {px(y)}"
    if "scale" in values:
        x, y = pair(values["scale"])
        frame["scale"] = f"{number(x)} {number(y)}"
    if "rotation" in values:
        frame["rotate"] = number(values["rotation"]) + "deg"
    if "filters" in values:
        frame["filter"] = filters_css(values["filters"])
    return frame


# Later than the sampled time: the browser counts in seconds as doubles, so that 0.6 s of 0.8 s falls
# short of the step at three quarters, and 0.84 s of the third turn of 0.28 s.
NANOSECOND = 1e-6

EFFECT_PROPERTIES = {
    "fade": "opacity", "slide": "position", "scale": "scale", "rotate": "rotation",
}  # fmt: skip


def _web_animations(layer: Layer) -> list[Any]:
    """Arguments of Element.animate(), one for each property: only opacity stands on its own."""
    made = []
    for animation in layer.get("animations", []):
        timing = _animation_timing(animation)
        if animation["effect"] == "keyframes":
            given = animation["keyframes"]
        else:
            name = EFFECT_PROPERTIES[animation["effect"]]
            neutral = {"fade": (0, 1), "slide": (0, 0), "scale": (1, 1), "rotate": (0, 0)}
            first, last = neutral[animation["effect"]]
            given = [
                {"at": 0, name: animation.get("from", first)},
                {"at": 1, name: animation.get("to", last)},
            ]
        frames = []
        for values in given:
            frame = _keyframe(values, layer) | {"offset": values["at"]}
            if "easing" in values:
                frame["easing"] = values["easing"]
            frames.append(frame)
        for name in ("opacity", "translate", "scale", "rotate", "filter"):
            own = [
                {k: v for k, v in frame.items() if k in (name, "offset", "easing")}
                for frame in frames
                if name in frame
            ]
            composite = "replace" if name in ("opacity", "filter") else "add"
            if own:
                made.append([own, timing | {"composite": composite}])
    return made


def layer_html(layer: Layer, natural: dict[str, tuple[int, int]], milliseconds: float = 0) -> str:
    """One layer at a time; `natural`: the sizes of images by their source."""
    css = _placed_css(layer, _size_of(layer, natural)) | _look_css(layer)
    style = "; ".join(f"{name}: {value}" for name, value in css.items())
    content = layer["content"]
    if content["type"] == "text":
        style += "; " + _text_css(content.get("style", {}))
        if "size" not in layer:
            style += "; width: max-content"
    reach = _filter_reach(layer.get("filters", []))
    if content["type"] == "shape" and content.get("stroke") and "clip" not in layer:
        reach += content["stroke"]["width"] / 2
    if content["type"] == "text":
        shadow = content.get("style", {}).get("shadow", {})
        offset = max(map(abs, pair(shadow.get("offset", 0))))
        reach += shadow.get("blur", 0) + offset
    scales = pair(layer.get("transform", {}).get("scale", 1))
    told = f" data-reach={number(reach * max(map(abs, scales)))}"
    told += "" if layer.get("ground") else " data-judged"
    if animations := _web_animations(layer):
        told += f" data-time={number(milliseconds + NANOSECOND)} data-animations='{json.dumps(animations)}'"
    inner = _content_html(content)
    if _is_clipped_first(layer):
        fill = "width: 100%; height: 100%"
        inner = f"<div style=\"{fill}; clip-path: {_clip_css(layer)}\">{inner}</div>"
    html = f"<div class=layer{told} style=\"{style}\">{inner}</div>"
    if "mask" in layer:
        fill = "position: absolute; left: 0; top: 0; width: 100%; height: 100%"
        html = f"<div style=\"{fill}; {_mask_css(layer['mask'])}\">{html}</div>"
    return html


# ---- Scenes --------------------------------------------------------------------------------------

OWN_KEYS = ("ground",)  # of a layer here that no scene file has


def scene_text(case: Any, fps: str | int = 25, duration: str = "40ms") -> str:
    """The scene file of a case: JSON is YAML."""
    layers = []
    for index, layer in enumerate(case.layers):
        told = {key: value for key, value in layer.items() if key not in OWN_KEYS}
        told["content"] = {k: v for k, v in layer["content"].items() if k != "corner"}
        kind = "visual_feed" if layer["content"]["type"] == "image" else "overlay"
        layers.append({"id": f"layer-{index}", "type": kind} | told)
    canvas = {"width": case.width, "height": case.height, "fps": fps, "background": case.background}
    scene = {"version": 1, "scene": "parity", "canvas": canvas, "duration": duration}
    lines = ",\n  ".join(json.dumps(layer, ensure_ascii=False) for layer in layers)
    head = json.dumps(scene)[:-1]
    return f'{head}, "layers": [\n  {lines}\n]}}\n'
