"""Reads answers out of plain words, for models that never write JSON: one clear thing, or nothing.

Strict on purpose: an answer stands on a line of its own (`VOTE: B`) or in a plain sentence (“I vote for B because …”).
Whatever is denied, conditional, quoted, another's, or said twice and differently is unclear, and unclear is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from pydantic import JsonValue

from agentchat.text import legible

Reader = Callable[[str, tuple[str, ...]], dict[str, JsonValue] | None]
T = TypeVar("T")

LIMIT = 20_000
"""Characters of an answer that are looked at; a longer one is none."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_BEFORE = re.compile(r"\A.*</(?:think|thinking|reasoning|thought)>", re.DOTALL | re.IGNORECASE)


def spoken(text: str) -> str:
    """A text without what the model thought, and without what cannot be seen."""
    return _THOUGHT_BEFORE.sub("", _THOUGHT.sub("", legible(text)))


def parts(text: str) -> list[str]:
    """The items of a written list: "A, B and C"."""
    return [item.strip() for item in re.split(r"[,;\n]|\s(?:and|&)\s", text)]


def steps(text: str) -> list[str]:
    """The steps of a written ranking: "A > B = C"."""
    return [item.strip() for item in re.split(r"[>≻›]+" if re.search("[>≻›]", text) else r"[,;\n]", text)]


def equals(text: str) -> list[str]:
    """The equals in one step of a written ranking: "B = C"."""
    return [item.strip() for item in re.split(r"[=~]+", text)]


def score(value: object, top: int) -> int | None:
    """A whole number from 0 to `top`, also written as 4.0, "4" or "4/5"; None if it is none."""
    if isinstance(value, str):
        match = re.fullmatch(rf"\s*(\d{{1,2}})(?:\.0)?(?:\s*(?:/|out of)\s*{top})?\s*", value)
        value = int(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in range(top + 1):
        return None
    return int(value)


def fields(name: str, value: JsonValue) -> dict[str, JsonValue] | None:
    """A payload of one field; None where there is no value."""
    return None if value is None else {name: value}


def vote(text: str, choices: tuple[str, ...], *extra: str) -> str | None:
    return None


def approval(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    return None


def ranking(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    return None


def scores(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    return None


def critique(text: str, criteria: tuple[str, ...]) -> dict[str, JsonValue] | None:
    return None


def compare(text: str, _: tuple[str, ...]) -> dict[str, JsonValue] | None:
    return None
