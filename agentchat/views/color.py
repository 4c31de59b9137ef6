"""A persona's colour, made readable on the background it will stand on."""

from __future__ import annotations

import re
from colorsys import rgb_to_hls

DARK, LIGHT = "#14161b", "#fbfaf7"
"""The backgrounds of our two themes."""

CONTRAST = 4.5
"""WCAG AA for text."""

PALETTE = ("#7aa7ff", "#f0a35e", "#5fc9a0", "#ef8fb8", "#e3cf65", "#6fd0ea", "#b99cf5", "#f2777a")
"""For personas without a colour of their own, in this order: neighbours stay apart for colour-blind eyes too."""

_NAMED = dict(zip(("blue", "orange", "green", "pink", "yellow", "cyan", "purple", "red"), PALETTE, strict=True)) | {
    "teal": "#4fc1b0",
    "magenta": "#ef8fb8",
    "violet": "#b99cf5",
    "lime": "#a9d46a",
    "brown": "#c79a6f",
    "gray": "#9aa1ae",
    "grey": "#9aa1ae",
    "white": "#d9dce3",
    "black": "#6b7280",
}
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")


_HUES = ((15, "red"), (75, "yellow"), (165, "green"), (205, "cyan"), (245, "blue"), (345, "magenta"), (360, "red"))
_BRIGHT = {
    "red": "#ff0000",
    "yellow": "#ffff00",
    "green": "#00ff00",
    "cyan": "#00ffff",
    "blue": "#5c5cff",
    "magenta": "#ff00ff",
}
_PLAIN = {
    "red": "#cd0000",
    "yellow": "#cdcd00",
    "green": "#00cd00",
    "cyan": "#00cdcd",
    "blue": "#0000ee",
    "magenta": "#cd00cd",
}


def readable(color: str, dark: bool) -> str:
    """`color` as `#rrggbb`, no further from what was asked for than contrast needs. An unknown one becomes a grey."""
    red, green, blue = _parse(color) or (154, 161, 174)
    ground = _parse(DARK if dark else LIGHT) or (0, 0, 0)
    towards = 255 if dark else 0
    mixes = (
        (_mix(red, towards, step / 20), _mix(green, towards, step / 20), _mix(blue, towards, step / 20))
        for step in range(21)
    )
    shown = next(mix for mix in mixes if contrast(mix, ground) >= CONTRAST)
    return "#{:02x}{:02x}{:02x}".format(*shown)


def basic(color: str, dark: bool) -> str:
    """The one of a terminal's six plain colours that is nearest in hue to `color`, as `#rrggbb`."""
    hue, _, saturation = rgb_to_hls(*(part / 255 for part in _parse(color) or (0, 0, 0)))
    if saturation < 0.15:
        return "#ffffff" if dark else "#000000"
    name = next(name for upto, name in _HUES if hue * 360 <= upto)
    return _BRIGHT[name] if dark else _PLAIN[name]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _mix(part: int, towards: int, share: float) -> int:
    return round(part + (towards - part) * share)


def _parse(color: str) -> tuple[int, int, int] | None:
    name = color.strip().lower()
    match = _HEX.fullmatch(_NAMED.get(name, name))
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(color: tuple[int, int, int]) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = color
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
