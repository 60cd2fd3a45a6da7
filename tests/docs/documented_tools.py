"""Where the tests of the documents find the repository and the built tools."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["render-frames", "encode", "streamd", "layerctl"]
PAGES = [ROOT / "man" / name for name in [*(f"{tool}.1" for tool in TOOLS), "scene.5",
                                      "layercast-security.7"]]


def tool(name: str) -> str:
    """The path of a built tool: in the folder LAYERCAST_BIN, or where tools/dev builds it."""
    return str(Path(os.environ.get("LAYERCAST_BIN") or ROOT / "build/release/bin") / name)


def run(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command's status and what it wrote; it reads nothing, and ends within a minute."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# ---- Manual pages -------------------------------------------------------------------------------


def page_of(name: str) -> str:
    """The source of a tool's manual page."""
    return (ROOT / "man" / f"{name}.1").read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under a heading of a page."""
    found = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title}"
    return found[1]


def displays(page: str) -> list[str]:
    """The displayed examples of a page, as they are shown."""
    found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", page, re.MULTILINE | re.DOTALL)
    return [text.replace("\\e", "\\") for text in found]


def options_in(text: str) -> set[str]:
    """`-o` and `--output`, as a list of options has them."""
    options: set[str] = set()
    for item in re.findall(r"^\.It (Fl .*)", text, re.MULTILINE):
        options.update("-" + name for name in re.findall(r"\bFl (\S+)", item))
    return options


def options_of_page(page: str) -> set[str]:
    """Those that the list in OPTIONS has."""
    return options_in(section(page, "OPTIONS"))


def commands_of_page(page: str) -> dict[str, set[str]]:
    """The options of each command in COMMANDS, by its name: `outputs add`."""
    commands: dict[str, set[str]] = {}
    for item in re.split(r"^(?=\.It Ic )", section(page, "COMMANDS"), flags=re.MULTILINE)[1:]:
        heading = item.splitlines()[0]
        commands[" ".join(re.findall(r"\bIc (\S+)", heading))] = options_in(item)
    return commands
