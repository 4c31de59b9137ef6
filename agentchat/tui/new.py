"""A new room, put together: what about, how, and with whom. Enter starts it from anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from agentchat.errors import AgentchatError, UsageError
from agentchat.home import Wish, suggesting
from agentchat.home.opening import USUAL
from agentchat.modes import mode_of, names
from agentchat.tui.lineups import LineUpsScreen, Made
from agentchat.tui.people import PeopleScreen
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.settings import SettingsScreen
from agentchat.tui.trust import ask, untrusted
from agentchat.tui.typed import MATTERS, typed, with_matter
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.views.fold import BETTER, short
from agentchat.views.settings import changed, settings_of, summary

if TYPE_CHECKING:
    from agentchat.persona import Persona
    from agentchat.tui.app import Agentchat

MODES = (Column(12, quiet=False), Column(), Column(24, least=84))
"""Title, what it does, its picture."""
PANEL = (Column(12, quiet=False), Column(16, least=56), Column(24), Column(least=100))
"""Name, what one is, why one was suggested, what one is like."""

ADD = "+"
SMALLEST = 2
"""Personas that make a discussion."""


class NewRoomScreen(Screen[str]):
    """The last look before a discussion begins. Left without one, it gives the topic back."""

    CSS_PATH = "new.tcss"
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("a", "add", "Add or take out personas", show=False),
        Binding("x,delete", "take_out", "Take a persona out", show=False),
        Binding("s", "settings", "Settings", show=False),
        Binding("r", "rooms", "Take a room there is a file of", show=False),
        Binding("m", "memory", "Give them what they held before, or not", show=False),
        Binding("c", "ask_model", "Let a model choose the panel, or take that back", show=False),
        Binding("space", "choose", "Take this mode", show=False),
        Binding("down", "app.focus_next", "Onward", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
    ]
    app: Agentchat

    def __init__(self, topic: str, wish: Wish | None = None) -> None:
        super().__init__()
        self.wish = typed(wish) if wish else Wish(topic, mode=USUAL)
        self.topic = topic
        self.people: list[tuple[Persona, str]] = []
        """Who is to take part, and why each was suggested."""
        self.named: dict[str, str] = {}
        """By what name or file a persona was asked for, by its id."""
        self.before: tuple[list[tuple[Persona, str]], str] | None = None
        """The panel before a model chose it, and what stood beneath."""
        self.why = ""
        """What stands beneath the panel."""
        self.untrusted: list[Line] = []
        """Mode files that are not trusted."""

    def compose(self) -> ComposeResult:
        """Topic, mode, panel, settings, model."""
        ink = ink_of(self)
        with Horizontal(id="ask"):
            yield Static(ink.glyphs.prompt, classes="prompt", markup=False)
            yield Input(
                self.topic, id="topic", placeholder="What shall we talk about?", compact=True, select_on_focus=False
            )
        with VerticalScroll(can_focus=False):
            with Horizontal(classes="part"):
                yield Static("Mode", classes="label", markup=False)
                yield Rows(MODES, id="mode")
            with Horizontal(classes="part", id="given"):
                yield Static("", id="what", classes="label", markup=False)
                yield Input(id="matter", compact=True, select_on_focus=False)
            with Horizontal(classes="part"):
                yield Static("Panel", classes="label", markup=False)
                yield Rows(PANEL, id="panel")
            with Horizontal(classes="part"):
                yield Static("", classes="label", markup=False)
                yield Static("", id="why", classes="quiet", markup=False)
            with Horizontal(classes="part"):
                yield Static("Settings", classes="label", markup=False)
                yield Static("", id="settings", classes="said", markup=False)
            with Horizontal(classes="part"):
                yield Static("Model", classes="label", markup=False)
                yield Static("", id="model", classes="said", markup=False)
            with Horizontal(classes="part"):
                yield Static("", classes="label", markup=False)
                yield Static("", id="note", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Fill in what is suggested."""
        modes = self.query_one("#mode", Rows)
        self._show_modes()
        modes.put(self.wish.mode)
        (modes if self.topic else self.query_one("#topic")).focus()
        self.watch(self, "focused", self._keys)
        self._show_settings()
        self.fill()

    @work(exclusive=True, group="fill")
    async def fill(self) -> None:
        """Suggest a panel and say which model it will be."""
        await self.app.hurry(self._fill())

    async def _fill(self) -> None:
        home = await self.app.home()
        self.untrusted = [*untrusted(await asyncio.to_thread(home.plugins.scan))]
        self._show_modes()
        # Files are read: not on the loop that draws.
        if self.wish.personas:
            found = [await asyncio.to_thread(home.shelf.get, name) for name in self.wish.personas]
            self.people = [(one.persona, "") for one in found]
            self.named = {one.id: name for (one, _), name in zip(self.people, self.wish.personas, strict=True)}
        else:
            suggestion = await asyncio.to_thread(home.suggest, self.topic)
            self.people = [(pick.found.persona, pick.reason) for pick in suggestion.picks]
            self._explain(suggesting.explained(suggestion, self.wish.mode))
        self._show_people()
        choice = await home.chosen(self.wish.model)
        if not choice.model.startswith("scripted/") and (choice.model != "local/starter" or home.starter_ready()):
            home.warm_up()  # while the room is made, and not while somebody only looks at the home screen
        self._say("#model", " · ".join(part for part in (short(choice.model), choice.why) if part))
        self._say("#note", BETTER if choice.model == "local/starter" else "")
        for flaw in (await asyncio.to_thread(home.shelf.scan)).flaws[:1]:
            self.app.tell(f"{flaw.place}: {flaw.message}. {flaw.hint}", severe=True)

    def _say(self, where: str, words: str) -> None:
        self.query_one(where, Static).update(ink_of(self).shown(words))

    def _explain(self, why: str) -> None:
        self.why = why
        self._say("#why", why)

    def _show_people(self) -> None:
        lines = [Line(one.id, (one.name, one.title, why, one.about), one.color) for one, why in self.people]
        self.query_one("#panel", Rows).show([*lines, Line(ADD, ("+ add",))])
        self._keys()

    def _show_modes(self) -> None:
        modes = [(name, mode_of(name)) for name in names()]
        self.query_one("#mode", Rows).show(
            [
                Line(name, (mode.title, mode.summary, mode.picture), chosen=name == self.wish.mode)
                for name, mode in modes
            ]
            + self.untrusted
        )

    @property
    def matter(self) -> str:
        """The setting of the mode that has a line of its own; empty where it has none."""
        return next((name for name in mode_of(self.wish.mode).Settings.model_fields if name in MATTERS), "")

    def _show_settings(self) -> None:
        settings = settings_of(mode_of(self.wish.mode).Settings, self.wish.settings)
        told = summary([one for one in settings if one.name not in MATTERS])
        self._say("#settings", f"{told} · with memory" if self.wish.memory else told)
        label, invitation = MATTERS.get(self.matter, ("", ""))
        self.query_one("#given").display = bool(label)
        self._say("#what", label)
        line = self.query_one("#matter", Input)
        line.placeholder = ink_of(self).line(invitation)
        if not line.value:
            given = self.wish.given.get("options")
            line.value = " | ".join(map(str, given)) if isinstance(given, list) and self.matter == "options" else ""

    def _keys(self) -> None:
        match self.focused.id if self.focused else "":
            case "mode":
                keys = [
                    ("enter", "start"),
                    ("space", "take this mode"),
                    ("a", "add"),
                    ("s", "settings"),
                    ("r", "rooms"),
                    ("m", "memory"),
                ]
            case "panel" if self.query_one("#panel", Rows).key == ADD:
                keys = [("enter", "add"), ("s", "settings")]
            case "panel":
                keys = [
                    ("enter", "start"),
                    ("x", "take out"),
                    ("a", "add"),
                    ("c", "a model chooses"),
                    ("s", "settings"),
                ]
            case _:
                keys = [("enter", "start"), ("↓", "mode")]
        writing = isinstance(self.focused, Input)
        self.query_one(Keys).show([*keys, ("f1" if writing else "?", "keys"), ("esc", "back")])

    # ── what was asked for ──────────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed, "#topic")
    def retopic(self, event: Input.Changed) -> None:
        """The topic was changed; the panel stays as it was put together."""
        self.topic = event.value.strip()

    def action_back(self) -> None:
        """No room after all."""
        self.dismiss(self.topic)

    def action_choose(self) -> None:
        """Take the mode under the cursor; the arrows only pass over it."""
        modes = self.query_one("#mode", Rows)
        if modes.has_focus:
            self._remode(modes.key)

    def _asked(self) -> bool:
        """Whether the mode under the cursor is a file that has to be trusted first: then that is asked."""
        modes = self.query_one("#mode", Rows)
        if not modes.has_focus or modes.key in names():
            return False
        self._trust(modes.key)
        return True

    @work(exclusive=True, group="trust")
    async def _trust(self, name: str) -> None:
        async def asked() -> None:
            if await ask(self.app, name):
                self.untrusted = [line for line in self.untrusted if line.key != name]
                self._remode(name)
                self.query_one("#mode", Rows).put(name)

        await self.app.hurry(asked())

    def _remode(self, name: str) -> None:
        """Another mode; settings it does not have are dropped."""
        if name not in names():
            self._trust(name)
        elif name != self.wish.mode:
            known = mode_of(name).Settings.model_fields
            kept = {name: value for name, value in self.wish.settings.items() if name in known or "." in name}
            self.wish = replace(self.wish, mode=name, settings=kept, given={}, usual={})
            self._show_modes()
            self._show_settings()

    @on(Rows.Moved, "#panel")
    def repanel(self) -> None:
        """Other keys may matter now."""
        self._keys()

    @on(Rows.Left)
    def onward(self, event: Rows.Left) -> None:
        """From one list to the next, by the arrow keys alone."""
        if event.step > 0:
            self.query_one("#matter" if self.matter else "#panel").focus()
        else:
            self.query_one("#mode" if event.rows.id == "panel" else "#topic").focus()

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """Enter starts, but for the row that adds."""
        if event.key == ADD and event.rows.id == "panel":
            self.action_add()
            return
        if self._asked():
            return
        if event.rows.id == "mode":
            self._remode(event.key)
        self.start()

    @on(Input.Submitted)
    def start(self) -> None:
        """Start the room."""
        try:
            self._start()
        except UsageError as error:
            self.app.complain(error)

    def _start(self) -> None:
        if not self.topic:
            self.app.tell("A room needs something to talk about: write it in the first line.", severe=True)
            self.query_one("#topic").focus()
        elif len(self.people) < SMALLEST:
            self.app.tell(f"A room needs at least {SMALLEST} personas: press a to add some.", severe=True)
        else:
            people = tuple(self.named.get(persona.id, persona.id) for persona, _ in self.people)
            wish = replace(self.wish, topic=self.topic, personas=people)
            if matter := self.query_one("#matter", Input).value.strip():
                wish = with_matter(wish, self.matter, matter)
            self.app.begin_room(wish)

    @work(exclusive=True, group="add")
    async def action_add(self) -> None:
        """Choose among all personas there are."""
        home = await self.app.home()
        scan = await asyncio.to_thread(home.shelf.scan)
        everyone = [found.persona for found in scan.personas]
        everyone += [one for one, _ in self.people if all(one.id != other.id for other in everyone)]
        flaws = [f"{flaw.place}: {flaw.message}" for flaw in scan.flaws]
        screen = PeopleScreen(everyone, [one.id for one, _ in self.people], flaws)
        chosen = await self.app.push_screen_wait(screen)
        why = {persona.id: reason for persona, reason in self.people}
        self.people = [(persona, why.get(persona.id, "")) for persona in chosen]
        self._show_people()

    @work(exclusive=True, group="fill")
    async def action_ask_model(self) -> None:
        """Let a model choose among those there are; once more takes that back."""
        if self.before:
            (self.people, why), self.before = self.before, None
            self._explain(why)
            self._show_people()
        elif self.topic:
            await self.app.hurry(self._ask_model())

    async def _ask_model(self) -> None:
        self._say("#why", "a model is asked who should come …")
        try:
            found = await suggesting.ask(await self.app.home(), self.topic, model=self.wish.model)
        except AgentchatError:
            self._explain(self.why)
            raise
        if found.why_not:
            self._explain(f"{found.why_not}: it stays as it was")
            return
        self.before = (self.people, self.why)
        self.people = [(pick.found.persona, pick.reason) for pick in found.suggestion.picks]
        self._explain(f"{found.suggestion.reason} (c takes it back)")
        self._show_people()

    @work(exclusive=True, group="rooms")
    async def action_rooms(self) -> None:
        """Take all of a room that there is a file of: who is in it, its mode, its settings."""
        await self.app.hurry(self._take_room())

    async def _take_room(self) -> None:
        home = await self.app.home()
        lineups = (await asyncio.to_thread(home.shelf.scan)).lineups
        made = [
            Made(
                found.lineup.id,
                found.lineup.name,
                found.lineup.mode,
                found.lineup.description,
                tuple(one.persona.name for one in found.members),
            )
            for found in lineups
        ]
        if not (chosen := await self.app.push_screen_wait(LineUpsScreen(made))):
            return
        wanted = Wish(self.topic, personas=(chosen,), model=self.wish.model, material=self.wish.material)
        self.wish = typed(await asyncio.to_thread(home.filled, wanted))
        self._explain(f"all of {next(one.name for one in made if one.id == chosen)}")
        self.query_one("#matter", Input).value = ""
        self._show_modes()
        self.query_one("#mode", Rows).put(self.wish.mode)
        self._show_settings()
        await self._fill()

    def action_memory(self) -> None:
        """Give them what they held before, or not."""
        self.wish = replace(self.wish, memory=not self.wish.memory)
        self._show_settings()

    def action_take_out(self) -> None:
        """Take the persona under the cursor out."""
        panel = self.query_one("#panel", Rows)
        if panel.has_focus and panel.key != ADD:
            self.people = [(one, why) for one, why in self.people if one.id != panel.key]
            self._show_people()

    @work(exclusive=True, group="settings")
    async def action_settings(self) -> None:
        """Change the mode's settings."""
        if self._asked():
            return
        self.action_choose()
        mode = mode_of(self.wish.mode)
        settings = settings_of(mode.Settings, self.wish.settings)
        others = {name: value for name, value in self.wish.settings.items() if "." in name}
        new = await self.app.push_screen_wait(SettingsScreen(mode.name, settings))
        self.wish = replace(self.wish, settings=others | changed(new))
        self._show_settings()
