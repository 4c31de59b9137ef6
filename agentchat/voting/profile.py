"""All ballots in the numbers a count works with: options are bits, weights are whole numbers, equal ballots are one.

Nothing is guessed here: what a ballot does not say to a rule makes it invalid for that rule, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Literal, NamedTuple, assert_never

from agentchat.voting.ballot import Approval, Ballot, Opinion, Pick, Ranking, Scores

Reads = Literal["order", "approval", "scores"]
"""What a rule reads in a ballot."""


class Voice(NamedTuple):
    """What a ballot says; a set of options is a whole number with the bit of each option's place."""

    tiers: tuple[int, ...]
    """Best first; together they are the slate."""
    slate: int
    """The options it could speak of."""
    marks: tuple[int, ...] = ()
    """By option: 1 for approved, or the score in units of `1 / Profile.unit`; empty where a rule reads the order."""


class Voter(NamedTuple):
    """One who may be pivotal."""

    name: str
    voice: Voice
    weight: int


@dataclass(frozen=True)
class Profile:
    """The ballots that fit a rule, and the weight of those that do not."""

    options: tuple[str, ...]
    voices: dict[Voice, int]
    """The weight of each, in units of `1 / scale`."""
    voters: tuple[Voter, ...]
    scale: int
    unit: int
    limit: int
    """The highest mark a ballot can give."""
    abstained: Fraction
    missing: Fraction
    rejected: tuple[Ballot, ...]
    """Ballots that cannot be read, or not by this rule; each with its reason."""

    @property
    def everyone(self) -> int:
        """All options as one set."""
        return (1 << len(self.options)) - 1

    @cached_property
    def total(self) -> int:
        """The weight of what is counted, in units of `1 / scale`."""
        return sum(self.voices.values())

    @property
    def valid(self) -> Fraction:
        """The weight of what is counted."""
        return Fraction(self.total, self.scale)

    @cached_property
    def exposure(self) -> tuple[int, ...]:
        """By option: the weight of the ballots that could speak of it."""
        seen = [self.total] * len(self.options)
        for voice, weight in self.voices.items():
            for place in members(self.everyone & ~voice.slate):
                seen[place] -= weight
        return tuple(seen)

    def names(self, places: Iterable[int]) -> tuple[str, ...]:
        """Options by their places, in declared order."""
        return tuple(self.options[place] for place in sorted(places))


def members(mask: int) -> Iterator[int]:
    """The places of a set, in declared order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def profile(options: Sequence[str], ballots: Sequence[Ballot], reads: Reads, top: Fraction) -> Profile:
    """Read the ballots for a rule."""
    places = {option: place for place, option in enumerate(options)}
    scale = lcm(*(ballot.weight.denominator for ballot in ballots))
    scored = [ballot.opinion.scores for ballot in ballots if isinstance(ballot.opinion, Scores)]
    unit = lcm(*(score.denominator for scores in scored for score in scores.values()))
    reader = _Reader(places, reads, unit, int(top * unit))
    voices: dict[Voice, int] = {}
    voters: list[Voter] = []
    rejected: list[Ballot] = []
    apart = {"abstained": Fraction(0), "missing": Fraction(0)}
    for number, ballot in enumerate(ballots, 1):
        if ballot.status in apart:
            apart[ballot.status] += ballot.weight
            continue
        voice = reader.voice(ballot)
        if isinstance(voice, str):
            rejected.append(replace(ballot, opinion=None, status="invalid", reason=voice))
            continue
        weight = ballot.weight.numerator * (scale // ballot.weight.denominator)
        voices[voice] = voices.get(voice, 0) + weight
        # A ballot without a name may stand for many voters, each of one vote.
        voters.append(Voter(ballot.voter or f"#{number}", voice, weight if ballot.voter else min(weight, scale)))
    return Profile(
        options=tuple(options),
        voices=voices,
        voters=tuple(voters),
        scale=scale,
        unit=unit if reads == "scores" else 1,
        limit=reader.limit if reads == "scores" else 1,
        rejected=tuple(rejected),
        **apart,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    places: dict[str, int]
    reads: Reads
    unit: int
    limit: int

    def voice(self, ballot: Ballot) -> Voice | str:
        """What it says to the rule, or why it says nothing."""
        if ballot.status != "valid" or ballot.opinion is None:
            return ballot.reason or "no ballot could be read"
        slate = (1 << len(self.places)) - 1 & ~self.mask(ballot.recused)
        tiers = self.tiers(ballot.opinion)
        if isinstance(tiers, str):
            return tiers
        kept: list[int] = []
        rest = slate
        for tier in tiers:
            if tier & rest:
                kept.append(tier & rest)
                rest &= ~tier
        if rest == slate and not (isinstance(ballot.opinion, Approval) and not ballot.opinion.options):
            return "it names none of the options"
        if rest:
            kept.append(rest)
        marks = self.marks(ballot.opinion, slate)
        return marks if isinstance(marks, str) else Voice(tuple(kept), slate, marks)

    def mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            if name in self.places:
                mask |= 1 << self.places[name]
        return mask

    def tiers(self, opinion: Opinion) -> list[int] | str:
        match opinion:
            case Pick(option):
                return [self.mask((option,))]
            case Approval(options):
                return [self.mask(options)]
            case Ranking(tiers):
                return [self.mask(tier) for tier in tiers]
            case Scores(scores):
                levels: dict[int, int] = {}
                for option, score in scores.items():
                    if option not in self.places:
                        continue
                    mark = self.mark(score)
                    if not 0 <= mark <= self.limit:
                        return f"it gives {option} {score}, and a score is 0 to {Fraction(self.limit, self.unit)}"
                    levels[mark] = levels.get(mark, 0) | 1 << self.places[option]
                return [levels[mark] for mark in sorted(levels, reverse=True)]
            case _:
                assert_never(opinion)

    def mark(self, score: Fraction) -> int:
        return score.numerator * (self.unit // score.denominator)

    def marks(self, opinion: Opinion, slate: int) -> tuple[int, ...] | str:
        match self.reads, opinion:
            case "order", _:
                return ()
            case "scores", Scores(scores):
                given = {self.places[name]: self.mark(score) for name, score in scores.items() if name in self.places}
                return tuple(given.get(place, 0) if slate >> place & 1 else 0 for place in range(len(self.places)))
            case "approval", Pick() | Approval():
                named = (opinion.option,) if isinstance(opinion, Pick) else opinion.options
                approved = self.mask(named) & slate
                return tuple(approved >> place & 1 for place in range(len(self.places)))
            case "approval", _:
                return "it does not say which options would do"
            case _:
                return "it gives no scores"
