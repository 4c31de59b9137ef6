"""`agentchat personas suggest`: who should talk about a topic, and why each; by words, or as a model chooses."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.edge import say, say_lines
from agentchat.cli.listing import as_json, show_columns, show_json
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.home.suggesting import Asked


@command(
    "suggest",
    'agentchat personas suggest "Which database for the billing service?"',
    'agentchat personas suggest "How do we win back young families?" -n 3 --json',
    'agentchat personas suggest "What is fair?" --ask',
)
@click.argument("topic")
@click.option("-n", "n", type=click.IntRange(1, 24), metavar="N", default=4, show_default=True, help="At most so many.")
@click.option("--ask", is_flag=True, help="Let a model choose, among those there are: the home's, or --model.")
@click.option("--model", default="", metavar="MODEL", help="Which model chooses: as --ask with that one.")
@as_json
def suggest(topic: str, n: int, ask: bool, model: str, as_json: bool) -> None:
    """Who should talk about TOPIC, and why each.

    By the topic's words alone, or as a model chooses. The last line is the command that holds the room: nothing is
    begun before you run it.
    """
    from agentchat.cli import given
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.home.suggesting import Asked, ask as choose

    words = given.whole(topic).strip()
    if not words:
        raise UsageError("who for?", hint='As in: agentchat personas suggest "Which database?"')

    async def look() -> None:
        async with Home() as home:
            if ask or model:
                found = await choose(home, words, n, model)
            else:
                found = Asked(home.suggest(words, n))
        _show(found, words, as_json=as_json)

    drive(look())


def _show(found: Asked, topic: str, *, as_json: bool) -> None:
    suggestion = found.suggestion
    mode = suggestion.lineup.mode if suggestion.lineup else "discussion"
    people = [word for pick in suggestion.picks for word in ("-p", pick.found.persona.id)]
    line = shlex.join(("agentchat", "run", topic, *(("-m", mode) if mode != "discussion" else ()), *people))
    if as_json:
        picks = [
            {"id": pick.found.persona.id, "name": pick.found.persona.name, "why": pick.reason,
             "words": pick.met}
            for pick in suggestion.picks
        ]  # fmt: skip
        lineup = suggestion.lineup.id if suggestion.lineup else None
        by = {"model": found.model, "why_not": found.why_not}
        show_json({"picks": picks, "lineup": lineup, "mode": mode, "why": suggestion.reason, **by, "command": line})
        return
    if found.why_not:
        say(f"{found.why_not}: chosen by words.")
    rows = [(pick.found.persona.id, pick.found.persona.title, pick.reason) for pick in suggestion.picks]
    show_columns(("PERSONA", "TITLE", "WHY"), rows)
    say(f"{suggestion.reason[:1].upper()}{suggestion.reason[1:]}.")
    if suggestion.whole:
        whole = shlex.join(("agentchat", "run", topic, "-p", suggestion.whole))
        say_lines(f"The whole of that room, with its settings: {whole}")
    click.echo(f"\n{line}")
