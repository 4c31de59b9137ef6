"""What a room agreed, decided, objected to and left open: rows projected from its facts, each with where it comes from.

Agreements and decisions come from what a mode recorded or what the person noted, never from a phrase in a text; a
persona may note an objection or an open question. Texts are as they were said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from agentchat.events import EscalationAnswered, EscalationRaised, HumanSpoke, ModeEntered, ModeLeft, Noted, Recorded
from agentchat.persona import YOU
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.transcript import Entry, Transcript

Kind = Literal["agreed", "decided", "contested", "objection", "question"]
Status = Literal["open", "settled", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger. An `agreed` or `decided` one is open as long as it stands."""

    kind: Kind
    text: str
    by: tuple[str, ...] = ()
    """Who agreed, decided, objected or asked; of what is contested, those who do not agree."""
    turns: tuple[int, ...] = ()
    """The turns it comes from; of what no turn says, the event's own number."""
    status: Status = "open"
    since: int = 0
    frame: int = 0
    private: bool = False
    """From what was said or asked unseen by the peers: for the person, never for them."""
    to: str = ""
    """Of a question, whom it was put to."""
    key: str = ""
    note: str = ""
    """How: `3 of 4 agree`, `by borda`."""


Rows = tuple[Row, ...]


def rows(transcript: Transcript, until: int | None = None) -> Rows:
    """The ledger, oldest first; `until`, as it was at that event."""
    found: Rows = ()
    for entry in transcript.entries:
        if found or not _plain(entry):  # every prompt walks all turns, and most say nothing of this
            found = added(found, transcript, entry, until)
    return finished(found, transcript, until)


def added(found: Rows, transcript: Transcript, entry: Entry, until: int | None = None) -> Rows:
    """The rows with one more entry of the transcript, which has to be final."""
    if isinstance(entry, Turn):
        return _turn(found, transcript, entry, until)
    if until is not None and entry.seq > until:
        return found
    match entry:
        case Recorded(kind="agreement_recorded"):
            return _agreement(found, transcript, entry)
        case Recorded(kind="decision_reached"):
            return _decision(found, entry)
        case Recorded(kind="no_decision"):
            return _replaced(found, entry.frame)
        case Recorded(kind="draft_accepted"):
            return _accepted(found, transcript, entry)
        case ModeLeft():
            known = any(row.kind in ("agreed", "decided") and row.frame == entry.frame for row in found)
            winner = any(isinstance(entry.data.get(name), str) for name in ("decision", "winner"))
            more = Row("decided", decided_in(entry), turns=(entry.seq,), since=entry.seq, frame=entry.frame)
            return (*_closed(found, entry.frame), *([more] if winner and not known else []))
        case EscalationRaised(level="ask" | "block"):
            row = Row("question", entry.question, (entry.by,), (entry.turn or entry.seq,), since=entry.seq)
            return (*found, replace(row, frame=entry.frame, to=entry.to or YOU, private=True))
        case EscalationAnswered():
            return tuple(_settle(row) if row.since == entry.escalation else row for row in found)
        case HumanSpoke(intent="ask", mentions=(first, *_), to=()):
            return (
                *found,
                Row("question", _question(entry.text, first), (YOU,), (entry.seq,), since=entry.seq, to=first),
            )
        case _:
            return found


def finished(found: Rows, transcript: Transcript, until: int | None = None) -> Rows:
    """With what was noted by hand, in the order it came."""
    notes = [note for note in transcript.notes if until is None or note.seq <= until]
    return tuple(sorted((*found, *noted(notes)), key=lambda row: row.since)) if notes else found


