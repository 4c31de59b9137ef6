"""A room without a screen asks its person: here, where there is a terminal, and by saying how to answer elsewhere."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from agentchat.cli.edge import complain, say_lines
from agentchat.cli.inbox import forget_typed, read, terminal, typed
from agentchat.errors import HumanNeededError, StoreError, UsageError
from agentchat.room.deadlines import Policy
from agentchat.views.inbox import line

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.room import Room, Standing
    from agentchat.terms import Patience
    from agentchat.views.inbox import Asked, InboxLine


def policy(on: str | None, timeout: float | None, usual: Patience | None = None) -> Policy:
    """Whether a run waits for its person. Unless told, as is `usual` in its room, or where one sees that it asks."""
    if usual is not None and on is None and timeout is None:
        return Policy(usual.policy, usual.timeout)
    chosen: Literal["wait", "default", "fail"]
    match on:
        case "wait" | "default" | "fail":
            chosen = on
        case _:
            chosen = "wait" if timeout is not None or sys.stderr.isatty() else "fail"
    if chosen == "fail" and timeout is not None:
        raise UsageError("--on-escalation fail waits for nobody", hint="Leave --escalation-timeout out.")
    return Policy(chosen, timeout)


def patience(room: Room) -> float | None:
    """Seconds until a room that waits has waited enough: 0 where nothing may come of it, None for ever."""
    transcript = room.transcript
    questions = [one for one in transcript.escalations if one.level != "notify"]
    if room.policy.on == "fail" or not (questions or transcript.asked):
        return 0.0
    return room.policy.patience if any(not one.default for one in questions) else None


class Asking:
    """Asks what the room waits for, one after another, while the room listens for answers from elsewhere."""

    def __init__(self, home: Home, room: Room) -> None:
        self._home, self._session = home, room.session
        self._told: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """The room waits: ask, and ask no more for what it waited for before."""
        self.end()
        self._task = asyncio.create_task(self._ask())

    def end(self) -> None:
        """The room goes on."""
        if self._task:
            self._task.cancel()

    async def needed(self, standing: Standing) -> HumanNeededError:
        """What a run ends with that needs its person: the question, and how to answer."""
        question = await self._open()
        hint = f"Answer with: agentchat inbox answer {_row(question).id}" if question else standing.hint
        return HumanNeededError(standing.reason or "a person must decide", hint=hint)

    async def _ask(self) -> None:
        while question := await self._open():
            self._tell(question)
            if not terminal() or (words := await typed()) is None:
                return
            try:
                text, data = read(question, words)
                await self._home.answer(question.session, question.seq, text, data)
            except (UsageError, StoreError) as error:
                complain(str(error), error.hint)

    async def _open(self) -> Asked | None:
        """The oldest that the room waits for: what is parked for another person holds nothing up."""
        mine = (one for one in await self._home.inbox() if one.session == self._session)
        return next((one for one in mine if one.level != "notify"), None)

    def _tell(self, question: Asked) -> None:
        if question.seq in self._told:
            return
        self._told.add(question.seq)
        row = _row(question)
        how = f"agentchat inbox answer {row.id}"
        left = f"Time left: {row.left}" if row.left else ""
        forget_typed()
        here = f"Type your answer, or from another terminal: {how}" if terminal() else f"Answer with: {how}"
        say_lines(f"{row.who} asks you: {row.question}", row.answers, left, here)


def _row(question: Asked) -> InboxLine:
    return line(question, datetime.now(UTC))
