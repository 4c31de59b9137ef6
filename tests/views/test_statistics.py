from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from agentchat.events import Directed, HumanSpoke, TurnStarted
from agentchat.home.recordings import read, shipped
from agentchat.kinds import counted
from agentchat.log import Log
from agentchat.testing import append, begin, end, opened, people
from agentchat.views.statistics import bar, facts, span, sparkline, statistics


def session(*said: tuple[str, str], sealed: bool = False) -> Log:
    log = begin(opened("discussion", people("Ada", "Ben")))
    for who, text in said:
        if who == "you":
            append(log, [HumanSpoke(text=text)])
            continue
        (start,) = append(log, [TurnStarted(speaker=who, sealed=sealed)])
        assert isinstance(start, TurnStarted)
        append(log, [end(start, "said", text)])
    return log


def test_words_are_shared_out_the_most_first_and_yours_among_them() -> None:
    numbers = statistics(
        session(("ada", "one two three"), ("ben", "one"), ("you", "one two"), ("ada", "four")).transcript
    )
    assert [(share.name, share.turns, share.words) for share in numbers.shares] == [
        ("Ada", 2, 4),
        ("you", 1, 2),
        ("Ben", 1, 1),
    ]
    assert (numbers.turns, numbers.words, numbers.interjections, numbers.pulse) == (3, 7, 1, (3, 1, 1))


def test_what_is_sealed_is_in_no_number() -> None:
    numbers = statistics(session(("ada", "a secret of six words here"), sealed=True).transcript)
    assert (numbers.turns, numbers.words, numbers.shares) == (0, 0, ())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_turns_are_counted_as_a_replay_counts_them(name: str) -> None:
    log = read(shipped()[name])
    numbers = statistics(log.transcript)
    assert numbers.turns == sum(counted(event) for event in log.path())
    assert sum(share.turns for share in numbers.shares) == numbers.turns + numbers.interjections
    assert numbers.speaking <= sum(share.seconds for share in numbers.shares) + 0.001
    assert "Turns" in facts(numbers)


@given(st.lists(st.integers(0, 5000), max_size=200), st.integers(1, 80))
def test_a_sparkline_fits_and_the_highest_is_as_high_as_it_gets(values: list[int], width: int) -> None:
    for plain in (False, True):
        line = sparkline(values, width, plain=plain)
        assert len(line) == min(width, len(values))
        assert plain or not any(values) or len(values) > width or "▇" in line


@given(st.floats(0, 1), st.integers(1, 80), st.booleans())
def test_a_bar_fits_and_what_is_not_nothing_shows(part: float, width: int, plain: bool) -> None:
    drawn = bar(part, width, plain=plain)
    assert len(drawn) <= width
    assert bool(drawn) == (part > 0)


def test_times_are_said_as_one_says_them() -> None:
    assert [span(seconds) for seconds in (0, 4.25, 75, 3600, 90_000)] == [
        "0 s",
        "4.2 s",
        "1 min 15 s",
        "1 h",
        "1 d 1 h",
    ]


def test_a_fork_lasted_from_the_forking_on() -> None:
    log = session(("ada", "one two three"))
    append(log, [Directed(verb="fork", target="other")])
    append(log, [HumanSpoke(text="And now?")])
    assert statistics(log.transcript).wall == 1
