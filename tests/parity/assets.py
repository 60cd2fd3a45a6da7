"""The pictures that cases show, made by code: a photograph's like, a drawing with alpha, pixel art."""

from pathlib import Path

import numpy as np
from color_files import COLOR_FILES
from picture import Picture, save


def _octaves(width: int, height: int, seed: int, roughness: float) -> np.ndarray:
    """Noise as in nature: each octave is half as strong as the one before. Range: about -1..1."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width))
    for octave in range(1, 7):
        cells = 2**octave
        lattice = random.uniform(-1, 1, (cells + 2, cells + 2))
        y, x = np.mgrid[0:height, 0:width].astype(float)
        x, y = x * cells / width, y * cells / height
        column, row = x.astype(int), y.astype(int)
        fx, fy = x - column, y - row
        fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
        upper = lattice[row, column] * (1 - fx) + lattice[row, column + 1] * fx
        lower = lattice[row + 1, column] * (1 - fx) + lattice[row + 1, column + 1] * fx
        total += (upper * (1 - fy) + lower * fy) * roughness**octave
    return total / (roughness / (1 - roughness))


def _bytes(values: np.ndarray) -> Picture:
    return np.floor(np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def photo(width: int, height: int, seed: int = 1) -> Picture:
    """Sky over hills, and a sun: smooth colours, texture, and a few sharp edges."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x, y = x / width, y / height
    noise = _octaves(width, height, seed, 0.55)
    ridge = 0.6 + 0.12 * np.sin(7 * x + seed) + 0.05 * np.sin(19 * x + 2 * seed)
    sky = np.stack([0.35 + 0.5 * y + 0.1 * noise, 0.55 + 0.3 * y + 0.1 * noise, 0.9 - 0.2 * y], 2)
    hill = np.stack([0.2 + 0.25 * noise, 0.45 + 0.3 * noise - 0.2 * y, 0.15 + 0.15 * noise], 2)
    shown = np.where((y > ridge)[..., None], hill, sky)
    sun = np.hypot((x - 0.7) * width / height, y - 0.25) - 0.12
    softness = np.clip(0.5 - sun * height, 0, 1)[..., None]
    return _bytes(shown * (1 - softness) + np.array([1, 0.85, 0.4]) * softness)


def drawing(width: int, height: int) -> Picture:
    """Rings that let light through, with soft edges; nothing in the corners."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    u, v = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
    radius = np.hypot(u, v)
    alpha = np.clip((0.95 - radius) * min(width, height) / 2 + 0.5, 0, 1)
    alpha *= 0.55 + 0.45 * np.cos(radius * 12)
    color = np.stack([0.5 + 0.5 * u, 0.5 + 0.5 * np.cos(5 * v), 0.5 - 0.4 * v, alpha], 2)
    return _bytes(color)


def screen(width: int, height: int) -> Picture:
    """Sharp edges: bars, a grid of thin lines, a checked field."""
    y, x = np.mgrid[0:height, 0:width]
    bars = np.array(
        [[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0],
         [0, 0, 255], [0, 0, 0]]
    )  # fmt: skip
    shown = bars[x * len(bars) // width]
    shown[(y > height // 2) & ((x % 20 == 0) | (y % 20 == 0))] = 128
    checked = (y > height // 4) & (y < height // 2) & (x > width // 2)
    shown[checked] = ((x // 5 + y // 5) % 2 * 255)[checked][:, None]
    return shown.astype(np.uint8)


def pixel_art(width: int, height: int) -> Picture:
    """Pixels of a few colours, each unlike its neighbours."""
    random = np.random.default_rng(5)
    palette = np.array([[20, 24, 46], [230, 70, 70], [250, 200, 80], [90, 200, 230], [240, 240, 245]])
    return palette[random.integers(0, len(palette), (height, width))].astype(np.uint8)


PICTURES = {
    "wide.png": lambda: photo(320, 180, 1),
    "ground.png": lambda: photo(240, 180, 6),
    "tall.png": lambda: photo(150, 260, 2),
    "small.png": lambda: photo(48, 36, 3),
    "odd.png": lambda: photo(101, 67, 4),
    "large.png": lambda: photo(1200, 800, 5),
    "alpha.png": lambda: drawing(160, 120),
    "alpha-odd.png": lambda: drawing(61, 83),
    "pixels.png": lambda: pixel_art(12, 9),
    "screen.png": lambda: screen(300, 200),
}


def make_pictures(folder: Path) -> dict[str, tuple[int, int]]:
    """Writes all of them; their sizes by name."""
    sizes = {}
    for name, make in PICTURES.items():
        picture = make()
        save(folder / name, picture)
        sizes[name] = (picture.shape[1], picture.shape[0])
    for files in COLOR_FILES.values():
        for name, (content, size) in files.items():
            (folder / name).write_bytes(content)
            sizes[name] = size
    return sizes


# ---- Fonts ---------------------------------------------------------------------------------------

FONT_FOLDERS = {
    "Inter": "/usr/share/fonts/opentype/inter",
    "DejaVu": "/usr/share/fonts/truetype/dejavu",
    "Noto": "/usr/share/fonts/truetype/noto",
}

_WEIGHTS = {
    100: "Thin", 200: "ExtraLight", 300: "Light", 400: "Regular", 500: "Medium", 600: "SemiBold",
    700: "Bold", 800: "ExtraBold", 900: "Black",
}  # fmt: skip


def _face(family: str, path: str, weight: int = 400, style: str = "normal") -> str:
    return (
        f"@font-face {{ font-family: '{family}'; src: url('file://{path}'); "
        f"font-weight: {weight}; font-style: {style}; }}\n"
    )


def fonts_css() -> str:
    """The same font files that layercast draws with, as @font-face rules."""
    inter, dejavu, noto = FONT_FOLDERS.values()
    css = ""
    for weight, name in _WEIGHTS.items():
        italic = "Italic" if weight == 400 else f"{name}Italic"
        css += _face("Inter", f"{inter}/Inter-{name}.otf", weight)
        css += _face("Inter", f"{inter}/Inter-{italic}.otf", weight, "italic")
    for family, name in {
        "DejaVu Sans": "DejaVuSans", "DejaVu Serif": "DejaVuSerif",
        "DejaVu Sans Mono": "DejaVuSansMono",
    }.items():  # fmt: skip
        css += _face(family, f"{dejavu}/{name}.ttf")
        css += _face(family, f"{dejavu}/{name}-Bold.ttf", 700)
    return css + _face("Noto Color Emoji", f"{noto}/NotoColorEmoji.ttf")
