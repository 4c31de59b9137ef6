"""Where a person writes. Enter sends, ctrl+j begins a new line; a large paste is kept aside and stands as one word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea
from typing_extensions import override

from agentchat.tui.widgets.completion import Completion, Completions, matching, word_before
from agentchat.tui.widgets.ink import ink_of
from agentchat.views.clean import clean

LARGE_CHARACTERS, LARGE_LINES = 2_000, 40
"""A paste beyond either stands aside: a text area takes seconds for a megabyte."""


class Composer(Widget):
    """The line a person writes on; it grows to six rows."""

    DEFAULT_CSS = """
    Composer {
        layout: horizontal;
        height: auto;
        min-height: 1;
        max-height: 6;
        padding: 0 1;
        background: $surface;
    }
    Composer > Static {
        width: 2;
        height: 1;
        color: $accent;
    }
    Composer > TextArea {
        width: 1fr;
        height: auto;
        min-height: 1;
        max-height: 6;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $secondary; }
    }
    """

    class Sent(Message):
        """A person's words, whole."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Typing(Message):
        """Something was written or taken away; whether anything is left."""

        def __init__(self, typing: bool) -> None:
            super().__init__()
            self.typing = typing

    def __init__(self, placeholder: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.names: Sequence[Completion] = ()
        """What `@` offers, the `@` included."""
        self.commands: Sequence[Completion] = ()
        """What `/` offers, the `/` included."""
        self.passing: frozenset[str] = frozenset()
        """Keys that, while nothing is written, are not typed but left to the screen."""
        self._placeholder = placeholder
        self._history: list[str] = []
        self._recalled: int | None = None
        self._draft = ""
        self._aside: dict[str, str] = {}

    @override
    def compose(self) -> ComposeResult:
        """The sign, the writing, and the list over it."""
        yield Static(Content(ink_of(self).glyphs.prompt), markup=False)
        yield Writing()
        yield Completions()

    def on_mount(self) -> None:
        """Say what to do."""
        self.placeholder = self._placeholder

    # ── values ──

    @property
    def placeholder(self) -> str:
        """What stands there while nothing is written."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self._placeholder = text
        for writing in self.query(Writing):
            writing.placeholder = Content(ink_of(self).line(text))

    @property
    def text(self) -> str:
        """What is written, with what was pasted in full."""
        text = self._writing.text
        if not self._aside:
            return text
        return re.sub("|".join(map(re.escape, self._aside)), lambda match: self._aside[match[0]], text)

    @text.setter
    def text(self, text: str) -> None:
        self._recalled = None
        self._aside.clear()
        self._write(self._set_aside(clean(text)))

    @property
    def history(self) -> Sequence[str]:
        """What was sent before, oldest first; up and down bring it back."""
        return self._history

    @history.setter
    def history(self, texts: Iterable[str]) -> None:
        self._history = list(texts)
        self._recalled = None

    @override
    def focus(self, scroll_visible: bool = True) -> Composer:
        """Let the person write."""
        self._writing.focus(scroll_visible)
        return self

    def insert(self, text: str) -> None:
        """Write `text` where the cursor is."""
        self._writing.insert(clean(text))

    def send(self) -> None:
        """Send what is written, if anything is."""
        text = self.text
        if not text.strip():
            return
        if not self._history or self._history[-1] != text:
            self._history.append(text)
        self.text = ""
        self.post_message(self.Sent(text))

    # ── what the writing reports ──

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Typing(bool(self._writing.text)))
        self._list.offer(self._matching())

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._list.offer(self._matching())

    @on(Completions.Picked)
    def _picked(self, event: Completions.Picked) -> None:
        event.stop()
        self._complete(event.completion)

    def pasted(self, text: str) -> None:
        """Take in a paste, large ones as one word."""
        self._writing.replace(self._set_aside(clean(text)), *self._writing.selection)

    def recall(self, by: int) -> bool:
        """Bring back what was sent before (-1) or after (1); False if there is none."""
        at = len(self._history) if self._recalled is None else self._recalled
        if not 0 <= at + by <= len(self._history) or (self._recalled is None and by > 0):
            return False
        if self._recalled is None:
            self._draft = self._writing.text
        at += by
        self._recalled = at if at < len(self._history) else None
        self._write(self._draft if self._recalled is None else self._set_aside(clean(self._history[at])))
        return True

    def key_in_list(self, key: str) -> bool:
        """Whether the open list took the key."""
        marked = self._list.marked
        if marked is None:
            return False
        match key:
            case "up" | "down":
                self._list.move(-1 if key == "up" else 1)
            case "tab":
                self._complete(marked)
            case "enter" if self._word() != marked.text:
                self._complete(marked)
            case "escape":
                self._list.offer(())
            case _:
                return False
        return True

    def _complete(self, completion: Completion) -> None:
        row, column = self._writing.cursor_location
        self._writing.replace(f"{completion.text} ", (row, column - len(self._word())), (row, column))
        self._list.offer(())
        self.focus()

    def _matching(self) -> tuple[Completion, ...]:
        found = matching(self._word(), self.names, self.commands)
        return () if [one.text for one in found] == [self._word()] else found

    def _word(self) -> str:
        row, column = self._writing.cursor_location
        before = self._writing.document.get_line(row)[:column]
        return "" if row and before.startswith("/") else word_before(before)

    def _write(self, text: str) -> None:
        self._writing.text = text
        self._writing.move_cursor(self._writing.document.end)

    def _set_aside(self, text: str) -> str:
        if len(text) <= LARGE_CHARACTERS and text.count("\n") <= LARGE_LINES:
            return text
        word, number = f"[pasted {len(text):,} characters]", 1
        while self._aside.get(word, text) != text:
            number += 1
            word = f"[pasted {len(text):,} characters, {number}]"
        self._aside[word] = text
        return word

    @property
    def _writing(self) -> Writing:
        return self.query_one(Writing)

    @property
    def _list(self) -> Completions:
        return self.query_one(Completions)


class Writing(TextArea):
    """The composer's text area."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,shift+enter,alt+enter", "newline", "New line", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False  # a blinking cursor writes 2.5 KB/s to an idle terminal
        self.match_cursor_bracket = False

    @property
    def _composer(self) -> Composer:
        assert isinstance(self.parent, Composer)
        return self.parent

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The function keys that select in a text area are the room's."""
        return action not in ("select_line", "select_all")

    def action_newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    @override
    def action_cursor_up(self, select: bool = False) -> None:
        """Up a row; from the first one, to what was sent before."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location) or not self._composer.recall(-1):
            super().action_cursor_up(select)

    @override
    def action_cursor_down(self, select: bool = False) -> None:
        """Down a row; from the last one, to what was sent after."""
        if select or not self.navigator.is_last_wrapped_line(self.cursor_location) or not self._composer.recall(1):
            super().action_cursor_down(select)

    @override
    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Printable keys are typed, unless the screen has a use for them while nothing is written."""
        return not self._passes(key) and super().check_consume_key(key, character)

    @override
    async def _on_key(self, event: events.Key) -> None:
        if self._composer.key_in_list(event.key):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._composer.send()
        elif self._passes(event.key):
            event.prevent_default()

    @override
    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._composer.pasted(event.text)

    def _passes(self, key: str) -> bool:
        return key in self._composer.passing and not self.text
