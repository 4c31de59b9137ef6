"""Asks a model the way a room needs it asked: patiently, but never twice for what has already begun.

Retries, back-off, fallback models, the breaker and the queue for each provider are here and nowhere else. A reply
that came in part is never asked for again: it is kept, and marked `truncated`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.kinds import Payload
from agentchat.models.base import End, Form, Formed, Measured, Provider, Request, Text, Usage
from agentchat.models.breaker import TRANSIENT, Breaker
from agentchat.models.reading import Prose
from agentchat.models.structured import Answer, seek

Outcome = Literal["said", "truncated", "refused", "empty"]

_NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Retry:
    """How often to try, and how long to wait between tries: full jitter below a doubling bound, in seconds."""

    tries: int = 3
    base: float = 0.5
    bound: float = 20.0
    patience: float = 60.0
    """The longest Retry-After that is waited for; a longer one is the person's to decide on."""

    def pause(self, attempt: int, fault: ModelError, chance: random.Random) -> float:
        """Seconds to wait after this attempt."""
        jitter = chance.uniform(0, min(self.bound, self.base * 2 ** (attempt - 1)))
        return jitter if fault.retry_after is None else fault.retry_after + jitter / 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A model will be asked again in `seconds`, because of `reason`."""

    model: str
    seconds: float
    attempt: int
    reason: ModelErrorKind
    message: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and how it came."""

    text: str
    outcome: Outcome
    model: str
    """The one that answered."""
    usage: Usage = _NOTHING
    """Summed over all attempts."""
    attempts: int = 1
    latency_first: float = 0.0
    """Seconds from the ask to the first text, waiting included."""
    latency: float = 0.0
    """Seconds from the ask to the end."""
    pace: tuple[tuple[int, int], ...] = ()
    """(milliseconds since the ask, characters so far), at most ten a second."""
    finish_raw: str = ""
    """The provider's own word for how it ended."""
    error: ModelError | None = None
    """Why it is truncated or refused, where that was a fault."""


@dataclass(slots=True)
class _Ask:
    """One ask under way, over all its attempts."""

    started: float
    on_text: Callable[[str], None] | None
    on_wait: Callable[[Waiting], None] | None
    usage: Usage = _NOTHING
    attempts: int = 0
    text: str = ""
    first: float = 0.0
    pace: list[tuple[int, int]] = field(default_factory=list)
    latest: tuple[int, int] = (0, 0)

    def begin(self) -> None:
        """Another attempt: nothing has been said."""
        self.attempts += 1
        self.text, self.first = "", 0.0
        self.pace.clear()

    def hear(self, piece: str, now: float) -> None:
        self.text += piece
        self.first = self.first or now - self.started
        stamp = (round((now - self.started) * 1000), len(self.text))
        if not self.pace or stamp[0] - self.pace[-1][0] >= 100:
            self.pace.append(stamp)
        self.latest = stamp
        if self.on_text is not None:
            self.on_text(self.text)

    def reply(
        self, outcome: Outcome, model: str, now: float, finish_raw: str = "", error: ModelError | None = None
    ) -> Reply:
        return Reply(
            text=self.text,
            outcome=outcome,
            model=model,
            usage=self.usage,
            attempts=self.attempts,
            latency_first=self.first,
            latency=now - self.started,
            pace=(*self.pace, self.latest) if self.pace and self.pace[-1] != self.latest else tuple(self.pace),
            finish_raw=finish_raw,
            error=error,
        )


