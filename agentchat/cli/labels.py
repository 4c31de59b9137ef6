"""`agentchat sessions rename|tag|star|…`: what a person says of their sessions; and the bin."""

from __future__ import annotations

import click

from agentchat.cli.command import command
from agentchat.cli.edge import say
from agentchat.errors import UsageError

SHORT = 8


@command("rename", 'agentchat sessions rename 3f9a "Trams, second try"', 'agentchat sessions rename 3f9a ""')
@click.argument("prefix", metavar="ID")
@click.argument("name")
def rename(prefix: str, name: str) -> None:
    """Give a session a name. An empty one: it is called by its topic again."""
    _label((prefix,), name=name)


@command("tag", "agentchat sessions tag 3f9a work town", "agentchat sessions tag 3f9a +draft -work")
@click.argument("prefix", metavar="ID")
@click.argument("tags", metavar="TAG…", nargs=-1, required=True, type=click.UNPROCESSED)
def tag(prefix: str, tags: tuple[str, ...]) -> None:
    """Tag a session, TAG or +TAG, or take a tag off it, -TAG."""
    for each in tags:
        if not each.lstrip("+-").strip() or any(map(str.isspace, each.strip())):
            raise UsageError(f"{each!r} is no tag", hint="A tag is one word, as in: agentchat sessions tag 3f9a work")
    _label(
        (prefix,),
        tags=tuple(each.lstrip("+") for each in tags if not each.startswith("-")),
        untagged=tuple(each.removeprefix("-") for each in tags if each.startswith("-")),
    )


tag.context_settings = {**tag.context_settings, "ignore_unknown_options": True}


@command("star", "agentchat sessions star 3f9a")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
def star(prefixes: tuple[str, ...]) -> None:
    """Mark sessions with a star."""
    _label(prefixes, starred=True)


@command("unstar", "agentchat sessions unstar 3f9a")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
def unstar(prefixes: tuple[str, ...]) -> None:
    """Take the star off again."""
    _label(prefixes, starred=False)


@command("archive", "agentchat sessions archive 3f9a 81c2")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
def archive(prefixes: tuple[str, ...]) -> None:
    """Put sessions out of the way: listed with --archived, found with is:archived."""
    _label(prefixes, archived=True)


@command("unarchive", "agentchat sessions unarchive 3f9a")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
def unarchive(prefixes: tuple[str, ...]) -> None:
    """Take sessions out of the archive."""
    _label(prefixes, archived=False)


@command("rm", "agentchat sessions rm 3f9a", "agentchat sessions rm 3f9a 81c2 --now")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
@click.option("--now", is_flag=True, help="Remove every word of it right now, for good.")
def remove(prefixes: tuple[str, ...], now: bool) -> None:
    """Put sessions into the bin, where they can be taken back for 30 days."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.clean import clean_line

    async def throw() -> None:
        async with Home() as home:
            for row in [await home.library.row(prefix) for prefix in prefixes]:
                await home.delete(row.id, now=now)
                what = f"“{clean_line(row.title)}”"
                undo = "" if now else f" To take it back: agentchat sessions restore {row.id[:SHORT]}"
                say(f"{'Removed' if now else 'In the bin'}: {what}.{undo}")

    drive(throw())


@command("restore", "agentchat sessions restore 3f9a")
@click.argument("prefixes", metavar="ID…", nargs=-1, required=True)
def restore(prefixes: tuple[str, ...]) -> None:
    """Take sessions out of the bin. `agentchat sessions list --bin` shows what is in it."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.clean import clean_line

    async def take_back() -> None:
        async with Home() as home:
            for prefix in prefixes:
                say(f"Back again: “{clean_line((await home.library.take_back(prefix)).title)}”.")

    drive(take_back())


def _label(
    prefixes: tuple[str, ...],
    *,
    name: str | None = None,
    tags: tuple[str, ...] = (),
    untagged: tuple[str, ...] = (),
    starred: bool | None = None,
    archived: bool | None = None,
) -> None:
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.home.library import Change
    from agentchat.views.clean import clean_line

    async def label() -> None:
        async with Home() as home:
            for prefix in prefixes:
                row = await home.library.label(prefix, Change(name, tags, untagged, starred, archived))
                marks = ["starred"] * row.starred + ["archived"] * row.archived + [f"#{each}" for each in row.tags]
                say(f"{row.id[:SHORT]}  {clean_line(' · '.join((row.title, *marks)))}")

    drive(label())


COMMANDS = (rename, tag, star, unstar, archive, unarchive, remove, restore)
