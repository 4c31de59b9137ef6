"""A room as a file: who takes part, how it works, what it is held to. Without a topic it is a line-up. Small TOML."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated
from zlib import crc32

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from agentchat.library.beside import is_file
from agentchat.library.fields import is_secret
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.plain_file import MAX_BYTES
from agentchat.library.toml_file import line_of, read_table
from agentchat.persona import slugify
from agentchat.terms import Budget, Patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFAULT = "default"
"""The line-up (`default.toml`) for a topic that calls for no other."""

DEEPEST = 12
"""Tables and lists inside each other, in settings."""

_EXPECTED = {
    "name": "text of 1 to 60 characters",
    "description": "text",
    "topic": "text of up to 4,000 characters",
    "mode": "the name of a mode",
    "personas": "a list of 1 to 24 names",
    "good_for": "a list of words",
    "material": "a list of up to 24 files beside it",
    "model": "the name of a model",
    "models": "a table of personas and the names of models",
    "memory": "true or false",
    "settings": "a table of texts, numbers and lists",
    "budget": "a table of numbers above 0: tokens (a whole one), cost, minutes",
    "escalation": "a table: policy (wait, default or fail), timeout (seconds)",
}


def _ids(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [slugify(name) if isinstance(name, str) and not is_file(name) else name for name in value]


def _by_id(value: object) -> object:
    if not isinstance(value, dict):
        return value
    named = {slugify(who): model for who, model in value.items()}
    if "" in named or len(named) < len(value):
        raise ValueError("names nobody, or somebody twice")
    return named


def _counted(value: object) -> object:
    """Numbers as TOML has them: true is none, nor is a text."""
    if isinstance(value, dict) and any(isinstance(one, bool | str) for key, one in value.items() if key != "policy"):
        raise ValueError("is no number")
    return value


def _id(stem: str) -> str:
    """What a file is addressed by: one without plain letters, by a number that is its own."""
    return slugify(stem)[:40].strip("-") or f"room-{crc32(stem.encode('utf-8', 'replace')):08x}"


def _shallow(value: object) -> object:
    if _depth(value) > DEEPEST:
        raise ValueError("nests too deeply")
    return value


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        level = [
            one
            for two in level
            for one in (two.values() if isinstance(two, dict) else two if isinstance(two, list) else ())
        ]
        deepest += 1
        if deepest > DEEPEST:
            break
    return deepest


class LineUp(BaseModel):
    """One room file, frozen. Its id is its file's name."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    description: str = ""
    topic: Annotated[str, Field(max_length=4000)] = ""
    mode: str = "discussion"
    personas: Annotated[tuple[str, ...], Field(min_length=1, max_length=24), BeforeValidator(_ids)] = ()
    """Their ids, or files beside it, in the order in which they are listed; none takes those suggested."""
    good_for: tuple[str, ...] = ()
    """Words of the topics it suits."""
    material: Annotated[tuple[str, ...], Field(max_length=24)] = ()
    """Files beside it that all read."""
    model: str = ""
    """For everybody without one in `models`."""
    models: Annotated[dict[str, str], BeforeValidator(_by_id)] = Field(default_factory=dict)
    memory: Annotated[bool, Field(strict=True)] = False
    """Whether personas are offered what they held before."""
    settings: Annotated[dict[str, JsonValue], BeforeValidator(_shallow)] = Field(default_factory=dict)
    """Settings of the mode."""
    budget: Annotated[Budget | None, BeforeValidator(_counted)] = None
    escalation: Annotated[Patience | None, BeforeValidator(_counted)] = None


KEYS = tuple(name for name in LineUp.model_fields if name != "id")
"""What a file may say."""


@dataclass(frozen=True, slots=True)
class LineUpReading:
    """What came of one file: a line-up, or none because a flaw is fatal."""

    lineup: LineUp | None
    flaws: tuple[Flaw, ...] = ()
    text: str = field(default="", compare=False)


def read_lineup(path: Path) -> LineUpReading:
    """The room in the file at `path`. Never raises for what the file holds."""
    try:
        table, text = read_table(path, MAX_BYTES)
    except FlawError as error:
        return LineUpReading(None, (error.flaw,))
    flaws = [*_foreign(table, path, text)]
    try:
        whole = {"name": path.stem[:60], **table, "id": _id(path.stem)}
        lineup = LineUp.model_validate(whole)
    except ValidationError as error:
        keys = dict.fromkeys(str(wrong["loc"][0]) for wrong in error.errors(include_url=False, include_input=False))
        flaws += [Flaw(path, line_of(key, text), f"{key}: expected {_EXPECTED[key]}") for key in keys]
        lineup = None
    usable = lineup if not any(flaw.fatal for flaw in flaws) else None
    return LineUpReading(usable, tuple(flaws), text)


def _foreign(table: dict[str, object], path: Path, text: str) -> Iterator[Flaw]:
    """Keys that are none, and those that no file may bring."""
    for key, parent in [*((key, "") for key in table), *_secrets(table)]:
        line = line_of(key, text, parent)
        if parent or is_secret(key):
            hint = "keys belong in the environment, addresses in your configuration"
            yield Flaw(path, line, f"{key}: a room file brings no key and no address", hint)
        elif key == "check":
            yield Flaw(path, line, "check: a room file brings no command", "give it yourself: --check CMD")
        elif key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"{near[0]}?" if near else f"there are {', '.join(KEYS)}"
            yield Flaw(path, line, f"unknown key {key}", hint)


def _secrets(table: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Keys and addresses in tables, with the names of those; a budget counts tokens, which are no secret."""
    for name, inner in table.items():
        if isinstance(inner, dict) and name != "budget":
            yield from ((key, name) for key in inner if is_secret(key))
