"""Who is in the room, and how each speaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.home.adopting import adopt as taken, changes, chosen
from agentchat.transcript import Turn
from agentchat.tui.ask import AskScreen
from agentchat.tui.verbs.verb import Verb, wanted

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen

SHORTER, LONGER = 0.6, 1.6
"""What a wish for shorter or longer replies does to their words."""
WORDS = 120
"""Words a reply has where no setting says so."""


async def mute(screen: RoomScreen, words: str) -> None:
    """Leave someone out of the turns. Without a name, who speaks now or spoke last, and take them in again if muted."""
    transcript = screen.room.transcript
    speakers = (one.speaker for one in reversed(transcript.entries) if isinstance(one, Turn))
    last = next((member for who in speakers if (member := transcript.member(who))), None)
    if words:
        await screen.room.mute(words)
    elif last:
        await screen.room.mute(last.id, muted=not last.muted)
    else:
        raise UsageError("nobody has spoken yet", hint="/mute NAME")


async def unmute(screen: RoomScreen, words: str) -> None:
    """Take someone in again."""
    await screen.room.mute(wanted(words, "unmute NAME"), muted=False)


async def model(screen: RoomScreen, words: str) -> None:
    """Another model for one persona, or for all."""
    who, _, name = words.rpartition(" ")
    who = wanted(who.strip(), "model NAME MODEL")
    members = screen.room.transcript.members
    for one in [one.id for one in members] if who.lower() == "all" else [who]:
        await screen.room.swap_model(one, name)


async def shorter(screen: RoomScreen, words: str) -> None:
    """Fewer words a reply."""
    await _reword(screen, wanted(words, "shorter NAME"), SHORTER)


async def longer(screen: RoomScreen, words: str) -> None:
    """More words a reply."""
    await _reword(screen, wanted(words, "longer NAME"), LONGER)


async def invite(screen: RoomScreen, words: str) -> None:
    """Someone from the shelf, asked with the model the others are."""
    home = await screen.app.home()
    persona = (await asyncio.to_thread(home.shelf.get, wanted(words, "invite NAME").lstrip("@"))).persona
    models = {one.model for one in screen.room.transcript.members}
    choice = await home.chosen("", persona)
    shared = models.pop() if len(models) == 1 and not persona.model else choice.model
    await screen.room.invite(persona, shared)


async def persona(screen: RoomScreen, words: str) -> None:
    """Write a new persona, which is then invited, or change one: the room takes it up as it is saved."""
    from agentchat.tui.writing import written  # not before the first frame

    name = wanted(words, "persona NAME|new").strip().lstrip("@")
    new = name.casefold() == "new"
    saved = await written(screen.app, "" if new else name, screen.room if screen.patient else None)
    if saved and screen.room.transcript.closed:
        then = f"write something to go on, then /invite {saved}" if new else "it counts once it goes on"
        screen.app.tell(f"{saved} is written. This room has ended: {then}.")
    elif saved and new:
        await invite(screen, saved)


async def remove(screen: RoomScreen, words: str) -> None:
    """Send someone out; what was said stays."""
    await screen.room.remove(wanted(words, "remove NAME"))


async def adopt(screen: RoomScreen, words: str) -> None:
    """What changed since the session was made; without a name all of it, when the person has seen it."""
    home = await screen.app.home()
    found = chosen(await changes(home, screen.room.transcript), words)
    told = "\n".join(one.says for one in found)
    agreed: bool = bool(words) or await screen.app.push_screen_wait(
        AskScreen("Adopt what has changed since?", told, "adopt it", "leave it")
    )
    if agreed:
        await taken(screen.room, found)


async def _reword(screen: RoomScreen, who: str, by: float) -> None:
    """Replies so many times as long."""
    transcript = screen.room.transcript
    name = who.lower().lstrip("@")
    member = next((one for one in transcript.members if name in (one.id, one.persona.name.lower())), None)
    usual = transcript.frame.settings.get("words")
    words = (member.words if member else None) or (usual if isinstance(usual, int) else WORDS)
    await screen.room.reword(who, round(words * by))


PEOPLE = (
    Verb("mute", "leave someone out of the turns", mute, "NAME", keys=("ctrl+u",), shown="ctrl+u",
         able=lambda m: m.alive, handy=lambda m: m.watching),
    Verb("unmute", "take someone in again", unmute, "NAME", able=lambda m: m.alive),
    Verb("model", "ask another model for someone, or for all", model, "NAME MODEL", able=lambda m: m.ours),
    Verb("shorter", "fewer words a reply", shorter, "NAME", able=lambda m: m.alive),
    Verb("longer", "more words a reply", longer, "NAME", able=lambda m: m.alive),
    Verb("invite", "take someone from the shelf into the room", invite, "NAME", able=lambda m: m.alive),
    Verb("persona", "write a new persona and invite it, or change one: it counts from the next turn", persona,
         "NAME | new", anywhere=("ctrl+n",), fills=True, shown="ctrl+n", able=lambda m: m.ours),
    Verb("adopt", "go on with persona files as they are now, where they changed", adopt, "NAME",
         able=lambda m: m.alive),
    Verb("remove", "send someone out; what was said stays", remove, "NAME", able=lambda m: m.alive),
)  # fmt: skip
