"""Ballot files: JSON, and PrefLib's orders (.soc .soi .toc .toi, https://preflib.github.io/PrefLib-Jekyll/format).

A file is not trusted: what cannot be read is refused with the place and what is expected there, and nothing is guessed.
Naming an option there is not is left to the count, which drops that mention alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from agentchat.errors import UsageError
from agentchat.voting.ballot import Approval, Ballot, Opinion, Pick, Ranking, Scores, Tier

MOST_BYTES = 20_000_000
MOST_OPTIONS = 1_000
"""With 10,000 options all tied, instant run-off took 12 GB."""
MOST_VOTERS = 10**9
"""Of one line."""
HIGHEST = 10**6
"""Of a score."""
FINEST = 9
"""Decimals of a score."""
USUAL_TOP = Fraction(5)

OPINIONS = ("ranking", "approve", "scores", "pick", "abstain")
ALSO = ("count", "voter", "recused")

_ITEM = r"(?:[0-9]{1,9}|\{[0-9]{1,9}(?:,[0-9]{1,9})*\})"
_LINE = re.compile(rf"([0-9]{{1,12}})[:,]({_ITEM}(?:,{_ITEM})*)")
_TIER = re.compile(r"\{([^}]*)\}|([0-9]+)")
_NAME = re.compile(r"#\s*ALTERNATIVE NAME ([0-9]{1,9})\s*:\s*(.*)", re.IGNORECASE)
_NUMBER = re.compile(r"#\s*NUMBER (ALTERNATIVES|VOTERS)\s*:\s*([0-9]{1,12})\s*", re.IGNORECASE)
_OLD_NAME = re.compile(r"([0-9]{1,9})\s*,\s*(.*)")
_OLD_COUNTS = re.compile(r"[0-9]{1,12}\s*,\s*([0-9]{1,12})\s*,\s*[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class BallotFile:
    """What a ballot file holds."""

    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    """One for each entry or line; its weight is the entry's count."""

    @property
    def top(self) -> Fraction:
        """The highest score a voter may give: 5, or more where somebody gave more."""
        given = (max(one.opinion.scores.values(), default=0) for one in self.ballots if isinstance(one.opinion, Scores))
        return max((USUAL_TOP, *map(Fraction, given)))


def ballot_file(content: str | bytes, name: str) -> BallotFile:
    """The options and ballots of a file; `name` is what errors call it. Raises UsageError."""
    text = _decoded(content, name)
    match text.lstrip()[:1]:
        case "":
            raise UsageError(f"{name} is empty", hint="A ballot file is JSON or PrefLib: `agentchat tally --help`.")
        case "{" | "[":
            return _json(name, text)
        case first if first == "#" or first.isdecimal():
            return _preflib(name, text)
        case _:
            raise UsageError(
                f"{name}, line 1: expected JSON, which begins with {{, or PrefLib, which begins with # or a number",
                hint="`agentchat tally --help` shows a ballot file.",
            )


def _decoded(content: str | bytes, name: str) -> str:
    if len(content) > MOST_BYTES:
        raise UsageError(f"{name} is too long: more than {MOST_BYTES // 1_000_000} MB")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}, line {line}: no UTF-8 text", hint="Convert it to UTF-8 first.") from None


def _distinct(named: Iterable[tuple[str, str]], place: str) -> tuple[str, ...]:
    """The options, from pairs of a place and the name that stands there."""
    seen: dict[str, str] = {}
    for where, option in named:
        if not option.strip():
            raise _wrong(where, "the name of an option", "an empty one")
        if option in seen:
            raise _wrong(where, "every option once", f"{option!r} again")
        seen[option] = where
    if not 1 <= len(seen) <= MOST_OPTIONS:
        raise _wrong(place, f"1 to {MOST_OPTIONS} options", str(len(seen)))
    return tuple(seen)


def _wrong(place: str, expected: str, found: str) -> UsageError:
    return UsageError(f"{place}: expected {expected}, found {found}")


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# A place is the file and the path in it, as in `votes.json: ballots[3].ranking[0]`.


@dataclass(frozen=True, slots=True)
class _Doubled:
    """Stands where an object was that has a key twice."""

    key: str


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object] | _Doubled:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            return _Doubled(key)
        found[key] = value
    return found


