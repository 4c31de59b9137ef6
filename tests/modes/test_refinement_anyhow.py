"""Whatever critics, authors, checks and the person do: a refinement ends, and gives back a version there was."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from pydantic import JsonValue
from support.refining import DRAFT, closed, critique, records

from agentchat.events import (
    Directed,
    Event,
    HumanSpoke,
    Outcome,
    ParticipantChanged,
    Recorded,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.testing import append, begin, end, opened, people, play

OUTCOMES: tuple[Outcome, ...] = ("failed", "passed", "empty", "truncated", "refused")
PROBLEMS = ("it has no source", "the opening wanders", "the figures are wrong", "a comma")


@st.composite
def anything(draw: st.DrawFn) -> list[int]:
    """Numbers that decide what everyone does."""
    return draw(st.lists(st.integers(0, 999), min_size=40, max_size=40))


def answer(start: TurnStarted, number: int) -> TurnEnded:
    if number % 9 == 0:
        return end(start, OUTCOMES[number % len(OUTCOMES)])
    data: dict[str, JsonValue]
    match start.kind:
        case "critique":
            severity = ("blocker", "major", "minor")[number % 3]
            found = ((severity, PROBLEMS[number % 4]),) if number % 5 else ()
            data = critique(1 + number % 5, *found, quote=f"words {number % 3}")
        case "compare":
            data = {"better": ("A", "B", "same")[number % 3]}
        case "reply":
            done = ("fixed", "rejected")[number % 2]
            data = {"replies": [{"issue": int(one), "done": done, "reason": "so"} for one in start.choices]}
        case "check":
            data = {"exit": number % 2, "output": "out"}
        case _:
            return end(start, "said", f"{number} {DRAFT}" if number % 4 else "Sorry.")
    return end(start, "structured", "so", data)


@settings(max_examples=150, deadline=None)
@given(anything(), st.booleans(), st.booleans(), st.integers(1, 5), st.lists(st.integers(0, 60), max_size=3))
def test_it_ends_with_a_version_there_was(
    numbers: list[int], given_: bool, check: bool, rounds: int, when: list[int]
) -> None:
    setup: dict[str, JsonValue] = {"draft": DRAFT if given_ else "", "check": check, "rounds": rounds}
    log = begin(opened("refinement", people("Ada", "Ben", "Cleo"), setup))
    voice = lambda start: answer(start, numbers[start.seq % len(numbers)])  # noqa: E731
    play(log, voice)
    for at in sorted(when):
        cut = Log(log.events[: max(1, min(at, len(log.events) - 1))])
        append(cut, [*_acts(cut, numbers[at % len(numbers)])])
        play(cut, voice)
        _is_whole(cut)
    append(log, [SessionReopened(rounds=1 + rounds, question="For children." if rounds % 2 else "")])
    play(log, voice)
    _is_whole(log)


def _acts(log: Log, number: int) -> tuple[Event, ...]:
    if log.transcript.open or log.transcript.closed:
        return ()
    deeds: tuple[Event, ...] = (
        HumanSpoke(text="Shorter, please."),
        Directed(verb="accept"),
        Directed(verb="accept", target="3"),
        ParticipantChanged(participant="ben", muted=True),
        HumanSpoke(text="@cleo why?", mentions=("cleo",)),
    )
    return (deeds[number % len(deeds)],)


def _is_whole(log: Log) -> None:
    outcome, text = closed(log)
    said = {event.text for event in log.events if isinstance(event, TurnEnded) and event.kind == "draft"}
    assert outcome in ("accepted", "not_accepted", "failed")
    assert (text in said | {DRAFT}) if outcome != "failed" else not text
    assert (outcome == "accepted") == (log.transcript.closed is not None and bool(_last(log)))
    for one in records(log, "draft_scored"):
        if one["acceptable"]:
            assert isinstance(one["issues"], list)
            held = [it for it in one["issues"] if isinstance(it, dict) and it["status"] == "open"]
            assert not [it for it in held if it["severity"] == "blocker"]


def _last(log: Log) -> list[Recorded]:
    """The acceptance that nothing took back."""
    judged = [event for event in log.events if isinstance(event, Recorded) and event.kind.startswith("draft_")]
    return [event for event in judged[-1:] if event.kind == "draft_accepted"]
