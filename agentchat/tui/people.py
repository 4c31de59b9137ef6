"""All personas on the shelf, to choose from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.tui.memory import MemoryScreen
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from agentchat.persona import Persona
    from agentchat.tui.app import Agentchat

COLUMNS = (Column(14, quiet=False), Column(18, least=60), Column())
"""Name, what one is, what one is like."""


class PeopleScreen(ModalScreen["list[Persona]"]):
    """Takes personas in and out; ends with those that are in, in the order they came."""

    CSS_PATH = "people.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "done", "Done", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        Binding("space", "put", "In or out", show=False),
        Binding("slash", "filter", "Search", show=False),
        Binding("m", "memory", "What one remembers", show=False),
        Binding("n", "write('')", "Write a new one", show=False),
        Binding("e", "write", "Change the one under the cursor", show=False),
    ]

    app: Agentchat

    def __init__(self, personas: Iterable[Persona], chosen: Sequence[str], flaws: Sequence[str] = ()) -> None:
        """`flaws` says which files could not be used, and why."""
        super().__init__()
        self.personas = {persona.id: persona for persona in personas}
        self.flaws = flaws
        self.chosen = list(chosen)

    def compose(self) -> ComposeResult:
        """The list, and which files could not be used."""
        with Vertical():
            yield Static("Who takes part?", classes="question", markup=False)
            yield Input(placeholder="search", compact=True)
            yield Rows(COLUMNS)
            ink = ink_of(self)
            for flaw in self.flaws[:3]:
                yield Static(ink.shown(flaw), classes="flaw", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        """Show all."""
        self._show("")
        keys = [
            ("space", "in or out"),
            ("enter", "done"),
            ("/", "search"),
            ("n", "write one"),
            ("e", "change it"),
            ("m", "memory"),
        ]
        self.query_one(Keys).show(keys)

    def _show(self, like: str) -> None:
        wanted = like.casefold().split()
        self.query_one(Rows).show(
            [
                Line(one.id, (one.name, one.title, one.about), one.color, chosen=one.id in self.chosen)
                for one in self.personas.values()
                if all(word in _said_of(one) for word in wanted)
            ]
        )

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """Show what matches while it is typed."""
        self._show(event.value)

    @on(Input.Submitted)
    def to_list(self) -> None:
        """Back to the list."""
        self.query_one(Rows).focus()

    @on(Rows.Chosen)
    def action_done(self) -> None:
        """Take those that are in."""
        self.dismiss([self.personas[one] for one in self.chosen if one in self.personas])

    def action_put(self) -> None:
        """In, or out."""
        key = self.query_one(Rows).key
        if key in self.chosen:
            self.chosen.remove(key)
        elif key:
            self.chosen.append(key)
        self._show(self.query_one(Input).value)

    @work(exclusive=True, group="memory")
    async def action_memory(self) -> None:
        """What the one under the cursor remembers, and forgetting some of it."""
        who = self.query_one(Rows).key
        if who in self.personas:
            found = (await (await self.app.home()).memory.of(who)).get(who, ())
            await self.app.push_screen_wait(
                MemoryScreen({self.personas[who].name: [one.held for one in found]}, where="")
            )

    @work(exclusive=True, group="write")
    async def action_write(self, name: str | None = None) -> None:
        """Write a new one, which is taken in, or change the one under the cursor."""
        from agentchat.tui.writing import written

        who = self.query_one(Rows).key if name is None else name
        if name is None and not who:
            return  # nobody is found: there is none to change

        async def wrote() -> None:
            saved = await written(self.app, who)
            if saved:
                scan = await asyncio.to_thread((await self.app.home()).shelf.scan)
                self.personas |= {found.persona.id: found.persona for found in scan.personas}
                if name is not None:
                    self.chosen.append(saved)
                self._show(self.query_one(Input).value)

        await self.app.hurry(wrote())

    def action_filter(self) -> None:
        """Search."""
        self.query_one(Input).focus()


def _said_of(persona: Persona) -> str:
    return " ".join((persona.name, persona.title, persona.description, *persona.tags)).casefold()
