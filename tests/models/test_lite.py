"""The provider for everything LiteLLM knows: what it loads and when, and how it hears each dialect end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest
from pydantic import JsonValue
from support.fake_provider import Answering, FakeProvider, Line

from agentchat.models.base import End, Message, Request, Text, Timeouts
from agentchat.models.faults import key_name
from agentchat.models.lite import LiteLLMProvider

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")


def python(program: str) -> str:
    """What a program prints, to both."""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, cwd="/"
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


def test_making_one_loads_nothing_heavy() -> None:
    heavy = "{'litellm', 'httpx', 'aiohttp', 'openai'}"
    program = (
        f"import sys; from agentchat.models.lite import LiteLLMProvider as P; P(); print({heavy} & set(sys.modules))"
    )
    assert python(program) == "set()\n"


def test_loading_litellm_and_failing_prints_nothing_and_asks_nobody() -> None:
    program = """
import asyncio, sys, threading
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo") and threading.current_thread().name.startswith("agentchat"):
        print(event, args)
sys.addaudithook(hook)
from agentchat.errors import ModelError
from agentchat.models.base import Message, Request
from agentchat.models.lite import LiteLLMProvider
async def main():
    provider = LiteLLMProvider()
    await provider.warm_up()
    for model in ("openai/gpt-5-mini", "anthropic/claude-opus-4-1", "nobody/knows", "gemini/gemini-2.5-pro"):
        try:
            async for _ in provider.stream(Request(model, (Message("user", "a"),))):
                pass
        except ModelError:
            pass
    assert "litellm" in sys.modules
