"""The stages of a staged room and the ways between them, as tables of a room file or in one line:

    design: discussion (rounds=1) | build: pipeline "Build it" x3 | test: poll, failed to build, else to ship | ship: …

A stage is its name, a mode, what it is about, settings, how often it may be entered, and the ways on from it: each a
condition and a stage, or `end`. Where no way is written it goes on to the next stage, if it achieved what it is for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from agentchat.modes.conditions import ACHIEVED, condition
from agentchat.modes.promises import PlaceError

END = "end"
"""Where a way leads that ends the room."""

_DECODER = json.JSONDecoder(strict=False)
_NAME = re.compile(r"\w[\w -]{0,38}\w|\w")
_WORD = re.compile(r"\s*([\w-]+)")
_MOST = re.compile(r"x(\d{1,2})\b")
_BARE = re.compile(r"[A-Za-z][\w-]*")
_LITERALS = frozenset({"true", "false", "null", "NaN", "Infinity"})


class Way(BaseModel):
    """From a stage to another, where the condition fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str = "else"
    to: str

    @field_validator("when")
    @classmethod
    def _readable(cls, text: str) -> str:
        return str(condition(text))


class Stage(BaseModel):
    """One stage, as a table says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    mode: str
    question: str = ""
    """What it is about; empty is what the whole room is about."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    who: str = ""
    """Who takes part, for a mode that has such a setting."""
    then: tuple[Way, ...] = ()
    most: int | None = Field(None, ge=1, le=20)
    """How often it may be entered."""

    @field_validator("name")
    @classmethod
    def _plain(cls, text: str) -> str:
        plain = " ".join(text.split())
        if not _NAME.fullmatch(plain) or plain.casefold() == END or " to " in plain:
            raise ValueError(f"{text!r} is no name of a stage: letters, digits and - in up to 40 characters")
        return plain


def read(text: str) -> tuple[Stage, ...]:
    """The stages in one line. Raises ValueError that says what is wrong, and at which character."""
    try:
        parts = [(part, at) for part, at in cut(text, "|") if part.strip()]
        heads = [_head(part, at) for part, at in parts]
        names = _named([name for name, *_ in heads], [mode for _, mode, *_ in heads])
        return tuple(
            Stage(
                name=name,
                mode=mode,
                question=question,
                settings=settings,
                most=most,
                then=_next(names[number + 1 : number + 2]) if (ways := _ways(part, at)) is None else ways,
            )
            for number, ((part, at), name, (_, mode, question, settings, most)) in enumerate(
                zip(parts, names, heads, strict=True)
            )
        )
    except PlaceError as error:
        said = " ".join(text[error.at :].split())[:20]
        raise ValueError(f"{error} (at character {error.at + 1}{f': {said} …' if said else ''})") from None


def _next(names: Sequence[str]) -> tuple[Way, ...]:
    return tuple(Way(when=ACHIEVED, to=name) for name in names)


def _named(names: Sequence[str], modes: Sequence[str]) -> list[str]:
    """The names given; a stage without one has its mode's, and a number where that is taken."""
    found: list[str] = []
    for name, mode in zip(names, modes, strict=True):
        free, number = name or mode, 1
        while not name and free in (*found, *names):
            number += 1
            free = f"{mode} {number}"
        found.append(free)
    return found


def _head(part: str, at: int) -> tuple[str, str, str, dict[str, JsonValue], int | None]:
    """The name, mode, question, settings and most entries of a stage."""
    head, begin = next(cut(part, ",", at))
    before, *after = cut(head, ":", begin)
    name, (text, place) = (" ".join(before[0].split()), after[0]) if after else ("", before)
    text = head[place - begin :]
    mode = _WORD.match(text)
    if mode is None or (after and not _NAME.fullmatch(name)):
        raise PlaceError("a stage begins with its name and a mode, as in build: pipeline", begin)
    question, settings, most = "", dict[str, JsonValue](), None
    index = mode.end()
    while rest := text[index:].strip():
        index = len(text) - len(text[index:].lstrip())
        if rest[0] == '"':
            question, index = _string(text, index, place)
        elif rest[0] == "(":
            inner, _ = next(cut(text[index + 1 :], ")", place + index + 1))
            settings = dict(_setting(one, at) for one, at in cut(inner, ",", place + index + 1) if one.strip())
            index += len(inner) + 2
        elif times := _MOST.match(rest):
            most, index = int(times[1]), index + times.end()
        else:
            said = "a question in quotation marks, (settings), x3, or a comma and the ways on, as in: , failed to build"
            raise PlaceError(f"after the mode come {said}", place + index)
    return name, mode[1], question, settings, most


