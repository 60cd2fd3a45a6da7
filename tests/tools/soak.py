#!/usr/bin/python3
"""Runs streamd for hours under faults, and checks what must always hold.

    soak.py [--hours N | --minutes M] [--state both|sqlite|redis] [--seed S] [--into FOLDER]
    soak.py helper-deaths [--count N] [--seed S] [--into FOLDER]

A daemon streams to real nginx-rtmp servers under random commands (HTTP, WebSocket, layerctl), a
chat, hostile clients and files, feeds that come, die and freeze, receivers that die, freeze or are
slow, decode helpers that are killed, `kill -9` of the daemon, and faults of Redis. A quiet daemon
on the same scene is the control for late frames. Without --state, half of the time goes to a daemon on
SQLite and half to one on Redis.

Prints a line each minute and a table at the end; writes the logs and the violations to FOLDER. The
exit status is 1 if an invariant was violated. The seed decides what the actors do; the timing of
threads and processes differs between runs.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import soak_deaths
import soak_media
from harness import ROOT, tool
from soak_stage import Stage
from soak_watch import Ledger


def table(ledger: Ledger) -> list[str]:
    lines = ["", "| what happened | times |", "| --- | ---: |"]
    lines += [f"| {what} | {count} |" for what, count in sorted(ledger.counts.items())]
    lines += ["", "| invariant | checks | violations |", "| --- | ---: | ---: |"]
    lines += [
        f"| {what} | {count} | {ledger.failures[what]} |"
        for what, count in sorted(ledger.checks.items())
    ]
    lines += ["", "| worst value | |", "| --- | ---: |"]
    lines += [
        f"| {what} | {value:.4g} {unit} |" for what, (value, unit) in sorted(ledger.worst.items())
    ]
    return lines


def report(ledger: Ledger, title: str, folder: Path) -> int:
    """Prints the tables and writes them, with the violations; the exit status."""
    ledger.check_required()
    lines = [f"# {title}", *table(ledger), "", f"{len(ledger.violations)} violations."]
    print("\n".join(lines), flush=True)
    (folder / "report.md").write_text("\n".join([*lines, "", *ledger.violations]) + "\n")
    print(f"soak: the logs and the violations are in {folder}", flush=True)
    return 1 if ledger.violations else 0


def soak(options: argparse.Namespace) -> int:
    minutes = options.minutes if options.minutes is not None else 60 * options.hours
    names = ["sqlite", "redis"] if options.state == "both" else [options.state]
    ledger = Ledger()

    def minute_ended(told: str) -> None:
        passed = (time.monotonic() - ledger.began) / 60
        print(f"soak: {passed:.1f} min, {len(ledger.violations)} violations; {told}", flush=True)

    for name in names:
        folder = Path(tempfile.mkdtemp(prefix="layercast-soak-"))
        try:
            soak_media.write_good_files(folder / "assets")
            Stage(name, minutes * 60 / len(names), options.seed, ledger, folder, options.into).run(
                minute_ended
            )
        except (AssertionError, OSError) as error:
            ledger.check("the soak runs to the end", False, f"{name}: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return report(ledger, f"Soak of {minutes:g} minutes, seed {options.seed}", options.into)


def helper_deaths(options: argparse.Namespace) -> int:
    ledger = Ledger()
    folder = Path(tempfile.mkdtemp(prefix="layercast-deaths-"))
    try:
        soak_media.write_good_files(folder / "assets")
        soak_deaths.Deaths(options.count, options.seed, ledger, folder, options.into).run()
    except (AssertionError, OSError) as error:
        ledger.check("the soak runs to the end", False, str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report(ledger, f"{options.count} deaths of helpers, seed {options.seed}", options.into)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", nargs="?", choices=["all", "helper-deaths"], default="all", help=argparse.SUPPRESS
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--hours", type=float, default=2.0, help="length of the run (default: 2)")
    length.add_argument("--minutes", type=float)
    parser.add_argument("--state", choices=["both", "sqlite", "redis"], default="both")
    parser.add_argument(
        "--count", type=int, default=10_000, help="deaths of helpers (default: 10000)"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the time")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "soak")
    options = parser.parse_args()
    if not Path(tool("streamd")).exists():
        parser.error(
            f"{tool('streamd')} does not exist; build it, or name its folder in LAYERCAST_BIN"
        )
    options.into = options.into.resolve()
    options.into.mkdir(parents=True, exist_ok=True)
    print(f"soak: seed {options.seed}", flush=True)
    return helper_deaths(options) if options.what == "helper-deaths" else soak(options)


if __name__ == "__main__":
    sys.exit(main())
