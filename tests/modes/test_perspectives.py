from __future__ import annotations

import pytest
from support.committees import Settings, ended, records, turns

from agentchat.events import (
    Outcome,
    ParticipantChanged,
    ParticipantLeft,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import Closable, make
from agentchat.steps import Ask, Finish, Record, Wait
from agentchat.testing import agreeable, append, begin, conformance, end, opened, people, play
from agentchat.views.entries import Page
from agentchat.views.room import Card

WHO = ("Ada", "Ben", "Cleo", "Dev", "Edith")


@pytest.mark.parametrize("settings", [{}, {"again": True}, {"who": "ada, cleo", "by": "ben"}, {"combine": False}])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_perspectives_keep_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    if size == 1 and "who" in settings:
        settings = {"who": "ada"}
    conformance("perspectives", settings, people(*WHO[:size]))


def test_all_look_at_once_unseen_and_one_combines_what_they_saw() -> None:
    log = play(begin(opened("perspectives", people("Ada", "Ben", "Cleo"), {"by": "Ben"})))
    looks = turns(log, "perspectives")
    assert len({turn.start.reads_to for turn in looks}) == 1
    assert all(turn.start.sealed for turn in looks)
    (seen,) = records(log, "views_gathered")
    assert seen.reveals == tuple(turn.id for turn in looks)
    (combined,) = turns(log, "combination")
    assert (combined.speaker, all(f"#{turn.id}" in combined.start.brief for turn in looks)) == ("ben", True)
    assert (ended(log).outcome, ended(log).summary) == ("combined", combined.text)


def test_who_is_missing_is_asked_once_more_and_then_named_whatever_the_model_writes() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.speaker == "ada" and start.kind == "view" else agreeable(start)

    log = play(begin(opened("perspectives", people("Ada", "Ben", "Cleo"), {"by": "cleo"})), voice)
    assert [turn.start.speaker for turn in turns(log, "perspectives")].count("ada") == 2
    (combined,) = turns(log, "combination")
    assert "Missing, and to be named as missing: Ada (the model failed)." in combined.start.brief
    assert ended(log).summary == f"{combined.text}\n\n(Without the perspective of Ada (the model failed).)"
    assert "without Ada" in ended(log).reason
    (seen,) = records(log, "views_gathered")
    (card,) = Page(log.transcript).show(seen, None)
    assert isinstance(card, Card)
    assert card.title == "2 of 3 perspectives"
    assert "✗ Ada is missing: the model failed" in card.lines


def test_who_is_named_and_muted_is_missing_too() -> None:
    log = begin(opened("perspectives", people("Ada", "Ben", "Cleo"), {"who": "ada, ben"}))
    append(log, [ParticipantChanged(participant="ada", muted=True)])
    play(log)
    (seen,) = records(log, "views_gathered")
    assert seen.data["missing"] == [{"who": "ada", "why": "muted"}]
    assert "Ada (is muted)" in turns(log, "combination")[0].start.brief


def test_where_those_who_are_named_are_gone_it_says_so_and_others_may_be_named() -> None:
    log = begin(opened("perspectives", people("Ada", "Ben"), {"who": "ada"}))
    append(log, [ParticipantLeft(participant="ada")])
    step = make("perspectives", {"who": "ada"}).next(play(log).transcript)
    assert isinstance(step, Wait)
    assert step.reason == "Nobody of ada is here to look at it: unmute or invite one, or /set who=…"
    append(log, [SettingsChanged(changes={"who": ""})])
    assert ended(play(log)).outcome == "combined"


def test_a_second_look_reads_the_first_and_who_passes_stands_by_it() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        passes = start.speaker == "ben" and start.stage == "a second look"
        return end(start, "passed") if passes else agreeable(start)

    log = play(begin(opened("perspectives", people("Ada", "Ben"), {"again": True})), voice)
    first, second = records(log, "views_gathered")
    assert turns(log, "a second look")[0].start.reads_to == first.seq
    given = {one["who"]: one["turn"] for one in second.data["given"]}  # type: ignore[index,union-attr,call-overload]
    assert given == {"ada": turns(log, "a second look")[0].id, "ben": turns(log, "perspectives")[1].id}
    assert second.data["missing"] == []


def test_who_fails_to_combine_is_followed_by_another() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "combination" and start.speaker == "ada" else agreeable(start)

    log = play(begin(opened("perspectives", people("Ada", "Ben"), {"by": "ada"})), voice)
    assert [turn.start.speaker for turn in turns(log, "combination")] == ["ada", "ben"]
    assert ended(log).outcome == "combined"


@pytest.mark.parametrize("outcome", ["interrupted", "truncated"])
def test_a_combination_that_broke_off_is_made_once_more_and_else_said_to_be_no_whole(outcome: Outcome) -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        broken = start.kind == "combination" and start.speaker in breaking
        return end(start, outcome, "Half a sent") if broken else agreeable(start)

    breaking: tuple[str, ...] = ("ada",)
    log = play(begin(opened("perspectives", people("Ada", "Ben"), {"by": "ada"})), voice)
    assert ended(log).summary == turns(log, "combination")[1].text
    breaking = ("ada", "ben")
    log = play(begin(opened("perspectives", people("Ada", "Ben"), {"by": "ada"})), voice)
    assert ended(log).summary == "Half a sent\n\n(It broke off before its end.)"


def test_a_new_question_after_the_end_is_looked_at_anew() -> None:
    log = play(begin(opened("perspectives", people("Ada", "Ben"), {})))
    append(log, [SessionReopened(question="And in winter?")])
    play(log)
    assert len(turns(log, "perspectives")) == 4
    assert len(turns(log, "combination")) == 2


def test_ended_before_its_time_it_combines_what_is_there() -> None:
    log: Log = play(begin(opened("perspectives", people("Ada", "Ben"), {"again": True})))
    until = next(at for at, event in enumerate(log.events) if getattr(event, "stage", "") == "a second look")
    cut = Log(log.events[:until]).transcript
    mode = make("perspectives", cut.opened.settings)
    assert isinstance(mode, Closable)
    step = mode.close(cut)
    assert isinstance(step, Ask)
    assert step.kind == "combination"


def test_ended_before_its_time_nobody_is_asked_to_look_and_a_second_look_that_is_there_counts() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.speaker == "ada" else agreeable(start)

    log: Log = play(begin(opened("perspectives", people("Ada", "Ben", "Cleo"), {"again": True})), voice)
    mode = make("perspectives", log.transcript.opened.settings)
    assert isinstance(mode, Closable)
    for stage in ("perspectives", "a second look"):
        seen = next(one for one in records(log, "views_gathered") if one.data["stage"] == stage)
        last = [turn.end.seq for turn in turns(log, stage)[:3] if turn.end][-1]
        step = mode.close(Log([event for event in log.events if event.seq <= last]).transcript)
        assert isinstance(step, Record)
        assert (step.data, step.reveals) == (seen.data, tuple(turn.id for turn in turns(log, stage) if turn.id <= last))
    step = mode.close(Log(log.events[:1]).transcript)
    assert isinstance(step, Finish)
    assert step.outcome == "ended"


def test_where_nobody_combines_each_stands_and_is_pointed_at() -> None:
    log = play(begin(opened("perspectives", people("Ada", "Ben"), {"combine": False})))
    assert not turns(log, "combination")
    step = make("perspectives", {"combine": False}).next(Log(log.events[:-1]).transcript)
    assert isinstance(step, Finish)
    assert (step.outcome, step.data["text"]) == ("gathered", "what Ada and Ben wrote, each for themselves")
