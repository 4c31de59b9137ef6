"""What a stage promises of its work, in a small language that code checks without asking a model.

words<=200  lines>=3  characters=80     how long it is: <=, >= or =
has Risks  has heading Risks            a text it holds, or a heading, in any case
without TODO                            a text it does not hold
matches Price: * EUR                    one of its lines is that, * for anything and ? for one character
json  json with fields title and price  it is JSON, an object with these fields
verdict  verdict back to draft          it says pass or fail and why; a fail sends the work back
verdict or fail                         …; a fail ends all, as failed
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = ("words", "lines", "characters")

_SIGNS = {"<=": "at most", ">=": "at least", "=": "exactly"}
_SIZE = re.compile(r"(words|lines|characters)\s*(<=|>=|=|≤|≥)\s*([0-9]{1,6})")
_PLAIN = re.compile(r"[^\W_]+(?: [^\W_]+)*")
_FIELD = re.compile(r"[\w-]+")
_HEADING = re.compile(r"#{1,6}\s+(.*?)[\s#]*|(?:\*\*|__)(.+?)(?:\*\*|__):?")
_FENCED = re.compile(r"```[\w-]*\n(.*)\n```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Size:
    """How long it is."""

    unit: str
    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class Holds:
    """A text that is in it: as a heading, or not at all."""

    text: str
    heading: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """What one of its lines looks like."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Json:
    """It is JSON, with these fields where any are named."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """It says pass or fail."""

    back: str = ""
    """The stage that a fail sends the work back to; empty is the one before."""
    final: bool = False
    """A fail ends all."""


Promise = Size | Holds | Matches | Json | Verdict


class PlaceError(ValueError):
    """What is wrong with a text, and where: a place in it, counted from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def pieces(text: str, separator: str, at: int = 0) -> Iterator[tuple[str, int]]:
    """The parts between separators that stand outside quotation marks, each with its place. Raises PlaceError."""
    begin, quoted = 0, -1
    for place, char in enumerate(text):
        if char == '"':
            quoted = place if quoted < 0 else -1
        elif char == separator and quoted < 0:
            yield text[begin:place], at + begin
            begin = place + 1
    if quoted >= 0:
        raise PlaceError("a quotation mark is not closed", at + quoted)
    yield text[begin:], at + begin


def read(text: str, at: int = 0) -> Promise:
    """One promise. Raises PlaceError with what it may be."""
    at += len(text) - len(text.lstrip())
    plain = " ".join(text.split())
    word, _, rest = plain.partition(" ")
    match word.lower():
        case "has" if rest[:8].lower() == "heading ":
            return Holds(_text(rest[8:], "has heading", at), heading=True)
        case "has" | "without" as how:
            return Holds(_text(rest, how, at), absent=how == "without")
        case "matches":
            return Matches(_text(rest, "matches", at))
        case "json":
            return _json(rest, at)
        case "verdict":
            return _verdict(rest, at)
        case _:
            pass
    if size := _SIZE.fullmatch(plain.lower()):
        return Size(size[1], {"≤": "<=", "≥": ">="}.get(size[2], size[2]), int(size[3]))
    if plain.lower().startswith(UNITS):
        raise PlaceError(f"{plain!r}: after it comes <=, >= or = and a whole number, as in words<=200", at)
    known = "words<=200, lines>=3, has Risks, without TODO, matches Price: *, json with fields a and b, or verdict"
    raise PlaceError(f"{plain!r} is no promise; there is {known}" if plain else f"a promise is missing: {known}", at)


def _text(text: str, how: str, at: int) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    bare = " ".join((text[1:-1] if quoted else text).split())
    if not bare:
        raise PlaceError(f"{how} what? As in: {how} Risks", at)
    if '"' in bare:
        raise PlaceError(f"{how} {text}: quotation marks go around the whole of it", at)
    return bare


def _json(rest: str, at: int) -> Json:
    if not rest:
        return Json()
    with_, _, names = rest.partition(" ")
    fields = [one for one in re.split(r" and | ?, ?", names[7:] if names.startswith("fields ") else names) if one]
    if with_.lower() != "with" or not fields:
        raise PlaceError(f"json {rest}: it is json, or json with fields title and price", at)
    if wrong := next((one for one in fields if not _FIELD.fullmatch(one)), None):
        raise PlaceError(f"{wrong!r} is no name of a field: letters, digits, _ and -", at)
    return Json(tuple(dict.fromkeys(fields)))


