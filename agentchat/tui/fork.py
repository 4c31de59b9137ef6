"""A fork, put together: from which turn on, without whom, with whom, asked with which models, under which settings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.folding import fold
from agentchat.home import WhatIf
from agentchat.home.adopting import unasked
from agentchat.home.forking import prefix
from agentchat.kinds import counted
from agentchat.modes import again, mode_of, names
from agentchat.tui.people import PeopleScreen
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.settings import SettingsScreen
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.views.entries import clipped
from agentchat.views.fold import short
from agentchat.views.settings import settings_of, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.log import Log
    from agentchat.persona import Persona
    from agentchat.transcript import Transcript
    from agentchat.tui.app import Agentchat

COLUMNS = (Column(14, quiet=False), Column(18, least=76), Column())
"""Name, what one is, what becomes of them."""

ADD = "+"


class ForkScreen(ModalScreen["tuple[int | None, WhatIf] | None"]):
    """Ends with the place and what is to be different there, or with none."""

    CSS_PATH = "fork.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        Binding("left", "turn(-1)", "A turn earlier", show=False),
        Binding("right", "turn(1)", "A turn later", show=False),
        Binding("home", "turn(-1000000)", "From the start", show=False, priority=True),
        Binding("end", "turn(1000000)", "From the end", show=False, priority=True),
        Binding("space,x", "put", "Leave out, or in again", show=False),
        Binding("m", "model", "Another model", show=False),
        Binding("a", "add", "Take somebody in", show=False),
        Binding("s", "settings", "Settings", show=False),
    ]
    app: Agentchat

    def __init__(self, log: Log, at: int | None = None) -> None:
        super().__init__()
        self.kept = log
        path = log.path()
        ends = [event.seq for event in path if counted(event)]
        self.places: list[int | None] = [path[0].seq, *ends, None]
        self.at = len(self.places) - 1
        if at is not None and all(event.seq != at for event in path):
            self.places[-1:] = [at, None]
            self.at = len(self.places) - 2
        elif at is not None:
            self.at = next((n for n, place in enumerate(self.places) if place is not None and place >= at), self.at)
        self.what_if = WhatIf()
        self.joining: dict[str, Persona] = {}
        self.there: Transcript = log.transcript
        self.done = 0
        """Turns up to there."""

    def compose(self) -> ComposeResult:
        """From where, who, a line to type a model into, settings, keys."""
        with Vertical():
            yield Static("What if …", classes="question", markup=False)
            yield Static("", id="place", markup=False)
            yield Rows(COLUMNS)
            yield Input(placeholder="another model, as in openai/gpt-5-mini", compact=True)
            yield Static("", id="differs", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        """Show the place one came from."""
        self.draw()
        self.watch(self, "focused", self._keys)

    @property
    def place(self) -> int | None:
        """The event it forks at; None is where the session is."""
        return self.places[self.at]

    def draw(self) -> None:
        """Show it as it is put together so far."""
        ink = ink_of(self)
        path = prefix(self.kept, self.place)
        self.there = fold(path)
        self.done = sum(counted(event) for event in path)
        self.query_one("#place", Static).update(ink.line(self._where(), 160))
        lines = [self._line(one.id, one.persona, self._becomes(one.id, one.model)) for one in self.there.members]
        lines += [self._line(one.id, one, "comes in") for one in self.joining.values() if not self.there.member(one.id)]
        self.query_one(Rows).show([*lines, Line(ADD, ("+ take in",))])
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in self.what_if.settings.items())
        if self.there.closed:
            further = f"after the end: if anything is different, {again(self.there.frames[0].mode)}"
            told = " · ".join(filter(None, (told, further)))
        self.query_one("#differs", Static).update(ink.line(told, 160))
        self._keys()

    def _where(self) -> str:
        turns = len(self.places) - 2
        if self.at == 0:
            return f"from the start, before the first of {turns} turns"
        if self.place is None:
            return f"from its end, after {turns} turns" if self.there.closed else f"from here, after {turns} turns"
        turn = self.there.turn(self.place)
        said = "" if turn is None or self.there.sealed(turn) else f": {clipped(turn.text)}" if turn.text else ""
        who = f", {self.there.name(turn.speaker)} #{turn.id}" if turn else f", #{self.place}"
        return f"after turn {self.done} of {turns}{who}{said}"

    def _line(self, key: str, persona: Persona, becomes: str) -> Line:
        stays = key not in self.what_if.without
        return Line(key, (persona.name, persona.title, becomes), persona.color if stays else "", chosen=stays)

    def _becomes(self, who: str, model: str) -> str:
        if who in self.what_if.without:
            return "is not there"
        new = self.what_if.swap.get(who)
        return f"speaks with {short(new)}, not {short(model)}" if new else short(model)

    @on(Rows.Moved)
    def _keys(self) -> None:
        if self.has_class("typing"):
            keys = [("enter", "keep"), ("esc", "leave as it was")]
        elif self.query_one(Rows).key == ADD:
            keys = [("enter", "take in"), ("←→", "turn"), ("s", "settings"), ("esc", "back")]
        else:
            keys = [
                ("enter", "fork"), ("←→", "turn"), ("space", "out or in"), ("m", "model"), ("s", "settings"),
                ("esc", "back"),
            ]  # fmt: skip
        self.query_one(Keys).show(keys)

    def action_turn(self, by: int) -> None:
        """From another turn on."""
        self.at = max(0, min(self.at + by, len(self.places) - 1))
        self.draw()

    def action_put(self) -> None:
        """Leave the one under the cursor out, or in again."""
        key = self.query_one(Rows).key
        if key in self.joining:
            del self.joining[key]
        elif key != ADD:
            gone = self.what_if.without
            gone = tuple(one for one in gone if one != key) if key in gone else (*gone, key)
            swap = {who: model for who, model in self.what_if.swap.items() if who not in gone}
            self.what_if = replace(self.what_if, without=gone, swap=swap)
        self.draw()

    def action_model(self) -> None:
        """Type another model for the one under the cursor."""
        key = self.query_one(Rows).key
        if self.there.member(key) and key not in self.what_if.without:
            line = self.query_one(Input)
            line.value = self.what_if.swap.get(key, "")
            self.add_class("typing")
            line.focus()

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Keep the model, or with none the one that is."""
        self._keep(event.value.strip())

    @work(exclusive=True, group="model")
    async def _keep(self, model: str) -> None:
        home = await self.app.home()
        if model and not await self.app.hurry(_checked(home.check_model, model)):
            return
        swap = {who: one for who, one in self.what_if.swap.items() if who != self.query_one(Rows).key}
        if model:
            swap[self.query_one(Rows).key] = model
        self.what_if = replace(self.what_if, swap=swap)
        self._to_list()
        self.draw()

    def _to_list(self) -> None:
        self.remove_class("typing")
        self.query_one(Rows).focus()

    @work(exclusive=True, group="add")
    async def action_add(self) -> None:
        """Choose among all personas there are."""
        home = await self.app.home()
        scan = await asyncio.to_thread(home.shelf.scan)
        here = {member.id for member in self.there.members}
        others = [found.persona for found in scan.personas if found.persona.id not in here]
        chosen = await self.app.push_screen_wait(PeopleScreen(others, list(self.joining)))
        self.joining = {persona.id: persona for persona in chosen}
        self.draw()

    @work(exclusive=True, group="settings")
    async def action_settings(self) -> None:
        """Change settings of the mode at work there."""
        frame = self.there.frame
        if frame.mode not in names():
            self.app.tell(f"The mode {frame.mode} is not here: its settings stay as they are.", severe=True)
            return
        were = settings_of(mode_of(frame.mode).Settings, {key: words(value) for key, value in frame.settings.items()})
        now = [replace(one, value=self.what_if.settings.get(one.name, one.value)) for one in were]
        new = await self.app.push_screen_wait(SettingsScreen(frame.mode, now))
        before = {one.name: one.value for one in were}
        settings = {one.name: one.value for one in new if one.value != before[one.name]}
        self.what_if = replace(self.what_if, settings=settings)
        self.draw()

    @on(Rows.Chosen)
    def fork(self, event: Rows.Chosen) -> None:
        """Do it."""
        if event.key == ADD:
            self.action_add()
            return
        what_if = replace(self.what_if, join=tuple(one for one in self.joining if not self.there.member(one)))
        self.dismiss((self.place, replace(what_if, go_on=what_if.changes)))

    def action_back(self) -> None:
        """Out of the line that is typed into, or no fork after all."""
        if self.has_class("typing"):
            self._to_list()
        else:
            self.dismiss(None)


async def fork(app: Agentchat, log: Log, at: int | None = None) -> None:
    """Ask what is to be different in a fork of a session, and show its room; nothing is made where nobody wants it.

    It goes on at once if anything is different, else when it is told to.
    """
    wanted = await app.push_screen_wait(ForkScreen(log, at))
    if wanted is None:
        return
    home = await app.home()
    room = await home.fork(log, *wanted)
    models = {member.model for member in room.transcript.members}
    if "local/starter" in models and not home.starter_ready():
        from agentchat.tui.pull import PullScreen

        await app.push_screen_wait(PullScreen(home, (await home.chosen()).why))
    room.start(held=not wanted[1].changes, news=unasked(home, room.transcript))
    await app.enter(room)


async def _checked(check: Callable[[str], None], model: str) -> None:
    check(model)
