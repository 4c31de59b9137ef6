"""Which model is asked, and why: what a person said, else what is there, else the small one on this machine."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STARTER = "local/starter"

USUAL = {
    "OPENAI_API_KEY": "openai/gpt-5.4-mini",
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-6",
    "GEMINI_API_KEY": "gemini/gemini-3.6-flash",
    "MISTRAL_API_KEY": "mistral/mistral-medium-latest",
    "OPENROUTER_API_KEY": "openrouter/auto",
    "DEEPSEEK_API_KEY": "deepseek/deepseek-chat",
    "XAI_API_KEY": "xai/grok-4.3-latest",
    "GROQ_API_KEY": "groq/openai/gpt-oss-120b",
}
"""The model a provider's key is used for, where nobody named one; in this order where several keys are set."""

ALSO = {"GEMINI_API_KEY": "GOOGLE_API_KEY"}
"""Where a provider takes a key from besides."""

OLLAMA = "http://127.0.0.1:11434"
PATIENCE = 0.3
"""Seconds an Ollama on this machine may take to answer: it is there or not."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model, and where the choice came from in words."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that could be asked, for a listing."""

    model: str
    source: str
    ready: bool
    note: str = ""


async def choose(
    environ: Mapping[str, str],
    *,
    flag: str = "",
    wishes: Sequence[str] = (),
    name: str = "",
    config: str = "",
    why: str = "from --model",
) -> Choice:
    """The model of a persona called `name`, who `wishes` for some, best first: DESIGN §7's order.

    `why` says where `flag` came from.
    """
    said = (
        (flag, why),
        (wishes[0] if wishes else "", f"wished by {name}"),
        (environ.get("AGENTCHAT_MODEL", ""), "from $AGENTCHAT_MODEL"),
        (config, "from config.toml"),
    )
    for model, why in said:
        if model:
            return Choice(_placed(model), why)
    for key, model in USUAL.items():
        if environ.get(key):
            return Choice(model, f"{key} is set")
    if models := await ollama_models(environ):
        return Choice(f"ollama/{models[0]}", "found in Ollama on this machine")
    return Choice(STARTER, "no key is set and no Ollama runs here")


async def offers(environ: Mapping[str, str], *, starter_ready: bool) -> list[Offer]:
    """What is there to choose from."""
    keys = [
        Offer(model, key, bool(environ.get(key)), "" if environ.get(key) else f"set {key}")
        for key, model in USUAL.items()
    ]
    ollama = [Offer(f"ollama/{model}", "Ollama", ready=True) for model in await ollama_models(environ)]
    note = "tiny, on this machine, no key" if starter_ready else "tiny; agentchat models pull fetches it (98 MB)"
    return [*keys, *ollama, Offer(STARTER, "this machine", starter_ready, note)]


def lacks(model: str, environ: Mapping[str, str]) -> str:
    """The key without which a model's provider answers nobody, where it is not set; empty where none is known of."""
    provider = model.partition("/")[0] if "/" in model else ""
    key = next((key for key, usual in USUAL.items() if usual.partition("/")[0] == provider), "")
    return key if key and not any(environ.get(name) for name in (key, ALSO.get(key, key))) else ""


async def ollama_models(environ: Mapping[str, str]) -> list[str]:
    """The models of the Ollama on this machine, or at $OLLAMA_HOST; none where none answers at once."""
    address = environ.get("OLLAMA_HOST") or environ.get("OLLAMA_API_BASE") or OLLAMA
    parts = urlsplit(address if "//" in address else f"//{address}")
    host = parts.hostname or "127.0.0.1"
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 (an address Ollama is told to listen on)
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, parts.port or 11434)
            try:
                writer.write(f"GET /api/tags HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                reply = await reader.read(-1)
            finally:
                writer.close()
        body = json.loads(reply.partition(b"\r\n\r\n")[2])
        return [str(model["name"]) for model in body["models"]]
    except (OSError, TimeoutError, ValueError, KeyError, TypeError):
        return []


def _placed(model: str) -> str:
    """A model in a file is named by where the file is, so that a session resumes from any folder."""
    for kind in ("scripted/", "local/"):
        path = model.removeprefix(kind)
        if model.startswith(kind) and model != STARTER:
            return kind + str(Path(path).expanduser().absolute())
    return model
