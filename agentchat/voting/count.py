"""What a rule is given and what it gives back; ties are in both, and settled outside the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from agentchat.voting.pairwise import Pairs, compare
from agentchat.voting.phrasing import listed, standings
from agentchat.voting.profile import Profile, Reads
from agentchat.voting.result import Round, TieBreak
from agentchat.voting.standing import Standing, first_places, last_places
from agentchat.voting.ties import USUAL, Chain

Score = TypeVar("Score", int, Fraction)


@dataclass(frozen=True)
class Poll:
    """The ballots a rule counts, and what the room declared."""

    profile: Profile
    seats: int = 1
    threshold: Fraction = Fraction(1, 2)
    ties: Chain = USUAL
    bare: bool = False
    """Only who wins is asked: what is to be told may be left out."""

    @cached_property
    def pairs(self) -> Pairs:
        """All options compared; worked out once."""
        return compare(self.profile)

    @cached_property
    def firsts(self) -> Mapping[int, Fraction]:
        """First places of each option."""
        return first_places(self.profile).scores()

    @cached_property
    def lasts(self) -> Mapping[int, Fraction]:
        """Last places of each option."""
        return last_places(self.profile).scores()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule alone comes to; options by their places."""

    winners: tuple[int, ...]
    ordering: tuple[tuple[int, ...], ...] | None = None
    scores: Mapping[int, Fraction] | None = None
    rounds: tuple[Round, ...] | None = None
    unit: str = "votes"
    margin: Fraction | None = None
    tie: TieBreak | None = None
    """A tie the rule had to settle to go on."""
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rule counts, and what is known of it."""

    count: Callable[[Poll], Outcome]
    reads: Reads = "order"
    standing: Callable[[Profile, int], Standing] | None = None
    """The score whose highest wins, by the ballots and the weight that may still come; None where it is no score."""
    barred: bool = False
    """The highest share must reach the threshold too."""
    majoritarian: bool = False
    """Whoever is first on more than half of the ballots wins."""
    pairwise: bool = False
    """Compares every two options."""
    several: bool = False
    """Fills seats."""

    @property
    def condorcet(self) -> bool:
        """Whether who beats every other wins; only asked of a rule without a score."""
        return self.pairwise and self.standing is None


def ladder(scores: Mapping[int, Score]) -> tuple[tuple[int, ...], ...]:
    """Options from the highest score to the lowest, equal ones together in declared order."""
    levels: dict[Score, list[int]] = {}
    for place in sorted(scores):
        levels.setdefault(scores[place], []).append(place)
    return tuple(tuple(levels[score]) for score in sorted(levels, reverse=True))


def lead(scores: Mapping[int, Fraction], winners: Sequence[int]) -> Fraction | None:
    """By how much the winner leads the next; None where there is no winner or no next."""
    if not winners or len(scores) < 2:
        return None
    if len(winners) > 1:
        return Fraction(0)
    return scores[winners[0]] - max(score for place, score in scores.items() if place != winners[0])


def by_score(profile: Profile, scores: Mapping[int, Fraction], unit: str) -> Outcome:
    """The highest score wins."""
    ordering = ladder(scores)
    winners = ordering[0]
    how = f"{listed(profile.names(winners))} {'tie' if len(winners) > 1 else 'has the most'}."
    trace = (f"{unit.capitalize()}: {standings(named(profile, scores))}.", how)
    return Outcome(winners, ordering, scores, unit=unit, margin=lead(scores, winners), trace=trace)


def finalists(ordering: tuple[tuple[int, ...], ...]) -> Iterable[tuple[int, int]]:
    """Every pair of the best two that some order of breaking ties gives."""
    first = ordering[0]
    if len(first) > 1:
        return [(one, other) for one in first for other in first if one < other]
    return [(first[0], other) for other in ordering[1]] if len(ordering) > 1 else []


def winners_first(winners: Iterable[int], ordering: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """An ordering with the winners put before all others."""
    top = tuple(sorted(winners))
    rest = (tuple(place for place in tier if place not in top) for tier in ordering)
    return (top, *(tier for tier in rest if tier))


def named(profile: Profile, scores: Mapping[int, Fraction]) -> dict[str, Fraction]:
    """By the options' names."""
    return {profile.options[place]: value for place, value in scores.items()}
