"""Ballots and critiques asked of real servers: any model votes, by whichever rung it can take, and none is invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from support.fake_provider import Answering, Asked, FakeProvider, Line, choice
from support.provider_faults import FAULTS
from support.starter import starter

from agentchat.errors import ModelError
from agentchat.kinds import kind_of
from agentchat.models.base import Endpoint, Form, Message, Request
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models
from agentchat.models.starter import LocalProvider
from agentchat.testing import example

if TYPE_CHECKING:
    from pathlib import Path

    from agentchat.models.structured import Answer

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")

OPTIONS = ("free childcare", "a night bus", "parks")
QUESTION = "How could a small town win back young families?"
PROSE: dict[str, tuple[str, dict[str, JsonValue]]] = {
    "pick": ("VOTE: B", {"vote": "a night bus"}),
    "approval": ("APPROVE: B, C", {"approve": ["a night bus", "parks"]}),
    "ranking": ("FINAL RANKING: B > A = C", {"ranking": [["a night bus"], ["free childcare", "parks"]]}),
    "scores": ("A: 1\nB: 5\nC: 0", {"scores": {"free childcare": 1, "a night bus": 5, "parks": 0}}),
    "critique": ("MAJOR: dear\nfree childcare: 4\na night bus: 3\nparks: 1", {"verdict": "unsure"}),
    "compare": ("BETTER: B", {"better": "B"}),
}


async def vote(models: Models, kind: str, model: str = "openai/one", *, flat: bool = False) -> Answer:
    """The answer of a model to a ballot of that kind."""
    known = kind_of(kind)
    assert known.payload
    read = known.prose
    words = None if read is None else lambda text: read(text, OPTIONS)
    request = Request(
        model,
        (Message("system", "You are Ada, a teacher."), Message("user", f"Question: {QUESTION}\nAnswer as a teacher.")),
        temperature=0.8,
        max_tokens=80 if flat else None,
        stream=False,
        seed=7,
    )
    return await models.answer(request, known.payload(OPTIONS), flat=flat, words=words)


def served(server: FakeProvider) -> Models:
    return Models({"": LiteLLMProvider(Endpoint(server.url))})


@pytest.mark.parametrize("kind", PROSE)
async def test_a_server_that_takes_schemas_gets_one_and_is_asked_once(kind: str) -> None:
    def filled(_: Asked) -> str:
        known = kind_of(kind).payload
        assert known
        return json.dumps(example(known(OPTIONS)))

    async with FakeProvider(structured=filled) as server:
        answer = await vote(served(server), kind)
        assert answer.data is not None
        assert not answer.repaired
        assert len(server.requests) == 1


@pytest.mark.parametrize("kind", PROSE)
async def test_a_server_that_only_ever_answers_prose_is_read(kind: str) -> None:
    text, right = PROSE[kind]
    async with FakeProvider(text=f"I thought about it.\n\n{text}") as server:
        answer = await vote(served(server), kind)
        assert answer.data is not None
        assert answer.data.model_dump(mode="json").items() >= right.items()
        assert not answer.repaired


@pytest.mark.parametrize("kind", PROSE)
async def test_whoever_says_nothing_clear_is_told_how_else_it_may_vote_and_then_has_no_vote(kind: str) -> None:
    async with FakeProvider(text="They all have their merits.") as server:
        answer = await vote(served(server), kind)
        assert answer.data is None
        assert answer.problem
        assert answer.raw == ("They all have their merits.",) * 2
        again = json.dumps(server.requests[1].body["messages"])
        assert "That is no answer" in again
        assert "a night bus" in again or kind == "compare"
        assert PROSE[kind][0].partition(":")[0].split()[-1] in again or kind == "scores"


async def test_a_refused_schema_is_not_sent_to_that_model_again() -> None:
    async with FakeProvider(text="VOTE: B") as server:
        server.script([FAULTS["invalid"]])
        models = served(server)
        for _ in range(3):
            assert (await vote(models, "pick")).data is not None
        assert [asked.schema is None for asked in server.requests] == [False, True, True, True]
        assert (await vote(models, "pick", "openai/two")).data is not None
        assert server.requests[-1].schema is not None


async def test_a_request_that_is_refused_without_its_schema_too_was_not_refused_for_it() -> None:
    async with FakeProvider(text="VOTE: B") as server:
        server.script([FAULTS["invalid"], FAULTS["invalid"]])
        models = served(server)
        with pytest.raises(ModelError, match="top_p"):
            await vote(models, "pick")
        await vote(models, "pick")
        assert server.requests[-1].schema is not None


def calls(arguments: str) -> Answering:
    """An answer that calls the tool."""

    async def answer(line: Line) -> None:
        call: JsonValue = {"id": "1", "type": "function", "function": {"name": "answer", "arguments": arguments}}
        message: JsonValue = {"role": "assistant", "content": None, "tool_calls": [call]}
        chosen: JsonValue = [choice(message, "tool_calls", "message")]
        await line.whole(200, {**line.envelope("chat.completion"), "choices": chosen, "usage": {}})

    return answer


class Tooled(LiteLLMProvider):
    """A provider whose models take tools as well."""

    async def forms(self, model: str) -> tuple[Form, ...]:
        return ("schema", "tool")


async def test_a_tool_is_called_where_the_form_of_a_response_is_refused() -> None:
    async with FakeProvider(text="-") as server:
        server.script([FAULTS["invalid"], calls('{"why": "late", "vote": "a night bus"}')])
        answer = await vote(Models({"": Tooled(Endpoint(server.url))}), "pick")
        assert answer.data is not None
        assert answer.data.model_dump() == {"why": "late", "vote": "a night bus"}
        body = server.requests[1].body
        assert "response_format" not in body
        assert isinstance(body["tools"], list)
        assert body["tool_choice"] == {"type": "function", "function": {"name": "answer"}}


async def test_litellm_says_which_models_take_a_schema_and_which_a_tool() -> None:
    provider = LiteLLMProvider()
    assert await provider.forms("openai/gpt-4o") == ("schema", "tool")
    assert await provider.forms("openai/gpt-4") == ("tool",)
    assert await provider.forms("openai/nobody-knows") == ("schema",)
    assert await LiteLLMProvider(Endpoint("http://127.0.0.1:1/v1")).forms("openai/gpt-4") == ("schema",)


@pytest.mark.parametrize("kind", ["pick", "approval", "ranking", "scores", "critique"])
async def test_a_tiny_model_is_asked_one_flat_question_after_another(kind: str) -> None:
    def first(asked: Asked) -> str:
        assert isinstance(asked.schema, dict)
        properties = asked.schema["properties"]
        assert isinstance(properties, dict)
        ((name, about),) = properties.items()
        assert isinstance(about, dict)
        options = about.get("enum")
        return json.dumps({name: options[-1] if isinstance(options, list) else "It costs too much."})

    async with FakeProvider(structured=first) as server:
        answer = await vote(served(server), kind, flat=True)
        assert answer.data is not None
        found = answer.data.model_dump(mode="json", exclude={"why", "verdict"})
        assert (
            found
            == {
                "pick": {"vote": "parks"},
                "approval": {"approve": [], "abstain": False},
                "ranking": {"ranking": [["parks"], ["a night bus"], ["free childcare"]], "abstain": False},
                "scores": {"scores": dict.fromkeys(OPTIONS, 5), "abstain": False},
                "critique": {
                    "issues": [
                        {
                            "criterion": "other",
                            "severity": "blocker",
                            "quote": "",
                            "problem": "It costs too much.",
                            "fix": "",
                        }
                    ],
                    "scores": dict.fromkeys(OPTIONS, 1),
                },
            }[kind]
        )
        asked = {"pick": 1, "approval": 3, "ranking": 2, "scores": 3, "critique": 5}[kind]
        assert len(server.requests) == asked


@pytest.fixture(scope="module")
def gguf() -> Path:
    return starter()


@pytest.mark.starter
async def test_the_starter_votes_and_criticises_validly(gguf: Path) -> None:
    models = Models({"local": LocalProvider()})
    try:
        for kind in PROSE:
            answer = await vote(models, kind, "local/starter", flat=True)
            assert answer.data is not None, f"{kind}: {answer.problem}: {answer.raw}"
    finally:
        await models.aclose()
