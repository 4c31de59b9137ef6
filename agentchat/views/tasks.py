"""The task board of a hierarchy beside the transcript: the newest on record, and what came of its tasks since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentchat.events import Recorded
from agentchat.kinds.tasks import MARKS, numbered, rows_of, short
from agentchat.transcript import Turn
from agentchat.views.room import Row, Section

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

BOARDS = ("tasks_assigned", "tasks_settled")
WIDEST = 22
"""Characters of a title: the panel is narrow."""


def tasks(transcript: Transcript) -> tuple[Section, ...]:
    """The board of the mode at work; nothing where it has none."""
    since: list[Turn] = []
    for entry in reversed(transcript.mine):
        if isinstance(entry, Turn):
            since.append(entry)
        elif isinstance(entry, Recorded) and entry.kind in BOARDS:
            done = {turn.start.stage.partition(":")[0] for turn in since if turn.end and turn.spoken}
            return (Section("Tasks", tuple(_rows(transcript, entry, done))),)
    return ()


def _rows(transcript: Transcript, record: Recorded, done: set[str]) -> Iterator[Row]:
    for row in rows_of(record.data):
        state = "done" if f"task {row.get('id')}" in done else str(row.get("state"))
        who, before = transcript.name(str(row["who"])) if row.get("who") else "", numbered(row.get("before"))
        note = {"waiting": f"after {before}", "blocked": f"blocked by {before}", "failed": "nobody could"}.get(
            state, who
        )
        yield Row(f"{row.get('id')} {short(str(row.get('title') or ''), WIDEST)}", MARKS.get(state, "·"), note)
