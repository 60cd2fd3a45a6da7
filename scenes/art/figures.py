"""The people and the robot of the scenes, as SVG that follows a pose.

A figure is drawn at its own size, lit from the upper left by a soft cool key and from behind on the right by a warm
lamp, as the studio behind it is. A pose is a handful of numbers; what moves is drawn anew for every picture, so edges
stay as clean as those of a still. Angles in degrees, lengths in px of the figure's own box.
"""

import dataclasses
import math

PERSON_SIZE = (496, 420)
ROBOT_SIZE = (240, 260)


@dataclasses.dataclass
class Pose:
    """A moment of a person. All zero: looking into the camera with a closed smile."""

    breath: float = 0  # 0 out, 1 in
    tilt: float = 0  # of the head
    shift: tuple = (0, 0)  # of the head
    gaze: tuple = (0, 0)  # of the eyes, -1..1
    blink: float = 0  # 1: closed
    brow: float = 0  # 1: raised
    mouth: tuple = (20, 0, 5)  # half width, opening, lift of the corners
    hand: float = 0  # 1: raised
    wrist: float = 0  # turns the hand
    spread: float = 0  # of the fingers, 0..1


@dataclasses.dataclass
class Look:
    """Who a person is."""

    name: str
    skin: tuple  # light, base, shade, line
    lips: str
    iris: tuple
    hair: tuple  # sheen, base, dark
    cloth: tuple  # light, base, dark, edge
    shirt: tuple
    guest: bool = False  # short curls, a beard and glasses, instead of a bob


HOST = Look(
    name="host",
    skin=("#f8c29d", "#eba880", "#cc7f61", "#a4563f"),
    lips="#c4474c",
    iris=("#7fd3d6", "#2b7f8e", "#174a5c"),
    hair=("#8f4d60", "#4a2744", "#271430"),
    cloth=("#2b93a6", "#17687f", "#0d3f58", "#63d3e2"),
    shirt=("#fff6ea", "#ffd9c0"),
)

GUEST = Look(
    name="guest",
    skin=("#b57a55", "#965e40", "#6d3f2d", "#4a281e"),
    lips="#7d3f38",
    iris=("#b88a55", "#6e4426", "#3a2114"),
    hair=("#4a3a46", "#221a2a", "#120d19"),
    cloth=("#4a5891", "#303c72", "#1c2450", "#8fa0e0"),
    shirt=("#ffb74f", "#d9812c"),
    guest=True,
)


def _gradient(name, stops, x1=0, y1=0, x2=0, y2=1):
    rows = "".join(
        f'<stop offset="{at}" stop-color="{color}"' + (f' stop-opacity="{alpha}"' if alpha < 1 else "") + "/>"
        for at, color, alpha in stops
    )
    return f'<linearGradient id="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{rows}</linearGradient>'


def person_defs(look):
    """What every picture of a person refers to; once in a drawing."""
    n = look.name
    light, base, shade, _ = look.skin
    sheen, hair, dark = look.hair
    cloth_light, cloth, cloth_dark, _ = look.cloth
    return "".join(
        [
            _gradient(f"{n}-skin", [(0, light, 1), (0.5, base, 1), (1, shade, 1)], 0, 0, 1, 0.35),
            _gradient(f"{n}-neck", [(0, shade, 1), (0.5, base, 1), (1, base, 1)]),
            _gradient(f"{n}-hair", [(0, sheen, 1), (0.45, hair, 1), (1, dark, 1)], 0, 0, 1, 1),
            _gradient(f"{n}-lock", [(0, sheen, 1), (0.6, hair, 1), (1, dark, 1)], 0.1, 0, 0.9, 1),
            _gradient(f"{n}-cloth", [(0, cloth_light, 1), (0.45, cloth, 1), (1, cloth_dark, 1)], 0, 0, 1, 0.7),
            _gradient(f"{n}-lapel", [(0, cloth_light, 1), (1, cloth, 1)]),
            _gradient(f"{n}-shirt", [(0, look.shirt[0], 1), (1, look.shirt[1], 1)], 0, 0, 0.6, 1),
            _gradient(f"{n}-rim", [(0, "#ffb08a", 0.1), (0.4, "#ffa07a", 1), (1, "#ff7f5c", 0.6)]),
            f'<radialGradient id="{n}-iris" cx=".45" cy=".4" r=".7"><stop offset="0" stop-color="{look.iris[0]}"/>'
            f'<stop offset=".6" stop-color="{look.iris[1]}"/><stop offset="1" stop-color="{look.iris[2]}"/>'
            f"</radialGradient>",
            f'<radialGradient id="{n}-blush"><stop offset="0" stop-color="#ff5f55" stop-opacity="{0.2 if look.guest else 0.42}"/>'
            f'<stop offset="1" stop-color="#ff5f55" stop-opacity="0"/></radialGradient>',
            f'<radialGradient id="{n}-glow"><stop offset="0" stop-color="#ffe3c4" stop-opacity=".55"/>'
            f'<stop offset="1" stop-color="#ffe3c4" stop-opacity="0"/></radialGradient>',
        ]
    )


