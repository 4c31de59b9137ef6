"""Rows of the home screen, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from agentchat.views.sessions import BARS, age, line, sparkline

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Session:
    id: str = "a1b2"
    title: str = ""
    topic: str = "Which\n  database?"
    mode: str = "discussion"
    personas: tuple[str, ...] = ("Ada", "Ben")
    updated: datetime = NOW - timedelta(minutes=2)
    turns: int = 3
    outcome: str = ""
    pulse: tuple[int, ...] = field(default=(10, 0, 40))
    starred: bool = False
    tags: tuple[str, ...] = ()


def test_a_row_says_what_it_was_about_how_it_went_and_when() -> None:
    row = line(Session(outcome="agreed"), NOW)
    assert (row.title, row.people, row.outcome, row.age) == ("Which database?", "2 personas", "agreed", "2 min")


def test_a_session_without_an_outcome_is_open_or_not_begun() -> None:
    assert line(Session(), NOW).outcome == "open"
    assert line(Session(turns=0), NOW).outcome == "not begun"


def test_a_room_behind_the_screen_says_so_in_place_of_its_outcome() -> None:
    assert line(Session(outcome="agreed"), NOW, "running").outcome == "running"


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(seconds=-3), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=23), "23 h"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=13), "13 days"),
        (timedelta(days=14), "2 weeks"),
        (timedelta(days=31), "4 weeks"),
        (timedelta(days=61), "2 months"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_an_age_is_told_as_one_would_say_it(since: timedelta, words: str) -> None:
    assert age(since) == words


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_a_sparkline_has_a_bar_for_each_value_and_its_highest_for_the_highest(values: list[int]) -> None:
    bars = sparkline(values)
    assert len(bars) == len(values)
    assert set(bars) <= set(BARS)
    if any(values):
        assert bars[values.index(max(values))] == BARS[-1]
