"""What a mode concluded, as it is shown: by the card its kind has, in the words of its reason, or field by field.

A card is made by whoever wrote the mode, and the mode may be gone: neither may take a screen down, or hide a fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.kinds import Sheet, conclusion_of
from agentchat.kinds.conclusion import is_conclusion
from agentchat.views.phrases import clipped, sentence, value
from agentchat.views.room import Card, Entry, Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.events import Recorded, TurnEnded
    from agentchat.kinds.conclusion import Name

MOST = 40
"""Fields that are shown."""


def concluded(entry: Recorded, name: Name) -> tuple[Entry, ...]:
    """A conclusion that has no look of its own here."""
    kind = conclusion_of(entry.kind)
    if kind.hidden:
        return ()
    plain = sentence(entry.kind.replace("_", " "))
    fields = Card(entry.seq, plain, lines=rows(entry.data), note=entry.reason)
    line = Line(entry.seq, sentence(entry.reason) or plain, kind.tone)
    if kind.card is None:
        return (line if is_conclusion(kind.name) or not entry.data else fields,)
    try:
        sheet = kind.card(entry.data, name)
        return (line if sheet is None else _card(entry.seq, sheet),)
    except Exception:  # noqa: BLE001 (the edge: a plug-in's own code must not take the screen down)
        return (fields,)


def _card(key: int, sheet: Sheet) -> Card:
    """What somebody else's code gave, held to be what it says it is. Raises where it is not."""
    title, note, *lines = (str(one) for one in (sheet.title, sheet.note, *sheet.rows))
    return Card(key, title, lines=tuple(lines), note=note)


def unworded(end: TurnEnded) -> bool:
    """Whether a structured answer was never put into words: then its fields are shown, and not its JSON."""
    words = end.text.strip().removeprefix("```json").lstrip()
    return end.outcome == "structured" and bool(end.data) and (not words or words.startswith("{"))


def rows(data: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Plain fields, one a line."""
    shown = [f"{name.replace('_', ' ')}: {clipped(value(one))}" for name, one in data.items()]
    more = len(shown) - MOST
    return (*shown[:MOST], f"… and {more} more") if more > 0 else tuple(shown)