def _eye(look, key, cx, cy, outer, pose):
    """One eye; `outer` is -1 where its outer corner lies to the left."""
    c = pose.blink
    left, right = cx - 16.5, cx + 16.5
    left_y, right_y = (cy - 1.5, cy + 1.5) if outer < 0 else (cy + 1.5, cy - 1.5)
    top = cy - 18.5 * (1 - c) + 10 * c
    low = cy + 12 - 2 * c
    white = f"M{left} {left_y:.2f}Q{cx} {top:.2f} {right} {right_y:.2f}Q{cx} {low:.2f} {left} {left_y:.2f}Z"
    line = look.skin[3]
    lash = look.hair[2]
    wing_x = left - 3 if outer < 0 else right + 3
    wing_y = (left_y if outer < 0 else right_y) - 2.6 + 5 * c
    start_x, start_y = (left, left_y) if outer < 0 else (right, right_y)
    weight = 2.4 if look.guest else 3.6
    x = cx + 4.2 * pose.gaze[0]
    y = cy - 0.6 + 2.4 * pose.gaze[1]
    parts = [
        f'<path d="M{left + 2} {cy - 15 + 5 * c:.2f}Q{cx} {cy - 24 + 9 * c:.2f} {right - 2} {cy - 15 + 5 * c:.2f}" '
        f'fill="none" stroke="{line}" stroke-width="1.8" stroke-linecap="round" opacity=".32"/>'
    ]
    if c < 0.9:
        parts += [
            f'<clipPath id="{key}"><path d="{white}"/></clipPath>',
            f'<path d="{white}" fill="#fff9f4"/>',
            f'<g clip-path="url(#{key})"><circle cx="{x:.2f}" cy="{y:.2f}" r="10.2" fill="url(#{look.name}-iris)"/>',
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="5" fill="#130d1f"/>',
            f'<circle cx="{x - 3:.2f}" cy="{y - 3.4:.2f}" r="2.7" fill="#fff"/>',
            f'<circle cx="{x + 3.2:.2f}" cy="{y + 3.2:.2f}" r="1.4" fill="#fff" opacity=".65"/>',
            f'<path d="M{left - 2} {cy - 22}H{right + 2}V{top * 0.5 + cy * 0.5 + 3.5:.2f}Q{cx} {top * 0.9 + cy * 0.1 + 5:.2f}'
            f' {left - 2} {top * 0.5 + cy * 0.5 + 3.5:.2f}Z" fill="#3a2140" opacity=".16"/></g>',
        ]
    parts += [
        f'<path d="M{left} {left_y:.2f}Q{cx} {top:.2f} {right} {right_y:.2f}" fill="none" stroke="{lash}" '
        f'stroke-width="{weight}" stroke-linecap="round"/>',
        f'<path d="M{left + 5} {cy + 5:.2f}Q{cx} {low - 0.5:.2f} {right - 5} {cy + 5:.2f}" fill="none" stroke="{line}" '
        f'stroke-width="1.6" stroke-linecap="round" opacity=".32"/>',
    ]
    if not look.guest:
        parts.append(
            f'<path d="M{start_x} {start_y:.2f}L{wing_x} {wing_y:.2f}" stroke="{lash}" stroke-width="3" '
            f'stroke-linecap="round"/>'
        )
    return "".join(parts)


def _brows(look, pose):
    y = 134 - 6 * pose.brow
    color = look.hair[2] if look.guest else look.hair[1]
    thick = 9 if look.guest else 6.5
    left = f"M200 {y + 6}Q216 {y - 7} 237 {y + 1}L236 {y + thick:.1f}Q217 {y - 1} 200 {y + 6}Z"
    right = f"M296 {y + 6}Q280 {y - 7} 259 {y + 1}L260 {y + thick:.1f}Q279 {y - 1} 296 {y + 6}Z"
    return (
        f'<path d="{left}" fill="{color}" stroke="{color}" stroke-width="1.5" stroke-linejoin="round"/>'
        f'<path d="{right}" fill="{color}" stroke="{color}" stroke-width="1.5" stroke-linejoin="round"/>'
    )


def _mouth(look, key, pose):
    w, h, lift = pose.mouth
    cx, cy = 248, 208
    corner = cy - lift
    top = cy + 0.75 * lift - 0.12 * h
    low = cy + 0.75 * lift + 1.3 * h
    inner = (
        f"M{cx - w:.2f} {corner:.2f}C{cx - 0.5 * w:.2f} {top:.2f} {cx + 0.5 * w:.2f} {top:.2f} {cx + w:.2f} {corner:.2f}"
        f"C{cx + 0.62 * w:.2f} {low:.2f} {cx - 0.62 * w:.2f} {low:.2f} {cx - w:.2f} {corner:.2f}Z"
    )
    upper, under = (4.2, 5.6) if look.guest else (6, 8.4)
    outer = (
        f"M{cx - w - 2.5:.2f} {corner:.2f}C{cx - 0.62 * w:.2f} {top - upper:.2f} {cx - 7} {top - upper - 1.4:.2f} {cx} "
        f"{top - upper + 2.2:.2f}C{cx + 7} {top - upper - 1.4:.2f} {cx + 0.62 * w:.2f} {top - upper:.2f} "
        f"{cx + w + 2.5:.2f} {corner:.2f}C{cx + 0.6 * w:.2f} {low + under:.2f} {cx - 0.6 * w:.2f} {low + under:.2f} "
        f"{cx - w - 2.5:.2f} {corner:.2f}Z"
    )
    parts = [f'<path d="{outer}" fill="{look.lips}"/>']
    if h > 1.2:
        teeth = min(0.42 * h, 7.5)
        parts += [
            f'<clipPath id="{key}"><path d="{inner}"/></clipPath><path d="{inner}" fill="#5a1526"/>',
            f'<g clip-path="url(#{key})"><ellipse cx="{cx}" cy="{cy + 0.5 * lift + 1.02 * h:.2f}" rx="{0.55 * w:.2f}" '
            f'ry="{0.34 * h:.2f}" fill="#d4606a"/>',
            f'<path d="M{cx - w - 2:.2f} {corner - 6:.2f}H{cx + w + 2:.2f}V{corner + teeth:.2f}'
            f"C{cx + 0.5 * w:.2f} {top + 0.9 * teeth:.2f} {cx - 0.5 * w:.2f} {top + 0.9 * teeth:.2f} "
            f'{cx - w - 2:.2f} {corner + teeth:.2f}Z" fill="#fffaf4"/></g>',
        ]
    else:
        parts.append(
            f'<path d="M{cx - w:.2f} {corner:.2f}C{cx - 0.5 * w:.2f} {top:.2f} {cx + 0.5 * w:.2f} {top:.2f} '
            f'{cx + w:.2f} {corner:.2f}" fill="none" stroke="#6d2030" stroke-width="2.6" stroke-linecap="round"/>'
        )
    shine = cy + 0.75 * (0.75 * lift + 1.3 * h) + 3.2
    parts.append(
        f'<path d="M{cx - 7} {shine:.2f}Q{cx - 2} {shine + 1.6:.2f} {cx + 5} {shine:.2f}" fill="none" stroke="#fff" '
        f'stroke-width="1.8" stroke-linecap="round" opacity=".35"/>'
    )
    line = look.skin[3]
    for side in (-1, 1):
        x = cx + side * (w + 5)
        parts.append(
            f'<path d="M{x:.2f} {corner - 4:.2f}q{side * 3} 4 {side * 0.5} 8" fill="none" stroke="{line}" '
            f'stroke-width="1.8" stroke-linecap="round" opacity=".5"/>'
        )
    return "".join(parts)


