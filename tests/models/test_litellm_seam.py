"""Every fault of a provider, met by the real LiteLLM over loopback: one named state, within its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest
from pydantic import JsonValue
from support.fake_provider import SENTENCE, FakeProvider, Line, say
from support.provider_faults import FAULTS

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.models.base import End, Endpoint, Finish, Message, Request, Text, Timeouts, Usage
from agentchat.models.lite import LiteLLMProvider

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")

HALF = "Free childcare would help"
PATIENT = Timeouts(connect=600, first_token=600, silence=600, total=600)
"""None that a test lives to see: what waits for one of them hangs."""
LIMITS: dict[ModelErrorKind | None, Timeouts] = {
    "timeout_first": replace(PATIENT, first_token=0.4),
    "timeout_idle": replace(PATIENT, silence=0.4),
    "timeout_total": replace(PATIENT, total=1.5),
}
"""Short where it is the limit that ends a reply, and only there: another, met first on a busy machine, would lie."""


@pytest.fixture(autouse=True, scope="module")
def warm() -> None:
    """LiteLLM is imported before the first clock runs."""
    asyncio.run(LiteLLMProvider().warm_up())


def request(model: str = "openai/healthy", *, stream: bool = True, timeouts: Timeouts = PATIENT) -> Request:
    return Request(model, (Message("system", "Be brief."), Message("user", "How?")), stream=stream, timeouts=timeouts)


async def heard(provider: LiteLLMProvider, asked: Request) -> tuple[str, End]:
    """The text and the one end of a reply."""
    items = [item async for item in provider.stream(asked)]
    *texts, end = items
    assert isinstance(end, End)
    assert all(isinstance(item, Text) for item in texts)
    return "".join(item.text for item in texts if isinstance(item, Text)), end


@dataclass(frozen=True)
class Ends:
    """The reply that a fault leaves."""

    finish: Finish
    text: str = HALF
    kind: ModelErrorKind | None = None
    raw: str = ""


ENDS: dict[str, Ends] = {
    "gzip": Ends("stop", raw="stop"),
    "midreset": Ends("cut", kind="network"),
    "midcut": Ends("cut", kind="network"),
    "nofinish": Ends("cut"),
    "nofinishusage": Ends("cut"),
    "nodone": Ends("stop", raw="stop"),
    "openafter": Ends("stop", raw="stop"),
    "midstall": Ends("cut", kind="timeout_idle"),
    "keepalive": Ends("cut", kind="timeout_idle"),
    "emptydeltas": Ends("cut", kind="timeout_idle"),
    "slowbytes": Ends("cut", kind="timeout_idle"),
    "badjson": Ends("cut", f"{HALF} and found", "protocol", "stop"),
    "cutjson": Ends("cut", kind="protocol"),
    "miderror": Ends("cut", kind="server"),
    "eventerror": Ends("cut", kind="server"),
    "emptybody": Ends("stop", ""),
    "onlydone": Ends("stop", ""),
    "empty": Ends("stop", "", raw="stop"),
    "blank": Ends("stop", " \n\t ", raw="stop"),
    "bom": Ends("stop", raw="stop"),
    "utf8": Ends("stop", "caf\ufffd\ufffd au lait", raw="stop"),
    "split": Ends("stop", "über 🎉 alles", raw="stop"),
    "surrogates": Ends("stop", "party 🎉 time", raw="stop"),
    "separators": Ends("stop", "one\u2028two\x85three", raw="stop"),
    "list": Ends("stop", raw="stop"),
    "length": Ends("length", raw="length"),
    "filter": Ends("filter", raw="content_filter"),
    "oddfinish": Ends("stop", raw="eos_or_so"),
    "nousage": Ends("stop", raw="stop"),
    "minususage": Ends("stop", raw="stop"),
    "textusage": Ends("stop", raw="stop"),
    "repeats": Ends("stop", "la " * 300, raw="stop"),
    "roleswitch": Ends("stop", "Free childcare", raw="stop"),
    "giant": Ends("cut", "x" * 1_000_000, "budget", "stop"),
    "wholenofinish": Ends("cut", "Half of"),
    "wholelist": Ends("stop", "All of it", raw="stop"),
    "wholelength": Ends("length", "Half of", raw="length"),
    "wholeempty": Ends("stop", "", raw="stop"),
    "wholenull": Ends("stop", "", raw="stop"),
    "nochoices": Ends("cut", ""),
}

RAISES: dict[str, ModelErrorKind] = {
    "key": "auth",
    "payment": "quota",
    "quota": "quota",
    "forbidden": "forbidden",
    "missing": "model_not_found",
    "busy": "rate_limit",
    "busyhour": "rate_limit",
    "busydate": "rate_limit",
    "context": "context",
    "policy": "filter",
    "invalid": "bad_request",
    "failing": "server",
    "unavailable": "server",
    "overloaded": "server",
    "gateway": "server",
    "redirect": "protocol",
    "reset": "network",
    "garbage": "protocol",
    "stall": "timeout_first",
    "earlykeepalive": "timeout_first",
    "html": "protocol",
    "json": "protocol",
    "badgzip": "protocol",
    "firsterror": "model_not_found",
    "errorobject": "server",
    "wholecut": "network",
    "wholeendless": "budget",
}

ENDLESS: dict[str, ModelErrorKind] = {"endless": "budget", "slowtalk": "timeout_total"}
WHOLE = {"nochoices", "errorobject", *(name for name in FAULTS if name.startswith("whole"))}


def test_every_fault_of_the_fake_provider_is_expected_to_end_somehow() -> None:
    assert FAULTS.keys() == ENDS.keys() | RAISES.keys() | ENDLESS.keys()


@pytest.mark.parametrize("name", ENDS)
async def test_a_fault_in_the_reply_ends_it_as_what_it_is(name: str) -> None:
    expected = ENDS[name]
    async with FakeProvider() as server:
        limits = LIMITS.get(expected.kind, PATIENT)
        asked = request(f"openai/fault-{name}", stream=name not in WHOLE, timeouts=limits)
        text, end = await heard(LiteLLMProvider(Endpoint(server.url)), asked)
        assert (text, end.finish, end.finish_raw) == (expected.text, expected.finish, expected.raw)
        assert (end.fault.kind if end.fault else None) == expected.kind, end.fault
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", RAISES)
async def test_a_fault_before_any_text_is_one_error(name: str) -> None:
    async with FakeProvider() as server:
        limits = LIMITS.get(RAISES[name], PATIENT)
        asked = request(f"openai/fault-{name}", stream=name not in WHOLE, timeouts=limits)
        with pytest.raises(ModelError) as raised:
            await heard(LiteLLMProvider(Endpoint(server.url)), asked)
        assert raised.value.kind == RAISES[name]
        assert raised.value.hint or raised.value.kind == "filter"
        assert str(raised.value).isprintable()
        assert "sk-" not in str(raised.value)
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", ENDLESS)
async def test_a_reply_without_end_is_ended(name: str) -> None:
    async with FakeProvider() as server:
        asked = request(f"openai/fault-{name}", timeouts=LIMITS.get(ENDLESS[name], PATIENT))
        text, end = await heard(LiteLLMProvider(Endpoint(server.url)), asked)
        assert end.finish == "cut"
        assert end.fault is not None
        assert end.fault.kind == ENDLESS[name]
        assert text.startswith(HALF)
        assert len(text) <= 1_000_000
        await until(lambda: server.requests[0].dropped_at is not None)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_healthy_reply_is_whole_and_counted(stream: bool) -> None:
    async with FakeProvider() as server:
        text, end = await heard(LiteLLMProvider(Endpoint(server.url)), request(stream=stream))
        assert text == SENTENCE
        assert end.finish == "stop"
        assert end.usage == Usage(21, 18)
        assert end.fault is None
        assert server.requests[0].streams is stream


async def test_the_text_comes_as_it_is_said() -> None:
    async with FakeProvider(tokens_per_second=100) as server:
        items = [item async for item in LiteLLMProvider(Endpoint(server.url)).stream(request())]
        assert len(items) > 4


@pytest.mark.parametrize(
    "name", ["nousage", "minususage", "textusage", "nofinish", "midreset", "wholenofinish", "wholelist"]
)
async def test_tokens_nobody_counted_are_marked_as_estimated(name: str) -> None:
    async with FakeProvider() as server:
        _, end = await heard(
            LiteLLMProvider(Endpoint(server.url)), request(f"openai/fault-{name}", stream=name not in WHOLE)
        )
        assert end.usage.estimated
        assert end.usage.completion_tokens > 0


async def test_the_request_says_what_was_asked_and_goes_out_once() -> None:
    schema: dict[str, JsonValue] = {"type": "object", "properties": {"vote": {"enum": ["yes"], "type": "string"}}}
    asked = replace(
        request(),
        temperature=0.6,
        max_tokens=70,
        stop=("\nBen:",),
        seed=7,
        schema=schema,
        sampling={"repeat_penalty": 1.1, "min_p": 0.05},
    )
    async with FakeProvider() as server:
        provider = LiteLLMProvider()
        async for _ in provider.stream_at(asked, Endpoint(server.url, "secret-1"), "file.gguf"):
            pass
        sent = server.requests[0]
    assert sent.headers["authorization"] == "Bearer secret-1"
    assert sent.schema == schema
    assert sent.body | {"response_format": None} == {
        "model": "file.gguf",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How?"}],
        "temperature": 0.6,
        "max_tokens": 70,
        "stop": ["\nBen:"],
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": None,
        "repeat_penalty": 1.1,
        "min_p": 0.05,
    }


@pytest.mark.parametrize(
    ("asked_for", "on_the_wire"),
    [("openai/gpt-x", "gpt-x"), ("meta-llama/Llama-3-8B", "meta-llama/Llama-3-8B"), ("qwen3", "qwen3")],
)
async def test_an_endpoint_is_asked_for_a_model_by_its_own_name(asked_for: str, on_the_wire: str) -> None:
    async with FakeProvider() as server:
        await heard(LiteLLMProvider(Endpoint(server.url)), request(asked_for))
        assert server.requests[0].model == on_the_wire


async def test_a_model_nobody_knows_is_said_to_be_missing() -> None:
    with pytest.raises(ModelError) as raised:
        await heard(LiteLLMProvider(), request("nobody-sells-this"))
    assert raised.value.kind == "model_not_found"


async def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for model, name in [("openai/gpt-5-mini", "OPENAI_API_KEY"), ("anthropic/claude-opus-4-1", "ANTHROPIC_API_KEY")]:
        with pytest.raises(ModelError) as raised:
            await heard(LiteLLMProvider(), request(model))
        assert raised.value.kind == "auth"
        assert name in raised.value.hint


async def test_a_server_that_is_not_there_is_a_network_fault_that_names_it() -> None:
    async with FakeProvider() as server:
        pass
    with pytest.raises(ModelError) as raised:
        await heard(LiteLLMProvider(Endpoint(server.url)), request())
    assert raised.value.kind == "network"
    assert server.url.removeprefix("http://").removesuffix("/v1") in str(raised.value)
    assert "doctor" in raised.value.hint


async def test_a_host_without_an_address_is_a_network_fault() -> None:
    with pytest.raises(ModelError) as raised:
        await heard(LiteLLMProvider(Endpoint("http://no-such-host.invalid/v1")), request())
    assert raised.value.kind == "network"


@pytest.mark.parametrize("stream", [True, False])
async def test_cancelling_closes_the_connection(stream: bool) -> None:
    async with FakeProvider(tokens_per_second=20) as server:
        server.faults["slow"] = slowly
        asked = request("openai/fault-slow", stream=stream)
        task = asyncio.create_task(heard(LiteLLMProvider(Endpoint(server.url)), asked))
        await until(lambda: bool(server.requests))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: server.requests[0].dropped_at is not None)


async def test_leaving_a_reply_half_read_closes_the_connection() -> None:
    async with FakeProvider(tokens_per_second=20) as server:
        stream = LiteLLMProvider(Endpoint(server.url)).stream(request())
        async for _ in stream:
            break
        await stream.aclose()
        await until(lambda: server.requests[0].dropped_at is not None)


async def test_a_connection_is_used_again() -> None:
    async with FakeProvider() as server:
        provider = LiteLLMProvider(Endpoint(server.url))
        for _ in range(4):
            await heard(provider, request())
            assert server.open_lines == 1
        assert len(server.requests) == 4


async def slowly(line: Line) -> None:
    """A stream of one word in 50 ms, or a whole answer that takes its time."""
    if not line.asked.streams:
        await line.hang()
    await line.open_stream()
    while True:
        await line.delta(" word")
        await asyncio.sleep(0.05)


async def until(true: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait for something that happens in the server's task."""
    async with asyncio.timeout(patience):
        while not true():  # noqa: ASYNC110  # the server cannot know what a test waits for
            await asyncio.sleep(0.005)


