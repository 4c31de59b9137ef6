"""Recorded sessions stay readable for ever, whatever becomes of the mode or the model that made them."""

from __future__ import annotations

from pathlib import Path

from agentchat.events import SessionOpened, TurnEnded, Unknown, decode, encode
from agentchat.log import Log
from agentchat.testing import deterministic


def test_every_recording_is_read_whole_and_says_which_model_made_it(root: Path) -> None:
    recordings = sorted((root / "sessions").glob("*.jsonl"))
    assert recordings
    for recording in recordings:
        lines = recording.read_bytes().splitlines()
        events = [decode(line) for line in lines]
        assert not [event for event in events if isinstance(event, Unknown)]
        assert [decode(encode(event)) for event in events] == events  # a newer version may say more, never less
        opened, transcript = events[0], Log(events).transcript
        assert isinstance(opened, SessionOpened)
        assert set(opened.models.values()) == {"local/starter"}
        assert transcript.closed
        assert not transcript.open


def test_every_turn_of_a_recording_keeps_its_pace(root: Path) -> None:
    events = [decode(line) for line in (root / "sessions" / "demo.jsonl").read_bytes().splitlines()]
    streamed = [event for event in events if isinstance(event, TurnEnded) and event.outcome == "said"]
    assert streamed
    assert all(turn.pace and turn.pace[-1][1] > 0 for turn in streamed)


def test_a_recording_replayed_through_todays_mode_takes_the_same_steps_each_time(root: Path) -> None:
    events = [decode(line) for line in (root / "sessions" / "demo.jsonl").read_bytes().splitlines()]
    deterministic(Log(events))
