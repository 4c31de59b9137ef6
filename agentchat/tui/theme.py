"""How the app looks: two calm themes, and the glyphs a terminal can draw."""

from __future__ import annotations

import codecs
import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from textual.theme import Theme

from agentchat.views.color import DARK, LIGHT

THEMES = (
    Theme(
        name="agentchat-dark",
        dark=True,
        background=DARK,
        foreground="#d9dce3",
        surface="#1b1e25",
        panel="#22262f",
        primary="#8fb0ea",
        secondary="#8b93a4",
        accent="#e6b673",
        success="#7fc8a0",
        warning="#e6b673",
        error="#ee8080",
        variables={
            "quiet": "#8b93a4",
            "faint": "#3d4350",
            "yours": "#212838",
            "code": "#1e222b",
            "selected": "#37476a",
            "scrollbar": "#2c313c",
            "scrollbar-hover": "#4a5160",
            "scrollbar-active": "#5d6678",
            "scrollbar-background": DARK,
            "scrollbar-background-hover": DARK,
            "scrollbar-background-active": DARK,
            "input-selection-background": "#8fb0ea 30%",
        },
    ),
    Theme(
        name="agentchat-light",
        dark=False,
        background=LIGHT,
        foreground="#25272c",
        surface="#f2f0ea",
        panel="#e9e6df",
        primary="#2f5fb3",
        secondary="#686e79",
        accent="#96620f",
        success="#2c7a50",
        warning="#96620f",
        error="#b3372f",
        variables={
            "quiet": "#686e79",
            "faint": "#cfcbc1",
            "yours": "#e6edf8",
            "code": "#f1eee7",
            "selected": "#c4d6f3",
            "scrollbar": "#d6d2c8",
            "scrollbar-hover": "#b9b4a8",
            "scrollbar-active": "#9d978a",
            "scrollbar-background": LIGHT,
            "scrollbar-background-hover": LIGHT,
            "scrollbar-background-active": LIGHT,
            "input-selection-background": "#2f5fb3 22%",
        },
    ),
)
"""Dark, then light. An app registers both and sets one by name."""


BREAKPOINTS = [(0, "-small"), (60, "-medium"), (100, "-wide"), (140, "-broad")]
"""For `App.HORIZONTAL_BREAKPOINTS`: under 100 columns the side panel is a key away, from 140 it takes what the measure
of the transcript leaves."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs we draw ourselves."""

    unicode: bool = True
    bar: str = "▌"
    """Left of a persona's turn."""
    yours: str = "█"
    """Left of a person's turn, where no text can reach."""
    card: str = "┃"
    quote: str = "│"
    rule: str = "─"
    cursor: str = "▏"
    prompt: str = "❯"
    dot: str = "·"
    bullets: str = "•◦"
    down: str = "↓"
    pulse: tuple[str, ...] = ("▯▯▯", "▮▯▯", "▮▮▯", "▮▮▮", "▯▮▮", "▯▯▮")
    sealed: str = "▇▇▇"
    turn: str = "▪"
    human: str = "◆"
    record: str = "▣"
    head: str = "●"
    stop: str = "■"
    star: str = "★"
    play: str = "▶"
    pause: str = "‖"
    ellipsis: str = "…"

    def plain(self, text: str) -> str:
        """`text` with typographic signs as this terminal can draw them."""
        return text if self.unicode else text.translate(_TYPOGRAPHY)


_TYPOGRAPHY = str.maketrans(
    {"·": "-", "…": "...", "—": "--", "–": "-", "‹": "<", "›": ">", "“": '"', "”": '"', "‘": "'", "’": "'"}
    | {"→": "->", "←": "<-", "↑": "^", "↓": "v", "⇒": "=>", "✓": "+", "✗": "x", "•": "*", "×": "x", "≈": "~"}
)

ASCII = Glyphs(
    unicode=False,
    bar="|",
    yours="#",
    card="+",
    quote=":",
    rule="-",
    cursor="_",
    prompt=">",
    dot="-",
    bullets="*-",
    down="v",
    pulse=(".  ", ".. ", "...", " ..", "  .", "   "),
    sealed="###",
    turn="o",
    human="@",
    record="*",
    head="O",
    stop="=",
    star="*",
    play=">",
    pause="|",
    ellipsis="...",
)


def glyphs_for(environ: Mapping[str, str], encoding: str) -> Glyphs:
    """The glyphs a terminal draws, by its environment and its locale's encoding."""
    try:
        utf = codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        utf = False
    return Glyphs() if utf and environ.get("TERM", "") not in {"dumb", "linux", "vt100"} else ASCII


def charset(environ: Mapping[str, str], *, utf8_mode: bool, known: str) -> str:
    """The encoding of the locale a person gave the terminal; `known` where they gave none.

    Python makes UTF-8 of the locale C, by its UTF-8 mode and by setting LC_CTYPE itself (PEP 538, PEP 540); the
    terminal knows nothing of that.
    """
    coerced = utf8_mode and not environ.get("PYTHONUTF8") and environ.get("LC_CTYPE") in {"C.UTF-8", "C.utf8", "UTF-8"}
    given = environ.get("LC_ALL") or ("" if coerced else environ.get("LC_CTYPE")) or environ.get("LANG") or ""
    name, _, encoding = given.partition("@")[0].partition(".")
    return encoding or ("ascii" if name in {"C", "POSIX"} else known)


@cache
def glyphs() -> Glyphs:
    """The glyphs of this terminal; it does not change while we run."""
    known = locale.getpreferredencoding(do_setlocale=False)
    return glyphs_for(os.environ, charset(os.environ, utf8_mode=bool(sys.flags.utf8_mode), known=known))
