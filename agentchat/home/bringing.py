"""Personas that come from other programs and go to them: the door for front ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, assert_never

from agentchat.errors import UsageError
from agentchat.home.home import Home
from agentchat.library.bringing import Arrival, Bringing, bring, write_file
from agentchat.library.card_export import card_json, card_picture
from agentchat.library.written import persona_markdown

Format = Literal["md", "card", "png"]
SUFFIX: dict[Format, str] = {"md": ".md", "card": ".json", "png": ".png"}

__all__ = ["Arrival", "Bringing", "bring_personas", "export_persona", "save"]


def bring_personas(
    home: Home, paths: Sequence[Path], to: Path | None, *, name: str = "", dry: bool = False, force: bool = False
) -> Bringing:
    """Bring the personas of these files and folders into `to`, by default the home's own. Raises UsageError."""
    folder = to or home.folder / "personas"
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="--to names the folder that personas are put in")
    others = [found.persona for found in home.shelf.scan().personas]
    brought = bring(paths, folder, others, name=name, dry=dry, force=force)
    return replace(brought, arrivals=tuple(_placed(home, one) for one in brought.arrivals))


def _placed(home: Home, one: Arrival) -> Arrival:
    """An arrival that says where another of its id is taken instead."""
    over = home.shelf.over(one.persona.id, one.path)
    told = f"{over} is taken here instead, as long as both have one id: --name brings it as another"
    return replace(one, notes=(*one.notes, told)) if over else one


def export_persona(home: Home, name: str, form: Format) -> tuple[str, bytes]:
    """The persona called `name` as a file's content, and a name for that file. Raises UsageError."""
    found = home.shelf.get(name)
    match form:
        case "md":
            content = persona_markdown(found.persona).encode()
        case "card":
            content = card_json(found.persona, found.path).encode()
        case "png":
            content = card_picture(found.persona, found.path)
        case _:
            assert_never(form)
    return f"{found.persona.id}{SUFFIX[form]}", content


def save(path: Path, content: bytes, *, force: bool) -> None:
    """Write an exported file. Raises UsageError if it is there already, unless `force` says so."""
    if not force and (path.exists() or path.is_symlink()):
        raise UsageError(f"{path} is there already", hint="--force writes over it")
    write_file(path, content)
