"""One turn, performed: what the speaker reads is put together, a model asked, and its answer read once.

A failing persona costs its turn, not the room: its fallback models are asked, then its understudy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentchat.errors import ModelError
from agentchat.events import TurnEnded, TurnStarted
from agentchat.kinds import Kind, kind_of
from agentchat.models.base import Message, Request
from agentchat.prompting import compose, profile_for, read_reply, too_similar
from agentchat.transcript import Member, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.events import Outcome
    from agentchat.models.base import Timeouts
    from agentchat.models.policy import Models, Reply, Waiting
    from agentchat.prompting import Profile, Prompt
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Asking:
    """How a room asks: the models, and who hears of the text as it comes."""

    models: Models
    timeouts: Timeouts
    understudy: Callable[[str], Member | None]
    """The persona of that id and its model, from wherever the room may take one."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of one turn while it is under way."""

    text: Callable[[str, str], None]
    """Gets the model's name and the whole text so far."""
    waiting: Callable[[Waiting], None]


async def perform(asking: Asking, transcript: Transcript, start: TurnStarted, hearing: Hearing) -> TurnEnded:
    """The turn's end: said, passed, structured, truncated, refused, empty or failed.

    Raises ModelError where the provider as a whole is at fault and nobody could stand in.
    """
    member = transcript.member(start.speaker)
    assert member is not None, f"{start.speaker} is not in the room"
    try:
        return await _ask(asking, transcript, start, member, hearing)
    except ModelError as error:
        stand_in = asking.understudy(member.persona.understudy) if member.persona.understudy else None
        if stand_in is not None and stand_in.id != member.id:
            try:
                among = replace(transcript, members=(*transcript.members, stand_in))
                return await _ask(asking, among, start, stand_in, hearing)
            except ModelError:
                pass
        if error.outage:
            raise
        return _end(start, "failed", error_kind=error.kind, error=str(error), model=member.model)


async def profile_of(asking: Asking, model: str) -> Profile:
    """How a model wants to be asked."""
    return profile_for(await asking.models.context_window(model), asking.models.tiny(model))


async def _ask(
    asking: Asking, transcript: Transcript, start: TurnStarted, member: Member, hearing: Hearing
) -> TurnEnded:
    profile = await profile_of(asking, member.model)
    seat = start if member.id == start.speaker else start.model_copy(update={"speaker": member.id})
    prompt = compose(transcript, seat, profile)
    request = _request(transcript, start, member, prompt, asking.timeouts)
    kind = kind_of(start.kind)
    if kind.payload is not None:
        return await _structured(asking, start, member, request, kind, flat=profile.name == "tiny")
    fallbacks = member.persona.model[1:]

    def heard(text: str) -> None:
        hearing.text(member.model, text)

    reply = await asking.models.ask(request, fallbacks, heard, hearing.waiting)
    reading = read_reply(transcript, seat, reply.text)
    if profile.name == "tiny" and (brief := too_similar(transcript, seat, reading.text)):
        again = compose(transcript, seat.model_copy(update={"brief": brief}), profile)
        second = await asking.models.ask(
            replace(_request(transcript, start, member, again, asking.timeouts), seed=1),
            fallbacks,
            heard,
            hearing.waiting,
        )
        reply = _added(reply, second)
        reading = read_reply(transcript, seat, reply.text)
    outcome: Outcome = reply.outcome
    if outcome in ("said", "truncated") and reading.passed:
        outcome = "passed"
    elif outcome == "said" and not reading.text:
        outcome = "empty"
    spoken = _spoken(start, member, reply, outcome, reading.text)
    return spoken.model_copy(
        update={"to": reading.to or start.to, "intent": reading.intent, "mentions": reading.mentions}
    )


async def _structured(
    asking: Asking, start: TurnStarted, member: Member, request: Request, kind: Kind, *, flat: bool
) -> TurnEnded:
    assert kind.payload is not None
    answer = await asking.models.answer(request, kind.payload(start.choices), flat=flat)
    raw = "\n".join(answer.raw)
    if answer.data is None:
        ended = _spoken(start, member, answer.reply, "failed", raw)
        return ended.model_copy(update={"error_kind": "invalid_answer", "error": answer.problem})
    ended = _spoken(start, member, answer.reply, "structured", raw)
    return ended.model_copy(update={"data": answer.data.model_dump(mode="json")})


def _request(transcript: Transcript, start: TurnStarted, member: Member, prompt: Prompt, timeouts: Timeouts) -> Request:
    return Request(
        model=member.model,
        messages=tuple(Message(message.role, message.content) for message in prompt.messages),
        temperature=prompt.temperature,
        max_tokens=prompt.max_tokens,
        stop=prompt.stop,
        sampling=prompt.sampling,
        stream=kind_of(start.kind).streamed,
        timeouts=timeouts,
        speaker=member.id,
        kind=start.kind,
        turn_index=_index(transcript, start) if member.model.startswith("scripted/") else 0,
    )


def _index(transcript: Transcript, start: TurnStarted) -> int:
    """How many turns of this kind the speaker had before: what a scripted model counts by."""
    return sum(
        isinstance(entry, Turn)
        and entry.end is not None
        and entry.start.speaker == start.speaker
        and entry.start.kind == start.kind
        for entry in transcript.entries
    )


def _added(first: Reply, second: Reply) -> Reply:
    usage = replace(
        second.usage,
        prompt_tokens=first.usage.prompt_tokens + second.usage.prompt_tokens,
        completion_tokens=first.usage.completion_tokens + second.usage.completion_tokens,
        cost=None if second.usage.cost is None else second.usage.cost + (first.usage.cost or 0.0),
    )
    return replace(second, usage=usage, attempts=first.attempts + second.attempts)


def _spoken(start: TurnStarted, member: Member, reply: Reply, outcome: Outcome, text: str) -> TurnEnded:
    ended = _end(start, outcome, text=text, model=reply.model or member.model)
    return ended.model_copy(
        update={
            "speaker": member.id,
            "pace": reply.pace,
            "tokens_in": reply.usage.prompt_tokens,
            "tokens_out": reply.usage.completion_tokens,
            "tokens_estimated": reply.usage.estimated,
            "cost": reply.usage.cost,
            "latency_first": reply.latency_first,
            "latency": reply.latency,
            "attempts": reply.attempts,
            "finish": reply.finish_raw,
            "error_kind": reply.error.kind if reply.error else "",
            "error": str(reply.error) if reply.error else "",
        }
    )


def _end(
    start: TurnStarted, outcome: Outcome, *, text: str = "", model: str = "", error_kind: str = "", error: str = ""
) -> TurnEnded:
    return TurnEnded(
        turn=start.turn,
        speaker=start.speaker,
        kind=start.kind,
        outcome=outcome,
        text=text,
        reply_to=start.reply_to,
        frame=start.frame,
        model=model,
        error_kind=error_kind,
        error=error,
    )
