"""What personas held before, in a room: switched on and off, taken away again; and what became of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.events import Directed
from agentchat.memory import is_on
from agentchat.transcript import FORGET, MEMORY, OUTCOME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from agentchat.room.room import Room


async def switch(room: Room, *, on: bool) -> None:
    """Offer personas what they held before, or no longer. Raises UsageError where nothing can be done here."""
    if is_on(room.transcript) != on:
        await _do(room, MEMORY, {"on": on})


async def forget(room: Room, lines: Sequence[str]) -> None:
    """Take away again what was given. Raises UsageError where nothing can be done here."""
    if lines:
        await _do(room, FORGET, {"lines": [*lines]})


async def turned_out(room: Room, text: str) -> None:
    """Note what became of the last decision; nothing takes it back. Raises UsageError where that cannot be done."""
    await _do(room, OUTCOME, {"text": " ".join(text.split())})


async def _do(room: Room, verb: str, data: dict[str, JsonValue]) -> None:
    if room.writer.lease is None:
        raise UsageError(f"nothing can be done here: {room.standing.reason}", hint="It can only be watched.")
    await room.writer.commit(lambda log: [Directed(verb=verb, data=data, frame=log.transcript.frame.id)])
    room.driver.wake()