def _json(name: str, text: str) -> BallotFile:
    try:
        # Decimals are exact, however long or large, and are told apart from true and false.
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_int=Decimal, parse_float=Decimal, parse_constant=Decimal
        )
    except json.JSONDecodeError as error:
        raise UsageError(f"{name}, line {error.lineno}: this is no JSON ({error.msg})") from None
    except RecursionError:
        raise _wrong(name, "objects and lists a few deep", "something far deeper") from None
    except InvalidOperation:
        raise _wrong(name, "numbers of a usual size", "one beyond all bounds") from None
    whole = _mapping(name, value)
    names = _names(f"{name}: options", whole.get("options"))
    options = _distinct(((f"{name}: options[{at}]", one) for at, one in enumerate(names)), f"{name}: options")
    entries = _list(f"{name}: ballots", whole.get("ballots"), "a list of ballots")
    return BallotFile(options, tuple(_ballot(f"{name}: ballots[{at}]", one) for at, one in enumerate(entries)))


def _ballot(place: str, value: object) -> Ballot:
    given = _mapping(place, value)
    for key in given:
        if key not in OPINIONS + ALSO:
            near = get_close_matches(key, OPINIONS + ALSO, n=1) or OPINIONS + ALSO
            raise _wrong(place, " or ".join(near), _shown(key))
    said = [key for key in OPINIONS if key in given]
    if len(said) != 1:
        raise _wrong(place, f"one of {', '.join(OPINIONS)}", " and ".join(said) or "none of them")
    opinion = _opinion(f"{place}.{said[0]}", said[0], given[said[0]])
    voter = given.get("voter", "")
    if not isinstance(voter, str):
        raise _wrong(f"{place}.voter", "a name", _shown(voter))
    return Ballot(
        opinion,
        voter,
        "valid" if opinion else "abstained",
        Fraction(_count(f"{place}.count", given.get("count", Decimal(1)))),
        frozenset(_names(f"{place}.recused", given.get("recused", []))),
    )


def _opinion(place: str, kind: str, value: object) -> Opinion | None:
    match kind:
        case "pick":
            return Pick(_name(place, value))
        case "approve":
            return Approval(frozenset(_names(place, value)))
        case "ranking":
            tiers = _list(place, value, 'a list of lists, best first, as in [["A"], ["B", "C"]]')
            return Ranking(tuple(_tier(f"{place}[{at}]", one) for at, one in enumerate(tiers)))
        case "scores":
            return Scores(
                {option: _score(f"{place}.{option[:60]}", one) for option, one in _mapping(place, value).items()}
            )
        case _ if value is True:
            return None
        case _:
            raise _wrong(place, "true", _shown(value))


def _tier(place: str, value: object) -> Tier:
    return frozenset([value] if isinstance(value, str) else _names(place, value))


def _names(place: str, value: object) -> list[str]:
    return [_name(f"{place}[{at}]", one) for at, one in enumerate(_list(place, value, "a list of options"))]


