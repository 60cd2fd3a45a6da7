#!/usr/bin/python3
"""The page at `/`, in a real browser on a real daemon: what it shows, and what it changes."""

import json
import signal
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from harness import NAVY, ORANGE, Pixel, ToolTest, scene_text, tool, wait_until
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

BOX = (
    "{id: box, type: overlay, z_index: 5, size: [80, 60], transform: {position: [20, 20]}, "
    'content: {type: color, color: "#ff8000"}}'
)
STRIP = '{id: strip, type: overlay, z_index: 9, size: [160, 5], content: {type: color, color: red}}'
CHAT = (
    "{id: chat, type: chat, z_index: 7, size: [120, 70], transform: {position: [20, 10]}, "
    "content: {type: chat, messages: [{id: a, author: Ana, text: first}]}}"
)
GROUND = "{id: ground, type: overlay, size: [160, 90], content: {type: color, color: '#204060'}}"

# What would run if any of it were taken for HTML.
HOSTILE = "</script><img src=x onerror=\"window.wasFooled = 1\"><b>bold</b> & 'quotes'"

# A value of the slider of `box` every 10 ms, as a hand does it; how long that took.
DRAG = """
const [values, done] = arguments, slider = document.querySelector("[data-id=box] input");
const began = performance.now();
const step = () => {
  slider.value = values.shift();
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  if (values.length > 0) setTimeout(step, 10); else done(performance.now() - began);
};
step();
"""

PIXEL = """
const image = document.getElementById("preview");
if (image.hidden || !image.naturalWidth) return null;
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
const context = canvas.getContext("2d");
context.drawImage(image, 0, 0);
const [x, y] = [...arguments].map((part, i) => Math.round(part * [canvas.width, canvas.height][i]));
return [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
"""

# Every text that can be seen and whose contrast with what lies behind it is below 4.5:1.
FAINT_TEXTS = """
const channels = color => color.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = node => {
  for (; node; node = node.parentElement) {
    const color = channels(getComputedStyle(node).backgroundColor);
    if (color.length === 3 || color[3] > 0.5) return color;
  }
  return [255, 255, 255];
};
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let seen = 0;
while (walker.nextNode()) {
  const text = walker.currentNode.data.trim(), node = walker.currentNode.parentElement;
  if (text === "" || !node.checkVisibility() || node.closest("script, style, noscript")) continue;
  ++seen;
  const pair = [light(channels(getComputedStyle(node).color)), light(ground(node))];
  const [dark, bright] = pair.sort((a, b) => a - b);
  if ((bright + 0.05) / (dark + 0.05) < 4.5) faint.push(text);
}
return [seen, faint];
"""

NAMELESS_CONTROLS = """
return [...document.querySelectorAll("button, input, select, img, [role=img]")]
  .filter(node => !(node.ariaLabel || node.textContent.trim() || node.alt || node.labels?.length))
  .map(node => node.outerHTML);
"""


