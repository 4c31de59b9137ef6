"""A question in a row: what is asked, by whom, and what happens when nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agentchat.store import Question
from agentchat.views.inbox import line, whence

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ASKED = Question("3f9a12345678", "A town", 41, "escalation", "ada", "Ada", "Which\nstreet?", raised_at=NOW)


def left(question: Question, seconds: float) -> str:
    return line(replace(question, deadline_at=NOW + timedelta(seconds=seconds)), NOW).left


def test_a_row_says_who_asks_what_and_how_it_is_answered() -> None:
    row = line(replace(ASKED, options=("Mill Lane", "High Street")), NOW + timedelta(minutes=5))
    assert (row.id, row.who, row.question, row.age) == ("3f9a1234:41", "Ada", "Which street?", "5 min")
    assert row.answers == "1 Mill Lane · 2 High Street"
    parked = replace(ASKED, by="you", name="you", to="Zoe")
    assert line(parked, NOW).who == "parked for Zoe"
    assert whence(parked, NOW) == "Parked for Zoe, in “A town”"
    assert whence(replace(ASKED, reason="a tie"), NOW) == "Ada asks in “A town” · a tie"
    turn = line(replace(ASKED, kind="turn", form="pick", question="", options=("a-one", "b-two")), NOW)
    assert (turn.question, turn.answers[:16]) == ("Your turn: pick", "A a-one · B b-tw")


def test_a_row_says_what_counts_when_the_time_is_over_and_nothing_where_nothing_does() -> None:
    default = replace(ASKED, default="Mill Lane")
    assert line(default, NOW).left == ""
    assert left(default, 42) == "42 s, then Mill Lane"
    assert left(default, 300) == "5 min, then Mill Lane"
    assert left(default, -1) == "over: Mill Lane"
    assert left(replace(ASKED, form="pick"), 42) == "42 s, then abstain"
    assert left(ASKED, 42) == "", "it waits on"
