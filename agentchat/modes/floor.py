"""Who speaks next, and why: deterministic, explainable, the same for the same transcript (EVIDENCE §2)."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from agentchat.events import HumanSpoke
from agentchat.kinds import kind_of
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.transcript import Entry, Member, Transcript

RELEVANCE, READINESS, WAITING, RECENCY = 0.7, 1.0, 0.1, 3.0
"""Weights of: each word shared with what was said last, talkativeness, each turn waited, having just spoken."""

_COMMON = """
also because been being build could does each even every from have help here into just like make many more most much
must need never only other over part people should some something such take than that their them then there these they
thing things think this those time very want well were what when where which while will with work would your yours about
"""
COMMON = frozenset(_COMMON.split())
"""Words that say nothing of what a text is about."""


class Choice(NamedTuple):
    """A speaker, and the reason in words."""

    member: Member
    reason: str


def lot(seed: int, *parts: object) -> int:
    """A number drawn from the session's seed: the same parts, the same number, on every machine."""
    return zlib.crc32(":".join(map(str, (seed, *parts))).encode())


def drawn(transcript: Transcript, members: Sequence[Member], round_: int) -> tuple[Member, ...]:
    """The members in an order drawn anew for each round, so that nobody is always last."""
    return tuple(sorted(members, key=lambda member: lot(transcript.opened.seed, round_, member.id)))


def chair(transcript: Transcript, wanted: str, members: Sequence[Member]) -> Member | None:
    """Who moderates and sums up: the one named, one tagged so, or one drawn."""
    for member in members:
        if wanted and wanted in (member.id, member.persona.name):
            return member
    for member in members:
        if "chair" in member.persona.tags:
            return member
    return drawn(transcript, members, 0)[0] if members else None


def words(text: str) -> set[str]:
    """The words that carry meaning: four letters and more, lower case, the common ones left out."""
    return set(re.findall(r"[^\W\d_]{4,}", text.lower())) - COMMON


def choose(transcript: Transcript, eligible: Sequence[Member], round_: int) -> Choice:
    """The next of those who may speak: one who was mentioned, else the highest score, else by lot."""
    last = last_heard(transcript)
    for member in eligible:
        if isinstance(last, Turn) and last.end and member.id in last.end.mentions and member.id != last.speaker:
            return Choice(member, f"{transcript.name(last.speaker)} mentioned {member.persona.name}")
    said = words(last.text) if last else set()
    waits = _waits(transcript.mine, {member.id for member in eligible})

    def score(member: Member) -> float:
        shared = len(said & _concern(member))
        recent = RECENCY if isinstance(last, Turn) and last.speaker == member.id else 0.0
        return (
            RELEVANCE * min(shared, 3)
            + READINESS * member.persona.talkativeness
            + WAITING * min(waits[member.id], 8)
            - recent
        )

    scores = {member.id: round(score(member), 6) for member in eligible}
    best = max(eligible, key=lambda member: (scores[member.id], lot(transcript.opened.seed, round_, member.id)))
    if list(scores.values()).count(scores[best.id]) > 1:
        return Choice(best, "drawn by lot among those most ready to speak")
    return Choice(best, _reason(best, said & _concern(best), waits, len(eligible), len(transcript.active)))


def _reason(member: Member, shared: set[str], waits: dict[str, int], among: int, active: int) -> str:
    if among == 1:
        return "the other one has spoken" if active == 2 else "all others have spoken in this round, or just now"
    if shared:
        return f"close to what was just said ({', '.join(sorted(shared)[:2])})"
    longest = max(waits.values())
    if longest > 0 and [who for who, wait in waits.items() if wait == longest] == [member.id]:
        return "has waited longest"
    return "the readiest to speak"


def _concern(member: Member) -> set[str]:
    persona = member.persona
    return words(f"{persona.title} {persona.focus} {' '.join(persona.tags)}")


def last_heard(transcript: Transcript) -> Turn | HumanSpoke | None:
    """What was said last for all to hear.

    Turns taken at once have no order, and after a crash some stand where they were asked again: of these it is the one
    of who sits last, and what the person said meanwhile comes after all of them. What they said to some is not for all.
    """
    seats = [member.id for member in transcript.members]
    last: Turn | None = None
    meanwhile: HumanSpoke | None = None
    for entry in reversed(transcript.mine):
        if isinstance(entry, HumanSpoke) and not entry.to:
            if last is None:
                return entry
            meanwhile = meanwhile or entry
        elif isinstance(entry, Turn) and entry.spoken and kind_of(entry.start.kind).look != "hidden":
            if last is None and not entry.start.sealed:
                return entry
            if last is not None and _sitting(entry) != _sitting(last):
                break
            if meanwhile:
                return meanwhile
            last = max((one for one in (last, entry) if one), key=lambda one: _seat(seats, one))
    return last


def _sitting(turn: Turn) -> tuple[bool, str, int]:
    return (turn.start.sealed, turn.start.stage, turn.start.round)


def _seat(seats: Sequence[str], turn: Turn) -> int:
    return seats.index(turn.start.speaker) if turn.start.speaker in seats else -1


def _waits(entries: Sequence[Entry], who: set[str]) -> dict[str, int]:
    """How many turns ago each last spoke for all to hear; those who never did waited since the beginning."""
    waits: dict[str, int] = {}
    turns = 0
    for entry in reversed(entries):
        if isinstance(entry, Turn) and not entry.start.sealed:
            waits.setdefault(entry.speaker, turns)
            turns += 1
            if who <= waits.keys():
                break
    return {one: waits.get(one, turns) for one in who}
