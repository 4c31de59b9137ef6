"""A room file and what it names: its mode and settings, its personas on the shelf and beside it, its material."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agentchat.errors import UsageError
from agentchat.events import Material
from agentchat.library.beside import beside, is_file
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.lineup import LineUp, LineUpReading
from agentchat.library.persona_file import Reading, read_persona
from agentchat.library.plain_file import read_text
from agentchat.library.toml_file import line_of
from agentchat.modes import lacking, mode_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from agentchat.persona import Persona

Origin = Literal["project", "home", "shipped", "path"]

MOST = 1_000_000
"""Bytes of one material."""

FILES = ("scripted/", "local/")
"""Models that are files."""

STARTER = "local/starter"


@dataclass(frozen=True, slots=True)
class Found:
    """A persona, where it came from, what its file should be told, and the files it hides."""

    persona: Persona
    path: Path
    origin: Origin
    notes: tuple[str, ...] = ()
    shadows: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundLineUp:
    """A room file, where it came from, who takes part, and the files it hides."""

    lineup: LineUp
    path: Path
    origin: Origin
    shadows: tuple[Path, ...] = ()
    members: tuple[Found, ...] = ()
    notes: tuple[Flaw, ...] = ()
    """What is worth knowing about it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a room file comes to."""

    members: tuple[Found, ...]
    flaws: tuple[Flaw, ...]


def resolve(
    read: LineUpReading,
    path: Path,
    known: Mapping[str, Found],
    reader: Callable[[Path], Reading] = read_persona,
) -> Resolved:
    """Who takes part in the room at `path`, of those `known` by id and of files beside it, and all that is wrong."""
    lineup = read.lineup
    if lineup is None:
        return Resolved((), read.flaws)
    members: list[Found] = []
    flaws = list(read.flaws)
    line = line_of("personas", read.text)
    for name in lineup.personas:
        if not is_file(name):
            if name in known:
                members.append(known[name])
            else:
                near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
                hint = f"nearest: {', '.join(near)}" if near else ""
                flaws.append(Flaw(path, line, f"personas: there is no {name!r}", hint))
            continue
        try:
            file = beside(path, name, "personas", line)
        except FlawError as error:
            flaws.append(error.flaw)
            continue
        reading = reader(file)
        if reading.persona is None:
            flaws += [flaw for flaw in reading.flaws if flaw.fatal]
            continue
        if wish := next((one for one in reading.persona.model if one.startswith(FILES) and one != STARTER), ""):
            at = reading.front.lines.get("model", 1) if reading.front else 1
            message = f"model: {wish!r} is a file, and who stands beside a room file names none"
            flaws.append(Flaw(file, at, message, "name it in the room file, under [models]"))
            continue
        notes = tuple(f"line {flaw.line}: {flaw.message}" for flaw in reading.flaws)
        members.append(Found(reading.persona, file, "path", notes))
        if (hidden := known.get(reading.persona.id)) is not None and hidden.path != file:
            message = f"personas: @{reading.persona.id} is here the one in {name}"
            flaws.append(Flaw(path, line, message, f"and not that of {hidden.path}", fatal=False))
    flaws += [
        *_twice(members, path, line),
        *_mode(lineup, members, path, read.text),
        *_named(lineup, members, path, read.text),
    ]
    return Resolved(tuple(members), tuple(flaws))


def _twice(members: list[Found], path: Path, line: int) -> Iterator[Flaw]:
    ids = [one.persona.id for one in members]
    for id_ in dict.fromkeys(id_ for id_ in ids if ids.count(id_) > 1):
        yield Flaw(path, line, f"personas: @{id_} is named twice", "give one of them another name")


def _mode(lineup: LineUp, members: list[Found], path: Path, text: str) -> Iterator[Flaw]:
    """What is wrong with the mode and its settings, or lacks for it to work."""
    try:
        mode = mode_of(lineup.mode)
    except UsageError as error:
        yield Flaw(path, line_of("mode", text), f"mode: {error}", error.hint)
        return
    if isinstance(lineup.settings.get("check"), str):
        place = line_of("check", text, "settings")
        yield Flaw(path, place, "check: a room file brings no command", "give it yourself: --check CMD")
        return
    try:
        whole = settings_of(mode.name, lineup.settings)
    except UsageError as error:
        yield from _settings(lineup, error, path, text)
        return
    complete = members and len(members) == len(lineup.personas)
    if complete and (lacks := lacking(mode.name, whole, [one.persona for one in members])):
        yield Flaw(path, line_of("personas", text), f"personas: {lacks}")


def _settings(lineup: LineUp, error: UsageError, path: Path, text: str) -> Iterator[Flaw]:
    """Each setting that is wrong by itself, with its line; else what is wrong with them together."""
    alone: list[tuple[str, UsageError]] = []
    for key, value in lineup.settings.items():
        try:
            settings_of(lineup.mode, {key: value})
        except UsageError as wrong:
            alone.append((key, wrong))
    if not alone:
        yield Flaw(path, line_of("settings", text), f"settings: {error}", error.hint)
    for key, why in alone:
        yield Flaw(path, line_of(key, text, "settings"), f"settings: {why}", why.hint)


def _named(lineup: LineUp, members: list[Found], path: Path, text: str) -> Iterator[Flaw]:
    """Models of nobody, models that are files elsewhere, and material that cannot be read."""
    ids = [one.persona.id for one in members]
    for who, model in lineup.models.items():
        line = line_of(who, text, "models")
        if lineup.personas and len(members) == len(lineup.personas) and who not in ids:
            near = difflib.get_close_matches(who, ids, n=1, cutoff=0.4)
            yield Flaw(path, line, f"models: {who!r} does not take part", f"{near[0]}?" if near else "")
        yield from _model(path, model, "models", line)
    yield from _model(path, lineup.model, "model", line_of("model", text))
    for name in lineup.material:
        try:
            read_text(beside(path, name, "material", line_of("material", text)), MOST)
        except FlawError as error:
            yield error.flaw


def _model(path: Path, model: str, key: str, line: int) -> Iterator[Flaw]:
    try:
        placed(path, model, key, line)
    except FlawError as error:
        yield error.flaw


def placed(path: Path, model: str, key: str = "model", line: int = 1) -> str:
    """The model that the room file at `path` names: one that is a file lies beside it. Raises FlawError."""
    kind = next((kind for kind in FILES if model.startswith(kind) and model != STARTER), "")
    return f"{kind}{beside(path, model.removeprefix(kind), key, line).absolute()}" if kind else model


def materials(found: FoundLineUp) -> tuple[Material, ...]:
    """What all read first. Raises FlawError."""
    files = [(name, beside(found.path, name, "material", 1)) for name in found.lineup.material]
    return tuple(Material(name=name, text=read_text(file, MOST)) for name, file in files)
