#!/usr/bin/python3
"""The manual pages, completions and JSON Schema are those of the tools as they were built."""

import re
import tempfile
import unittest
from pathlib import Path

from documented_tools import (
    PAGES, ROOT, TOOLS, commands_of_page, displays, options_of_page, page_of, run, section, tool,
)  # fmt: skip

GENERATED = ["man/*.[1-9]", "completions/*/*", "scenes/*.json"]

# What a page's own references look like to mandoc where the pages are not installed.
UNINSTALLED = re.compile(
    r"referenced manual not found: Xr (render-frames 1|encode 1|streamd 1|layerctl 1|scene 5"
    r"|layercast-security 7)\b"
)

# What a tool may end with besides the statuses that all of them have.
OTHER_STATUSES = {"layerctl": ["3", "4"]}


def generated_files(root: Path) -> dict[str, bytes]:
    """Every file under `root` that layercast-docs writes, by its path."""
    paths = [path for pattern in GENERATED for path in root.glob(pattern)]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def options_of_help(text: str) -> set[str]:
    """Those that begin a line of --help."""
    options = set()
    for line in re.findall(r"^ +(-.*)", text, re.MULTILINE):
        names = re.match(r"(?:(-\w)\b[ ,]*)?(--[a-z][a-z-]*)?", line)
        assert names, line
        options.update(name for name in names.groups() if name)
    return options


def options_mentioned(page: str) -> set[str]:
    """Long options that the page speaks of, in macros and in examples."""
    in_macros = {"-" + name for name in re.findall(r"\bFl (-[a-z][a-z-]*)", page)}
    examples = re.findall(r"^\.Dl (.*)", page, re.MULTILINE) + displays(page)
    return in_macros.union(*(re.findall(r"(?<=\s)--[a-z][a-z-]*", text) for text in examples))


class Drift(unittest.TestCase):
    """A change of a table shows in what is made from it."""

    maxDiff = None

    def test_checked_in_files_are_those_of_the_tables(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = run(tool("layercast-docs"), folder)
            self.assertEqual((made.returncode, made.stderr), (0, ""))
            fresh = generated_files(Path(folder))
            kept = generated_files(ROOT)
        remedy = "run `tools/dev docs`"
        self.assertEqual(sorted(kept), sorted(fresh), remedy)
        for name in sorted(fresh):
            with self.subTest(name):
                self.assertEqual(kept[name].decode(), fresh[name].decode(), remedy)

    def test_every_template_makes_a_page(self) -> None:
        templates = {path.stem for path in (ROOT / "man").glob("*.in")}
        self.assertEqual(templates, {path.name for path in PAGES})

    def test_a_wrong_command_line_is_told(self) -> None:
        for arguments in ([], ["--help"], ["a", "b"]):
            with self.subTest(arguments):
                told = run(tool("layercast-docs"), *arguments)
                self.assertEqual(told.returncode, 2)
                self.assertIn("usage: layercast-docs FOLDER", told.stderr)

    def test_a_folder_that_cannot_be_written_is_told(self) -> None:
        told = run(tool("layercast-docs"), "/dev/null/docs")
        self.assertEqual(told.returncode, 1)
        self.assertIn("/dev/null/docs", told.stderr)


class Pages(unittest.TestCase):
    def test_mandoc_finds_nothing_to_say(self) -> None:
        for page in PAGES:
            with self.subTest(page.name):
                told = run("mandoc", "-T", "lint", "-W", "style", page)
                lines = told.stdout.splitlines() + told.stderr.splitlines()
                self.assertEqual([line for line in lines if not UNINSTALLED.search(line)], [])

    def test_no_mark_of_a_template_is_left(self) -> None:
        for page in PAGES:
            with self.subTest(page.name):
                first, *others = page.read_text(encoding="utf-8").splitlines()
                self.assertIn("tools/dev docs", first)
                self.assertEqual([line for line in others if line.startswith('.\\"')], [])

    def test_options_show_as_they_are_typed(self) -> None:
        shown = run("mandoc", "-T", "ascii", ROOT / "man/render-frames.1").stdout
        shown = re.sub(".\x08", "", shown)  # bold and underlined are struck twice
        self.assertRegex(shown, r"(?m)^ +-o, --output OUT$")
        self.assertRegex(shown, r"(?m)^ +--shard I/N")

    def test_exit_statuses_are_all_there(self) -> None:
        for name in TOOLS:
            with self.subTest(name):
                items = re.findall(r"^\.It (\d+)", section(page_of(name), "EXIT STATUS"), re.M)
                others = OTHER_STATUSES.get(name, [])
                self.assertEqual(items, ["0", "1", "2", *others, "130"])


class Help(unittest.TestCase):
    def test_help_and_manual_name_the_same_options(self) -> None:
        for name in TOOLS:
            with self.subTest(name):
                told = run(tool(name), "--help")
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                in_help = options_of_help(told.stdout)
                self.assertGreater(len(in_help), 10)
                self.assertEqual(in_help, options_of_page(page_of(name)))

    def test_help_and_manual_name_the_same_commands_and_their_options(self) -> None:
        commands = commands_of_page(page_of("layerctl"))
        self.assertGreater(len(commands), 20)
        told = run(tool("layerctl"), "--help").stdout
        names = set(re.findall(r"^  ([a-z]+) ", told.split("Subcommands:")[1], re.MULTILINE))
        self.assertEqual(names, {name.split()[0] for name in commands})
        for name, options in commands.items():
            with self.subTest(name):
                told = run(tool("layerctl"), *name.split(), "--help")
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                self.assertEqual(options_of_help(told.stdout) - {"-h", "--help"}, options)

    def test_the_manual_speaks_of_options_that_exist(self) -> None:
        known = {name: options_of_page(page_of(name)) for name in TOOLS}
        known["layerctl"] |= set().union(*commands_of_page(page_of("layerctl")).values())
        for name in TOOLS:
            with self.subTest(name):
                # Examples and cross-references may use the other tool's.
                others = set().union(*known.values())
                self.assertLessEqual(options_mentioned(page_of(name)), others)

    def test_version_is_told(self) -> None:
        for name in TOOLS:
            with self.subTest(name):
                told = run(tool(name), "--version")
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                self.assertRegex(told.stdout, rf"^{name} \(layercast\) \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
