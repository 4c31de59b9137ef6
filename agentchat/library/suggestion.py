"""Who should talk about this? A guess from the topic's words alone: no model, no chance, the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from agentchat.capability import PASSING, stems, tools, weights
from agentchat.library.lineup import DEFAULT, LineUp
from agentchat.library.rooms import Found, FoundLineUp
from agentchat.library.shelf import Scan
from agentchat.persona import Persona

NAMED = 0.5
"""What a word of a line-up's name is worth, beside one of those it is good for."""


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
    words = stems(topic)
    called_for, called = _lineup(words, scan)
    if called_for is not None:
        lineup = called_for.lineup
        brought = stems(" ".join((lineup.description, *lineup.good_for)))
        picks = tuple(Pick(found, _knows(found.persona, words, brought)) for found in called_for.members[:n])
        return Suggestion(picks, lineup, f"{lineup.name}, since the topic says {_and(called)}")

    chosen = _matching(words, scan, n)
    reason = f"{_and([found.persona.name for found in chosen])} for the topic's own words" if chosen else ""
    default = next((found for found in scan.lineups if found.lineup.id == DEFAULT), None)
    usual = list(default.members) if default else []
    for found in (*usual, *scan.personas):
        if len(chosen) < n and found not in chosen:
            chosen.append(found)
    taken = default.lineup if default and all(found in usual for found in chosen) else None
    if taken is not None:  # the same people as ever stand in the same order as ever
        chosen.sort(key=usual.index)
    picks = tuple(Pick(found, _knows(found.persona, words)) for found in chosen)
    return Suggestion(picks, taken, reason or (taken.name if taken else "the first there are"))


def _lineup(words: dict[str, str], scan: Scan) -> tuple[FoundLineUp | None, list[str]]:
    """The line-up that most of the topic's words call for, and those words.

    A name calls for nothing by itself: “team” and “board” are in names, and in topics of any kind.
    """
    best: tuple[FoundLineUp | None, list[str], float] = (None, [], 0.0)
    for found in scan.lineups:
        good, named = stems(" ".join(found.lineup.good_for)), stems(found.lineup.name)
        called = [word for stem, word in words.items() if stem in good]
        also = [word for stem, word in words.items() if stem in named and stem not in good]
        worth = len(called) + NAMED * len(also)
        if found.lineup.id != DEFAULT and found.members and called and worth > best[2]:
            best = (found, [*called, *also], worth)
    return best[0], best[1]


def _matching(words: dict[str, str], scan: Scan, n: int) -> list[Found]:
    """Those whose tags or title hold words of the topic, best first, each for words of its own if it can be."""
    known = {found.persona.id: _weights(found.persona, words) for found in scan.personas}
    spread = Counter(stem for weight in known.values() for stem in weight)
    left = [found for found in scan.personas if any(known[found.persona.id].get(stem, 0) > PASSING for stem in words)]
    covered: Counter[str] = Counter()

    def worth(found: Found) -> float:
        weight = known[found.persona.id]
        return sum(
            weight.get(stem, 0) * log(1 + len(known) / spread[stem]) / (1 + covered[stem])
            for stem in words
            if stem in spread
        )

    chosen: list[Found] = []
    while left and len(chosen) < n:
        best = max(left, key=worth)  # the first of equals: a scan has an order
        left.remove(best)
        chosen.append(best)
        covered.update(stem for stem in words if stem in known[best.persona.id])
    return chosen


def _weights(persona: Persona, words: Iterable[str]) -> dict[str, float]:
    """What each word says about a persona; of a tag of several words the one says little without the others."""
    known, said = weights(persona), set(words)
    halves = stems(" ".join(tag for tag in persona.tags if len(stems(tag)) > 1 and not _named(tag, said)))
    whole = stems(" ".join((persona.title, *tools(persona), *(tag for tag in persona.tags if _named(tag, said)))))
    return known | dict.fromkeys(halves.keys() & known.keys() - whole.keys(), PASSING)


def _named(tag: str, words: Iterable[str]) -> bool:
    """Whether a topic names a tag: with all that it tells."""
    parts = stems(tag)
    return bool(parts) and parts.keys() <= set(words)


def _knows(persona: Persona, *called: dict[str, str]) -> str:
    """What the persona brings: its tags that the topic names, else those that the line-up names, else its first."""
    for words in called:
        if named := [tag for tag in persona.tags if _named(tag, words)]:
            return ", ".join(named[:2])
    return ", ".join(persona.tags[:2]) or persona.title


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
