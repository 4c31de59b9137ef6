from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue

from agentchat.modes.conditions import condition

DATA: dict[str, JsonValue] = {
    "score": 0.8,
    "version": 3,
    "winner": "Green Tea",
    "counts": {"tea": 2, "black coffee": 1},
    "kept": True,
    "text": "12",
    "none": None,
}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("else", True),
        ("tie", True),
        ("decided", False),
        ("achieved", False),
        ("score >= 0.8", True),
        ("score>0.8", False),
        ("version = 3.0", True),
        ("winner = green  tea", True),
        ('winner = "Green Tea"', True),
        ("winner != coffee", True),
        ("counts.tea > 1", True),
        ("counts.milk >= 0", False),
        ("kept = yes", True),
        ("text < 13", True),
        ("winner >= 1", False),
        ("nothing != tea", False),
        ("none = none", False),
        ("score.more = 1", False),
    ],
)
def test_an_edge_is_taken_by_outcome_or_by_a_field_of_its_data(text: str, fits: bool) -> None:
    assert condition(text).fits("tie", frozenset({"decided"}), DATA) is fits


def test_achieved_is_any_outcome_that_is_what_the_mode_is_for() -> None:
    assert condition("achieved").fits("decided", frozenset({"decided"}), {})


@pytest.mark.parametrize("text", ["", "score >=", "score >= high", "two words", "= 3", "score ~ 3"])
def test_what_is_no_condition_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"no condition|no number"):
        condition(text)


@settings(max_examples=80, deadline=None)
@given(st.text('ab=<>!".1 é', max_size=12))
def test_what_is_read_is_read_again_as_the_same(text: str) -> None:
    try:
        found = condition(text)
    except ValueError:
        return
    assert condition(str(found)) == found
