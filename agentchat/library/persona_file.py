"""A Markdown file as a persona: front matter says who it is, the body is its prompt.

Claude Code's subagent files and Copilot's `.agent.md` are read as they are: keys they share with ours mean what they
mean there, all others are kept in `extra`. API keys and addresses are the one thing a file cannot bring.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from agentchat.library import front_matter, lookalike, palette
from agentchat.library.fields import Fields
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.front_matter import FrontMatter
from agentchat.library.plain_file import read_text
from agentchat.persona import Persona, slugify

KEYS = (
    "name", "title", "description", "focus", "model", "temperature", "color", "avatar", "talkativeness", "understudy",
    "tags",
)  # fmt: skip
"""What front matter may say. Other keys are kept, and mean nothing here."""

_NO_WISH = frozenset({"inherit", "default", "auto", "sonnet", "opus", "haiku", "opusplan", "best"})
"""What other programs call "whatever you use": names of no model that LiteLLM could ask."""

_COPILOT = ".agent.md"
_SENTENCE = re.compile(r".{12,}?[.!?](?=\s|$)")
_MAX_FOCUS = 240


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one file: a persona, or none because a flaw is fatal."""

    persona: Persona | None
    flaws: tuple[Flaw, ...] = ()
    front: FrontMatter | None = None


def read_persona(path: Path) -> Reading:
    """The persona in the file at `path`. Never raises for what the file holds."""
    try:
        return parse_persona(read_text(path), path)
    except FlawError as error:
        return Reading(None, (error.flaw,))


def parse_persona(text: str, path: Path) -> Reading:
    """The persona that `text` describes; `path` names it in flaws. Raises FlawError if its front matter is none."""
    front = front_matter.read(text, path)
    fields = Fields(front, path)
    name = _name(fields, path)
    id_ = _id(name, fields, path)
    description = fields.text("description", front_matter.MAX_BYTES)
    title = fields.text("title", 60)
    focus = fields.text("focus", _MAX_FOCUS) or first_sentence(description)
    model = _models(fields)
    temperature = fields.number("temperature", 0, 2)
    talkativeness = fields.number("talkativeness", 0, 1)
    color, avatar = _color(fields, front, text), _avatar(fields)
    understudy = slugify(fields.text("understudy", 60))
    if understudy and understudy == id_:
        fields.note("understudy", "understudy: is the persona itself", "name another one")
        understudy = ""
    tags = fields.words("tags")
    extra = fields.rest()
    for key in extra:
        if near := difflib.get_close_matches(key, KEYS, n=1, cutoff=0.8):
            fields.note(key, f"unknown key {key}: {near[0]}?", "it is kept, and has no effect")
    if not front.body:
        fields.flaws.append(Flaw(path, front.body_line, "has no prompt: expected text below the front matter"))
    elif "\0" in front.body:
        fields.flaws.append(Flaw(path, front.body_line, "is no text: it holds null bytes"))

    flaws = tuple(sorted(fields.flaws, key=lambda flaw: flaw.line))
    if any(flaw.fatal for flaw in flaws):
        return Reading(None, flaws, front)
    persona = Persona(
        id=id_, name=name, prompt=front.body, title=title, description=description, focus=focus, model=model,
        temperature=temperature, color=color, avatar=avatar, understudy=understudy, tags=tags, extra=extra,
        talkativeness=0.5 if talkativeness is None else talkativeness,
    )  # fmt: skip
    return Reading(persona, flaws, front)


def _name(fields: Fields, path: Path) -> str:
    before = len(fields.flaws)
    name = fields.text("name", 60)
    if len(fields.flaws) > before:
        return ""
    if not name and path.name.endswith(_COPILOT):  # Copilot takes the file's name then
        name = path.name.removesuffix(_COPILOT)
    if not name:
        fields.wrong("name", "has no name", "add a line  name: Ada")
        return ""
    if hidden := next((char for char in name if unicodedata.category(char) in {"Cf", "Co", "Cn"}), None):
        fields.wrong("name", f"name: holds the hidden character U+{ord(hidden):04X}", "delete it")
    elif word := lookalike.reserved(name):
        fields.wrong("name", f"name: {name!r} is reserved: it stands for {word!r} in a room", "choose another name")
    return name


def _id(name: str, fields: Fields, path: Path) -> str:
    if not name:
        return ""
    id_ = slugify(name)[:40].strip("-")
    if not id_:  # a name of letters that have no ASCII form
        id_ = slugify(path.name.removesuffix(".md"))[:40].strip("-")
        if not id_ or lookalike.reserved(id_):
            fields.wrong("name", f"name: no address can be made of {name!r}", "give the file a name of plain letters")
        else:
            fields.note("name", f"is addressed as @{id_}, after the file: {name} has no plain letters")
    elif word := lookalike.reserved(id_):
        fields.wrong("name", f"name: @{id_} is reserved: it stands for {word!r} in a room", "choose another name")
    return id_


def first_sentence(text: str) -> str:
    """The one line of a persona that states none."""
    match = _SENTENCE.match(text)
    sentence = match[0] if match else text
    if len(sentence) <= _MAX_FOCUS:
        return sentence
    return sentence[: _MAX_FOCUS - 1].rsplit(" ", 1)[0] + "…"


def _models(fields: Fields) -> tuple[str, ...]:
    wished = fields.words("model", 200)
    unknown = [name for name in wished if name.lower().split("[")[0] in _NO_WISH or " " in name]
    if unknown:
        message = f"model: {', '.join(unknown)} names no model here: the room's is taken"
        fields.note("model", message, "write provider/model to wish for one")
    return tuple(name for name in wished if name not in unknown)


def _color(fields: Fields, front: FrontMatter, text: str) -> str:
    color = fields.text("color", 60)
    if not color and "color" in front.lines and "#" in text.split("\n")[fields.line("color") - 1]:
        fields.note("color", "color: is empty, since # starts a comment", 'put it in quotes: color: "#1e60f6"')
    if not color:
        return ""
    known = palette.hex_of(color)
    if known is None:
        names = ", ".join(palette.PALETTE)
        fields.note("color", f"color: {color} is unknown: one is chosen", f'write one of {names}, or like "#1e60f6"')
    return known or ""


def _avatar(fields: Fields) -> str:
    avatar = fields.text("avatar", 60)
    cells = sum(_cells(char) for char in avatar)
    if avatar and not 1 <= cells <= 2:
        hint = "one or two cells: a letter, a symbol, an emoji"
        fields.note("avatar", f"avatar: is {cells} cells wide: left out", hint)
        return ""
    return avatar


def _cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
