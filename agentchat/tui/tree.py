"""All paths of a session at once: choose any place of any of them to go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.views.tree import TreeRow

COLUMNS = (Column(18, quiet=False), Column(quiet=False), Column(6, right=True, least=60))
"""Who, indented by the forks above; what; its number."""

Wanted = Literal["go", "fork"]

DEEPEST = 6
"""Forks a row is indented by, at most."""


class TreeScreen(ModalScreen["tuple[Wanted, int] | None"]):
    """Ends with the landmark to go to or to fork at, by its number, or with none."""

    CSS_PATH = "tree.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f6,q", "dismiss(None)", "Back", show=False),
        Binding("f", "fork", "Fork here", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
    ]

    def __init__(self, rows: Sequence[TreeRow]) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        """The paths, as rows."""
        yield Static("Every path of this session", classes="question", markup=False)
        yield Static("✓ marks the one the room is on. Enter goes to where another one ended last.", classes="more")
        yield Rows(COLUMNS)
        yield Keys()

    def on_mount(self) -> None:
        """Show all, at the end of the path the room is on."""
        ink = ink_of(self)
        rows = self.query_one(Rows)
        rows.show([self._line(row, ink.glyphs.unicode) for row in self.rows])
        here = [row.seq for row in self.rows if row.here]
        if here:
            rows.put(str(here[-1]))
        self.query_one(Keys).show([("enter", "go there"), ("f", "fork here"), ("esc", "back")])

    def _line(self, row: TreeRow, unicode: bool) -> Line:
        fork = ("└ " if unicode else "+ ") if row.forked else "  " if row.depth else ""
        name = "  " * min(max(row.depth - 1, 0), DEEPEST) + fork + row.who
        return Line(str(row.seq), (name, row.text, f"#{row.seq}"), row.color, chosen=row.here)

    @on(Rows.Chosen)
    def go(self, event: Rows.Chosen) -> None:
        """There."""
        self.dismiss(("go", int(event.key)))

    def action_fork(self) -> None:
        """Go on from there in a session of its own."""
        if key := self.query_one(Rows).key:
            self.dismiss(("fork", int(key)))
