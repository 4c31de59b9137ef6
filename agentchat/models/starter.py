"""Models on this machine, with no key and no server to set up: `local/starter`, and any GGUF file as `local/PATH`."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from agentchat.errors import ModelError
from agentchat.models.base import End, Text
from agentchat.models.choice import STARTER
from agentchat.models.download import starter_path
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.local_server import TINY, LocalServer, Running

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from pydantic import JsonValue

    from agentchat.models.base import Request

PREFIX = "local/"


class LocalProvider:
    """Asks models in files, each run by a child process of its own.

    A last message of the assistant's is how the reply begins: the model goes on from there.
    """

    def __init__(self, lite: LiteLLMProvider | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._lite = lite or LiteLLMProvider()
        self._own_lite = lite is None
        self._environ = os.environ if environ is None else environ
        self._servers: dict[Path, LocalServer] = {}

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """The reply's text as it comes, then exactly one `End`. Raises ModelError."""
        running = await self._running(request.model)
        name = _file(request.model, self._environ).stem
        opening = request.messages[-1].content if request.messages[-1].role == "assistant" else ""
        asked = replace(request, sampling=_sampling(request))
        async with aclosing(self._lite.stream_at(asked, running.endpoint, name)) as items:
            async for item in items:
                if isinstance(item, End):
                    yield replace(item, usage=replace(item.usage, cost=0.0))
                    continue
                if opening and not item.text.startswith(opening):  # llama.cpp repeats it only where it does not stream
                    yield Text(opening)
                opening = ""
                yield item

    @property
    def pids(self) -> dict[str, int]:
        """The child processes that run, by their files' names."""
        return {path.name: server.pid for path, server in self._servers.items() if server.pid is not None}

    async def context_window(self, model: str) -> int | None:
        """The tokens one request to the model may read and write. Starts it."""
        return (await self._running(model)).window

    def tiny(self, model: str) -> bool:
        """Whether the model wants the short prompts of the tiny profile: by the size of its file."""
        return tiny(model, self._environ)

    async def aclose(self) -> None:
        """End all child processes."""
        for server in self._servers.values():
            await server.aclose()
        if self._own_lite:
            await self._lite.aclose()

    async def _running(self, model: str) -> Running:
        path = _file(model, self._environ)
        if not path.is_file():
            raise _missing(model, path)
        if path not in self._servers:
            folder = platformdirs.user_state_path("agentchat")
            self._servers[path] = LocalServer(path, folder / f"{path.stem}.log")
        return await self._servers[path].running()


def _sampling(request: Request) -> dict[str, JsonValue]:
    """What llama.cpp is told beside the usual, with the grammar the reply must fit.

    SmolLM2 writes a number as a lone space and digits. Where a grammar forbids digits, it would write the space all
    the same and then a word that fits nothing ("over  half", "icing"): so no lone space.
    """
    sampling = dict(request.sampling)
    if request.grammar:
        wished = sampling.get("logit_bias")
        biases = list(wished) if isinstance(wished, list) else []
        biases.append([" ", -100])
        sampling |= {"grammar": request.grammar, "logit_bias": biases}
    return sampling


def tiny(model: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a model is a tiny one on this machine."""
    if not model.startswith(PREFIX):
        return False
    path = _file(model, environ)
    return path.stat().st_size < TINY if path.is_file() else model == STARTER


def _file(model: str, environ: Mapping[str, str]) -> Path:
    return starter_path(environ) if model == STARTER else Path(model.removeprefix(PREFIX)).expanduser()


def _missing(model: str, path: Path) -> ModelError:
    if model == STARTER:
        return ModelError(
            "not_installed",
            "The starter model is not on this machine yet",
            hint="agentchat models pull fetches it (98 MB); or set a provider's key, or start Ollama.",
        )
    return ModelError("not_installed", f"There is no model file {path}", hint="The name is local/ and the file's path.")
