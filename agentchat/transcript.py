"""What the path from the root to the head adds up to: a fold, with no I/O and nothing kept beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Recorded,
    SessionClosed,
    SessionOpened,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.persona import YOU, Persona

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN_BY = frozenset({"crash", "outage", "quit"})
"""Turns these interrupted are hidden from modes and prompts: they are asked again."""

SILENT = frozenset({"passed", "failed", "refused", "empty"})
"""Outcomes that leave nothing for others to read."""

FORCED, ADDRESSED, ASKED = "forced", "addressed", "asked"
"""Why a turn is due: a person chose the speaker, spoke to her, or another persona asked her."""


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

    @property
    def id(self) -> str:
        """The persona's id."""
        return self.persona.id


@dataclass(frozen=True, slots=True)
class Due:
    """Someone owes a turn that outranks the mode: forced by a person, addressed by one, or asked."""

    who: str
    cause: int
    """The event that made it due; the turn that pays it names it in `reply_to`."""
    why: str
    chain: int = 0
    """How many owed turns in a row led here since a person or the mode last chose."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A mode at work: the session's own, or one inside it."""

    id: int
    mode: str
    settings: dict[str, JsonValue]
    entries: tuple[Entry, ...] = ()
    taken: int = 0
    """Turns asked for and conclusions drawn since a person last did something."""
    musing: int = 0
    """Conclusions in a row without a turn."""
    failed: tuple[Turn, ...] = ()
    """Turns that failed since a person last did something."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and US dollars over the whole log, copies excluded: undo refunds nothing."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    calls: int = 0

    def plus(self, event: Event) -> Spent:
        """With what this event cost."""
        if not isinstance(event, TurnEnded) or event.copied_from is not None or not event.model:
            return self
        return Spent(
            self.tokens_in + event.tokens_in,
            self.tokens_out + event.tokens_out,
            self.cost + (event.cost or 0.0),
            self.calls + event.attempts,
        )


@dataclass(frozen=True, slots=True)
class Transcript:
    """The fold of one path. Never changed: `apply` gives a new one."""

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
    revealed: frozenset[int] = frozenset()
    escalations: tuple[EscalationRaised, ...] = ()
    """Those without an answer."""
    notes: tuple[Noted, ...] = ()
    paused: bool = False
    step_due: bool = False
    """Paused, but one step was asked for."""
    ending: str = ""
    """Why a person wants it to end, from then until it has."""
    closed: SessionClosed | None = None
    spent: Spent = field(default_factory=Spent)

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

    def member(self, who: str) -> Member | None:
        """The member of that id, if in the room."""
        return next((member for member in self.members if member.id == who), None)

    def name(self, who: str) -> str:
        """How a participant is called, also one who left."""
        if who == YOU:
            return "you"
        known = [m.persona for m in self.members] + list(self.opened.personas)
        return next((persona.name for persona in known if persona.id == who), who)

    def sealed(self, turn: Turn) -> bool:
        """Whether nobody but its speaker may see it yet."""
        return turn.start.sealed and turn.id not in self.revealed

    def readable(self, reader: str, reads_to: int) -> Iterator[Turn | HumanSpoke]:
        """What one participant may read of what was said, in order (DESIGN §2, 11 and 12)."""
        for entry in self.entries:
            if isinstance(entry, HumanSpoke):
                if entry.seq <= reads_to and (not entry.to or reader in entry.to):
                    yield entry
            elif isinstance(entry, Turn) and entry.end is not None and entry.end.seq <= reads_to:
                own = entry.speaker == reader
                addressed = not entry.end.to or reader in entry.end.to
                if own or (addressed and not self.sealed(entry)):
                    yield entry

    def apply(self, event: Event) -> Transcript:
        """The transcript with one more event of its path."""
        folding = _Folding(self)
        folding.apply(event)
        return folding.done()


@dataclass(slots=True)
class _OpenFrame:
    id: int
    mode: str
    settings: dict[str, JsonValue]
    entries: list[Entry] = field(default_factory=list)
    taken: int = 0
    musing: int = 0
    failed: tuple[Turn, ...] = ()

    def done(self) -> Frame:
        return Frame(self.id, self.mode, self.settings, tuple(self.entries), self.taken, self.musing, self.failed)


class _Folding:
    """The fold at work. Lists here and tuples outside: a log of n events folds in n steps, not n²."""

    def __init__(self, start: Transcript) -> None:
        self.start = start
        self.last = start.last
        self.topic = start.topic
        self.entries = list(start.entries)
        self.members = start.members
        self.frames = [
            _OpenFrame(f.id, f.mode, f.settings, list(f.entries), f.taken, f.musing, f.failed) for f in start.frames
        ]
        self.open = list(start.open)
        self.hidden = start.hidden
        self.due = start.due
        self.revealed = set(start.revealed)
        self.escalations = start.escalations
        self.notes = start.notes
        self.paused, self.step_due = start.paused, start.step_due
        self.ending = start.ending
        self.closed = start.closed
        self.spent = start.spent

    def done(self) -> Transcript:
        return Transcript(
            self.start.opened,
            self.last.seq,
            self.last,
            self.topic,
            tuple(self.entries),
            self.members,
            tuple(frame.done() for frame in self.frames),
            tuple(self.open),
            self.hidden,
            self.due,
            frozenset(self.revealed),
            self.escalations,
            self.notes,
            self.paused,
            self.step_due,
            self.ending,
            self.closed,
            self.spent,
        )

    def apply(self, event: Event) -> None:
        self.last = event
        self.spent = self.spent.plus(event)
        match event:
            case TurnStarted():
                turn = Turn(event)
                self.open.append(turn)
                self.step_due = False
                self._add(turn)
            case TurnEnded():
                self._end(event)
            case Directed():
                self._add(event)
                self._direct(event)
            case ModeLeft():
                self._leave(event)
            case Noted():
                self.notes = (*self.notes, event)
            case _:
                self._add(event)
                self._note(event)

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        frame = self.frames[-1]
        frame.entries.append(entry)
        match entry:
            case Turn():
                frame.musing = 0
                frame.taken += not entry.start.aside
            case Recorded():
                frame.musing += 1
                frame.taken += 1
            case HumanSpoke() | Directed() | SessionReopened():
                for one in self.frames:
                    one.taken, one.musing, one.failed = 0, 0, ()
            case _:
                pass

    def _note(self, event: Event) -> None:
        match event:
            case HumanSpoke():
                self.due = _owe(self.due, tuple(Due(who, event.seq, ADDRESSED) for who in event.mentions))
            case Recorded():
                self.revealed.update(event.reveals)
            case ModeEntered():
                self.frames.append(_OpenFrame(event.seq, event.mode, event.settings))
            case SettingsChanged():
                self.frames[-1].settings = self.frames[-1].settings | event.changes
            case ParticipantJoined() | ParticipantLeft() | ParticipantChanged():
                self.members = _seat(self.members, event)
            case EscalationRaised():
                self.escalations = (*self.escalations, event)
            case EscalationAnswered():
                self.escalations = tuple(one for one in self.escalations if one.seq != event.escalation)
            case SessionClosed():
                self.closed, self.due, self.ending = event, (), ""
            case SessionReopened():
                self.closed, self.paused = None, False
                self.topic = event.question or self.topic
            case _:
                pass

    def _end(self, event: TurnEnded) -> None:
        started = next((turn for turn in self.open if turn.id == event.turn), None)
        if started is None:
            return
        self.open.remove(started)
        turn = Turn(started.start, event)
        lost = event.outcome == "interrupted" and event.by in HIDDEN_BY
        for entries in (self.entries, *(frame.entries for frame in self.frames)):
            _swap(entries, turn, lost)
        if lost:
            self.hidden = (*self.hidden, turn)
            self.frames[-1].taken -= not turn.start.aside
            return
        if event.outcome == "failed":
            self.frames[-1].failed = (*self.frames[-1].failed, turn)
        paid = next((d for d in self.due if d.cause == turn.start.reply_to and d.who == turn.start.speaker), None)
        self.due = tuple(d for d in self.due if d is not paid)
        addressed = event.to or event.mentions
        if event.intent == "ask" and addressed:
            chain = paid.chain + 1 if paid and paid.why == ASKED else 1
            self.due = _owe(self.due, (Due(addressed[0], event.seq, ASKED, chain),))

    def _direct(self, event: Directed) -> None:
        match event.verb:
            case "pause":
                self.paused, self.step_due = True, False
            case "go_on":
                self.paused, self.step_due = False, False
            case "step":
                self.paused, self.step_due = True, True
            case "end":
                self.ending = event.reason or "you ended it"
            case "force":
                self.due = (Due(event.target, event.seq, FORCED), *self.due)
            case _:
                pass

    def _leave(self, event: ModeLeft) -> None:
        if len(self.frames) > 1:
            gone = self.frames.pop()
            self.revealed.update(entry.id for entry in gone.entries if isinstance(entry, Turn))
        self._add(event)


def _swap(entries: list[Entry], turn: Turn, lost: bool) -> None:
    for back in range(len(entries) - 1, -1, -1):
        entry = entries[back]
        if isinstance(entry, Turn) and entry.id == turn.id:
            entries[back : back + 1] = [] if lost else [turn]
            return


def _owe(due: tuple[Due, ...], more: tuple[Due, ...]) -> tuple[Due, ...]:
    return (*due, *(one for one in more if all(one.who != known.who or known.why != one.why for known in due)))


def _seat(
    members: tuple[Member, ...], event: ParticipantJoined | ParticipantLeft | ParticipantChanged
) -> tuple[Member, ...]:
    match event:
        case ParticipantJoined():
            others = tuple(member for member in members if member.id != event.persona.id)
            return (*others, Member(event.persona, event.model))
        case ParticipantLeft():
            return tuple(member for member in members if member.id != event.participant)
        case ParticipantChanged():
            return tuple(_changed(member, event) if member.id == event.participant else member for member in members)


def _changed(member: Member, event: ParticipantChanged) -> Member:
    return Member(
        event.persona or member.persona,
        member.model if event.model is None else event.model,
        member.muted if event.muted is None else event.muted,
        member.words if event.words is None else event.words,
    )


def begin(opened: SessionOpened) -> Transcript:
    """The transcript of a log that holds its first event only."""
    members = tuple(Member(persona, opened.models.get(persona.id, "")) for persona in opened.personas)
    return Transcript(opened, opened.seq, opened, opened.topic, members=members, frames=(Frame(0, opened.mode, opened.settings),))


def fold(path: Iterable[Event]) -> Transcript:
    """The transcript of a path. Raises ValueError if it does not begin with `session_opened`."""
    events = iter(path)
    first = next(events, None)
    if not isinstance(first, SessionOpened):
        raise ValueError("a session's log begins with session_opened")
    folding = _Folding(begin(first))
    for event in events:
        folding.apply(event)
    return folding.done()
