#!/usr/bin/python3
"""render-frames writes the right frames: raw, as Y4M, or nowhere; all, some, or in shards."""

import json
import re
import unittest
from pathlib import Path

from harness import (
    BOX, FRAME_BYTES, FRAMES, HEIGHT, NAVY, WIDTH, Terminal, ToolTest, decoded, pixel, plain_png,
    scene_text, streams, text_layer,
)  # fmt: skip


class RawFrames(ToolTest):
    def test_on_a_pipe_are_width_times_height_times_four_bytes_each(self) -> None:
        self.assertEqual(len(self.render(self.scene())), FRAMES * FRAME_BYTES)

    def test_have_exactly_the_colours_of_the_scene(self) -> None:
        self.assert_shows_box(self.render(self.scene()), FRAMES, within=0)

    def test_have_straight_alpha(self) -> None:
        red = "{id: a, type: overlay, size: [40, 90], content: {type: color, color: '#ff0000'}}"
        raw = self.render(self.scene(red, background="#00ff0040"), "--frames", "0:1")
        self.assertEqual(pixel(raw, 20, 45), (255, 0, 0, 255))
        self.assertEqual(pixel(raw, 100, 45), (0, 255, 0, 0x40))

    def test_of_nothing_over_a_transparent_background_are_transparent(self) -> None:
        raw = self.render(self.scene(text_layer(""), background="transparent"), "--at", "0")
        self.assertEqual(raw, bytes(FRAME_BYTES))

    def test_in_a_file_are_those_of_the_pipe(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.rgba")
        self.assertEqual((self.folder / "x.rgba").read_bytes(), self.render(scene, "-o", "-"))

    def test_go_where_no_name_says_so_with_a_format(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.png", "--format", "rgba")
        self.assertEqual((self.folder / "x.png").read_bytes(), self.render(scene))

    def test_do_not_fill_a_terminal(self) -> None:
        for arguments in ([], ["-o", "-"], ["-o", "-", "--format", "mkv"]):
            with self.subTest(arguments), Terminal() as terminal:
                tool = self.start("render-frames", self.scene(), *arguments, stdout=terminal.line)
                done = self.finished(tool)
                self.assert_refused(done, 2, "render-frames: error: ", "terminal", "-o ")
                self.assertEqual(terminal.read(0), "")


class Y4m(ToolTest):
    def test_says_what_it_is_and_has_every_frame(self) -> None:
        self.render(self.scene(), "-o", "x.y4m")
        header, frames = (self.folder / "x.y4m").read_bytes().split(b"\n", 1)
        self.assertRegex(header.decode(), r"^YUV4MPEG2 W160 H90 F25:1 Ip A1:1 C420mpeg2\b")
        self.assertIn("XCOLORRANGE=LIMITED", header.decode())
        plane_bytes = WIDTH * HEIGHT * 3 // 2
        self.assertEqual(len(frames), FRAMES * (len(b"FRAME\n") + plane_bytes))

    def test_has_the_colours_of_the_scene(self) -> None:
        self.render(self.scene(), "-o", "x.y4m")
        self.assert_shows_box(decoded(self.folder / "x.y4m", matrix="bt709"), FRAMES, within=2)

    def test_carries_a_fractional_rate(self) -> None:
        self.render(self.scene(), "-o", "x.y4m", "--fps", "30000/1001", "--frames", ":3")
        video = streams(self.folder / "x.y4m")["video"]
        self.assertEqual((video["r_frame_rate"], video["nb_read_frames"]), ("30000/1001", "3"))

    def test_takes_sizes_that_are_odd(self) -> None:
        self.render(self.scene(), "-o", "x.y4m", "--size", "161x91", "--frames", ":2")
        video = streams(self.folder / "x.y4m")["video"]
        self.assertEqual((video["width"], video["height"]), (161, 91))

    def test_goes_to_a_pipe_with_a_format(self) -> None:
        scene = self.scene()
        self.render(scene, "-o", "x.y4m")
        on_pipe = self.render(scene, "--format", "y4m")
        self.assertEqual(on_pipe, (self.folder / "x.y4m").read_bytes())


class Nowhere(ToolTest):
    def test_takes_all_frames_and_leaves_none(self) -> None:
        self.assertEqual(self.render(self.scene(), "-o", "null:", "--stats", "s.json"), b"")
        self.assert_files("scene.yaml", "s.json")
        self.assertEqual(json.loads((self.folder / "s.json").read_text())["frames"], FRAMES)


class Choosing(ToolTest):
    def test_frames_takes_the_first_and_leaves_the_last(self) -> None:
        scene = self.scene()
        whole = self.render(scene)
        for given, first, last in (("3:6", 3, 6), ("7:", 7, 10), (":2", 0, 2), (":", 0, 10)):
            with self.subTest(given):
                part = self.render(scene, "--frames", given)
                self.assertEqual(part, whole[first * FRAME_BYTES : last * FRAME_BYTES])

    def test_frames_may_lie_beyond_the_duration(self) -> None:
        self.assertEqual(len(self.render(self.scene(), "--frames", "9:12")), 3 * FRAME_BYTES)

    def test_at_takes_the_one_frame_shown_then(self) -> None:
        scene = self.scene()
        whole = self.render(scene)
        for time, frame in (("0", 0), ("119ms", 2), ("120ms", 3), ("0.2s", 5)):
            with self.subTest(time):
                part = self.render(scene, "--at", time)
                self.assertEqual(part, whole[frame * FRAME_BYTES : (frame + 1) * FRAME_BYTES])

    def test_a_scene_without_duration_needs_to_be_told_when_to_stop(self) -> None:
        scene = self.scene(BOX, head="")
        self.assert_refused(
            self.run_tool("render-frames", scene), 2, "scene.yaml", "duration", "--frames A:B"
        )
        self.assertEqual(len(self.render(scene, "--frames", ":2")), 2 * FRAME_BYTES)

    def test_shards_one_after_another_are_the_whole(self) -> None:
        scene = self.scene()
        whole = self.render(scene)
        for count in (2, 3):
            shards = [self.render(scene, "--shard", f"{i}/{count}") for i in range(1, count + 1)]
            self.assertEqual(b"".join(shards), whole)
            sizes = [len(shard) // FRAME_BYTES for shard in shards]
            self.assertLessEqual(max(sizes) - min(sizes), 1)

    def test_shards_cut_the_frames_that_were_chosen(self) -> None:
        scene = self.scene()
        shards = [
            self.render(scene, "--frames", "2:7", "--shard", shard) for shard in ("1/2", "2/2")
        ]
        self.assertEqual(b"".join(shards), self.render(scene, "--frames", "2:7"))

    def test_size_scales_the_canvas(self) -> None:
        raw = self.render(self.scene(), "--size", "320x180", "--at", "0")
        self.assertEqual(len(raw), 4 * FRAME_BYTES)
        self.assertEqual(pixel(raw, 45, 45, width=320)[:3], (255, 128, 0))
        self.assertEqual(pixel(raw, 110, 99, width=320)[:3], (255, 128, 0))
        self.assertEqual(pixel(raw, 30, 45, width=320)[:3], NAVY)
        self.assertEqual(pixel(raw, 130, 45, width=320)[:3], NAVY)

    def test_fps_shows_the_same_scene_at_other_instants(self) -> None:
        scene = self.scene()
        slow, fast = self.render(scene), self.render(scene, "--fps", "50")
        self.assertEqual(len(fast), 2 * len(slow))
        self.assertEqual(
            fast[6 * FRAME_BYTES : 7 * FRAME_BYTES], slow[3 * FRAME_BYTES : 4 * FRAME_BYTES]
        )

    def test_a_fractional_rate_ends_with_the_duration(self) -> None:
        raw = self.render(self.scene(), "--fps", "30000/1001")
        self.assertEqual(len(raw), 12 * FRAME_BYTES)  # the twelfth begins at 367 ms


# Whose figures are of one width, as a clock's are in every font.
MONOSPACE = "font_family: monospace"


class Frames(ToolTest):
    def test_are_the_same_on_any_number_of_threads(self) -> None:
        scene = self.scene(BOX, text_layer("frame {{frame}}"), background="#20406080")
        one, two, three = (self.render(scene, "--threads", n) for n in ("1", "2", "3"))
        self.assertTrue(one == two == three)

    def test_show_the_clock_they_are_given(self) -> None:
        scene = self.scene(text_layer("{{clock:%H:%M:%S}}", MONOSPACE))
        as_written = self.file("as_written.yaml", scene_text(text_layer("12:34:00", MONOSPACE)))
        at_noon = self.render(scene, "--clock", "12:34", "--at", "0")
        self.assertEqual(at_noon, self.render(as_written, "--at", "0"))
        self.assertNotEqual(at_noon, self.render(scene, "--at", "0"))

    def test_show_midnight_without_a_clock(self) -> None:
        scene = self.scene(text_layer("{{clock:%H:%M:%S}}", MONOSPACE))
        as_written = self.file("as_written.yaml", scene_text(text_layer("00:00:00", MONOSPACE)))
        self.assertEqual(self.render(scene, "--at", "0"), self.render(as_written, "--at", "0"))


class SceneOnStandardInput(ToolTest):
    def test_gives_the_same_frames(self) -> None:
        scene = self.scene()
        self.assertEqual(self.render("-", stdin=scene.read_bytes()), self.render(scene))

    def test_finds_files_from_the_current_folder(self) -> None:
        self.file("red.png", plain_png(160, 90, (255, 0, 0, 255)))
        layer = "{id: a, type: overlay, content: {type: image, source: red.png}}"
        raw = self.render("-", "--at", "0", stdin=scene_text(layer).encode())
        self.assertEqual(pixel(raw, 80, 45), (255, 0, 0, 255))

    def test_is_named_in_its_faults(self) -> None:
        done = self.run_tool(
            "render-frames", "-", stdin=scene_text(BOX).replace("1", "2", 1).encode()
        )
        self.assert_refused(done, 2, "standard input:1:10: version: ")


class Stats(ToolTest):
    def stats(self, *arguments: str) -> dict:
        self.render(self.scene(), "--stats", "stats.json", *arguments)
        return json.loads((self.folder / "stats.json").read_text())

    def test_say_how_many_frames_took_how_long(self) -> None:
        stats = self.stats("-o", "null:")
        self.assertEqual(stats["frames"], FRAMES)
        self.assertGreater(stats["wall_seconds"], 0)
        self.assertGreater(stats["cpu_seconds"], 0)

    def test_have_the_nanoseconds_of_each_stage(self) -> None:
        rendering = {"decode_ns", "evaluate_ns", "rasterise_ns", "plan_ns", "compose_ns"}
        rendering |= {"convert_ns", "hand_over_ns"}
        for output, stages in (("x.rgba", {"write_ns"}), ("x.mkv", {"encode_ns", "write_ns"})):
            with self.subTest(output):
                found = self.stats("-o", output)["stages"]
                self.assertEqual(set(found), rendering | stages)
                self.assertTrue(all(isinstance(n, int) and n >= 0 for n in found.values()), found)

    def test_are_all_told_in_the_manual(self) -> None:
        stats = self.stats("-o", "x.mkv")
        manual = (Path(__file__).parents[2] / "man" / "render-frames.1").read_text()
        for name in [*stats, *stats["stages"]]:
            with self.subTest(name):
                self.assertRegex(manual, rf"(?m)^\.Cm {name}\b")

    def test_do_not_mix_with_frames_on_standard_output(self) -> None:
        raw = self.render(self.scene(), "--stats", "stats.json")
        self.assertEqual(len(raw), FRAMES * FRAME_BYTES)

    def test_that_cannot_be_written_are_told(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "-o", "null:", "--stats", "/dev/full")
        self.assert_refused(done, 1, "/dev/full", "No space left on device")
        self.assertIsNone(re.search(r": *:", done.err))


if __name__ == "__main__":
    unittest.main()