def more_field(promise: Promise | None, text: str) -> Json | None:
    """With one more field, where a comma parted it from those before: `json with fields a, b`."""
    name = text.strip()
    if not (isinstance(promise, Json) and promise.fields and _FIELD.fullmatch(name)) or name in ("json", "verdict"):
        return None
    return Json(tuple(dict.fromkeys((*promise.fields, name))))


def _verdict(rest: str, at: int) -> Verdict:
    if not rest:
        return Verdict()
    if rest.lower() == "or fail":
        return Verdict(final=True)
    if rest[:8].lower() == "back to " and '"' not in rest:
        return Verdict(rest[8:])
    raise PlaceError(f"verdict {rest}: it is verdict, verdict back to STAGE, or verdict or fail", at)


def written(promise: Promise) -> str:
    """As a person writes it: read again, it is the same."""
    match promise:
        case Size(unit, sign, number):
            return f"{unit}{sign}{number}"
        case Holds(text, heading, absent):
            how = "without" if absent else "has heading" if heading else "has"
            bare = _PLAIN.fullmatch(text) and not text.lower().startswith("heading")
            return f"{how} {text}" if bare else f'{how} "{text}"'
        case Matches(pattern):
            return f'matches "{pattern}"'
        case Json(fields):
            return f"json with fields {' and '.join(fields)}" if fields else "json"
        case Verdict(back, final):
            return "verdict or fail" if final else f"verdict back to {back}" if back else "verdict"
        case _:
            assert_never(promise)


def told(promise: Promise) -> str:
    """What the maker must see to, in words that follow “it must”."""
    match promise:
        case Size(unit, sign, number):
            return f"have {_SIGNS[sign]} {_many(number, unit)}"
        case Holds(text, heading, absent):
            return f"not hold “{text}”" if absent else f"have {'the heading ' * heading}“{text}”"
        case Matches(pattern):
            return f"have a line of the form “{pattern}” (* is anything)"
        case Json(fields):
            return f"be one JSON object with {_listed(fields)}, and nothing else" if fields else "be JSON, nothing else"
        case Verdict():
            return "say pass or fail, and why"
        case _:
            assert_never(promise)


def broken(promise: Promise, text: str) -> str:
    """How a text breaks a promise, in words that follow its name; empty where it keeps it."""
    match promise:
        case Size(unit, sign, number):
            found = size_of(text, unit)
            kept = {"<=": found <= number, ">=": found >= number, "=": found == number}[sign]
            return "" if kept else f"has {_many(found, unit)}, not {_SIGNS[sign]} {number}"
        case Holds(wanted, heading, absent):
            there = _folded(wanted) in (list(_headings(text)) if heading else _folded(text))
            if absent:
                return f"holds “{wanted}”" if there else ""
            return "" if there else f"has no {'heading ' * heading}“{wanted}”"
        case Matches(pattern):
            wanted = _folded(pattern)
            there = any(_fits(_folded(line), wanted) for line in text.splitlines())
            return "" if there else f"has no line of the form “{pattern}”"
        case Json(fields):
            return _no_json(text, fields)
        case Verdict():
            return ""
        case _:
            assert_never(promise)


def size_of(text: str, unit: str) -> int:
    """How many words, lines that are not blank, or characters a text has."""
    match unit:
        case "words":
            return len(text.split())
        case "lines":
            return sum(1 for line in text.splitlines() if line.strip())
        case _:
            return len(text.strip())


def _no_json(text: str, fields: tuple[str, ...]) -> str:
    bare = text.strip()
    fenced = _FENCED.fullmatch(bare)
    try:
        value = json.loads(fenced[1] if fenced else bare)
    except (ValueError, RecursionError):
        return "is no JSON"
    if not fields:
        return ""
    if not isinstance(value, dict):
        return "is JSON, but no object"
    missing = tuple(one for one in fields if one not in value)
    return f"has no field {_listed(missing)}" if missing else ""


def _headings(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if found := _HEADING.fullmatch(line.strip()):
            yield _folded(found[1] or found[2] or "").removesuffix(":")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _fits(line: str, pattern: str) -> bool:
    """Whether a line is what the pattern says. Each star takes as little as it can: one pass, whatever it is."""
    at, place, star, mark = 0, 0, -1, 0
    while at < len(line):
        if place < len(pattern) and pattern[place] == "*":
            star, mark, place = place, at, place + 1
        elif place < len(pattern) and pattern[place] in ("?", line[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    return set(pattern[place:]) <= {"*"}


def _many(number: int, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"“{name}”" for name in names)
