from __future__ import annotations

import pytest
from pydantic import JsonValue
from support.committees import Settings, cut, decided, ended, held, records, stages, turns, voting

from agentchat.events import EscalationAnswered, EscalationRaised, SettingsChanged, TurnStarted
from agentchat.log import Log
from agentchat.modes import make
from agentchat.persona import YOU
from agentchat.room.answers import withdrawn
from agentchat.steps import Wait
from agentchat.testing import Person, append, play

TWO = "tea | coffee"


def says(answer: str, by: str = YOU) -> Person:
    def person(raised: EscalationRaised) -> EscalationAnswered:
        return EscalationAnswered(escalation=raised.seq, key=raised.key, answer=answer, by=by)

    return person


def raised(settings: Settings, votes: dict[str, str], person: Person) -> tuple[EscalationRaised, dict[str, object]]:
    log = held(settings, votes, person=person)
    return next(one for one in log.events if isinstance(one, EscalationRaised)), dict(decided(log))


@pytest.mark.parametrize(
    ("ties", "votes", "winner", "step"),
    [
        (
            "pairwise, lot",
            {"ada": "a > b", "ben": "a > b", "cleo": "b > a", "dev": "b > a", "edith": "c > a > b"},
            "a",
            "pairwise",
        ),
        ("last-places, lot", {"ada": "a > b > c > d", "ben": "b > c > d > a"}, "b", "last-places"),
        ("casting, lot", {"ada": "a > b", "ben": "b > a"}, "b", "casting"),
    ],
)
def test_each_step_of_the_chain_narrows_a_tie_and_is_named(
    ties: str, votes: dict[str, str], winner: str, step: str
) -> None:
    settings: Settings = {
        "options": "a | b | c | d",
        "rule": "plurality",
        "family": "ranking",
        "ties": ties,
        "rounds": 0,
        "chair": "ben",
    }
    log = held(settings, votes)
    assert (decided(log)["winner"], decided(log)["by"]) == (winner, f"tie: {step}")
    assert f"settled by {step}" in records(log, "decision_reached")[0].reason


def test_a_lot_is_drawn_from_the_sessions_seed_so_that_it_can_be_drawn_again() -> None:
    settings: Settings = {"options": TWO, "rule": "plurality", "ties": "lot", "rounds": 0}
    votes = {"ada": "tea", "ben": "coffee"}
    winners = [decided(held(settings, votes, seed=seed))["winner"] for seed in range(12)]
    assert set(winners) == {"tea", "coffee"}
    assert winners == [decided(held(settings, votes, seed=seed))["winner"] for seed in range(12)]


def test_a_tie_that_nothing_settles_is_voted_on_once_more_among_the_tied() -> None:
    settings: Settings = {"options": "tea | coffee | water", "ties": "", "rounds": 0}
    log = held(settings, {"ada": "tea", "ben": "coffee"})
    assert stages(log) == ["final", "revote"]
    assert {frozenset(turn.start.choices) for turn in turns(log, "revote")} == {frozenset({"tea", "coffee"})}
    assert "vote again" in turns(log, "revote")[0].start.brief
    assert (ended(log).outcome, decided(log)["why"], decided(log)["stage"]) == ("tie", "tie", "revote")


def test_the_second_vote_decides_where_it_is_no_tie() -> None:
    settings: Settings = {"options": "tea | coffee | water", "ties": "", "rounds": 0}
    tied = voting({"ada": "tea", "ben": "coffee"})
    log = cut(held(settings, {"ada": "tea", "ben": "coffee"}), TurnStarted, "revote")
    play(log, lambda start: (voting({"ada": "coffee", "ben": "coffee"}) if start.stage == "revote" else tied)(start))
    assert (decided(log)["winner"], decided(log)["stage"], decided(log)["by"]) == ("coffee", "revote", "rule")
    assert records(log, "votes_counted")[1].data["changed"] == ["ada"]


TIED = {"ada": "tea", "ben": "coffee"}
YOURS: Settings = {"options": TWO, "rule": "plurality", "rounds": 0, "you": "tie-break"}


