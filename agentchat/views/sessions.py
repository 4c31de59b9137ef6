"""The rows of the home screen: what each session is about, how it went, and when.

Imported before the first frame, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

BARS = "▁▂▃▄▅▆▇"
Life = Literal["", "running", "paused"]
"""Whether a room is open behind the home screen: no, and at work, or standing still."""


class Kept(Protocol):
    """A session, as the store lists it."""

    @property
    def id(self) -> str:
        """Its id; any unique prefix names it."""
        ...

    @property
    def title(self) -> str:
        """Its name, if it was given one."""
        ...

    @property
    def starred(self) -> bool:
        """Whether it has a star."""
        ...

    @property
    def tags(self) -> Sequence[str]:
        """Its tags."""
        ...

    @property
    def topic(self) -> str:
        """What was asked."""
        ...

    @property
    def mode(self) -> str:
        """The mode's name."""
        ...

    @property
    def personas(self) -> Sequence[str]:
        """Who took part, by name."""
        ...

    @property
    def updated(self) -> datetime:
        """When something last happened in it."""
        ...

    @property
    def turns(self) -> int:
        """How many turns were taken."""
        ...

    @property
    def outcome(self) -> str:
        """How it ended; empty while it has not."""
        ...

    @property
    def pulse(self) -> Sequence[int]:
        """How many words each of its last turns had."""
        ...


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session, in words for one row."""

    id: str
    title: str
    mode: str
    people: str
    pulse: str
    outcome: str
    age: str
    life: Life = ""
    starred: bool = False
    tags: tuple[str, ...] = ()


def line(kept: Kept, now: datetime, life: Life = "") -> SessionLine:
    """The row of a session."""
    title = " ".join((kept.title or kept.topic).split())
    return SessionLine(
        id=kept.id,
        title=title or "Without a topic",
        mode=kept.mode,
        people=f"{len(kept.personas)} persona{'' if len(kept.personas) == 1 else 's'}",
        pulse=sparkline(kept.pulse),
        outcome=life or kept.outcome.replace("_", " ") or ("open" if kept.turns else "not begun"),
        age=age(now - kept.updated),
        life=life,
        starred=kept.starred,
        tags=tuple(kept.tags),
    )


def sparkline(values: Sequence[int]) -> str:
    """A bar for each value, the highest as high as it gets."""
    top = max(values, default=0)
    return "".join(BARS[round(max(value, 0) / top * (len(BARS) - 1))] if top > 0 else BARS[0] for value in values)


def age(since: timedelta) -> str:
    """How long ago, as one would say it."""
    seconds = since.total_seconds()
    for limit, unit, word in ((60, 1, "now"), (3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return word if unit == 1 else f"{int(seconds // unit)} {word}"
    days = int(seconds // 86400)
    if days == 1:
        return "yesterday"
    for limit, unit, word in ((14, 1, "day"), (60, 7, "week"), (730, 30, "month")):
        if days < limit:
            return f"{days // unit} {word}{'s' if days // unit != 1 else ''}"
    return f"{days // 365} years"


def spoken_of(names: Collection[str], most: int = 4) -> str:
    """Names in a row, as many as fit a line: `Ada, Ben, Cleo and 3 more`."""
    shown = list(names)[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
