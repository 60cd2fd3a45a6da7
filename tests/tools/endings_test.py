#!/usr/bin/python3
"""However a run ends, by a closed pipe, a full disk or Ctrl-C, it ends as documented, leaving no debris."""

import fcntl
import os
import signal
import struct
import subprocess
import termios
import threading
import unittest
from pathlib import Path

from harness import (
    FPS, FRAME_BYTES, FRAMES, HEIGHT, WIDTH, ToolTest, decoded, noise_frames, small_disk, streams,
    wait_until,
)  # fmt: skip

GEOMETRY = ("--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS))
ENDLESS = ("--frames", "0:1000000")


class ReaderThatCloses(ToolTest):
    def check_ends_quietly(self, process: subprocess.Popen[bytes]) -> None:
        self.assertEqual(len(process.stdout.read(1000)), 1000)
        process.stdout.close()
        self.assertEqual(self.finished(process), (0, b"", ""))

    def test_ends_render_frames_quietly(self) -> None:
        scene = self.scene()
        for settings in ([], ["--format", "y4m"], ["--format", "mkv", "--preset", "ultrafast"]):
            with self.subTest(settings):
                rendering = (scene, *ENDLESS, "-o", "-", *settings)
                self.check_ends_quietly(
                    self.start("render-frames", *rendering, stdout=subprocess.PIPE)
                )
        self.assert_files("scene.yaml")

    def test_ends_encode_quietly(self) -> None:
        with open("/dev/zero", "rb") as zeros:
            out = ("-o", "-", "--format", "mkv", "--preset", "ultrafast")
            pipes = {"stdin": zeros, "stdout": subprocess.PIPE}
            self.check_ends_quietly(self.start("encode", *GEOMETRY, *out, **pipes))

    def test_that_is_gone_at_once_is_no_error_either(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        process = self.start("render-frames", self.scene(), stdout=writing)
        os.close(writing)
        self.assertEqual(self.finished(process), (0, b"", ""))

    def test_ends_a_whole_pipeline(self) -> None:
        rendering = self.start("render-frames", self.scene(), *ENDLESS, stdout=subprocess.PIPE)
        out = ("-o", "-", "--format", "mkv", "--preset", "ultrafast")
        pipes = {"stdin": rendering.stdout, "stdout": subprocess.PIPE}
        encoding = self.start("encode", *GEOMETRY, *out, **pipes)
        rendering.stdout.close()
        self.check_ends_quietly(encoding)
        self.assertEqual(self.finished(rendering), (0, b"", ""))


class NamedPipe(ToolTest):
    def test_is_written_through_and_stays(self) -> None:
        scene = self.scene()
        for name, settings in (
            ("x.rgba", []), ("x.y4m", []), ("x.mkv", []), ("x.mp4", []), ("x.png", ["--at", "0"]),
        ):  # fmt: skip
            with self.subTest(name):
                fifo = self.folder / name
                os.mkfifo(fifo)
                process = self.start("render-frames", scene, "-o", name, *settings)
                content = fifo.read_bytes()
                self.assertEqual(self.finished(process), (0, b"", ""))
                self.assertTrue(fifo.is_fifo())
                self.check_content(self.file("copy" + fifo.suffix, content))
                fifo.unlink()
                (self.folder / f"copy{fifo.suffix}").unlink()
        self.assert_files("scene.yaml")

    def check_content(self, file: Path) -> None:
        frames = 1 if file.suffix == ".png" else FRAMES
        if file.suffix == ".rgba":
            self.assertEqual(len(file.read_bytes()), frames * FRAME_BYTES)
        else:
            self.assertEqual(streams(file)["video"]["nb_read_frames"], str(frames))

    def test_feeds_encode(self) -> None:
        raw = self.render(self.scene())
        fifo = self.folder / "frames.rgba"
        os.mkfifo(fifo)
        feeding = threading.Thread(target=fifo.write_bytes, args=(raw,))
        feeding.start()
        self.encode("-i", fifo, *GEOMETRY, "-o", "x.mkv")
        feeding.join()
        self.assert_shows_box(decoded(self.folder / "x.mkv"), FRAMES, within=5)


class FullDisk(ToolTest):
    FULL = "No space left on device"

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "disk"
        self.noise = noise_frames(8)

    def refused(self, tool: str, output: str, *settings: str, stdin: bytes = b"") -> None:
        """Ends with one line that names the output, and leaves nothing on the disk."""
        with self.subTest(tool, output=output):
            done = self.run_tool(tool, *settings, "-o", f"disk/{output}", stdin=stdin)
            self.assert_refused(done, 1, f"{tool}: error: disk/", self.FULL)
            self.assert_files(folder=self.disk)

    def test_leaves_nothing_of_what_render_frames_wrote(self) -> None:
        scene = str(self.scene())
        with small_disk(self.disk, "size=64k"):
            for output in ("x.rgba", "x.y4m"):
                self.refused("render-frames", output, scene)

    def test_leaves_nothing_of_what_encode_wrote(self) -> None:
        with small_disk(self.disk, "size=64k"):
            for output in ("x.mp4", "x.mkv", "x.webm", "x.flv", "x.ts", "x.m3u8"):
                lossless = ("--crf", "0") if output != "x.webm" else ("--bitrate", "20M")
                self.refused("encode", output, *GEOMETRY, *lossless, stdin=self.noise)

    def test_keeps_the_stills_that_fitted(self) -> None:
        scene = self.scene()
        with small_disk(self.disk, "size=12k"):
            done = self.run_tool("render-frames", scene, "-o", "disk/%d.png")
            self.assert_refused(done, 1, "render-frames: error: disk/", ".png: ", self.FULL)
            names = sorted(os.listdir(self.disk))
            self.assertEqual(names, [f"{i}.png" for i in range(len(names))])
            self.assertLess(len(names), FRAMES)
            for name in names:
                self.assertEqual(len(decoded(self.disk / name)), FRAME_BYTES)

    def test_of_any_size_holds_the_whole_video_or_nothing(self) -> None:
        noise, outcomes = self.noise[: 2 * FRAME_BYTES], set()
        for pages in range(4, 20, 3):
            with small_disk(self.disk, f"size={4 * pages}k"):
                done = self.run_tool("encode", *GEOMETRY, "-o", "disk/x.mp4", stdin=noise)
                outcomes.add(done.status)
                if done.status == 0:
                    self.assert_files("x.mp4", folder=self.disk)
                    self.assertEqual(streams(self.disk / "x.mp4")["video"]["nb_frames"], "2")
                else:
                    self.assert_refused(done, 1, "disk/x.mp4", self.FULL)
                    self.assert_files(folder=self.disk)
        self.assertEqual(outcomes, {0, 1}, "some disks were large enough and some were not")

    def test_keeps_what_stood_there_before(self) -> None:
        with small_disk(self.disk, "size=64k"):
            (self.disk / "x.mp4").write_text("old")
            done = self.run_tool(
                "encode", *GEOMETRY, "--crf", "0", "-o", "disk/x.mp4", stdin=self.noise
            )
            self.assert_refused(done, 1, "disk/x.mp4", self.FULL)
            self.assert_files("x.mp4", folder=self.disk)
            self.assertEqual((self.disk / "x.mp4").read_text(), "old")

    def test_that_is_a_device_is_told(self) -> None:
        scene = self.scene()
        for settings in (["--format", "rgba"], ["--format", "mkv"], ["--format=png", "--at=0"]):
            done = self.run_tool("render-frames", scene, "-o", "/dev/full", *settings)
            self.assert_refused(done, 1, "/dev/full", self.FULL)

    def test_behind_standard_output_is_told(self) -> None:
        for settings in ([], ["--format", "mkv"], ["--format", "png", "--at", "0"]):
            with open("/dev/full", "wb") as full:
                process = self.start("render-frames", self.scene(), *settings, stdout=full)
                done = self.finished(process)
                self.assert_refused(done, 1, "render-frames: error: ", f": {self.FULL}\n")


class Interrupt(ToolTest):
    def interrupt(self, process: subprocess.Popen[bytes]) -> str:
        """Sends SIGINT; what the tool then says on one line."""
        process.send_signal(signal.SIGINT)
        held, process.stdin = process.stdin, None  # its input goes on
        try:
            done = self.finished(process)
        finally:
            if held:
                held.close()
        self.assert_refused(done, 130, "interrupted")
        return done.err

    def partial_files(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.name.startswith(".")]

    def test_leaves_nothing_that_render_frames_began(self) -> None:
        scene = self.scene()
        for output in ("x.mp4", "x.rgba", "x.m3u8"):
            with self.subTest(output):
                process = self.start("render-frames", scene, *ENDLESS, "-o", output)
                wait_until(lambda: bool(self.partial_files()))
                self.interrupt(process)
                self.assert_files("scene.yaml")

    def test_keeps_what_stood_there_before(self) -> None:
        old = self.file("x.mp4", "old")
        process = self.start("render-frames", self.scene(), *ENDLESS, "-o", "x.mp4")
        wait_until(lambda: bool(self.partial_files()))
        self.assertEqual(old.read_text(), "old")
        self.interrupt(process)
        self.assertEqual(old.read_text(), "old")
        self.assert_files("scene.yaml", "x.mp4")

    def test_keeps_the_stills_that_were_complete(self) -> None:
        process = self.start("render-frames", self.scene(), *ENDLESS, "-o", "%d.png")
        wait_until(lambda: (self.folder / "2.png").exists())
        self.interrupt(process)
        self.assertEqual(self.partial_files(), [])
        for still in self.folder.glob("*.png"):
            self.assertEqual(len(decoded(still)), FRAME_BYTES)

    def test_ends_a_run_that_waits_for_its_reader(self) -> None:
        reading, writing = os.pipe()
        process = self.start("render-frames", self.scene(), *ENDLESS, stdout=writing)
        os.close(writing)
        wait_until(lambda: self.waiting_bytes(reading) >= 65536)
        self.interrupt(process)
        os.close(reading)

    def test_ends_a_run_that_waits_for_somebody_to_open_its_pipe(self) -> None:
        os.mkfifo(self.folder / "x.rgba")
        process = self.start("render-frames", self.scene(), "-o", "x.rgba")
        wait_until(lambda: "wait_for_partner" in self.kernel_function(process.pid))
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finished(process).status, 130)

    def kernel_function(self, pid: int) -> str:
        """Where in the kernel a process waits."""
        try:
            where = Path(f"/proc/{pid}/wchan").read_text()
        except OSError as error:
            self.skipTest(f"the system does not tell where processes wait: {error}")
        if where == "0" and self.is_asleep(pid):
            self.skipTest("the system does not tell where processes wait")
        return where

    def is_asleep(self, pid: int) -> bool:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "S"

    def waiting_bytes(self, pipe: int) -> int:
        """How much was written to a pipe and not read yet."""
        return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0"))[0]

    def encoding(self, frames: int, *settings: str) -> subprocess.Popen[bytes]:
        """An encode that has taken so many frames and waits for more."""
        raw = self.render(self.scene(), "--frames", f":{frames}")
        process = self.start("encode", *GEOMETRY, *settings, stdin=subprocess.PIPE)
        process.stdin.write(raw)
        process.stdin.flush()
        wait_until(lambda: self.waiting_bytes(process.stdin.fileno()) == 0)
        return process

    def test_keeps_what_encode_has_taken(self) -> None:
        for output in ("x.mp4", "x.webm"):
            with self.subTest(output):
                process = self.encoding(6, "-o", output)
                self.assertIn("kept the 6 frames before it", self.interrupt(process))
                self.assert_shows_box(decoded(self.folder / output), 6, within=5)
                self.assert_files("scene.yaml", output)
                (self.folder / output).unlink()

    def test_leaves_no_file_where_encode_has_taken_nothing(self) -> None:
        process = self.start("encode", *GEOMETRY, "-o", "x.mp4", stdin=subprocess.PIPE)
        wait_until(lambda: bool(self.partial_files()))
        self.interrupt(process)
        self.assert_files()

    def test_of_a_pipeline_keeps_a_video_that_plays(self) -> None:
        rendering = self.start("render-frames", self.scene(), *ENDLESS, stdout=subprocess.PIPE)
        wait_until(lambda: self.waiting_bytes(rendering.stdout.fileno()) > 0)
        encoding = self.start("encode", *GEOMETRY, "-o", "x.mp4", stdin=rendering.stdout)
        rendering.stdout.close()
        wait_until(lambda: bool(self.partial_files()))
        for process in (rendering, encoding):
            process.send_signal(signal.SIGINT)
        statuses = [self.finished(process).status for process in (rendering, encoding)]
        self.assertEqual(statuses[0], 130)
        # Where the first one ended first, the second one saw its input end.
        self.assertIn(statuses[1], (0, 1, 130))
        if (self.folder / "x.mp4").exists():
            self.assertGreater(int(streams(self.folder / "x.mp4")["video"]["nb_frames"]), 0)
        self.assertEqual(self.partial_files(), [])


class Place(ToolTest):
    def test_that_is_missing_is_told(self) -> None:
        scene = self.scene()
        for output in ("missing/x.mp4", "missing/x.rgba", "missing/x.m3u8", "missing/%d.png"):
            done = self.run_tool("render-frames", scene, "-o", output)
            self.assert_refused(done, 1, "missing/", "No such file or directory")
        self.assert_files("scene.yaml")

    def test_that_is_a_file_instead_of_a_folder_is_told(self) -> None:
        done = self.run_tool("render-frames", self.scene(), "-o", "scene.yaml/x.mp4")
        self.assert_refused(done, 1, "scene.yaml/x.mp4", "Not a directory")

    def test_that_is_a_folder_instead_of_a_file_is_told(self) -> None:
        (self.folder / "x.mp4").mkdir()
        done = self.run_tool("render-frames", self.scene(), "-o", "x.mp4")
        self.assert_refused(done, 2, "x.mp4", "folder")

    def test_where_one_may_not_write_is_told(self) -> None:
        raw = self.file("frames.rgba", self.render(self.scene()))
        raw.chmod(0o644)
        locked = self.folder / "locked"
        locked.mkdir()
        locked.chmod(0o555)
        for output in ("x.mp4", "x.rgba", "%d.png"):
            done = self.run_as_nobody("render-frames", "scene.yaml", "-o", f"locked/{output}")
            self.assert_refused(done, 1, "locked/", "Permission denied")
        done = self.run_as_nobody("encode", "-i", raw, *GEOMETRY, "-o", "locked/x.mkv")
        self.assert_refused(done, 1, "locked/x.mkv", "Permission denied")
        self.assert_files(folder=locked)

    def test_that_is_read_only_is_told(self) -> None:
        with small_disk(self.folder / "disk", "ro"):
            done = self.run_tool("render-frames", self.scene(), "-o", "disk/x.mp4")
            self.assert_refused(done, 1, "disk/x.mp4", "Read-only file system")

    def test_is_taken_by_the_new_file_when_it_is_complete(self) -> None:
        scene = self.scene()
        for output in ("x.mp4", "x.rgba"):
            old = self.file(output, "old")
            with open(old, "rb") as still_open:
                self.render(scene, "-o", output)
                self.assertEqual(still_open.read(), b"old", "the old file was left as it was")
            self.assertGreater(old.stat().st_size, 1000)
        self.assert_files("scene.yaml", "x.mp4", "x.rgba")

    def test_that_a_link_points_to_gets_the_new_file(self) -> None:
        (self.folder / "videos").mkdir()
        old = self.file("videos/x.mp4", "old")
        (self.folder / "latest.mp4").symlink_to("videos/x.mp4")
        self.render(self.scene(), "-o", "latest.mp4")
        self.assertTrue((self.folder / "latest.mp4").is_symlink())
        self.assertEqual(streams(old)["video"]["nb_frames"], str(FRAMES))
        self.assert_files("x.mp4", folder=self.folder / "videos")

    def test_may_have_any_name(self) -> None:
        scene = self.scene()
        for name in ("a b.mp4", "pipe:1.mkv", "ünï.mp4", "-x.mkv", "%d.mp4", "a" * 240 + ".mp4"):
            with self.subTest(name):
                self.render(scene, f"--output={name}", "--frames", "0:2")
                self.assertEqual(len(decoded(Path(self.folder, name))), 2 * FRAME_BYTES)

    def test_gets_a_file_with_the_user_s_own_rights(self) -> None:
        scene = self.scene()
        mask = os.umask(0o027)
        self.addCleanup(os.umask, mask)
        for output in ("x.mp4", "x.rgba", "x.png"):
            at = ["--at", "0"] if output == "x.png" else []
            self.render(scene, "-o", output, *at)
            self.assertEqual((self.folder / output).stat().st_mode & 0o777, 0o640, output)


class FailedContent(ToolTest):
    def test_keeps_what_stood_there_before(self) -> None:
        self.file("x.mp4", "old")
        self.scene("{id: a, type: overlay, content: {type: image, source: missing.png}}")
        done = self.run_tool("render-frames", "scene.yaml", "-o", "x.mp4")
        self.assertEqual(done.status, 1)
        self.assertEqual((self.folder / "x.mp4").read_text(), "old")
        self.assert_files("scene.yaml", "x.mp4")


if __name__ == "__main__":
    unittest.main()
