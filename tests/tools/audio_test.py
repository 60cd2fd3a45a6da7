#!/usr/bin/python3
"""What a scene sounds like: tracks and videos, mixed exactly to the sample, in whatever parts."""

import array
import json
import re
import subprocess
import unittest
import wave
from collections.abc import Callable
from pathlib import Path

from daemon import Daemon, wait_for
from harness import (
    FRAME_BYTES,
    NAVY,
    PATIENCE_SECONDS,
    ToolTest,
    pixel,
    read_with,
    scene_text,
    tool,
)

RATE = 48000
EXACT = ("--audio-codec", "flac")


def write_wav(path: Path, samples: int, value: Callable[[int], int], rate: int = RATE) -> None:
    """A stereo WAV whose left channel is `value` of each sample, and its right one the negative."""
    both = array.array("h", bytes(4 * samples))
    for i in range(samples):
        both[2 * i] = value(i)
        both[2 * i + 1] = -both[2 * i]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(both.tobytes())


def mark(sample: int) -> int:
    """A number that tells a sample from others; never 0."""
    return sample * 7919 % 30011 + 1


def heard(path: Path) -> array.array:
    """The left channel's samples."""
    guess = ("-guess_layout_max", "0")
    raw = read_with("ffmpeg", *guess, "-i", path, "-map", "0:a", "-f", "s16le", "-")
    return array.array("h", raw)[0::2]


def loud_places(samples: array.array, least: int = 8000) -> list[int]:
    """Where the loudest sample of each click lies; clicks are 100 ms apart or more."""
    raw, places = samples.tobytes(), []
    for match in re.finditer(rb"[^\0]", raw):
        at = match.start() // 2
        if abs(samples[at]) < least:
            continue
        if places and at - places[-1] < RATE // 10:
            if abs(samples[at]) > abs(samples[places[-1]]):
                places[-1] = at
        else:
            places.append(at)
    return places


