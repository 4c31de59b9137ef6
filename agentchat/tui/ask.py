"""A question with two answers, over the screen that asks it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.reading import Reading

RESTS = 0.5
"""Seconds in which a yes does not count."""


class AskScreen(ModalScreen[bool]):
    """Yes or no. What cannot be taken back is asked so, and no is the easy answer."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str, more: str, yes: str, no: str = "keep it") -> None:
        super().__init__()
        self.question, self.more = question, more
        self.yes, self.no = yes, no
        self.ready = False
        """Whether a yes counts: not while a word may still be on its way that was meant for something else."""

    def on_mount(self) -> None:
        """Wait for the hand to rest."""
        self.query_one(Reading).update(self.more)
        self.set_timer(RESTS, self._rested)

    def _rested(self) -> None:
        self.ready = True

    def compose(self) -> ComposeResult:
        """The question, what follows from a yes, and the two keys."""
        ink = ink_of(self)
        with Vertical():
            yield Static(ink.shown(self.question), classes="question", markup=False)
            yield Reading(classes="more")
            yield Static(f"y {self.yes}   esc {self.no}", classes="keys", markup=False)

    def action_answer(self, yes: bool) -> None:
        """Give the answer."""
        if self.ready or not yes:
            self.dismiss(yes)

    def on_key(self, event: Key) -> None:
        """Any other letter is part of a word that was not meant for this question."""
        if event.is_printable and event.key not in ("y", "n"):
            event.stop()
            self.dismiss(False)
