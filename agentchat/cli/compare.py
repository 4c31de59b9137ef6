"""`agentchat compare`: two sessions side by side."""

from __future__ import annotations

import shutil
from dataclasses import asdict

import click

from agentchat.cli.command import command
from agentchat.cli.listing import as_json, show_json

PIPED = (120, 24)
"""The page that is printed where there is no terminal."""


@command("compare", "agentchat compare 3f9a 81c2", "agentchat compare 3f9a 81c2 --json | jq .positions")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@as_json
def compare(a: str, b: str, as_json: bool) -> None:
    """Show two sessions side by side: where they part, what was different, and what came of it.

    Votes, positions, texts, what was agreed, and what it took. A and B are any beginning of a session's id, the name of
    a session that ships, or a file of events; most of all a session and its fork.
    """
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.comparison import compare as compared

    async def read() -> None:
        async with Home() as home:
            found = compared(await home.archive.any(a), await home.archive.any(b))
        if as_json:
            show_json(asdict(found))
            return
        from rich.console import Console
        from rich.text import Text

        from agentchat.tui.widgets.beside import Look, beside, legend
        from agentchat.views.clean import clean
        from agentchat.views.sidebyside import heads, parting, sections

        width = shutil.get_terminal_size(PIPED).columns
        console = Console(width=width, highlight=False, markup=False, emoji=False)
        names, look = heads(found), Look()
        with console.capture() as page:
            console.print(Text(" ".join(clean(found.a.topic).split()), "bold"))
            console.print(Text(clean(parting(found)), "dim"))
            console.print(legend(names, look, width))
            console.print(beside(names, sections(found), width, look))
        for row in page.get().splitlines():
            click.echo(row.rstrip())

    drive(read())
