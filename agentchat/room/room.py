"""A room: one open session, and all that a person may do in it.

Everything a person does is an event too, and works at the room's next look; only a cut-off acts inside a step.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from agentchat.branches import Forks
from agentchat.conduct import aged
from agentchat.errors import AgentchatError, UsageError
from agentchat.events import (
    Directed,
    Event,
    HumanSpoke,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    TurnEnded,
)
from agentchat.modes import additions
from agentchat.persona import YOU
from agentchat.prompting import read_human
from agentchat.room import answers, escalating, heads
from agentchat.room.deadlines import Policy
from agentchat.room.driving import Driver
from agentchat.room.feed import Partial, Standing, Watcher
from agentchat.room.mailbox import deliver
from agentchat.room.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from agentchat.log import Log
    from agentchat.persona import Persona
    from agentchat.room.turn import Asking
    from agentchat.store import Lease, Store
    from agentchat.transcript import Transcript

NoteKind = Literal["pinned", "starred", "value", "agreed", "decided", "objection", "question"]

MOST_ROUNDS = 12
"""Rounds that can be asked for at once."""


class Room:
    """One open session. `start` sets it going; verbs may be called at any moment."""

    def __init__(
        self,
        store: Store,
        log: Log,
        asking: Asking,
        lease: Lease | None,
        why_read_only: str = "",
        *,
        check_model: Callable[[str], None] = lambda _: None,
        watching: bool = False,
    ) -> None:
        """`check_model` raises UsageError where no model can be called so. `watching`, it never drives."""
        self.writer = Writer(store, log, lease)
        self.driver = Driver(self.writer, asking, why_read_only, watching=watching)
        self.driver.beside.append(lambda: deliver(self))
        self.check_model = check_model
        self._forks: tuple[int, Forks] | None = None

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

    @property
    def policy(self) -> Policy:
        """Whether it waits for a person."""
        return self.driver.clock.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.driver.clock.policy = policy
        self.driver.wake()

    def watch(self) -> Watcher:
        """A feed of what happens from now on."""
        return self.writer.watch()

    def start(self, *, held: bool = False, news: Sequence[str] = ()) -> None:
        """Begin to drive, or, `held`, say what is new and wait for `go_on`. A read-only room follows its session."""
        if held and not self.driver.running:
            why = "; ".join(("opened from before", *aged(self.transcript), *news))
            self.driver.held = Standing("paused", why, "go on when you are ready")
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
        """Go on after a pause or a hold. A turn that waits for approval has it."""
        self._must_be_open()
        held, self.driver.held = self.driver.held, None
        if self.transcript.paused or (held is not None and held.state == "held"):
            await self._do(Directed(verb="go_on"), *answers.approval(self.transcript))
        else:
            await self.approve()

    async def step(self) -> None:
        """One step, then wait again."""
        self._must_be_open()
        self.driver.held = None
        await self._do(Directed(verb="step"), *answers.approval(self.transcript))

    async def force(self, who: str) -> None:
        """Let this persona speak next. Raises UsageError with the nearest names."""
        self._must_be_open()
        await self._do(Directed(verb="force", target=self._who(who)))

    async def cut_off(self, turn: int | None = None) -> None:
        """End the turn under way, or all of them, and keep what was said so far."""
        running = [one.id for one in self.transcript.open if turn in (None, one.id) and one.start.speaker != YOU]
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
        """Ask another model for this persona's turns from now on. What an outage held is tried again."""
        self.check_model(model)
        if self.driver.held and self.driver.held.state == "held":
            self.driver.held = None
        await self._do(ParticipantChanged(participant=self._who(who), model=model))

    async def reword(self, who: str, words: int) -> None:
        """Ask a persona for replies of about so many words."""
        await self._do(ParticipantChanged(participant=self._who(who), words=max(10, words)))

    async def adopt(self, persona: Persona, model: str | None = None, reason: str = "") -> None:
        """Go on with a persona as it is now, and not as the session has it; `reason` says what changed, in words."""
        who = self._who(persona.id)
        await self._do(ParticipantChanged(participant=who, persona=persona, model=model, reason=reason))

    async def change(self, settings: Mapping[str, str]) -> None:
        """Change settings of the mode, or `budget.*`. Raises UsageError that names what is wrong."""
        await self._do(*answers.changed(self.transcript, settings))

    async def end(self, reason: str = "") -> None:
        """End the session now. It can be reopened."""
        self._must_be_open()
        await self._do(Directed(verb="end", reason=reason))
        await self.cut_off()
        if self.driver.running and (await self.settled()).state != "closed":
            raise AgentchatError(self.standing.reason, hint=self.standing.hint)

    async def skip(self, turn: int | None = None) -> None:
        """Pass over the turn under way, or all of them; the mode goes on with the next."""
        passed: list[int] = []

        def decide(log: Log) -> list[Event]:
            running = [one for one in log.transcript.open if turn in (None, one.id)]
            over = [one for one in running if one.start.speaker != YOU] or running
            if not over:
                raise UsageError("nobody is speaking")
            passed[:] = [one.id for one in over]
            ends = [end.model_copy(update={"outcome": "passed", "text": ""}) for end in self.driver.endings(over)]
            verbs = [Directed(verb="skip", target=str(one.id)) for one in over]
            return [*_framed(log, verbs), *ends]

        await self._decide(decide)
        self.driver.cut(passed)

    # Their own turns, and what they are asked.

    async def take_turn(self, turn: int, text: str = "", data: Mapping[str, JsonValue] | None = None) -> None:
        """Take the turn the person was asked for. Raises UsageError with what is wrong with it."""
        await self._decide(lambda log: [answers.taken(log.transcript, turn, text, data)])

    async def pass_turn(self, turn: int) -> None:
        """Say nothing in it: an abstention."""
        await self._decide(lambda log: [answers.passed(log.transcript, turn)])

    async def answer(self, escalation: int, answer: str, by: str = YOU) -> None:
        """Answer a question: one of its options, by words or number, or in free words where it has none."""
        await self._decide(lambda log: [answers.answered(log.transcript, escalation, answer, by)])

    def typing(self, on: bool, lasts: float = 0) -> None:
        """The next step waits while the person types, and no longer than some seconds after the last sign of it."""
        self.driver.typing(on, lasts)

    # Modes inside the mode, and taking matters elsewhere.

    async def enter(self, mode: str, settings: Mapping[str, JsonValue] | None = None, question: str = "") -> None:
        """Have another mode in the middle of this one, and come back to it. Raises UsageError."""
        self._must_be_open()
        await self._do(escalating.wish(mode, settings or {}, question))

    async def escalate(self, to: str, target: str = "", question: str = "") -> None:
        """Take a question, or what is at hand, to the `room`, to a `lead`, to a stronger `model`, to another `person`.

        `target` is the mode it is put to (a committee, as a rule), the persona, the model, the person's name.
        """
        self._must_be_open()
        if to == "model":
            self.check_model(target)
            if not question.strip():
                said = Directed(verb="escalate", target=target, data={"to": to})
                await self._regenerate(None, "", target, said)
                return
        who = self._who(target) if to == "lead" and target else target
        await self._decide(lambda log: _framed(log, escalating.escalated(log.transcript, to, who, question.strip())))

    # Going back and elsewhere.

    async def undo(self) -> None:
        """Take back the last turn, batch, or words of the person, and pause. It all stays reachable."""
        await self._move(heads.undo)

    async def redo(self) -> None:
        """Take back the last undo, unless something was said since."""
        await self._move(heads.redo)

    async def regenerate(self, turn: int | None = None, guidance: str = "", model: str = "") -> None:
        """Have a turn, or the last one, anew: with a hint only that persona reads, with another model this once."""
        if model:
            self.check_model(model)
        await self._regenerate(turn, guidance, model)

    async def _regenerate(self, turn: int | None, guidance: str, model: str, *also: Event) -> None:
        await self._move(lambda log, ends: heads.regenerate(log, ends, turn, guidance, model, _framed(log, also)))

    def alternatives(self, turn: int) -> tuple[int, ...]:
        """What was said in the place of a turn, by turn ids, oldest first, itself included."""
        if not self.log.moved:
            return (turn,)
        events = len(self.log.events)
        if self._forks is None or self._forks[0] != events:
            self._forks = events, Forks(self.log)
        return self._forks[1].alternatives(turn)

    async def choose(self, turn: int) -> None:
        """Go to where the session last stood beneath an alternative, and pause."""
        await self._move(lambda log, ends: heads.choose(log, ends, turn))

    async def edit(self, seq: int, text: str) -> None:
        """Put other words in the place of a turn's or of the person's own; what followed stays with the old ones."""
        await self._move(lambda log, ends: heads.edit(log, ends, seq, text))

    async def approving(self, on: bool) -> None:
        """Whether each turn waits for the person's approval."""
        await self._do(Directed(verb="approving", data={"on": on}))

    async def approve(self) -> None:
        """Let the turn that waits for it stand."""
        if approval := answers.approval(self.transcript):
            await self._do(*approval)
        else:
            self.driver.wake()

    async def _move(self, move: Callable[[Log, Sequence[TurnEnded]], Sequence[Event]]) -> None:
        gone: list[int] = []

        def decide(log: Log) -> Sequence[Event]:
            turns = log.transcript.open
            events = move(log, self.driver.endings(turns))
            gone[:] = [turn.id for turn in turns if turn.start.speaker != YOU] if events else []
            return events

        await self._decide(decide)
        self.driver.cut(gone)
        if self.driver.held and self.driver.held.state == "held":
            self.driver.held = None
            self.driver.wake()

    async def accept(self, turn: int) -> None:
        """Accept the version of the text a turn wrote; 0 is the one that was given."""
        await self._do(Directed(verb="accept", target=str(turn)))

    # What is kept in view.

    async def note(
        self, kind: NoteKind, key: str, value: JsonValue, description: str = "", target: int | None = None
    ) -> None:
        """Put a value on the shared board, or a row in the ledger; None takes it off."""
        await self._do(Noted(kind=kind, key=key, value=value, description=description, target=target))

    async def task(self, words: str) -> None:
        """Add a task to a hierarchy, `what is to be done after 2`. Raises UsageError."""
        self._must_be_open()
        await self._decide(lambda log: _framed(log, [additions.wish(log.transcript, words)]))

    async def pin(self, target: int) -> None:
        """Keep a turn or words in everybody's sight, however long the session becomes."""
        if self.transcript.turn(target) is None and all(
            not isinstance(one, HumanSpoke) or one.seq != target for one in self.transcript.entries
        ):
            raise UsageError(f"#{target} is nothing that was said here")
        await self._do(Noted(kind="pinned", target=target))

    async def take_over(self) -> None:
        """Drive a session that another window drove and has left. Raises StoreError where it has not."""
        if self.writer.lease is None and not self.driver.watching:
            await asyncio.shield(asyncio.ensure_future(self.driver.take_over()))

    async def reopen(self, rounds: int = 1, question: str = "") -> None:
        """Go on after the end for so many rounds, on the same or a new question, or with words to one of them."""
        if not self.transcript.closed:
            raise UsageError("the session has not ended: it just goes on")
        self.driver.held = None
        await self._do(*answers.reopened(self.transcript, min(max(1, rounds), MOST_ROUNDS), question))

    async def _do(self, *events: Event) -> None:
        await self._decide(lambda log: _framed(log, events))

    async def _decide(self, decide: Callable[[Log], Sequence[Event]]) -> None:
        """Commit what a look at the log decides, with nothing between the two."""
        if self.writer.lease is None:
            raise UsageError(f"nothing can be done here: {self.standing.reason}", hint="It can only be watched.")
        await self.writer.commit(decide)
        self.driver.wake()

    def _must_be_open(self) -> None:
        if self.transcript.closed:
            raise UsageError("the session has ended", hint="Reopen it with more rounds or a new question.")

    def _who(self, name: str) -> str:
        return escalating.named(self.transcript, name)


def _framed(log: Log, events: Sequence[Event]) -> list[Event]:
    """Events of the mode at work."""
    return [event.model_copy(update={"frame": log.transcript.frame.id}) for event in events]
