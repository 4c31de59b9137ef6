"""Home: one question, and what was talked about before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key, Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Input, Static

from agentchat.errors import AgentchatError
from agentchat.tui import shelf, waiting
from agentchat.tui.begun import Begun
from agentchat.tui.crash import told
from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.views.sessions import Life, line

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
NO_MATCH = "Nobody said that in any session. esc shows all again."
FIND = "words, persona:ada, is:decision, before:7d…"


class Topic(Input):
    """The question. Before its first letter, `/` and `?` are keys, and `u` where the last session went into the bin."""

    passing: tuple[str, ...] = ("/", "?")

    def on_key(self, event: Key) -> None:
        """Let those pass."""
        if not self.value and event.character in self.passing:
            event.prevent_default()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Those are not for here."""
        return (self.value != "" or character not in self.passing) and super().check_consume_key(key, character)


class HomeScreen(Screen[None]):
    """The first screen. It stands before anything heavy is imported; the list fills in when it can."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#topic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list", "To the sessions", show=False),
        Binding("slash", "filter", "Search", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
        *shelf.KEYS,
        Binding("escape", "back", "Back to the question", show=False),
    ]
    app: Agentchat

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, Asked] = {}
        """What waits for the person, by the key of its row."""
        self.shown = shelf.Shown()
        self.labelling: Literal["rename", "tag"] = "rename"
        self._undo: shelf.Undo | None = None
        self._said = ""
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
            yield Input(id="filter", placeholder=FIND, compact=True, select_on_focus=False)
            yield Input(id="label", compact=True, select_on_focus=False)
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
            listed = await shelf.found(home, like) if like.strip() else await self._kept(home)
            self._ask(await home.inbox())
            choice = await home.chosen()
        except AgentchatError as error:
            self._empty(told(error))
            return
        self._show(listed, like)
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

    async def _kept(self, home: Home) -> list[Line]:
        """The sessions of the place one is at."""
        kept = await home.library.sessions(self.shown.listing(MOST))
        now = datetime.now(UTC)
        signs = ink_of(self).glyphs
        return [shelf.row(line(one, now, self._life(one.id)), signs) for one in kept]

    def _show(self, listed: list[Line], like: str) -> None:
        rows, searching = self.query_one("#sessions", Rows), bool(like.strip())
        rows.columns = shelf.FOUND if searching else COLUMNS
        rows.show(listed)
        title = "Found" if searching else self._said or self.shown.title()
        self.query_one("#recent", Static).update(ink_of(self).line(title))
        self._empty("" if listed else NO_MATCH if like.strip() else shelf.EMPTY.get(self.shown.place, EMPTY))

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
                keys = [("enter", "open"), ("r", "replay"), ("f", "fork"), ("s", "star"), ("d", "delete")]
                keys = [("u", "bring it back"), *keys] if self._undo else keys
                keys += [("/", "search"), ("?", "keys")]
            case "inbox":
                keys = [("enter", "answer"), ("o", "open the room"), ("esc", "new room"), ("?", "keys")]
            case "filter":
                keys = [("enter", "to what was found"), ("esc", "show all")]
            case "label":
                keys = [("enter", "keep it"), ("esc", "leave it")]
            case _:
                down = "questions" if self.questions else "sessions"
                keys = [("enter", "new room"), *([("↓", down), ("/", "search")] if listed else []), ("?", "keys")]
                keys = keys if listed or not self._undo else [("u", "bring it back"), *keys]
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
        """Open a session, at what was found in it."""
        self._open(*shelf.place_of(event.key))

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

    @work(exclusive=True, group="open")
    async def _open(self, session: str, at: int | None = None) -> None:
        await self.app.hurry(self.app.look_into(session, at))

    def on_key(self, event: Key) -> None:
        """Whatever is typed over the sessions, but for their own keys, is a new topic."""
        rows, there = self.focused, self.focused is self.topic
        theirs = ("/", "?", *(("o",) if rows and rows.id == "inbox" else shelf.LETTERS))
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
        if self.has_class("labelling"):
            self.remove_class("labelling")
            self.query_one("#sessions", Rows).focus()
            return
        if self.has_class("filtering"):
            self.remove_class("filtering")
            words.clear()
        self.topic.focus()

    # ── the library's keys ──────────────────────────────────────────────────────────────────────────────────────────

    def action_shelf(self, what: str) -> None:
        """Do that with the session the cursor is on; over what waits for the person, open the room that asks."""
        inbox, rows = self.query_one("#inbox", Rows), self.query_one("#sessions", Rows)
        if inbox.has_focus and what == "sort" and inbox.key in self.questions:
            self._open(self.questions[inbox.key].session)
        if what == "undo" and self._undo and not rows.lines:
            self._take_back()
        if not rows.has_focus:
            return
        session = shelf.place_of(rows.key)[0]
        match what:
            case "sort" | "place":
                self.shown = self.shown.sorted() if what == "sort" else self.shown.elsewhere()
                self._said = ""
                self.refill()
            case "undo":
                self._take_back()
            case "replay" if session:
                self.app.replay(session)
            case "statistics" if session:
                self.app.statistics(session)
            case "fork" if session:
                self.app.fork(session)
            case "rename" | "tag" if session:
                self._write(what)
            case "star" | "archive" | "delete" if session:
                self._change(what, session)
            case _:
                pass

    @work(exclusive=True, group="open")
    async def _change(self, what: Literal["star", "archive", "delete"], session: str) -> None:
        async def changed() -> None:
            if what == "delete" and self.shown.place != "bin":
                await self.app.close(session)
            self._say(*await shelf.change(await self.app.home(), what, session, self.shown.place))

        await self.app.hurry(changed())

    def _say(self, words: str, undo: shelf.Undo | None) -> None:
        self._undo = undo
        self.topic.passing = ("/", "?", *(["u"] if undo else []))
        self._said = f"{words} · u brings it back" if undo else words
        self.refill()

    @work(exclusive=True, group="open")
    async def _take_back(self) -> None:
        if undo := self._undo:

            async def back() -> None:
                await undo.do(await self.app.home())
                self._say("", None)
                self.query_one("#sessions", Rows).focus()

            await self.app.hurry(back())

    @work(exclusive=True, group="open")
    async def _write(self, what: Literal["rename", "tag"]) -> None:
        """Ask for a name, or for tags, in the line above the list."""
        session = shelf.place_of(self.query_one("#sessions", Rows).key)[0]

        async def ask() -> None:
            row = await (await self.app.home()).library.row(session)
            self.labelling = what
            label = self.query_one("#label", Input)
            label.placeholder = "its name; empty is its topic" if what == "rename" else "tags; -tag takes one off"
            label.value = row.title if what == "rename" else " ".join(row.tags)
            label.cursor_position = len(label.value)
            self.add_class("labelling")
            label.focus()

        await self.app.hurry(ask())

    @on(Input.Submitted, "#label")
    def label(self, event: Input.Submitted) -> None:
        """Keep what was written."""
        self._label(event.value, shelf.place_of(self.query_one("#sessions", Rows).key)[0])

    @work(exclusive=True, group="open")
    async def _label(self, words: str, session: str) -> None:
        async def keep() -> None:
            await shelf.relabel(await self.app.home(), self.labelling, words, session)
            self._say("", None)

        if await self.app.hurry(keep()):
            self.action_back()
