"""Replies as models write them, read as ballots and critiques: the clear ones right, the unclear ones not at all."""

from __future__ import annotations

import json
import time
from functools import partial
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from agentchat.kinds import kind_of, prose
from agentchat.models.reading import UnreadableError, read

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPEC = util.spec_from_file_location("single_choices", Path(__file__).with_name("single_choices.py"))
assert _SPEC
assert _SPEC.loader
_TABLE = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_TABLE)
REPLIES: Sequence[tuple[tuple[str, ...], str, str | None]] = _TABLE.REPLIES
STANCES: tuple[str, ...] = _TABLE.STANCES

OPTIONS = ("free childcare", "a night bus", "parks")


def answer(kind: str, choices: tuple[str, ...], text: str) -> dict[str, JsonValue] | None:
    """What stands in a reply, None if that is unclear."""
    known = kind_of(kind)
    assert known.payload
    assert known.prose
    try:
        found = read(known.payload(choices), text, partial(lambda text, read: read(text, choices), read=known.prose))
    except UnreadableError:
        return None
    return found.model_dump(mode="json", exclude={"why"})


def seconds(kind: str, choices: tuple[str, ...], text: str) -> float:
    """CPU seconds of reading it: the best of three, for what else the process does in them."""
    times = []
    for _ in range(3):
        started = time.process_time()
        answer(kind, choices, text)
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize(("choices", "text", "right"), REPLIES, ids=lambda value: repr(value)[:40])
def test_a_vote_is_read_right_or_not_at_all(choices: tuple[str, ...], text: str, right: str | None) -> None:
    assert answer("pick", choices, text) == (None if right is None else {"vote": right})
    assert seconds("pick", choices, text) < 0.05


def test_there_are_enough_of_them() -> None:
    assert len(REPLIES) >= 150
    assert 60 < sum(right is None for _, _, right in REPLIES) < 140


APPROVALS = {
    '{"approve": ["A", "parks"]}': ["free childcare", "parks"],
    '{"approve": ["a night bus", "nonsense"]}': ["a night bus"],
    '{"approve": []}': [],
    '{"approve": "A, C"}': ["free childcare", "parks"],
    "APPROVE: A, C": ["free childcare", "parks"],
    "Approved: parks and a night bus": ["parks", "a night bus"],
    "APPROVE: none": [],
    "I approve of A and B.": ["free childcare", "a night bus"],
    "A: yes\nB: no\nC: yes": ["free childcare", "parks"],
    "free childcare: yes\na night bus - no\nparks: rejected": ["free childcare"],
    '{"approve": ["nonsense"]}': None,
    '{"approve": true}': None,
    "APPROVE: A, D": None,
    "APPROVE: A\nAPPROVE: B": None,
    "A: yes\nB: no": None,
    "A: yes\nA: no\nB: no\nC: no": None,
    "I do not approve of A.": None,
    "Ada approves A.": None,
    "Ada: APPROVE: A": None,
    "APPROVE: <names>": None,
    "They are all fine.": None,
}


@pytest.mark.parametrize("text", APPROVALS)
def test_approvals_are_read_right_or_not_at_all(text: str) -> None:
    right = APPROVALS[text]
    assert answer("approval", OPTIONS, text) == (None if right is None else {"approve": right, "abstain": False})


RANKINGS = {
    '{"ranking": [["A"], ["B", "C"]]}': "A BC",
    '{"ranking": ["C", "A = B"]}': "C AB",
    '{"ranking": "B > A > C"}': "B A C",
    '{"ranking": [["parks"]]}': "C",
    '{"ranking": [["A"], ["zoo"], ["A", "B"]]}': "A B",
    "FINAL RANKING: A > C > B": "A C B",
    "FINAL RANKING: A > B = C": "A BC",
    "FINAL RANKING:\n1. a night bus\n2. parks\n3. free childcare": "B C A",
    "**Final ranking:**\n\n1. **C** because they last\n2. A = B": "C AB",
    "It depends.\n\nFINAL RANKING: parks, free childcare, a night bus": "C A B",
    "Ranking (best to worst):\n- B\n- A": "B A",
    "I weighed it.\nC > A > B": "C A B",
    "FINAL RANKING: A > zoo > B": "A B",
    "<think>A > B > C</think>FINAL RANKING: C > B > A": "C B A",
    '{"ranking": []}': None,
    '{"ranking": ["zoo"]}': None,
    '{"ranking": {"A": 1}}': None,
    "FINAL RANKING: zoo": None,
    "FINAL RANKING: A > B > C\nFINAL RANKING: C > B > A": None,
    "FINAL RANKING (worst to best): A > B > C": None,
    "FINAL RANKING: X > Y = Z": None,
    "1. free childcare\n2. a night bus\n3. parks": None,
    "Ada's ranking: A > B > C": None,
    "> A > B > C": None,
    "A is better than B.": None,
}


