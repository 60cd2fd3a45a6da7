#!/usr/bin/python3
"""Hostile files and requests, made at random by kind, each beside an honest control on the same daemon.

For each case: the answer, the peak memory of streamd and of its helpers, late frames, and that nothing
is left after its layer is deleted, nor after a restart. LAYERCAST_REPEATS is the number of files of each
kind; a table of all cases is printed at the end.
"""

import contextlib
import http.client
import json
import os
import random
import signal
import struct
import sys
import tempfile
import threading
import time
import unittest
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from daemon import Daemon, processes_of, wait_for
from font_files import doubling_font, picture_font
from harness import PATIENCE_SECONDS, plain_png, png, png_chunk
from image_files import bits_png, plain_webp_animation

REPEATS = int(os.environ.get("LAYERCAST_REPEATS", "1"))
SEED = int(os.environ.get("LAYERCAST_SEED", "1"))

SHOWN_SECONDS = 1  # for which a case that does not fail is left on air
ATTEMPTS = 3  # other work on the machine may delay a frame
BUSY_LOAD = 2 * (os.cpu_count() or 1) + 2  # above which late frames are the fault of other work
MEBIBYTE = 1 << 20
OWN_BYTES_MAX = 150 * MEBIBYTE  # what streamd itself may take for one of these files
HELPER_BYTES_MAX = 2560 * MEBIBYTE  # scene::limits::kDecodeImageMemory
ANSWER_BYTES_MAX = 64 * 1024
ANSWER_CPU_SECONDS_MAX = 3

SCENE = """version: 1
scene: hostile
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
layers:
  - {id: clock, type: overlay, content: {type: text, text: "{{frame}}", style: {font_size: 20}}}
"""

Random = random.Random
Made = tuple[str, bytes]  # the ending of the file's name, and its content


# ---- Files --------------------------------------------------------------------------------------


def svg(inside: str, size: int = 100) -> bytes:
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">'
    return f"{start}{inside}</svg>".encode()


def filtered(primitive: str, size: int) -> bytes:
    return svg(
        f'<filter id="f">{primitive}</filter>'
        f'<rect width="{size}" height="{size}" filter="url(#f)"/>',
        size,
    )


def svg_convolution(chance: Random) -> Made:
    """librsvg aborts above an order of 20."""
    order = chance.randint(21, 40)
    kernel = " ".join(str(chance.randint(-9, 9)) for _ in range(order * order))
    edge = chance.choice(("duplicate", "wrap", "none"))
    primitive = f'<feConvolveMatrix order="{order}" kernelMatrix="{kernel}" edgeMode="{edge}"/>'
    return "svg", filtered(primitive, chance.randint(50, 400))


def svg_text_sizes(chance: Random) -> Made:
    """librsvg aborts at some negative or huge sizes of fonts."""
    sizes = ("-1e9", "-5%", "-1e300", "1e30", "-7px", "0", "-200em")
    spans = "".join(
        f'<tspan font-size="{chance.choice(sizes)}">{chance.choice("AกéΩ")}</tspan>'
        for _ in range(chance.randint(1, 5))
    )
    return "svg", svg(f'<text font-size="{chance.choice(sizes)}">A{spans}</text>')


def svg_turbulence(chance: Random) -> Made:
    """It is drawn for hours."""
    octaves = 10 ** chance.randint(5, 9)
    frequency = chance.uniform(0.1, 0.9)
    primitive = f'<feTurbulence baseFrequency="{frequency}" numOctaves="{octaves}"/>'
    return "svg", filtered(primitive, chance.randint(1000, 4000))


def svg_uses(chance: Random) -> Made:
    """Each group draws the one before it several times."""
    depth, width = chance.randint(7, 12), chance.randint(6, 12)
    groups = "<g id='u0'><rect width='9' height='9'/></g>" + "".join(
        f"<g id='u{n}'>" + f"<use href='#u{n - 1}'/>" * width + "</g>" for n in range(1, depth)
    )
    return "svg", svg(f"<defs>{groups}</defs><use href='#u{depth - 1}'/>")


