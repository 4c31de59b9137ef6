from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from agentchat.board import LONGEST_VALUE, Query, Write, board, nearest, parse, search
from agentchat.errors import UsageError
from agentchat.events import EPOCH, Noted, stamp

keys = st.sampled_from(["budget", "Budget", " bus  line ", "bus line"])
writes = st.lists(st.tuples(keys, st.sampled_from(["ada", "ben", "you"]), st.none() | st.text(min_size=1, max_size=5)))


def notes(*written: tuple[str, str, str | None]) -> list[Noted]:
    return [
        stamp(Noted(kind="value", key=key, value=value, by=by), at, at - 1, EPOCH)
        for at, (key, by, value) in enumerate(written, 1)
    ]


def test_the_newest_value_of_a_key_counts_however_it_is_spelt() -> None:
    values = board(notes(("Budget", "ada", "10"), ("bus", "ben", "no"), ("budget", "you", "20")))
    assert [(value.key, value.value, value.by) for value in values] == [("budget", "20", "you"), ("bus", "no", "ben")]
    assert [older.value for older in values[0].older] == ["10"]


def test_a_value_taken_off_is_gone_and_what_it_was_is_known_again_when_it_returns() -> None:
    gone = notes(("budget", "ada", "10"), ("budget", "you", None))
    assert board(gone) == ()
    again = board([*gone, *notes(*[("x", "you", "y")] * 2, ("budget", "ben", "30"))[-1:]])
    assert [older.value for older in again[0].older] == ["10"]


@given(writes)
def test_whoever_writes_at_once_nothing_is_lost(written: list[tuple[str, str, str | None]]) -> None:
    log = notes(*written)
    shown = board(log)
    kept = [one.value for value in shown for one in (value, *value.older)]
    on = {" ".join(value.key.casefold().split()) for value in shown}
    wanted = [note.value for note in log if " ".join(note.key.casefold().split()) in on and note.value is not None]
    assert sorted(kept) == sorted(map(str, wanted))


@given(writes, st.integers(0, 20))
def test_the_board_as_it_was_is_the_board_of_that_time(written: list[tuple[str, str, str | None]], at: int) -> None:
    log = notes(*written)
    assert board(log, at) == board(log[:at])


def test_values_are_found_by_their_words_the_key_first() -> None:
    values = board(notes(("bus line", "ada", "two a day"), ("budget", "ben", "no bus"), ("school", "you", "open")))
    assert [value.key for value in search(values, "BUS")] == ["bus line", "budget"]
    assert search(values, "") == values
    assert search(values, "rents") == ()
    assert [value.key for value in nearest(values, "What of the school budget?")][:2] == ["school", "budget"]
    assert len(nearest(values, "What of the school?")) == 3


def test_what_a_person_types_is_a_value_a_removal_or_a_search() -> None:
    assert parse("budget = 10k a year | from the grant") == Write("budget", "10k a year", "from the grant")
    assert parse(" bus line=no ") == Write("bus line", "no")
    assert parse("budget =") == Write("budget", None)
    assert parse("the budget") == Query("the budget")
    assert parse("") == Query("")
    assert parse("url = https://a?b=c") == Write("url", "https://a?b=c")


@pytest.mark.parametrize("text", [f"{'k' * 61} = 1", f"k = {'v' * (LONGEST_VALUE + 1)}"])
def test_what_is_too_long_for_the_board_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match="does not fit"):
        parse(text)
