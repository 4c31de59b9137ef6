"""The app: it owns the home and the rooms that are open, and does nothing else but push screens.

Before the first frame nothing heavy is imported; what is typed meanwhile waits in the focused input.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import WorkerFailed

from agentchat.errors import AgentchatError
from agentchat.tui import crash
from agentchat.tui.home import HomeScreen
from agentchat.tui.inorder import InOrder
from agentchat.tui.leaving import INTERRUPTED, PATIENCE, Leaving
from agentchat.tui.theme import THEMES
from agentchat.views.clean import clean

if TYPE_CHECKING:
    from textual.await_complete import AwaitComplete

    from agentchat.home import Home, Wish
    from agentchat.home.reader import Reader
    from agentchat.log import Log
    from agentchat.room import Room


@dataclass(frozen=True, slots=True)
class Replay:
    """A session to be watched again."""

    session: str
    """Its id, a shipped one's name, or a file."""
    speed: float = 1.0
    place: Callable[[Log], int] | None = None
    """The event to begin at, by its number; none begins at the beginning."""

    def at(self, log: Log) -> int | None:
        """That event of this log. Raises UsageError where it has none such."""
        return self.place(log) if self.place else None


class Agentchat(InOrder):
    """The terminal app."""

    TITLE = "agentchat"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Cut in, or leave", show=False, priority=True),
        Binding("f1", "help", "Keys and commands", show=False, priority=True),
        Binding("ctrl+n", "write_persona", "Write a persona", show=False),
    ]

    def __init__(
        self,
        folder: Path | None = None,
        *,
        wish: Wish | None = None,
        resume: str = "",
        watch: str = "",
        replay: Replay | None = None,
        api_base: str = "",
    ) -> None:
        """Opens on the home screen, or on a new room (`wish`), a kept one (`resume`), one driven elsewhere (`watch`),
        or one to be watched again.
        """
        super().__init__()
        self.folder = folder
        self.api_base = api_base
        self.wish = wish
        self.resume = resume
        self.watched = watch
        """The session that is only watched, until its screen is left."""
        self.replaying = replay
        self.rooms: dict[str, Room] = {}
        """The rooms that are open, by session; they go on behind every screen."""
        self._openings: dict[str, asyncio.Task[Room]] = {}
        self.drafts: dict[str, str] = {}
        """What was being written in a room when its screen was left."""
        self.left: str = ""
        """The session last looked at: how to come back to it is said at the end."""
        self.leaving = Leaving(self)
        self._stack = AsyncExitStack()
        self._opened: asyncio.Future[Home] | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What our style sheets name and a theme of Textual's own does not have."""
        return dict(THEMES[0].variables)

    def on_mount(self) -> None:
        """Show the home screen at once, and see to the rest after it stands."""
        self._opened = asyncio.get_running_loop().create_future()
        self.push_screen(HomeScreen())
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                asyncio.get_running_loop().add_signal_handler(number, self.leaving.signalled)
        self.call_after_refresh(self._begin)

    @work
    async def _begin(self) -> None:
        """Import what is heavy off the loop, open the home, and go where the person wants to be."""
        assert self._opened is not None
        try:
            home = await self._stack.enter_async_context(await asyncio.to_thread(_home, self.folder, self.api_base))
        except AgentchatError as error:
            self._opened.set_exception(error)
            return
        self.folder = home.folder
        self._dress(home.config.theme)
        self._opened.set_result(home)
        if self.wish is not None or self.resume or self.watched or self.replaying:
            await self.hurry(self._straight_in(home))

    async def _straight_in(self, home: Home) -> None:
        if self.replaying:
            await self._replay(self.replaying, alone=True)
        elif self.resume or self.watched:
            await self.look_into(self.resume or self.watched)
        elif self.wish is not None and self.wish.topic:
            await self._begin_room(home, self.wish)
        elif self.wish is not None:
            self.new_room("", self.wish)

    def _dress(self, theme: str) -> None:
        name = {"dark": THEMES[0].name, "light": THEMES[1].name}.get(theme, theme)
        if name in self.available_themes:
            self.theme = name
        elif name:
            self.tell(
                f"config.toml: there is no theme {name}. It takes dark, light, or a name of Textual's.", severe=True
            )

    async def home(self) -> Home:
        """The home, once it is open. Raises what kept it from opening."""
        assert self._opened is not None
        return await asyncio.shield(self._opened)

    # ── rooms ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open(self, prefix: str) -> Room:
        """The room of a kept session, paused; the same one if it is open already."""
        if room := self.rooms.get(prefix):
            return room
        if prefix not in self._openings:
            opening = self._openings[prefix] = asyncio.create_task(self._open(prefix))
            opening.add_done_callback(lambda _: self._openings.pop(prefix))
            # Where nobody waits any more, nobody is told.
            opening.add_done_callback(lambda one: one.cancelled() or one.exception())
        # Who wants it may be gone before a long session is read: then its room is there to be closed.
        return await asyncio.shield(self._openings[prefix])

    async def _open(self, prefix: str) -> Room:
        from agentchat.home.adopting import news

        home = await self.home()
        room = await (home.watch(prefix) if prefix == self.watched else home.open(prefix))
        if room.session not in self.rooms:
            room.start(held=True, news=await news(home, room.transcript))
        self.rooms[room.session] = room
        return room

    async def look_into(self, prefix: str, at: int | None = None) -> None:
        """Show a kept session, at an event of it; a long one without reading all of it."""
        home = await self.home()
        reader = None if prefix in self.rooms else await home.archive.reader(prefix, watching=prefix == self.watched)
        known = self.rooms.get(reader.session) if reader else None
        await self.enter(known or reader or await self.open(prefix), at)

    async def enter(self, shown: Room | Reader, at: int | None = None) -> None:
        """Show a room, in place of the screen it was put together on."""
        from agentchat.room import Room
        from agentchat.tui.room import RoomScreen

        if isinstance(shown, Room):
            self.rooms[shown.session] = shown
        self.left = shown.session
        show = self.push_screen if isinstance(self.screen, HomeScreen) else self.switch_screen
        await show(RoomScreen(shown, at))

    def pop_screen(self) -> AwaitComplete:
        """Leave a screen. What it was still at ends first: Textual takes its widgets away before its workers, and one
        that came back to them in between took the app down.
        """
        self.workers.cancel_node(self.screen)
        return super().pop_screen()

    def switch_screen(self, screen: Screen[Any] | str) -> AwaitComplete:
        """Leave a screen for another."""
        self.workers.cancel_node(self.screen)
        return super().switch_screen(screen)

    @work(exclusive=True, group="begin")
    async def replay(self, session: str) -> None:
        """Watch a session again: by its id, a shipped one by its name, one in a file by its path."""
        await self.hurry(self._replay(Replay(session)))

    async def _replay(self, wanted: Replay, *, alone: bool = False) -> None:
        from agentchat.room.player import Player
        from agentchat.tui.replay import ReplayScreen

        room = self.rooms.get(wanted.session)
        archive = (await self.home()).archive
        if room is None and await archive.long(wanted.session):
            self.tell("A long session: all of it is read first…")
        log = room.log if room else await archive.any(wanted.session)
        await self.push_screen(ReplayScreen(Player(log, speed=wanted.speed), at=wanted.at(log), alone=alone))

    @work(exclusive=True, group="begin")
    async def statistics(self, session: str) -> None:
        """Show a session in numbers and pictures."""
        from agentchat.tui.statistics import StatisticsScreen
        from agentchat.views.statistics import statistics

        async def shown() -> None:
            room, home = self.rooms.get(session), await self.home()
            transcript = room.transcript if room else (await home.archive.any(session)).transcript
            await self.push_screen(StatisticsScreen(transcript.topic, statistics(transcript)))

        await self.hurry(shown())

    def new_room(self, topic: str, wish: Wish | None = None) -> None:
        """Show the screen on which a room is put together."""
        from agentchat.tui.new import NewRoomScreen

        self.push_screen(NewRoomScreen(topic, wish), self._give_back)

    def _give_back(self, topic: str | None) -> None:
        if topic and isinstance(self.screen, HomeScreen):
            self.screen.take_back(topic)

    @work(exclusive=True, group="begin")
    async def begin_room(self, wish: Wish) -> None:
        """Create a room and show it."""
        await self.hurry(self._begin_room(await self.home(), wish))

    async def _begin_room(self, home: Home, wish: Wish) -> None:
        """The small local model is fetched first, where it is needed and the person agrees."""
        wish = await asyncio.to_thread(home.filled, wish)  # files are read: not on the loop that draws
        asked = [await home.chosen_for(wish, one) for one in await asyncio.to_thread(home.people, wish)]
        why = next((one.why for one in asked if one.model == "local/starter"), "")
        if why and not home.starter_ready():
            from agentchat.tui.pull import PullScreen

            if not await self.push_screen_wait(PullScreen(home, why)):
                return
        room = await home.create(wish)
        room.start()
        await self.enter(room)

    @work(exclusive=True, group="write")
    async def action_write_persona(self) -> None:
        """Write a new persona."""
        from agentchat.tui.writing import PersonaScreen, written

        if not isinstance(self.screen, PersonaScreen):
            await written(self)

    @work(exclusive=True, group="begin")
    async def fork(self, session: str, at: int | None = None) -> None:
        """Ask what is to be different in a fork of a session, and show its room."""
        from agentchat.tui.fork import fork

        async def forked() -> None:
            room = self.rooms.get(session)
            await fork(self, room.log if room else await (await self.home()).archive.any(session), at)

        await self.hurry(forked())

    async def close(self, session: str) -> None:
        """Close a room that is open, or about to be; its session stays."""
        if opening := self._openings.get(session):
            await asyncio.wait([opening])
        room = self.rooms.pop(session, None)
        if room is not None:
            await (await self.home()).leave(room)

    # ── saying ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def hurry(self, doing: Coroutine[None, None, None]) -> bool:
        """Do what a person asked for; where it cannot be done, say why. Whether it was done."""
        try:
            await doing
        except AgentchatError as error:
            self.complain(error)
            return False
        return True

    def complain(self, error: AgentchatError) -> None:
        """Say what happened and what to do next."""
        self.tell(crash.told(error), severe=True)

    def tell(self, text: str, *, severe: bool = False, seconds: float = 0) -> None:
        """A word in the corner, for a moment."""
        severity: Literal["error", "information"] = "error" if severe else "information"
        self.notify(clean(text), severity=severity, timeout=seconds or (10 if severe else 5), markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what the screen can do, then what the app can."""
        commands = getattr(screen, "commands", None)
        if commands is not None:
            yield from commands()
        yield SystemCommand("Keys and commands", "All of them, on one page", self.action_help)
        yield SystemCommand("Write a persona", "A form, and what a model reads of it", self.action_write_persona)
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Quit", "Leave; every room is kept", self.action_quit)

    def action_help(self) -> None:
        """Show the keys and commands."""
        from agentchat.tui.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            from agentchat.tui.room import RoomScreen

            own = () if isinstance(self.screen, RoomScreen) else type(self.screen).BINDINGS
            if isinstance(self.screen, HomeScreen):
                own = [*own, *type(self.screen.shelf).BINDINGS]
            self.push_screen(HelpScreen(own))

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def action_quit(self) -> None:
        """Leave. Rooms at work write down where they are."""
        self.leaving.quit()

    def action_interrupt(self) -> None:
        """Copy what is selected, cut off what runs, and pressed again, leave."""
        self.leaving.interrupt()

    @property
    def open_or_opening(self) -> set[str]:
        """The sessions whose rooms are open, or are about to be."""
        return {*self.rooms, *self._openings}

    async def on_unmount(self) -> None:
        """Close the home, when every screen is gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE / 2):
                await self._stack.aclose()

    def _fatal_error(self) -> None:
        """Textual's own prints every local variable, keys among them, and to the screen (FACTS)."""
        error: BaseException = self._exception or sys.exc_info()[1] or RuntimeError("unknown")
        while isinstance(error, WorkerFailed):
            error = error.error
        message, hint = crash.words(error)
        if not isinstance(error, AgentchatError):
            log = crash.write(crash.report(error), crash.log_file(self.folder))
            hint = f"What was said is kept. The place it failed at: {log or 'could not be written down'}"
        self.bell()
        self._exit_renderables.append(Text("\n".join(part for part in (message, hint) if part)))
        self._close_messages_no_wait()


def _home(folder: Path | None, api_base: str) -> Home:
    from agentchat.home import Home

    return Home(folder, api_base=api_base)


def run_app(
    folder: Path | None = None,
    *,
    wish: Wish | None = None,
    resume: str = "",
    watch: str = "",
    replay: Replay | None = None,
    api_base: str = "",
) -> int:
    """Run the app: on its home screen, or straight where a person wants to be. Returns the exit code."""
    crash.need_terminal()
    app = Agentchat(folder, wish=wish, resume=resume, watch=watch, replay=replay, api_base=api_base)
    app.run()
    if app.left and app.left != app.watched and app.return_code in (0, INTERRUPTED):
        sys.stderr.write(f"The room is kept. Go on with: agentchat resume {app.left[:8]}\n")
    for session, words in ((session, words) for session, words in app.drafts.items() if words.strip()):
        sys.stderr.write(f"You were writing in {session[:8]}: {clean(words)}\n")
    return app.return_code or 0