asyncio.run(main())
"""
    environment = "import os; [os.environ.pop(name) for name in list(os.environ) if name.endswith('_KEY')]\n"
    assert python(environment + program) == ""


async def test_the_window_of_a_known_model_is_known() -> None:
    provider = LiteLLMProvider()
    assert (await provider.context_window("openai/gpt-4o") or 0) > 100_000
    assert await provider.context_window("openai/nobody-knows") is None


@pytest.mark.parametrize(
    ("model", "tiny"),
    [
        ("ollama/smollm2:135m", True),
        ("ollama/qwen3:0.6b", True),
        ("ollama/llama3.2:1b", True),
        ("ollama/llama3.1:70b", False),
        ("openai/gpt-5-mini", False),
        ("ollama/mixtral:8x7b", False),
        ("ollama/phi4-mini", False),
    ],
)
def test_a_tiny_model_is_known_by_its_name(model: str, tiny: bool) -> None:
    assert LiteLLMProvider().tiny(model) is tiny


def events(*payloads: JsonValue, named: bool = False) -> bytes:
    lines = []
    for payload in payloads:
        if named and isinstance(payload, dict):
            lines.append(f"event: {payload['type']}\n")
        lines.append(f"data: {json.dumps(payload)}\n\n")
    return "".join(lines).encode()


def anthropic(*, whole: bool) -> bytes:
    start: dict[str, JsonValue] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "c",
        "content": [],
        "stop_reason": None,
    }
    usage: JsonValue = {"input_tokens": 21, "output_tokens": 1}
    parts: list[JsonValue] = [
        {"type": "message_start", "message": {**start, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Free "}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "childcare"}},
    ]
    end: list[JsonValue] = [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 18}},
        {"type": "message_stop"},
    ]
    return events(*parts, *(end if whole else []), named=True)


def openai(*, whole: bool) -> bytes:
    def chunk(delta: JsonValue, finish: str | None = None) -> JsonValue:
        choice: JsonValue = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "g", "choices": [choice]}

    parts = [chunk({"content": "Free "}), chunk({"content": "childcare"})]
    usage: JsonValue = {"prompt_tokens": 21, "completion_tokens": 18, "total_tokens": 39}
    end = [
        chunk({}, "stop"),
        {"id": "c", "object": "chat.completion.chunk", "model": "g", "choices": [], "usage": usage},
    ]
    return events(*parts, *end) + b"data: [DONE]\n\n" if whole else events(*parts)


def gemini(*, whole: bool) -> bytes:
    def part(text: str, **more: JsonValue) -> JsonValue:
        return {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **more}]}

    usage: JsonValue = {"promptTokenCount": 21, "candidatesTokenCount": 18, "totalTokenCount": 39}
    end = part("", finishReason="STOP")
    assert isinstance(end, dict)
    return events(part("Free "), part("childcare"), *([{**end, "usageMetadata": usage}] if whole else []))


def ollama(*, whole: bool) -> bytes:
    def line(text: str, **more: JsonValue) -> bytes:
        message: JsonValue = {"role": "assistant", "content": text}
        return json.dumps({"model": "llama3.1:70b", "created_at": "x", "message": message, **more}).encode() + b"\n"

    end = line("", done=True, done_reason="stop", prompt_eval_count=21, eval_count=18)
    return line("Free ", done=False) + line("childcare", done=False) + (end if whole else b"")


DIALECTS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "openai/gpt-4o": ("OPENAI_BASE_URL", openai),
    "anthropic/claude-opus-4-1": ("ANTHROPIC_API_BASE", anthropic),
    "gemini/gemini-2.5-pro": ("GEMINI_API_BASE", gemini),
    "ollama/llama3.1:70b": ("OLLAMA_API_BASE", ollama),
    "deepseek/deepseek-chat": ("DEEPSEEK_API_BASE", openai),
    "mistral/mistral-large": ("MISTRAL_AZURE_API_BASE", openai),
    "openrouter/qwen/qwen3": ("OPENROUTER_API_BASE", openai),
    "groq/llama-70b": ("GROQ_API_BASE", openai),
    "xai/grok-4": ("XAI_API_BASE", openai),
    "together_ai/q/q": ("TOGETHER_AI_API_BASE", openai),
    "fireworks_ai/q": ("FIREWORKS_API_BASE", openai),
}


def sending(data: bytes, kind: str) -> Answering:
    async def answer(line: Line) -> None:
        await line.whole(200, data, kind=kind)

    return answer


async def heard(model: str) -> tuple[str, End]:
    request = Request(model, (Message("user", "How?"),), timeouts=Timeouts(2, 5, 5, 10))
    items: Sequence[Text | End] = [item async for item in LiteLLMProvider().stream(request)]
    *texts, end = items
    assert isinstance(end, End)
    return "".join(item.text for item in texts if isinstance(item, Text)), end


@pytest.mark.parametrize("model", DIALECTS)
async def test_each_dialect_is_heard_to_its_end_and_no_cut_off_reply_passes_for_whole(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, dialect = DIALECTS[model]
    kind = "application/x-ndjson" if dialect is ollama else "text/event-stream"
    async with FakeProvider() as server:
        monkeypatch.setenv(base, server.url if dialect is openai else server.url.removesuffix("/v1"))
        monkeypatch.setenv(key_name(model), "a-key")
        server.script([sending(dialect(whole=True), kind), sending(dialect(whole=False), kind)])
        text, end = await heard(model)
        assert (text, end.finish) == ("Free childcare", "stop")
        assert (end.usage.prompt_tokens, end.usage.completion_tokens, end.usage.estimated) == (21, 18, False)
        text, end = await heard(model)
        assert (text, end.finish) == ("Free childcare", "cut")


async def test_a_reply_of_a_listed_model_has_its_price(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeProvider() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "a-key")
        _, end = await heard("openai/gpt-4o")
        assert end.usage.cost is not None
        assert 0 < end.usage.cost < 0.01
        _, end = await heard("openai/nobody-knows")
        assert end.usage.cost is None


async def test_ollama_is_asked_for_a_window_that_holds_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeProvider() as server:
        monkeypatch.setenv("OLLAMA_API_BASE", server.url.removesuffix("/v1"))
        server.script([sending(ollama(whole=True), "application/x-ndjson")])
        request = Request("ollama/llama3.1:70b", (Message("user", "x" * 30_000),), sampling={"repeat_penalty": 1.1})
        async for _ in LiteLLMProvider().stream(request):
            pass
        assert [asked.path for asked in server.requests] == ["/api/chat"]
        options = server.requests[0].body["options"]
        assert isinstance(options, dict)
        assert options["num_ctx"] == 16384
        assert options["repeat_penalty"] == 1.1
