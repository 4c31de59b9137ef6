"""`agentchat watch`: a session that is driven in another terminal, followed live and never touched."""

from __future__ import annotations

import click

from agentchat.cli.command import command
from agentchat.errors import UsageError


@command(
    "watch",
    "agentchat watch 3f9a",
    "agentchat watch 3f9a --format text",
    "agentchat watch 3f9a --format jsonl --new >> room.jsonl",
)
@click.argument("prefix", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(("app", "text", "jsonl")),
    default="app",
    show_default=True,
    help="app is the room's screen, text prints what is said, jsonl one event a line.",
)
@click.option("--new", is_flag=True, help="Print only what comes from now on.")
def watch(prefix: str, form: str, *, new: bool) -> int:
    """Follow a session live that is driven in another terminal, or wait until somebody goes on with it.

    Nothing can be done in it from here, and nobody is kept from it. What is printed ends when the session does, with 0;
    with 1 where it is deleted, with 130 on Ctrl+C. ID is any beginning of its id.
    """
    from agentchat.cli.drive import drive
    from agentchat.tui.app import run_app

    if not prefix.strip():
        raise UsageError("which session?", hint="`agentchat sessions list` shows all.")
    if form != "app":
        return drive(_print(prefix, form, new=new))
    if new:
        raise UsageError("--new is for what is printed", hint="As in: agentchat watch ID --format text --new")
    return run_app(watch=drive(_whole(prefix)))


async def _whole(prefix: str) -> str:
    from agentchat.home import Home

    async with Home() as home:
        return await (await home.store()).find(prefix)


async def _print(prefix: str, form: str, *, new: bool) -> int:
    from agentchat.cli.sheet import sheet
    from agentchat.errors import AgentchatError
    from agentchat.home import Home
    from agentchat.room import Standing
    from agentchat.views.entries import sentence

    async with Home() as home:
        room = await home.watch(prefix)
        page = sheet(home, form, room.log, anew=not new)
        async with room.watch() as news:
            room.start()
            while not room.transcript.closed:
                item = await anext(news, None)
                if item is None:
                    break
                if isinstance(item, Standing):
                    page.note(f"{sentence(item.reason)}.", item.hint)
                page.show(room)
        page.show(room, rest=True)
        if room.transcript.closed:
            return 0
        raise AgentchatError(room.standing.reason, hint=room.standing.hint)