def _name(place: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise _wrong(place, "the name of an option", _shown(value))


def _score(place: str, value: object) -> Fraction:
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= HIGHEST:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -FINEST:
            return Fraction(value)
    raise _wrong(place, f"a number from 0 to {HIGHEST} with at most {FINEST} decimals", _shown(value))


def _count(place: str, value: object) -> int:
    if isinstance(value, Decimal) and value.is_finite() and 1 <= value <= MOST_VOTERS and value == int(value):
        return int(value)
    raise _wrong(place, f"a whole number from 1 to {MOST_VOTERS}", _shown(value))


def _mapping(place: str, value: object) -> Mapping[str, object]:
    if isinstance(value, _Doubled):
        raise _wrong(place, "every key once", f"{_shown(value.key)} twice")
    if isinstance(value, dict):
        return value
    raise _wrong(place, "an object in braces", _shown(value))


def _list(place: str, value: object, expected: str) -> list[object]:
    if isinstance(value, list):
        return value
    raise _wrong(place, expected, _shown(value))


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict() | _Doubled():
            return "an object"
        case list():
            return "a list"
        case bool():
            return str(value).lower()
        case str():
            return repr(value[:60])
        case _:
            return str(value)[:60]


# ── PrefLib ─────────────────────────────────────────────────────────────────────────────────────────────────────────
# Since 2022: `# NUMBER ALTERNATIVES: 3`, `# ALTERNATIVE NAME 1: Ada` and more, then orders as `5: 1,{2,3}`.
# Before: the number of options, `1,Ada` for each, three counts of which the second is the sum, orders as `5,1,{2,3}`.


def _preflib(name: str, text: str) -> BallotFile:
    lines = [(f"{name}, line {at}", line.strip()) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
    head = [(place, line) for place, line in lines if line.startswith("#")]
    body = [(place, line) for place, line in lines if not line.startswith("#")]
    if head:
        options, voters = _header(name, head)
    else:
        options, voters = _old_header(name, body)
        body = body[len(options) + 2 :]
    ballots = tuple(_order(place, line, options) for place, line in body)
    count = sum(int(one.weight) for one in ballots)
    if voters is not None and count != voters:
        raise _wrong(name, f"the orders of {voters} voters, as its header says", f"those of {count}")
    return BallotFile(options, ballots)


def _header(name: str, head: list[tuple[str, str]]) -> tuple[tuple[str, ...], int | None]:
    numbers: dict[str, int] = {}
    names: dict[int, tuple[str, str]] = {}
    for place, line in head:
        if found := _NUMBER.fullmatch(line):
            numbers[found[1].upper()] = int(found[2])
        elif found := _NAME.fullmatch(line):
            if int(found[1]) in names:
                raise _wrong(place, "every number once", f"{found[1]} again")
            names[int(found[1])] = place, found[2]
    return _numbered(name, names, numbers.get("ALTERNATIVES", len(names))), numbers.get("VOTERS")


def _old_header(name: str, lines: list[tuple[str, str]]) -> tuple[tuple[str, ...], int]:
    place, first = lines[0]
    if not re.fullmatch(r"[0-9]{1,9}", first):
        raise _wrong(place, "the number of options", _shown(first))
    size = int(first)
    if len(lines) < size + 2:
        raise _wrong(name, f"the names of {size} options and a line of counts", f"{len(lines)} lines")
    names: dict[int, tuple[str, str]] = {}
    for place, line in lines[1 : size + 1]:
        found = _OLD_NAME.fullmatch(line)
        if found is None or int(found[1]) in names:
            raise _wrong(place, "the next option, as in `1,Ada`", _shown(line))
        names[int(found[1])] = place, found[2]
    place, counts = lines[size + 1]
    if (found := _OLD_COUNTS.fullmatch(counts)) is None:
        raise _wrong(place, "three counts, as in `5,5,2`: voters, sum of the orders, different orders", _shown(counts))
    return _numbered(name, names, size), int(found[1])


def _numbered(name: str, names: Mapping[int, tuple[str, str]], size: int) -> tuple[str, ...]:
    """The options in the order of their numbers, which are 1 to `size`."""
    if missing := next((number for number in range(1, min(size, MOST_OPTIONS) + 1) if number not in names), 0):
        raise _wrong(name, f"a name for each of {size} options", f"none for {missing}")
    if len(names) != size:
        raise _wrong(name, f"{size} options, as its header says", str(len(names)))
    return _distinct((names[number] for number in sorted(names)), name)


def _order(place: str, line: str, options: tuple[str, ...]) -> Ballot:
    found = _LINE.fullmatch("".join(line.split()))
    if found is None:
        raise _wrong(place, "an order, as in `5: 1,{2,3}`", _shown(line))
    tiers = [[int(one) for one in (many or single).split(",")] for many, single in _TIER.findall(found[2])]
    named = [number for tier in tiers for number in tier]
    for number in named:
        if not 1 <= number <= len(options):
            raise _wrong(place, f"numbers of options, 1 to {len(options)}", str(number))
    if len(set(named)) < len(named):
        raise _wrong(place, "every option once", _shown(line))
    weight = _count(place, Decimal(found[1]))
    return Ballot(Ranking(tuple(frozenset(options[n - 1] for n in tier) for tier in tiers)), weight=Fraction(weight))
