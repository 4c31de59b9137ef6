"""agentchat's own room on the screen, its speakers paced by us: `python -m benchmarks.stage SPEAKERS LENGTH TOKENS`.

The screen, the feed, the database and everything on them are the real ones; only the model is missing. Each speaker
has said LENGTH tokens and says TOKENS more; then the app is left, and the CPU seconds that took are printed.
`python -m benchmarks.stage models URL` asks four through LiteLLM instead, all at once.
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from secrets import token_hex
from typing import ClassVar

from pydantic import BaseModel

from agentchat import modes
from agentchat.events import EPOCH, TurnStarted, stamp
from agentchat.home import Home, Wish
from agentchat.log import Log
from agentchat.models.base import Timeouts
from agentchat.modes import Settings
from agentchat.room import Room, Standing
from agentchat.steps import Ask, Step, Together, Wait
from agentchat.testing import opened, people
from agentchat.transcript import Transcript
from agentchat.tui.app import Agentchat
from benchmarks.speech import Speech

NAMES = ("Ada", "Ben", "Cleo", "Dev")
READY = 0.5
"""Seconds in which a screen that was just shown comes to rest, and in which the last frame is drawn."""


class AllAtOnce:
    """A mode in which everybody speaks at the same time, for all to read."""

    name: ClassVar[str] = "all-at-once"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "All at once"
    summary: ClassVar[str] = "Everybody speaks at the same time."
    picture: ClassVar[str] = ""
    achieves: ClassVar[frozenset[str]] = frozenset({"done"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        """It takes none."""

    def next(self, transcript: Transcript) -> Step:
        """One turn each, then nothing."""
        if transcript.mine:
            return Wait("all have spoken")
        return Together(tuple(Ask(member.id) for member in transcript.active))

    def bound(self, members: int) -> int:
        """One turn each."""
        return members


async def perform(app: Agentchat, speakers: int, length: int, tokens: int) -> float:
    """Into the room, and say it all there. The CPU seconds that took."""
    home = await app.home()
    # Where anybody speaks LiteLLM is loaded, and what was there before is out of the garbage collector's way.
    await home._lite.warm_up()
    room, starts = await _seated(home, speakers)
    await app.enter(room)
    speeches = [Speech(length) for _ in starts]
    for start, speech in zip(starts, speeches, strict=True):
        room.driver.underway.begin(start, "")
        room.driver.underway.hear(start, "", speech.text)
    await asyncio.sleep(READY)
    before = time.process_time()
    await asyncio.gather(
        *(
            speech.go_on(tokens, partial(room.driver.underway.hear, start, ""))
            for start, speech in zip(starts, speeches, strict=True)
        )
    )
    await asyncio.sleep(READY)
    return time.process_time() - before


async def _seated(home: Home, speakers: int) -> tuple[Room, list[TurnStarted]]:
    """A room in which all began to speak."""
    store = await home.store()
    first = stamp(
        opened("discussion", people(*NAMES[:speakers])).model_copy(update={"session": token_hex(6)}), 1, None, EPOCH
    )
    lease = await store.take_lease(first.session)
    await store.append(first.session, [first], lease=lease)
    room = Room(store, Log([first]), home._asking(Timeouts()), lease)
    room.driver.standing = Standing("running")
    begun = await room.writer.commit([TurnStarted(speaker=name.lower(), round=1) for name in NAMES[:speakers]])
    return room, [event for event in begun if isinstance(event, TurnStarted)]


async def ask(app: Agentchat) -> None:
    """Into a room in which four are asked at once."""
    modes.register(AllAtOnce)
    home = await app.home()
    wish = Wish("What next?", mode=AllAtOnce.name, personas=("ada", "ben", "cleo", "femi"), model="openai/bench")
    room = await home.create(wish)
    room.start()
    await app.enter(room)


def main(*words: str) -> None:
    """Run the app, and do as told in it."""
    if words[0] == "models":
        app = Agentchat(api_base=words[1])
        app.run(auto_pilot=lambda _: ask(app))
        return
    app = Agentchat()
    cost = []

    async def play(_: object) -> None:
        cost.append(await perform(app, *map(int, words)))
        app.exit()

    app.run(auto_pilot=play)
    print(f"cost: {cost[0]} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
