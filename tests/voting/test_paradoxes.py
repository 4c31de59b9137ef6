"""Each rule breaks the axioms it is known to break, on the very ballots: one that did not would be another rule."""

from __future__ import annotations

import pytest
from support.elections import counted, ranked, winners


@pytest.mark.parametrize("rule", ["irv", "irv-drop-all", "two-round"])
def test_with_runoffs_a_winner_more_people_like_may_lose(rule: str) -> None:
    """Wikipedia, "Monotonicity criterion": ten of the 35 raise A, and A loses."""
    assert winners(rule, "39 A > B > C\n35 B > C > A\n26 C > A > B") == {"A"}
    assert winners(rule, "49 A > B > C\n25 B > C > A\n26 C > A > B") == {"C"}


def test_by_borda_the_favourite_of_most_may_lose() -> None:
    """Wikipedia, "Majority criterion"."""
    assert winners("borda", "3 A > B > C\n2 B > C > A") == {"B"}


def test_by_borda_a_look_alike_helps() -> None:
    """Teaming: C, which B's voters find a little worse than B, takes the win from A."""
    assert winners("borda", "3 A > B\n2 B > A") == {"A"}
    assert winners("borda", "3 A > B > C\n2 B > C > A") == {"B"}


def test_by_plurality_a_look_alike_harms() -> None:
    """Spoiling."""
    assert winners("plurality", "4 A > B\n5 B > A") == {"B"}
    assert winners("plurality", "4 A > B > C\n3 B > C > A\n2 C > B > A") == {"A"}


def test_by_plurality_what_loses_to_all_others_may_win() -> None:
    ballots = "4 A > B > C\n3 B > C > A\n2 C > B > A"
    found = counted("plurality", ballots).condorcet
    assert found is None or found.loser == "A"
    assert winners("copeland", ballots) == {"B"}
    assert winners("plurality", ballots) == {"A"}


def test_by_copeland_look_alikes_of_a_third_decide_between_two() -> None:
    """Crowding: B beats three of them where it beat one."""
    assert winners("copeland", "1 A > B > C\n1 B > C > A\n1 C > A > B") == {"A", "B", "C"}
    assert winners("copeland", "1 A > B > C > D > E\n1 B > D > E > C > A\n1 E > C > D > A > B") == {"B"}


def test_by_minimax_what_loses_to_all_others_may_win() -> None:
    count = counted("minimax", "3 B > D > A > C\n4 B > A > C > D\n6 C > D > A > B\n2 A > C > D > B")
    assert count.condorcet is not None
    assert count.condorcet.loser == "B"
    assert count.winners == ("B",)


@pytest.mark.parametrize(
    ("rule", "ballots", "more", "before", "after"),
    [
        ("copeland", "1 C > B > D > A\n5 D > C > B > A\n3 C > A > B > D", "3 A > B > D > C", "D", "C"),
        ("minimax", "2 C > A > D > B\n4 A > D > B > C\n5 B > C > A > D", "2 D > B > A > C", "B", "A"),
        ("schulze", "2 C > A > D > B\n4 A > D > B > C\n5 B > C > A > D", "2 D > B > A > C", "B", "A"),
        (
            "ranked-pairs",
            "4 A > C > D > B\n5 B > A > C > D\n2 D > A > B > C\n4 D > B > C > A",
            "1 A > B > C > D",
            "A",
            "B",
        ),
    ],
)
def test_by_a_condorcet_rule_it_may_be_better_to_stay_at_home(
    rule: str, ballots: str, more: str, before: str, after: str
) -> None:
    """Moulin, "Condorcet's principle implies the no show paradox" (1988): they prefer what won without them."""
    assert winners(rule, ballots) == {before}
    assert winners(rule, f"{ballots}\n{more}") == {after}
    assert more.index(before) < more.index(after)


def test_by_irv_the_same_may_win_with_every_ballot_upside_down() -> None:
    assert winners("irv", "2 A > C > D > B\n5 B > C > A > D\n4 D > C > B > A\n1 C > D > A > B") == {"D"}
    assert winners("irv", "2 B > D > C > A\n5 D > A > C > B\n4 A > B > C > D\n1 B > A > D > C") == {"D"}


def test_two_rounds_are_not_instant_runoff() -> None:
    ballots = "3 D > C > B > A\n6 A > B > C > D\n4 C > B > D > A\n4 B > C > A > D\n1 B > C > D > A"
    assert winners("two-round", ballots) == {"B"}
    assert winners("irv", ballots) == {"C"}


def test_irv_may_pass_over_what_beats_each_other_option() -> None:
    ballots = "2 A > B > C\n1 B > A > C\n2 C > B > A"
    assert winners("irv", ballots) != {"B"}
    assert winners("copeland", ballots) == {"B"}


def test_dropping_all_who_are_last_is_another_rule_than_dropping_one() -> None:
    """C and D are last with one each; without either, the other gets its votes and goes on."""
    ballots = ranked("3 A > D > C > B\n2 B > C > D > A\n1 C > D > B > A\n1 D > C > B > A")
    assert winners("irv-drop-all", ballots) == {"B"}
    assert winners("irv", ballots) != {"B"}


def test_a_score_is_no_order_and_an_order_is_no_approval() -> None:
    """A ballot that does not say what a rule reads is invalid for it, and counts for nothing."""
    ballots = ranked("2 A > B")
    for rule in ("approval", "score", "star", "spav"):
        count = counted(rule, ballots)
        assert not count.winners
        assert [count.valid, count.invalid] == [0, 2]
        assert count.confidence is None
