"""What the path from the root to the head adds up to. A value: nothing changes it, and nothing is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agentchat.events import (
    EPOCH,
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    Noted,
    ParticipantJoined,
    SessionClosed,
    SessionOpened,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.persona import CHECK, YOU, Persona
from agentchat.terms import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN_BY = frozenset({"crash", "outage", "quit"})
"""Turns these interrupted are hidden from modes and prompts: they are asked again."""

SILENT = frozenset({"passed", "failed", "refused", "empty"})
"""Outcomes that leave nothing for others to read."""

FORCED, ADDRESSED, ASKED = "forced", "addressed", "asked"
"""Why a turn is due: a person chose the speaker, spoke to her, or another persona asked her."""

LONGEST_CHAIN = 4
"""Owed answers in a row before the mode has its say again: two personas may not ping-pong for ever."""

NEARLY, SPENT = "budget nearly spent", "budget spent"
"""What the room calls its notice and its question about the budget: the room's own affair, that no persona reads."""

RAISE = "raise it by half"
"""The answer that lets a room go on whose budget is spent."""
MEMORY, RECALL, FORGET, OUTCOME = "memory", "recall", "forget", "outcome"
"""Verbs: what personas held before is offered or no longer, what each was given, what was taken away again, and what
became of a decision.
"""

SUMMARY = "summary"
"""The kind of a turn that stands for older ones: no mode sees it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn: its start and, once it has one, its end."""

    start: TurnStarted
    end: TurnEnded | None = None

    @property
    def id(self) -> int:
        """The `seq` of its start."""
        return self.start.turn

    @property
    def speaker(self) -> str:
        """Who was asked. The end may name another: an understudy."""
        return self.end.speaker if self.end else self.start.speaker

    @property
    def text(self) -> str:
        """What was said, so far as it is on record."""
        return self.end.text if self.end else ""

    @property
    def spoken(self) -> bool:
        """Whether something came of it that others can read."""
        return self.end is not None and bool(self.end.text) and self.end.outcome not in SILENT

    @property
    def data(self) -> dict[str, JsonValue]:
        """The validated payload of a structured answer; empty where there is none."""
        return (self.end.data if self.end else None) or {}


Entry = Turn | Event


@dataclass(frozen=True, slots=True)
class Member:
    """A persona in the room."""

    persona: Persona
    model: str = ""
    muted: bool = False
    words: int | None = None
    before: tuple[tuple[int, Persona], ...] = ()
    """What it was before each change of it, with the event that changed it."""

    @property
    def id(self) -> str:
        """The persona's id."""
        return self.persona.id

    def at(self, seq: int) -> Persona:
        """What it was at that event."""
        return next((persona for until, persona in self.before if seq < until), self.persona)


