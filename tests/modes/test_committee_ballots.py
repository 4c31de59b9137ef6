from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from agentchat.events import Outcome, TurnStarted
from agentchat.modes.ballots import agreement, ballot_of, changed, entry, favourites, tiers, unanimous
from agentchat.testing import end
from agentchat.transcript import Turn
from agentchat.voting import Approval, Ballot, Pick, Ranking, Scores, tally
from agentchat.voting.reading import ballot_file

OPTIONS = ("a", "b", "c")


def turn(kind: str, data: dict[str, JsonValue] | None, outcome: Outcome = "structured", **more: str) -> Turn:
    start = TurnStarted(turn=1, speaker="ada", kind=kind, choices=("c", "a"))
    return Turn(start, end(start, outcome, data=data).model_copy(update=more))


def ranking(*order: str, voter: str = "") -> Ballot:
    return Ballot(Ranking(tuple(frozenset(tier) for tier in order)), voter)


@pytest.mark.parametrize(
    ("kind", "data", "opinion"),
    [
        ("pick", {"vote": "a"}, Pick("a")),
        ("approval", {"approve": ["a", "c"], "abstain": False}, Approval(frozenset("ac"))),
        ("approval", {"approve": [], "abstain": False}, Approval(frozenset())),
        ("ranking", {"ranking": [["c"], ["a"]], "abstain": False}, Ranking((frozenset("c"), frozenset("a")))),
        ("scores", {"scores": {"a": 5, "c": 0}, "abstain": False}, Scores({"a": Fraction(5), "c": Fraction(0)})),
    ],
)
def test_a_ballot_says_what_was_said_and_nothing_of_what_was_not_shown(
    kind: str, data: dict[str, JsonValue], opinion: object
) -> None:
    ballot = ballot_of(turn(kind, data), OPTIONS)
    assert (ballot.opinion, ballot.status, ballot.voter, ballot.recused) == (opinion, "valid", "ada", frozenset("b"))


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        (turn("pick", {"vote": "abstain", "why": "both bad"}), "abstained", "both bad"),
        (turn("ranking", {"ranking": [], "abstain": True}), "abstained", ""),
        (turn("pick", None, "passed"), "abstained", ""),
        (turn("pick", None, "failed", error_kind="invalid_answer", error="no vote in it"), "invalid", "no vote in it"),
        (turn("pick", {}), "invalid", "it says nothing of the options"),
        (turn("pick", None, "failed", error_kind="timeout", error="silent for 60 s"), "missing", "silent for 60 s"),
        (turn("pick", None, "refused"), "missing", "refused"),
        (turn("pick", None, "empty"), "missing", "empty"),
        (turn("pick", None, "interrupted"), "missing", "interrupted"),
        (turn("pick", {"vote": "a"}, speaker="zoe"), "missing", "zoe stood in, and nobody votes for another"),
        (Turn(TurnStarted(turn=1, speaker="ada", kind="pick")), "missing", "it is not in yet"),
    ],
)
def test_abstained_invalid_and_missing_are_different_things_and_none_is_a_vote(
    found: Turn, status: str, reason: str
) -> None:
    ballot = ballot_of(found)
    assert (ballot.opinion, ballot.status, ballot.reason) == (None, status, reason)


def test_what_is_recorded_of_a_ballot_can_be_counted_as_a_ballot_file() -> None:
    said: list[tuple[str, dict[str, JsonValue]]] = [
        ("ranking", {"ranking": [["c"], ["a"]]}),
        ("pick", {"vote": "a"}),
        ("approval", {"approve": ["c"]}),
    ]
    turns = [turn(kind, data) for kind, data in said]
    ballots = [ballot_of(one, OPTIONS) for one in turns]
    kept = ("voter", "recused", "pick", "approve", "ranking", "scores")
    facts = [entry(one, ballot, OPTIONS) for one, ballot in zip(turns, ballots, strict=True)]
    file = {"options": OPTIONS, "ballots": [{key: fact[key] for key in kept if key in fact} for fact in facts]}
    read = ballot_file(json.dumps(file), "votes.json")
    assert tally("borda", read.options, read.ballots) == tally("borda", OPTIONS, ballots)


def test_favourites_are_what_a_ballot_puts_first_and_none_where_all_are_equal() -> None:
    assert favourites(ranking("ab", "c"), OPTIONS) == {"a", "b"}
    assert favourites(Ballot(Pick("c")), OPTIONS) == {"c"}
    assert favourites(Ballot(Scores({"a": Fraction(1), "b": Fraction(4)})), OPTIONS) == {"b"}
    assert favourites(Ballot(Approval(frozenset("abc"))), OPTIONS) == frozenset()
    assert favourites(Ballot(Approval(frozenset())), OPTIONS) == frozenset()
    assert favourites(Ballot(status="abstained"), OPTIONS) == frozenset()


def test_all_are_of_one_mind_only_where_nobody_kept_back() -> None:
    alike = [ranking("a", "b"), ranking("a", "c"), Ballot(Pick("b"), recused=frozenset("a"))]
    assert unanimous(alike, OPTIONS) == "a"
    assert unanimous(alike[:2], OPTIONS) is None
    assert unanimous([*alike, Ballot(status="abstained")], OPTIONS) is None
    assert unanimous([*alike, Ballot(Pick("b"))], OPTIONS) is None


def test_who_changed_is_known_only_of_those_with_a_ballot_in_both() -> None:
    before = [ranking("a", "b", voter="ada"), ranking("b", voter="ben"), Ballot(voter="cleo", status="missing")]
    after = [ranking("a", "c", voter="ada"), ranking("b", "ac", voter="ben"), ranking("a", voter="cleo")]
    assert changed(before, after, OPTIONS) == ["ada"]


@given(st.permutations(OPTIONS), st.permutations(OPTIONS))
def test_two_orders_agree_with_themselves_wholly_and_with_their_reverse_not_at_all(
    one: list[str], two: list[str]
) -> None:
    assert agreement(ranking(*one), ranking(*one), OPTIONS) == 1
    assert agreement(ranking(*one), ranking(*one[::-1]), OPTIONS) == -1
    assert agreement(ranking(*one), ranking(*two), OPTIONS) == agreement(ranking(*two), ranking(*one), OPTIONS)


@given(st.lists(st.sets(st.sampled_from("abcxy")), max_size=5), st.sets(st.sampled_from(OPTIONS)))
def test_an_order_names_each_option_shown_once_and_no_other(order: list[set[str]], recused: set[str]) -> None:
    ballot = Ballot(Ranking(tuple(map(frozenset, order))), recused=frozenset(recused))
    found = [option for tier in tiers(ballot, OPTIONS) for option in tier]
    assert sorted(found) == sorted(set(OPTIONS) - recused)
