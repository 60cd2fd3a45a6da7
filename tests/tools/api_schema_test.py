#!/usr/bin/python3
"""The published schemas are valid, and a daemon's answers are as its OpenAPI document says."""

import json
import unittest
from typing import Any

import jsonschema

from harness import ROOT
from streamd_test import StreamdTest

SCENE = """version: 1
scene: documents
canvas: {width: 160, height: 90, fps: 25}
layers:
  - {id: box, type: overlay, size: [80, 60], content: {type: color, color: "#ff8000"},
     transition: {duration: 1h}, exit: [{effect: fade, from: 1, to: 0, duration: 1m}],
     animations: [{effect: rotate, to: 9, duration: 1s}]}
  - {id: talk, type: chat, content: {type: chat}}
audio:
  - {id: music, source: no-such.ogg}
"""


def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"duplicate keys: {', '.join(twice)}")
    return dict(pairs)


def read_strictly(text: str | bytes) -> Any:
    """JSON whose objects have each key once."""
    return json.loads(text, object_pairs_hook=refuse_duplicates)


class SceneSchema(unittest.TestCase):
    def test_has_each_key_once_and_is_a_valid_schema(self) -> None:
        schema = read_strictly((ROOT / "scenes" / "scene.schema.json").read_text())
        self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
        jsonschema.Draft202012Validator.check_schema(schema)

    def test_does_not_name_run_state(self) -> None:
        text = (ROOT / "scenes" / "scene.schema.json").read_text()
        for key in ("shown_since", "leaves", "glide", "state_before", "state_start", "begins"):
            self.assertNotIn(f'"{key}"', text)

    def test_a_duplicate_key_would_be_found(self) -> None:
        with self.assertRaisesRegex(ValueError, "duplicate keys: a"):
            read_strictly('{"b": {"a": 1, "a": 2}}')


class OpenApi(StreamdTest):
    def setUp(self) -> None:
        super().setUp()
        self.scene.write_text(SCENE)
        self.running = self.daemon("-o", str(self.folder / "recording.mkv"))
        self.document = read_strictly(self.running.call("GET", "/api/v1/openapi.json").body)

    def validator(self, schema: Any) -> jsonschema.Draft202012Validator:
        resolver = jsonschema.RefResolver("", self.document)
        return jsonschema.Draft202012Validator(schema, resolver=resolver)

    def operation(self, method: str, path: str) -> Any:
        return self.document["paths"][path][method.lower()]

    def check(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        reply = self.running.call(method, path.format(**ids), body)
        responses = self.operation(method, path)["responses"]
        self.assertIn(str(reply.status), responses, f"{method} {path}: {reply}")
        schema = responses[str(reply.status)]["content"]["application/json"]["schema"]
        answer = read_strictly(reply.body)
        faults = list(self.validator(schema).iter_errors(answer))
        self.assertEqual(faults, [], f"{method} {path}: {answer}")
        return answer

    def test_every_schema_is_valid(self) -> None:
        schemas = self.document["components"]["schemas"]
        self.assertGreater(len(schemas), 20)
        for name, schema in schemas.items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_named_type_says_what_it_holds(self) -> None:
        says = {"properties", "oneOf", "anyOf", "enum", "const", "items", "pattern", "format", "$ref"}
        for name, schema in self.document["components"]["schemas"].items():
            if name not in ("any", "results"):
                is_plain = schema.get("type", "object") not in ("object", "array")
                self.assertTrue(is_plain or says & set(schema), f"{name}: {schema}")

    def test_patches_are_described(self) -> None:
        def fits(path: str, body: Any) -> bool:
            content = self.operation("PATCH", path)["requestBody"]["content"]
            schema = content["application/merge-patch+json"]["schema"]
            return self.validator(schema).is_valid(body)

        layer, audio = "/api/v1/layers/{id}", "/api/v1/audio/{id}"
        for path, body in (
            (layer, {"opacity": 0.5, "visible": None}), (layer, {"content": {"text": "Lot 8"}}),
            (layer, {"transform": {"rotation": 45}, "clip": None}), (audio, {"volume": 0.5}),
            ("/api/v1/scene", {"canvas": {"background": "red"}}),
        ):  # fmt: skip
            self.assertTrue(fits(path, body), (path, body))
        for path, body in (
            (layer, {"opacty": 1}), (layer, {"opacity": "high"}), (audio, {"volume": "loud"}),
            (layer, {"transform": {"rotate": 3}}), ("/api/v1/scene", {"canvas": 3}),
        ):  # fmt: skip
            self.assertFalse(fits(path, body), (path, body))

    def test_every_reference_leads_somewhere(self) -> None:
        def walk(value: Any) -> None:
            if isinstance(value, list):
                for item in value:
                    walk(item)
            elif isinstance(value, dict):
                if isinstance(value.get("$ref"), str):
                    name = value["$ref"].removeprefix("#/components/schemas/")
                    self.assertIn(name, self.document["components"]["schemas"])
                for item in value.values():
                    walk(item)

        walk(self.document)

    def test_answers_are_as_documented(self) -> None:
        self.running.wait_for_output("cli-1", "live")
        self.check("PATCH", "/api/v1/layers/{id}", {"opacity": 0.5}, id="box")
        self.check("POST", "/api/v1/layers/{id}/messages", {"author": "Ana", "text": "hi"},
                   id="talk")  # fmt: skip
        self.check("POST", "/api/v1/layers/{id}/animations",
                   {"effect": "fade", "duration": "1s"}, id="box")  # fmt: skip
        self.check("POST", "/api/v1/layers/{id}/restart", id="box")
        self.check("POST", "/api/v1/layers/{id}/release", id="box")
        self.check("POST", "/api/v1/audio/{id}/restart", id="music")
        for path in ("/api/v1/scene", "/api/v1/layers", "/api/v1/audio", "/api/v1/status",
                     "/api/v1/outputs", "/api/v1/stream/config", "/healthz", "/readyz"):  # fmt: skip
            with self.subTest(path):
                self.check("GET", path)
        for kind, name in (("layers", "box"), ("layers", "talk"), ("audio", "music")):
            self.check("GET", f"/api/v1/{kind}/{{id}}", id=name)
            run = self.check("GET", f"/api/v1/{kind}/{{id}}/run", id=name)
            self.assertIn("start", run)
        self.check("GET", "/api/v1/outputs/{id}", id="cli-1")

    def test_run_state_is_read_only_and_beside_the_layer(self) -> None:
        layer = self.check("GET", "/api/v1/layers/{id}", id="box")
        self.assertNotIn("start", layer)
        for key in ("start", "shown_since", "exit_start", "leaves", "glide"):
            reply = self.running.call("PATCH", "/api/v1/layers/box", {key: "3s"})
            self.assertEqual(reply.status, 422, reply)
        self.assertEqual(self.running.call("GET", "/api/v1/layers/bax/run").status, 404)


if __name__ == "__main__":
    unittest.main()