@dataclass(frozen=True, slots=True)
class Due:
    """Someone owes a turn that outranks the mode: forced by a person, addressed by one, or asked."""

    who: str
    cause: int
    """The event that made it due; the turn that pays it names it in `reply_to`."""
    why: str
    chain: int = 0
    """How many owed turns in a row led here since a person or the mode last chose."""
    brief: str = ""
    """What a person wants of the turn, in words."""
    model: str = ""
    """Another model than the speaker's own, this once."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A mode at work: the session's own, or one inside it."""

    id: int
    mode: str
    settings: dict[str, JsonValue]
    question: str = ""
    """What it is about, where that is not the session's topic."""
    entries: tuple[Entry, ...] = ()
    taken: int = 0
    """Turns asked for and conclusions drawn since a person last did something."""
    musing: int = 0
    """Conclusions in a row without a turn, or a mode in between."""
    failed: tuple[Turn, ...] = ()
    """Turns that failed since a person last did something."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens, dollars and time over the whole log, copies excluded: undo refunds nothing, a fork begins at nothing."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    calls: int = 0
    since: int = 0
    """The last event that was copied from another session: what came before was paid for there."""
    seconds: float = 0.0
    """In which somebody was asked; waiting for the person and pauses are free."""
    asking: frozenset[int] = frozenset()
    """The turns under way."""
    began: datetime = EPOCH
    """When the first of them began."""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.tokens_in + self.tokens_out

    @property
    def minutes(self) -> float:
        """In which somebody was asked."""
        return self.seconds / 60

    def plus(self, event: Event) -> Spent:
        """With what this event cost."""
        match event:
            case SessionOpened() if event.forked_from:
                return Spent(since=event.forked_from.seq)
            case TurnStarted() if event.speaker != YOU and event.seq > self.since:
                began = self.began if self.asking else event.at
                return replace(self, asking=self.asking | {event.turn}, began=began)
            case TurnEnded() if event.seq > self.since:
                return self._timed(event, self._paid(event))
            case _:
                return self

    def _paid(self, event: TurnEnded) -> Spent:
        if event.copied_from is not None or not event.model:
            return self
        return replace(
            self,
            tokens_in=self.tokens_in + event.tokens_in,
            tokens_out=self.tokens_out + event.tokens_out,
            cost=self.cost + (event.cost or 0.0),
            calls=self.calls + event.attempts,
        )

    def _timed(self, event: TurnEnded, paid: Spent) -> Spent:
        if event.turn not in self.asking:
            return paid
        # After a crash nobody knows how long it was asked: it may have been found days later.
        known = 0.0 if event.by == "crash" else max(0.0, (event.at - self.began).total_seconds())
        return replace(paid, seconds=self.seconds + known, asking=self.asking - {event.turn}, began=event.at)


@dataclass(frozen=True, slots=True)
class Purse:
    """What the room may spend as it is now, and how far that has come."""

    budget: Budget | None = None
    warned: bool = False
    """Whether it was said that most of it is spent."""
    closing: str = ""
    """Why the room is to come to its end by itself, once all of it was spent and nobody gave more."""

    def after(self, event: Event, spent: Spent, asked: str) -> Purse:
        """After this event; `asked` is the key of the question that it answers."""
        match event:
            case EscalationRaised(by="room", key=key) if key == NEARLY:
                return replace(self, warned=True)
            case EscalationAnswered(answer=answer) if asked == SPENT:
                if answer != RAISE:
                    return replace(self, closing="the budget is spent")
                return Purse(None if self.budget is None else _raised(self.budget, spent))
            case Directed(verb="budget", data=data):
                return Purse(Budget.model_validate(data) if data else None)
            case SessionReopened() | Directed(verb="fork"):
                return Purse(self.budget)
            case _:
                return self


def _raised(budget: Budget, spent: Spent) -> Budget:
    """Half as much more of what is used up, from where it is now."""
    more: dict[str, float] = {}
    for name, so_far in (("tokens", spent.tokens), ("cost", spent.cost), ("minutes", spent.minutes)):
        limit = getattr(budget, name)
        if limit is not None and so_far >= limit:
            more[name] = so_far + limit - limit // 2 if name == "tokens" else so_far + limit / 2
    return budget.model_copy(update=more)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The fold of one path (`agentchat.folding`)."""

    opened: SessionOpened
    head: int
    last: Event
    topic: str
    """The question at hand: the newest one, after a reopening."""
    entries: tuple[Entry, ...] = ()
    """All that stands on the path, each turn where it started."""
    members: tuple[Member, ...] = ()
    frames: tuple[Frame, ...] = ()
    open: tuple[Turn, ...] = ()
    """Turns under way."""
    hidden: tuple[Turn, ...] = ()
    """Turns a crash or an outage cut off, to be asked again."""
    due: tuple[Due, ...] = ()
    wishes: tuple[Directed, ...] = ()
    """Modes a person wants entered (`enter`) that were not yet."""
    revealed: frozenset[int] = frozenset()
    escalations: tuple[EscalationRaised, ...] = ()
    """Those without an answer."""
    notes: tuple[Noted, ...] = ()
    paused: bool = False
    step_due: bool = False
    """Paused, but one step was asked for."""
    approving: bool = False
    """Whether each turn waits for a person's approval."""
    unapproved: int | None = None
    """The turn that waits for it."""
    ending: str = ""
    """Why a person wants it to end, from then until it has."""
    closed: SessionClosed | None = None
    spent: Spent = field(default_factory=Spent)
    purse: Purse = field(default_factory=Purse)
    recalled: tuple[Directed, ...] = ()
    """Whether personas are given what they held before, and what each was given (`agentchat.memory`)."""

    @property
    def frame(self) -> Frame:
        """The mode that is asked for the next step."""
        return self.frames[-1]

    @property
    def mine(self) -> tuple[Entry, ...]:
        """The current mode's own entries: what it counts."""
        return self.frame.entries

    @property
    def outer(self) -> tuple[Entry, ...]:
        """Everything else on the path: what it may read but not count."""
        return tuple(entry for frame in self.frames[:-1] for entry in frame.entries)

    @property
    def active(self) -> tuple[Member, ...]:
        """The members who take turns."""
        return tuple(member for member in self.members if not member.muted)

    @property
    def question(self) -> str:
        """What is talked about now: the innermost mode's question, else the topic."""
        return next((frame.question for frame in reversed(self.frames) if frame.question), self.topic)

    @property
    def asked(self) -> Turn | None:
        """The person's own turn, where one is under way."""
        return next((turn for turn in self.open if turn.start.speaker == YOU), None)

    def answered(self, key: str) -> EscalationAnswered | None:
        """The newest answer to a question of the current mode."""
        answers = (entry for entry in reversed(self.mine) if isinstance(entry, EscalationAnswered))
        return next((answer for answer in answers if answer.key == key), None)

    def member(self, who: str) -> Member | None:
        """The member of that id, if in the room."""
        return next((member for member in self.members if member.id == who), None)

    def name(self, who: str) -> str:
        """How a participant is called, also one who left."""
        if who == YOU:
            return "you"
        if who == CHECK:
            return "the check"
        known = [m.persona for m in self.members] + list(self.opened.personas)
        joined = (entry.persona for entry in self.entries if isinstance(entry, ParticipantJoined))
        return next((persona.name for persona in chain(known, joined) if persona.id == who), who)

    def sealed(self, turn: Turn) -> bool:
        """Whether nobody but its speaker may see it yet."""
        return turn.start.sealed and turn.id not in self.revealed

    def turn(self, seq: int) -> Turn | None:
        """The turn of that id, or of the turn that ended at that `seq`."""
        turns = (entry for entry in reversed(self.entries) if isinstance(entry, Turn))
        return next((turn for turn in turns if seq in (turn.id, turn.end.seq if turn.end else None)), None)

    def draft(self, turn: int | None) -> str:
        """The version of the text that a turn wrote; with None, the one the current mode was given to begin with."""
        found = self.turn(turn) if turn is not None else None
        return found.text if found else str(self.frame.settings.get("draft") or "")

    def readable(self, reader: str, reads_to: int) -> Iterator[Turn | HumanSpoke | EscalationAnswered]:
        """What one participant may read of what was said, in order (DESIGN §2, 11 and 12)."""
        for entry in self.entries:
            if isinstance(entry, EscalationAnswered) and entry.seq <= reads_to and entry.key != SPENT:
                yield entry
            if isinstance(entry, HumanSpoke):
                if entry.seq <= reads_to and (not entry.to or reader in entry.to):
                    yield entry
            elif isinstance(entry, Turn) and entry.end is not None and entry.end.seq <= reads_to:
                own = entry.speaker == reader
                addressed = not entry.end.to or reader in entry.end.to
                if own or (addressed and not self.sealed(entry)):
                    yield entry
