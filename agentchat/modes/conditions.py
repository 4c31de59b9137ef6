"""When an edge between stages is taken: read off how a mode ended, its outcome and its data, and nothing else.

failed               its outcome
achieved             an outcome that is what the mode is for
score >= 0.8         a field of its data: =, !=, <, <=, >, >=; counts.tea is a field within a field
winner = tea         texts are the same in any case
else                 whatever it was
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

ELSE, ACHIEVED = "else", "achieved"

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_COMPARES = re.compile(r"(?P<field>[\w.-]+)\s*(?P<sign><=|>=|!=|=|<|>)\s*(?P<value>\S.*)", re.DOTALL)
_OUTCOME = re.compile(r"\w[\w-]*")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. Without a sign it names an outcome, `achieved` or `else`."""

    name: str
    sign: str = ""
    value: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.sign} {self.value}" if self.sign else self.name

    def fits(self, outcome: str, achieves: frozenset[str], data: Mapping[str, JsonValue]) -> bool:
        """Whether it is so. A field that is not there fits nothing."""
        if not self.sign:
            return self.name in (ELSE, outcome) or (self.name == ACHIEVED and outcome in achieves)
        found = field(data, self.name)
        one, other = number(found), number(self.value)
        if self.sign in ("=", "!="):
            same = one == other if one is not None and other is not None else _word(found) == _folded(self.value)
            return found is not None and same == (self.sign == "=")
        return one is not None and other is not None and _SIGNS[self.sign](one, other)


def condition(text: str) -> Condition:
    """A condition as written. Raises ValueError with what it may be."""
    plain = " ".join(text.split())
    if found := _COMPARES.fullmatch(plain):
        value = found["value"]
        while len(value) > 1 and value[0] == value[-1] == '"':
            value = " ".join(_unquoted(value).split())
        if found["sign"] in _SIGNS and number(value) is None:
            raise ValueError(f"{plain!r} compares with {value!r}, which is no number")
        return Condition(found["field"], found["sign"], value)
    if _OUTCOME.fullmatch(plain):
        return Condition(plain)
    raise ValueError(
        f"{plain!r} is no condition: an outcome such as failed, achieved, else, score >= 0.8, winner = tea"
    )


def field(data: Mapping[str, JsonValue], name: str) -> JsonValue:
    """A field, also one within others: `counts.tea`. None where there is none."""
    if name in data:
        return data[name]
    found: JsonValue = dict(data)
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def number(value: JsonValue) -> float | None:
    """A number, also one in words; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _word(value: JsonValue) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else _folded(str(value))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
