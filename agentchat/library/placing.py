"""A free name among those who are there: an id of plain letters, no word a room reserves, nobody's look-alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from agentchat.library import lookalike
from agentchat.library.formats.brought import line_of
from agentchat.library.persona_file import read_persona
from agentchat.library.shelf import listing
from agentchat.persona import Persona, slugify
from agentchat.text import skeleton

MAX_ID = 40
MAX_NAME = 60


@dataclass(slots=True)
class Taken:
    """Names that are in use: ids and files in the folder, and how all names within reach look."""

    ids: set[str] = field(default_factory=set)
    looks: dict[str, str] = field(default_factory=dict)
    """Each look, and the id that has it."""

    @classmethod
    def of(cls, folder: Path, others: Iterable[Persona] = ()) -> Taken:
        """What is taken in `folder`; `others` may be hidden by the same id, but not looked like."""
        taken = cls()
        for one in others:
            taken.looks.setdefault(skeleton(one.name), one.id)
        for path in listing(folder, ".md", []):
            taken.ids.add(path.stem.lower())
            if (persona := read_persona(path).persona) is not None:
                taken.add(persona.id, persona.name)
        return taken

    def add(self, id_: str, name: str) -> None:
        """Another who is there now."""
        self.ids.add(id_)
        self.looks[skeleton(name)] = id_

    def free(self, id_: str, name: str, *, force: bool = False) -> bool:
        """Whether nobody has this id and nobody else looks like this name. `force` takes over one's own id."""
        return (force or id_ not in self.ids) and self.looks.get(skeleton(name), id_) == id_


def place(wanted: str, stem: str, taken: Taken, *, force: bool = False) -> tuple[str, str, str]:
    """A name, its id and a word on what changed. `stem` is what a name without plain letters is addressed by."""
    name = _visible(wanted) or _visible(stem) or "Persona"
    base = _id(name) or _id(stem) or "persona"
    says = []
    if lookalike.reserved(name) or lookalike.reserved(base):
        says.append(f"{name!r} is a word that rooms reserve")
        name = f"{name[: MAX_NAME - 8].rstrip()} persona"
        base = _id(name) or "persona"
    first, id_, number = name, base, 1
    while not taken.free(id_, name, force=force):
        number += 1
        name = f"{first[: MAX_NAME - 6].rstrip()} {number}"
        id_ = f"{base[: MAX_ID - 6].strip('-')}-{number}"
    if number > 1:
        says.append(f"{first!r} is taken, or looks like another's name")
    return name, id_, f"{' and '.join(says)}: it is called {name}" if says else ""


def _id(text: str) -> str:
    return slugify(text)[:MAX_ID].strip("-")


def _visible(text: str) -> str:
    line = line_of("".join(char for char in text if char.isprintable()), MAX_NAME)
    return line.strip()