_FACE = (
    "M184 142C184 92 212 66 248 66C284 66 312 92 312 142C312 176 306 200 289 221C277 236 261 246 248 246"
    "C235 246 219 236 207 221C190 200 184 176 184 142Z"
)


def _bob_behind(look):
    n = look.name
    return (
        f'<path d="M156 150C144 76 192 30 250 30C312 30 356 76 344 154C340 190 364 222 354 268C347 297 314 306 292 296'
        f'L204 296C182 306 149 297 142 268C132 222 160 190 156 150Z" fill="url(#{n}-hair)"/>'
        f'<path d="M346 176C346 210 362 232 353 266C348 288 328 300 306 299C340 284 344 250 336 214Z" fill="url(#{n}-rim)" '
        f'opacity=".5"/>'
    )


def _bob_before(look, sway):
    n = look.name
    sheen = "#c98a80"
    return (
        # the right side, away from the parting
        f'<path d="M286 54C312 66 330 92 328 138C327 160 332 178 342 196C352 214 350 240 340 262C326 250 320 226 320 200'
        f'C320 172 322 132 308 104C300 88 290 74 280 66Z" fill="{look.hair[1]}"/>'
        # the sweep over the forehead, and down the left side
        f'<path d="M288 52C284 92 250 112 214 120C196 124 186 140 184 164C182 196 174 214 160 228C156 244 152 254 150 268'
        f'C136 240 142 212 152 190C158 176 150 150 154 124C164 66 208 34 254 34C270 36 282 42 288 52Z" '
        f'fill="url(#{n}-lock)"/>'
        f'<path d="M286 52C290 84 306 104 320 128C328 108 324 84 310 66C302 58 294 53 286 52Z" fill="url(#{n}-lock)"/>'
        # strands, and the sheen that the key light leaves
        f'<g fill="none" stroke-linecap="round"><path d="M268 50C244 82 206 92 182 108" stroke="{sheen}" '
        f'stroke-width="5" opacity=".55"/><path d="M244 46C214 60 186 82 172 120" stroke="{sheen}" stroke-width="3.6" '
        f'opacity=".45"/><path d="M276 60C262 90 232 104 204 112" stroke="{look.hair[2]}" stroke-width="2.4" opacity=".5"/>'
        f'<path d="M166 140C164 168 168 186 156 214" stroke="{sheen}" stroke-width="3" opacity=".35"/>'
        f'<path d="M160 232C154 246 154 258 160 274" stroke="{sheen}" stroke-width="3.4" opacity=".4"/></g>'
        # the lamp behind: along the right outline
        f'<path d="M296 46C326 58 350 96 345 152C343 182 360 206 358 242C350 212 338 192 338 152C340 104 322 70 296 46Z" '
        f'fill="url(#{n}-rim)" opacity=".85"/>'
        f'<circle cx="{317 + 0.8 * sway:.2f}" cy="206" r="6.4" fill="#ff7a59"/>'
        f'<circle cx="{315.4 + 0.8 * sway:.2f}" cy="204" r="2" fill="#ffe0d2"/>'
    )


def _curls_before(look):
    """Short curls, faded at the sides."""
    dark, base, sheen = look.hair[2], look.hair[1], look.hair[0]
    row = [
        (190, 106, 15), (196, 84, 18), (212, 66, 20), (232, 54, 21), (254, 50, 22), (276, 56, 20), (294, 70, 19),
        (305, 90, 16), (309, 110, 12), (222, 80, 16), (244, 74, 18), (268, 76, 17), (288, 88, 14),
    ]
    curls = "".join(f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in row)
    swirls = "".join(
        f'<path d="M{x - r * 0.5:.1f} {y:.1f}a{r * 0.5:.1f} {r * 0.5:.1f} 0 0 1 {r:.1f} {-r * 0.1:.1f}"/>' for x, y, r in row
    )
    rims = "".join(
        f'<path d="M{x + 0.42 * r:.1f} {y - 0.82 * r:.1f}A{r - 1.5} {r - 1.5} 0 0 1 {x + 0.8 * r:.1f} {y + 0.42 * r:.1f}"/>'
        for x, y, r in row
        if (x, y) in ((276, 56), (294, 70), (305, 90), (309, 110))
    )
    return (
        f'<path d="M184 150C180 118 186 92 200 80L300 82C312 96 316 120 312 150C308 134 304 116 298 104C262 92 226 94 198 106'
        f'C192 118 188 134 184 150Z" fill="{dark}"/><g fill="{base}">{curls}</g>'
        f'<g fill="none" stroke="{sheen}" stroke-width="2.6" stroke-linecap="round" opacity=".6">{swirls}</g>'
        f'<g fill="none" stroke="#ff9d78" stroke-width="3.200" stroke-linecap="round" opacity=".85">{rims}</g>'
    )


