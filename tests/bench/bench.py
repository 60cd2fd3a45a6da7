#!/usr/bin/python3
"""Renders the standard scenes beside ffmpeg and beside what nobody can avoid, and prints ratios.

Everything is measured in turns, several times, so that a machine that is busy or slow for a while
is so for all. Times are medians; ratios are medians of the ratios of each turn. Compare ratios, not
the times of two invocations. For each scene:

    compose, layercast          render-frames to the encoder's planes, start-up taken off
    compose, ffmpeg 4:2:0, RGB  the same scene as a filter graph, start-up taken off
    decode, ffmpeg              the scene's video decoded on one thread, nothing else
    decode+encode, alone        one ffmpeg that decodes the video and encodes the finished frames:
                                what nobody can avoid (encode, alone: of a scene without a video)
    render+encode, layercast    render-frames to an MP4, start-up included as in the two beside it
    render+encode, ffmpeg       the filter graph to an MP4

CPU time is that of all threads. Composing is that without what decodes the video: render-frames
tells what that takes, of ffmpeg it is what decoding alone takes. A frame copy is what one thread
takes to copy a 1920×1080 frame of RGBA that sits in cache.

--memory, --limits, --live, --plots, --sprite, --feed, --kernels, --pipe and --changes measure something
else instead.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import assets
import feed_bench
import limit_benches
import live_bench
import plots
import sprite_bench
import standard_scenes
from difference import FRAME_BYTES
from measure import BenchError, Places, Task, print_table, ratio, tell
from scene_bench import Encoding, Scene
from standard_scenes import FPS, HEIGHT, WIDTH
from targets import targets_of

PRESETS = ["veryfast", "superfast", "ultrafast"]

HEADINGS = [
    "scene|what|CPU ms|compo-|wall ms|fps|frame|÷ unav|oidable|÷ ffmpeg||CPU|peak".split("|"),
    "||a frame|sing|a frame||copies|CPU|wall|CPU|wall|spread|MiB".split("|"),
]
TARGET_HEADINGS = [["scene", "target", "", "is", ""]]


# ---- Telling ------------------------------------------------------------------------------------


def row(task: Task, copies: float | None, over: list[float | None], name: str) -> list[str]:
    """`over` holds CPU and wall time ÷ what is unavoidable, then ÷ ffmpeg's."""
    cpu, composing, wall = (task.milliseconds(what) for what in ("cpu", "composing", "wall"))
    return [
        "",
        name,
        f"{cpu:.3f}",
        f"{composing:.3f}" if copies is not None else "",
        f"{wall:.3f}",
        f"{1e3 / wall:.0f}" if wall > 0 else "-",
        f"{copies:.3f}" if copies is not None else "",
        *[ratio(value) for value in over],
        f"{100 * task.spread():.0f}%",
        f"{task.peak_mib():.0f}",
    ]


def composing_rows(scene: Scene) -> list[list[str]]:
    composing, rows = scene.composing, []
    ours = composing.layercast
    for task in composing.tasks():
        copies = scene.frame_copies(task) if task is not composing.decode else None
        over: list[float | None] = [None] * 4
        if task is ours:
            for index, what in enumerate(("composing", "wall")):
                over[2 + index] = ours.over(composing.best_of_ffmpeg(what), what)
        rows.append(row(task, copies, over, task.name))
    return rows


def encoding_rows(encoding: Encoding, with_preset: bool) -> list[list[str]]:
    rows = []
    for task in encoding.tasks():
        over: list[float | None] = [None] * 4
        if task is not encoding.unavoidable:
            over[:2] = [task.over(encoding.unavoidable, what) for what in ("cpu", "wall")]
        if task is encoding.layercast:
            over[2:] = [task.over(encoding.ffmpeg, what) for what in ("cpu", "wall")]
        name = task.name + (f", {encoding.preset}" if with_preset else "")
        rows.append(row(task, None, over, name))
    return rows


def rows_of(scene: Scene) -> list[list[str]]:
    rows = composing_rows(scene)
    for encoding in scene.encodings:
        rows += encoding_rows(encoding, with_preset=len(scene.encodings) > 1)
    rows[0][0] = scene.name
    return rows


