"""What the form of a persona says: its fields, where the file lies, and what to do where somebody else saved it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.tui.ask import AskScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = {
    "name": ("Name", "as the room calls it"),
    "title": ("Title", "what it is, in a word or two"),
    "description": ("About", "what lists say of it, in a sentence"),
    "focus": ("Focus", "what it cares about: a few nouns"),
    "tags": ("Tags", "topics it is suggested for, with commas"),
    "model": ("Model", "empty: the room's"),
    "avatar": ("Avatar", "one or two cells"),
    "color": ("Colour", "a name, or #1e60f6"),
    "talkativeness": ("Talks", "0 to 1: how readily it takes the floor"),
}
"""What the fields are called here, and what may stand in them."""

GUIDE = """\
You are …, a … who …

What it cares about, and what it asks first.

How it speaks: give an example of a sentence.

Your blind spot is …"""

NOTHING = "It stands here as soon as it has a name and a prompt."


def meanwhile(path: Path, mine: Sequence[str]) -> AskScreen:
    """Whether one's own changes go onto what somebody else saved."""
    what = ", ".join(LABELS.get(name, ("Prompt", ""))[0] for name in mine)
    more = (
        f"Somebody else saved it since you opened it here. You changed: {what}. All else would stay as they saved it."
    )
    return AskScreen(f"Put your changes onto the new {path.name}?", more, "put them there", "write nothing")


def near(path: Path) -> str:
    """The path as it is told from here."""
    for folder, short_for in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(folder):
            return f"{short_for}{path.relative_to(folder)}"
    return str(path)
