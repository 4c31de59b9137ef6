"""The rooms there are as files, to choose from: who takes part in each, and how it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys

COLUMNS = (Column(20, quiet=False), Column(12, least=50), Column())
"""Name, mode, what it is for."""


@dataclass(frozen=True, slots=True)
class Made:
    """A room there is a file of, in words."""

    id: str
    name: str
    mode: str
    description: str
    people: tuple[str, ...]
    """Their names."""


class LineUpsScreen(ModalScreen["str | None"]):
    """Ends with the id of the room that was chosen; with none where it was left."""

    CSS_PATH = "people.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(self, made: Sequence[Made]) -> None:
        super().__init__()
        self.made = {one.id: one for one in made}

    def compose(self) -> ComposeResult:
        """The list, and who is in the one under the cursor."""
        with Vertical():
            yield Static("Which room?", classes="question", markup=False)
            yield Static("", markup=False)
            yield Rows(COLUMNS)
            yield Static("", id="who", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(Rows).show([Line(one.id, (one.name, one.mode, one.description)) for one in self.made.values()])
        self.query_one(Keys).show([("enter", "take it"), ("esc", "back")])
        self._tell()

    @on(Rows.Moved)
    def _tell(self) -> None:
        found = self.made.get(self.query_one(Rows).key)
        who = ", ".join(found.people) if found else ""
        self.query_one("#who", Static).update(ink_of(self).shown(f"With {who}" if who else ""))

    @on(Rows.Chosen)
    def choose(self, event: Rows.Chosen) -> None:
        """This one."""
        self.dismiss(event.key)