def target_rows(scene: Scene) -> list[list[str]]:
    rows = [target.row() for target in targets_of(scene)]
    rows[0][0] = scene.name
    return rows


def report(scenes: list[Scene], load: float, options: argparse.Namespace) -> None:
    copies = [copy for scene in scenes for copy in scene.copies_ms]
    print(
        f"{WIDTH}×{HEIGHT}, {FPS} fps, {scenes[0].frames} frames encoded, composing on "
        f"{options.threads} threads, medians of {options.runs} runs, {os.cpu_count()} cores, "
        f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after. "
        f"One frame copy: {min(copies):.3f} to {max(copies):.3f} ms.\n"
    )
    print_table(HEADINGS, [rows_of(scene) for scene in scenes], left=2)
    print()
    print_table(TARGET_HEADINGS, [target_rows(scene) for scene in scenes], left=2)
    print()
    for scene in scenes:
        for name, apart in scene.differences.items():
            print(f"{scene.name}: luma differs from ffmpeg's in {name} by {apart}.")
        for encoding in scene.encodings:
            for line in encoding.settings_differ:
                print(f"{scene.name}: x264 was set differently (layercast / alone): {line}")
    if options.json:
        result = as_json(scenes, load, options.runs)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def as_json(scenes: list[Scene], load: float, runs: int) -> dict:
    def tasks_of(scene: Scene) -> dict:
        tasks = {task.name: task.as_json() for task in scene.composing.tasks()}
        for encoding in scene.encodings:
            for task in encoding.tasks():
                tasks[f"{task.name}, {encoding.preset}"] = task.as_json()
        return tasks

    return {
        "frames": scenes[0].frames,
        "runs": runs,
        "cores": os.cpu_count(),
        "load_before": load,
        "scenes": {
            scene.name: {
                "frame_copy_ms": scene.copies_ms,
                "luma_difference": {k: vars(apart) for k, apart in scene.differences.items()},
                "targets": [vars(target) for target in targets_of(scene)],
                "tasks": tasks_of(scene),
            }
            for scene in scenes
        },
    }


def tell_if_busy(load: float) -> None:
    if load > 0.5 * (os.cpu_count() or 1):
        tell(f"the machine is busy (load {load:.1f}): trust CPU times and ratios, not wall times")


# ---- The whole ----------------------------------------------------------------------------------


