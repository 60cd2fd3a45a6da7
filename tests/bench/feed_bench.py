"""S3 with its video in two sizes, 720p in its place and 1080p scaled to it, decoded and composed on
one and on two threads, beside an ffmpeg process that does the same with `overlay`."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import difference
import standard_scenes
from assets import CannotMake
from difference import Difference
from ffmpeg_graphs import IN_420, IN_RGB, Blending, Graph, add_pictures, lay_picture
from measure import Places, Task, frames_that_last, print_table, ratio, run, tell
from standard_scenes import BACKGROUND, FEED, FEED_FPS, FEED_SECONDS, GUEST

SECONDS = 1.0
THREADS = (1, 2)
BOX = (1280, 720)
COMPARED_FRAME = 31


@dataclass(frozen=True)
class Feed:
    name: str
    file: str
    is_scaled: bool


FEEDS = [Feed("720p", FEED.file, False), Feed("1080p", "feed-1080p.mp4", True)]


def film_large(folder: Path) -> None:
    """As the standard scenes' video, half as large again and with as many bits for each pixel."""
    made = folder / FEEDS[1].file
    if made.exists():
        return
    turn = f"2*PI*t/{FEED_SECONDS}"
    filters = [
        "scale=2880:1620",
        f"crop=1920:1080:x='480+450*sin({turn})':y='270+240*sin(2*{turn})'",
        "noise=alls=6:allf=t:all_seed=59",
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
    ]
    tags = [f"-{tag} bt709" for tag in ("colorspace", "color_primaries", "color_trc")]
    coding = f"-c:v libx264 -preset veryfast -b:v 20M -g 60 -color_range tv {' '.join(tags)}"
    partial = folder / "feed-1080p.part.mp4"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-loop", "1"]
    command += ["-framerate", str(FEED_FPS), "-i", "panorama.png", "-t", str(FEED_SECONDS)]
    command += ["-vf", ",".join(filters), *coding.split(), partial.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMake(f"ffmpeg cannot make {made.name}: {done.stderr.strip()}")
    partial.rename(made)


def scene_of(feed: Feed, folder: Path) -> Path:
    background, video, guest = standard_scenes.scene_layers("S3")
    content = video["content"] | {"source": feed.file, "fit": "cover"}
    layers = [background, video | {"size": list(BOX), "content": content}, guest]
    return standard_scenes.write_scene(folder, f"feed-{feed.name}", layers)


def graph_of(feed: Feed, folder: Path, blending: Blending, threads: int) -> list[str]:
    """The same as a filter graph; the decoder and the filters have so many threads each."""
    graph = Graph(folder, blending)
    graph.begin(BACKGROUND)
    [guest] = add_pictures(graph, [GUEST])
    source = graph.read(feed.file, "-threads", str(threads), "-stream_loop", "-1")
    scaling = [f"scale={BOX[0]}:{BOX[1]}:flags=bilinear"] if feed.is_scaled else []
    graph.chains.append(f"{source}{','.join([*scaling, *blending.video])}[feed]")
    graph.lay("[feed]", FEED.x, FEED.y)
    lay_picture(graph, GUEST, guest)
    arguments = graph.finish()
    arguments[arguments.index("-filter_complex_threads") + 1] = str(threads)
    return arguments


class Contest:
    """One feed on so many threads: layercast, and ffmpeg in its two ways of blending."""

    def __init__(self, feed: Feed, threads: int, places: Places) -> None:
        self.feed, self.threads, self.places = feed, threads, places
        self.scene = scene_of(feed, places.assets)
        self.ours = self.task(
            "layercast", lambda frames: places.composing(self.scene, frames, threads)
        )
        self.theirs = [
            self.task(f"ffmpeg {blending.name}", self.drawing(blending))
            for blending in (IN_420, IN_RGB)
        ]

    def drawing(self, blending: Blending):
        graph = graph_of(self.feed, self.places.assets, blending, self.threads)
        return lambda frames: self.places.ffmpeg(
            *graph, "-frames:v", frames, "-f", "null", "-"
        )

    @staticmethod
    def task(name: str, command) -> Task:
        frames = frames_that_last(command, SECONDS, standard_scenes.LAST_FRAME)
        return Task(name, command, frames, without_startup=True)

    def measure(self) -> None:
        for task in (self.ours, *self.theirs):
            task.measure()

    def rows(self) -> list[list[str]]:
        rows = []
        for task in (self.ours, *self.theirs):
            over = [ratio(self.ours.over(task, what)) if task is not self.ours else ""
                    for what in ("cpu", "wall")]
            rows.append(["", "", task.name, f"{task.milliseconds('cpu'):.3f}",
                         f"{task.milliseconds('wall'):.3f}", *over, f"{100 * task.spread():.0f}%"])
        rows[0][:2] = [self.feed.name, str(self.threads)]
        return rows

    def difference(self) -> Difference:
        """How far apart the two draw, in luma."""
        theirs, ours = self.places.scratch / "theirs.yuv", self.places.scratch / "ours.y4m"
        graph = graph_of(self.feed, self.places.assets, IN_RGB, 1)
        frames = ["-frames:v", COMPARED_FRAME + 1]
        run(self.places.ffmpeg(*graph, *frames, "-f", "rawvideo", "-y", theirs))
        [luma] = difference.luma_of(theirs, [COMPARED_FRAME])
        span = range(COMPARED_FRAME, COMPARED_FRAME + 1)
        run(self.places.rendering(self.scene, span, ours))
        return difference.difference(difference.last_luma(ours), luma)


def bench_feed(places: Places, runs: int) -> None:
    film_large(places.assets)
    contests = [Contest(feed, threads, places) for feed in FEEDS for threads in THREADS]
    for number in range(1, runs + 1):
        tell(f"feeds: measuring, run {number} of {runs}")
        for contest in contests:
            contest.measure()
    headings = [
        "feed|threads|decode + compose|CPU ms|wall ms|layercast|÷ this|CPU".split("|"),
        "|||a frame|a frame|CPU|wall|spread".split("|"),
    ]
    print_table(headings, [contest.rows() for contest in contests], left=3)
    print()
    for contest in contests[:: len(THREADS)]:
        print(f"{contest.feed.name}: luma differs from ffmpeg's in RGB by {contest.difference()}.")
