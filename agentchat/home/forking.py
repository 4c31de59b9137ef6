"""A session copied up to a place into one of its own, and what is to be different there: fork and what-if.

The copy keeps numbers, times and seed, and asks nobody anything: what stands is paid for where it was said. What is
different follows it, as things the person did; what cannot be met is said before anything is created. Pure, but for
looking up who and what is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentchat.branches import Forks
from agentchat.conduct import interrupted
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    EscalationRaised,
    Event,
    ForkedFrom,
    HeadMoved,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionOpened,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
    stamp,
)
from agentchat.folding import fold, grown
from agentchat.kinds import counted
from agentchat.modes import lacking, mode_of, names, settings_of
from agentchat.persona import YOU
from agentchat.room.answers import rebudgeted, withdrawn
from agentchat.room.escalating import named
from agentchat.room.room import MOST_ROUNDS
from agentchat.terms import Budget, limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from agentchat.home.home import Home
    from agentchat.log import Log
    from agentchat.transcript import Frame, Transcript


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is to be different in a fork, in a person's words: nothing of it is looked up or checked yet."""

    without: tuple[str, ...] = ()
    """Members who leave."""
    join: tuple[str, ...] = ()
    """Personas, or their files, that come in."""
    swap: Mapping[str, str] = field(default_factory=dict)
    """Another model for a member."""
    model: str = ""
    """Another model for everybody not named in `swap`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the mode at work there, or of one around it, and `timeouts.*`."""
    rounds: int | None = None
    """Rounds of talk; after the end, so many more."""
    go_on: bool = False
    """After the end, to go on for so many rounds, or one: else it stays ended until it is reopened."""

    @property
    def changes(self) -> bool:
        """Whether anything is to be different."""
        return self != WhatIf(go_on=self.go_on)


def prefix(log: Log, at: int | None = None) -> list[Event]:
    """What a fork copies: the path to an event, or to the head, up to where no turn that ends is under way.

    So turns asked together are there as a whole or not at all, and each with what came of it in its own commit.
    Raises UsageError with the nearest numbers where there is no such event.
    """
    path = log.path()
    if at is None:
        return path
    try:
        event = log.at(at)
    except KeyError:
        near = sorted(sorted(one.seq for one in log.events), key=lambda seq: abs(seq - at))[:3]
        raise UsageError(
            f"there is no #{at} in this session", hint=f"The nearest are {', '.join(f'#{one}' for one in near)}."
        ) from None
    place = event.to if isinstance(event, HeadMoved) else at
    if all(one.seq != place for one in path):
        path = log.path(Forks(log).tip(place))
    return path[: _settled(path, place)]


def placed(log: Log, words: str) -> int | None:
    """The event a person means: `start`, `turn:8` (the eighth), `#22` or `22` (by its number), `end` or nothing.

    Raises UsageError.
    """
    wanted = words.strip().lower()
    kind, _, number = wanted.rpartition(":")
    match kind, number.lstrip("#"):
        case "", "" | "end":
            return None
        case "", "start":
            return log.events[0].seq
        case "turn", digits if digits.isdecimal():
            return nth(log, int(digits))
        case "", digits if digits.isdecimal():
            return int(digits)
        case _:
            raise UsageError(
                f"{words!r} is no place in a session", hint="start, turn:8 for the eighth turn, 22 for #22 of the tree."
            )


def nth(log: Log, turn: int) -> int:
    """The number of the event that ended the n-th turn of the path to the head, as a replay counts them."""
    ends = [event for event in log.path() if counted(event)]
    if not 1 <= turn <= len(ends):
        known = f"It has {len(ends)}." if ends else "Nobody has spoken in it."
        raise UsageError(f"there is no turn {turn} on the path of this session", hint=known)
    return ends[turn - 1].seq


def _settled(path: Sequence[Event], place: int) -> int:
    """How many events of a path there are up to a place where nothing begun is still to end."""
    ended = {event.turn for event in path if isinstance(event, TurnEnded)}
    running: set[int] = set()
    speakers: dict[int, str] = {}
    for index, event in enumerate(path):
        if isinstance(event, TurnStarted) and (event.turn in ended or event.speaker != YOU):
            running.add(event.turn)
        elif isinstance(event, TurnEnded):
            running.discard(event.turn)
            speakers[event.turn] = event.speaker
        after = path[index + 1] if index + 1 < len(path) else None
        if event.seq >= place and not running and not _came_of(after, speakers):
            return index + 1
    return len(path)


def _came_of(event: Event | None, speakers: Mapping[int, str]) -> bool:
    """Whether an event came of a turn, in the commit that ended it."""
    match event:
        case Noted(target=int(turn), by=by) | EscalationRaised(turn=int(turn), by=by):
            return speakers.get(turn) == by
        case _:
            return False


