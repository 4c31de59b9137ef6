"""Sub-teams of a hierarchy that is too large for one lead: each has a lead of its own, takes a task of the plan, breaks
it down within the team, and assembles its part. A team at work is a hierarchy inside the hierarchy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.capability import fit, stems
from agentchat.modes.assigning import telling
from agentchat.modes.floor import lot
from agentchat.modes.sitting import Sitting
from agentchat.steps import Escalate, Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from agentchat.modes.tasks import Task
    from agentchat.transcript import Member, Transcript

TEAMS = "teams"
ONE_ROOM, SUB_TEAMS = "one room", "sub-teams"
MANY = 7
"""Members that one lead can hand work to; beyond them sub-teams are offered."""

MOST_TEAMS = 6

Teams = dict[str, tuple[str, ...]]
"""Ids of who is in a team, by the id of its lead, who comes first."""


def offered(now: Sitting, members: Sequence[Member], deadline: float | None) -> Escalate | None:
    """The question whether to work in sub-teams; None where it was answered, or there is no need of it."""
    if len(members) <= MANY or now.answer(TEAMS) or now.record("tasks_planned"):
        return None
    count = _count(members)
    question = f"{len(members)} members are many for one lead. Shall they work as {count} sub-teams with leads?"
    why = f"more than {MANY} members"
    return Escalate(question, "ask", (ONE_ROOM, SUB_TEAMS), ONE_ROOM, deadline, TEAMS, reason=why)


def wanted(setting: str, now: Sitting, members: Sequence[Member], tasks: int) -> int:
    """How many sub-teams there are to be; fewer than two are none. Each has two members, and a task, at least."""
    if setting == "off":
        return 0
    if setting == "auto":
        answer = now.answer(TEAMS)
        count = _count(members) if answer and answer.answer == SUB_TEAMS else 0
    else:
        count = int(setting)
    count = min(count, (len(members) - 1) // 2, tasks)
    return count if count > 1 else 0


def formed(
    transcript: Transcript, tasks: Sequence[Task], lead: Member, members: Sequence[Member], count: int
) -> Record:
    """The teams: led by who fits the tasks best, the others dealt out. The lead of all is in none of them."""
    seed, shared = transcript.opened.seed, stems(transcript.question)
    others = [member for member in members if member.id != lead.id]
    worth = {one.id: sum(fit(telling(task, shared), one.persona).score for task in tasks) for one in others}
    ranked = sorted(others, key=lambda one: (-worth[one.id], lot(seed, TEAMS, one.id)))
    teams: list[list[str]] = [[one.id] for one in ranked[:count]]
    for place, one in enumerate(ranked[count:]):
        teams[place % count].append(one.id)
    rows: list[JsonValue] = [{"lead": team[0], "members": [*team]} for team in teams]
    return Record("teams_formed", {"lead": lead.id, "teams": rows}, f"{count} sub-teams, led by who fits the tasks")


def teams_of(now: Sitting) -> Teams:
    """The teams as they were formed; none where the room is one."""
    record = now.record("teams_formed")
    found = record.data.get("teams") if record else None
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(row.get("lead")): _ids(row) for row in rows}


def about(task: Task) -> str:
    """What a team is asked: the question of its hierarchy, by which its result is known again."""
    return f"{task.title}: {task.wanted}" if task.wanted else task.title


def _count(members: Sequence[Member]) -> int:
    return max(2, round((len(members) - 1) / 4))


def _ids(row: Mapping[str, JsonValue]) -> tuple[str, ...]:
    members = row.get("members")
    return tuple(map(str, members)) if isinstance(members, list) else ()
