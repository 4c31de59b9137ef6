"""What was said, as one participant may read it and as far as it fits; what is older, as a summary or not at all.

Every prompt walks the transcript back from its end, and as a rule no further than it fits: blocks are made once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import kind_of
from agentchat.ledger import decided_in
from agentchat.persona import YOU
from agentchat.prompting.prompt import PER_MESSAGE, cut, tokens
from agentchat.prompting.quoting import called, guarded, neutral, quote
from agentchat.transcript import Member, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentchat.transcript import Entry, Transcript

SUMMARY = "summary"
"""The kind of a turn that stands for older ones: its `data["covers"]` says for which."""

_ANSWERS = dict.fromkeys(("deadline", "policy"), "Nobody answered. What counts instead: ")

ROOM = "room"
"""Who says what an inner mode came to. No persona may be called that."""

REMEMBERED = 100
"""How many entries back before a summary a private word is still looked for: no prompt reads a whole long log."""

Said = Turn | HumanSpoke


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of what was said, ready to stand in a message."""

    text: str
    tokens: int
    own: bool = False
    """Said by the reader itself."""


@dataclass(frozen=True, slots=True)
class Past:
    """What one participant reads of what was said, in order."""

    summary: Block | None
    apart: tuple[Block, ...]
    """Older turns that a person pinned, or that were said to this reader only: no summary holds those."""
    left_out: int
    """How many turns neither fit nor stand in the summary."""
    recent: tuple[Block, ...]


class Reader:
    """Who reads, and up to which event."""

    def __init__(self, transcript: Transcript, who: str, reads_to: int) -> None:
        self.transcript = transcript
        self.who = who
        self.reads_to = reads_to
        self.names = guarded(transcript)

    def may_read(self, said: Said) -> bool:
        """Whether it was said, in time, to this reader: Transcript.readable for one entry.

        Kinds that are never shown (positions, nominations, summaries) are read by nobody.
        """
        if isinstance(said, HumanSpoke):
            return said.seq <= self.reads_to and (not said.to or self.who in said.to)
        end = said.end
        if end is None or end.seq > self.reads_to or not said.spoken or kind_of(said.start.kind).look == "hidden":
            return False
        if end.speaker == self.who:
            return True
        return (not end.to or self.who in end.to) and (not said.start.sealed or said.id in self.transcript.revealed)

    def back(self, covered: int) -> Iterator[tuple[int, Said]]:
        """What may be read and is in no summary up to `covered`, newest first, with its index among the entries."""
        entries = self.transcript.entries
        for index in range(len(entries) - 1, -1, -1):
            if said := said_in(self.transcript, entries[index]):
                if place(said) <= covered:
                    return
                if self.may_read(said):
                    yield index, said

    def block(self, said: Said, most: int) -> Block:
        """What was said, as this reader gets it, in about `most` tokens."""
        if said_by(said) == self.who:
            return _own(said.text, most)
        return self.quoted(said, most)

    def quoted(self, said: Said, most: int, note: str = "") -> Block:
        """What was said, under the line that alone says who spoke."""
        who = said_by(said)
        heading = f"[#{place(said)} {called(self.transcript, who)} @{who}"
        if to := _to(said):
            others = [called(self.transcript, one) for one in to if one not in (self.who, YOU)]
            heading += f", to you and {', '.join(others)} alone" if others else ", to you alone"
        if isinstance(said, Turn):
            kind = said.start.kind
            heading += f", {kind_of(kind).label or kind}" if kind != "say" else ""
            heading += ", cut off" if said.end and said.end.outcome in ("truncated", "interrupted") else ""
        return _quoted(f"{heading}{note}]", said.text, self.names, most)


def seat(transcript: Transcript, who: str) -> Member:
    """The member of that id, also one who left. Raises ValueError where nobody of that id ever came."""
    if member := transcript.member(who):
        return member
    for persona in transcript.opened.personas:
        if persona.id == who:
            return Member(persona)
    raise ValueError(f"{who} was never in the room")


