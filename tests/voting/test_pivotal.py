"""Who could have changed the winners, and when the rest no longer matters: held against counting every case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.voting import RULES, Approval, Ballot, Opinion, Pick, Ranking, Scores, tally, unassailable
from agentchat.voting.pivotal import WEAK_ORDERS, weak_orders
from agentchat.voting.profile import members

OPTIONS = ("Ada", "Ben", "Cleo")
TOP = Fraction(2)
EVERY_ORDER = [
    Ranking(tuple(frozenset(OPTIONS[place] for place in members(tier)) for tier in tiers)) for tiers in weak_orders(7)
]
EVERY_APPROVAL = [
    Approval(frozenset(name for name, yes in zip(OPTIONS, row, strict=True) if yes))
    for row in product((0, 1), repeat=3)
]
EVERY_SCORE = [
    Scores(dict(zip(OPTIONS, map(Fraction, row), strict=True))) for row in product(range(int(TOP) + 1), repeat=3)
]
READ: dict[str, Sequence[Opinion]] = {
    "approval": EVERY_APPROVAL,
    "spav": EVERY_APPROVAL,
    "score": EVERY_SCORE,
    "star": EVERY_SCORE,
}
EXACT = [rule for rule in RULES if rule not in ("star", "stv", "spav")]


def opinions(rule: str) -> Sequence[Opinion]:
    return READ.get(rule, EVERY_ORDER)


def ballots(rule: str, most: int, recusing: bool = True) -> st.SearchStrategy[list[Ballot]]:
    weights = st.sampled_from([Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2)])
    hidden = st.sampled_from([frozenset[str]()] * 3 + [frozenset({"Ada"}), frozenset({"Cleo"})] * recusing)
    one = st.builds(Ballot, opinion=st.sampled_from(opinions(rule)), weight=weights, recused=hidden)
    return st.lists(one, min_size=1, max_size=most).map(
        lambda each: [replace(ballot, voter=f"v{number}") for number, ballot in enumerate(each)]
    )


def winners(rule: str, cast: Iterable[Ballot], threshold: Fraction) -> tuple[str, ...]:
    return tally(rule, OPTIONS, tuple(cast), threshold=threshold, top=TOP, pivotal=False).winners


@pytest.mark.parametrize("rule", EXACT)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_pivotal_voters_are_those_that_counting_every_other_ballot_finds(rule: str, data: st.DataObject) -> None:
    cast = data.draw(ballots(rule, 6))
    threshold = data.draw(st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(1, 3), Fraction(1)]))
    before = tally(rule, OPTIONS, cast, threshold=threshold, top=TOP)
    if not before.valid:
        return
    readable = [number for number, one in enumerate(cast) if tally(rule, OPTIONS, [one], top=TOP, pivotal=False).valid]
    found = [
        cast[number].voter
        for number in readable
        if any(
            winners(rule, [*cast[:number], other, *cast[number + 1 :]], threshold) != before.winners
            for opinion in opinions(rule)
            for other in [replace(cast[number], opinion=opinion)]
            if tally(rule, OPTIONS, [other], top=TOP, pivotal=False).valid
        )
    ]
    assert before.pivotal is not None
    assert list(before.pivotal) == found


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_called_unassailable_wins_whatever_still_comes(rule: str, data: st.DataObject) -> None:
    cast = data.draw(ballots(rule, 9))
    late = data.draw(ballots(rule, 2))
    threshold = data.draw(st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(1, 3)]))
    outstanding = sum((one.weight for one in late), Fraction(0))
    leader = unassailable(rule, OPTIONS, cast, outstanding, threshold=threshold, top=TOP)
    if leader is not None:
        assert winners(rule, [*cast, *late], threshold) == (leader,)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in ("star", "stv", "spav")])
def test_a_lead_that_is_larger_than_what_is_outstanding_is_seen(rule: str) -> None:
    opinion = Scores({"Ada": TOP}) if rule == "score" else Pick("Ada")
    cast = [Ballot(opinion)] * 9
    assert unassailable(rule, OPTIONS, cast, Fraction(4), top=TOP) == "Ada"
    assert unassailable(rule, OPTIONS, cast, Fraction(9), top=TOP) is None


def test_when_all_have_voted_whoever_won_alone_is_unassailable() -> None:
    assert unassailable("star", OPTIONS, [Ballot(Scores({"Ben": Fraction(1)}))], Fraction(0)) == "Ben"
    assert unassailable("plurality", OPTIONS, [Ballot(Pick("Ada")), Ballot(Pick("Ben"))], Fraction(0)) is None


def test_nobody_leads_before_the_first_ballot() -> None:
    assert unassailable("plurality", OPTIONS, [], Fraction(0)) is None


def test_a_ballot_without_a_name_stands_for_voters_of_one_vote_each() -> None:
    cast = [Ballot(Pick("Ada"), weight=Fraction(6)), Ballot(Pick("Ben"), weight=Fraction(3))]
    assert tally("plurality", OPTIONS, cast).pivotal == ()
    named = [replace(cast[0], voter="Zoe"), cast[1]]
    assert tally("plurality", OPTIONS, named).pivotal == ("Zoe",)


def test_a_voter_without_a_name_is_called_by_its_place() -> None:
    cast = [Ballot(Pick("Ada")), Ballot(status="abstained"), Ballot(Pick("Ada")), Ballot(Pick("Ben"))]
    assert tally("plurality", OPTIONS, cast).pivotal == ("#1", "#3")


def test_too_many_ballots_to_count_again_are_not_worked_out() -> None:
    options = [f"option {number}" for number in range(8)]
    assert tally("irv", options, [Ballot(Pick(options[0]))]).pivotal is None
    many = [f"option {number}" for number in range(300)]
    assert tally("copeland", many, [Ballot(Pick(name)) for name in many[:12]]).pivotal is None


def test_one_who_beats_all_by_far_needs_no_counting_again() -> None:
    options = [f"option {number}" for number in range(8)]
    assert tally("schulze", options, [Ballot(Pick(options[0]))] * 9).pivotal == ()


def test_every_ranking_with_ties_is_tried_once() -> None:
    for size, count in enumerate(WEAK_ORDERS[:6]):
        orders = list(weak_orders((1 << size) - 1))
        assert len(orders) == len(set(orders)) == count
