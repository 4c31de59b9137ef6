"""Ties are settled by a chain that was declared before, and by nothing else; the result says which step did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Protocol

from agentchat.voting.ballot import Ballot
from agentchat.voting.pairwise import MOST_COMPARED, Pairs
from agentchat.voting.phrasing import amount, listed
from agentchat.voting.profile import Profile, profile as read
from agentchat.voting.result import TieBreak

STEPS = ("pairwise", "first-places", "last-places", "casting", "lot")


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps tried one after another until one option is left; each keeps the best by its measure.

    `pairwise`: those whom none of the tied beats, two by two; skipped where there are too many options to compare.
    `first-places`: most first places. `last-places`: fewest last places. `casting`: the ballot of the person or chair,
    named before the vote; without one the step is skipped. `lot`: drawn from the seed, so that it can be drawn again;
    without one it is skipped.
    """

    steps: tuple[str, ...] = STEPS
    casting: Ballot | None = None
    seed: int | None = None


USUAL = Chain()


class Measures(Protocol):
    """What a tie is measured by; each worked out once."""

    @property
    def profile(self) -> Profile:
        """The ballots."""
        ...

    @property
    def pairs(self) -> Pairs:
        """All options compared."""
        ...

    @property
    def firsts(self) -> Mapping[int, Fraction]:
        """First places of each option."""
        ...

    @property
    def lasts(self) -> Mapping[int, Fraction]:
        """Last places of each option."""
        ...


def settle(chain: Chain, tied: Iterable[int], by: Measures, *, last: bool = False) -> TieBreak:
    """Narrow a tie down to one option, the best or the `last`, or as far as the chain goes."""
    left, profile = tuple(sorted(tied)), by.profile
    among, notes = left, list[str]()
    for step in chain.steps:
        kept, note = _narrowed(chain, step, left, by, -1 if last else 1)
        if len(kept) < len(left):
            notes.append(f"{step}: {note}")
            left = kept
        if len(left) == 1:
            seed = chain.seed if step == "lot" else None
            return TieBreak(profile.names(among), step, profile.names(left), "; ".join(notes), seed)
    return TieBreak(profile.names(among), "", profile.names(left), "; ".join(notes))


def _narrowed(chain: Chain, step: str, tied: tuple[int, ...], by: Measures, sign: int) -> tuple[tuple[int, ...], str]:
    profile = by.profile
    match step:
        case "pairwise":
            if len(profile.options) > MOST_COMPARED:
                return tied, ""
            beats = by.pairs.beats
            worse = {(one, other)[sign > 0] for one in tied for other in tied if beats(one, other)}
            kept = tuple(place for place in tied if place not in worse) or tied
            return kept, f"{listed(profile.names(kept))} {'loses to' if sign > 0 else 'beats'} none of the tied"
        case "first-places":
            return _most(tied, by.firsts, profile, "first places", sign)
        case "last-places":
            return _most(tied, by.lasts, profile, "last places", -sign)
        case "casting":
            if chain.casting is None:
                return tied, ""
            voices = read(profile.options, (chain.casting,), "order", Fraction(profile.limit, profile.unit)).voices
            tiers = [tuple(place for place in tied if tier >> place & 1) for voice in voices for tier in voice.tiers]
            kept = next((tier for tier in tiers[::sign] if tier), tied)
            where = "first" if sign > 0 else "last"
            return kept, f"{chain.casting.voter or 'the casting ballot'} puts {listed(profile.names(kept))} {where}"
        case "lot":
            if chain.seed is None:
                return tied, ""
            lots = {sha256(f"{chain.seed}\0{profile.options[place]}".encode()).digest(): place for place in tied}
            drawn = lots[min(lots) if sign > 0 else max(lots)]
            return (drawn,), f"{profile.options[drawn]} drawn with seed {chain.seed}"
        case _:
            raise ValueError(f"no step of a tie chain: {step}")


def _most(
    tied: tuple[int, ...], scores: Mapping[int, Fraction], profile: Profile, what: str, sign: int
) -> tuple[tuple[int, ...], str]:
    best = max(sign * scores[place] for place in tied)
    kept = tuple(place for place in tied if sign * scores[place] == best)
    counts = ", ".join(f"{profile.options[place]} {amount(scores[place])}" for place in tied)
    return kept, f"{counts} {what}"
