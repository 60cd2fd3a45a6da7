"""Makes the pictures and the video that the standard scenes show, always the same ones."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import standard_scenes
from standard_scenes import FEED_FPS, FEED_SECONDS

PNG = ["-strip", "-depth", "8"]
STAR = "150,34 176,112 260,113 193,164 218,245 150,196 82,245 107,164 40,113 124,112"


class CannotMake(Exception):
    """What is missing, in words for the user."""


def convert(folder: Path, file: str, *arguments: str) -> None:
    """ImageMagick's convert."""
    program = shutil.which("convert-im6.q16") or shutil.which("convert") or shutil.which("magick")
    if program is None:
        raise CannotMake("ImageMagick is not installed: it draws the pictures of the scenes")
    command = [program, *arguments, *PNG, file]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMake(f"ImageMagick cannot draw {file}: {done.stderr.strip()}")


def photo(folder: Path, file: str, size: str, seed: int) -> None:
    """Clouds of colour with grain: edges at every scale, as in a photograph."""
    grain = ["(", "-seed", str(seed + 1), "-size", size, "xc:gray50", "+noise", "Gaussian"]
    grain += ["-colorspace", "gray", "-blur", "0x0.6", ")"]
    clouds = ["-seed", str(seed), "-size", size, "plasma:fractal", "-blur", "0x1"]
    blend = ["-compose", "overlay", "-composite", "-type", "TrueColor"]
    convert(folder, file, *clouds, *grain, *blend, "-define", "png:color-type=2")


def cut_out(folder: Path, file: str, size: str, colors: str, seed: int, mask: list[str]) -> None:
    """Clouds between two colours inside `mask`, transparent outside."""
    clouds = ["-seed", str(seed), "-size", size, f"plasma:{colors}", "-blur", "0x1"]
    keyed = ["(", "-size", size, *mask, ")", "-alpha", "off", "-compose", "CopyOpacity"]
    convert(folder, file, *clouds, *keyed, "-composite", "-define", "png:color-type=6")


def draw_pictures(folder: Path) -> None:
    photo(folder, "background.png", "1920x1080", seed=41)
    photo(folder, "feed.png", "1280x720", seed=53)
    photo(folder, "panorama.png", "1920x1080", seed=59)
    # Round corners, and more transparent from the left to the right.
    fading = ["-size", "360x640", "gradient:white-gray40", "-rotate", "-90"]
    cut_out(
        folder, "guest.png", "640x360", "tomato-navy", 61,
        ["xc:black", "-fill", "white", "-draw", "roundrectangle 0,0 639,359 40,40",
         "(", *fading, ")", "-compose", "multiply", "-composite"],
    )
    cut_out(
        folder, "sponsor.png", "320x180", "gold-teal", 67,
        ["xc:black", "-fill", "white", "-draw", "ellipse 160,90 154,84 0,360", "-blur", "0x2"],
    )
    # A star on a disc with a translucent ring: smooth edges, empty corners.
    convert(
        folder, "logo.png", "-size", "300x300", "xc:none",
        "-fill", "#2f6fd0", "-draw", "circle 150,150 150,6",
        "-fill", "#fff4d6", "-draw", f"polygon {STAR}",
        "-fill", "none", "-stroke", "#10204080", "-strokewidth", "14",
        "-draw", "circle 150,150 150,22", "-define", "png:color-type=6",
    )
    # Black that is clear in the middle and covers a little more than half in the corners.
    dark = ["(", "-size", "1920x1080", "radial-gradient:black-white", "-level", "35%,100%"]
    dark += ["-evaluate", "multiply", "0.55", ")"]
    convert(
        folder, "vignette.png", "-size", "1920x1080", "xc:black", *dark,
        "-alpha", "off", "-compose", "CopyOpacity", "-composite", "-define", "png:color-type=6",
    )


def film_feed(folder: Path) -> None:
    """A camera that wanders over a photograph and comes back, with the grain and at the bitrate of
    one: 1280×720 in H.264, tagged as BT.709."""
    turn = f"2*PI*t/{FEED_SECONDS}"
    filters = [
        f"crop=1280:720:x='320+300*sin({turn})':y='180+160*sin(2*{turn})'",
        "noise=alls=6:allf=t:all_seed=59",
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
    ]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-loop", "1", "-framerate", str(FEED_FPS)]
    command += ["-i", "panorama.png", "-t", str(FEED_SECONDS), "-vf", ",".join(filters)]
    # One thread: how many x264 has shows in the file.
    command += "-c:v libx264 -preset veryfast -threads 1 -b:v 9M -g 60 -color_range tv".split()
    for tag in ("colorspace", "color_primaries", "color_trc"):
        command += [f"-{tag}", "bt709"]
    done = subprocess.run(
        [*command, "feed.mp4"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotMake(f"ffmpeg cannot make feed.mp4: {done.stderr.strip()}")


def draw_letterings(folder: Path, render_frames: Path) -> None:
    """The texts as pictures for ffmpeg, drawn by layercast: both show the same glyphs."""
    for lettering in standard_scenes.letterings():
        size = (lettering.width, lettering.height)
        scene = standard_scenes.write_scene(
            folder, lettering.name, lettering.layers, *size, background="transparent"
        )
        png = folder / f"{lettering.name}.png"
        command = [str(render_frames), str(scene), "--at", "0s", "-o", str(png)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotMake(f"render-frames cannot draw {scene}: {done.stderr.strip()}")


def make(folder: Path, render_frames: Path) -> None:
    """Everything that the scenes show lies in `folder` afterwards. Pictures and video are made anew
    only when this file has changed; texts always, for how they look is layercast's own doing."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    stamp = folder / "recipe"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != recipe:
        draw_pictures(folder)
        film_feed(folder)
        stamp.write_text(recipe, encoding="utf-8")
    draw_letterings(folder, render_frames)
