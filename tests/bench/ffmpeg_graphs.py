"""The standard scenes as ffmpeg filter graphs, the fastest way known to draw each of them.

Every picture is read, scaled and converted once and held; texts are pictures, drawn beforehand by
layercast, so that both show the same glyphs; one thread, for slices cost more than they bring; what
stands still has its place computed once. There are two ways of blending: in 4:2:0, which is faster
and blends colour at half the resolution, and in RGB, which does what layercast does.
"""

from dataclasses import dataclass
from pathlib import Path

import standard_scenes
from standard_scenes import (
    CLOCK_SIZE, FADE_SECONDS, FEED_FPS, FPS, SLIDE_PIXELS, SLIDE_SECONDS, TURN_SECONDS, WRAP,
    Element, Lettering, Motion, Picture, Video,
)

TIMECODE_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
TO_YUV = "scale=out_color_matrix=bt709:out_range=tv"
FROM_YUV = "scale=in_color_matrix=bt709:in_range=tv"
FRAME_NUMBER = f"round(t*{FPS})"  # overlay's own counter begins at 1 or 0, as the version has it
HOLD = f"loop=-1:1:0,settb=1/{FPS},setpts=N"  # one picture becomes endlessly many


@dataclass(frozen=True)
class Blending:
    """How a graph blends: the formats of the canvas and of what is laid over it."""

    name: str
    overlay: str  # the name that the filter has for it
    canvas: tuple[str, ...]  # filters that turn an opaque RGB picture into a canvas
    picture: tuple[str, ...]  # … and RGBA into what is laid over it
    video: tuple[str, ...]  # … and decoded BT.709 into the same
    finish: tuple[str, ...]  # filters that turn the canvas into what encoders take


IN_420 = Blending(
    "4:2:0", "yuv420", (TO_YUV, "format=yuv420p"), (TO_YUV, "format=yuva420p"),
    ("format=yuva420p",), ("null",),
)
IN_RGB = Blending(
    "RGB", "gbrp", ("format=gbrp",), ("format=gbrap",),
    (FROM_YUV, "format=gbrap"), (TO_YUV, "format=yuv420p"),
)


class Graph:
    """The inputs and chains of a scene, as they come to be."""

    def __init__(self, folder: Path, blending: Blending) -> None:
        self.folder = folder
        self.blending = blending
        self.inputs: list[str] = []
        self.chains: list[str] = []
        self.layers = 0
        self.canvas = ""

    def read(self, file: str, *options: str) -> str:
        number = self.inputs.count("-i")
        self.inputs += [*options, "-i", str(self.folder / file)]
        return f"[{number}:v]"

    def begin(self, background: Picture) -> None:
        source = self.read(background.file, "-framerate", str(FPS))
        self.chains.append(f"{source}{','.join(self.blending.canvas)},{HOLD}[canvas]")
        self.canvas = "[canvas]"

    def lay(self, what: str, x: object, y: object, moves: bool = False) -> None:
        place = f"x='{x}':y='{y}':eval={'frame' if moves else 'init'}"
        self.step(f"{self.canvas}{what}overlay={place}:format={self.blending.overlay}")

    def step(self, chain: str) -> None:
        self.layers += 1
        self.canvas = f"[canvas{self.layers}]"
        self.chains.append(chain + self.canvas)

    def finish(self) -> list[str]:
        self.chains.append(f"{self.canvas}{','.join(self.blending.finish)}[out]")
        graph = ["-filter_complex", ";".join(self.chains), "-map", "[out]", "-r", str(FPS)]
        return ["-filter_complex_threads", "1", *self.inputs, *graph]