def _setting(text: str, at: int) -> tuple[str, JsonValue]:
    name, sign, value = text.partition("=")
    if not sign or not value.strip():
        raise PlaceError(f"{text.strip()!r}: a setting is name=value", at)
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value.strip()


def _ways(part: str, at: int) -> tuple[Way, ...] | None:
    """The ways on that are written; None where none are."""
    ways, written = [], list(cut(part, ",", at))[1:]
    if not written:
        return None
    for text, place in written:
        plain = " ".join(text.split())
        if len(written) == 1 and plain.casefold() == END:
            return ()
        when, _, to = plain.rpartition(" to ")
        if plain.casefold() == END:
            when, to = "else", END
        if not to or not when:
            raise PlaceError(f"{plain!r} is no way on: a condition and a stage, as in failed to build", place)
        try:
            ways.append(Way(when=str(condition(when)), to=to))
        except ValueError as error:
            raise PlaceError(str(error), place) from None
    return tuple(ways)


def cut(text: str, separator: str, at: int = 0) -> Iterator[tuple[str, int]]:
    """The parts between separators outside strings and brackets, each with its place. Raises PlaceError."""
    begin, index, depth = 0, 0, 0
    while index < len(text):
        char = text[index]
        if char == '"':
            _, index = _string(text, index, at)
            continue
        if char == separator and depth == 0:
            yield text[begin:index], at + begin
            begin = index + 1
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        index += 1
    if depth:
        raise PlaceError("a bracket is not closed", at + begin)
    yield text[begin:], at + begin


def _string(text: str, index: int, at: int) -> tuple[str, int]:
    try:
        value, end = _DECODER.raw_decode(text, index)
    except ValueError:
        raise PlaceError("a quotation mark is not closed", at + index) from None
    return str(value), int(end)


def line(stages: Sequence[Stage]) -> str:
    """The stages in one line: read again, they are the same."""
    return " | ".join(_line(stage, [one.name for one in stages[at + 1 : at + 2]]) for at, stage in enumerate(stages))


def _line(stage: Stage, after: Sequence[str]) -> str:
    said = [f"{stage.name}: {stage.mode}"]
    if stage.question:
        said.append(json.dumps(stage.question, ensure_ascii=False))
    if stage.settings:
        said.append(f"({', '.join(f'{name}={_value(value)}' for name, value in stage.settings.items())})")
    if stage.most is not None:
        said.append(f"x{stage.most}")
    usual = stage.then == _next(after)
    ways = [] if usual else [f"{_when(way)} to {way.to}" for way in stage.then] or [END]
    return ", ".join([" ".join(said), *ways])


def _when(way: Way) -> str:
    found = condition(way.when)
    bare = not found.sign or _BARE.fullmatch(found.value) or found.value.replace(".", "", 1).isdecimal()
    return str(found) if bare else f"{found.name} {found.sign} {json.dumps(found.value, ensure_ascii=False)}"


def _value(value: JsonValue) -> str:
    bare = isinstance(value, str) and _BARE.fullmatch(value) and value not in _LITERALS
    return cast("str", value) if bare else json.dumps(value, ensure_ascii=False)


def filled(value: JsonValue, results: Mapping[str, str]) -> JsonValue:
    """A setting or question with what stages came to in place of their names in braces: `{design}`."""
    match value:
        case str():
            return re.sub(
                r"\{([^{}\n]{1,40})\}", lambda found: results.get(found[1].strip().casefold(), found[0]), value
            )
        case list():
            return [filled(one, results) for one in value]
        case dict():
            return {name: filled(one, results) for name, one in value.items()}
        case _:
            return value
