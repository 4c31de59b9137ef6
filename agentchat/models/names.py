"""Which models there can be by name, known without loading LiteLLM: read off the files it ships."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.models.choice import STARTER

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICES = "model_prices_and_context_window_backup.json"


def check(model: str, *, anywhere: bool = False) -> None:
    """Raise UsageError, with the nearest names, where no model can be called so or its file is not there.

    `anywhere`: it is asked at an address of the person's own, which knows its models better.
    """
    kind, slash, path = model.partition("/")
    if kind in ("local", "scripted") and slash:
        if model != STARTER and not Path(path).is_file():
            hint = f"{kind}/FILE names a file. `agentchat models list` shows models."
            raise UsageError(f"there is no file {path}", hint=hint)
        return
    providers, models = _known()
    if anywhere or not providers or model in models or (slash and path and kind in providers):
        return
    if slash:
        near = [f"{name}/{path}" for name in get_close_matches(kind, sorted(providers), n=3)]
        message = f"no provider is called {kind!r}"
    else:
        near = get_close_matches(model, sorted(models), n=3)
        message = f"there is no model {model!r}"
    if slash and not path:
        message = f"{model!r} names a provider and no model"
    hint = (
        f"Did you mean {' or '.join(near)}?"
        if near and (path or not slash)
        else "It is PROVIDER/MODEL, as in openai/gpt-5-mini."
    )
    raise UsageError(message, hint=f"{hint} `agentchat models list` shows what is ready.")


def window(model: str) -> int:
    """The tokens a model reads at most, where LiteLLM's list knows it; 0 where it does not."""
    _, models = _known()
    return models.get(model) or models.get(model.partition("/")[2], 0)


@cache
def _known() -> tuple[frozenset[str], Mapping[str, int]]:
    """The names of providers, and of models each with its window; none where LiteLLM's files cannot be read."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        return frozenset(), {}
    folder = Path(spec.origin).parent
    try:
        prices = json.loads((folder / PRICES).read_text(encoding="utf-8"))
        folders = {entry.name for entry in (folder / "llms").iterdir() if entry.is_dir()}
    except (OSError, ValueError):
        return frozenset(), {}
    named = {str(about.get("litellm_provider", "")) for about in prices.values()}
    before = {name.partition("/")[0] for name in prices if "/" in name}
    windows = {name: about.get("max_input_tokens") for name, about in prices.items()}
    known = {name: window if isinstance(window, int) else 0 for name, window in windows.items()}
    return frozenset(folders | named | before | {"ollama_chat"}), known
