"""The parts of the library that the home screen lists, the orders they come in, and a session's row.

Imported before the first frame, so it imports nothing heavy.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from agentchat.tui.rows import Column, Line
from agentchat.views.sessions import Life, line

if TYPE_CHECKING:
    from agentchat.home.library import Listing, SessionRow, Sort
    from agentchat.tui.theme import Glyphs

COLUMNS = (
    Column(quiet=False),
    Column(10, least=64),
    Column(11, least=92),
    Column(12, least=84),
    Column(14, least=44),
    Column(9, right=True, least=30),
)
"""Topic, mode, people, pulse, outcome, age."""

Part = Literal["all", "starred", "archived", "bin"]
PARTS: tuple[Part, ...] = ("all", "starred", "archived", "bin")
ORDERS: dict[Sort, str] = {
    "newest": "newest first",
    "oldest": "oldest first",
    "longest": "longest first",
    "tokens": "most tokens first",
    "cost": "dearest first",
    "name": "by name",
}
"""The orders a list can be in, and how each is called."""
HEADS: dict[Part, str] = {"all": "Recent", "starred": "Starred", "archived": "Archived", "bin": "In the bin"}

MOST = 200
"""Sessions listed; the search finds the older ones."""


def head(part: Part, order: Sort) -> str:
    """What such a list is called."""
    if order == "newest":
        return HEADS[part]
    return f"{'Sessions' if part == 'all' else HEADS[part]} · {ORDERS[order]}"


def wanted(part: Part, order: Sort) -> Listing:
    """What to ask the library for."""
    from agentchat.home.library import Listing

    place = part if part in ("archived", "bin") else "kept"
    return Listing(limit=MOST, sort=order, place=place, starred=part == "starred")


def row(kept: SessionRow, now: datetime, life: Life, signs: Glyphs) -> Line:
    """One session's: a star where it has one, its tags quietly behind."""
    one = line(kept, now, life)
    title = f"{signs.star} {one.title}" if one.starred else one.title
    cells = (title, one.mode, one.people, one.pulse if signs.unicode else "", one.outcome, one.age)
    return Line(one.id, cells, aside=" ".join(f"#{tag}" for tag in one.tags))
