"""A talk held elsewhere as a session of ours: its words as they stood, a persona a name, a pace to replay it by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agentchat import __version__
from agentchat.events import (
    Event,
    HeadMoved,
    HumanSpoke,
    Material,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    encode,
    stamp,
)
from agentchat.modes import settings_of
from agentchat.persona import RESERVED, YOU, Persona, slugify
from agentchat.text import legible, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START = datetime(1970, 1, 1, tzinfo=UTC)
WORD = re.compile(r"\S+\s*")
A_WORD = 180
"""Milliseconds a word takes in a replay: about as fast as one reads."""
STEPS = 200
"""Points of a pace, at most."""
MOST_OTHERS = 20
"""Alternatives of one message that are kept."""
_TAKEN = {skeleton(word) for word in RESERVED}


@dataclass(frozen=True, slots=True)
class Message:
    """Something somebody said."""

    who: str
    """The name; of the person in the room it does not matter."""
    text: str
    human: bool = False
    at: datetime | None = None
    others: tuple[str, ...] = ()
    """What was said in its place and is not what counts."""
    model: str = ""


def session(
    id_: str, topic: str, said: Sequence[Message], *, form: str, material: tuple[Material, ...] = ()
) -> list[tuple[Event, bytes]]:
    """Its events, each with its line. No turn counts in a round: a room that goes on with it has all of its own."""
    people = _people(message.who for message in said if not message.human)
    clock = _Clock(next((message.at for message in said if message.at), START))
    opened = SessionOpened(
        session=id_,
        topic=whole(topic),
        material=material,
        mode="discussion",
        settings=settings_of("discussion", {}),
        personas=tuple(people.values()),
        models_why=f"imported from {form}",
        agentchat=__version__,
    )
    log: list[Event] = [stamp(opened, 1, None, clock.tick(None))]
    for message in said:
        at = clock.tick(message.at)
        if message.human:
            _add(log, HumanSpoke(text=whole(message.text)), log[-1].seq, at)
            continue
        before = log[-1].seq
        for other in message.others[:MOST_OTHERS]:
            _turn(log, people[message.who].id, Message(message.who, other), before, at)
            _add(log, HeadMoved(to=before, reason="another alternative chosen"), log[-1].seq, at)
        _turn(log, people[message.who].id, message, before, at)
    return [(event, encode(event)) for event in log]


def title(names: Iterable[str]) -> str:
    """What a talk without a question is about."""
    *most, last = list(dict.fromkeys(names)) or ["nobody"]
    return f"A talk with {', '.join(most)} and {last}" if most else f"A talk with {last}"


def whole(text: str) -> str:
    """The text with halves of surrogate pairs, which no file can hold, joined or replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def moment(said: object) -> datetime | None:
    """A time as programs write it: ISO 8601, seconds or milliseconds since 1970, or SillyTavern's older ways."""
    if isinstance(said, int | float) and not isinstance(said, bool):
        seconds = said / 1000 if 1e11 < said < 1e14 else said
        return START + timedelta(seconds=seconds) if 0 < seconds < 4e9 else None
    if not isinstance(said, str) or len(said) > 60:
        return None
    text = re.sub(r"(\d) *(am|pm)$", r"\1 \2", said.strip(), flags=re.IGNORECASE)
    clock = re.fullmatch(r"(\d{4}-\d{1,2}-\d{1,2}) ?@(\d{1,2})h ?(\d{1,2})m ?(\d{1,2})s(?: ?\d{1,3}ms)?", text)
    for written, form in (
        (" ".join(clock.groups()) if clock else "", "%Y-%m-%d %H %M %S"),
        (text, "%B %d, %Y %I:%M %p"),
    ):
        try:
            return datetime.strptime(written, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


class _Clock:
    """Times as they were told, never going back; where none was told, a second after the one before."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def tick(self, told: datetime | None) -> datetime:
        self._now = max(self._now, told) if told else self._now + timedelta(seconds=1)
        return self._now


def _add(log: list[Event], event: Event, parent: int, at: datetime) -> None:
    log.append(stamp(event, log[-1].seq + 1, parent, at))


def _turn(log: list[Event], who: str, message: Message, before: int, at: datetime) -> None:
    text = whole(message.text)
    start = TurnStarted(speaker=who, kind="say", aside=True, reads_to=before)
    _add(log, start, before, at)
    turn = log[-1].seq
    end = TurnEnded(
        turn=turn, speaker=who, kind="say", outcome="said", text=text, pace=_pace(text), model=message.model
    )
    _add(log, end, turn, at)


def _pace(text: str) -> tuple[tuple[int, int], ...]:
    words = [match.end() for match in WORD.finditer(text)]
    stride = max(1, -(-len(words) // STEPS))
    steps = [(n * A_WORD, at) for n, at in enumerate(words, 1) if n % stride == 0 or n == len(words)]
    return tuple(steps)


def _people(names: Iterable[str]) -> dict[str, Persona]:
    """A persona for each name; none takes the person's, or another's, by looking like it."""
    people: dict[str, Persona] = {}
    looks: set[str] = set()
    for name in dict.fromkeys(names):
        shown = " ".join(legible(whole(name)).split())[:50] or "Somebody"
        if skeleton(shown) in _TAKEN:
            shown = f"{shown} (imported)"
        number, base = 1, shown
        while skeleton(shown) in looks:
            number += 1
            shown = f"{base} {number}"
        looks.add(skeleton(shown))
        ids = {one.id for one in people.values()} | RESERVED | {YOU}
        slug = slugify(shown)[:30].strip("-") or f"persona-{len(people) + 1}"
        own, number = slug, 1
        while own in ids:
            number += 1
            own = f"{slug}-{number}"
        people[name] = Persona(id=own, name=shown, prompt=f"You are {shown}. Speak as you have spoken so far.")
    return people
