"""What participants hand to each other: who waits for whom, what can be done now, and who wait for each other.

Who waits for something that was promised does not do what they took on before it comes: so two may wait in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import JsonValue

State = Literal["asked", "accepted", "declined", "done", "failed", "lapsed", "dropped"]

OPEN = frozenset({"asked", "accepted"})


@dataclass(frozen=True, slots=True)
class Request:
    """A piece of work one asks of another."""

    id: int
    by: str
    to: str
    what: str
    state: State = "asked"
    round: int = 0
    """The round it was made in."""
    why: str = ""
    """Why it is declined, lapsed, failed or dropped."""
    first: bool = False
    """Whether it is done although who does it waits for something."""

    def kept(self) -> dict[str, JsonValue]:
        """As it stands on record."""
        return {name: value for name, value in asdict(self).items() if name != "first"}


def doable(requests: Sequence[Request]) -> list[Request]:
    """The accepted ones that can be done now, the oldest first."""
    waiting = {one.by for one in requests if one.state == "accepted"}
    return [one for one in requests if one.state == "accepted" and (one.first or one.to not in waiting)]


def circle(requests: Iterable[Request]) -> tuple[Request, ...]:
    """Requests that were all accepted, each by who waits for the next: nobody in the circle can begin. Empty if none.

    The one with the oldest request comes first.
    """
    waits: dict[str, list[Request]] = {}
    for one in requests:
        if one.state == "accepted" and not one.first:
            waits.setdefault(one.by, []).append(one)
    for start in sorted((one for found in waits.values() for one in found), key=lambda one: one.id):
        if found := _round(start, waits):
            return found
    return ()


def _round(start: Request, waits: dict[str, list[Request]]) -> tuple[Request, ...]:
    """The shortest way back to who made the first request, along who waits for whom."""
    ways: list[tuple[Request, ...]] = [(start,)]
    seen = {start.to}
    while ways:
        way = ways.pop(0)
        if way[-1].to == start.by:
            return way
        for one in waits.get(way[-1].to, []):
            if one.to not in seen:
                seen.add(one.to)
                ways.append((*way, one))
    return ()
