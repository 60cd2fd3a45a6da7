"""A sprite of 500 pictures, a new one in every frame, beside one picture that fades: what showing
kept pictures costs, and what keeping them costs once."""

import json

import assets
import standard_scenes
from measure import Places, Task, frames_that_last, print_table, tell
from standard_scenes import FPS
from targets import Target

COLUMNS, ROWS, SIDE = 25, 20, 256
PICTURES = COLUMNS * ROWS
SHEET, CELL = "sprite-sheet.png", "sprite-cell.png"
OVER_STILL_MAX = 1.25  # CPU of composing: another picture is to be read in each frame
SECONDS = 1.0


def draw(places: Places) -> None:
    """Discs of clouds on a transparent sheet, and one of them."""
    folder = places.assets
    if (folder / CELL).exists():  # the last of them
        return
    mask = ["-size", f"{SIDE}x{SIDE}", "xc:black", "-fill", "white", "-draw", "circle 128,128 128,6"]
    assets.convert(folder, "sprite-mask.png", *mask)
    whole = f"{COLUMNS * SIDE}x{ROWS * SIDE}"
    small = f"{COLUMNS * SIDE // 8}x{ROWS * SIDE // 8}"
    sheet = ["-seed", "71", "-size", small, "plasma:tomato-navy", "-scale", "800%"]
    masks = ["(", "-size", whole, "tile:sprite-mask.png", ")", "-alpha", "off"]
    keyed = ["-compose", "CopyOpacity", "-composite", "-define", "png:color-type=6"]
    assets.convert(folder, SHEET, *sheet, *masks, *keyed)
    assets.convert(folder, CELL, SHEET, "-crop", f"{SIDE}x{SIDE}+0+0", "+repage")


def layers_with(content: dict, **layer: object) -> list[dict]:
    """A photograph with `content` in the middle of it."""
    place = {"position": [832, 412]}
    back = {"type": "overlay", "content": {"type": "image", "source": "background.png"}}
    return [back, {"type": "overlay", "transform": place, "content": content} | layer]


def bench_sprite(places: Places, threads: int, runs: int) -> None:
    draw(places)
    sprite = {"type": "sprite", "source": SHEET, "frame_delay": 1_000_000_000 // FPS / 1e9,
              "sprite": {"columns": COLUMNS, "rows": ROWS}}
    fade = {"effect": "fade", "from": 0.98, "to": 0.5, "duration": "1s", "iterations": "infinite",
            "direction": "alternate"}
    scenes = {
        f"{PICTURES} pictures, one a frame": layers_with(sprite),
        "one picture that fades": layers_with({"type": "image", "source": CELL}, animations=[fade]),
    }
    tasks = []
    for number, (name, layers) in enumerate(scenes.items()):
        file = standard_scenes.write_scene(places.assets, f"sprite-{number}", layers)

        def command(frames: int, scene=file) -> list[object]:
            return places.composing(scene, frames, threads)

        frames = frames_that_last(command, SECONDS, standard_scenes.LAST_FRAME)
        tasks.append(Task(name, command, frames, without_startup=True, stats=places.stats))
    stages: dict = {}
    for number in range(1, runs + 1):
        tell(f"sprite: measuring, run {number} of {runs}")
        for task in tasks:
            task.measure()
            if task is tasks[0]:
                stages = json.loads(places.stats.read_text(encoding="utf-8"))["stages"]
    rows = [["", task.name, f"{task.milliseconds('composing'):.3f}",
             f"{task.milliseconds('wall'):.3f}", f"{task.peak_mib():.0f}"] for task in tasks]
    print_table([["sprite", "what", "CPU ms a frame", "wall ms a frame", "peak MiB"]], [rows], left=2)
    decode_ms = stages["decode_ns"] * 1e-6
    kept_mib = PICTURES * SIDE * SIDE * 4 / (1 << 20)
    print(
        f"\nKept once: {PICTURES} pictures of {SIDE} × {SIDE}, {kept_mib:.0f} MiB of pixels, "
        f"{decode_ms:.0f} ms of CPU to decode, {decode_ms / PICTURES:.2f} ms a picture.\n"
    )
    over = tasks[0].over(tasks[1], "composing")
    target = Target("sprite: CPU of composing ÷ one picture that fades", OVER_STILL_MAX, over)
    print_table([["", "target", "", "is", ""]], [[target.row()]], left=2)
