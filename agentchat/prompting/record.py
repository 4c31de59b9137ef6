"""What stands in the room whatever was said since: agreed, decided, open, and the board, word for word.

Nothing a peer said unseen is in it, and nothing that came after the reader was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.board import board, nearest, search
from agentchat.ledger import numbers, rows, standing
from agentchat.prompting.history import Reader
from agentchat.prompting.noting import queries
from agentchat.prompting.prompt import cut, tokens
from agentchat.prompting.quoting import called, neutral, plain
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentchat.board import Value
    from agentchat.ledger import Kind, Row
    from agentchat.transcript import Transcript

SECTIONS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("Already agreed or decided; reopen only with new evidence:", ("agreed", "decided")),
    ("Open:", ("question",)),
    ("Objections that still stand:", ("objection",)),
)

_BARE = str.maketrans("“”", '""')


def on_record(transcript: Transcript, reader: Reader, room: int) -> str:
    """What the reader is given of ledger and board, in at most `room` tokens; empty where nothing stands."""
    ledger = ledger_lines(transcript, reader.reads_to, room // 2)
    values = board(transcript.notes, reader.reads_to)
    shown = _board_lines(transcript, reader, values, room - tokens(ledger) - 20) if values else ""
    parts = (f"[on record]\n{ledger}" if ledger else "", f"[the board]\n{shown}" if shown else "")
    return cut("\n\n".join(filter(None, parts)), room)


def ledger_lines(transcript: Transcript, until: int, room: int) -> str:
    """The rows that stand for everybody to know, in sections; where room is short, the newest."""
    ledger = [row for row in rows(transcript, until) if not row.private]
    lines: list[str] = []
    for title, kinds in SECTIONS:
        told = [_told(transcript, row) for row in standing(ledger, *kinds)]
        room -= tokens(title)
        if kept := [*_fitting(reversed(told), room)]:
            lines += [title, *reversed(kept)]
            room -= sum(map(tokens, kept))
    return "\n".join(lines)


def _told(transcript: Transcript, row: Row) -> str:
    by = ", ".join(called(transcript, who) for who in row.by) if row.kind in ("question", "objection") else ""
    about = ", ".join(filter(None, (numbers(row.turns), by, " ".join(neutral(row.note).split()))))
    return f"- {_said(row.text)} ({about})"


def _board_lines(transcript: Transcript, reader: Reader, values: Sequence[Value], room: int) -> str:
    """What the reader asked the board for, then what is nearest to the question; of the rest the keys."""
    asked = dict.fromkeys(found for words in _queries(reader) for found in search(values, words))
    ordered = [*asked, *(value for value in nearest(values, transcript.question) if value not in asked)]
    kept = [*_fitting((_value(transcript, value) for value in ordered), room * 3 // 4)]
    rest = ", ".join(plain(value.key) for value in ordered[len(kept) :])
    return "\n".join([*kept, *([cut(f"Also there: {rest}", room // 4)] if rest else [])])


def _value(transcript: Transcript, value: Value) -> str:
    about = f"{called(transcript, value.by)}, #{value.seq}"
    if value.description:
        about = f"{_said(value.description)}, {about}"
    if value.older:
        before = value.older[0]
        about += f"; before: {_said(before.value)} by {called(transcript, before.by)}"
    return f"- {plain(value.key)} = {_said(value.value)} ({about})"


def _queries(reader: Reader) -> tuple[str, ...]:
    """What the reader's own last turn asked the board."""
    own = (said for _, said in reader.back(0) if isinstance(said, Turn) and said.speaker == reader.who)
    last = next(own, None)
    return queries(last.text) if last else ()


def _said(text: str) -> str:
    """Somebody's words within a line of the room."""
    return f"“{' '.join(neutral(text).translate(_BARE).split())}”"


def _fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    """As many of the lines, from the first, as `room` tokens hold; one that is long by itself is cut."""
    most = room // 2
    for line in lines:
        short = cut(line, most)
        room -= tokens(short) + 1
        if room < 0 or not short:
            return
        yield short
