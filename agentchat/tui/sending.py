"""What becomes of the words a person sends: a command, an answer, their turn, or something said to the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError, UsageError
from agentchat.tui.verbs import command
from agentchat.tui.verbs.now import hindrance, question

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen


async def send(screen: RoomScreen, text: str) -> None:
    """Say it, or do it if it is a command. Raises AgentchatError."""
    if text.startswith("/"):
        verb, words = command(text)
        if not verb.able(screen.moment):
            raise UsageError(f"/{verb.name}: {hindrance(verb, screen.moment)}")
        await screen.do(verb, words)
        return
    try:
        await _say(screen, text)
    except AgentchatError:
        if not screen.composer.text:  # nobody has to write it again
            screen.composer.text = text
        raise
    screen.look()


async def _say(screen: RoomScreen, text: str) -> None:
    await screen.whole()
    room = screen.room
    transcript = room.transcript
    if transcript.closed:
        await room.reopen(rounds=1, question=text)
    elif screen.moment.asked == "turn" and (turn := transcript.asked):
        await room.take_turn(turn.id, text)
    elif screen.moment.asked == "question" and (asked := question(transcript)):
        await room.answer(asked.seq, text)
    else:
        await room.speak(text)
        if screen.floor or not room.transcript.paused:
            screen.yield_floor()
            await room.go_on()
