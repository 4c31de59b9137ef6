"""Whether a count is a decision: quorum, abstentions, ties."""

from __future__ import annotations

from fractions import Fraction

import pytest

from agentchat.voting import Ballot, Chain, Decision, Pick, decision, tally


def room(yes: int, no: int, abstained: int = 0, missing: int = 0, invalid: int = 0, **settings: Fraction) -> Decision:
    votes = [Ballot(Pick("yes"))] * yes + [Ballot(Pick("no"))] * no
    votes += [Ballot(status="abstained")] * abstained + [Ballot(status="missing")] * missing
    votes += [Ballot(status="invalid")] * invalid
    count = tally("majority", ["yes", "no"], votes, ties=Chain(steps=()))
    return decision(count, eligible=Fraction(len(votes)), **settings)


def test_a_majority_with_a_quorum_is_a_decision() -> None:
    made = room(yes=3, no=1, missing=2)
    assert (made.made, made.winner, made.quorum_met) == (True, "yes", True)
    assert made.present == made.needed == 4
    assert made.reason == "yes by majority; 4 of 6 took part."


@pytest.mark.parametrize("apart", ["missing", "invalid"])
def test_a_ballot_that_did_not_come_or_cannot_be_read_is_not_present(apart: str) -> None:
    short = room(yes=3, no=0, **{apart: 2})  # type: ignore[arg-type]
    assert (short.made, short.winner, short.quorum_met) == (False, None, False)
    assert short.reason == "No quorum: 3 of 5 took part, 3.33 were needed."


def test_an_abstention_counts_toward_the_quorum_and_not_toward_the_result() -> None:
    assert room(yes=2, no=1, abstained=3).winner == "yes"


def test_more_than_half_abstaining_is_no_decision() -> None:
    assert room(yes=2, no=0, abstained=2).made
    most = room(yes=2, no=0, abstained=3)
    assert not most.made
    assert most.quorum_met
    assert most.reason == "3 of 5 abstained, more than half."


def test_no_majority_is_no_decision() -> None:
    assert room(yes=2, no=2).reason == "No option has the majority it needs."


def test_a_tie_nothing_settles_is_no_decision() -> None:
    votes = [Ballot(Pick("yes")), Ballot(Pick("no"))]
    level = decision(tally("plurality", ["yes", "no"], votes), eligible=Fraction(2))
    assert not level.made
    assert level.reason == "yes and no are tied, and nothing that was declared settles it."
    drawn = decision(tally("plurality", ["yes", "no"], votes, ties=Chain(seed=1)), eligible=Fraction(2))
    assert drawn.made


def test_several_seats_are_a_decision_without_one_winner() -> None:
    votes = [Ballot(Pick("A")), Ballot(Pick("B"))]
    seated = decision(tally("stv", ["A", "B", "C"], votes, seats=2), eligible=Fraction(2))
    assert (seated.made, seated.winner) == (True, None)


def test_nobody_voting_is_no_decision_even_without_a_quorum() -> None:
    assert room(yes=0, no=0, missing=3, quorum=Fraction(0)).reason == "There is no valid ballot."
