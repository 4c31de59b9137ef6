"""What each persona held, as it is read off a session."""

from __future__ import annotations

from support.remembering import DATABASE, add, begun, decided, turn, vote, voted

from agentchat.events import (
    Directed,
    ForkedFrom,
    HeadMoved,
    HumanSpoke,
    ModeEntered,
    Noted,
    Recorded,
    SessionOpened,
    SessionReopened,
)
from agentchat.log import Log
from agentchat.memory import facts, happened
from agentchat.memory.facts import LONGEST


def of(log: Log, who: str) -> list[tuple[str, int, str]]:
    return [(one.what, one.seq, one.text) for one in facts(log.transcript) if one.who == who]


def agreement(log: Log, proposal: str, **stances: str) -> int:
    record = Recorded(
        kind="agreement_recorded",
        data={
            "proposal": proposal,
            "agree": 1,
            "of": 2,
            "reached": "disagree" not in stances.values(),
            "stances": {**stances},
            "objections": {"ben": "too dear"} if stances.get("ben") == "disagree" else {},
        },
    )
    return add(log, record)


def test_a_ballot_its_why_and_what_the_room_decided_are_held_each_with_its_turn() -> None:
    log = voted()
    assert of(log, "ada") == [("said", 2, "voted for SQLite: one file"), ("decided", 6, "SQLite")]
    assert of(log, "ben") == [("said", 4, "voted for Postgres: known"), ("decided", 6, "SQLite")]
    assert {one.question for one in facts(log.transcript)} == {DATABASE}


def test_an_option_is_told_by_its_text() -> None:
    log = begun()
    add(log, Recorded(kind="options_set", data={"options": [{"id": "sqlite", "text": "SQLite, in one file"}]}))
    vote(log, "ada", "sqlite", "")
    assert of(log, "ada") == [("said", 3, "voted for SQLite, in one file")]


def test_who_abstained_held_nothing() -> None:
    log = begun()
    vote(log, "ada", "abstain", "no idea")
    assert of(log, "ada") == []


def test_what_is_still_sealed_is_not_held() -> None:
    log = begun()
    ballot = vote(log, "ada", "SQLite", "one file", sealed=True)
    assert of(log, "ada") == []
    decided(log, "SQLite", ballot)
    assert of(log, "ada")[0] == ("said", 2, "voted for SQLite: one file")


def test_of_many_polls_only_where_one_stood_last_counts() -> None:
    log = begun()
    asked = 0
    for stance in ("disagree", "agree"):
        asked = turn(log, "ben", "position", "x", {"stance": stance, "why": "we know it"})
        agreement(log, "Take Postgres.", ada="agree", ben=stance)
    assert of(log, "ben")[:1] == [("said", asked, "agreed to “Take Postgres”: we know it")]
    assert ("decided", asked + 2, "Take Postgres") in of(log, "ada")


def test_an_objection_stands_with_the_stance_and_once() -> None:
    log = begun()
    at = agreement(log, "Take Oracle.", ada="agree", ben="disagree")
    assert of(log, "ben") == [("said", at, "did not agree to “Take Oracle”: too dear")]


def test_an_open_question_and_an_objection_belong_to_whoever_has_them_and_the_persons_to_nobody() -> None:
    log = begun()
    add(log, HumanSpoke(text="Go on."))
    add(log, Noted(kind="question", value="What does it cost?", by="ada", target=2))
    add(log, Noted(kind="objection", value="Not without a backup.", by="ben", target=2))
    add(log, Noted(kind="question", value="And mine?"))
    assert of(log, "ada") == [("left", 2, "What does it cost?")]
    assert of(log, "ben") == [("said", 2, "objected: Not without a backup")]
    assert len(facts(log.transcript)) == 2


def test_what_was_undone_was_not_held() -> None:
    log = begun()
    vote(log, "ada", "SQLite", "one file")
    add(log, HeadMoved(to=1, reason="undo"))
    assert facts(log.transcript) == ()


def test_of_a_fork_only_what_came_after_it_is_its_own() -> None:
    source = voted()
    opened = source.events[0]
    assert isinstance(opened, SessionOpened)
    copied = opened.model_copy(update={"session": "fork", "forked_from": ForkedFrom(session="3f9a77aa", seq=7)})
    fork = Log([copied, *source.events[1:]])
    assert facts(fork.transcript) == ()
    add(fork, SessionReopened(rounds=1))
    decided(fork, "Postgres")
    assert of(fork, "ada") == [("decided", 9, "Postgres")]


def test_each_is_held_on_the_question_it_was_about() -> None:
    log = voted()
    add(log, SessionReopened(question="And for the shop?"))
    entered = add(log, ModeEntered(mode="committee", question="Who moves it?"))
    record = Recorded(kind="decision_reached", data={"winner": "Ben", "text": "Ben"}, frame=entered)
    add(log, record.model_copy(update={"frame": entered}))
    add(log, Noted(kind="decided", value="Not this year."))
    told = {(one.text, one.question) for one in facts(log.transcript) if one.who == "ada" and one.seq > 7}
    assert told == {("Ben", "Who moves it?"), ("Not this year", "And for the shop?")}


def test_how_it_turned_out_stays_with_the_last_decision_before_it_and_can_be_taken_back() -> None:
    log = voted()
    add(log, Directed(verb="outcome", data={"text": "it saved 3 days"}))
    turned = {(one.what, one.turned_out) for one in facts(log.transcript)}
    assert turned == {("said", ""), ("decided", "it saved 3 days")}
    add(log, Directed(verb="outcome", data={"text": ""}))
    assert {one.turned_out for one in facts(log.transcript)} == {""}


def test_where_nothing_was_decided_it_stays_with_what_each_said_last() -> None:
    log = begun()
    vote(log, "ada", "SQLite", "")
    add(log, Directed(verb="outcome", data={"text": "we took neither"}))
    assert [one.turned_out for one in facts(log.transcript)] == ["we took neither"]


def test_long_texts_are_short_and_on_one_line() -> None:
    log = begun("a\n" * 900)
    decided(log, "b\n" * 900)
    (one, *_) = facts(log.transcript)
    assert max(len(one.text), len(one.question)) <= LONGEST
    assert one.text.endswith("b…")
    assert "\n" not in one.text + one.question


def test_what_goes_on_behind_a_sentence_does_not_begin_with_two_signs() -> None:
    log = begun()
    turn(log, "ada", "position", "x", {"stance": "agree", "why": "It is cheap; it is known. " + "And so on. " * 20})
    agreement(log, "Take Postgres.", ada="agree")
    (stance, *_) = (text for _, _, text in of(log, "ada"))
    assert stance.startswith("agreed to “Take Postgres”: It is cheap; it is known. And so on.")
    assert stance.endswith("And so…")


def test_ids_are_the_same_each_time_and_no_two_alike() -> None:
    ids = [one.id for one in facts(voted().transcript)]
    assert ids == [one.id for one in facts(voted().transcript)]
    assert len(set(ids)) == 4


def test_a_session_that_came_from_elsewhere_is_one_s_own_once_somebody_speaks_in_it() -> None:
    log = voted()
    assert not happened(log.events, log.head)
    last = log.head
    add(log, Directed(verb="pause"))
    assert not happened(log.events, last)
    add(log, HumanSpoke(text="Go on."))
    assert happened(log.events, last)
