"""What was read from a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentchat.events import Event, SessionOpened


@dataclass(frozen=True, slots=True)
class Taken:
    """One session, ready to be kept."""

    form: str
    """What kind of file it was, in words."""
    opened: SessionOpened
    lines: tuple[tuple[Event, bytes], ...]
    """Every event with the line that is kept of it."""
    damaged: tuple[str, ...] = ()
    """Lines that hold nothing that could be kept, and why."""
    notes: tuple[str, ...] = ()
    """What else there is to know of how it was read."""
