"""A mode that asks everybody where they stand, the person too, and then the person alone what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field

from agentchat import modes
from agentchat.modes import Settings as ModeSettings
from agentchat.persona import YOU
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Together, Wait
from agentchat.transcript import Turn

if TYPE_CHECKING:
    import pytest

    from agentchat.transcript import Transcript


class Settings(ModeSettings):
    """Settings of the asking mode."""

    deadline: float | None = Field(None, description="Seconds for the person's turn, and for their answer")
    kind: str = Field("position", description="What everybody is asked for")
    default: str = Field("stop", description="What counts where the person does not answer")


class Asking:
    """Everybody's position, unseen; then a question to the person; then the end they chose."""

    name: ClassVar[str] = "asking"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Asking"
    summary: ClassVar[str] = "asks the person"
    picture: ClassVar[str] = "A B you → you"
    achieves: ClassVar[frozenset[str]] = frozenset({"asked"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        return 4 * members + 8

    def next(self, transcript: Transcript) -> Step:
        own = self.settings
        turns = [entry for entry in transcript.mine if isinstance(entry, Turn) and not entry.start.aside]
        have = {turn.start.speaker for turn in turns}
        everybody = [*(member.id for member in transcript.active), YOU]
        if len(everybody) == 1:
            return Wait("nobody is here")
        if missing := [who for who in everybody if who not in have and not transcript.revealed]:
            reads_to = turns[0].start.reads_to if turns else None
            asks = [
                Ask(
                    who,
                    own.kind,
                    "Where do you stand?",
                    stage="stand",
                    sealed=True,
                    reads_to=reads_to,
                    deadline=own.deadline if who == YOU else None,
                )
                for who in missing
            ]
            return Together(tuple(asks))
        if not transcript.revealed:
            return Record("positions_revealed", {}, "all are in", tuple(turn.id for turn in turns))
        answer = transcript.answered("what now")
        if answer is None:
            question = "What now?"
            options = ("stop", "go on", "start again")
            return Escalate(
                question, options=options, default=own.default, deadline=own.deadline, key="what now", level="block"
            )
        return Finish(answer.answer.replace(" ", "_"), reason=f"{answer.by} said so")


def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it one of the modes there are."""
    monkeypatch.setitem(modes._modes, "asking", Asking)
