"""A bundle: the log of a session, one event a line. Every line that fits its tree is kept as it stands.

Older events are upcast when they are read, here and later; the line itself stays what it was. What cannot be read is
named by its line and left out; something that says so stands in its place, where it can be seen which that was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

from agentchat.errors import UsageError
from agentchat.events import (
    SCHEMA,
    EscalationAnswered,
    Event,
    HeadMoved,
    ModeEntered,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    Unknown,
    decode,
    encode,
)
from agentchat.importing.taken import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = "a bundle of agentchat"
MADE = "Such a file is made by: agentchat sessions export ID --format jsonl"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST_DAMAGED = 1_000
"""Lines without an event after which a file is no bundle."""
MOST_TOLD = 20
HIGHEST = 2**53
"""No number in a log is higher: what other programs read is exact up to there."""
DAMAGED = "damaged"
"""The type of what stands in for an event that cannot be read, as in a database that rotted."""
_ENDED = re.compile(rb'"type":"turn_ended","turn":(\d{1,12}),')
_NOW = f'{{"v":{SCHEMA},'.encode()


class _Version(BaseModel):
    v: int = Field(SCHEMA, ge=0, le=2**31)


def begins(line: bytes) -> bool:
    """Whether this is the first line of a bundle, whole or damaged."""
    return b'"session_opened"' in line[:4096] and line.startswith(b"{")


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what may follow on it."""

    lines: list[tuple[Event, bytes]] = field(default_factory=list)
    seqs: set[int] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    damaged: list[str] = field(default_factory=list)
    gap: bytes | None = None
    """A damaged line that nothing has been read after."""
    orphans: int = 0
    doubles: int = 0
    last: int = 0

    def take(self, number: int, line: bytes) -> None:
        try:
            event = event_of(line)
        except ValueError as error:
            self._bad(number, _why(error))
            self.gap = line
            return
        if self.gap is not None and event.parent not in self.seqs and self.last < (event.parent or 0) < event.seq:
            self._bridge(self.gap, event.parent or 0)
        if self.lines and (event, line) == self.lines[-1]:
            self.doubles += 1
        elif event.parent not in self.seqs and 0 < (event.parent or 0) < event.seq:
            self.orphans += 1
        elif why := self._misfit(event):
            self._bad(number, why)
        else:
            self._keep(event, line)

    def _misfit(self, event: Event) -> str:
        """Why an event has no place in the tree; empty where it has one."""
        if not self.last < event.seq < HIGHEST:
            return f"its number, {event.seq}, does not come after {self.last}"
        if (event.parent not in self.seqs) if self.lines else (event.parent is not None):
            return "it follows on nothing before it"
        if event.at.tzinfo is None or not 0 <= event.frame < HIGHEST:
            return "its time has no zone" if event.at.tzinfo is None else "its frame is no event"
        match event:
            case SessionOpened() if self.lines:
                return "a second session begins here"
            case TurnStarted() if event.turn != event.seq:
                return "its turn has another number than itself"
            case TurnEnded() if event.turn not in self.started:
                return f"it ends turn {event.turn}, which did not begin"
            case TurnEnded() if event.turn in self.ended:
                return f"it ends turn {event.turn} a second time"
            case TurnEnded() if not (_few(event.tokens_in, event.tokens_out) and isfinite(event.cost or 0)):
                return "its tokens or cost are no amount"
            case Recorded(reveals=seqs) if not _few(*seqs):
                return "it reveals what is no turn"
            case EscalationAnswered(escalation=seq) if not _few(seq):
                return "it answers no question"
            case ModeEntered() if event.frame != event.seq:
                return "its frame has another number than itself"
            case HeadMoved() if event.to not in self.seqs:
                return f"it moves to {event.to}, which is not there"
            case _:
                return ""

    def _bridge(self, line: bytes, seq: int) -> None:
        """Something in the place of a damaged line, so that what follows on it is not lost with it."""
        before = self.lines[-1][0]
        place = {"seq": seq, "parent": before.seq, "at": before.at, "frame": before.frame}
        end = _ENDED.search(line)
        turn = int(end[1]) if end else 0
        event: Event
        if turn in self.started - self.ended:
            # Else the turn would count as under way.
            speaker = next(one.speaker for one, _ in self.lines if isinstance(one, TurnStarted) and one.turn == turn)
            lost = {"turn": turn, "speaker": speaker, "outcome": "failed", "error_kind": DAMAGED}
            event = TurnEnded.model_validate({**place, **lost, "error": "its line of the file was damaged"})
        else:
            event = Unknown.model_validate({**place, "type": DAMAGED, "why": "its line of the file was damaged"})
        self._keep(event, encode(event))

    def _keep(self, event: Event, line: bytes) -> None:
        self.gap = None
        self.lines.append((event, line))
        self.seqs.add(event.seq)
        self.last = event.seq
        if isinstance(event, TurnStarted):
            self.started.add(event.turn)
        elif isinstance(event, TurnEnded):
            self.ended.add(event.turn)

    def _bad(self, number: int, why: str) -> None:
        self.damaged.append(f"line {number}: {why}")


