"""How the tasks of a sitting stand, read off its record: who did what, who is at what, what waits, what is blocked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agentchat.events import ModeEntered, ModeLeft
from agentchat.kinds.tasks import numbered, rows_of
from agentchat.modes.additions import all_tasks
from agentchat.modes.tasks import Standing, Task, blocking, read, standings, task_of
from agentchat.modes.teams import about
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.events import Recorded
    from agentchat.modes.sitting import Sitting
    from agentchat.transcript import Transcript

TRIES = 2
"""Times a task is tried, each time by somebody else where there is somebody."""

CAME = frozenset({"said", "structured", "truncated"})


ASSEMBLY = "assembly"

WHOLE = frozenset({"assembled", "incomplete"})
"""How a team ends that brings something."""


class Try(NamedTuple):
    """Somebody at a task: where it began, who, and the turn that did it, if one did."""

    seq: int
    who: str
    came: Turn | None
    by_team: bool = False
    why: str = ""
    """Why who was asked passed on it, in their own words."""


@dataclass(frozen=True, slots=True)
class Board:
    """The tasks and what became of each so far."""

    tasks: tuple[Task, ...]
    standing: Mapping[str, Standing]
    done: Mapping[str, Turn]
    """The turn that did each."""
    tried: Mapping[str, tuple[str, ...]]
    """Who tried each in vain."""
    passed: Mapping[str, Try]
    """The newest try of each that is not done, where it was passed with a reason."""
    pending: tuple[tuple[Task, str, str], ...]
    """What the newest board gave to whom, and why, as far as nobody was asked for it yet."""
    load: Counter[str]
    """Turns each member had in this sitting."""
    wave: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not there in the end, and why, in words."""
        return tuple(self._missing())

    @property
    def told(self) -> str:
        """How it stands, in words."""
        done = f"{len(self.done)} of {len(self.tasks)} tasks done in {self.wave} wave{'s' * (self.wave != 1)}"
        return "; ".join((done, *self.missing))

    def _missing(self) -> Iterator[str]:
        for task in self.tasks:
            match self.standing[task.id]:
                case "failed":
                    yield f"nobody could do {task.id}, “{task.title}”"
                case "blocked":
                    yield f"{task.id}, “{task.title}”, is blocked by {numbered([*self._before(task)])}"
                case "done":
                    pass
                case _:
                    yield f"{task.id}, “{task.title}”, was not come to"

    def rows(self, given: Mapping[str, tuple[str, str]]) -> Iterator[dict[str, JsonValue]]:
        """The tasks for the record, with those that are given to somebody now, and why."""
        for task in self.tasks:
            row = task.kept() | {"state": self.standing[task.id]}
            if task.id in given:
                who, why = given[task.id]
                row |= {"state": "under way", "who": who, "why": why}
            elif done := self.done.get(task.id):
                row |= {"who": done.speaker}
            elif self.standing[task.id] == "under way":
                row |= {"state": "ready"}
            yield row | {"before": [*self._before(task)]}

    def parts(self, transcript: Transcript) -> str:
        """What was done, task by task, as it was said."""
        done = [(task, self.done[task.id]) for task in self.tasks if task.id in self.done]
        return "\n\n".join(f"{task.title} ({transcript.name(turn.speaker)}):\n{turn.text}" for task, turn in done)

    def _before(self, task: Task) -> tuple[str, ...]:
        match self.standing[task.id]:
            case "waiting":
                return tuple(one for one in task.needs if self.standing.get(one) != "done")
            case "blocked":
                return blocking(task, self.tasks, self.standing)
            case _:
                return ()


def board(transcript: Transcript, now: Sitting) -> Board:
    """The board of a sitting whose plan stands."""
    newest = now.record("tasks_planned", "tasks_assigned", "tasks_settled")
    assert newest is not None
    tasks = all_tasks(transcript, now)
    tries: dict[str, list[Try]] = {}
    load = Counter(one.start.speaker for one in now.entries if isinstance(one, Turn))
    for one, tried in _tries(transcript, now, tasks):
        tries.setdefault(one, []).append(tried)
        load[tried.who] += tried.by_team
    done = {one: came[-1] for one, those in tries.items() if (came := [each.came for each in those if each.came])}
    failed = {one for one, those in tries.items() if one not in done and len(those) >= TRIES}
    vain = {one: tuple(each.who for each in those) for one, those in tries.items() if one not in done}
    assigned = now.record("tasks_assigned")
    pending = tuple(_pending(assigned, tries)) if assigned and assigned is newest else ()
    standing = standings(tasks, done, failed, {task.id for task, _, _ in pending})
    wave = sum(1 for one in now.entries if getattr(one, "kind", "") == "tasks_assigned")
    passed = {one: those[-1] for one, those in tries.items() if one not in done and those[-1].why}
    return Board(tasks, standing, done, vain, passed, pending, load, wave)


def _tries(transcript: Transcript, now: Sitting, tasks: Sequence[Task]) -> Iterator[tuple[str, Try]]:
    """Every time a task was tried, by a member or by a team."""
    asked = {about(task): task.id for task in tasks}
    entered: ModeEntered | None = None
    for entry in now.entries:
        match entry:
            case Turn() if one := task_of(entry.start.stage):
                came = entry if _came(entry) else None
                why = entry.text if entry.end and entry.end.outcome == "passed" else ""
                yield one, Try(entry.id, entry.start.speaker, came, why=why)
            case ModeEntered():
                entered = entry
            case ModeLeft() if entered and entered.question in asked:
                lead = str(entered.settings.get("lead") or "")
                whole = _assembled(transcript, entered.seq) if entry.outcome in WHOLE else None
                yield asked[entered.question], Try(entered.seq, lead, whole, by_team=True)
                entered = None
            case _:
                pass


def _assembled(transcript: Transcript, frame: int) -> Turn | None:
    """What a team put together."""
    turns = (one for one in reversed(transcript.entries) if isinstance(one, Turn) and one.start.frame == frame)
    return next((turn for turn in turns if turn.start.stage == ASSEMBLY and turn.spoken), None)


def _pending(assigned: Recorded, tries: Mapping[str, list[Try]]) -> Iterator[tuple[Task, str, str]]:
    for row in rows_of(assigned.data):
        task = read(row)
        if row.get("state") == "under way" and not any(one.seq > assigned.seq for one in tries.get(task.id, ())):
            yield task, str(row.get("who")), str(row.get("why") or "")


def _came(turn: Turn) -> bool:
    """Whether a turn did its task. What was cut off in the middle did not."""
    return turn.spoken and turn.end is not None and turn.end.outcome in CAME
