"""JSON that somebody else wrote: bounded in size and depth, no key twice, no number that is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import JsonValue

from agentchat.library.formats.brought import flawed

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MAX_PARTS = 100_000
"""Texts, lists and objects in one file: each costs far more than the bytes it takes in the file."""
MAX_DIGITS = 40

_MARK = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def parse(text: str, path: Path) -> JsonValue:
    """The value of a JSON text. Raises FlawError with the line."""
    if len(text) > MAX_BYTES:
        raise flawed(path, f"is JSON of more than {MAX_BYTES // 1024 // 1024} MB", "take out what no persona needs")
    depth = 0
    for parts, mark in enumerate(_MARK.finditer(text)):
        if parts > 2 * MAX_PARTS:
            raise flawed(path, f"holds more than {MAX_PARTS:,} values", "take out what no persona needs")
        if mark[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, mark.start()) + 1
                raise flawed(path, f"nests deeper than {MAX_DEPTH} levels", line=line)
        elif mark[0] in "]}":
            depth -= 1
    try:
        value: JsonValue = json.loads(
            text, parse_constant=_no_number, parse_int=_integer, parse_float=_finite, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        raise flawed(path, f"is not valid JSON here: {error.msg}", line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise flawed(path, f"is no JSON that can be read: {error}") from None
    return value


def _no_number(word: str) -> JsonValue:
    raise ValueError(f"{word} is no number")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:20]} is too large or too long")
    return number


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"the key {name[:40]!r} stands twice in one object")
        values[name] = value
    return values