@pytest.mark.parametrize("answer", ["tea", "coffee", " Coffee "])
def test_a_person_who_breaks_ties_is_asked_which_with_the_ballots_on_the_table(answer: str) -> None:
    log = held(YOURS, TIED, person=says(answer))
    question = next(one for one in log.events if isinstance(one, EscalationRaised))
    assert (question.key, question.options, question.level) == ("tie", ("tea", "coffee"), "ask")
    assert question.seq > records(log, "votes_counted")[0].seq
    assert (decided(log)["winner"], decided(log)["by"]) == (answer.strip().lower(), "you")


@pytest.mark.parametrize("by", ["deadline", "policy"])
def test_where_the_person_does_not_answer_the_rest_of_the_chain_counts_as_the_question_said(by: str) -> None:
    question, result = raised({**YOURS, "deadline": 30}, TIED, says("whatever", by))
    assert question.deadline == 30
    assert question.default == result["winner"]
    assert result["by"] == "tie: lot"


def test_an_answer_that_is_none_of_the_tied_settles_nothing() -> None:
    _, result = raised(YOURS, TIED, says("water"))
    assert result["by"] == "tie: lot"


def test_without_a_lot_an_unanswered_tie_stays_one() -> None:
    log = held({**YOURS, "ties": ""}, TIED, person=says("", "policy"))
    assert (ended(log).outcome, stages(log)) == ("tie", ["final", "revote"])


def test_a_person_is_not_asked_where_there_is_no_tie_or_no_quorum() -> None:
    for votes in ({"ada": "tea", "ben": "tea"}, {"ada": "tea", "ben": "coffee", "cleo": "failed", "dev": "failed"}):
        assert not [one for one in held(YOURS, votes).events if isinstance(one, EscalationRaised)]


def test_while_the_person_has_not_answered_the_committee_waits() -> None:
    log = cut(held(YOURS, TIED), EscalationRaised)
    step = make("committee", log.transcript.frame.settings).next(log.transcript)
    assert isinstance(step, Wait)


def test_a_person_with_the_last_word_may_let_it_stand_or_not() -> None:
    settings: Settings = {"options": TWO, "rounds": 0, "you": "veto"}
    votes = {"ada": "tea", "ben": "tea"}
    stood, gone = (held(settings, votes, person=says(answer)) for answer in ("let it stand", "veto"))
    assert (ended(stood).outcome, decided(stood)["winner"]) == ("decided", "tea")
    assert ended(gone).outcome == "vetoed"
    assert (decided(gone)["why"], decided(gone)["winner"]) == ("veto", "tea")
    assert records(gone, "no_decision")[0].reason == "tea was vetoed by you"
    assert stages(gone) == ["final", "write-up"]


def test_what_is_changed_after_the_count_does_not_change_what_it_comes_to() -> None:
    settings: Settings = {"options": "tea | coffee", "rule": "plurality", "ties": "lot", "rounds": 0, "quorum": 0.5}
    votes = {"ada": "tea", "ben": "coffee", "cleo": "abstain", "dev": "failed"}
    whole = held(settings, votes)
    for changes in ({"ties": ""}, {"quorum": 1.0}, {"rule": "borda"}, {"threshold": 1.0}):
        counted = whole.events.index(records(whole, "votes_counted")[0])
        log = Log(whole.events[: counted + 1])
        append(log, [SettingsChanged(changes={**changes})])
        play(log, voting(votes))
        assert decided(log) == decided(whole), changes


def test_a_tie_is_not_waited_for_once_the_person_no_longer_breaks_ties() -> None:
    settings: Settings = {"options": TWO, "rule": "plurality", "ties": "lot", "rounds": 0, "you": "tie-break"}
    votes = {"ada": "tea", "ben": "coffee"}
    log = cut(held(settings, votes), EscalationRaised)
    (asked,) = log.transcript.escalations
    assert withdrawn(log.transcript, {"words": 80}, 0) == withdrawn(log.transcript, {"you": "tie-break"}, 0) == []
    changes: dict[str, JsonValue] = {"you": "watch"}
    (answer,) = withdrawn(log.transcript, changes, 0)
    assert (answer.escalation, answer.by) == (asked.seq, "policy")
    append(log, [SettingsChanged(changes=changes), answer])
    assert log.transcript.escalations == ()
    play(log, voting(votes))
    assert decided(log)["by"] == "tie: lot"
