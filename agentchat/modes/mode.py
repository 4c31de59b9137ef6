"""What a mode is: a pure function from transcript to the next step, and the settings it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.persona import Persona
    from agentchat.steps import Step
    from agentchat.transcript import Transcript


class Settings(BaseModel):
    """Settings of a mode: every field with a default and a description, for forms, flags and files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def lacks(self, personas: Sequence[Persona]) -> str:
        """What a room of these would lack for the mode to work at all, in words; nothing for most modes."""
        return ""


class Mode(Protocol):
    """A room mode. It never awaits and never reads the clock, the disk, the network or unseeded chance."""

    name: ClassVar[str]
    version: ClassVar[int]
    title: ClassVar[str]
    summary: ClassVar[str]
    """What it does, in one line."""
    picture: ClassVar[str]
    """Who speaks when, drawn: `A → B → C → A …`."""
    achieves: ClassVar[frozenset[str]]
    """The outcomes that are what was asked for: with any other, `agentchat run` says so by its exit code."""
    Settings: ClassVar[type[BaseModel]]

    def __init__(self, settings: BaseModel) -> None: ...

    def next(self, transcript: Transcript) -> Step:
        """The next step. The same transcript gives the same step."""
        ...

    def bound(self, members: int) -> int:
        """The most turns and conclusions it takes from one human event to its end or a wait."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A mode that can come to its end before its time. Any other is ended where it stands."""

    def close(self, transcript: Transcript) -> Step:
        """The next step of that end: what sums up, then `Finish`. `transcript.purse.closing` says why."""
        ...
