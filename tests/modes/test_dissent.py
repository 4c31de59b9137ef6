from __future__ import annotations

import pytest

from agentchat.events import ParticipantChanged, Recorded, SessionReopened, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play

Settings = dict[str, bool | int | float | str]


def run(voice: Voice = agreeable, names: str = "Ada Ben Cleo", seed: int = 0, **settings: bool | float | str) -> Log:
    return play(begin(opened("discussion", people(*names.split()), settings, seed)), voice)


def asked(log: Log, kind: str = "say") -> list[TurnStarted]:
    starts = [event for event in log.events if isinstance(event, TurnStarted)]
    return [start for start in starts if start.stage == "dissent" and start.kind == kind]


def records(log: Log, kind: str) -> list[Recorded]:
    return [event for event in log.events if isinstance(event, Recorded) and event.kind == kind]


def position(start: TurnStarted, stance: str, objection: str = "") -> TurnEnded:
    data = {"stance": stance, "why": "", "confidence": "high", "objection": objection}
    return end(start, "structured", data=dict(data))


def swayed(start: TurnStarted) -> TurnEnded:
    """All agree until they heard the case against."""
    if start.kind == "position" and start.stage == "dissent" and start.speaker != "ada":
        return position(start, "disagree", "who pays?")
    return agreeable(start)


@pytest.mark.parametrize("voice", [swayed, pytest.param(agreeable, marks=pytest.mark.soak)])
def test_with_a_case_against_it_keeps_the_law_every_mode_keeps(voice: Voice) -> None:
    conformance("discussion", {"rounds": 2}, people("Ada", "Ben", "Cleo", "Dev"), voice)


def test_where_all_agree_at_once_one_makes_the_case_against_and_all_are_asked_anew() -> None:
    log = run(rounds=1)
    first, again = records(log, "agreement_recorded")
    (called,) = records(log, "dissent_called")
    (case,) = asked(log)
    assert first.seq < called.seq < case.seq < again.seq
    assert called.data == {"who": case.speaker, "round": 1, "proposal": first.data["proposal"]}
    assert case.speaker in called.reason.lower()
    assert str(first.data["proposal"]) in case.brief
    positions = asked(log, "position")
    assert {start.speaker for start in positions} == {"ada", "ben", "cleo"}
    assert all(start.sealed and start.reads_to > case.seq for start in positions)
    assert (first.data["again"], again.data["again"]) == (False, True)
    assert again.reason == "3 of 3 agree, having heard the case against"


def test_an_agreement_that_does_not_hold_is_none() -> None:
    log = run(swayed, rounds=1)
    assert [record.data["reached"] for record in records(log, "agreement_recorded")] == [True, False]
    assert log.transcript.closed
    assert log.transcript.closed.outcome == "discussed"


def test_who_makes_it_is_drawn_by_lot() -> None:
    drawn = {asked(run(rounds=1, seed=seed))[0].speaker for seed in range(12)}
    assert drawn == {"ada", "ben", "cleo"}


def test_it_comes_once_until_the_session_is_reopened() -> None:
    log = run(rounds=3, stop="")
    assert len(asked(log)) == 1
    append(log, [SessionReopened(rounds=2, question="And then?")])
    assert len(asked(play(log))) == 2


def test_agreement_before_and_after_it_and_in_the_next_round_ends_the_talk() -> None:
    log = run(rounds=6)
    assert {start.round for start in log.events if isinstance(start, TurnStarted) and start.stage == "talk"} == {1, 2}


@pytest.mark.parametrize(
    ("names", "settings"),
    [("Ada Ben", {}), ("Ada Ben Cleo", {"dissent": False}), ("Ada Ben Cleo", {"agreement": False})],
)
def test_for_two_or_where_it_is_off_nobody_is_asked(names: str, settings: Settings) -> None:
    log = play(begin(opened("discussion", people(*names.split()), settings)))
    assert not records(log, "dissent_called")


@pytest.mark.parametrize(("stance", "objection"), [("partly", ""), ("agree", "but who pays?"), ("disagree", "")])
def test_where_somebody_has_something_against_it_nobody_needs_to(stance: str, objection: str) -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        mine = objection if start.speaker == "ben" else ""
        return position(start, stance, mine) if start.kind == "position" else agreeable(start)

    assert not records(run(voice), "dissent_called")


@pytest.mark.parametrize("kind", ["say", "position"])
def test_where_the_case_or_all_answers_to_it_fail_the_talk_goes_on(kind: str) -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.stage == "dissent" and start.kind == kind else agreeable(start)

    log = run(voice, rounds=2)
    assert log.transcript.closed
    assert len(asked(log)) == 1
    assert len(asked(log, "position")) == (3 if kind == "position" else 0)


def test_who_stands_down_leaves_it_at_that() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "passed") if (start.stage, start.kind) == ("dissent", "say") else agreeable(start)

    log = run(voice, rounds=1)
    assert [record.data["reached"] for record in records(log, "agreement_recorded")] == [True]


def test_one_who_was_muted_before_making_the_case_is_not_waited_for() -> None:
    log = run(rounds=1)
    called = records(log, "dissent_called")[0]
    cut = Log(log.events[: called.seq])
    append(cut, [ParticipantChanged(participant=str(called.data["who"]), muted=True)])
    assert play(cut).transcript.closed
    assert not asked(cut)


def test_a_chair_who_does_not_talk_is_not_asked_for_it() -> None:
    for seed in range(6):
        assert asked(run(rounds=1, order="moderated", chair="ada", seed=seed))[0].speaker != "ada"
