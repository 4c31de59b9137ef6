"""What a person wants of a new room, in their own words: nothing of it is looked up or checked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agentchat.events import Material

if TYPE_CHECKING:
    from agentchat.persona import Persona
    from agentchat.terms import Budget, Patience


@dataclass(frozen=True, slots=True)
class Wish:
    """A room somebody wants."""

    topic: str = ""
    """Empty takes the room file's."""
    mode: str = ""
    """Empty takes the room file's, else a discussion."""
    personas: tuple[str, ...] = ()
    """Names, ids or files, or the one name of a line-up; none takes the room file's, else the suggested line-up."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the mode, `timeouts.*` and `budget.*`, in words as typed."""
    model: str = ""
    """For everybody, before all else that names one."""
    material: tuple[Material, ...] = ()
    seed: int | None = None
    given: Mapping[str, JsonValue] = field(default_factory=dict)
    """Settings as values and not as words: a draft, options."""
    check: str = ""
    """The outside check: a command line. Only a person's own ever comes here."""
    room: str = ""
    """A room file, by its path: it brings what is not said here."""
    usual: Mapping[str, JsonValue] = field(default_factory=dict)
    """Settings of the mode that a room file brings; those above outrank them."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Models that a room file brings, by persona id, under `""` for everybody else; `model` outranks them."""
    cast: tuple[Persona, ...] = ()
    """Personas that are no files, beside those named; a program's own."""
    memory: bool = False
    """Whether personas are offered what they held before."""
    budget: Budget | None = None
    escalation: Patience | None = None
    source: str = ""
    """The file that brought what was not said, once it was read."""
    told: tuple[str, ...] = ()
    """Which file that was and why, line by line, and what is worth knowing about it."""
