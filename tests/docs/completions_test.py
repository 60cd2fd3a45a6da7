#!/usr/bin/python3
"""The completions do their work in the real shells."""

import os
import pty
import re
import select
import tempfile
import time
import unittest
from pathlib import Path

from documented_tools import ROOT, TOOLS, commands_of_page, options_of_page, page_of, run, tool

COMPLETIONS = ROOT / "completions"
BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")

# What stands in the folder that files are completed in.
FILES = ["show.yaml", "shot.yml", "notes.txt", "talk.mp4", "song.flac", "with space.yaml"]
FOLDER = "scenes"

# A scene that layerctl completes ids and keys of.
SCENE = """\
version: 1
scene: shells
canvas: {width: 64, height: 36}
layers:
  - {id: lot, type: overlay, content: {type: color, color: red}}
  - {id: logo, type: overlay, content: {type: text, text: Hi}}
outputs:
  - {id: main, url: "rtmp://127.0.0.1/live/key"}
"""

# Those that are told a format, and take media files.
FORMATS = {
    "render-frames": {"rgba", "y4m", "png", "jpg", "webp", "gif", "avif", "mp4", "mkv", "webm", "null"},
    "encode": {"mp4", "mkv", "webm", "flv", "ts", "mov", "m3u8"},
}


class Shell(unittest.TestCase):
    """A folder to complete in, and what each shell is asked; `offers` is the shell's own."""

    folder: Path

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        for name in FILES:
            (self.folder / name).touch()
        (self.folder / FOLDER).mkdir()
        (self.folder / FOLDER / "deep.yaml").touch()

    def env(self) -> dict[str, str]:
        """The environment of a shell that finds the tools, and no daemon."""
        folder = str(Path(tool("layerctl")).parent)
        return os.environ | {
            "PATH": folder + os.pathsep + os.environ["PATH"],
            "LAYERCAST_URL": "http://127.0.0.1:9",
        }


# ---- What all of them do ------------------------------------------------------------------------


