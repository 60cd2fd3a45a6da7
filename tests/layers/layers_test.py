#!/usr/bin/python3
"""The direction of includes holds, and each third-party library stays in its module.

Reads every C++ file under libcore/, tools/ and tests/, prints one line per fault as
`file:line: what is wrong`, then tests itself on made-up trees. Exits 1 if either found a fault.

    layers_test.py [--root TREE] [unittest arguments…]
"""

import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

# ---- The architecture ----------------------------------------------------------------------------

SOURCE = Path(__file__).resolve().parents[2]


def read_modules(text: str) -> dict[str, set[str]]:
    """The lines `module: others that it may include` of libcore/modules.txt."""
    modules = {}
    for line in text.splitlines():
        name, colon, others = line.partition(":")
        if colon and not line.startswith("#"):
            modules[name] = set(others.split())
    return modules


LISTED = read_modules((SOURCE / "libcore" / "modules.txt").read_text(encoding="utf-8"))
# Which other modules a module may include. A module may always include itself.
MODULES = {name: others for name, others in LISTED.items() if "/" not in name}
# Which other folders of its module a folder may include, by `module/folder`.
FOLDERS = {
    name: {f"{name.split('/')[0]}/{other}" for other in others}
    for name, others in LISTED.items()
    if "/" in name
}
LIBCORE = set(MODULES)
MODULES |= {"tools": set(LIBCORE), "tests": LIBCORE | {"tools"}}

# Headers that come from outside: what their names look like, and the places that may include them.
# A place is a module, a folder, or one file without its ending: `scene/wire/yaml_codec` is its .cc alone,
# because a header would carry the library into every module that includes it.
LIBRARIES: list[tuple[str, str, set[str]]] = [
    ("date (Howard Hinnant)", r"date/", {"base/time_zone"}),
    ("libvips", r"vips/", {"content", "tests/content"}),
    ("libheif and Little CMS", r"libheif/|lcms2\.h", {"content/image"}),
    (
        "encoders of animated pictures",
        r"cgif\.h|libimagequant\.h|webp/(mux|encode)|avif/",
        {"content/encode", "tests/content"},
    ),
    ("libwebp's decoder of animations", r"webp/demux", {"content/image/webp_reader"}),
    (
        "pango, cairo and what is under them",
        r"pango/|cairo|fontconfig/|harfbuzz/|hb[.-]|ft2build\.h|freetype|fribidi"
        r"|g(lib|io|object|module)[-./]",
        {"content", "tests/content"},
    ),
    ("Highway", r"hwy/", {"frame", "compose", "tests"}),
    ("OpenSSL", r"openssl/", {"media/av"}),
    ("FFmpeg", r"lib(av|sw|postproc)[a-z]*/", {"media", "tests/media"}),
    ("yaml-cpp", r"yaml-cpp/", {"scene/wire/yaml_codec"}),
    ("nlohmann json", r"nlohmann/", {"tools", "tests"}),
    ("SQLite", r"sqlite3\.h", {"store"}),
    ("libseccomp", r"seccomp\.h", {"sandbox/confinement"}),
    ("hiredis", r"hiredis/", {"store", "tests/store"}),
    ("httplib", r"httplib\.h", {"tools/layerctl"}),
    ("Boost (Asio, Beast)", r"boost/", {"control", "tests/control"}),
    ("prometheus-cpp", r"prometheus/", {"metrics"}),
    ("CLI11", r"CLI/", {"tools", "tests/tools"}),
    ("googletest", r"g(test|mock)/", {"tests"}),
    ("benchmark", r"benchmark/", {"tests"}),
    ("the C++ standard library", r"[a-z_]+$", set(MODULES)),
    (
        "POSIX and Linux",
        r"(sys|linux|net|netinet|arpa|asm)/[\w/]+\.h$"
        r"|(dirent|dlfcn|errno|execinfo|fcntl|getopt|glob|limits|locale|netdb|poll|pthread|pwd|sched"
        r"|semaphore|signal|spawn|stdio|stdlib|string|syslog|termios|time|ucontext|unistd)\.h$",
        {"base", "sandbox", "frame", "media", "metrics", "store", "layers", "control", "stream", "tools",
         "tests"},
    ),
]

