"""Structured answers: asked by schema, once more with what was wrong, then none; one question at a time if tiny."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pytest
from hypothesis import given, strategies as st
from pydantic import Field
from support.fake_provider import Asked, FakeProvider, say
from support.parrot import STOP, Parrot
from support.provider_faults import FAULTS

from agentchat.errors import ModelError
from agentchat.kinds import Payload
from agentchat.models.base import End, Endpoint, Message, Request, Text, Usage
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")

ASKED = Request("openai/one", (Message("system", "You are Ada."), Message("user", "The proposal is on the table.")))


class Position(Payload):
    """Where somebody stands."""

    stance: Literal["agree", "partly", "disagree"] = Field(description="Do you agree?")
    why: Annotated[str, Field(max_length=40)] = Field(description="Why?")
    confidence: Literal["low", "high"] = Field("low", description="How sure are you?")


AGREE = '{"stance": "agree", "why": "It helps.", "confidence": "high"}'
AGREED = Position(stance="agree", why="It helps.", confidence="high")


async def test_a_valid_answer_is_taken_at_once() -> None:
    parrot = Parrot(AGREE)
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data == AGREED
    assert (answer.raw, answer.repaired, answer.problem) == ((AGREE,), False, "")
    asked = parrot.asked[0]
    assert not asked.stream
    assert asked.schema is not None
    assert asked.schema["required"] == ["stance", "why", "confidence"]
    assert [message.role for message in asked.messages] == ["system", "user"]
    assert asked.messages[-1].content.startswith("The proposal is on the table.")
    assert json.dumps(asked.schema) in asked.messages[-1].content


async def test_what_could_not_be_read_is_asked_for_once_more_with_what_was_wrong() -> None:
    parrot = Parrot('{"stance": "maybe", "why": "x"}', AGREE)
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data == AGREED
    assert answer.repaired
    assert answer.raw == ('{"stance": "maybe", "why": "x"}', AGREE)
    asked = parrot.asked[1].messages
    assert [message.role for message in asked] == ["system", "user", "assistant", "user"]
    assert "stance: Input should be 'agree', 'partly' or 'disagree'" in asked[-1].content
    assert answer.reply.usage == Usage(20, 10, 0.002)
    assert answer.reply.attempts == 2


@pytest.mark.parametrize(
    "again", ["I would rather not say.", "", '{"stance": "maybe"}', AGREE + '{"stance": "partly"}']
)
async def test_after_two_there_is_none_and_nothing_is_invented(again: str) -> None:
    lines = [again] if again else [[STOP], [STOP]]
    parrot = Parrot("Well, it depends.", *lines, AGREE)
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data is None
    assert answer.repaired
    assert answer.problem
    assert answer.raw == ("Well, it depends.", again)


async def test_an_answer_that_was_cut_short_is_no_answer() -> None:
    parrot = Parrot([Text(AGREE), End("cut")], [Text(AGREE), End("length")])
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data is None
    assert "cut short" in answer.problem


async def test_a_refusal_is_not_argued_with() -> None:
    parrot = Parrot([Text("no"), End("filter")], AGREE)
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data is None
    assert not answer.repaired
    assert len(parrot.asked) == 1


async def test_a_model_that_takes_no_schema_is_asked_without_one() -> None:
    parrot = Parrot(ModelError("bad_request", "response_format is not supported"), AGREE)
    answer = await Models({"": parrot}).answer(ASKED, Position)
    assert answer.data == AGREED
    assert [asked.form for asked in parrot.asked] == ["schema", None]


async def test_a_model_that_cannot_be_asked_is_a_fault_and_no_answer() -> None:
    with pytest.raises(ModelError, match="no key"):
        await Models({"": Parrot(ModelError("auth", "no key"))}).answer(ASKED, Position)


async def test_a_tiny_model_is_asked_one_flat_question_at_a_time() -> None:
    parrot = Parrot('{"stance": "partly"}', '{"why": "It costs."}')
    answer = await Models({"": parrot}).answer(ASKED, Position, flat=True)
    assert answer.data == Position(stance="partly", why="It costs.")
    first, second = parrot.asked
    assert first.schema is not None
    assert second.schema is not None
    assert [first.schema["required"], second.schema["required"]] == [["stance"], ["why"]]
    assert "Do you agree? One of: agree, partly, disagree." in first.messages[-1].content
    assert second.messages[-2] == Message("assistant", '{"stance": "partly"}')
    assert "Why?" in second.messages[-1].content
    assert answer.reply.usage == Usage(20, 10, 0.002)


async def test_a_tiny_model_gets_a_second_chance_at_each_question_and_then_none() -> None:
    answer = await Models({"": Parrot("hm", "agree", '{"why": "It helps."}')}).answer(ASKED, Position, flat=True)
    assert answer.data == Position(stance="agree", why="It helps.")
    assert answer.repaired
    answer = await Models({"": Parrot("agree", "because", "because!")}).answer(ASKED, Position, flat=True)
    assert answer.data is None
    assert "why" in answer.problem


@given(st.lists(st.text(max_size=60), min_size=4, max_size=4), st.booleans())
async def test_whatever_it_says_a_tiny_model_never_agrees_unless_it_does(lines: list[str], flat: bool) -> None:
    answer = await Models({"": Parrot(*(line or "-" for line in lines), AGREE)}).answer(ASKED, Position, flat=flat)
    if isinstance(answer.data, Position):
        assert answer.data.stance in " ".join(lines).casefold()


def filled(asked: Asked) -> str:
    """An answer that fits the schema of a request: the first option, or a word."""
    assert isinstance(asked.schema, dict)
    properties = asked.schema["properties"]
    assert isinstance(properties, dict)
    return json.dumps({name: about["enum"][0] if "enum" in about else "word" for name, about in properties.items()})  # type: ignore[call-overload, index, operator]


@pytest.mark.parametrize("flat", [False, True])
async def test_a_server_gets_the_schema_and_its_answer_is_read(flat: bool) -> None:
    async with FakeProvider(structured=filled) as server:
        models = Models({"": LiteLLMProvider(Endpoint(server.url))})
        answer = await models.answer(ASKED, Position, flat=flat)
        assert isinstance(answer.data, Position)
        assert answer.data.stance == "agree"
        assert len(server.requests) == (2 if flat else 1)
        assert not any(asked.streams for asked in server.requests)


async def test_a_server_that_knows_no_schema_is_asked_without_one() -> None:
    async with FakeProvider() as server:
        server.script([FAULTS["invalid"], say(AGREE)])
        answer = await Models({"": LiteLLMProvider(Endpoint(server.url))}).answer(ASKED, Position)
        assert answer.data == AGREED
        assert server.requests[1].schema is None
