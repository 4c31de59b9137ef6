"""Ballots as the room took them: read off turns, exactly as far as they were said, and what changed between two votes.

A ballot that did not come is missing, one that cannot be read is invalid, and neither is ever filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agentchat.kinds.ballot import ABSTAIN
from agentchat.voting import Approval, Ballot, Pick, Ranking, Scores, Tier

if TYPE_CHECKING:
    from agentchat.transcript import Turn
    from agentchat.voting import Opinion

FEWEST = 3
"""Ballots that can be unanimous: two who agree at once are no crowd."""

FRAGILE = Fraction(6, 10)
"""Agreement of a voter's two orders (Kendall's tau) below which a vote is called fragile (EVIDENCE §3)."""


def ballot_of(turn: Turn, options: Sequence[str] = ()) -> Ballot:
    """The ballot of a turn. Options that were not shown to the voter are its recused ones."""
    blank = Ballot(voter=turn.start.speaker, recused=frozenset(options) - frozenset(turn.start.choices))
    end, data = turn.end, turn.data
    if end is None:
        return replace(blank, status="missing", reason="it is not in yet")
    if end.speaker != blank.voter:
        return replace(blank, status="missing", reason=f"{end.speaker} stood in, and nobody votes for another")
    match end.outcome:
        case "passed":
            return replace(blank, status="abstained", reason=end.text)
        case "structured" if data.get("abstain") is True or data.get("vote") == ABSTAIN:
            return replace(blank, status="abstained", reason=str(data.get("why") or ""))
        case "structured" if opinion := _opinion(turn.start.kind, data):
            return replace(blank, opinion=opinion)
        case "structured":
            return replace(blank, status="invalid", reason="it says nothing of the options")
        case "failed" if end.error_kind == "invalid_answer":
            return replace(blank, status="invalid", reason=end.error or "it could not be read")
        case outcome:
            return replace(blank, status="missing", reason=end.error or outcome)


def entry(turn: Turn, ballot: Ballot, options: Sequence[str]) -> dict[str, JsonValue]:
    """A ballot as it is recorded: what a ballot file holds of it, and what was shown to the voter."""
    return {
        "voter": ballot.voter,
        "status": ballot.status,
        **_said(ballot.opinion, options),
        "weight": number(ballot.weight),
        "recused": [option for option in options if option in ballot.recused],
        "shown": [*turn.start.choices],
        "why": str(turn.data.get("why") or ""),
        "reason": ballot.reason,
    }


def tiers(ballot: Ballot, options: Iterable[str]) -> tuple[Tier, ...]:
    """The order a ballot gives these options, best first, those it leaves out last; empty where it is not valid."""
    if ballot.status != "valid" or ballot.opinion is None:
        return ()
    left = frozenset(options) - ballot.recused
    order: list[Tier] = []
    for tier in _tiers(ballot.opinion):
        if kept := tier & left:
            order.append(kept)
            left -= kept
    return (*order, left) if left else tuple(order)


def favourites(ballot: Ballot, options: Iterable[str]) -> Tier:
    """What a ballot puts first; nothing where it holds all equal."""
    order = tiers(ballot, options)
    return order[0] if len(order) > 1 or (order and len(order[0]) == 1) else frozenset()


def unanimous(ballots: Sequence[Ballot], options: Sequence[str]) -> str | None:
    """The option that everyone puts first who could choose it, and nobody kept back."""
    if len(ballots) < FEWEST or any(ballot.status != "valid" for ballot in ballots):
        return None
    for option in options:
        free = [ballot for ballot in ballots if option not in ballot.recused]
        if len(free) > 1 and all(favourites(ballot, options) == {option} for ballot in free):
            return option
    return None


def changed(before: Iterable[Ballot], after: Iterable[Ballot], options: Sequence[str]) -> list[str]:
    """Who now orders the options otherwise; who has no readable ballot in both is not known to have moved."""
    first = {ballot.voter: ballot for ballot in before if ballot.status in ("valid", "abstained")}
    known = [ballot for ballot in after if ballot.voter in first and ballot.status in ("valid", "abstained")]
    return [ballot.voter for ballot in known if tiers(ballot, options) != tiers(first[ballot.voter], options)]


def agreement(one: Ballot, other: Ballot, options: Sequence[str]) -> Fraction:
    """How far two orders agree (Kendall's tau-b without its root): 1 the same, -1 reversed."""
    ranks = [{name: at for at, tier in enumerate(tiers(b, options)) for name in tier} for b in (one, other)]
    both = [option for option in options if all(option in rank for rank in ranks)]
    pairs = [[rank[a] - rank[b] for rank in ranks] for at, a in enumerate(both) for b in both[at + 1 :]]
    said = [x * y for x, y in pairs if x or y]
    if not said:
        return Fraction(one.status == other.status)
    return Fraction(sum((product > 0) - (product < 0) for product in said), len(said))


def number(exact: Fraction) -> int | float:
    """A fraction as JSON has it."""
    return exact.numerator if exact.denominator == 1 else float(exact)


def _opinion(kind: str, data: Mapping[str, JsonValue]) -> Opinion | None:
    match kind, data:
        case "pick", {"vote": str(option)}:
            return Pick(option)
        case "approval", {"approve": list(approved)}:
            return Approval(frozenset(map(str, approved)))
        case "ranking", {"ranking": list(ranking)}:
            return Ranking(tuple(frozenset(map(str, tier)) for tier in ranking if isinstance(tier, list)))
        case "scores", {"scores": dict(scores)}:
            given = {option: score for option, score in scores.items() if isinstance(score, int | float)}
            return Scores({option: Fraction(score).limit_denominator(1000) for option, score in given.items()})
        case _:
            return None


def _tiers(opinion: Opinion) -> Iterable[Tier]:
    match opinion:
        case Pick(option):
            return (frozenset((option,)),)
        case Approval(approved):
            return (approved,)
        case Ranking(order):
            return order
        case Scores(scores):
            levels = sorted(set(scores.values()), reverse=True)
            return tuple(frozenset(option for option, score in scores.items() if score == level) for level in levels)


def _said(opinion: Opinion | None, options: Sequence[str]) -> dict[str, JsonValue]:
    def declared(tier: Tier) -> list[JsonValue]:
        return [option for option in options if option in tier]

    match opinion:
        case None:
            return {}
        case Pick(option):
            return {"pick": option}
        case Approval(approved):
            return {"approve": declared(approved)}
        case Ranking(order):
            return {"ranking": [declared(tier) for tier in order]}
        case Scores(scores):
            return {"scores": {option: number(scores[option]) for option in options if option in scores}}
