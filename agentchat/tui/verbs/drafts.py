"""The room makes a text better: a refinement in the middle of anything, and its versions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.tui.edit import EditScreen
from agentchat.tui.files import text_of
from agentchat.tui.verbs.verb import Verb, wanted
from agentchat.tui.versions import VersionsScreen
from agentchat.views.drafts import versions as versions_of

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen


async def refine(screen: RoomScreen, words: str) -> None:
    """A text, a file or a brief made better by an author and critics, then back."""
    brief, settings = wanted(words, "refine BRIEF | @FILE"), {}
    first, _, rest = brief.partition(" ")
    if first.startswith("@") and screen.room.transcript.member(first[1:]) is None:
        settings = {"draft": await asyncio.to_thread(text_of, first[1:])}
        brief = rest.strip() or "Make this text better."
    await screen.room.enter("refinement", settings, brief)
    await screen.resume()


async def versions(screen: RoomScreen, _: str) -> None:
    """The versions of the text, and what to do with one."""
    if not versions_of(screen.room.transcript).all:
        raise UsageError("there are no versions here", hint="/refine BRIEF begins one.")
    chosen = await screen.app.push_screen_wait(VersionsScreen(screen.room))
    match chosen:
        case ("edit", int(turn)):
            old = screen.room.transcript.turn(turn)
            form = EditScreen("This version, in your words", old.text if old else "")
            new: str | None = await screen.app.push_screen_wait(form)
            if new is not None:
                await screen.room.edit(turn, new)
        case ("pin", int(turn)):
            await screen.room.pin(turn)
            screen.app.tell("The next version goes on from that one.")
        case ("accept", turn):
            await screen.room.accept(turn or 0)
            await screen.resume()
        case ("edit" | "pin", None):
            raise UsageError("that is the text you gave", hint="Edit a version an author wrote, or say what to change.")
        case _:
            pass


DRAFTS = (
    Verb("refine", "make a text better, then go on: a brief, or @FILE", refine, "BRIEF | @FILE", anywhere=("f4",),
         fills=True, shown="f4", able=lambda m: m.alive),
    Verb("versions", "the versions of the text: compare, edit, accept, go on from one", versions, anywhere=("f8",),
         shown="f8", brief="versions", able=lambda m: m.drafted),
)  # fmt: skip
