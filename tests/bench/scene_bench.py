"""A standard scene rendered by layercast, by ffmpeg's filter graphs, and what of it nobody can
avoid, measured in turns."""

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import difference
import ffmpeg_graphs
import standard_scenes
from difference import Difference
from ffmpeg_graphs import IN_420, IN_RGB, Blending
from measure import (
    FFMPEG_ENCODER, LAYERCAST_ENCODER, BenchError, Places, Task, frame_copy_ms, frames_that_last,
    median_ratio, run, tell,
)

COMPOSING_SECONDS = 1.0  # a run that only composes takes at least about this long
# The sliding picture begins anew after as many frames, and what composing takes depends on where it
# is: whole rounds are composed. (Of the graph in RGB, which is slow and not the best one, a part.)
ROUND_FRAMES = {"S3": 600, "S10": 600}

# Frames in which all that moves lies on even pixels, where ffmpeg puts it in 4:2:0.
COMPARED_FRAMES = [30, 90]


@dataclass
class Encoding:
    """The three tasks with one preset of x264."""

    preset: str
    unavoidable: Task
    layercast: Task
    ffmpeg: Task
    settings_differ: list[str] = field(default_factory=list)

    def tasks(self) -> list[Task]:
        return [self.unavoidable, self.layercast, self.ffmpeg]


@dataclass
class Composing:
    """The tasks that do not encode."""

    layercast: Task
    in_420: Task
    in_rgb: Task
    decode: Task | None  # of the feed alone

    def tasks(self) -> list[Task]:
        return [self.layercast, self.in_420, self.in_rgb] + ([self.decode] if self.decode else [])

    def best_of_ffmpeg(self, what: str) -> Task:
        return min(self.in_420, self.in_rgb, key=lambda task: task.milliseconds(what))


