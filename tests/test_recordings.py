"""Recorded sessions stay readable for ever, whatever becomes of the mode or the model that made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentchat.events import Event, SessionOpened, TurnEnded, Unknown, decode, encode
from agentchat.log import Log
from agentchat.testing import deterministic

RECORDINGS = sorted((Path(__file__).parents[1] / "sessions").glob("*.jsonl"))
each = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.stem)


def events(recording: Path) -> list[Event]:
    return [decode(line) for line in recording.read_bytes().splitlines()]


def test_each_recording_is_told_of(root: Path) -> None:
    told = (root / "sessions" / "README.md").read_text("utf-8")
    assert RECORDINGS
    assert [recording.name for recording in RECORDINGS if f"- `{recording.name}`: " not in told] == []


@each
def test_a_recording_is_read_whole_and_says_which_model_made_it(recording: Path) -> None:
    recorded = events(recording)
    assert not [event for event in recorded if isinstance(event, Unknown)]
    assert [decode(encode(event)) for event in recorded] == recorded  # a newer version may say more, never less
    opened, transcript = recorded[0], Log(recorded).transcript
    assert isinstance(opened, SessionOpened)
    assert set(opened.models.values()) == {"local/starter"}
    assert transcript.closed
    assert not transcript.open


@each
def test_every_turn_of_a_recording_keeps_its_pace(recording: Path) -> None:
    streamed = [event for event in events(recording) if isinstance(event, TurnEnded) and event.outcome == "said"]
    assert streamed
    assert all(turn.pace and turn.pace[-1][1] > 0 for turn in streamed)


@each
def test_a_recording_replayed_through_todays_mode_takes_the_same_steps_each_time(recording: Path) -> None:
    deterministic(Log(events(recording)))
