"""From a session's transcript to what each persona in it held: one fact a position, a decision, an open question.

Of sealed turns only what was revealed; of a fork only what came after it was forked, for the rest is its source's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from agentchat.conformity import top
from agentchat.events import Directed, HumanSpoke, Recorded, SessionReopened, TurnEnded
from agentchat.kinds.ballot import ABSTAIN, BALLOTS
from agentchat.ledger import entered, rows, standing
from agentchat.persona import CHECK, YOU
from agentchat.transcript import OUTCOME, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from agentchat.events import Event
    from agentchat.ledger import Row
    from agentchat.transcript import Transcript

FORM = 2
"""Which version of this projection it is: what an older one made is made anew."""

LONGEST = 200
"""Characters of what was said, decided or left open."""

REASON = 100
"""Characters of why: it goes behind that."""

What = Literal["said", "decided", "left"]

_STANCES = {"agree": "agreed to", "partly": "agreed in part to", "disagree": "did not agree to"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something one persona held, or a decision of a room it was in."""

    id: str
    who: str
    what: What
    seq: int
    """The turn it comes from; of what no turn says, the event's own number."""
    at: datetime
    question: str
    """What was talked about."""
    text: str
    """As it goes on after “you”, “the room decided” or “you left open”."""
    turned_out: str = ""
    """What became of it, as the person noted later."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a transcript: a frame, and the question at hand."""

    frame: int
    question: str


def facts(transcript: Transcript) -> tuple[Fact, ...]:
    """What everybody in the room held, oldest first."""
    whole = _Session(transcript)
    copied = transcript.opened.forked_from
    own = (one for one in whole.facts() if copied is None or one.seq > copied.seq)
    return _turned_out(transcript, sorted(own, key=lambda one: one.seq))


def happened(events: Sequence[Event], after: int) -> bool:
    """Whether anybody spoke after an event: then a session that came from elsewhere is one's own."""
    return any(
        isinstance(event, HumanSpoke) or (isinstance(event, TurnEnded) and event.outcome in ("said", "structured"))
        for event in events
        if event.seq > after
    )


