from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agentchat.models.choice import STARTER, Choice, choose, offers

NOBODY = {"OLLAMA_HOST": "127.0.0.1:1"}


async def test_what_a_person_said_comes_before_what_is_there() -> None:
    environ = {**NOBODY, "AGENTCHAT_MODEL": "a/env", "OPENAI_API_KEY": "k"}
    everything = {"flag": "a/flag", "wishes": ("a/wish", "a/other"), "name": "Ada", "config": "a/config"}
    assert await choose(environ, **everything) == Choice("a/flag", "from --model")  # type: ignore[arg-type]
    assert await choose(environ, wishes=("a/wish",), name="Ada") == Choice("a/wish", "wished by Ada")
    assert await choose(environ, config="a/config") == Choice("a/env", "from $AGENTCHAT_MODEL")
    assert await choose({**NOBODY, "OPENAI_API_KEY": "k"}, config="a/config") == Choice("a/config", "from config.toml")


async def test_a_key_in_the_environment_chooses_its_providers_usual_model() -> None:
    choice = await choose({**NOBODY, "ANTHROPIC_API_KEY": "k"})
    assert choice.model.startswith("anthropic/")
    assert choice.why == "ANTHROPIC_API_KEY is set"


async def test_with_nothing_there_the_starter_is_asked() -> None:
    assert await choose(NOBODY) == Choice(STARTER, "no key is set and no Ollama runs here")


async def test_an_ollama_on_this_machine_is_found() -> None:
    async def tags(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"models": [{"name": "llama3.2:latest"}]}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(tags, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        choice = await choose({"OLLAMA_HOST": host})
        assert choice == Choice("ollama/llama3.2:latest", "found in Ollama on this machine")
        assert any(
            offer.model == choice.model and offer.ready
            for offer in await offers({"OLLAMA_HOST": host}, starter_ready=False)
        )


@pytest.mark.parametrize("reply", [b"", b"not http", b"HTTP/1.0 200 OK\r\n\r\n{}", b"HTTP/1.0 500 no\r\n\r\n<html>"])
async def test_whatever_else_listens_there_is_no_ollama(reply: bytes) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert (await choose({"OLLAMA_HOST": host})).model == STARTER


async def test_a_model_in_a_file_is_named_by_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (await choose({}, flag="scripted/demo.toml")).model == f"scripted/{tmp_path}/demo.toml"
    assert (await choose({}, flag=STARTER)).model == STARTER


async def test_the_offers_say_what_is_missing() -> None:
    notes = {offer.model: offer.note for offer in await offers(NOBODY, starter_ready=False)}
    assert "models pull" in notes[STARTER]
    assert all(note for note in notes.values())
