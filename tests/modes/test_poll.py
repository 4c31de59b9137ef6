from __future__ import annotations

import pytest
from support.committees import Settings, ended, records, turns, voting

from agentchat.events import Directed, ModeLeft, SessionReopened, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.testing import append, begin, conformance, end, opened, people, play


@pytest.mark.parametrize("settings", [{}, {"options": "tea | coffee"}])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_poll_keeps_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    conformance("poll", settings, people("Ada", "Ben", "Cleo", "Dev", "Edith")[:size])


def test_everyone_answers_unseen_at_once_and_then_all_is_shown() -> None:
    log = play(begin(opened("poll", people("Ada", "Ben"), {})))
    asked = turns(log, "poll")
    assert all(turn.start.sealed and turn.start.reads_to == 1 and turn.start.kind == "thought" for turn in asked)
    (shown,) = records(log, "poll_revealed")
    assert shown.reveals == tuple(turn.id for turn in asked)
    assert shown.data["answers"] == [{"who": turn.speaker, "text": turn.text} for turn in asked]
    assert shown.data["question"] == "What should we do?"
    assert (ended(log).outcome, ended(log).reason) == ("polled", "2 of 2 answered")


def test_with_options_it_is_counted() -> None:
    votes = voting({"ada": "tea", "ben": "tea", "cleo": "coffee", "dev": "abstain", "edith": "invalid"})
    names = ("Ada", "Ben", "Cleo", "Dev", "Edith")
    log = play(begin(opened("poll", people(*names), {"options": ["coffee", "tea", "milk"]})), votes)
    (shown,) = records(log, "poll_revealed")
    assert (shown.data["counts"], shown.data["abstained"]) == ({"coffee": 1, "tea": 2, "milk": 0}, 1)
    assert shown.reason == "tea: 2, coffee: 1, milk: 0; 4 of 5 answered"
    assert len({turn.start.choices for turn in turns(log, "poll")}) > 1


def test_who_did_not_answer_is_asked_once_more_and_who_passed_is_not() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed" if start.speaker == "ada" else "passed")

    log = play(begin(opened("poll", people("Ada", "Ben"), {})), voice)
    assert sorted(turn.start.speaker for turn in turns(log, "poll")) == ["ada", "ada", "ben"]
    assert (ended(log).outcome, ended(log).reason) == ("failed", "nobody answered")


def test_reopened_it_polls_anew() -> None:
    log = play(begin(opened("poll", people("Ada", "Ben"), {})))
    append(log, [SessionReopened(question="And tomorrow?")])
    play(log)
    assert [record.data["question"] for record in records(log, "poll_revealed")] == [
        "What should we do?",
        "And tomorrow?",
    ]


@pytest.mark.parametrize("mode", ["discussion", "brainstorm", "committee"])
def test_it_can_be_called_in_the_middle_of_any_mode_which_then_goes_on(mode: str) -> None:
    plain = play(begin(opened(mode, people("Ada", "Ben", "Cleo"), {})))
    starts = [(e.speaker, e.stage, e.round) for e in plain.events if isinstance(e, TurnStarted)]
    for until in range(1, len(plain.events), 5):
        log = Log(plain.events[:until])
        if log.transcript.open or log.transcript.closed:
            continue
        append(log, [Directed(verb="enter", target="poll", data={"question": "Tired?", "options": ["yes", "no"]})])
        play(log)
        left = next(event for event in log.events if isinstance(event, ModeLeft))
        assert left.outcome == "polled"
        assert left.data["question"] == "Tired?"
        outer = [(e.speaker, e.stage, e.round) for e in log.events if isinstance(e, TurnStarted) and e.frame == 0]
        assert outer == starts