class Scene:
    """A standard scene and the commands that make it."""

    composing: Composing

    def __init__(self, name: str, places: Places, frames: int, threads: int) -> None:
        self.name = name
        self.places = places
        self.frames = frames  # that are encoded
        self.threads = threads  # that compose, where nothing is encoded
        self.file = standard_scenes.write_scene(
            places.assets, name, standard_scenes.scene_layers(name)
        )
        self.y4m = places.scratch / f"{name}.y4m"
        self.feed = standard_scenes.feed_of(name)
        self.encodings: list[Encoding] = []
        self.differences: dict[str, Difference] = {}
        self.copies_ms: list[float] = []

    # ---- Commands ----

    def rendering(self, frames: range, *output: object) -> list[object]:
        return self.places.rendering(self.file, frames, *output)

    def graph(self, blending: Blending, frames: int, *output: object) -> list[object]:
        graph = ffmpeg_graphs.inputs_and_graph(self.name, self.places.assets, blending)
        return self.places.ffmpeg(*graph, "-frames:v", frames, *output)

    def unavoidable(self, *output: object) -> list[object]:
        """Encodes the finished frames and decodes the feed, in one process."""
        encoding = ["-i", self.y4m]
        if self.feed is None:
            return self.places.ffmpeg(*encoding, *output)
        feed = ["-stream_loop", "-1", "-i", self.places.assets / self.feed.file]
        decoding = ["-map", "1:v", *ffmpeg_graphs.shown(self.frames), "-f", "null", "-"]
        return self.places.ffmpeg(*encoding, *feed, "-map", "0:v", *output, *decoding)

    def mp4(self, who: str) -> Path:
        return self.places.scratch / f"{self.name}-{who}.mp4"

    # ---- Preparing ----

    def prepare(self, presets: list[str]) -> None:
        """Makes the finished frames, sees that all draw the same picture, and finds out how many
        frames make a run of composing long enough."""
        run(self.rendering(range(self.frames), self.y4m))
        for blending in (IN_420, IN_RGB):
            apart = self.difference_to(blending)
            if apart.is_too_large():
                raise BenchError(
                    f"{self.name}: layercast and ffmpeg in {blending.name} draw different "
                    f"pictures: luma is apart by {apart}"
                )
            self.differences[blending.name] = apart
        self.composing = self.tasks_of_composing()
        self.encodings = [self.encoding(preset) for preset in presets]

    def difference_to(self, blending: Blending) -> Difference:
        """The largest of the compared frames."""
        theirs, ours = self.places.scratch / "theirs.yuv", self.places.scratch / "ours.y4m"
        count = COMPARED_FRAMES[-1] + 1
        run(self.graph(blending, count, "-f", "rawvideo", "-y", theirs))
        found = []
        for frame, luma in zip(COMPARED_FRAMES, difference.luma_of(theirs, COMPARED_FRAMES)):
            run(self.rendering(range(frame, frame + 1), ours))
            found.append(difference.difference(difference.last_luma(ours), luma))
        theirs.unlink()
        ours.unlink()
        return max(found, key=lambda apart: apart.worst)

    def tasks_of_composing(self) -> Composing:
        def task(name: str, command: Callable[[int], list[object]], whole_rounds: bool) -> Task:
            frames = frames_that_last(command, COMPOSING_SECONDS, standard_scenes.LAST_FRAME)
            each = ROUND_FRAMES.get(self.name, 1) if whole_rounds else 1
            return Task(name, command, -(-frames // each) * each, without_startup=True)

        def drawn(blending: Blending) -> Task:
            name = f"compose, ffmpeg {blending.name}"
            return task(name, lambda n: self.graph(blending, n, "-f", "null", "-"),
                        whole_rounds=blending is IN_420)

        ours = task("compose, layercast",
                    lambda n: self.places.composing(self.file, n, self.threads), whole_rounds=True)
        ours.stats = self.places.stats
        composing = Composing(ours, drawn(IN_420), drawn(IN_RGB), None)
        if self.feed is not None:
            feed, assets = self.feed, self.places.assets
            composing.decode = Task(
                "decode, ffmpeg",
                lambda n: self.places.ffmpeg(*ffmpeg_graphs.decoding(feed, assets, n)),
                composing.in_420.frames,
                without_startup=True,
            )
        composing.in_420.decoder = composing.in_rgb.decoder = composing.decode
        return composing

    def encoding(self, preset: str) -> Encoding:
        settings = [*LAYERCAST_ENCODER, "--preset", preset]
        mp4 = {who: self.mp4(f"{who}-{preset}") for who in ("alone", "layercast", "ffmpeg")}
        ours = [mp4["layercast"], *settings]
        run(self.rendering(range(2), *ours))
        # As many threads as layercast gives x264, whose rate control depends on them.
        threads = x264_settings(mp4["layercast"])["threads"]
        encoder = [*FFMPEG_ENCODER, "-preset", preset, "-threads", threads]
        alone = self.unavoidable(*encoder, mp4["alone"])
        both = "decode+encode" if self.feed else "encode"
        rendered = self.rendering(range(self.frames), *ours)
        drawn = self.graph(IN_420, self.frames, *encoder, mp4["ffmpeg"])
        return Encoding(
            preset,
            Task(f"{both}, alone", lambda _: alone, self.frames),
            Task("render+encode, layercast", lambda _: rendered, self.frames),
            Task("render+encode, ffmpeg", lambda _: drawn, self.frames),
        )

    # ---- Measuring ----

    def measure(self, runs: int) -> None:
        tasks = self.composing.tasks()
        tasks += [task for encoding in self.encodings for task in encoding.tasks()]
        for number in range(1, runs + 1):
            tell(f"{self.name}: measuring, run {number} of {runs}")
            self.copies_ms.append(frame_copy_ms(self.places))
            for task in tasks:
                task.measure()
        for encoding in self.encodings:
            encoding.settings_differ = self.settings_apart(encoding.preset)

    def settings_apart(self, preset: str) -> list[str]:
        """Which settings of x264 layercast's file and ffmpeg's do not share."""
        pair = (self.mp4(f"{who}-{preset}") for who in ("layercast", "alone"))
        ours, theirs = (x264_settings(path) for path in pair)
        return [
            f"{key}: {ours.get(key)} / {theirs.get(key)}"
            for key in sorted(ours.keys() | theirs.keys())
            if ours.get(key) != theirs.get(key)
        ]

    def copy_ms(self) -> float:
        return statistics.median(self.copies_ms)

    def frame_copies(self, task: Task) -> float:
        """What composing a frame takes, decoding not counted."""
        return median_ratio(task.by_run("composing"), self.copies_ms) or 0.0

    def clean_up(self) -> None:
        for path in [self.y4m, *self.places.scratch.glob(f"{self.name}-*.mp4")]:
            path.unlink(missing_ok=True)


def x264_settings(path: Path) -> dict[str, str]:
    """What x264 wrote into the stream about how it was set."""
    found = re.search(rb"x264 - core[^\0]*? - options: ([^\0]+)", path.read_bytes())
    if found is None:
        raise BenchError(f"{path} was not made by x264")
    words = found[1].decode("ascii", "replace").split()
    return dict(word.partition("=")[::2] for word in words)
