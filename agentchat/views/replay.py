"""What is said of a replay: its clock, its speed, what it was recorded with, and where words are in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentchat.events import HumanSpoke, ModeLeft, Recorded, TurnEnded
from agentchat.kinds import kind_of
from agentchat.transcript import Turn
from agentchat.views.fold import short

if TYPE_CHECKING:
    from agentchat.events import Event
    from agentchat.transcript import Transcript


def clock(ms: int) -> str:
    """`03:12`; from an hour on `1:03:12`."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def pace(speed: float) -> str:
    """`2×`, `½×`; no speed is none at all."""
    return "½×" if speed == 0.5 else f"{speed:g}×" if speed else "all"


def recorded_with(transcript: Transcript) -> str:
    """`recorded with local/starter on 21 Nov 2026`."""
    models = list(dict.fromkeys(short(model) for model in transcript.opened.models.values() if model))
    who = models[0] + (f" and {len(models) - 1} more" if len(models) > 1 else "") if models else ""
    day = transcript.opened.at
    return f"recorded{f' with {who}' if who else ''} on {day.day} {day:%b %Y}"


@dataclass(frozen=True, slots=True)
class Found:
    """A place where words are said."""

    key: int
    """What it stands at on the page."""
    seq: int
    """The event with which it is there to be read."""


LEAF = 300
"""Entries of a long transcript that are shown at once: these, and at most as many before them."""


def recent(transcript: Transcript) -> Transcript:
    """The end of a long transcript, so that what it costs to show does not grow with what was said before."""
    first = (len(transcript.entries) // LEAF - 1) * LEAF
    return replace(transcript, entries=transcript.entries[first:]) if first > LEAF else transcript


def found(path: Sequence[Event], whole: Transcript, words: str) -> tuple[Found, ...]:
    """Where all these words are said on a path, in order. What stays sealed to its end is not found."""
    wanted = words.casefold().split()
    places: list[Found] = []
    for entry in whole.entries if wanted else ():
        match entry:
            case HumanSpoke(seq=seq, text=text):
                shown = Found(seq, seq)
            case Turn(end=TurnEnded(seq=seq), text=text) if _seen(entry, whole):
                shown = Found(entry.id, _revealed(path, entry) if entry.start.sealed else seq)
            case _:
                continue
        if all(word in text.casefold() for word in wanted):
            places.append(shown)
    return tuple(places)


def _seen(turn: Turn, whole: Transcript) -> bool:
    return not whole.sealed(turn) and kind_of(turn.start.kind).look != "hidden"


def _revealed(path: Sequence[Event], turn: Turn) -> int:
    """The event that opened a sealed turn."""
    opened = (
        event.seq
        for event in path
        if (isinstance(event, Recorded) and turn.id in event.reveals)
        or (isinstance(event, ModeLeft) and event.frame == turn.start.frame)
    )
    return next(opened, path[-1].seq)