def said_in(transcript: Transcript, entry: Entry) -> Said | None:
    """What an entry says, if anything. The answer to a question is the person's word, with what they were asked."""
    match entry:
        case Turn() | HumanSpoke():
            return entry
        case EscalationAnswered():
            raised = transcript.entries[bisect_right(transcript.entries, entry.escalation, key=_at) - 1]
            asked = f"Asked: {raised.question}\n" if isinstance(raised, EscalationRaised) else ""
            return HumanSpoke(seq=entry.seq, text=f"{asked}{_ANSWERS.get(entry.by, 'Answer: ')}{entry.answer}")
        case ModeLeft():
            return _outcome(transcript, entry)
        case _:
            return None


def _outcome(transcript: Transcript, left: ModeLeft) -> Turn:
    """What an inner mode came to, in the room's own voice: its ballots and versions stay its own."""
    mode = transcript.entries[bisect_right(transcript.entries, left.frame, key=_at) - 1]
    name, question = (mode.mode, mode.question) if isinstance(mode, ModeEntered) else ("", "")
    lines = [f"Asked: {question}" if question else "", f"Outcome: {left.outcome.replace('_', ' ')}"]
    came = decided_in(left)
    text = "\n".join(filter(None, (*lines, came if came not in left.reason else "", left.reason)))
    kind = f"outcome of a {name or 'mode'}"
    end = TurnEnded(seq=left.seq, turn=left.seq, speaker=ROOM, kind=kind, outcome="said", text=text)
    return Turn(TurnStarted(seq=left.seq, turn=left.seq, speaker=ROOM, kind=kind), end)


def said_by(said: Said) -> str:
    """Who said it."""
    return YOU if isinstance(said, HumanSpoke) else said.speaker


def place(said: Said) -> int:
    """Where it stands, and the number it is known by in the room."""
    return said.start.turn if isinstance(said, Turn) else said.seq


def _to(said: Said) -> tuple[str, ...]:
    return said.to if isinstance(said, HumanSpoke) else said.end.to if said.end else ()


@lru_cache(maxsize=8192)
def _own(text: str, most: int) -> Block:
    text = cut(neutral(text[: most * 4]), most)
    return Block(text, tokens(text) + 1, own=True)


@lru_cache(maxsize=8192)
def _quoted(heading: str, text: str, names: frozenset[str], most: int) -> Block:
    block = f"{heading}\n{cut(quote(text[: most * 4], names), most)}"
    return Block(block, tokens(block) + 1)


def newest_summary(reader: Reader, most: int) -> tuple[Block | None, int, int]:
    """The newest summary of nothing the reader may not know yet, and from where to where it covers."""
    for entry in reversed(reader.transcript.entries):
        if isinstance(entry, Turn) and entry.start.kind == SUMMARY and entry.spoken:
            match entry.data.get("covers"):
                case [int(first), int(last)] if last <= reader.reads_to:
                    heading = f"[summary of #{first} to #{last}]"
                    return _quoted(heading, entry.text, reader.names, most), first, last
                case _:
                    pass
    return None, 0, 0


