#!/usr/bin/python3
"""Videos whose primaries or transfer are tagged are shown in the colours that they mean."""

import os
import subprocess
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from harness import PATIENCE_SECONDS, ToolTest
from numpy.typing import NDArray

Array = NDArray[np.float64]

# ---- The formulas, from sRGB to the video -------------------------------------------------------

BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
P3 = np.array([[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]])
REFERENCE_WHITE = 203  # cd/m², BT.2408


def light(color: Array) -> Array:
    signal = color / 255
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def srgb(linear: Array) -> Array:
    inside = np.clip(linear, 0, 1)
    return np.where(inside <= 0.0031308, 12.92 * inside, 1.055 * inside ** (1 / 2.4) - 0.055)


def pq(linear: Array) -> Array:
    """BT.2100, table 4."""
    power = (linear * REFERENCE_WHITE / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(linear: Array) -> Array:
    """BT.2100, table 5, for a display of 1000 cd/m²."""
    shown = linear * REFERENCE_WHITE / 1000
    luminance = shown @ np.array([0.2627, 0.6780, 0.0593])
    factor = np.where(luminance > 0, np.maximum(luminance, 1e-12) ** (1 / 1.2 - 1), 0)
    scene = shown * factor[:, None]
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


def light_of_srgb(signal: Array) -> Array:
    return light(255 * signal)


def light_of_pq(signal: Array) -> Array:
    power = signal ** (1 / 78.84375)
    ratio = np.maximum(0, power - 0.8359375) / (18.8515625 - 18.6875 * power)
    return ratio ** (1 / 0.1593017578125) * 10000 / REFERENCE_WHITE


def light_of_hlg(signal: Array) -> Array:
    high = (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    scene = np.where(signal <= 0.5, signal**2 / 3, high)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    return scene * luminance[:, None] ** 0.2 * 1000 / REFERENCE_WHITE


class Kind(NamedTuple):
    name: str
    primaries: str
    transfer: str
    matrix: str
    from_bt709: Array
    signal: Callable[[Array], Array]
    light: Callable[[Array], Array]
    weights: tuple[float, float]  # of red and blue


UHD = (0.2627, 0.0593)
KINDS = (
    Kind("pq", "bt2020", "smpte2084", "bt2020nc", BT2020, pq, light_of_pq, UHD),
    Kind("hlg", "bt2020", "arib-std-b67", "bt2020nc", BT2020, hlg, light_of_hlg, UHD),
    Kind("wide", "bt2020", "bt709", "bt2020nc", BT2020, srgb, light_of_srgb, UHD),
    Kind("wide10", "bt2020", "bt2020-10", "bt2020nc", BT2020, srgb, light_of_srgb, UHD),
    Kind("p3", "smpte432", "iec61966-2-1", "bt709", P3, srgb, light_of_srgb,
         (0.2126, 0.0722)),
)

CELL = 16


def chart() -> Array:
    """Colours for 8 × 8 cells: the corners of the gamut, greys, and others."""
    corners = [[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)]
    greys = [[v, v, v] for v in range(0, 256, 17)]
    random = np.random.default_rng(7)
    others = random.integers(0, 256, (64 - len(corners) - len(greys), 3)).tolist()
    return np.array(corners + greys + others, dtype=float)


def codes(colors: Array, kind: Kind, bits: int) -> Array:
    """Y'CbCr of limited range for each colour, rounded."""
    rgb = kind.signal(light(colors) @ kind.from_bt709.T)
    red, blue = kind.weights
    luma = rgb @ np.array([red, 1 - red - blue, blue])
    real = (
        219 * luma + 16,
        224 * (rgb[:, 2] - luma) / (2 * (1 - blue)) + 128,
        224 * (rgb[:, 0] - luma) / (2 * (1 - red)) + 128,
    )
    return np.rint(np.stack(real) * 2 ** (bits - 8))


def reference(samples: Array, kind: Kind, bits: int) -> Array:
    """The colours of the canvas for codes, by the formulas: saturated dark ones are coarse."""
    red, blue = kind.weights
    luma, blue_difference, red_difference = samples / 2 ** (bits - 8)
    y = (luma - 16) / 219
    r = y + (red_difference - 128) / 224 * 2 * (1 - red)
    b = y + (blue_difference - 128) / 224 * 2 * (1 - blue)
    g = (y - red * r - blue * b) / (1 - red - blue)
    signal = np.clip(np.stack((r, g, b), axis=1), 0, 1)
    return 255 * srgb(kind.light(signal) @ np.linalg.inv(kind.from_bt709).T)


def planes(samples: Array, bits: int) -> bytes:
    """4:2:0; each colour fills a cell."""
    kind_of_sample = "<u2" if bits > 8 else "u1"
    sides = (CELL, CELL // 2, CELL // 2)
    return b"".join(
        np.kron(plane.reshape(8, 8), np.ones((side, side))).astype(kind_of_sample).tobytes()
        for plane, side in zip(samples, sides)
    )


class TaggedVideo(ToolTest):
    def write_video(self, name: str, kind: Kind, bits: int, *encoder: str) -> None:
        pixel_format = "yuv420p" if bits == 8 else f"yuv420p{bits}le"
        side = str(8 * CELL)
        command = [
            "ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", pixel_format,
            "-s", f"{side}x{side}", "-r", "10", "-i", "-", *encoder, "-pix_fmt", pixel_format,
            "-color_primaries", kind.primaries, "-color_trc", kind.transfer,
            "-colorspace", kind.matrix, "-color_range", "tv", str(self.folder / name),
        ]  # fmt: skip
        frames = planes(codes(chart(), kind, bits), bits) * 3
        subprocess.run(command, input=frames, check=True, timeout=PATIENCE_SECONDS)

    def shown(self, source: Path | str) -> Array:
        """The colours in the middle of the cells."""
        side = 8 * CELL
        scene = self.file(
            "scene.yaml",
            "version: 1\nscene: t\n"
            f'canvas: {{width: {side}, height: {side}, fps: 10, background: "#00000000"}}\n'
            "layers:\n"
            f"  - {{id: a, type: overlay, content: {{type: video, source: '{source}'}}}}\n",
        )
        frame = np.frombuffer(self.render(scene, "--at", "100ms"), np.uint8)
        middle = frame.reshape(side, side, 4)[CELL // 2 :: CELL, CELL // 2 :: CELL]
        return middle.reshape(64, 4)[:, :3].astype(float)

    def assert_shows_chart(self, name: str, kind: Kind, bits: int = 10) -> None:
        expected = reference(codes(chart(), kind, bits), kind, bits)
        difference = np.abs(self.shown(name) - expected)
        worst = int(difference.max(axis=1).argmax())
        self.assertLessEqual(float(difference.max()), 3, f"{name}: {expected[worst]}")
        # And the reference is what the video was made from, as far as its codes tell.
        self.assertLessEqual(float(np.median(np.abs(expected - chart()))), 1.5)

    def test_of_ten_bits_is_within_three_levels_of_the_reference(self) -> None:
        for kind in KINDS:
            with self.subTest(kind.name):
                self.write_video(f"{kind.name}.webm", kind, 10, "-c:v", "libvpx-vp9",
                                 "-profile:v", "2", "-lossless", "1")  # fmt: skip
                self.assert_shows_chart(f"{kind.name}.webm", kind)

    def test_of_hevc_in_mp4_too(self) -> None:
        for kind in KINDS:
            with self.subTest(kind.name):
                x265 = (
                    f"log-level=none:lossless=1:colorprim={kind.primaries}:range=limited:"
                    f"transfer={kind.transfer}:colormatrix={kind.matrix}"
                )
                self.write_video(f"{kind.name}.mp4", kind, 10, "-c:v", "libx265", "-x265-params",
                                 x265, "-tag:v", "hvc1")  # fmt: skip
                self.assert_shows_chart(f"{kind.name}.mp4", kind)

    def test_that_is_live_too(self) -> None:
        for kind in KINDS[:2]:
            with self.subTest(kind.name):
                x265 = (
                    f"log-level=none:lossless=1:colorprim={kind.primaries}:range=limited:"
                    f"transfer={kind.transfer}:colormatrix={kind.matrix}"
                )
                sent = f"sent-{kind.name}.ts"
                self.write_video(sent, kind, 10, "-c:v", "libx265", "-x265-params", x265)
                pipe = self.folder / f"{kind.name}.ts"
                os.mkfifo(pipe)
                sender = subprocess.Popen(
                    ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1",
                     "-i", sent, "-c", "copy", "-f", "mpegts", "-y", pipe.name],
                    cwd=self.folder, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                try:
                    self.assert_shows_chart(pipe.name, kind)
                finally:
                    sender.kill()
                    sender.wait()

    def test_of_which_only_the_container_tells_the_colours_too(self) -> None:
        for kind in KINDS:
            with self.subTest(kind.name):
                self.write_video(f"{kind.name}.mkv", kind, 10, "-c:v", "ffv1")
                self.assert_shows_chart(f"{kind.name}.mkv", kind)

    def test_of_eight_bits_too(self) -> None:
        for kind in KINDS:
            with self.subTest(kind.name):
                self.write_video(f"{kind.name}.mkv", kind, 8, "-c:v", "ffv1")
                self.assert_shows_chart(f"{kind.name}.mkv", kind, 8)


if __name__ == "__main__":
    unittest.main()
