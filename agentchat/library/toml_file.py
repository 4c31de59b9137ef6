"""A TOML file that somebody else wrote: read whole or named with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.plain_file import read_text

if TYPE_CHECKING:
    from pathlib import Path

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_HEADING = re.compile(r"^[ \t]*\[([^\[\]\n]+)\]", re.MULTILINE)
_DEEP = re.compile(r"""(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){200}""")
"""A key of more parts than anybody writes: tomllib takes the square of them, 67 seconds for 60,000."""


def read_table(path: Path, limit: int) -> tuple[dict[str, object], str]:
    """What the file holds, and its text. Raises FlawError."""
    text = read_text(path, limit)
    if deep := _DEEP.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise FlawError(Flaw(path, line, "is no room file: it nests too deeply"))
    try:
        return tomllib.loads(text), text
    except RecursionError:
        raise FlawError(Flaw(path, 1, "is no room file: it nests too deeply")) from None
    except ValueError as error:  # also a number of 5,000 digits, which is no TOMLDecodeError
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        raise FlawError(Flaw(path, line, f"is not valid TOML here: {_PLACE.sub('', str(error))}")) from None


def line_of(key: str, text: str, table: str = "") -> int:
    """The line on which a TOML text sets `key`, of a `table` if one is named; else the table's, else the first."""
    start, end = 0, len(text)
    if table:
        heading = next((one for one in _HEADING.finditer(text) if one[1].strip().strip("\"'") == table), None)
        if heading is None:  # an inline table
            return line_of(table, text)
        others = (one for one in _HEADING.finditer(text, heading.end()) if not one[1].strip().startswith(f"{table}."))
        after = next(others, None)
        start, end = heading.start(), after.start() if after else end
    inside = rf"(?:{re.escape(table)}\.)?"
    set_there = re.compile(rf"^[ \t]*\[?{inside}[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]", re.MULTILINE)
    match = set_there.search(text, start, end)
    place = match.start() if match else start
    return text.count("\n", 0, place) + 1
