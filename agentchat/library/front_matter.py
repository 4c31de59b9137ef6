"""The YAML between two `---` lines, and the text below it.

Only what a person would write by hand is read: maps, lists and text. Anchors, aliases, merges, tags and double keys are
refused, every scalar stays the text it is (`no` is "no", `0123` is "0123"), and size and depth are bounded, so that no
file can cost more than the time it takes to read it once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import JsonValue

from agentchat.library.flaw import Flaw, FlawError

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8

_FENCE = "---"
_FIRST = 2
"""The line of the file on which the YAML starts: the one below the first fence."""
_Loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Controls, line ends that only YAML knows, lone surrogates, what is no character."""
_PROSE = re.compile(r"""^([A-Za-z][\w-]*):[ \t]+([^\s"'\[\]{}|>&*!%@`#,?-].*?(?::[ \t].*|:))[ \t]*$""", re.MULTILINE)
"""A key at the line's start whose plain value holds a colon that YAML takes for another key."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's front matter and body. `lines` says where each key stands, `body_line` where the body starts."""

    values: dict[str, JsonValue]
    lines: dict[str, int]
    body: str
    body_line: int
    flaws: tuple[Flaw, ...] = ()


def read(text: str, path: Path) -> FrontMatter:
    """The front matter of `text`, whose lines end in `\\n`. Raises FlawError, with `path` as the file's name."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise _error(path, 1, f"has no front matter: its first line should be {_FENCE}")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise _error(path, 1, f"opens front matter that never ends: a second line {_FENCE} is missing")
    front = "\n".join(lines[1:end]) + "\n"
    if odd := _ODD.search(front):
        line = front.count("\n", 0, odd.start()) + _FIRST
        raise _error(path, line, f"holds the control character U+{ord(odd[0]):04X}", "delete it")
    if len(front.encode()) > MAX_BYTES:
        raise _error(path, 1, f"has front matter of more than {MAX_BYTES // 1024} KB", "move the text below it")

    flaws: tuple[Flaw, ...] = ()
    try:
        values, where = _values(front, path)
    except _ColonError as error:
        front, flaws = quote_prose(front, path)
        if not flaws:
            raise
        try:
            values, where = _values(front, path)
        except FlawError:
            raise error from None
    first = next((number for number, line in enumerate(lines[end + 1 :], end + 2) if line.strip()), end + 2)
    return FrontMatter(values, where, "\n".join(lines[end + 1 :]).strip(), first, flaws)


def read_map(text: str, path: Path, limit: int) -> tuple[dict[str, JsonValue], dict[str, int]]:
    """A whole file of YAML under the same law: its keys, and the line of each. Raises FlawError."""
    fenced = text.split("\n", 1)[0].rstrip() == _FENCE
    front = text.split("\n", 1)[1] if fenced and "\n" in text else text
    up = 0 if fenced else 1  # without a fence above it the YAML starts a line earlier
    if len(front.encode()) > limit:
        raise _error(path, 0, f"is YAML of more than {limit // 1024} KB", "split it")
    try:
        if odd := _ODD.search(front):
            line = front.count("\n", 0, odd.start()) + _FIRST
            raise _error(path, line, f"holds the control character U+{ord(odd[0]):04X}", "delete it")
        values, where = _values(front, path)
    except FlawError as error:
        raise FlawError(replace(error.flaw, line=max(1, error.flaw.line - up))) from None
    return values, {key: line - up for key, line in where.items()}


class _ColonError(FlawError):
    """A plain value holds a colon. Agent files that other programs write often do."""


@dataclass(slots=True)
class _Open:
    """A list or map under way; `key` is the map's key that waits for its value."""

    value: list[JsonValue] | dict[str, JsonValue]
    key: str | None = None


