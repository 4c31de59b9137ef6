"""What is hidden in text, and what names look alike: the law that views and prompts share.

Nothing here knows who reads. A view goes on to make a text safe to draw, a prompt to make it impossible to mistake.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls
    "\u00ad\u180e\u200b\u2060\ufeff\ufff9-\ufffb"  # no width
    "\u061c\u200e\u200f\u202a-\u202e\u2061-\u206f"  # direction
    "\u2028\u2029"  # line ends a terminal does not know
    "\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e0fff"  # tags, and variation selectors 17 to 256
)
"""The inside of a regex class: characters that drive a terminal, hide, or reorder what a person reads."""

JOINERS = "\u200c\u200d\ufe00-\ufe0f"
"""The inside of a regex class: characters without width that stand only where they join others."""

# ECMA-48. A string sequence without its end is taken to the end of its line: a terminal would swallow everything.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[PX\]^_]|[\x90\x98\x9d\x9e\x9f])[^\n\x07\x18\x1a\x1b\x9c]*(?:\x07|\x1b\\|\x9c|\x18|\x1a)?"
    r"|\x1b[ -/]*[0-~]?"
)
_SUSPECT = re.compile(f"[{UNSAFE}{JOINERS}]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REPLACED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_REMOVED = re.compile(f"[{UNSAFE}]")
_JOINED = re.compile(f"([^{JOINERS}]?)([{JOINERS}]+)")
_ONE_JOIN = re.compile("[\ufe00-\ufe0f]?[\u200c\u200d]?")


def quoted(text: str) -> str:
    """A text within another's sentence: no mark of its own ends it."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def legible(text: str) -> str:
    """`text` with nothing in it that a reader cannot see. Legible text comes back as the same object.

    Control sequences go whole, other controls and lone surrogates become U+FFFD, every line end `\\n`; direction
    marks, tags and characters without width go. A joiner or variation selector stays where it joins.
    """
    if _SUSPECT.search(text) is None:
        return text
    text = _LINE_END.sub("\n", text)
    text = _SEQUENCE.sub("", text)
    text = _REPLACED.sub("\ufffd", text)
    text = _REMOVED.sub("", text)
    return _JOINED.sub(_keep_joint, text)


def _keep_joint(match: re.Match[str]) -> str:
    before, run = match.groups()
    if before in "0123456789#*":  # keycaps: the selector only
        return before + ("\ufe0f" if before and run[0] == "\ufe0f" else "")
    if before.isascii() or before.isspace():
        return str(before)
    kept = _ONE_JOIN.match(run)
    return before + (kept[0] if kept else "")


_PAIRS = """
аa вb сc еe һh іi јj кk мm нh оo рp ԛq ѕs тt цu ԝw хx уy ԁd гr ѵv
αa βb εe ιi κk νv οo ρp τt υu χx γy ωw ηn μu Ηh Μm Νn Υy Ζz
օo սu հh ոn ցg զq
ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz
ıi ɑa ɡg ʋv 0o 1l |l
"""
"""Cyrillic, Greek, Armenian, small capitals and digits, each with the Latin letter it passes for. Capitals stand here
where they pass for another letter than the small one does."""

_ALIKE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def some(named: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of these in a line, and how many more there are."""
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return between.join(named[:most]) + more


@lru_cache(maxsize=1024)
def skeleton(name: str) -> str:
    """What the eye takes from a name: equal for two names that look the same."""
    folded = unicodedata.normalize("NFKC", name).translate(_ALIKE).casefold().translate(_ALIKE)
    plain = unicodedata.normalize("NFKD", folded).translate(_ALIKE)
    return re.sub(r"[\W_]+", "", "".join(char for char in plain if not unicodedata.combining(char)))
