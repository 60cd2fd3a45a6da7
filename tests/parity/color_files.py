"""Images whose colours and transparency layercast must read as a browser does."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

from image_files import AVIF_SIZE, avif, clap, imir, irot, nclx, png
from png_cases import CHUNKS, COLORS, HDR_CHUNKS, SIDE, kinds

SYCC = nclx(1, 13, 6, 1)
Files = dict[str, tuple[bytes, tuple[int, int]]]  # content and size by name


def _kinds() -> Files:
    # The browser drops the low byte of words before it converts their gamma; layercast does not.
    every = [each for each in kinds() if each.depth < 16 or not each.gamma]
    return {f"kind-{number}.png": (each.png, (SIDE, SIDE)) for number, each in enumerate(every)}


def _chunks() -> Files:
    # The browser shows nothing of a PNG with the code point of a matrix.
    cases = {name: chunks for name, (chunks, _) in (CHUNKS | HDR_CHUNKS).items() if name != "a matrix"}
    return {
        f"chunks-{number}.png": (png([list(COLORS)], chunks=chunks), (len(COLORS), 1))
        for number, chunks in enumerate(cases.values())
    }


def _avif_colors() -> Files:
    codes = (
        (1, 13), (2, 2), (1, 1), (1, 6), (1, 14), (12, 13), (9, 13), (6, 13), (1, 8), (1, 4), (1, 7),
        (1, 17), (1, 16), (9, 16), (1, 18), (9, 18),
    )  # fmt: skip
    return {
        f"avif-{primaries}-{transfer}.avif": (avif("gbr 8", nclx(primaries, transfer, 0, 1)), AVIF_SIZE)
        for primaries, transfer in codes
    }


def _avif_transforms() -> Files:
    files: Files = {}
    for depth in (8, 10, 12):
        for turns in range(4):
            for mirror in ([], [imir(0)], [imir(1)]):
                size = AVIF_SIZE if turns % 2 == 0 else AVIF_SIZE[::-1]
                content = avif(f"color {depth}", SYCC, *mirror, irot(turns))
                files[f"turned-{depth}-{turns}-{len(files)}.avif"] = content, size
        cropped = avif(f"color {depth}", SYCC, clap(20, 12, -2, -2))
        files[f"cropped-{depth}.avif"] = cropped, (20, 12)
        uncropped = avif(f"color {depth}", SYCC, clap(12.5, 8, -6, -4))
        files[f"uncropped-{depth}.avif"] = uncropped, AVIF_SIZE
    return files


def _avif_planes() -> Files:
    # The browser expands alpha of full range as well; layercast does not.
    files = {
        "alpha.avif": avif("color 8", SYCC, alpha="grey 8 limited"),
        "grey.avif": avif("grey 8 full", nclx(1, 13, 6, 1)),
        "premultiplied.avif": avif(
            "gbr-premultiplied 8", nclx(1, 13, 0, 1), alpha="grey 8 limited", premultiplied=True
        ),
    }
    for depth in (8, 10, 12):
        files[f"grey-{depth}.avif"] = avif(f"grey {depth} limited", nclx(1, 13, 6, 0))
        files[f"bare-grey-{depth}.avif"] = avif(f"grey {depth} limited")
    return {name: (content, AVIF_SIZE) for name, content in files.items()}


COLOR_FILES: dict[str, Files] = {
    "PNGs of every kind": _kinds(),
    "PNGs with colour chunks": _chunks(),
    "AVIFs with code points": _avif_colors(),
    "AVIFs turned, mirrored and cropped": _avif_transforms(),
    "AVIFs without chroma and with alpha": _avif_planes(),
}
