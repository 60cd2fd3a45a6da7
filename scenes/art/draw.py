"""Draws the moving art of the scenes anew: sprite sheets, feeds, small animations and the music.

    draw.py BIN [NAME…]     BIN: where render-frames and encode lie; NAME: what to draw (default: everything)

What moves is drawn as SVG, picture by picture (figures.py, artwork.svg), rasterised by render-frames and encoded by
encode. Only what those two do not write goes through ffmpeg: the animated WebP and the music's Opus.
"""

import array
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import figures  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def svg(size, elements, defs=""):
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<defs>{defs}</defs>{elements}</svg>"
    )


def place(elements, x, y, size, box=None):
    """The elements of a drawing of `size`, in a box at (x, y)."""
    width, height = box or size
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="0 0 {size[0]} {size[1]}" '
        f'preserveAspectRatio="xMidYMax slice">{elements}</svg>'
    )


class Studio:
    """Runs the project's own tools on drawings."""

    def __init__(self, tools, folder):
        self.render_frames = str(pathlib.Path(tools) / "render-frames")
        self.encode = str(pathlib.Path(tools) / "encode")
        self.folder = pathlib.Path(folder)

    def scene_of(self, drawing, size):
        """A scene that shows one drawing, and nothing behind it."""
        source = self.folder / "drawing.svg"
        source.write_text(drawing)
        scene = {
            "version": 1,
            "scene": "drawing",
            "canvas": {"width": size[0], "height": size[1], "fps": 1, "background": "transparent"},
            "duration": 1,
            "layers": [
                {
                    "id": "drawing",
                    "type": "overlay",
                    "size": list(size),
                    "content": {"type": "svg", "source": "drawing.svg"},
                }
            ],
        }
        path = self.folder / "scene.yaml"  # JSON is YAML
        path.write_text(json.dumps(scene))
        return str(path)

    def still(self, drawing, size, out):
        subprocess.run([self.render_frames, self.scene_of(drawing, size), "--at", "0s", "-o", str(out)], check=True)

    def raw(self, drawing, size):
        command = [self.render_frames, self.scene_of(drawing, size), "--frames", "0:1", "-o", "-"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    def video(self, drawings, size, fps, crf, out):
        command = [self.encode, "--size", f"{size[0]}x{size[1]}", "--fps", str(fps), "--no-audio"]
        command += ["--preset", "slow", "--crf", str(crf), "--gop", str(10 * fps), "-o", str(out)]
        encoder = subprocess.Popen(command, stdin=subprocess.PIPE)
        for drawing in drawings:
            encoder.stdin.write(self.raw(drawing, size))
        encoder.stdin.close()
        if encoder.wait() != 0:
            raise SystemExit(f"{out} could not be encoded")

    def sheet(self, cells, size, columns, defs, out, drawn=None):
        """Cells of `size`; `drawn` is the size that they were drawn at."""
        rows = -(-len(cells) // columns)
        placed = [
            place(cell, size[0] * (i % columns), size[1] * (i // columns), drawn or size, size)
            for i, cell in enumerate(cells)
        ]
        whole = (size[0] * columns, size[1] * rows)
        self.still(svg(whole, "".join(placed), defs), whole, out)


# ---- Characters -------------------------------------------------------------------------------------------------------


def person_sheet(look, poses, columns, out):
    def draw(studio):
        cells = [figures.person(look, pose, f"c{i}") for i, pose in enumerate(poses)]
        studio.sheet(cells, figures.PERSON_SIZE, columns, figures.person_defs(look), HERE / out)

    return draw


def robot_sheet(poses, columns, out):
    def draw(studio):
        cells = [figures.robot(pose) for pose in poses]
        studio.sheet(cells, (180, 195), columns, figures.robot_defs(), HERE / out, figures.ROBOT_SIZE)

    return draw


def stills(_):
    """Both as a drawing each, at rest: what shows while no state is named."""
    host = figures.person(figures.HOST, figures.Pose(), "h")
    drawing = svg(figures.PERSON_SIZE, f"<title>The host</title>{host}", figures.person_defs(figures.HOST))
    (HERE / "host.svg").write_text(drawing.replace("><", ">\n<") + "\n")
    robot = figures.robot(figures.RobotPose(star=0.6, jet=0.4))
    drawing = svg(figures.ROBOT_SIZE, f"<title>The assistant</title>{robot}", figures.robot_defs())
    (HERE / "assistant.svg").write_text(drawing.replace("><", ">\n<") + "\n")


# ---- Feeds ------------------------------------------------------------------------------------------------------------


def turn(t, turns=1, phase=0.0):
    return math.sin(2 * math.pi * (turns * t + phase))


def ember_tide(studio):
    """The painting as a loop: its sun breathes, clouds drift, the water glitters, the boat rides, the stars flicker."""
    size, fps, seconds = (1320, 816), 30, 6
    lines = (HERE / "artwork.svg").read_text().splitlines()

    def moved(line, number, t):
        phase = (number * 0.618034) % 1
        if 'fill="url(#cloud' in line:
            way = 34 if "cloudc" in line else 52
            return f'<g transform="translate({way * turn(t, 1, phase):.2f} {3 * turn(t, 1, phase + 0.25):.2f})">{line}</g>'
        if line.startswith('<circle cx="452"'):
            grown = 1 + (0.035 if 'r="118"' not in line else 0.008) * turn(t, 1, -0.03 * (number % 6))
            return (
                f'<g transform="translate(452 392) scale({grown:.5f}) translate(-452 -392)">{line}</g>'
            )
        glint = re.match(r'<path d="M(-?\d+) (\d+)Q.*Z" fill="#\w+" opacity="([\d.]+)"/>$', line)
        if glint and int(glint[2]) > 551:
            y = int(glint[2])
            reach = 4 + (y - 550) * 0.1
            strength = float(glint[3]) * (0.72 + 0.28 * turn(t, 2 + number % 2, phase))
            line = re.sub(r'opacity="[\d.]+"', f'opacity="{strength:.3f}"', line)
            return f'<g transform="translate({reach * turn(t, 1 + number % 2, phase):.2f} 0)">{line}</g>'
        if line.startswith('<path d="M628 578') or line.startswith('<path d="M634 589'):
            return (
                f'<g transform="translate({5 * turn(t, 1):.2f} {1.5 * turn(t, 2):.2f}) '
                f'rotate({2.2 * turn(t, 2, 0.2):.2f} 645 584)">{line}</g>'
            )
        if line.startswith('<g fill="#ffe9d6"'):
            star = iter(range(1000))
            return re.sub(
                r'r="([\d.]+)"',
                lambda r: f'r="{float(r[1]) * (1.1 + 0.4 * turn(t, 2, (next(star) * 0.377) % 1)):.2f}"',
                line,
            )
        return line

    def drawings():
        for i in range(fps * seconds):
            t = i / (fps * seconds)
            yield "\n".join(moved(line, number, t) for number, line in enumerate(lines)) + ""

    studio.video(drawings(), size, fps, 25, HERE / "ember-tide.mp4")


ROOM_SIZE = (880, 660)

# A gallery by night, out of focus: behind the guest.
ROOM_DEFS = """
<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#5a3a52"/>
<stop offset=".5" stop-color="#3a2a55"/><stop offset="1" stop-color="#1c1d42"/></linearGradient>
<radialGradient id="lamp" cx=".9" cy=".16" r=".8"><stop offset="0" stop-color="#ffb98a" stop-opacity=".75"/>
<stop offset="1" stop-color="#ff8f6b" stop-opacity="0"/></radialGradient>
<radialGradient id="sky" cx=".1" cy=".2" r=".8"><stop offset="0" stop-color="#7fc6ea" stop-opacity=".5"/>
<stop offset="1" stop-color="#7fc6ea" stop-opacity="0"/></radialGradient>
<linearGradient id="low" x1="0" y1="0" x2="0" y2="1"><stop offset=".55" stop-color="#0b1020" stop-opacity="0"/>
<stop offset="1" stop-color="#0b1020" stop-opacity=".7"/></linearGradient>
<linearGradient id="canvas" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#7a2f74"/>
<stop offset=".6" stop-color="#ff8a68"/><stop offset="1" stop-color="#2b4a86"/></linearGradient>
<linearGradient id="canvas2" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#5ad1e6"/>
<stop offset="1" stop-color="#243a86"/></linearGradient>
<filter id="soft" x="-10%" y="-10%" width="120%" height="120%"><feGaussianBlur stdDeviation="7"/></filter>
<filter id="softer" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="3"/></filter>
"""
ROOM = """
<rect width="880" height="660" fill="url(#wall)"/>
<g filter="url(#soft)"><path d="M0 560H880V660H0z" fill="#171433"/><rect x="60" y="96" width="190" height="250" fill="#20173a"/>
<rect x="72" y="108" width="166" height="226" fill="url(#canvas)"/><circle cx="160" cy="232" r="34" fill="#ffe0a8"/>
<rect x="640" y="70" width="180" height="180" fill="#1a1636"/><rect x="652" y="82" width="156" height="156" fill="url(#canvas2)"/>
<path d="M652 238L712 150 742 196 772 134 808 190V238z" fill="#15245e"/>
<rect x="664" y="312" width="132" height="168" fill="#1a1636"/><rect x="675" y="323" width="110" height="146" fill="#e8a14c"/>
<circle cx="730" cy="392" r="36" fill="#8f2f52"/><path d="M730 20V70M156 40V96" stroke="#fff" stroke-opacity=".2" stroke-width="3"/></g>
<rect width="880" height="660" fill="url(#sky)"/><rect width="880" height="660" fill="url(#lamp)"/>
<g filter="url(#softer)"><circle cx="330" cy="86" r="15" fill="#ffd9a8" opacity=".28"/><circle cx="560" cy="130" r="22" fill="#ffb98a"
opacity=".22"/><circle cx="596" cy="60" r="11" fill="#ffd9a8" opacity=".35"/><circle cx="290" cy="200" r="20" fill="#8fd8f0"
opacity=".16"/><circle cx="842" cy="300" r="18" fill="#ffb98a" opacity=".25"/><circle cx="30" cy="420" r="16" fill="#8fd8f0"
opacity=".18"/></g>
<rect width="880" height="660" fill="url(#low)"/>
"""


def studio_room():
    """The host's studio, for the larger picture: its elements and what they refer to."""
    text = (HERE / "studio.svg").read_text()
    defs = re.search(r"<defs>(.*?)</defs>", text, re.S)[1]
    return defs, place(text[text.index("</defs>") + 7 : text.rindex("</svg>")], 0, 0, (496, 420), ROOM_SIZE)


def person_feed(look, poses_of, room_defs, room, out, box=(65, 25, 750, 635)):
    def draw(studio):
        fps, seconds = 24, 5
        defs = room_defs + figures.person_defs(look)
        x, y, width, height = box

        def drawings():
            for i, pose in enumerate(poses_of(fps * seconds)):
                figure = place(figures.person(look, pose, "p"), x, y, figures.PERSON_SIZE, (width, height))
                yield svg(ROOM_SIZE, room + figure, defs)

        studio.video(drawings(), ROOM_SIZE, fps, 25, HERE / out)

    return draw


def green_screen(studio):
    """The guest before a green screen: what chroma_key takes away."""
    pose = figures.talking(16)[7]
    figure = place(figures.person(figures.GUEST, pose, "p"), 32, 8, figures.PERSON_SIZE, (416, 352))
    screen = '<rect width="480" height="360" fill="#00b140"/>'
    size = (480, 360)
    studio.still(svg(size, screen + figure, figures.person_defs(figures.GUEST)), size, HERE / "green-screen.webp")


# ---- Small animations -------------------------------------------------------------------------------------------------


def gavel_at(t):
    """The auctioneer's gavel: it lifts, waits, strikes, and the block rings."""
    keys = [(0, 0), (0.08, -4), (0.42, 38), (0.52, 40), (0.62, -6), (0.66, 2), (0.7, 0), (1, 0)]
    angle = 0.0
    for (a, from_), (b, to) in zip(keys, keys[1:]):
        if a <= t <= b:
            part = (t - a) / (b - a)
            part = part * part if to < from_ else part * part * (3 - 2 * part)
            angle = from_ + (to - from_) * part
            break
    ring = max(0.0, (t - 0.61) / 0.39)
    rings = ""
    if ring > 0:
        fade = (1 - ring) ** 1.5
        rings = "".join(
            f'<path d="M{x} {y}l{dx * (0.3 + ring):.1f} {dy * (0.3 + ring):.1f}" stroke="#ffd08a" stroke-width="7" '
            f'stroke-linecap="round" opacity="{fade:.3f}"/>'
            for x, y, dx, dy in [(58, 150, -30, -14), (66, 128, -22, -26), (176, 150, 30, -14), (168, 128, 22, -26)]
        )
    hit = 5 * math.exp(-ring * 9) * math.sin(ring * 22) if ring > 0 else 0
    return (
        f'<ellipse cx="118" cy="206" rx="82" ry="12" fill="#060a18" opacity=".35"/>'
        f'<g transform="translate(0 {hit:.2f})"><path d="M50 176H186L194 200H42Z" fill="url(#wood)"/>'
        f'<path d="M42 200H194V206Q118 214 42 206Z" fill="#5d2c33"/>'
        f'<ellipse cx="118" cy="176" rx="68" ry="11" fill="#d98d63"/><ellipse cx="118" cy="175" rx="50" ry="7" fill="#eaa97c"/></g>'
        f'{rings}'
        f'<g transform="rotate({angle:.2f} 214 128)"><path d="M128 128H210" stroke="#7a3b3c" stroke-width="15" '
        f'stroke-linecap="round"/><path d="M128 125H208" stroke="#c97a55" stroke-width="6" stroke-linecap="round"/>'
        f'<rect x="88" y="84" width="56" height="84" rx="10" fill="url(#wood)"/>'
        f'<rect x="82" y="80" width="68" height="20" rx="9" fill="url(#brass)"/>'
        f'<rect x="82" y="152" width="68" height="20" rx="9" fill="url(#brass)"/>'
        f'<path d="M98 104V148" stroke="#ffd9b8" stroke-width="6" stroke-linecap="round" opacity=".55"/>'
        f'<path d="M90 85H128M90 157H128" stroke="#fff6dd" stroke-width="4" stroke-linecap="round" opacity=".8"/></g>'
    )


GAVEL_DEFS = """
<linearGradient id="wood" x1="0" y1="0" x2="1" y2="0.3"><stop offset="0" stop-color="#d98a5f"/>
<stop offset=".5" stop-color="#a95648"/><stop offset="1" stop-color="#6b2f3a"/></linearGradient>
<linearGradient id="brass" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#ffe6a6"/>
<stop offset=".5" stop-color="#f0b453"/><stop offset="1" stop-color="#b6742c"/></linearGradient>
"""


def gavel(studio):
    size, count = (240, 220), 30
    for i in range(count):
        studio.still(svg(size, gavel_at(i / count), GAVEL_DEFS), size, studio.folder / f"gavel-{i:02d}.png")
    command = ["ffmpeg", "-v", "error", "-y", "-framerate", "25", "-i", str(studio.folder / "gavel-%02d.png")]
    command += ["-c:v", "libwebp_anim", "-loop", "0", "-q:v", "86", "-compression_level", "6", "-bitexact"]
    subprocess.run(command + [str(HERE / "gavel.webp")], check=True)


def bird_at(t):
    """A gull in flight, one beat of its wings."""
    lift = math.cos(2 * math.pi * t)
    late = math.cos(2 * math.pi * (t - 0.12))
    rise = -5 * math.sin(2 * math.pi * t)
    wing = (
        f"M94 64C78 {56 - 20 * lift:.1f} 62 {52 - 34 * lift:.1f} 44 {54 - 34 * lift:.1f}"
        f"C30 {55 - 32 * late:.1f} 18 {60 - 24 * late:.1f} 5 {72 - 16 * late:.1f}"
        f"C20 {76 - 24 * late:.1f} 34 {78 - 30 * late:.1f} 48 {78 - 33 * lift:.1f}C64 {82 - 28 * lift:.1f} 80 {88 - 6 * lift:.1f} 94 86Z"
    )
    tip = (
        f"M24 {58.5 - 28 * late:.1f}C17 {61.5 - 24 * late:.1f} 11 {66 - 19 * late:.1f} 5 {72 - 16 * late:.1f}"
        f"C13 {74.5 - 21 * late:.1f} 20 {76 - 25 * late:.1f} 28 {76.6 - 28 * late:.1f}Z"
    )
    side = f'<path d="{wing}" fill="url(#wing)"/><path d="{tip}" fill="#27345f"/>'
    return (
        f'<g transform="translate(0 {rise:.2f})"><g>{side}</g><g transform="translate(200 0) scale(-1 1)">{side}</g>'
        f'<path d="M88 64C88 50 112 50 112 64C116 82 110 98 100 108C90 98 84 82 88 64Z" fill="url(#breast)"/>'
        f'<path d="M92 104L100 128 108 104Q100 110 92 104Z" fill="#c7d4f0"/>'
        f'<circle cx="100" cy="54" r="11" fill="#fff"/><path d="M96 58L100 70 104 58Z" fill="#ffa24f"/>'
        f'<circle cx="95.500" cy="52" r="1.900" fill="#1a2142"/><circle cx="104.500" cy="52" r="1.900" fill="#1a2142"/></g>'
    )


BIRD_DEFS = """
<linearGradient id="wing" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#8fa4d8"/>
<stop offset="1" stop-color="#eef4ff"/></linearGradient>
<linearGradient id="breast" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff"/>
<stop offset="1" stop-color="#c2d0f0"/></linearGradient>
"""


def gull(studio):
    size, count = (200, 140), 12
    for i in range(count):
        studio.still(svg(size, bird_at(i / count), BIRD_DEFS), size, HERE / f"gull-{i + 1}.webp")


# ---- Music ------------------------------------------------------------------------------------------------------------


def music(studio):
    """Sixteen seconds that begin where they end: four chords on a soft pad, and a few bells that ring over the seam."""
    rate, seconds = 48000, 16
    count = rate * seconds
    left, right = array.array("d", bytes(8 * count)), array.array("d", bytes(8 * count))

    def tone(midi):
        # Whole cycles in the loop, so that nothing clicks where it begins anew.
        return round(440 * 2 ** ((midi - 69) / 12) * seconds) / seconds

    def add(start, length, frequency, level, pan, shape):
        first = int(start * rate)
        step = 2 * math.pi * frequency / rate
        for i in range(int(length * rate)):
            value = level * shape(i / rate) * math.sin(step * (first + i))
            at = (first + i) % count
            left[at] += value * (1 - pan)
            right[at] += value * (1 + pan)

    chords = [(45, 60, 64, 67, 71), (41, 57, 60, 64, 67), (48, 60, 64, 67, 74), (43, 59, 62, 65, 69)]
    for bar, chord in enumerate(chords):
        for voice, midi in enumerate(chord):
            for partial, share in ((1, 1.0), (2, 0.22), (3, 0.07)):
                level = (0.085 if voice else 0.13) * share
                pan = 0.0 if voice == 0 else 0.35 * (-1) ** voice
                add(bar * 4 - 1, 6, tone(midi) * partial, level, pan, lambda s: math.sin(math.pi * s / 6) ** 2)
    bells = [(0.5, 83), (2, 79), (3, 76), (4.5, 84), (6.5, 79), (8, 86), (9.5, 83), (11, 79), (12.5, 81), (14.5, 77)]
    for start, midi in bells:
        for partial, share in ((1, 1.0), (2, 0.25), (4, 0.06)):
            add(start, 3, tone(midi) * partial, 0.05 * share, 0.4 * (-1) ** midi, lambda s: math.exp(-2.6 * s) * min(1, s * 200))
    pcm = array.array("h")
    for a, b in zip(left, right):
        pcm.append(round(32767 * math.tanh(0.9 * a)))
        pcm.append(round(32767 * math.tanh(0.9 * b)))
    command = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(rate), "-ac", "2", "-i", "-", "-c:a", "libopus"]
    command += ["-b:a", "48k", "-bitexact", str(HERE / "evening.opus")]
    subprocess.run(command, input=pcm.tobytes(), check=True)


def drawings():
    room_defs, room = studio_room()
    return {
        "stills": stills,
        "host-idle": person_sheet(figures.HOST, figures.idle(24), 6, "host-idle.webp"),
        "host-talking": person_sheet(figures.HOST, figures.talking(24), 6, "host-talking.webp"),
        "assistant-idle": robot_sheet(figures.robot_idle(24), 6, "assistant-idle.webp"),
        "assistant-talking": robot_sheet(figures.robot_talking(16), 4, "assistant-talking.webp"),
        "ember-tide": ember_tide,
        "feed-host": person_feed(figures.HOST, figures.listening, room_defs, room, "feed-host.mp4"),
        "feed-guest": person_feed(figures.GUEST, figures.speaking, ROOM_DEFS, ROOM, "feed-guest.mp4"),
        "green-screen": green_screen,
        "gavel": gavel,
        "gull": gull,
        "music": music,
    }


def main(arguments):
    if not arguments:
        raise SystemExit(__doc__)
    everything = drawings()
    names = arguments[1:] or list(everything)
    unknown = [name for name in names if name not in everything]
    if unknown:
        raise SystemExit(f"no drawing {unknown[0]}; there are: {', '.join(everything)}")
    for name in names:
        print(f"drawing {name}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            everything[name](Studio(arguments[0], folder))


if __name__ == "__main__":
    main(sys.argv[1:])
