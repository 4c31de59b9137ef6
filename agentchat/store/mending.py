"""A session put together again from what was found of it: what is lost has another in its place, so that paths hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentchat.events import EPOCH, Event, HeadMoved, SessionOpened, TurnEnded, TurnStarted, Unknown, decode, encode
from agentchat.persona import Persona
from agentchat.store.reading import DAMAGED
from agentchat.store.salvage import Remains

LOST = "it was lost when the database was damaged"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Known:
    """What a listing still knew of a session."""

    topic: str = ""
    mode: str = ""
    events: int = 0


@dataclass(frozen=True, slots=True)
class Saved:
    """A session that was saved, as far as it could be."""

    session: str
    topic: str
    events: int
    """How many are as they were written."""
    lost: tuple[str, ...]
    """What is not, in words."""


def mended(
    session: str, sound: set[bytes], broken: Sequence[Remains], known: Known
) -> tuple[Saved, list[tuple[Event, bytes]]]:
    """Its events with their lines, and what was lost."""
    lines = {event.seq: (event, body) for body in sound if (event := _read(body))}
    remains = {one.seq: one for one in broken if one.session == session and one.seq not in lines and one.seq > 0}
    told: list[str] = []
    first = lines.get(1)
    if first is None or not isinstance(first[0], SessionOpened):
        opened, how = _opened(session, remains.get(1), lines, known)
        lines[1] = (opened, encode(opened))
        told.append(how)
    saved = len(lines) - len(told)
    lost = _lost(lines, remains, known.events)
    for event in _stand_ins(lines, remains, lost):
        lines[event.seq] = (event, encode(event))
    told += [_named(seq, remains.get(seq)) for seq in lost]
    if (gone := known.events - len(lines)) > 0:
        told.append(f"its last event{f's: {gone} of them' if gone > 1 else ''}")
    opening = lines[1][0]
    topic = opening.topic if isinstance(opening, SessionOpened) else ""
    return Saved(session, topic, saved, tuple(told)), [lines[seq] for seq in sorted(lines)]


def begins(remains: Remains) -> bool:
    """Whether that is how a session began, and can be read."""
    event = _read(remains.body.decode("utf-8", "replace").encode())
    return isinstance(event, SessionOpened) and (event.seq, event.session) == (1, remains.session)


def _read(body: bytes) -> Event | None:
    try:
        return decode(body, int(json.loads(body)["v"]))
    except (ValueError, KeyError, TypeError):
        return None


def _opened(
    session: str, remains: Remains | None, lines: Mapping[int, tuple[Event, bytes]], known: Known
) -> tuple[SessionOpened, str]:
    """How it began, without which nothing of it can be shown: as it can be read, else from what else is known."""
    if remains:
        event = _read(remains.body.decode("utf-8", "replace").encode())
        if isinstance(event, SessionOpened) and event.seq == 1:
            return event.model_copy(update={"session": session}), "how it began has a wrong character somewhere"
    who = dict.fromkeys(event.speaker for event, _ in lines.values() if isinstance(event, TurnStarted | TurnEnded))
    personas = tuple(
        Persona(id=one, name=one.title(), prompt=f"You are {one.title()}.") for one in who if ID.fullmatch(one)
    )
    at = next((event.at for event, _ in sorted(lines.values(), key=lambda line: line[0].seq)), EPOCH)
    opened = SessionOpened(
        session=session,
        topic=known.topic or "(the topic was lost)",
        mode=known.mode or "discussion",
        personas=tuple(one for one in personas if one.id != "you"),
        models={},
        seq=1,
        at=at,
    )
    return opened, "how it began: its settings, and all of its personas but their names"


def _lost(lines: Mapping[int, tuple[Event, bytes]], remains: Mapping[int, Remains], expected: int) -> list[int]:
    """The events that must have been there and are not."""
    named = {event.parent for event, _ in lines.values() if event.parent}
    named |= {event.to for event, _ in lines.values() if isinstance(event, HeadMoved)}
    last = max(lines)
    missing = {seq for seq in (*named, *remains) if seq > 0 and seq not in lines and (seq < last or expected >= seq)}
    if expected == 0 or expected > len(lines) + len(missing):
        missing |= {seq for seq in range(1, last) if seq not in lines}
    return sorted(missing)


def _stand_ins(
    lines: Mapping[int, tuple[Event, bytes]], remains: Mapping[int, Remains], lost: Sequence[int]
) -> Iterator[Event]:
    """What stands in the place of each."""
    starts = {event.turn: event for event, _ in lines.values() if isinstance(event, TurnStarted)}
    for event, _ in lines.values():
        if isinstance(event, TurnEnded):
            starts.pop(event.turn, None)
    there = sorted({*lines, *lost})
    for seq in lost:
        one = remains.get(seq)
        before = max((each for each in there if each < seq), default=None)
        parent = one.parent if one and one.parent in there and one.parent < seq else before
        at = lines[before][0].at if before is not None and before in lines else EPOCH
        turn = one.turn if one and one.type == "turn_ended" else None
        if one is None:  # a turn that began and has no end is what most likely ended here
            turn = next((each for each in starts if each < seq), None)
        if turn is not None and (start := starts.pop(turn, None)):
            yield TurnEnded(
                turn=turn, speaker=start.speaker, kind=start.kind, outcome="failed", error_kind=DAMAGED, error=LOST,
                seq=seq, parent=parent, at=at, frame=start.frame,
            )  # fmt: skip
        else:
            stand_in = {"type": DAMAGED, "was": one.type if one else "", "why": LOST}
            yield Unknown.model_validate({**stand_in, "seq": seq, "parent": parent, "at": at})


def _named(seq: int, remains: Remains | None) -> str:
    kinds = {
        "turn_ended": "what was said in a turn",
        "turn_started": "the start of a turn",
        "human_spoke": "your words",
    }
    kind = kinds.get(remains.type, remains.type.replace("_", " ")) if remains else ""
    return f"event {seq}" + (f", {kind}" if kind else "")
