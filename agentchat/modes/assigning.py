"""Who does what: by capability, then by load, then by lot; each wave a member has one task at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from agentchat.capability import fit, stems
from agentchat.modes.floor import lot

if TYPE_CHECKING:
    from agentchat.modes.tasks import Task
    from agentchat.transcript import Member


_DOING = frozenset({"ask", "check", "find", "give", "list", "look", "make", "set", "take", "try"})
"""What any task may begin with: it says nothing of what the task takes."""


class Assigned(NamedTuple):
    """A task, who has it, and the reason in words."""

    task: Task
    who: Member
    reason: str


def assign(
    tasks: Sequence[Task],
    members: Sequence[Member],
    load: Counter[str],
    tried: Mapping[str, Collection[str]],
    seed: int,
    goal: str = "",
) -> tuple[Assigned, ...]:
    """A wave. What somebody tried in vain goes to somebody else, where there is one; the rest waits for the next.

    What the goal itself says tells no task from another: it counts only where the lead names it as a skill.
    """
    shared = stems(goal)
    pairs = []
    for place, task in enumerate(tasks):
        fresh = [member for member in members if member.id not in tried.get(task.id, ())]
        for member in fresh or members:
            score = fit(telling(task, shared), member.persona).score
            key = (-score, load[member.id], place, lot(seed, task.id, member.id))
            pairs.append((key, task, member))
    wave: dict[str, Assigned] = {}
    busy: set[str] = set()
    for _, task, member in sorted(pairs, key=lambda pair: pair[0]):
        if task.id not in wave and member.id not in busy:
            busy.add(member.id)
            wave[task.id] = Assigned(
                task, member, _reason(telling(task, shared), member, members, load, tried.get(task.id, ()))
            )
    return tuple(wave[task.id] for task in tasks if task.id in wave)


def telling(task: Task, shared: Collection[str]) -> str:
    """The words that tell what it takes to do a task."""
    said = stems(f"{task.title} {task.wanted}")
    own = [word for stem, word in said.items() if stem not in shared and word not in _DOING]
    return " ".join([task.skills, *own])


def _reason(words: str, member: Member, members: Sequence[Member], load: Counter[str], tried: Collection[str]) -> str:
    if len(members) == 1:
        return "tries once more, alone in the room" if tried else "alone in the room"
    again = "tries what did not come off; " if tried else ""
    mine = fit(words, member.persona)
    if mine.score > 0:
        return f"{again}knows about {' and '.join(mine.words[:2])}"
    least = min(load[one.id] for one in members)
    alone = load[member.id] == least and [one.id for one in members if load[one.id] == least] == [member.id]
    return again + ("has done least so far" if alone else "drawn by lot")
