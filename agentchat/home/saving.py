"""A room as the file that gives it again: what it is about, how it works, who takes part, with which models.

Personas stand in it by their id where the shelf has them just so, else in files beside it; so does its material.
Nothing that is there already is written over, unless it is the same, or that is asked for.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agentchat.errors import UsageError
from agentchat.home.bundles import write
from agentchat.home.opening import FOR_TINY
from agentchat.library.flaw import FlawError
from agentchat.library.lineup import LineUp
from agentchat.library.persona_file import parse_persona
from agentchat.library.rooms import FILES, MOST, STARTER
from agentchat.library.toml_written import toml
from agentchat.library.written import persona_markdown
from agentchat.memory import is_on
from agentchat.modes import names, settings_of
from agentchat.persona import slugify

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.home.home import Home
    from agentchat.persona import Persona
    from agentchat.transcript import Transcript


@dataclass(slots=True)
class Saved:
    """A room file that is to be written, and what belongs beside it."""

    path: Path
    text: str = ""
    beside: dict[str, str] = field(default_factory=dict)
    """Files it names, by their names in it."""
    told: list[str] = field(default_factory=list)
    """What of the room the file cannot say."""


def room_file(home: Home, transcript: Transcript, path: Path) -> Saved:
    """The room as it is now, as the file at `path` would have it. Raises UsageError where none could hold it."""
    opened, frame = transcript.opened, transcript.frames[0]
    saved = Saved(path)
    members = [member.persona for member in transcript.members]
    models = {member.id: _placed(member.model, saved) for member in transcript.members}
    same = len(set(models.values())) == 1
    budget, patience = transcript.purse.budget, opened.escalation
    table: dict[str, JsonValue] = {
        "topic": opened.topic,
        "mode": frame.mode,
        "personas": [_named(home, one, saved) for one in members],
        "material": [_material(one.name, one.text, saved) for one in opened.material],
        "model": next(iter(models.values()), "") if same else "",
        "memory": is_on(transcript) or None,
        "models": {} if same else {who: model for who, model in models.items() if model},
        "settings": _settings(home, transcript),
        "budget": budget.model_dump(exclude_none=True) if budget else {},
        "escalation": patience.model_dump(exclude_none=True) if patience else {},
    }
    whole = {key: value for key, value in table.items() if value is not None}
    try:
        LineUp.model_validate({**whole, "id": "room", "name": "room"})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(
            f"this room fits no room file: {first['loc'][0]}: {first['msg']}",
            hint="`agentchat sessions export` writes all of it as a bundle.",
        ) from None
    saved.text = toml(table)
    return saved


def keep(saved: Saved, *, force: bool = False) -> None:
    """Write it, and what belongs beside it: nothing where something else is there already. Raises UsageError."""
    folder = saved.path.expanduser().absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{saved.path} cannot be written: there is no folder {folder}")
    wanted = {folder / name: text for name, text in saved.beside.items()}
    new = {path: text for path, text in wanted.items() if not _is(path, text)}
    if not force:
        for path in (saved.path.expanduser().absolute(), *new):
            if os.path.lexists(path):
                raise UsageError(f"{path} is there already", hint="--force writes over it; or name another file.")
    for path, text in new.items():
        _make_way(path, folder)
        write(path, (text,), force=force)
    write(saved.path, (saved.text,), force=force)


def _make_way(path: Path, folder: Path) -> None:
    """Make the folders between: a link among them would lead to a place that no room file may name."""
    for between in reversed([one for one in path.parents if one != folder and one.is_relative_to(folder)]):
        if between.is_symlink() or (between.exists() and not between.is_dir()):
            raise UsageError(f"{between} is there already, and is no folder", hint="Save the room in another folder.")
        try:
            between.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{between} could not be made: {error.strerror}") from None


def _settings(home: Home, transcript: Transcript) -> dict[str, JsonValue]:
    """What of its settings is not as it would be anyway."""
    frame = transcript.frames[0]
    if frame.mode not in names():
        return {key: value for key, value in frame.settings.items() if value is not None}
    usual = settings_of(frame.mode, {})
    if all(home.models.tiny(member.model) for member in transcript.members):
        usual |= {key: value for key, value in FOR_TINY.items() if key in usual}
    return {key: value for key, value in frame.settings.items() if key in usual and value != usual[key]}


def _named(home: Home, persona: Persona, saved: Saved) -> str:
    """What the file calls one who takes part: an id, or a file beside it with this very persona."""
    try:
        if home.shelf.scan().get(persona.id).persona == persona:
            return persona.id
    except UsageError:
        pass
    # Its model stands in the room file; one that is a file no persona beside it may name.
    persona = persona.model_copy(update={"model": tuple(one for one in persona.model if not _is_elsewhere(one))})
    name, text = f"{_folder(saved)}/{persona.id}.md", persona_markdown(persona)
    saved.beside[name] = text
    try:
        same = parse_persona(text, saved.path.parent / name).persona == persona
    except FlawError:
        same = False
    if not same:
        saved.told.append(f"{persona.name} does not fit a persona file whole: look at {name}")
    return name


def _material(name: str, text: str, saved: Saved) -> str:
    """What the file calls a text that all read: what it was called, where that can stand beside the file."""
    path = PurePosixPath(name)
    safe = all(not one.startswith((".", "~")) and not {*one} & {*'\\:"'} for one in path.parts)
    plain = bool(path.parts) and safe and name.isprintable() and not name.startswith("/") and len(name.encode()) < 200
    stem = slugify(name)[:60] or "material"
    called, number = str(path) if plain and str(path) != saved.path.name else f"{stem}.txt", 1
    while _clash(called, text, saved):
        number += 1
        called = f"{number}-{stem}.txt"
    saved.beside[called] = text
    if len(text.encode("utf-8", "replace")) > MOST:
        saved.told.append(f"{called} is longer than a room file may bring: shorten it, or give it with --file")
    return called


def _clash(called: str, text: str, saved: Saved) -> bool:
    """Whether something else is called so already, or is a folder where this is a file, or the other way round."""
    path = PurePosixPath(called)
    folders = {str(folder) for one in saved.beside for folder in PurePosixPath(one).parents}
    return (
        saved.beside.get(called, text) != text
        or called in {saved.path.name, _folder(saved), *folders}
        or any(str(folder) in {saved.path.name, *saved.beside} for folder in path.parents)
    )


def _is_elsewhere(model: str) -> bool:
    return model.startswith(FILES) and model != STARTER


def _placed(model: str, saved: Saved) -> str:
    """What the file calls a model: one that is a file must lie beside it, else it is left out, and that is told."""
    kind = next((kind for kind in FILES if model.startswith(kind) and model != STARTER), "")
    if not kind:
        return model
    folder, file = saved.path.expanduser().absolute().parent, Path(model.removeprefix(kind)).expanduser().absolute()
    if file.is_relative_to(folder):
        return f"{kind}{file.relative_to(folder).as_posix()}"
    told = f"{model} is a file elsewhere, which a room file cannot name: give it with --model"
    if told not in saved.told:
        saved.told.append(told)
    return ""


def _folder(saved: Saved) -> str:
    return slugify(saved.path.stem) or "room"


def _is(path: Path, text: str) -> bool:
    try:
        return not path.is_symlink() and path.read_text("utf-8") == text
    except (OSError, ValueError):
        return False