class Audio(ToolTest):
    def sounding(self, audio: str, *layers: str, seconds: float = 2, fps: str = "25") -> Path:
        """A scene with these `audio` entries, YAML in flow style."""
        text = scene_text(*layers, head=f"duration: {seconds}\naudio: [{audio}]")
        path = self.folder / "sounds.yaml"
        path.write_text(text.replace("fps: 25", f"fps: {fps}"), encoding="utf-8")
        return path

    def heard_of(self, scene: Path, *options: str, name: str = "x.mkv") -> array.array:
        self.render(scene, "-o", name, "--preset", "ultrafast", *options)
        return heard(self.folder / name)

    # ---- Exactness ------------------------------------------------------------------------------

    def test_is_found_at_its_sample(self) -> None:
        clicks = [0, 1, 4800, 12_345, 47_999]
        write_wav(self.folder / "a.wav", RATE, lambda i: 20_000 if i in clicks else 0)
        scene = self.sounding("{id: a, source: a.wav, delay: 250ms}")
        for codec in ("pcm", "flac"):
            found = self.heard_of(scene, "--audio-codec", codec)
            self.assertEqual(len(found), 2 * RATE)
            at = [i for i, sample in enumerate(found) if sample]
            self.assertEqual(at, [12_000 + click for click in clicks], codec)
            self.assertEqual({found[i] for i in at}, {20_000})

    def test_is_found_within_a_millisecond_where_the_codec_is_lossy(self) -> None:
        clicks = [9_600, 28_800, 67_200]
        write_wav(self.folder / "a.wav", 2 * RATE, lambda i: 30_000 if i in clicks else 0)
        scene = self.sounding("{id: a, source: a.wav}")
        for name in ("x.mp4", "x.mkv", "x.webm", "x.ts"):
            found = loud_places(self.heard_of(scene, name=name), least=4000)
            self.assertEqual(len(found), 3, name)
            for place, click in zip(found, clicks):
                self.assertLessEqual(abs(place - click), RATE // 1000, name)

    def test_of_a_loop_has_no_gap_and_no_drift(self) -> None:
        length = 12_345
        write_wav(self.folder / "a.wav", length, mark)
        found = self.heard_of(self.sounding("{id: a, source: a.wav, loop: true}"), *EXACT)
        self.assertEqual(list(found), [mark(i % length) for i in range(2 * RATE)])

    def test_is_the_same_in_any_parts(self) -> None:
        write_wav(self.folder / "a.wav", 30_000, mark)
        write_wav(self.folder / "b.wav", 44_100, lambda i: mark(i) // 2, rate=44_100)
        self.write_video("v.mkv", "beep", seconds=1)
        scene = self.sounding(
            "{id: a, source: a.wav, loop: true, duck_under: v, fade_in: 700ms, volume: 2, "
            "animations: [{effect: volume, from: 1, to: 0.25, duration: 2s, "
            "iterations: infinite}]},"
            "{id: b, source: b.wav, delay: 333ms, fade_out: 500ms, volume: 3}",
            "{id: v, type: overlay, content: {type: video, source: v.mkv, rate: 1.25, volume: 2}}",
            seconds=4,
            fps="30000/1001",
        )
        whole = self.heard_of(scene, *EXACT)
        parts = array.array("h")
        for part in range(1, 6):
            parts += self.heard_of(scene, *EXACT, "--shard", f"{part}/5")
        self.assertEqual(parts, whole)
        middle = self.heard_of(scene, *EXACT, "--frames", "50:70")
        first = round(50 * 1001 / 30000 * RATE)
        self.assertEqual(middle, whole[first : first + len(middle)])

    # ---- Volume ---------------------------------------------------------------------------------

    def constant(self, name: str, value: int, seconds: float = 2) -> None:
        write_wav(self.folder / name, int(seconds * RATE), lambda i: value)

    def test_fades_in_and_out_in_straight_lines(self) -> None:
        self.constant("a.wav", 16_000, seconds=3)
        self.constant("b.wav", 16_000, seconds=1)
        for audio, end in (("a.wav", 2.0), ("b.wav", 1.0)):
            found = self.heard_of(
                self.sounding(f"{{id: a, source: {audio}, fade_in: 500ms, fade_out: 250ms}}"),
                *EXACT,
            )
            for time in (0.1, 0.25, 0.49, 0.6, end - 0.2, end - 0.125, end - 0.01):
                share = min(1, time / 0.5, (end - time) / 0.25)
                level = found[round(time * RATE)]
                self.assertAlmostEqual(level, 16_000 * share, delta=20, msg=time)

    def test_follows_volume_mute_and_animations(self) -> None:
        self.constant("a.wav", 16_000)
        cases = {
            "volume: 0.5": [8000] * 3,
            "mute: true": [0] * 3,
            "animations: [{effect: volume, from: 1, to: 0, duration: 2s}]": [14400, 8000, 1600],
            "animations: [{effect: keyframes, duration: 2s, keyframes: [{at: 0, volume: 0}, "
            "{at: 0.5, volume: 2}, {at: 1, volume: 0}]}]": [6400, 32000, 6400],
        }
        for given, expected in cases.items():
            found = self.heard_of(self.sounding(f"{{id: a, source: a.wav, {given}}}"), *EXACT)
            for time, level in zip((0.2, 1, 1.8), expected):
                self.assertAlmostEqual(found[round(time * RATE)], level, delta=20, msg=given)

    def test_never_exceeds_full_scale(self) -> None:
        write_wav(self.folder / "a.wav", 2 * RATE, lambda i: 30_000 if i // 50 % 2 else -30_000)
        tracks = ", ".join(f"{{id: {name}, source: a.wav, volume: 4}}" for name in "abc")
        found = self.heard_of(self.sounding(tracks), "--audio-codec", "pcm_f32le")
        self.assertGreater(max(found), 32_000)
        # What wrapped round would be of the other sign.
        for i in range(RATE, RATE + 5000):
            self.assertEqual(found[i] > 0, bool(i // 50 % 2), i)

    def test_is_turned_down_while_a_layer_sounds(self) -> None:
        self.constant("music.wav", 16_000, seconds=5)
        self.write_video("v.mkv", "late hum", seconds=2)
        found = self.heard_of(
            self.sounding(
                "{id: music, source: music.wav, duck_under: v}",
                "{id: v, type: overlay, content: {type: video, source: v.mkv}}",
                seconds=4,
            ),
            *EXACT,
        )
        mean = lambda time: sum(found[round(time * RATE) : round(time * RATE) + 960]) / 960
        self.assertAlmostEqual(mean(0.9), 16_000, delta=50)
        self.assertAlmostEqual(mean(1.5), 4000, delta=200)
        self.assertAlmostEqual(mean(3.5), 16_000, delta=50)

    # ---- Videos ---------------------------------------------------------------------------------

    def write_video(self, name: str, sound: str, seconds: float, fps: int = 25) -> None:
        """White at each whole second, else black, with clicks there or a hum, in PCM."""
        sounds = {
            "beep": f"aevalsrc='if(eq(mod(n,{RATE}),0),0.9,0)|0':s={RATE}:d={seconds}",
            "late hum": f"aevalsrc='gte(t,1)*0.125*sin(2*PI*200*t)':s={RATE}:d={seconds}",
        }
        picture = (
            f"color=black:s=64x36:r={fps}:d={seconds},"
            f"drawbox=c=white:t=fill:enable='eq(mod(n,{fps}),0)'"
        )
        read_with(
            "ffmpeg", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sounds[sound], "-ac", "2",
            "-c:v", "ffv1", "-c:a", "flac", "-sample_fmt", "s16", self.folder / name,
        )  # fmt: skip

    def flashes(self, path: Path) -> list[int]:
        """The frames that are white."""
        raw = read_with(
            "ffmpeg", "-i", path, "-map", "0:v", "-vf", "scale=32:18", "-f", "rawvideo",
            "-pix_fmt", "gray", "-",
        )  # fmt: skip
        middles = raw[9 * 32 + 16 :: 32 * 18]
        return [i for i, luma in enumerate(middles) if luma > 128]

    def test_of_a_video_goes_with_its_picture(self) -> None:
        self.write_video("v.mkv", "beep", seconds=3)
        layer = (
            "{id: v, type: overlay, size: [160, 90], "
            "content: {type: video, fit: fill, source: v.mkv, %s}}"
        )
        for given in ("", "start: 640ms, loop: true"):
            scene = self.sounding("", layer % given, seconds=6)
            clicks = loud_places(self.heard_of(scene, *EXACT))
            flashes = [round(frame / 25 * RATE) for frame in self.flashes(self.folder / "x.mkv")]
            self.assertEqual(clicks, flashes, given)
            self.assertGreaterEqual(len(clicks), 3)

    def test_of_a_video_is_heard_while_it_shows(self) -> None:
        self.write_video("v.mkv", "beep", seconds=3)
        layer = "{id: v, type: overlay, visible: false, content: {type: video, source: v.mkv}}"
        self.assertEqual(set(self.heard_of(self.sounding("", layer), *EXACT)), {0})
        muted = "{id: v, type: overlay, content: {type: video, source: v.mkv, mute: true}}"
        self.assertEqual(set(self.heard_of(self.sounding("", muted), *EXACT)), {0})

    def test_is_with_its_picture_after_ten_minutes(self) -> None:
        # A video of ten minutes, and one of ten seconds sixty times over.
        fps = 3
        picture = (
            f"color=black:s=32x18:r={fps},"
            f"drawbox=c=white:t=fill:enable='eq(mod(n,{10 * fps}),{fps})'"
        )
        sound = f"aevalsrc='if(eq(mod(n,{10 * RATE}),{RATE}),0.9,0)':s={RATE}"
        for name, seconds in (("long.mkv", 600), ("short.mkv", 10)):
            read_with(
                "ffmpeg", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
                "-t", str(seconds), "-c:v", "ffv1", "-c:a", "flac", "-sample_fmt", "s16",
                self.folder / name,
            )  # fmt: skip
        for name in ("long.mkv", "short.mkv"):
            layer = (
                "{id: v, type: overlay, size: [160, 90], content: "
                f"{{type: video, fit: fill, loop: true, source: {name}}}}}"
            )
            scene = self.sounding("", layer, seconds=600, fps=str(fps))
            clicks = loud_places(self.heard_of(scene, "--audio-codec", "flac", "--size", "32x18"))
            flashes = [round(frame * RATE / fps) for frame in self.flashes(self.folder / "x.mkv")]
            self.assertEqual(len(clicks), 60)
            self.assertEqual(clicks, flashes, name)

    # ---- Faults ---------------------------------------------------------------------------------

    def test_that_cannot_be_read_ends_the_run_or_is_silent(self) -> None:
        scene = self.sounding("{id: a, source: none.wav}")
        done = self.run_tool("render-frames", scene, "-o", "x.mkv")
        self.assertEqual(done.status, 1)
        self.assertIn("audio[0].source", done.err)
        self.assertIn("none.wav", done.err)
        done = self.run_tool("render-frames", scene, "-o", "y.mkv", "--keep-going", *EXACT)
        self.assertEqual(done.status, 0)
        self.assertIn("none.wav", done.err)
        self.assertEqual(set(heard(self.folder / "y.mkv")), {0})

    # ---- Pictures of sound ----------------------------------------------------------------------

    METER = (
        "{id: level, type: overlay, size: [160, 90], content: {type: meter, of: OF, gap: 0, "
        'smoothing: 0s, color: "#ffffff"}}'
    )

    def test_a_meter_shows_the_sound_of_its_frame(self) -> None:
        # -20 dBFS from 1 s on: two thirds of the scale.
        write_wav(self.folder / "a.wav", RATE, lambda i: 3277)
        scene = self.sounding("{id: a, source: a.wav, delay: 1s}", self.METER.replace("OF", "a"))
        frames = self.render(scene)
        for time, length in (("800ms", 0), ("1200ms", 107)):
            still = self.render(scene, "--at", time)
            row = [pixel(still, x, 40)[:3] for x in range(160)]
            self.assertEqual(row, [(255, 255, 255)] * length + [NAVY] * (160 - length), time)
            frame = int(time[:-2]) // 40
            self.assertEqual(still, frames[frame * FRAME_BYTES :][:FRAME_BYTES])

    def test_a_part_shows_the_same_as_the_whole(self) -> None:
        write_wav(self.folder / "a.wav", 2 * RATE, lambda i: mark(i) * (i // 4800 % 7) // 8)
        meter = self.METER.replace("OF", "program").replace("0s", "700ms")
        scene = self.sounding("{id: a, source: a.wav}", meter)
        frames = self.render(scene)
        part = self.render(scene, "--frames", "29:43")
        self.assertEqual(part, frames[29 * FRAME_BYTES : 43 * FRAME_BYTES])

    def test_a_meter_of_a_missing_file_is_told_of_a_still(self) -> None:
        scene = self.sounding("{id: a, source: none.wav}", self.METER.replace("OF", "a"))
        done = self.run_tool("render-frames", scene, "--at", "1s", "-o", "x.png")
        self.assertEqual(done.status, 1, done.err)
        self.assertIn("none.wav", done.err)

    def test_a_meter_of_nothing_is_refused(self) -> None:
        scene = self.sounding("{id: music, source: a.wav}", self.METER.replace("OF", "musik"))
        done = self.run_tool("render-frames", scene, "-o", "x.mkv")
        self.assertEqual(done.status, 2)
        self.assertIn("layers[0].content.of", done.err)
        self.assertIn('did you mean "music"', done.err)

    def test_ducks_under_a_layer_that_is_there(self) -> None:
        box = "{id: box, type: overlay, content: {type: color, color: red}}"
        scene = self.sounding("{id: a, source: a.wav, duck_under: boxx}", box)
        done = self.run_tool("render-frames", scene, "-o", "x.mkv")
        self.assertEqual(done.status, 2)
        self.assertIn("audio[0].duck_under", done.err)
        self.assertIn('did you mean "box"', done.err)

    def test_of_the_scene_gives_way_to_another_or_none(self) -> None:
        self.constant("a.wav", 16_000)
        self.constant("b.wav", 4000)
        scene = self.sounding("{id: a, source: a.wav}")
        self.assertEqual(self.heard_of(scene, *EXACT, "--audio", "b.wav")[5000], 4000)
        self.render(scene, "-o", "n.mkv", "--no-audio")
        found = json.loads(
            read_with("ffprobe", "-show_streams", "-of", "json", self.folder / "n.mkv")
        )
        self.assertEqual([stream["codec_type"] for stream in found["streams"]], ["video"])

    # ---- The shell ------------------------------------------------------------------------------

    def layerctl(self, *arguments: str) -> str:
        done = subprocess.run(
            [tool("layerctl"), "--scene", str(self.folder / "sounds.yaml"), *arguments],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def test_entries_of_a_file_are_changed_by_layerctl(self) -> None:
        scene = self.sounding("")
        scene.write_text(scene.read_text().replace("audio: []", "# the music\naudio: []"))
        told = self.layerctl("audio", "add", "a.wav", "volume=0.5", "loop=true")
        self.assertEqual(told, "audio-1\n")
        self.layerctl("audio", "add", "b.wav", "--id", "bell")
        self.layerctl("audio", "set", "bell", "mute=true", "fade_in=1s")
        listed = json.loads(self.layerctl("--json", "audio", "ls"))
        self.assertEqual(
            listed,
            [
                {"id": "audio-1", "source": "a.wav", "volume": 0.5, "loop": True},
                {"id": "bell", "source": "b.wav", "mute": True, "fade_in": "1s"},
            ],
        )
        self.layerctl("audio", "rm", "audio-1")
        self.assertIn("bell", self.layerctl("audio", "ls"))
        self.assertIn("# the music", scene.read_text())


class LiveAudio(ToolTest):
    def test_changes_on_air_without_a_click(self) -> None:
        write_wav(self.folder / "a.wav", RATE, lambda i: 16_000)
        music = "{id: music, source: a.wav, loop: true, volume: 0.25, fade_in: 1s}"
        scene = self.file("scene.yaml", scene_text(head=f"audio: [{music}]"))
        with Daemon(scene, "-o", str(self.folder / "x.mkv"), "--assets", str(self.folder)) as daemon:
            self.drive(daemon)
        found = heard(self.folder / "x.mkv")
        self.assertLess(max(abs(b - a) for a, b in zip(found, found[1:])), 300)
        self.assertGreater(max(found), 15_500)
        at = [any(abs(sample - level) < 150 for sample in found) for level in (4000, 8000, 0)]
        self.assertEqual(at, [True] * 3)

    def peak(self, daemon: Daemon) -> float:
        text = daemon.call("GET", "/metrics").body.decode()
        return float(re.search(r"^layercast_audio_peak_dbfs (\S+)", text, re.MULTILINE)[1])

    def drive(self, daemon: Daemon) -> None:
        """The music, another sound, a change, silence; each until it is heard."""
        until = lambda low, high: wait_for(lambda: low < self.peak(daemon) < high, "the level")
        until(-18.5, -17.9)
        added = daemon.call("POST", "/api/v1/audio", {"id": "two", "source": "a.wav", "loop": True})
        self.assertEqual((added.status, added.json()["result"]["id"]), (201, "two"))
        until(-4.5, -4.1)
        self.assertEqual(daemon.call("DELETE", "/api/v1/audio/two").status, 200)
        changed = daemon.call("PATCH", "/api/v1/audio/music", {"volume": 0.5})
        self.assertEqual(changed.json()["result"]["volume"], 0.5)
        until(-12.5, -12)
        self.assertEqual([each["id"] for each in daemon.get("/api/v1/audio")["audio"]], ["music"])
        self.assertEqual(daemon.get("/api/v1/audio/music")["volume"], 0.5)
        self.assertEqual(daemon.call("GET", "/api/v1/audio/two").status, 404)
        wrong = daemon.call("PATCH", "/api/v1/audio/music", {"duck_under": "nobody"})
        self.assertEqual(wrong.status, 422)
        self.assertEqual(wrong.json()["errors"][0]["pointer"], "/duck_under")
        daemon.call("PATCH", "/api/v1/audio/music", {"mute": True})
        until(-200, -100)


if __name__ == "__main__":
    unittest.main()
