"""What is kept in view: the shared board, the ledger of what was agreed and decided, pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.board import Write, board, parse, search
from agentchat.errors import UsageError
from agentchat.tui.verbs.history import numbered
from agentchat.tui.verbs.memory import memory, outcome
from agentchat.tui.verbs.verb import Verb, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Literal

    from agentchat.tui.room import RoomScreen

SHOWN = 8
"""Values told of at once."""


async def on_board(screen: RoomScreen, words: str) -> None:
    """Write `key = value | what it is`, or look for words."""
    match parse(words):
        case Write(key, value, description):
            await screen.room.note("value", key, value, description)
        case query:
            found = search(board(screen.room.transcript.notes), query.words)
            lines = [f"{one.key}: {one.value}" + (f" ({one.description})" if one.description else "") for one in found]
            more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
            screen.app.tell("\n".join([*lines[:SHOWN], *more]) or "Nothing of that stands on the board.")


async def task(screen: RoomScreen, words: str) -> None:
    """One more task for the hierarchy under way."""
    await screen.room.task(wanted(words, "task WHAT after N"))
    screen.app.tell("It is on the board from the next wave on.")


async def pin(screen: RoomScreen, words: str) -> None:
    """Keep a turn in everybody's sight."""
    seq, _ = numbered(wanted(words, "pin #N"))
    if seq is None:
        raise UsageError("which turn?", hint="/pin 14; /tree shows the numbers.")
    await screen.room.pin(seq)


def _noting(
    kind: Literal["agreed", "decided", "objection", "question"], name: str
) -> Callable[[RoomScreen, str], Coroutine[None, None, None]]:
    async def note(screen: RoomScreen, words: str) -> None:
        seq, text = numbered(wanted(words, f"{name} TEXT"))
        await screen.room.note(kind, " ".join(text.casefold().split()), wanted(text, f"{name} TEXT"), target=seq)

    return note


NOTES = (
    Verb("memory", "give them what they held before; again: see it, forget some of it", memory, "on | off",
         anywhere=("ctrl+g",), shown="ctrl+g", able=lambda m: m.ours),
    Verb("outcome", "note how the last decision turned out", outcome, "TEXT", able=lambda m: m.ours),
    Verb("board", "write on the shared board, or look at it", on_board, "KEY = VALUE | WORDS", able=lambda m: m.ours),
    Verb("agreed", "put down what is agreed", _noting("agreed", "agreed"), "TEXT", able=lambda m: m.ours),
    Verb("decided", "put down a decision", _noting("decided", "decided"), "TEXT", able=lambda m: m.ours),
    Verb("objection", "put down an objection", _noting("objection", "objection"), "TEXT", able=lambda m: m.ours),
    Verb("question", "put down an open question", _noting("question", "question"), "TEXT", able=lambda m: m.ours),
    Verb("task", "add a task to a hierarchy, after others if need be", task, "WHAT after N", able=lambda m: m.alive),
    Verb("pin", "keep a turn in everybody's sight", pin, "#N", able=lambda m: m.ours),
)  # fmt: skip
