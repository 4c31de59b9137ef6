"""`agentchat replay`: a session watched again, on the screen or printed at the pace it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.listing import show_columns
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.log import Log

SLOWEST, FASTEST = 0.5, 16.0


@command(
    "replay",
    "agentchat replay demo",
    "agentchat replay 3f9a --from turn:8 --speed 4",
    "agentchat replay demo --format text --speed instant | less",
    "agentchat replay",
)
@click.argument("name", metavar="[ID|NAME|FILE]", default="")
@click.option(
    "--speed", default="1", show_default=True, metavar="N", help="So many times as fast, 0.5 to 16, or instant."
)
@click.option("--from", "place", default="", metavar="PLACE", help="Where to begin: turn:8, or #22 as the tree has it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("app", "text")),
    default="app",
    show_default=True,
    help="app shows it as it was, text prints it at its pace.",
)
def replay(name: str, speed: str, place: str, form: str) -> int | None:
    """Watch a session again, at the pace it had: no model is asked, no key or network needed.

    ID is any beginning of a session's id, NAME a session that ships, FILE one that somebody handed you. Without any,
    those that ship are listed.
    """
    from agentchat.cli.drive import drive

    if not name.strip():
        return drive(_list())
    if form == "text":
        return drive(_print(name, _speed(speed), place))
    return drive_app(name, _speed(speed), place)


def drive_app(name: str, speed: float, place: str) -> int:
    """Show it on the screen. What cannot be found is said here, not on a screen that then closes."""
    from agentchat.cli import log
    from agentchat.cli.drive import drive
    from agentchat.tui.app import Replay, run_app

    async def check() -> None:
        await _log(name, place)

    drive(check())
    log.keep()
    at = (lambda log: _place(log, place)) if place else None
    return run_app(replay=Replay(name, speed or FASTEST, at))


def _speed(words: str) -> float:
    """As many times as fast; 0 waits for nothing. Raises UsageError."""
    from agentchat.room.player import INSTANT

    wanted = words.strip().lower().rstrip("x×")
    if wanted == "instant":
        return INSTANT
    try:
        speed = float(wanted)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise UsageError(f"{words!r} is no speed", hint="A number from 0.5 to 16, or instant.")
    return speed


def _place(log: Log, words: str) -> int:
    from agentchat.home.forking import placed

    at = placed(log, words)
    return log.head if at is None else at


async def _log(name: str, place: str) -> Log:
    from agentchat.home import Home

    async with Home() as home:
        log = await home.archive.any(name)
    if place:
        log.at(_place(log, place))
    return log


async def _list() -> None:
    from agentchat.home.recordings import read, shipped

    logs = {name: read(path) for name, path in shipped().items()}
    opened = {name: log.transcript.opened for name, log in logs.items()}
    rows = [(name, one.mode, ", ".join(sorted(set(one.models.values()))), one.topic) for name, one in opened.items()]
    show_columns(("RECORDING", "MODE", "RECORDED WITH", "TOPIC"), rows)


async def _print(name: str, speed: float, place: str) -> None:
    from agentchat.cli.edge import say
    from agentchat.cli.sheet import Kept, sheet
    from agentchat.events import Stamped
    from agentchat.home import Home
    from agentchat.log import Log
    from agentchat.room import Standing
    from agentchat.room.player import Player
    from agentchat.views.replay import recorded_with

    log = await _log(name, place)
    player = Player(log, speed=speed)
    if place:
        player.seek_to(_place(log, place))
    say(f"A replay, {recorded_with(log.transcript)}")
    seen = Kept(Log(player.heard), Standing("running"), player.partials)
    page = sheet(Home(), "text", seen.log, anew=True)
    page.show(seen)
    left = not player.over
    if left:  # at its end there is nothing to wait for, and playing would begin anew
        async with player.watch() as news:
            player.play()
            async for item in news:
                if isinstance(item, Stamped):
                    seen.log.append(item)
                page.show(seen)
                if player.over and seen.log.head == log.head:
                    break
    page.show(seen, rest=True)
    await player.aclose()
