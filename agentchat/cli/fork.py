"""`agentchat fork`: a session from one of its turns on, in a session of its own, with something different in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentchat.cli import options
from agentchat.cli.command import command
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from agentchat.cli.run import Order
    from agentchat.home import WhatIf
    from agentchat.room import Room


def _swaps(_context: click.Context, _option: click.Parameter, words: tuple[str, ...]) -> dict[str, str]:
    for word in words:
        if not all(part.strip() for part in (word.partition("=")[0], word.partition("=")[2])):
            raise click.BadParameter(f"{word!r} is not PERSONA=MODEL, as in --swap ada=openai/gpt-5-mini")
    return {name.strip(): model.strip() for name, _, model in (word.partition("=") for word in words)}


@command(
    "fork",
    "agentchat fork 3f9a --at start --without maya --run    what if she had not been in the room?",
    "agentchat fork committee --at start --without ada --model local/starter",
    "agentchat fork 3f9a --at turn:2 --swap maya=anthropic/claude-sonnet-4-6",
    "agentchat fork 3f9a --at start --with kenji --rounds 1 --run --on-escalation default --output other.txt",
    titles={
        "What is different": ("at", "without", "join", "swap", "model", "settings", "rounds"),
        "Going on": ("run", "form", "output", "on_escalation", "escalation_timeout", "check", "api_base"),
    },
)
@click.argument("prefix", metavar="ID")
@click.option(
    "--at",
    default="",
    metavar="PLACE",
    help="After which turn: turn:8 for the eighth, 22 for the tree's #22, start for before the first.  [default: end]",
)
@click.option("--without", multiple=True, metavar="NAME", help="Who leaves there. Repeat it.")
@click.option("--with", "join", multiple=True, metavar="NAME", help="Who comes in there: an id, a name or a file.")
@click.option(
    "--swap", multiple=True, metavar="NAME=MODEL", callback=_swaps, help="Another model for one of them. Repeat it."
)
@click.option("--model", default="", metavar="MODEL", help="Another model for all the others.")
@options.settings
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="Rounds of talk. After the end: so many more.")
@click.option("--run", is_flag=True, help="Hold it here, without a screen, to its end.")
@options.form
@options.output
@options.on_escalation
@options.escalation_timeout
@options.check
@options.api_base
def fork(
    prefix: str,
    at: str,
    without: tuple[str, ...],
    join: tuple[str, ...],
    swap: dict[str, str],
    model: str,
    settings: dict[str, str],
    rounds: int | None,
    run: bool,
    form: str,
    output: Path | None,
    on_escalation: str | None,
    escalation_timeout: float | None,
    check: str,
    api_base: str,
) -> int:
    """Go on from any turn of a session, in a session of its own: what if something had been different?

    The turns up to there are copied, and no model is asked for them again. Without --run, the new session's id is
    printed and it waits for you. ID is any beginning of a session's id, the name of a session that ships (demo,
    committee, …), or a file of events.

    Exits as `agentchat run` does.
    """
    from agentchat.cli import outcome
    from agentchat.cli.drive import drive
    from agentchat.cli.run import Order
    from agentchat.home import WhatIf

    needs_run = {
        "--output": output,
        "--on-escalation": on_escalation,
        "--escalation-timeout": escalation_timeout,
        "--check": check,
        "--format": form if form != "text" else None,
    }
    if not run and (idle := [name for name, value in needs_run.items() if value not in (None, "")]):
        raise UsageError(f"{' and '.join(idle)}: nothing runs", hint="--run holds the fork here, to its end.")
    if rounds is not None and "rounds" in settings:
        raise UsageError("--rounds and --set rounds=… say the same thing twice")
    if output is not None:
        outcome.must_be_writable(output)
    what_if = WhatIf(without, join, swap, model, settings, rounds, go_on=run)
    order = Order(
        settings=settings,
        check=check,
        api_base=api_base,
        form=form,
        output=output,
        on_escalation=on_escalation,
        escalation_timeout=escalation_timeout,
    )
    return drive(_forked(prefix, at, what_if, order, run=run))


async def _forked(prefix: str, at: str, what_if: WhatIf, order: Order, *, run: bool) -> int:
    from agentchat.cli.edge import say, say_lines
    from agentchat.cli.headless import SHORT, must_have_check, printed, seen_through
    from agentchat.cli.since import cannot_ask
    from agentchat.cli.starter import STARTER, ensure
    from agentchat.conduct import must_be_here
    from agentchat.folding import fold
    from agentchat.home import Home
    from agentchat.home.forking import placed, prefix as path

    async with Home(api_base=order.api_base) as home:
        log = await home.archive.any(prefix)
        place = placed(log, at)
        if run:
            there = fold(path(log, place))
            must_be_here(there)
            must_have_check(there, order)
        room = await home.fork(log, place, what_if, order.check)
        row = await (await home.store()).session(room.session)
        short = room.session[:SHORT]
        say_lines(f"{row.title}: {short}", *_changed(room))
        cannot_ask(home, room)
        if not run:
            click.echo(room.session)
            say(f"Open it: agentchat resume {short} · let it run here: agentchat run --resume {short}")
            return 0
        if any(member.model == STARTER for member in room.transcript.members):
            await ensure(home)
        page = printed(home, room, order, anew=False)
        if room.transcript.paused:
            await room.go_on()
        code = await seen_through(home, room, order, page)
        if room.transcript.closed:
            say(f"Side by side: agentchat compare {log.transcript.opened.session[:SHORT]} {short}")
        return code


def _changed(room: Room) -> list[str]:
    """What is different in a fork, line by line."""
    from agentchat.events import Event
    from agentchat.views.entries import Page
    from agentchat.views.room import Line

    opened, page = room.transcript.opened, Page(room.transcript)
    since = opened.forked_from.seq if opened.forked_from else 0
    new = [entry for entry in room.transcript.entries if isinstance(entry, Event) and entry.seq > since + 1]
    return [line.text for entry in new for line in page.show(entry, None) if isinstance(line, Line)]
