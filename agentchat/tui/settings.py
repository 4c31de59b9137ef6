"""A mode's settings, changed one by one; what the mode does not take is said at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.errors import UsageError
from agentchat.kinds import title_of
from agentchat.modes import settings_of
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.views.settings import Setting, changed

COLUMNS = (Column(16, quiet=False), Column(20, quiet=False), Column(least=64))
"""Name, value, what it does."""


class SettingsScreen(ModalScreen["tuple[Setting, ...]"]):
    """Ends with the settings as they are then: a value the mode does not take never gets in."""

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "Rows"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "done", "Done", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        Binding("right,space", "step(1)", "Next value", show=False),
        Binding("left", "step(-1)", "Value before", show=False),
    ]

    def __init__(self, mode: str, settings: Sequence[Setting]) -> None:
        super().__init__()
        self.mode = mode
        self.settings = list(settings)

    def compose(self) -> ComposeResult:
        """The list, what the one under the cursor does, and a line to type into."""
        with Vertical():
            yield Static(f"Settings of {title_of(self.mode)}", classes="question", markup=False)
            yield Rows(COLUMNS)
            yield Static("", id="says", markup=False)
            yield Input(compact=True)
            yield Keys()

    def on_mount(self) -> None:
        """Show all."""
        self._show()
        self.watch(self, "focused", self._keys)

    @property
    def here(self) -> Setting:
        """The setting the cursor is on."""
        return self.settings[self.query_one(Rows).cursor]

    def _show(self) -> None:
        lines = (
            Line(one.name, (one.label, one.value or "none", one.says), chosen=one.changed) for one in self.settings
        )
        self.query_one(Rows).show(tuple(lines))
        self._keys()

    @on(Rows.Moved)
    def _keys(self) -> None:
        here = self.here
        self.query_one("#says", Static).update(ink_of(self).shown(here.told))
        typed = here.shape in ("number", "words")
        typing = self.focused is self.query_one(Input)
        if typing:
            keys = [("enter", "keep"), ("esc", "leave as it was")]
        else:
            keys = [*([] if typed else [("←→", "change")]), ("enter", "type a value"), ("esc", "done")]
        self.query_one(Keys).show(keys)

    def action_step(self, by: int) -> None:
        """The next value, or the one before."""
        self._take(self.here.step(by))

    def _take(self, new: Setting) -> bool:
        try:
            settings_of(self.mode, changed([new]))
        except UsageError as error:
            self.notify(ink_of(self).shown(str(error)), severity="error", markup=False)
            return False
        self.settings[self.query_one(Rows).cursor] = new
        self._show()
        return True

    @on(Rows.Chosen)
    def type_value(self) -> None:
        """Type the value."""
        line = self.query_one(Input)
        line.value = self.here.value
        self.add_class("typing")
        line.focus()

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Keep what was typed, if the mode takes it."""
        if self._take(replace(self.here, value=event.value.strip())):
            self._back()

    def _back(self) -> None:
        self.remove_class("typing")
        self.query_one(Rows).focus()

    def action_done(self) -> None:
        """Leave the line that is typed into, or the settings."""
        if self.has_class("typing"):
            self._back()
        else:
            self.dismiss(tuple(self.settings))
