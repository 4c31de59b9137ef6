"""One turn, performed: what the speaker reads is put together, a model asked, and its answer read once.

A failing persona costs its turn, not the room: its fallback models are asked, then its understudy.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentchat.errors import ModelError
from agentchat.events import TurnEnded, TurnStarted
from agentchat.kinds import kind_of
from agentchat.models.base import Message, Request, Usage
from agentchat.modes.floor import lot
from agentchat.persona import CHECK
from agentchat.prompting import compose, compose_summary, profile_for, read_draft, read_reply, too_similar, whole, worth
from agentchat.room.check import checked
from agentchat.room.summary import covered
from agentchat.transcript import SUMMARY, Member, Transcript, Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentchat.events import Outcome
    from agentchat.kinds import Kind, Payload
    from agentchat.models.base import Timeouts
    from agentchat.models.policy import Models, Reply, Waiting
    from agentchat.prompting import Profile
    from agentchat.room.check import Checked


TRIES = 3
"""Times a tiny model is asked for one turn, at most."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a room asks: the models, how long they may take, and who stands in for whom."""

    models: Models
    timeouts: Timeouts
    understudy: Callable[[str], Member | None]
    """The persona of that id and the model it is asked with, from wherever the room may take one."""
    check: Callable[[str], Awaitable[Checked]] | None = None
    """The outside check the person gave on the command line, if any."""

    async def profile(self, model: str) -> Profile:
        """How a model wants to be asked."""
        tiny = self.models.tiny(model)
        return profile_for(None if tiny else await self.models.context_window(model), tiny)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of a turn while it is under way."""

    text: Callable[[str, str], None]
    """Gets the model's name and the whole text so far."""
    waiting: Callable[[Waiting], None]
    again: Callable[[str, str], None]
    """Gets the model's name and why what came is thrown away, to be asked for anew."""


async def perform(asking: Asking, transcript: Transcript, start: TurnStarted, hearing: Hearing) -> TurnEnded:
    """The turn's end: said, passed, structured, truncated, refused, empty or failed.

    Raises ModelError where the provider as a whole is at fault and nobody could stand in.
    """
    if start.speaker == CHECK:
        return await checked(asking.check, start, transcript.draft(start.reply_to))
    member = transcript.member(start.speaker)
    assert member is not None, f"{start.speaker} is not in the room"
    if start.model:
        member = replace(member, model=start.model)
    try:
        return await _Take(asking, transcript, start, member, hearing).end()
    except ModelError as error:
        if (other := asking.understudy(member.persona.understudy)) and other.id != member.id:
            among = replace(transcript, members=(*transcript.members, other))
            with suppress(ModelError):
                return await _Take(asking, among, start, other, hearing).end()
        if error.outage:
            raise
        failed = {"model": member.model, "error_kind": error.kind, "error": str(error)}
        return _bare(start, "failed").model_copy(update=failed)


