from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from agentchat.modes.issues import Issue, answered, issue_of, joined, recorded, same, worst
from agentchat.modes.rubric import parse, shares
from agentchat.persona import CHECK, YOU

WORDS = st.lists(st.sampled_from(["harbour", "mill", "rents", "school", "the", "river"]), min_size=1, max_size=4)
TEXTS = st.one_of(WORDS.map(" ".join), st.text(max_size=12))


@st.composite
def found(draw: st.DrawFn) -> Issue:
    return Issue(
        id=0,
        by=draw(st.sampled_from(["ben", "cleo", YOU, CHECK])),
        criterion=draw(st.sampled_from(["clarity", "tone", "other"])),
        severity=draw(st.sampled_from(["blocker", "major", "minor"])),
        quote=draw(TEXTS),
        problem=draw(TEXTS),
        fix="",
        since=draw(st.integers(1, 6)),
    )


ROUNDS = st.lists(
    st.tuples(
        st.lists(found(), max_size=5),
        st.dictionaries(st.integers(1, 6), st.tuples(st.sampled_from(["fixed", "rejected"]), st.just("so"))),
        st.sets(st.sampled_from(["ben", "cleo"])),
    ),
    max_size=5,
)


def ledger(rounds: list[tuple[list[Issue], dict[int, tuple[str, str]], set[str]]]) -> list[tuple[Issue, ...]]:
    """The ledger after each round."""
    now: tuple[Issue, ...] = ()
    states = []
    for new, replies, judged in rounds:
        now = joined(answered(now, replies, judged), new)
        states.append(now)
    return states


@given(ROUNDS)
def test_no_issue_is_ever_lost_or_renumbered(
    rounds: list[tuple[list[Issue], dict[int, tuple[str, str]], set[str]]],
) -> None:
    states = ledger(rounds)
    for before, after in pairwise(states):
        assert [one.id for one in after[: len(before)]] == [one.id for one in before]
        assert [one.problem for one in after[: len(before)]] == [one.problem for one in before]
    assert all([one.id for one in state] == [*range(1, len(state) + 1)] for state in states)


@given(ROUNDS)
def test_every_issue_found_is_in_the_ledger_and_open_unless_it_was_rejected(
    rounds: list[tuple[list[Issue], dict[int, tuple[str, str]], set[str]]],
) -> None:
    for (new, _, _), state in zip(rounds, ledger(rounds), strict=True):
        for one in new:
            kept = next(old for old in state if same(old, one))
            assert kept.status in ("open", "rejected")
            assert kept.status == "open" or kept.reason


@given(ROUNDS)
def test_what_is_recorded_is_read_again_as_it_was(
    rounds: list[tuple[list[Issue], dict[int, tuple[str, str]], set[str]]],
) -> None:
    for state in ledger(rounds):
        assert tuple(issue_of(one) for one in recorded(state) if isinstance(one, dict)) == state


def one(problem: str, quote: str = "", by: str = "ben", severity: str = "major") -> Issue:
    said: dict[str, JsonValue] = {"problem": problem, "quote": quote, "by": by, "severity": severity}
    return issue_of({"id": 0, "criterion": "clarity", "fix": "", "since": 1, **said})


def test_two_critics_who_find_the_same_make_one_issue_of_the_worse_severity() -> None:
    made = joined(
        (),
        [one("the claim about rents has no source"), one("no source for rents claim", by="cleo", severity="blocker")],
    )
    assert [(it.by, it.also, it.severity) for it in made] == [("ben", ("cleo",), "blocker")]


@pytest.mark.parametrize(
    ("quote", "status"),
    [("", "rejected"), ("rents fell", "rejected"), ("Rents  fell.", "rejected"), ("the mill closed", "open")],
)
def test_a_rejected_issue_opens_again_only_with_other_words_of_the_text(quote: str, status: str) -> None:
    first = joined((), [one("the claim has no source", "rents fell")])
    rejected = answered(first, {1: ("rejected", "it is known")}, {"ben"})
    again = joined(rejected, [one("the claim has no source", quote, by="cleo")])
    assert [(it.status, it.reason, it.also) for it in again] == [(status, "it is known", ("cleo",))]


def test_what_nobody_was_left_to_judge_stays_open() -> None:
    first = joined((), [one("the claim has no source")])
    assert answered(first, {}, {"cleo"})[0].status == "open"
    assert answered(first, {1: ("fixed", "")}, {"cleo"})[0].status == "fixed"
    assert answered(first, {}, {"ben"})[0].status == "fixed"


def test_an_author_cannot_reject_the_check() -> None:
    first = joined((), [one("exit 1", by=CHECK, severity="blocker")])
    assert answered(first, {1: ("rejected", "no")}, set())[0].status == "fixed"
    assert joined(answered(first, {1: ("rejected", "no")}, set()), [one("exit 2", by=CHECK)])[0].status == "open"


def test_the_worst_come_first_and_the_persons_own_before_all() -> None:
    made = joined((), [one("lamp", severity="minor"), one("boat", severity="blocker"), one("tree", by=YOU)])
    assert [it.problem for it in worst(made)] == ["tree", "boat", "lamp"]


@pytest.mark.parametrize("text", ["", "clarity:0", "clarity:much", "a, A", "other", "a:1/0", "a,b,c,d,e,f,g", ":2"])
def test_criteria_that_cannot_be_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"criteri|weight"):
        parse(text)


def test_a_score_is_from_0_to_1() -> None:
    weights = parse("truth:3, style")
    assert shares(weights, {"ben": {"scores": {"truth": 5, "style": 5}}})[2] == 1
    assert shares(weights, {"ben": {"scores": {"truth": 1, "style": 1}}})[2] == 0
