"""The rows of the inbox: who asks a person what, since when, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agentchat.kinds.answering import how, listed
from agentchat.views.sessions import age

SHORT = 8
"""Characters of a session's id that are shown."""


class Asked(Protocol):
    """Something a person is asked, as the store lists it."""

    @property
    def session(self) -> str:
        """The session's id."""
        ...

    @property
    def seq(self) -> int:
        """Where in it."""
        ...

    @property
    def topic(self) -> str:
        """What the session is about."""
        ...

    @property
    def name(self) -> str:
        """Who asks."""
        ...

    @property
    def question(self) -> str:
        """What."""
        ...

    @property
    def options(self) -> Sequence[str]:
        """What may be answered."""
        ...

    @property
    def default(self) -> str:
        """What counts when the time is over."""
        ...

    @property
    def deadline_at(self) -> datetime | None:
        """When that is."""
        ...

    @property
    def raised_at(self) -> datetime:
        """Since when."""
        ...

    @property
    def to(self) -> str:
        """Another person it is parked for."""
        ...

    @property
    def level(self) -> str:
        """`notify`, `ask` or `block`: nothing waits for the answer to a notice."""
        ...

    @property
    def form(self) -> str:
        """The kind of the person's own turn; empty for a question."""
        ...

    @property
    def reason(self) -> str:
        """What made it necessary."""
        ...


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A question, in words for one row."""

    id: str
    """What names it on the command line."""
    who: str
    question: str
    answers: str
    """What may be answered, in a line; empty is anything."""
    age: str
    left: str
    """How long it may still be answered, or that it is over; empty where it waits."""
    topic: str


def line(asked: Asked, now: datetime) -> InboxLine:
    """The row of a question."""
    who = asked.name if asked.name != "you" else "parked"
    return InboxLine(
        id=f"{asked.session[:SHORT]}:{asked.seq}",
        who=f"{who} for {asked.to}" if asked.to else who,
        question=" ".join(asked.question.split()) or ("Your turn" + (f": {asked.form}" if asked.form else "")),
        answers=how(asked.form, tuple(asked.options)) if asked.form else listed(asked.options),
        age=age(now - asked.raised_at),
        left=_left(asked, now),
        topic=" ".join(asked.topic.split()),
    )


def whence(asked: Asked, now: datetime) -> str:
    """Who asks, in which session, why, and for how long it may be answered, as one sentence."""
    row = line(asked, now)
    begun = row.who[:1].upper() + row.who[1:]
    where = f"{begun}, in “{row.topic}”" if asked.name == "you" else f"{row.who} asks in “{row.topic}”"
    return " · ".join(part for part in (where, asked.reason, row.left) if part)


def _left(asked: Asked, now: datetime) -> str:
    counts = asked.default or ("abstain" if asked.form else "")
    if asked.deadline_at is None or not counts:
        return ""
    seconds = (asked.deadline_at - now).total_seconds()
    if seconds <= 0:
        return f"over: {counts}"
    return f"{age(asked.deadline_at - now) if seconds >= 60 else f'{seconds:.0f} s'}, then {counts}"
