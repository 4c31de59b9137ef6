"""A session watched again: the room's screen, with the timeline in the composer's place, and nothing to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, assert_never

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from agentchat.errors import UsageError
from agentchat.events import Recorded, Stamped
from agentchat.room import Partial, Retrying, Standing
from agentchat.tui.fork import fork
from agentchat.tui.outcome import OutcomeScreen
from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.tree import TreeScreen
from agentchat.tui.versions import VersionsScreen
from agentchat.tui.widgets.course import Course, Progress
from agentchat.tui.widgets.floor import Floor
from agentchat.tui.widgets.header import Header
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.live import Live
from agentchat.tui.widgets.status import Status
from agentchat.tui.widgets.transcript import Transcript
from agentchat.tui.xray import XRayScreen
from agentchat.views.ballots import xray
from agentchat.views.counted import votes
from agentchat.views.floor import live, seats, status
from agentchat.views.fold import Fold
from agentchat.views.replay import Found, clock, found, pace, recent, recorded_with
from agentchat.views.room import Entry, RoomView
from agentchat.views.tree import rows

if TYPE_CHECKING:
    from agentchat.room.player import Player
    from agentchat.tui.app import Agentchat

JUMP = 5_000
"""Milliseconds of a small jump."""


class ReplayScreen(Screen[None]):
    """Shows a player as the room it recorded."""

    CSS_PATH = "replay.tcss"
    AUTO_FOCUS = "Transcript"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "hold", "Play or pause", show=False),
        Binding("left", "step(-1)", "The turn before", show=False),
        Binding("right", "step(1)", "The next turn", show=False),
        Binding("shift+left", f"jump(-{JUMP})", "5 s back", show=False),
        Binding("shift+right", f"jump({JUMP})", "5 s on", show=False),
        Binding("left_square_bracket", "faster(-1)", "Slower", show=False),
        Binding("right_square_bracket", "faster(1)", "Faster", show=False),
        Binding("m", "skip(1)", "The next vote, question or word of yours", show=False),
        Binding("M", "skip(-1)", "The one before", show=False),
        Binding("home", "begin", "To the beginning", show=False, priority=True),
        Binding("end", "finish", "To the end", show=False, priority=True),
        Binding("slash", "find", "Find", show=False),
        Binding("n", "hit(1)", "The next hit", show=False),
        Binding("N", "hit(-1)", "The hit before", show=False),
        Binding("f", "fork", "Go live from here", show=False),
        Binding("f5", "xray", "Every ballot so far", show=False),
        Binding("f6", "tree", "Every path of the session", show=False),
        Binding("w", "whys", "Show or hide why each was next", show=False),
        Binding("f8", "versions", "The versions of the text so far", show=False),
        Binding("o", "outcome", "Note how it turned out", show=False),
        Binding("ctrl+o", "side", "Show or hide the floor", show=False),
        Binding("question_mark,f1", "app.help", "Keys and commands", show=False),
        Binding("escape,q", "back", "Back", show=False),
    ]
    app: Agentchat

    def __init__(self, player: Player, *, at: int | None = None, alone: bool = False) -> None:
        """`at`: the event to begin at, paused. `alone`: it is all the app was opened for, and its end is the app's."""
        super().__init__()
        self.alone = alone
        self.player = player
        self._at = at
        self._fold = Fold()
        self._view = RoomView("")
        self._hits: tuple[Found, ...] = ()
        self._hit = -1
        self._told = ""
        """Which hit one is at, until it plays on."""
        self.header, self.reading, self.pane, self.status = Header(timeline=False), Transcript(), Live(), Status()
        self.course, self.side, self.keys = Course(), Floor(), Keys()
        self.finding = Input(id="finding", placeholder="find in this session", compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """Head, transcript and what is being said, floor, timeline, keys."""
        yield self.header
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield from (self.reading, self.pane, self.status, self.finding)
            yield self.side
        yield self.course
        yield self.keys

    def on_mount(self) -> None:
        """Begin to play, or stand where one wanted to be."""
        self.draw()
        self.watch(self, "focused", self._foot)
        self.follow()
        if self._at is None:
            self.player.play()
        else:
            self._go_to(Found(self._at, self._at))

    async def on_unmount(self) -> None:
        """Stop the clock."""
        await self.player.aclose()

    # ── what the player tells ───────────────────────────────────────────────────────────────────────────────────────

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Show everything the player tells."""
        async with self.player.watch() as news:
            async for item in news:
                match item:
                    case Partial():
                        self._live()
                    case Stamped() | Standing() | Retrying():
                        self.draw()
                    case _:
                        assert_never(item)

    def draw(self) -> None:
        """Show how it stands now."""
        player, old = self.player, self._view
        view = self._fold.view(recent(player.transcript), player.standing, player.partials, {})
        new = self._view = replace(
            view, subtitle=" · ".join(part for part in ("replay", view.subtitle) if part), model=self._made()
        )
        self.header.show(new)
        self._show_entries(old.entries, new.entries)
        self.side.show(new.seats, new.sections)
        self._live()
        self._foot()

    def _show_entries(self, old: tuple[Entry, ...], new: tuple[Entry, ...]) -> None:
        if old and len(old) <= len(new) and all(a is b or a == b for a, b in zip(old, new, strict=False)):
            for entry in new[len(old) :]:
                self.reading.append(entry)
        elif new != old:
            self.reading.show(new)

    def _live(self) -> None:
        """Words came, or time went by."""
        player = self.player
        self.pane.show(live(player.transcript, player.partials, {}))
        self.side.show(seats(player.transcript, player.partials), self._view.sections)
        self.status.show(self._now())
        turns, schedule = len(player.schedule.turns), player.schedule
        self.course.show(
            Progress(
                player.ms,
                schedule.length,
                pace(player.speed),
                player.playing,
                schedule.stops,
                {member.id: member.persona.color for member in player.transcript.members},
                (f"turn {player.turn} of {turns}", f"{clock(player.ms)} of {clock(schedule.length)}"),
            )
        )

    def _now(self) -> str:
        player = self.player
        if self._told and not player.playing:
            return self._told
        if player.over:
            closed = player.transcript.closed
            how = f"It ended: {closed.outcome.replace('_', ' ')}" if closed else "So far it has come"
            return f"{how} · f goes on from here in a session of its own"
        if player.playing:
            self._told = ""
            return status(player.transcript, Standing("running"), player.partials)
        return "A replay, paused · space plays it · f goes live from here"

    def _made(self) -> str:
        return recorded_with(self.player.transcript)

    def _foot(self) -> None:
        player = self.player
        if self.focused is self.finding:
            keys = [("enter", "find"), ("esc", "back to the replay")]
        else:
            keys = [("space", "pause" if player.playing else "play"), ("←→", "turn"), ("[ ]", "speed")]
            keys += [("n N", "hits")] if self._hits else [("/", "find")]
            keys += [("f5", "x-ray")] if votes(player.transcript) else []
            keys += [("f", "go live from here"), ("?", "keys"), ("esc", "quit" if self.alone else "back")]
        self.keys.show(keys)

    # ── what a person does ──────────────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Home and end are the search line's own while one writes there."""
        return action not in ("begin", "finish") or self.focused is not self.finding

    def action_hold(self) -> None:
        """Play, or hold it."""
        (self.player.pause if self.player.playing else self.player.play)()

    def action_step(self, turns: int) -> None:
        """By whole turns."""
        self._still(lambda: self.player.step(turns))

    def action_skip(self, places: int) -> None:
        """By what is no turn."""
        self._still(lambda: self.player.skip(places))

    def action_jump(self, ms: int) -> None:
        """By seconds, playing on."""
        self.player.seek(self.player.ms + ms)

    def action_faster(self, step: int) -> None:
        """Another speed."""
        self.player.faster(step)

    def action_begin(self) -> None:
        """To the beginning."""
        self._still(lambda: self.player.seek(0))

    def action_finish(self) -> None:
        """To the end."""
        self._still(lambda: self.player.seek(self.player.schedule.length))

    @on(Course.Sought)
    def _sought(self, event: Course.Sought) -> None:
        self.player.seek(event.ms)

    def _still(self, move: Callable[[], None]) -> None:
        """Go somewhere to look: where it played, it is held."""
        if self.player.playing:
            self.player.pause()
        move()
        self.reading.action_bottom()

    def _go_to(self, place: Found) -> None:
        try:
            self.player.seek_to(place.seq)
        except UsageError as error:
            self.app.complain(error)
            return
        self.draw()
        keys = [entry.key for entry in self._view.entries]
        near = place.key if place.key in keys else max((key for key in keys if key <= place.key), default=None)
        if near is not None:
            self.call_after_refresh(self.reading.reveal, near)

    def action_find(self) -> None:
        """Ask for words."""
        self.player.pause()
        self.add_class("finding")
        self.finding.focus()

    @on(Input.Submitted, "#finding")
    def _find(self, event: Input.Submitted) -> None:
        self._hits = found(self.player.schedule.path, self.player.whole, event.value)
        if not self._hits:
            self.app.tell("Nobody says that in this session.")
            return
        here = self.player.heard[-1].seq
        later = [place for place, hit in enumerate(self._hits) if hit.seq > here]
        self._hit = (later[0] if later else 0) - 1
        self.remove_class("finding")
        self.reading.focus()
        self.action_hit(1)

    def action_hit(self, way: int) -> None:
        """To the next place where those words are."""
        if self._hits:
            self._hit = (self._hit + way) % len(self._hits)
            self.player.pause()
            self._told = f"{self._hit + 1} of {len(self._hits)} places · n the next · N the one before"
            self._go_to(self._hits[self._hit])

    def action_fork(self) -> None:
        """Go on live from here, in a session of its own."""
        player = self.player
        player.pause()
        self._fork(player.here)

    def _fork(self, at: int) -> None:
        # The app's own work: what a screen does ends with it, and the room comes in its place.
        self.app.run_worker(self.app.hurry(fork(self.app, self.player.log, at)), group="begin", exclusive=True)

    def action_xray(self) -> None:
        """Every ballot of the votes so far."""
        transcript = self.player.transcript
        if seen := [one for record in votes(transcript) if (one := xray(transcript, record))]:
            self.player.pause()
            self.app.push_screen(XRayScreen(seen))
        else:
            self.app.tell("Nothing was voted on so far.")

    @work(exclusive=True, group="fork")
    async def action_tree(self) -> None:
        """Every path of the session: the one that is played, and those beside it."""
        self.player.pause()
        wanted = await self.app.push_screen_wait(TreeScreen(rows(self.player.log)))
        if wanted is None:
            return
        what, place = wanted
        if what == "fork":
            self._fork(place)
        elif any(event.seq == place for event in self.player.schedule.path):
            self._go_to(Found(place, place))
        else:
            self.app.tell("That is on another path: f in the tree goes live from there.")

    @work(exclusive=True, group="outcome")
    async def action_outcome(self) -> None:
        """How what was decided turned out; for a session of this home."""
        self.player.pause()
        text: str | None = await self.app.push_screen_wait(OutcomeScreen())
        if text is None:
            return

        async def note() -> None:
            home = await self.app.home()
            await home.memory.note(home, self.player.log.transcript.opened.session, text)
            self.app.tell("Noted." if text else "Taken back.")

        await self.app.hurry(note())

    def action_whys(self) -> None:
        """Show or hide why each was next."""
        self._fold = Fold(whys=not self._fold.whys)
        self.draw()

    def action_versions(self) -> None:
        """The versions of the text so far."""
        scored = (entry for entry in self.player.transcript.entries if isinstance(entry, Recorded))
        if any(entry.kind == "draft_scored" for entry in scored):
            self.player.pause()
            self.app.push_screen(VersionsScreen(self.player))
        else:
            self.app.tell("There are no versions of a text so far.")

    def action_side(self) -> None:
        """Show or hide the floor."""
        self.side.toggle_class("-hidden" if self.has_class("-wide") else "-shown")

    def action_back(self) -> None:
        """Out of the search, or of the replay."""
        if self.has_class("finding"):
            self.remove_class("finding")
            self.reading.focus()
        elif self.alone:
            self.app.exit()
        else:
            self.app.pop_screen()

    @on(Keys.Pressed)
    async def _clicked(self, event: Keys.Pressed) -> None:
        doing = {"space": "hold", "/": "find", "f": "fork", "f5": "xray", "esc": "back", "?": "app.help"}
        if event.key in doing:
            await self.run_action(doing[event.key])
