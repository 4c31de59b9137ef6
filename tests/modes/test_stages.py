from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.errors import UsageError
from agentchat.modes import settings_of
from agentchat.modes.promises import Holds, Json, Size, Verdict
from agentchat.modes.stages import Stage, line, stages

EXAMPLE = "outline by ada: lines>=3 | draft by ben: words<=200, has Risks | check by cleo: verdict back to draft"


def test_a_line_says_each_stage_its_maker_and_what_it_promises() -> None:
    assert stages(EXAMPLE) == (
        Stage("outline", "ada", (Size("lines", ">=", 3),)),
        Stage("draft", "ben", (Size("words", "<=", 200), Holds("Risks"))),
        Stage("check", "cleo", (Verdict("draft"),)),
    )
    assert line(stages(EXAMPLE)) == EXAMPLE


def test_quotation_marks_hold_commas_bars_and_colons() -> None:
    (stage,) = stages('offer: has "a, b | c: d", json with title, price')
    assert stage.promises == (Holds("a, b | c: d"), Json(("title", "price")))
    assert stages(line((stage,))) == (stage,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "stage 1 has no name (at character 1)"),
        ("a | | b", "stage 2 has no name (at character 5"),
        ("a: words<=many", "'words<=many': after it comes <=, >= or = and a whole number"),
        ("a: words<=9, hs Risks", "'hs Risks' is no promise; there is words<=200"),
        ("a: words<=9, hs Risks", "(at character 14: hs Risks …)"),
        ("a: has", "has what? As in: has Risks"),
        ('a: has "Risks | b', "a quotation mark is not closed (at character 8"),
        ("a by: words<=9", "stage 1: by whom?"),
        ("a | A", "two stages are called 'A'"),
        ("check: verdict", "'check' is the first stage: a fail has nowhere to go back to"),
        ("a | check: verdict back to b", "'check' sends back to 'b'; the stages before it are a"),
        ("a | check: verdict, words<=9", "a stage that gives a verdict promises nothing else"),
        ("a + b: verdict", "a stage that gives a verdict is not made at once with another"),
        ("a: json of a", "it is json, or json with fields title and price"),
        (" | ".join("abcdefghijklm"), "there may be 12 stages"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        settings_of("pipeline", {"stages": text})
    assert said in str(raised.value)


def test_a_plus_makes_stages_at_once() -> None:
    found = stages("plan | left by ada: words<=9 + right | whole")
    assert [one.beside for one in found] == [False, False, True, False]
    assert line(found) == "plan | left by ada: words<=9 + right | whole"


def test_a_list_with_a_stage_each_is_the_same_line() -> None:
    kept = settings_of("pipeline", {"stages": [*EXAMPLE.split(" | ")]})
    assert kept["stages"] == EXAMPLE


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(['"', "|", " + ", ":", ",", " by ", "a", "has ", "words<=3", "verdict", "json with x"]),
        max_size=9,
    )
)
def test_any_line_is_read_or_refused_and_what_is_read_can_be_written(parts: list[str]) -> None:
    try:
        found = stages("".join(parts))
    except ValueError as error:
        said = str(error)
    else:
        assert stages(line(found)) == found
        return
    assert "at character" in said
