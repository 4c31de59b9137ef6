"""`agentchat chat` and `agentchat resume`: the app, opened straight where a person wants to be."""

from __future__ import annotations

import click

from agentchat.cli import options
from agentchat.cli.command import command
from agentchat.cli.flags import Settable
from agentchat.errors import UsageError


@command(
    "chat",
    "agentchat chat",
    'agentchat chat "How could a small town win back young families?"',
    'agentchat chat "Name the thing" -m brainstorm -p hana -p ben -p femi',
    'agentchat chat "Which database?" --option Postgres --option SQLite --set you=vote',
    'agentchat chat "What is fair?" --model anthropic/claude-sonnet-4-6',
    'agentchat chat "Shorter, and for beginners" --file post.md',
    cls=Settable,
    titles={
        "The room": ("mode", "personas", "memory", "settings"),
        "A text to refine, a choice to make": ("file", "check", "options"),
        "The model": ("model", "api_base"),
    },
)
@click.argument("topic", default="", metavar="[TOPIC|ROOM.toml]")
@click.argument("question", default="", metavar="[TOPIC]")
@options.mode
@options.personas
@options.memory
@options.settings
@options.file
@options.check
@options.choices
@options.model
@options.api_base
def chat(
    topic: str,
    question: str,
    mode: str,
    personas: tuple[str, ...],
    memory: bool,
    settings: dict[str, str],
    file: str,
    check: str,
    options: tuple[str, ...],
    model: str,
    api_base: str,
) -> int:
    """Open the app, straight in a room that discusses TOPIC; without TOPIC, where a new room is put together.

    ROOM.toml is a room as a file: who takes part, how, with which models. What is said here outranks it.
    """
    from agentchat.cli import given, log
    from agentchat.home import Home, Wish
    from agentchat.modes import mode_of
    from agentchat.tui.app import run_app

    log.keep()
    if file == "-":
        raise UsageError("the app reads keys from stdin", hint="Give a file, or use: agentchat run --file -")
    home = Home(api_base=api_base)  # it brings modes of the person's own
    room, words = given.room(topic, question, "agentchat chat room.toml")
    wish = Wish(
        given.topic(words, (), file, wanted=False),
        mode=given.mode(mode, file, check, options),
        personas=personas,
        settings=settings,
        model=model,
        given=given.settings(file, check, options),
        check=check,
        room=room,
        memory=memory,
    )
    # What is wrong is said here, not on a screen that then closes.
    wish = home.filled(wish)
    mode_of(wish.mode)
    if wish.personas:
        home.people(wish)
    return run_app(wish=wish, api_base=api_base)


@command("resume", "agentchat resume 3f9a")
@click.argument("prefix", metavar="ID")
def resume(prefix: str) -> int:
    """Open the app in a session from before, paused where it stopped. ID is any beginning of its id."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.tui.app import run_app

    async def whole() -> str:
        async with Home() as home:
            return await (await home.store()).find(prefix)

    if not prefix.strip():
        raise UsageError("which session?", hint="`agentchat sessions list` shows all.")
    return run_app(resume=drive(whole()))
