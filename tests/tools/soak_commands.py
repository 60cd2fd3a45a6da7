"""The commands of a soak: random ones over each interface, a model of what was acknowledged, and a
subscriber that checks the events."""

import copy
import http.client
import json
import random
import re
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import soak_media
from harness import tool
from websocket import Closed, WebSocket

if TYPE_CHECKING:
    from soak_stage import Stage

Document = dict[str, Any]

LAYERS_MAX = 6  # of one commander
# The scene stays far below its limits, so a valid command is refused for these reasons only: hostile
# clients hold the room for answers, or the store of the daemon fails.
OVERLOADS = ("too many bytes wait for clients", "too many concurrent requests")
STORE_FAILURE = re.compile(r"the change could not be made durable: [^\n]+")
PATIENCE_SECONDS = 40  # for one answer, on a busy machine


class Unclear(OSError):
    """A command was sent, and no answer came: it may have been executed or not."""


class Answer:
    def __init__(self, status: int, text: bytes) -> None:
        self.status, self.text = status, text

    def json(self) -> Any:
        return json.loads(self.text)


def http_call(
    address: str, token: str, method: str, path: str, body: Any = None,
    seconds: float = PATIENCE_SECONDS,
) -> Answer:  # fmt: skip
    """Errors: Unclear."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=seconds)
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body),
            {"Content-Type": kind, "Authorization": f"Bearer {token}"},
        )  # fmt: skip
        answer = connection.getresponse()
        return Answer(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise Unclear(f"{method} {path}: {error!r}") from error
    finally:
        connection.close()


def refusal_detail(answer: Any) -> str:
    """The detail of a refusal for now (503), over each interface; empty for any other answer."""
    if isinstance(answer, str):  # of layerctl
        head, detail = "layerctl: error: ", answer.removesuffix("\n")
        return detail.removeprefix(head) if detail.startswith(head) else ""
    if not isinstance(answer, dict):
        return ""
    problem = answer.get("data", answer)  # over JSON-RPC, the problem is a part of the error
    return str(problem["detail"]) if problem.get("status") == 503 else ""


def is_expected_refusal(answer: Any, store_fails: bool) -> bool:
    """Whether a valid command may get this answer. `store_fails`: the store is one with faults."""
    detail = refusal_detail(answer)
    return detail in OVERLOADS or (store_fails and STORE_FAILURE.fullmatch(detail) is not None)


# ---- The model ----------------------------------------------------------------------------------


def merged(document: Document, patch: Document) -> Document:
    """JSON Merge Patch, RFC 7396."""
    result = copy.deepcopy(document)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def without_defaults(document: Document) -> Document:
    """A layer as the daemon writes it: without the values that are the default."""
    return {key: value for key, value in document.items() if (key, value) != ("visible", True)}


class Change:
    """One command about one layer: what it makes of the layer, None for a layer that is absent."""

    def __init__(
        self, name: str, layer: str, method: str, path: str, body: Any, after: Document | None
    ) -> None:
        self.name, self.layer, self.method, self.path, self.body = name, layer, method, path, body
        self.after = after

    def may_become(self, found: Document | None) -> bool:
        """Whether the layer is as the command leaves it. The daemon writes values in its own way
        where they are not compared: the place in the stack of a new layer, and animations."""
        if self.after is None or found is None:
            return self.after is found
        expected, actual = without_defaults(self.after), dict(found)
        if self.name == "create":
            actual.pop("z_index", None)
        if len(expected.pop("animations", [])) != len(actual.pop("animations", [])):
            return False
        return expected == actual


class Commander:
    """Sends random commands about layers of its own, and remembers what was acknowledged.

    Thread: its own; the caller of `verify` holds `lock`.
    """

    def __init__(self, stage: "Stage", name: str, interface: str, pause: float) -> None:
        self.stage, self.name, self.interface, self.pause = stage, name, interface, pause
        self.chance = random.Random(f"{stage.seed}/{stage.name}/{name}")
        self.layers: dict[str, Document] = {}
        self.unclear: Change | None = None
        self.revision = 0
        self.made = 0
        # Held from the choice of a command until the model has its effect.
        self.lock = threading.Lock()
        self.socket: WebSocket | None = None
        self.socket_life = -1

    # ---- Choosing a command ---------------------------------------------------------------------

    def create(self) -> Change:
        self.made += 1
        layer = f"{self.name}-{self.made}"
        document = {
            "id": layer, "type": "overlay",
            "size": [self.chance.randint(8, 90), self.chance.randint(8, 90)],
            "transform": {"position": [self.chance.randint(1, 250), self.chance.randint(1, 130)]},
            "content": soak_media.good_content(self.chance),
        }  # fmt: skip
        return Change("create", layer, "POST", "/api/v1/layers", document, document)

    def choose(self) -> Change:
        if not self.layers or (len(self.layers) < LAYERS_MAX and self.chance.random() < 0.25):
            return self.create()
        layer = self.chance.choice(sorted(self.layers))
        path, before = f"/api/v1/layers/{layer}", self.layers[layer]
        kind = self.chance.choices(
            ["patch", "content", "hide", "delete", "animate", "clear", "replace"],
            [40, 15, 10, 12, 12, 6, 5],
        )[0]
        if kind == "delete" or (kind == "animate" and len(before.get("animations", [])) > 3):
            return Change("delete", layer, "DELETE", path, None, None)
        if kind == "animate":
            body: Any = {
                "effect": "fade", "from": 0.25, "to": 0.75, "iterations": "infinite",
                "direction": "alternate", "duration": f"{self.chance.randint(2, 9)}00ms",
            }  # fmt: skip
            after = merged(before, {"animations": [*before.get("animations", []), body]})
            return Change("animate", layer, "POST", f"{path}/animations", body, after)
        if kind == "clear" and "animations" in before:
            return Change(
                "clear",
                layer,
                "PATCH",
                path,
                {"animations": None},
                merged(before, {"animations": None}),
            )
        if kind == "replace":
            body = {
                "id": layer, "type": "overlay", "size": [33, self.chance.randint(8, 90)], "z_index": 7,
                "content": soak_media.good_content(self.chance),
            }  # fmt: skip
            return Change("replace", layer, "PUT", path, body, body)
        patch: Document = {
            "opacity": self.chance.randint(1, 9) / 10, "z_index": self.chance.randint(1, 90),
            "transform": {"position": [self.chance.randint(1, 250), self.chance.randint(1, 130)],
                          "rotation": self.chance.randint(1, 350)},
        }  # fmt: skip
        if kind == "hide":
            patch = {"visible": not before.get("visible", True)}
        after = merged(before, patch)
        if kind == "content":
            # All of the content: a merge would keep what the new kind does not know.
            patch = {"content": soak_media.good_content(self.chance)}
            old = {key: None for key in before["content"] if key not in patch["content"]}
            after = {**copy.deepcopy(before), **patch}
            patch = {"content": {**patch["content"], **old}}
        return Change("update", layer, "PATCH", path, patch, without_defaults(after))

    # ---- Sending it -----------------------------------------------------------------------------

    def send(self, change: Change) -> tuple[bool, Any]:
        """Whether the daemon executed the command, and its answer. Errors: Unclear."""
        if self.interface == "websocket":
            return self.send_rpc(change)
        if self.interface == "cli":
            return self.send_cli(change)
        answer = self.stage.call(change.method, change.path, change.body)
        return answer.status in (200, 201), answer.json() if answer.text else None

    def send_rpc(self, change: Change) -> tuple[bool, Any]:
        method, params = {
            "POST": ("layers.create", change.body),
            "PUT": ("layers.replace", {"id": change.layer, "layer": change.body}),
            "PATCH": ("layers.update", {"id": change.layer, "patch": change.body}),
            "DELETE": ("layers.delete", {"id": change.layer}),
        }[change.method]  # fmt: skip
        if change.name == "animate":
            method, params = "layers.animate", {"id": change.layer, "animation": change.body}
        try:
            if self.socket is None or self.socket_life != self.stage.life:
                if self.socket is not None:
                    self.socket.close()
                self.socket = None
                self.socket = WebSocket(self.stage.address, self.stage.token)
                self.socket_life = self.stage.life
            answer = self.socket.call(method, params, PATIENCE_SECONDS)
        except OSError as error:
            if self.socket is not None:
                self.socket.close()
            self.socket = None
            raise Unclear(f"{method}: {error!r}") from error
        return "result" in answer, answer.get("result", answer.get("error"))

    def send_cli(self, change: Change) -> tuple[bool, Any]:
        """By layerctl where it has the command in one word, else over HTTP."""
        words = []
        if change.name == "update":
            words = ["set", change.layer, *assignments(change.body)]
        elif change.name == "delete":
            words = ["rm", change.layer]
        if not words:
            answer = self.stage.call(change.method, change.path, change.body)
            return answer.status in (200, 201), answer.json()
        self.stage.ledger.count("commands of layerctl")
        done = self.stage.layerctl(*words)
        # 1 to 3 are refusals, 4 says that no daemon answered.
        if done.returncode not in (0, 1, 2, 3):
            raise Unclear(f"layerctl {words}: {done.stderr}")
        return done.returncode == 0, None if done.returncode == 0 else done.stderr

    def step(self) -> None:
        life = self.stage.life
        change = self.choose()
        began = time.monotonic()
        self.unclear = change
        try:
            executed, answer = self.send(change)
        except Unclear as error:
            self.stage.ledger.count("commands without an answer")
            # The daemon was killed: `verify` settles what became of the command.
            self.stage.must_have_died(life, f"{self.name}: {error}")
            return
        self.stage.ledger.measure("slowest acknowledged command", time.monotonic() - began, "s")
        self.stage.ledger.count(f"commands: {self.interface}")
        self.unclear = None
        refused = f"{change.name} {change.layer} {change.body}: {answer}"
        if not executed:
            is_allowed = is_expected_refusal(answer, store_fails=self.stage.redis is not None)
            self.stage.ledger.check("valid commands are executed", is_allowed, refused)
            return
        if isinstance(answer, dict) and "revision" in answer:
            self.stage.ledger.check(
                "revisions rise",
                answer["revision"] >= self.revision,
                f"{answer['revision']} after {self.revision}",
            )
            self.revision = answer["revision"]
            self.stage.acknowledged(self.revision)
        if change.after is None:
            self.layers.pop(change.layer, None)
            return
        if isinstance(answer, dict) and isinstance(answer.get("result"), dict):
            found = answer["result"]
        else:
            try:
                found = self.stage.call("GET", f"/api/v1/layers/{change.layer}").json()
            except Unclear as error:
                self.stage.must_have_died(life, str(error))
                self.unclear = change
                return
            found.pop("revision", None)
        self.stage.ledger.check(
            "an acknowledged command has its effect", change.may_become(found),
            f"{change.name} {change.layer}: sent {change.body}, expected {change.after}, "
            f"answered {found}",
        )  # fmt: skip
        self.layers[change.layer] = found

    def run(self) -> None:
        while self.stage.wait_while_up(self.chance.uniform(0.5, 1.5) * self.pause):
            with self.lock:
                # Another thread may have killed the daemon meanwhile; it then settles `unclear`.
                if self.stage.is_up() and self.unclear is None:
                    self.step()

    # ---- Comparing ------------------------------------------------------------------------------

    def verify(self, scene: Document, when: str) -> None:
        """Compares the layers of this commander in the whole scene with the model. Settles what
        became of a command without an answer."""
        own = {
            layer["id"]: layer
            for layer in scene["layers"]
            if layer["id"].startswith(f"{self.name}-")
        }
        change, self.unclear = self.unclear, None
        if change is not None:
            found = own.get(change.layer)
            before = self.layers.get(change.layer)
            self.stage.ledger.check(
                f"durability {when}", found == before or change.may_become(found),
                f"{self.name}: {change.layer} was {before}, {change.name} {change.body} had no "
                f"answer, found {found}",
            )  # fmt: skip
            self.layers.pop(change.layer, None)
            if found is not None:
                self.layers[change.layer] = found
        differing = [
            f"{each}: acknowledged {self.layers.get(each)}, found {own.get(each)}"
            for each in sorted(own.keys() | self.layers.keys())
            if own.get(each) != self.layers.get(each)
        ]
        self.stage.ledger.check(f"durability {when}", not differing, f"{self.name}: {differing}")
        self.stage.ledger.check(
            f"durability {when}", scene["revision"] >= self.revision,
            f"{self.name}: revision {scene['revision']}, acknowledged {self.revision}",
        )  # fmt: skip
        if differing:
            self.layers = own


def assignments(patch: Document, prefix: str = "") -> list[str]:
    """A merge patch as the arguments of `layerctl set`."""
    words: list[str] = []
    for key, value in patch.items():
        if isinstance(value, dict):
            words += assignments(value, f"{prefix}{key}.")
        else:
            words.append(f"{prefix}{key}={json.dumps(value)}")
    return words


# ---- Events -------------------------------------------------------------------------------------


class Observer:
    """Subscribes to all events, and checks that they are in order, gapless and enough to follow the
    scene. Thread: its own."""

    # These tell of the daemon: they have the present revision.
    OF_THE_DAEMON = ("stats", "health.changed", "output.state", "stream.error")

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.revision = 0  # of the last event
        self.ended = threading.Event()
        self.layers: dict[str, Document] = {}

    def run(self) -> None:
        while not self.ended.wait(0.1):
            if not self.stage.is_up():
                continue
            life = self.stage.life
            try:
                self.follow(life)
            except OSError as error:
                self.stage.must_have_died(life, f"the subscriber lost its connection: {error!r}")

    def follow(self, life: int) -> None:
        socket = WebSocket(self.stage.address, self.stage.token)
        try:
            answer = socket.call("subscribe")
            first = socket.notification(10)
            scene = first["params"]
            ledger = self.stage.ledger
            ledger.check("events: the scene first", first["method"] == "scene", str(first)[:300])
            ledger.check(
                "events: what was seen is durable", scene["revision"] >= self.revision,
                f"{scene['revision']} after {self.revision}",
            )  # fmt: skip
            ledger.check(
                "events: the scene first",
                scene["revision"] >= answer["result"]["revision"],
                str(answer),
            )
            self.revision = scene["revision"]
            self.layers = {layer["id"]: layer for layer in scene["layers"]}
            while not self.ended.is_set() and self.stage.life == life:
                try:
                    self.take(socket.notification(1))
                except Closed:
                    raise
                except TimeoutError:
                    continue
        finally:
            socket.close()

    def take(self, event: Document) -> None:
        name, params = event["method"], event["params"]
        revision = params["revision"]
        self.stage.ledger.count("events seen")
        if name in self.OF_THE_DAEMON:
            self.stage.ledger.check(
                "events in order",
                revision == self.revision,
                f"{name} {revision} after {self.revision}",
            )
            return
        self.stage.ledger.check(
            "events gapless and in order", revision - self.revision in (0, 1),
            f"{name} {revision} after {self.revision}",
        )  # fmt: skip
        self.revision = revision
        if name in ("layer.created", "layer.updated"):
            self.layers[params["id"]] = params["layer"]
        elif name == "layer.deleted":
            self.layers.pop(params["id"], None)

    def verify(self, scene: Document, names: list[str]) -> None:
        """Compares what the events told with the scene of the same revision."""
        deadline = time.monotonic() + 10
        while self.revision < scene["revision"] and time.monotonic() < deadline:
            time.sleep(0.05)
        own = lambda layers: {  # noqa: E731
            each["id"]: each for each in layers if each["id"].rsplit("-", 1)[0] in names
        }
        told, actual = own(self.layers.values()), own(scene["layers"])
        differing = [
            (told.get(each), actual.get(each))
            for each in sorted(told.keys() | actual.keys())
            if told.get(each) != actual.get(each)
        ]
        self.stage.ledger.check(
            "events tell the whole scene", told == actual,
            f"revision {self.revision} of {scene['revision']}: {differing}",
        )  # fmt: skip


def run_layerctl(address: str, token_file: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [tool("layerctl"), "--url", address, "--token-file", str(token_file), *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
