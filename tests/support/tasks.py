"""Hierarchies for tests: plans as a lead writes them, and voices that carry them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from agentchat.events import Recorded, TurnEnded, TurnStarted
from agentchat.kinds import kind_of
from agentchat.log import Log
from agentchat.modes.tasks import task_of
from agentchat.testing import Voice, agreeable, end
from agentchat.transcript import Turn

Written = tuple[str, str]
"""A title, and what it needs, as in `1, 2`."""

HOUSES: tuple[Written, ...] = (("count", ""), ("ask", ""), ("draft", "1, ask"), ("check", "draft"), ("print", "2"))


def plan(tasks: Sequence[Written]) -> dict[str, JsonValue]:
    """The answer of a lead who plans so."""
    return {"tasks": [{"title": title, "needs": [one for one in needs.split(", ") if one]} for title, needs in tasks]}


def working(
    *plans: Sequence[Written], work: Callable[[TurnStarted, str], TurnEnded | None] = lambda _start, _task: None
) -> Voice:
    """Everybody works; the lead plans so, the last of the plans again and again. `work` may answer for a task."""
    order = list(plans) or [HOUSES]

    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind == "plan":
            again = "cannot be carried out" in start.brief
            data = plan(order[-1] if again else order[0])
            told = kind_of("plan").told
            return end(start, "structured", told(data) if told else "", data)
        if one := task_of(start.stage):
            return work(start, one) or end(start, "said", f"{start.speaker} did {one}")
        return agreeable(start)

    return voice


def failing(*ids: str, who: str = "") -> Callable[[TurnStarted, str], TurnEnded | None]:
    """Work at these tasks fails, whoever is at it, or only that one."""
    return lambda start, one: end(start, "failed") if one in ids and who in ("", start.speaker) else None


def waves(log: Log) -> list[set[str]]:
    """Which tasks were given to somebody together."""
    return [
        {str(row["id"]) for row in rows(record.data) if row["state"] == "under way"}
        for record in log.transcript.entries
        if isinstance(record, Recorded) and record.kind == "tasks_assigned"
    ]


def rows(data: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The tasks of a board."""
    tasks = data["tasks"]
    assert isinstance(tasks, list)
    return [row for row in tasks if isinstance(row, dict)]


def states(log: Log) -> dict[str, JsonValue]:
    """How each task stood in the end, by its title."""
    last = [one for one in log.transcript.entries if isinstance(one, Recorded) and one.kind.startswith("tasks_")][-1]
    return {str(row["title"]): row.get("state") for row in rows(last.data)}


def doers(log: Log) -> list[tuple[str, str]]:
    """Who was asked for which task, in order."""
    turns = (one for one in log.transcript.entries if isinstance(one, Turn))
    return [(task_of(turn.start.stage), turn.start.speaker) for turn in turns if task_of(turn.start.stage)]