def copied(path: Sequence[Event], session: str, changes: Sequence[Event], now: datetime) -> list[Event]:
    """The events of the fork: the path, that it was forked, then what is different, each by the mode at work.

    A persona's turn that has no end on the path ends as in a crash: it is asked again.
    """
    opened = path[0]
    assert isinstance(opened, SessionOpened)
    came = ForkedFrom(session=opened.session, seq=path[-1].seq)
    whole: list[Event] = [opened.model_copy(update={"session": session, "forked_from": came}), *path[1:]]
    there = fold(whole)
    lost = [interrupted(turn, "", "crash") for turn in there.open if turn.start.speaker != YOU]
    said = sum(counted(one) for one in path)
    told: dict[str, JsonValue] = {"seq": came.seq, "turn": said, "differs": differs(there, changes)}
    forked = Directed(verb="fork", target=came.session, data=told, frame=there.frame.id)
    for event in (*lost, forked, *changes):
        whole.append(stamp(event, whole[-1].seq + 1, whole[-1].seq, now))
    return whole


def differs(there: Transcript, changes: Sequence[Event]) -> str:
    """What is different in a fork, in the few words that tell it from its sisters in a list."""
    swapped = [event.model for event in changes if isinstance(event, ParticipantChanged) and event.model]
    alike = len(swapped) > 1 and len(set(swapped)) == 1
    words: list[str] = []
    for event in changes:
        match event:
            case ParticipantLeft():
                words.append(f"without {there.name(event.participant)}")
            case ParticipantJoined():
                words.append(f"with {event.persona.name}")
            case ParticipantChanged(model=str(model)):
                who = "all" if alike else there.name(event.participant)
                words.append(f"{who} on {model.rpartition('/')[2]}")
            case SettingsChanged():
                words += [f"{key} {value}" for key, value in event.changes.items()]
            case Directed(verb="budget", data=data):
                words.append(f"for {limits(Budget.model_validate(data))}" if data else "without a budget")
            case _:
                pass
    return ", ".join(dict.fromkeys(words))


async def different(home: Home, there: Transcript, what_if: WhatIf) -> list[Event]:
    """What makes the difference, as events. Raises UsageError with the nearest names where it cannot be met."""
    gone = [named(there, name) for name in what_if.without]
    swap = {named(there, name): model for name, model in what_if.swap.items()}
    if both := [who for who in gone if who in swap]:
        raise UsageError(f"{there.name(both[0])} cannot both leave and speak with another model")
    swap = {who: await _model(home, model) for who, model in swap.items()}
    everyone = await _model(home, what_if.model) if what_if.model else ""
    here = there.frame.id
    events: list[Event] = [ParticipantLeft(participant=who, frame=here) for who in dict.fromkeys(gone)]
    for member in there.members:
        model = swap.get(member.id) or everyone
        if member.id not in gone and model and model != member.model:
            events.append(ParticipantChanged(participant=member.id, model=model, frame=here))
    for name in what_if.join:
        persona = home.shelf.get(name).persona
        if there.member(persona.id) and persona.id not in gone:
            raise UsageError(f"{persona.name} is in the room already")
        chosen = await home.chosen(what_if.model, persona)
        home.check_model(chosen.model)
        events.append(ParticipantJoined(persona=persona, model=chosen.model, frame=here))
    more = there.closed and (what_if.rounds or what_if.go_on)
    rounds = {} if there.closed or what_if.rounds is None else {"rounds": str(what_if.rounds)}
    allowed, settings = rebudgeted(there, what_if.settings)
    events += [*allowed, *_set(there, {**rounds, **settings})]
    if more:
        events.append(SessionReopened(rounds=min(max(1, what_if.rounds or 1), MOST_ROUNDS), frame=here))
    _must_work(there, events)
    return events


async def _model(home: Home, model: str) -> str:
    """Another model, by its whole name. Raises UsageError."""
    if not model.strip():
        raise UsageError("which model?", hint="`agentchat models list` shows what there is.")
    chosen = (await home.chosen(model)).model
    home.check_model(chosen)
    return chosen


def _set(there: Transcript, settings: Mapping[str, str]) -> list[Event]:
    """Each setting goes to the innermost mode that has it."""
    events: list[Event] = []
    left = dict(settings)
    for frame in reversed(there.frames):
        if not left:
            break
        known = mode_of(frame.mode).Settings.model_fields
        mine = {key: left.pop(key) for key in tuple(left) if key in known or frame.id == 0}
        if mine:
            whole = settings_of(frame.mode, {**_kept(frame), **mine})
            changes = {key: whole[key] for key in mine}
            events += [SettingsChanged(changes=changes, frame=frame.id), *withdrawn(there, changes, frame.id)]
    return events


def _kept(frame: Frame) -> dict[str, JsonValue]:
    known = mode_of(frame.mode).Settings.model_fields
    return {key: value for key, value in frame.settings.items() if key in known}


def _must_work(there: Transcript, events: Sequence[Event]) -> None:
    """Raise UsageError where the room could not go on so."""
    for event in events:
        there = grown(there, event)
    if not there.members:
        raise UsageError("nobody would be left in the room", hint="--with NAME takes a persona in.")
    if there.frame.mode in names() and (
        lacks := lacking(there.frame.mode, _kept(there.frame), [member.persona for member in there.members])
    ):
        raise UsageError(lacks, hint="--with NAME takes a persona in.")
