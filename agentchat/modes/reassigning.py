"""A task that somebody passed on with a reason: the lead reads it, and says who is to do it instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.steps import Ask
from agentchat.text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.modes.sitting import Sitting
    from agentchat.modes.taskboard import Board
    from agentchat.modes.tasks import Task
    from agentchat.transcript import Member, Transcript


def refusal(transcript: Transcript, at: Board, task: Task) -> str:
    """Who passed on it last, and why, in words; empty where nobody said why."""
    last = at.passed.get(task.id)
    return f"{transcript.name(last.who)} passed on it: {quoted(last.why)}." if last else ""


def reassigned(
    transcript: Transcript, now: Sitting, at: Board, task: Task, lead: Member, takers: Sequence[Member]
) -> Ask | tuple[str, str] | None:
    """Who the lead gives it to, and why; the question, where it was not put yet.

    None leaves it to capability, load and lot: nobody said why they passed, there is no choice, or none was made.
    """
    last = at.passed.get(task.id)
    fresh = tuple(one.id for one in takers if one.id not in at.tried.get(task.id, ()))
    if last is None or len(fresh) < 2:
        return None
    stage = f"reassign {task.id}"
    turn = next((one for one in now.turns(stage) if one.id > last.seq), None)
    if turn is None:
        brief = f"Task {task.id}, {quoted(task.title)}, is not done. {refusal(transcript, at, task)} Who should do it?"
        reason = "reads why it was passed on"
        return Ask(lead.id, "reassign", brief, stage=stage, choices=fresh, reason=reason)
    who, why = (str(turn.data.get(name) or "") for name in ("who", "why"))
    if who not in fresh:
        return None
    return who, f"{transcript.name(turn.speaker)} chose{f': {why}' if why else ''}"
