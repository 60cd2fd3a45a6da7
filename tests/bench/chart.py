"""Line charts as SVG, with nothing but the standard library."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

Points = list[tuple[float, float]]

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 60, 60  # margins around what is plotted
COLOURS = ["#1f6fb4", "#d1495b", "#2f8f5b", "#8a5fbf"]
TICKS = 5  # on an axis, about


@dataclass(frozen=True)
class Chart:
    """Lines over one axis; both axes begin at 0."""

    title: str
    x_label: str
    y_label: str
    lines: dict[str, Points]


def tick_step(largest: float) -> float:
    """1, 2 or 5 times a power of ten, such that about TICKS of them reach `largest`."""
    rough = largest / TICKS
    power = 10 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)


class Axis:
    """Values from 0 to the first tick that is not below the largest, on a line of pixels."""

    def __init__(self, values: list[float], begin: float, end: float) -> None:
        largest = max([*values, 1e-9])
        self.step = tick_step(largest)
        self.count = math.ceil(largest / self.step - 1e-9)
        self.begin, self.end = begin, end

    def ticks(self) -> list[float]:
        return [index * self.step for index in range(self.count + 1)]

    def pixel(self, value: float) -> float:
        return self.begin + (self.end - self.begin) * value / (self.count * self.step)


def text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text {place}{more}>{escape(words)}</text>"


def grid(x: Axis, y: Axis) -> list[str]:
    parts = []
    for tick in x.ticks():
        at = x.pixel(tick)
        parts.append(f'<path d="M{at:.1f} {y.begin}V{y.end}" stroke="#e3e6ea"/>')
        parts.append(text(at, y.begin + 20, f"{tick:g}"))
    for tick in y.ticks():
        at = y.pixel(tick)
        parts.append(f'<path d="M{x.begin} {at:.1f}H{x.end}" stroke="#e3e6ea"/>')
        parts.append(text(x.begin - 8, at + 4, f"{tick:g}", "end"))
    return parts


def line(points: Points, x: Axis, y: Axis, colour: str) -> list[str]:
    places = [(x.pixel(px), y.pixel(py)) for px, py in points]
    path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in places)
    dots = [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{colour}"/>' for px, py in places]
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def svg(chart: Chart) -> str:
    everything = [point for points in chart.lines.values() for point in points]
    x = Axis([px for px, _ in everything], LEFT, WIDTH - RIGHT)
    y = Axis([py for _, py in everything], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(WIDTH / 2, 24, chart.title, more=' font-size="16" font-weight="bold"'),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, chart.x_label),
        text(0, 0, chart.y_label, more=f' transform="translate(18 {HEIGHT / 2}) rotate(-90)"'),
        *grid(x, y),
    ]
    for index, (name, points) in enumerate(chart.lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        parts += line(points, x, y, colour)
        parts.append(text(LEFT + 12 + 300 * index, TOP - 12, f"— {name}", "start",
                          f' fill="{colour}"'))
    return "\n".join([*parts, "</svg>"]) + "\n"
