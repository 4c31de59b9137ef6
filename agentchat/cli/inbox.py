"""`agentchat inbox`: what the rooms ask a person, listed, and answered from any terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command, group
from agentchat.cli.edge import say, say_lines
from agentchat.cli.listing import as_json, show_columns, show_json
from agentchat.errors import UsageError
from agentchat.persona import YOU
from agentchat.text import some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from agentchat.views.inbox import Asked

SHORT = 8
"""Characters of a session's id that are shown."""


@group("inbox", "agentchat inbox list", "agentchat inbox answer 3f9a 2", 'agentchat inbox answer 3f9a:41 "Mill Lane"')
def inbox() -> None:
    """What your rooms ask you.

    A room that needs a person waits, and you may quit meanwhile: what it asks stays here until it is answered.
    """


@command("list", "agentchat inbox list", "agentchat inbox list --json | jq -r '.[].question'")
@as_json
def listed(as_json: bool) -> None:
    """List all that waits for an answer, the oldest first."""
    from agentchat.cli.drive import drive
    from agentchat.home import Home
    from agentchat.views.inbox import line

    async def read() -> None:
        async with Home() as home:
            found = await home.inbox()
            now = datetime.now(UTC)
            if as_json:
                show_json([asdict(one) for one in found])
            elif found:
                lines = [line(one, now) for one in found]
                rows = [
                    (row.id, row.age, row.who, row.left, row.question + (f"  [{row.answers}]" if row.answers else ""))
                    for row in lines
                ]
                show_columns(("ID", "SINCE", "WHO ASKS", "TIME LEFT", "QUESTION"), rows, whole=True)
            else:
                say("Nothing waits for you.")

    drive(read())


@command(
    "answer",
    "agentchat inbox answer 3f9a            shows the question and asks",
    "agentchat inbox answer 3f9a 2          the second option",
    'agentchat inbox answer 3f9a:41 "Mill Lane" --by Zoe',
    'agentchat inbox answer 3f9a "B > A = C"    a ballot',
)
@click.argument("which", metavar="ID")
@click.argument("words", default="", metavar="[ANSWER]")
@click.option("--by", default="", metavar="NAME", help="Who answers, if it is somebody else than you.")
def answer(which: str, words: str, by: str) -> None:
    """Answer a question, or take your turn.

    ID is any beginning of a session's id, or the whole ID of the list where the session asks more than one thing.
    ANSWER is an option by its name, its number or a beginning; any words where there are no options; a ballot as the
    list shows it, or abstain. Without it you are asked here.

    A room that is running goes on at once. One that is not goes on with: agentchat run --resume ID
    """
    from agentchat.cli.drive import drive
    from agentchat.home import Home

    async def reply() -> None:
        async with Home() as home:
            question = _wanted(await home.inbox(), which)
            text, data = read(question, words.strip() or await _asked(question))
            match await home.answer(question.session, question.seq, text, data, by or YOU):
                case "kept":
                    say(f"Answered. Let the room go on with: agentchat run --resume {question.session[:SHORT]}")
                case "taken":
                    say("Answered. The room, which is open in another window, goes on.")
                case "left":
                    say("Left for the room, which is open in another window and has not taken it yet.")

    drive(reply())


def read(question: Asked, words: str) -> tuple[str, dict[str, JsonValue] | None]:
    """An answer as the room takes it: words, or the payload of a turn. Raises UsageError with what there is."""
    from agentchat.kinds.answering import PASSES, ballot, option

    if not question.form:
        return option(words, question.options), None
    if words.lower() in PASSES:
        return "", None
    data = ballot(question.form, tuple(question.options), words)
    return ("" if data else words), data


def _wanted(open_ones: Sequence[Asked], which: str) -> Asked:
    """The one question that is meant. Raises UsageError with those there are."""
    session, _, seq = which.strip().partition(":")
    fits = [one for one in open_ones if session and one.session.startswith(session) and seq in ("", str(one.seq))]
    if len(fits) == 1:
        return fits[0]
    near = some([f"{one.session[:SHORT]}:{one.seq} {one.question}" for one in fits or open_ones], 5, "; ")
    if fits:
        raise UsageError(f"More than one thing waits there for {which!r}", hint=near)
    raise UsageError(f"Nothing that waits for you has the ID {which!r}", hint=near or "Nothing waits for you.")


async def _asked(question: Asked) -> str:
    told = _told(question)
    if not terminal():
        raise UsageError("which answer?", hint="; ".join(part for part in told if part))
    forget_typed()
    say_lines(*told, "Type your answer.")
    return await typed() or ""


def _told(question: Asked) -> list[str]:
    from agentchat.views.inbox import line

    row = line(question, datetime.now(UTC))
    return [row.question, f"{row.who}, about: {row.topic}", row.answers, row.left and f"Time left: {row.left}"]


def terminal() -> bool:
    """Whether somebody can be asked here."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def forget_typed() -> None:
    """What was typed before a question is no answer to it."""
    if terminal() and sys.platform != "win32":
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


async def typed() -> str | None:
    """A line from the terminal; None at its end. No thread: one that reads could not be cancelled."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bytes] = loop.create_future()
    descriptor = sys.stdin.fileno()

    def take() -> None:
        if not ready.done():
            try:
                ready.set_result(os.read(descriptor, 65_536))
            except OSError:  # the terminal is gone
                ready.set_result(b"")

    try:
        loop.add_reader(descriptor, take)
    except NotImplementedError:  # Windows
        return None
    try:
        words = await ready
    finally:
        loop.remove_reader(descriptor)
    return words.decode("utf-8", "replace").strip() if words else None


inbox.add_command(listed)
inbox.add_command(answer)
