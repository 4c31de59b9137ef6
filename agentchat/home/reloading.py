"""Persona files that are saved while a room is open: it goes on with them as they are now, and says what changed.

Before each step, and about once a second besides. What changed while nobody had the room open is no business of this
module: the session's own snapshot wins there (`home.adopting`). A turn under way keeps what it was asked with, a file
that cannot be used leaves its persona as it was, and a room that only follows its session changes nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError, UsageError
from agentchat.events import ParticipantChanged
from agentchat.home.adopting import differences
from agentchat.library.watching import Watch
from agentchat.models.choice import STARTER
from agentchat.text import skeleton

if TYPE_CHECKING:
    from agentchat.home.home import Home
    from agentchat.library.watching import Saved
    from agentchat.log import Log
    from agentchat.persona import Persona
    from agentchat.room import Room
    from agentchat.transcript import Member

EVERY = 1.0
"""Seconds between two looks, while no step is taken."""

FILE = "file"
"""Who changed a persona whose file was saved."""


def kept_up(home: Home, room: Room) -> Room:
    """Let a room go on with the files of its personas as they are saved. Returns it."""
    reloading = Reloading(home, room)
    room.driver.before.append(reloading.before)
    room.driver.beside.append(reloading.beside)
    return room


class Reloading:
    """The persona files of one open room."""

    def __init__(self, home: Home, room: Room) -> None:
        self._home = home
        self._room = room
        self._watch = Watch(home.shelf)
        self._due: dict[str, Saved] = {}
        self._looking = asyncio.Lock()

    async def before(self) -> None:
        """Look once, and again where a file is just being saved: whoever saved it means the next turn."""
        if wait := await self.look():
            await asyncio.sleep(wait)
            await self.look()

    async def beside(self) -> None:
        """Look for ever."""
        while True:
            with suppress(AgentchatError):  # the driver says so; it is tried again at the next look
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> float:
        """Take up what was saved. Returns the seconds until what is being saved may rest; raises StoreError."""
        room = self._room
        if room.writer.lease is None or room.transcript.closed:
            return 0
        async with self._looking:
            members = [member.id for member in room.transcript.members]
            news, wait = await asyncio.to_thread(self._watch.look, members)
            self._due |= {saved.who: saved for saved in news}
            for saved in tuple(self._due.values()):
                member = room.transcript.member(saved.who)
                change = await self._change(member, saved) if member else None
                if member is None or change is None or await self._commit(member, change):
                    del self._due[saved.who]
            return wait

    async def _commit(self, seen: Member, change: ParticipantChanged) -> bool:
        """Whether it is on record: nobody must have changed the persona since it was looked at."""

        def decide(log: Log) -> list[ParticipantChanged]:
            same = log.transcript.member(seen.id) == seen
            return [change.model_copy(update={"frame": log.transcript.frame.id})] if same else []

        driver = self._room.driver
        done = bool(await self._room.writer.commit(decide))
        if done and change.model is not None and driver.held and driver.held.state == "held":
            driver.held = None  # as with any other model: what an outage held is tried again
            driver.wake()
        return done

    async def _change(self, member: Member, saved: Saved) -> ParticipantChanged | None:
        """What to put on record; None where nothing is different."""
        name, file = member.persona.name, saved.path.name
        if saved.persona is None:
            why = f"{name}'s file {file} is gone"
            if flaw := saved.flaw:
                line = f"{file}:{flaw.line}" if flaw.line else file
                why = f"{name}'s file cannot be used: {line}: {flaw.message}" + (f" ({flaw.hint})" if flaw.hint else "")
            return _told(member, f"{why}. It goes on as it was.")
        new = saved.persona.model_copy(update={"id": member.id})
        if other := self._alike(member, new):
            return _told(member, f"{name}'s file cannot be used: {new.name} is in the room already, as @{other}.")
        told = list(differences(member.persona, new))
        if not told:
            return _told(member, f"{name}'s file can be used again, and says the same.") if saved.again else None
        model, still = await self._model(member, new)
        if saved.persona.id != member.id:
            still.append(f"its address is still @{member.id}")
        says = f"{name}'s file was saved: {'; '.join([', '.join(told), *still])}."
        return ParticipantChanged(participant=member.id, persona=new, model=model, by=FILE, reason=says)

    def _alike(self, member: Member, new: Persona) -> str:
        """Who else in the room looks as if called so; empty for nobody."""
        looks = {skeleton(one.persona.name): one.id for one in self._room.transcript.members if one.id != member.id}
        return looks.get(skeleton(new.name), "")

    async def _model(self, member: Member, new: Persona) -> tuple[str | None, list[str]]:
        """The model it is to be asked with from now on, and why it is not the one wished for, in words."""
        old = member.persona
        if new.model == old.model:
            return None, []
        opened = self._room.transcript.opened
        usual = {(await self._home.chosen("", old)).model}
        if not any(".toml" in why for why in opened.models_why.replace("from config.toml", "").split("; ")):
            usual.add(opened.models.get(member.id, ""))  # else a room file may have given it another than it wished for
        if "from --model" in opened.models_why or member.model not in usual:
            return None, [f"it goes on with {member.model}, which was chosen in this room"]
        wished = (await self._home.chosen("", new)).model
        try:
            self._home.check_model(wished)
            if wished == STARTER and not self._home.starter_ready():
                raise UsageError(f"{STARTER} is not on this machine yet")
        except UsageError as error:
            return None, [f"it goes on with {member.model}, since {error}"]
        return (wished if wished != member.model else None), []


def _told(member: Member, says: str) -> ParticipantChanged:
    return ParticipantChanged(participant=member.id, by=FILE, reason=says)
