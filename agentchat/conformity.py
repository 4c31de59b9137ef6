"""Who gave way to whom: what each thought first, unseen by the others, against what each thinks now.

Read off the sealed polls a mode records: the stances of a discussion round by round, the ballots of a committee before
and after the talk. That somebody moved is a fact; that it was to please is not, and a proposal may have been reworded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.events import Recorded, SessionReopened
from agentchat.kinds import kind_of
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from agentchat.transcript import Entry, Transcript

FEWEST = 3
"""Two who agree at once are no crowd."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Where each stood at one moment, unseen by the others; who is not known is not in it."""

    seq: int
    frame: int
    stands: Mapping[str, str]
    of: int
    against: bool = False
    """Whether anybody has anything against it."""

    @property
    def unanimous(self) -> bool:
        """Whether all are known and say the same, with nothing against it."""
        alike = len(set(self.stands.values())) == 1 and len(self.stands) >= self.of
        return alike and self.of >= FEWEST and not self.against


@dataclass(frozen=True, slots=True)
class Move:
    """One who no longer stands where they stood first."""

    who: str
    before: str
    now: str
    toward: tuple[str, ...] = ()
    """Those who stood there before."""
    after: int | None = None
    """The last turn by one of them that could be read before the change."""


def polls(entries: Iterable[Entry], frame: int | None = None, until: int | None = None) -> tuple[Poll, ...]:
    """The polls of a frame on the question at hand, oldest first; None is the frame polled last, or all there are."""
    found: list[Poll] = []
    for entry in entries:
        if isinstance(entry, Turn) or (until is not None and entry.seq > until):
            continue
        if isinstance(entry, SessionReopened) and entry.question:
            found = [poll for poll in found if poll.frame and poll.frame == frame]
        elif isinstance(entry, Recorded) and (poll := polled(entry)):
            found.append(poll)
    wanted = found[-1].frame if frame is None and found else frame
    return tuple(poll for poll in found if poll.frame == wanted)


def polled(entry: Recorded) -> Poll | None:
    """The poll a record tells of."""
    data = entry.data
    match entry.kind:
        case "agreement_recorded":
            stances = data.get("stances")
            stands = {who: str(stance) for who, stance in stances.items()} if isinstance(stances, dict) else {}
            of = data.get("of")
            all_ = of if isinstance(of, int) else len(stands)
            against = bool(data.get("objections")) or any(stance != "agree" for stance in stands.values())
            return Poll(entry.seq, entry.frame, stands, all_, against) if stands else None
        case "votes_counted":
            cast = data.get("ballots")
            ballots = [one for one in cast if isinstance(one, dict)] if isinstance(cast, list) else []
            tops = {str(one.get("voter")): top(one) for one in ballots if one.get("status") == "valid"}
            stands = {who: top for who, top in tops.items() if top}
            return Poll(entry.seq, entry.frame, stands, len(ballots)) if stands else None
        case _:
            return None


def moves(transcript: Transcript, frame: int | None = None) -> tuple[Move, ...]:
    """Who stands elsewhere now than at first."""
    return moved(transcript, polls(transcript.entries, frame))


def moved(transcript: Transcript, known: tuple[Poll, ...]) -> tuple[Move, ...]:
    """Who stands elsewhere at the last of these polls than at the first one that knew them."""
    if len(known) < 2:
        return ()
    return tuple(
        _move(transcript, known, who, now)
        for who, now in known[-1].stands.items()
        if _first(known, who) not in (now, None)
    )


def conformity(transcript: Transcript, frame: int | None = None) -> float | None:
    """Of those who first stood against the greatest part, the share that came round to it; None where nobody did."""
    return share(polls(transcript.entries, frame))


def share(known: tuple[Poll, ...]) -> float | None:
    """The same, of these polls."""
    if len(known) < 2:
        return None
    counted = Counter(known[0].stands.values()).most_common(2)
    if len(counted) < 2 or counted[0][1] == counted[1][1]:
        return None
    most = counted[0][0]
    others = [who for who, stand in known[0].stands.items() if stand != most and who in known[-1].stands]
    return sum(known[-1].stands[who] == most for who in others) / len(others) if others else None


def silent(transcript: Transcript, frame: int | None = None) -> bool:
    """Whether all said the same the first time they were asked, and nobody had anything against it."""
    known = polls(transcript.entries, frame)
    return bool(known) and known[0].unanimous


def _first(known: tuple[Poll, ...], who: str) -> str | None:
    return next((poll.stands[who] for poll in known if who in poll.stands), None)


def _move(transcript: Transcript, known: tuple[Poll, ...], who: str, now: str) -> Move:
    """The last change that led to where one stands now."""
    at = len(known) - 1
    while at > 1 and known[at - 1].stands.get(who, now) == now:
        at -= 1
    toward = tuple(one for one, stand in known[at - 1].stands.items() if stand == now and one != who)
    after = _heard(transcript, toward, who, known[at].seq)
    return Move(who, _first(known, who) or "", now, toward, after)


def _heard(transcript: Transcript, by: tuple[str, ...], who: str, until: int) -> int | None:
    """The last turn of theirs that `who` could have read before that event."""
    for entry in reversed(transcript.entries):
        if not isinstance(entry, Turn) or entry.end is None or entry.id > until or entry.speaker not in by:
            continue
        hidden = kind_of(entry.start.kind).look == "hidden" or transcript.sealed(entry)
        if entry.spoken and not hidden and (not entry.end.to or who in entry.end.to):
            return entry.id
    return None


def top(ballot: Mapping[str, JsonValue]) -> str:
    """What a ballot puts first; several, with commas, where they share the place."""
    match ballot:
        case {"pick": str(option)}:
            return option
        case {"approve": [*options]} if options:
            return ", ".join(sorted(map(str, options)))
        case {"ranking": [[*first], *_]} if first:
            return ", ".join(sorted(map(str, first)))
        case {"scores": dict(scores)} if scores:
            points = {option: point for option, point in scores.items() if isinstance(point, int | float)}
            return ", ".join(sorted(option for option, point in points.items() if point == max(points.values())))
        case _:
            return ""
