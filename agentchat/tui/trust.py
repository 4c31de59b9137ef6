"""A mode file somebody wrote is shown whole before it may run: taking a mode that is not trusted asks this."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from agentchat.home.plugins import described, marked
from agentchat.tui.ask import RESTS
from agentchat.tui.rows import Line
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentchat.home.plugins import Look, Plugin
    from agentchat.tui.app import Agentchat


class TrustScreen(ModalScreen[bool]):
    """Ends with whether this very text is trusted."""

    CSS_PATH = "trust.tcss"
    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "trust", "Trust it", show=False, priority=True),
        Binding("n,escape", "dismiss(False)", "Not now", show=False, priority=True),
    ]

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.ready = False
        """Whether a yes counts: not while a letter may still be on its way that was meant for something else."""

    def compose(self) -> ComposeResult:
        """What the file says of itself, and its text; under both, which stay, the question and what a yes is to."""
        ink, file = ink_of(self), self.look.file
        place, mark = marked(self.look)
        with Vertical():
            yield Reading(classes="more")
            yield TextArea(ink.shown(file.text), read_only=True, soft_wrap=True, show_line_numbers=True)
            with Vertical(id="asked"):
                yield Static(ink.line(f"Trust {file.path.name}, and let it run?"), classes="question", markup=False)
                yield Static(ink.shown(f"{mark}\n{place}"), classes="mark", markup=False)
                yield Keys()

    def on_mount(self) -> None:
        """Name the keys."""
        self.query_one(Reading).update("\n".join((*described(self.look), *self.look.difference)))
        self.query_one(Keys).show([("y", "trust this text"), ("esc", "not now"), ("↑ ↓", "read it")])
        self.set_timer(RESTS, self._rested)

    def _rested(self) -> None:
        self.ready = True

    def action_trust(self) -> None:
        """Say yes."""
        if self.ready:
            self.dismiss(True)


async def ask(app: Agentchat, name: str) -> bool:
    """Whether a mode may be used, once the person has seen its file. Raises UsageError where it could not be."""
    plugins = (await app.home()).plugins
    look = await asyncio.to_thread(plugins.look, name)
    if not look.trusted and not await app.push_screen_wait(TrustScreen(look)):
        return False
    await asyncio.to_thread(plugins.believe, look)
    return True


def untrusted(plugins: Iterable[Plugin]) -> Iterator[Line]:
    """The files that may bring a mode, as rows among the modes."""
    for one in plugins:
        if one.path is not None and not one.works:
            yield Line(one.name, (one.name, f"{one.says or one.state}: {one.path.name}, a file of your own", ""))