def _beard(look):
    dark, base = look.hair[2], look.hair[1]
    return (
        f'<path d="M184 158C186 188 192 206 205 224C219 242 234 252 248 252C262 252 277 242 291 224C304 206 310 188 312 158'
        f'C308 178 300 190 290 194C276 186 264 184 248 188C232 184 220 186 206 194C196 190 188 178 184 158Z" fill="{base}"/>'
        f'<path d="M291 224C304 206 310 188 312 158C309 172 305 182 300 188C296 210 280 236 252 251C266 250 280 240 291 224Z" '
        f'fill="{dark}" opacity=".6"/>'
    )


def _glasses():
    return (
        '<g fill="#fff" fill-opacity=".08" stroke="#2b2030" stroke-width="4.4"><rect x="195" y="139" width="47" height="42" '
        'rx="19"/><rect x="254" y="139" width="47" height="42" rx="19"/></g><path d="M242 156Q248 150 254 156M195 154L184 150'
        'M301 154L312 150" fill="none" stroke="#2b2030" stroke-width="4.4"/><path d="M203 166L217 146M262 166L276 146" '
        'stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".28"/>'
    )


def _head(look, key, pose):
    n, line, shade = look.name, look.skin[3], look.skin[2]
    ears = (
        f'<path d="M308 146C322 138 329 152 325 168C321 184 312 190 304 184Z" fill="{shade}"/>'
        f'<path d="M188 146C174 138 167 152 171 168C175 184 184 190 192 184Z" fill="{look.skin[1]}"/>'
    )
    parts = [
        ears,
        f'<path d="{_FACE}" fill="url(#{n}-skin)"/>',
        # the side turned away from the key, and the lamp behind on its very edge
        f'<path d="M312 142C312 176 306 200 289 221C277 236 261 246 248 246C276 230 294 194 294 150C294 120 290 96 278 74'
        f'C302 86 312 110 312 142Z" fill="{line}" opacity=".24"/>',
        f'<path d="M312 162C310 186 303 204 289 221C281 231 272 239 260 243.500C275 234 283 225 287 217C299 200 306 184 308 162Z" '
        f'fill="#ffa883" opacity=".6"/>',
        f'<ellipse cx="224" cy="112" rx="36" ry="22" fill="url(#{n}-glow)"/>',
        f'<ellipse cx="206" cy="188" rx="24" ry="16" fill="url(#{n}-blush)"/>'
        f'<ellipse cx="289" cy="188" rx="21" ry="16" fill="url(#{n}-blush)"/>',
    ]
    if look.guest:
        parts.append(_beard(look))
    parts += [
        _eye(look, f"{key}l", 219, 160, -1, pose),
        _eye(look, f"{key}r", 277, 160, 1, pose),
        _brows(look, pose),
        # nose: light on the bridge, shade beside it, the tip and the nostrils
        f'<path d="M252 150C254 168 264 180 261 188C258 193 250 193 246 191C252 184 251 168 252 150Z" fill="{line}" '
        f'opacity=".22"/><path d="M245 156C244 166 242 173 242 178" fill="none" stroke="#fff" stroke-width="3" '
        f'stroke-linecap="round" opacity=".13"/><path d="M237 187C238 192 243 190 247 193C251 190 257 192 259 186" '
        f'fill="none" stroke="{line}" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/>',
        _mouth(look, f"{key}m", pose),
        f'<path d="M240 237Q248 241 257 237" fill="none" stroke="{line}" stroke-width="2" stroke-linecap="round" '
        f'opacity="{0 if look.guest else 0.4}"/>',
        _curls_before(look) if look.guest else _bob_before(look, pose.tilt),
        _glasses() if look.guest else "",
    ]
    return "".join(parts)


