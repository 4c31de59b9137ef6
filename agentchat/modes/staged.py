"""A staged room: stages, each another mode, and the ways between them by how each ended; rounds that have a bound.

What a stage was for and what the next makes of it is declared, and not left to a model: unclear hand-overs and steps
that repeat are the commonest failures of groups of models (EVIDENCE §1, MAST).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

from pydantic import BaseModel, BeforeValidator, Field, JsonValue, ValidationInfo, field_validator

from agentchat.errors import UsageError
from agentchat.events import EscalationAnswered, ModeEntered, ModeLeft, Recorded
from agentchat.kinds.staged import NOW
from agentchat.modes.conditions import condition
from agentchat.modes.course import END, Stage, filled
from agentchat.modes.courseworthy import checked, course, place
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.sitting import sitting
from agentchat.steps import Enter, Escalate, Finish, Record, Step, Wait
from agentchat.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentchat.persona import Persona
    from agentchat.transcript import Entry, Transcript

MORE, STOP = "once more", "stop here"
"""What a person may say where a stage was entered as often as it may be."""

QUOTED = 400
"""Characters of why a stage ended so that the next is told."""


IN_QUESTION = 1000
"""Characters of what a stage came to that a question holds: what is asked stands after it, and may not be cut off."""


class Settings(ModeSettings):
    """Settings of a staged room."""

    stages: Annotated[str, BeforeValidator(course)] = Field(
        "brainstorm | committee | refinement",
        description="Stage by stage, as in: design: discussion | build: pipeline x3 | test: poll, failed to build. "
        "NAME: MODE, then a question in quotation marks, (settings), x3 for at most three times, and ways on: "
        "CONDITION to STAGE, or end; in a room file as tables",
    )
    result: str = Field("", description="The stage whose text is the result; empty takes the last one's")
    at_limit: Literal["ask", "end"] = Field(
        "ask", description="Where a stage was entered as often as it may be: ask you, or end"
    )

    @field_validator("result")
    @classmethod
    def _there(cls, name: str, info: ValidationInfo) -> str:
        stages = checked(info.data["stages"]) if "stages" in info.data else ()
        if name and stages and place(stages, name) is None:
            raise ValueError(f"there is no such stage; there are {', '.join(one.name for one in stages)}")
        return name

    def lacks(self, personas: Sequence[Persona]) -> str:
        """What a stage would lack."""
        from agentchat.modes import lacking  # the modes know this one

        for stage in checked(self.stages):
            if lacks := lacking(stage.mode, stage.settings, personas):
                return f"stage “{stage.name}”: {lacks}"
        return ""


@dataclass(slots=True)
class Standing:
    """Where it is: read off the transcript each time."""

    chosen: Recorded | None = None
    """The stage under way, or just over."""
    entered: ModeEntered | None = None
    left: ModeLeft | None = None
    times: dict[str, int] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    """How often a person let a stage be entered beyond its bound."""
    results: dict[str, ModeLeft] = field(default_factory=dict)
    """What each stage came to, the last time."""
    limit: Recorded | None = None
    """The bound that was reached, until a person says what then."""
    answer: str = ""
    over: Recorded | None = None

    @property
    def stage(self) -> str:
        """The stage under way; empty before the first."""
        return str(self.chosen.data.get("stage") or "") if self.chosen else ""

    @property
    def key(self) -> str:
        """What the question to the person is called."""
        return f"bound, after {sum(self.times.values())} stages"


def standing(entries: Iterable[Entry]) -> Standing:
    """Where it is."""
    now = Standing()
    for entry in entries:
        match entry:
            case Recorded(kind="stage_chosen"):
                now.chosen, now.entered, now.left, now.limit, now.answer = entry, None, None, None, ""
                now.times[now.stage] = now.times.get(now.stage, 0) + 1
            case ModeEntered(cause=None) if now.entered is None:
                now.entered = entry
            case ModeLeft() if now.entered is not None and entry.frame == now.entered.seq:
                now.left = now.results[now.stage] = entry
            case Recorded(kind="limit_reached"):
                now.limit = entry
            case EscalationAnswered() if now.limit is not None and entry.key == now.key:
                now.answer = entry.answer
                if entry.answer == MORE:
                    to = str(now.limit.data.get("to"))
                    now.more[to] = now.more.get(to, 0) + 1
            case Recorded(kind="staged_ended"):
                now.over = entry
            case _:
                pass
    return now


class Staged:
    """From stage to stage, each another mode."""

    name: ClassVar[str] = "staged"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Staged"
    summary: ClassVar[str] = "other modes as stages, with ways between them"
    picture: ClassVar[str] = "[ A B ] → [ C ⇄ D ] ⇒ ▣"
    again: ClassVar[str] = "it goes through the stages again"
    achieves: ClassVar[frozenset[str]] = frozenset({"done"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.stages = checked(self.settings.stages)

    def bound(self, members: int) -> int:
        """A conclusion for each stage that may be entered, and two at the end; what is asked within counts there.

        Between two entries of stages that have a bound, each without one is entered once at most.
        """
        most = sum(stage.most or 0 for stage in self.stages)
        return (most + 1) * (1 + sum(stage.most is None for stage in self.stages)) + 2

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = standing(sitting(transcript).entries)
        if now.over is not None:
            return self._finish(now, now.over)
        if now.chosen is None:
            return self._choose(now, self.stages[0], "it begins here")
        at = place(self.stages, now.stage)
        if at is None:
            return self._end(now, "failed", f"there is no stage “{now.stage}” any more")
        if now.left is None:
            return self._enter(transcript, now, self.stages[at])
        if now.limit is not None:
            return self._limit(transcript, now, now.limit)
        return self._onward(now, self.stages[at], now.left)

    def close(self, transcript: Transcript) -> Step:
        """Give back what there is."""
        now = standing(sitting(transcript).entries)
        return self._end(now, "ended", transcript.purse.closing) if now.over is None else self._finish(now, now.over)

    # From stage to stage.

    def _onward(self, now: Standing, stage: Stage, left: ModeLeft) -> Step:
        """Along the first way that fits."""
        came = f"{stage.name} came to {_words(left.outcome)}"
        good = left.outcome in _achieves(stage)
        for way in stage.then:
            if not condition(way.when).fits(left.outcome, _achieves(stage), left.data):
                continue
            because = "" if way.when == left.outcome else f" ({way.when})"
            if way.to.casefold() == END:
                return self._end(now, "done" if good else "failed", f"{came}, which ends it{because}")
            target = self.stages[place(self.stages, way.to) or 0]
            times = now.times.get(target.name, 0)
            why = f"{came}: {'back' if times else 'on'} to {target.name}{because}"
            if target.most is not None and times >= target.most + now.more.get(target.name, 0):
                why += f"; but it was entered {target.most} times, as often as it may be"
                return Record("limit_reached", {"stage": stage.name, "to": target.name, "why": why}, why)
            return self._choose(now, target, why)
        # A stage that achieved what it is for is the last one, where its ways are for when it does not.
        if good:
            return self._end(now, "done", came)
        return self._end(now, "failed", f"{came}, and no way leads on" if stage.then else came)

    def _choose(self, now: Standing, stage: Stage, why: str) -> Record:
        data: dict[str, JsonValue] = {
            "stage": stage.name,
            "mode": stage.mode,
            "number": now.times.get(stage.name, 0) + 1,
            "most": stage.most,
            "why": why,
            "stages": self._table(now, stage.name),
        }
        return Record("stage_chosen", data, why)

    def _enter(self, transcript: Transcript, now: Standing, stage: Stage) -> Step:
        results = {one.name.casefold(): "" for one in self.stages}
        results |= {name.casefold(): _text(left) for name, left in now.results.items()}
        try:
            settings = _settings(stage, {name: filled(value, results) for name, value in stage.settings.items()})
        except UsageError as error:
            return self._end(now, "failed", f"what came before does not fit into {stage.name}: {error}")
        short = {name: text if len(text) <= IN_QUESTION else f"{text[:IN_QUESTION]}…" for name, text in results.items()}
        question = str(filled(stage.question, short)) or transcript.question
        before = [f"{name}: {_words(left.outcome)}" for name, left in now.results.items()]
        if before:
            question += f"\n\nThis is the stage {stage.name}. Before it came {'; '.join(before)}: go on from that."
        if now.times.get(stage.name, 0) > 1 and (why := self._again(now, stage)):
            question += f" It is done again, because of this: {quoted(why)}"
        return Enter(stage.mode, settings, str(now.chosen.data.get("why") or "") if now.chosen else "", question)

    def _again(self, now: Standing, stage: Stage) -> str:
        """Why a stage is done again, in the words of what failed since its last time, or else of what came last."""
        own = now.results.get(stage.name)
        since = [name for name, one in now.results.items() if own is None or one.seq >= own.seq]
        failed = [one.name for one in self.stages if one.name in since and not self._good(now, one)]
        left = max((now.results[name] for name in failed or since), key=lambda one: one.seq, default=None)
        return (left.reason or " ".join(_text(left).split()))[:QUOTED] if left else ""

    def _good(self, now: Standing, stage: Stage) -> bool:
        """Whether a stage achieved what it is for, the last time."""
        left = now.results.get(stage.name)
        return left is not None and left.outcome in _achieves(stage)

    def _limit(self, transcript: Transcript, now: Standing, limit: Recorded) -> Step:
        why, to = limit.reason, str(limit.data.get("to") or "")
        if now.answer == MORE and (at := place(self.stages, to)) is not None:
            return self._choose(now, self.stages[at], f"you let {to} be entered once more")
        if now.answer or self.settings.at_limit == "end":
            return self._end(now, "exhausted", why)
        if any(one.key == now.key for one in transcript.escalations):
            return Wait(f"Say whether {to} is to be entered once more.")
        question = f"{why[:1].upper()}{why[1:]}. What now?"
        return Escalate(question, "ask", (MORE, STOP), STOP, key=now.key, reason="a bound is used up")

    # What comes of it.

    def _end(self, now: Standing, outcome: str, why: str) -> Record:
        return Record("staged_ended", {"outcome": outcome, "why": why, "stages": self._table(now, "")}, why)

    def _table(self, now: Standing, here: str) -> list[JsonValue]:
        rows: list[JsonValue] = []
        for stage in self.stages:
            left = now.results.get(stage.name)
            row: dict[str, JsonValue] = {"name": stage.name, "mode": stage.mode, "times": now.times.get(stage.name, 0)}
            row |= {"state": NOW if stage.name == here else "", "outcome": left.outcome if left else ""}
            rows.append(row | {"good": self._good(now, stage)})
        return rows

    def _finish(self, now: Standing, over: Recorded) -> Finish:
        at = place(self.stages, self.settings.result) if self.settings.result else None
        wanted = now.results.get(self.stages[at].name) if at is not None else None
        left = wanted or max(now.results.values(), key=lambda one: one.seq, default=None)
        text = _text(left) if left else ""
        data: dict[str, JsonValue] = {"text": text, "stages": over.data.get("stages")}
        return Finish(str(over.data.get("outcome") or "failed"), text, over.reason, data)


def _achieves(stage: Stage) -> frozenset[str]:
    from agentchat.modes import mode_of  # the modes know this one

    return mode_of(stage.mode).achieves


def _settings(stage: Stage, settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    from agentchat.modes import settings_of  # the modes know this one

    return settings_of(stage.mode, settings)


def _text(left: ModeLeft) -> str:
    """What a mode came to, in full: its text, what was decided, or what each answered."""
    said = (left.data.get(name) for name in ("text", "decision", "winner"))
    if text := next((one for one in said if isinstance(one, str) and one), ""):
        return text
    answers = left.data.get("answers")
    texts = (
        [str(one.get("text") or "") for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    )
    return "\n\n".join(filter(None, texts)) or left.reason


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")