class Daemon:
    """A streamd that keeps a scene on air until the test ends."""

    def __init__(self, test: ToolTest, *arguments: str | Path, listen: str = "127.0.0.1:0") -> None:
        self.token: str | None = None
        self.process = test.start(
            "/usr/bin/setpriv", "--pdeathsig", "KILL", "--", tool("streamd"), *arguments,
            "--listen", listen, "--state", "memory:",
        )  # fmt: skip
        self.address = self._told_address()
        # Whoever fills the pipe waits for ever.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def _told_address(self) -> str:
        told = []
        for line in self.process.stderr:
            told.append(line.decode())
            if "listening on " in told[-1]:
                return told[-1].split("listening on ")[1].strip()
        raise AssertionError(f"streamd ended: {''.join(told)}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON that HTTP answers, or its text."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body).encode()
        url = self.address + path
        request = urllib.request.Request(url, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error
        return json.loads(text) if text.startswith(("{", "[")) else text

    def layer(self, name: str) -> Any:
        return self.ask("GET", f"api/v1/layers/{name}")

    def patch(self, name: str, patch: Any) -> None:
        self.ask("PATCH", f"api/v1/layers/{name}", patch)

    def status(self) -> Any:
        return self.ask("GET", "api/v1/status")

    def viewers(self) -> int:
        for line in self.ask("GET", "metrics").splitlines():
            if line.startswith("layercast_preview_viewers"):
                return int(float(line.split()[-1]))
        raise AssertionError("nothing tells how many look at the preview")


def mortal(folder: Path, program: str, death: str) -> str:
    """A program that runs another one, and ends it with a signal when its own parent ends."""
    path = folder / program
    path.write_text(f'#!/bin/sh\nexec setpriv --pdeathsig {death} -- {program} "$@"\n')
    path.chmod(0o755)
    return str(path)


def started_browser(folder: Path) -> webdriver.Chrome:
    """A Chromium that ends with this process, its files in `folder`."""
    options = Options()
    options.binary_location = mortal(folder, "chromium", "KILL")
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=1440,900", f"--user-data-dir={folder / 'profile'}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Service(mortal(folder, "chromedriver", "TERM"))
    return webdriver.Chrome(options=options, service=driver)


class Page(ToolTest):
    browser: webdriver.Chrome

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="layercast-test-", ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        cls.browser = started_browser(Path(folder.name))
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.browser.get, "about:blank")

    def on_air(self, *layers: str, arguments: tuple[str | Path, ...] = ()) -> Daemon:
        """A daemon with `layers`, or else the box under a strip."""
        path = self.file("scene.yaml", scene_text(*(layers or (GROUND, BOX, STRIP))))
        return Daemon(self, path, *arguments)

    def open(self, daemon: Daemon, fragment: str = "") -> None:
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.get(daemon.address + fragment)

    def watch(self, *layers: str, arguments: tuple[str | Path, ...] = ()) -> Daemon:
        """The same daemon, with the page open and connected."""
        daemon = self.on_air(*layers, arguments=arguments)
        self.open(daemon)
        self.wait_for_link("live")
        wait_until(lambda: self.layers() != [])
        return daemon

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        try:
            return self.find(selector).text
        except (NoSuchElementException, StaleElementReferenceException):
            return ""

    def wait_for(self, selector: str, text: str) -> None:
        wait_until(lambda: text in self.text(selector))

    def wait_for_link(self, state: str) -> None:
        wait_until(lambda: self.find("body").get_attribute("data-link") == state)

    def row(self, layer: str, part: str = "") -> Any:
        return self.find(f"#layer-list [data-id={layer}] {part}")

    def is_on(self, layer: str) -> bool:
        return self.row(layer, "[role=switch]").get_attribute("aria-checked") == "true"

    def layers(self) -> list[str]:
        rows = "return [...document.querySelectorAll('#layer-list li')].map(row => row.dataset.id)"
        return self.browser.execute_script(rows)

    def shown_pixel(self, x: float, y: float) -> Pixel | None:
        """Of the preview, at parts of its width and height; None while there is no picture."""
        color = self.browser.execute_script(PIXEL, x, y)
        return tuple(color) if color else None

    def wait_for_pixel(self, x: float, y: float, color: Pixel) -> None:
        def is_shown() -> bool:
            shown = self.shown_pixel(x, y)
            return shown is not None and max(abs(a - b) for a, b in zip(shown, color)) < 12

        wait_until(is_shown, 20)

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def test_the_page_shows_the_stream_and_keeps_its_own_policy(self) -> None:
        daemon = self.watch(arguments=("-o", self.folder / "record.mkv"))
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.assertEqual(self.layers(), ["strip", "box", "ground"])  # from near to far
        self.assertIn("overlay", self.row("box").text)
        self.wait_for("#tally", "ON AIR")
        self.wait_for("#output-list .state", "live")
        wait_until(lambda: float(self.text("#fps").replace("\u2013", "0")) > 0)
        self.wait_for("#store", "Well")
        wait_until(lambda: daemon.viewers() == 1)
        self.assertEqual(self.text("#scene"), "test")
        resources = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        for name in self.browser.execute_script(resources):
            self.assertTrue(name.startswith((daemon.address, "blob:" + daemon.address)), name)
        self.assertEqual(self.console(), [])

    def test_the_policy_lets_nothing_in_that_the_page_did_not_bring(self) -> None:
        daemon = self.on_air()
        with urllib.request.urlopen(daemon.address) as answer:
            policy = answer.headers["Content-Security-Policy"]
        for rule in (
            "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
            "script-src 'nonce-", "style-src 'nonce-",
        ):  # fmt: skip
            self.assertIn(rule, policy)
        self.assertNotIn("unsafe", policy)
        self.open(daemon)
        self.browser.execute_script(
            "document.body.insertAdjacentHTML('beforeend', "
            "'<p id=foreign style=\"color: red\" onclick=\"window.wasFooled = 1\">x</p>"
            '<img src="http://127.0.0.2:9/x.png">\');'
            "document.getElementById('foreign').click()"
        )
        self.assertIsNone(self.browser.execute_script("return window.wasFooled ?? null"))
        refused = [line for line in self.console() if "Content Security Policy" in line]
        for what in ("style-src", "script-src", "img-src"):
            self.assertTrue(any(what in line for line in refused), (what, refused))

    def test_a_layer_hidden_here_leaves_the_air(self) -> None:
        daemon = self.watch()
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.row("box", "[role=switch]").click()
        wait_until(lambda: daemon.layer("box").get("visible") is False)
        self.wait_for_pixel(0.3, 0.5, NAVY)
        self.assertFalse(self.is_on("box"))
        self.row("box", "[role=switch]").send_keys(Keys.SPACE)
        wait_until(lambda: daemon.layer("box").get("visible", True))
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.assertTrue(self.is_on("box"))
        self.assertEqual(self.console(), [])

    def test_a_dragged_slider_changes_the_layer_live_and_ends_at_its_last_value(self) -> None:
        daemon = self.watch()
        before = daemon.status()["revision"]
        values = [100 - i for i in range(76)]
        milliseconds = self.browser.execute_async_script(DRAG, values)
        wait_until(lambda: daemon.layer("box").get("opacity") == 0.25)
        changes = daemon.status()["revision"] - before
        self.assertGreater(changes, 2)
        self.assertLessEqual(changes, milliseconds / 50 + 2)
        self.wait_for("[data-id=box] .percent", "25%")
        self.row("box", "input").send_keys(Keys.END)
        wait_until(lambda: daemon.layer("box").get("opacity", 1) == 1)

    def test_the_last_value_arrives_however_long_the_answer_to_another_takes(self) -> None:
        daemon = self.watch()
        daemon.process.send_signal(signal.SIGSTOP)
        self.browser.execute_async_script(DRAG, [100 - i for i in range(31)])
        self.wait_for("[data-id=box] .percent", "70%")
        daemon.process.send_signal(signal.SIGCONT)
        wait_until(lambda: daemon.layer("box").get("opacity") == 0.7)
        self.wait_for("[data-id=box] .percent", "70%")

    def test_what_the_daemon_refuses_is_taken_back_and_told(self) -> None:
        daemon = self.watch()
        self.browser.execute_script(
            "const slider = document.querySelector('[data-id=box] input'); slider.max = 200;"
            "slider.value = 150; slider.dispatchEvent(new Event('input', {bubbles: true}))"
        )
        self.wait_for("#toasts", "opacity")
        self.wait_for("[data-id=box] .percent", "100%")
        self.assertEqual(daemon.layer("box").get("opacity", 1), 1)

    def test_changes_made_elsewhere_appear(self) -> None:
        daemon = self.watch()
        daemon.patch("box", {"visible": False, "opacity": 0.5})
        wait_until(lambda: not self.is_on("box"))
        self.wait_for("[data-id=box] .percent", "50%")
        daemon.ask("PUT", "api/v1/active", {"id": "box"})
        self.wait_for("[data-id=box] .chip", "active")
        daemon.patch("box", {"z_index": 20})
        wait_until(lambda: self.layers() == ["box", "strip", "ground"])
        content = {"type": "color", "color": "blue"}
        layer = {"id": "sky", "type": "overlay", "z_index": 1, "size": [9, 9], "content": content}
        daemon.ask("POST", "api/v1/layers", layer)
        daemon.ask("DELETE", "api/v1/layers/strip")
        wait_until(lambda: self.layers() == ["box", "sky", "ground"])
        self.row("sky", ".mark").click()
        wait_until(lambda: daemon.ask("GET", "api/v1/scene")["active"] == "sky")
        daemon.ask("POST", "api/v1/stream/pause")
        self.wait_for("#tally", "PAUSED")
        self.assertEqual(self.console(), [])

    def test_the_chat_shows_what_is_said_and_says_into_the_scene(self) -> None:
        daemon = self.watch(GROUND, CHAT)
        self.wait_for("#talk", "Ana")
        self.assertFalse(self.find("#chat-none").is_displayed())
        said = daemon.ask("POST", "api/v1/layers/chat/messages",
                          {"author": "Ben", "text": "second", "highlighted": True})  # fmt: skip
        self.wait_for("#talk li.lit", "second")
        author, text = self.find("#say [name=author]"), self.find("#say [name=text]")
        author.clear()
        author.send_keys("Cy")
        text.send_keys("third", Keys.ENTER)
        self.wait_for("#talk", "third")
        messages = daemon.layer("chat")["content"]["messages"]
        self.assertEqual([each["text"] for each in messages], ["first", "second", "third"])
        self.assertEqual((messages[2]["author"], messages[1]["id"]), ("Cy", said["result"]["id"]))
        wait_until(lambda: text.get_attribute("value") == "")
        self.assertEqual(author.get_attribute("value"), "Cy")
        # Said anew, it stays where it is.
        daemon.ask("POST", "api/v1/layers/chat/messages",
                   {"id": said["result"]["id"], "author": "Ben", "text": "corrected"})  # fmt: skip
        self.wait_for("#talk li:nth-child(2)", "corrected")
        for number in range(30):
            daemon.ask("POST", "api/v1/layers/chat/messages",
                       {"author": "Dee", "text": f"number {number}"})  # fmt: skip
        self.wait_for("#talk li:nth-child(20)", "number 29")
        self.assertEqual(self.console(), [])

    def test_without_a_chat_there_is_nothing_to_say_into(self) -> None:
        self.watch()
        self.assertTrue(self.find("#chat-none").is_displayed())
        self.assertFalse(self.find("#say").is_displayed())

    def test_the_stream_is_stopped_only_after_a_second_word(self) -> None:
        daemon = self.watch()
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.find("#stop").click()
        self.find("#stop-no").click()
        self.assertEqual(daemon.status()["state"], "on-air")
        self.find("#stop").click()
        self.find("#stop-yes").click()
        wait_until(lambda: daemon.status()["state"] == "stopped")
        self.wait_for("#preview-note", "Nothing is on air")
        self.wait_for("#tally", "STOPPED")
        wait_until(lambda: daemon.viewers() == 0)
        self.find("#start").click()
        wait_until(lambda: daemon.status()["state"] == "on-air")
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.find("#pause").click()
        wait_until(lambda: daemon.status()["state"] == "paused")
        self.wait_for("#start", "Resume")
        self.assertEqual(self.console(), [])

    def test_nobody_pays_for_a_preview_that_cannot_be_seen(self) -> None:
        daemon = self.watch()
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        page = self.browser.current_window_handle
        self.browser.switch_to.new_window("tab")
        try:
            wait_until(lambda: daemon.viewers() == 0)
        finally:
            self.browser.close()
            self.browser.switch_to.window(page)
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.assertEqual(daemon.viewers(), 1)

    def test_a_token_is_asked_for_and_kept_for_the_session(self) -> None:
        token = "s3cret+/=&word"
        daemon = self.on_air(arguments=("--token-file", self.file("token", token + "\n")))
        daemon.token = token
        self.open(daemon)
        self.wait_for_link("locked")
        self.find("#token").send_keys("wrong", Keys.ENTER)
        self.wait_for("#token-error", "wrong")
        self.find("#token").send_keys(token, Keys.ENTER)
        self.wait_for_link("live")
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.row("box", "[role=switch]").click()
        wait_until(lambda: daemon.layer("box").get("visible") is False)
        self.browser.refresh()
        wait_until(lambda: self.layers() != [] and not self.is_on("box"))
        self.assertFalse(self.find("#token-dialog").is_displayed())
        unexpected = [line for line in self.console() if "401" not in line]
        self.assertEqual(unexpected, [])

    def test_a_token_that_only_reads_gets_a_page_that_changes_nothing(self) -> None:
        reads, rules = "token-that-reads", "token-that-rules"
        tokens = self.file("token", f"read wall {reads}\nadmin lars {rules}\n")
        daemon = self.on_air(GROUND, BOX, CHAT, arguments=("--token-file", tokens))
        self.open(daemon, f"#token={reads}")
        self.wait_for_link("live")
        self.wait_for("#link", "read only")
        wait_until(lambda: self.layers() == ["chat", "box", "ground"])
        for part in ("[role=switch]", "input", ".mark"):
            self.assertFalse(self.row("box", part).is_enabled(), part)
        for button in ("#pause", "#stop"):
            self.assertFalse(self.find(button).is_enabled(), button)
        self.assertFalse(self.find("#say").is_displayed())
        # What is asked for nevertheless is refused, and the page tells why.
        self.browser.execute_script("transmit(byId('pause'), 'stream.pause')")
        self.wait_for("#toasts", "this needs the role operate; the token has the role read")
        # The token may get another role.
        self.file("token", f"operate wall {reads}\nadmin lars {rules}\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.row("box", "[role=switch]").is_enabled())
        daemon.token = rules
        self.row("box", "[role=switch]").click()
        wait_until(lambda: daemon.layer("box").get("visible") is False)

    def test_a_token_in_the_address_is_taken_out_of_it(self) -> None:
        daemon = self.on_air(arguments=("--token-file", self.file("token", "s3+cret+s3")))
        self.open(daemon, "#token=s3%2Bcret%2Bs3")
        self.wait_for_link("live")
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.assertEqual(self.browser.current_url, daemon.address)
        self.assertEqual(self.console(), [])

    def test_the_page_finds_a_daemon_that_was_killed_and_started_again(self) -> None:
        daemon = self.watch()
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.row("box", "[role=switch]").click()
        wait_until(lambda: daemon.layer("box").get("visible") is False)
        daemon.kill()
        self.wait_for_link("lost")
        self.wait_for("#link", "Reconnecting")
        self.wait_for("#tally", "UNKNOWN")
        path = self.file("scene.yaml", scene_text(GROUND, BOX))
        listen = daemon.address.removeprefix("http://").removesuffix("/")
        daemon = Daemon(self, path, listen=listen)
        self.wait_for_link("live")
        wait_until(lambda: self.layers() == ["box", "ground"] and self.is_on("box"))
        self.wait_for_pixel(0.3, 0.5, ORANGE)
        self.row("box", "[role=switch]").click()
        wait_until(lambda: daemon.layer("box").get("visible") is False)

    def test_hostile_texts_are_shown_as_text(self) -> None:
        text = json.dumps(HOSTILE)
        words = f"{{id: words, type: overlay, content: {{type: text, text: {text}}}}}"
        record = self.folder / "<img src=x onerror=wasFooled=1>.mkv"
        daemon = self.watch(GROUND, words, arguments=("-o", record))
        self.wait_for("[data-id=words] .about", HOSTILE)
        self.wait_for("#output-list", "<img src=x onerror=wasFooled=1>")
        daemon.patch("words", {"content": {"text": "<style>*{display:none}</style>"}})
        self.wait_for("[data-id=words] .about", "<style>*{display:none}</style>")
        self.file("<img src=x onerror=wasFooled=1>.png", "no picture")
        content = {"type": "image", "source": "<img src=x onerror=wasFooled=1>.png"}
        daemon.ask("POST", "api/v1/layers", {"id": "bad", "type": "overlay", "content": content})
        self.wait_for("#error-list", "<img src=x onerror=wasFooled=1>.png: not an image")
        found = "return document.querySelectorAll('main :is(script, style, b b, a, iframe)').length"
        self.assertEqual(self.browser.execute_script(found), 0)
        images = "return [...document.images].map(image => image.id)"
        self.assertEqual(self.browser.execute_script(images), ["preview"])
        self.assertIsNone(self.browser.execute_script("return window.wasFooled ?? null"))
        self.wait_for("#health-text", "layer bad: ")
        self.wait_for("#health-parts .degraded", "layers")
        daemon.ask("DELETE", "api/v1/layers/bad")
        self.wait_for("#error-list", "over after")
        self.find("#error-list button").click()
        self.wait_for("#errors-empty", "Nothing is wrong")
        self.assertEqual(self.console(), [])

    def test_everybody_can_read_and_reach_what_is_there(self) -> None:
        self.watch(arguments=("-o", self.folder / "record.mkv"))
        self.wait_for("#output-list", "record.mkv")
        self.assertEqual(self.browser.execute_script(NAMELESS_CONTROLS), [])
        for scheme in ("dark", "light"):
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            texts, faint = self.browser.execute_script(FAINT_TEXTS)
            self.assertGreater(texts, 40)
            self.assertEqual(faint, [], scheme)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {})
        for width, height in ((360, 740), (900, 1200), (1440, 900), (1920, 1080)):
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            across = self.browser.execute_script("return document.documentElement.scrollWidth")
            self.assertLessEqual(across, width)


if __name__ == "__main__":
    unittest.main()