@pytest.mark.parametrize("text", RANKINGS)
def test_rankings_are_read_right_or_not_at_all(text: str) -> None:
    right = RANKINGS[text]
    found = answer("ranking", OPTIONS, text)
    if right is None:
        assert found is None
    else:
        tiers = [[dict(zip("ABC", OPTIONS, strict=True))[label] for label in tier] for tier in right.split()]
        assert found == {"ranking": tiers, "abstain": False}


SCORES = {
    '{"scores": {"A": 4, "B": 0, "C": 5}}': (4, 0, 5),
    '{"scores": {"free childcare": "4/5", "a night bus": 3.0, "C": 1}}': (4, 3, 1),
    "A: 4\nB: 0\nC: 5": (4, 0, 5),
    "A: 4/5, B: 1/5, C: 2/5": (4, 1, 2),
    "- **free childcare**: 5 (it helps most)\n- a night bus: 2\n- parks - 1": (5, 2, 1),
    "A: free childcare: 3\nB: 2\nC: 1": (3, 2, 1),
    '{"scores": {"A": 9, "B": 7, "C": 3}}': None,
    '{"scores": {"A": 4.5}}': None,
    '{"scores": {"A": true}}': None,
    '{"scores": {"zoo": 4}}': None,
    '{"scores": [4, 3, 2]}': None,
    '{"scores": {"A": 4, "free childcare": 3}}': None,
    "A: 4\nB: 3": None,
    "A: 8/10\nB: 3/10\nC: 1/10": None,
    "A: 4\nA: 3\nB: 2\nC: 1": None,
    "Ada gives A 5.": None,
}


@pytest.mark.parametrize("text", SCORES)
def test_scores_are_read_right_or_not_at_all(text: str) -> None:
    right = SCORES[text]
    wanted = None if right is None else {"scores": dict(zip(OPTIONS, right, strict=True)), "abstain": False}
    assert answer("scores", OPTIONS, text) == wanted


@pytest.mark.parametrize("kind", ["approval", "ranking", "scores"])
@pytest.mark.parametrize("text", ['{"abstain": true}', "I abstain.", "VOTE: abstain", "abstain"])
def test_who_abstains_says_so(kind: str, text: str) -> None:
    found = answer(kind, OPTIONS, text)
    assert found
    assert found.pop("abstain") is True
    assert not any(found.values())


def test_who_votes_and_abstains_does_neither() -> None:
    assert answer("ranking", OPTIONS, '{"ranking": [["A"]], "abstain": true}') is None


def test_a_critique_is_read_out_of_lines() -> None:
    text = "MAJOR: The second sentence has no verb.\n- minor: a comma is missing\n\nclarity: 3/5\nTruth: 4"
    assert answer("critique", ("clarity", "truth"), text) == {
        "issues": [
            dict.fromkeys(("quote", "fix"), "") | {"criterion": "other", "severity": severity, "problem": problem}
            for severity, problem in [
                ("major", "The second sentence has no verb."),
                ("minor", "a comma is missing"),
            ]
        ],
        "scores": {"clarity": 3, "truth": 4},
        "verdict": "unsure",
    }
    assert answer("critique", ("clarity", "truth"), "MAJOR: no verb\nclarity: 3") is None
    assert answer("critique", ("clarity", "truth"), "It is quite good.") is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("BETTER: A", "A"),
        ("Better: B because it is shorter", "B"),
        ("Version A is better.", "A"),
        ("Version B is clearly better: it has a verb.", "B"),
        ("BETTER: same", "same"),
        ('{"better": "B", "why": "shorter"}', "B"),
        ("A and B are both good.", None),
        ("Version A is better. Version B is better.", None),
        ("BETTER: A or B", None),
        ("Version A is not better.", None),
        ("It could be better.", None),
    ],
)
def test_a_comparison_is_read_right_or_not_at_all(text: str, right: str | None) -> None:
    assert answer("compare", (), text) == (None if right is None else {"better": right})