def noted(notes: Iterable[Noted]) -> Rows:
    """The rows that were noted: by the person any, by a persona an objection or a question."""
    found: Rows = ()
    for note in notes:
        match note.kind:
            case "value" | "pinned" | "starred" | "task":
                continue
            case "agreed" | "decided" if note.by != YOU:
                continue
            case kind:
                gone = note.value is None
                found = tuple(
                    replace(row, status="withdrawn" if gone else "settled") if _meant(note, row) else row
                    for row in found
                )
                if gone:
                    continue
                turns = (note.target or note.seq,)
                row = Row(kind, str(note.value), (note.by,), turns, since=note.seq, key=note.key)
                row = replace(row, frame=note.frame, note=note.description)
                again = [one for one in found if _same(one, row)]
                found = tuple(_joined(one, row) if one in again else one for one in found) if again else (*found, row)
    return found


def standing(found: Iterable[Row], *kinds: Kind) -> Rows:
    """The rows of these kinds that still stand."""
    return tuple(row for row in found if row.status == "open" and row.kind in kinds)


def decided_in(left: ModeLeft) -> str:
    """What came out of an inner mode, in a line, of what its result says: an option, or a version of a text."""
    if (version := left.data.get("version")) is not None:
        return f"version {version} of the text"
    for name in ("text", "decision", "winner"):
        if isinstance(said := left.data.get(name), str) and said:
            return _several(left.data) or said
    return ""


def _several(data: Mapping[str, JsonValue]) -> str:
    """The winners, where there is more than one."""
    winners = data.get("winners")
    return ", ".join(map(str, winners)) if isinstance(winners, list) and len(winners) > 1 else ""


def entered(transcript: Transcript, frame: int) -> ModeEntered | None:
    """The beginning of an inner mode."""
    modes = (entry for entry in reversed(transcript.entries) if isinstance(entry, ModeEntered))
    return next((mode for mode in modes if mode.seq == frame), None)


def _same(row: Row, more: Row) -> bool:
    """Whether it says the same as one that stands: who says it again joins in."""
    same = " ".join(row.text.casefold().split()) == " ".join(more.text.casefold().split())
    return same and (row.kind, row.status, row.key) == (more.kind, "open", more.key)


def _joined(row: Row, more: Row) -> Row:
    return replace(row, by=(*dict.fromkeys((*row.by, *more.by)),), turns=(*dict.fromkeys((*row.turns, *more.turns)),))


def _meant(note: Noted, row: Row) -> bool:
    """Whether a note is about that row: it has its key, or takes out what the same turn noted."""
    if row.status != "open":
        return False
    if note.key:
        return note.key == row.key
    return note.value is None and note.kind == row.kind and note.target in row.turns


def _plain(entry: Entry) -> bool:
    """Whether it is a turn that asks nothing and objects to nothing."""
    return isinstance(entry, Turn) and (
        entry.end is None or (entry.end.intent != "ask" and entry.start.kind != "minority")
    )


def _turn(found: Rows, transcript: Transcript, turn: Turn, until: int | None) -> Rows:
    end = turn.end
    if end is None or not turn.spoken or (until is not None and end.seq > until) or transcript.sealed(turn):
        return found
    if any(row.to == turn.speaker and row.status == "open" for row in found):
        read = turn.start.reads_to
        found = tuple(_settle(row) if row.to == turn.speaker and row.since <= read else row for row in found)
    if end.to:
        return found
    if turn.start.kind == "minority":
        row = Row("objection", end.text, (turn.speaker,), (turn.id,), since=end.seq, frame=turn.start.frame)
        return (*found, row)
    if end.intent == "ask" and end.mentions and end.mentions[0] != YOU:
        to = end.mentions[0]
        asked = Row("question", _question(end.text, to), (turn.speaker,), (turn.id,), since=end.seq, to=to)
        return (*found, replace(asked, frame=turn.start.frame))
    return found


