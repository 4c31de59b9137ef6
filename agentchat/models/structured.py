"""Asks for a structured answer: by schema, by a tool's arguments where that is refused, or in words; read leniently in
form, asked once more with what was wrong, then none.

A tiny model is asked one flat question at a time, of the fields that have no default: it closes a small object that
it cannot leave, and gets lost in a large one.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, JsonValue

from agentchat.errors import ModelError
from agentchat.kinds import Payload, Question
from agentchat.kinds.schema import inlined
from agentchat.models.base import Form, Message, Request
from agentchat.models.reading import Prose, UnreadableError, properties, read, read_value, validated

if TYPE_CHECKING:
    from agentchat.models.policy import Reply

T = TypeVar("T")

_QUOTED = 2000
"""Characters of an unreadable answer that are shown to the model again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A structured answer, valid or none."""

    data: BaseModel | None
    raw: tuple[str, ...]
    """What the model wrote, call by call."""
    repaired: bool
    """Whether it took a second request."""
    problem: str
    """Why there is none."""
    reply: Reply
    """The last reply, with the usage, attempts and time of all."""


async def seek(
    ask: Callable[[Request], Awaitable[Reply]],
    request: Request,
    payload: type[Payload],
    rungs: list[Form],
    *,
    words: Prose | None = None,
    flat: bool = False,
) -> Answer:
    """Ask for `payload` by way of `ask`. Raises ModelError if the model could not be asked.

    `rungs` are the forms in which its schema may be sent, best first; those it refuses are taken out of it.
    """
    talk = _Talk(ask, replace(request, stream=False), rungs)
    if flat:
        return await _one_by_one(talk, payload)
    schema = inlined(payload)
    other = payload.in_words if words else ""
    data = await talk.get(schema, _wish(schema), lambda text: read(payload, text, words), _otherwise(other))
    return talk.answer(data)


async def _one_by_one(talk: _Talk, payload: type[Payload]) -> Answer:
    """One flat question after another, as the payload asks them."""
    before = talk.request.messages
    said: list[JsonValue] = []
    while (question := payload.question(said)) is not None:
        schema = _single(payload, question)
        if question.alone:
            talk.request = replace(talk.request, messages=before)
        found = await talk.get(schema, _question(question, schema), partial(_value, schema))
        if found is None:
            return talk.answer(None)
        said += found
        talk.settle(json.dumps({question.name: found[0]}))
    try:
        return talk.answer(validated(payload, payload.gathered(said)))
    except UnreadableError as problem:
        talk.problem = str(problem)
        return talk.answer(None)


@dataclass(slots=True)
class _Talk:
    """The requests and replies of one answer."""

    ask: Callable[[Request], Awaitable[Reply]]
    request: Request
    """Its messages grow with what was asked and answered."""
    rungs: list[Form]
    replies: list[Reply] = field(default_factory=list)
    repaired: bool = False
    problem: str = ""

    async def get(
        self, schema: Mapping[str, JsonValue], wish: str, reader: Callable[[str], T], otherwise: str = ""
    ) -> T | None:
        """What `reader` makes of the reply, the second one if need be; None says `problem`.

        `otherwise` is said with the second request: how else it may be answered.
        """
        self.request = replace(self.request, schema=schema, messages=_asked(self.request.messages, wish))
        for repair in (False, True):
            if repair:
                self.repaired = True
                self.settle(self.replies[-1].text[:_QUOTED])
                self.request = replace(
                    self.request,
                    messages=_asked(self.request.messages, f"That is no answer: {self.problem}.\n{wish}{otherwise}"),
                )
            reply = await self._reply()
            match reply.outcome:
                case "refused":
                    self.problem = str(reply.error or "the provider withheld the reply")
                    return None
                case "empty":
                    self.problem = "it is empty"
                case "truncated":
                    self.problem = "it was cut short"
                case "said":
                    try:
                        return reader(reply.text)
                    except UnreadableError as problem:
                        self.problem = str(problem)
        return None

    def settle(self, text: str) -> None:
        """Add the model's answer to the talk."""
        message = Message("assistant", text or "(nothing)")
        self.request = replace(self.request, messages=(*self.request.messages, message))

    def answer(self, data: BaseModel | None) -> Answer:
        """The outcome of it all."""
        last = self.replies[-1]
        usage = sum((reply.usage for reply in self.replies[:-1]), start=last.usage)
        total = replace(
            last,
            usage=usage,
            attempts=sum(reply.attempts for reply in self.replies),
            latency_first=self.replies[0].latency_first,
            latency=sum(reply.latency for reply in self.replies),
        )
        raw = tuple(reply.text for reply in self.replies)
        return Answer(data, raw, self.repaired, "" if data is not None else self.problem, total)

    async def _reply(self) -> Reply:
        """Ask, on the highest rung that the model does not refuse."""
        refused: list[Form] = []
        while True:
            form = self.rungs[0] if self.rungs else None
            try:
                reply = await self.ask(replace(self.request, form=form))
            except ModelError as fault:
                if fault.kind != "bad_request" or form is None:
                    self.rungs[:0] = refused  # so it was not for the schema
                    raise
                if form in self.rungs:  # a ballot asked at the same time may have found out before
                    self.rungs.remove(form)
                    refused.append(form)
            else:
                self.replies.append(reply)
                return reply


def _single(payload: type[Payload], question: Question) -> dict[str, JsonValue]:
    """The schema of one question's answer."""
    wanted = dict(question.wanted) or properties(inlined(payload))[question.name]
    return {
        "type": "object",
        "properties": {question.name: wanted},
        "required": [question.name],
        "additionalProperties": False,
    }


def _value(schema: Mapping[str, JsonValue], text: str) -> tuple[JsonValue]:
    return (read_value(schema, text),)


def _asked(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    """The messages with a question at their end, no two of the user's in a row."""
    if messages and messages[-1].role == "user":
        return (*messages[:-1], Message("user", f"{messages[-1].content}\n\n{text}"))
    return (*messages, Message("user", text))


def _wish(schema: Mapping[str, JsonValue]) -> str:
    return f"Answer with one JSON object and nothing else. It must fit this JSON schema:\n{json.dumps(schema)}"


def _otherwise(in_words: str) -> str:
    return f"\nIf you cannot write JSON, end with a line of its own: {in_words}." if in_words else ""


def _question(question: Question, schema: Mapping[str, JsonValue]) -> str:
    """A question as a tiny model understands it."""
    about = properties(schema)[question.name]
    wanted = about if isinstance(about, dict) else {}
    text = question.text or str(wanted.get("description") or f"What is the {question.name}?")
    options = wanted.get("enum")
    choices = f" One of: {', '.join(map(str, options))}." if isinstance(options, list) else ""
    return f'{text}{choices}\nAnswer as JSON: {{"{question.name}": …}}'
