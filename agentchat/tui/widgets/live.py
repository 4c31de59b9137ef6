"""Turns under way, in panes of a fixed size: who speaks shows the end of what was said so far.

However fast words come, the panes are drawn at most fifteen times a second, and no layout follows from a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.drawn import GUTTER, MEASURE, heading
from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.tail import Tail
from agentchat.tui.widgets.wrap import Row, cut
from agentchat.views.room import Speaking

RATE = 15
"""Frames a second."""
PULSE = 5
"""Frames for one step of the sign of life."""
LITTLE = 3
"""Rows of text so few that none of them is spent on the space between paragraphs."""
LINGER = 0.6
"""Seconds an empty pane keeps its place: between two turns nothing jumps."""


class Live(Widget):
    """The turns under way. It takes no room while there are none."""

    DEFAULT_CSS = """
    Live {
        height: auto;
        padding-left: 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._speaking: tuple[Speaking, ...] = ()
        self._held = 0
        self._pane = 0
        self._tails: dict[int, Tail] = {}
        self._lines: list[Row] = []
        self._frame = 0
        self._dirty = False

    def on_mount(self) -> None:
        """One timer for all panes."""
        self._clock = self.set_interval(1 / RATE, self._tick, pause=not self._speaking)
        if self._speaking:
            self._lay_out()

    @property
    def speaking(self) -> Sequence[Speaking]:
        """What is shown."""
        return self._speaking

    def show(self, speaking: Iterable[Speaking]) -> None:
        """Show exactly these; drawn at the next frame. Cheap: call it with every partial."""
        old, self._speaking = self._speaking, tuple(speaking)
        self._dirty = True
        turns = {one.turn for one in self._speaking}
        for turn in self._tails.keys() - turns:
            del self._tails[turn]
        if not self.is_mounted:
            return
        if len(old) != len(self._speaking) or _veiled(old) != _veiled(self._speaking):
            if self._speaking:
                self._lay_out()
            else:
                self.set_timer(LINGER, self._collapse)
        if self._speaking:
            self._clock.resume()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._tails.clear()
        self._dirty = True
        self._clock.resume()

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._dirty = True

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if not self._held:
            return 0
        if _veiled(self._speaking):
            return -(-self._held // self._seals(width)) + 1
        room = max(viewport.height // (4 if self._held == 1 else 2), 1)
        return self._held * self._rows(room) if self._held * self._rows(room) <= room else room

    @override
    def render_line(self, y: int) -> Strip:
        row = self._lines[y] if y < len(self._lines) else []
        return Strip(row).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _rows(self, room: int) -> int:
        """Rows of one pane when all have `room` rows together."""
        return max(1, min(room // max(self._held, 1), 12 if self._held == 1 else 6))

    def _lay_out(self) -> None:
        self._held = len(self._speaking)
        self._tails.clear()
        self.refresh(layout=True)

    def _collapse(self) -> None:
        if not self._speaking:
            self._lay_out()

    def _tick(self) -> None:
        self._frame += 1
        alive = any(one.state == "thinking" for one in self._speaking)
        if not self._dirty and not (alive and self._frame % PULSE == 0):
            return
        self._dirty = False
        drawn = self._draw(ink_of(self)) if self._speaking and self.size else []
        changed = [y for y in range(max(len(drawn), len(self._lines))) if drawn[y : y + 1] != self._lines[y : y + 1]]
        self._lines = drawn
        if changed:
            self.refresh(Region(0, changed[0], self.size.width, changed[-1] - changed[0] + 1))
        if not self._speaking:
            self._clock.pause()

    # ── drawing ──

    def _draw(self, ink: Ink) -> list[Row]:
        width, height = max(min(self.size.width - GUTTER - 1, MEASURE), 1), self.size.height
        if _veiled(self._speaking):
            return self._seal_rows(ink)
        rows = max(height // len(self._speaking), 1)
        space = 1 if rows > 4 else 0
        lines: list[Row] = []
        for index, one in enumerate(self._speaking):
            left = len(self._speaking) - index
            if len(lines) == height - 1 and left > 1:
                lines.append([Segment(f"{ink.glyphs.ellipsis} {left} more speak".rjust(width), ink.quiet)])
                break
            pane = self._one(one, width, rows - space, ink)
            lines += [*pane, *([] for _ in range(rows - len(pane)))]
        return lines

    def _one(self, one: Speaking, width: int, rows: int, ink: Ink) -> list[Row]:
        color = ink.persona(one.color)
        gutter = Segment(f"{ink.glyphs.bar} ", color)
        avatar = ink.line(one.avatar, 4) if ink.glyphs.unicode else ""
        name = [Segment(f"{avatar} ")] if avatar else []
        name.append(Segment(ink.line(one.name, 60), color + Style(bold=True)))
        left = [Segment(f"  {ink.line(one.title, 60)}", ink.quiet)] if one.title else []
        right = self._state(one, ink)
        if rows == 1:
            room = width - sum(cell_len(part.text) for part in (*name, *right)) - 4
            words = self._tail(one, max(room, 1), 1, ink)
            left = [Segment(f"  {words[-1]}", ink.text)] if words and room > 8 else left
        lines: list[Row] = [[gutter, *heading(name, left, right, width)]]
        if rows > 1 and one.text and not one.sealed:
            body = self._tail(one, width, rows - 1, ink)
            lines += [[gutter, Segment(row, ink.text)] for row in body]
            if body:
                lines[-1].append(Segment(ink.glyphs.cursor, color))
        return lines

    def _tail(self, one: Speaking, width: int, rows: int, ink: Ink) -> list[str]:
        tail, held = self._tails.get(one.turn), rows if rows > LITTLE else rows * 2
        if tail is None or (tail.width, tail.rows) != (width, held):
            tail = self._tails[one.turn] = Tail(width, held, ink.shown)
        shown = tail.feed(one.text.rstrip()) if one.text.strip() and not one.sealed else []
        return shown if rows > LITTLE else [row for row in shown if row][-rows:]

    def _state(self, one: Speaking, ink: Ink) -> list[Segment]:
        pulse = ink.glyphs.pulse[self._frame // PULSE % len(ink.glyphs.pulse)]
        note = ink.line(one.note, 60)
        match one.state:
            case "speaking":
                pace = f"  {one.tokens_per_s:.0f} tokens/s" if one.tokens_per_s >= 1 else ""
                return [Segment(f"  {note}" if note else pace, ink.quiet)]
            case "thinking":
                return [Segment(f"  {note or 'thinking'} ", ink.quiet), Segment(pulse, ink.quiet)]
            case "sealed":
                return [Segment("  sealed", ink.quiet)]
            case "waiting":
                return [Segment(f"  {note or 'waiting'}", ink.quiet)]

    # ── sealed: only who is in ──

    def _seals(self, width: int) -> int:
        """How many stand beside one another."""
        return max(1, (width - GUTTER) // (self._seal_width() + 3))

    def _seal_width(self) -> int:
        names = (min(cell_len(one.name), 16) for one in self._speaking)
        return max(names, default=0) + len(" ▇▇▇ thinking")

    def _seal_rows(self, ink: Ink) -> list[Row]:
        beside, widest = self._seals(self.size.width), self._seal_width()
        pulse = ink.glyphs.pulse[self._frame // PULSE % len(ink.glyphs.pulse)]
        lines: list[Row] = []
        for index, one in enumerate(self._speaking):
            if index % beside == 0:
                lines.append([Segment(" " * GUTTER)])
            done = one.state == "sealed"
            color = ink.persona(one.color)
            name = cut(ink.line(one.name, 60), 16)
            sign = Segment(f" {ink.glyphs.sealed if done else pulse if one.state != 'waiting' else '   '} ", color)
            word = "sealed" if done else "waiting" if one.state == "waiting" else "thinking"
            pad = " " * (widest - cell_len(name) - len(" ▇▇▇ ") - len(word) + 3)
            lines[-1] += [Segment(name, color + Style(bold=True)), sign, Segment(word + pad, ink.quiet)]
        return lines


def _veiled(speaking: Sequence[Speaking]) -> bool:
    return len(speaking) > 0 and all(one.sealed for one in speaking)