class Common:
    """Kept apart from unittest's classes, so that it is no test by itself."""

    def offers(self, line: str) -> set[str]:
        """What is offered at the end of `line`: whole words; a folder without its slash."""
        raise NotImplementedError

    def words(self, line: str) -> set[str]:
        """What is offered but for options, which zsh offers where nothing else fits."""
        return {word for word in self.offers(line) if not word.startswith("-")}

    def test_a_part_of_an_option_becomes_the_option(self) -> None:
        for tool in FORMATS:
            with self.subTest(tool):
                self.assertEqual(self.offers(f"{tool} --fo"), {"--format"})
                self.assertEqual(self.offers(f"{tool} --no-"), {"--no-audio"})
        for tool in TOOLS:
            with self.subTest(tool):
                self.assertEqual(self.offers(f"{tool} --log-"), {"--log-level", "--log-format"})

    def test_every_option_is_offered_and_no_other(self) -> None:
        for tool in TOOLS:
            with self.subTest(tool):
                known = {name for name in options_of_page(page_of(tool)) if name[1] == "-"}
                offered = self.offers(f"{tool} --")
                self.assertEqual(offered, known)

    def test_values_that_are_known_are_offered(self) -> None:
        for tool in FORMATS:
            with self.subTest(tool):
                self.assertEqual(self.offers(f"{tool} --format "), FORMATS[tool])
                self.assertEqual(
                    self.offers(f"{tool} --format m"),
                    {"mp4", "mkv"} | ({"mov", "m3u8"} if tool == "encode" else set()),
                )
        for tool in TOOLS:
            with self.subTest(tool):
                self.assertEqual(
                    self.offers(f"{tool} --log-level "), {"debug", "info", "warning", "error"}
                )

    def test_values_after_an_equals_sign_are_offered(self) -> None:
        for tool in TOOLS:
            with self.subTest(tool):
                self.assertEqual(self.offers(f"{tool} --log-format="), {"text", "json"})
                self.assertEqual(self.offers(f"{tool} --log-format=j"), {"json"})

    def test_nothing_is_offered_for_what_only_the_user_knows(self) -> None:
        self.assertEqual(self.offers("render-frames --frames "), set())
        self.assertEqual(self.offers("render-frames --at "), set())
        self.assertEqual(self.offers("encode --size "), set())

    def test_a_scene_is_a_yaml_file(self) -> None:
        scenes = {"show.yaml", "shot.yml", "with space.yaml", FOLDER}
        self.assertEqual(self.offers("render-frames "), scenes)
        self.assertEqual(self.offers("render-frames sho"), {"show.yaml", "shot.yml"})
        self.assertEqual(self.offers("encode --scene "), scenes)
        self.assertEqual(self.offers("encode --scene=sho"), {"show.yaml", "shot.yml"})
        self.assertEqual(self.offers("render-frames -o x.png sho"), {"show.yaml", "shot.yml"})
        self.assertEqual(self.offers("streamd --fresh sho"), {"show.yaml", "shot.yml"})

    def test_an_output_is_a_media_file(self) -> None:
        for option in ("-o ", "--output ", "--output="):
            for tool in [*FORMATS, "streamd"]:
                with self.subTest(option=option, tool=tool):
                    offered = self.offers(f"{tool} {option}")
                    self.assertEqual(offered, {"talk.mp4", "song.flac", FOLDER})
        self.assertEqual(self.offers("encode -o talk.mp4 -o so"), {"song.flac"})

    def test_other_files_are_any_file(self) -> None:
        everything = set(FILES) | {FOLDER}
        self.assertEqual(self.offers("encode -i "), everything)
        self.assertEqual(self.offers("render-frames --stats "), everything)

    def test_after_a_flag_comes_what_comes_anyway(self) -> None:
        self.assertEqual(self.offers("render-frames --keep-going sho"), {"show.yaml", "shot.yml"})

    def test_a_command_comes_first(self) -> None:
        commands = commands_of_page(page_of("layerctl"))
        first = {name.split()[0] for name in commands}
        self.assertEqual(self.offers("layerctl "), first)
        self.assertEqual(self.offers("layerctl --json sn"), {"snapshot"})
        self.assertEqual(self.offers("layerctl --at 3s --wait sn"), {"snapshot"})
        self.assertEqual(self.offers("layerctl outputs "), {"ls", "add", "rm"})
        self.assertEqual(self.offers("layerctl config s"), {"set"})

    def test_a_command_has_its_options_and_those_of_the_tool(self) -> None:
        page = page_of("layerctl")
        common = {name for name in options_of_page(page) if name[1] == "-"}
        for command, options in commands_of_page(page).items():
            with self.subTest(command):
                own = {name for name in options if name[1] == "-"}
                self.assertEqual(self.offers(f"layerctl {command} --"), common | own)

    def test_a_layer_is_one_of_the_scene(self) -> None:
        (self.folder / "show.yaml").write_text(SCENE, encoding="utf-8")
        for line in ("--scene show.yaml get ", "--scene=show.yaml hide ", "--scene show.yaml set "):
            self.assertEqual(self.offers(f"layerctl {line}"), {"lot", "logo"})
        self.assertEqual(self.offers("layerctl --scene show.yaml hide lot lo"), {"lot", "logo"})
        self.assertEqual(self.offers("layerctl rm --scene show.yaml log"), {"logo"})
        self.assertEqual(self.offers("layerctl --scene show.yaml outputs rm "), {"main"})
        self.assertEqual(self.words("layerctl --scene show.yaml get lot "), set())
        self.assertEqual(self.words("layerctl get "), set())

    def test_a_key_is_one_of_the_layer(self) -> None:
        (self.folder / "show.yaml").write_text(SCENE, encoding="utf-8")
        offered = self.offers("layerctl --scene show.yaml set logo content.style.font_s")
        self.assertEqual({word.rstrip("=") for word in offered},
                         {"content.style.font_size", "content.style.font_style"})  # fmt: skip
        offered = self.offers("layerctl --scene show.yaml set lot opacity=1 transf")
        self.assertEqual(
            {word.rstrip("=") for word in offered},
            {"transform." + key for key in ("position", "anchor", "scale", "rotation")},
        )
        offered = self.offers("layerctl config set bit")
        self.assertEqual({word.rstrip("=") for word in offered}, {"bitrate"})

    def test_other_words_of_commands_are_offered(self) -> None:
        self.assertEqual(self.offers("layerctl create vis"), {"visual_feed"})
        self.assertEqual(self.offers("layerctl animate lot s"), {"slide", "scale", "scroll"})
        self.assertEqual(self.offers("layerctl animate lot fade --fill b"), {"backwards", "both"})
        self.assertEqual(self.offers("layerctl config get key"), {"keyframe_interval"})
        self.assertEqual(self.offers("layerctl apply -f sho"), {"show.yaml", "shot.yml"})
        self.assertEqual(self.offers("layerctl validate show.yaml sho"), {"show.yaml", "shot.yml"})
        self.assertEqual(self.words("layerctl ls "), set())


