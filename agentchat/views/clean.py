"""The one cleaner that text from outside passes on its way to any view.

After it nothing in the text can drive a terminal, hide, or reorder what a person reads. The store keeps the text as it
came; only what is shown is cleaned.
"""

from __future__ import annotations

import re

from agentchat.text import UNSAFE, legible

TAB = 4
"""Cells between tab stops."""

FORBIDDEN = re.compile(f"[{UNSAFE}\t]")
"""What never remains in cleaned text."""


def clean(text: str) -> str:
    """`text`, safe to show: legible, and tabs are spaces. Clean text comes back as the same object."""
    text = legible(text)
    return text.expandtabs(TAB) if "\t" in text else text


def clean_line(text: str, limit: int = 200) -> str:
    """`text` for a place of one line: cleaned, white space runs as one space, at most `limit` characters."""
    # Four times the limit leaves room for what cleaning takes away, without reading a megabyte for a name.
    line = " ".join(clean(text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
