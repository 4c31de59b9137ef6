"""Rules that give each option a score: what it is, and the best and the worst that one more ballot could make of it.

For these rules nobody need be counted again to know whether a ballot could matter. A ballot that puts y first and a
last lifts y as high and sinks a as deep as any ballot can, at once; so a rule's winners can change if, and only if,
that ballot changes who of some y and a is ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

from agentchat.voting.pairwise import Pairs, add, compare
from agentchat.voting.profile import Profile, Voice, members


class Standing(Protocol):
    """Scores as whole numbers that compare as the rule compares them."""

    def scores(self) -> Mapping[int, Fraction]:
        """In the rule's unit."""
        ...

    def bounds(self, voice: Voice | None, weight: int) -> tuple[list[int], list[int]]:
        """By option: the most and the least it can have, if `weight` were to vote otherwise than `voice` did.

        Without a voice the weight is yet to come.
        """
        ...


@dataclass(frozen=True, slots=True)
class Positional:
    """A score that is the sum of what each ballot gives, per weight of the ballots that could give any."""

    profile: Profile
    gives: Callable[[Voice], Sequence[tuple[int, int]]]
    """What a ballot gives, by place, 0 to `full`."""
    full: int
    unit: int
    """One vote or point, in what `gives` is counted in."""
    got: list[int]
    per: list[int]
    """Points are worth this much, so that all options are of `whole` ballots."""
    whole: int

    @classmethod
    def of(
        cls,
        profile: Profile,
        gives: Callable[[Voice], Sequence[tuple[int, int]]],
        full: int,
        unit: int,
        outstanding: int = 0,
    ) -> Positional:
        """Add up what the ballots give."""
        got = [0] * len(profile.options)
        for voice, weight in profile.voices.items():
            for place, points in gives(voice):
                got[place] += points * weight
        exposure = [weight + outstanding for weight in profile.exposure]
        whole = lcm(*{weight for weight in exposure if weight})
        per = [whole // weight if weight else 0 for weight in exposure]
        return cls(profile, gives, full, unit, got, per, whole)

    def scores(self) -> Mapping[int, Fraction]:
        """In votes or points."""
        valid = self.profile.valid
        return {place: self.share(got * self.per[place]) * valid for place, got in enumerate(self.got)}

    def share(self, score: int) -> Fraction:
        """A bound as votes or points of one ballot: of 0 to 1 where a ballot has one vote."""
        return Fraction(score, self.whole * self.unit)

    def bounds(self, voice: Voice | None, weight: int) -> tuple[list[int], list[int]]:
        """See Standing."""
        slate = self.profile.everyone if voice is None else voice.slate
        least = list(self.got)
        for place, points in self.gives(voice) if voice is not None else ():
            least[place] -= points * weight
        most = [got + self.full * weight if slate >> place & 1 else got for place, got in enumerate(least)]
        return self._compared(most), self._compared(least)

    def _compared(self, got: Sequence[int]) -> list[int]:
        return [points * per for points, per in zip(got, self.per, strict=True)]


Worth = Callable[[Sequence[int], Sequence[int], Sequence[int]], int]
"""The score of an option from its comparisons: the weight for it, against it, and what a unit is worth in each. The one
with itself is 0 to 0."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A score that is made of an option's comparisons with each other one."""

    profile: Profile
    pairs: Pairs
    worth: Worth
    unit: Fraction
    """What a score is divided by to be in the rule's unit."""

    def scores(self) -> Mapping[int, Fraction]:
        """In points, wins or votes."""
        return {
            place: self.worth(*_row(self.pairs.prefer, place), self.pairs.per[place]) / self.unit
            for place in range(len(self.profile.options))
        }

    def bounds(self, voice: Voice | None, weight: int) -> tuple[list[int], list[int]]:
        """See Standing."""
        slate = self.profile.everyone if voice is None else voice.slate
        prefer = self.pairs.prefer
        if voice is not None:
            prefer = [list(row) for row in prefer]
            add(prefer, voice, -weight)
        most, least = [], []
        for place, per in enumerate(self.pairs.per):
            could = slate & ~(1 << place) if slate >> place & 1 else 0
            gain = [weight if could >> other & 1 else 0 for other in range(len(per))]
            won, lost = _row(prefer, place)
            most.append(self.worth([a + b for a, b in zip(won, gain, strict=True)], lost, per))
            least.append(self.worth(won, [a + b for a, b in zip(lost, gain, strict=True)], per))
        return most, least


def _row(prefer: Sequence[Sequence[int]], place: int) -> tuple[list[int], list[int]]:
    """An option's comparisons: the weight for it, and against it."""
    return list(prefer[place]), [row[place] for row in prefer]


# ── what each rule gives ────────────────────────────────────────────────────────────────────────────────────────────


def first_places(profile: Profile, outstanding: int = 0) -> Positional:
    """A vote for the first option; options tied first share it equally."""
    return _shared(profile, 0, outstanding)


def last_places(profile: Profile) -> Positional:
    """The same for the last."""
    return _shared(profile, -1)


def _shared(profile: Profile, tier: int, outstanding: int = 0) -> Positional:
    full = lcm(*{voice.tiers[tier].bit_count() for voice in profile.voices})

    def gives(voice: Voice) -> Sequence[tuple[int, int]]:
        each = full // voice.tiers[tier].bit_count()
        return [(place, each) for place in members(voice.tiers[tier])]

    return Positional.of(profile, gives, full, full, outstanding)


def marks(profile: Profile, outstanding: int = 0) -> Positional:
    """Approvals, or scores."""
    return Positional.of(profile, lambda voice: list(enumerate(voice.marks)), profile.limit, profile.unit, outstanding)


def borda_points(profile: Profile, outstanding: int = 0, pairs: Pairs | None = None) -> Paired:
    """0 for the last to n-1 for the first: those beaten, and half of those tied."""
    pairs = pairs or compare(profile, outstanding)

    def worth(won: Sequence[int], lost: Sequence[int], per: Sequence[int]) -> int:
        return sum((a - b) * each for a, b, each in zip(won, lost, per, strict=True)) + pairs.whole * (len(per) - 1)

    return Paired(profile, pairs, worth, Fraction(2 * pairs.whole * profile.scale, profile.total or 1))


def copeland_wins(profile: Profile, outstanding: int = 0, pairs: Pairs | None = None) -> Paired:
    """A win is 1, a tie 1/2."""

    def worth(won: Sequence[int], lost: Sequence[int], per: Sequence[int]) -> int:
        return sum((a > b) - (a < b) for a, b in zip(won, lost, strict=True)) + len(per) - 1

    return Paired(profile, pairs or compare(profile, outstanding), worth, Fraction(2))


def worst_defeat(profile: Profile, outstanding: int = 0, pairs: Pairs | None = None) -> Paired:
    """The votes for the winner of the heaviest defeat, below zero: less is worse."""
    pairs = pairs or compare(profile, outstanding)

    def worth(won: Sequence[int], lost: Sequence[int], per: Sequence[int]) -> int:
        return -max(b * each if b > a else 0 for a, b, each in zip(won, lost, per, strict=True))

    return Paired(profile, pairs, worth, Fraction(pairs.whole * profile.scale, profile.total or 1))
