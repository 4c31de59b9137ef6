"""The person takes turns like anybody, goes on after the end, and a session goes on under another frame or version."""

from __future__ import annotations

import pytest
from support import asking_mode

from agentchat.conduct import aged, conduct
from agentchat.events import Directed, SessionClosed, SessionReopened, SettingsChanged, TurnStarted
from agentchat.log import Log
from agentchat.steps import Enter, Finish
from agentchat.testing import agreeable, append, begin, deterministic, opened, people, play, survives_kills

QUIET = {"first_thoughts": False, "agreement": False, "synthesis": False}


def room(**settings: int) -> Log:
    return begin(opened("discussion", people("Ada", "Ben", "Cleo"), {**QUIET, **settings}))


def starts(log: Log) -> list[TurnStarted]:
    return [event for event in log.events if isinstance(event, TurnStarted)]


def test_the_persons_turn_outlives_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    asking_mode.known(monkeypatch)
    whole = play(begin(opened("asking", people("Ada", "Ben"))))
    assert whole.transcript.closed
    deterministic(whole)
    survives_kills(whole, agreeable)
    log = Log(whole.events[:6])
    assert [turn.speaker for turn in log.transcript.open] == ["you"]
    assert log.transcript.asked == log.transcript.open[0]
    play(log)
    assert len([one for one in log.events if isinstance(one, TurnStarted) and one.speaker == "you"]) == 1


def test_a_setting_is_set_in_the_frame_it_names() -> None:
    log = room()
    append(log, conduct(log.transcript, Enter("brainstorm", {"rounds": 1})))
    append(log, [SettingsChanged(changes={"rounds": 5}, frame=0)])
    assert [frame.settings["rounds"] for frame in log.transcript.frames] == [5, 1]


def test_a_mode_of_another_version_says_so_and_goes_on() -> None:
    first = opened("discussion", people("Ada", "Ben"), QUIET).model_copy(update={"mode_version": 0})
    log = begin(first)
    told = "this was begun under version 0 of discussion, and goes on under version 1"
    assert aged(log.transcript) == (told,)
    assert play(log).transcript.closed
    assert not aged(room().transcript)


def test_after_the_end_a_person_can_go_on_with_more_rounds_and_a_new_question() -> None:
    log = play(room(rounds=1))
    assert isinstance(log.events[-1], SessionClosed)
    append(log, [SessionReopened(rounds=2, question="And the bus?")])
    assert log.transcript.topic == "And the bus?"
    play(log)
    assert log.transcript.closed
    assert sorted({start.round for start in starts(log) if start.stage == "talk"}) == [1, 2, 3]


def test_ended_twice_and_reopened_it_goes_on() -> None:
    log = room(rounds=1)
    append(log, [Directed(verb="end", reason="first")])
    append(log, conduct(log.transcript, Finish("ended", reason="first")))
    append(log, [Directed(verb="end", reason="again"), SessionReopened(rounds=1)])
    play(log)
    assert log.transcript.closed
    assert log.transcript.closed.outcome == "discussed"
    assert len(starts(log)) == 3
