"""`agentchat sessions stats`: a session in numbers and bars."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.listing import as_json, show_json, show_pairs

if TYPE_CHECKING:
    from agentchat.views.statistics import Statistics

NARROW, WIDE = 60, 100
NAME = 16


@command("stats", "agentchat sessions stats 3f9a", "agentchat sessions stats 3f9a --json")
@click.argument("prefix", metavar="ID")
@as_json
def stats(prefix: str, as_json: bool) -> None:
    """Show a session in numbers: who spoke, what it took, who moved."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.statistics import statistics

    async def read() -> None:
        async with Home() as home:
            row = await home.library.row(prefix)
            numbers = statistics((await home.archive.log(row.id)).transcript)
        if as_json:
            show_json({"session": row.id, "title": row.title, **asdict(numbers)})
        else:
            _show(row.title, numbers)

    drive(read())


def _show(title: str, numbers: Statistics) -> None:
    from rich.cells import set_cell_size

    from agentchat.views.clean import clean_line
    from agentchat.views.statistics import bar, facts, sparkline

    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    width = min(max(shutil.get_terminal_size().columns, NARROW), WIDE)
    click.echo(click.style(clean_line(title), bold=True) + "\n")
    show_pairs(facts(numbers))
    if numbers.pulse:
        click.echo("\n" + click.style("Words, turn by turn", bold=True))
        line = sparkline(numbers.pulse, width - 20, plain=plain)
        click.echo(f"  {line}  {min(numbers.pulse)} to {max(numbers.pulse)}")
    if numbers.shares:
        click.echo("\n" + click.style("Who spoke", bold=True))
        room = width - NAME - 40
        for share in numbers.shares:
            part = share.words / max(numbers.words, 1)
            drawn = bar(share.words / max(numbers.shares[0].words, 1), room, plain=plain).ljust(room)
            count = f"{share.words:,} words {part:>4.0%}"
            turns = f"{share.turns} turn{'' if share.turns == 1 else 's'}"
            click.echo(f"  {set_cell_size(clean_line(share.name), NAME)} {drawn} {count:>18} {turns:>10}")
    if numbers.moves:
        click.echo("\n" + click.style("Who moved", bold=True))
        for move in numbers.moves:
            click.echo(f"  {clean_line(move)}")
