"""The small local model is not here yet: ask, then fetch it, and show how far that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker

from agentchat.errors import AgentchatError
from agentchat.tui.crash import told
from agentchat.tui.widgets.ink import ink_of

if TYPE_CHECKING:
    from agentchat.home import Home

ABOUT = """\
The room would be asked with the starter ({why}). It is not on this machine yet:
SmolLM2-135M-Instruct, 98 MB, Apache-2.0 licence, kept in your data folder (agentchat doctor says where).

It is real, and tiny: a taste of a discussion, not a thinker. Nothing you say leaves this machine.
For a better model set a provider's key, such as OPENAI_API_KEY, or run Ollama, and start agentchat again."""

CELLS = 40
"""Width of the bar."""


class PullScreen(ModalScreen[bool]):
    """Ends with whether the model is there."""

    CSS_PATH = "pull.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "fetch", "Download"),
        Binding("n,escape", "stop", "Not now"),
    ]

    def __init__(self, home: Home, why: str) -> None:
        """`why` it is the starter, in words."""
        super().__init__()
        self.home = home
        self.why = why
        self._fetching: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The question, the bar, the keys."""
        with Vertical():
            yield Static("Download the starter model?", classes="question", markup=False)
            yield Static(ink_of(self).shown(ABOUT.format(why=self.why)), classes="more", markup=False)
            yield Static("", id="bar", markup=False)
            yield Static("", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Wait for the answer."""
        self._keys()

    def _keys(self, failed: str = "") -> None:
        words = "esc stop" if self._fetching else f"y {'try again' if failed else 'download'}   esc not now"
        self.query_one(".keys", Static).update(words)

    def action_fetch(self) -> None:
        """Begin, or begin again."""
        if self._fetching is None:
            self._fetching = self._fetch()
            self._keys()

    @work(exclusive=True)
    async def _fetch(self) -> None:
        self._bar("Beginning …")
        try:
            await self.home.pull(self._progress)
        except AgentchatError as error:
            self._fetching = None
            self._bar(told(error))
            self._keys(str(error))
            return
        self.dismiss(True)

    def _progress(self, done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 0.0
        full, empty = ("━", "─") if ink_of(self).glyphs.unicode else ("#", ".")
        bar = full * round(share * CELLS) + empty * (CELLS - round(share * CELLS))
        self._bar(f"{bar}  {done / 1e6:.0f} of {total / 1e6:.0f} MB")

    def _bar(self, words: str) -> None:
        self.query_one("#bar", Static).update(ink_of(self).shown(words))

    def action_stop(self) -> None:
        """Stop fetching, or leave. What was fetched so far is thrown away; it can be started again."""
        if self._fetching is None:
            self.dismiss(False)
            return
        self._fetching.cancel()
        self._fetching = None
        self._bar("Stopped.")
        self._keys("stopped")
