"""How a room goes on by itself: look, step, perform, look again. A fault costs a turn or holds the room, in words."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import redirect_stdout, suppress
from typing import TYPE_CHECKING

from agentchat import budget, directives
from agentchat.conduct import at_work, closing, conduct, interrupted, must_be_here, trouble, wanted
from agentchat.errors import AgentchatError, ModelError, StoreError
from agentchat.events import Event, TurnEnded, TurnStarted
from agentchat.persona import YOU
from agentchat.prompting.noting import noted
from agentchat.prompting.raising import raised
from agentchat.room.deadlines import Clock
from agentchat.room.feed import Retrying, Standing
from agentchat.room.following import Following
from agentchat.room.summary import summary_start
from agentchat.room.turn import Asking, Hearing, perform
from agentchat.room.underway import Underway
from agentchat.room.watching import Watching
from agentchat.room.writing import Writer
from agentchat.steps import Finish, Wait
from agentchat.store import StoreFault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from agentchat.log import Log
    from agentchat.models.policy import Waiting
    from agentchat.steps import Step
    from agentchat.transcript import Transcript, Turn

PATIENCE = 2.0
"""Seconds a cancelled ask may take to close its connection."""

HEARTBEAT = 10.0
"""Seconds between two signs of life of the lease."""

TYPING = 10.0
"""Seconds the next step waits after the last sign of typing."""

AGAIN = "Go on to try again, change the settings, or end the session."

_log = logging.getLogger(__name__)


class Driver:
    """Takes a room's steps as long as it runs. It alone asks models, and it alone ends turns."""

    def __init__(self, writer: Writer, asking: Asking, why_read_only: str, *, watching: bool = False) -> None:
        self.writer = writer
        self.asking = asking
        self.underway = Underway(writer)
        self.watching = watching
        """Whether it only follows, also where nobody else drives."""
        self.standing = Standing("paused") if writer.lease else Standing("read-only", why_read_only)
        if watching:
            self.standing = Standing("read-only", "looking who drives it", watched="free")
        self.held: Standing | None = None
        """Why it takes no step although nobody paused it."""
        self.clock = Clock(writer)
        self.beside: list[Callable[[], Coroutine[None, None, None]]] = []
        """What else goes on, without end, as long as it drives."""
        self.before: list[Callable[[], Coroutine[None, None, None]]] = []
        """What is seen to before each step."""
        self._wake = asyncio.Event()
        self._rests = asyncio.Event()
        self._asked: dict[int, asyncio.Task[TurnEnded]] = {}
        self._cut: set[int] = set()
        self._begun = {turn.id for turn in self.transcript.open}
        """The turns that were asked, by this room or by one before it: open and not among them is yet to be asked."""
        self._typing: asyncio.TimerHandle | None = None
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
        self.clock.look()

    def typing(self, on: bool, lasts: float = 0) -> None:
        """Let the next step wait for the person's words, for so many seconds; for a while where none are said."""
        was, self._typing = self._typing, None
        if was:
            was.cancel()
        if on:
            self._typing = asyncio.get_running_loop().call_later(lasts or TYPING, self.typing, False)
        elif was:
            self.wake()

    async def settled(self) -> Standing:
        """Wait until it takes no more steps."""
        await self._rests.wait()
        return self.standing

    @property
    def unkept(self) -> list[TurnEnded]:
        """What was said and the database refused; it is tried again with the next step."""
        return [*self._unsaved]

    def cut(self, turns: Iterable[int]) -> None:
        """End these turns now, also those that are only about to be asked."""
        for turn in turns:
            self._cut.add(turn)
            if task := self._asked.get(turn):
                task.cancel()

    def endings(self, turns: Sequence[Turn]) -> list[TurnEnded]:
        """How open turns end when the head moves or the session ends: with what there is of them.

        The person's own is asked again wherever its path goes on.
        """
        said = {end.turn: end for end in self._unsaved}
        return [
            said.get(turn.id) or self._broken_off(turn, "quit" if turn.start.speaker == YOU else YOU) for turn in turns
        ]

    async def take_over(self) -> None:
        """Drive a session that nobody drives any more, from the log as it is. Raises StoreError where somebody does."""
        session = self.transcript.opened.session
        lease = await self.writer.store.take_lease(session)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
        for event in await self.writer.store.load(session, self.writer.log.events[-1].seq):
            self.writer.hear(event)
        self._begun = {turn.id for turn in self.transcript.open}
        self.writer.lease = lease
        self.held = Standing("paused", "you took it over", "go on when you are ready")
        self.wake()
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop, and end what was under way as interrupted: it is asked again when the session is resumed."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        if self._typing:
            self._typing.cancel()
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
            going = (self._drive(), self.clock.run(self.wake), *(one() for one in self.beside))
            tasks = [asyncio.create_task(one) for one in going]
            try:
                why = await self._beat()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            self.writer.lease = None
            self._stand(Standing("read-only", why))
        follower = Watching if self.watching else Following
        await follower(self.writer, self._stand, self.underway).run(self.standing)

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

    async def _drive(self) -> None:
        while True:
            self._wake.clear()
            if rest := await self._guarded(self._look()):
                self._stand(rest)
                await self._wake.wait()

    async def _look(self) -> Standing | None:
        """Take one step, or say why not."""
        await self.clock.expire()
        for one in () if self._rest() else self.before:  # a rest is said at once, and what is seen to may take a moment
            await one()
        return self._rest() or await self._next()

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
        if self.held and self.held.state == "held":
            return self.held
        if self._unanswered():
            return None
        if own := transcript.asked:
            return Standing("waiting", f"it is your turn: {own.start.brief}".rstrip(": "), "Take it, or pass.")
        if self.held:
            return self.held
        if transcript.paused and not transcript.step_due:
            return Standing("paused", "you paused")
        if questions := [one for one in transcript.escalations if one.level != "notify"]:
            return Standing("waiting", questions[0].question)
        if turn := transcript.unapproved and transcript.turn(transcript.unapproved):
            name = transcript.name(turn.speaker)
            return Standing("waiting", f"{name}'s turn waits for you", "Approve it, edit it, or have it done again.")
        if self._typing:
            return Standing("running", "the next turn waits for your words")
        return None

    def _unanswered(self) -> list[Turn]:
        """The open turns that somebody else than the person must take."""
        return [turn for turn in self.transcript.open if turn.start.speaker != YOU]

    async def _next(self) -> Standing | None:
        """Take one step, or say what the mode waits for."""
        await self._save()
        if turns := self._unanswered():
            if any(turn.id in self._begun for turn in turns):
                await self._interrupt("crash")
            else:
                await self._ask([turn.start for turn in turns])
            return None
        transcript = self.transcript
        with redirect_stdout(sys.stderr):  # what a mode prints to find its faults: stdout is for results
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
        # An end that a person wants is the one step taken while their own turn is open.
        own = [end.model_copy(update={"by": YOU}) for end in self.endings(transcript.open)]
        started = await self.writer.commit((summary,) if summary else (*own, *events), after=transcript.head)
        self.clock.look()
        await self._ask([event for event in started if isinstance(event, TurnStarted) and event.speaker != YOU])
        return None

    async def _ask(self, starts: Sequence[TurnStarted]) -> None:
        """Ask for turns at once, until the last of them has ended."""
        if starts:
            self._stand(Standing("running"))
        self._begun.update(start.turn for start in starts)
        await asyncio.gather(*(self._answer(start) for start in starts))
        await self._save()

    async def _save(self) -> None:
        """Commit the ends of turns that a full disk or a locked database refused before."""
        if ends := tuple(self._unsaved):
            await self._commit(ends)
            self._unsaved.clear()
            for end in ends:
                self.underway.done(end.turn)

    async def _answer(self, start: TurnStarted) -> None:
        """Ask for one turn and commit its one end."""
        member = self.transcript.member(start.speaker)
        self.underway.begin(start, start.model or (member.model if member else ""))
        hearing = Hearing(
            text=lambda model, text: self.underway.hear(start, model, text),
            waiting=lambda waiting: self._retry(start, waiting),
            again=lambda model, why: self.underway.again(start, model, why),
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
        turn = next((turn for turn in self.transcript.open if turn.id == start.turn), None)
        if turn is None:  # it was ended from outside, by a move of the head or by being skipped
            self.underway.done(start.turn)
            return
        ended = self._ended(turn, task, cut=cut)
        try:
            await self._commit([ended])
        except StoreError:
            self._unsaved.append(ended)
        else:
            self.underway.done(start.turn)

    async def _commit(self, ends: Sequence[TurnEnded]) -> None:
        """Commit ends of turns, with what they ask the person and note; nothing of those that were ended before."""

        def decide(log: Log) -> list[Event]:
            running = {turn.id: turn.start for turn in log.transcript.open}
            mine = [end for end in ends if end.turn in running]
            asking = [end for end in mine if not running[end.turn].sealed]
            asked = [question for end in asking for question in raised(log.transcript, end)]
            return [*mine, *asked, *(note for end in mine for note in noted(running[end.turn], end))]

        await self.writer.commit(decide)
        self.clock.look()

    def _ended(self, turn: Turn, task: asyncio.Task[TurnEnded], *, cut: bool) -> TurnEnded:
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
        model = turn.start.model or (member.model if member else "")
        spent = {"model": model, "tokens_out": -(-len(text) // 4), "tokens_estimated": True}
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
        if turns := self._unanswered():
            kept = await self.writer.store.partials(self.transcript.opened.session)
            said = {end.turn: end for end in self._unsaved}
            ends: list[Event] = [
                said.get(turn.id) or self._broken_off(turn, by, kept.get(turn.id, "")) for turn in turns
            ]
            await self.writer.commit(ends)
            self._unsaved.clear()


def _wanted(transcript: Transcript) -> tuple[Step, int]:
    """The next step, and the mode's own bound; an end a person wants needs no mode."""
    if isinstance(step := directives.next_step(transcript), Finish):
        return step, 0
    must_be_here(transcript)
    mode, bound = at_work(transcript)
    step = budget.next_step(transcript) or (closing(transcript, mode) if transcript.purse.closing else step)
    return step or wanted(mode, transcript), bound