KINDS = ("pick", "approval", "ranking", "scores")
WORDS = st.sampled_from(
    [
        *STANCES, *"ABCD124", *'\n:,.{}">=', "VOTE:", "I vote for", "not", "because", "FINAL RANKING:", "1.", "2.",
        "APPROVE:", "yes", "no", "Ada", "<think>", "</think>", "> ", "abstain", "or", "\u200b",
    ]
)  # fmt: skip
WRAPPINGS = ["{}", "```json\n{}\n```", "Here you are:\n{}\nThanks!", "<think>VOTE: A</think>{}", "> VOTE: A\n{}"]
FORMS = ['{{"vote": "{}"}}', '{{"why": "so", "vote": "{}",}}', "VOTE: {}", "**VOTE: {}**", "I vote for {}."]
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join))


@given(st.sampled_from(KINDS), TEXTS)
def test_no_text_makes_the_reader_stumble_or_name_what_is_no_option(kind: str, text: str) -> None:
    found = answer(kind, STANCES, text)
    assert found == answer(kind, STANCES, text)
    match found:
        case {"vote": str(vote)}:
            assert vote in (*STANCES, "abstain")
            assert vote in text.casefold() or "ABC"[STANCES.index(vote)].casefold() in text.casefold()
        case {"approve": list(named)} | {"scores": dict(named)}:
            assert {*named} <= {*STANCES}
        case {"ranking": list(tiers)}:
            named = [one for tier in tiers if isinstance(tier, list) for one in tier]
            assert len(named) == len({*map(str, named)})
            assert {*map(str, named)} <= {*STANCES}
        case _:
            assert found is None


@given(
    st.sampled_from(STANCES),
    st.sampled_from(WRAPPINGS),
    st.sampled_from(FORMS),
)
def test_a_clear_vote_is_read_in_whatever_it_is_wrapped(vote: str, wrapping: str, form: str) -> None:
    assert answer("pick", STANCES, wrapping.replace("{}", form.format(vote))) == {"vote": vote}


@given(st.sampled_from(KINDS), st.data())
def test_what_was_read_is_read_again_the_same(kind: str, data: st.DataObject) -> None:
    ballots = {
        "pick": st.fixed_dictionaries({"vote": st.sampled_from([*STANCES, "abstain"])}),
        "approval": st.fixed_dictionaries({"approve": st.lists(st.sampled_from(STANCES), unique=True)}),
        "ranking": st.permutations(STANCES).map(lambda order: {"ranking": [[order[0]], [*order[1:]]]}),
        "scores": st.fixed_dictionaries({"scores": st.fixed_dictionaries(dict.fromkeys(STANCES, st.integers(0, 5)))}),
    }
    first = answer(kind, STANCES, json.dumps(data.draw(ballots[kind])))
    assert first is not None
    assert answer(kind, STANCES, json.dumps(first)) == first


HOSTILE = [
    "VOTE: " * 3300,
    "I vote for " * 1800,
    "I will " * 2800,
    "not " * 5000,
    "A > " * 5000,
    "A = " * 5000,
    "1. A\n" * 4000,
    "A: 4, " * 3300,
    "A: 4 " * 3900,
    '"' * 20_000,
    "“" * 20_000,
    "*" * 20_000,
    "{" * 20_000,
    '{"a":' * 4000,
    "{}" * 10_000,
    "- " * 10_000,
    ". " * 10_000,
    " " * 20_000,
    "\n" * 20_000,
    "<think>" * 2800,
    "approve with " * 1500,
    "VOTE: A\n" * 2500,
    "I would not vote " * 1100,
    "I abstain " * 2000,
    "e\u0301\u200b" * 6600,
    "option " * 2800,
    "VOTE: " + "A: " * 6000,
    "I vote for " + "'" * 19_000,
    "not vote A. " * 1600,
    "I vote for A because B, C. Not for C\n" * 450,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
@pytest.mark.parametrize("kind", [*KINDS, "critique", "compare"])
def test_hostile_text_is_read_in_no_time(kind: str, text: str) -> None:
    assert seconds(kind, STANCES, text) < 0.05


def test_what_is_too_long_is_not_looked_at() -> None:
    assert prose.vote("VOTE: A\n" + " " * prose.LIMIT, STANCES) is None