def _torso(look):
    n = look.name
    light, base, dark, edge = look.cloth
    body = (
        f'<path d="M30 440C36 366 84 336 150 320C178 313 196 306 206 296H290C300 306 318 313 346 320C412 336 460 366 466 440Z" '
        f'fill="url(#{n}-cloth)"/>'
        f'<path d="M30 440C36 366 84 336 150 320C112 342 88 380 84 440Z" fill="{light}" opacity=".4"/>'
        f'<path d="M466 440C460 366 412 336 346 320C408 338 450 370 457 440Z" fill="url(#{n}-rim)" opacity=".9"/>'
        f'<path d="M392 440C392 400 388 374 378 352M104 440C104 400 110 374 122 354" fill="none" stroke="{dark}" '
        f'stroke-width="3" stroke-linecap="round" opacity=".8"/>'
    )
    neck = (
        f'<path d="M217 214H279V286C279 310 264 330 248 342C232 330 217 310 217 286Z" fill="url(#{n}-neck)"/>'
        f'<path d="M217 236C230 262 262 264 279 238V262C266 280 232 280 217 262Z" fill="{look.skin[3]}" opacity=".4"/>'
    )
    if look.guest:
        collar = (
            f'<path d="M204 300H292L290 360L262 440H234L206 360Z" fill="url(#{n}-shirt)"/>'
            f'<path d="M208 262C220 282 276 282 288 262C294 280 298 296 298 312C282 334 214 334 198 312C198 296 202 280 208 262Z" '
            f'fill="url(#{n}-shirt)"/><path d="M200 300C222 318 274 318 296 300" fill="none" stroke="#a85f1c" '
            f'stroke-width="3" opacity=".55"/><path d="M230 284V322M248 287V328M266 284V322" stroke="#a85f1c" '
            f'stroke-width="2" opacity=".3"/>'
        )
        lapels = (
            f'<path d="M200 302C184 310 166 316 154 320L176 372L160 384L220 440H236Z" fill="url(#{n}-lapel)"/>'
            f'<path d="M296 302C312 310 330 316 342 320L320 372L336 384L276 440H260Z" fill="{base}"/>'
            f'<path d="M154 320L176 372L160 384L220 440" fill="none" stroke="{edge}" stroke-width="2" opacity=".55"/>'
            f'<path d="M342 320L320 372L336 384L276 440" fill="none" stroke="{edge}" stroke-width="2" opacity=".3"/>'
        )
        return body + neck + collar + lapels
    blouse = (
        f'<path d="M206 296L248 440L290 296C282 318 266 334 248 339C230 334 214 318 206 296Z" fill="url(#{n}-shirt)"/>'
        f'<path d="M212 288C206 292 202 296 200 302L228 352L248 340C232 328 218 308 217 286Z" fill="#fffaf2"/>'
        f'<path d="M284 288C290 292 294 296 296 302L268 352L248 340C264 328 278 308 279 286Z" fill="#ffe7d4"/>'
    )
    lapels = (
        f'<path d="M204 297C188 307 166 315 152 320L176 370L158 382L234 440H246Q212 370 204 297Z" fill="url(#{n}-lapel)"/>'
        f'<path d="M292 297C308 307 330 315 344 320L320 370L338 382L262 440H250Q284 370 292 297Z" fill="{base}"/>'
        f'<path d="M152 320L176 370L158 382L234 440" fill="none" stroke="{edge}" stroke-width="2" opacity=".7"/>'
        f'<path d="M344 320L320 370L338 382L262 440" fill="none" stroke="{edge}" stroke-width="2" opacity=".35"/>'
        # a pin, and the microphone
        f'<circle cx="182" cy="346" r="7.500" fill="#ff7a59"/><circle cx="179.800" cy="343.600" r="2.300" fill="#ffe0d2"/>'
        f'<rect x="300" y="350" width="11" height="20" rx="5.500" fill="#0b1830"/><rect x="302.500" y="353" width="3" '
        f'height="9" rx="1.500" fill="#6f86b5"/>'
    )
    return body + neck + blouse + lapels


def _hand(look, pose):
    """The right forearm with an open hand, in front of the shoulder."""
    n, line = look.name, look.skin[3]
    light, base, dark, edge = look.cloth
    fan = 5 + 6 * pose.spread
    fingers = [(-19, -40, -1.6 * fan, 34), (-6.5, -46, -0.45 * fan, 41), (7, -45, 0.6 * fan, 39), (19, -38, 1.7 * fan, 30)]
    drawn = []
    for x, y, angle, length in fingers:
        turn = f'transform="rotate({angle:.2f} {x} {y})"'
        drawn.append(
            f'<g {turn} stroke-linecap="round"><path d="M{x} {y}V{y - length}" stroke="{line}" stroke-opacity=".55" '
            f'stroke-width="15"/><path d="M{x} {y + 6}V{y - length}" stroke="{look.skin[1]}" stroke-width="12.600"/>'
            f'<path d="M{x - 2.5} {y}V{y - length + 1}" stroke="{look.skin[0]}" stroke-width="5"/></g>'
        )
    thumb = (
        f'<g transform="rotate({8 * pose.spread:.2f} 16 -14)"><path d="M16 -14C30 -20 38 -32 43 -46" fill="none" stroke="{line}" '
        f'stroke-opacity=".55" stroke-width="17" stroke-linecap="round"/><path d="M14 -12C30 -20 38 -32 43 -46" fill="none" '
        f'stroke="{look.skin[1]}" stroke-width="14.400" stroke-linecap="round"/></g>'
    )
    palm = (
        f'<path d="M-17 8C-20 -6 -27 -22 -26 -42C-16 -54 16 -54 26 -40C28 -24 22 -8 17 8Z" fill="url(#{n}-skin)"/>'
        f'<path d="M-16 -22C-4 -30 8 -30 20 -38M-10 0C-12 -12 0 -22 14 -24" fill="none" stroke="{line}" stroke-width="2" '
        f'stroke-linecap="round" opacity=".4"/>'
    )
    sleeve = (
        f'<path d="M-24 2C-26 60 -40 120 -62 190H50C38 120 28 60 26 2Z" fill="url(#{n}-cloth)"/>'
        f'<path d="M-24 2C-26 60 -40 120 -62 190H-30C-16 120 -8 60 -8 2Z" fill="{light}" opacity=".45"/>'
        f'<path d="M-25 0Q0 10 27 0V14Q0 24 -26 14Z" fill="{look.shirt[0]}"/>'
        f'<path d="M-26 14Q0 24 27 14" fill="none" stroke="{edge}" stroke-width="2" opacity=".6"/>'
    )
    x, y = 98, 318 + (1 - pose.hand) * 190
    return (
        f'<g transform="translate({x} {y:.2f}) rotate({-10 + 0.4 * pose.wrist - 16 * (1 - pose.hand):.2f})">{sleeve}'
        f'<g transform="rotate({pose.wrist:.2f})">{thumb}{"".join(drawn)}{palm}</g></g>'
    )


