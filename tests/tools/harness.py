"""Runs the tools as a shell does, and reads back what they wrote."""

import contextlib
import errno
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import time
import unittest
import wave
import zlib
from collections.abc import Callable, Iterator
from math import pi, sin
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]

# Far beyond what any run here takes, sanitizers included: a tool that hangs fails, and is ended.
PATIENCE_SECONDS = 60

WIDTH, HEIGHT, FPS, FRAMES = 160, 90, 25, 10
FRAME_BYTES = WIDTH * HEIGHT * 4
NAVY = (0x20, 0x40, 0x60)
ORANGE = (0xFF, 0x80, 0x00)

Pixel = tuple[int, ...]


def tool(name: str) -> str:
    """The path of a built tool: in the folder LAYERCAST_BIN, or where tools/dev builds it."""
    return str(Path(os.environ.get("LAYERCAST_BIN") or ROOT / "build/release/bin", name))


# ---- Scenes -------------------------------------------------------------------------------------

# An orange box of 40×30 with its corner at (20, 20), on its way 60 px to the right.
BOX = """
  - id: box
    type: overlay
    size: [40, 30]
    transform: {position: [20, 20]}
    content: {type: color, color: "#ff8000"}
    animations: [{effect: slide, from: [0, 0], to: [60, 0], duration: 400ms}]"""


def scene_text(*layers: str, background: str = "#204060", head: str = "duration: 400ms") -> str:
    """A scene of FRAMES frames; `layers` are YAML, in flow style or as list items."""
    items = [layer if layer.lstrip().startswith("- ") else f"\n  - {layer}" for layer in layers]
    return (
        f"version: 1\nscene: test\n{head}\n"
        f'canvas: {{width: {WIDTH}, height: {HEIGHT}, fps: {FPS}, background: "{background}"}}\n'
        f"layers:{''.join(items) or ' []'}\n"
    )


def text_layer(text: str, style: str = "") -> str:
    return (
        "{id: words, type: overlay, transform: {position: [5, 50]}, "
        f"content: {{type: text, text: {json.dumps(text)}, style: {{font_size: 20, {style}}}}}}}"
    )


# ---- Pictures and sound -------------------------------------------------------------------------


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG of 8-bit RGBA whose header says width × height, whatever `rows` holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def plain_png(width: int, height: int, color: Pixel) -> bytes:
    return png(width, height, (b"\0" + bytes(color) * width) * height)


