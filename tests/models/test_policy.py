"""Patience with providers: what is tried again, what is kept, and who is asked instead."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given, strategies as st
from support.fake_provider import FakeProvider, say
from support.parrot import STOP, Item, Parrot
from support.provider_faults import FAULTS
from typing_extensions import override

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.models.base import End, Endpoint, Message, Request, Text, Timeouts, Usage
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models, Retry, Waiting

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")

ASKED = Request("openai/one", (Message("user", "How?"),))
DOWN = ModelError("server", "It failed", status=500)
TRANSIENT: list[ModelErrorKind] = ["rate_limit", "server", "network", "timeout_first"]
LASTING: list[ModelErrorKind] = ["auth", "quota", "forbidden", "model_not_found", "context", "protocol", "bad_request"]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def models(parrot: Parrot, clock: Clock | None = None, per_provider: int = 64) -> Models:
    clock = clock or Clock()
    return Models({"": parrot}, per_provider=per_provider, clock=clock, sleep=clock.sleep, seed=7)


async def test_what_a_model_says_is_told_as_it_comes_and_returned_whole() -> None:
    told: list[str] = []
    reply = await models(Parrot([Text("Free "), Text("childcare"), STOP])).ask(ASKED, on_text=told.append)
    assert told == ["Free ", "Free childcare"]
    assert (reply.text, reply.outcome, reply.model, reply.attempts) == ("Free childcare", "said", "openai/one", 1)
    assert reply.usage == Usage(10, 5, 0.001)
    assert reply.error is None


@pytest.mark.parametrize("kind", TRANSIENT)
async def test_a_fault_that_passes_is_tried_again_and_those_who_watch_are_told(kind: ModelErrorKind) -> None:
    clock, waits = Clock(), list[Waiting]()
    parrot = Parrot(ModelError(kind, "first"), ModelError(kind, "second"), "Free childcare")
    reply = await models(parrot, clock).ask(ASKED, on_wait=waits.append)
    assert reply.outcome == "said"
    assert reply.attempts == 3
    assert [(wait.model, wait.attempt, wait.reason) for wait in waits] == [
        ("openai/one", 1, kind),
        ("openai/one", 2, kind),
    ]
    assert [wait.seconds for wait in waits] == clock.slept
    assert reply.latency == pytest.approx(sum(clock.slept))


async def test_three_tries_are_all() -> None:
    parrot = Parrot(DOWN, DOWN, DOWN, "never heard")
    with pytest.raises(ModelError, match="It failed"):
        await models(parrot).ask(ASKED)
    assert len(parrot.asked) == 3


@pytest.mark.parametrize("kind", LASTING)
async def test_a_fault_that_stays_is_not_tried_again(kind: ModelErrorKind) -> None:
    parrot = Parrot(ModelError(kind, "no"), "never heard")
    with pytest.raises(ModelError):
        await models(parrot).ask(ASKED)
    assert len(parrot.asked) == 1


async def test_a_wish_to_be_left_alone_is_kept() -> None:
    clock = Clock()
    parrot = Parrot(ModelError("rate_limit", "slow down", retry_after=7), "Free childcare")
    await models(parrot, clock).ask(ASKED)
    assert 7 <= clock.slept[0] < 8


async def test_a_wish_to_be_left_alone_for_long_is_for_the_person_to_decide() -> None:
    parrot = Parrot(ModelError("rate_limit", "slow down", retry_after=3600), "never heard")
    with pytest.raises(ModelError) as raised:
        await models(parrot).ask(ASKED)
    assert raised.value.retry_after == 3600
    assert len(parrot.asked) == 1


@given(st.integers(1, 40), st.integers())
def test_a_pause_grows_and_has_a_bound(attempt: int, seed: int) -> None:
    pause = Retry().pause(attempt, DOWN, random.Random(seed))
    assert 0 <= pause <= min(20.0, 0.5 * 2 ** (attempt - 1))


@pytest.mark.parametrize(
    "items",
    [
        [Text("Free child"), ModelError("network", "reset")],
        [Text("Free child"), End("cut", Usage(10, 2), fault=ModelError("network", "reset"))],
        [Text("Free child"), End("cut")],
        [Text("Free child")],
    ],
)
async def test_what_came_in_part_is_kept_and_never_asked_for_again(items: list[Text | End | ModelError]) -> None:
    parrot = Parrot([*items], "never heard")
    reply = await models(parrot).ask(ASKED, fallbacks=["openai/two"])
    assert (reply.text, reply.outcome) == ("Free child", "truncated")
    assert reply.error is not None
    assert len(parrot.asked) == 1


async def test_a_reply_that_hit_its_token_limit_is_truncated_without_a_fault() -> None:
    reply = await models(Parrot([Text("Free child"), End("length", finish_raw="max_tokens")])).ask(ASKED)
    assert (reply.outcome, reply.finish_raw, reply.error) == ("truncated", "max_tokens", None)


@pytest.mark.parametrize("items", [[ModelError("filter", "blocked")], [Text("Free"), End("filter")], [End("filter")]])
async def test_what_a_filter_withheld_is_refused(items: list[Text | End | ModelError]) -> None:
    parrot = Parrot([*items], "never heard")
    reply = await models(parrot).ask(ASKED)
    assert reply.outcome == "refused"
    assert reply.error is not None
    assert reply.error.kind == "filter"
    assert len(parrot.asked) == 1


async def test_an_empty_reply_is_asked_for_once_more() -> None:
    parrot = Parrot([Text(" \n"), STOP], "Free childcare")
    reply = await models(parrot).ask(ASKED)
    assert (reply.text, reply.outcome, reply.attempts) == ("Free childcare", "said", 2)
    assert reply.usage == Usage(20, 10, 0.002)


async def test_a_reply_that_stays_empty_is_empty() -> None:
    parrot = Parrot([STOP], [STOP], "never heard")
    assert (await models(parrot).ask(ASKED)).outcome == "empty"
    assert len(parrot.asked) == 2


async def test_a_retry_starts_its_text_anew() -> None:
    told: list[str] = []
    await models(Parrot([Text("  "), STOP], "Free")).ask(ASKED, on_text=told.append)
    assert told == ["  ", "Free"]


async def test_when_a_model_fails_the_next_one_is_asked() -> None:
    parrot = Parrot(ModelError("auth", "no key"), DOWN, DOWN, DOWN, "Free childcare")
    reply = await models(parrot).ask(ASKED, fallbacks=["openai/two", "openai/three"])
    assert reply.model == "openai/three"
    assert reply.attempts == 5
    assert [asked.model for asked in parrot.asked] == ["openai/one", *["openai/two"] * 3, "openai/three"]


async def test_when_all_models_fail_the_fault_is_the_first_ones_and_tells_of_the_others() -> None:
    parrot = Parrot(ModelError("auth", "No key for one", hint="Set IT."), ModelError("quota", "No credit for two"))
    with pytest.raises(ModelError) as raised:
        await models(parrot).ask(ASKED, fallbacks=["openai/two"])
    assert raised.value.kind == "auth"
    assert raised.value.hint == "Set IT."
    assert "No key for one" in str(raised.value)
    assert "No credit for two" in str(raised.value)


async def test_a_model_that_keeps_failing_is_left_alone_for_a_while_and_then_tried_once() -> None:
    clock = Clock()
    parrot = Parrot(*[DOWN] * 7, "Free childcare", "And more")
    room = models(parrot, clock)
    for _ in range(2):
        with pytest.raises(ModelError):
            await room.ask(ASKED)
    with pytest.raises(ModelError, match="left alone"):
        await room.ask(ASKED)
    assert len(parrot.asked) == 6
    clock.now += 31
    with pytest.raises(ModelError, match="left alone"):
        await room.ask(ASKED)
    assert len(parrot.asked) == 7
    clock.now += 31
    assert (await room.ask(ASKED)).outcome == "said"
    assert (await room.ask(ASKED)).outcome == "said"


async def test_one_model_left_alone_does_not_keep_another_from_being_asked() -> None:
    parrot = Parrot(*[DOWN] * 6, "Free childcare")
    room = models(parrot)
    for _ in range(2):
        with pytest.raises(ModelError):
            await room.ask(ASKED)
    assert (await room.ask(ASKED, fallbacks=["openai/two"])).model == "openai/two"


async def test_one_provider_gets_so_many_requests_at_once_and_the_others_wait_their_turn() -> None:
    gate = asyncio.Event()
    part: list[Item] = [gate, Text("Free"), STOP]
    parrot = Parrot(*[part] * 9)
    room = models(parrot, per_provider=3)
    async with asyncio.TaskGroup() as group:
        asks = [group.create_task(room.ask(ASKED)) for _ in range(9)]
        await asyncio.sleep(0.01)
        gate.set()
    assert all(ask.result().outcome == "said" for ask in asks)
    assert parrot.most == 3


async def test_cancelling_an_ask_lets_go_of_the_provider_and_of_its_place() -> None:
    parrot = Parrot([asyncio.Event(), STOP], "Free")
    room = models(parrot, per_provider=1)
    task = asyncio.create_task(room.ask(ASKED))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert parrot.talking == 0
    assert (await room.ask(ASKED)).text == "Free"


async def test_each_model_is_asked_of_the_provider_its_name_begins_with() -> None:
    local, other = Parrot("from here"), Parrot("from there")
    room = Models({"local": local, "": other})
    assert (await room.ask(Request("local/starter", ()))).text == "from here"
    assert (await room.ask(Request("openai/local", ()))).text == "from there"
    await room.aclose()
    assert local.closed
    assert other.closed


async def test_the_pace_is_kept_at_ten_a_second() -> None:
    clock = Clock()

    class Steady(Parrot):
        @override
        async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
            for number in range(100):
                await clock.sleep(0.02)
                yield Text(f"{number % 10}")
            yield STOP

    reply = await Models({"": Steady()}, clock=clock).ask(ASKED)
    assert reply.pace[0] == (20, 1)
    assert reply.pace[-1] == (2000, 100)
    assert 15 <= len(reply.pace) <= 22
    assert list(reply.pace) == sorted(reply.pace)
    assert reply.latency_first == pytest.approx(0.02)


@pytest.mark.soak
async def test_against_a_server_that_is_busy_the_reply_comes_in_the_end() -> None:
    async with FakeProvider() as server:
        server.script([FAULTS["busy"], FAULTS["failing"], say("Free childcare")])
        room = Models({"": LiteLLMProvider(Endpoint(server.url))}, retry=Retry(base=0.01))
        reply = await room.ask(ASKED)
        assert (reply.text, reply.attempts) == ("Free childcare", 3)
        assert server.requests[1].at - server.requests[0].at >= 0.2
        assert len(server.requests) == 3


async def test_cancelling_an_ask_closes_the_connection_within_half_a_second() -> None:
    async with FakeProvider() as server:
        room = Models({"": LiteLLMProvider(Endpoint(server.url))})
        task = asyncio.create_task(room.ask(Request("openai/fault-stall", ASKED.messages, timeouts=Timeouts())))
        async with asyncio.timeout(20):
            while not server.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        cancelled_at = time.monotonic()
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(2):
            while server.requests[0].dropped_at is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert server.requests[0].dropped_at - cancelled_at < 0.5
