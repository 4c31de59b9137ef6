"""Home: one question, and what was talked about before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key, Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Input, Static

from agentchat.errors import AgentchatError, UsageError
from agentchat.tui import search, waiting
from agentchat.tui.crash import told
from agentchat.tui.label import LabelLine
from agentchat.tui.parts import row
from agentchat.tui.rows import Line, Rows
from agentchat.tui.shelf import Shelf
from agentchat.tui.widgets.ink import ink_of
from agentchat.views.sessions import Life

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.home.library import SessionRow
    from agentchat.tui.app import Agentchat
    from agentchat.views.inbox import Asked

AGAIN = 2.0
"""Seconds between two looks at how the rooms behind the screen are doing."""

EMPTY = "Nothing yet. Write a question above and press enter: a room is suggested, and you can change it first."
FIND = "words, persona:ada, is:decision, after:7d…"


class Topic(Input):
    """The question. Before its first letter, `/` and `?` are keys."""

    def on_key(self, event: Key) -> None:
        """Let those two pass."""
        if not self.value and event.character in ("/", "?"):
            event.prevent_default()


class HomeScreen(Screen[None]):
    """The first screen. It stands before anything heavy is imported; the list fills in when it can."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#topic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list", "To the sessions", show=False),
        Binding("slash", "filter", "Search", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        Binding("o", "room", "Open the room that asks", show=False),
        Binding("escape", "back", "Back to the question", show=False),
    ]
    app: Agentchat

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, Asked] = {}
        """What waits for the person, by the key of its row."""
        self.topic = Topic(id="topic", compact=True, select_on_focus=False)
        self.shelf = Shelf()
        self._noted = ""
        self.wide: set[str] = set()
        """Sessions of which every hit is shown."""

    def compose(self) -> ComposeResult:
        """All of it, empty where the home is needed."""
        ink = ink_of(self)
        with Horizontal(id="top"):
            yield Static("agentchat", id="brand", markup=False)
            yield Static("", id="model", markup=False)
        yield Static("What shall we talk about?", id="what", markup=False)
        with Horizontal(id="ask"):
            yield Static(ink.glyphs.prompt, classes="prompt", markup=False)
            self.topic.placeholder = ink.line("a question, a problem, a plan…")
            yield self.topic
        yield Static("Waiting for you", id="waiting", markup=False)
        yield Rows(waiting.COLUMNS, id="inbox")
        with Horizontal(id="over"):
            yield Static("Recent", id="recent", markup=False)
            yield Input(id="filter", placeholder=FIND, compact=True, select_on_focus=False)
        yield self.shelf
        yield Static("", id="empty", markup=False)
        yield Static("", id="note", markup=False)
        yield LabelLine()

    def on_mount(self) -> None:
        """Show the keys of the moment, once the first frame stands: what draws them brings a Markdown parser along."""
        self.call_after_refresh(self._foot)
        self.set_interval(AGAIN, self._again)

    def _again(self) -> None:
        if self.app.rooms and self.is_current:
            self.refill()

    async def _foot(self) -> None:
        from agentchat.tui.widgets.keys import Keys

        await self.mount(Keys())
        self.watch(self, "focused", self._keys)

    def on_resize(self, event: Resize) -> None:
        """Leave out what a small terminal has no room for."""
        self.set_class(event.size.height < 16, "short")

    @on(ScreenResume)
    def refill(self) -> None:
        """Show how things stand now."""
        self.fill(self.query_one("#filter", Input).value)

    @work(exclusive=True, group="fill")
    async def fill(self, typed: str = "") -> None:
        """Fill in what the home knows."""
        try:
            home = await self.app.home()
            self._ask(await home.inbox())
            await (self._found(home, typed) if typed.strip() else self._listed(home))
            choice = await home.chosen()
        except AgentchatError as error:
            self._empty(told(error))
            return
        from agentchat.views.fold import short  # brings pydantic along, which the home has loaded by now

        words = " · ".join(part for part in (short(choice.model), choice.why) if part)
        self.query_one("#model", Static).update(ink_of(self).line(words))

    async def _listed(self, home: Home) -> None:
        now = datetime.now(UTC)
        self.shelf.show([self._row(one, now) for one in await self.shelf.read(home.library)])
        self.query_one("#recent", Static).update(ink_of(self).line(self.shelf.head))
        self._empty("" if self.shelf.lines else EMPTY)

    async def _found(self, home: Home, typed: str) -> None:
        try:
            found = await home.library.matches(typed)
        except UsageError as error:  # a filter that is none, or only begun
            self._note("" if self.has_class("empty") else f"{error} · {error.hint}")
            if self.has_class("empty"):
                self._empty(told(error))
            return
        now = datetime.now(UTC)
        self.shelf.show([*search.lines(found.sessions, lambda one: self._row(one, now), now, self.wide)])
        self.query_one("#recent", Static).update("Found")
        if found.archived and not self._noted:
            self._note(f"{found.archived} more in archived sessions: add is:archived")
        self._empty("" if found.sessions else search.NOTHING)

    def _row(self, kept: SessionRow, now: datetime) -> Line:
        return row(kept, now, self._life(kept.id), ink_of(self).glyphs)

    def _note(self, words: str) -> None:
        self._noted = words
        self.query_one("#note", Static).update(ink_of(self).line(words))

    def _ask(self, questions: Sequence[Asked]) -> None:
        self.questions = {waiting.key(one): one for one in questions}
        inbox = self.query_one("#inbox", Rows)
        inbox.show(waiting.lines(questions[: waiting.MOST]) if questions else [])
        more = f" · {len(questions)}" if len(questions) > 1 else ""
        self.query_one("#waiting", Static).update(f"{ink_of(self).glyphs.head} Waiting for you{more}")
        self.set_class(bool(questions), "asked")
        if not questions and inbox.has_focus:
            self.topic.focus()

    def _life(self, session: str) -> Life:
        room = self.app.rooms.get(session)
        if room is None or room.standing.state == "closed":
            return ""
        return "running" if room.standing.state == "running" else "paused"

    def _empty(self, words: str) -> None:
        self.query_one("#empty", Static).update(ink_of(self).shown(words))
        self.set_class(bool(words), "empty")
        self.set_class(bool(self.shelf.undone), "undoable")
        if words and self.shelf.has_focus and (self.filtering or not self.shelf.undone):
            (self.query_one("#filter") if self.filtering else self.topic).focus()
        self._keys()

    @property
    def filtering(self) -> bool:
        """Whether the person searches."""
        return self.has_class("filtering")

    def _keys(self) -> None:
        from agentchat.tui.widgets.keys import Keys

        if not self.query(Keys):
            return
        listed = bool(self.shelf.lines)
        match self.focused.id if self.focused else "":
            case "sessions":
                keys = self.shelf.footer(searching=self.filtering)
            case "inbox":
                keys = [("enter", "answer"), ("o", "open the room"), ("esc", "new room"), ("?", "keys")]
            case "filter":
                keys = [*([("enter", "to what was found")] if listed else []), ("esc", "show all")]
            case "label":
                keys = [("enter", "that is it"), ("esc", "as it was")]
            case _:
                down = "questions" if self.questions else "sessions"
                # Once there are words, both are letters of them.
                lists = [("↓", down), *([] if self.topic.value else [("/", "search")])] if listed else []
                keys = [("enter", "new room"), *lists, ("f1" if self.topic.value else "?", "keys")]
        self.query_one(Keys).show([*keys, ("ctrl+q", "quit")])

    # ── what was asked for ──────────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Submitted, "#topic")
    def begin(self, _: Input.Submitted) -> None:
        """A topic was given."""
        self._begin()

    def _begin(self) -> None:
        if topic := self.topic.value.strip():
            self.topic.clear()
            self.app.new_room(topic)

    def take_back(self, topic: str) -> None:
        """A topic no room was made for, to be changed or dropped."""
        self.topic.value = topic
        self.topic.cursor_position = len(topic)

    @on(Input.Changed, "#topic")
    def _typed(self) -> None:
        self._keys()

    @on(Input.Changed, "#filter")
    def search(self, event: Input.Changed) -> None:
        """Show what is found while it is typed; what was being looked for before is dropped."""
        self.wide.clear()
        self.shelf.anew()
        self._note("")
        self.fill(event.value)

    @on(Input.Submitted, "#filter")
    def action_list(self) -> None:
        """Go down: to what waits, else to the sessions."""
        inbox = self.query_one("#inbox", Rows)
        if inbox.lines and not self.filtering:
            inbox.focus()
        elif self.shelf.lines or self.shelf.undone:
            self.shelf.focus()

    @on(Rows.Left, "#sessions")
    def leave_list(self, event: Rows.Left) -> None:
        """Above the first session is the search, or what waits, and above that the question."""
        if event.step < 0:
            inbox = self.query_one("#inbox", Rows)
            (self.query_one("#filter") if self.filtering else inbox if inbox.lines else self.topic).focus()

    @on(Rows.Moved, "#sessions")
    def moved(self) -> None:
        """The keys of a hit are not those of a session."""
        self._keys()

    @on(Rows.Left, "#inbox")
    def leave_inbox(self, event: Rows.Left) -> None:
        """Between the question and the sessions."""
        (self.topic if event.step < 0 or not self.shelf.lines else self.shelf).focus()

    @on(Rows.Chosen, "#sessions")
    def open(self, event: Rows.Chosen) -> None:
        """Open a session, where it was said."""
        session, seq = search.places(event.key)
        if event.key.endswith(":more"):
            self.wide.add(session)
            self.refill()
        else:
            self._open(session, seq)

    @on(Rows.Chosen, "#inbox")
    def answer(self, event: Rows.Chosen) -> None:
        """Answer a question on the spot."""
        if event.key in self.questions:
            self._answer(self.questions[event.key])

    @work(exclusive=True, group="open")
    async def _answer(self, question: Asked) -> None:
        home = await self.app.home()

        async def give() -> None:
            if await waiting.answer(self.app, home, question):
                self.refill()

        await self.app.hurry(give())

    def action_room(self) -> None:
        """Open the room that asks."""
        inbox = self.query_one("#inbox", Rows)
        if inbox.has_focus and inbox.key in self.questions:
            self._open(self.questions[inbox.key].session)

    @work(exclusive=True, group="open")
    async def _open(self, session: str, at: int | None = None) -> None:
        await self.app.hurry(self.app.look_into(session, at))

    @on(Shelf.Said)
    def said(self, event: Shelf.Said) -> None:
        """Something was done to a session."""
        self._note(event.words)
        self.refill()

    @on(Shelf.Asks)
    def asked(self, event: Shelf.Asks) -> None:
        """A name or tags are wanted."""
        self.query_one(LabelLine).ask(event.what, event.now, event.hint, event.then, self.shelf)

    def action_filter(self) -> None:
        """Search the sessions."""
        self.add_class("filtering")
        self.query_one("#filter").focus()

    def action_back(self) -> None:
        """Back to the question, and to all sessions."""
        words = self.query_one("#filter", Input)
        if self.filtering:
            self.remove_class("filtering")
            words.clear()
            self._note("")
        self.topic.focus()
