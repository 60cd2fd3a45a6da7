"""What is to be reached on the standard scenes, and whether it is."""

from dataclasses import dataclass

from scene_bench import Encoding, Scene

FRAME_COPIES_MAX = {"STATIC": 0.02, "S3": 1.2, "S10": 5, "SN5": 0.8, "SN20": 2.5, "SN50": 5}
COMPOSING_OVER_FFMPEG_MAX = {"S10": 1 / 3}  # CPU; on all others it is 1
# With the headline preset; CPU of all threads, and wall from beginning to end.
WHOLE_OVER_UNAVOIDABLE_MAX = {"S3": {"cpu": 1.04, "wall": 1.04}, "S10": {"cpu": 1.10, "wall": 1.08}}
HEADLINE_PRESET = "veryfast"
WHATS = {"cpu": "CPU", "wall": "wall"}


@dataclass(frozen=True)
class Target:
    what: str
    most: float
    measured: float | None

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        return "met" if self.measured <= self.most else "MISSED"

    def row(self) -> list[str]:
        measured = "" if self.measured is None else f"{self.measured:.3f}"
        return ["", self.what, f"≤ {self.most:.3g}", measured, self.verdict]


def composing_targets(scene: Scene) -> list[Target]:
    composing = scene.composing
    copies = scene.frame_copies(composing.layercast)
    targets = [Target("composing, in frame copies", FRAME_COPIES_MAX[scene.name], copies)]
    for what, name, most in [
        ("composing", "CPU", COMPOSING_OVER_FFMPEG_MAX.get(scene.name, 1)),
        ("wall", "wall, with decoding", 1),
    ]:
        best = composing.best_of_ffmpeg(what)
        ahead = composing.layercast.over(best, what)
        targets.append(Target(f"composing ÷ ffmpeg's best graph, {name}", most, ahead))
    return targets


def encoding_targets(scene: Scene, encoding: Encoding) -> list[Target]:
    targets = []
    for what, most in WHOLE_OVER_UNAVOIDABLE_MAX.get(scene.name, {}).items():
        over = encoding.layercast.over(encoding.unavoidable, what)
        targets.append(Target(f"render+encode ÷ unavoidable, {WHATS[what]}", most, over))
    ahead = encoding.layercast.over(encoding.ffmpeg, "wall")
    return targets + [Target("render+encode ÷ ffmpeg's graph, wall", 1, ahead)]


def targets_of(scene: Scene) -> list[Target]:
    targets = composing_targets(scene)
    for encoding in scene.encodings:
        if encoding.preset == HEADLINE_PRESET:
            targets += encoding_targets(scene, encoding)
    return targets
