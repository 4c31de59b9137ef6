"""The room: asks the mode for the next step, carries it out, and appends what happened. It alone acts.

All a person does is an event too, and works at the room's next look; only a cut-off acts inside a step.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING

from agentchat import directives
from agentchat.conduct import ModeError, conduct, interrupted, trouble
from agentchat.errors import ModelError, StoreError, UsageError
from agentchat.events import (
    Directed,
    Event,
    HumanSpoke,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionClosed,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.modes import make, settings_of
from agentchat.persona import YOU
from agentchat.prompting import read_human
from agentchat.room.feed import Partial, Retrying, Standing, Watcher
from agentchat.room.summary import summary_start
from agentchat.room.turn import Asking, Hearing, perform
from agentchat.room.underway import Underway
from agentchat.room.writing import Writer
from agentchat.steps import Wait

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from pydantic import JsonValue

    from agentchat.log import Log
    from agentchat.models.policy import Waiting
    from agentchat.persona import Persona
    from agentchat.store import Lease, Store
    from agentchat.transcript import Transcript

PATIENCE = 2.0
"""Seconds a cancelled ask may take to close its connection."""

HEARTBEAT = 10.0
"""Seconds between two signs of life of the lease."""

_log = logging.getLogger(__name__)


class Room:
    """One open session. `start` sets it going; verbs may be called at any moment."""

    def __init__(self, store: Store, log: Log, asking: Asking, lease: Lease | None, why_read_only: str = "") -> None:
        self.writer = Writer(store, log, lease)
        self.asking = asking
        self.underway = Underway(self.writer)
        self.standing = Standing("paused") if lease else Standing("read-only", why_read_only)
        self._held: Standing | None = None
        self._wake = asyncio.Event()
        self._rests = asyncio.Event()
        self._asked: dict[int, asyncio.Task[TurnEnded]] = {}
        self._cut: set[int] = set()
        self._driver: asyncio.Task[None] | None = None
        self._unsaved: list[Event] = []

    @property
    def log(self) -> Log:
        """The session's log."""
        return self.writer.log

    @property
    def transcript(self) -> Transcript:
        """The fold of the log at its head."""
        return self.log.transcript

    @property
    def session(self) -> str:
        """The session's id."""
        return self.transcript.opened.session

    @property
    def partials(self) -> dict[int, Partial]:
        """The turns under way, by turn id."""
        return self.underway.shown

    def watch(self) -> Watcher:
        """A feed of what happens from now on."""
        return self.writer.watch()

    def start(self, *, held: bool = False) -> None:
        """Begin to drive, or, with `held`, to wait for `go_on` first. A read-only room follows its session."""
        if self._driver is None:
            if held:
                self._held = Standing("paused", "opened from before", "go on when you are ready")
            self._driver = asyncio.create_task(self._follow() if self.writer.lease is None else self._live())

    async def settled(self) -> Standing:
        """Wait until the room rests: closed, held, paused, or waiting for a person."""
        await self._rests.wait()
        return self.standing

    async def aclose(self) -> None:
        """Stop. A turn under way is ended as interrupted and asked again when the session is resumed."""
        if self._driver is not None:
            self._driver.cancel()
            with suppress(asyncio.CancelledError):
                await self._driver
        if self.writer.lease is not None:
            with suppress(StoreError):
                await self._interrupt("quit")
            with suppress(StoreError):
                await self.writer.store.release(self.writer.lease)
        await self.underway.aclose()
        self.writer.end()

    # What a person may do.

    async def speak(self, text: str) -> None:
        """Say something. `@ada` in it makes Ada answer next. Raises UsageError after the end."""
        if not text.strip():
            return
        self._must_be_open()
        reading = read_human(self.transcript, text)
        await self._do(HumanSpoke(text=text, to=reading.to, intent=reading.intent, mentions=reading.mentions))

    async def pause(self) -> None:
        """Finish the turn under way, then wait."""
        if not self.transcript.paused:
            await self._do(Directed(verb="pause"))

    async def go_on(self) -> None:
        """Go on after a pause or a hold."""
        self._must_be_open()
        self._held = None
        if self.transcript.paused:
            await self._do(Directed(verb="go_on"))
        self._wake.set()

    async def step(self) -> None:
        """One step, then wait again."""
        self._must_be_open()
        self._held = None
        await self._do(Directed(verb="step"))

    async def force(self, who: str) -> None:
        """Let this persona speak next. Raises UsageError with the nearest names."""
        self._must_be_open()
        await self._do(Directed(verb="force", target=self._who(who)))

    async def cut_off(self, turn: int | None = None) -> None:
        """End the turn under way, or all of them, and keep what was said so far."""
        running = [one.id for one in self.transcript.open if turn in (None, one.id)]
        if running:
            await self._do(*(Directed(verb="cut_off", target=str(seq)) for seq in running))
            self._cut.update(running)
            for seq in running:
                if task := self._asked.get(seq):
                    task.cancel()

    async def mute(self, who: str, *, muted: bool = True) -> None:
        """Leave a persona out of the turns, or take it in again."""
        who = self._who(who)
        await self._do(ParticipantChanged(participant=who, muted=muted))
        if muted:
            for turn in self.transcript.open:
                if turn.speaker == who:
                    await self.cut_off(turn.id)

    async def invite(self, persona: Persona, model: str) -> None:
        """Take a persona into the room."""
        if self.transcript.member(persona.id):
            raise UsageError(f"{persona.name} is in the room already")
        await self._do(ParticipantJoined(persona=persona, model=model))

    async def remove(self, who: str) -> None:
        """Send a persona out; what it said stays."""
        who = self._who(who)
        await self.mute(who)
        await self._do(ParticipantLeft(participant=who))

    async def swap_model(self, who: str, model: str) -> None:
        """Ask another model for this persona's turns from now on."""
        await self._do(ParticipantChanged(participant=self._who(who), model=model))

    async def reword(self, who: str, words: int) -> None:
        """Ask a persona for replies of about so many words."""
        await self._do(ParticipantChanged(participant=self._who(who), words=max(10, words)))

    async def change(self, settings: Mapping[str, str]) -> None:
        """Change settings of the mode. Raises UsageError that names what is wrong."""
        frame = self.transcript.frame
        whole = settings_of(frame.mode, {**frame.settings, **settings})
        changes: dict[str, JsonValue] = {key: whole[key] for key in settings}
        await self._do(SettingsChanged(changes=changes))

    async def end(self, reason: str = "") -> None:
        """End the session now. It can be reopened."""
        self._must_be_open()
        async with self.watch() as news:
            await self._do(Directed(verb="end", reason=reason))
            await self.cut_off()
            async for item in news:
                if isinstance(item, SessionClosed):
                    return

    async def reopen(self, rounds: int = 1, question: str = "") -> None:
        """Go on after the end, for so many rounds, on the same or a new question."""
        if not self.transcript.closed:
            raise UsageError("the session has not ended: it just goes on")
        self._held = None
        await self._do(SessionReopened(rounds=max(1, rounds), question=question))

    async def _do(self, *events: Event) -> None:
        frame = self.transcript.frame.id
        await self.writer.commit([event.model_copy(update={"frame": frame}) for event in events])
        self._wake.set()

    def _must_be_open(self) -> None:
        if self.transcript.closed:
            raise UsageError("the session has ended", hint="Reopen it with more rounds or a new question.")

    def _who(self, name: str) -> str:
        names = {member.id: member.id for member in self.transcript.members}
        names |= {member.persona.name.lower(): member.id for member in self.transcript.members}
        wanted = name.lower().lstrip("@")
        if wanted not in names:
            near = get_close_matches(wanted, names, n=3, cutoff=0.4) or sorted(set(names.values()))
            raise UsageError(f"nobody here is called {name!r}", hint=f"Did you mean {' or '.join(near)}?")
        return names[wanted]

    # How it goes on by itself.

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beat())
            group.create_task(self._drive())

    async def _beat(self) -> None:
        """Show that the lease is still held, until it is not."""
        while lease := self.writer.lease:
            await asyncio.sleep(HEARTBEAT)
            with suppress(StoreError):
                await self.writer.store.renew(lease)

    async def _drive(self) -> None:
        await self._guarded(self._interrupt("crash"))
        while True:
            self._wake.clear()
            rest = self._rest() or await self._guarded(self._next())
            if rest:
                self._stand(rest)
                await self._wake.wait()

    async def _guarded(self, doing: Coroutine[None, None, Standing | None]) -> Standing | None:
        """Do it; where that fails, the room is held and says why. The outermost edge of the room's own task."""
        try:
            return await doing
        except StoreError as error:
            self._held = Standing("held", str(error), error.hint)
        except Exception as error:  # noqa: BLE001 (the edge: a fault of ours must not end the room unheard)
            _log.exception("the room could not take its step")
            self._held = Standing("held", f"a fault inside agentchat: {type(error).__name__}", "The log file has more.")
        return self._held

    def _rest(self) -> Standing | None:
        """Why the room does not take another step now."""
        transcript = self.transcript
        if transcript.closed:
            return Standing("closed", transcript.closed.reason or transcript.closed.outcome)
        if transcript.ending:
            return None
        if self._held:
            return self._held
        if transcript.paused and not transcript.step_due:
            return Standing("paused", "you paused")
        if questions := [one for one in transcript.escalations if one.level != "notify"]:
            return Standing("waiting", questions[0].question)
        return None

    async def _next(self) -> Standing | None:
        """Take one step, or say what the mode waits for."""
        if self._unsaved:
            await self._save()
        transcript = self.transcript
        mode = make(transcript.frame.mode, transcript.frame.settings)
        step = directives.next_step(transcript) or mode.next(transcript)
        if isinstance(step, Wait):
            return Standing("waiting", step.reason)
        if why_not := trouble(transcript, step, mode.bound(len(transcript.members))):
            self._held = Standing("held", why_not, "Go on to try again, change the settings, or end the session.")
            return self._held
        self._stand(Standing("running"))
        try:
            events = conduct(transcript, step)
        except ModeError as error:
            self._held = Standing("held", str(error), error.hint)
            return self._held
        asked = [event for event in events if isinstance(event, TurnStarted)]
        try:
            summary = await summary_start(self.asking, transcript, asked)
        except ModelError as error:
            self._held = Standing("held", str(error), error.hint, error.kind)
            return self._held
        started = await self.writer.commit((summary,) if summary else events)
        starts = [event for event in started if isinstance(event, TurnStarted)]
        await asyncio.gather(*(self._answer(start) for start in starts))
        if self._unsaved:
            await self._save()
        return None

    async def _save(self) -> None:
        """Commit ends of turns that a full disk or a locked database refused before."""
        await self.writer.commit(self._unsaved)
        self._unsaved.clear()

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
            if not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=PATIENCE)
        ended = self._ended(start, task)
        try:
            await self.writer.commit([ended])
        except StoreError:
            self._unsaved.append(ended)
        self.underway.done(start.turn)

    def _ended(self, start: TurnStarted, task: asyncio.Task[TurnEnded]) -> TurnEnded:
        turn = next(turn for turn in self.transcript.open if turn.id == start.turn)
        if task.cancelled():
            return interrupted(turn, self.underway.fragment(start.turn), YOU)
        error = task.exception()
        if isinstance(error, ModelError):
            self._held = Standing("held", str(error), error.hint, error.kind)
            return interrupted(turn, self.underway.fragment(start.turn), "outage")
        return task.result()

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
        """End every open turn as interrupted, with what is known of it or the checkpoint kept."""
        if turns := self.transcript.open:
            kept = await self.writer.store.partials(self.session)
            ends = [interrupted(t, self.underway.fragment(t.id) or kept.get(t.id, ""), by) for t in turns]
            await self.writer.commit(ends)

    async def _follow(self) -> None:
        async for event in self.writer.store.follow(self.session, self.log.events[-1].seq):
            self.log.append(event)
            self.writer.tell(event)