def available_memory() -> int:
    """Bytes, as the kernel estimates."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def scratch_folder(work: Path, frames: int) -> tuple[Path, int]:
    """Where the finished frames go, and how many of them: into memory, so that no disk is measured,
    as many as half of it holds; where that is less than a second, to disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        room = min(shutil.disk_usage(memory).free, available_memory()) // 2
        fitting = min(frames, room // FRAME_BYTES)
        if fitting >= min(frames, FPS):
            if fitting < frames:
                tell(f"memory has room for {fitting} finished frames: no more are encoded")
            return Path(tempfile.mkdtemp(prefix="layercast-bench-", dir=memory)), fitting
    return Path(tempfile.mkdtemp(prefix="scratch-", dir=work)), frames


def bench_scenes(places: Places, frames: int, load: float, options: argparse.Namespace) -> None:
    scenes = [Scene(name, places, frames, options.threads) for name in options.scenes]
    for scene in scenes:
        tell(f"{scene.name}: preparing {frames} frames")
        try:
            scene.prepare(options.preset)
            scene.measure(options.runs)
        finally:
            scene.clean_up()
    report(scenes, load, options)


def run_micro_benchmarks(names: list[str], options: argparse.Namespace) -> None:
    for name in names:
        if subprocess.run([options.bin / name], check=False).returncode != 0:
            raise BenchError(f"{name} failed")


def bench(options: argparse.Namespace) -> None:
    micro = ["kernels_bench"] * options.kernels + ["pipe_bench"] * options.pipe
    micro += ["changes_bench"] * options.changes
    for name in micro or ["render-frames", "frame_copy_bench"]:
        if not (options.bin / name).exists():
            raise BenchError(f"{options.bin / name} is not built: run tools/dev bench")
    load = os.getloadavg()[0]
    tell_if_busy(load)
    if micro:
        return run_micro_benchmarks(micro, options)
    if shutil.which("ffmpeg") is None:
        raise BenchError("ffmpeg is not installed: scenes are measured against it")
    work = options.work.resolve()
    binaries = options.bin.resolve()
    tell(f"making what the scenes show in {work}")
    assets.make(work / "scenes", binaries / "render-frames")
    seconds = 0 if options.live else options.seconds  # the daemon's frames are kept nowhere
    scratch, frames = scratch_folder(work, max(2, round(seconds * FPS)))
    places = Places(binaries, work / "scenes", scratch)
    try:
        if options.limits:
            limit_benches.bench_2160p(places, options.seconds, options.runs)
        if options.memory:
            limit_benches.bench_memory(places, frames, options.runs)
        if options.live:
            live_bench.bench_live(places, options.live, options.seconds, options.preset)
        if options.plots:
            plots.bench_plots(places, options.plots, options.threads, options.runs)
        if options.sprite:
            sprite_bench.bench_sprite(places, options.threads, options.runs)
        if options.feed:
            feed_bench.bench_feed(places, options.runs)
        if not (options.limits or options.memory or options.live or options.plots
                or options.sprite or options.feed):
            bench_scenes(places, frames, load, options)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def add_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--bin", type=Path, default=Path("build/release/bin"), metavar="DIR",
           help="where the built programs are (default: %(default)s)")
    option("--work", type=Path, default=Path("build/bench"), metavar="DIR",
           help="where scenes and pictures are made (default: %(default)s)")
    option("--scenes", default=",".join(standard_scenes.SCENES), metavar="LIST",
           help="which scenes (default: %(default)s)")
    option("--preset", default=PRESETS[0], metavar="LIST",
           help=f"which presets of x264, of {','.join(PRESETS)} (default: %(default)s)")
    option("--seconds", type=float, default=1, metavar="N",
           help="length of what is encoded (default: %(default)s; ten make start-up count less)")
    option("--runs", type=int, default=3, metavar="N",
           help="how often everything is measured (default: %(default)s)")
    option("--threads", type=int, default=1, metavar="N",
           help="threads of layercast where nothing is encoded (default: %(default)s)")
    option("--json", type=Path, metavar="FILE", help="write every sample there, too")
    option("--limits", choices=limit_benches.LIMITS,
           help="see whether S10 on a canvas of that height is composed in real time")
    option("--memory", action="store_true", help="see how much S10 takes, beside x264 alone")
    option("--live", metavar="LIST",
           help=f"measure the daemon: some of {','.join(live_bench.LIVE)}, for --seconds each")
    option("--plots", type=Path, metavar="DIR",
           help="plot cost against layers, moving pixels, canvas size and threads, as SVG files")
    option("--sprite", action="store_true",
           help="measure a sprite of 500 pictures beside one that fades")
    option("--feed", action="store_true",
           help="measure S3 with a video of 720p and of 1080p, on one and two threads")
    option("--kernels", action="store_true", help="measure the inner loops")
    option("--pipe", action="store_true", help="measure ways through a pipe")
    option("--changes", action="store_true", help="measure changes of live scenes by their size")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/dev bench",
        description=__doc__.partition("\n")[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    options = parser.parse_args()
    options.live = options.live or ""
    lists = [("scenes", list(standard_scenes.SCENES)), ("preset", PRESETS), ("live", live_bench.LIVE)]
    for name, known in lists:
        chosen = [word for word in getattr(options, name).split(",") if word]
        unknown = [word for word in chosen if word not in known]
        if unknown:
            parser.error(f"--{name}: no {unknown[0]!r}, expected some of {','.join(known)}")
        setattr(options, name, chosen)
    longest = standard_scenes.LAST_FRAME / FPS if not options.live else 24 * 3600
    if not 0 < options.seconds <= longest or options.runs < 1 or options.threads < 1:
        parser.error(f"--seconds goes up to {longest:.0f}, --runs and --threads start at 1")
    return options


def main() -> int:
    options = parse_options()
    try:
        bench(options)
    except (BenchError, assets.CannotMake, OSError) as error:
        tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