def person(look, pose, key):
    """The SVG elements of one picture; ids begin with `key`. Needs person_defs(look)."""
    rise = -2.4 * pose.breath
    swell = 1 + 0.008 * pose.breath
    dx, dy = pose.shift
    head = (
        f"translate({dx:.2f} {16 + dy + 0.8 * rise:.2f}) rotate({pose.tilt:.2f} 248 250) "
        f"translate(248 200) scale(1.06) translate(-248 -200)"
    )
    behind = "" if look.guest else f'<g transform="{head}">{_bob_behind(look)}</g>'
    arm = _hand(look, pose) if pose.hand > 0 else ""
    return (
        f'{behind}<g transform="translate(0 {rise:.2f}) translate(248 420) scale({swell:.4f} {swell:.4f}) '
        f'translate(-248 -420)">{_torso(look)}</g><g transform="{head}">{_head(look, key, pose)}</g>{arm}'
    )


# ---- Moves of a person ------------------------------------------------------------------------------------------------


def _wave(t, turns=1, phase=0.0):
    return math.sin(2 * math.pi * (turns * t + phase))


def _bump(t, at, width):
    """1 at `at`, falling smoothly to 0 at `width` to both sides; t goes round from 1 to 0."""
    apart = abs((t - at + 0.5) % 1 - 0.5)
    return 0.5 + 0.5 * math.cos(math.pi * apart / width) if apart < width else 0.0


def idle(count):
    """Breathes twice, blinks once, looks aside for a moment."""
    poses = []
    for i in range(count):
        t = i / count
        aside = _bump(t, 0.72, 0.16)
        blink = {0: 0.0, 1: 0.75, 2: 1.0, 3: 0.45}.get(i - int(0.28 * count), 0.0)
        poses.append(
            Pose(
                breath=0.5 - 0.5 * math.cos(4 * math.pi * t),
                tilt=1.3 * _wave(t) + 1.2 * aside,
                shift=(1.8 * _wave(t, 1, 0.1), 0.8 * _wave(t, 2, 0.3)),
                gaze=(0.75 * aside, -0.1 * aside),
                blink=blink,
                brow=0.5 * aside + 0.1 * _wave(t),
                mouth=(20 + 1.5 * aside, 0, 5 + 1.6 * aside),
            )
        )
    return poses


# Half width, opening, lift of the corners: mouth shapes as animators name them.
_SHAPES = {
    "x": (19, 0, 4.5),
    "a": (20, 15, 3),
    "e": (23, 8, 5),
    "i": (24, 5, 6),
    "o": (13, 13, 0),
    "u": (10, 7, -1),
    "m": (18, 0, 2.5),
    "f": (19, 3, 3),
}
_SPEECH = "xaemoeiafeuoameixoaefumi"


def talking(count, speech=_SPEECH):
    """Says something, nods on the stresses, and opens a hand to make the point."""
    poses = []
    for i in range(count):
        t = i / count
        mouth = _SHAPES[speech[i % len(speech)]]
        stress = mouth[1] / 15
        raised = _bump(t, 0.4, 0.34)
        hand = min(1.0, 1.25 * raised)
        poses.append(
            Pose(
                breath=0.5 + 0.5 * _wave(t, 1, 0.6),
                tilt=2.2 * _wave(t, 1, 0.05) + 0.9 * _wave(t, 3),
                shift=(2.5 * _wave(t, 1, 0.1), 1.6 * stress + 1.2 * _wave(t, 2)),
                gaze=(0.25 * _wave(t, 1, 0.2), 0),
                blink={0: 0.6, 1: 1.0, 2: 0.5}.get(i - int(0.8 * count), 0.0),
                brow=0.35 + 0.55 * stress * (0.4 + 0.6 * raised),
                mouth=mouth,
                hand=hand if hand > 0.05 else 0,
                wrist=9 * _wave(t, 3, 0.1),
                spread=0.5 + 0.5 * _wave(t, 2),
            )
        )
    return poses


def _said(t, speech):
    """The mouth at t of a sentence: each shape melts into the next."""
    at = t * len(speech)
    now, later = _SHAPES[speech[int(at) % len(speech)]], _SHAPES[speech[(int(at) + 1) % len(speech)]]
    part = max(0.0, (at % 1 - 0.35) / 0.65)
    part = part * part * (3 - 2 * part)
    return tuple(a + (b - a) * part for a, b in zip(now, later))


def speaking(count):
    """Answers at length, five seconds of it, and lifts a hand once."""
    sentence = "xaeiomaefoeaiumxoaeimafeoiaemuox"
    poses = []
    for i in range(count):
        t = i / count
        mouth = _said(t, sentence)
        raised = min(1.0, 1.3 * _bump(t, 0.42, 0.3))
        poses.append(
            Pose(
                breath=0.5 + 0.5 * _wave(t, 2, 0.6),
                tilt=2.4 * _wave(t, 1, 0.05) + 0.8 * _wave(t, 4),
                shift=(3 * _wave(t, 1, 0.1), 1.4 * _wave(t, 5) + 0.06 * mouth[1]),
                gaze=(0.35 * _wave(t, 1, 0.2) - 0.5 * _bump(t, 0.85, 0.1), 0),
                blink=max(_bump(t, 0.16, 0.025), _bump(t, 0.78, 0.025)),
                brow=0.3 + 0.5 * raised + 0.25 * _wave(t, 3),
                mouth=mouth,
                hand=raised if raised > 0.02 else 0,
                wrist=10 * _wave(t, 6, 0.1),
                spread=0.5 + 0.5 * _wave(t, 3),
            )
        )
    return poses


