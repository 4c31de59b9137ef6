"""A room: one open session, and all that a person may do in it.

Everything a person does is an event too, and works at the room's next look; only a cut-off acts inside a step.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError, UsageError
from agentchat.events import (
    Directed,
    Event,
    HumanSpoke,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionReopened,
    SettingsChanged,
)
from agentchat.modes import mode_of, settings_of
from agentchat.prompting import read_human
from agentchat.room.driving import Driver
from agentchat.room.feed import Partial, Standing, Watcher
from agentchat.room.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.log import Log
    from agentchat.persona import Persona
    from agentchat.room.turn import Asking
    from agentchat.store import Lease, Store
    from agentchat.transcript import Transcript

MOST_ROUNDS = 12
"""Rounds that can be asked for at once."""


class Room:
    """One open session. `start` sets it going; verbs may be called at any moment."""

    def __init__(self, store: Store, log: Log, asking: Asking, lease: Lease | None, why_read_only: str = "") -> None:
        self.writer = Writer(store, log, lease)
        self.driver = Driver(self.writer, asking, why_read_only)

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
    def asking(self) -> Asking:
        """How its models are asked."""
        return self.driver.asking

    @property
    def standing(self) -> Standing:
        """What it is doing now, or why it does not go on."""
        return self.driver.standing

    @property
    def partials(self) -> dict[int, Partial]:
        """The turns under way, by turn id."""
        return self.driver.underway.shown

    def watch(self) -> Watcher:
        """A feed of what happens from now on."""
        return self.writer.watch()

    def start(self, *, held: bool = False) -> None:
        """Begin to drive, or, with `held`, to wait for `go_on` first. A read-only room follows its session."""
        if held and not self.driver.running:
            self.driver.held = Standing("paused", "opened from before", "go on when you are ready")
        self.driver.start()

    async def settled(self) -> Standing:
        """Wait until the room rests: closed, held, paused, or waiting for a person."""
        return await self.driver.settled()

    async def aclose(self) -> None:
        """Stop. A turn under way is ended as interrupted and asked again when the session is resumed."""
        await self.driver.stop()

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
        held, self.driver.held = self.driver.held, None
        if self.transcript.paused or (held is not None and held.state == "held"):
            await self._do(Directed(verb="go_on"))
        self.driver.wake()

    async def step(self) -> None:
        """One step, then wait again."""
        self._must_be_open()
        self.driver.held = None
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
            self.driver.cut(running)

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
        known = mode_of(frame.mode).Settings.model_fields
        kept = {key: value for key, value in frame.settings.items() if key in known}
        whole = settings_of(frame.mode, {**kept, **settings})
        changes: dict[str, JsonValue] = {key: whole[key] for key in settings}
        await self._do(SettingsChanged(changes=changes))

    async def end(self, reason: str = "") -> None:
        """End the session now. It can be reopened."""
        self._must_be_open()
        await self._do(Directed(verb="end", reason=reason))
        await self.cut_off()
        if self.driver.running and (await self.settled()).state != "closed":
            raise AgentchatError(self.standing.reason, hint=self.standing.hint)

    async def reopen(self, rounds: int = 1, question: str = "") -> None:
        """Go on after the end, for so many rounds, on the same or a new question."""
        if not self.transcript.closed:
            raise UsageError("the session has not ended: it just goes on")
        self.driver.held = None
        await self._do(SessionReopened(rounds=min(max(1, rounds), MOST_ROUNDS), question=question))

    async def _do(self, *events: Event) -> None:
        if self.writer.lease is None:
            raise UsageError(f"nothing can be done here: {self.standing.reason}", hint="It can only be watched.")
        frame = self.transcript.frame.id
        await self.writer.commit([event.model_copy(update={"frame": frame}) for event in events])
        self.driver.wake()

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
