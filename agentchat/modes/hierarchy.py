"""A hierarchy: a lead turns a goal into tasks that may need each other, the others do them, the lead assembles.

Nothing is kept beside the record: a task is done where a turn of its stage brought something, and whose turn it is next
stands in the newest board. A failure stops what builds on it, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue, field_validator

from agentchat.kinds.tasks import rows_of
from agentchat.modes.assigning import assign
from agentchat.modes.floor import drawn
from agentchat.modes.members import absent, is_called, named
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.planning import Planning
from agentchat.modes.reassigning import reassigned, refusal
from agentchat.modes.sitting import Sitting, sitting
from agentchat.modes.taskboard import ASSEMBLY, Board, board
from agentchat.modes.tasks import MOST, stage_of
from agentchat.modes.teams import MOST_TEAMS, about, formed, offered, teams_of, wanted
from agentchat.steps import Ask, Enter, Finish, Record, Step, Together, Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.modes.tasks import Task
    from agentchat.persona import Persona
    from agentchat.transcript import Member, Transcript, Turn

IN_TEAM = 4
"""Tasks that a sub-team breaks its own one down into, at most."""

MOST_ASSEMBLED = 2
"""Times it is tried to put the parts together."""


class Settings(ModeSettings):
    """Settings of a hierarchy."""

    lead: str = Field("", description="Who plans and puts it together; empty: who is tagged lead or chair, else by lot")
    who: str = Field("", description="Who takes part: ada, ben; empty is everybody")
    tasks: int = Field(8, ge=1, le=12, description="The most tasks the lead may plan; more can be added as it runs")
    deadline: int = Field(0, ge=0, le=604_800, description="Seconds you have to settle a plan; 0 waits for you")
    teams: str = Field("auto", description="Sub-teams with leads: auto asks you beyond seven members; off; or how many")
    words: int = Field(150, ge=20, le=800, description="About how many words the work on a task has")

    @field_validator("teams")
    @classmethod
    def _known(cls, value: str) -> str:
        words = value.strip().lower()
        if words in ("auto", "off") or (words.isdecimal() and 2 <= int(words) <= MOST_TEAMS):
            return words
        raise ValueError(f"it is auto, off, or a number from 2 to {MOST_TEAMS}")

    def lacks(self, personas: Sequence[Persona]) -> str:
        """Names that nobody here goes by."""
        if missing := absent(self.lead, personas) or absent(self.who, personas):
            return f"{missing} is not in the room"
        return ""


class Hierarchy:
    """Plan, work in waves, assemble."""

    name: ClassVar[str] = "hierarchy"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Hierarchy"
    summary: ClassVar[str] = "a lead plans tasks, the others do them, the lead assembles"
    picture: ClassVar[str] = "A ⇒ B C D ⇒ B C ⇒ A"
    again: ClassVar[str] = "the lead plans it and the others do it"
    achieves: ClassVar[frozenset[str]] = frozenset({"assembled"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """The plan and its second try; two tries of every task there may be, a board for each, and once who is to do it
        after all; two syntheses.
        """
        return 6 + 5 * MOST + 2 * MOST_ASSEMBLED + 2

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        members = named(self.settings.who, transcript.active) or transcript.active
        if not members:
            return Wait("Nobody is in the room to work: invite or unmute someone.")
        now = sitting(transcript)
        lead = _lead(transcript, self.settings.lead, members)
        deadline = self.settings.deadline or None
        if self.settings.teams == "auto" and (asked := offered(now, members, deadline)):
            return asked
        if step := Planning(self.settings.tasks, deadline).next(transcript, now, lead, members):
            return step
        at = board(transcript, now)
        count = wanted(self.settings.teams, now, members, len(at.tasks))
        if count and not now.record("teams_formed", "tasks_assigned"):
            return formed(transcript, at.tasks, lead, members, count)
        return self._work(transcript, now, at, lead, members) or self._assemble(transcript, now, at, lead, members)

    def close(self, transcript: Transcript) -> Step:
        """Put together what is done, and end; what was not come to is named as missing."""
        members = named(self.settings.who, transcript.active) or transcript.active
        now = sitting(transcript)
        if members and now.record("tasks_planned") and (at := board(transcript, now)).done:
            return self._assemble(transcript, now, at, _lead(transcript, self.settings.lead, members), members)
        return Finish("ended", reason=transcript.purse.closing)

    def _work(
        self, transcript: Transcript, now: Sitting, at: Board, lead: Member, members: Sequence[Member]
    ) -> Step | None:
        here = {member.id for member in members}
        pending = [one for one in at.pending if one[1] in here]
        teams = {first: [one for one in team if one in here] for first, team in teams_of(now).items() if first in here}
        if pending and teams:
            task, who, why = pending[0]
            return self._hand_over(at, task, teams.get(who, [who]), why)
        if asks := tuple(self._ask(transcript, at, *one) for one in pending):
            return Together(asks)
        ready = [task for task in at.tasks if at.standing[task.id] in ("ready", "under way")]
        if not ready:
            return None
        takers = [member for member in members if not teams or member.id in teams]
        given: dict[str, tuple[str, str]] = {}
        tried = dict(at.tried)
        for task in ready:
            match reassigned(transcript, now, at, task, lead, takers):
                case Ask() as ask:
                    return ask
                case (who, why):
                    tried[task.id] = tuple(one.id for one in takers if one.id != who)
                    given[task.id] = (who, why)
                case None:
                    pass
        wave = assign(ready, takers, at.load, tried, transcript.opened.seed, transcript.question)
        given = {one.task.id: given.get(one.task.id, (one.who.id, one.reason)) for one in wave}
        data: dict[str, JsonValue] = {"wave": at.wave + 1, "tasks": [*at.rows(given)]}
        return Record("tasks_assigned", data, _gist(at, len(wave)))

    def _hand_over(self, at: Board, task: Task, team: Sequence[str], why: str) -> Enter:
        """A task for a team: a hierarchy of its own, whose question it is."""
        settings: dict[str, JsonValue] = {
            "who": ", ".join(team),
            "lead": team[0],
            "teams": "off",
            "tasks": min(self.settings.tasks, IN_TEAM),
            "deadline": self.settings.deadline,
            "words": self.settings.words,
        }
        return Enter("hierarchy", settings, f"task {task.id}: {why}", about(task))

    def _ask(self, transcript: Transcript, at: Board, task: Task, who: str, why: str) -> Ask:
        built = ", ".join(f"#{at.done[one].id}" for one in task.needs if one in at.done)
        parts = [
            f"Your task is number {task.id}: {task.title}.",
            f"Wanted: {task.wanted.rstrip('.')}." if task.wanted else "",
            f"Build on what was done for it: {built}." if built else "",
            refusal(transcript, at, task),
            "The others have the other tasks; do this one only.",
        ]
        return Ask(who, "task", " ".join(filter(None, parts)), stage=stage_of(task), reason=why)

    def _assemble(
        self, transcript: Transcript, now: Sitting, at: Board, lead: Member, members: Sequence[Member]
    ) -> Step:
        settled = now.record("tasks_assigned", "tasks_settled")
        if settled is None or settled.kind != "tasks_settled" or len(rows_of(settled.data)) != len(at.tasks):
            return Record("tasks_settled", {"tasks": [*at.rows({})]}, at.told)
        data: dict[str, JsonValue] = {"tasks": [*at.rows({})]}
        if not at.done:
            return Finish("failed", reason=at.told, data={"text": at.told, **data})
        turns = [turn for turn in now.turns(ASSEMBLY) if turn.id > settled.seq]
        if whole := next((turn for turn in turns if turn.spoken), None):
            return _finish(at, whole, data)
        if len(turns) >= MOST_ASSEMBLED:
            reason = f"{at.told}; nobody could put the parts together"
            return Finish("incomplete", at.parts(transcript), reason, {"text": at.parts(transcript), **data})
        tried = {turn.start.speaker for turn in turns}
        who = next((one for one in (lead, *drawn(transcript, members, 0)) if one.id not in tried), lead)
        done = ", ".join(f"#{turn.id} ({task.title})" for task in at.tasks if (turn := at.done.get(task.id)))
        missing = f" Not there, and to be named as missing: {'; '.join(at.missing)}." if at.missing else ""
        brief = f"Put the parts together into one whole that answers the question: {done}.{missing}"
        return Ask(who.id, ASSEMBLY, brief, stage=ASSEMBLY, reason="puts the parts together")


def _finish(at: Board, whole: Turn, data: dict[str, JsonValue]) -> Finish:
    outcome = "incomplete" if at.missing else "assembled"
    return Finish(outcome, whole.text, at.told, {"text": whole.text, **data})


def _lead(transcript: Transcript, wanted: str, members: Sequence[Member]) -> Member:
    """Who leads: the one named, one tagged so, or one drawn."""
    for member in members:
        if wanted and is_called(wanted, member.persona):
            return member
    for tag in ("lead", "chair"):
        for member in members:
            if tag in member.persona.tags:
                return member
    return drawn(transcript, members, 0)[0]


def _gist(at: Board, count: int) -> str:
    of = "one task" if count == 1 else f"{count} tasks at once"
    return f"wave {at.wave + 1}: {of}"
