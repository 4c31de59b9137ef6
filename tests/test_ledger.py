from __future__ import annotations

from pydantic import JsonValue

from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Noted,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
)
from agentchat.ledger import Row, rows, standing
from agentchat.log import Log
from agentchat.testing import append, begin, people


def room() -> Log:
    who = people("Ada", "Ben", "Cleo")
    return begin(SessionOpened(session="s", topic="What should we do?", mode="discussion", personas=who))


def say(log: Log, who: str, text: str, kind: str = "say", **more: object) -> Event:
    start = {key: more.pop(key) for key in ("sealed", "reads_to", "frame") if key in more}
    started = append(log, [TurnStarted(speaker=who, kind=kind, **{"reads_to": log.head, **start})])[0]  # type: ignore[arg-type]
    ended = TurnEnded(turn=started.seq, speaker=who, kind=kind, outcome="said", text=text, **more)  # type: ignore[arg-type]
    return append(log, [ended])[0]


def poll(log: Log, proposal: str, stances: dict[str, str], objections: dict[str, str] | None = None) -> None:
    agree = sum(stance == "agree" for stance in stances.values())
    data: dict[str, JsonValue] = {"proposal": proposal, "stances": dict(stances), "objections": dict(objections or {})}
    append(log, [Recorded(kind="agreement_recorded", data=data | {"agree": agree, "of": 3, "reached": agree > 1})])


def open_rows(log: Log) -> list[tuple[str, str]]:
    return [(row.kind, row.text) for row in rows(log.transcript) if row.status == "open"]


def find(log: Log, text: str) -> Row:
    return next(row for row in rows(log.transcript) if row.text == text)


def test_what_was_contested_is_settled_by_a_later_agreement_and_an_objection_by_its_owner() -> None:
    log = room()
    put = say(log, "ada", "Lease them.", "proposal")
    poll(
        log,
        "Lease them.",
        {"ada": "agree", "ben": "disagree", "cleo": "partly"},
        {"ben": "who pays?", "cleo": "no exit"},
    )
    assert open_rows(log) == [("contested", "Lease them."), ("objection", "who pays?"), ("objection", "no exit")]
    assert (find(log, "Lease them.").by, find(log, "Lease them.").turns) == (("ben", "cleo"), (put.parent or 0,))
    poll(log, "Lease them, with an exit.", {"ada": "agree", "ben": "disagree", "cleo": "agree"}, {"ben": "who pays?"})
    assert open_rows(log) == [("objection", "who pays?"), ("agreed", "Lease them, with an exit.")]
    assert find(log, "Lease them.").status == "settled"
    assert find(log, "no exit").status == "settled"
    poll(log, "Lease them, with an exit.", {"ada": "agree", "ben": "partly", "cleo": "agree"})
    assert find(log, "who pays?").status == "withdrawn"
    assert find(log, "Lease them, with an exit.").note == "2 of 3 agree"


def test_what_somebody_thinks_unseen_is_private() -> None:
    log = room()
    poll(log, "Lease them.", {"ada": "agree", "ben": "disagree"}, {"ben": "who pays?"})
    assert find(log, "who pays?").private


def test_a_decision_taken_anew_takes_the_one_before_back() -> None:
    log = room()
    decided: dict[str, JsonValue] = {"winner": "a", "text": "Postgres", "rule": "borda", "by": "tie: lot"}
    append(log, [Recorded(kind="decision_reached", data=decided)])
    assert find(log, "Postgres").note == "by borda, tie: lot"
    append(log, [Recorded(kind="decision_reached", data={"winner": "b", "text": "SQLite", "by": "you"})])
    assert open_rows(log) == [("decided", "SQLite")]
    assert find(log, "SQLite").by == ("you",)


def test_what_an_inner_mode_decided_stands_once() -> None:
    log = room()
    (inner,) = append(log, [ModeEntered(mode="committee", question="Which?")])
    said: dict[str, JsonValue] = {"winner": "a", "text": "Postgres", "question": "Which?"}
    append(log, [Recorded(kind="decision_reached", data=said, frame=inner.seq)])
    append(log, [ModeLeft(outcome="decided", data={"winner": "a", "text": "Postgres"}, frame=inner.seq)])
    assert open_rows(log) == [("decided", "Postgres")]
    assert find(log, "Postgres").note == "by vote, asked: Which?"
    (other,) = append(log, [ModeEntered(mode="lottery")])
    append(log, [ModeLeft(outcome="drawn", data={"winner": "Oracle"}, frame=other.seq)])
    assert open_rows(log) == [("decided", "Postgres"), ("decided", "Oracle")]


def test_a_vetoed_decision_stands_no_longer_and_several_winners_are_one() -> None:
    log = room()
    data: dict[str, JsonValue] = {"winner": "a", "winners": ["a", "b"], "text": "the first"}
    append(log, [Recorded(kind="decision_reached", data=data)])
    assert open_rows(log) == [("decided", "a, b")]
    append(log, [Recorded(kind="no_decision", data=data | {"why": "veto"})])
    assert open_rows(log) == []


def test_a_version_that_was_not_accepted_is_no_decision() -> None:
    log = room()
    (inner,) = append(log, [ModeEntered(mode="refinement")])
    data: dict[str, JsonValue] = {"version": 3, "text": "Dear all"}
    append(log, [ModeLeft(outcome="not_accepted", data=data, frame=inner.seq)])
    assert rows(log.transcript) == ()


