"""The list of sessions, and what its keys do: name, tag, star, archive, throw away, and take all of that back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message

from agentchat.tui.parts import COLUMNS, ORDERS, PARTS, Part, head, wanted
from agentchat.tui.rows import Line, Rows
from agentchat.tui.search import drawn, places
from agentchat.tui.widgets.ink import Ink
from agentchat.views.clean import clean_line

if TYPE_CHECKING:
    from agentchat.home.library import Change, Library, SessionRow, Sort
    from agentchat.tui.app import Agentchat

TOLD = 48
"""Characters of a title in a sentence about it."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How to take back what was done to a session: its labels as they were, or, with none, out of the bin."""

    session: str
    change: Change | None = None


class Shelf(Rows):
    """Sessions, and hits under them. While it has the focus its letters act on the session of the cursor's row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "replay", "Watch the session again", show=False),
        Binding("f", "fork", "Fork the session", show=False),
        Binding("i", "statistics", "The session in numbers", show=False),
        Binding("s", "star", "A star, or none", show=False),
        Binding("n", "rename", "Name the session", show=False),
        Binding("t", "tags", "Tags of the session", show=False),
        Binding("a", "archive", "Into the archive, or out of it", show=False),
        Binding("d", "throw_away", "Into the bin", show=False),
        Binding("u", "undo", "Take the last of these back", show=False),
        Binding("o", "order", "The next order", show=False),
        Binding("b", "part", "All, starred, archived, the bin", show=False),
    ]
    app: Agentchat

    class Said(Message):
        """Something was done, or cannot be: this is to be told, and the list shown anew."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Asks(Message):
        """A line of words is wanted."""

        def __init__(self, what: str, now: str, hint: str, then: Callable[[str], object]) -> None:
            super().__init__()
            self.what, self.now, self.hint, self.then = what, now, hint, then

    def __init__(self) -> None:
        super().__init__(COLUMNS, id="sessions")
        self.part: Part = "all"
        self.order: Sort = "newest"
        self.undone: list[Undone] = []
        self._anew = False
        self._one_by_one = asyncio.Lock()

    # ── what is listed ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def session(self) -> str:
        """The session of the row the cursor is on; empty in an empty list."""
        return places(self.key)[0]

    @property
    def head(self) -> str:
        """What the list is called."""
        return head(self.part, self.order)

    async def read(self, library: Library) -> list[SessionRow]:
        """The sessions of the part that is shown; where nothing is left of it, of all."""
        kept = await library.sessions(wanted(self.part, self.order))
        if not kept and self.part != "all":
            self.part = "all"
            kept = await library.sessions(wanted("all", self.order))
        return kept

    def _segments(self, line: Line, ink: Ink, width: int, here: bool) -> list[Segment]:
        """A hit stands under its session: who, the words around, when."""
        if not line.pieces:
            return super()._segments(line, ink, width, here)
        return drawn(line, ink, width, here=here and self.has_focus)

    def anew(self) -> None:
        """What is shown next is another list: the cursor begins at its first row."""
        self._anew = True

    def show(self, lines: Sequence[Line]) -> None:
        """Show these rows."""
        if self._anew:
            self.lines, self.cursor, self._anew = (), 0, False
        super().show(lines)

    def footer(self, *, searching: bool) -> list[tuple[str, str]]:
        """The keys that matter now."""
        back = [("?", "keys"), ("/", "search"), ("esc", "show all" if searching else "new room")]
        undo = [("u", "undo")] if self.undone else []
        if self.part == "bin" and not searching:
            return [("u", "bring back"), ("b", "all"), ("enter", "read"), *back]
        opens = ("enter", "open there" if places(self.key)[1] else "open")
        return [opens, *undo, ("r", "replay"), ("f", "fork"), ("d", "bin"), *back]

    # ── what its keys do ────────────────────────────────────────────────────────────────────────────────────────────

    def action_replay(self) -> None:
        """Watch it again."""
        if self.session:
            self.app.replay(self.session)

    def action_fork(self) -> None:
        """Go on from one of its turns, with something different."""
        if self.session:
            self.app.fork(self.session)

    def action_statistics(self) -> None:
        """Show it in numbers."""
        if self.session:
            self.app.statistics(self.session)

    def action_star(self) -> None:
        """Give it a star, or take that off."""
        self._label(lambda row: _change(starred=not row.starred), lambda _: "")

    def action_archive(self) -> None:
        """Put it out of the way, or take it back."""
        self._label(
            lambda row: _change(archived=not row.archived),
            lambda row: "is archived · b shows those, u undoes it" if row.archived else "is out of the archive",
        )

    def action_rename(self) -> None:
        """Ask for a name."""

        async def ask(library: Library, session: str) -> str:
            row = await library.row(session)
            self.post_message(self.Asks("name", row.title, "none: its topic", lambda name: self._rename(session, name)))
            return ""

        self._do(ask, self.session)

    def _rename(self, session: str, name: str) -> None:
        self._label(
            lambda _: _change(name=clean_line(name)),
            lambda row: "is its name now · u undoes it" if row.name else "is its topic, and its name again",
            session,
        )

    def action_tags(self) -> None:
        """Ask for tags."""

        async def ask(library: Library, session: str) -> str:
            row = await library.row(session)
            has = f" (it has {' '.join(row.tags)})" if row.tags else ""
            self.post_message(self.Asks("tags", "", f"work -old{has}", lambda typed: self._tag(session, typed)))
            return ""

        self._do(ask, self.session)

    def _tag(self, session: str, typed: str) -> None:
        words = [word.lstrip("+#") for word in typed.replace(",", " ").split()]
        on = tuple(word for word in words if word and not word.startswith("-"))
        off = tuple(word.lstrip("-#") for word in words if word.startswith("-"))
        if on or off:
            self._label(
                lambda _: _change(tags=on, untagged=off),
                lambda row: f"has the tags {' '.join(row.tags)}" if row.tags else "has no tags",
                session,
            )

    def _label(
        self, change: Callable[[SessionRow], Change], words: Callable[[SessionRow], str], session: str = ""
    ) -> None:
        """Change what is said of a session, as it is by then; `words` tells what it is now."""

        async def label(library: Library, session: str) -> str:
            before = await library.row(session)
            after = await library.label(session, change(before))
            self.undone.append(Undone(session, _back(before, after)))
            told = words(after)
            return f"{_called(after)} {told}" if told else ""

        self._do(label, session or self.session)

    def action_throw_away(self) -> None:
        """Put it into the bin: no question, for `u` brings it back."""

        async def throw(_: Library, session: str) -> str:
            if self.part == "bin":
                return "It is in the bin already, and goes for good after 30 days · u brings it back"
            await self.app.close(session)
            row = await (await self.app.home()).delete(session)
            self.undone.append(Undone(session))
            return f"{_called(row)} is in the bin · u brings it back"

        self._do(throw, self.session)

    def action_undo(self) -> None:
        """Take the last of all that back; in the bin, the session the cursor is on."""

        async def undo(library: Library, session: str) -> str:
            if self.part == "bin" and session:
                self.undone = [one for one in self.undone if (one.session, one.change) != (session, None)]
                last = Undone(session)
            elif self.undone:
                last = self.undone.pop()
            else:
                return "Nothing to undo"
            if last.change is None:
                return f"{_called(await library.take_back(last.session))} is back"
            return f"{_called(await library.label(last.session, last.change))} is as it was"

        self._do(undo, self.session, always=True)

    def action_order(self) -> None:
        """List in the next order."""
        orders = list(ORDERS)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.post_message(self.Said(""))

    def action_part(self) -> None:
        """Show the next part of the library that has something in it."""

        async def turn(library: Library, _: str) -> str:
            at = PARTS.index(self.part)
            for part in (*PARTS[at + 1 :], *PARTS[:at]):
                if await library.sessions(wanted(part, self.order)):
                    self.part = part
                    return ""
            return "Nothing is starred, archived or in the bin"

        self._do(turn, "", always=True)

    def _do(
        self, doing: Callable[[Library, str], Coroutine[None, None, str]], session: str, *, always: bool = False
    ) -> None:
        if session or always:
            self._done(doing, session)

    @work(group="shelf")
    async def _done(self, doing: Callable[[Library, str], Coroutine[None, None, str]], session: str) -> None:
        """One thing after another, however fast the keys come."""

        async def do() -> None:
            async with self._one_by_one:
                words = await doing((await self.app.home()).library, session)
            self.post_message(self.Said(words))

        await self.app.hurry(do())


def _called(row: SessionRow) -> str:
    return f"“{clean_line(row.title or row.topic, TOLD) or 'Without a topic'}”"


def _change(
    *,
    name: str | None = None,
    tags: tuple[str, ...] = (),
    untagged: tuple[str, ...] = (),
    starred: bool | None = None,
    archived: bool | None = None,
) -> Change:
    from agentchat.home.library import Change

    return Change(name, tags, untagged, starred, archived)


def _back(before: SessionRow, after: SessionRow) -> Change:
    """What makes the one of the other again."""
    return _change(
        name=before.name,
        tags=tuple(tag for tag in before.tags if tag not in after.tags),
        untagged=tuple(tag for tag in after.tags if tag not in before.tags),
        starred=before.starred,
        archived=before.archived,
    )