def listening(count):
    """Follows what another says: nods, smiles wider, blinks."""
    poses = []
    for i in range(count):
        t = i / count
        amused = _bump(t, 0.62, 0.22)
        nod = max(_bump(t, 0.2, 0.07), _bump(t, 0.34, 0.07))
        poses.append(
            Pose(
                breath=0.5 - 0.5 * math.cos(4 * math.pi * t),
                tilt=1.5 * _wave(t) + 2.2 * amused,
                shift=(2 * _wave(t, 1, 0.1), 5 * nod + 0.8 * _wave(t, 2, 0.3)),
                gaze=(0.3 * amused, 0.15 * nod),
                blink=max(_bump(t, 0.08, 0.025), _bump(t, 0.84, 0.025)),
                brow=0.55 * amused + 0.2 * nod,
                mouth=(20 + 4 * amused, 5 * amused, 5 + 2.5 * amused),
            )
        )
    return poses


# ---- The robot --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class RobotPose:
    """A moment of the robot."""

    tilt: float = 0
    bob: float = 0  # of the head over the body, px
    blink: float = 0  # 1: closed
    joy: float = 0  # 1: the eyes are arcs
    gaze: float = 0  # -1..1
    voice: tuple = ()  # heights of the bars of its mouth; none: a smile
    wave: float = 0  # of the raised arm, degrees
    antenna: float = 0  # degrees
    jet: float = 0  # 0..1
    star: float = 0  # 0..1, how brightly it glows


def robot_defs():
    return (
        _gradient("shell", [(0, "#ffffff", 1), (0.5, "#e6eeff", 1), (1, "#a4b5e2", 1)], 0, 0, 1, 1)
        + _gradient("body", [(0, "#f8fbff", 1), (0.55, "#c9d6f4", 1), (1, "#8498cc", 1)], 0, 0, 1, 1)
        + _gradient("visor", [(0, "#22316c", 1), (0.5, "#121b46", 1), (1, "#090e2a", 1)], 0.2, 0, 0.6, 1)
        + _gradient("warm", [(0, "#ffb092", 1), (1, "#ff6238", 1)], 0, 0, 0.6, 1)
        + _gradient("limb", [(0, "#e3ebfc", 1), (1, "#9fb0dd", 1)], 0, 0, 1, 0)
        + '<radialGradient id="led"><stop offset="0" stop-color="#f2feff"/><stop offset=".45" stop-color="#6fe0f2"/>'
        '<stop offset="1" stop-color="#28a9cc"/></radialGradient>'
        '<radialGradient id="halo"><stop offset="0" stop-color="#5ad1e6" stop-opacity=".55"/>'
        '<stop offset="1" stop-color="#5ad1e6" stop-opacity="0"/></radialGradient>'
        '<radialGradient id="jet"><stop offset="0" stop-color="#d6faff" stop-opacity=".95"/>'
        '<stop offset=".4" stop-color="#5ad1e6" stop-opacity=".5"/><stop offset="1" stop-color="#5ad1e6" stop-opacity="0"/>'
        "</radialGradient>"
    )


def _robot_eye(cx, pose):
    x = cx + 4 * pose.gaze
    if pose.joy > 0.5:
        return (
            f'<ellipse cx="{x:.2f}" cy="98" rx="22" ry="22" fill="url(#halo)"/><path d="M{x - 13:.2f} 103Q{x:.2f} 84 '
            f'{x + 13:.2f} 103" fill="none" stroke="#7fe6f5" stroke-width="7" stroke-linecap="round"/>'
        )
    tall = max(14.5 * (1 - pose.blink), 2.2)
    shine = (
        f'<ellipse cx="{x + 4:.2f}" cy="{97 - 0.38 * tall:.2f}" rx="4" ry="{0.28 * tall:.2f}" fill="#fff"/>'
        if pose.blink < 0.5
        else ""
    )
    return (
        f'<ellipse cx="{x:.2f}" cy="97" rx="24" ry="{10 + tall:.2f}" fill="url(#halo)"/>'
        f'<ellipse cx="{x:.2f}" cy="97" rx="12.500" ry="{tall:.2f}" fill="url(#led)"/>{shine}'
    )


def _robot_mouth(pose):
    if not pose.voice:
        smile = 10 + 3 * pose.joy
        return (
            f'<path d="M{120 - smile - 2} 118Q120 {118 + smile} {122 + smile} 118" fill="none" stroke="#6fe0f2" '
            f'stroke-width="5" stroke-linecap="round"/>'
        )
    bars = "".join(
        f'<path d="M{102 + 9 * i} {121 - height:.2f}V{121.2 + height:.2f}"/>' for i, height in enumerate(pose.voice)
    )
    return f'<g stroke="#6fe0f2" stroke-width="5" stroke-linecap="round">{bars}</g>'


