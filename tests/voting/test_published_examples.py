"""What is printed elsewhere must come out here. Each example names where it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from support.elections import approving, counted, scoring, winners

from agentchat.voting import Approval, Ballot, Pick

TENNESSEE = """
    42 Memphis > Nashville > Chattanooga > Knoxville
    26 Nashville > Chattanooga > Knoxville > Memphis
    15 Chattanooga > Knoxville > Nashville > Memphis
    17 Knoxville > Chattanooga > Nashville > Memphis
"""
"""The capital of Tennessee, which Wikipedia counts by one rule after another ("Instant-runoff voting", "Borda count",
"Copeland's method", "Ranked pairs", …)."""

SCHULZE = """
    5 A > C > B > E > D
    5 A > D > E > C > B
    8 B > E > D > A > C
    3 C > A > B > E > D
    7 C > A > E > B > D
    2 C > B > A > D > E
    7 D > C > E > B > A
    8 E > B > A > D > C
"""
"""Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method" (2011), also in Wikipedia, "Schulze method"."""

BURLINGTON = """
    1332 Montroll > Kiss > Wright
    767 Montroll > Wright > Kiss
    455 Montroll
    2043 Kiss > Montroll > Wright
    371 Kiss > Wright > Montroll
    568 Kiss
    1513 Wright > Montroll > Kiss
    495 Wright > Kiss > Montroll
    1289 Wright
"""
"""Burlington, Vermont, mayor, 2009, without those out before: rangevoting.org/Burlington.html. The pairwise numbers are
those of electowiki.org/wiki/2009_Burlington_mayoral_election."""


def plain(counts: Mapping[str, Fraction] | None) -> dict[str, float]:
    return {option: float(count) for option, count in (counts or {}).items()}


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("plurality", "Memphis"),
        ("two-round", "Nashville"),
        ("irv", "Knoxville"),
        ("irv-drop-all", "Knoxville"),
        ("borda", "Nashville"),
        ("copeland", "Nashville"),
        ("minimax", "Nashville"),
        ("schulze", "Nashville"),
        ("ranked-pairs", "Nashville"),
    ],
)
def test_the_capital_of_tennessee(rule: str, winner: str) -> None:
    assert winners(rule, TENNESSEE) == {winner}


def test_no_city_of_tennessee_has_a_majority() -> None:
    assert counted("majority", TENNESSEE).winners == ()


def test_tennessee_by_borda_is_194_to_173_to_126_to_107() -> None:
    count = counted("borda", TENNESSEE)
    assert plain(count.scores) == {"Nashville": 194, "Chattanooga": 173, "Memphis": 126, "Knoxville": 107}
    assert count.ordering == (("Nashville",), ("Chattanooga",), ("Memphis",), ("Knoxville",))
    assert count.margin == 21


def test_tennessee_by_instant_runoff_loses_chattanooga_then_nashville() -> None:
    rounds = counted("irv", TENNESSEE).rounds
    assert rounds is not None
    assert [one.out for one in rounds][:2] == [("Chattanooga",), ("Nashville",)]
    assert plain(rounds[1].counts) == {"Memphis": 42, "Nashville": 26, "Knoxville": 32}
    assert plain(rounds[2].counts) == {"Memphis": 42, "Knoxville": 58}


def test_tennessee_two_by_two() -> None:
    found = counted("schulze", TENNESSEE).condorcet
    assert found is not None
    assert (found.winner, found.loser, found.cycle) == ("Nashville", "Memphis", ())
    assert found.preferred is not None
    assert found.preferred["Nashville", "Memphis"] == 58
    assert found.preferred["Nashville", "Chattanooga"] == 68
    assert found.preferred["Knoxville", "Chattanooga"] == 17


def test_tennessee_by_star() -> None:
    """Wikipedia, "STAR voting"."""
    cities = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
    lines = [(42, (5, 2, 1, 0)), (26, (0, 5, 2, 2)), (15, (0, 3, 5, 4)), (17, (0, 2, 4, 5))]
    ballots = scoring(*((count, dict(zip(cities, stars, strict=True))) for count, stars in lines))
    totals = {"Memphis": 210, "Nashville": 293, "Chattanooga": 237, "Knoxville": 197}
    assert plain(counted("score", ballots, cities).scores) == totals
    assert winners("score", ballots, cities) == winners("star", ballots, cities) == {"Nashville"}


def test_star_may_choose_the_second_total() -> None:
    """The run-off is what "STAR voting" has beside "score": most prefer B, though A has more stars."""
    ballots = scoring((3, {"A": 3, "B": 4, "C": 0}), (2, {"A": 5, "B": 0, "C": 0}))
    assert winners("score", ballots, "ABC") == {"A"}
    assert winners("star", ballots, "ABC") == {"B"}


@pytest.mark.parametrize(
    ("rule", "winner"), [("schulze", "E"), ("ranked-pairs", "A"), ("copeland", "E"), ("minimax", "E")]
)
def test_the_45_voters_of_schulze(rule: str, winner: str) -> None:
    """Ranked pairs by hand: BD ED AD CB, not DC, EB AC, not BA, CE, not EA."""
    assert winners(rule, SCHULZE) == {winner}


def test_the_45_voters_of_schulze_are_ordered_eacbd() -> None:
    count = counted("schulze", SCHULZE)
    assert count.ordering == (("E",), ("A",), ("C",), ("B",), ("D",))
    assert count.condorcet is not None
    assert count.condorcet.winner is None
    assert count.condorcet.preferred is not None
    assert [count.condorcet.preferred[one, other] for one, other in ("AB", "AC", "AD", "AE", "ED")] == [
        20, 26, 30, 22, 31]  # fmt: skip


