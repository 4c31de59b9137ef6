"""The fold: from the events of a path to its transcript. Pure, and the same whether event by event or all at once."""

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
from agentchat.kinds import kind_of
from agentchat.persona import YOU
from agentchat.transcript import (
    ADDRESSED,
    ASKED,
    FORCED,
    HIDDEN_BY,
    LONGEST_CHAIN,
    SUMMARY,
    Due,
    Entry,
    Frame,
    Member,
    Purse,
    Spent,
    Transcript,
    Turn,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class _OpenFrame:
    id: int
    mode: str
    settings: dict[str, JsonValue]
    question: str = ""
    entries: list[Entry] = field(default_factory=list)
    taken: int = 0
    musing: int = 0
    failed: tuple[Turn, ...] = ()

    def done(self) -> Frame:
        entries = tuple(self.entries)
        return Frame(self.id, self.mode, self.settings, self.question, entries, self.taken, self.musing, self.failed)


class Folding:
    """A fold under way. Lists here and tuples in a transcript: a log of n events folds in n steps, not n²."""

    def __init__(self, start: Transcript) -> None:
        self.start = start
        self.last = start.last
        self.topic = start.topic
        self.entries = list(start.entries)
        self.members = start.members
        self.frames = [
            _OpenFrame(f.id, f.mode, f.settings, f.question, list(f.entries), f.taken, f.musing, f.failed)
            for f in start.frames
        ]
        self.open = list(start.open)
        self.hidden = start.hidden
        self.due = start.due
        self.wishes = start.wishes
        self.revealed = set(start.revealed)
        self.escalations = start.escalations
        self.notes = start.notes
        self.paused, self.step_due = start.paused, start.step_due
        self.approving, self.unapproved = start.approving, start.unapproved
        self.ending = start.ending
        self.closed = start.closed
        self.spent = start.spent
        self.purse = start.purse
        self.recalled = start.recalled

    def done(self) -> Transcript:
        """The transcript so far."""
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
            self.wishes,
            frozenset(self.revealed),
            self.escalations,
            self.notes,
            self.paused,
            self.step_due,
            self.approving,
            self.unapproved,
            self.ending,
            self.closed,
            self.spent,
            self.purse,
            self.recalled,
        )

    def apply(self, event: Event) -> None:
        """Take in one more event of the path."""
        self.last = event
        self.spent = self.spent.plus(event)
        self.purse = self.purse.after(event, self.spent, self._asked(event))
        match event:
            case TurnStarted():
                turn = Turn(event)
                self.open.append(turn)
                self.step_due = self.step_due and event.kind == SUMMARY
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

    def _asked(self, event: Event) -> str:
        """What the room itself asked, where this answers it."""
        if not isinstance(event, EscalationAnswered):
            return ""
        return next((one.key for one in self.escalations if one.seq == event.escalation and one.by == "room"), "")

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        frame = self.frames[-1]
        if isinstance(entry, Turn) and entry.start.kind == SUMMARY:
            return
        frame.entries.append(entry)
        match entry:
            case Turn():
                frame.musing = 0
                frame.taken += not entry.start.aside
            case Recorded():
                frame.musing += 1
                frame.taken += 1
            case ModeLeft():
                frame.musing = 0
            case Directed(verb="recall"):  # what the room does by itself is no sign of a person
                pass
            case HumanSpoke() | Directed() | SessionReopened() | ParticipantJoined() | ParticipantLeft():
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
                self.frames.append(_OpenFrame(event.seq, event.mode, event.settings, event.question))
                self.wishes = tuple(wish for wish in self.wishes if wish.seq != event.cause)
            case SettingsChanged():
                frame = next((one for one in self.frames if one.id == event.frame), self.frames[-1])
                frame.settings = frame.settings | event.changes
            case ParticipantJoined() | ParticipantLeft() | ParticipantChanged():
                self.members = _seat(self.members, event)
                if isinstance(event, ParticipantLeft):
                    self.due = tuple(due for due in self.due if due.who != event.participant)
            case EscalationRaised():
                self.escalations = (*self.escalations, event)
            case EscalationAnswered():
                self.escalations = tuple(one for one in self.escalations if one.seq != event.escalation)
            case SessionClosed():
                self.closed, self.due, self.wishes, self.ending, self.unapproved = event, (), (), "", None
                self.escalations = ()
            case SessionReopened():
                self.closed, self.paused, self.ending = None, False, ""
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
        shown = turn.spoken and not turn.start.sealed and kind_of(turn.start.kind).look != "hidden"
        if self.approving and shown and event.edited_from is None and turn.speaker != YOU:
            self.unapproved = turn.id
        if event.outcome == "failed":
            self.frames[-1].failed = (*self.frames[-1].failed, turn)
        paid = next((d for d in self.due if d.cause == turn.start.reply_to and d.who == turn.start.speaker), None)
        self.due = tuple(d for d in self.due if d is not paid)
        addressed = event.to or event.mentions
        chain = paid.chain + 1 if paid and paid.why == ASKED else 1
        if event.intent == "ask" and addressed and chain <= LONGEST_CHAIN:
            self.due = _owe(self.due, (Due(addressed[0], event.seq, ASKED, chain),))

    def _direct(self, event: Directed) -> None:
        match event.verb:
            case "memory" | "recall" | "forget":
                self.recalled = (*self.recalled, event)
            case "pause":
                self.paused, self.step_due = True, False
            case "go_on":
                self.paused, self.step_due = False, False
            case "step":
                self.paused, self.step_due = True, True
            case "end":
                self.ending = event.reason or "you ended it"
            case "force":
                brief, model = (str(event.data.get(name) or "") for name in ("brief", "model"))
                self.due = (Due(event.target, event.seq, FORCED, brief=brief, model=model), *self.due)
            case "enter":
                self.wishes = (*self.wishes, event)
            case "approving":
                self.approving = event.data.get("on") is not False
                self.unapproved = self.unapproved if self.approving else None
            case "approve":
                self.unapproved = None
            case _:
                pass

    def _leave(self, event: ModeLeft) -> None:
        if len(self.frames) > 1:
            gone = self.frames.pop()
            raised = {entry.seq for entry in gone.entries if isinstance(entry, EscalationRaised)}
            self.escalations = tuple(one for one in self.escalations if one.seq not in raised)
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
    before = (*member.before, (event.seq, member.persona)) if event.persona else member.before
    return Member(
        event.persona or member.persona,
        member.model if event.model is None else event.model,
        member.muted if event.muted is None else event.muted,
        member.words if event.words is None else event.words,
        before,
    )


def begin(opened: SessionOpened) -> Transcript:
    """The transcript of a log that holds its first event only."""
    members = tuple(Member(persona, opened.models.get(persona.id, "")) for persona in opened.personas)
    frame = Frame(0, opened.mode, opened.settings)
    spent, purse = Spent().plus(opened), Purse(opened.budget)
    return Transcript(
        opened, opened.seq, opened, opened.topic, members=members, frames=(frame,), spent=spent, purse=purse
    )


def grown(transcript: Transcript, event: Event) -> Transcript:
    """The transcript with one more event of its path."""
    folding = Folding(transcript)
    folding.apply(event)
    return folding.done()


def fold(path: Iterable[Event]) -> Transcript:
    """The transcript of a path. Raises ValueError if it does not begin with `session_opened`."""
    events = iter(path)
    first = next(events, None)
    if not isinstance(first, SessionOpened):
        raise ValueError("a session's log begins with session_opened")
    folding = Folding(begin(first))
    for event in events:
        folding.apply(event)
    return folding.done()
