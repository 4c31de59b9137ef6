"""Personas are written: a new one or one that is there, looked over before it is saved, tried out before it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.home import opening
from agentchat.library.bringing import write_file
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.lint import review
from agentchat.library.persona_file import parse_persona
from agentchat.library.placing import Taken
from agentchat.library.plain_file import decoded, read_bytes
from agentchat.library.sketch import FIELDS, Sketch, prompt_of, sketched, written
from agentchat.models.base import Timeouts
from agentchat.persona import Persona, slugify
from agentchat.prompting.sample import QUESTION, preview, printed, sample_room
from agentchat.room.turn import Asking, Hearing, perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.events import TurnEnded
    from agentchat.home.home import Home
    from agentchat.library import Origin

__all__ = [
    "FIELDS", "QUESTION", "Judged", "Manuscript", "MeanwhileError", "Sketch", "begun", "found", "hello", "judged",
    "kept", "place_of", "preview", "printed", "prompt_of", "reopened", "save", "upon", "weighed", "whole", "withdrawn",
    "written",
]  # fmt: skip

MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A persona file that is being written."""

    path: Path
    """Where it is saved."""
    sketch: Sketch
    text: str = ""
    """What it begins as: what only some lines of are to change; empty is a new file."""
    copied: Path | None = None
    """The file it is a copy of, which stays as it is."""
    flaw: Flaw | None = None
    """Why no form can be made of it; an editor can mend it."""
    hides: Path | None = None
    """A persona of the same id that it takes the place of."""
    over: Path | None = None
    """A persona of the same id that is taken here instead of it."""


class MeanwhileError(UsageError):
    """Somebody else saved the file since it was read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of looking it over."""

    persona: Persona | None
    flaws: tuple[Flaw, ...]

    @property
    def fatal(self) -> Flaw | None:
        """Why it cannot be used."""
        return next((flaw for flaw in self.flaws if flaw.fatal), None)


def folder_of(home: Home, to: Path | None = None) -> Path:
    """Where a new persona is put: where one says, else among the project's where it has some, else the home's."""
    if to is not None:
        if to.exists() and not to.is_dir():
            raise UsageError(f"{to} is no folder", hint="--to names the folder that the persona is put in")
        return to.expanduser()
    project = Path.cwd() / ".agentchat" / "personas"
    return project if project.is_dir() else home.folder / "personas"


def begun(home: Home, name: str, *, like: str = "", to: Path | None = None, force: bool = False) -> Manuscript:
    """A new persona, from nothing or from another one. Raises UsageError where its name is taken."""
    name = " ".join(name.split())
    base = found(home, like) if like else None
    text = base.text if base else ""
    sketch = base.sketch.renamed(name) if base else Sketch(name=name)
    if not name:
        return Manuscript(folder_of(home, to), sketch, text)
    id_ = slugify(name)[:40].strip("-")
    folder = folder_of(home, to)
    path = folder / f"{id_ or 'persona'}.md"
    scan = home.shelf.scan()
    others = [one.persona for one in scan.personas]
    over = home.shelf.over(id_, path)
    hides = next((one.path for one in scan.personas if one.persona.id == id_ and one.path not in (path, over)), None)
    if not force and (path.exists() or path.is_symlink()):
        raise UsageError(
            f"{path} is there already", hint=f"`agentchat personas edit {id_}` changes it; --force writes over it"
        )
    if id_ and not Taken.of(folder, others).free(id_, name, force=force):
        raise UsageError(
            f"{name!r} is taken, or looks like another's name", hint="`agentchat personas list` shows all."
        )
    return Manuscript(path, sketch, text, hides=hides, over=over)


def found(home: Home, name: str) -> Manuscript:
    """A persona that is there, to be changed, also where its file cannot be used; one that ships, as the home's copy.

    Raises UsageError with the nearest names.
    """
    path, origin = _place(home, name)
    target, copied = path, None
    if origin == "shipped" and path.parent != home.folder / "personas":
        target = home.folder / "personas" / path.name
        # A copy that cannot be used hides nothing, and is what there is to be mended.
        path, copied = (target, None) if target.exists() else (path, path)
    text = whole(path)
    try:
        return Manuscript(target, sketched(text, path), text, copied, hides=copied)
    except FlawError as error:
        return Manuscript(target, Sketch(), text, copied, error.flaw, copied)


