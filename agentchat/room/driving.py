"""How a room goes on by itself: look, step, perform, look again. A fault costs a turn or holds the room, in words."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat import directives
from agentchat.conduct import conduct, interrupted, trouble
from agentchat.errors import AgentchatError, ModelError, StoreError
from agentchat.events import Event, TurnEnded, TurnStarted
from agentchat.modes import make
from agentchat.persona import YOU
from agentchat.room.feed import Retrying, Standing
from agentchat.room.summary import summary_start
from agentchat.room.turn import Asking, Hearing, perform
from agentchat.room.underway import Underway
from agentchat.room.writing import Writer
from agentchat.steps import Finish, Wait
from agentchat.store import StoreFault

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from agentchat.models.policy import Waiting
    from agentchat.steps import Step
    from agentchat.transcript import Transcript, Turn

PATIENCE = 2.0
"""Seconds a cancelled ask may take to close its connection."""

HEARTBEAT = 10.0
"""Seconds between two signs of life of the lease."""

AGAIN = "Go on to try again, change the settings, or end the session."

_log = logging.getLogger(__name__)


class Driver:
    """Takes a room's steps as long as it runs. It alone asks models, and it alone ends turns."""

    def __init__(self, writer: Writer, asking: Asking, why_read_only: str) -> None:
        self.writer = writer
        self.asking = asking
        self.underway = Underway(writer)
        self.standing = Standing("paused") if writer.lease else Standing("read-only", why_read_only)
        self.held: Standing | None = None
        """Why it takes no step although nobody paused it."""
        self._wake = asyncio.Event()
        self._rests = asyncio.Event()
        self._asked: dict[int, asyncio.Task[TurnEnded]] = {}
        self._cut: set[int] = set()
        self._unsaved: list[TurnEnded] = []
        self._running: asyncio.Task[None] | None = None

    @property
    def transcript(self) -> Transcript:
        """The fold of the log at its head."""
        return self.writer.log.transcript

    @property
    def running(self) -> bool:
        """Whether it was started."""
        return self._running is not None

    def start(self) -> None:
        """Begin, once."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Something happened: look again. Until then nobody rests."""
        self._rests.clear()
        self._wake.set()

    async def settled(self) -> Standing:
        """Wait until it takes no more steps."""
        await self._rests.wait()
        return self.standing

    def cut(self, turns: Iterable[int]) -> None:
        """End these turns now, also those that are only about to be asked."""
        for turn in turns:
            self._cut.add(turn)
            if task := self._asked.get(turn):
                task.cancel()

    async def stop(self) -> None:
        """Stop, and end what was under way as interrupted: it is asked again when the session is resumed."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        if self.writer.lease is not None:
            with suppress(StoreError):
                await self._interrupt("quit")
            with suppress(StoreError):
                await self.writer.store.release(self.writer.lease)
            self.writer.lease = None
            if not self.transcript.closed:
                self.standing = Standing("read-only", "the room was closed")
        await self.underway.aclose()
        self._rests.set()
        self.writer.end()

    async def _run(self) -> None:
        if self.writer.lease is not None:
            driving = asyncio.create_task(self._drive())
            try:
                why = await self._beat()
            finally:
                driving.cancel()
                await asyncio.wait([driving])
            self.writer.lease = None
            self._stand(Standing("read-only", why))
        await self._follow()

    async def _beat(self) -> str:
        """Show that the lease is still held; why it no longer is."""
        assert self.writer.lease is not None
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.writer.store.renew(self.writer.lease)
            except StoreError as error:
                if isinstance(error, StoreFault) and error.kind == "lost":
                    return str(error)

    async def _follow(self) -> None:
        """Hear what another process writes."""
        why = "the session was deleted"
        try:
            async for event in self.writer.store.follow(self.transcript.opened.session, self.writer.log.events[-1].seq):
                self.writer.log.append(event)
                self.writer.tell(event)
        except StoreError as error:
            why = str(error)
        self._stand(Standing("read-only", why))
        self.writer.end()

    async def _drive(self) -> None:
        while True:
            self._wake.clear()
            if rest := self._rest() or await self._guarded(self._next()):
                self._stand(rest)
                await self._wake.wait()

    async def _guarded(self, doing: Coroutine[None, None, Standing | None]) -> Standing | None:
        """Do it; where that fails, the room is held and says why. The outermost edge of the room's own task."""
        try:
            return await doing
        except AgentchatError as error:
            kind = error.kind if isinstance(error, ModelError) else ""
            self.held = Standing("held", str(error), error.hint or AGAIN, kind)
        except Exception as error:  # noqa: BLE001 (the edge: a fault of ours must not end the room unheard)
            _log.exception("the room could not take its step")
            self.held = Standing("held", f"a fault inside agentchat: {type(error).__name__}", "The log file has more.")
        return self.held

    def _rest(self) -> Standing | None:
        """Why no other step is taken now."""
        transcript = self.transcript
        if transcript.closed:
            return Standing("closed", transcript.closed.reason or transcript.closed.outcome)
        if transcript.ending:
            return None
        if self.held:
            return self.held
        if transcript.paused and not transcript.step_due:
            return Standing("paused", "you paused")
        if questions := [one for one in transcript.escalations if one.level != "notify"]:
            return Standing("waiting", questions[0].question)
        return None

    async def _next(self) -> Standing | None:
        """Take one step, or say what the mode waits for."""
        await self._save()
        if self.transcript.open:
            await self._interrupt("crash")
        transcript = self.transcript
        step, bound = _wanted(transcript)
        if isinstance(step, Wait):
            return Standing("waiting", step.reason)
        if why_not := trouble(transcript, step, bound):
            self.held = Standing("held", why_not, AGAIN)
            return self.held
        self._stand(Standing("running"))
        events = conduct(transcript, step)
        asked = [event for event in events if isinstance(event, TurnStarted)]
        summary = await summary_start(self.asking, transcript, asked)
        started = await self.writer.commit((summary,) if summary else events, after=transcript.head)
        starts = [event for event in started if isinstance(event, TurnStarted)]
        await asyncio.gather(*(self._answer(start) for start in starts))
        await self._save()
        return None

    async def _save(self) -> None:
        """Commit the ends of turns that a full disk or a locked database refused before."""
        if ends := tuple(self._unsaved):
            await self.writer.commit(ends)
            self._unsaved.clear()
            for end in ends:
                self.underway.done(end.turn)

    async def _answer(self, start: TurnStarted) -> None:
        """Ask for one turn and commit its one end."""
        member = self.transcript.member(start.speaker)
        self.underway.begin(start, member.model if member else "")
        hearing = Hearing(
            text=lambda model, text: self.underway.hear(start, model, text),
            waiting=lambda waiting: self._retry(start, waiting),
        )
        task = asyncio.create_task(perform(self.asking, self.transcript, start, hearing))
        self._asked[start.turn] = task
        if start.turn in self._cut:
            task.cancel()
        try:
            await asyncio.wait([task])
        finally:
            del self._asked[start.turn]
            cut = start.turn in self._cut
            self._cut.discard(start.turn)
            if not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=PATIENCE)
        ended = self._ended(start, task, cut=cut)
        try:
            await self.writer.commit([ended])
        except StoreError:
            self._unsaved.append(ended)
        else:
            self.underway.done(start.turn)

    def _ended(self, start: TurnStarted, task: asyncio.Task[TurnEnded], *, cut: bool) -> TurnEnded:
        turn = next(turn for turn in self.transcript.open if turn.id == start.turn)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or (cut and error is not None):
            return self._broken_off(turn, YOU)
        if isinstance(error, ModelError):
            self.held = Standing("held", str(error), error.hint, error.kind)
            return self._broken_off(turn, "outage")
        if error is not None:
            _log.error("a turn failed inside agentchat", exc_info=error)
            words = f"a fault inside agentchat: {type(error).__name__}"
            failed = {"outcome": "failed", "error_kind": "internal", "error": words}
            return interrupted(turn, "", "").model_copy(update=failed)
        return task.result()

    def _broken_off(self, turn: Turn, by: str, kept: str = "") -> TurnEnded:
        """The end of a turn that did not end by itself; what its fragment cost is estimated."""
        text = self.underway.fragment(turn.id) or kept
        member = self.transcript.member(turn.start.speaker)
        spent = {"model": member.model if member else "", "tokens_out": -(-len(text) // 4), "tokens_estimated": True}
        return interrupted(turn, text, by).model_copy(update=spent if text else {})

    def _retry(self, start: TurnStarted, waiting: Waiting) -> None:
        self.writer.tell(Retrying(start.turn, start.speaker, waiting.seconds, waiting.attempt, waiting.reason))

    def _stand(self, standing: Standing) -> None:
        if standing.state == "running":
            self._rests.clear()
        else:
            self._rests.set()
        if standing != self.standing:
            self.standing = standing
            self.writer.tell(standing)

    async def _interrupt(self, by: str) -> None:
        """End every open turn: as it ended where that could not be written, else with what is known of it."""
        await self.writer.commit(())  # what is being written comes first
        if turns := self.transcript.open:
            kept = await self.writer.store.partials(self.transcript.opened.session)
            said = {end.turn: end for end in self._unsaved}
            ends: list[Event] = [
                said.get(turn.id) or self._broken_off(turn, by, kept.get(turn.id, "")) for turn in turns
            ]
            await self.writer.commit(ends)
            self._unsaved.clear()


def _wanted(transcript: Transcript) -> tuple[Step, int]:
    """The next step, and the mode's own bound; an end a person wants needs no mode."""
    step = directives.next_step(transcript)
    if isinstance(step, Finish):
        return step, 0
    mode = make(transcript.frame.mode, transcript.frame.settings)
    return step or mode.next(transcript), mode.bound(len(transcript.members))
