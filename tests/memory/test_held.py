"""What a room gave, read off its log."""

from __future__ import annotations

from pydantic import JsonValue
from support.remembering import add, begun

from agentchat.events import Directed, Event, ParticipantJoined, SessionReopened
from agentchat.log import Log
from agentchat.memory import due, gone, held, is_on, mentioned
from agentchat.testing import people

ON, OFF = (Directed(verb="memory", data={"on": on}) for on in (True, False))


def recall(question: str, **given: str) -> Directed:
    lines: dict[str, JsonValue] = {
        who: [{"id": line, "line": f"{line}.", "short": "", "session": "s", "seq": 3, "facts": [f"of {line}"]}]
        if line
        else []
        for who, line in given.items()
    }
    return Directed(verb="recall", by="room", data={"question": question, "held": lines})


def room(*events: Event) -> Log:
    log = begun("Q")
    add(log, *events)
    return log


def given(log: Log, who: str = "ada", until: int | None = None) -> list[str]:
    return [one.id for one in held(log.transcript, who, until)]


def test_nothing_is_due_until_it_is_switched_on_and_then_to_everybody_once() -> None:
    log = room()
    assert (is_on(log.transcript), due(log.transcript)) == (False, ())
    add(log, ON)
    assert (is_on(log.transcript), due(log.transcript)) == (True, ("ada", "ben"))
    add(log, recall("Q", ada="a", ben=""))
    assert due(log.transcript) == ()


def test_each_reads_its_own() -> None:
    log = room(ON, recall("Q", ada="a", ben="b"))
    assert (given(log), given(log, "ben"), given(log, "cleo")) == (["a"], ["b"], [])


def test_who_joins_is_due_and_so_is_everybody_when_the_question_changes() -> None:
    log = room(ON, recall("Q", ada="a", ben=""))
    add(log, ParticipantJoined(persona=people("Cleo")[0]))
    assert due(log.transcript) == ("cleo",)
    add(log, SessionReopened(question="R"))
    assert due(log.transcript) == ("ada", "ben", "cleo")
    add(log, recall("R", ada="", ben="b", cleo=""))
    assert (given(log), given(log, "ben")) == ([], ["b"])


def test_what_is_switched_off_is_read_no_more_and_switched_on_it_is_looked_up_anew() -> None:
    log = room(ON, recall("Q", ada="a", ben=""), OFF)
    assert given(log) == []
    add(log, ON)
    assert (given(log), due(log.transcript)) == ([], ("ada", "ben"))


def test_what_was_sent_before_an_event_can_be_read_after_it() -> None:
    log = room(ON, recall("Q", ada="a", ben=""), OFF)
    assert [given(log, until=seq) for seq in (1, 2, 3, 4)] == [[], [], ["a"], []]


def test_what_was_taken_away_is_read_no_more() -> None:
    log = room(ON, recall("Q", ada="a", ben="b"), Directed(verb="forget", data={"lines": ["a"]}))
    assert (given(log), given(log, "ben")) == ([], ["b"])
    assert [one.id for one in mentioned(log.transcript)] == ["b"]


def test_a_line_whose_fact_is_no_longer_there_is_gone() -> None:
    log = room(ON, recall("Q", ada="a", ben="b"))
    assert gone(log.transcript, ["of a", "of b", "of c"]) == ()
    assert gone(log.transcript, ["of a"]) == ("b",)


def test_a_record_in_a_form_of_another_version_is_nothing_and_no_crash() -> None:
    bad: list[JsonValue] = [None, "a", {"ada": "x"}, {"ada": [1, {"id": "a"}, {"id": "a", "line": "l", "seq": "x"}]}]
    for one in bad:
        log = room(ON, Directed(verb="recall", data={"question": "Q", "held": one}))
        assert all(line.line for line in held(log.transcript, "ada"))


def test_after_the_end_nothing_is_due() -> None:
    from agentchat.events import SessionClosed

    log = room(ON, SessionClosed(outcome="done"))
    assert due(log.transcript) == ()
