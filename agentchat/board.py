"""The shared board: keyed values that personas and the person write, read and search.

A fold of the room's notes. The newest value of a key counts; what it was before is kept, so that two who write at once
lose nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from agentchat.events import Noted

LONGEST_KEY, LONGEST_VALUE = 60, 500
"""Characters of a key, and of a value or its description."""

_WRITES = re.compile(r"(?P<key>[^=|\n]*?\S)[ \t]*=(?P<rest>[^\n]*)")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands under one key."""

    key: str
    value: str
    description: str
    by: str
    at: datetime
    seq: int
    older: tuple[Value, ...] = ()
    """What stood there before, newest first."""


@dataclass(frozen=True, slots=True)
class Write:
    """A value for a key; None takes the key off the board."""

    key: str
    value: str | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """The words values are looked for with; none asks for all."""

    words: str


def board(notes: Iterable[Noted], until: int | None = None) -> tuple[Value, ...]:
    """What stands on the board, the newest first; `until`, as it was at that event."""
    kept: dict[str, tuple[Value, ...]] = {}
    shown: dict[str, Value] = {}
    for note in notes:
        if note.kind != "value" or (until is not None and note.seq > until):
            continue
        name = same(note.key)
        shown.pop(name, None)
        if note.value is not None:
            value = Value(note.key, str(note.value), note.description, note.by, note.at, note.seq, kept.get(name, ()))
            shown[name] = value
            kept[name] = (value, *kept.get(name, ()))
    return tuple(reversed(shown.values()))


def search(values: Sequence[Value], words: str) -> tuple[Value, ...]:
    """The values with any of the words in them, the nearest first: a word in the key counts double."""
    wanted = set(words.casefold().split())
    if not wanted:
        return tuple(values)

    def near(value: Value) -> int:
        key, rest = value.key.casefold(), f"{value.value} {value.description}".casefold()
        return sum(2 * (word in key) + (word in rest) for word in wanted)

    return tuple(value for value in sorted(values, key=near, reverse=True) if near(value))


def nearest(values: Sequence[Value], question: str) -> tuple[Value, ...]:
    """All values, those that share words with a question first, then the newest."""
    about = " ".join(word for word in re.findall(r"\w+", question) if len(word) > 3)
    first = search(values, about) if about else ()
    return (*first, *(value for value in values if value not in first))


def parse(text: str) -> Write | Query:
    """What a person typed: `key = value | description`, `key =` to take it off, else words to look for.

    Raises UsageError where a key or a value is too long.
    """
    typed = _WRITES.fullmatch(text.strip())
    if typed is None:
        return Query(text.strip())
    write = written(typed["key"], typed["rest"])
    if write is None:
        raise UsageError(
            "that does not fit on the board",
            hint=f"A key has at most {LONGEST_KEY} characters, a value and its description {LONGEST_VALUE} each.",
        )
    return write


def written(key: str, rest: str) -> Write | None:
    """The value of `value | description`, on one line; None where it is too long to stand on the board."""
    value, _, description = (part.strip() for part in rest.partition(" | "))
    key = " ".join(key.split())
    if not key or len(key) > LONGEST_KEY or max(len(value), len(description)) > LONGEST_VALUE:
        return None
    return Write(key, value or None, description)


def same(key: str) -> str:
    """What two spellings of a key share."""
    return " ".join(key.casefold().split())
