"""`agentchat backup`: a copy of all sessions, also while rooms go on."""

from __future__ import annotations

from pathlib import Path

import click

from agentchat.cli.command import command


@command(
    "backup",
    "agentchat backup",
    "agentchat backup sessions-copy.db",
    "agentchat sessions backup --force sessions-copy.db    the same command",
)
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over FILE where it is there already.")
def backup(file: Path | None, *, force: bool) -> int:
    """Copy all sessions into one file.

    Rooms may go on meanwhile. Without FILE, it goes into the home's folder backups.

    The copy is looked through before it is put in its place, and is yours alone. To go back to it, put it where
    `agentchat doctor` says the database is. Exits with 1 if something in it cannot be read.
    """
    from agentchat.cli.edge import say_lines
    from agentchat.home import Home
    from agentchat.home.safekeeping import back_up
    from agentchat.views.clean import clean_line

    home = Home()
    made = back_up(home.folder, home.database, file, over=force)
    click.echo(clean_line(str(made.path), 1000))
    sessions = f"{made.sessions} session{'s' * (made.sessions != 1)}"
    if not made.flaws:
        say_lines(f"{sessions}, {made.size / 1e6:.1f} MB, all of it looked through and sound.")
        return 0
    more = f"and {len(made.flaws) - 5} more" if len(made.flaws) > 5 else ""
    say_lines(f"{sessions}, {made.size / 1e6:.1f} MB. Damaged, there and in the copy:", *made.flaws[:5], more)
    return 1
