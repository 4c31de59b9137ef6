"""All paths of a session as rows: what was said, where it forks, and which path the room is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.branches import branches
from agentchat.events import HumanSpoke, Recorded, SessionClosed
from agentchat.transcript import Turn
from agentchat.views.entries import clipped, ended, sentence

if TYPE_CHECKING:
    from agentchat.branches import Branch, Landmark
    from agentchat.log import Log
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One landmark of a path."""

    seq: int
    depth: int
    """Forks above it."""
    forked: bool
    """The first of a branch beside others."""
    here: bool
    """On the path the room is on."""
    who: str
    color: str
    text: str


def rows(log: Log) -> tuple[TreeRow, ...]:
    """Every path, each branch under what it follows, oldest first."""
    found: list[TreeRow] = []
    waiting = [(branches(log), 0, False)]
    while waiting:
        branch, depth, forked = waiting.pop()
        found += _steps(log.transcript, branch, depth, forked)
        several = len(branch.branches) > 1
        waiting += [(one, depth + several, several) for one in reversed(branch.branches)]
    return tuple(found)


def _steps(transcript: Transcript, branch: Branch, depth: int, forked: bool) -> list[TreeRow]:
    return [_row(transcript, step, depth, forked and not at, at < branch.here) for at, step in enumerate(branch.steps)]


def _row(transcript: Transcript, step: Landmark, depth: int, forked: bool, here: bool) -> TreeRow:
    match step:
        case Turn():
            member = transcript.member(step.speaker)
            color = member.persona.color if member else ""
            text = step.text if step.end and not transcript.sealed(step) else "…"
            return TreeRow(step.id, depth, forked, here, transcript.name(step.speaker), color, clipped(text))
        case HumanSpoke():
            return TreeRow(step.seq, depth, forked, here, "you", "", clipped(step.text))
        case Recorded():
            text = sentence(step.reason) or sentence(step.kind.replace("_", " "))
            return TreeRow(step.seq, depth, forked, here, "", "", clipped(text))
        case SessionClosed():
            return TreeRow(step.seq, depth, forked, here, "", "", ended(step))
