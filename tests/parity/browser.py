"""Headless Chromium: many cells of a page in one screenshot."""

import base64
import json
from pathlib import Path
from typing import Any

from picture import Picture, rgb_of_png
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

# What makes its pictures comparable: sRGB, grey antialiasing of text, CSS pixels that are pixels.
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--force-color-profile=srgb", "--disable-lcd-text", "--force-device-scale-factor=1",
    "--hide-scrollbars", "--allow-file-access-from-files", "--font-render-hinting=none",
)  # fmt: skip


def _mortal(folder: Path, program: str, death: str) -> str:
    """A program that runs another one, and ends it with a signal when its own parent ends."""
    path = folder / program
    path.write_text(f'#!/bin/sh\nexec setpriv --pdeathsig {death} -- {program} "$@"\n')
    path.chmod(0o755)
    return str(path)


class Browser:
    """A Chromium that ends with this process, its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        options = Options()
        options.binary_location = _mortal(folder, "chromium", "KILL")
        for switch in (*SWITCHES, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(switch)
        service = Service(_mortal(folder, "chromedriver", "TERM"))
        self._driver = webdriver.Chrome(options=options, service=service)
        self._driver.set_script_timeout(60)

    def quit(self) -> None:
        self._driver.quit()

    def show(self, page: Path, width: int, height: int) -> None:
        """Loads a page, its fonts and its pictures."""
        self._command("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False,
        })  # fmt: skip
        self._driver.get(page.as_uri())
        failed = self._driver.execute_async_script(
            "const done = arguments[0];"
            "const images = [...document.images].map(i => i.decode().catch(() => i.src));"
            "const fonts = [...document.fonts].map(f => f.load().catch(() => f.family));"
            "Promise.all([...images, ...fonts]).then(all => document.fonts.ready.then("
            "() => requestAnimationFrame(() => requestAnimationFrame("
            "() => done(all.filter(one => typeof one === 'string'))))));"
        )
        if failed:
            raise AssertionError(f"the browser cannot load {json.dumps(failed)}")

    def run(self, script: str, *arguments: Any) -> Any:
        return self._driver.execute_script(script, *arguments)

    def screenshot(self, width: int, height: int) -> Picture:
        answer = self._command("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": False, "optimizeForSpeed": True,
        })  # fmt: skip
        return rgb_of_png(base64.b64decode(answer["data"]), width, height)

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self._driver.execute_cdp_cmd(name, parameters)