@dataclass(frozen=True, slots=True)
class _Take:
    """One try at a turn, by its speaker or by who stands in."""

    asking: Asking
    transcript: Transcript
    start: TurnStarted
    member: Member
    hearing: Hearing

    async def end(self) -> TurnEnded:
        profile = await self.asking.profile(self.member.model)
        tiny = profile.name == "tiny"
        kind = kind_of(self.start.kind)
        if kind.payload is not None:
            return await self._answer(self._request(profile), kind, kind.payload(self.start.choices), tiny)
        reply = await self._ask(self._request(profile))
        if self.start.kind == SUMMARY:
            return self._ended(reply, reply.outcome, reply.text).model_copy(
                update={"data": {"covers": list(covered(self.start))}}
            )
        return self._read(await self._better(profile, _mended(reply)) if tiny else reply, tiny)

    async def _better(self, profile: Profile, first: Reply) -> Reply:
        """A tiny model is asked again while it repeats or strays; of its replies the best one counts.

        Only the first is heard while it comes: nobody is to read a turn that is rewritten before their eyes.
        """
        replies = [first]
        while (why := too_similar(self.transcript, self._seat, replies[-1].text)) and len(replies) < TRIES:
            self.hearing.again(self.member.model, why)
            try:
                again = await self._ask(self._request(profile, len(replies)), heard=False)
            except ModelError:
                break  # what came before is an answer all the same
            replies.append(_mended(again))
        last = replies[-1]
        if too_similar(self.transcript, self._seat, last.text):
            last = max(replies, key=lambda reply: worth(self.transcript, self._seat, reply.text))
        usage = sum((reply.usage for reply in replies), start=Usage())
        return replace(last, usage=usage, attempts=sum(reply.attempts for reply in replies))

    @property
    def _seat(self) -> TurnStarted:
        """The start as whoever takes the turn reads it."""
        return self.start.model_copy(update={"speaker": self.member.id})

    def _request(self, profile: Profile, attempt: int = 0) -> Request:
        if self.start.kind == SUMMARY:
            prompt = compose_summary(self.transcript, covered(self.start), profile)
        else:
            prompt = compose(self.transcript, self._seat, profile, attempt=attempt)
        scripted = self.member.model.startswith("scripted/")
        return Request(
            model=self.member.model,
            messages=tuple(Message(message.role, message.content) for message in prompt.messages),
            temperature=prompt.temperature,
            max_tokens=prompt.max_tokens,
            stop=prompt.stop,
            sampling=prompt.sampling,
            grammar=prompt.grammar,
            seed=lot(self.transcript.opened.seed, self.start.turn, attempt) if profile.name == "tiny" else None,
            stream=kind_of(self.start.kind).streamed,
            timeouts=self.asking.timeouts,
            speaker=self.member.id,
            kind=self.start.kind,
            turn_index=_index(self.transcript, self.start) if scripted else 0,
        )

    async def _ask(self, request: Request, *, heard: bool = True) -> Reply:
        model, text = self.member.model, self.hearing.text
        hear = (lambda so_far: text(model, so_far)) if heard else None
        return await self.asking.models.ask(request, self._fallbacks, hear, self.hearing.waiting)

    @property
    def _fallbacks(self) -> tuple[str, ...]:
        wishes = self.member.persona.model
        return wishes[1:] if wishes[:1] == (self.member.model,) else ()

    def _read(self, reply: Reply, tiny: bool) -> TurnEnded:
        if self.start.kind == "draft":
            reading = read_draft(self.transcript, self._seat, reply.text, tiny=tiny)
        else:
            reading = read_reply(self.transcript, self._seat, reply.text)
        outcome: Outcome = reply.outcome
        if reading.passed and outcome in ("said", "truncated"):
            outcome = "passed"
        elif outcome == "said" and not reading.text:
            outcome = "empty"
        read = {"to": reading.to or self.start.to, "intent": reading.intent, "mentions": reading.mentions}
        return self._ended(reply, outcome, reading.text).model_copy(update=read)

    async def _answer(self, request: Request, kind: Kind, payload: type[Payload], tiny: bool) -> TurnEnded:
        read, choices = kind.prose, self.start.choices
        words = None if read is None else lambda text: read(text, choices)
        answer = await self.asking.models.answer(
            request, payload, flat=tiny, words=words, fallbacks=self._fallbacks, on_wait=self.hearing.waiting
        )
        raw = "\n".join(answer.raw)
        if answer.data is None:
            outcome = answer.reply.outcome
            if outcome == "refused" or not raw.strip():  # nothing came that could have been read
                return self._ended(answer.reply, outcome if outcome == "refused" else "empty", raw)
            unread = {"error_kind": "invalid_answer", "error": answer.problem}
            return self._ended(answer.reply, "failed", raw).model_copy(update=unread)
        data = answer.data.model_dump(mode="json")
        text = kind.put(data, raw)
        return self._ended(answer.reply, "structured", text).model_copy(update={"data": data})

    def _ended(self, reply: Reply, outcome: Outcome, text: str) -> TurnEnded:
        known = {
            "speaker": self.member.id,
            "text": text,
            "pace": reply.pace,
            "model": reply.model or self.member.model,
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
        return _bare(self.start, outcome).model_copy(update=known)


def _bare(start: TurnStarted, outcome: Outcome) -> TurnEnded:
    return TurnEnded(
        turn=start.turn,
        speaker=start.speaker,
        kind=start.kind,
        outcome=outcome,
        reply_to=start.reply_to,
        frame=start.frame,
    )


def _index(transcript: Transcript, start: TurnStarted) -> int:
    """How many turns of this kind the speaker had before: what a scripted model counts by."""
    turns = (entry for entry in transcript.entries if isinstance(entry, Turn) and entry.end is not None)
    return sum(turn.start.speaker == start.speaker and turn.start.kind == start.kind for turn in turns)


def _mended(reply: Reply) -> Reply:
    """A tiny model's reply that its length limit ended: what is whole of it is said."""
    if reply.outcome != "truncated" or reply.error is not None:
        return reply
    text = whole(reply.text)
    return replace(reply, text=text, outcome="said") if text else reply
