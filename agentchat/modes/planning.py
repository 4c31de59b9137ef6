"""From a goal to a task graph: the lead plans, code checks, the lead mends, and where that fails the person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue, ValidationError

from agentchat.kinds.plan import Plan
from agentchat.modes.additions import grown
from agentchat.modes.floor import drawn
from agentchat.modes.tasks import Graph, graph
from agentchat.steps import Ask, Escalate, Finish, Record, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.modes.sitting import Sitting
    from agentchat.transcript import Member, Transcript, Turn

PLAN = "plan"
DROP, STOP = "drop those dependencies", "stop"
TRIES = 3
"""Times a plan is asked for before there is none: twice of the lead, then of somebody else."""


@dataclass(frozen=True, slots=True)
class Planning:
    """How a plan comes about."""

    most: int
    deadline: float | None

    def next(self, transcript: Transcript, now: Sitting, lead: Member, members: Sequence[Member]) -> Step | None:
        """The next step towards a plan; None once it stands."""
        if now.record("tasks_planned"):
            return None
        turns = now.turns(PLAN)
        at = next((place for place, turn in enumerate(turns) if _plan(turn)), None)
        if at is None:
            return self._ask(transcript, now, lead, members, turns)
        found = [plan for turn in turns if (plan := _plan(turn))]
        best = min((self._graph(plan) for plan in found), key=lambda one: len(one.problems))
        if not best.problems:
            return _record(transcript, now, best, lead)
        if len(turns) == at + 1:
            brief = f"Your plan cannot be carried out: {_listed(best.problems)}. Write all of it anew, without that."
            return Ask(lead.id, PLAN, brief, stage=PLAN, reason="mends the plan")
        answer = now.answer(PLAN)
        if answer is None:
            question = f"The plan cannot be carried out as it stands: {_listed(best.problems)}. What shall be done?"
            why = "a plan must not go round in circles"
            return Escalate(question, "ask", (DROP, STOP), DROP, self.deadline, PLAN, reason=why)
        if answer.answer == STOP:
            return Finish("failed", reason="you stopped it at the plan", data={"text": "", "tasks": []})
        return _record(transcript, now, best, lead)

    def _ask(
        self, transcript: Transcript, now: Sitting, lead: Member, members: Sequence[Member], turns: Sequence[Turn]
    ) -> Step:
        if len(turns) >= TRIES:
            return Finish("failed", reason="nobody came up with a plan", data={"text": "", "tasks": []})
        who = lead
        if len(turns) == TRIES - 1:
            who = next((one for one in drawn(transcript, members, 0) if one.id != lead.id), lead)
        doing = "some was done before; plan what is left" if now.reopened and now.earlier else ""
        team = [one for one in members if one.id != lead.id]
        whole = len(members) == len(transcript.active)
        mine = f"Your team: {', '.join(one.persona.name for one in team)}. " if team and not whole else ""
        brief = (
            f"{mine}Break what is wanted down into tasks for the members, at most {self.most}. Say of each what is "
            "there when it is done, which tasks must be done before it, and which skills it takes. "
        )
        again = "once more, as no plan came" if turns else "leads"
        return Ask(who.id, PLAN, brief + doing.capitalize(), stage=PLAN, reason=again)

    def _graph(self, plan: Plan) -> Graph:
        return graph(plan.tasks[: self.most])


def _plan(turn: Turn) -> Plan | None:
    try:
        return Plan.model_validate(turn.data) if turn.spoken else None
    except ValidationError:
        return None


def _record(transcript: Transcript, now: Sitting, found: Graph, lead: Member) -> Record:
    planned = grown(transcript, now, found.tasks, 0)
    count = len(planned)
    begin = sum(not task.needs for task in planned)
    reason = f"{count} task{'s' * (count > 1)}, {begin} can begin at once"
    if found.left_out:
        reason += f"; left out: {_listed(found.left_out)}"
    data: dict[str, JsonValue] = {
        "lead": lead.id,
        "tasks": [task.kept() for task in planned],
        "left_out": [*found.left_out],
    }
    return Record("tasks_planned", data, reason)


def _listed(problems: Sequence[str]) -> str:
    return "; ".join(problems)
