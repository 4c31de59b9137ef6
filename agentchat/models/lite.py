"""Any model LiteLLM knows, and any OpenAI-compatible server, as one provider. Cheap to make: nothing heavy is loaded
before the first call, or `warm_up`, and then on the thread made for it.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from types import ModuleType

from agentchat.models.base import End, Endpoint, Form, Request, Text
from agentchat.models.thread import ModelThread, shared

TINY = 2.0
"""Billions of parameters below which a model is asked as a tiny one."""

_SIZE = re.compile(r"(?<![\d.a-zA-Z])(\d+(?:\.\d+)?)([bBmM])(?![a-zA-Z])")


class LiteLLMProvider:
    """Asks through LiteLLM. With an endpoint, every model is asked for there.

    Keys come from the environment, under LiteLLM's names, and for an endpoint from the endpoint alone: a key is never
    sent to an address it was not meant for.
    """

    def __init__(self, endpoint: Endpoint | None = None, *, thread: ModelThread | None = None) -> None:
        self._endpoint = endpoint
        self._thread = thread or shared()

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """The reply's text as it comes, then exactly one `End`. Raises ModelError."""
        async with aclosing(self.stream_at(request, self._endpoint)) as items:
            async for item in items:
                yield item

    async def stream_at(
        self, request: Request, endpoint: Endpoint | None, wire_model: str = ""
    ) -> AsyncGenerator[Text | End]:
        """Like `stream`, at the address given: an OpenAI-compatible server, where the model goes by `wire_model`.

        `request.sampling` goes into the request's body as it is.
        """
        async with aclosing(self._thread.batches(partial(_ask, request, endpoint, wire_model))) as batches:
            async for batch in batches:
                if text := "".join(item.text for item in batch if isinstance(item, Text)):
                    yield Text(text)
                for item in batch:
                    if isinstance(item, End):
                        yield item

    async def warm_up(self) -> None:
        """Load LiteLLM and make a call to nobody, so that the first real one is as fast as the rest."""
        await self._thread.call(_warm_up)

    async def context_window(self, model: str) -> int | None:
        """The tokens a model reads at most; None where nobody knows. Loads LiteLLM."""
        if self._endpoint is not None:
            return None  # the name says nothing of what runs there
        return await self._thread.call(partial(_context_window, model))

    async def forms(self, model: str) -> tuple[Form, ...]:
        """The forms in which a model takes a schema. Loads LiteLLM."""
        if self._endpoint is not None:
            return ("schema",)
        return await self._thread.call(partial(_forms, model))

    def tiny(self, model: str) -> bool:
        """Whether the model's name says that it has less than two billion parameters."""
        return (size := _SIZE.search(model)) is not None and float(size[1]) * (1 if size[2] in "bB" else 0.001) < TINY

    async def aclose(self) -> None:
        """Nothing: a connection closes with its stream, and what the thread keeps is the process's."""


def _loaded() -> bool:
    """Whether the seam is there whole, and not still being imported."""
    return hasattr(sys.modules.get("agentchat.models.litellm_seam"), "context_window")


def _seam() -> ModuleType:
    """LiteLLM's seam, imported on the running thread.

    Without the garbage collector: it would stop all threads again and again to look at 400,000 new objects, and after
    `freeze` it never looks at them.
    """
    if not _loaded():
        gc.disable()
    try:
        from agentchat.models import litellm_seam
    finally:
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
    return litellm_seam


async def _ask(request: Request, endpoint: Endpoint | None, wire_model: str) -> AsyncGenerator[Text | End]:
    async with aclosing(_seam().stream(request, endpoint, wire_model)) as items:
        async for item in items:
            yield item


async def _warm_up() -> None:
    await _seam().warm_up()


async def _context_window(model: str) -> int | None:
    window: int | None = _seam().context_window(model)
    return window


async def _forms(model: str) -> tuple[Form, ...]:
    found: tuple[Form, ...] = _seam().forms(model)
    return found
