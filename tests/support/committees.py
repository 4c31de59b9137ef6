"""Committees for tests: who votes for what, before the talk and after, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue
from support.voters import ballot

from agentchat.events import Event, Outcome, Recorded, SessionClosed, TurnEnded, TurnStarted
from agentchat.kinds.ballot import BALLOTS
from agentchat.log import Log
from agentchat.testing import Person, Voice, agreeable, begin, end, opened, people, play, usual
from agentchat.transcript import Turn

Settings = dict[str, JsonValue]
NAMES = ("Ada", "Ben", "Cleo", "Dev", "Edith")
SILENT: Mapping[str, Outcome] = {"passed": "passed", "failed": "failed", "empty": "empty", "refused": "refused"}


def voting(final: Mapping[str, str], before: Mapping[str, str] | None = None) -> Voice:
    """Everyone votes for what stands under their name: an option, `abstain`, `invalid`, or an outcome of a turn.

    A ranking is written `a > b > c`; who is not named answers as `agreeable` does.
    """

    def voice(start: TurnStarted) -> TurnEnded:
        wanted = (before if before is not None and start.stage == "before" else final).get(start.speaker)
        if start.kind not in BALLOTS or wanted is None:
            return agreeable(start)
        if wanted in SILENT:
            return end(start, SILENT[wanted])
        if wanted == "invalid":
            return end(start, "failed").model_copy(update={"error_kind": "invalid_answer", "error": "no JSON in it"})
        if wanted == "abstain":
            said: dict[str, JsonValue] = {"vote": "abstain"} if start.kind == "pick" else {"abstain": True}
            return end(start, "structured", data=said)
        order = wanted.split(" > ")
        data = ballot(start.kind, start.choices, order[0])
        if start.kind == "ranking" and len(order) > 1:
            data["ranking"] = [[option] for option in order]
        return end(start, "structured", data=data)

    return voice


def held(
    settings: Settings,
    final: Mapping[str, str],
    before: Mapping[str, str] | None = None,
    person: Person = usual,
    seed: int = 0,
) -> Log:
    """A committee of those named in `final`, the person apart, played to its end."""
    names = [name for name in NAMES if name.lower() in final]
    return play(begin(opened("committee", people(*names), settings, seed)), voting(final, before), person)


def cut(log: Log, kind: type[Event], stage: str = "", last: bool = False) -> Log:
    """The log up to the first such event (or the last one), that one included."""
    kinds = [(at, one) for at, one in enumerate(log.events) if isinstance(one, kind)]
    hits = [at for at, one in kinds if stage in (getattr(one, "stage", ""), "")]
    return Log(log.events[: hits[-1 if last else 0] + 1])


def turns(log: Log, *stages: str) -> list[Turn]:
    return [entry for entry in log.transcript.entries if isinstance(entry, Turn) and entry.start.stage in stages]


def stages(log: Log) -> list[str]:
    """The stages in the order they came, each once in a row."""
    found = [event.stage for event in log.events if isinstance(event, TurnStarted)]
    return [stage for at, stage in enumerate(found) if at == 0 or found[at - 1] != stage]


def records(log: Log, kind: str) -> list[Recorded]:
    return [event for event in log.events if isinstance(event, Recorded) and event.kind == kind]


def decided(log: Log) -> dict[str, JsonValue]:
    """What was decided, or why nothing was."""
    return max(records(log, "decision_reached") + records(log, "no_decision"), key=lambda record: record.seq).data


def ended(log: Log) -> SessionClosed:
    assert log.transcript.closed
    return log.transcript.closed
