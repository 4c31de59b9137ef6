from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from agentchat.errors import UsageError
from agentchat.voting.ballot import Approval, Ballot, Pick, Ranking, Scores
from agentchat.voting.reading import MOST_BYTES, BallotFile, ballot_file

NEW = """\
# FILE NAME: 00001-00000001.toi
# TITLE: Lunch
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 6
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: soup
# ALTERNATIVE NAME 2: pie
# ALTERNATIVE NAME 3: rice, fried
3: 1,2,3
2: 2,{1,3}
1: 3
"""
OLD = """\
3
1,soup
2,pie
3,rice, fried
6,6,3
3,1,2,3
2,2,{1,3}
1,3
"""


def ranked(*tiers: str | set[str], count: int = 1) -> Ballot:
    sets = (frozenset({tier} if isinstance(tier, str) else tier) for tier in tiers)
    return Ballot(Ranking(tuple(sets)), weight=Fraction(count))


def one(**said: object) -> Ballot:
    return ballot_file(json.dumps({"options": ["A", "B", "C"], "ballots": [said]}), "f").ballots[0]


@pytest.mark.parametrize("text", [NEW, OLD, NEW.replace("\n", "\r\n"), OLD.replace("2,2,{1,3}", " 2 , 2, { 1, 3 } ")])
def test_preflib_orders_are_read_with_the_header_of_before_2022_and_since(text: str) -> None:
    assert ballot_file(text, "lunch.toi") == BallotFile(
        ("soup", "pie", "rice, fried"),
        (
            ranked("soup", "pie", "rice, fried", count=3),
            ranked("pie", {"soup", "rice, fried"}, count=2),
            ranked("rice, fried"),
        ),
    )


def test_json_says_each_kind_of_opinion() -> None:
    assert one(ranking=[["A"], ["B", "C"]], count=3) == ranked("A", {"B", "C"}, count=3)
    assert one(ranking=["A", ["B", "C"]]) == ranked("A", {"B", "C"})
    assert one(approve=["A"]).opinion == Approval(frozenset({"A"}))
    assert one(approve=[]).opinion == Approval(frozenset())
    assert one(scores={"A": 5, "B": 0.1}).opinion == Scores({"A": Fraction(5), "B": Fraction(1, 10)})
    assert one(pick="A", voter="ada", recused=["B"]) == Ballot(Pick("A"), "ada", recused=frozenset({"B"}))
    assert one(abstain=True) == Ballot(status="abstained")


def test_an_option_there_is_not_is_left_to_the_count() -> None:
    assert one(ranking=[["X"], ["A"]]) == ranked("X", "A")


def test_bytes_are_utf8_with_or_without_a_mark_before_them() -> None:
    text = '{"options": ["Käse"], "ballots": []}'
    assert ballot_file(text.encode("utf-8-sig"), "f") == ballot_file(text.encode(), "f") == ballot_file(text, "f")
    assert ballot_file("\ufeff" + text, "f").options == ("Käse",)
    with pytest.raises(UsageError, match="f, line 2: no UTF-8 text"):
        ballot_file('{"options":\n ["Käse"]}'.encode("latin-1"), "f")


def test_scores_above_five_raise_the_top() -> None:
    high = ballot_file('{"options": ["A"], "ballots": [{"scores": {"A": 10}}, {"scores": {}}]}', "f")
    assert high.top == 10
    assert ballot_file(NEW, "f").top == 5


