#!/usr/bin/python3
"""layerctl --scene changes what a command changes in a scene file, and nothing else."""

import fcntl
import json
import os
import struct
import termios
import unittest

from harness import ORANGE, ROOT, Outcome, Terminal, ToolTest, plain_png, tool

SCENE = """\
# An auction.
version: 1
scene: auction          # the key of its state
canvas: {width: 160, height: 90, fps: 25, background: "#204060"}
duration: 2s

layers:
  # The lot itself.
  - id: lot
    type: overlay
    z_index: 10
    opacity: 0.9        # not too bright
    size: [40, 30]
    transform: {position: [20, 20]}   # by hand
    content: {type: color, color: "#ff8000"}

  - id: words
    type: overlay
    z_index: 20
    content:
      type: text
      text: Going once
      style:
        color: white
  # Last of all.
  - {id: back, type: overlay, content: {type: color, color: navy}}
outputs:
  - url: rtmp://127.0.0.1/live/secret
  - {id: copy, url: copy.mkv}
"""


class SceneFileTest(ToolTest):
    """A scene file, and layerctl to change it."""

    def setUp(self) -> None:
        super().setUp()
        self.path = self.file("scene.yaml", SCENE)

    def ctl(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        return self.run_tool("layerctl", "--scene", "scene.yaml", *arguments, stdin=stdin)

    def told(self, *arguments: str) -> str:
        """What a command prints; it succeeds, and says nothing else."""
        done = self.ctl(*arguments)
        self.assertEqual((done.status, done.err), (0, ""), arguments)
        return done.out.decode()

    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def assert_becomes(self, *changes: tuple[str, str]) -> None:
        """The file is as it was but for these replacements."""
        expected = SCENE
        for old, new in changes:
            self.assertIn(old, expected)
            expected = expected.replace(old, new, 1)
        self.assertEqual(self.text(), expected)
        self.assertEqual(self.told("validate", "scene.yaml"), "")
        self.assert_files("scene.yaml")

    def refused(self, status: int, words: tuple[str, ...], *arguments: str) -> None:
        """Refused with one line, and nothing has changed."""
        with self.subTest(arguments):
            before = self.text()
            self.assert_refused(self.ctl(*arguments), status, *words)
            self.assertEqual(self.text(), before)
            self.assert_files("scene.yaml")


class Set(SceneFileTest):
    def test_replaces_a_value_where_it_stands(self) -> None:
        self.told("set", "lot", "opacity=0.5")
        self.assert_becomes(("opacity: 0.9        # not", "opacity: 0.5        # not"))

    def test_writes_what_was_typed(self) -> None:
        self.told("set", "lot", "content.color=tomato", "transform.position=[1, 2.5]")
        self.assert_becomes(
            ('color: "#ff8000"', "color: tomato"), ("position: [20, 20]", "position: [1, 2.5]")
        )

    def test_adds_keys_to_mappings_of_both_styles(self) -> None:
        self.told("set", "lot", "transform.rotation=45", "visible=false")
        self.assert_becomes(
            ("{position: [20, 20]}", "{position: [20, 20], rotation: 45}"),
            ('"#ff8000"}\n', '"#ff8000"}\n    visible: false\n'),
        )

    def test_adds_a_mapping_inside_a_mapping(self) -> None:
        self.told("set", "words", "content.style.stroke={color: black, width: 2}", "clip.radius=4")
        self.assert_becomes(
            (
                "color: white\n",
                "color: white\n        stroke:\n          color: black\n          width: 2\n"
                "    clip:\n      radius: 4\n",
            )
        )

    def test_takes_keys_away_with_null(self) -> None:
        self.told("set", "lot", "opacity=null", "transform=null")
        self.assert_becomes(
            ("    opacity: 0.9        # not too bright\n", ""),
            ("    transform: {position: [20, 20]}   # by hand\n", ""),
        )

    def test_takes_the_last_key_of_a_mapping_away(self) -> None:
        self.file("scene.yaml", SCENE.replace("color: white", "color: red"))
        self.told("set", "words", "content.style.color=null")
        self.assert_becomes(("style:\n        color: white", "style: {}"))

    def test_takes_text_as_it_is_typed(self) -> None:
        for text in (
            "Going: twice # now", "- no list", "yes", "*", "50%", "a 'quoted' \"word\"",
            "{{clock}}", "{{clock}} now", "[LIVE] Auction", '"Yes" she said',
            "{x} left", "'tis' it", "'tis the season", "#fff", "@name",
        ):  # fmt: skip
            self.told("set", "words", f"content.text={text}")
            layer = json.loads(self.told("get", "words", "--json"))
            self.assertEqual(layer["content"]["text"], text)
            self.assertIn("# not too bright", self.text())

    def test_of_what_is_there_changes_not_a_byte(self) -> None:
        before = os.stat(self.path)
        self.told("set", "lot", "opacity=0.9", "visible=true", "content.color=#FF8000")
        self.assert_becomes()
        self.assertEqual(os.stat(self.path).st_ino, before.st_ino)

    def test_that_is_wrong_tells_every_fault(self) -> None:
        done = self.ctl("set", "lot", "opacity=1.4", "z_index=high", "contnt=1")
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertEqual(len(done.lines), 3, done.err)
        for line, words in zip(
            done.lines,
            ("z_index: ", "opacity: 1.4 is above 1, expected", "contnt: unknown key"),
        ):
            self.assertTrue(line.startswith(f"layerctl: error: layers/lot: {words}"), line)
        self.assertEqual(self.text(), SCENE)

    def test_of_what_is_no_assignment_is_refused(self) -> None:
        self.refused(2, ('"opacity"', "KEY=VALUE"), "set", "lot", "opacity")
        self.refused(2, ("transform.position", "YAML"), "set", "lot", "transform.position=[1,2")
        self.refused(2, ("..",), "set", "lot", "transform..x=1")
        self.refused(2, ("layers/lot", "id"), "set", "lot", "id=other")
        self.refused(2, ("KEY=VALUE",), "set", "lot")

    def test_of_no_layer_is_status_3(self) -> None:
        self.refused(3, ('no layer "lott"', 'did you mean "lot"'), "set", "lott", "opacity=1")


class Layers(SceneFileTest):
    def test_are_listed_from_the_nearest(self) -> None:
        lines = self.told("ls").splitlines()
        self.assertEqual(lines[0].split(), "ID TYPE Z VISIBLE OPACITY CONTENT".split())
        self.assertEqual([line.split()[0] for line in lines[1:]], ["words", "lot", "back"])
        self.assertIn("text: Going once", lines[1])
        columns = {line.index("overlay") for line in lines[1:]}
        self.assertEqual(columns, {lines[0].index("TYPE")})
        layers = json.loads(self.told("ls", "--json"))
        self.assertEqual([layer["id"] for layer in layers], ["words", "lot", "back"])

    def test_are_listed_for_programs_with_their_defaults(self) -> None:
        layers = {each["id"]: each for each in json.loads(self.told("ls", "--json"))}
        for layer in layers.values():
            self.assertEqual(layer["visible"], True)
            self.assertEqual(layer["blend_mode"], "normal")
        self.assertEqual(layers["lot"]["opacity"], 0.9)
        self.assertEqual(layers["back"]["opacity"], 1)
        self.assertEqual(layers["back"]["z_index"], 0)
        self.assertEqual(layers["lot"]["transform"]["position"], [20, 20])
        self.assertEqual(layers["lot"]["transform"]["rotation"], 0)
        self.assertEqual(layers["words"]["content"]["style"]["font_size"], 32)
        self.assertEqual(layers["words"]["content"]["style"]["color"], "#ffffff")
        self.assertNotIn("size", layers["words"])

    def test_are_printed_as_a_scene_file_has_them(self) -> None:
        self.assertIn("opacity: 0.9\n", self.told("get", "lot"))
        self.assertEqual(json.loads(self.told("--json", "get", "lot"))["opacity"], 0.9)
        self.refused(3, ('no layer "x"',), "get", "x")

    def test_are_shown_and_hidden_together_or_not_at_all(self) -> None:
        self.refused(3, ("layers/nobody",), "hide", "lot", "nobody", "words")
        self.told("hide", "lot", "back")
        shown = {
            each["id"]: each.get("visible", True) for each in json.loads(self.told("ls", "--json"))
        }
        self.assertEqual(shown, {"lot": False, "words": True, "back": False})
        self.told("show", "lot")
        self.assertNotIn("visible", json.loads(self.told("get", "lot", "--json")))

    def test_are_taken_away_with_nothing_else(self) -> None:
        self.told("rm", "words")
        words = SCENE[SCENE.index("  - id: words") : SCENE.index("  # Last of all")]
        self.assert_becomes((words, ""))

    def test_that_are_all_taken_away_leave_an_empty_list(self) -> None:
        self.told("rm", "lot", "words", "back")
        self.assertEqual(json.loads(self.told("ls", "--json")), [])
        self.assertIn("# An auction.", self.text())
        self.assertEqual(
            self.told("create", "overlay", "content={type: color, color: red}"), "overlay-1\n"
        )
        self.assertIn("# An auction.", self.text())

    def test_are_created_on_top(self) -> None:
        made = self.told("create", "overlay", "content.type=text", "content.text=Hello")
        self.assertEqual(made, "overlay-1\n")
        self.assert_becomes(
            (
                "color: navy}}\n",
                "color: navy}}\n  - id: overlay-1\n    type: overlay\n    z_index: 21\n"
                "    content:\n      type: text\n      text: Hello\n",
            )
        )

    def test_are_created_from_a_file(self) -> None:
        layer = self.file("layer.yaml", "content: {type: color, color: red}\nopacity: 0.5\n")
        self.told("create", "visual_feed", "--id", "feed", "-f", "layer.yaml", "opacity=0.25")
        feed = json.loads(self.told("get", "feed", "--json"))
        self.assertEqual((feed["type"], feed["opacity"]), ("visual_feed", 0.25))
        layer.unlink()
        self.refused(2, ("layer.yaml",), "create", "overlay", "-f", "layer.yaml")
        done = self.ctl(
            "create", "overlay", "-f", "-", stdin=b'{"content": {"type": "color", "color": "blue"}}'
        )
        self.assertEqual((done.status, done.out), (0, b"overlay-1\n"), done.err)

    def test_have_ids_of_their_own(self) -> None:
        content = ("content.type=color", "content.color=red")
        self.refused(1, ("layers/lot", "already"), "create", "overlay", "--id", "lot", *content)
        self.refused(2, ("layers/A b",), "create", "overlay", "--id", "A b", *content)
        self.refused(2, ("type", "gost"), "create", "gost", *content)

    def test_are_raised_and_lowered(self) -> None:
        self.told("raise", "lot")
        self.assert_becomes(("z_index: 10", "z_index: 21"))
        self.told("raise", "lot")
        self.assert_becomes(("z_index: 10", "z_index: 21"))
        self.told("lower", "words")
        self.assert_becomes(("z_index: 10", "z_index: 21"), ("z_index: 20", "z_index: -1"))
        self.refused(3, ("nobody",), "raise", "nobody")

    def test_are_animated(self) -> None:
        self.told("animate", "lot", "slide", "--from", "left", "--to", "[0, 10]",
                  "--duration", "2s", "--delay", "100ms", "--easing", "ease-out",
                  "--iterations", "infinite", "--direction", "alternate",
                  "--fill", "none")  # fmt: skip
        first = {
            "effect": "slide", "from": "left", "to": [0, 10], "duration": "2s", "delay": "100ms",
            "easing": "ease-out", "iterations": "infinite", "direction": "alternate",
            "fill": "none",
        }  # fmt: skip
        layer = json.loads(self.told("get", "lot", "--json"))
        self.assertEqual(layer["animations"], [first])
        self.told("animate", "lot", "keyframes", "--keyframes", "[{at: 0, opacity: 0}, {at: 1}]")
        layer = json.loads(self.told("get", "lot", "--json"))
        self.assertEqual([each["effect"] for each in layer["animations"]], ["slide", "keyframes"])
        self.assertNotIn("start", self.text())
        self.assertIn("# by hand", self.text())
        self.refused(2, ("easing", "bouncy"), "animate", "lot", "fade", "--easing", "bouncy")
        self.refused(2, ("effect", "wobble"), "animate", "lot", "wobble")


class Scene(SceneFileTest):
    def test_has_its_size_and_rate_configured(self) -> None:
        self.assertEqual(self.told("config", "get", "fps"), "25\n")
        self.assertEqual(self.told("config", "get"), "width: 160\nheight: 90\nfps: 25\n")
        self.told("config", "set", "fps=30", "width=320")
        self.assert_becomes(("width: 160, height: 90, fps: 25", "width: 320, height: 90, fps: 30"))
        self.refused(2, ('"colour"', "width"), "config", "get", "colour")
        self.refused(2, ("scene.yaml", "running daemon"), "config", "set", "bitrate=4M")

    def test_has_outputs(self) -> None:
        listed = self.told("outputs", "ls")
        self.assertIn("rtmp://127.0.0.1/live/***", listed)
        self.assertNotIn("secret", listed)
        self.assertNotIn("secret", self.told("outputs", "ls", "--json"))
        added = self.told("outputs", "add", "udp://127.0.0.1:9999", "--bitrate", "4M")
        self.assertEqual(added, "output-3\n")
        self.assert_becomes(
            (
                "copy.mkv}\n",
                'copy.mkv}\n  - id: output-3\n    url: "udp://127.0.0.1:9999"\n    bitrate: 4M\n',
            )
        )
        self.told("outputs", "rm", "output-3")
        self.assert_becomes()
        self.refused(3, ("outputs/output-3",), "outputs", "rm", "output-3")
        self.refused(1, ("outputs/copy", "already"), "outputs", "add", "x.mkv", "--id", "copy")

    def test_keeps_the_names_of_outputs_that_stay(self) -> None:
        self.told("outputs", "add", "b.mkv")
        self.file("scene.yaml", SCENE.replace("{id: copy, url", "{url"))
        self.told("outputs", "rm", "output-1")
        listed = json.loads(self.told("outputs", "ls", "--json"))
        self.assertEqual(listed, [{"id": "output-2", "url": "copy.mkv"}])
        self.assertIn("# Last of all.", self.text())

    def test_is_made_equal_to_another(self) -> None:
        other = SCENE.replace("opacity: 0.9", "opacity: 0.5").replace("Going once", "Gone")
        self.file("other.yaml", other)
        diff = self.ctl("diff", "-f", "other.yaml")
        expected = (
            "layers/lot\n- opacity: 0.9\n+ opacity: 0.5\n"
            'layers/words\n- content.text: "Going once"\n+ content.text: Gone\n'
        )
        self.assertEqual((diff.status, diff.out.decode(), diff.err), (1, expected, ""))
        self.assertEqual(self.told("apply", "-f", "other.yaml", "--dry-run"), expected)
        self.assertEqual(self.text(), SCENE)
        self.assertEqual(self.told("apply", "-f", "other.yaml"), expected)
        self.assertEqual(self.text(), other)
        self.assertEqual(self.told("diff", "-f", "other.yaml"), "")
        self.assertEqual(self.told("apply", "-f", "other.yaml"), "")

    def test_tells_programs_what_differs_as_commands(self) -> None:
        self.file("other.yaml", SCENE.replace("opacity: 0.9", "opacity: 0.5"))
        diff = self.ctl("diff", "-f", "other.yaml", "--json")
        self.assertEqual(diff.status, 1)
        self.assertEqual(
            json.loads(diff.out)["changes"],
            [{"method": "layers.update", "params": {"id": "lot", "patch": {"opacity": 0.5}}}],
        )

    def test_is_not_compared_with_a_faulty_one(self) -> None:
        self.file("other.yaml", SCENE.replace("opacity: 0.9", "opacity: 9"))
        for command in ("apply", "diff"):
            self.assert_refused(
                self.ctl(command, "-f", "other.yaml"), 2, "other.yaml:12:14: layers[0].opacity"
            )
            self.assert_refused(self.ctl(command), 2, "-f SCENE")
        self.assertEqual(self.text(), SCENE)

    def test_is_exported(self) -> None:
        self.told("export", "-o", "copy.yaml")
        self.assertEqual(self.told("diff", "-f", "copy.yaml"), "")
        self.assertEqual(self.told("export"), (self.folder / "copy.yaml").read_text("utf-8"))


class File(SceneFileTest):
    def test_with_faults_is_refused_whole_and_left_alone(self) -> None:
        wrong = SCENE.replace("opacity: 0.9", "opacity: 9").replace("version: 1", "version: 2")
        self.path.write_text(wrong, encoding="utf-8")
        for arguments in (("set", "words", "opacity=1"), ("ls",), ("rm", "lot"), ("export",)):
            done = self.ctl(*arguments)
            self.assertEqual((done.status, done.out), (2, b""))
            places = [line.split(": ")[0] for line in done.lines]
            self.assertEqual(places, ["scene.yaml:2:10", "scene.yaml:12:14"], done.err)
            self.assertEqual(self.text(), wrong)

    def test_that_is_missing_or_a_folder_is_refused(self) -> None:
        for name in ("missing.yaml", "."):
            done = self.run_tool("layerctl", "--scene", name, "ls")
            self.assert_refused(done, 2, f"{name}: cannot read the scene")

    def test_keeps_its_mode_and_its_link(self) -> None:
        os.chmod(self.path, 0o640)
        (self.folder / "link.yaml").symlink_to("scene.yaml")
        done = self.run_tool("layerctl", "--scene", "link.yaml", "set", "lot", "opacity=1")
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertTrue((self.folder / "link.yaml").is_symlink())
        self.assertEqual(os.stat(self.path).st_mode & 0o7777, 0o640)
        self.assertIn("opacity: 1 ", self.text())

    def test_that_cannot_be_written_is_left_alone(self) -> None:
        self.path.chmod(0o644)
        done = self.run_as_nobody("layerctl", "--scene", "scene.yaml", "set", "lot", "opacity=1")
        self.assert_refused(done, 1, "scene.yaml: cannot write")
        self.assertEqual(self.text(), SCENE)
        self.assert_files("scene.yaml")

    def test_on_standard_input_can_be_looked_at(self) -> None:
        done = self.run_tool("layerctl", "--scene", "-", "ls", "--json", stdin=SCENE.encode())
        self.assertEqual(len(json.loads(done.out)), 3)
        done = self.run_tool("layerctl", "--scene", "-", "rm", "lot", stdin=SCENE.encode())
        self.assert_refused(done, 2, "standard input", "cannot be changed")

    def test_in_json_stays_json(self) -> None:
        color = {"type": "color", "color": "red"}
        layers = [{"id": each, "type": "overlay", "content": color} for each in ("a", "b")]
        canvas = {"width": 64, "height": 36}
        scene = {"version": 1, "scene": "json", "canvas": canvas, "layers": layers}
        self.path.write_text(json.dumps(scene, indent=1), encoding="utf-8")
        self.told("set", "a", "opacity=0.5", "content.color=#0000ff")
        self.told("rm", "b")
        self.told("create", "overlay", "content.type=text", "content.text=x, y]")
        self.told("outputs", "add", "udp://127.0.0.1:9")
        after = json.loads(self.text())
        self.assertEqual(
            after["layers"][0],
            layers[0] | {"opacity": 0.5, "content": color | {"color": "#0000ff"}},
        )
        self.assertEqual(after["layers"][1]["content"]["text"], "x, y]")
        self.assertEqual(after["outputs"], [{"id": "output-1", "url": "udp://127.0.0.1:9"}])

    def test_with_anchors_is_changed_beside_them(self) -> None:
        text = SCENE.replace('"#ff8000"', '&warm "#ff8000"').replace("navy", "*warm")
        self.path.write_text(text, encoding="utf-8")
        self.told("set", "words", "opacity=0.5")
        self.assertIn("*warm", self.text())
        self.told("set", "back", "content.color=red")
        self.assertIn("{type: color, color: red}", self.text())
        self.assertIn('&warm "#ff8000"', self.text())
        self.assertIn("# by hand", self.text())

    def test_whose_anchor_is_in_the_way_loses_its_comments_and_nothing_else(self) -> None:
        text = SCENE.replace('"#ff8000"', '&warm "#ff8000"').replace("navy", "*warm")
        self.path.write_text(text, encoding="utf-8")
        done = self.ctl("set", "lot", "content.color=red")
        self.assertEqual((done.status, done.out), (0, b""))
        self.assertIn("scene.yaml: rewritten without its comments", done.err)
        layers = {each["id"]: each for each in json.loads(self.told("ls", "--json"))}
        self.assertEqual(layers["lot"]["content"]["color"], "#ff0000")
        self.assertEqual(layers["back"]["content"]["color"], "#ff8000")
        self.assertEqual(len(layers), 3)

    def test_of_ours_is_changed_in_its_place(self) -> None:
        for name in ("auction.yaml", "showcase.yaml"):
            original = (ROOT / "scenes" / name).read_text(encoding="utf-8")
            self.path.write_text(original, encoding="utf-8")
            for layer in json.loads(self.told("export", "--json"))["layers"][::4]:
                with self.subTest(scene=name, layer=layer["id"]):
                    self.path.write_text(original, encoding="utf-8")
                    self.told("set", layer["id"], "opacity=0.125", "blend_mode=lighten")
                    kept, lines = original.splitlines(), self.text().splitlines()
                    changed = [line for line in kept if line not in lines]
                    self.assertLessEqual(len(changed), 2, changed)
                    after = json.loads(self.told("get", layer["id"], "--json"))
                    expected = layer | {"opacity": 0.125, "blend_mode": "lighten"}
                    self.assertEqual(after, expected)


class CommandLine(SceneFileTest):
    def test_says_which_commands_need_a_daemon(self) -> None:
        for command in (["watch"], ["status"], ["start"], ["stop"], ["pause"], ["activate", "lot"],
                        ["snapshot", "x.png"]):  # fmt: skip
            self.refused(2, (f'"{command[0]}" needs a running daemon',), *command)
        for option in ("--wait", "--at=3s", "--if-revision=3", "--url=http://127.0.0.1:1"):
            self.refused(2, (option.split("=")[0], "not to --scene"), "show", "lot", option)

    def test_that_is_wrong_is_told_what_it_may_have_been(self) -> None:
        for words, arguments in (
            (('unknown command "lss"', 'did you mean "ls"?'), ["lss"]),
            (('unknown command "outputs ad"', 'did you mean "outputs add"?'), ["outputs", "ad"]),
            (('"config" needs one of get, set',), ["config"]),
            (("no command is given", "ls, get, create"), []),
            (
                ("unknown option --jsn", "did you mean --json?", "layerctl ls --help"),
                ["ls", "--jsn"],
            ),
            (
                ("unknown option --form", "layerctl animate --help"),
                ["animate", "lot", "fade", "--form", "1"],
            ),
            (("ID",), ["get"]),
            (("other",), ["get", "lot", "other"]),
            (("--author",), ["say", "lot", "hello"]),
        ):
            self.refused(2, words, *arguments)

    def test_takes_options_before_and_after_the_command(self) -> None:
        before = self.run_tool("layerctl", "--json", "--scene", "scene.yaml", "ls")
        after = self.run_tool("layerctl", "ls", "--json", "--scene=scene.yaml")
        self.assertEqual(before, after)
        self.assertEqual(before.status, 0)

    def test_takes_a_word_that_is_a_command_as_a_word(self) -> None:
        self.told("create", "overlay", "--id", "ls", "content={type: color, color: red}")
        self.told("hide", "ls", "lot")
        self.told("rm", "ls")
        self.refused(3, ('no layer "stop"',), "get", "stop")

    def test_takes_brackets_and_dashes_as_words(self) -> None:
        for text in ("[hello]", "-hello", "--help"):
            self.refused(2, ("layers/lot", "chat"), "say", "lot", "--author", "A", "--", text)

    def test_says_into_a_chat_of_the_file(self) -> None:
        self.told("create", "chat", "--id", "talk", "content={type: chat, max_messages: 2}")
        for text in ("one", "two", "three"):
            self.told("say", "talk", "--author", "Ana", text)
        read = json.loads(self.told("--json", "get", "talk"))
        self.assertEqual([each["text"] for each in read["content"]["messages"]], ["two", "three"])
        # They are there from the start on.
        self.assertNotIn("timestamp", self.text())
        self.assertIn("# An auction.", self.text())
        self.refused(2, ("layers/lot", "is not a chat"), "say", "lot", "--author", "A", "hello")

    def test_is_explained(self) -> None:
        for arguments in (["--help"], ["set", "--help"], ["outputs", "add", "-h"]):
            done = self.run_tool("layerctl", *arguments)
            self.assertEqual((done.status, done.err), (0, ""))
        self.assertIn(b"--bitrate", done.out)
        self.assertNotIn(b"complete", self.run_tool("layerctl", "--help").out)

    def test_tells_faults_as_json(self) -> None:
        done = self.ctl("--log-format", "json", "set", "lot", "opacity=2")
        line = json.loads(done.err)
        self.assertEqual((line["level"], line["tool"]), ("error", "layerctl"))
        self.assertIn("layers/lot: opacity", line["message"])

    def test_uses_colours_on_a_terminal_only(self) -> None:
        for variables, is_coloured in (
            ({}, True),
            ({"NO_COLOR": "1"}, False),
            ({"TERM": "dumb"}, False),
        ):
            with Terminal() as terminal:
                plain = {key: text for key, text in os.environ.items() if key != "NO_COLOR"}
                done = self.start("layerctl", "--scene", "scene.yaml", "ls", stdout=terminal.line,
                                  env=plain | {"TERM": "xterm"} | variables)  # fmt: skip
                self.assertEqual(done.wait(30), 0)
                self.assertEqual("\x1b[" in terminal.read(1), is_coloured, variables)
        self.assertNotIn("\x1b", self.told("ls"))

    def test_ends_quietly_when_nobody_reads(self) -> None:
        read, write = os.pipe()
        os.close(read)
        done = self.start("layerctl", "--scene", "scene.yaml", "ls", stdout=write)
        os.close(write)
        self.assertEqual(self.finished(done)[::2], (0, ""))


class Validate(ToolTest):
    def test_tells_the_faults_of_every_file(self) -> None:
        self.file("good.yaml", SCENE)
        self.file("bad.yaml", SCENE.replace("opacity: 0.9", "opacity: 9"))
        done = self.run_tool("layerctl", "validate", "good.yaml")
        self.assertEqual(done, (0, b"", ""))
        done = self.run_tool("layerctl", "validate", "bad.yaml", "good.yaml", "none.yaml")
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertEqual(len(done.lines), 2)
        self.assertTrue(done.lines[0].startswith("bad.yaml:12:14: layers[0].opacity"), done.err)
        self.assertTrue(done.lines[1].startswith("none.yaml: cannot read"), done.err)

    def test_tells_programs_the_same(self) -> None:
        self.file("bad.yaml", SCENE.replace("opacity: 0.9", "opacity: 9"))
        done = self.run_tool("layerctl", "validate", "bad.yaml", "--json")
        self.assertEqual(done.status, 2)
        [file] = json.loads(done.out)
        self.assertEqual(file["file"], "bad.yaml")
        self.assertEqual(len(file["faults"]), 1)


    def test_tells_where_an_unquoted_hash_stands(self) -> None:
        self.file("bad.yaml", SCENE.replace('color: "#ff8000"}', "color: #ff8000}"))
        done = self.run_tool("layerctl", "validate", "bad.yaml")
        self.assert_refused(done, 2, "bad.yaml:15:35: ", '"#" begins a comment', '"#ff8000"')

    def test_tells_which_files_are_missing_or_cannot_be_opened(self) -> None:
        self.file("good.png", plain_png(2, 2, ORANGE + (255,)))
        self.file("walk-1.png", plain_png(2, 2, ORANGE + (255,)))
        self.file("empty.png", b"")
        names = ("good.png", "none.png", ".", "empty.png")
        contents = [f"{{type: image, source: {name}}}" for name in names]
        contents += [
            f"{{type: frames, source: {name}, frame_delay: 200ms}}"
            for name in ("walk-%d.png", "run-%d.png")
        ]
        layers = [
            f"{{id: a{i}, type: overlay, size: [9, 9], content: {content}}}"
            for i, content in enumerate(contents)
        ]
        layers.append(
            "{id: feed, type: visual_feed, size: [9, 9], content: "
            "{type: video, source: rtmp://127.0.0.1/live/key, fallback: lost.png}}"
        )
        path = self.scene(*layers, head="duration: 1s\nfonts: [none.ttf]")
        done = self.run_tool("layerctl", "validate", path.name)
        self.assertEqual((done.status, done.out), (2, b""), done.err)
        places = [
            ("fonts[0]", '"none.ttf"'), ("layers[1].content.source", '"none.png"'),
            ("layers[2].content.source", '"."'), ("layers[3].content.source", '"empty.png"'),
            ("layers[5].content.source", '"run-%d.png"'), ("layers[6].content.fallback", "lost.png"),
        ]  # fmt: skip
        self.assertEqual(len(done.lines), len(places), done.err)
        for line, (where, name) in zip(done.lines, places):
            self.assertRegex(line, r"^scene\.yaml:\d+:\d+: ")
            self.assertIn(f"{where}: ", line)
            self.assertIn(name, line)
        self.assertEqual(
            self.run_tool("layerctl", "validate", "--no-files", path.name), (0, b"", "")
        )
        [file] = json.loads(self.run_tool("layerctl", "validate", path.name, "--json").out)
        self.assertEqual(len(file["faults"]), len(places))

    def test_of_standard_input_checks_files_only_on_request(self) -> None:
        text = SCENE.replace("{type: color, color: navy}", "{type: image, source: none.png}")
        done = self.run_tool("layerctl", "validate", "-", stdin=text.encode())
        self.assertEqual(done, (0, b"", ""))
        done = self.run_tool("layerctl", "validate", "-", "--files", stdin=text.encode())
        self.assert_refused(done, 2, "standard input:", "none.png", "No such file")

    def test_warns_of_a_text_that_a_comment_cuts(self) -> None:
        self.file("cut.yaml", SCENE.replace("text: Going once", "text: Lot #12"))
        done = self.run_tool("layerctl", "validate", "cut.yaml")
        self.assertEqual(done.status, 0)
        self.assertIn("layerctl: warning: cut.yaml:22:17: ", done.err)
        [file] = json.loads(self.run_tool("layerctl", "validate", "cut.yaml", "--json").out)
        self.assertEqual((len(file["faults"]), len(file["warnings"])), (0, 1))


class Help(ToolTest):
    def test_is_a_command_too(self) -> None:
        for words in (["set"], ["outputs", "add"], ["outputs"], []):
            asked = self.run_tool("layerctl", "help", *words)
            self.assertEqual(asked, self.run_tool("layerctl", *words, "--help"))
            self.assertEqual((asked.status, asked.err), (0, ""))
        self.assertIn(b"KEY=VALUE", self.run_tool("layerctl", "help", "set").out)
        done = self.run_tool("layerctl", "help", "st")
        self.assert_refused(done, 2, 'unknown command "st"', "did you mean")

    def test_hints_at_the_words_of_other_tools(self) -> None:
        for words, right in (
            (["list"], "ls"), (["delete", "lot"], "rm"), (["remove", "lot"], "rm"),
            (["outputs", "list"], "outputs ls"), (["outputs", "delete"], "outputs rm"),
            (["audio", "create"], "audio add"), (["add", "overlay"], "create"),
            (["update", "lot"], "set"), (["config", "show"], "config get"), (["hid"], "hide"),
        ):  # fmt: skip
            done = self.run_tool("layerctl", *words)
            self.assert_refused(done, 2, f'did you mean "{right}"?')

    def test_is_wrapped_at_a_hundred_columns(self) -> None:
        for name, words in (
            ("layerctl", []), ("layerctl", ["animate"]), ("render-frames", []), ("encode", []),
            ("streamd", []),
        ):  # fmt: skip
            lines = self.run_tool(name, *words, "--help").out.decode().splitlines()
            self.assertLessEqual(max(map(len, lines)), 100)
            self.assertGreater(max(map(len, lines)), 80)

    def test_is_wrapped_at_the_width_of_the_terminal(self) -> None:
        for columns in (60, 140):
            with Terminal() as terminal:
                fcntl.ioctl(terminal.line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
                done = self.start("layerctl", "help", "create", stdout=terminal.line)
                self.assertEqual(done.wait(30), 0)
                lines = terminal.read(1).splitlines()
            self.assertLessEqual(max(map(len, lines)), columns)
            words = " ".join(" ".join(lines).split())
            self.assertIn("File with the layer as YAML or JSON, which the assignments", words)
            # The further lines of a description begin where its first one does.
            option = next(i for i, line in enumerate(lines) if "-f,--file" in line)
            self.assertEqual(lines[option].index("File with"), 34)
            if columns < 100:
                self.assertRegex(lines[option + 1], r"^ {34}\S")


class Words(SceneFileTest):
    """What the completions ask."""

    def test_are_ids_and_keys(self) -> None:
        self.assertEqual(self.told("complete", "ids").split(), ["lot", "words", "back"])
        self.assertEqual(self.told("complete", "outputs").split(), ["output-1", "copy"])
        lot = self.told("complete", "paths", "lot").split()
        words = self.told("complete", "paths", "words").split()
        for each in ("opacity=", "transform.position=", "clip.radius=", "content.color="):
            self.assertIn(each, lot)
        self.assertIn("content.style.font_size=", words)
        self.assertNotIn("content.style.font_size=", lot)
        self.assertNotIn("id=", lot)
        for path in lot:
            self.assertRegex(path, r"^[a-z_.]+=$")

    def test_are_none_where_there_is_nothing_to_ask(self) -> None:
        for arguments in (
            ["complete", "ids", "--scene", "none.yaml"],
            ["complete", "outputs", "--url", "http://127.0.0.1:9"],
            ["complete", "ids", "--url", "nonsense://"],
            ["complete", "cats"],
        ):
            done = self.run_tool("layerctl", *arguments)
            self.assertEqual(done, (0, b"", ""))


if __name__ == "__main__":
    unittest.main()
