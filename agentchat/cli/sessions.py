"""`agentchat sessions`: the sessions a home keeps, listed, and one of them on paper."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from agentchat.cli.backup import backup
from agentchat.cli.command import command, group
from agentchat.cli.edge import say
from agentchat.cli.handing import export, import_
from agentchat.cli.listing import as_json, show_columns, show_json

SHORT = 8
"""Characters of an id that are listed. Any beginning that names one session will do."""


@group("sessions", "agentchat sessions list --like bakery", "agentchat sessions show 3f9a --format md > session.md")
def sessions() -> None:
    """Sessions you had.

    ID is any beginning of a session's id that no other has.
    """


@command("list", "agentchat sessions list", 'agentchat sessions list --like "young families" --json')
@click.option("--like", default="", metavar="WORDS", help="Those in whose topic, names or turns all these words are.")
@click.option("-n", "limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@as_json
def listed(like: str, limit: int, as_json: bool) -> None:
    """List sessions, the newest first."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.sessions import line

    async def read() -> None:
        async with Home() as home:
            found = await home.archive.sessions(like, limit)
            now = datetime.now(UTC)
            if as_json:
                show_json([asdict(kept) for kept in found])
            elif found:
                lines = [(kept, line(kept, now)) for kept in found]
                rows = [
                    (kept.id[:SHORT], row.age, row.mode, f"{kept.turns}", row.outcome, row.title) for kept, row in lines
                ]
                show_columns(("ID", "LAST", "MODE", "TURNS", "OUTCOME", "TOPIC"), rows)
            else:
                say(f"No session has {like!r}." if like else 'None yet. Begin one: agentchat chat "Your question?"')

    drive(read())


@command("show", "agentchat sessions show 3f9a", "agentchat sessions show 3f9a --format jsonl | jq -r .type")
@click.argument("prefix", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "md", "adr", "html", "jsonl")),
    default="text",
    show_default=True,
    help="text to read, md for Markdown, adr for a record of what was decided, html for a page, "
    "jsonl for the raw log: one event a line as stored, sealed turns included.",
)
def show(prefix: str, form: str) -> None:
    """Print a whole session. Thoughts that are still sealed are left out."""
    from agentchat.cli.drive import drive
    from agentchat.cli.sheet import Kept, sheet
    from agentchat.home import Home

    async def read() -> None:
        async with Home() as home:
            log = await home.archive.log(prefix)
            sheet(home, form, log, anew=True).show(Kept(log), rest=True)

    drive(read())


sessions.add_command(listed)
sessions.add_command(show)
sessions.add_command(backup)
sessions.add_command(export)
sessions.add_command(import_)