def fit(reader: Reader, room: int, turns: int) -> Past:
    """As much of the past as `room` tokens hold; at most `turns` turns of it word for word."""
    summary, _, covered = newest_summary(reader, room // 4)
    apart = _apart(reader, covered, room // 4)
    left = room - (summary.tokens if summary else 0) - sum(block.tokens for block in apart.values())
    recent: list[Block] = []
    left_out = 0
    for index, said in reader.back(covered):
        block = reader.block(said, room // 2)
        # Its own turns stand in messages of their own, each followed by another.
        left -= block.tokens + 2 * PER_MESSAGE * block.own
        if left < 0 or len(recent) == turns:
            left_out = _readable(reader, reader.transcript.entries[: index + 1], covered) - len(apart)
            break
        recent.append(block)
        apart.pop(place(said), None)
    return Past(summary, tuple(apart.values()), left_out, tuple(reversed(recent)))


def _readable(reader: Reader, entries: Sequence[Entry], covered: int) -> int:
    """How many of the entries the reader may read and no summary covers. The one place that looks at every entry."""
    said = (one for entry in entries if (one := said_in(reader.transcript, entry)))
    return sum(1 for one in said if place(one) > covered and reader.may_read(one))


def to_summarise(reader: Reader, room: int, turns: int) -> tuple[int, int] | None:
    """From where to where the past should become a summary before the reader reads on; None while it fits.

    Half the room stays free for what is word for word, so that a summary is made once in a while and not every turn.
    It ends where no turn was under way and nothing older is still sealed: all up to there is in it, or never will be.
    """
    if not fit(reader, room, turns).left_out:
        return None
    summary, first, covered = newest_summary(reader, room // 4)
    keep, left, oldest_kept = turns // 2, room // 2, 0
    for _, said in reader.back(covered):
        left -= reader.block(said, room // 2).tokens
        keep -= 1
        if left < 0 or keep < 0:
            break
        oldest_kept = place(said)
    left = room * 3 // 4 - (summary.tokens if summary else 0)
    last = landed = 0
    anything = False
    for entry in reader.transcript.entries:
        if not (one := said_in(reader.transcript, entry)) or (here := place(one)) <= covered:
            continue
        last = landed if anything and here > landed else last
        public = _public(reader, one)
        if here >= oldest_kept or public is None:
            break
        left -= reader.block(one, room // 2).tokens if public else 0
        if left < 0 and last:
            break
        landed = max(landed, entry.end.seq if isinstance(entry, Turn) and entry.end else here)
        anything = anything or public
        first = first or here
    return (first, last) if last else None


def _public(reader: Reader, said: Said) -> bool | None:
    """Whether everybody may read it, and so a summary may hold it; None while that is not settled."""
    if isinstance(said, HumanSpoke):
        return not said.to
    if said.end is None:
        return None
    if not said.spoken or said.end.to or kind_of(said.start.kind).look == "hidden":
        return False
    return None if reader.transcript.sealed(said) else True


def unanswered(reader: Reader, most: int = 3) -> tuple[HumanSpoke, ...]:
    """What the person said that the reader could not read when it last spoke, oldest first; the newest `most`."""
    found: list[HumanSpoke] = []
    read_before = 0
    for _, said in reader.back(0):
        if place(said) <= read_before or len(found) == most:
            break
        if isinstance(said, HumanSpoke):
            found.append(said)
        elif said.speaker == reader.who and not read_before:
            read_before = said.start.reads_to
    return tuple(reversed(found))


def asked_in(reader: Reader, seq: int) -> Turn | None:
    """The turn that ended at `seq`, if the reader may read it."""
    turns = (said for _, said in reader.back(0) if isinstance(said, Turn))
    return next((turn for turn in turns if turn.end and turn.end.seq == seq), None)


def _apart(reader: Reader, covered: int, room: int) -> dict[int, Block]:
    """What stays word for word though it is old, by its place and in order: the newest that fits."""
    pins = {note.target for note in reader.transcript.notes if note.kind == "pinned" and note.target}
    entries = reader.transcript.entries
    until = bisect_right(entries, covered, key=_at)
    private = [e for e in entries[max(0, until - REMEMBERED) : until] if isinstance(e, Turn | HumanSpoke) and _to(e)]
    pinned = [entry for pin in pins if (entry := _pinned(entries, pin))]
    blocks: dict[int, Block] = {}
    for said in sorted((*private, *pinned), key=place, reverse=True):
        if place(said) in blocks or not reader.may_read(said):
            continue
        block = reader.quoted(said, room, ", pinned" if said in pinned else "")
        if (room := room - block.tokens) < 0:
            break
        blocks[place(said)] = block
    return dict(reversed(blocks.items()))


def _pinned(entries: Sequence[Entry], pin: int) -> Said | None:
    """What was said at that place, or ended there."""
    for entry in reversed(entries[: bisect_right(entries, pin, key=_at)]):
        if isinstance(entry, HumanSpoke):
            if entry.seq == pin:
                return entry
        elif isinstance(entry, Turn):
            return entry if pin in (entry.id, entry.end.seq if entry.end else 0) else None
    return None


def _at(entry: Entry) -> int:
    return entry.start.turn if isinstance(entry, Turn) else entry.seq