# A failed check says what failed before it aborts: the one place in libcore that may use stderr.
MAY_WRITE_TO_STDERR = {"base/check"}
STDERR = {"stderr", "STDERR_FILENO"}
# A process that was forked for a job must end without running what the program does at its end.
MAY_END_THE_PROCESS = {"sandbox/fork_server"}

# ---- Reading C++ --------------------------------------------------------------------------------

HEADER_ENDING, SOURCE_ENDING = ".h", ".cc"
FOREIGN_ENDINGS = set(".c .cpp .cxx .c++ .hh .hpp .hxx .inc .ipp .tcc .cppm".split())
FILE_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.(h|cc)")

TOKEN = re.compile(
    r"""
      (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
    | (?P<text>    (?:\b(?:u8|u|U|L))?R"(?P<end>[^()\\\s]{0,16})\(.*?\)(?P=end)"
                 | "(?:\\.|[^"\\\n])*"
                 | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+' )
    """,
    re.VERBOSE | re.DOTALL,
)

INCLUDE = re.compile(
    r"^[ \t]*#[ \t]*include\b[ \t]*(?:<([^>\n]+)>|\"([^\"\n]+)\"|(.*))", re.MULTILINE
)
PRAGMA_ONCE = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", re.MULTILINE)

# libcore never reads the environment, prints, or exits. Members of these names are someone else's.
CALLS = re.compile(
    r"(?<![\w.>:])(?:(?:std)?::)?"
    r"(getenv|secure_getenv|setenv|putenv|exit|_exit|_Exit|quick_exit"
    r"|printf|vprintf|puts|putchar|perror)\s*\("
)
STREAMS = re.compile(
    r"(?<![\w.>:])((?:::)?std::w?(?:cout|cerr|clog|cin)"
    r"|stdout|stderr|STDOUT_FILENO|STDERR_FILENO|environ)\b"
)


def blanked(source: str, kinds: set[str]) -> str:
    """`source` with its tokens of these kinds replaced by blanks, every line where it was."""

    def replace(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0]) if match.lastgroup in kinds else match[0]

    return TOKEN.sub(replace, source)


class Include(NamedTuple):
    line: int
    name: str
    quoted: bool

    def module(self) -> str | None:
        """The module that it reaches into, if it is one of ours."""
        module, slash, _ = self.name.partition("/")
        return module if self.quoted and slash and module in MODULES else None


def includes_of(source: str) -> list[Include]:
    """What `source` includes outside its comments. A macro's name stands for itself, unquoted."""
    found = []
    # Strings stay, for an include's name looks like one; but a raw string may hold a whole program.
    strings = [m.span() for m in TOKEN.finditer(source) if m.lastgroup == "text"]
    for match in INCLUDE.finditer(blanked(source, {"comment"})):
        if any(start < match.start() < end for start, end in strings):
            continue
        line = source.count("\n", 0, match.start()) + 1
        name = match[1] or match[2] or match[3].strip()
        found.append(Include(line, name, match[2] is not None))
    return found


# ---- Judging ------------------------------------------------------------------------------------


class Fault(NamedTuple):
    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class Place(NamedTuple):
    """Where a file lives: its module, and its path from the include root without its ending."""

    module: str
    path: str

    def folder(self) -> str | None:
        """The folder of its module that it lies in, as `module/folder`."""
        folder = self.path.rsplit("/", 1)[0]
        return folder if folder in FOLDERS else None

    def is_in(self, places: set[str]) -> bool:
        return any(self.path == p or self.path.startswith(p + "/") for p in places)


def place_of(file: str) -> Place | None:
    """The place of a path from the root of the tree; None for a file that is in no module."""
    parts = file.split("/")
    if parts[0] == "libcore":
        parts = parts[1:]
        if parts[0] in ("tools", "tests"):
            return None
    if len(parts) < 2 or parts[0] not in MODULES:
        return None
    return Place(parts[0], "/".join(parts).rsplit(".", 1)[0])