# ---- bash ---------------------------------------------------------------------------------------

# Calls the function that completes $TOOL as bash does at a Tab, and prints its answers.
ASK_BASH = r"""
if [[ $BASH_COMPLETION ]]; then source "$BASH_COMPLETION"; fi
source "$COMPLETIONS/bash/$TOOL"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9 COMP_KEY=9
registered=$(complete -p "$TOOL")
function=${registered#*-F } function=${function%% *}
"$function" "$TOOL" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def words_of_bash(line: str) -> list[str]:
    """The words as bash gives them to a completion: = is one of its own."""
    words = [part for part in re.split(r"\s+|(=)", line) if part]
    return words if line.endswith("=") or not line[-1].isspace() else [*words, ""]


class Bash(Common, Shell):
    """With the bash-completion package."""

    library = str(BASH_COMPLETION)

    def offers(self, line: str) -> set[str]:
        env = self.env() | {
            "BASH_COMPLETION": self.library,
            "COMPLETIONS": str(COMPLETIONS),
            "TOOL": line.split()[0],
            "LINE": line,
        }
        words = words_of_bash(line)
        asked = run("bash", "--norc", "-c", ASK_BASH, "bash", *words, cwd=self.folder, env=env)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""), line)
        # An option that takes a value may come without the space after it; that is no part of it.
        return {word.rstrip("/ ") for word in asked.stdout.splitlines() if word}

    def test_every_option_is_offered_and_no_other(self) -> None:
        super().test_every_option_is_offered_and_no_other()
        for tool in TOOLS:
            self.assertEqual(self.offers(f"{tool} -"), options_of_page(page_of(tool)))


class BashAlone(Bash):
    """Without it."""

    library = ""


# ---- zsh ----------------------------------------------------------------------------------------

# An interactive zsh that completes $LINE as soon as it can be typed at, writes what it would show
# to $OFFERED as `word<tab>description`, and ends. compadd is where every match comes by.
ASK_ZSH = r"""
PROMPT=
fpath=($COMPLETIONS/zsh $fpath)
autoload -Uz compinit
compinit -u -d $ZDOTDIR/functions
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  typeset -a __words __told
  integer __at=${@[(I)-d]}
  if (( __at )); then __told=("${(@P)@[__at+1]}"); fi
  builtin compadd -A __words -D __told "$@"
  integer __i
  for (( __i = 1; __i <= $#__words; ++__i )); do
    print -r -- "${(Q)__words[__i]}"$'\t'"$__told[__i]" >> $OFFERED
  done
  builtin compadd "$@"
}
zle-line-init() {
  BUFFER=$LINE
  CURSOR=$#BUFFER
  zle complete-word
  exit
}
zle -N zle-line-init
"""


def at_a_terminal(command: list[str], cwd: Path, env: dict[str, str], typed: bytes = b"") -> str:
    """What the command wrote to the terminal it was started at; killed after 30 s."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execvpe(command[0], command, env)
    written = b""
    end = time.monotonic() + 30
    try:
        if typed:
            os.write(terminal, typed)
        while select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0]:
            block = os.read(terminal, 4096)
            if not block:
                break
            written += block
    except OSError:
        pass  # how Linux tells the end of a terminal
    finally:
        if time.monotonic() > end:
            os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)
    return written.decode(errors="replace")


