"""Tasks that are added while a hierarchy runs: by the person, and by who is at work and finds something missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.events import Directed, Noted
from agentchat.kinds.plan import line, refs
from agentchat.kinds.tasks import rows_of
from agentchat.modes.sitting import Sitting, sitting
from agentchat.modes.tasks import MOST, Task, among, read, task_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.transcript import Transcript

HIERARCHY = "hierarchy"
VERB = "task"

_AFTER = re.compile(r"\s+after:?\s+(?P<needs>(?:task |#)?\d{1,2}(?:(?:\s*,\s*|\s+and\s+|\s+)#?\d{1,2})*)\s*\.?$", re.I)


def all_tasks(transcript: Transcript, now: Sitting) -> tuple[Task, ...]:
    """The tasks of the newest board, and what was added since, numbered on from it."""
    newest = now.record("tasks_planned", "tasks_assigned", "tasks_settled")
    known = tuple(read(row) for row in rows_of(newest.data)) if newest else ()
    return grown(transcript, now, known, newest.seq if newest else 0)


def grown(transcript: Transcript, now: Sitting, known: Sequence[Task], since: int) -> tuple[Task, ...]:
    """These tasks, and what was added after an event. What a text calls for counts only while there is room for it."""
    tasks = list(known)
    for title, wanted, needs, skills, by in _added(transcript, now, since):
        if len(tasks) < MOST:
            found, _ = among(needs, tasks)
            tasks.append(Task(str(len(tasks) + 1), title, wanted, found, skills, by))
    return tuple(tasks)


def wish(transcript: Transcript, words: str) -> Directed:
    """A person's task, `what it is after 2`, as the event that adds it. Raises UsageError where it cannot be."""
    if transcript.frame.mode != HIERARCHY:
        raise UsageError(
            f"tasks are for a hierarchy, and this is a {transcript.frame.mode}",
            hint="Speak to the room instead, or begin one: agentchat chat TOPIC -m hierarchy",
        )
    data = _written(words)
    if not data["title"]:
        raise UsageError("what is to be done?", hint="For example: /task Ask the neighbours after 2")
    tasks = all_tasks(transcript, sitting(transcript))
    if len(tasks) >= MOST:
        raise UsageError(f"there are {MOST} tasks, which is the most there can be", hint="End this, and begin anew.")
    found, unknown = among(refs(data["needs"]), tasks)
    if unknown:
        there = f"There are 1 to {len(tasks)}." if tasks else "There are none yet: wait for the plan."
        raise UsageError(f"there is no task {unknown[0]!r}", hint=there)
    return Directed(verb=VERB, data={**data, "needs": [*found]})


def _written(words: str) -> dict[str, JsonValue]:
    """A task as the person or a member writes it: as in a plan, or `what it is after 2`."""
    behind = _AFTER.search(words)
    data = line(words[: behind.start()] if behind else words)
    after = re.findall(r"\d+", behind["needs"]) if behind else []
    return {**data, "needs": [*refs(data["needs"]), *after]}


Added = tuple[str, str, list[str], str, str]


def _added(transcript: Transcript, now: Sitting, since: int) -> Iterator[Added]:
    """The person's first, then the members', by the task each was at: their order must not hang on who was faster."""
    for entry in now.entries:
        if isinstance(entry, Directed) and entry.verb == VERB and entry.seq > since:
            title, wanted, skills = (str(entry.data.get(name) or "") for name in ("title", "wanted", "skills"))
            yield title, wanted, refs(entry.data.get("needs") or []), skills, entry.by

    def place(note: Noted) -> tuple[int, int]:
        turn = transcript.turn(note.target) if note.target else None
        at = task_of(turn.start.stage) if turn else ""
        return (int(at) if at else 0, note.seq)

    notes = [one for one in transcript.notes if one.kind == "task" and one.frame == transcript.frame.id]
    for note in sorted((one for one in notes if one.seq > max(since, _begun(now))), key=place):
        data = _written(str(note.value or ""))
        if data["title"]:
            yield str(data["title"]), str(data["wanted"]), refs(data["needs"]), str(data["skills"]), note.by


def _begun(now: Sitting) -> int:
    return now.reopened.seq if now.reopened else 0
