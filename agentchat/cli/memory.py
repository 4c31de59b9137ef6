"""`agentchat personas memory`: what a persona remembers, and taking it away; `sessions outcome`: what became of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.edge import say
from agentchat.cli.listing import as_json, show_json
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.home import Home
    from agentchat.memory import Remembered

SHORT = 8


@command(
    "memory",
    "agentchat personas memory ada",
    'agentchat personas memory ada --about "A database for the shop?"',
    "agentchat personas memory ada --erase 4123275f",
    "agentchat personas memory ada --all --yes",
)
@click.argument("name")
@click.option("--about", default="", metavar="TOPIC", help="Only what would be given in a room on that topic.")
@click.option("--erase", multiple=True, metavar="ID", help="Erase that line for good. Repeat it.")
@click.option("--all", "every", is_flag=True, help="Erase all of it for good.")
@click.option("--yes", is_flag=True, help="Do not ask before erasing.")
@as_json
def memory(name: str, about: str, erase: tuple[str, ...], every: bool, yes: bool, as_json: bool) -> None:
    """What a persona remembers: see it, erase it.

    Each line is of one session, the newest first, and is given to it in rooms with --memory where it is near the
    topic. ID is any beginning of a line's id that no other has. What is erased does not come back, though its session
    stays.
    """
    from agentchat.cli.drive import drive
    from agentchat.home import Home

    if every and erase:
        raise UsageError("--all and --erase say different things", hint="Give one of them.")
    if about and (every or erase):
        raise UsageError("--about only looks", hint="--erase ID takes a line away.")

    async def look() -> None:
        async with Home() as home:
            who = await _who(home, name)
            found = (await home.memory.of(who)).get(who, ())
            if about:
                found = (await home.memory.offered([who], about))[who]
            if every or erase:
                await _erase(home, name, found if every else [_line(found, one) for one in erase], yes=yes)
            elif as_json:
                show_json([_facts(one) for one in found])
            else:
                _show(found, name, about)

    drive(look())


async def _who(home: Home, name: str) -> str:
    """The id of a persona that is there, or of whom something is remembered. Raises UsageError with the nearest."""
    try:
        return home.shelf.get(name).persona.id
    except UsageError:
        gone = name.strip().removeprefix("@").lower()
        if gone not in await home.memory.of():
            raise
        return gone


def _show(found: Sequence[Remembered], name: str, about: str) -> None:
    if not found:
        say(f"{name} remembers nothing" + (" that is near that." if about else " yet: a room has to decide something."))
    for one in found:
        click.echo(_told(one, f"{one.held.id}  "))
    if found:
        session = found[0].held.session[:SHORT]
        say(f"A turn in its place: agentchat sessions show {session}. To take one away: --erase ID")


def _told(one: Remembered, before: str = "") -> str:
    """When and on what, and under it what was held, a row each."""
    from agentchat.views.clean import clean_line

    first, *rows = (clean_line(row, 2000) for row in one.held.rows)
    return "\n".join((before + first, *(" " * (len(before) + 2) + row for row in rows)))


def _facts(one: Remembered) -> dict[str, object]:
    return {
        "id": one.held.id,
        "line": " ".join(one.held.line.split()),
        "session": one.held.session,
        "at": one.at.isoformat(),
        "facts": [
            {"what": kept.fact.what, "turn": kept.fact.seq, "text": kept.fact.text, "turned_out": kept.fact.turned_out}
            for kept in one.facts
        ],
    }


def _line(found: Sequence[Remembered], prefix: str) -> Remembered:
    """The line whose id begins so. Raises UsageError with those there are."""
    near = [one for one in found if prefix and one.held.id.startswith(prefix)]
    if len(near) != 1:
        raise UsageError(
            f"{'more than one' if near else 'no'} line begins with {prefix!r}",
            hint="There are " + ", ".join(one.held.id for one in near or found) if found else "Nothing is remembered.",
        )
    return near[0]


async def _erase(home: Home, name: str, gone: Sequence[Remembered], *, yes: bool) -> None:
    count = f"{len(gone)} line{'s' * (len(gone) != 1)}"
    if gone and not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{count} would be erased for good", hint="Nobody can be asked here: add --yes.")
        for one in gone:
            say(_told(one))
        if not click.confirm(f"Erase {count} for good?", err=True):
            say("Nothing was erased.")
            return
    await home.memory.erase(gone)
    say(f"Erased: {count} of what {name} remembers.")


@command("outcome", 'agentchat sessions outcome 3f9a "it saved 3 days"', 'agentchat sessions outcome 3f9a ""')
@click.argument("prefix", metavar="ID")
@click.argument("text")
def outcome(prefix: str, text: str) -> None:
    """Note how a session's last decision turned out. An empty text takes that back.

    It is offered with the decision from then on, in rooms with --memory.
    """
    from agentchat.cli import given
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.clean import clean_line

    async def note() -> None:
        async with Home() as home:
            topic = clean_line(await home.memory.note(home, prefix, given.whole(text)), 80)
            say(f"Noted of “{topic}”." if text.strip() else f"Taken back of “{topic}”.")

    drive(note())
