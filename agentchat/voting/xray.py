"""Ballot X-ray: one set of ballots seen by every rule that can read it, and who could have changed the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from agentchat.voting.ballot import Ballot
from agentchat.voting.pairwise import MOST_COMPARED
from agentchat.voting.profile import profile as read
from agentchat.voting.result import Condorcet, Tally
from agentchat.voting.rules import BY_NAME, tally
from agentchat.voting.ties import USUAL, Chain


@dataclass(frozen=True, slots=True)
class XRay:
    """What is to be known of one vote."""

    chosen: Tally
    """By the room's rule."""
    others: tuple[Tally, ...]
    """By every other rule for one winner that reads all of the ballots."""
    disagreeing: tuple[str, ...]
    """The rules that elect, and none of those the room's rule elects."""
    condorcet: Condorcet | None
    pivotal: tuple[str, ...] | None
    """See `Tally.pivotal`."""
    abstained: tuple[Ballot, ...]
    invalid: tuple[Ballot, ...]
    """Ballots the room's rule cannot read, each with its reason."""
    missing: tuple[Ballot, ...]


def xray(
    options: Sequence[str],
    ballots: Sequence[Ballot],
    *,
    rule: str,
    seats: int = 1,
    threshold: Fraction = Fraction(1, 2),
    top: Fraction = Fraction(5),
    ties: Chain = USUAL,
) -> XRay:
    """Count by the room's rule, and by every other one for one winner that could have been taken for these ballots."""
    chosen = tally(rule, options, ballots, seats=seats, threshold=threshold, top=top, ties=ties)
    names = [
        name
        for name, each in BY_NAME.items()
        if name != rule and not each.several and not (each.pairwise and len(options) > MOST_COMPARED)
    ]
    unread = read(options, ballots, "order", top).rejected
    counts = (tally(name, options, ballots, threshold=threshold, top=top, ties=ties, pivotal=False) for name in names)
    invalid = sum((ballot.weight for ballot in unread), Fraction(0))
    others = tuple(count for count in counts if count.valid and count.invalid == invalid)
    return XRay(
        chosen=chosen,
        others=others,
        disagreeing=tuple(
            count.rule for count in others if count.elected and not set(count.elected) & set(chosen.elected)
        ),
        condorcet=chosen.condorcet,
        pivotal=chosen.pivotal,
        abstained=tuple(ballot for ballot in ballots if ballot.status == "abstained"),
        invalid=read(options, ballots, BY_NAME[rule].reads, top).rejected,
        missing=tuple(ballot for ballot in ballots if ballot.status == "missing"),
    )
