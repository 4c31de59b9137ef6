"""What a count comes to: the winners, how it came about, and how sure one may be of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a count that has several."""

    counts: Mapping[str, Fraction]
    """Votes or points of each option still in."""
    out: tuple[str, ...] = ()
    """Who was eliminated at its end."""
    elected: tuple[str, ...] = ()
    note: str = ""
    """What happened, in words."""


@dataclass(frozen=True, slots=True)
class Condorcet:
    """The options compared two by two."""

    winner: str | None
    """Beats every other one; None where there is none."""
    loser: str | None
    cycle: tuple[str, ...] = ()
    """Options that beat each other in a ring, `A > B > C > A`; empty where nothing turns in a ring at the top."""
    preferred: Mapping[tuple[str, str], Fraction] | None = None
    """By (one, other): the weight of ballots that prefer one to the other."""


@dataclass(frozen=True, slots=True)
class TieBreak:
    """How a tie was settled: the step of the declared chain that did it."""

    among: tuple[str, ...]
    step: str
    """`pairwise`, `first-places`, `last-places`, `casting`, `lot`; empty where the chain ended and it stays a tie;
    `declared` where a rule for several seats had to go on, by the order of the options."""
    winners: tuple[str, ...]
    note: str = ""
    seed: int | None = None
    """What the lot was drawn from."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The result of one rule on one set of ballots. What a rule has not is None."""

    rule: str
    options: tuple[str, ...]
    """In the order they were declared."""
    winners: tuple[str, ...]
    """All who win by the rule alone, in declared order: several are a tie (or the seats of a rule for several),
    none is no decision."""
    elected: tuple[str, ...]
    """The winners after the declared tie chain; equal to `winners` where nothing was to be settled."""
    ordering: tuple[tuple[str, ...], ...] | None
    """From first to last, ties together."""
    rounds: tuple[Round, ...] | None
    scores: Mapping[str, Fraction] | None
    """Votes, points or wins of each option, as the rule counts them."""
    unit: str
    """What `scores` and `margin` are counted in: `votes`, `points`, `wins`."""
    confidence: Fraction | None
    """The share of the valid ballots that put the winner first (approval: that approve of it), 0 to 1. Never a voter's
    own word."""
    valid: Fraction
    abstained: Fraction
    invalid: Fraction
    """Weight of the ballots that came and cannot be read, or do not say what the rule needs."""
    missing: Fraction
    margin: Fraction | None
    """By how much the winner leads the next, in `unit`; 0 in a tie."""
    pivotal: tuple[str, ...] | None
    """Voters each of whom alone, by another ballot, could have changed the winners; `#3` for the third ballot, where it
    has no name. None where it was not worked out."""
    condorcet: Condorcet | None
    tie: TieBreak | None
    trace: tuple[str, ...]
    """How it was counted, line by line, for a person."""
