"""A text changed in place: what somebody said, or a version of a draft."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys


class EditScreen(ModalScreen["str | None"]):
    """Ends with the new text, or with none where it is to stay."""

    CSS_PATH = "tree.tcss"
    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep it", show=False, priority=True),
        Binding("escape", "dismiss(None)", "Leave it", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title_, self.text = title, text

    def compose(self) -> ComposeResult:
        """Whose words, and the words."""
        with Vertical():
            yield Static(ink_of(self).shown(self.title_), classes="question", markup=False)
            yield TextArea(ink_of(self).shown(self.text), soft_wrap=True, show_line_numbers=False)
            yield Keys()

    def on_mount(self) -> None:
        """Name the two keys."""
        self.query_one(Keys).show([("ctrl+s", "keep it"), ("esc", "leave it as it was")])

    def action_keep(self) -> None:
        """Take it, if it was changed."""
        text = self.query_one(TextArea).text
        self.dismiss(text if text.strip() and text != ink_of(self).shown(self.text) else None)