async def test_a_key_goes_only_where_it_was_meant_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-meant-for-openai")
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "sk-meant-for-vllm")
    async with FakeProvider() as server:
        await heard(LiteLLMProvider(Endpoint(server.url)), request())
        assert "meant" not in str(server.requests[0])


async def test_a_whole_reply_that_is_too_long_is_no_complete_one() -> None:
    async with FakeProvider(text="x" * 1_200_000) as server:
        text, end = await heard(LiteLLMProvider(Endpoint(server.url)), request(stream=False))
        assert len(text) == 1_000_000
        assert end.finish == "cut"


@pytest.mark.parametrize("times", [20, pytest.param(1000, marks=pytest.mark.soak)])
async def test_no_connection_is_left_after_many_were_cancelled(times: int) -> None:
    async with FakeProvider(tokens_per_second=50) as server:
        provider = LiteLLMProvider(Endpoint(server.url))
        for number in range(times):
            task = asyncio.create_task(heard(provider, request()))
            await until(partial(asked_more_than, server, number))
            await asyncio.sleep(0.002 * (number % 10))
            task.cancel()
            await asyncio.wait([task])
        await until(lambda: server.open_lines == 0)
        assert all(asked.dropped_at is not None for asked in server.requests)


def asked_more_than(server: FakeProvider, number: int) -> bool:
    return len(server.requests) > number


async def test_fifty_replies_come_side_by_side() -> None:
    together = asyncio.Barrier(50)

    async def with_all_others(line: Line) -> None:
        await together.wait()
        await say(SENTENCE)(line)

    async with FakeProvider() as server:
        server.script([with_all_others] * 50)
        provider = LiteLLMProvider(Endpoint(server.url))
        ends = await asyncio.gather(*(heard(provider, request()) for _ in range(50)))
        assert {text for text, _ in ends} == {SENTENCE}
