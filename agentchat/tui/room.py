"""A room on the screen: one `match` over what it tells, one table from keys to what a person can do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, assert_never

from textual import on, work
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click, Key
from textual.screen import Screen

from agentchat.events import HumanSpoke, Stamped, TurnEnded
from agentchat.room import News, Partial, Retrying, Room, Standing
from agentchat.tui.begun import Begun
from agentchat.tui.leaves import Leaves
from agentchat.tui.sending import send
from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.unsent import Unsent
from agentchat.tui.verbs import VERBS, Moment, Verb, footer, for_key, refused
from agentchat.tui.verbs.now import invitation, now
from agentchat.tui.verbs.verb import Hands
from agentchat.tui.widgets.completion import Completion
from agentchat.tui.widgets.composer import Composer, Writing
from agentchat.tui.widgets.floor import Floor
from agentchat.tui.widgets.header import Header
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.live import Live
from agentchat.tui.widgets.status import Status
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.entries import sentence
from agentchat.views.floor import live, seats, status
from agentchat.views.fold import Fold
from agentchat.views.room import Entry, RoomView

if TYPE_CHECKING:
    from agentchat.home.reader import Reader
    from agentchat.tui.app import Agentchat

SENTENCE = 300
"""Characters of what was said before that the composer offers again."""


class RoomScreen(Screen[None]):
    """Shows a room and hands on what a person wants of it. The room lives on when the screen is left."""

    CSS_PATH = "room.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(k, f"key('{k}')", verb.says, show=False) for verb in VERBS for k in (*verb.keys, *verb.anywhere)),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
    ]
    app: Agentchat

    def __init__(self, shown: Room | Reader, at: int | None = None) -> None:
        """Of a long session a reader is enough, until a person wants something done. `at` is where to open it."""
        super().__init__()
        self.shown = shown
        self.floor = False
        """The person cut in: the room waits for the words, and goes on after them."""
        self.patient = False
        """The next turn waits while the person writes."""
        self._written = False
        self._at = at
        self._opening = asyncio.Lock()
        self._fold = Fold(badge=self._badge)
        self._view = RoomView("")
        self._notes: dict[int, str] = {}
        self._states: tuple[str, ...] = ()
        # Held, not queried: the room may still tell something while the screen is being taken down.
        self.header, self.reading, self.pane, self.status = Header(), Transcript(), Live(), Status()
        self.composer, self.side, self.keys = Composer(), Floor(), Keys()
        self._begun = Begun(self, self.composer.insert, self.write, self.composer.send)
        self.leaves = None if isinstance(shown, Room) else Leaves(shown, self.reading)
        self.unsent = Unsent(self)

    @property
    def room(self) -> Room:
        """Its room, which has the whole log: what acts on it comes after `whole`."""
        assert isinstance(self.shown, Room), "nothing can be done in a session before it was read whole"
        return self.shown

    def compose(self) -> ComposeResult:
        """Head, transcript and what is being said, floor, words, keys."""
        yield self.header
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield from (self.reading, self.pane, self.status, self.composer)
            yield self.side
        yield self.keys

    async def on_mount(self) -> None:
        """Show how things stand, then follow."""
        if not self.composer.is_attached or not self.composer.children:
            return  # the app is being left before there is anything to show it in
        self.composer.passing = frozenset({"space"})
        await self.unsent.begin()
        spoken = (one.text for one in self.shown.transcript.entries if isinstance(one, HumanSpoke))
        self.composer.history = [text for text in spoken if len(text) <= SENTENCE]
        self.watch(self, "focused", self._hint)
        if self.leaves:
            await self.leaves.begin(self._at)
        self.draw()
        if not self.leaves and self._at is not None:
            turn = self.shown.transcript.turn(self._at)
            self.reading.reveal(turn.id if turn else self._at)
        self.patient = (await self.app.home()).config.wait_while_typing
        if self.shown.standing.state == "closed":
            self.composer.focus()
        else:
            self.look()
        if self.leaves:
            self.call_after_refresh(self.follow)
        else:
            self.follow()

    # ── what the room tells ─────────────────────────────────────────────────────────────────────────────────────────

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Show everything the room tells, as long as it does; of a session that is only read, how it grows."""
        if self.leaves:
            await self.app.hurry(self._read_on(self.leaves))
            return
        async with self.room.watch() as news:
            self.draw()  # what was told between the first look and this one came too early to be heard
            async for item in news:
                self.hear(item)

    async def _read_on(self, leaves: Leaves) -> None:
        await leaves.fill()
        self._fold = await self._folded(leaves.reader)
        self.draw()
        await leaves.reader.follow(self.draw)

    async def _folded(self, shown: Room | Reader) -> Fold:
        """A fold of all there is to show, made beside the loop."""
        fold = Fold(whys=self._fold.whys, badge=self._badge)
        await asyncio.to_thread(fold.view, shown.transcript, shown.standing, shown.partials, {})
        return fold

    async def whole(self) -> None:
        """Read the whole session, where only some of it is on the screen, and open its room. Raises AgentchatError."""
        async with self._opening:
            if isinstance(self.shown, Room):
                return
            self.status.show(f"reading all {self.shown.turns:,} turns…", whole=True)
            # Who drives it from now on is this window.
            self.workers.cancel_group(self, "follow")
            try:
                room = await self.app.open(self.shown.session)
                self._fold = await self._folded(room)
                self.shown, self.leaves = room, None
                self._view = RoomView("")
            finally:
                if self.is_running:  # not left meanwhile
                    self.draw()
                    self.follow()

    @on(Transcript.Wanted)
    @work(group="leaves")
    async def turn(self, event: Transcript.Wanted) -> None:
        """The reader comes to the edge of what is held."""
        if self.leaves:
            await self.app.hurry(self.leaves.turn(event.where))

    def hear(self, item: News) -> None:
        """Show one thing."""
        match item:
            case Partial():
                self._notes.pop(item.turn, None)
                self._live()
            case Retrying():
                self._notes[item.turn] = f"{item.reason}: trying again in {item.seconds:.0f} s"
                self._live()
            case TurnEnded():
                self._notes.pop(item.turn, None)
                self.draw()
            case Standing() | Stamped():
                self.draw()
            case _:
                assert_never(item)

    def draw(self) -> None:
        """Show the whole view anew; what has not changed costs next to nothing."""
        room, old = self.shown, self._view
        new = self._fold.view(room.transcript, room.standing, room.partials, self._notes)
        if self.leaves:
            self.leaves.grow()
            new = replace(new, entries=(), marks=self.leaves.marks)
        else:
            self._show_entries(old.entries, new.entries)
        self._view = new
        self.header.show(new)
        self.pane.show(new.live)
        self.side.show(new.seats, new.sections)
        self._say(new.status)
        self.composer.names = self._names()
        self._hint()

    def _live(self) -> None:
        """A turn under way grew: only what shows it is drawn."""
        room = self.room
        speaking = live(room.transcript, room.partials, self._notes)
        self.pane.show(speaking)
        states = tuple(one.state for one in speaking)
        if states != self._states:
            self._states = states
            self.side.show(seats(room.transcript, room.partials), self._view.sections)
            self._say(status(room.transcript, room.standing, room.partials))

    def _badge(self, turn: int) -> str:
        others = self.shown.alternatives(turn)
        return f"‹{others.index(turn) + 1}/{len(others)}›" if len(others) > 1 else ""

    def _show_entries(self, old: tuple[Entry, ...], new: tuple[Entry, ...]) -> None:
        same = len(old) <= len(new) and all(a is b or a == b for a, b in zip(old, new, strict=False))
        if same and old:
            for entry in new[len(old) :]:
                self.reading.append(entry)
        elif new != old:
            self.reading.show(new)

    def _say(self, words: str) -> None:
        state = self.shown.standing.state
        words = "You have the floor" if self.floor and state == "paused" else words
        self.status.show(words, "warning" if state in ("held", "waiting") else "", whole=state != "running")

    def _names(self) -> tuple[Completion, ...]:
        members = self.shown.transcript.members
        return tuple(Completion(f"@{one.id}", one.persona.name, one.persona.title) for one in members)

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def moment(self) -> Moment:
        """What decides which keys do what."""
        writing = isinstance(self.focused, Writing)
        hands: Hands = "watching" if not writing else "writing" if self.composer.text else "empty"
        return now(self.shown, hands, floor=self.floor)

    def _hint(self) -> None:
        """Say which keys matter now, and what to write."""
        moment = self.moment
        if not moment.watching:
            self._begun.over()
        self.keys.show(footer(moment))
        self.composer.placeholder = invitation(self.shown.transcript, moment)
        able = (verb for verb in VERBS if verb.typed and verb.able(moment))
        self.composer.commands = tuple(Completion(f"/{verb.name}", verb.takes, verb.says) for verb in able)

    @on(Composer.Typing)
    def _typed(self, event: Composer.Typing) -> None:
        self.unsent.touch()
        if self.patient and self.is_current and isinstance(self.shown, Room):
            self.room.typing(event.typing)
        if event.typing != self._written:
            self._written = event.typing
            self._hint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key that does nothing now is left to whoever else may want it."""
        key = str(parameters[0]) if action == "key" and self.is_mounted else ""
        return not key or for_key(key, self.moment) is not None or bool(refused(key, self.moment))

    def action_key(self, key: str) -> None:
        """Do what the key does now."""
        if (verb := for_key(key, self.moment)) is None:
            self.app.tell(refused(key, self.moment))
        elif verb.fills:
            self._picked(verb)()
        else:
            self.act(verb, key if len(verb.keys) > 1 else "")

    def on_key(self, event: Key) -> None:
        """Whatever else is typed over the transcript begins a sentence, and the keys close behind it belong to it."""
        moment = self.moment
        late = not moment.watching and bool(self.composer.text) and event.is_printable
        begins = moment.watching and moment.ours and event.is_printable and for_key(event.key, moment) is None
        if self._begun or late or (begins and event.character):
            self._begun.take(event, there=not moment.watching)

    @on(Keys.Pressed)
    def _clicked(self, event: Keys.Pressed) -> None:
        for verb in VERBS:
            if verb.shown == event.key and verb.able(self.moment) and verb.handy(self.moment):
                self.act(verb, "")
                return
        if event.key == "enter":
            self.composer.send()

    def on_click(self, event: Click) -> None:
        """A click beside everything else is a wish to look."""
        if isinstance(event.widget, Live | Status | Header | Floor):
            self.look()

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers."""
        moment = self.moment
        for verb in VERBS:
            if verb.typed and verb.able(moment) and verb.name not in ("help", "quit"):
                key = f"   {verb.shown}" if verb.shown else ""
                yield SystemCommand(sentence(verb.says), verb.usage + key, self._picked(verb))

    def _picked(self, verb: Verb) -> Callable[[], None]:
        def run() -> None:
            if verb.takes:
                self.composer.text = f"/{verb.name} "
                self.write()
            else:
                self.act(verb, "")

        return run

    @work(group="verbs")
    async def act(self, verb: Verb, words: str) -> None:
        """Do one thing of the table, or say why it cannot be done."""
        await self._try(self.do(verb, words))

    async def do(self, verb: Verb, words: str) -> None:
        """Do it, in the room of the whole session where it needs that. Raises AgentchatError."""
        if not verb.light:
            await self.whole()
        await verb.do(self, words)

    async def _try(self, doing: Coroutine[None, None, None]) -> None:
        await self.app.hurry(doing)
        if self.is_attached:
            self._hint()

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        """The person wrote something."""
        self.send(event.text)

    @work(group="verbs")
    async def send(self, text: str) -> None:
        """Say it, or do it if it is a command."""
        await self._try(send(self, text))

    # ── what the table's verbs need of the screen ───────────────────────────────────────────────────────────────────

    def take_floor(self) -> None:
        """The person speaks next."""
        self.floor = True
        self.write()

    def yield_floor(self) -> None:
        """The others speak."""
        self.floor = False

    def write(self) -> None:
        """Into the composer."""
        self._begun.rest()
        if self.shown.standing.state != "read-only":
            self.composer.focus()

    def look(self) -> None:
        """Out of it."""
        self.reading.focus()

    async def resume(self) -> None:
        """On with the room, where nothing but the person's wish kept it."""
        self.look()
        if self.room.transcript.paused:
            await self.room.go_on()

    def go_home(self) -> None:
        """Back to the home screen. What was being written stays written; a room at work goes on."""
        session = self.shown.session
        self.app.drafts[session] = self.composer.text
        self.app.watched = ""
        self.app.pop_screen()
        if self.shown.standing.state != "running":
            self.app.run_worker(self.app.close(session), group="leaving rooms")

    def toggle_side(self) -> None:
        """Show or hide the floor."""
        wide = self.has_class("-wide")
        self.side.toggle_class("-hidden" if wide else "-shown")

    def toggle_whys(self) -> None:
        """Show or hide why each was next."""
        self._fold = Fold(whys=not self._fold.whys, badge=self._badge)
        if self.leaves:
            self.leaves.whys(shown=self._fold.whys)
        self.draw()

    def action_page(self, pages: int) -> None:
        """Scroll, wherever the keys go."""
        self.reading.action_page(pages)
