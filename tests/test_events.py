from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from agentchat import events
from agentchat.events import (
    Directed,
    Event,
    HumanSpoke,
    ModeEntered,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    Unknown,
    decode,
    encode,
    stamp,
)
from agentchat.persona import Persona

NOW = datetime(2026, 11, 22, 12, 30, 5, 250000, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
records = st.builds(Recorded, kind=texts, data=st.dictionaries(texts, values, max_size=4), reason=texts)
words = st.builds(HumanSpoke, text=texts, mentions=st.lists(st.just("ada"), max_size=2).map(tuple))
verbs = st.builds(Directed, verb=texts, data=st.dictionaries(texts, values, max_size=3))
turns = st.builds(TurnStarted, speaker=st.just("ada"), brief=texts, choices=st.lists(texts, max_size=3).map(tuple))
ends = st.builds(
    TurnEnded,
    turn=st.integers(1, 99),
    speaker=st.just("ada"),
    outcome=st.sampled_from(["said", "failed", "passed"]),
    text=texts,
    pace=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=3).map(tuple),
    cost=st.none() | st.floats(0, 10),
)


@given(records | words | verbs | turns | ends, st.integers(1, 10**9))
def test_an_event_read_back_is_the_event_that_was_written(event: Event, seq: int) -> None:
    stamped = stamp(event, seq, seq - 1, NOW)
    assert decode(encode(stamped)) == stamped


def test_an_event_is_one_line_that_names_its_place_time_and_type() -> None:
    line = encode(stamp(HumanSpoke(text="one\ntwo"), 7, 6, NOW))
    assert b"\n" not in line
    fields = json.loads(line)
    assert (fields["seq"], fields["parent"], fields["type"]) == (7, 6, "human_spoke")
    assert fields["at"] == "2026-11-22T12:30:05.250000Z"


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        HumanSpoke(text="a").text = "b"  # type: ignore[misc]


def test_a_turn_and_a_frame_are_named_by_the_event_that_began_them() -> None:
    assert stamp(TurnStarted(speaker="ada"), 9, 8, NOW).turn == 9
    assert stamp(ModeEntered(mode="poll"), 9, 8, NOW).frame == 9


def test_an_event_of_an_unknown_type_is_kept_whole() -> None:
    line = b'{"v":1,"seq":3,"parent":2,"at":"2026-11-22T12:00:00Z","frame":0,"type":"room_painted","colour":{"r":1}}'
    event = decode(line)
    assert isinstance(event, Unknown)
    assert json.loads(encode(event)) == json.loads(line)


def test_a_line_that_is_no_event_is_refused() -> None:
    for line in (b"", b"[]", b"{}", b"not json", b'{"type":"turn_ended"}'):
        with pytest.raises(ValueError, match=r".+"):
            decode(line)


def test_an_event_of_an_older_schema_is_upcast_on_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(fields: dict[str, Any]) -> dict[str, Any]:
        return {**{key: value for key, value in fields.items() if key != "words"}, "text": fields["words"]}

    monkeypatch.setitem(events.UPCASTS, 0, renamed)
    line = b'{"v":0,"seq":2,"parent":1,"at":"2026-11-22T12:00:00Z","frame":0,"type":"human_spoke","words":"hello"}'
    event = decode(line, version=0)
    assert isinstance(event, HumanSpoke)
    assert (event.text, event.v) == ("hello", events.SCHEMA)


def test_a_session_keeps_a_persona_whole_with_what_this_version_does_not_know() -> None:
    ada = Persona(id="ada", name="Ada", prompt="You are Ada.", extra={"tools": ["Read"], "x": None})
    opened = stamp(SessionOpened(session="s", topic="t", mode="discussion", personas=(ada,)), 1, None, NOW)
    again = decode(encode(opened))
    assert isinstance(again, SessionOpened)
    assert again.personas == (ada,)
