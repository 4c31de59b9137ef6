"""Reads ballots on several options, and critiques, out of plain words: lists, chains, and lines with a figure.

As strict as `prose`: a list in which anything is no option is none, unless the payload lets that rank go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from agentchat.kinds.prose import ABSTAIN, abstains, lines_of, named
from agentchat.kinds.slate import Names, fold, names

_RANKING = re.compile(
    r"(?:my )?(?:final )?(?:ranking|rank order|ranked list)(?: ?\((?:from )?best (?:to worst|first)\))?"
    r"(?: is)? ?(?:[:=]|$) ?(?P<rest>.*)",
    re.I,
)
_BACKWARDS = re.compile(r"\bworst (?:first|to best)|\bleast (?:first|preferred first)|\breverse", re.I)
_ITEM = re.compile(r"(?:(?P<number>\d{1,3})[.):]|[-•·*]) ?(?P<rest>.+)")
_APPROVED = re.compile(r"(?:my )?(?:approved?|approvals?|acceptable|votes?)(?: of)? ?[:=] ?(?P<rest>.*)", re.I)
_APPROVING = re.compile(r"I (?:(?:would|will|can|could) )?(?:approve(?: of)?|accept|live with) (?P<rest>.+)", re.I)
_YES_NO = re.compile(
    r"(?:[:=→]| [-–—]) ?(?:(?P<yes>yes|approved?|✓|✔)|no|rejected?|disapproved?|not approved|✗|✘)[.! ]*$", re.I
)
_FIGURE = re.compile(r"(?:[:=→]| [-–—]) ?(?P<figure>\d{1,2}(?:\.\d)?(?: ?(?:/|out of) ?\d{1,3})?)(?=$|[.,; (–—])")
_SEVERITY = re.compile(r"\[?(?P<severity>blocker|major|minor)\]? ?[:–—-] ?(?P<rest>.+)", re.I)


def parts(text: str) -> list[str]:
    """The items of a written list: "A, B and C"."""
    return [item.strip() for item in re.split(r"[,;\n]| (?:and|&) ", text) if item.strip()]


def steps(text: str) -> list[str]:
    """The steps of a written ranking: "A > B = C"."""
    return [item.strip() for item in re.split(r"[>≻]+" if re.search("[>≻]", text) else r"[,;\n]", text)]


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


def approval(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """`APPROVE: A, C`, “I approve of A and C”, or a yes or no for every option."""
    known, lines = names(choices, (ABSTAIN,)), lines_of(text)
    matches = [_APPROVED.fullmatch(line) or _APPROVING.fullmatch(line) for line in lines]
    found = [_some(match["rest"], known) for match in matches if match and known.exact(match["rest"]) != ABSTAIN]
    decided: dict[str, bool] = {}
    for line in lines:
        match = _YES_NO.search(line)
        choice = known.exact(line[: match.start()]) if match else None
        if match and choice and decided.setdefault(choice, bool(match["yes"])) != bool(match["yes"]):
            return None
    if decided:
        found.append(tuple(one for one in choices if decided[one]) if decided.keys() == {*choices} else None)
    if not found:
        return {"approve": [], "abstain": True} if abstains(lines, known) else None
    first = found[0]
    if first is None or any(one is None or {*one} != {*first} for one in found):
        return None
    return {"approve": [*first]}


def ranking(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """`FINAL RANKING:` with a list beneath or behind it, or a line `A > B = C`."""
    known, lines = names(choices, (ABSTAIN,)), lines_of(text, bullets=True)
    if any(_BACKWARDS.search(line) for line in lines):
        return None
    found = []
    for place, line in enumerate(lines):
        if match := _RANKING.fullmatch(line):
            found.append(
                [equals(step) for step in steps(match["rest"])] if match["rest"] else _list(lines[place + 1 :])
            )
        elif ">" in line:
            chain = [equals(step) for step in steps(line)]
            found += [chain] if all(known.exact(name) for tier in chain for name in tier) else []
    tiers = [[[one for name in tier if (one := named(name, known))] for tier in ranks] for ranks in found]
    read = [[tier for tier in ranks if tier and ABSTAIN not in tier] for ranks in tiers]
    if not any(read):
        return {"ranking": [], "abstain": True} if abstains(lines, known) else None
    if any(ranks != read[0] for ranks in read[1:]):
        return None
    return {"ranking": [[*tier] for tier in read[0]]}


def scores(text: str, choices: tuple[str, ...], top: int = 5) -> dict[str, JsonValue] | None:
    """A line `A: 4` or `A: 4/5` for every option."""
    known, lines = names(choices, (ABSTAIN,)), lines_of(text)
    found = _figures(lines, known.exact, top)
    if found is not None and found.keys() == {*choices}:
        return {"scores": {**found}}
    return {"scores": {}, "abstain": True} if not found and abstains(lines, known) else None


def critique(text: str, criteria: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """Lines `MAJOR: what is wrong`, and a line `clarity: 4` for each criterion."""
    lines = lines_of(text)
    by_fold = {fold(criterion): criterion for criterion in criteria}
    found = _figures(lines, lambda name: by_fold.get(fold(name)), 5)
    if not found or found.keys() != {*criteria}:
        return None
    issues: list[JsonValue] = [
        {"severity": match["severity"].lower(), "problem": match["rest"]}
        for line in lines
        if (match := _SEVERITY.fullmatch(line))
    ]
    return {"issues": issues, "scores": {**found}}


def _some(text: str, known: Names) -> tuple[str, ...] | None:
    """Every choice of a written list, "none" is none of them; None where an item is no choice."""
    if fold(text) in ("none", "none of them", "nothing"):
        return ()
    if one := known.exact(text):
        return (one,) if one != ABSTAIN else None
    found = [known.exact(part) for part in parts(text)]
    chosen = tuple(one for one in found if one is not None and one != ABSTAIN)
    return chosen if chosen and len(chosen) == len(found) else None


def _list(lines: Sequence[str]) -> list[list[str]]:
    """The items of a list that begins at once, equals together."""
    items: list[list[str]] = []
    for line in lines:
        match = _ITEM.fullmatch(line)
        if match is None or (match["number"] and int(match["number"]) != len(items) + 1):
            break
        items.append(equals(match["rest"]))
    return items


def _figures(lines: Sequence[str], exact: Callable[[str], str | None], top: int) -> Mapping[str, int] | None:
    """The number that stands behind each name; None where one is out of range or differs."""
    found: dict[str, int] = {}
    for part in _parted(lines):
        match = _FIGURE.search(part)
        if match is None or (name := exact(part[: match.start()])) is None:
            continue
        figure = score(match["figure"], top)
        if figure is None or found.setdefault(name, figure) != figure:
            return None
    return found


def _parted(lines: Sequence[str]) -> Iterator[str]:
    """Lines, and the parts of a line that lists several figures."""
    for line in lines:
        several = re.split(r"[,;] ", line)
        yield from several if len(several) > 1 and all(map(_FIGURE.search, several)) else [line]
