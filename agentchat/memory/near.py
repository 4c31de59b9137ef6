"""Which of what a persona held is near a topic, and how it is told: a line a session and question, within a budget.

By words alone, as personas are suggested: each word the topic shares counts for as much as it is rare among all that is
kept, and more where it was in the question itself. Among equals the newest comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from agentchat.capability import stems
from agentchat.memory.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from agentchat.memory.facts import Fact, What

SHARED = 2
"""Words that must be shared, where none that tells something is shared with the question itself."""

FEW = 4
"""Lines among which every word tells something."""

LATER = 0.5
"""What a word counts that is not in the question but in what was said on it."""

ASKED = 80
"""Characters of a question in a line."""

MOST = 2
"""Things said, decided or left open that a line tells, the last ones."""

LONG = 40
"""Characters from which a decision is not told twice, where the persona had said the same."""

SHORT = 24
"""Words of a sentence for a very small model."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact as it is kept: with its session, and the stems of its words."""

    session: str
    fact: Fact
    asked: frozenset[str] = frozenset()
    """Those of its question."""
    words: frozenset[str] = frozenset()
    """Those of its text, and of what came of it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one persona held on one question of one session."""

    facts: tuple[Kept, ...]
    """Oldest first."""

    @property
    def first(self) -> Kept:
        """Where it comes from: what the persona said itself, else what was decided."""
        order: Mapping[What, int] = {"said": 0, "left": 1, "decided": 2}
        return min(self.facts, key=lambda one: order[one.fact.what])

    @property
    def at(self) -> datetime:
        """When it was held last."""
        return max(one.fact.at for one in self.facts)

    @property
    def asked(self) -> frozenset[str]:
        """The stems of the question."""
        return frozenset(stem for one in self.facts for stem in one.asked)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of all of it."""
        return self.asked.union(*(one.words for one in self.facts))

    @property
    def held(self) -> Held:
        """As it is given: a row a thing where it is shown, one line where it is sent."""
        first, ids = self.first, tuple(one.fact.id for one in self.facts)
        place = (first.session, first.fact.seq, ids)
        return Held(first.fact.id, self._line(), self._short(), *place)

    def _line(self) -> str:
        first = self.first
        said, decided, left = (self._texts(what) for what in ("said", "decided", "left"))
        parts = [f"you {one}" for one in said]
        same = bool(decided) and all(len(one) > LONG and any(one in own for own in said) for one in decided)
        parts += ["and so the room decided" if same else f"the room decided: {'; '.join(decided)}"] if decided else []
        parts += [f"you left open: {'; '.join(left)}"] if left else []
        turned = dict.fromkeys(one.fact.turned_out for one in self.facts if one.fact.turned_out)
        parts += [f"it turned out: {'; '.join(turned)}"] if turned else []
        asked = first.fact.question if len(first.fact.question) <= ASKED else first.fact.question[: ASKED - 1] + "…"
        return f"{self.at:%Y-%m-%d}, “{asked}” ({first.session[:4]} #{first.fact.seq}):\n" + ";\n".join(parts)

    def _short(self) -> str:
        said, decided = self._texts("said"), self._texts("decided")
        text = f"Before, you {said[-1]}" if said else f"Before, the room decided {decided[-1]}" if decided else ""
        words = text.translate(_QUOTES).split()
        return " ".join(words[:SHORT]).rstrip(".,;:…") + "." if words else ""

    def _texts(self, what: What) -> list[str]:
        return [*dict.fromkeys(one.fact.text for one in self.facts if one.fact.what == what)][-MOST:]


_QUOTES = str.maketrans("", "", "“”")


def lines(kept: Iterable[Kept]) -> tuple[Remembered, ...]:
    """What one persona holds, a line a session and question, the newest first."""
    groups: dict[tuple[str, str], list[Kept]] = {}
    for one in kept:
        groups.setdefault((one.session, one.fact.question), []).append(one)
    found = [Remembered(tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def chosen(
    remembered: Sequence[Remembered], topic: str, budget: int, cost: Callable[[str], int]
) -> tuple[Remembered, ...]:
    """Those near a topic, the nearest first, as many as a budget of tokens holds; `cost` says what a line takes."""
    spread = Counter(stem for one in remembered for stem in one.stems)
    few, wanted = len(remembered) < FEW, stems(topic)
    rare = {stem: log(1 + (1 + len(remembered)) / (1 + spread[stem])) for stem in wanted}
    telling = {stem for stem in wanted if few or 2 * spread[stem] <= len(remembered)}
    near = [
        (sum(rare[stem] * (1 if stem in one.asked else LATER) for stem in shared), one)
        for one in remembered
        if (shared := one.stems & rare.keys()) and (len(shared) >= SHARED or shared & one.asked & telling)
    ]
    near.sort(key=lambda pair: -pair[0])  # the newest of equals stays first
    taken: list[Remembered] = []
    for _, one in near:
        if (needs := cost(one.held.line)) <= budget:
            budget -= needs
            taken.append(one)
    return tuple(taken)
