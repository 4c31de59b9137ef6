"""Persona files that are saved while rooms are open: which of them were, and what stands in them now.

A look costs a stat a file: a millisecond for a dozen, six for two hundred. What is still being written is left until it
rests: editors truncate a file and then write it, or move it away and put another in its place.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from agentchat.library.flaw import Flaw
    from agentchat.library.shelf import Scan, Shelf
    from agentchat.persona import Persona

SETTLED = 0.3
"""Seconds for which a file must have rested before it is taken."""

MISSED = 1.0
"""Seconds after which a file that is gone, or cannot be used, is said to be."""

Mark = tuple[int, int, int, int]
"""When a file was written and changed, how long it is, and which one it is."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one persona's file. Without persona and flaw it is gone."""

    who: str
    path: Path
    persona: Persona | None = None
    flaw: Flaw | None = None
    """Why it cannot be used."""
    again: bool = False
    """It was gone, or could not be used, before."""


@dataclass(slots=True)
class _File:
    """What is known of one persona's file."""

    path: Path | None
    mark: Mark | None = None
    persona: Persona | None = None
    """As it was last read."""
    missed: bool = False
    """It was said to be gone or of no use."""
    changing: Mark | None = None
    since: float = 0.0
    """Since when it looks as `changing` says; 0 where it rests."""


class Watch:
    """The files of some personas, from the first look on."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float] = time.time) -> None:
        self._shelf = shelf
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._known: frozenset[Path] = frozenset()

    def look(self, who: Iterable[str]) -> tuple[list[Saved], float]:
        """What was saved since the last look, and how many seconds it takes until what is being saved may rest.

        The first look at a persona only remembers its file.
        """
        scan, now = self._shelf.scan(), self._clock()
        news: list[Saved] = []
        wait = 0.0
        for one in who:
            file = self._files.get(one)
            if file is None:
                self._files[one] = self._first(one, scan)
                continue
            if (place := self._moved(one, file, scan)) is not None:
                file.path, file.mark = place, None
            saved, rest = self._saved(one, file, now)
            news += [saved] if saved else []
            wait = max(wait, rest)
            if saved and not saved.persona and not saved.flaw and (other := _place(one, scan)):
                self._files[one] = self._at(other, missed=True)
        self._known = frozenset({*_places(scan)})
        return news, wait

    def _first(self, who: str, scan: Scan) -> _File:
        path = self._shelf.named.get(who) or _place(who, scan)
        return _File(None) if path is None else self._at(path)

    def _at(self, path: Path, *, missed: bool = False) -> _File:
        return _File(path, _mark(path), self._shelf.read(path).persona, missed)

    def _moved(self, who: str, file: _File, scan: Scan) -> Path | None:
        """A file of this persona that was not there at the last look and comes before the one it had."""
        place = _place(who, scan)
        return place if place and place != file.path and place not in self._known else None

    def _saved(self, who: str, file: _File, now: float) -> tuple[Saved | None, float]:
        path = file.path
        if path is None:
            return None, 0
        mark = _mark(path)
        if mark == file.mark:
            file.since = 0
            return None, 0
        if not file.since or file.changing != mark:
            file.changing, file.since = mark, now
        reading = None if mark is None else self._shelf.read(path)
        persona = reading.persona if reading else None
        rested = max(now - file.since, now - mark[0] / 1e9 if mark else 0)
        if (left := (SETTLED if persona else MISSED) - rested) > 0:
            return None, left if persona else 0
        file.mark, file.since, again = mark, 0, file.missed
        flaw = next((one for one in reading.flaws if one.fatal), None) if reading else None
        if persona == file.persona and persona is not None and not again:
            return None, 0
        file.persona, file.missed = persona or file.persona, persona is None
        return Saved(who, path, persona, flaw, again), 0


def _place(who: str, scan: Scan) -> Path | None:
    return found.path if (found := scan.member(who)) else None


def _places(scan: Scan) -> Iterable[Path]:
    for found in scan.personas:
        yield found.path
        yield from found.shadows
    yield from (member.path for room in scan.lineups for member in room.members)


def _mark(path: Path) -> Mark | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
