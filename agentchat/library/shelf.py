"""All personas and line-ups within reach: those of the project, of the home, and those that ship.

The first found of a name wins and hides the others; a file that cannot be used is named and stops no other.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TypeVar

from agentchat.errors import UsageError
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.lineup import LineUpReading, read_lineup
from agentchat.library.persona_file import Reading, read_persona
from agentchat.library.rooms import Found, FoundLineUp, Origin, resolve
from agentchat.text import skeleton, some

LINEUPS = "lineups"
"""The folder of line-ups inside a personas folder."""
MOST_NAMED = 12
"""Names that an error lists."""

_Read = TypeVar("_Read", Reading, LineUpReading)


def shipped() -> Path:
    """The personas that ship: inside the package, or beside it in a checkout."""
    package = Path(str(resources.files("agentchat")))
    inside = package / "personas"
    return inside if inside.is_dir() else package.parent / "personas"


def folders(project: Path, home: Path) -> tuple[tuple[Origin, Path], ...]:
    """Where personas are looked up, first to last."""
    return (
        ("project", project / ".agentchat" / "personas"),
        ("home", home / "personas"),
        ("shipped", shipped()),
    )


@dataclass(frozen=True, slots=True)
class Scan:
    """What the shelf holds at one moment. `flaws` are the files that cannot be used."""

    personas: tuple[Found, ...] = ()
    lineups: tuple[FoundLineUp, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    def get(self, name: str) -> Found:
        """The persona with this id or display name, in any case. Raises UsageError with the nearest names."""
        ids = {found.persona.id: found for found in self.personas}
        names = {found.persona.name.casefold(): found for found in reversed(self.personas)}
        wanted = name.strip().removeprefix("@")
        found = ids.get(wanted.lower()) or names.get(wanted.casefold())
        if found is None:
            raise self._unknown("persona", name, {found.persona.name: id_ for id_, found in ids.items()}, ".md")
        return found

    def member(self, id_: str) -> Found | None:
        """The persona of this id: one that all may take, else the only one of that id who stands beside a room file."""
        known = next((found for found in self.personas if found.persona.id == id_), None)
        beside = {one.path: one for room in self.lineups for one in room.members if one.persona.id == id_}
        return known or (next(iter(beside.values())) if len(beside) == 1 else None)

    def lineup(self, name: str) -> FoundLineUp:
        """The line-up with this id or name, in any case. Raises UsageError with the nearest names."""
        wanted = name.strip().casefold()
        for found in self.lineups:
            if wanted in {found.lineup.id, found.lineup.name.casefold()}:
                return found
        raise self._unknown("line-up", name, {found.lineup.name: found.lineup.id for found in self.lineups}, ".toml")

    def _unknown(self, what: str, name: str, known: dict[str, str], suffix: str) -> UsageError:
        """The error for a name that is none of the `known` ones, which lead to their ids."""
        for flaw in self.flaws:
            if flaw.path.name.casefold() == f"{name.strip()}{suffix}".casefold():
                return FlawError(flaw)
        ids = {name.casefold(): id_ for name, id_ in known.items()} | {id_: id_ for id_ in known.values()}
        near = [ids[word] for word in difflib.get_close_matches(name.casefold(), ids, n=3, cutoff=0.5)]
        listed = [*dict.fromkeys(near or sorted(known.values()))]
        hint = f"{'nearest' if near else 'there are'}: {some(listed, MOST_NAMED)}" if listed else "there are none"
        return UsageError(f"no {what} is called {name!r}", hint=hint)


class Shelf:
    """The folders, read when asked. A file that has not changed since is not read again."""

    def __init__(self, folders: Sequence[tuple[Origin, Path]]) -> None:
        self._folders = tuple(folders)
        self.named: dict[str, Path] = {}
        """Where those stand that were asked for by their file, by id."""
        self._personas: dict[Path, tuple[object, Reading]] = {}
        self._lineups: dict[Path, tuple[object, LineUpReading]] = {}

    def scan(self) -> Scan:
        """All that is there now."""
        flaws: list[Flaw] = []
        places = self._distinct()
        personas: dict[str, Found] = {}
        looks: dict[str, Found] = {}
        for origin, folder in places:
            for path in listing(folder, ".md", flaws):
                reading = _cached(self._personas, path, read_persona)
                if reading.persona is None:
                    flaws += [flaw for flaw in reading.flaws if flaw.fatal]
                    continue
                notes = tuple(f"line {flaw.line}: {flaw.message}" for flaw in reading.flaws)
                _place(Found(reading.persona, path, origin, notes), folder, personas, looks, flaws)
        lineups: dict[str, FoundLineUp] = {}
        for origin, folder in places:
            for path in listing(folder / LINEUPS, ".toml", flaws):
                read = _cached(self._lineups, path, read_lineup)
                if read.lineup is not None and (first := lineups.get(read.lineup.id)) is not None:
                    lineups[read.lineup.id] = replace(first, shadows=(*first.shadows, path))
                    continue
                found = self._room(read, path, origin, personas)
                if isinstance(found, FoundLineUp):
                    lineups[found.lineup.id] = found
                else:
                    flaws += found
        return Scan(tuple(personas.values()), tuple(lineups.values()), tuple(flaws))

    def room(self, path: Path) -> FoundLineUp:
        """The room in the file of this path. Raises FlawError with what is wrong first."""
        with suppress(RuntimeError):  # a ~ of nobody
            path = path.expanduser()
        found = self._room(read_lineup(path), path, "path", {one.persona.id: one for one in self.scan().personas})
        if not isinstance(found, FoundLineUp):
            raise FlawError(found[0])
        return found

    def _room(
        self, read: LineUpReading, path: Path, origin: Origin, personas: Mapping[str, Found]
    ) -> FoundLineUp | list[Flaw]:
        """The room, or what is fatal to it."""
        come = resolve(read, path, personas, lambda file: _cached(self._personas, file, read_persona))
        fatal = [flaw for flaw in come.flaws if flaw.fatal]
        if read.lineup is None or fatal:
            return fatal
        return FoundLineUp(read.lineup, path, origin, (), come.members, come.flaws)

    def get(self, name: str) -> Found:
        """The persona of this id or display name, or in the file of this path. Raises UsageError."""
        if not name.endswith(".md") and os.sep not in name:
            return self.scan().get(name)
        path = Path(name)
        with suppress(RuntimeError):  # a ~ of nobody
            path = path.expanduser()
        reading = read_persona(path)
        if reading.persona is None:
            raise FlawError(next(flaw for flaw in reading.flaws if flaw.fatal))
        self.named[reading.persona.id] = path.absolute()
        return Found(
            reading.persona, path, "path", tuple(f"line {flaw.line}: {flaw.message}" for flaw in reading.flaws)
        )

    def over(self, id_: str, path: Path) -> Path | None:
        """The file that is taken for this id instead of the one at `path`, where that lies in a later folder."""
        order = [os.path.realpath(folder) for _, folder in self._distinct()]
        first = next((one.path for one in self.scan().personas if one.persona.id == id_), path)
        places = [os.path.realpath(one.parent) for one in (first, path)]
        known = all(place in order for place in places)
        return first if known and order.index(places[0]) < order.index(places[1]) else None

    def read(self, path: Path) -> Reading:
        """What stands in one file now."""
        return _cached(self._personas, path, read_persona)

    def _distinct(self) -> list[tuple[Origin, Path]]:
        """Each folder once: a checkout is itself a home, so two names may lead to the same."""
        seen: dict[str, tuple[Origin, Path]] = {}
        for origin, folder in self._folders:
            seen.setdefault(os.path.realpath(folder), (origin, folder))
        return list(seen.values())


def listing(folder: Path, suffix: str, flaws: list[Flaw]) -> list[Path]:
    """The folder's files that end so, by name; what cannot be listed is a flaw, what is not there is none."""
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        if folder.parent.is_dir():  # else that one is the flaw
            flaws.append(Flaw(folder, 0, f"cannot be listed: {error.strerror}"))
        return []
    return [
        path
        for path in paths
        if path.name.endswith(suffix) and not path.name.startswith(".") and path.name.lower() != "readme.md"
    ]


def _place(found: Found, folder: Path, ids: dict[str, Found], looks: dict[str, Found], flaws: list[Flaw]) -> None:
    """Put a persona among the others, unless its name is taken."""
    persona, path = found.persona, found.path
    look = skeleton(persona.name)
    if (first := ids.get(persona.id)) is not None:
        if first.path.parent == folder:
            flaws.append(Flaw(path, 1, f"@{persona.id} is taken by {first.path.name}", "give one of them another name"))
        else:
            ids[persona.id] = replace(first, shadows=(*first.shadows, path))
    elif (like := looks.get(look)) is not None:
        hint = f"{like.persona.name!r} stands in {like.path}"
        flaws.append(Flaw(path, 1, f"name: {persona.name!r} looks like another's name", hint))
    else:
        ids[persona.id] = looks[look] = found


def _cached(cache: dict[Path, tuple[object, _Read]], path: Path, read: Callable[[Path], _Read]) -> _Read:
    try:
        status = path.lstat()
        stamp: object = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    except OSError:
        stamp = None
    known = cache.get(path)
    if known is None or stamp is None or known[0] != stamp:
        known = cache[path] = (stamp, read(path))
    return known[1]
