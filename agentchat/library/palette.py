"""The colours personas wear: twelve that stay apart for every kind of colour vision, on light ground and on dark.

Each has a contrast of at least 3 with white and with #1e1e1e. Any two lie well apart in OKLab as seen with full colour
vision (0.13), with protanopia and deuteranopia (0.07) and with tritanopia (0.05).
"""

from __future__ import annotations

import re
from types import MappingProxyType

PALETTE = MappingProxyType(
    {
        "orange": "#fc602a",
        "green": "#00a200",
        "blue": "#1e60f6",
        "pink": "#fc48d2",
        "brown": "#a25418",
        "cyan": "#3096e4",
        "purple": "#ba0cd2",
        "olive": "#789c72",
        "red": "#d80678",
        "teal": "#0c784e",
        "mauve": "#b472a8",
        "gray": "#666696",
    }
)
"""Name to hex."""

_ALSO = {"yellow": "orange", "magenta": "purple", "violet": "purple", "grey": "gray", "sky": "cyan", "lime": "green"}
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def hex_of(color: str) -> str | None:
    """`#rrggbb` for a colour given by name or hex; None for what is neither."""
    wanted = color.strip().lower()
    if _HEX.fullmatch(wanted):
        return wanted if len(wanted) == 7 else "#" + "".join(digit * 2 for digit in wanted[1:])
    return PALETTE.get(_ALSO.get(wanted, wanted))
