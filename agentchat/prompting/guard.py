"""Whether a tiny model's reply is worth a place in the room: on the topic, and nothing that was said before."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from agentchat.kinds import kind_of
from agentchat.prompting.history import Reader
from agentchat.prompting.openings import TOGETHER, split
from agentchat.prompting.topical import about, said_to, stems
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.events import TurnStarted
    from agentchat.transcript import Transcript

ALIKE = 0.2
"""Share of three-word runs in common with an earlier turn from which a reply says nothing of its own."""

LOOKED_BACK = 60
"""Turns a reply is compared with."""

_META = re.compile(
    r"\b(?:sentences?|paragraph|two short|here's|here are|what's (?:the|your)|as an ai|our readers|storyline"
    r"|classic example|(?:your|this|my) (?:story|message|prompt|discussion)|conversations?|i'm not sure"
    r"|no idea|questions?|answers?)\b",
    re.IGNORECASE,
)


def too_similar(transcript: Transcript, start: TurnStarted, text: str) -> str | None:
    """Why a reply should be asked for again: it repeats, strays or speaks of itself; None where it is fine."""
    own = _own(start, text)
    if kind_of(start.kind).part == "room":
        return "it is about itself" if _META.search(own) else None
    if kind_of(start.kind).part != "mind":
        return None
    for name, earlier in _before(transcript, start):
        if _alike(own, earlier) >= ALIKE:
            return f"it says what {name} said"
    if _alike(own, transcript.question) >= ALIKE:
        return "it repeats the question"
    wanted = about(transcript, start)
    if wanted and not wanted & stems(own):
        return "it is not about what was said to it" if said_to(transcript, start) else "it is not about the question"
    return "it is about itself, or next to nothing" if _beside(transcript, start, own) else None


def worth(transcript: Transcript, start: TurnStarted, text: str) -> float:
    """How good a reply is, to choose the best of several that all fell short."""
    own = _own(start, text)
    if kind_of(start.kind).part == "room":
        return float(not _META.search(own))
    alike = max(_alike(own, said) for said in (transcript.question, *(text for _, text in _before(transcript, start))))
    have = stems(own)
    member = transcript.member(start.speaker)
    focus = stems(member.persona.focus) if member else frozenset()
    return (
        2 * (not _beside(transcript, start, own))
        + min(len(have & about(transcript, start)), 2)
        + 0.5 * min(len(have & focus), 2)
        - 4 * max(0.0, alike - 0.15)
    )


def _own(start: TurnStarted, text: str) -> str:
    """What the model itself wrote: without the opening that was made for it."""
    return text.rpartition(TOGETHER)[2] if kind_of(start.kind).part == "room" else split(text)[1]


def _before(transcript: Transcript, start: TurnStarted) -> Iterator[tuple[str, str]]:
    """Who said what before, newest first, as far as the speaker may read it."""
    turns = (said for _, said in Reader(transcript, start.speaker, start.reads_to).back(0) if isinstance(said, Turn))
    for turn in islice(turns, LOOKED_BACK):
        name = "you" if turn.speaker == start.speaker else transcript.name(turn.speaker)
        yield name, split(turn.text)[1]


def _beside(transcript: Transcript, start: TurnStarted, words: str) -> bool:
    """Whether a reply speaks about itself or its speaker, or hardly says anything."""
    name = re.escape(transcript.name(start.speaker))
    return bool(_META.search(words)) or len(words.split()) < 10 or re.search(rf"\b{name}\b", words) is not None


def _alike(one: str, other: str) -> float:
    runs, others = _runs(one), _runs(other)
    return len(runs & others) / max(1, min(len(runs), len(others)))


@lru_cache(maxsize=1024)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return frozenset(tuple(words[at : at + 3]) for at in range(len(words) - 2))
