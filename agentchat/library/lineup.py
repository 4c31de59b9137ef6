"""A line-up: a handful of personas that work well together, and the kind of room they work in. A small TOML file."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.plain_file import read_text
from agentchat.persona import slugify

MAX_BYTES = 16 * 1024
DEFAULT = "default"
"""The line-up (`default.toml`) for a topic that calls for no other."""

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

_EXPECTED = {
    "id": "a file name with plain letters",
    "name": "text of 1 to 60 characters",
    "description": "text",
    "mode": "the name of a mode",
    "personas": "a list of 1 to 24 names",
    "good_for": "a list of words",
    "settings": "a table of texts, numbers and lists",
}


def _ids(value: object) -> object:
    return [slugify(name) if isinstance(name, str) else name for name in value] if isinstance(value, list) else value


class LineUp(BaseModel):
    """One line-up, frozen. Its id is its file's name."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    description: str = ""
    mode: str = "discussion"
    personas: Annotated[tuple[str, ...], Field(min_length=1, max_length=24), BeforeValidator(_ids)]
    """Their ids, in the order in which they are listed."""
    good_for: tuple[str, ...] = ()
    """Words of the topics it suits."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """Settings of the mode."""


@dataclass(frozen=True, slots=True)
class LineUpReading:
    """What came of one file: a line-up, or none because a flaw is fatal."""

    lineup: LineUp | None
    flaws: tuple[Flaw, ...] = ()


def read_lineup(path: Path) -> LineUpReading:
    """The line-up in the file at `path`. Never raises for what the file holds."""
    try:
        text = read_text(path, MAX_BYTES)
    except FlawError as error:
        return LineUpReading(None, (error.flaw,))
    try:
        table = tomllib.loads(text)
    except RecursionError:
        return LineUpReading(None, (Flaw(path, 1, "is no line-up: it nests too deeply"),))
    except ValueError as error:  # also a number of 5,000 digits, which is no TOMLDecodeError
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        return LineUpReading(None, (Flaw(path, line, f"is not valid TOML here: {_PLACE.sub('', str(error))}"),))

    known = [name for name in LineUp.model_fields if name != "id"]
    flaws = [
        Flaw(path, line_of(key, text), f"unknown key {key}", f"{near[0]}?" if near else "", fatal=False)
        for key in table
        if key not in known
        for near in [difflib.get_close_matches(key, known, n=1)]
    ]
    try:
        lineup = LineUp.model_validate({"name": path.stem, **table, "id": slugify(path.stem)[:40].strip("-")})
    except ValidationError as error:
        keys = dict.fromkeys(str(wrong["loc"][0]) for wrong in error.errors())
        flaws += [Flaw(path, line_of(key, text), f"{key}: expected {_EXPECTED[key]}") for key in keys]
        return LineUpReading(None, tuple(flaws))
    return LineUpReading(lineup, tuple(flaws))


def line_of(key: str, text: str) -> int:
    """The line on which a TOML text sets `key`; the first if it does not."""
    match = re.search(rf"^[ \t]*\[?[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1
