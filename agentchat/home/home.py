"""A home, and the one door to it for front ends: its sessions, its personas, its models; it opens rooms.

A home is a folder with `config.toml`, `personas/` and `sessions/agentchat.db`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import platformdirs

from agentchat import config
from agentchat.errors import UsageError
from agentchat.events import Directed, stamp
from agentchat.export import printout
from agentchat.folding import fold
from agentchat.home import forking, opening, timeouts
from agentchat.home.archive import Archive
from agentchat.home.bundles import Bundles
from agentchat.home.forking import WhatIf
from agentchat.home.library import Library, sweep
from agentchat.home.memory import Memory
from agentchat.home.plugins import Plugins
from agentchat.home.reloading import kept_up
from agentchat.library import Shelf, check, folders, suggest
from agentchat.log import Log
from agentchat.models import download, names
from agentchat.models.base import Endpoint, Message, Request, Timeouts
from agentchat.models.choice import Choice, Offer, choose, offers
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models
from agentchat.models.scripted import ScriptedProvider
from agentchat.models.starter import LocalProvider
from agentchat.persona import YOU
from agentchat.room import Room
from agentchat.room.check import Check
from agentchat.room.deadlines import Policy
from agentchat.room.mailbox import give, send
from agentchat.room.turn import Asking
from agentchat.store import LeaseHeld, Posted, Store
from agentchat.transcript import MEMORY, Member

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from pydantic import JsonValue

    from agentchat.events import Event
    from agentchat.export import Printout
    from agentchat.home.wish import Wish
    from agentchat.library import Flaw, Suggestion
    from agentchat.models.policy import Reply
    from agentchat.persona import Persona
    from agentchat.store import Question, SessionRow

T = TypeVar("T")

AS_IT_WAS = WhatIf()
"""A fork that differs in nothing, but that it goes on from there by itself."""


class Home:
    """One home. `async with Home() as home:`; the database is opened at first need, models at the first turn."""

    def __init__(
        self, folder: Path | None = None, environ: Mapping[str, str] | None = None, *, api_base: str = ""
    ) -> None:
        self.environ = dict(os.environ if environ is None else environ)
        wanted = folder or Path(self.environ.get("AGENTCHAT_HOME") or platformdirs.user_data_path("agentchat"))
        self.folder = wanted.expanduser()
        self.config = config.read(self.folder / "config.toml")
        self.api_base = api_base or self.environ.get("AGENTCHAT_API_BASE", "") or self.config.api_base
        self.shelf = Shelf(folders(Path.cwd(), self.folder))
        self.plugins = Plugins.loaded(self.folder)  # before anything looks a mode up
        self._store: Store | None = None
        self._opening = asyncio.Lock()
        self._doors = asyncio.Lock()
        self._underway: set[asyncio.Task[object]] = set()
        self._rooms: list[Room] = []
        self._warming: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every open room, the database and the models; what is being opened, once it is."""
        while self._underway:
            await asyncio.wait(self._underway)
        for room in tuple(self._rooms):
            await room.aclose()
        self.plugins.hold(-len(self._rooms))
        self._rooms.clear()
        if "models" in self.__dict__:
            await self.models.aclose()
        if self._store is not None:
            await self._store.aclose()

    @cached_property
    def models(self) -> Models:
        """Every way to ask a model that this home has."""
        return Models({"": self._lite, "local": self._local, "scripted": ScriptedProvider()})

    @cached_property
    def _lite(self) -> LiteLLMProvider:
        # A provider's own key never goes to another address.
        key = self.environ.get("AGENTCHAT_API_KEY")
        return LiteLLMProvider(Endpoint(self.api_base, key) if self.api_base else None)

    @cached_property
    def _local(self) -> LocalProvider:
        return LocalProvider(self._lite, self.environ)

    async def store(self) -> Store:
        """The database, opened."""
        return await self._wholly(self._opened()) if self._store is None else self._store

    async def _opened(self) -> Store:
        async with self._opening:
            if self._store is None:
                self._store = await Store.open(self.database)
                await sweep(self._store)
            return self._store

    async def _wholly(self, opening: Coroutine[None, None, T]) -> T:
        """Open something wholly, also where who wants it gives up: nothing is left open that nobody knows of."""
        task = asyncio.create_task(opening)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        return await asyncio.shield(task)

    @property
    def database(self) -> Path:
        """Where it is, or would be."""
        return self.folder / "sessions" / "agentchat.db"

    def warm_up(self) -> None:
        """Begin to load what the first model call needs, on the models' own thread."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._lite.warm_up())

    @cached_property
    def archive(self) -> Archive:
        """The sessions it keeps."""
        return Archive(self.store)

    @cached_property
    def bundles(self) -> Bundles:
        """Its sessions as files, and files as its sessions."""
        return Bundles(self.store, self.environ)

    @cached_property
    def library(self) -> Library:
        """The same as a library: searched, labelled, thrown away."""
        return Library(self.store)

    @cached_property
    def memory(self) -> Memory:
        """What its personas remember of its sessions."""
        return Memory(self.store, self.config.memory.tokens, lambda: tuple(self._rooms))

    def printout(self, form: str) -> Printout:
        """An empty page in that format, for the log of a session. Raises UsageError."""
        return printout(form)

    async def delete(self, prefix: str, *, now: bool = False) -> SessionRow:
        """Put a session into the bin, or remove it and every word of it right now. Returns what it was."""
        store = await self.store()
        session = await store.find(prefix)
        row = await store.session(session)
        for room in [room for room in self._rooms if room.session == session]:
            await self.leave(room)
        await (store.delete(session) if now else store.throw_away(session, datetime.now(UTC)))
        return row

    # What waits for the person.

    async def inbox(self) -> list[Question]:
        """All questions and turns that wait for a person, in every session, the oldest first."""
        return await (await self.store()).inbox()

    async def answer(
        self, prefix: str, seq: int, answer: str, data: Mapping[str, JsonValue] | None = None, by: str = YOU
    ) -> Literal["kept", "taken", "left"]:
        """Answer a question, or take the person's turn: with nothing in it, pass. Raises UsageError where it is no fit.

        `kept`: nobody drives the session; it counts, and the room goes on when it is next opened. `taken`: the room
        that runs, here or elsewhere, has it. `left`: a room elsewhere will get it, and has not taken it yet.
        """
        store = await self.store()
        posted = Posted(await store.find(prefix), seq, answer, by, None if data is None else dict(data))
        known = posted.session in {room.session for room in self._rooms}
        room = await self.open(posted.session)
        try:
            if room.writer.lease is None:
                return "taken" if await send(store, posted) else "left"
            await give(room, posted)
            return "taken" if known else "kept"
        finally:
            if not known:
                await self.leave(room)

    # Rooms.

    async def create(self, wish: Wish) -> Room:
        """Open a new session and its room, not yet going. Raises UsageError where the wish cannot be met."""
        return await self._whole(self._create(wish))

    async def _whole(self, opening: Coroutine[None, None, Room]) -> Room:
        """One room is opened at a time, and wholly: a caller who gives up must not leave a lease behind."""

        async def alone() -> Room:
            async with self._doors:
                return await opening

        return await self._wholly(alone())

    async def _create(self, wish: Wish) -> Room:
        wish = opening.filled(self, wish)
        limits, settings = self._timeouts(wish.settings)
        now = datetime.now(UTC)
        opened = await opening.opened(self, replace(wish, settings=settings))
        events: list[Event] = [stamp(opened, 1, None, now)]
        if wish.memory:
            events.append(stamp(Directed(verb=MEMORY, data={"on": True}), 2, 1, now))
        return await self._begun(events, self._asking(limits, wish.check))

    async def fork(self, log: Log, at: int | None = None, what_if: WhatIf = AS_IT_WAS, check: str = "") -> Room:
        """The room, not yet going, of a new session that shares the path of any log up to an event or its head.

        Raises UsageError where there is no such event, or what is to be different cannot be met.
        """
        return await self._whole(self._fork(log, at, what_if, check))

    async def _fork(self, log: Log, at: int | None, what_if: WhatIf, check: str) -> Room:
        path = forking.prefix(log, at)
        limits, settings = self._timeouts(what_if.settings)
        changes = await forking.different(self, fold(path), replace(what_if, settings=settings))
        events = forking.copied(path, secrets.token_hex(6), changes, datetime.now(UTC))
        return await self._begun(events, self._asking(limits, check))

    async def _begun(self, events: Sequence[Event], asking: Asking) -> Room:
        """The room of a session that begins with these."""
        log, store = Log(events), await self.store()
        session = log.transcript.opened.session
        lease = await store.take_lease(session)
        await store.append(session, events, lease=lease)
        return self._room(Room(store, log, asking, lease, check_model=self.check_model))

    async def open(self, prefix: str, settings: Mapping[str, str] | None = None, check: str = "") -> Room:
        """The room of an existing session, not yet going; where another window drives it, one that follows it live.

        `check` is the command of its outside check: no session keeps one.
        """
        return await self._whole(self._open(prefix, settings or {}, check))

    async def watch(self, prefix: str) -> Room:
        """The room of a session that is followed live, not yet going: it never drives it, also where nobody does."""
        return await self._whole(self._open(prefix, {}, "", watching=True))

    async def _open(self, prefix: str, settings: Mapping[str, str], check: str, *, watching: bool = False) -> Room:
        store = await self.store()
        session = await store.find(prefix)
        if known := next((room for room in self._rooms if room.session == session), None):
            return known
        limits, _ = self._timeouts(settings)
        lease, why = None, store.why_read_only
        if not store.read_only and not watching:
            try:
                lease = await store.take_lease(session)
            except LeaseHeld as held:
                why = str(held)
        log = await self.archive.held(session, lease)
        asking = self._asking(limits, check)
        room = self._room(Room(store, log, asking, lease, why, check_model=self.check_model, watching=watching))
        await self.memory.mend(room)
        return room

    async def leave(self, room: Room) -> None:
        """Close a room. Its session stays."""
        if room in self._rooms:
            self._rooms.remove(room)
            self.plugins.hold(-1)
        await room.aclose()
        if room.transcript.closed:
            await self.memory.close(room)

    def filled(self, wish: Wish) -> Wish:
        """The wish with what its room file or line-up brings where it says nothing itself. Raises UsageError."""
        return opening.filled(self, wish)

    def people(self, wish: Wish) -> list[Persona]:
        """The personas of a wish, or those suggested for its topic. Raises UsageError with the nearest names."""
        return opening.people(self, opening.filled(self, wish))

    def suggest(self, topic: str, n: int = 4) -> Suggestion:
        """A line-up for a topic, with a reason for each."""
        return suggest(topic, self.shelf.scan(), n)

    def check(self, paths: Sequence[Path] = ()) -> list[Flaw]:
        """All that is wrong with these persona and line-up files, or folders of them; with none, those within reach."""
        within_reach = [folder for _, folder in folders(Path.cwd(), self.folder) if folder.is_dir()]
        return check(paths or within_reach, partial(opening.window, self))

    def _room(self, room: Room) -> Room:
        if patience := room.transcript.opened.escalation:
            room.policy = Policy(patience.policy, patience.timeout)
        self._rooms.append(room)
        self.plugins.hold(1)
        return self.memory.attend(kept_up(self, room))

    def _timeouts(self, settings: Mapping[str, str]) -> tuple[Timeouts, dict[str, str]]:
        """Split `timeouts.*` from what the mode takes."""
        return timeouts.split(self.config.timeouts, settings)

    def _asking(self, limits: Timeouts, check: str = "") -> Asking:
        def understudy(name: str) -> Member | None:
            try:
                persona = self.shelf.get(name).persona
            except UsageError:
                return None
            return Member(persona, persona.model[0]) if persona.model else None

        return Asking(self.models, limits, understudy, Check(check) if check else None)

    # Models.

    async def chosen(self, flag: str = "", persona: Persona | None = None, why: str = "") -> Choice:
        """The model a new room, or one persona in it, would be asked with, and why; `why` says where `flag` is from."""
        wishes, name = (persona.model, persona.name) if persona else ((), "")
        why = why or "from --model"
        return await choose(self.environ, flag=flag, wishes=wishes, name=name, config=self.config.model, why=why)

    async def chosen_for(self, wish: Wish, persona: Persona) -> Choice:
        """The model that one who takes part in a filled wish would be asked with, and why."""
        return await opening.chosen(self, wish, persona)

    def check_model(self, model: str) -> None:
        """Raise UsageError, with the nearest names, where no model can be called so."""
        names.check(model, anywhere=bool(self.api_base))

    async def offers(self) -> list[Offer]:
        """The models there are to choose from."""
        return await offers(self.environ, starter_ready=self.starter_ready())

    def starter_ready(self) -> bool:
        """Whether the starter model is on this machine."""
        return download.starter_path(self.environ).exists()

    def starter_sound(self) -> bool:
        """Whether its file is what it should be. Reads all of it. Raises OSError."""
        with download.starter_path(self.environ).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == download.SMOLLM2.sha256

    async def pull(self, on_progress: Callable[[int, int], None]) -> Path:
        """Fetch the starter model; `on_progress` hears bytes so far and in all. Raises AgentchatError."""
        return await download.pull(on_progress, self.environ)

    async def try_out(self, model: str) -> Reply:
        """Ask a model one tiny question. Raises ModelError."""
        question = (Message("user", "Say hello in five words."),)
        return await self.models.ask(Request(model, question, max_tokens=60, timeouts=self._timeouts({})[0]))