def robot(pose):
    """The SVG elements of one picture. Needs robot_defs()."""
    glow = 0.35 + 0.65 * pose.star
    flame = 0.7 + 0.3 * pose.jet
    body = (
        f'<ellipse cx="120" cy="238" rx="{52 + 14 * pose.jet:.2f}" ry="{17 + 5 * pose.jet:.2f}" fill="url(#jet)" '
        f'opacity="{flame:.3f}"/>'
        '<path d="M64 172C44 178 32 192 34 208" fill="none" stroke="#7d90c6" stroke-width="19" stroke-linecap="round"/>'
        '<path d="M64 172C44 178 32 192 34 208" fill="none" stroke="url(#limb)" stroke-width="15" stroke-linecap="round"/>'
        '<circle cx="34" cy="212" r="12.500" fill="url(#warm)"/><circle cx="30" cy="208" r="3.500" fill="#ffe4d8" opacity=".8"/>'
        f'<g transform="rotate({pose.wave:.2f} 178 170)"><path d="M178 170C200 166 212 152 213 134" fill="none" '
        'stroke="#7d90c6" stroke-width="19" stroke-linecap="round"/><path d="M178 170C200 166 212 152 213 134" fill="none" '
        'stroke="url(#limb)" stroke-width="15" stroke-linecap="round"/><circle cx="214" cy="128" r="12.500" '
        'fill="url(#warm)"/><circle cx="210" cy="124" r="3.500" fill="#ffe4d8" opacity=".8"/></g>'
        '<path d="M68 150H172C181 192 164 230 120 230S59 192 68 150Z" fill="url(#body)"/>'
        '<path d="M172 150C181 192 164 230 120 230C150 216 161 186 155 150Z" fill="#566ba8" opacity=".35"/>'
        '<path d="M171 196C166 214 152 226 132 229" fill="none" stroke="#ffb08a" stroke-width="3.500" stroke-linecap="round" '
        'opacity=".8"/>'
        '<path d="M74 158C72 178 76 198 88 210" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".8"/>'
        f'<circle cx="120" cy="187" r="19" fill="#0f1738"/><circle cx="120" cy="187" r="25" fill="url(#halo)" '
        f'opacity="{glow:.3f}"/><path d="M120 174.500l3.800 8.400 9.200.9-6.900 6.100 2 9-8.100-4.700-8.100 4.700 2-9-6.900-6.100 9.200-.9z" '
        f'fill="#5ad1e6"/>'
    )
    head = (
        f'<g transform="rotate({pose.antenna:.2f} 120 42)"><path d="M120 44V22" stroke="#8ea1d4" stroke-width="6" '
        'stroke-linecap="round"/><circle cx="120" cy="15.500" r="10.500" fill="url(#warm)"/><circle cx="116.500" cy="12" r="3.200" '
        'fill="#fff" opacity=".85"/></g>'
        '<rect x="25" y="80" width="22" height="44" rx="11" fill="url(#warm)"/><rect x="193" y="80" width="22" height="44" '
        'rx="11" fill="#e8572f"/>'
        '<rect x="36" y="36" width="168" height="126" rx="58" fill="url(#shell)"/>'
        '<path d="M204 94V104C204 136 178 162 146 162H94C82 162 70 158 61 152C150 150 184 120 190 58C199 67 204 80 204 94Z" '
        'fill="#6d82bf" opacity=".32"/>'
        '<path d="M203 92V106C203 134 182 157 156 161" fill="none" stroke="#ffb08a" stroke-width="3.500" stroke-linecap="round" '
        'opacity=".85"/>'
        '<path d="M60 68C70 54 86 47 104 47" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round"/>'
        '<rect x="54" y="60" width="132" height="82" rx="39" fill="#7488c2" opacity=".5"/>'
        '<rect x="56" y="62" width="128" height="79" rx="38" fill="url(#visor)"/>'
        f"{_robot_eye(93, pose)}{_robot_eye(147, pose)}{_robot_mouth(pose)}"
        '<ellipse cx="74" cy="117" rx="8" ry="4.500" fill="#ff7a59" opacity=".75"/><ellipse cx="166" cy="117" rx="8" ry="4.500" '
        'fill="#ff7a59" opacity=".75"/>'
        '<path d="M68 86C74 74 86 69 100 69H132C106 78 88 94 77 118C66 108 62 98 68 86Z" fill="#fff" opacity=".09"/>'
    )
    return (
        f'{body}<g transform="translate(0 {pose.bob:.2f}) rotate({pose.tilt:.2f} 120 150)">{head}</g>'
    )


def robot_idle(count):
    poses = []
    for i in range(count):
        t = i / count
        poses.append(
            RobotPose(
                tilt=2.5 * _wave(t),
                bob=1.6 * _wave(t, 2),
                blink={0: 0.6, 1: 1.0, 2: 0.5}.get(i - int(0.3 * count), 0.0),
                gaze=0.9 * _bump(t, 0.62, 0.15) - 0.7 * _bump(t, 0.05, 0.12),
                wave=7 * _wave(t, 2),
                antenna=6 * _wave(t, 2, 0.15),
                jet=0.5 + 0.5 * _wave(t, 3),
                star=0.5 + 0.5 * _wave(t, 1),
            )
        )
    return poses


def robot_talking(count):
    poses = []
    for i in range(count):
        t = i / count
        voice = tuple(
            1 + (5.6 - 1.3 * abs(k - 2)) * abs(_wave(t, 3 + (k * 2) % 3, 0.13 * k)) for k in range(5)
        )
        poses.append(
            RobotPose(
                tilt=4 * _wave(t, 1) + 1.5 * _wave(t, 4),
                bob=2.2 * _wave(t, 4),
                joy=1.0 if _bump(t, 0.75, 0.2) > 0.15 else 0.0,
                gaze=0.2 * _wave(t),
                voice=voice,
                wave=16 * _wave(t, 3),
                antenna=10 * _wave(t, 4, 0.2),
                jet=0.5 + 0.5 * _wave(t, 3),
                star=0.5 + 0.5 * _wave(t, 2),
            )
        )
    return poses
