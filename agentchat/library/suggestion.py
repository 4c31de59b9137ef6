"""Who should talk about this? A guess from the topic's words alone: no model, no chance, the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from agentchat.capability import PASSING, stems, tools, weights
from agentchat.library.lineup import DEFAULT, LineUp
from agentchat.library.rooms import Found, FoundLineUp
from agentchat.library.shelf import Scan
from agentchat.persona import Persona
from agentchat.text import some

AS_EVER = "as for any topic"
"""Why somebody is there whom no word of the topic calls for."""

NAMED = 0.5
"""What a word of a line-up's name is worth, beside one of those it is good for."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One suggested persona, and why in a word or two."""

    found: Found
    reason: str
    met: tuple[str, ...] = ()
    """The words of the topic that its tags or its title hold."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who is suggested, out of which line-up if out of one, and why in words."""

    picks: tuple[Pick, ...]
    lineup: LineUp | None
    reason: str

    @property
    def whole(self) -> str:
        """What names all of the room that the topic calls for; empty where it calls for none."""
        return self.lineup.id if self.lineup and self.lineup.id != DEFAULT else ""


def suggest(topic: str, scan: Scan, n: int = 4) -> Suggestion:
    """At most `n` personas for `topic`: those of the line-up it calls for, else those whose words it uses, filled up
    from the default line-up.
    """
    words = stems(topic)
    called_for, called = _lineup(words, scan)
    if called_for is not None:
        lineup = called_for.lineup
        brought = stems(" ".join((lineup.description, *lineup.good_for)))
        picks = tuple(_pick(found, words, brought) for found in called_for.members[:n])
        return Suggestion(picks, lineup, f"{lineup.name}, since the topic says {_and(_quoted(called))}")

    chosen = _matching(words, scan, n)
    known = [f"{found.persona.name} for {_and(_quoted(_met(found.persona, words)))}" for found in chosen]
    default = next((found for found in scan.lineups if found.lineup.id == DEFAULT), None)
    usual = list(default.members) if default else []
    for found in (*usual, *scan.personas):
        if len(chosen) < n and found not in chosen:
            chosen.append(found)
    taken = default.lineup if default and all(found in usual for found in chosen) else None
    if taken is not None:  # the same people as ever stand in the same order as ever
        chosen.sort(key=usual.index)
    picks = tuple(_pick(found, words) for found in chosen)
    return Suggestion(picks, taken, _why(known, default.lineup.name if default else "the first there are", topic))


def _why(known: list[str], else_: str, topic: str) -> str:
    """Who is there for what the topic says; of a topic that nobody fits, that it is so, and who is taken instead."""
    if known:
        return some(known, 3, ", ")
    return f"nobody is known for a word of this topic: {else_}, as for any" if topic.strip() else else_


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


def _pick(found: Found, words: dict[str, str], brought: Mapping[str, str] | None = None) -> Pick:
    """One persona: for the words of the topic that it knows, else for what a room has `brought` it for."""
    persona = found.persona
    if met := _met(persona, words):
        return Pick(found, f"for {some(_quoted(met), 2)}", met)
    named = next((tag for tag in persona.tags if _named(tag, brought or ())), "")
    return Pick(found, f"of the room: {named}" if named else AS_EVER if brought is None else "of the room")


def _met(persona: Persona, words: dict[str, str]) -> tuple[str, ...]:
    """The words of a topic that a persona stands for, as they are written there."""
    known = _weights(persona, words)
    return tuple(word for stem, word in words.items() if known.get(stem, 0) > PASSING)


def _quoted(words: Iterable[str]) -> list[str]:
    return [f"“{word}”" for word in words]


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
