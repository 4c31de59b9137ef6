"""What personas held before, in a room: on, off, shown; and how a decision turned out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.memory import held, is_on
from agentchat.room.recalling import switch, turned_out
from agentchat.tui.memory import MemoryScreen

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen


async def memory(screen: RoomScreen, words: str) -> None:
    """Offer it or no longer; without a word, on where it is off, and else what each was given."""
    transcript, word = screen.room.transcript, words.strip().lower()
    if word not in ("", "on", "off"):
        raise UsageError(f"memory cannot be {words}", hint="/memory on, /memory off, or /memory to see it.")
    if word == "off" or not is_on(transcript):
        await switch(screen.room, on=word != "off")
    elif not word:
        given = {member.persona.name: held(transcript, member.id) for member in transcript.members}
        if not await screen.app.push_screen_wait(MemoryScreen(given)):
            await switch(screen.room, on=False)


async def outcome(screen: RoomScreen, words: str) -> None:
    """How the last decision turned out; nothing takes it back."""
    await turned_out(screen.room, words)