class Models:
    """All the models of a room. `providers` maps the first part of a model's name to who asks it; "" is all others."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        *,
        retry: Retry = Retry(),  # frozen
        per_provider: int = 64,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seed: int | None = None,
    ) -> None:
        self._providers = dict(providers)
        self._retry = retry
        self._clock = clock
        self._sleep = sleep
        self._chance = random.Random(seed)
        self._windows: dict[str, int | None] = {}
        self._forms: dict[str, list[Form]] = {}
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._queues: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_provider))

    async def ask(
        self,
        request: Request,
        fallbacks: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        on_wait: Callable[[Waiting], None] | None = None,
    ) -> Reply:
        """Ask, and return what was said; raise ModelError if nothing was.

        `on_text` gets the whole text so far; after a retry it may be shorter than before. Cancelling closes the
        connection.
        """
        ask = _Ask(self._clock(), on_text, on_wait)
        faults: list[ModelError] = []
        for model in (request.model, *fallbacks):
            try:
                return await self._ask_one(ask, replace(request, model=model))
            except ModelError as fault:
                faults.append(fault)
        raise _worst(faults)

    async def answer(
        self,
        request: Request,
        payload: type[Payload],
        *,
        flat: bool = False,
        words: Prose | None = None,
        fallbacks: Sequence[str] = (),
        on_wait: Callable[[Waiting], None] | None = None,
    ) -> Answer:
        """Ask for a structured answer: valid, or none. `flat` asks one question at a time, for tiny models; `words`
        reads the plain words of one that writes no JSON.

        Raises ModelError if the model could not be asked.
        """
        faults: list[ModelError] = []
        for model in (request.model, *fallbacks):
            rungs = await self._rungs(model)
            try:
                return await seek(
                    lambda asked: self.ask(asked, on_wait=on_wait),
                    replace(request, model=model),
                    payload,
                    rungs,
                    words=words,
                    flat=flat,
                )
            except ModelError as fault:
                faults.append(fault)
        raise _worst(faults)

    async def _rungs(self, model: str) -> list[Form]:
        """The forms in which a model may take a schema; those it refuses are not tried on it again."""
        if model not in self._forms:
            provider = self._provider(model)
            found = await provider.forms(model) if isinstance(provider, Formed) else ("schema",)
            self._forms.setdefault(model, [*found])
        return self._forms[model]

    def tiny(self, model: str) -> bool:
        """Whether a model wants the prompts of the tiny profile."""
        provider = self._provider(model)
        return isinstance(provider, Measured) and provider.tiny(model)

    async def context_window(self, model: str) -> int | None:
        """The tokens a model reads at most; None where nobody knows."""
        if model not in self._windows:
            provider = self._provider(model)
            self._windows[model] = await provider.context_window(model) if isinstance(provider, Measured) else None
        return self._windows[model]

    async def aclose(self) -> None:
        """Let go of all providers."""
        for provider in self._providers.values():
            await provider.aclose()

    def _provider(self, model: str) -> Provider:
        return self._providers.get(model.partition("/")[0]) or self._providers[""]

    async def _ask_one(self, ask: _Ask, request: Request) -> Reply:
        """All attempts at one model."""
        breaker = self._breakers[request.model]
        for attempt in range(1, self._retry.tries + 1):
            last = attempt == self._retry.tries
            breaker.check(request.model, self._clock())
            try:
                reply = await self._attempt(ask, request)
            except ModelError as fault:
                breaker.failed(fault, self._clock())
                if last or fault.kind not in TRANSIENT or (fault.retry_after or 0) > self._retry.patience:
                    raise
                await self._pause(ask, request.model, attempt, fault)
                continue
            breaker.answered()
            if reply.outcome != "empty" or attempt > 1 or last:
                return reply
        raise AssertionError("every attempt returns or raises")

    async def _pause(self, ask: _Ask, model: str, attempt: int, fault: ModelError) -> None:
        seconds = self._retry.pause(attempt, fault, self._chance)
        if ask.on_wait is not None:
            ask.on_wait(Waiting(model, seconds, attempt, fault.kind, str(fault)))
        await self._sleep(seconds)

    async def _attempt(self, ask: _Ask, request: Request) -> Reply:
        """One call. A fault after the first content is a truncated reply; before it, it is raised."""
        ask.begin()
        provider = self._provider(request.model)
        end: End | None = None
        async with self._queues[request.model.partition("/")[0]]:
            try:
                async with aclosing(provider.stream(request)) as items:
                    async for item in items:
                        match item:
                            case Text():
                                ask.hear(item.text, self._clock())
                            case End():
                                end = item
                            case _:
                                assert_never(item)
            except ModelError as fault:
                if fault.kind == "filter":
                    return ask.reply("refused", request.model, self._clock(), error=fault)
                if not ask.text.strip():
                    raise
                return ask.reply("truncated", request.model, self._clock(), error=fault)
        return self._ended(ask, request.model, end or End("cut"))

    def _ended(self, ask: _Ask, model: str, end: End) -> Reply:
        ask.usage += end.usage
        now = self._clock()
        if end.fault is not None and not ask.text.strip():
            raise end.fault
        match end.finish:
            case "filter":
                fault = ModelError("filter", f"The filter of {model} withheld the reply")
                return ask.reply("refused", model, now, end.finish_raw, fault)
            case _ if not ask.text.strip():
                return ask.reply("empty", model, now, end.finish_raw)
            case "cut":
                fault = end.fault or ModelError("protocol", f"The reply of {model} broke off: its end never came")
                return ask.reply("truncated", model, now, end.finish_raw, fault)
            case "length":
                return ask.reply("truncated", model, now, end.finish_raw)
            case "stop":
                return ask.reply("said", model, now, end.finish_raw)
            case _:
                assert_never(end.finish)


def _worst(faults: Sequence[ModelError]) -> ModelError:
    """The fault of the model that was wanted, telling of the fallbacks that failed after it."""
    first, *others = faults
    if not others:
        return first
    message = "; ".join([str(first), *(f"then {fault}" for fault in others)])
    return ModelError(first.kind, message, hint=first.hint, retry_after=first.retry_after, status=first.status)