def svg_rules(chance: Random) -> Made:
    """Every rule is compared with every element."""
    rules = "".join(f"g > rect.c{n} ~ rect:not(.d{n}){{fill:#{n % 4096:03x}}}" for n in range(8000))
    rects = "".join(
        f'<rect class="c{chance.randrange(8000)}" width="9" height="9"/>' for _ in range(2000)
    )
    return "svg", svg(f"<style>{rules}</style><g>{rects}</g>")


def svg_letters(chance: Random) -> Made:
    """One text of many letters, which takes memory for each."""
    letters = chance.choice(("กำ", "ที่", "नि", "한"))
    return "svg", svg(f'<text y="50">{letters * (900_000 // len(letters.encode()))}</text>')


def png_text_bomb(chance: Random) -> Made:
    """Chunks of text that are small in the file alone."""
    text = b"zTXt", b"k\0\0" + zlib.compress(bytes(30_000_000), 9)
    picture = plain_png(40, 30, (255, 0, 0, 255))
    return "png", picture[:33] + png_chunk(*text) * chance.randint(5, 20) + picture[33:]


def png_size(chance: Random) -> Made:
    """A header that says more pixels than any limit allows, or just as many."""
    size = chance.choice((10_000, 60_000, 1 << 30))
    return "png", png(size, size, bytes(chance.randint(1, 100_000)))


def apng_length(chance: Random) -> Made:
    """Pictures of the largest size, which take seconds each and few bytes."""
    side, count = chance.choice((3000, 4000)), chance.randint(60, 120)
    rows = zlib.compress(bytes((side * 4 + 1) * side), 9)
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    content += png_chunk(b"acTL", struct.pack(">II", count, 0))
    number = 0
    for picture in range(count):
        control = struct.pack(">IIIIIHHBB", number, side, side, 0, 0, 1, 25, 0, 0)
        content += png_chunk(b"fcTL", control)
        number += 1
        if picture == 0:
            content += png_chunk(b"IDAT", rows)
        else:
            content += png_chunk(b"fdAT", struct.pack(">I", number) + rows)
            number += 1
    return "apng", content + png_chunk(b"IEND", b"")


