from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import JsonValue
from support.starter import starter

from agentchat.errors import ModelError
from agentchat.models.base import End, Message, Request, Text
from agentchat.models.starter import LocalProvider, tiny

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO_SENTENCES = r"""
root ::= " " [a-z] C+ "." " " [A-Z] C+ "."
C ::= [^.!?\n:0-9]
"""
ASKED = Request(
    "local/starter",
    (Message("user", "How could a small town win back young families? Answer in two short sentences."),),
    temperature=0.4,
    max_tokens=80,
    seed=3,
)
BEGUN = replace(
    ASKED,
    messages=(*ASKED.messages, Message("assistant", "As a teacher, I would")),
    max_tokens=400,
    grammar=TWO_SENTENCES,
    sampling={"min_p": 0.05, "repeat_penalty": 1.1},
)


@pytest.fixture(scope="module")
def gguf() -> Path:
    return starter()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def local(gguf: Path) -> AsyncGenerator[LocalProvider]:
    provider = LocalProvider()
    yield provider
    await provider.aclose()


async def ask(provider: LocalProvider, request: Request) -> tuple[list[str], End]:
    items = [item async for item in provider.stream(request)]
    end = items.pop()
    assert isinstance(end, End)
    return [item.text for item in items if isinstance(item, Text)], end


@pytest.mark.starter
async def test_it_answers_in_a_stream_with_its_usage_and_at_no_cost(local: LocalProvider) -> None:
    pieces, end = await ask(local, ASKED)
    assert len(pieces) > 1
    assert end.usage.completion_tokens > 5
    assert end.usage.prompt_tokens > 5
    assert end.usage.cost == 0
    assert not end.usage.estimated


@pytest.mark.starter
@pytest.mark.parametrize("stream", [True, False])
async def test_a_reply_goes_on_from_the_opening_it_is_given_and_keeps_to_the_grammar(
    local: LocalProvider, stream: bool
) -> None:
    pieces, end = await ask(local, replace(BEGUN, stream=stream))
    assert re.fullmatch(r"As a teacher, I would [a-z][^.!?\n:0-9]+\. [A-Z][^.!?\n:0-9]+\.", "".join(pieces))
    assert end.finish == "stop"


@pytest.mark.starter
@pytest.mark.soak
async def test_the_same_seed_says_the_same(local: LocalProvider) -> None:
    first, second = await ask(local, BEGUN), await ask(local, BEGUN)
    assert "".join(first[0]) == "".join(second[0])


@pytest.mark.starter
async def test_a_structured_answer_fits_its_schema(local: LocalProvider) -> None:
    choices: list[JsonValue] = ["agree", "partly", "disagree"]
    schema: dict[str, JsonValue] = {
        "type": "object",
        "properties": {"position": {"enum": choices}},
        "required": ["position"],
    }
    pieces, _ = await ask(local, replace(ASKED, schema=schema, stream=False))
    assert json.loads("".join(pieces))["position"] in choices


@pytest.mark.starter
async def test_four_are_answered_at_once(local: LocalProvider) -> None:
    replies = await asyncio.gather(*(ask(local, replace(BEGUN, seed=seed)) for seed in range(4)))
    assert all(end.finish == "stop" for _, end in replies)


@pytest.mark.starter
async def test_what_does_not_fit_its_window_is_told_as_such(local: LocalProvider) -> None:
    window = await local.context_window("local/starter")
    assert window == 2048
    with pytest.raises(ModelError) as caught:
        await ask(local, replace(ASKED, messages=(Message("user", "word " * window),)))
    assert caught.value.kind == "context"


@pytest.mark.starter
async def test_a_child_killed_in_mid_reply_cuts_the_reply_and_the_next_one_is_whole(
    local: LocalProvider, gguf: Path
) -> None:
    long = replace(ASKED, max_tokens=1500, sampling={"ignore_eos": True})
    items = local.stream(long)
    assert isinstance(await anext(items), Text)
    os.kill(local.pids[gguf.name], signal.SIGKILL)
    *_, end = [item async for item in items]
    assert isinstance(end, End)
    assert end.finish == "cut"
    assert (await ask(local, BEGUN))[1].finish == "stop"


@pytest.mark.starter
async def test_any_gguf_file_is_a_model(local: LocalProvider, gguf: Path) -> None:
    _, end = await ask(local, replace(BEGUN, model=f"local/{gguf}"))
    assert end.finish == "stop"


async def test_a_starter_that_is_not_there_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        await ask(LocalProvider(environ={"AGENTCHAT_DATA": str(tmp_path)}), ASKED)
    assert caught.value.kind == "not_installed"
    assert "agentchat models pull" in caught.value.hint


async def test_a_model_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"mistral\.gguf") as caught:
        await ask(LocalProvider(), replace(ASKED, model=f"local/{tmp_path}/mistral.gguf"))
    assert caught.value.kind == "not_installed"


async def test_a_model_is_tiny_by_the_size_of_its_file(tmp_path: Path) -> None:
    small, large = tmp_path / "small.gguf", tmp_path / "large.gguf"
    small.write_bytes(b"GGUF")
    with large.open("wb") as file:
        file.truncate(2_000_000_000)
    nowhere = {"AGENTCHAT_DATA": str(tmp_path)}
    assert tiny(f"local/{small}", nowhere)
    assert not tiny(f"local/{large}", nowhere)
    assert tiny("local/starter", nowhere)
    assert not tiny("openai/gpt-5-mini", nowhere)
