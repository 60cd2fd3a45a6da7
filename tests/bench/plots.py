"""What composing costs against the number of layers, of moving pixels, the size of the canvas, and
threads, as SVG files and a table."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import standard_scenes
from chart import Chart, svg
from measure import Places, Task, frames_that_last, print_table, tell
from standard_scenes import FPS, HEIGHT, LOGO_SIDE, WIDTH

POINT_SECONDS = 0.5  # a run of one point takes about this long
SLACK = 64  # px that what moves stays away from everything else
WAY_PIXELS = 96  # of what moves; on whole pixels all the way, see DRIFT_PIXELS

LAYERS = [1, 10, 25, 50, 100, 150, 200]
MOVING_SIDES = [(120, 90), (480, 270), (800, 450), (1120, 630), (1440, 810), (1760, 990)]
CANVASES = [(640, 360), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)]
THREADS = [1, 2, 3, 4, 6, 8]

HEADINGS = ["plot||at|CPU ms|wall ms|CPU".split("|"), "|||a frame|a frame|spread".split("|")]


@dataclass
class Point:
    """One scene rendered, and where it stands on the axis."""

    line: str
    x: float
    label: str
    task: Task


@dataclass
class Plot:
    name: str
    title: str
    x_label: str
    expected: str
    with_wall: bool = False
    points: list[Point] = field(default_factory=list)

    def chart(self) -> Chart:
        """CPU time, and wall time where that is the question."""
        whats = {"composing": "CPU"} | ({"wall": "wall"} if self.with_wall else {})
        lines: dict[str, list[tuple[float, float]]] = {}
        for point in self.points:
            for what, name in whats.items():
                value = point.task.milliseconds(what)
                lines.setdefault(point.line or name, []).append((point.x, value))
        return Chart(self.title, self.x_label, "ms a frame", lines)


def image(file: str, x: int, y: int, width: int, height: int, **more: object) -> dict:
    """A layer that shows a picture at any size: scaled once, then held."""
    content = {"type": "image", "source": file, "fit": "fill"}
    place = {"transform": {"position": [x, y]}, "size": [width, height]}
    return {"type": "overlay", "content": content} | place | more


def moving(layer: dict) -> dict:
    """The layer that goes one pixel to the right each frame, and back."""
    seconds = f"{WAY_PIXELS / FPS}s"
    slide = {"effect": "slide", "from": [0, 0], "to": [WAY_PIXELS, 0], "duration": seconds}
    return layer | {"animations": [slide | {"iterations": "infinite", "direction": "alternate"}]}


class Plots:
    """The scenes of the plots and what they took."""

    def __init__(self, places: Places, threads: int) -> None:
        self.places = places
        self.threads = threads

    def task(self, file: Path, threads: int) -> Task:
        def command(frames: int) -> list[object]:
            return self.places.composing(file, frames, threads)

        frames = frames_that_last(command, POINT_SECONDS, standard_scenes.LAST_FRAME)
        return Task(file.stem, command, frames, without_startup=True, stats=self.places.stats)

    def scene(self, name: str, layers: list[dict], size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
        return standard_scenes.write_scene(self.places.assets, f"plot-{name}", layers, *size)

    def layers(self) -> Plot:
        plot = Plot("layers", "Still layers over a background", "still layers", "flat")
        background = image("background.png", 0, 0, WIDTH, HEIGHT)
        top = HEIGHT - LOGO_SIDE  # of the lane of what moves
        logo = moving(image("logo.png", 400, top, LOGO_SIDE, LOGO_SIDE))
        for count in LAYERS:
            still = [
                image("logo.png", *still_place(index, top - SLACK), 120, 120)
                for index in range(count)
            ]
            for line, last in [("one more moves elsewhere", logo), ("nothing moves", None)]:
                more = [last] if last else []
                file = self.scene(f"layers-{count}-{len(more)}", [background, *still, *more])
                plot.points.append(Point(line, count, str(count), self.task(file, self.threads)))
        return plot

    def moving_pixels(self) -> Plot:
        plot = Plot("moving", "A translucent picture that moves", "moving pixels, millions",
                    "a straight line from near 0")
        background = image("background.png", 0, 0, WIDTH, HEIGHT)
        for width, height in MOVING_SIDES:
            mover = moving(image("background.png", 40, 30, width, height, opacity=0.8))
            file = self.scene(f"moving-{width}x{height}", [background, mover])
            task = self.task(file, self.threads)
            plot.points.append(Point("", width * height / 1e6, f"{width}×{height}", task))
        return plot

    def canvases(self) -> Plot:
        title = f"A logo of {LOGO_SIDE}×{LOGO_SIDE} px that moves on canvases of all sizes"
        plot = Plot("canvas", title, "canvas, million pixels", "flat")
        for width, height in CANVASES:
            logo = moving(image("logo.png", 100, 30, LOGO_SIDE, LOGO_SIDE))
            layers = [image("background.png", 0, 0, width, height), logo]
            file = self.scene(f"canvas-{height}p", layers, (width, height))
            task = self.task(file, self.threads)
            plot.points.append(Point("", width * height / 1e6, f"{height}p", task))
        return plot

    def thread_counts(self) -> Plot:
        cores = os.cpu_count() or 1
        plot = Plot("threads", f"SN50 on threads ({cores} cores)", "threads",
                    "wall time falls up to the number of cores, CPU time stays", with_wall=True)
        file = standard_scenes.write_scene(
            self.places.assets, "SN50", standard_scenes.scene_layers("SN50")
        )
        for threads in THREADS:
            plot.points.append(Point("", threads, str(threads), self.task(file, threads)))
        return plot


def still_place(index: int, bottom: int) -> tuple[int, int]:
    """Where the still picture of 120 px goes: all over the canvas above `bottom`, on even px."""
    columns, rows = 20, 10
    column, row = index % columns, index // columns
    x, y = column * (WIDTH - 120) / (columns - 1), row * (bottom - 120) / (rows - 1)
    return 2 * round(x / 2), 2 * round(y / 2)


def rows_of(plot: Plot) -> list[list[str]]:
    rows: list[list[str]] = []
    for point in plot.points:
        task = point.task
        cells = [f"{task.milliseconds(what):.4f}" for what in ("composing", "wall")]
        first = plot.title if not rows else ""
        rows.append([first, point.line, point.label, *cells, f"{100 * task.spread():.0f}%"])
    return rows


def bench_plots(places: Places, folder: Path, threads: int, runs: int) -> None:
    """Writes one SVG file for each plot into `folder`, and prints their numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    making = Plots(places, threads)
    plots: list[Plot] = []
    for make in (making.layers, making.moving_pixels, making.canvases, making.thread_counts):
        plot = make()
        tell(f"plot of {plot.name}: measuring {len(plot.points)} points")
        for _ in range(runs):
            for point in plot.points:
                point.task.measure()
        plots.append(plot)
    print_table(HEADINGS, [rows_of(plot) for plot in plots], left=2)
    print()
    for plot in plots:
        path = folder / f"{plot.name}.svg"
        path.write_text(svg(plot.chart()), encoding="utf-8")
        print(f"{path}: expected: {plot.expected}")
