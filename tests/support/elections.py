"""Ballots as voting theory writes them: `5 A > B = C`, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from agentchat.voting import Approval, Ballot, Chain, Ranking, Scores, Tally, tally

UNSETTLED = Chain(steps=())
"""A tie stays a tie."""


def ranking(order: str) -> Ranking:
    """`A > B = C`."""
    return Ranking(tuple(frozenset(one.strip() for one in tier.split("=")) for tier in order.split(">")))


def ranked(text: str) -> tuple[Ballot, ...]:
    """A line is a count and an order."""
    lines = (line.strip().partition(" ") for line in text.strip().splitlines())
    return tuple(Ballot(ranking(order), weight=Fraction(int(count))) for count, _, order in lines)


def approving(*lines: tuple[int, str]) -> tuple[Ballot, ...]:
    """A line is a count and the options that would do, a letter each."""
    return tuple(Ballot(Approval(frozenset(options)), weight=Fraction(count)) for count, options in lines)


def scoring(*lines: tuple[int, Mapping[str, int]]) -> tuple[Ballot, ...]:
    """A line is a count and the scores."""
    return tuple(
        Ballot(Scores({option: Fraction(score) for option, score in scores.items()}), weight=Fraction(count))
        for count, scores in lines
    )


def options_of(ballots: Iterable[Ballot]) -> tuple[str, ...]:
    """All options that rankings name, by name."""
    rankings = (one.opinion for one in ballots)
    return tuple(sorted({name for one in rankings if isinstance(one, Ranking) for tier in one.tiers for name in tier}))


def counted(
    rule: str, ballots: str | Sequence[Ballot], options: Iterable[str] = (), *, seats: int = 1, share: str = "1/2"
) -> Tally:
    """The result of a rule; ties stay ties."""
    cast = ranked(ballots) if isinstance(ballots, str) else tuple(ballots)
    named = tuple(options) or options_of(cast)
    threshold = Fraction(share)
    return tally(rule, named, cast, seats=seats, threshold=threshold, ties=UNSETTLED, pivotal=False)


def winners(rule: str, ballots: str | Sequence[Ballot], options: Iterable[str] = (), *, seats: int = 1) -> set[str]:
    """All who win by a rule."""
    return set(counted(rule, ballots, options, seats=seats).winners)
