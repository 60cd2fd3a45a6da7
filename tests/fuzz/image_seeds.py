#!/usr/bin/python3
"""Writes small PNGs, AVIFs and TIFFs into a folder: what the fuzz test of images begins with.

    image_seeds.py FOLDER
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

from image_files import avif, clap, imir, irot, nclx, tiff
from png_cases import CHUNKS, HDR_CHUNKS, png


def main() -> None:
    folder = Path(sys.argv[1])
    for number, (chunks, _) in enumerate((CHUNKS | HDR_CHUNKS).values()):
        (folder / f"{number}.png").write_bytes(png([[(1, 2, 3)]], chunks=chunks))
    turned = avif("color 8", nclx(12, 13, 6, 1), clap(20, 12, -2, -2), irot(1), imir(0))
    (folder / "turned.avif").write_bytes(turned)
    layered = avif("grey 8 full", alpha="grey 8 limited", premultiplied=True)
    (folder / "layered.avif").write_bytes(layered)
    (folder / "unknown.avif").write_bytes(layered.replace(b"av01", b"j2k1"))
    (folder / "a.tif").write_bytes(tiff(4, 4, bytes(48), 9, [8] * 3))


if __name__ == "__main__":
    main()