def _place(home: Home, name: str) -> tuple[Path, Origin]:
    try:
        one = home.shelf.get(name)
    except FlawError as error:  # it is there, and to be mended
        if not error.flaw.path.is_file():
            raise
        return error.flaw.path, "path"
    return one.path, one.origin


def whole(path: Path) -> str:
    """The file as it stands, the ends of its lines and its mark included. Raises FlawError."""
    raw = read_bytes(path, MAX_BYTES)
    decoded(raw, path)
    return raw.decode("utf-8")


def withdrawn(page: Manuscript) -> bool:
    """Remove a copy in which nothing was changed: it would hide what ships for ever. Whether it was one."""
    if page.copied is None or whole(page.path) != page.text:
        return False
    page.path.unlink()
    return True


def judged(home: Home, path: Path, text: str) -> Judged:
    """What is wrong with this text as the file at `path`, and what could be better."""
    try:
        reading = parse_persona(decoded(text.encode(), path), path)
    except FlawError as error:
        return Judged(None, (error.flaw,))
    others = [(one.path, home.shelf.read(one.path)) for one in home.shelf.scan().personas]
    flaws = review(path, reading, others, partial(opening.window, home))
    broken = any(flaw.fatal for flaw in flaws)
    return Judged(None if broken else reading.persona, tuple(flaws))


def place_of(home: Home, sketch: Sketch, page: Manuscript | None) -> Path:
    """Where it is, or would be, saved."""
    return page.path if page else folder_of(home) / f"{slugify(sketch.name)[:40].strip('-') or 'persona'}.md"


def weighed(home: Home, sketch: Sketch, page: Manuscript | None) -> Judged:
    """What is wrong with a sketch, were it saved now."""
    text = written(sketch, page.text if page else "")
    return judged(home, place_of(home, sketch, page), text)


def kept(home: Home, sketch: Sketch, page: Manuscript | None) -> tuple[Persona, Manuscript]:
    """Save a sketch, a new one under its name. Raises UsageError where it cannot be used, or its name is taken."""
    judged = weighed(home, sketch, page)
    if judged.persona is None:
        flaw = judged.fatal
        raise UsageError(flaw.message if flaw else "it cannot be used", hint=flaw.hint if flaw else "")
    page = page or begun(home, sketch.name)
    text = written(sketch, page.text)
    was = page.text if page.text and not page.copied else None
    save(page.path, text, was)
    return judged.persona, Manuscript(page.path, sketch, text)


def upon(theirs: Manuscript, page: Manuscript, sketch: Sketch) -> tuple[Sketch, tuple[str, ...]]:
    """What was changed in a sketch, put onto the file as somebody else saved it; the fields that takes."""
    mine = tuple(name for name in (*FIELDS, "prompt") if getattr(sketch, name) != getattr(page.sketch, name))
    new = theirs.sketch
    for name in mine:
        new = new.changed(name, getattr(sketch, name))
    return new, mine


def reopened(page: Manuscript) -> Manuscript:
    """The same file as it stands now. Raises FlawError where it is no text."""
    text = whole(page.path)
    try:
        return Manuscript(page.path, sketched(text, page.path), text)
    except FlawError as error:
        return Manuscript(page.path, Sketch(), text, flaw=error.flaw)


def save(path: Path, text: str, was: str | None = None) -> None:
    """Write it. Raises MeanwhileError where the file no longer says `was`."""
    if was is not None and path.exists() and whole(path) != was:
        raise MeanwhileError(
            f"{path} was changed by somebody else meanwhile", hint="Open it again: nothing was written."
        )
    write_file(path, text.encode())


async def hello(home: Home, persona: Persona, hear: Callable[[str], None], question: str = QUESTION) -> TurnEnded:
    """Let it answer one question as in a room, nobody listening. `hear` gets the text so far. Raises ModelError."""
    choice = await home.chosen("", persona)
    home.check_model(choice.model)
    asking = Asking(home.models, Timeouts(**home.config.timeouts.model_dump()), lambda _: None)
    hearing = Hearing(lambda _, text: hear(text), lambda _: None, lambda _, __: None)
    transcript, start = sample_room(persona, choice.model, question, alone=True)
    return await perform(asking, transcript, start, hearing)
