"""The person's own ballot, filled in with a few keys. Nobody sees it before all are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import JsonValue
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys

COLUMNS = (Column(5, quiet=False), Column(24, quiet=False), Column(least=64))
"""The mark, the option, all of its text."""

TOP = 5
"""The highest score."""

HOW: Mapping[str, str] = {
    "pick": "Choose one.",
    "approval": "Mark every one that would do.",
    "ranking": "Put them in order, the best first; what has no place comes last.",
    "scores": f"Give each 0 to {TOP}.",
}
KEYS: Mapping[str, Sequence[tuple[str, str]]] = {
    "pick": (("enter", "vote for it"),),
    "approval": (("space", "mark"), ("enter", "cast")),
    "ranking": (("space", "next place"), ("x", "clear"), ("enter", "cast")),
    "scores": (("←→", "fewer, more"), ("enter", "cast")),
}


class BallotScreen(ModalScreen["dict[str, JsonValue] | None"]):
    """Ends with what was said, as a ballot's data, or with None: not yet."""

    CSS_PATH = "ballot.tcss"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", "Not yet", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        Binding("space", "mark", "Mark", show=False),
        Binding("x,backspace,delete", "clear", "Clear", show=False),
        Binding("right", "score(1)", "More", show=False),
        Binding("left", "score(-1)", "Fewer", show=False),
        Binding("a", "abstain", "Abstain", show=False),
        Binding("w", "why", "Say why", show=False),
    ]

    def __init__(self, kind: str, question: str, options: Mapping[str, str]) -> None:
        """`options`: by id, in the order they are to be shown, with all of their text."""
        super().__init__()
        self.kind = kind if kind in HOW else "pick"
        self.question = question
        self.options = dict(options)
        self.approved: set[str] = set()
        self.order: list[str] = []
        self.scores = dict.fromkeys(self.options, 0)

    def compose(self) -> ComposeResult:
        """The question, the options, and a line for the reason."""
        ink = ink_of(self)
        with Vertical():
            yield Static(ink.shown(self.question), classes="question", markup=False)
            yield Static(HOW[self.kind] + " Nobody sees it before all are in.", classes="more", markup=False)
            yield Rows(COLUMNS)
            yield Input(placeholder="why, if you like", compact=True)
            yield Keys()

    def on_mount(self) -> None:
        """Show the options."""
        self._show()
        self.watch(self, "focused", self._keys)

    def _show(self) -> None:
        self.query_one(Rows).show(
            [Line(one, (self._mark(one), one, "" if text == one else text)) for one, text in self.options.items()]
        )

    def _mark(self, option: str) -> str:
        match self.kind:
            case "approval":
                return "[x]" if option in self.approved else "[ ]"
            case "ranking":
                return f"{self.order.index(option) + 1}." if option in self.order else ink_of(self).glyphs.dot
            case "scores":
                return f"{self.scores[option]}"
            case _:
                return ""

    def _keys(self) -> None:
        typing = self.focused is self.query_one(Input)
        keys = [("enter", "keep it")] if typing else [*KEYS[self.kind], ("a", "abstain"), ("w", "say why")]
        self.query_one(Keys).show([*keys, ("esc", "not yet")])

    def action_mark(self) -> None:
        """Approve, or give the next place."""
        option = self.query_one(Rows).key
        if self.kind == "approval":
            self.approved ^= {option}
        elif self.kind == "ranking" and option in self.order:
            self.order.remove(option)
        elif self.kind == "ranking":
            self.order.append(option)
        self._show()

    def action_clear(self) -> None:
        """Take the marks back."""
        self.approved.clear()
        self.order.clear()
        self._show()

    def action_score(self, by: int) -> None:
        """A point more, or fewer."""
        if self.kind == "scores":
            option = self.query_one(Rows).key
            self.scores[option] = max(0, min(self.scores[option] + by, TOP))
            self._show()

    def action_why(self) -> None:
        """Into the line for the reason."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def kept(self) -> None:
        """Back to the options."""
        self.query_one(Rows).focus()

    def action_abstain(self) -> None:
        """Say that one votes for nothing."""
        self._cast({"vote": "abstain"} if self.kind == "pick" else {"abstain": True})

    def action_later(self) -> None:
        """Out of the line, or out of the ballot."""
        if self.focused is self.query_one(Input):
            self.kept()
        else:
            self.dismiss(None)

    @on(Rows.Chosen)
    def cast(self, event: Rows.Chosen) -> None:
        """Cast it; an empty one is none."""
        match self.kind:
            case "pick":
                self._cast({"vote": event.key})
            case "approval":
                self._cast({"approve": [one for one in self.options if one in self.approved]})
            case "ranking" if self.order:
                self._cast({"ranking": [[one] for one in self.order]})
            case "scores":
                self._cast({"scores": dict(self.scores)})
            case _:
                self.notify("Nothing has a place yet: space gives the next one, a abstains.", markup=False)

    def _cast(self, data: dict[str, JsonValue]) -> None:
        why = self.query_one(Input).value.strip()
        self.dismiss(data | ({"why": why} if why else {}))
