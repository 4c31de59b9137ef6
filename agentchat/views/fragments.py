"""What a quit, a crash or an outage cut off: for eyes only, where it stood. The turn itself is asked again.

Modes and prompts never see it, nor does a printout; the raw log has it whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.kinds import kind_of
from agentchat.transcript import HIDDEN_BY, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.transcript import Entry, Transcript

MOST = 400
"""Characters of a fragment that are shown."""

BY = {"quit": "quitting", "crash": "a crash", "outage": "an outage"}


def lost(entry: Entry) -> bool:
    """Whether it is a turn that is hidden from modes and prompts."""
    return (
        isinstance(entry, Turn)
        and entry.end is not None
        and entry.end.outcome == "interrupted"
        and entry.end.by in HIDDEN_BY
    )


def fragments(transcript: Transcript) -> list[Turn]:
    """The hidden turns there is something to read of. What was sealed stays so."""
    return [turn for turn in transcript.hidden if turn.text.strip() and not turn.start.sealed and _worded(turn)]


def _worded(turn: Turn) -> bool:
    kind = kind_of(turn.start.kind)
    return kind.look != "hidden" and kind.payload is None


def woven(entries: Sequence[Entry], fragments: Sequence[Turn]) -> Sequence[Entry]:
    """Entries, each fragment where its turn had started."""
    return sorted((*entries, *fragments), key=place) if fragments else entries


def place(entry: Entry) -> int:
    """The `seq` an entry stands at."""
    return entry.id if isinstance(entry, Turn) else entry.seq


def told(turn: Turn, name: str) -> str:
    """A fragment in one dim line, clearly marked."""
    assert turn.end is not None
    text = " ".join(turn.text.split())
    if len(text) > MOST:
        left = text[MOST:].count(" ") + 1
        text = f"{text[:MOST].rstrip()}… ({left} more word{'s' if left > 1 else ''}, in the raw log)"
    return f"{name} was cut off by {BY.get(turn.end.by, turn.end.by)}, and is asked again: “{text}”"
