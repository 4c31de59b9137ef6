"""What personas were given of what they held before, line by line; one can be taken away for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.ask import AskScreen
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from agentchat.memory import Held
    from agentchat.tui.app import Agentchat

COLUMNS = (Column(12, quiet=False), Column())
"""Whose it is, and the line."""


class MemoryScreen(ModalScreen[bool]):
    """Ends with whether it is to be offered from now on."""

    CSS_PATH = "memory.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "done", "Back to the room", show=False),
        Binding("x,delete", "forget", "Forget a line for good", show=False),
        Binding("o", "off", "Offer it no longer", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
    ]
    app: Agentchat

    def __init__(self, given: Mapping[str, Sequence[Held]], where: str = "here") -> None:
        """`given` by the names of the personas; `where` they were given it, in a word: nowhere, it is all they have."""
        super().__init__()
        self.where = where
        self.given = [(name, one) for name, lines in given.items() for one in lines]

    def compose(self) -> ComposeResult:
        """The lines, what the one under the cursor says in full, the keys."""
        with Vertical(classes="memory"):
            yield Static(f"What they remember {self.where}".strip(), classes="question", markup=False)
            yield Rows(COLUMNS)
            yield Reading(id="whole")
            yield Keys()

    def on_mount(self) -> None:
        """Show all."""
        self._show()
        off = [("o", "switch off")] if self.where else []
        self.query_one(Keys).show([("x", "forget it for good"), *off, ("esc", "back")])

    def _show(self) -> None:
        self.query_one(Rows).show([Line(one.id, (name, one.line)) for name, one in self.given])
        self.on_rows_moved()

    def on_rows_moved(self) -> None:
        """The line under the cursor, whole."""
        key = self.query_one(Rows).key
        self.query_one(Reading).scroll_home(animate=False)
        line = next(
            ("\n  ".join(one.rows) for _, one in self.given if one.id == key),
            "Nothing near the question." if self.where else "Nothing yet: a room has to decide something.",
        )
        self.query_one(Reading).update(line)

    def action_done(self) -> None:
        """Leave it as it is."""
        self.dismiss(True)

    def action_off(self) -> None:
        """Offer it no longer."""
        self.dismiss(False)

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Erase the line under the cursor, here and for good."""
        key = self.query_one(Rows).key
        home = await self.app.home()
        gone = [held for _, held in self.given if held.id == key]
        if not gone:
            return
        ask = AskScreen("Forget this for good?", "\n".join(gone[0].rows), "forget it")
        sure: bool = await self.app.push_screen_wait(ask)
        if sure:
            await home.memory.erase_lines(gone)
            self.given = [(name, held) for name, held in self.given if held.id != key]
            self._show()
