"""Options compared two by two: who is preferred to whom, the Condorcet check, and the ring at the top if there is one.

A ballot that could not speak of one of two options is left out of their comparison, and strengths are then rates among
those who could compare (EVIDENCE §3), so that an option shown to fewer voters is not the weaker for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from agentchat.voting.profile import Profile, Voice, members
from agentchat.voting.result import Condorcet

Matrix = list[list[int]]

MOST_COMPARED = 300
"""Options that are compared two by two; time and room grow with the square, and the cube for some rules."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The weight of the ballots that prefer each one to each other."""

    prefer: Matrix
    """By place of the one, place of the other; in units of `1 / Profile.scale`."""
    per: Matrix
    """What a unit of weight is worth in each pair, so that all pairs are of `whole` in all."""
    whole: int

    def strength(self, one: int, other: int) -> int:
        """How strongly one is preferred to the other, of `whole`."""
        return self.prefer[one][other] * self.per[one][other]

    def beats(self, one: int, other: int) -> bool:
        """Whether more prefer one to the other than the other way round."""
        return self.prefer[one][other] > self.prefer[other][one]


def compare(profile: Profile, outstanding: int = 0) -> Pairs:
    """Compare all pairs; `outstanding` is weight that may still come to each."""
    size = len(profile.options)
    prefer = [[0] * size for _ in range(size)]
    could = [[profile.total + outstanding] * size for _ in range(size)]
    for voice, weight in profile.voices.items():
        add(prefer, voice, weight)
        for hidden in members(profile.everyone & ~voice.slate):
            for other in range(size):
                # Each pair once, where both are hidden.
                if other != hidden and (voice.slate >> other & 1 or other > hidden):
                    could[hidden][other] -= weight
                    could[other][hidden] -= weight
    whole = lcm(*{weight for row in could for weight in row if weight})
    per = [[whole // weight if weight else 0 for weight in row] for row in could]
    return Pairs(prefer, per, whole)


def add(prefer: Matrix, voice: Voice, weight: int) -> None:
    """Add a ballot to a matrix of preferences; a negative weight takes it out."""
    tiers = [list(members(tier)) for tier in voice.tiers]
    below = [place for tier in tiers for place in tier]
    for tier in tiers:
        del below[: len(tier)]
        for one in tier:
            row = prefer[one]
            for other in below:
                row[other] += weight


def condorcet(profile: Profile, pairs: Pairs) -> Condorcet:
    """The check a result is held against: who beats every other one, who loses to each, and what turns in a ring."""
    places = range(len(profile.options))
    beats = [sum(1 << other for other in places if pairs.beats(one, other)) for one in places]
    others = len(places) - 1
    wins = [mask.bit_count() for mask in beats]
    losses = [sum(mask >> one & 1 for mask in beats) for one in places]
    winner = next((one for one in places if wins[one] == others), None)
    loser = next((one for one in places if others and losses[one] == others), None)
    return Condorcet(
        winner=None if winner is None else profile.options[winner],
        loser=None if loser is None else profile.options[loser],
        cycle=() if winner is not None else tuple(profile.options[place] for place in _ring(beats)),
        preferred={
            (profile.options[one], profile.options[other]): Fraction(pairs.prefer[one][other], profile.scale)
            for one in places
            for other in places
            if one != other
        },
    )


def _ring(beats: Sequence[int]) -> list[int]:
    """A shortest ring among options that nothing outside their ring beats; empty where there is none."""
    reach = list(beats)
    for via in range(len(reach)):
        for one, mask in enumerate(reach):
            if mask >> via & 1:
                reach[one] |= reach[via]
    for start, mask in enumerate(reach):
        if mask >> start & 1 and all(mask >> other & 1 for other, back in enumerate(reach) if back >> start & 1):
            paths = [[start]]
            seen = 0
            while True:
                path = paths.pop(0)
                if beats[path[-1]] >> start & 1:
                    return path
                fresh = beats[path[-1]] & ~seen
                seen |= fresh
                paths += ([*path, place] for place in members(fresh))
    return []
