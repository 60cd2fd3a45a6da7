"""Two limits of the ten-layer scene: 2160p60 composed in real time, and memory."""

import standard_scenes
from measure import FFMPEG_ENCODER, LAYERCAST_ENCODER, Places, Task, print_table, run, tell
from scene_bench import x264_settings
from standard_scenes import FPS, HEIGHT, WIDTH
from targets import HEADLINE_PRESET, Target

LIMITS = ["2160p"]
REAL_TIME_THREADS = 2
MORE_MEMORY_MIB = 120  # than x264 alone takes

SCENE = "S10"


def bench_2160p(places: Places, seconds: float, runs: int) -> None:
    """Prints how fast the scene is composed, and its video decoded, on a canvas twice as wide and
    high, where every layer is twice as large."""
    layers = [standard_scenes.doubled(layer) for layer in standard_scenes.scene_layers(SCENE)]
    name = f"{SCENE}-2160p"
    file = standard_scenes.write_scene(places.assets, name, layers, 2 * WIDTH, 2 * HEIGHT)

    def command(frames: int) -> list[object]:
        return places.composing(file, frames, REAL_TIME_THREADS)

    frames = max(2, round(seconds * FPS))
    task = Task(f"compose {name}", command, frames, without_startup=True, stats=places.stats)
    for number in range(1, runs + 1):
        tell(f"{name}: measuring, run {number} of {runs}")
        task.measure()
    wall, cpu, composing = (task.milliseconds(what) for what in ("wall", "cpu", "composing"))
    print(
        f"{name}: {frames} frames composed on {REAL_TIME_THREADS} threads, {1e3 / wall:.1f} frames "
        f"per second; {cpu:.2f} ms of CPU a frame, {cpu - composing:.2f} of them to decode."
    )
    target = Target(f"{name}: wall ÷ real time", 1, wall * FPS / 1e3)
    print_table([["", "target", "", "is", ""]], [[target.row()]], left=2)


def bench_memory(places: Places, frames: int, runs: int) -> None:
    """Prints the most memory that rendering and encoding takes, beside ffmpeg that encodes the
    finished frames with the same settings and does nothing else."""
    file = standard_scenes.write_scene(places.assets, SCENE, standard_scenes.scene_layers(SCENE))
    y4m, mp4 = places.scratch / f"{SCENE}.y4m", places.scratch / f"{SCENE}.mp4"
    run(places.rendering(file, range(frames), y4m))
    encoder = [*LAYERCAST_ENCODER, "--preset", HEADLINE_PRESET]
    ours = places.rendering(file, range(frames), mp4, *encoder)
    run(ours)
    # As many threads as layercast gives x264: each holds frames.
    same = ["-preset", HEADLINE_PRESET, "-threads", x264_settings(mp4)["threads"]]
    alone = places.ffmpeg("-i", y4m, *FFMPEG_ENCODER, *same, mp4)
    tasks = [
        Task("render+encode, layercast", lambda _: ours, frames),
        Task("encode alone, ffmpeg", lambda _: alone, frames),
    ]
    for number in range(1, runs + 1):
        tell(f"{SCENE}, memory: measuring, run {number} of {runs}")
        for task in tasks:
            task.measure()
    print(f"{SCENE}, {frames} frames encoded with x264 {HEADLINE_PRESET}: peak memory")
    for task in tasks:
        print(f"  {task.name:<26}{task.peak_mib():6.0f} MiB")
    more = tasks[0].peak_mib() - tasks[1].peak_mib()
    target = Target("MiB more than x264 alone (within ffmpeg)", MORE_MEMORY_MIB, more)
    print_table([["", "target", "", "is", ""]], [[target.row()]], left=2)
