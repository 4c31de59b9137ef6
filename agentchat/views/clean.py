"""The one cleaner that text from outside passes on its way to any view.

After it nothing in the text can drive a terminal, hide, or reorder what a person reads. The store keeps the text as it
came; only what is shown is cleaned.
"""

from __future__ import annotations

import re

TAB = 4
"""Cells between tab stops."""

_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls
    "\u00ad\u180e\u200b\u2060\ufeff\ufff9-\ufffb"  # no width
    "\u061c\u200e\u200f\u202a-\u202e\u2061-\u206f"  # direction
    "\u2028\u2029"  # line ends a terminal does not know
    "\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e0fff"  # tags, and variation selectors 17 to 256
)
_JOINERS = "\u200c\u200d\ufe00-\ufe0f"

FORBIDDEN = re.compile(f"[{_UNSAFE}\t]")
"""What never remains in cleaned text."""

_SUSPECT = re.compile(f"[{_UNSAFE}\t{_JOINERS}]")

# ECMA-48. A string sequence without its end is taken to the end of its line: a terminal would swallow everything.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[PX\]^_]|[\x90\x98\x9d\x9e\x9f])[^\n\x07\x18\x1a\x1b\x9c]*(?:\x07|\x1b\\|\x9c|\x18|\x1a)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REPLACED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_REMOVED = re.compile(f"[{_UNSAFE}]")
_JOINED = re.compile(f"([^{_JOINERS}]?)([{_JOINERS}]+)")
_ONE_JOIN = re.compile("[\ufe00-\ufe0f]?[\u200c\u200d]?")


def clean(text: str) -> str:
    """`text`, safe to show. Clean text comes back as the same object.

    Control sequences go whole, other controls and lone surrogates become U+FFFD, every line end `\\n`, tabs spaces;
    direction marks, tags and characters without width go. A joiner or variation selector stays where it joins.
    """
    if _SUSPECT.search(text) is None:
        return text
    text = _LINE_END.sub("\n", text)
    text = _SEQUENCE.sub("", text)
    text = _REPLACED.sub("\ufffd", text)
    text = _REMOVED.sub("", text)
    text = _JOINED.sub(_keep_joint, text)
    return text.expandtabs(TAB)


def clean_line(text: str, limit: int = 200) -> str:
    """`text` for a place of one line: cleaned, white space runs as one space, at most `limit` characters."""
    # Four times the limit leaves room for what cleaning takes away, without reading a megabyte for a name.
    line = " ".join(clean(text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _keep_joint(match: re.Match[str]) -> str:
    before, run = match.groups()
    if before in "0123456789#*":  # keycaps: the selector only
        return before + ("\ufe0f" if before and run[0] == "\ufe0f" else "")
    if before.isascii() or before.isspace():
        return str(before)
    kept = _ONE_JOIN.match(run)
    return before + (kept[0] if kept else "")
