"""Rules written a second time, as slowly and plainly as their definitions, agree with the first on every ballot."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, permutations

from hypothesis import given, settings, strategies as st
from support.elections import counted, winners

from agentchat.voting import Ballot, Ranking

NAMES = "ABCD"
Places = dict[str, int]
"""An option's place on a ballot, 0 the first; equal places are a tie."""
Votes = list[tuple[Places, int]]
"""Ballots, each with its weight."""

few = settings(max_examples=150, deadline=None)
strict = st.permutations(NAMES).map(lambda order: {option: place for place, option in enumerate(order)})
weak = st.fixed_dictionaries({option: st.integers(0, 3) for option in NAMES})


def votes(kind: st.SearchStrategy[Places]) -> st.SearchStrategy[Votes]:
    return st.lists(st.tuples(kind, st.integers(1, 3)), min_size=1, max_size=7)


def cast(said: Votes) -> tuple[Ballot, ...]:
    return tuple(
        Ballot(
            Ranking(tuple(frozenset(o for o in NAMES if places[o] == at) for at in sorted(set(places.values())))),
            weight=Fraction(weight),
        )
        for places, weight in said
    )


def preferring(said: Votes, one: str, other: str) -> int:
    return sum(weight for places, weight in said if places[one] < places[other])


def first_votes(said: Votes, left: frozenset[str]) -> dict[str, Fraction]:
    """Each ballot's vote for the best of those left, shared by those tied."""
    counts = dict.fromkeys(left, Fraction(0))
    for places, weight in said:
        best = min(places[one] for one in left)
        tops = [one for one in left if places[one] == best]
        for one in tops:
            counts[one] += Fraction(weight, len(tops))
    return counts


def runoff(said: Votes, left: frozenset[str]) -> set[str]:
    """All who win by some order in which the last go, one at a time, until one is left."""
    if len(left) == 1:
        return set(left)
    counts = first_votes(said, left)
    return set().union(*(runoff(said, left - {one}) for one in left if counts[one] == min(counts.values())))


def ends_early(said: Votes, left: frozenset[str]) -> set[str]:
    """The same with the usual end: more than half of the votes that prefer somebody, and two who tie both win."""
    counts = first_votes(said, left)
    for one in left:
        if 2 * counts[one] > sum(counts.values()):
            return {one}
    if len(left) <= 2:
        return set(left)
    return set().union(*(ends_early(said, left - {one}) for one in left if counts[one] == min(counts.values())))


def strongest(said: Votes, start: str, end: str) -> int:
    """The strongest path: over every path, the weakest of its links, each a majority."""
    between = [one for one in NAMES if one not in (start, end)]
    best = 0
    for size in range(len(between) + 1):
        for middle in permutations(between, size):
            links = list(pairwise((start, *middle, end)))
            if all(preferring(said, a, b) > preferring(said, b, a) for a, b in links):
                best = max(best, min(preferring(said, a, b) for a, b in links))
    return best


def locked(said: Votes) -> set[str]:
    """Ranked pairs: majorities from the largest, equal ones in declared order, but for those that close a ring."""
    majorities = [(a, b) for a, b in permutations(NAMES, 2) if preferring(said, a, b) > preferring(said, b, a)]
    majorities.sort(key=lambda pair: (-preferring(said, *pair), pair))
    held: set[tuple[str, str]] = set()
    for above, below in majorities:
        reached = {below}
        while further := {b for a, b in held if a in reached} - reached:
            reached |= further
        if above not in reached:
            held.add((above, below))
    return set(NAMES) - {below for _, below in held}


@few
@given(said=votes(weak))
def test_instant_runoff_follows_every_order_of_those_who_are_last(said: Votes) -> None:
    everyone = frozenset(NAMES)
    assert winners("irv", cast(said), NAMES) == ends_early(said, everyone)


@few
@given(said=votes(strict))
def test_that_instant_runoff_ends_at_a_majority_changes_no_winner(said: Votes) -> None:
    assert winners("irv", cast(said), NAMES) == runoff(said, frozenset(NAMES))


@few
@given(said=votes(weak))
def test_schulze_is_the_strongest_of_all_paths(said: Votes) -> None:
    best = {one for one in NAMES if all(
        strongest(said, one, other) >= strongest(said, other, one) for other in NAMES if other != one)}  # fmt: skip
    assert winners("schulze", cast(said), NAMES) == best


@few
@given(said=votes(weak))
def test_ranked_pairs_locks_majorities_from_the_largest(said: Votes) -> None:
    assert winners("ranked-pairs", cast(said), NAMES) == locked(said)


@few
@given(said=votes(weak))
def test_copeland_minimax_and_borda_are_sums_over_pairs(said: Votes) -> None:
    prefer = {pair: preferring(said, *pair) for pair in permutations(NAMES, 2)}
    total = sum(weight for _, weight in said)
    wins = {a: sum(Fraction(1 + (prefer[a, b] > prefer[b, a]) - (prefer[a, b] < prefer[b, a]), 2)
                   for b in NAMES if a != b) for a in NAMES}  # fmt: skip
    points = {a: sum(prefer[a, b] + Fraction(total - prefer[a, b] - prefer[b, a], 2) for b in NAMES if a != b)
              for a in NAMES}  # fmt: skip
    worst = {a: max(prefer[b, a] if prefer[b, a] > prefer[a, b] else 0 for b in NAMES if a != b) for a in NAMES}
    assert counted("copeland", cast(said), NAMES).scores == wins
    assert counted("borda", cast(said), NAMES).scores == points
    assert winners("minimax", cast(said), NAMES) == {a for a in NAMES if worst[a] == min(worst.values())}


@few
@given(said=votes(weak))
def test_two_rounds_hold_a_runoff_of_each_pair_that_could_be_the_best_two(said: Votes) -> None:
    counts = first_votes(said, frozenset(NAMES))
    ahead = {one for one in NAMES if 2 * counts[one] > sum(counts.values())}
    if not ahead:
        for one, other in combinations(NAMES, 2):
            if all(counts[third] <= min(counts[one], counts[other]) for third in NAMES if third not in (one, other)):
                first, second = preferring(said, one, other), preferring(said, other, one)
                ahead |= ({one} if first >= second else set()) | ({other} if second >= first else set())
    assert winners("two-round", cast(said), NAMES) == ahead


@few
@given(said=votes(weak), more=st.lists(st.tuples(weak, st.integers(1, 3)), max_size=2))
def test_the_pairwise_count_is_the_weight_of_those_who_prefer(said: Votes, more: Votes) -> None:
    found = counted("schulze", cast(said + more), NAMES).condorcet
    assert found is not None
    assert found.preferred is not None
    for one, other in permutations(NAMES, 2):
        assert found.preferred[one, other] == preferring(said + more, one, other)
    if found.cycle:
        ring = [*found.cycle, found.cycle[0]]
        assert all(found.preferred[a, b] > found.preferred[b, a] for a, b in pairwise(ring))
