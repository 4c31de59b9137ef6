"""The least a Textual app can do: what agentchat's own figures are held against.

`python -m benchmarks.floor hello` is one Static; `… panes SPEAKERS` is a fixed Static for each speaker, all fed by one
shared timer, above a line to type in.
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from benchmarks.speech import Speech

RATE = 15
"""Frames a second."""

ROWS = 4
"""Of one pane."""

FOR_EVER = 100_000
"""Tokens."""


class Hello(App[None]):
    """One Static."""

    def compose(self) -> ComposeResult:
        yield Static("What shall we talk about?")


class Panes(App[None]):
    """Panes that show the end of what is said, and a line to type in."""

    CSS = f"Static {{ height: {ROWS}; }} Input {{ dock: bottom; }}"

    def __init__(self, speakers: int) -> None:
        super().__init__()
        self.speeches = [Speech() for _ in range(speakers)]

    def compose(self) -> ComposeResult:
        for _ in self.speeches:
            yield Static(markup=False)
        yield Input(placeholder="type to speak")

    def on_mount(self) -> None:
        self.set_interval(1 / RATE, self.draw)
        for speech in self.speeches:
            self.run_worker(speech.go_on(FOR_EVER))

    def draw(self) -> None:
        """The last rows of each."""
        for pane, speech in zip(self.query(Static), self.speeches, strict=True):
            pane.update(speech.text[-(self.size.width * (ROWS - 1)) :], layout=False)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["panes", speakers]:
            Panes(int(speakers)).run()
        case _:
            Hello().run()