def _agreement(found: Rows, transcript: Transcript, entry: Recorded) -> Rows:
    """Where the room stands on a proposal: agreed or contested; what was objected before, still or no longer."""
    data = entry.data
    stances, objections = _pairs(data.get("stances")), _pairs(data.get("objections"))
    text = str(data.get("proposal") or "")
    if not text:
        return found
    reached = data.get("reached") is True
    turns = (_proposal(transcript, entry, text),)
    kept = []
    for row in found:
        if row.frame == entry.frame and row.status == "open":
            if row.kind in ("agreed", "contested") and row.text == text:
                continue
            if row.kind == "contested" and reached:
                row = _settle(row)
            elif row.private and row.by[0] in stances:
                if objections.get(row.by[0]) == row.text:
                    objections = {who: said for who, said in objections.items() if who != row.by[0]}
                else:
                    row = replace(row, status="settled" if stances[row.by[0]] == "agree" else "withdrawn")
        kept.append(row)
    tally = f"{data.get('agree')} of {data.get('of')} agree"
    side = tuple(who for who, stance in stances.items() if (stance == "agree") is reached)
    put = Row("agreed" if reached else "contested", text, side, turns, since=entry.seq, frame=entry.frame, note=tally)
    against = (
        Row("objection", said, (who,), turns, "open", entry.seq, entry.frame, True) for who, said in objections.items()
    )
    return (*kept, put, *against)


def _decision(found: Rows, entry: Recorded) -> Rows:
    data = entry.data
    text = _several(data) or str(data.get("text") or data.get("winner") or "")
    by = str(data.get("by") or "rule")
    how = "by you" if by == YOU else f"by {data.get('rule') or 'vote'}" + (f", {by}" if by != "rule" else "")
    how += f", asked: {data['question']}" if entry.frame and data.get("question") else ""
    row = Row("decided", text, (YOU,) if by == YOU else (), (entry.seq,), since=entry.seq, frame=entry.frame, note=how)
    return (*_replaced(found, entry.frame), row) if text else found


def _accepted(found: Rows, transcript: Transcript, entry: Recorded) -> Rows:
    version, turn = entry.data.get("version"), entry.data.get("turn")
    question = (mode.question if (mode := entered(transcript, entry.frame)) else "") or transcript.topic
    text = f"version {version} of the text is accepted" if version is not None else "the text is accepted"
    at = turn if isinstance(turn, int) else entry.seq
    row = Row("decided", text, turns=(at,), since=entry.seq, frame=entry.frame, note=question)
    return (*_replaced(found, entry.frame), row)


def _replaced(found: Rows, frame: int) -> Rows:
    """A mode that decides anew takes its earlier decision back."""
    return tuple(
        replace(row, status="withdrawn") if (row.kind, row.frame, row.status) == ("decided", frame, "open") else row
        for row in found
    )


def _closed(found: Rows, frame: int) -> Rows:
    """What a mode that was left still asked for is asked no more."""
    return tuple(
        replace(row, status="withdrawn")
        if row.frame == frame and row.kind == "question" and row.to == YOU and row.status == "open"
        else row
        for row in found
    )


def _settle(row: Row) -> Row:
    return replace(row, status="settled") if row.status == "open" else row


def _proposal(transcript: Transcript, entry: Recorded, text: str) -> int:
    """The turn that put it."""
    turn = entry.data.get("turn")
    if isinstance(turn, int):
        return turn
    put = (one for one in reversed(transcript.entries) if isinstance(one, Turn) and one.start.kind == "proposal")
    return next((one.id for one in put if one.id < entry.seq and one.text == text), entry.seq)


def _question(text: str, who: str) -> str:
    """The sentence that asks `who`, as it was said; the first question where none names them."""
    asked = [
        " ".join(one.split()) for one in re.split(r"(?<=[.!?…])\s+|\n", text) if one.rstrip("\"'”’)*_ ").endswith("?")
    ]
    named = (one for one in asked if re.search(rf"@{re.escape(who)}\b", one, re.IGNORECASE))
    return next(named, asked[0] if asked else " ".join(text.split()))


def _pairs(data: JsonValue) -> Mapping[str, str]:
    return {who: str(word) for who, word in data.items()} if isinstance(data, dict) else {}


def numbers(turns: Sequence[int]) -> str:
    """Turns as they are called in the room: `#7 #12`."""
    return " ".join(f"#{turn}" for turn in turns)
