"""What a person types to find something, read: words, "phrases", `filter:value`, and each of them with `-` before it.

Never a query language of the index: whatever is no filter is words to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from agentchat.errors import UsageError
from agentchat.text import some

FILTERS = ("persona", "mode", "kind", "session", "tag", "before", "after", "is")
STATES = ("decision", "draft", "mine", "question", "starred", "archived")
"""What may follow `is:`."""

DATES = "As in before:2026-11-01, after:2026-11, after:yesterday, after:7d (days; h hours, w weeks, m months, y years)."
MOST = 16
"""Words and phrases that are looked for; more are not read."""

_TOKEN = re.compile(
    r'(?P<off>-(?=[^\s-]))?(?:(?P<name>[A-Za-z]+):(?!//))?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>\S*))'
)
_SINCE = re.compile(r"(\d{1,6})([hdwmy])")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


@dataclass(frozen=True, slots=True)
class Term:
    """Words to be found one after another, as they stand."""

    text: str
    begun: bool = False
    """Whether the last of them may be only a beginning: it is still being typed."""
    off: bool = False
    """Whether they must not be there."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Something other than its words that what is found must have, or, `off`, must not."""

    name: str
    value: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All that was typed. Empty, it finds nothing."""

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    after: datetime | None = None
    before: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.terms or self.filters or self.after or self.before)

    def values(self, name: str, *, off: bool = False) -> tuple[str, ...]:
        """What was asked of one filter."""
        return tuple(one.value for one in self.filters if (one.name, one.off) == (name, off))

    def states(self, state: str) -> bool | None:
        """Whether `is:` that, `-is:` that, or neither was asked."""
        if state in self.values("is"):
            return True
        return False if state in self.values("is", off=True) else None


def read(typed: str, now: datetime) -> Query:
    """The query that was typed. Raises UsageError with the nearest names for a filter or a date that is none."""
    terms: list[Term] = []
    filters: list[Filter] = []
    after: datetime | None = None
    before: datetime | None = None
    for token in _tokens(typed):
        off, name, value = bool(token["off"]), (token["name"] or "").lower(), token["phrase"] or token["word"] or ""
        if name in ("before", "after") and value:
            moment = day(value, now)
            if (name == "before") is not off:
                before = moment if before is None else min(before, moment)
            else:
                after = moment if after is None else max(after, moment)
        elif name in FILTERS or (name and value):
            filters.append(_filter(name, value.strip(), off=off))
        elif any(map(str.isalnum, text := value or (token["name"] or ""))) and len(terms) < MOST:
            last = token.end() == len(typed) and not token["end"] and not off
            terms.append(Term(text, last, off))
    return Query(tuple(terms), tuple(filters), after, before)


def plain(typed: str) -> Query:
    """The same text as nothing but words; the last may be a beginning."""
    words = [word for word in typed.split() if any(map(str.isalnum, word))][:MOST]
    return Query(tuple(Term(word, place == len(words)) for place, word in enumerate(words, 1)))


def day(value: str, now: datetime) -> datetime:
    """The moment that a date begins, or so long ago, in the time zone of `now`. Raises UsageError."""
    words = value.strip().lower()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if words in ("today", "yesterday"):
            return midnight - timedelta(days=words == "yesterday")
        if since := _SINCE.fullmatch(words):
            return now - timedelta(hours=int(since[1]) * _HOURS[since[2]])
        if date := _DAY.fullmatch(words):
            moment = midnight.replace(year=int(date[1]), month=int(date[2] or 1), day=int(date[3] or 1))
            moment.timestamp()  # a year that no clock reaches
            return moment
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{value!r} is no date", hint=DATES)


def nearest(word: str, known: Sequence[str], shown: int = 8) -> str:
    """What may have been meant, else what there is."""
    near = get_close_matches(word.lower(), known, 3, 0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"There are {some(known, shown)}." if known else "There are none yet."


def _tokens(typed: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(typed):
        if typed[place].isspace():
            place += 1
        elif token := _TOKEN.match(typed, place):
            yield token
            place = max(token.end(), place + 1)


def _filter(name: str, value: str, *, off: bool) -> Filter:
    if name not in FILTERS:
        told = nearest(name, FILTERS).replace("There are", "Filters are")
        raise UsageError(f"there is no filter {name}:", hint=f'{told} For the words themselves: "{name}:{value}"')
    if not value:
        told = "There are " + ", ".join(f"is:{state}" for state in STATES) + "."
        raise UsageError(
            f"{name}: says nothing yet", hint=told if name == "is" else f"As in {name}:WORD, no space between."
        )
    if name == "is":
        value = value.lower()
        if value not in STATES:
            raise UsageError(f"there is no is:{value}", hint=nearest(value, STATES))
    return Filter(name, value, off)