class Zsh(Common, Shell):
    home: Path

    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.home = Path(holder.name)
        (cls.home / ".zshrc").write_text(ASK_ZSH, encoding="utf-8")

    def shown(self, line: str) -> list[tuple[str, str]]:
        offered = self.home / "offered"
        offered.write_text("", encoding="utf-8")
        env = self.env() | {
            "ZDOTDIR": str(self.home),
            "HOME": str(self.home),
            "TERM": "dumb",
            "COMPLETIONS": str(COMPLETIONS),
            "LINE": line,
            "OFFERED": str(offered),
        }
        said = at_a_terminal(["zsh", "-d", "-i"], self.folder, env)
        self.assertNotIn("_arguments:", said)
        self.assertNotIn("not found", said)
        pairs = (each.split("\t", 1) for each in offered.read_text("utf-8").splitlines())
        return [(word, told) for word, told in pairs]

    def offers(self, line: str) -> set[str]:
        return {word.rstrip("/=") for word, _ in self.shown(line) if word}

    def test_options_are_described(self) -> None:
        told = dict(self.shown("render-frames --"))
        self.assertIn("Where frames go", told["--output"])
        self.assertIn("Time that {{clock}} shows at frame 0", told["--clock"])
        self.assertIn("the encoder's own scale", told["--crf"])

    def test_what_was_given_is_not_offered_again(self) -> None:
        self.assertEqual(self.offers("render-frames --format png --fo"), set())
        self.assertNotIn("--output", self.offers("render-frames -o x.png --"))
        self.assertIn("--output", self.offers("encode -o x.mp4 --"))

    def test_one_scene_is_enough(self) -> None:
        offered = self.offers("render-frames show.yaml ")
        self.assertEqual({word for word in offered if not word.startswith("-")}, set())


# ---- fish ---------------------------------------------------------------------------------------


class Fish(Common, Shell):
    def shown(self, line: str) -> list[tuple[str, str]]:
        with tempfile.TemporaryDirectory() as home:
            env = self.env() | {
                "HOME": home,
                "XDG_CONFIG_HOME": home,
                "XDG_DATA_HOME": home,
                "LINE": line,
            }
            source = COMPLETIONS / "fish" / (line.split()[0] + ".fish")
            script = 'source $argv[1]; complete -C "$LINE"'
            asked = run("fish", "--no-config", "-c", script, source, cwd=self.folder, env=env)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""), line)
        pairs = (each.partition("\t") for each in asked.stdout.splitlines())
        return [(word, told) for word, _, told in pairs]

    def offers(self, line: str) -> set[str]:
        # After --option= the whole word is offered.
        before = line.split(" ")[-1].partition("=")
        prefix = before[0] + "=" if before[1] else ""
        return {word.removeprefix(prefix).rstrip("/=") for word, _ in self.shown(line)}

    def test_options_are_described(self) -> None:
        told = dict(self.shown("render-frames --"))
        self.assertEqual(told["--output"], "Where frames go")
        self.assertEqual(told["--clock"], "Time that {{clock}} shows at frame 0")
        self.assertEqual(told["--crf"], "Constant quality on the encoder's own scale")


# ---- A Tab, pressed -----------------------------------------------------------------------------


class Tab(Shell):
    def test_bash_finishes_the_word(self) -> None:
        setup = "PS1=; bind 'set bell-style none'; render-frames() { printf '<%s>' \"$@\"; }\n"
        typed = f"{setup}source {COMPLETIONS}/bash/render-frames\nrender-frames --keep\tsho\t\n"
        said = at_a_terminal(
            ["bash", "--norc", "--noprofile", "-i"],
            self.folder,
            os.environ | {"TERM": "dumb", "HISTFILE": ""},
            (typed + "exit\n").encode(),
        )
        self.assertIn("<--keep-going><sho", said)


if __name__ == "__main__":
    unittest.main()