def gif_pictures(chance: Random) -> Made:
    """Very many pictures of one colour."""
    side = chance.randint(200, 2000)
    image = struct.pack("<BHHHHB", 0x2C, 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    control = b"\x21\xf9\x04\x00\x01\x00\x00\x00"
    start = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes((0, 0, 0, 9, 9, 9))
    return "gif", start + (control + image) * chance.randint(20_000, 60_000) + b";"


def webp_length(chance: Random) -> Made:
    """As apng_length."""
    colors = [(picture, 255 - picture, 0, 255) for picture in range(chance.randint(60, 120))]
    return "webp", plain_webp_animation(chance.choice((3000, 4000)), colors, 40)


def damaged_png(chance: Random) -> Made:
    width, height = chance.randint(1, 300), chance.randint(1, 300)
    rows = b"".join(b"\0" + chance.randbytes(width * 4) for _ in range(height))
    content = bytearray(png(width, height, rows))
    for _ in range(chance.randint(1, 20)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return "png", bytes(content[: chance.randint(20, len(content))])


def font_doubling(chance: Random) -> Made:
    """A glyph that is made of two of another one, and so on."""
    return "ttf", doubling_font(chance.randint(30, 60), worst_first=chance.random() < 0.5)


def font_pictures(chance: Random) -> Made:
    """A letter that is a picture of gigabytes."""
    return "ttf", picture_font(bits_png(chance.randint(10_000, 30_000)))


def damaged_font(chance: Random) -> Made:
    content = bytearray(Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf").read_bytes())
    for _ in range(chance.randint(1, 200)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return "ttf", bytes(content)


KINDS: tuple[Callable[[Random], Made], ...] = (
    svg_convolution, svg_text_sizes, svg_turbulence, svg_uses, svg_rules, svg_letters,
    png_text_bomb, png_size, apng_length, webp_length, gif_pictures, damaged_png, font_doubling, font_pictures,
    damaged_font,
)  # fmt: skip
CONTENTS = {"svg": "svg", "png": "image", "apng": "gif", "gif": "gif", "webp": "gif", "ttf": "text"}


# ---- Requests -----------------------------------------------------------------------------------


def repeated_key(chance: Random) -> tuple[str, str, bytes]:
    """The faults of such a body could be as many as its members."""
    member = b'"%s":1,' % b"k" * chance.randint(1, 3)
    return "PATCH", "/api/v1/layers/clock", b"{" + member * (1_200_000 // len(member)) + b'"z":1}'


def unknown_members(chance: Random) -> tuple[str, str, bytes]:
    """Each is a fault of its own."""
    names = range(chance.randint(100_000, 150_000))
    return "PATCH", "/api/v1/layers/clock", json.dumps(dict.fromkeys(map(str, names), 1)).encode()


def long_names(chance: Random) -> tuple[str, str, bytes]:
    """An error message could repeat them."""
    layer = {"id": "x" * chance.randint(500_000, 900_000), "type": "y" * 900_000}
    return "POST", "/api/v1/layers", json.dumps(layer).encode()


def deep_value(chance: Random) -> tuple[str, str, bytes]:
    depth = chance.randint(10_000, 1_000_000)
    return "PATCH", "/api/v1/layers/clock", b'{"content":' + b"[" * depth


def expensive_layer(chance: Random) -> tuple[str, str, bytes]:
    """More than a frame has time for."""
    layer = {
        "id": "slow", "type": "overlay", "filters": [{"blur": chance.randint(200, 250)}] * 16,
        "size": [8000, 8000], "content": {"type": "text", "text": "{{frame}} WWWW"},
    }  # fmt: skip
    return "POST", "/api/v1/layers", json.dumps(layer).encode()


def wide_path(_: Random) -> tuple[str, str, bytes]:
    """Answers of the parser of the head are problems, too."""
    return "GET", "/%0a", b""


REQUESTS = (
    repeated_key, unknown_members, long_names, deep_value, expensive_layer, wide_path,
)  # fmt: skip


# ---- Measures -----------------------------------------------------------------------------------


def peak_bytes(process: int) -> int:
    """The most memory of a process since reset_peak(); 0 when it has ended."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return 0


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reset_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


class Watch:
    """The peak memory of a daemon, and the largest sum of its helpers, while a block runs."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.own = self.helpers = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        while not self.ended.wait(0.02):
            self.helpers = max(self.helpers, sum(map(peak_bytes, processes_of(self.process))))

    def __enter__(self) -> "Watch":
        reset_peak(self.process)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        self.own = peak_bytes(self.process)


class HostileTest(unittest.TestCase):
    rows: list[str] = []

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-hostile-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        (self.folder / "scene.yaml").write_text(SCENE)
        (self.folder / "honest.png").write_bytes(plain_png(40, 30, (0, 192, 64, 255)))

    @classmethod
    def tearDownClass(cls) -> None:
        head = f"{'case':26}{'answer':>7}{'own MiB':>9}{'helpers':>9}{'late':>6}{'control':>9}"
        if cls.rows:
            print("\n".join([head, *cls.rows]), file=sys.stderr)
        cls.rows.clear()

    def daemon(self) -> Daemon:
        state = f"sqlite:{self.folder}/state.db"
        daemon = Daemon(self.folder / "scene.yaml", "--assets", str(self.folder), state=state)
        daemon.environment = {"XDG_STATE_HOME": str(self.folder)}
        self.addCleanup(lambda: daemon.process is not None and daemon.end(signal.SIGKILL))
        return daemon.start()

    @staticmethod
    def pid(daemon: Daemon) -> int:
        assert daemon.process is not None
        assert daemon.process.poll() is None, "\n".join(daemon.log[-5:])
        return daemon.process.pid

    @staticmethod
    def failing(daemon: Daemon) -> set[str]:
        reasons = daemon.status()["health"]["reasons"]
        return {each["subject"] for each in reasons if each["part"] == "layers"}

    def add(self, daemon: Daemon, name: str, file: str) -> int:
        ending = file.rsplit(".", 1)[1]
        content: dict[str, Any] = {"type": CONTENTS[ending], "source": file}
        if ending == "ttf":
            content = {"type": "text", "text": "AB", "style": {"font_file": file}}
        layer = {"id": name, "type": "overlay", "size": [100, 90], "content": content}
        return daemon.call("POST", "/api/v1/layers", layer).status

    def assert_honest(self, daemon: Daemon, name: str) -> None:
        """A layer of an honest file comes on air."""
        content = {"type": "image", "source": "honest.png"}
        layer = {"id": name, "type": "overlay", "size": [40, 30], "content": content}
        path = f"/api/v1/layers/{name}"
        reply = daemon.call("POST", "/api/v1/layers", layer)
        self.assertEqual(reply.status, 201, reply)
        # The answer does not wait longer than a few seconds for a busy machine.
        wait_for(
            lambda: daemon.call("PATCH", path + "?wait=on-air", {"opacity": 0.9}).status == 200,
            f"{name} on air",
        )
        self.assertEqual(daemon.call("DELETE", path).status, 200)

    def late_in(self, daemon: Daemon, work: Callable[[], Any]) -> int:
        before = daemon.dropped()
        work()
        return daemon.dropped() - before

    def assert_in_time(self, case: str, late: int, control: int) -> None:
        if os.getloadavg()[0] > BUSY_LOAD:
            return  # the table has the numbers
        self.assertLessEqual(late, control, case)

    def note(self, case: str, answer: object, watch: Watch, late: int, control: int) -> None:
        own, helpers = watch.own / MEBIBYTE, watch.helpers / MEBIBYTE
        self.rows.append(f"{case:26}{answer!s:>7}{own:9.0f}{helpers:9.0f}{late:6}{control:9}")


class Files(HostileTest):
    def run_case(self, daemon: Daemon, case: str, file: str) -> None:
        process = self.pid(daemon)

        def is_idle() -> bool:
            # The server that starts the jobs of images stays, and so does that of videos.
            return len(processes_of(process)) <= 2

        def control() -> None:
            self.assert_honest(daemon, "control")
            time.sleep(SHOWN_SECONDS)  # as long as the hostile layer is shown

        def show() -> int:
            status = self.add(daemon, "hostile", file)
            deadline = time.monotonic() + SHOWN_SECONDS
            while time.monotonic() < deadline and "hostile" not in self.failing(daemon):
                time.sleep(0.05)
            return status

        def hide() -> None:
            if answer == 201:
                self.assertEqual(daemon.call("DELETE", "/api/v1/layers/hostile").status, 200)
            wait_for(is_idle, lambda: f"{case}: no job left: {processes_of(process)}")
            wait_for(lambda: "hostile" not in self.failing(daemon), f"{case}: forgotten")

        answer = 0
        for _ in range(ATTEMPTS):
            with Watch(process) as before:
                in_control = self.late_in(daemon, control)
            with Watch(process) as watch:
                dropped = daemon.dropped()
                answer = show()
                hide()
                late = daemon.dropped() - dropped
            if late <= in_control:
                break
        self.note(case, answer, watch, late, in_control)
        self.assertIn(answer, (201, 403, 422), case)
        self.assert_in_time(case, late, in_control)
        self.assertLess(watch.own - before.own, OWN_BYTES_MAX, case)
        self.assertLess(watch.helpers, HELPER_BYTES_MAX, case)
        self.assert_honest(daemon, "honest")

    def made(self) -> list[tuple[str, str]]:
        """All files of all kinds: the name of the case, and that of the file."""
        cases = []
        for kind in KINDS:
            for number in range(REPEATS):
                case = f"{kind.__name__}-{number}".replace("_", "-")
                ending, content = kind(Random(f"{SEED} {case}"))
                (self.folder / f"{case}.{ending}").write_bytes(content)
                cases.append((case, f"{case}.{ending}"))
        return cases

    def test_cost_only_their_own_picture_while_they_are_there(self) -> None:
        daemon = self.daemon()
        self.assert_honest(daemon, "first")  # starts what starts once
        for case, file in self.made():
            with self.subTest(case):
                self.run_case(daemon, case, file)

    def test_are_no_obstacle_to_a_restart_and_gone_after_the_next(self) -> None:
        daemon = self.daemon()
        cases = [(case, file) for case, file in self.made() if self.add(daemon, case, file) == 201]
        self.assertGreater(len(cases), len(KINDS) // 2)
        daemon.end(signal.SIGKILL)
        daemon = self.daemon()
        began = time.monotonic()
        wait_for(lambda: daemon.status()["frames"]["rendered"] > 25, "a second of frames")
        self.assertLess(time.monotonic() - began, PATIENCE_SECONDS / 2)
        for case, _ in cases:
            self.assertEqual(daemon.call("DELETE", f"/api/v1/layers/{case}").status, 200)
        self.assert_honest(daemon, "honest")
        daemon.end(signal.SIGKILL)
        daemon = self.daemon()
        self.assertEqual([layer["id"] for layer in daemon.get("/api/v1/scene")["layers"]], ["clock"])
        self.assert_honest(daemon, "honest")
        self.assertEqual(self.failing(daemon), set())

    def test_do_not_delay_the_end(self) -> None:
        daemon = self.daemon()
        for case, file in self.made():
            self.add(daemon, case, file)
        wait_for(lambda: len(processes_of(self.pid(daemon))) >= 2, "a job")
        began = time.monotonic()
        self.assertEqual(daemon.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 5)


class Requests(HostileTest):
    def ask(self, daemon: Daemon, method: str, path: str, body: bytes) -> tuple[int, bytes, str]:
        url = urlparse(daemon.address)
        assert url.hostname
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE_SECONDS)
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        # Not encoded again, and no other fields.
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        reply = connection.getresponse()
        answer = reply.read()
        connection.close()
        return reply.status, answer, reply.getheader("Content-Type", "")

    def test_are_refused_shortly_and_cost_no_frame(self) -> None:
        daemon = self.daemon()
        for kind in REQUESTS:
            for number in range(REPEATS):
                case = f"{kind.__name__}-{number}".replace("_", "-")
                with self.subTest(case):
                    self.run_case(daemon, case, kind(Random(f"{SEED} {case}")))

    def run_case(self, daemon: Daemon, case: str, request: tuple[str, str, bytes]) -> None:
        process = self.pid(daemon)
        for _ in range(ATTEMPTS):
            with Watch(process) as watch:
                dropped, began = daemon.dropped(), time.monotonic()
                cpu = cpu_seconds(process)
                status, answer, kind = self.ask(daemon, *request)
                cpu = cpu_seconds(process) - cpu
                time.sleep(max(0.0, began + SHOWN_SECONDS - time.monotonic()))
                took = time.monotonic() - began
                late = daemon.dropped() - dropped
            in_control = self.late_in(daemon, lambda: time.sleep(took))  # noqa: B023
            if late <= in_control:
                break
        self.note(case, status, watch, late, in_control)
        self.assertTrue(400 <= status < 500, f"{case}: {status}")
        self.assertEqual(kind, "application/problem+json", case)
        self.assertLess(len(answer), ANSWER_BYTES_MAX, case)
        self.assertLess(cpu, ANSWER_CPU_SECONDS_MAX, case)
        self.assert_in_time(case, late, in_control)
        self.assertEqual([layer["id"] for layer in daemon.get("/api/v1/scene")["layers"]], ["clock"])


if __name__ == "__main__":
    unittest.main()
