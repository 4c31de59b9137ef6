"""A table as the TOML a person would write by hand: reading it gives the same table.

Ours and not a package's: what a room file holds is texts, numbers and tables of them, and it is to be read by people.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

WIDTH = 100
"""Characters of a line past which a list is written over several."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES = re.compile(r'"{3,}|"+\Z')
"""What would end a text between three quotes too early."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def toml(table: Mapping[str, JsonValue]) -> str:
    """The text of a table. What is None, and what is empty at the top, is left out: TOML has no word for nothing."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict) and value not in (None, "", [])}
    lines = [f"{_key(key)} = {_value(value, len(key) + 3)}" for key, value in plain.items()]
    for key, inner in table.items():
        if isinstance(inner, dict) and inner:
            lines += ["", f"[{_key(key)}]"] if lines else [f"[{_key(key)}]"]
            lines += [f"{_key(name)} = {_value(one, len(name) + 3)}" for name, one in inner.items() if one is not None]
    return "\n".join([*lines, ""])


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: JsonValue, before: int) -> str:
    """A value that `before` characters stand in front of."""
    match value:
        case str() if "\n" in value:
            return _long(value)
        case list():
            line = _inline(value)
            if before + len(line) <= WIDTH:
                return line
            return "\n".join(["[", *(f"    {_inline(one)}," for one in value if one is not None), "]"])
        case _:
            return _inline(value)


def _inline(value: JsonValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:_}" if abs(value) >= 10_000 else str(value)
        case float():
            return repr(value)
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(_inline(one) for one in value if one is not None)}]"
        case dict():
            pairs = ", ".join(f"{_key(name)} = {_inline(one)}" for name, one in value.items() if one is not None)
            return f"{{ {pairs} }}" if pairs else "{}"
        case _:
            raise ValueError("TOML has no word for nothing")


def _text(text: str) -> str:
    """One line in quotes: JSON's escapes are TOML's, but for what JSON leaves as it is."""
    return _escaped(json.dumps(_whole(text), ensure_ascii=False))


def _long(text: str) -> str:
    """Several lines as they are, between three quotes."""
    inside = _QUOTES.sub(lambda match: '\\"' * len(match[0]), _whole(text).replace("\\", "\\\\"))
    return f'"""\n{_escaped(inside)}"""'


def _whole(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
