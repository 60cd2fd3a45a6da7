#!/usr/bin/python3
"""layercast and a browser show the same: every case of cases.py, and random ones.

How near they are is told in dB over the place of each layer: at least SAMPLED_DB for what is sampled
or filtered, UNSAMPLED_DB for what is not. Of texts, whose rasterisers differ, the boxes of ink are
compared. What fails leaves both pictures and their difference behind."""

import os
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from assets import fonts_css, make_pictures
from browser import Browser
from cases import BOUNDED, GROUPS
from compare import Box, color_box, difference, ink_box, ink_distance, psnr
from picture import Picture, save
from random_cases import random_cases
from stage import Stage, Twin, told

SAMPLED_DB = 36.0
UNSAMPLED_DB = 46.0
INK_PX = 2
GROUND = (0x20, 0x40, 0x60)  # of every text


def nearness(twin: Twin) -> float:
    """In the worst layer, dB."""
    places = [place for place in twin.places if not place.is_empty()]
    return min(
        (psnr(place.cut(twin.ours), place.cut(twin.theirs)) for place in places), default=99.0
    )


def ink_boxes(picture: Picture) -> tuple[Box, Box]:
    """Of all that is drawn, and of what is white: the letters of most texts."""
    return ink_box(picture, GROUND), color_box(picture, (255, 255, 255))


def fault_of(twin: Twin) -> str | None:
    """What is wrong with it; None for what agrees."""
    if twin.case.kind == "text":
        pairs = zip(ink_boxes(twin.ours), ink_boxes(twin.theirs))
        faults = [f"ink {a}, not {b}" for a, b in pairs if ink_distance(a, b) > INK_PX]
        return ", ".join(faults) or None
    wanted = UNSAMPLED_DB if twin.case.kind == "unsampled" else SAMPLED_DB
    wanted, _ = BOUNDED.get(twin.case.name, (wanted, ""))
    reached = nearness(twin)
    return f"{reached:.1f} dB, below {wanted:.0f}" if reached < wanted else None


def shown(twins: list[Twin]) -> str:
    """A line a case: its worst frame."""
    worst: dict[str, float] = {}
    for twin in twins:
        worst[twin.case.name] = min(worst.get(twin.case.name, 99.0), nearness(twin))
    return "\n".join(f"{db:6.1f} dB  {name}" for name, db in sorted(worst.items(), key=lambda i: i[1]))


class Parity(unittest.TestCase):
    """`LAYERCAST_PARITY_OUT` is the folder that what fails is left in."""

    twins: ClassVar[dict[str, list[Twin]]] = {}

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-parity-", ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        place = Path(folder.name)
        stage = Stage(place, fonts_css(), make_pictures(place))
        browser = Browser(place)
        cls.addClassCleanup(browser.quit)
        groups = {name: make() for name, make in GROUPS.items()} | {"random": random_cases()}
        wanted = os.environ.get("LAYERCAST_PARITY_ONLY")
        cases = {n: g for n, g in groups.items() if not wanted or n in wanted.split(",")}
        twins = stage.twins([case for each in cases.values() for case in each], browser)
        for name, each in cases.items():
            own = {case.name for case in each}
            cls.twins[name] = [twin for twin in twins if twin.case.name in own]

    def leave(self, twin: Twin) -> Path:
        """Both pictures, what differs, and the scene."""
        out = Path(os.environ.get("LAYERCAST_PARITY_OUT") or tempfile.gettempdir(), "parity-failed")
        out.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in twin.name)[:80]
        save(out / f"{name}.ours.png", twin.ours)
        save(out / f"{name}.browser.png", twin.theirs)
        save(out / f"{name}.difference.png", difference(twin.ours, twin.theirs))
        return out / f"{name}.*.png"

    def check(self, group: str) -> None:
        if group not in self.twins:
            self.skipTest("not asked for")
        twins = self.twins[group]
        print(f"\n{group}:\n{shown(twins)}", flush=True)
        faults = []
        for twin in twins:
            if fault := fault_of(twin):
                faults.append(f"{twin.name}: {fault}\n  {self.leave(twin)}\n  {told(twin.case)}")
        self.assertEqual(faults, [], "\n" + "\n".join(faults))


def _test_of(group: str) -> Callable[[Parity], None]:
    return lambda self: self.check(group)


for _group in (*GROUPS, "random"):
    setattr(Parity, f"test_{_group}", _test_of(_group))


if __name__ == "__main__":
    unittest.main()
