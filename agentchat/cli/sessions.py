"""`agentchat sessions`: the sessions a home keeps, listed, and one of them on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from agentchat.cli import labels
from agentchat.cli.backup import backup
from agentchat.cli.command import command, group
from agentchat.cli.edge import say
from agentchat.cli.handing import export, import_
from agentchat.cli.listing import as_json, show_columns, show_json
from agentchat.cli.memory import outcome
from agentchat.cli.search import search
from agentchat.cli.statistics import stats

if TYPE_CHECKING:
    from agentchat.home.library import Place, SessionRow, Sort

SORTS = ("newest", "oldest", "longest", "turns", "tokens", "cost", "name")
SHORT = 8
"""Characters of an id that are listed. Any beginning that names one session will do."""


@group("sessions", "agentchat sessions list --like bakery", "agentchat sessions show 3f9a --format md > session.md")
def sessions() -> None:
    """Sessions you had.

    ID is any beginning of a session's id that no other has.
    """


@command(
    "list",
    "agentchat sessions list",
    'agentchat sessions list --like "young families" --json',
    "agentchat sessions list --tag work --sort cost",
)
@click.option("--like", default="", metavar="WORDS", help="Those in whose topic, names or turns all these words are.")
@click.option(
    "-n", "limit", type=click.IntRange(min=1), metavar="N", default=50, show_default=True, help="At most so many."
)
@click.option("--sort", type=click.Choice(SORTS), default="newest", show_default=True, help="Which come first.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Those with this tag. Repeat it: all of them.")
@click.option("-m", "--mode", default="", metavar="MODE", help="Those in this mode.")
@click.option("--starred", is_flag=True, help="Those with a star.")
@click.option("--archived", is_flag=True, help="Those in the archive.")
@click.option("--bin", "binned", is_flag=True, help="Those in the bin.")
@as_json
def listed(
    like: str,
    limit: int,
    sort: Sort,
    tags: tuple[str, ...],
    mode: str,
    starred: bool,
    archived: bool,
    binned: bool,
    as_json: bool,
) -> None:
    """List sessions, the newest first. A * marks a star."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.home.library import Listing
    from agentchat.modes import mode_of

    place: Place = "bin" if binned else "archived" if archived else "kept"
    wanted = Listing(like, limit, sort, place, tags, mode, starred)

    async def read() -> None:
        async with Home() as home:
            found = await home.library.sessions(wanted)
            if mode and not found:  # one that is gone may have left some
                mode_of(mode)
        if as_json:
            show_json([asdict(kept) for kept in found])
        elif found:
            _show(found)
        elif wanted == Listing(limit=limit, sort=sort):
            say('None yet. Begin one: agentchat chat "Your question?"')
        else:
            say(f"No session has {like!r}." if like else "There is none of that.")

    drive(read())


def _show(found: Sequence[SessionRow]) -> None:
    from agentchat.views.sessions import line

    now = datetime.now(UTC)
    rows = []
    for kept in found:
        row = line(kept, now)
        title = ("* " if kept.starred else "") + " ".join((row.title, *(f"#{tag}" for tag in kept.tags)))
        rows.append((kept.id[:SHORT], row.age, row.mode, f"{kept.turns}", row.outcome, title))
    show_columns(("ID", "LAST", "MODE", "TURNS", "OUTCOME", "TOPIC"), rows)


@command("show", "agentchat sessions show 3f9a", "agentchat sessions show 3f9a --format jsonl | jq -r .type")
@click.argument("prefix", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "md", "adr", "html", "jsonl")),
    default="text",
    show_default=True,
    help="text to read, the Markdown in it as it was written, md for a page of Markdown, adr for a record of what was "
    "decided, html for a page, jsonl for the raw log: one event a line as stored, sealed turns included.",
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


for each in (listed, show, search, stats, backup, export, import_, outcome, *labels.COMMANDS):
    sessions.add_command(each)
