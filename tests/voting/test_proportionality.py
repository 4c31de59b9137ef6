"""Rules for several seats give a group that agrees its share, whoever else votes."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import floor

import pytest
from hypothesis import given, settings, strategies as st
from support.elections import counted, winners

from agentchat.voting import Approval, Ballot, Ranking

NAMES = "ABCDE"
orders = st.lists(st.permutations(NAMES).map(tuple), min_size=1, max_size=14)
approvals = st.lists(st.frozensets(st.sampled_from(NAMES)), min_size=1, max_size=12)
few = settings(max_examples=100, deadline=None)


def cast(voters: list[tuple[str, ...]]) -> list[Ballot]:
    return [Ballot(Ranking(tuple(frozenset({one}) for one in order))) for order in voters]


@few
@given(voters=orders, seats=st.integers(1, 4))
def test_by_stv_as_many_quotas_as_put_a_group_on_top_elect_that_many_of_it(
    voters: list[tuple[str, ...]], seats: int
) -> None:
    """Droop proportionality for solid coalitions: Woodall, "Properties of preferential election rules" (1994)."""
    elected = winners("stv", cast(voters), NAMES, seats=seats)
    quota = floor(Fraction(len(voters), seats + 1)) + 1
    assert len(elected) == seats
    for size in range(1, len(NAMES) + 1):
        for group in combinations(NAMES, size):
            solid = sum({*order[:size]} == {*group} for order in voters)
            assert len(elected & {*group}) >= min(solid // quota, size)


@few
@given(voters=orders)
def test_stv_for_one_seat_is_an_instant_runoff(voters: list[tuple[str, ...]]) -> None:
    assert winners("stv", cast(voters), NAMES) <= winners("irv", cast(voters), NAMES)


@few
@given(voters=approvals, seats=st.integers(1, 4))
def test_by_spav_a_seats_worth_of_voters_who_agree_on_an_option_has_one_they_approve_of(
    voters: list[frozenset[str]], seats: int
) -> None:
    """Justified representation, kept up to five seats: Sánchez-Fernández and others, AAAI 2017."""
    count = counted("spav", [Ballot(Approval(options)) for options in voters], NAMES, seats=seats)
    if not count.valid:
        return
    assert len(count.elected) == seats
    without = [options for options in voters if not options & {*count.elected}]
    for option in NAMES:
        assert sum(option in options for options in without) * seats < len(voters)


@pytest.mark.parametrize("rule", ["stv", "spav"])
def test_as_many_seats_as_options_elect_all(rule: str) -> None:
    ballots = [Ballot(Approval(frozenset("A")))]
    assert winners(rule, ballots, NAMES, seats=5) == {*NAMES}


@few
@given(voters=approvals)
def test_spav_for_one_seat_is_approval(voters: list[frozenset[str]]) -> None:
    ballots = [Ballot(Approval(options)) for options in voters]
    assert winners("spav", ballots, NAMES) <= winners("approval", ballots, NAMES)
