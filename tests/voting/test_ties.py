"""The declared chain: which step settles a tie, and that nothing else ever does."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.elections import ranking

from agentchat.errors import UsageError
from agentchat.voting import Ballot, Chain, Pick, Tally, tally

OPTIONS = ("Ada", "Ben", "Cleo")
LEVEL = (Ballot(Pick("Ada")), Ballot(Pick("Ben")))


def plurality(*orders: str, chain: Chain) -> Tally:
    return tally("plurality", OPTIONS, [Ballot(ranking(order)) for order in orders], ties=chain)


def test_no_chain_settles_nothing() -> None:
    result = tally("plurality", OPTIONS, LEVEL, ties=Chain(steps=()))
    assert result.winners == result.elected == ("Ada", "Ben")
    assert result.tie is not None
    assert result.tie.step == ""
    assert result.trace[-1] == "The tie of Ada and Ben stays."


def test_pairwise_comes_first() -> None:
    result = plurality("Ada > Cleo > Ben", "Ben > Cleo > Ada", "Cleo > Ben > Ada", chain=Chain())
    assert result.winners == OPTIONS
    assert result.elected == ("Cleo",)
    assert result.tie is not None
    assert (result.tie.step, result.tie.note) == ("pairwise", "pairwise: Cleo loses to none of the tied")


def test_a_step_that_narrows_hands_on_to_the_next() -> None:
    orders = ("Ada > Ben > Cleo", "Ben > Ada > Cleo", "Cleo > Ada = Ben")
    result = plurality(*orders, chain=Chain(steps=("pairwise", "lot"), seed=5))
    assert result.tie is not None
    assert result.tie.step == "lot"
    assert result.tie.among == OPTIONS
    assert set(result.elected) < {"Ada", "Ben"}


def test_fewer_last_places_decide_where_first_places_are_equal() -> None:
    orders = ("Ada > Ben > Cleo", "Ben > Ada > Cleo", "Cleo > Ada > Ben", "Cleo > Ben = Ada")
    result = tally("borda", OPTIONS, [Ballot(ranking(order)) for order in orders], ties=Chain(steps=("last-places",)))
    assert result.winners == ("Ada",)
    level = tally("approval", OPTIONS, LEVEL, ties=Chain(steps=("first-places", "last-places")))
    assert level.elected == ("Ada", "Ben")


def test_the_casting_ballot_is_the_one_named_before() -> None:
    chair = Ballot(ranking("Cleo > Ben > Ada"), voter="Zoe")
    result = tally("plurality", OPTIONS, LEVEL, ties=Chain(casting=chair))
    assert result.elected == ("Ben",)
    assert result.tie is not None
    assert (result.tie.step, result.tie.note) == ("casting", "casting: Zoe puts Ben first")


def test_a_lot_is_drawn_from_its_seed_and_can_be_drawn_again() -> None:
    drawn = [tally("plurality", OPTIONS, LEVEL, ties=Chain(seed=seed)) for seed in (*range(20), *range(20))]
    elected = [result.elected for result in drawn]
    assert elected[:20] == elected[20:]
    assert set(elected) == {("Ada",), ("Ben",)}
    assert drawn[7].tie is not None
    assert drawn[7].tie.seed == 7


def test_without_a_seed_no_lot_is_drawn() -> None:
    assert tally("plurality", OPTIONS, LEVEL, ties=Chain()).elected == ("Ada", "Ben")


def test_nothing_is_settled_where_nothing_is_tied() -> None:
    assert tally("plurality", OPTIONS, LEVEL[:1], ties=Chain(seed=1)).tie is None


def test_a_step_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="coin"):
        tally("plurality", OPTIONS, LEVEL, ties=Chain(steps=("coin",)))


def test_a_seat_must_be_filled_so_the_declared_order_ends_the_chain_and_says_so() -> None:
    result = tally("stv", OPTIONS, [Ballot(Pick(name), weight=Fraction(2)) for name in OPTIONS], seats=2)
    assert result.winners == ("Ada", "Ben")
    assert result.tie is not None
    assert result.tie.step == "declared"
    assert any("by the order they were declared in" in line for line in result.trace)


def test_the_chain_decides_who_is_out_before_the_declared_order_does() -> None:
    orders = ("Ada > Cleo > Ben", "Ben > Cleo > Ada", "Cleo > Ben > Ada")
    result = tally("stv", OPTIONS, [Ballot(ranking(order)) for order in orders])
    assert result.rounds is not None
    assert result.rounds[0].out == ("Ada",)
    assert result.tie is not None
    assert result.tie.step == "pairwise"


def test_a_chain_that_only_narrows_says_what_stays() -> None:
    orders = ("Ada > Ben > Cleo", "Ben > Ada > Cleo", "Cleo > Ada = Ben")
    result = plurality(*orders, chain=Chain(steps=("pairwise",)))
    assert result.elected == ("Ada", "Ben")
    assert result.trace[-1].startswith("The tie of Ada, Ben and Cleo is narrowed to Ada and Ben, and stays (pairwise")
