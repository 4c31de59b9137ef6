"""`agentchat modes trust`: a program somebody wrote is shown whole, and runs only after a yes to that very text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.home.plugins import Look


@command(
    "trust",
    "agentchat modes trust six-hats          shows modes/six_hats.py, and asks",
    "agentchat modes trust six-hats --yes    for scripts: you have read it",
)
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Do not ask.")
def trust(name: str, *, yes: bool) -> None:
    """Show a mode file in your home's modes/, its place and its SHA-256, and let it run from now on.

    A mode is a program: once trusted it can do all that you can. What is trusted is this very text, by its SHA-256; a
    file that changes is asked about again, with what is different in it. Nothing of a file that is not trusted is ever
    executed.
    """
    from agentchat.home import Home
    from agentchat.home.plugins import described, marked
    from agentchat.views.clean import clean

    plugins = Home().plugins
    look = plugins.look(name)
    if not look.trusted and (
        not yes or sys.stdout.isatty()
    ):  # also into a pager: nobody says yes to what was not shown
        _show(look)
    for line in (*look.difference, *[""][: len(look.difference)], *marked(look), *described(look)):
        click.echo(clean(line))
    if look.trusted:
        click.echo("It is trusted already.")
        return
    if not yes and not _agreed():
        click.echo("It is not trusted, and nothing of it runs.", err=True)
        return
    there = plugins.believe(look)
    click.echo(f"Trusted. Try it: agentchat run TOPIC -m {there.name}")


@command("untrust", "agentchat modes untrust six-hats")
@click.argument("name", metavar="NAME")
def untrust(name: str) -> None:
    """Let a mode file run no more. Sessions held with it stay, and can be shown, replayed and exported."""
    from agentchat.home import Home
    from agentchat.views.clean import clean_line

    path = Home().plugins.doubt(name)
    click.echo(clean_line(f"{path} is not trusted any more.", 1000))


def _show(look: Look) -> None:
    """The whole text, its lines numbered, made safe to show."""
    from agentchat.views.clean import clean

    lines = look.file.text.rstrip("\n").split("\n")
    wide = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        click.echo(f"{number:{wide}}  {clean(line)}".rstrip())
    click.echo()


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("this needs your yes, and nobody can be asked here", hint="Read the file, then give --yes.")
    return click.confirm("Trust it?", default=False, err=True)