def fault_of_include(place: Place, is_header: bool, include: Include) -> str | None:
    """What is wrong with this include at this place, if anything."""
    for library, pattern, places in LIBRARIES:
        if include.quoted and "/" not in include.name or not re.match(pattern, include.name):
            continue
        if not place.is_in(places):
            where = f"{library} belongs to {listed(places)}"
            return f"edge {place.module} → {include.name} is not allowed: {where}"
        if place.path in places and is_header:
            where = f"{library} belongs to {place.path}.cc alone"
            return f"{include.name} in a header leaves its file: {where}"
        return None
    module = include.module()
    if module:
        if module == place.module:
            return fault_of_folder(place, include)
        if module in MODULES[place.module]:
            return None
        allowed = listed(MODULES[place.module]) or "nothing"
        return f"edge {place.module} → {module} is not allowed: {place.module} may include {allowed}"
    if include.quoted:
        return f'"{include.name}" names no module: write it as "module/file.h"'
    return f"<{include.name}> is of no library on the list"


def fault_of_folder(place: Place, include: Include) -> str | None:
    """What is wrong with an include within a module that has folders, if anything."""
    own, other = place.folder(), include.name.rsplit("/", 1)[0]
    if own is None or other == own or other in FOLDERS[own]:
        return None
    allowed = listed(FOLDERS[own]) or "no other folder"
    return f"edge {own} → {other} is not allowed: {own} may include {allowed}"


def listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def faults_of_file(file: str, source: str) -> list[Fault]:
    """Every fault of one file but the cycles it takes part in."""
    place = place_of(file)
    if place is None:
        return [Fault(file, 1, "is in no module")]
    name = file.rsplit("/", 1)[-1]
    if Path(name).suffix in FOREIGN_ENDINGS:
        return [Fault(file, 1, "ends in neither .h nor .cc")]

    faults = []
    if file.startswith("libcore/") and place.path.count("/") > 1 and place.folder() is None:
        faults.append(Fault(file, 1, "is in a folder that libcore/modules.txt does not list"))
    is_header = name.endswith(HEADER_ENDING)
    if not FILE_NAME.fullmatch(name):
        faults.append(Fault(file, 1, "is not named in snake_case"))
    without_comments = blanked(source, {"comment"})
    # Highway includes what kernels share once for each target, and toggles this in between.
    is_guarded = PRAGMA_ONCE.search(without_comments) or "HWY_TARGET_TOGGLE" in without_comments
    if is_header and not is_guarded:
        faults.append(Fault(file, 1, "has no #pragma once"))
    for include in includes_of(source):
        what = fault_of_include(place, is_header, include)
        if what:
            faults.append(Fault(file, include.line, what))
        if file.startswith("libcore/") and include.name in ("iostream", "print", "syncstream"):
            faults.append(Fault(file, include.line, f"libcore does not print: <{include.name}>"))
    if file.startswith("libcore/"):
        code = blanked(source, {"comment", "text"})
        talk = [*CALLS.finditer(code), *STREAMS.finditer(code)]
        for match in sorted(talk, key=lambda m: m.start()):
            if match[1] in STDERR and place.path in MAY_WRITE_TO_STDERR:
                continue
            if match[1] == "_exit" and place.path in MAY_END_THE_PROCESS:
                continue
            line = code.count("\n", 0, match.start(1)) + 1
            what = f"libcore does not print, exit or read the environment: {match[1]}"
            faults.append(Fault(file, line, what))
    return faults


def cycle_in(graph: dict[str, set[str]]) -> list[str] | None:
    """The nodes of one cycle, the first again at the end; None if there is none."""
    finished: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str] | None:
        if node in path:
            return path[path.index(node) :] + [node]
        if node in finished:
            return None
        for following in sorted(graph.get(node, set())):
            cycle = walk(following, path + [node])
            if cycle:
                return cycle
        finished.add(node)
        return None

    for node in sorted(graph):
        cycle = walk(node, [])
        if cycle:
            return cycle
    return None


