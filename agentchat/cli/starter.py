"""The starter model where it is needed: asked for at a terminal, named in words elsewhere."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from agentchat.cli.edge import say
from agentchat.errors import ModelError

if TYPE_CHECKING:
    from agentchat.home import Home

STARTER = "local/starter"
WORTH = "It is real, and tiny: a taste of a discussion, not a thinker."
BETTER = "For better ones set a provider's key, such as OPENAI_API_KEY, or run Ollama."
CELLS = 40
"""Width of the bar."""


async def ensure(home: Home) -> None:
    """See to it that the starter model is on this machine. Raises ModelError where it is not and nobody says yes."""
    if home.starter_ready():
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        say(f"No key and no model server was found. A small model can run on this machine (98 MB). {WORTH}\n{BETTER}")
        with _interruptible():
            agreed = click.confirm("Download it now?", default=True, err=True)
        if agreed:
            await fetch(home)
            return
    raise ModelError(
        "not_installed",
        "there is no model to ask: no key is set, no Ollama runs here, and the starter model is not downloaded",
        hint=f"`agentchat models pull` fetches it (98 MB, no key needed). {BETTER}",
    )


async def fetch(home: Home) -> None:
    """Download the starter model and say how far that is. Raises AgentchatError."""
    draw, end = (_bar, "\n") if sys.stderr.isatty() else (_quarters(), "")
    draw(0, 0)
    try:
        path = await home.pull(draw)
    finally:
        sys.stderr.write(end)
    say(f"The starter model is in {path}")


def _bar(done: int, total: int) -> None:
    full = round(CELLS * min(done / total, 1)) if total else 0
    amount = f"{done / 1e6:.0f} of {total / 1e6:.0f} MB" if total else "beginning"
    sys.stderr.write(f"\r{'━' * full}{'─' * (CELLS - full)}  {amount:<16}")
    sys.stderr.flush()


def _quarters() -> Callable[[int, int], None]:
    told = -1

    def draw(done: int, total: int) -> None:
        nonlocal told
        quarter = done * 4 // total if total else 0
        if quarter > told:
            told = quarter
            say(f"Downloading the starter model: {quarter * 25} %" if quarter else "Downloading the starter model")

    return draw


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl+C ends a question at once: there is nothing to save yet."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
