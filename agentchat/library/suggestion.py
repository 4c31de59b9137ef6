"""Who should talk about this? A guess from the topic's words alone: no model, no chance, the same each time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import log

from agentchat.library.lineup import DEFAULT, LineUp
from agentchat.library.shelf import Found, Scan
from agentchat.persona import Persona

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (("ies", "y"), ("ical", "ic"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("ed", ""), ("s", ""))
_COMMON = """
a about after all also an and any are as at back be been before best better by can could did do does for from get give
go good has have he her his how i if in into is it its just keep let like make many may me more most much my need new
no not of on one only or other our out over own people she should so some such take talk than that the their them then
there these they thing this those to too two under up us use very want was way we were what when where which who whom
whose why will win with without work would you your
"""
_EMPTY = frozenset(_COMMON.split())
_TELLING, _PASSING = 3.0, 1.0
"""What a topic's word is worth in tags or title, and in description or focus of a persona that has tags."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One suggested persona, and what it knows of the topic in a word or two."""

    found: Found
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who is suggested, out of which line-up if out of one, and why in words."""

    picks: tuple[Pick, ...]
    lineup: LineUp | None
    reason: str


def suggest(topic: str, scan: Scan, n: int = 4) -> Suggestion:
    """At most `n` personas for `topic`: those of the line-up it calls for, else those whose words it uses, filled up
    from the default line-up.
    """
    words = _words(topic)
    everyone = {found.persona.id: found for found in scan.personas}
    lineup, called = _lineup(words, scan)
    if lineup is not None:
        brought = _words(" ".join((lineup.description, *lineup.good_for)))
        members = [everyone[id_] for id_ in lineup.personas[:n]]
        picks = tuple(Pick(found, _knows(found.persona, words, brought)) for found in members)
        return Suggestion(picks, lineup, f"{lineup.name}, since the topic says {_and(called)}")

    chosen = _matching(words, scan, n)
    reason = f"{_and([found.persona.name for found in chosen])} for the topic's own words" if chosen else ""
    default = next((found.lineup for found in scan.lineups if found.lineup.id == DEFAULT), None)
    usual = [everyone[id_] for id_ in default.personas] if default else []
    for found in (*usual, *scan.personas):
        if len(chosen) < n and found not in chosen:
            chosen.append(found)
    taken = default if all(found in usual for found in chosen) else None
    if taken is not None:  # the same people as ever stand in the same order as ever
        chosen.sort(key=usual.index)
    picks = tuple(Pick(found, _knows(found.persona, words)) for found in chosen)
    return Suggestion(picks, taken, reason or (taken.name if taken else "the first there are"))


def _lineup(words: dict[str, str], scan: Scan) -> tuple[LineUp | None, list[str]]:
    """The line-up that most of the topic's words call for, and those words."""
    best: tuple[LineUp | None, list[str]] = (None, [])
    for found in scan.lineups:
        known = _words(" ".join((found.lineup.name, *found.lineup.good_for)))
        called = [word for stem, word in words.items() if stem in known]
        if found.lineup.id != DEFAULT and len(called) > len(best[1]):
            best = (found.lineup, called)
    return best


def _matching(words: dict[str, str], scan: Scan, n: int) -> list[Found]:
    """Those whose tags or title hold words of the topic, best first, each for words of its own if it can be."""
    weights = {found.persona.id: _weights(found.persona) for found in scan.personas}
    spread = Counter(stem for weight in weights.values() for stem in weight)
    left = [
        found for found in scan.personas if any(weights[found.persona.id].get(stem, 0) > _PASSING for stem in words)
    ]
    covered: Counter[str] = Counter()

    def worth(found: Found) -> float:
        weight = weights[found.persona.id]
        return sum(
            weight.get(stem, 0) * log(1 + len(weights) / spread[stem]) / (1 + covered[stem])
            for stem in words
            if stem in spread
        )

    chosen: list[Found] = []
    while left and len(chosen) < n:
        best = max(left, key=worth)  # the first of equals: a scan has an order
        left.remove(best)
        chosen.append(best)
        covered.update(stem for stem in words if stem in weights[best.persona.id])
    return chosen


def _weights(persona: Persona) -> dict[str, float]:
    """What each word says about the persona, by where it stands."""
    weights = dict.fromkeys(_words(f"{persona.description} {persona.focus}"), _PASSING if persona.tags else _TELLING)
    return weights | dict.fromkeys(_words(" ".join((persona.title, *persona.tags))), _TELLING)


def _knows(persona: Persona, *called: dict[str, str]) -> str:
    """What the persona brings: its tags that the topic names, else those that the line-up names, else its first."""
    for words in called:
        if named := [tag for tag in persona.tags if any(stem in words for stem in _words(tag))]:
            return ", ".join(named[:2])
    return ", ".join(persona.tags[:2]) or persona.title


def _words(text: str) -> dict[str, str]:
    """The telling words of a text by their stems, each as it was written first."""
    words: dict[str, str] = {}
    for match in _WORD.finditer(text.casefold()):
        if match[0] not in _EMPTY:
            words.setdefault(_stem(match[0]), match[0])
    return words


def _stem(word: str) -> str:
    """Rough on purpose: enough that `families` meets `family` and `pricing` meets `price`."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("e") if len(word) > 3 else word


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