def test_an_accepted_version_is_a_decision_with_its_turn() -> None:
    log = room()
    say(log, "ada", "Dear all", "draft")
    append(log, [Recorded(kind="draft_accepted", data={"version": 2, "turn": 2})])
    assert find(log, "version 2 of the text is accepted").turns == (2,)


def test_a_question_is_open_until_the_one_asked_has_spoken_having_read_it() -> None:
    log = room()
    say(log, "ada", "Well. @ben, what would that cost? I wonder.", intent="ask", mentions=("ben",))
    assert open_rows(log) == [("question", "@ben, what would that cost?")]
    say(log, "ben", "I began before I heard that.", reads_to=1)
    assert len(open_rows(log)) == 1
    say(log, "cleo", "Not asked.")
    assert len(open_rows(log)) == 1
    say(log, "ben", "Ten.")
    assert open_rows(log) == []


def test_a_question_of_the_person_is_open_until_answered() -> None:
    log = room()
    append(log, [HumanSpoke(text="@cleo what breaks first?", intent="ask", mentions=("cleo",))])
    assert (find(log, "@cleo what breaks first?").by, find(log, "@cleo what breaks first?").to) == (("you",), "cleo")
    say(log, "cleo", "The bus.")
    assert open_rows(log) == []


def test_what_is_asked_under_a_seal_or_to_some_only_is_no_row() -> None:
    log = room()
    say(log, "ada", "@ben why?", "thought", sealed=True, intent="ask", mentions=("ben",))
    say(log, "ada", "@ben how?", to=("ben",), intent="ask", mentions=("ben",))
    append(log, [HumanSpoke(text="@ben who?", to=("ben",), intent="ask", mentions=("ben",))])
    assert rows(log.transcript) == ()
    append(log, [Recorded(kind="thoughts_revealed", reveals=(2,))])
    assert open_rows(log) == [("question", "@ben why?")]


def test_a_question_to_the_person_waits_for_an_answer_or_for_the_mode_to_be_left() -> None:
    log = room()
    (asked,) = append(log, [EscalationRaised(by="room", question="Go on?", level="ask")])
    append(log, [EscalationRaised(by="room", question="By the way", level="notify")])
    assert open_rows(log) == [("question", "Go on?")]
    append(log, [EscalationAnswered(escalation=asked.seq, answer="yes")])
    assert find(log, "Go on?").status == "settled"
    (inner,) = append(log, [ModeEntered(mode="committee")])
    append(log, [EscalationRaised(by="committee", question="A tie?", frame=inner.seq)])
    append(log, [ModeLeft(outcome="tie", frame=inner.seq)])
    assert find(log, "A tie?").status == "withdrawn"


def test_only_the_person_notes_what_is_agreed_or_decided() -> None:
    log = room()
    append(log, [Noted(kind="agreed", value="No cuts", by="ada"), Noted(kind="decided", value="No cuts", by="ada")])
    assert rows(log.transcript) == ()
    append(
        log,
        [Noted(kind="agreed", value="No cuts", key="cuts"), Noted(kind="objection", value="hm", by="ada", target=7)],
    )
    assert open_rows(log) == [("agreed", "No cuts"), ("objection", "hm")]
    append(log, [Noted(kind="objection", target=7), Noted(kind="agreed", key="cuts")])
    assert [row.status for row in rows(log.transcript)] == ["withdrawn", "withdrawn"]


def test_who_notes_the_same_again_joins_in() -> None:
    log = room()
    notes = (("ada", "Who pays?", 3), ("ben", "who  pays?", 5), ("ada", "Who pays?", 5))
    append(log, [Noted(kind="question", value=text, by=by, target=target) for by, text, target in notes])
    (row,) = rows(log.transcript)
    assert (row.text, row.by, row.turns) == ("Who pays?", ("ada", "ben"), (3, 5))


def test_a_key_settles_a_question_by_what_was_decided() -> None:
    log = room()
    append(
        log, [Noted(kind="question", value="Who pays?", key="bus"), Noted(kind="decided", value="The town", key="bus")]
    )
    assert open_rows(log) == [("decided", "The town")]


def test_a_minority_report_is_an_objection_in_its_own_words() -> None:
    log = room()
    say(log, "cleo", "Backups were never tried.", "minority")
    assert open_rows(log) == [("objection", "Backups were never tried.")]


def test_the_ledger_as_it_was_is_the_ledger_of_that_time() -> None:
    log = room()
    say(log, "ada", "@ben, what would that cost?", intent="ask", mentions=("ben",))
    poll(log, "Lease them.", {"ada": "agree", "ben": "disagree"}, {"ben": "who pays?"})
    append(log, [Noted(kind="agreed", value="No cuts")])
    say(log, "ben", "Ten.")
    poll(log, "Lease them.", {"ada": "agree", "ben": "agree"})
    for until in range(1, log.head + 1):
        past = Log(log.events[:until])
        if not past.transcript.open:
            assert rows(log.transcript, until) == rows(past.transcript)
    assert [row.text for row in standing(rows(log.transcript), "agreed")] == ["No cuts", "Lease them."]
