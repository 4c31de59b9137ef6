"""What a tiny model's turn is to be about, by its words: it leans towards them, and is judged by them.

That is the question, or what the person in the room said to it. All weights are measured on whole discussions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agentchat.events import HumanSpoke
from agentchat.kinds import kind_of
from agentchat.prompting.history import Reader
from agentchat.prompting.openings import last_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from agentchat.events import TurnStarted
    from agentchat.transcript import Transcript, Turn

TAKEN_UP = 2
"""How many speakers take up what the person said to all."""

LEANED_ON = 40
"""At most so many words of one text draw the model."""

OF_PERSON, OF_QUESTION, OF_FOCUS = 1.5, 1.0, 0.7
"""What is added to the logit of a word. With 2 on the question it is repeated; with 1.5 on the focus it is recited."""

SPEECH: Mapping[str, float] = {"say": -4.0, "argue": -2.0}
"""After “I would” these begin a speech within the speech."""

TALKING: Mapping[str, float] = {"consider": -3.0, "discuss": -3.0, "focus": -2.0, "explore": -2.0, "think": -2.0}
"""After “we should” these put off what is asked for. Without this, half of 24 proposals and syntheses had one."""

_STOP_WORDS = """
the a an and or but of to in on for with is are was be it its that this as by at from we our they their you your i
would could should can will not no more most so if what how do does did have has had there than then about into out
up new just like make use get also who which when where why one two first main problem example start us them
"""
_STOP = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1024)
def stems(text: str) -> frozenset[str]:
    """What a text is about: its words of three letters and more, cut after five, but those every text has."""
    return frozenset(word[:5] for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in _STOP)


def leaning(question: str, focus: str = "", said: str = "", averse: Mapping[str, float] = SPEECH) -> list[JsonValue]:
    """The `logit_bias` by which a reply keeps to the question, to its speaker's focus and to what the person said."""
    weights = dict.fromkeys(_words(focus), OF_FOCUS)
    weights |= dict.fromkeys(_words(question), OF_QUESTION)
    weights |= dict.fromkeys(_words(said), OF_PERSON)
    weights |= averse
    return [[f" {word}", weight] for word, weight in weights.items()]


def said_to(transcript: Transcript, start: TurnStarted) -> str:
    """The person's words a turn is to take up, as it gets them; nothing where there are none.

    They are for whoever is addressed; those to all are for the next two who speak: all would say the same. Among
    several who speak at once, unseen by each other, those are the first two.
    """
    reader = Reader(transcript, start.speaker, start.reads_to)
    ahead = index(transcript, start) if start.sealed else 0
    turns: list[Turn] = []
    for _, said in reader.back(0):
        if not isinstance(said, HumanSpoke):
            turns += [said] if kind_of(said.start.kind).part == "mind" else []
            continue
        heard = [turn.speaker for turn in turns if turn.start.reads_to >= said.seq]
        if reader.who in heard:
            return ""
        addressed = (*said.mentions, *said.to)
        if reader.who in addressed or (not addressed and len(heard) + ahead < TAKEN_UP):
            return last_sentence(said.text, 25)
    return ""


def about(transcript: Transcript, start: TurnStarted) -> frozenset[str]:
    """The stems of which a turn should have one: of the person's words, or of the question where those have none."""
    return stems(said_to(transcript, start)) or stems(transcript.question)


def index(transcript: Transcript, start: TurnStarted) -> int:
    """Which of the members the speaker is."""
    return next((at for at, member in enumerate(transcript.members) if member.id == start.speaker), 0)


def _words(text: str) -> Sequence[str]:
    words = re.findall(r"[^\W\d_]{4,}", text.lower())
    return [word for word in words if word not in _STOP][:LEANED_ON]