def turned_box(picture: Picture) -> int:
    """The side of a square that holds the picture at any angle, about the same centre. Its half is
    even, because 4:2:0 pictures lie on even pixels only."""
    diagonal = (picture.width**2 + picture.height**2) ** 0.5
    return -(-int(diagonal + 1) // 4) * 4


def movement(motion: Motion, picture: Picture) -> list[str]:
    """The filters of what changes within a picture. A fade is drawn once and held, 60 MB of it; a
    turn is three times that, and drawn anew."""
    if motion == Motion.FADE:
        half, frames = FADE_SECONDS / 2, FADE_SECONDS * FPS
        fades = [f"fade=t=in:st=0:d={half}:alpha=1", f"fade=t=out:st={half}:d={half}:alpha=1"]
        again = [f"trim=end_frame={frames}", f"loop=-1:{frames}:0,settb=1/{FPS},setpts=N"]
        return [HOLD, *fades, *again]
    if motion == Motion.TURN:
        side = turned_box(picture)
        return [HOLD, f"rotate=a='2*PI*t/{TURN_SECONDS}':c=black@0:ow={side}:oh={side}"]
    return []


def lay_picture(graph: Graph, picture: Picture, name: str) -> None:
    """Lays what is called `name`, made from `picture`, in its place."""
    x, y = picture.x, picture.y
    match picture.motion:
        case Motion.DRIFT:
            graph.lay(name, f"mod({x}+{FRAME_NUMBER},{WRAP})", y, moves=True)
        case Motion.SLIDE:
            frames = SLIDE_SECONDS * FPS
            way = f"mod({FRAME_NUMBER},{frames})*{SLIDE_PIXELS}/{frames}"
            graph.lay(name, f"{x}+{way}", y, moves=True)
        case Motion.TURN:
            side = turned_box(picture)
            graph.lay(name, x - (side - picture.width) // 2, y - (side - picture.height) // 2)
        case _:
            graph.lay(name, x, y)


def add_pictures(graph: Graph, pictures: list[Picture]) -> list[str]:
    """Reads pictures that differ in their places only, once; returns what each is called."""
    first = pictures[0]
    steps = ["format=rgba"]
    if first.scale != 1:
        size = f"{round(first.width * first.scale)}:{round(first.height * first.scale)}"
        steps.append(f"scale={size}:flags=bilinear")
    if first.opacity != 1:
        steps.append(f"colorchannelmixer=aa={first.opacity}")
    steps += [*graph.blending.picture, *movement(first.motion, first)]
    source = graph.read(first.file, "-framerate", str(FPS))
    names = [f"[picture{len(graph.chains)}.{index}]" for index in range(len(pictures))]
    split = [f"split={len(pictures)}"] if len(pictures) > 1 else []
    graph.chains.append(source + ",".join(steps + split) + "".join(names))
    return names


def lay_video(graph: Graph, video: Video) -> None:
    source = graph.read(video.file, "-stream_loop", "-1")
    name = f"[video{len(graph.chains)}]"
    graph.chains.append(source + ",".join(graph.blending.video) + name)
    graph.lay(name, video.x, video.y)


def draw_timecode(graph: Graph, clock: Lettering) -> None:
    """The clock drawn by ffmpeg, in the middle of its box and where layercast has it."""
    ink = f"fontsize={CLOCK_SIZE}:fontcolor=white:borderw=1:bordercolor=black"
    place = f"x={clock.x}+({clock.width}-tw)/2:y={clock.y}+({clock.height}-th)/2-1"
    words = rf"timecode='00\:00\:00\:00':rate={FPS}"
    graph.step(f"{graph.canvas}drawtext=fontfile={TIMECODE_FONT}:{ink}:{words}:{place}")


def as_picture(element: Element) -> Element:
    """The element as ffmpeg is given it: a picture, but for videos and timecodes."""
    if isinstance(element, Lettering) and not element.is_timecode:
        return element.picture()
    return element


def names_of_pictures(graph: Graph, elements: list[Element]) -> dict[int, str]:
    """Reads every picture among `elements`; returns what each is called, by its index."""
    alike: dict[tuple, dict[int, Picture]] = {}  # but for the place: read once, then split
    for index, element in enumerate(elements):
        if isinstance(element, Picture):
            change = tuple(movement(element.motion, element))
            key = (element.file, element.opacity, element.scale, change)
            alike.setdefault(key, {})[index] = element
    names: dict[int, str] = {}
    for pictures in alike.values():
        names |= zip(pictures, add_pictures(graph, list(pictures.values())))
    return names


def inputs_and_graph(name: str, folder: Path, blending: Blending) -> list[str]:
    """The arguments that make the scene's frames as [out]. 4:2:0 pictures lie on even pixels only:
    what drifts goes two of them in every second frame, and what slides is up to two behind."""
    background, *elements = [as_picture(element) for element in standard_scenes.SCENES[name]]
    assert isinstance(background, Picture)
    graph = Graph(folder, blending)
    graph.begin(background)
    names = names_of_pictures(graph, elements)
    for index, element in enumerate(elements):
        match element:
            case Picture():
                lay_picture(graph, element, names[index])
            case Video():
                lay_video(graph, element)
            case Lettering():
                draw_timecode(graph, element)
    return graph.finish()


def decoding(video: Video, folder: Path, frames: int) -> list[str]:
    """The arguments that decode as much of the video as so many frames of a scene show, on one
    thread, and do nothing else."""
    source = ["-threads", "1", "-stream_loop", "-1", "-i", str(folder / video.file)]
    return [*source, *shown(frames), "-f", "null", "-"]


def shown(frames: int) -> list[str]:
    """The arguments that end an output of a video after what so many frames of a scene show."""
    return ["-frames:v", str(-(-frames * FEED_FPS // FPS))]
