"""All keys and commands, from the table that makes them work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.verbs.drafts import DRAFTS
from agentchat.tui.verbs.flow import FLOW
from agentchat.tui.verbs.history import HISTORY
from agentchat.tui.verbs.notes import NOTES
from agentchat.tui.verbs.people import PEOPLE
from agentchat.tui.verbs.session import SESSION
from agentchat.tui.verbs.verb import Verb
from agentchat.tui.verbs.votes import VOTES
from agentchat.tui.widgets.keys import Keys


def columns(width: int) -> tuple[Column, ...]:
    """Key, what it does, command."""
    return (Column(12, quiet=False), Column(), Column(34 if width >= WIDE else 18, quiet=False))


WIDE = 112
"""Cells from which on every command stands whole."""

WRITTEN = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "slash": "/",
    "question_mark": "?",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "escape": "esc",
    "full_stop": ".",
}
"""Keys that are not written as Textual names them."""

ALWAYS = (
    Line("newline", ("ctrl+j", "a new line in what you write", "")),
    Line("scroll", ("pgup pgdn", "scroll the transcript; end follows what comes", "")),
    Line("name", ("", "speak to one of them, who answers next", "@name")),
    Line("interrupt", ("ctrl+c", "copy what is selected; else cut in; again: leave, and every room is kept", "")),
    Line("palette", ("ctrl+p", "all of this, to search in", "")),
)

GROUPS: tuple[Sequence[Verb], ...] = (FLOW, VOTES, DRAFTS, HISTORY, PEOPLE, NOTES, SESSION)
"""What is needed first comes first."""

NONE = Line(" ", ("", "", ""))
"""Between groups."""


class HelpScreen(ModalScreen[None]):
    """One page."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "app.pop_screen", "Back", show=False),
    ]

    def __init__(self, bindings: Sequence[BindingType] = ()) -> None:
        """`bindings`: those of the screen one comes from, where it is no room."""
        super().__init__()
        self.own = [one for one in bindings if isinstance(one, Binding) and one.action != "app.help"]

    def compose(self) -> ComposeResult:
        """The table, as a table: the keys of the screen one comes from, then a room's."""
        title = "Keys here, and keys and commands of a room" if self.own else "Keys and commands of a room"
        yield Static(title, classes="question", markup=False)
        yield Static(
            "Keys act on the room while you watch; while you write, they write. esc leads out of the composer, any "
            "letter into it. ctrl+q leaves agentchat, and so does ctrl+c twice: every room is kept.",
            classes="more",
            markup=False,
        )
        rows = Rows(columns(self.app.size.width))
        own = [Line(f"here {one.key}", (shown(one.key), _small(one.description), "")) for one in self.own]
        rows.show([*own, *([NONE] if own else []), *ALWAYS, *(line for group in GROUPS for line in _lines(group))])
        yield rows
        yield Static("", id="whole", markup=False)
        keys = Keys()
        keys.show([("esc", "back")])
        yield keys

    @on(Rows.Moved)
    def tell(self, event: Rows.Moved) -> None:
        """Say whole what the row had no room for."""
        cells = event.rows.lines[event.rows.cursor].cells
        self.query_one("#whole", Static).update("   ".join(filter(None, cells)))


def _lines(group: Sequence[Verb]) -> list[Line]:
    verbs = [Line(verb.name, (_key(verb.shown, verb.anywhere), verb.says, verb.usage)) for verb in group]
    return [NONE, *verbs]


def shown(keys: str) -> str:
    """Keys as they are written, by Textual's names of them."""
    return " ".join(WRITTEN.get(key, key) for key in keys.split(","))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _key(shown: str, anywhere: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(part for part in (shown, *anywhere) if part))
