"""What a mode may want next. A step is an intent; only the room acts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Ask:
    """A turn for one participant. The person (`you`) is a participant too."""

    speaker: str
    kind: str = "say"
    brief: str = ""
    """What is wanted of this turn, in words the speaker reads last."""
    round: int = 0
    stage: str = ""
    sealed: bool = False
    reads_to: int | None = None
    """The last event the speaker may read; None is all there is now."""
    aside: bool = False
    choices: tuple[str, ...] = ()
    reply_to: int | None = None
    to: tuple[str, ...] = ()
    reason: str = ""
    """Why it is this speaker's turn, in words."""
    model: str = ""
    """Another model than the speaker's own, this once."""
    deadline: float | None = None
    """Seconds the person has for their own turn; then it counts as passed. None waits."""


@dataclass(frozen=True, slots=True)
class Together:
    """Turns that run at once, none reading another."""

    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A conclusion from the facts, and the sealed turns it opens."""

    kind: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    reason: str = ""
    reveals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalate:
    """A question to the person."""

    question: str
    level: Literal["notify", "ask", "block"] = "ask"
    options: tuple[str, ...] = ()
    default: str = ""
    deadline: float | None = None
    """Seconds until the default counts; None waits."""
    key: str = ""
    """What the mode calls the question: `transcript.answered(key)` gives the answer."""
    turn: int | None = None
    """The turn it is about."""
    reason: str = ""
    """What made it necessary, in words."""
    by: str = ""
    """Who asks; empty is the mode."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Another mode, inside this one."""

    mode: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    reason: str = ""
    question: str = ""
    """What it is about; empty is the session's topic."""
    cause: int | None = None
    """The person's wish that led here."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing until a person does something."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """The mode is done."""

    outcome: str
    summary: str = ""
    reason: str = ""
    data: Mapping[str, JsonValue] = field(default_factory=dict)


Step = Ask | Together | Record | Escalate | Enter | Wait | Finish
