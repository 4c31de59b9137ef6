"""Whether a count is a decision: enough took part, most of them did not abstain, one option came out (EVIDENCE §3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from agentchat.voting.phrasing import amount, listed
from agentchat.voting.result import Tally


@dataclass(frozen=True, slots=True)
class Decision:
    """What the room may act on."""

    made: bool
    winner: str | None
    """None where nothing is decided, or several seats are filled."""
    reason: str
    """Why it is, or is not, a decision."""
    quorum_met: bool
    needed: Fraction
    """Ballots that had to be there."""
    present: Fraction
    """Ballots that could be read: valid, or abstained."""


def decision(tally: Tally, *, quorum: Fraction = Fraction(2, 3), eligible: Fraction) -> Decision:
    """Hold a count against the quorum, a share of the weight of those `eligible`.

    An abstention counts toward the quorum and not toward the result; if more than half of those present abstain there
    is no decision. A ballot that cannot be read is not present.
    """
    present = tally.valid + tally.abstained
    needed = quorum * eligible
    met = present >= needed
    winner = tally.elected[0] if len(tally.elected) == 1 else None
    seated = tally.rule in ("stv", "spav") and bool(tally.elected)
    turnout = f"{amount(present)} of {amount(eligible)} took part"
    made = False
    if not met:
        reason = f"No quorum: {turnout}, {amount(needed)} were needed."
    elif 2 * tally.abstained > present:
        reason = f"{amount(tally.abstained)} of {amount(present)} abstained, more than half."
    elif not tally.elected:
        reason = "No option has the majority it needs." if tally.valid else "There is no valid ballot."
    elif winner is None and not seated:
        reason = f"{listed(tally.elected)} are tied, and nothing that was declared settles it."
    else:
        made = True
        reason = f"{listed(tally.elected)} by {tally.rule}; {turnout}."
    return Decision(made, winner if made else None, reason, met, needed, present)
