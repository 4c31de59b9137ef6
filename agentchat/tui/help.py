"""All keys and commands, from the table that makes them work."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.verbs import VERBS
from agentchat.tui.widgets.keys import Keys

COLUMNS = (Column(18, quiet=False), Column(12, quiet=False), Column())
"""Command, key, what it does."""

ALWAYS = (
    Line("newline", ("", "ctrl+j", "a new line in what you write")),
    Line("scroll", ("", "pgup pgdn", "scroll the transcript; end follows what comes")),
    Line("name", ("@name", "", "speak to one of them, who answers next")),
    Line("palette", ("", "ctrl+p", "all of this, to search in")),
)


class HelpScreen(ModalScreen[None]):
    """One page."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "app.pop_screen", "Back", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The table, as a table."""
        yield Static("Keys and commands of a room", classes="question", markup=False)
        yield Static(
            "Keys act on the room while you watch; while you write, they write. esc leads out of the composer, any "
            "letter into it.",
            classes="more",
            markup=False,
        )
        rows = Rows(COLUMNS)
        lines = [Line(verb.name, (verb.usage, _key(verb.shown, verb.anywhere), verb.says)) for verb in VERBS]
        rows.show([*lines, *ALWAYS])
        yield rows
        keys = Keys()
        keys.show([("esc", "back")])
        yield keys


def _key(shown: str, anywhere: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(part for part in (shown, *anywhere) if part))