def read(lines: Iterable[tuple[int, bytes]], name: str) -> Taken:
    """The session in these lines. Raises UsageError where its first event is not there, or too much else is not."""
    reading = _Reading()
    for number, line in lines:
        reading.take(number, line)
        if not reading.lines:
            raise UsageError(
                f"{name}, {reading.damaged[0] if reading.damaged else f'line {number}: it is not the beginning'}",
                hint="Without its first event no session can be read.",
            )
        if len(reading.damaged) > MOST_DAMAGED:
            raise UsageError(f"{name} is no session: more than {MOST_DAMAGED} of its lines are no events", hint=MADE)
    opened = reading.lines[0][0]
    if not isinstance(opened, SessionOpened):
        raise UsageError(f"{name}, line 1: the first event is {opened.type}, not session_opened", hint=MADE)
    told = reading.damaged[:MOST_TOLD]
    if more := len(reading.damaged) - len(told):
        told.append(f"and {more} more lines")
    if reading.orphans:
        told.append(f"{reading.orphans} events that follow on what is not there")
    notes = (f"{reading.doubles} lines stood there twice",) if reading.doubles else ()
    whole = tuple(reading.lines)
    if not ID.fullmatch(opened.session):
        return renamed(Taken(FORM, opened, whole, tuple(told), (*notes, "its id could not be kept")))
    return Taken(FORM, opened, whole, tuple(told), notes)


def renamed(taken: Taken) -> Taken:
    """The same session under an id made of all its words: the same file gives the same one again."""
    digest = blake2b(digest_size=6)
    for _, line in taken.lines:
        digest.update(line + b"\n")
    (_, first), *rest = taken.lines
    fields = json.loads(first) | {"session": digest.hexdigest()}
    opened = taken.opened.model_copy(update={"session": digest.hexdigest()})
    line = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return Taken(taken.form, opened, ((opened, line), *rest), taken.damaged, taken.notes)


def same(kept: Sequence[bytes], taken: Taken) -> int | None:
    """How many events a file has more than what is kept, none of them other; None where they are not of one session.

    Below zero, it is what is kept that has more.
    """
    ours, theirs = list(kept), [line for _, line in taken.lines]
    common = min(len(ours), len(theirs))
    return len(theirs) - len(ours) if ours[:common] == theirs[:common] else None


def _few(*numbers: int) -> bool:
    """Whether a database can add these up."""
    return all(0 <= number < 2**40 for number in numbers)


def event_of(line: bytes) -> Event:
    """The event of a line, with the version the line was written in. Raises ValueError."""
    version = SCHEMA if line.startswith(_NOW) else _Version.model_validate_json(line).v
    event = decode(line, version)
    return event if event.v == version else event.model_copy(update={"v": version})


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"it cannot be read: {error}"
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] == "json_invalid":
        return "it is no JSON, or was cut off"
    place = ".".join(str(part) for part in first["loc"][1:])
    return f"it is no event: {place + ': ' if place else ''}{first['msg']}"