@pytest.mark.parametrize(
    ("ballot", "told"),
    [
        ("3", "ballots[1]: expected an object in braces, found 3"),
        ("{}", "ballots[1]: expected one of ranking, approve, scores, pick, abstain, found none of them"),
        ('{"pick": "A", "approve": []}', "ballots[1]: expected one of ranking, approve"),
        ('{"pick": "A", "cuont": 2}', "ballots[1]: expected count, found 'cuont'"),
        ('{"pick": "A", "pick": "B"}', "ballots[1]: expected every key once, found 'pick' twice"),
        ('{"scores": {"A": 1, "A": 2}}', "ballots[1].scores: expected every key once, found 'A' twice"),
        ('{"pick": ["A"]}', "ballots[1].pick: expected the name of an option, found a list"),
        ('{"pick": 1}', "ballots[1].pick: expected the name of an option, found 1"),
        ('{"approve": "A"}', "ballots[1].approve: expected a list of options, found 'A'"),
        ('{"approve": ["A", null]}', "ballots[1].approve[1]: expected the name of an option, found nothing"),
        ('{"ranking": "A>B"}', "ballots[1].ranking: expected a list of lists, best first"),
        ('{"ranking": [5]}', "ballots[1].ranking[0]: expected a list of options, found 5"),
        ('{"ranking": [["A"], [true]]}', "ballots[1].ranking[1][0]: expected the name of an option, found true"),
        ('{"scores": ["A"]}', "ballots[1].scores: expected an object in braces, found a list"),
        ('{"scores": {"A": "5"}}', "ballots[1].scores.A: expected a number from 0 to 1000000"),
        ('{"scores": {"A": true}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": NaN}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": -Infinity}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": -1}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": 1e999999999}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": 1e-999999999}}', "ballots[1].scores.A: expected a number"),
        ('{"scores": {"A": 1e99999999999999999999}}', "expected numbers of a usual size"),
        ('{"abstain": false}', "ballots[1].abstain: expected true, found false"),
        ('{"pick": "A", "count": 0}', "ballots[1].count: expected a whole number from 1 to 1000000000, found 0"),
        ('{"pick": "A", "count": -1}', "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "count": 1.5}', "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "count": true}', "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "count": "2"}', "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "count": NaN}', "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "count": %s}' % ("9" * 5000), "ballots[1].count: expected a whole number"),
        ('{"pick": "A", "voter": 7}', "ballots[1].voter: expected a name, found 7"),
        ('{"pick": "A", "recused": "A"}', "ballots[1].recused: expected a list of options"),
    ],
)  # fmt: skip
def test_a_wrong_ballot_is_named_by_its_path(ballot: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        ballot_file(f'{{"options": ["A", "B"], "ballots": [{{"pick": "A"}}, {ballot}]}}', "votes.json")
    assert f"votes.json: {told}" in f"{error.value}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f is empty"),
        (" \n", "f is empty"),
        ("A > B > C", "f, line 1: expected JSON, which begins with {, or PrefLib"),
        ('{"options":\n  [,]}', "f, line 2: this is no JSON"),
        ("[]", "f: expected an object in braces, found a list"),
        ("[" * 100_000, "f: expected objects and lists a few deep"),
        ('{"a":' * 100_000, "f: expected objects and lists a few deep"),
        ('{"ballots": []}', "f: options: expected a list of options, found nothing"),
        ('{"options": ["A"]}', "f: ballots: expected a list of ballots, found nothing"),
        ('{"options": [], "ballots": []}', "f: options: expected 1 to 1000 options, found 0"),
        ('{"options": ["A", " "], "ballots": []}', "f: options[1]: expected the name of an option, found an empty one"),
        ('{"options": ["A", "A"], "ballots": []}', "f: options[1]: expected every option once, found 'A' again"),
        (json.dumps({"options": [str(n) for n in range(1_001)], "ballots": []}), "found 1001"),
        (" " * (MOST_BYTES + 1), "f is too long: more than 20 MB"),
        (NEW.replace("3: 1,2,3", "3: 1,2,4"), "f, line 10: expected numbers of options, 1 to 3, found 4"),
        (NEW.replace("3: 1,2,3", "3: 1,2,1"), "f, line 10: expected every option once"),
        (NEW.replace("3: 1,2,3", "3: 1,2,"), "f, line 10: expected an order"),
        (NEW.replace("3: 1,2,3", "3: 1,{2"), "f, line 10: expected an order"),
        (NEW.replace("3: 1,2,3", "1,2,3: 3"), "f, line 10: expected an order"),
        (NEW.replace("3: 1,2,3", "0: 1,2,3"), "f, line 10: expected a whole number from 1"),
        (NEW.replace("3: 1,2,3", "-3: 1,2,3"), "f, line 10: expected an order"),
        (NEW.replace("3: 1,2,3", "1.5: 1,2,3"), "f, line 10: expected an order"),
        (NEW.replace("3: 1,2,3", "999999999999: 1,2,3"), "f, line 10: expected a whole number from 1"),
        (NEW.replace("1: 3\n", ""), "f: expected the orders of 6 voters, as its header says, found those of 5"),
        (NEW.replace("NAME 2: pie", "NAME 2: soup"), "f, line 8: expected every option once, found 'soup' again"),
        (NEW.replace("NAME 2: pie", "NAME 1: pie"), "f, line 8: expected every number once"),
        (NEW.replace("NAME 2: pie", "NAME 2:"), "f, line 8: expected the name of an option"),
        (NEW.replace("ALTERNATIVES: 3", "ALTERNATIVES: 4"), "f: expected a name for each of 4 options, found none"),
        (NEW.replace("ALTERNATIVES: 3", "ALTERNATIVES: 2"), "f: expected 2 options, as its header says, found 3"),
        (NEW.replace("ALTERNATIVES: 3", "ALTERNATIVES: 999999999"), "f: expected a name for each of 999999999"),
        ("# nothing\n", "f: expected 1 to 1000 options, found 0"),
        (OLD.replace("3\n1", "x\n1", 1), "f, line 1: expected JSON"),
        (OLD.replace("3\n1", "3x\n1", 1), "f, line 1: expected the number of options"),
        (OLD.replace("2,pie", "pie"), "f, line 3: expected the next option"),
        (OLD.replace("6,6,3", "6,6"), "f, line 5: expected three counts"),
        ("999999999\n1,A\n", "f: expected the names of 999999999 options"),
        (OLD.replace("1,3\n", ""), "f: expected the orders of 6 voters"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_a_wrong_file_is_named_by_its_line_or_path(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        ballot_file(text, "f")
    assert told in f"{error.value}"


@given(st.binary() | st.text().map(str.encode) | st.text("0123456789,:{}# \n").map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(raw: bytes) -> None:
    with suppress(UsageError):
        assert ballot_file(raw, "f").options


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from("ABX"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["A", "B", "pick", "approve", "ranking", "scores", "abstain", "count", "voter", "recused"]),
        inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.lists(SHAPES, max_size=3))
def test_whatever_a_ballot_is_it_is_read_or_refused(ballots: list[object]) -> None:
    with suppress(UsageError):
        read = ballot_file(json.dumps({"options": ["A", "B"], "ballots": ballots}), "f")
        assert len(read.ballots) == len(ballots)
