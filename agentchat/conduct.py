"""The pure half of the room: from a step to the events that begin it, and the guards around a mode.

Shared with `agentchat.testing`, so that a mode is tested by the very code that runs it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

from agentchat.errors import AgentchatError, UsageError
from agentchat.events import (
    Directed,
    EscalationRaised,
    Event,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Recorded,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.modes import SHIPPED, Closable, Mode, make, mode_of, names, source_of, why_absent
from agentchat.persona import CHECK, YOU
from agentchat.steps import Ask, Enter, Escalate, Finish, Record, Step, Together, Wait
from agentchat.transcript import RECALL, Transcript, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

MOST_RECORDS = 20
"""Conclusions in a row without asking anyone: a mode that goes on past that is turning on the spot."""

MOST_FAILURES = 3
"""Failures of the same ask before the room pauses instead of asking once more."""


class ModeError(AgentchatError):
    """A mode wanted what cannot be done."""


def wanted(mode: Mode, transcript: Transcript) -> Step:
    """What a mode wants next. Raises ModeError, which names it, where one that did not ship fails."""
    with _answerable(mode.name):
        step: object = mode.next(transcript)
    if not isinstance(step, Step):
        raise ModeError(f"the mode {mode.name} gave {type(step).__name__}, which is no step")
    return step


def at_work(transcript: Transcript) -> tuple[Mode, int]:
    """The mode at work, and its bound. Raises ModeError, which names it, where one that did not ship fails."""
    with _answerable(transcript.frame.mode):
        mode = make(transcript.frame.mode, transcript.frame.settings)
        return mode, mode.bound(len(transcript.members))


@contextmanager
def _answerable(name: str) -> Iterator[None]:
    """What fails in here is the fault of the mode of that name, where it did not ship: also an end of the program."""
    try:
        yield
    except (Exception, SystemExit) as error:
        if name in SHIPPED:
            raise
        why = f"the mode {name} failed: {type(error).__name__}: {error}"
        raise ModeError(
            why, hint="Its author finds out more with agentchat.testing. All that was said is kept."
        ) from error


def conduct(transcript: Transcript, step: Step) -> tuple[Event, ...]:
    """The events that carry out a step as far as facts can; its `turn_started` are then to be asked.

    Raises ModeError where the step names someone who cannot be asked.
    """
    events = _begin(transcript, step)
    frame = transcript.frame.id
    return tuple(event if frame == 0 else event.model_copy(update={"frame": frame}) for event in events)


def _begin(transcript: Transcript, step: Step) -> tuple[Event, ...]:
    match step:
        case Ask():
            return (_start(transcript, step),)
        case Together(asks):
            return tuple(_start(transcript, ask) for ask in asks)
        case Record(kind, data, reason, reveals):
            return (Recorded(kind=kind, data=dict(data), reason=reason, reveals=reveals),)
        case Escalate():
            return (_escalation(transcript, step),)
        case Enter(mode, settings, reason, question, cause):
            whole = dict(settings)
            return (
                ModeEntered(
                    mode=mode,
                    mode_version=mode_of(mode).version,
                    mode_source=source_of(mode),
                    settings=whole,
                    reason=reason,
                    question=question,
                    cause=cause,
                ),
            )
        case Wait():
            return ()
        case Finish(outcome, summary, reason, data):
            if transcript.frame.id:
                return (ModeLeft(outcome=outcome, data=dict(data), reason=reason),)
            by = YOU if transcript.ending else transcript.frame.mode
            return (SessionClosed(outcome=outcome, summary=summary, reason=reason, by=by, data=dict(data)),)
        case _:
            assert_never(step)


def _start(transcript: Transcript, ask: Ask) -> TurnStarted:
    if ask.speaker not in (YOU, CHECK) and transcript.member(ask.speaker) is None:
        raise ModeError(
            f"{transcript.frame.mode} asked for {ask.speaker!r}, who is not in the room",
            hint="Invite that persona, or end the session.",
        )
    reads_to = transcript.head if ask.reads_to is None else ask.reads_to
    lost = (turn.start for turn in reversed(transcript.hidden) if turn.start.frame == transcript.frame.id)
    before = next((start for start in lost if _same(start, ask)), None)
    return TurnStarted(
        speaker=ask.speaker,
        kind=ask.kind,
        round=ask.round,
        stage=ask.stage,
        sealed=ask.sealed,
        aside=ask.aside,
        reads_to=before.reads_to if before and not _since(transcript, before) else reads_to,
        brief=ask.brief,
        choices=ask.choices,
        reply_to=ask.reply_to,
        to=ask.to,
        reason=ask.reason,
        model=ask.model or (before.model if before else ""),
        deadline=ask.deadline,
    )


def _same(start: TurnStarted, ask: Ask) -> bool:
    return (start.speaker, start.kind, start.stage, start.round, start.reply_to) == (
        ask.speaker,
        ask.kind,
        ask.stage,
        ask.round,
        ask.reply_to,
    )


def _since(transcript: Transcript, start: TurnStarted) -> bool:
    """Whether a person did something after a turn was first asked: then it reads on to now."""
    for entry in reversed(transcript.entries):
        if isinstance(entry, Turn):
            continue
        if entry.seq < start.seq:
            return False
        if isinstance(entry, Directed) and entry.verb == RECALL:
            continue
        if isinstance(entry, SessionReopened) or (isinstance(entry, HumanSpoke | Directed) and not start.sealed):
            return True
    return False


def _escalation(transcript: Transcript, step: Escalate) -> EscalationRaised:
    return EscalationRaised(
        by=step.by or transcript.frame.mode,
        key=step.key,
        turn=step.turn,
        reason=step.reason,
        level=step.level,
        question=step.question,
        options=step.options,
        default=step.default,
        deadline=step.deadline,
    )


def interrupted(turn: Turn, text: str, by: str) -> TurnEnded:
    """The end of a turn that a person, a crash or an outage cut off; `text` is what had come."""
    start = turn.start
    return TurnEnded(
        turn=start.turn,
        speaker=start.speaker,
        kind=start.kind,
        outcome="interrupted",
        text=text,
        reply_to=start.reply_to,
        by=by,
        frame=start.frame,
    )


def trouble(transcript: Transcript, step: Step, bound: int) -> str:
    """Why the room must not carry out this step but pause, in words; empty where it may (DESIGN §2, 7)."""
    frame = transcript.frame
    if isinstance(step, Record) and frame.musing >= MOST_RECORDS:
        return f"{frame.mode} drew {frame.musing} conclusions in a row without asking anyone"
    asks = step.asks if isinstance(step, Together) else (step,) if isinstance(step, Ask) else ()
    if asks and not asks[0].aside and frame.taken >= bound:
        return f"{frame.mode} went past its own bound of {bound} steps"
    for ask in asks:
        times = sum(_same(turn.start, ask) for turn in frame.failed)
        if times >= MOST_FAILURES:
            return f"{transcript.name(ask.speaker)} failed {times} times at the same turn"
    return ""


def aged(transcript: Transcript) -> tuple[str, ...]:
    """Of the modes at work, those that were begun under another version or another text of their file, in words."""
    begun = {one.seq: (one.mode_version, one.mode_source) for one in transcript.entries if isinstance(one, ModeEntered)}
    begun[0] = (transcript.opened.mode_version, transcript.opened.mode_source)
    here = [(frame.mode, *begun[frame.id]) for frame in transcript.frames if frame.mode in names()]
    return tuple(told for one in here if (told := _aged(*one)))


def _aged(mode: str, version: int, source: str | None) -> str:
    if (now := mode_of(mode).version) != version:
        return f"this was begun under version {version} of {mode}, and goes on under version {now}"
    if source and source != source_of(mode):
        return f"the file of {mode} has changed since this was begun, and it goes on as the file is now"
    return ""


def without(transcript: Transcript) -> tuple[str, str]:
    """Why a session cannot go on for want of a mode at work in it, and what to do; two empty texts where none lacks."""
    for frame in transcript.frames:
        if frame.mode not in names():
            why, hint = why_absent(frame.mode)
            return (
                f"this room cannot go on: {why}",
                f"{hint.rstrip('.')}. It can still be shown, replayed and exported.",
            )
    return "", ""


def must_be_here(transcript: Transcript) -> None:
    """Raise UsageError where a session cannot go on for want of a mode."""
    why_not, hint = without(transcript)
    if why_not:
        raise UsageError(why_not, hint=hint)


def closing(transcript: Transcript, mode: Mode) -> Step:
    """The next step of a room that is to come to its end by itself: a closing turn, where the mode has one."""
    with _answerable(mode.name):
        if isinstance(mode, Closable):
            return mode.close(transcript)
    return Finish("ended", reason=transcript.purse.closing)


def gist(transcript: Transcript) -> tuple[object, ...]:
    """What two runs must share to be the same: everything but times, costs and the numbers of events."""
    place = {_seq(entry): index for index, entry in enumerate(transcript.entries)}
    return tuple(_gist(entry, place) for entry in transcript.entries)


def _seq(entry: Turn | Event) -> int:
    return entry.id if isinstance(entry, Turn) else entry.seq


def _gist(entry: Turn | Event, place: dict[int, int]) -> object:
    if not isinstance(entry, Turn):
        numbers = dict.fromkeys(
            ("seq", "parent", "frame", "reply_to", "escalation", "target", "to", "turn", "cause"), 0
        )
        known = {name: value for name, value in numbers.items() if isinstance(getattr(entry, name, None), int)}
        bare = entry.model_dump(exclude={"at", "reveals", *known})
        if "data" in bare:
            bare["data"] = _placed(bare["data"], place)
        return bare | {"reveals": tuple(place[seq] for seq in getattr(entry, "reveals", ()))}
    start, end = entry.start, entry.end
    said = None if end is None else (end.speaker, end.outcome, end.text, end.data, end.intent, end.mentions)
    reply = None if start.reply_to is None else place.get(start.reply_to)
    return (start.speaker, start.kind, start.round, start.stage, start.sealed, start.aside, reply, said)


def _placed(data: JsonValue, place: dict[int, int]) -> JsonValue:
    """Data in which turns are known by their places: what stands under `turn`, or in a list under `turns`."""
    if isinstance(data, list):
        return [_placed(one, place) for one in data]
    if not isinstance(data, dict):
        return data
    return {key: _turns(one, place) if key in ("turn", "turns") else _placed(one, place) for key, one in data.items()}


def _turns(known: JsonValue, place: dict[int, int]) -> JsonValue:
    if isinstance(known, list):
        return [_turns(one, place) for one in known]
    return place.get(known) if isinstance(known, int) else known