def _values(front: str, path: Path) -> tuple[dict[str, JsonValue], dict[str, int]]:
    top: dict[str, JsonValue] = {}
    where: dict[str, int] = {}
    under_way: list[_Open] = []
    for event in _events(front, path):
        line = _line(event)
        node: JsonValue
        match event:
            case yaml.ScalarEvent():
                node = _scalar(str(event.value), line, path)
            case yaml.SequenceStartEvent():
                node = []
            case yaml.MappingStartEvent():
                node = {} if under_way else top
            case yaml.CollectionEndEvent():
                under_way.pop()
                continue
            case _:
                continue
        if under_way:
            _put(under_way[-1], node, line, path)
            if len(under_way) == 1 and (key := under_way[0].key) is not None:
                where[key] = line
        elif node is not top:
            raise _error(path, line, "front matter is no list of keys", "expected lines like  key: value")
        if isinstance(node, list | dict):
            under_way.append(_Open(node))
        if len(under_way) > MAX_DEPTH:
            raise _error(path, line, f"nests deeper than {MAX_DEPTH} levels")
    return top, where


def _put(into: _Open, node: JsonValue, line: int, path: Path) -> None:
    if isinstance(into.value, list):
        into.value.append(node)
    elif into.key is not None:
        into.value[into.key] = node
        into.key = None
    elif not isinstance(node, str):
        raise _error(path, line, "a key is a word, not a list or a map")
    elif node == "<<":
        raise _error(path, line, "merges (<<) are not read", "write the keys out")
    elif node in into.value:
        raise _error(path, line, f"the key {node!r} stands here twice", "keep one of the two")
    else:
        into.key = node


def _events(front: str, path: Path) -> Iterator[yaml.Event]:
    """What the YAML parser sees, as it sees it: a refusal comes before anything is built."""
    documents = 0
    try:
        for event in yaml.parse(front, Loader=_Loader):
            line = _line(event)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.explicit or documents > 1:
                    raise _error(path, line, "front matter is one document, without directives")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _error(
                    path, line, "anchors (&) and aliases (*) are not read", "put it in quotes, or write it out"
                )
            if tag := getattr(event, "tag", None):
                raise _error(path, line, f"tags ({tag}) are not read", "put a value that starts with ! in quotes")
            yield event
    except yaml.MarkedYAMLError as error:
        raise _translated(error, path) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape that is no character
        raise _error(path, 1, f"has front matter that is not valid YAML: {error}") from None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + _FIRST if event.start_mark else 1


def _scalar(text: str, line: int, path: Path) -> str:
    """An escape in quotes can make what the file itself may not hold."""
    if odd := _ODD.search(text):
        raise _error(path, line, f"makes the control character U+{ord(odd[0]):04X}", "delete it")
    return text


def _translated(error: yaml.MarkedYAMLError, path: Path) -> FlawError:
    problem = error.problem or error.context or "something is missing"
    # What never ends is looked for where it starts.
    unended = "end of stream" in problem or "expected ',' or" in problem
    mark = (error.context_mark if unended else None) or error.problem_mark or error.context_mark
    line = mark.line + _FIRST if mark else 1
    message = f"is not valid YAML here: {problem}"
    if "mapping values" in problem:
        hint = 'put quotes round a value that holds ": "'
        return _ColonError(Flaw(path, line, message, hint))
    tab = "\\t" in problem or "tab" in problem
    return _error(path, line, message, "indent with spaces" if tab else "expected lines like  key: value")


def quote_prose(front: str, path: Path) -> tuple[str, tuple[Flaw, ...]]:
    """The YAML with quotes round prose that needs them, and what was quoted."""
    flaws: list[Flaw] = []

    def quoted(match: re.Match[str]) -> str:
        line = front.count("\n", 0, match.start()) + _FIRST
        message = f'the value of {match[1]} holds ": " without quotes: read as text'
        flaws.append(Flaw(path, line, message, "put it in quotes", fatal=False))
        return f"{match[1]}: {json.dumps(match[2], ensure_ascii=False)}"

    return _PROSE.sub(quoted, front), tuple(flaws)


def _error(path: Path, line: int, message: str, hint: str = "") -> FlawError:
    return FlawError(Flaw(path, line, message, hint))
