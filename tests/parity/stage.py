"""Shows cases twice, by layercast and by a browser, and cuts both out for comparison."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from browser import Browser
from compare import Box, pixels_touched
from picture import Picture, over
from twin import Layer, layer_html, scene_text

ROOT = Path(__file__).resolve().parents[2]
PAGE_WIDTH, PAGE_HEIGHT = 1920, 1080
UNDER = (255, 255, 255)  # what a canvas that lets light through lies on
GAP = 2  # px between cells


@dataclass
class Case:
    """A canvas with layers; the comparison looks at the place of every layer that is no ground."""

    name: str
    layers: list[Layer]
    kind: str = "sampled"  # or "unsampled", "text"
    width: int = 240
    height: int = 180
    background: str = "#204060"
    fps: int = 25
    frames: Sequence[int] = (0,)
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Twin:
    """A frame of a case, as both show it."""

    case: Case
    frame: int
    ours: Picture
    theirs: Picture
    places: list[Box]  # of the layers that are compared

    @property
    def name(self) -> str:
        return self.case.name + (f" frame {self.frame}" if len(self.case.frames) > 1 else "")


# What the page does before it is looked at: an animated layer takes the values that its animations
# have at its time, and stays so.
SCRIPT = """
for (const layer of document.querySelectorAll("[data-animations]")) {
  const animations = JSON.parse(layer.dataset.animations).map(([keyframes, timing]) => {
    const animation = layer.animate(keyframes, timing);
    animation.pause();
    animation.currentTime = Number(layer.dataset.time);
    return animation;
  });
  const style = getComputedStyle(layer), values = {};
  for (const name of ["translate", "rotate", "scale", "opacity", "filter"]) values[name] = style[name];
  for (const animation of animations) animation.cancel();
  Object.assign(layer.style, values);
}
"""

PLACES = """
return [...document.querySelectorAll(".cell")].map(cell => {
  const origin = cell.getBoundingClientRect();
  return [...cell.querySelectorAll("[data-judged]")].map(layer => {
    const box = layer.getBoundingClientRect(), reach = Number(layer.dataset.reach);
    return [box.left - origin.left - reach, box.top - origin.top - reach,
            box.right - origin.left + reach, box.bottom - origin.top + reach];
  });
});
"""

STYLE = """
* { margin: 0; padding: 0; }
body { background: #000; }
.cell { position: absolute; overflow: hidden; background: rgb(%d, %d, %d); }
.stage { position: absolute; inset: 0; overflow: hidden; isolation: isolate; }
.layer { position: absolute; left: 0; top: 0; }
""" % UNDER  # noqa: UP031  braces


def render_frames() -> str:
    folder = os.environ.get("LAYERCAST_BIN") or ROOT / "build/release/bin"
    return str(Path(folder, "render-frames"))


def rendered(case: Case, folder: Path) -> list[Picture]:
    """The frames of a case, by layercast."""
    scene = folder / (case.name.replace(" ", "-").replace("/", "-") + ".yaml")
    milliseconds = (max(case.frames) + 1) * 1000 // case.fps
    scene.write_text(scene_text(case, case.fps, f"{milliseconds}ms"))
    command = [render_frames(), str(scene), "--threads", "1", "--log-level", "error"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{case.name}: render-frames: {done.stderr.decode()}")
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, case.height, case.width, 4)
    return [over(frames[frame], UNDER) for frame in case.frames]


@dataclass
class _Cell:
    case: Case
    frame: int
    left: int
    top: int


def _pages(cases: Sequence[Case]) -> Iterator[list[_Cell]]:
    """Cells in rows, as many to a page as fit."""
    cells: list[_Cell] = []
    left = top = row_height = 0
    for case in sorted(cases, key=lambda case: case.height):
        for frame in case.frames:
            if left + case.width > PAGE_WIDTH:
                left, top, row_height = 0, top + row_height + GAP, 0
            if top + case.height > PAGE_HEIGHT:
                yield cells
                cells, left, top, row_height = [], 0, 0, 0
            cells.append(_Cell(case, frame, left, top))
            left += case.width + GAP
            row_height = max(row_height, case.height)
    if cells:
        yield cells


def _cell_html(cell: _Cell, natural: dict[str, tuple[int, int]]) -> str:
    case = cell.case
    place = f"left: {cell.left}px; top: {cell.top}px; width: {case.width}px; height: {case.height}px"
    milliseconds = cell.frame * 1000 / case.fps
    ordered = sorted(case.layers, key=lambda layer: layer.get("z_index", 0))
    layers = "\n".join(layer_html(layer, natural, milliseconds) for layer in ordered)
    return (
        f'<div class=cell style="{place}">'
        f'<div class=stage style="background: {case.background}">\n{layers}</div></div>\n'
    )


class Stage:
    """`folder` holds the pictures and fonts that cases name, and gets scenes and pages."""

    def __init__(self, folder: Path, fonts_css: str, natural: dict[str, tuple[int, int]]) -> None:
        self._folder = folder
        self._fonts_css = fonts_css
        self._natural = natural

    def twins(self, cases: Sequence[Case], browser: Browser) -> list[Twin]:
        assert len({case.name for case in cases}) == len(cases), "two cases have one name"
        with ThreadPoolExecutor(2) as pool:
            ours = {case.name: pool.submit(rendered, case, self._folder) for case in cases}
            twins = []
            for number, cells in enumerate(_pages(cases)):
                twins += self._page_twins(cells, number, browser, ours)
        order = {case.name: index for index, case in enumerate(cases)}
        return sorted(twins, key=lambda twin: order[twin.case.name])

    def _page_twins(
        self, cells: list[_Cell], number: int, browser: Browser,
        ours: dict[str, "Future[list[Picture]]"],
    ) -> list[Twin]:  # fmt: skip
        page = self._folder / f"page-{number}.html"
        body = "".join(_cell_html(cell, self._natural) for cell in cells)
        page.write_text(
            f"<!doctype html><meta charset=utf-8><style>{self._fonts_css}{STYLE}</style>\n{body}"
        )
        browser.show(page, PAGE_WIDTH, PAGE_HEIGHT)
        browser.run(SCRIPT)
        shot = browser.screenshot(PAGE_WIDTH, PAGE_HEIGHT)
        twins = []
        for cell, places in zip(cells, browser.run(PLACES)):
            case = cell.case
            theirs = shot[cell.top : cell.top + case.height, cell.left : cell.left + case.width]
            mine = ours[case.name].result()[list(case.frames).index(cell.frame)]
            boxes = [pixels_touched(*place, case.width, case.height) for place in places]
            twins.append(Twin(case, cell.frame, mine, theirs, boxes))
        return twins


def told(case: Case) -> str:
    return json.dumps(case.layers, ensure_ascii=False)
