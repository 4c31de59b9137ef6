"""A discussion without a screen, whose person calls a vote after the first turn: for tests that kill it."""

from __future__ import annotations

import asyncio
import sys

from agentchat.events import Event, SessionClosed, encode
from agentchat.home import Home, Wish
from agentchat.room import Partial, Retrying, Room, Standing


async def discuss(model: str) -> None:
    """Print each event as it is committed, to the end."""
    wish = Wish("Which way?", personas=("ada", "ben", "cleo"), settings={"rounds": "1"}, model=model, seed=7)
    async with Home() as home:
        room = await home.create(wish)
        told = asyncio.create_task(tell(room))
        await room.pause()
        await room.step()
        room.start()
        await room.settled()
        await room.enter("committee", {"options": ["the bus", "the rents"], "rounds": 0}, "What first?")
        await room.go_on()
        await told
        await home.leave(room)


async def tell(room: Room) -> None:
    async with room.watch() as news:
        for event in room.log.events:
            say(event)
        async for item in news:
            if not isinstance(item, Partial | Retrying | Standing):
                say(item)
            if isinstance(item, SessionClosed):
                return


def say(event: Event) -> None:
    sys.stdout.buffer.write(encode(event) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(discuss(sys.argv[1]))