class _Session:
    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        turns = [entry for entry in transcript.entries if isinstance(entry, Turn)]
        self.turns = [turn for turn in turns if turn.end and turn.spoken and not transcript.sealed(turn)]
        here = dict.fromkeys((*(turn.speaker for turn in self.turns), *(one.id for one in transcript.members)))
        self.people = tuple(who for who in here if who not in (YOU, CHECK))
        self.times = {turn.id: turn.start.at for turn in turns} | {
            entry.seq: entry.at for entry in transcript.entries if not isinstance(entry, Turn)
        }
        self.times |= {note.seq: note.at for note in transcript.notes}

    def facts(self) -> Iterator[Fact]:
        yield from self._stances()
        yield from self._ballots()
        for row in standing(rows(self.transcript), "agreed", "decided", "objection", "question"):
            yield from self._row(row)

    def _stances(self) -> Iterator[Fact]:
        """Where each stood when last asked, on each question."""
        last: dict[_Place, Recorded] = {}
        for entry in self.transcript.entries:
            if isinstance(entry, Recorded) and entry.kind == "agreement_recorded" and entry.data.get("proposal"):
                last[self._place(entry.frame, entry.seq)] = entry
        for place, entry in last.items():
            objections = _words(entry.data.get("objections"))
            for who, stance in _words(entry.data.get("stances")).items():
                asked = (turn for turn in reversed(self.turns) if turn.speaker == who and turn.start.kind == "position")
                turn = next((one for one in asked if one.id < entry.seq), None)
                why = objections.get(who) or str((turn.data if turn else {}).get("why") or "")
                text = f"{_STANCES.get(stance, stance)} “{_short(str(entry.data['proposal']))}”{_because(why)}"
                yield self._fact(who, "said", turn.id if turn else entry.seq, place, text, entry)

    def _ballots(self) -> Iterator[Fact]:
        """What each voted for last, on each question, and why."""
        last: dict[tuple[_Place, str], Turn] = {}
        for turn in self.turns:
            if turn.start.kind in BALLOTS:
                last[self._place(turn.start.frame, turn.id), turn.speaker] = turn
        for (place, who), turn in last.items():
            if voted := _voted(turn.data):
                why = _because(str(turn.data.get("why") or ""))
                yield self._fact(who, "said", turn.id, place, f"voted for {self._called(voted, place.frame)}{why}")

    def _row(self, row: Row) -> Iterator[Fact]:
        """A line of the ledger: the room's is everybody's, an objection or a question that of whoever has it."""
        place, seq = self._place(row.frame, row.since), row.turns[0] if row.turns else row.since
        match row.kind:
            case "agreed" | "decided":
                for who in self.people:
                    yield self._fact(who, "decided", seq, place, _short(row.text))
            case "objection" if not row.private:  # one that is stands with the stance it was given for
                for who in self._personas(row):
                    yield self._fact(who, "said", seq, place, f"objected: {_short(row.text)}")
            case "question":
                for who in self._personas(row):
                    yield self._fact(who, "left", seq, place, _short(row.text))
            case _:
                pass

    def _personas(self, row: Row) -> Iterator[str]:
        return (who for who in row.by if who in self.people)

    def _fact(self, who: str, what: What, seq: int, place: _Place, text: str, entry: Recorded | None = None) -> Fact:
        at = self.times.get(seq) or (entry.at if entry else self.transcript.opened.at)
        known = blake2b(f"{self.transcript.opened.session} {who} {what} {seq} {place.frame}".encode(), digest_size=4)
        return Fact(known.hexdigest(), who, what, seq, at, place.question, text)

    def _place(self, frame: int, seq: int) -> _Place:
        """The frame, and what it was about then."""
        if frame and (mode := entered(self.transcript, frame)) and mode.question:
            return _Place(frame, _short(mode.question))
        asked = [self.transcript.opened.topic]
        asked += [
            one.question
            for one in self.transcript.entries
            if isinstance(one, SessionReopened) and one.question and one.seq < seq
        ]
        return _Place(frame, _short(asked[-1]))

    def _called(self, options: str, frame: int) -> str:
        """Options by their texts."""
        sets = (one for one in reversed(self.transcript.entries) if isinstance(one, Recorded) and one.frame == frame)
        slate = next((one.data.get("options") for one in sets if one.kind == "options_set"), None)
        known = {str(one.get("id")): str(one.get("text")) for one in _dicts(slate)}
        return _short(", ".join(known.get(one, one) for one in options.split(", ")))


def _turned_out(transcript: Transcript, found: Sequence[Fact]) -> tuple[Fact, ...]:
    """With what the person noted later: of the last decision before it, else of what each said last."""
    for note in transcript.entries:
        if isinstance(note, Directed) and note.verb == OUTCOME:
            before = [one for one in found if one.seq < note.seq]
            decided = max((one.seq for one in before if one.what == "decided"), default=None)
            last = {one.who: one.id for one in before if one.what == "said"}
            told = _short(str(note.data.get("text") or ""))
            found = [
                replace(one, turned_out=told)
                if (one.what == "decided" and one.seq == decided) or (decided is None and last.get(one.who) == one.id)
                else one
                for one in found
            ]
    return tuple(found)


def _voted(ballot: Mapping[str, JsonValue]) -> str:
    """What a ballot puts first, as it was filled in."""
    vote = ballot.get("vote")
    return "" if vote == ABSTAIN or ballot.get("abstain") is True else vote if isinstance(vote, str) else top(ballot)


def _because(why: str) -> str:
    return f": {_short(why, REASON)}" if why.strip() else ""


def _short(text: str, longest: int = LONGEST) -> str:
    """In one line, and without its full stop: it goes on behind it. What is too long ends with a whole word."""
    line = " ".join(text.split()).rstrip(" .,;:")
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    whole = cut.rpartition(" ")[0]
    return (whole if len(whole) > longest // 2 else cut).rstrip(" .,;:") + "…"


def _words(data: JsonValue) -> dict[str, str]:
    return {who: str(word) for who, word in data.items()} if isinstance(data, dict) else {}


def _dicts(data: JsonValue) -> list[dict[str, JsonValue]]:
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
