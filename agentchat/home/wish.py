"""What a person wants of a new room, in their own words: nothing of it is looked up or checked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from agentchat.events import Material


@dataclass(frozen=True, slots=True)
class Wish:
    """A room somebody wants."""

    topic: str
    mode: str = "discussion"
    personas: tuple[str, ...] = ()
    """Names, ids or files, or the one name of a line-up; none takes the suggested line-up."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the mode and `timeouts.*`, in words as typed."""
    model: str = ""
    material: tuple[Material, ...] = ()
    seed: int | None = None
    given: Mapping[str, JsonValue] = field(default_factory=dict)
    """Settings as values and not as words: a draft, options."""
    check: str = ""
    """The outside check: a command line. Only a person's own ever comes here."""
