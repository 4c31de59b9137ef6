from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import JsonValue

from agentchat.errors import ModelError
from agentchat.models.base import End, Message, Request, Text
from agentchat.models.scripted import ScriptedProvider


async def replies(
    path: Path, speaker: str, kind: str = "say", index: int = 0, schema: dict[str, JsonValue] | None = None
) -> tuple[str, End]:
    request = Request(
        f"scripted/{path}", (Message("user", "a b"),), schema=schema, speaker=speaker, kind=kind, turn_index=index
    )
    text, end = "", None
    async with aclosing(ScriptedProvider().stream(request)) as items:
        async for item in items:
            if isinstance(item, Text):
                text += item.text
            else:
                end = item
    assert end
    return text, end


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.toml"
    path.write_text('[ada]\nsay = ["one", "two words"]\n["*"]\nsay = ["anyone"]\nvote = ["!fail auth"]\n', "utf-8")
    return path


async def test_a_speaker_says_its_replies_in_order_and_then_from_the_start(script: Path) -> None:
    said = [(await replies(script, "ada", index=index))[0] for index in range(3)]
    assert said == ["one", "two words", "one"]


async def test_whoever_has_no_replies_says_those_of_anyone(script: Path) -> None:
    text, end = await replies(script, "ben")
    assert text == "anyone"
    assert (end.finish, end.usage.prompt_tokens, end.usage.completion_tokens) == ("stop", 2, 1)


async def test_a_script_can_fail_as_a_model_may(script: Path) -> None:
    with pytest.raises(ModelError) as caught:
        await replies(script, "ada", "vote")
    assert caught.value.kind == "auth"


async def test_a_turn_the_script_does_not_know_fails_in_words(script: Path) -> None:
    with pytest.raises(ModelError, match="no reply of ada for cluster"):
        await replies(script, "ada", "cluster")


async def test_a_question_of_one_field_gets_the_reply_as_that_field(script: Path) -> None:
    text, _ = await replies(script, "ada", schema={"properties": {"why": {"type": "string"}}})
    assert json.loads(text) == {"why": "one"}


@pytest.mark.parametrize("bad", ["not toml", "[ada]\nsay = 'one'", "pace = -1", None])
async def test_a_bad_script_is_named(tmp_path: Path, bad: str | None) -> None:
    path = tmp_path / "bad.toml"
    if bad is not None:
        path.write_text(bad, "utf-8")
    with pytest.raises(ModelError, match=r"bad\.toml"):
        await replies(path, "ada")
