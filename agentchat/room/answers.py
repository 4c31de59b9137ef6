"""What the person's own answers become: turns taken or passed, questions answered, or a refusal in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from agentchat import budget
from agentchat.errors import UsageError
from agentchat.events import Directed, EscalationAnswered, HumanSpoke, SessionReopened, SettingsChanged, TurnEnded
from agentchat.kinds import kind_of
from agentchat.kinds.answering import filled, how, option
from agentchat.modes import lacking, mode_of, settings_of
from agentchat.persona import YOU
from agentchat.prompting import read_human
from agentchat.transcript import RAISE, SPENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.events import EscalationRaised, Event, Outcome
    from agentchat.transcript import Transcript, Turn


NOBODY = frozenset({"deadline", "policy"})
"""Who answers where nobody does."""


def taken(transcript: Transcript, turn: int, text: str, data: Mapping[str, JsonValue] | None) -> TurnEnded:
    """The end of the person's own turn. Raises UsageError with what is wrong, or where it is not theirs to take."""
    own = _own(transcript, turn)
    kind = kind_of(own.start.kind)
    if kind.payload is None:
        if not text.strip():
            raise UsageError("a turn needs words", hint="Pass, to say nothing.")
        read = read_human(transcript, text)
        said = {"to": own.start.to or read.to, "intent": read.intent, "mentions": read.mentions}
        return _ended(own, "said", text).model_copy(update=said)
    if data is None and kind.prose is not None:
        data = kind.prose(text, own.start.choices)
    elif data is None and text.strip():
        data = filled(kind.payload(own.start.choices), text)
    try:
        payload = kind.payload(own.start.choices).model_validate(data or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        hint = f"There are {', '.join(own.start.choices)}." if own.start.choices else how(kind.name, ())
        raise UsageError(f"{where or kind.name}: {first['msg']}", hint=hint) from None
    content = payload.model_dump(mode="json")
    told = kind.put(content, text)
    return _ended(own, "structured", told).model_copy(update={"data": content})


def passed(transcript: Transcript, turn: int, by: str = "") -> TurnEnded:
    """The end of the person's own turn where they say nothing: an abstention."""
    return _ended(_own(transcript, turn), "passed", "").model_copy(update={"by": by})


def answered(transcript: Transcript, escalation: int, answer: str, by: str) -> EscalationAnswered:
    """The answer to an open question. Raises UsageError where it is not one of its options, or not open."""
    question = next((one for one in transcript.escalations if one.seq == escalation), None)
    if question is None:
        raise UsageError("that question is not open any more", hint="It was answered, or the session went elsewhere.")
    if by in NOBODY or any(by.casefold() in (one.id, one.persona.name.casefold()) for one in transcript.members):
        raise UsageError(f"{by} is no person who could answer", hint="Name the person, or leave the name out.")
    words = option(answer if answer.strip() or question.options else question.default, question.options)
    return given(question, words, by)


def given(question: EscalationRaised, answer: str, by: str) -> EscalationAnswered:
    """An answer, as it goes on record."""
    return EscalationAnswered(escalation=question.seq, key=question.key, answer=answer, by=by, frame=question.frame)


def reopened(transcript: Transcript, rounds: int, question: str) -> list[Event]:
    """What goes on record where the person goes on after the end: words to some of them are no new question for all."""
    said = read_human(transcript, question)
    if not said.mentions:
        return [SessionReopened(rounds=rounds, question=question)]
    spoke = HumanSpoke(text=question, to=said.to, intent=said.intent, mentions=said.mentions)
    # Where a mode has no rounds, all of its work would be done once more for one answer.
    return [SessionReopened(rounds=rounds if "rounds" in transcript.opened.settings else 0), spoke]


def changed(transcript: Transcript, settings: Mapping[str, str]) -> list[Event]:
    """What becomes of other settings of the mode at work, or another budget. Raises UsageError."""
    events, rest = rebudgeted(transcript, settings)
    if rest or not events:
        frame = transcript.frame
        known = mode_of(frame.mode).Settings.model_fields
        kept = {key: value for key, value in frame.settings.items() if key in known}
        whole = settings_of(frame.mode, {**kept, **rest})
        here = [member.persona for member in transcript.members]
        if (why := lacking(frame.mode, whole, here)) and not lacking(frame.mode, kept, here):
            raise UsageError(why, hint="Name somebody who is here, or invite them first.")
        changes: dict[str, JsonValue] = {key: whole[key] for key in rest}
        events += [SettingsChanged(changes=changes), *withdrawn(transcript, changes, frame.id)]
    return events


def rebudgeted(transcript: Transcript, settings: Mapping[str, str]) -> tuple[list[Event], dict[str, str]]:
    """What becomes of another budget, and the other settings. The room need not ask any more whether to go on."""
    limits, rest = budget.split(settings, transcript.purse.budget)
    if len(rest) == len(settings):
        return [], rest
    asked = [given(one, RAISE, YOU) for one in transcript.escalations if one.key == SPENT]
    data = limits.model_dump(exclude_none=True) if limits else {}
    return [*asked, Directed(verb="budget", data=data, frame=transcript.frame.id)], rest


def withdrawn(transcript: Transcript, changes: Mapping[str, JsonValue], frame: int) -> list[EscalationAnswered]:
    """Answers to what the mode asked because of what the person wanted to be in it, where they want something else."""
    settings = next((one.settings for one in transcript.frames if one.id == frame), {})
    if "you" not in changes or changes["you"] == settings.get("you"):
        return []
    asked = [one for one in transcript.escalations if one.frame == frame and one.key]
    return [given(one, one.default or "left to the room", "policy") for one in asked]


def _own(transcript: Transcript, turn: int) -> Turn:
    for one in transcript.open:
        if one.id == turn and one.start.speaker == YOU:
            return one
    raise UsageError("that turn is not yours to take", hint="It was taken, its time is over, or the session went on.")


def _ended(turn: Turn, outcome: Outcome, text: str) -> TurnEnded:
    start = turn.start
    return TurnEnded(
        turn=start.turn,
        speaker=YOU,
        kind=start.kind,
        outcome=outcome,
        text=text,
        to=start.to,
        reply_to=start.reply_to,
        frame=start.frame,
    )


def approval(transcript: Transcript) -> tuple[Directed, ...]:
    """The person's yes to the turn that waits for it, if one does."""
    waits = transcript.unapproved
    return () if waits is None else (Directed(verb="approve", target=str(waits)),)