def test_nine_voters_for_whom_schulze_has_two_winners() -> None:
    """Wikipedia, "Schulze method", the example whose result is a tie: B and D are both potential winners."""
    ballots = "3 A > B > C > D\n2 D > A > B > C\n2 D > B > C > A\n2 C > B > D > A"
    assert winners("schulze", ballots) == {"B", "D"}


def test_burlington_2009() -> None:
    count = counted("irv", BURLINGTON)
    assert count.winners == ("Kiss",)
    assert count.rounds is not None
    assert plain(count.rounds[0].counts) == {"Kiss": 2982, "Montroll": 2554, "Wright": 3297}
    assert plain(count.rounds[1].counts) == {"Kiss": 4314, "Wright": 4064}
    assert winners("plurality", BURLINGTON) == {"Wright"}
    pairwise = counted("copeland", BURLINGTON).condorcet
    assert pairwise is not None
    assert pairwise.preferred is not None
    assert pairwise.winner == "Montroll"
    assert pairwise.preferred["Montroll", "Kiss"] == 4067
    assert pairwise.preferred["Kiss", "Montroll"] == 3477
    assert pairwise.preferred["Wright", "Montroll"] == 3668
    for rule in ("copeland", "minimax", "schulze", "ranked-pairs", "borda"):
        assert winners(rule, BURLINGTON) == {"Montroll"}


def test_condorcets_paradox() -> None:
    """Condorcet, "Essai" (1785): each beats the next two to one."""
    paradox = "1 A > B > C\n1 B > C > A\n1 C > A > B"
    for rule in ("plurality", "two-round", "irv", "irv-drop-all", "borda", "copeland", "minimax", "schulze"):
        count = counted(rule, paradox)
        assert set(count.winners) == {"A", "B", "C"}
        assert count.margin in (0, None)
    found = counted("copeland", paradox).condorcet
    assert found is not None
    assert (found.winner, found.loser, set(found.cycle)) == (None, None, {"A", "B", "C"})
    assert "".join(found.cycle)[:3] in "ABCABC"


def test_borda_against_condorcet() -> None:
    """Condorcet's 81 voters: A beats each of the others, and B has more points (Wikipedia, "Condorcet method")."""
    ballots = "30 A > B > C\n1 A > C > B\n29 B > A > C\n10 B > C > A\n10 C > A > B\n1 C > B > A"
    count = counted("borda", ballots)
    assert plain(count.scores) == {"A": 101, "B": 109, "C": 33}
    assert count.winners == ("B",)
    assert count.condorcet is not None
    assert count.condorcet.winner == "A"


def test_what_to_serve_at_a_party() -> None:
    """Wikipedia, "Single transferable vote": 20 guests, three of five foods, the quota is six."""
    ballots = """
        4 Oranges
        2 Pears > Oranges
        8 Chocolate > Strawberries
        4 Chocolate > Sweets
        1 Strawberries
        1 Sweets
    """
    count = counted("stv", ballots, seats=3)
    assert set(count.winners) == {"Chocolate", "Oranges", "Strawberries"}
    assert count.rounds is not None
    counts = [one.counts for one in count.rounds]
    assert counts[0]["Chocolate"] == 12
    assert [counts[1][option] for option in ("Strawberries", "Sweets")] == [5, 3]
    assert [one.elected for one in count.rounds if one.elected][:2] == [("Chocolate",), ("Oranges",)]
    assert [one.out for one in count.rounds if one.out] == [("Pears",), ("Sweets",)]


def test_approvals_by_party_fill_seats_as_dhondt_does() -> None:
    """Wikipedia, "D'Hondt method": 100, 80, 30 and 20 thousand votes give 4, 3, 1 and 0 of eight seats. Sequential
    proportional approval is the same where everybody approves of one party ("Sequential proportional approval voting").
    """
    parties = {"A": 100, "B": 80, "C": 30, "D": 20}
    options = [f"{party}{number}" for party in parties for number in range(8)]
    ballots = [
        Ballot(Approval(frozenset(one for one in options if one[0] == party)), weight=Fraction(votes))
        for party, votes in parties.items()
    ]
    elected = counted("spav", ballots, options, seats=8).elected
    assert {party: sum(one[0] == party for one in elected) for party in parties} == {"A": 4, "B": 3, "C": 1, "D": 0}


def test_approval_counts_everyone_who_would_do() -> None:
    """Wikipedia, "Approval voting": Tennessee, each approving of its first two."""
    ballots = approving((42, "MN"), (26, "NC"), (15, "CK"), (17, "KC"))
    count = counted("approval", ballots, "MNCK")
    assert plain(count.scores) == {"M": 42, "N": 68, "C": 58, "K": 32}
    assert count.winners == ("N",)
    assert count.confidence == Fraction(68, 100)


@pytest.mark.parametrize(
    ("share", "yes", "made"),
    [("1/2", 5, False), ("1/2", 6, True), ("2/3", 6, False), ("2/3", 7, True), ("3/5", 6, True), ("1", 9, False)],
)
def test_more_than_half_but_at_least_any_other_share(share: str, yes: int, made: bool) -> None:
    """Robert's Rules of Order: a majority is more than half, a two-thirds vote at least two thirds."""
    ballots = [Ballot(Pick("yes" if number < yes else "no")) for number in range(10)]
    assert ("yes" in counted("majority", ballots, ("yes", "no"), share=share).winners) == made
