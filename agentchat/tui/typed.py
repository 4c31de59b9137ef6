"""A wish for a room as a person types it: settings with a line of their own, and what a file brings, as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from agentchat.tui.files import text_of
from agentchat.views.settings import words

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.home import Wish

MATTERS: Mapping[str, tuple[str, str]] = {
    "options": ("Options", "this | that | another   (empty: the room finds them)"),
    "draft": ("Draft", "a file with the text to begin with   (empty: the author writes it)"),
}
"""Settings with a line of their own: what they are called here, and what may stand in them."""


def with_matter(wish: Wish, name: str, typed_in: str) -> Wish:
    """The wish with the options, or with the draft in a file. Raises UsageError where that cannot be read."""
    match name:
        case "options":
            return replace(
                wish, given={**wish.given, "options": [one.strip() for one in typed_in.split("|") if one.strip()]}
            )
        case "draft":
            return replace(wish, given={**wish.given, "draft": text_of(typed_in)})
        case _:
            return wish


def typed(wish: Wish) -> Wish:
    """The wish with what its file brings as if it had been typed: so it is shown, and can be taken back."""
    tables = {name: value for name, value in wish.usual.items() if _is_table(value)}
    brought = {name: words(value) for name, value in wish.usual.items() if name not in tables}
    return replace(wish, settings={**brought, **wish.settings}, usual=tables)


def _is_table(value: JsonValue) -> bool:
    """What no line can hold: tables, and lists of them."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))
