"""Two sessions held against each other: where they part, what was different in them, and what came of it.

Values as they are on record, read off the path of each head; nothing sealed is among them. They need not be forks of
one another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from agentchat.conformity import polls
from agentchat.events import Directed, Event, HumanSpoke, SessionOpened, TurnEnded
from agentchat.kinds import counted
from agentchat.ledger import rows, standing
from agentchat.transcript import Turn
from agentchat.views.ballots import result
from agentchat.views.counted import BallotCast, Vote, vote_of, votes
from agentchat.views.drafts import Version, figures, versions
from agentchat.views.fold import short
from agentchat.views.settings import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentchat.events import Recorded
    from agentchat.ledger import Row
    from agentchat.log import Log
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Session:
    """What one of the two came to."""

    id: str
    topic: str
    forked_from: str
    """The id of the session it was forked from, if it was."""
    outcome: str
    """Empty while it has not ended."""
    reason: str
    summary: str
    turns: int
    own: int
    """Turns after the last one both have."""
    words: int
    tokens: int
    """A fork's are its own alone, and so is what it cost."""
    cost: float
    seconds: float
    """From its beginning to its last event, without the time between what a fork copied and what it did itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What both have, word for word."""

    events: int
    turns: int
    speaker: str
    """Who took the last turn of it."""
    seq: int
    """That turn's number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was not the same in both."""

    what: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one stood when first asked, and in the end."""

    first: str
    now: str
    why: str

    @property
    def moved(self) -> bool:
        """Whether that is elsewhere."""
        return self.first != self.now


@dataclass(frozen=True, slots=True)
class Position:
    """Where one persona stood, in each."""

    name: str
    color: str
    a: Stand | None
    b: Stand | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A counted vote: what won, and by how much."""

    title: str
    figures: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """How one voted, in each; empty where they had no vote."""

    name: str
    color: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Votes:
    """The same vote, in each."""

    question: str
    stage: str
    a: Outcome | None
    b: Outcome | None
    ballots: tuple[Ballot, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The version of a text that one of them ends with: the accepted, the best, or the last."""

    version: int
    figures: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was agreed, decided, objected to or left open, and in which of the two."""

    kind: str
    text: str
    a: bool
    b: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it."""

    a: Session
    b: Session
    shared: Shared
    differences: tuple[Difference, ...]
    positions: tuple[Position, ...]
    votes: tuple[Votes, ...]
    drafts: tuple[Draft | None, Draft | None]
    ledger: tuple[Fact, ...]


def compare(a: Log, b: Log) -> Comparison:
    """Hold two sessions against each other, each as its head is."""
    shared = _shared(a.path(), b.path(), a.transcript)
    return Comparison(
        _session(a, shared.events),
        _session(b, shared.events),
        shared,
        tuple(_differences(a, b, shared.events)),
        _positions(a.transcript, b.transcript),
        _votes(a.transcript, b.transcript),
        (_draft(a.transcript), _draft(b.transcript)),
        _facts(a.transcript, b.transcript),
    )


def _shared(a: Sequence[Event], b: Sequence[Event], transcript: Transcript) -> Shared:
    events = 0
    for one, other in zip(a, b, strict=False):
        if _bare(one) != _bare(other):
            break
        events += 1
    ends = [event for event in a[:events] if counted(event)]
    last = ends[-1] if ends else None
    return Shared(events, len(ends), transcript.name(last.speaker) if last else "", last.turn if last else 0)


def _bare(event: Event) -> Event:
    """The event, but for what tells a fork from what it was copied from."""
    if isinstance(event, SessionOpened):
        return event.model_copy(update={"session": "", "forked_from": None})
    return event


def _session(log: Log, shared: int) -> Session:
    transcript, path = log.transcript, log.path()
    closed, spent, opened = transcript.closed, transcript.spent, transcript.opened
    said = [counted(event) for event in path]
    return Session(
        opened.session,
        opened.topic,
        opened.forked_from.session if opened.forked_from else "",
        closed.outcome if closed else "",
        closed.reason if closed else "",
        closed.summary if closed else "",
        sum(said),
        sum(said[shared:]),
        sum(len(event.text.split()) for event in path if isinstance(event, TurnEnded)),
        spent.tokens_in + spent.tokens_out,
        spent.cost,
        sum((after.at - before.at).total_seconds() for before, after in pairwise(path) if not _forked(after)),
    )


def _forked(event: Event) -> bool:
    return isinstance(event, Directed) and event.verb == "fork"


# What was different.


def _differences(a: Log, b: Log, shared: int) -> Iterable[Difference]:
    one, other = a.transcript, b.transcript
    yield from _unlike("topic", " ".join(one.topic.split()), " ".join(other.topic.split()))
    yield from _unlike("mode", one.opened.mode, other.opened.mode)
    given = [", ".join(text.name for text in each.opened.material) for each in (one, other)]
    yield from _unlike("given", *given)
    yield from _people(one, other)
    mine, yours = one.frames[0].settings, other.frames[0].settings
    for key in dict.fromkeys((*mine, *yours)):
        yield from _unlike(key.replace("_", " "), words(mine.get(key)), words(yours.get(key)))
    spoken = [_spoken(log.path()[shared:]) for log in (a, b)]
    yield from _unlike("you said", *spoken)


def _unlike(what: str, a: str, b: str) -> Iterable[Difference]:
    if a != b:
        yield Difference(what, a, b)


def _people(one: Transcript, other: Transcript) -> Iterable[Difference]:
    mine, yours = ({member.id: member for member in each.members} for each in (one, other))
    if set(mine) != set(yours):
        yield Difference("in the room", *(", ".join(m.persona.name for m in each.values()) for each in (mine, yours)))
    both = [(mine[who], yours[who]) for who in mine if who in yours]
    asked = [{short(member.model) for member in each.values()} for each in (mine, yours)]
    if all(len(models) == 1 for models in asked):
        yield from _unlike("model", *(models.pop() for models in asked))
    else:
        for left, right in both:
            yield from _unlike(f"{left.persona.name}'s model", short(left.model), short(right.model))
    for left, right in both:
        name = left.persona.name
        if left.persona.prompt != right.persona.prompt:
            yield Difference(f"{name}'s prompt", *(f"{len(m.persona.prompt.split())} words" for m in (left, right)))
        if left.muted != right.muted:
            yield Difference(name, *("muted" if member.muted else "heard" for member in (left, right)))


def _spoken(events: Iterable[Event]) -> str:
    return " / ".join(" ".join(event.text.split()) for event in events if isinstance(event, HumanSpoke))


# What came of it.


def _positions(one: Transcript, other: Transcript) -> tuple[Position, ...]:
    mine, yours = _stands(one), _stands(other)
    return tuple(
        Position(_name(who, one, other), _color(who, one, other), mine.get(who), yours.get(who))
        for who in dict.fromkeys((*mine, *yours))
    )


def _stands(transcript: Transcript) -> Mapping[str, Stand]:
    known = polls(transcript.entries)
    whys = {
        turn.speaker: str(turn.data.get("objection") or turn.data.get("why") or "")
        for turn in transcript.entries
        if isinstance(turn, Turn) and turn.data and not transcript.sealed(turn)
    }
    found: dict[str, Stand] = {}
    for poll in known:
        for who, now in poll.stands.items():
            found[who] = Stand(found[who].first if who in found else now, now, whys.get(who, ""))
    return found


def _votes(one: Transcript, other: Transcript) -> tuple[Votes, ...]:
    mine, yours = _counted(one), _counted(other)
    return tuple(_vote(one, other, mine.get(key), yours.get(key)) for key in dict.fromkeys((*mine, *yours)))


def _counted(transcript: Transcript) -> dict[tuple[str, str, int], Recorded]:
    """The counted votes by question and stage, and the how-manieth of these it is."""
    found: dict[tuple[str, str, int], Recorded] = {}
    times: Counter[tuple[str, str]] = Counter()
    for record in votes(transcript):
        if vote := vote_of(record):
            key = (vote.question, vote.stage)
            found[*key, times[key]] = record
            times[key] += 1
    return found


def _vote(one: Transcript, other: Transcript, a: Recorded | None, b: Recorded | None) -> Votes:
    mine, yours = (vote_of(record) if record else None for record in (a, b))
    left, right = ({one.voter: _cast(one) for one in vote.ballots} if vote else {} for vote in (mine, yours))
    about = mine or yours or Vote()
    return Votes(
        about.question,
        about.stage,
        _outcome(one, a),
        _outcome(other, b),
        tuple(
            Ballot(_name(who, one, other), _color(who, one, other), left.get(who, ""), right.get(who, ""))
            for who in dict.fromkeys((*left, *right))
        ),
    )


def _outcome(transcript: Transcript, record: Recorded | None) -> Outcome | None:
    shown = result(transcript, record) if record else None
    return Outcome(shown.title, shown.note) if shown else None


def _cast(ballot: BallotCast) -> str:
    """A ballot in a line: what it chose, or in which order, or why it chose nothing."""
    if ballot.status != "valid":
        return {"abstained": "abstained", "invalid": "unreadable", "missing": "gave none"}.get(ballot.status, "")
    if ballot.ranking is not None:
        return " > ".join(" = ".join(tier) for tier in ballot.ranking)
    if ballot.scores is not None:
        ordered = sorted(ballot.scores.items(), key=lambda one: -one[1])
        return ", ".join(f"{option} {score:g}" for option, score in ordered)
    return ballot.pick or ", ".join(ballot.approve or ())


def _draft(transcript: Transcript) -> Draft | None:
    found = versions(transcript)
    ordered = sorted(found.all, key=lambda one: (one.accepted, one.number == found.best, one.number))
    if not ordered or not _refined(found.all):
        return None
    last = ordered[-1]
    told = "accepted" if last.accepted else ""
    scored = figures(last.scored, found.best) if last.scored else ""
    return Draft(last.number, " · ".join(filter(None, (scored, told))), last.text)


def _refined(found: Sequence[Version]) -> bool:
    return any(version.turn is not None for version in found)


def _facts(one: Transcript, other: Transcript) -> tuple[Fact, ...]:
    mine, yours = (_standing(each) for each in (one, other))
    return tuple(
        Fact(kind, (mine.get((kind, key)) or yours[kind, key]).text, (kind, key) in mine, (kind, key) in yours)
        for kind, key in dict.fromkeys((*mine, *yours))
    )


def _standing(transcript: Transcript) -> Mapping[tuple[str, str], Row]:
    """What stands, by its kind and what it says, however it is written."""
    kept = standing(rows(transcript), "agreed", "decided", "contested", "objection", "question")
    return {(row.kind, " ".join(row.text.casefold().split())): row for row in kept}


def _name(who: str, one: Transcript, other: Transcript) -> str:
    name = one.name(who)
    return name if name != who else other.name(who)


def _color(who: str, one: Transcript, other: Transcript) -> str:
    member = one.member(who) or other.member(who)
    return member.persona.color if member else ""
