"""Moving the head: what undo, redo, regenerate, choose and edit commit, each as one transaction. Pure.

Open turns end first. What a person arranged (who is here, settings, pins) stays as it was a moment ago; money stays
spent; everything else is what the new path adds up to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentchat.branches import Forks
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    Event,
    HeadMoved,
    HumanSpoke,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.folding import fold
from agentchat.kinds import kind_of
from agentchat.memory import is_on
from agentchat.persona import CHECK, YOU
from agentchat.prompting import read_human, read_reply
from agentchat.prompting.noting import noted
from agentchat.prompting.raising import raised
from agentchat.transcript import FORGET, MEMORY, SUMMARY, Member, Turn

if TYPE_CHECKING:
    from agentchat.log import Log
    from agentchat.transcript import Transcript

UNDO, REDO = "undo", "redo"


def undo(log: Log, ends: Sequence[TurnEnded]) -> list[Event]:
    """Back to before the last turn, batch, or words of the person. `ends` are those of the turns under way."""
    move = _Move(log, ends)
    for last in reversed(log.transcript.entries):
        if isinstance(last, Turn) and last.start.kind != SUMMARY:
            return move.rewind(last.id, UNDO, paused=True).events
        if isinstance(last, HumanSpoke):
            return move.without(last, UNDO, paused=True).events
    raise UsageError("there is nothing to undo", hint="Nobody has said anything yet.")


def redo(log: Log, ends: Sequence[TurnEnded]) -> list[Event]:
    """Back to where the head was before the last undo, unless something new was said since."""
    undone: list[int] = []
    for event in log.events:
        if isinstance(event, HeadMoved) and event.reason == UNDO:
            undone.append(event.parent or event.to)
        elif isinstance(event, HeadMoved) and event.reason == REDO:
            undone.pop()
        elif isinstance(event, HeadMoved | TurnStarted | HumanSpoke):
            undone.clear()
    if not undone:
        raise UsageError("there is nothing to redo", hint="What was said before is among the alternatives.")
    return _Move(log, ends).go(undone[-1], REDO, paused=True).events


def choose(log: Log, ends: Sequence[TurnEnded], seq: int) -> list[Event]:
    """To where the head stood last beneath a turn or words; nothing where these are on its path already."""
    try:
        tip = Forks(log).tip(log.at(seq).seq)
    except KeyError:
        raise UsageError(f"there is no #{seq} in this session") from None
    if any(event.seq == seq for event in log.path()):
        return []
    return _Move(log, ends).go(tip, "chosen", paused=True).events


def regenerate(
    log: Log, ends: Sequence[TurnEnded], turn: int | None, guidance: str, model: str, also: Sequence[Event] = ()
) -> list[Event]:
    """The same turn anew. Of turns asked together, the others are copied. Guidance is read by that persona alone."""
    one = _turn(log.transcript, turn)
    who = one.start.speaker
    if who not in (YOU, CHECK) and log.transcript.member(who) is None:
        raise UsageError(f"{log.transcript.name(who)} is not in the room", hint="Invite them to have it said anew.")
    move = _Move(log, ends).rewind(one.id, "regenerated", paused=log.transcript.paused)
    move.add(*also)
    again: dict[str, object] = {"model": model or one.start.model}
    if guidance.strip() and who not in (YOU, CHECK):
        again["reads_to"] = move.add(HumanSpoke(text=guidance, to=(who,), frame=one.start.frame))
    return move.replay(one.id, {one.id: one.start.model_copy(update=again)}).events


def edit(log: Log, ends: Sequence[TurnEnded], seq: int, text: str) -> list[Event]:
    """Other words in the place of a turn's, or of the person's own."""
    if not text.strip():
        raise UsageError("an edit needs words", hint="Undo takes the turn away.")
    transcript = log.transcript
    words = next((one for one in transcript.entries if isinstance(one, HumanSpoke) and one.seq == seq), None)
    if words is not None:
        read = read_human(transcript, text)
        new = {"text": text, "to": read.to, "intent": read.intent, "mentions": read.mentions}
        return _Move(log, ends).without(words, "edited", transcript.paused, words.model_copy(update=new)).events
    one = _turn(transcript, seq)
    if one.end is None:
        raise UsageError("that turn is not over", hint="Cut it off first.")
    if kind_of(one.start.kind).payload is not None:
        raise UsageError(f"a {one.start.kind} is no text to edit", hint="Have it made anew instead.")
    reading = read_reply(transcript, one.start, text)
    edited = TurnEnded(
        turn=one.id,
        speaker=one.end.speaker,
        kind=one.end.kind,
        outcome="said",
        text=text,
        to=one.end.to,
        intent=reading.intent,
        mentions=reading.mentions,
        reply_to=one.end.reply_to,
        edited_from=one.id,
        frame=one.start.frame,
        by=YOU,
    )
    return _Move(log, ends).rewind(one.id, "edited", paused=transcript.paused).replay(one.id, {one.id: edited}).events


def _turn(transcript: Transcript, seq: int | None) -> Turn:
    """The turn of that id, or the last one a persona took for all to see."""
    if seq is not None:
        if found := transcript.turn(seq):
            return found
        raise UsageError(f"#{seq} is no turn of this path", hint="Choose its alternative first.")
    for entry in reversed(transcript.entries):
        if isinstance(entry, Turn) and entry.speaker != YOU and kind_of(entry.start.kind).look != "hidden":
            return entry
    raise UsageError("nobody has spoken yet")


class _Move:
    """What one move commits, in the making."""

    def __init__(self, log: Log, ends: Sequence[TurnEnded]) -> None:
        self.log = log
        self.was = log.transcript
        """Where the head goes to."""
        self.forks = Forks(log)
        self.events: list[Event] = list(ends)

    def add(self, *events: Event) -> int:
        """Append; the `seq` the last of them will have."""
        self.events.extend(events)
        return self.log.next_seq + len(self.events) - 1

    def go(self, to: int, reason: str, *, paused: bool) -> _Move:
        """To an event, with all that a person had arranged."""
        path = self.log.path(to)
        self.was = was = fold(path)
        self.add(HeadMoved(to=to, reason=reason))
        self.add(*_arranged(self.log.transcript, was, {event.seq for event in path}))
        if was.paused != paused and not was.closed:
            self.add(Directed(verb="pause" if paused else "go_on", frame=was.frame.id))
        return self

    def rewind(self, turn: int, reason: str, *, paused: bool) -> _Move:
        """To before a turn, and all that were asked together with it."""
        return self.go(self.forks.place(turn), reason, paused=paused)

    def without(self, words: HumanSpoke, reason: str, paused: bool, instead: HumanSpoke | None = None) -> _Move:
        """To before words of the person, or to other words in their place.

        Those typed while turns were under way take these along: the head stands in the middle of no turn.
        """
        around = fold(self.log.path(words.parent)).open
        if not around:
            self.go(self.forks.place(words.seq), reason, paused=paused)
            self.add(*([instead] if instead else []))
            return self
        self.rewind(around[0].id, reason, paused=paused)
        running = {turn.id for turn in self.log.transcript.open if turn.start.speaker != YOU}
        under_way = instead is None and any(turn.id in running for turn in around)
        return self if under_way else self.replay(around[0].id, {words.seq: instead})

    def replay(self, turn: int, changed: dict[int, TurnStarted | TurnEnded | HumanSpoke | None]) -> _Move:
        """Once more the turns asked together with one, and what was said meanwhile, but for what is changed.

        A changed start is asked anew; other turns keep their ends, and those without one are asked anew as well.
        """
        batch = set(self.forks.batch(turn))
        left = batch - {turn.id for turn in self.log.transcript.hidden}
        starts: dict[int, TurnStarted] = {}
        for event in self.log.path()[self._index(min(batch)) :]:
            match event:
                case TurnStarted() if event.turn in left:
                    new = changed.get(event.turn)
                    again = new if isinstance(new, TurnStarted) else event
                    starts[event.turn] = again.model_copy(update={"turn": self.add(again)})
                case TurnEnded() if event.turn in starts:
                    self._end(event, starts[event.turn], changed.get(event.turn))
                    left.discard(event.turn)
                case HumanSpoke():
                    words = changed.get(event.seq, event)
                    self.add(*([words] if words else []))
                case _:
                    pass
            if not left:
                break
        return self

    def _end(self, end: TurnEnded, start: TurnStarted, new: Event | None) -> None:
        """Once more the end of a turn, or the new one, and what it asks and notes; none where it is asked anew."""
        if isinstance(new, TurnStarted):
            return
        again = new if isinstance(new, TurnEnded) else end.model_copy(update={"copied_from": end.turn})
        again = again.model_copy(update={"turn": start.turn})
        self.add(again, *(() if start.sealed else raised(self.was, again)), *noted(start, again))

    def _index(self, seq: int) -> int:
        return next(index for index, event in enumerate(self.log.path()) if event.seq == seq)


def _arranged(now: Transcript, was: Transcript, path: set[int]) -> list[Event]:
    """What makes the members, settings and pins of an older place those of now."""
    frame = was.frame.id
    changes: list[Event] = []
    for member in now.members:
        changes += _seated(member, was.member(member.id), frame)
    for gone in was.members:
        if now.member(gone.id) is None:
            changes.append(ParticipantLeft(participant=gone.id, frame=frame))
    settings = {one.id: one.settings for one in now.frames}
    for one in was.frames:
        if settings.get(one.id, one.settings) != one.settings:
            changes.append(SettingsChanged(changes=settings[one.id], frame=one.id))
    known = {(note.kind, note.target) for note in was.notes}
    for note in now.notes:
        if note.kind in ("pinned", "starred") and note.target in path and (note.kind, note.target) not in known:
            changes.append(Noted(kind=note.kind, target=note.target, by=note.by, frame=frame))
    if now.approving != was.approving:
        changes.append(Directed(verb="approving", data={"on": now.approving}, frame=frame))
    if is_on(now) != is_on(was):
        changes.append(Directed(verb=MEMORY, data={"on": is_on(now)}, frame=frame))
    changes += [
        Directed(verb=FORGET, data=one.data, by=one.by, frame=frame)
        for one in now.recalled
        if one.verb == FORGET and one.seq not in path
    ]
    return changes


def _seated(member: Member, old: Member | None, frame: int) -> list[Event]:
    events: list[Event] = []
    if old is None:
        events.append(ParticipantJoined(persona=member.persona, model=member.model, frame=frame))
        old = Member(member.persona, member.model)
    if old != member:
        names = ("persona", "model", "muted", "words")
        changed = {name: getattr(member, name) for name in names if getattr(member, name) != getattr(old, name)}
        events.append(ParticipantChanged(participant=member.id, frame=frame, **changed))
    return events
