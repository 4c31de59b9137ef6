"""Changing a persona file that somebody wrote by hand: only the lines of what is different become others.

Comments, unknown keys, the order of lines, their ends and the text's blank lines stay byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue

from agentchat.library import front_matter
from agentchat.library.flaw import FlawError
from agentchat.library.persona_file import KEYS
from agentchat.library.written import field, markdown

_FENCE = "---"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a key and its value stand in the front matter: lines from 0, the end excluded."""

    first: int
    end: int
    column: int
    """Where the value ends on its last line; what follows there is a comment."""


def amended(text: str, changes: Mapping[str, JsonValue], prompt: str | None = None) -> str:
    """The file's `text` with other values for these keys, None or nothing for none, and another `prompt`.

    Front matter that is written in braces is written anew as a whole. Raises FlawError if it cannot be read.
    """
    lines = _LINE.findall(text.removeprefix(_BOM))
    end = _end(lines)
    plain = front_matter.read("".join(_bare(line) + "\n" for line in lines), Path("persona.md"))
    ending = next((line.removeprefix(_bare(line)) for line in lines if line.endswith(("\r", "\n"))), "\n")
    different = {key: value for key, value in changes.items() if not _same(plain.values.get(key), value)}
    body = lines[end + 1 :]
    if prompt is not None and prompt.strip() != plain.body:
        body = _body(body, prompt, ending)
    front = lines[1:end]
    if different:
        values = {key: value for key, value in {**plain.values, **different}.items() if not _nothing(value)}
        new = _front(front, different, ending)
        if new is None or not _says("".join(new), values):
            name = str(values.pop("name", ""))
            whole = markdown(name, values, "").split("\n")
            new = [f"{line}{ending}" for line in whole[1 : whole.index(_FENCE, 1)]]
        front = new
    bom = _BOM if text.startswith(_BOM) else ""
    return bom + "".join((*lines[:1], *front, *lines[end : end + 1], *body))


def _end(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), len(lines))


def _bare(line: str) -> str:
    """The line without its end."""
    return line.rstrip("\r\n")


def _nothing(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})


def _same(old: JsonValue, new: JsonValue) -> bool:
    return old == new or (_nothing(old) and _nothing(new)) or (isinstance(new, float) and old == f"{new:g}")


def _says(front: str, values: Mapping[str, JsonValue]) -> bool:
    """Whether front matter reads as these values: numbers as they are written."""
    try:
        lines = "".join(_bare(line) + "\n" for line in _LINE.findall(front))
        read = front_matter.read(f"{_FENCE}\n{lines}{_FENCE}\n", Path("persona.md"))
    except FlawError:
        return False
    told = {key: value for key, value in read.values.items() if not _nothing(value)}
    return told == {key: f"{one:g}" if isinstance(one, float) else one for key, one in values.items()}


def _front(front: list[str], changes: Mapping[str, JsonValue], ending: str) -> list[str] | None:
    """The lines with these changes; None where they cannot be changed one by one."""
    text = "".join(_bare(line) + "\n" for line in front)
    if (places := _places(text)) is None:
        text, _ = front_matter.quote_prose(text, Path("persona.md"))
        places = _places(text)
    if places is None:
        return None
    bare = text.split("\n")
    new: dict[int, list[str]] = {}
    """What comes instead of the lines from there, up to the end of the place they begin."""
    gone = set[int]()
    behind: dict[int, list[str]] = {}
    for key, value in changes.items():
        place = places.get(key)
        line = "" if _nothing(value) else field(key, value)
        if place is None:
            if line:
                behind.setdefault(_after(key, places), []).append(line + ending)
            continue
        gone |= set(range(place.first, place.end))
        if line:
            rest = bare[place.end - 1][place.column :].rstrip()
            comment = rest if rest.lstrip().startswith("#") else ""
            gap = "" if not comment or comment[0] in " \t" else " "
            new[place.first] = [line + gap + comment + ending]
    made = [*behind.get(0, ())]
    for at, line in enumerate(front):
        made += new.get(at, [])
        if at not in gone:
            made.append(line if line.endswith(("\r", "\n")) else line + ending)
        made += behind.get(at + 1, ())
    return made


def _after(key: str, places: Mapping[str, _Place]) -> int:
    """Behind which line a new key is put: the last of those that come before it by custom, or of all."""
    before = KEYS[: KEYS.index(key)] if key in KEYS else ()
    known = [places[one].end for one in before if one in places] or [place.end for place in places.values()]
    return max(known, default=0)


def _places(front: str) -> dict[str, _Place] | None:
    """Each key's place; None where keys do not begin lines of their own."""
    places: dict[str, _Place] = {}
    depth, key, first, last = 0, "", 0, (0, 0)
    try:
        for event in yaml.parse(front, Loader=yaml.SafeLoader):
            start, end = event.start_mark, event.end_mark
            if start is None or end is None:
                continue
            match event:
                case yaml.MappingStartEvent() if depth == 0:
                    if event.flow_style:
                        return None
                    depth = 1
                    continue
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    depth += 1
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    depth -= 1
                    if front[end.index - 1 : end.index] in ("]", "}"):
                        last = end.line, end.column
                case yaml.ScalarEvent() if depth == 1 and not key:
                    if start.column:
                        return None
                    key, first, last = str(event.value), start.line, (start.line, 0)
                    continue
                case yaml.ScalarEvent():
                    last = end.line, end.column
                case _:
                    continue
            if depth == 1 and key:
                places[key] = _placed(front, first, *last)
                key = ""
    except yaml.YAMLError:
        return None
    return places


def _placed(front: str, first: int, line: int, column: int) -> _Place:
    if column or line == first:
        return _Place(first, line + 1, column)
    lines = front.split("\n")
    end = line  # a block of text ends where the next line begins
    while end > first + 1 and not lines[end - 1].strip():
        end -= 1
    return _Place(first, end, len(lines[end - 1]))


def _body(body: list[str], prompt: str, ending: str) -> list[str]:
    """The text below, its blank lines before and after as they were."""
    filled = [at for at, line in enumerate(body) if line.strip()]
    first, last = (filled[0], filled[-1] + 1) if filled else (len(body), len(body))
    tail = body[last:]
    new = [f"{line}{ending}" for line in prompt.strip().replace("\r\n", "\n").split("\n")]
    if body and not tail and filled and not body[-1].endswith(("\r", "\n")):
        new[-1] = new[-1].removesuffix(ending)
    return [*body[:first], *new, *tail]