def cpp_files(root: Path) -> list[tuple[str, str]]:
    """Path from `root` and text of every C++ file that is judged."""
    files = []
    for top in ("libcore", "tools", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in {HEADER_ENDING, SOURCE_ENDING} | FOREIGN_ENDINGS and path.is_file():
                files.append((path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")))
    return files


def check(root: Path) -> list[Fault]:
    """Every fault of the tree at `root`. A tree without sources is one: nothing was looked at."""
    files = cpp_files(root)
    if not any(file.startswith("libcore/") for file, _ in files):
        return [Fault("libcore", 1, "holds no C++ file")]
    faults: list[Fault] = []
    modules: dict[str, set[str]] = {}
    first_edge: dict[tuple[str, str], tuple[str, int]] = {}
    for file, source in files:
        faults += faults_of_file(file, source)
        place = place_of(file)
        if place is None:
            continue
        for include in includes_of(source):
            module = include.module()
            if module and module != place.module:
                modules.setdefault(place.module, set()).add(module)
                first_edge.setdefault((place.module, module), (file, include.line))
    cycle = cycle_in(modules)
    if cycle:
        file, line = first_edge[(cycle[0], cycle[1])]
        faults.append(
            Fault(file, line, "modules include each other in a circle: " + " → ".join(cycle))
        )
    return faults


def faults_of_map(readme: str) -> list[Fault]:
    """What the README's map of the modules has too much or too little."""
    named = set(re.findall(r"^\| `([a-z/]+)/` \|", readme, re.MULTILINE))
    listed_ones = set(LISTED)
    faults = [Fault("README.md", 1, f"the map lacks {m}") for m in listed_ones - named]
    faults += [Fault("README.md", 1, f"the map names {m}, no module") for m in named - listed_ones]
    return faults


# ---- The checker's own tests --------------------------------------------------------------------


class MapOfModules(unittest.TestCase):
    def test_names_every_module_and_no_other(self) -> None:
        rows = "".join(f"| `{module}/` | text |\n" for module in LISTED)
        self.assertEqual(faults_of_map(rows), [])
        self.assertEqual(len(faults_of_map(rows.replace("| `base/` | text |\n", ""))), 1)
        self.assertEqual(len(faults_of_map(rows + "| `cellar/` | text |\n")), 1)


class CheckerFinds(unittest.TestCase):
    """Each fault is found in a made-up tree, at its line, and is the only one found there."""

    def faults(self, **sources: str) -> list[str]:
        return self.faults_of({"libcore/base/result.h": "#pragma once\n", **sources})

    def faults_of(self, sources: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for file, source in sources.items():
                path = Path(folder, file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(source, encoding="utf-8")
            return [str(fault) for fault in check(Path(folder))]

    def assert_only_fault(self, file: str, source: str, start: str) -> None:
        faults = self.faults(**{file: source})
        self.assertEqual(len(faults), 1, faults)
        self.assertTrue(faults[0].startswith(start), faults[0])

    def assert_no_fault(self, file: str, source: str) -> None:
        self.assertEqual(self.faults(**{file: source}), [])

    def test_an_edge_upwards(self) -> None:
        self.assert_only_fault(
            "libcore/scene/layer.cc",
            '#include "scene/layer.h"\n\n#include "content/text/text.h"\n',
            "libcore/scene/layer.cc:3: edge scene → content is not allowed",
        )

    def test_an_edge_sideways(self) -> None:
        self.assert_only_fault(
            "libcore/media/out/output.cc",
            '#include "scene/layer.h"\n',
            "libcore/media/out/output.cc:1: edge media → scene is not allowed",
        )

    def test_every_edge_that_is_not_on_the_list_and_no_other(self) -> None:
        for module in MODULES:
            for other in MODULES:
                file = f"{module}/a.cc" if module in ("tools", "tests") else f"libcore/{module}/a.cc"
                faults = self.faults(**{file: f'#include "{other}/b.h"\n'})
                self.assertEqual(
                    len(faults),
                    int(other != module and other not in MODULES[module]),
                    (module, other, faults),
                )

    def test_an_edge_between_folders_of_a_module(self) -> None:
        for folder, others in FOLDERS.items():
            module = folder.split("/")[0]
            for other in [*FOLDERS, module]:
                if other.split("/")[0] != module:
                    continue
                source = f'#include "{other}/b.h"\n'
                faults = self.faults(**{f"libcore/{folder}/a.cc": source})
                allowed = other == folder or other in others
                self.assertEqual(len(faults), int(not allowed), (folder, other, faults))
                self.assert_no_fault(f"libcore/{module}/a.cc", source)

    def test_the_folders_of_a_module_form_no_circle(self) -> None:
        self.assertIsNone(cycle_in(FOLDERS))
        self.assertEqual(set().union(*FOLDERS.values()) - set(FOLDERS), set())

    def test_libcore_including_a_tool(self) -> None:
        self.assert_only_fault(
            "libcore/render/renderer.cc",
            '#include "tools/common/option_table.h"\n',
            "libcore/render/renderer.cc:1: edge render → tools is not allowed",
        )

    def test_a_tool_including_a_test(self) -> None:
        self.assert_only_fault(
            "tools/encode/main.cc",
            '#include "tests/support/tree.h"\n',
            "tools/encode/main.cc:1: edge tools → tests is not allowed",
        )

    def test_an_include_that_names_no_room(self) -> None:
        for name in ("layer.h", "../base/result.h", "shop/state.h"):
            self.assert_only_fault(
                "libcore/scene/layer.cc",
                f'#include "{name}"\n',
                f'libcore/scene/layer.cc:1: "{name}" names no module',
            )

    def test_a_library_outside_its_room(self) -> None:
        for file, header in {
            "libcore/compose/blend.cc": "vips/vips8",
            "libcore/frame/still.cc": "vips/vips.h",
            "libcore/scene/text.cc": "pango/pangocairo.h",
            "libcore/render/draw.cc": "cairo/cairo.h",
            "libcore/compose/draw.cc": "cairo.h",
            "libcore/base/fonts.cc": "fontconfig/fontconfig.h",
            "libcore/media/subtitle.cc": "hb.h",
            "libcore/base/log.cc": "glib.h",
            "libcore/base/object.cc": "glib-object.h",
            "libcore/content/animation/video.cc": "libavcodec/avcodec.h",
            "libcore/frame/convert.cc": "libswscale/swscale.h",
            "libcore/base/color.cc": "hwy/highway.h",
            "libcore/base/node.cc": "yaml-cpp/yaml.h",
            "libcore/scene/layer.cc": "yaml-cpp/yaml.h",
            "libcore/render/stats.cc": "nlohmann/json.hpp",
            "libcore/scene/schema.cc": "nlohmann/json.hpp",
            "libcore/base/options.cc": "CLI/CLI.hpp",
            "libcore/scene/file.cc": "sys/stat.h",
            "libcore/compose/pipe.cc": "fcntl.h",
            "libcore/layers/state.cc": "sqlite3.h",
            "libcore/control/cache.cc": "hiredis/hiredis.h",
            "libcore/layers/http.cc": "httplib.h",
            "libcore/stream/loop.cc": "boost/asio.hpp",
            "libcore/stream/count.cc": "prometheus/counter.h",
            "libcore/render/threads.cc": "linux/futex.h",
            "libcore/base/check.cc": "gtest/gtest.h",
            "tools/encode/main.cc": "libavformat/avformat.h",
            "tools/encode/probe.cc": "benchmark/benchmark.h",
            "tests/scene/layer_test.cc": "vips/vips8",
        }.items():
            module = file.replace("libcore/", "").split("/")[0]
            for source in (f"#include <{header}>\n", f'extern "C" {{\n#  include <{header}>\n}}\n'):
                line = source.count("\n", 0, source.index("#")) + 1
                self.assert_only_fault(
                    file, source, f"{file}:{line}: edge {module} → {header} is not allowed"
                )

    def test_a_library_of_one_file_in_its_header(self) -> None:
        self.assert_only_fault(
            "libcore/scene/wire/yaml_codec.h",
            "#pragma once\n#include <yaml-cpp/yaml.h>\n",
            "libcore/scene/wire/yaml_codec.h:2: yaml-cpp/yaml.h in a header leaves its file",
        )

    def test_a_library_in_quotes(self) -> None:
        self.assert_only_fault(
            "libcore/compose/blend.cc",
            '#include "vips/vips.h"\n',
            "libcore/compose/blend.cc:1: edge compose → vips/vips.h",
        )

    def test_a_library_that_nobody_listed(self) -> None:
        self.assert_only_fault(
            "libcore/base/log.cc",
            "#include <spdlog/spdlog.h>\n",
            "libcore/base/log.cc:1: <spdlog/spdlog.h> is of no library",
        )
        self.assert_only_fault(
            "tools/encode/main.cc",
            "#include <png.h>\n",
            "tools/encode/main.cc:1: <png.h> is of no library",
        )

    def test_an_include_by_macro(self) -> None:
        self.assert_only_fault(
            "libcore/content/text/text.cc",
            "#include FT_FREETYPE_H\n",
            "libcore/content/text/text.cc:1: <FT_FREETYPE_H> is of no library",
        )

    def test_printing_exiting_and_the_environment(self) -> None:
        for call in (
            'std::getenv("HOME")',
            'getenv("HOME")',
            "::exit(1)",
            "std::exit (1)",
            "_exit(0)",
            'printf("x")',
            'std::printf("x")',
            'puts("x")',
            'fprintf(stderr, "x")',
            "fwrite(p, 1, 1, stdout)",
            "std::cout << 1",
            "std::cerr << 1",
            "write(STDOUT_FILENO, p, 1)",
        ):
            self.assert_only_fault(
                "libcore/base/talk.cc",
                f"void f() {{\n  {call};\n}}\n",
                "libcore/base/talk.cc:2: libcore does not print, exit or read",
            )
        self.assert_only_fault(
            "libcore/base/talk.cc",
            "#include <iostream>\n",
            "libcore/base/talk.cc:1: libcore does not print",
        )

    def test_a_header_without_pragma_once(self) -> None:
        self.assert_only_fault(
            "libcore/base/time.h", "// #pragma once\n", "libcore/base/time.h:1: has no #pragma once"
        )

    def test_a_header_that_kernels_share_has_a_guard_for_each_target(self) -> None:
        guard = "#if defined(LAYERCAST_SIMD_H) == defined(HWY_TARGET_TOGGLE)\n#endif\n"
        self.assert_no_fault("libcore/compose/kernels_simd.h", guard)

    def test_names_that_are_not_snake_case(self) -> None:
        for name in ("FrameRate.h", "frame-rate.h", "frameRate.cc", "_rate.h", "rate__x.h"):
            self.assert_only_fault(
                f"libcore/base/{name}",
                "#pragma once\n",
                f"libcore/base/{name}:1: is not named in snake_case",
            )

    def test_endings_that_would_escape_the_check(self) -> None:
        self.assert_only_fault(
            "libcore/base/rate.hpp", "", "libcore/base/rate.hpp:1: ends in neither .h nor .cc"
        )

    def test_files_outside_every_room(self) -> None:
        for file in ("libcore/rate.h", "libcore/shop/state.h", "libcore/tests/a.cc"):
            self.assert_only_fault(file, "#pragma once\n", f"{file}:1: is in no module")

    def test_files_in_a_folder_that_is_not_listed(self) -> None:
        for file in ("libcore/base/time/rate.h", "libcore/scene/shop/state.h"):
            self.assert_only_fault(file, "#pragma once\n", f"{file}:1: is in a folder that")

    def test_a_circle_of_rooms(self) -> None:
        faults = self.faults(
            **{
                "libcore/frame/rate.cc": '#include "base/result.h"\n',
                "libcore/base/result.cc": '\n#include "frame/rate.h"\n',
            }
        )
        self.assertEqual(len(faults), 2, faults)
        self.assertIn("libcore/base/result.cc:2: edge base → frame is not allowed", faults[0])
        self.assertEqual(
            faults[1],
            "libcore/base/result.cc:2: modules include each other in a circle: "
            "base → frame → base",
        )

    def test_a_tree_without_sources(self) -> None:
        self.assertEqual(self.faults_of({"tools/dev": ""}), ["libcore:1: holds no C++ file"])

    def test_every_fault_of_a_tree(self) -> None:
        faults = self.faults(
            **{
                "libcore/scene/layer.h": '#include "content/text/text.h"\n#include <vips/vips8>\n',
                "libcore/compose/blend.cc": '#include "scene/layer.h"\n',
            }
        )
        self.assertEqual(len(faults), 4, faults)

    def test_nothing_in_a_good_tree(self) -> None:
        for file, names in {
            "libcore/scene/wire/yaml_codec.cc": '"scene/wire/yaml_codec.h" <yaml-cpp/yaml.h> <vector>',
            "tools/common/stats.cc": '"base/result.h" <nlohmann/json.hpp> <cstdio>',
            "libcore/content/text/text.cc": '"scene/layer.h" <pango/pangocairo.h> <vips/vips8>',
            "libcore/media/encoder.cc": '"frame/frame.h" <libavcodec/avcodec.h>',
            "libcore/frame/pipe.cc": "<fcntl.h> <sys/uio.h> <linux/falloc.h>",
            "tools/encode/main.cc": '"tools/common/option_table.h" <CLI/CLI.hpp> <iostream>',
            "tests/scene/layer_test.cc": '"scene/layer.h" "tests/support/tree.h" <gtest/gtest.h>',
        }.items():
            self.assert_no_fault(file, "".join(f"#include {name}\n" for name in names.split()))
        self.assert_no_fault("libcore/base/check.cc", "void f() { fprintf(stderr, m); abort(); }\n")

    def test_nothing_in_comments_and_strings(self) -> None:
        self.assert_no_fault(
            "libcore/base/quiet.cc",
            '// #include "scene/layer.h"\n'
            "/*\n#include <vips/vips8>\nexit(1);\n*/\n"
            'const char* a = "getenv(1) // \\" exit(1)"; const char* b = "/*";\n'
            'const char* c = R"x(\n#include <iostream>\nexit(1); ")x";\n'
            "const int d = 1'000'000; const char e = '\"'; const char f = '\\'';\n"
            "// printf(\n",
        )

    def test_what_follows_a_comment_or_a_string(self) -> None:
        for before in (
            'const char* a = "//"; ',
            "/* x */ ",
            "const int d = 1'000; ",
            "const char e = '\"'; ",
            'auto r = R"(")"; ',
        ):
            self.assert_only_fault(
                "libcore/base/talk.cc",
                f"\n{before}exit(1);\n",
                "libcore/base/talk.cc:2: libcore does not print, exit",
            )

    def test_nothing_in_harmless_calls(self) -> None:
        self.assert_no_fault(
            "libcore/base/quiet.cc",
            "void f() { snprintf(b, 1, m); std::snprintf(b, 1, m); loop.exit(1); p->exit(1); }\n"
            "void g() { Loop::exit(1); at_exit(1); }\n",
        )

    def test_no_circle_in_the_list_of_rooms(self) -> None:
        self.assertIsNone(cycle_in(MODULES))
        self.assertEqual(cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    arguments = sys.argv[:]
    if "--root" in arguments[:-1]:
        at = arguments.index("--root")
        root = Path(arguments[at + 1])
        del arguments[at : at + 2]
    faults = check(root)
    if (root / "README.md").exists():
        faults += faults_of_map((root / "README.md").read_text(encoding="utf-8"))
    for fault in faults:
        print(fault)
    sys.stdout.flush()
    result = unittest.main(argv=arguments, exit=False).result
    return 0 if not faults and result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
