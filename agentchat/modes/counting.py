"""How a room counts: which ballots and which rule for a question, and a count as it goes on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agentchat.modes.ballots import number
from agentchat.voting import Chain, decision, tally, xray

if TYPE_CHECKING:
    from agentchat.voting import Ballot, Round, Tally

FAMILIES: Mapping[str, str] = {
    "majority": "pick",
    "plurality": "pick",
    "approval": "approval",
    "spav": "approval",
    "score": "scores",
    "star": "scores",
}
"""The ballots that say most to a rule without asking more than it needs; every other rule reads rankings."""

HALF = Fraction(1, 2)

SEVERAL = ("stv", "spav")
"""The rules that fill seats."""

MOST_PICKED, MOST_RANKED = 3, 7
"""Options up to which a voter picks one, or ranks them; of more it approves (EVIDENCE §3)."""


def fits(rule: str, family: str) -> bool:
    """Whether a rule reads such ballots."""
    match FAMILIES.get(rule):
        case "scores":
            return family == "scores"
        case "approval":
            return family in ("approval", "pick")
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Method:
    """The rule of a vote, and the ballots it is given."""

    rule: str
    family: str
    seats: int = 1
    threshold: Fraction = Fraction(1, 2)

    def tally(self, options: Sequence[str], ballots: Sequence[Ballot], ties: Chain) -> Tally:
        """The count, without who was pivotal."""
        seats, threshold = self.seats, self.threshold
        return tally(self.rule, options, ballots, seats=seats, threshold=threshold, ties=ties, pivotal=False)

    def open(self, count: Tally) -> bool:
        """Whether more are left as winners than there are seats."""
        return len(count.elected) > self.seats


def method(rule: str, family: str, options: int, seats: int, threshold: Fraction) -> Method:
    """The rule for a question, where none is named, and the ballots for a rule.

    Up to three options: plurality; to seven: Borda; more: approval; where a threshold above half is declared: majority;
    several seats: STV. Where only the ballots are named: plurality or majority, approval, Borda, STAR. A rule that
    cannot read the ballots it gets gives way to one that can.

    Half against half is a tie, so that the declared chain settles it; by `majority` it is no majority, and no more.
    """
    seats = min(seats, options)
    if rule != "auto" and (family == "auto" or fits(rule, family)) and (seats == 1 or rule in SEVERAL):
        return Method(rule, FAMILIES.get(rule, "ranking") if family == "auto" else family, seats, threshold)
    if family == "auto":
        few = (
            "pick"
            if options <= MOST_PICKED or threshold > HALF
            else "ranking"
            if options <= MOST_RANKED
            else "approval"
        )
        family = "ranking" if seats > 1 else few
    if seats > 1:
        return Method("spav" if family in ("approval", "pick") else "stv", family, seats, threshold)
    pick = "majority" if threshold > HALF else "plurality"
    usual = {"pick": pick, "approval": "approval", "ranking": "borda", "scores": "star"}
    return Method(usual[family], family, seats, threshold)


def counted(
    how: Method, options: Sequence[str], ballots: Sequence[Ballot], ties: Chain, quorum: Fraction, eligible: int
) -> dict[str, JsonValue]:
    """The part of `votes_counted` that any program can work out anew from its ballots."""
    seen = xray(options, ballots, rule=how.rule, seats=how.seats, threshold=how.threshold, ties=ties)
    verdict = decision(seen.chosen, quorum=quorum, eligible=Fraction(eligible))
    others: list[JsonValue] = [
        {"rule": one.rule, "winners": [*one.winners], "margin": _number(one.margin)} for one in seen.others
    ]
    return {
        "family": how.family,
        "rule": how.rule,
        "seats": how.seats,
        "threshold": number(how.threshold),
        "result": result(seen.chosen),
        "others": others,
        "disagreeing": [*seen.disagreeing],
        "quorum": {
            "met": verdict.quorum_met,
            "needed": number(verdict.needed),
            "present": number(verdict.present),
            "eligible": eligible,
            "least": number(quorum),
        },
        "decided": verdict.made and not how.open(seen.chosen),
    }


def result(count: Tally) -> dict[str, JsonValue]:
    """A tally as JSON has it."""
    found, tie = count.condorcet, count.tie
    return {
        "rule": count.rule,
        "winners": [*count.winners],
        "elected": [*count.elected],
        "ordering": None if count.ordering is None else [[*tier] for tier in count.ordering],
        "rounds": None if count.rounds is None else [_round(one) for one in count.rounds],
        "scores": _numbers(count.scores),
        "unit": count.unit,
        "confidence": _number(count.confidence),
        "valid": number(count.valid),
        "abstained": number(count.abstained),
        "invalid": number(count.invalid),
        "missing": number(count.missing),
        "margin": _number(count.margin),
        "pivotal": None if count.pivotal is None else [*count.pivotal],
        "condorcet": None if found is None else {"winner": found.winner, "loser": found.loser, "cycle": [*found.cycle]},
        "tie": None
        if tie is None
        else {
            "among": [*tie.among],
            "step": tie.step,
            "winners": [*tie.winners],
            "note": tie.note,
            "seed": tie.seed,
        },
        "trace": [*count.trace],
    }


def _round(one: Round) -> dict[str, JsonValue]:
    return {"counts": _numbers(one.counts), "eliminated": [*one.out], "elected": [*one.elected], "note": one.note}


def _numbers(counts: Mapping[str, Fraction] | None) -> dict[str, JsonValue] | None:
    return None if counts is None else {option: number(count) for option, count in counts.items()}


def _number(exact: Fraction | None) -> int | float | None:
    return None if exact is None else number(exact)
