"""A program that writes to a store, for tests that kill it, starve it or run several at once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

from agentchat.errors import StoreError
from agentchat.events import Event, HumanSpoke, SessionOpened, TurnEnded, TurnStarted, stamp
from agentchat.store import Store


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def append_for_ever(path: Path, session: str) -> None:
    """Take turns in a session, saying each `seq` once it is acknowledged."""
    async with await Store.open(path) as store:
        lease = await store.take_lease(session)
        seq = 0

        async def add(*events: Event) -> None:
            nonlocal seq
            stamped = [
                stamp(event, seq + n, seq + n - 1 or None, datetime.now(UTC)) for n, event in enumerate(events, 1)
            ]
            await store.append(session, stamped, lease=lease)
            seq += len(events)
            say(str(seq))

        await add(SessionOpened(session=session, topic="Killed", mode="discussion"))
        while True:
            await add(TurnStarted(speaker="ada"))
            turn = seq
            await store.checkpoint(session, turn, "So far")
            await add(
                TurnEnded(turn=turn, speaker="ada", outcome="said", text=f"word{turn}"), HumanSpoke(text="Go on.")
            )


def at_once(count: int, program: Callable[[int], Coroutine[None, None, None]]) -> None:
    """So many processes, forked before and let go at the same moment; says how each ended."""
    wait, go = os.pipe()
    children = []
    for number in range(count):
        if (child := os.fork()) == 0:
            os.close(go)
            os.read(wait, 1)
            asyncio.run(program(number))
            sys.exit(0)
        children.append(child)
    os.close(go)
    say(" ".join(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])) for child in children))


def append_again_and_again(path: Path) -> None:
    """A child for each session asked for, forked as Python takes a quarter second to start; `-` when it is dead."""
    for session in sys.stdin:
        child = os.fork()
        if child == 0:
            say(str(os.getpid()))
            asyncio.run(append_for_ever(path, session.strip()))
        os.waitpid(child, 0)
        say("-")


async def open_once(path: Path) -> None:
    async with await Store.open(path) as store:
        assert await store.sessions() == []


async def leave_open(path: Path) -> None:
    store = await Store.open(path)
    await store.append("s1", [_opened("s1")], lease=await store.take_lease("s1"))
    raise RuntimeError("left open")


async def hold(path: Path, session: str) -> None:
    async with await Store.open(path) as store:
        lease = await store.take_lease(session)
        say(f"epoch {lease.epoch}")
        for _ in iter(sys.stdin.readline, ""):
            try:
                await store.renew(lease)
                say("kept")
            except StoreError as error:
                say(str(error))


async def append_many(path: Path, session: str, count: int) -> None:
    async with await Store.open(path) as store:
        lease = await store.take_lease(session)
        await store.append(session, [_opened(session)], lease=lease)
        for seq in range(2, count + 1):
            event = stamp(HumanSpoke(text=f"{session} {seq}"), seq, seq - 1, datetime.now(UTC))
            await store.append(session, [event], lease=lease)


def _opened(session: str) -> Event:
    return stamp(SessionOpened(session=session, topic="Together", mode="discussion"), 1, None, datetime.now(UTC))


if __name__ == "__main__":
    what, path, *words = sys.argv[1:]
    match what:
        case "append":
            append_again_and_again(Path(path))
        case "open":
            at_once(int(words[0]), lambda _: open_once(Path(path)))
        case "leave":
            asyncio.run(leave_open(Path(path)))
        case "hold":
            asyncio.run(hold(Path(path), words[0]))
        case _:
            at_once(int(words[0]), lambda number: append_many(Path(path), f"s{number}", int(words[1])))