def noise_frames(count: int, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Opaque raw frames that do not compress, the same ones each time."""
    state, frames = 1, bytearray()
    for _ in range(count * width * height):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        frames += bytes((state >> 8 & 255, state >> 13 & 255, state >> 18 & 255, 255))
    return bytes(frames)


def write_tone(path: Path, seconds: float, rate: int = 22050, channels: int = 2) -> None:
    """A WAV: a 440 Hz tone in the first channel, nothing in the others."""
    samples = (int(20000 * sin(2 * pi * 440 * i / rate)) for i in range(int(seconds * rate)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        silence = bytes(2 * (channels - 1))
        file.writeframes(b"".join(struct.pack("<h", sample) + silence for sample in samples))


# ---- Reading back -------------------------------------------------------------------------------


# What ffmpeg says of every JPEG, and of the Exif that libvips 8.14 puts into every WebP.
NOISE = re.compile(r"deprecated pixel format used|invalid TIFF header in Exif data|^$")


def read_with(program: str, *arguments: str | Path) -> bytes:
    """What ffmpeg or ffprobe prints. Nothing at all may be amiss with the file."""
    command = [program, "-v", "warning", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    complaints = [line for line in done.stderr.decode().splitlines() if not NOISE.search(line)]
    if done.returncode != 0 or complaints:
        raise AssertionError(f"{' '.join(command)} says: {complaints}")
    return done.stdout


def streams(path: Path) -> dict[str, dict[str, Any]]:
    """What ffprobe knows of each stream, by its type: `video`, `audio`. Frames are counted."""
    text = read_with("ffprobe", "-count_frames", "-show_streams", "-of", "json", path)
    found = json.loads(text)["streams"]
    by_type = {stream["codec_type"]: stream for stream in found}
    if len(by_type) != len(found):
        raise AssertionError(f"{path} has two streams of one type: {found}")
    return by_type


def packets(path: Path, stream: str) -> list[dict[str, Any]]:
    """The packets of the first stream of a type (`v` or `a`), in the file's order."""
    text = read_with(
        "ffprobe", "-select_streams", f"{stream}:0", "-show_packets", "-of", "json", path
    )
    return json.loads(text)["packets"]


def decoded(path: Path, pixel_format: str = "rgba", matrix: str | None = None) -> bytes:
    """The frames of a file. `matrix`: for files that cannot say how their colours are coded."""
    scale = "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp"
    if matrix:
        scale += f":in_color_matrix={matrix}:in_range=tv"
    return read_with(
        "ffmpeg", "-i", path, "-map", "0:v", "-fps_mode", "passthrough",
        "-vf", scale, "-f", "rawvideo", "-pix_fmt", pixel_format, "-",
    )  # fmt: skip


def decoded_sound(path: Path) -> tuple[list[int], list[int]]:
    """The samples of the left and the right channel, 16 bits."""
    raw = read_with("ffmpeg", "-i", path, "-map", "0:a", "-f", "s16le", "-")
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    return list(samples[0::2]), list(samples[1::2])


def frame_digests(path: Path) -> list[str]:
    """A line for each decoded frame of video and sound: its stream, time, length and MD5."""
    text = read_with("ffmpeg", "-i", path, "-map", "0", "-f", "framemd5", "-").decode()
    return [line for line in text.splitlines() if not line.startswith("#software")]


def pixel(frames: bytes, x: int, y: int, frame: int = 0, width: int = WIDTH) -> Pixel:
    """One pixel of raw RGBA frames of width × HEIGHT."""
    at = ((frame * HEIGHT + y) * width + x) * 4
    return tuple(frames[at : at + 4])


def boxes(path: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in order."""
    content, at, names = path.read_bytes(), 0, []
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        names.append(name.decode())
        at += length
    return names


# ---- Disks and terminals ------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """A file system of its own at `folder`, such as one of `size=64k`."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root may mount a small disk")
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "layercast-test", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise unittest.SkipTest(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def wait_until(what: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns once `what` holds. Fails when it never does."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError("what was waited for never came")
        time.sleep(0.01)


class Terminal:
    """A pseudo terminal, for a tool to run on."""

    def __init__(self) -> None:
        self._screen, self.line = pty.openpty()
        self.text = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._screen)
        os.close(self.line)

    def read(self, seconds: float) -> str:
        """What was shown so far, after waiting a little for more."""
        while select.select([self._screen], [], [], seconds)[0]:
            try:
                self.text += os.read(self._screen, 65536).decode()
            except OSError as error:
                if error.errno == errno.EIO:
                    break
                raise
            seconds = 0
        return self.text


# ---- Tests --------------------------------------------------------------------------------------


# What render-frames and encode say when they have written a file.
CLOSING_LINE = re.compile(
    r"^(render-frames|encode): .+: \d+ frames? \([\d.e+-]+ s\)(, [\d.]+ [kMGT]?B)? in "
    r"[\d.e+-]+ s: [\d.]+ fps, [\d.]+ times real time\n",
    re.MULTILINE,
)


class Outcome(NamedTuple):
    status: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


class ToolTest(unittest.TestCase):
    """Runs tools in an empty folder of its own."""

    maxDiff = 4000

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="layercast-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name: str, content: str | bytes) -> Path:
        """Writes a file into the test's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def scene(self, *layers: str, **how: str) -> Path:
        """Writes scene.yaml: `layers`, or else the moving box."""
        return self.file("scene.yaml", scene_text(*(layers or (BOX,)), **how))

    def run_tool(self, name: str, *arguments: str | Path, stdin: bytes = b"") -> Outcome:
        done = subprocess.run(
            [tool(name), *map(str, arguments)],
            input=stdin, capture_output=True, cwd=self.folder, timeout=PATIENCE_SECONDS,
            check=False,
        )  # fmt: skip
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    def run_as_nobody(self, name: str, *arguments: str | Path) -> Outcome:
        """Runs a tool as a user without rights, who may read the test's folder."""
        self.folder.chmod(0o755)
        if os.geteuid() != 0:
            return self.run_tool(name, *arguments)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        may = subprocess.run([*command, "test", "-x", tool(name)], cwd=self.folder, check=False)
        if may.returncode != 0:
            self.skipTest("a user without rights cannot reach the built tools")
        done = subprocess.run(
            [*command, tool(name), *map(str, arguments)],
            stdin=subprocess.DEVNULL, capture_output=True, cwd=self.folder,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    def start(self, name: str, *arguments: str | Path, **how: Any) -> subprocess.Popen[bytes]:
        """Starts a tool and goes on. It is ended with the test."""
        process = subprocess.Popen(
            [tool(name), *map(str, arguments)],
            cwd=self.folder, **{"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, **how},
        )  # fmt: skip

        def end() -> None:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe and not pipe.closed:
                    pipe.close()

        self.addCleanup(end)
        return process

    def finished(self, process: subprocess.Popen[bytes]) -> Outcome:
        """How a started tool ends, with what it wrote on pipes that are still open, without the
        line that tells what was written."""
        for pipe in (process.stdin, process.stdout):
            if pipe and pipe.closed:
                setattr(process, "stdin" if pipe is process.stdin else "stdout", None)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return Outcome(process.returncode, out or b"", CLOSING_LINE.sub("", err.decode()))

    def render(self, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        """render-frames, which must succeed and say nothing; what it wrote on stdout."""
        return self.success("render-frames", *arguments, stdin=stdin)

    def encode(self, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        """encode, which must succeed and say nothing; what it wrote on stdout."""
        return self.success("encode", *arguments, stdin=stdin)

    def success(self, name: str, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        done = self.run_tool(name, *arguments, stdin=stdin)
        self.assertEqual((done.status, CLOSING_LINE.sub("", done.err)), (0, ""), arguments)
        return done.out

    def assert_refused(self, done: Outcome, status: int, *words: str) -> None:
        """Ends with `status`, nothing on stdout, and one line on stderr that holds `words`."""
        self.assertEqual(done.status, status, done.err)
        self.assertEqual(done.out, b"")
        self.assertEqual(len(done.lines), 1, done.err)
        for word in words:
            self.assertIn(word, done.err)

    def assert_files(self, *names: str, folder: Path | None = None) -> None:
        """These and no other files are there, hidden ones included."""
        self.assertEqual(sorted(os.listdir(folder or self.folder)), sorted(names))

    def assert_near(self, actual: Pixel, expected: Pixel, within: int = 3) -> None:
        """Every channel of a colour is that of the other, or nearly so."""
        self.assertEqual(len(actual), len(expected))
        distance = max(abs(a - b) for a, b in zip(actual, expected))
        self.assertLessEqual(distance, within, f"{actual} is not {expected}")

    def assert_shows_box(self, rgba: bytes, frames: int, within: int) -> None:
        """Raw frames of the moving box have its colours in its places."""
        self.assertEqual(len(rgba), frames * FRAME_BYTES)
        for frame in range(frames):
            left = 20 + 60 * frame // FRAMES
            self.assert_near(pixel(rgba, 5, 5, frame), (*NAVY, 255), within)
            self.assert_near(pixel(rgba, left + 20, 35, frame), (*ORANGE, 255), within)
            self.assert_near(pixel(rgba, left - 10, 35, frame), (*NAVY, 255), within)
            self.assert_near(pixel(rgba, left + 50, 35, frame), (*NAVY, 255), within)
