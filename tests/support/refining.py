"""Refinements for tests: how critics judge, what the author does, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from agentchat import directives
from agentchat.conduct import conduct
from agentchat.events import (
    Event,
    Recorded,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import make
from agentchat.steps import Ask, Together
from agentchat.testing import Voice, agreeable, append, begin, end, opened, people, play

GOOD, POOR = 5, 2
DRAFT = "The town is small and it is a good town to live in, as all who live in it know very well."


def critique(score: int, *issues: tuple[str, str], quote: str = "") -> dict[str, JsonValue]:
    found: list[JsonValue] = [
        {"criterion": "clarity", "severity": severity, "quote": quote, "problem": problem, "fix": ""}
        for severity, problem in issues
    ]
    names = ("correctness", "clarity", "completeness", "tone")
    return {"issues": found, "scores": dict.fromkeys(names, score), "verdict": "unsure"}


Judge = Callable[[TurnStarted], dict[str, JsonValue]]


def voice(judge: Judge, *, better: str = "same", done: str = "fixed", exits: tuple[int, ...] = (0,)) -> Voice:
    """Everyone: critics judge as said, one letter or `new` is always the better version, the author replies alike."""

    def speak(start: TurnStarted) -> TurnEnded:
        match start.kind:
            case "critique":
                return end(start, "structured", data=judge(start))
            case "compare":
                newer = "A" if int(start.choices[0]) > int(start.choices[1]) else "B"
                return end(start, "structured", data={"better": newer if better == "new" else better, "why": ""})
            case "reply":
                replies: list[JsonValue] = [
                    {"issue": int(number), "done": done, "reason": "it is meant so" if done == "rejected" else ""}
                    for number in start.choices
                ]
                return end(start, "structured", data={"replies": replies})
            case "check":
                code = exits[min(start.round, len(exits)) - 1]
                return end(start, "structured", f"exit {code}", {"exit": code, "output": f"exit {code}"})
            case "draft":
                return end(start, "said", f"Version {start.round} by {start.speaker}: {DRAFT}")
            case _:
                return agreeable(start)

    return speak


def always(score: int, *issues: tuple[str, str]) -> Judge:
    return lambda _: critique(score, *issues)


def by_version(*scores: int) -> Judge:
    """Each version has the score of its place, and a fresh issue."""
    words = ("opening", "middle", "figures", "ending", "names", "title", "rhythm")

    def judge(start: TurnStarted) -> dict[str, JsonValue]:
        score = scores[min(start.round, len(scores)) - 1]
        return critique(score, ("major", f"the {words[start.round]} wanders"))

    return judge


def refined(judged: Voice, settings: Mapping[str, JsonValue] | None = None, names: str = "Ada Ben Cleo") -> Log:
    return play(begin(opened("refinement", people(*names.split()), {"author": "ada", **(settings or {})})), judged)


def records(log: Log, kind: str) -> list[dict[str, JsonValue]]:
    return [event.data for event in log.events if isinstance(event, Recorded) and event.kind == kind]


def stages(log: Log) -> list[str]:
    return [f"{event.speaker} {event.stage}" for event in log.events if isinstance(event, TurnStarted)]


def closed(log: Log) -> tuple[str, str]:
    assert log.transcript.closed
    return log.transcript.closed.outcome, log.transcript.closed.summary


def issues(log: Log) -> list[tuple[JsonValue, JsonValue, JsonValue]]:
    found = records(log, "draft_scored")[-1]["issues"]
    assert isinstance(found, list)
    return [(one["problem"], one["status"], one["by"]) for one in found if isinstance(one, dict)]


def until(log: Log, judged: Voice, stop: Callable[[Log], bool]) -> Log:
    """Play on until something is so."""
    while not stop(log):
        transcript = log.transcript
        mode = make(transcript.frame.mode, transcript.frame.settings)
        step = directives.next_step(transcript) or mode.next(transcript)
        events = append(log, conduct(transcript, step))
        if isinstance(step, Ask | Together):
            append(log, [judged(event) for event in events if isinstance(event, TurnStarted)])
    return log


def last(log: Log, kind: type[Event], name: str = "") -> bool:
    event = log.events[-1]
    return isinstance(event, kind) and (not name or getattr(event, "kind", "") == name)


def new(settings: Mapping[str, JsonValue]) -> Log:
    return begin(opened("refinement", people("Ada", "Ben", "Cleo"), {"author": "ada", **settings}))
