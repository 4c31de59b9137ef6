"""Each rule keeps the axioms it is known to keep. Those it is known to break stand in test_paradoxes.py.

Which keeps what: Wikipedia, "Comparison of voting rules", and the papers it names. A tie is no breach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given, settings, strategies as st
from support.elections import counted, winners

from agentchat.voting import Approval, Ballot, Opinion, Ranking, Scores

Order = tuple[str, ...]
Orders = list[Order]
"""Strict and complete orders, a voter each."""

SHARED = ("plurality", "two-round", "borda", "irv", "irv-drop-all", "copeland", "minimax", "schulze")
ORDINAL = (*SHARED, "ranked-pairs")
NAMES = "ABCD"


few = settings(max_examples=40, deadline=None)
"""What is small here is soon seen, and there are many rules."""


def orders(options: str = NAMES, most: int = 9) -> st.SearchStrategy[Orders]:
    return st.lists(st.sampled_from(list(permutations(options))), min_size=1, max_size=most)


def cast(voters: Orders) -> tuple[Ballot, ...]:
    return tuple(Ballot(Ranking(tuple(frozenset({option}) for option in order))) for order in voters)


def won(rule: str, voters: Orders, options: str | Order = NAMES) -> set[str]:
    return winners(rule, cast(voters), options)


def prefer(voters: Orders, one: str, other: str) -> int:
    return sum(order.index(one) < order.index(other) for order in voters)


def beats(voters: Orders, one: str, other: str) -> bool:
    return prefer(voters, one, other) > prefer(voters, other, one)


def champion(voters: Orders, options: str = NAMES) -> str | None:
    """The Condorcet winner."""
    return next((a for a in options if all(beats(voters, a, b) for b in options if a != b)), None)


def underdog(voters: Orders, options: str = NAMES) -> str | None:
    """The Condorcet loser."""
    return next((a for a in options if all(beats(voters, b, a) for b in options if a != b)), None)


def reversed_(voters: Orders) -> Orders:
    return [order[::-1] for order in voters]


def raised(order: Order, option: str, places: int) -> Order:
    at = max(order.index(option) - places, 0)
    rest = [one for one in order if one != option]
    return (*rest[:at], option, *rest[at:])


def cloned(voters: Orders, option: str, swapped: list[bool]) -> Orders:
    """Everybody finds a new option `+` beside `option`, above it where `swapped`."""
    pairs = [("+", option) if swap else (option, "+") for swap in swapped]
    return [
        tuple(name for one in order for name in (pair if one == option else (one,)))
        for order, pair in zip(voters, pairs, strict=True)
    ]


def distinct(voters: Orders, options: str = NAMES) -> bool:
    """No two majorities are equal, and none is a tie."""
    sizes = [max(prefer(voters, a, b), prefer(voters, b, a)) for a, b in combinations(options, 2)]
    return len(set(sizes)) == len(sizes) and 2 * min(sizes) > len(voters)


sets = [frozenset(some) for size in range(len(NAMES) + 1) for some in combinations(NAMES, size)]
"""Drawn whole, as the orders are: drawn by parts, most of the time went into the drawing."""
tiers = st.lists(st.sampled_from(sets[1:]), min_size=1, max_size=4)
weak_orders = st.lists(tiers.map(lambda each: Ranking(tuple(each))), min_size=1, max_size=7)
approvals = st.lists(st.sampled_from(sets).map(Approval), min_size=1, max_size=7)
grades = st.sampled_from([*map(Fraction, range(6)), None])
scores = st.lists(
    st.tuples(grades, grades, grades, grades)
    .map(lambda row: {name: grade for name, grade in zip(NAMES, row, strict=True) if grade is not None})
    .filter(bool)
    .map(Scores),
    min_size=1, max_size=7,
)  # fmt: skip
OPINIONS: dict[str, st.SearchStrategy[Sequence[Opinion]]] = {
    **dict.fromkeys((*ORDINAL, "majority", "stv"), weak_orders),
    **dict.fromkeys(("approval", "spav"), approvals),
    **dict.fromkeys(("score", "star"), scores),
}


@pytest.mark.parametrize("rule", OPINIONS)
@few
@given(data=st.data())
def test_whose_ballot_it_is_and_where_it_lies_makes_no_difference(rule: str, data: st.DataObject) -> None:
    """Anonymity; and three equal ballots are one that counts for three."""
    ballots = [Ballot(opinion) for opinion in data.draw(OPINIONS[rule])]
    shuffled = data.draw(st.permutations([*ballots, *ballots, *ballots]))
    heavy = [replace(ballot, weight=Fraction(3)) for ballot in ballots]
    one, other = counted(rule, shuffled, NAMES), counted(rule, heavy, NAMES)
    assert replace(one, pivotal=None) == replace(other, pivotal=None)


@pytest.mark.parametrize("rule", OPINIONS)
@few
@given(data=st.data())
def test_what_an_option_is_called_makes_no_difference(rule: str, data: st.DataObject) -> None:
    """Neutrality: declared order and names changed alike give the same winners, under their new names."""
    ballots = [Ballot(opinion) for opinion in data.draw(OPINIONS[rule])]
    new = dict(zip(NAMES, data.draw(st.permutations("WXYZ")), strict=True))

    def renamed(ballot: Ballot) -> Ballot:
        match ballot.opinion:
            case Ranking(tiers):
                return Ballot(Ranking(tuple(frozenset(new[one] for one in tier) for tier in tiers)))
            case Approval(options):
                return Ballot(Approval(frozenset(new[one] for one in options)))
            case Scores(given):
                return Ballot(Scores({new[one]: score for one, score in given.items()}))
            case _:
                return ballot

    after = winners(rule, [renamed(ballot) for ballot in ballots], tuple(new.values()))
    assert after == {new[one] for one in winners(rule, ballots, NAMES)}


@pytest.mark.parametrize("rule", [rule for rule in OPINIONS if rule not in ("ranked-pairs", "stv", "spav")])
@few
@given(data=st.data())
def test_the_order_options_are_declared_in_makes_no_difference(rule: str, data: st.DataObject) -> None:
    """Neutrality to the letter. Ranked pairs, STV and SPAV break ties by the declared order, and say so."""
    ballots = [Ballot(opinion) for opinion in data.draw(OPINIONS[rule])]
    assert winners(rule, ballots, NAMES) == winners(rule, ballots, data.draw(st.permutations(NAMES)))


@pytest.mark.parametrize("rule", [rule for rule in OPINIONS if rule != "stv"])
@few
@given(data=st.data())
def test_twice_the_ballots_choose_the_same(rule: str, data: st.DataObject) -> None:
    """Homogeneity. The Droop quota of STV is rounded, so there it does not hold."""
    ballots = [Ballot(opinion) for opinion in data.draw(OPINIONS[rule])]
    assert winners(rule, ballots, NAMES) == winners(rule, ballots * 2, NAMES)


@pytest.mark.parametrize("rule", [rule for rule in OPINIONS if rule != "majority"])
@few
@given(data=st.data())
def test_somebody_wins(rule: str, data: st.DataObject) -> None:
    ballots = [Ballot(opinion) for opinion in data.draw(OPINIONS[rule])]
    count = counted(rule, ballots, NAMES)
    assert count.winners
    assert set(count.elected) <= set(count.winners)
    if count.ordering is not None:
        assert sorted(option for tier in count.ordering for option in tier) == sorted(NAMES)
    if count.confidence is not None:
        assert 0 <= count.confidence <= 1


@pytest.mark.parametrize("rule", ORDINAL)
@few
@given(voters=orders())
def test_what_everyone_likes_less_than_another_does_not_win(rule: str, voters: Orders) -> None:
    """Pareto."""
    chosen = won(rule, voters)
    for one, other in permutations(NAMES, 2):
        if prefer(voters, one, other) == len(voters):
            assert other not in chosen


@pytest.mark.parametrize("rule", [rule for rule in ("majority", *ORDINAL) if rule != "borda"])
@few
@given(voters=orders())
def test_what_more_than_half_put_first_wins_alone(rule: str, voters: Orders) -> None:
    """Majority."""
    firsts = [order[0] for order in voters]
    for option in NAMES:
        if 2 * firsts.count(option) > len(voters):
            assert won(rule, voters) == {option}


@pytest.mark.parametrize("rule", ["two-round", "irv", "borda", "copeland", "schulze", "ranked-pairs"])
@few
@given(voters=orders())
def test_what_more_than_half_put_last_does_not_win(rule: str, voters: Orders) -> None:
    """Majority loser."""
    lasts = [order[-1] for order in voters]
    for option in NAMES:
        if 2 * lasts.count(option) > len(voters):
            assert option not in won(rule, voters)


@pytest.mark.parametrize("rule", ["copeland", "minimax", "schulze", "ranked-pairs"])
@few
@given(voters=orders())
def test_what_beats_each_other_option_wins_alone(rule: str, voters: Orders) -> None:
    """Condorcet winner."""
    best = champion(voters)
    found = counted(rule, cast(voters), NAMES).condorcet
    assert found is not None
    assert (found.winner, found.loser) == (best, underdog(voters))
    if best:
        assert won(rule, voters) == {best}


@pytest.mark.parametrize("rule", ["two-round", "irv", "borda", "copeland", "schulze", "ranked-pairs"])
@few
@given(voters=orders())
def test_what_loses_to_each_other_option_does_not_win(rule: str, voters: Orders) -> None:
    """Condorcet loser."""
    assert underdog(voters) not in won(rule, voters)


@pytest.mark.parametrize("rule", ["copeland", "schulze", "ranked-pairs"])
@few
@given(voters=orders())
def test_a_winner_is_in_the_smallest_set_that_beats_all_outside_it(rule: str, voters: Orders) -> None:
    """Smith."""
    for size in range(1, len(NAMES)):
        for inside in combinations(NAMES, size):
            if all(beats(voters, one, other) for one in inside for other in NAMES if other not in inside):
                assert won(rule, voters) <= set(inside)


@pytest.mark.parametrize("rule", ["plurality", "borda", "copeland", "minimax", "schulze", "ranked-pairs"])
@few
@given(voters=orders(), which=st.integers(0, 8), places=st.integers(1, 3))
def test_a_winner_somebody_likes_better_still_wins(rule: str, voters: Orders, which: int, places: int) -> None:
    """Monotonicity."""
    at = which % len(voters)
    for winner in won(rule, voters):
        assert winner in won(rule, [*voters[:at], raised(voters[at], winner, places), *voters[at + 1 :]])


@pytest.mark.parametrize("rule", ["borda", "copeland", "schulze"])
@few
@given(voters=orders())
def test_who_wins_alone_does_not_win_with_every_ballot_upside_down(rule: str, voters: Orders) -> None:
    """Reversal symmetry."""
    chosen = won(rule, voters)
    if len(chosen) == 1:
        assert not chosen & won(rule, reversed_(voters))


@pytest.mark.parametrize("rule", ["irv", "schulze"])
@few
@given(voters=orders("ABC"), option=st.sampled_from("ABC"), data=st.data())
def test_a_look_alike_changes_nothing_for_the_others(
    rule: str, voters: Orders, option: str, data: st.DataObject
) -> None:
    """Independence of clones."""
    swapped = data.draw(st.lists(st.booleans(), min_size=len(voters), max_size=len(voters)))
    after = won(rule, cloned(voters, option, swapped), "ABC+")
    assert {option if one == "+" else one for one in after} == won(rule, voters, "ABC")


@few
@given(
    counts=st.lists(st.integers(0, 12), min_size=6, max_size=6).filter(any),
    swapped=st.lists(st.booleans(), min_size=6, max_size=6),
    option=st.sampled_from("ABC"),
)
def test_a_look_alike_changes_nothing_for_ranked_pairs_with_distinct_majorities(
    counts: list[int], swapped: list[bool], option: str
) -> None:
    kinds = list(zip(permutations("ABC"), counts, swapped, strict=True))
    voters = [order for order, count, _ in kinds for _ in range(count)]
    swaps = [swap for _, count, swap in kinds for _ in range(count)]
    assume(distinct(voters, "ABC") and 2 * sum(swaps) != len(voters))
    after = won("ranked-pairs", cloned(voters, option, swaps), "ABC+")
    assert {option if one == "+" else one for one in after} == won("ranked-pairs", voters, "ABC")


@pytest.mark.parametrize("rule", ["plurality", "borda"])
@few
@given(voters=orders(), order=st.permutations(NAMES).map(tuple))
def test_one_more_who_prefers_the_winner_does_not_make_another_win(rule: str, voters: Orders, order: Order) -> None:
    """Participation."""
    chosen = won(rule, voters)
    if len(chosen) == 1:
        (winner,) = chosen
        assert not set(order[order.index(winner) + 1 :]) & won(rule, [*voters, order])


@pytest.mark.parametrize("rule", ["plurality", "borda"])
@few
@given(one=orders(), other=orders())
def test_what_wins_in_two_halves_wins_in_the_whole(rule: str, one: Orders, other: Orders) -> None:
    """Consistency, which no Condorcet rule keeps."""
    if both := won(rule, one) & won(rule, other):
        assert won(rule, one + other) == both
