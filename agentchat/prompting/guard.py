"""Whether a tiny model's reply is worth a place in the room: on the topic, and nothing that was said before."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from agentchat.prompting.history import Reader
from agentchat.prompting.openings import split
from agentchat.prompting.wanted import TALK
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
    r"\b(?:sentences?|here's|as an ai|(?:your|this|my) (?:story|message|prompt)|our readers|storyline|i'm not sure"
    r"|no idea|questions?|answers?)\b",
    re.IGNORECASE,
)
_STOP_WORDS = """
the a an and or but of to in on for with is are was be it its that this as by at from we our they their you your i
would could should can will not no more most so if what how do does did have has had there than then about into out
up new just like make use get also who which when where why one two first main problem example start us them
"""
_STOP = frozenset(_STOP_WORDS.split())


def too_similar(transcript: Transcript, start: TurnStarted, text: str) -> str | None:
    """Why a reply should be asked for again: it repeats, strays or speaks of itself; None where it is fine."""
    if start.kind not in TALK:
        return None
    rest = split(text)[1]
    for name, earlier in _before(transcript, start):
        if _alike(rest, earlier) >= ALIKE:
            return f"it says what {name} said"
    topic = _stems(transcript.topic)
    if _alike(rest, transcript.topic) >= ALIKE:
        return "it repeats the question"
    if topic and not topic & _stems(rest):
        return "it is not about the question"
    return "it is about itself, or next to nothing" if _beside(transcript, start, rest) else None


def worth(transcript: Transcript, start: TurnStarted, text: str) -> float:
    """How good a reply is, to choose the best of several that all fell short."""
    rest = split(text)[1]
    alike = max(_alike(rest, said) for said in (transcript.topic, *(text for _, text in _before(transcript, start))))
    stems = _stems(rest)
    member = transcript.member(start.speaker)
    focus = _stems(member.persona.focus) if member else frozenset()
    return (
        2 * (not _beside(transcript, start, rest))
        + min(len(stems & _stems(transcript.topic)), 2)
        + 0.5 * min(len(stems & focus), 2)
        - 4 * max(0.0, alike - 0.15)
    )


def _before(transcript: Transcript, start: TurnStarted) -> Iterator[tuple[str, str]]:
    """Who said what before, newest first, as far as the speaker may read it."""
    turns = (said for _, said in Reader(transcript, start.speaker, start.reads_to).back(0) if isinstance(said, Turn))
    for turn in islice(turns, LOOKED_BACK):
        name = "you" if turn.speaker == start.speaker else transcript.name(turn.speaker)
        yield name, split(turn.text)[1]


def _beside(transcript: Transcript, start: TurnStarted, rest: str) -> bool:
    """Whether a reply speaks about itself or its speaker, or hardly says anything."""
    own = re.escape(transcript.name(start.speaker))
    return bool(_META.search(rest)) or len(rest.split()) < 10 or re.search(rf"\b{own}\b", rest) is not None


def _alike(one: str, other: str) -> float:
    runs, others = _runs(one), _runs(other)
    return len(runs & others) / max(1, min(len(runs), len(others)))


@lru_cache(maxsize=1024)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return frozenset(tuple(words[at : at + 3]) for at in range(len(words) - 2))


@lru_cache(maxsize=1024)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in _STOP)
