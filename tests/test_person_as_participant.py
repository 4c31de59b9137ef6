"""The person takes turns like anybody, and a session goes on under another frame or version."""

from __future__ import annotations

import pytest
from support import asking_mode

from agentchat.conduct import aged, conduct
from agentchat.events import SettingsChanged, TurnStarted
from agentchat.log import Log
from agentchat.steps import Enter
from agentchat.testing import agreeable, append, begin, deterministic, opened, people, play, survives_kills

QUIET = {"first_thoughts": False, "agreement": False, "synthesis": False}


def room() -> Log:
    return begin(opened("discussion", people("Ada", "Ben", "Cleo"), {**QUIET}))


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
