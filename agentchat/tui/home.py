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

from agentchat.errors import AgentchatError
from agentchat.tui import waiting
from agentchat.tui.begun import Begun
from agentchat.tui.crash import told
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.views.sessions import Life, SessionLine, line

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.tui.app import Agentchat
    from agentchat.views.inbox import Asked

COLUMNS = (
    Column(quiet=False),
    Column(10, least=64),
    Column(11, least=92),
    Column(12, least=84),
    Column(14, least=44),
    Column(9, right=True, least=30),
)
"""Topic, mode, people, pulse, outcome, age."""

MOST = 200
"""Sessions listed; the filter finds the older ones."""

AGAIN = 2.0
"""Seconds between two looks at how the rooms behind the screen are doing."""

EMPTY = "Nothing yet. Write a question above and press enter: a room is suggested, and you can change it first."
NO_MATCH = "No session matches. esc shows all again."


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
        Binding("d", "delete", "Delete the session", show=False),
        Binding("f", "fork", "Fork the session", show=False),
        Binding("o", "room", "Open the room that asks", show=False),
        Binding("escape", "back", "Back to the question", show=False),
    ]
    app: Agentchat

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, Asked] = {}
        """What waits for the person, by the key of its row."""
        self.topic = Topic(id="topic", compact=True, select_on_focus=False)
        self.begun = Begun(self, self.topic.insert_text_at_cursor, self.topic.focus, self._begin)

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
            yield Input(id="filter", placeholder="search", compact=True, select_on_focus=False)
        yield Rows(COLUMNS, id="sessions")
        yield Static("", id="empty", markup=False)

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
    async def fill(self, like: str = "") -> None:
        """Fill in what the home knows."""
        try:
            home = await self.app.home()
            kept = await home.archive.sessions(like, MOST)
            self._ask(await home.inbox())
            choice = await home.chosen()
        except AgentchatError as error:
            self._empty(told(error))
            return
        now = datetime.now(UTC)
        self._show([line(one, now, self._life(one.id)) for one in kept], like)
        from agentchat.views.fold import short  # brings pydantic along, which the home has loaded by now

        words = " · ".join(part for part in (short(choice.model), choice.why) if part)
        self.query_one("#model", Static).update(ink_of(self).line(words))

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

    def _show(self, sessions: list[SessionLine], like: str) -> None:
        pulse = ink_of(self).glyphs.unicode
        self.query_one("#sessions", Rows).show(
            [
                Line(one.id, (one.title, one.mode, one.people, one.pulse if pulse else "", one.outcome, one.age))
                for one in sessions
            ]
        )
        self._empty("" if sessions else NO_MATCH if like else EMPTY)

    def _empty(self, words: str) -> None:
        self.query_one("#empty", Static).update(ink_of(self).shown(words))
        self.set_class(bool(words), "empty")
        if words and self.focused is self.query_one("#sessions"):
            self.topic.focus()
        self._keys()

    def _keys(self) -> None:
        from agentchat.tui.widgets.keys import Keys

        if not isinstance(self.focused, Rows):
            self.begun.over()
        if not self.query(Keys):
            return
        listed = bool(self.query_one("#sessions", Rows).lines)
        match self.focused.id if self.focused else "":
            case "sessions":
                keys = [
                    ("enter", "open"),
                    ("f", "fork"),
                    ("d", "delete"),
                    ("/", "search"),
                    ("esc", "new room"),
                    ("?", "keys"),
                ]
            case "inbox":
                keys = [("enter", "answer"), ("o", "open the room"), ("esc", "new room"), ("?", "keys")]
            case "filter":
                keys = [("enter", "to the list"), ("esc", "show all")]
            case _:
                down = "questions" if self.questions else "sessions"
                keys = [("enter", "new room"), *([("↓", down), ("/", "search")] if listed else []), ("?", "keys")]
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

    @on(Input.Changed, "#filter")
    def search(self, event: Input.Changed) -> None:
        """Show what matches while it is typed."""
        self.fill(event.value)

    @on(Input.Submitted, "#filter")
    def action_list(self) -> None:
        """Go down: to what waits, else to the sessions."""
        inbox, sessions = self.query_one("#inbox", Rows), self.query_one("#sessions", Rows)
        if inbox.lines and not self.has_class("filtering"):
            inbox.focus()
        elif sessions.lines:
            sessions.focus()

    @on(Rows.Left, "#sessions")
    def leave_list(self, event: Rows.Left) -> None:
        """Above the first session is what waits, and above that the question."""
        if event.step < 0:
            inbox = self.query_one("#inbox", Rows)
            (inbox if inbox.lines else self.topic).focus()

    @on(Rows.Left, "#inbox")
    def leave_inbox(self, event: Rows.Left) -> None:
        """Between the question and the sessions."""
        sessions = self.query_one("#sessions", Rows)
        (self.topic if event.step < 0 or not sessions.lines else sessions).focus()

    @on(Rows.Chosen, "#sessions")
    def open(self, event: Rows.Chosen) -> None:
        """Open a session."""
        self._open(event.key)

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
    async def _open(self, session: str) -> None:
        await self.app.hurry(self._enter(session))

    async def _enter(self, session: str) -> None:
        await self.app.look_into(session)

    def on_key(self, event: Key) -> None:
        """Whatever is typed over the sessions, but for their own keys, is a new topic."""
        rows, there = self.focused, self.focused is self.topic
        theirs = ("/", "?", *(("o",) if rows and rows.id == "inbox" else ("d", "f")))
        begins = isinstance(rows, Rows) and event.is_printable and event.character not in theirs
        late = there and event.is_printable and bool(self.topic.value)
        if self.begun or late or begins:
            self.begun.take(event, there=there)

    def action_filter(self) -> None:
        """Search the sessions."""
        self.add_class("filtering")
        self.query_one("#filter").focus()

    def action_back(self) -> None:
        """Back to the question, and to all sessions."""
        words = self.query_one("#filter", Input)
        if self.has_class("filtering"):
            self.remove_class("filtering")
            words.clear()
        self.topic.focus()

    def action_fork(self) -> None:
        """Go on from one of a session's turns, with something different."""
        rows = self.query_one("#sessions", Rows)
        if rows.key and rows.has_focus:
            self.app.fork(rows.key)

    @work(exclusive=True, group="open")
    async def action_delete(self) -> None:
        """Delete a session, after asking."""
        from agentchat.tui.ask import AskScreen

        rows = self.query_one("#sessions", Rows)
        if not rows.key or not rows.has_focus:
            return
        row = rows.lines[rows.cursor]
        question = AskScreen(
            f"Delete “{row.cells[0]}”?",
            "It stays in the bin for 30 days: agentchat sessions restore takes it back.",
            "delete it",
        )
        if await self.app.push_screen_wait(question):
            await self.app.hurry(self._delete(await self.app.home(), row.key))

    async def _delete(self, home: Home, session: str) -> None:
        await self.app.close(session)
        await home.delete(session)
        self.refill()
