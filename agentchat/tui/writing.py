"""A persona is written: a form, and beside it what a model would be given to read. Nothing is saved unless asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from agentchat.errors import AgentchatError, UsageError
from agentchat.home import authoring
from agentchat.home.authoring import FIELDS, Manuscript, Sketch
from agentchat.home.editor import edit
from agentchat.tui.ask import AskScreen
from agentchat.tui.crash import told
from agentchat.tui.manuscript import GUIDE, LABELS, NOTHING, meanwhile, near
from agentchat.tui.pull import PullScreen
from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.reading import Reading
from agentchat.views.color import DARK, LIGHT, contrast, readable
from agentchat.views.fold import short

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

    from agentchat.home import Home
    from agentchat.persona import Persona
    from agentchat.room import Room
    from agentchat.tui.app import Agentchat

HOUR = 3600.0
"""Seconds a room waits at most while a persona is written over it."""

PAUSE = 0.15
"""Seconds without a key until what was typed is looked over."""


class PersonaScreen(Screen["str | None"]):
    """Ends with the id of the persona that was saved, or with none."""

    CSS_PATH = "writing.tcss"
    AUTO_FOCUS = "#name"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save it", show=False, priority=True),
        Binding("escape", "leave", "Back", show=False, priority=True),
        Binding("f4", "beside", "To what it said and a model reads, and back", show=False),
        Binding("f5", "hello", "Let it say hello", show=False),
        Binding("f3", "profile", "What a tiny model reads, or a capable one", show=False),
        Binding("f8", "editor", "Open your editor", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Field before", show=False),
    ]
    app: Agentchat

    def __init__(self, home: Home, page: Manuscript | None = None, room: Room | None = None) -> None:
        """`page` is the file that is changed; none is a new one. `room` waits with its next turn meanwhile."""
        super().__init__()
        self.room = room
        self.home = home
        self.page = page
        self.kept = page.sketch if page else Sketch()
        """As it was last saved."""
        self.judged: authoring.Judged | None = None
        self.tiny = False
        self._pause: Timer | None = None
        self._left: Widget | None = None
        """The field from which one went over to read."""

    def compose(self) -> ComposeResult:
        """The form, and what becomes of it."""
        ink = ink_of(self)
        title = f"Persona {self.kept.name}" if self.page else "A new persona"
        waits = self.room is not None and self.room.standing.state == "running"
        with Horizontal(id="top"):
            yield Static(ink.line(title), id="what", markup=False)
            yield Static("the room waits with its next turn" if waits else "", id="waits", markup=False)
        with Horizontal(id="both"):
            with Vertical(id="form"):
                for name in FIELDS:
                    label, may = LABELS[name]
                    with Horizontal(classes="field"):
                        yield Static(label, classes="label", markup=False)
                        yield Input(
                            ink.shown(getattr(self.kept, name)),
                            id=name,
                            placeholder=may,
                            compact=True,
                            select_on_focus=False,
                        )
                        if name == "color":
                            yield Static("", id="swatch", markup=False)
                yield TextArea(
                    ink.shown(self.kept.prompt),
                    id="prompt",
                    soft_wrap=True,
                    show_line_numbers=False,
                    placeholder=ink.shown(GUIDE),
                )
                yield Static("", id="path", markup=False)
            with Vertical(id="beside"):
                yield Reading(id="voice")
                yield Static("", id="head", markup=False)
                with VerticalScroll(id="reads"):
                    yield Static("", id="prompted", markup=False)
                yield Static("", id="notes", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Show all that can be said yet."""
        if self.room:
            self.room.typing(True, HOUR)
        self.query_one("#voice").display = False
        self.look()

    def on_resize(self) -> None:
        """Other keys matter where there is no room beside, and what is wrong stands in the form."""
        self._show(self.judged.persona if self.judged else None)

    @property
    def beside(self) -> bool:
        """Whether there is room for both."""
        return self.app.size.width >= BREAKPOINTS[2][0]

    @property
    def sketch(self) -> Sketch:
        """What stands in the form. What was not touched stays as it was received."""
        ink = ink_of(self)
        typed = {name: self.query_one(f"#{name}", Input).value for name in FIELDS}
        typed["prompt"] = self.query_one(TextArea).text
        new = self.kept
        for name, words in typed.items():
            if words != ink.shown(getattr(self.kept, name)):
                new = new.changed(name, words)
        return new

    @property
    def unsaved(self) -> str:
        """What would be lost if one left now, in words."""
        return "" if self.sketch == self.kept else "What you wrote here is lost then."

    def _keys(self) -> None:
        over = self.has_class("reading")
        there = [("f4", "the form" if over else "read on" if self.beside else "what a model reads")]
        which = (
            [("f3", "capable model" if self.tiny else "tiny model")] if self.beside or self.has_class("reading") else []
        )
        for keys in self.query(Keys):  # gone by now, where one leaves while it is looked over
            keys.show([("ctrl+s", "save"), *there, *which, ("f5", "say hello"), ("f8", "editor"), ("esc", "back")])

    @on(Input.Submitted)
    def onward(self) -> None:
        """Enter leads from one line to the next."""
        self.focus_next()

    # ── looking it over ─────────────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed)
    @on(TextArea.Changed)
    def retyped(self) -> None:
        """Look it over when the hand rests."""
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.look)

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Say what is wrong with it, and show what a model would read."""
        sketch, page = self.sketch, self.page
        judged = await asyncio.to_thread(authoring.weighed, self.home, sketch, page)
        self.judged = judged
        self._show(judged.persona)

    def _show(self, persona: Persona | None) -> None:
        if not self.query("#notes"):
            return  # not there yet, or no more
        ink, judged = ink_of(self), self.judged
        flaws = judged.flaws if judged else ()
        notes = self.query_one("#notes", Static)
        notes.set_class(bool(judged and judged.fatal), "fatal")
        notes.update(ink.shown("\n".join(f"{flaw.message} ({flaw.hint})" if flaw.hint else flaw.message
                                         for flaw in flaws)))  # fmt: skip
        path = near(authoring.place_of(self.home, self.sketch, self.page))
        copied = " (a copy: this one ships)" if self.page and self.page.copied else ""
        changed = "not saved yet: " if self.sketch != self.kept else ""
        where = f"{changed}{path}{copied}" if self.beside or not flaws else flaws[0].message
        self.query_one("#path", Static).update(ink.line(where))
        self._swatch(persona)
        which = "a very small model" if self.tiny else "a capable model"
        self.query_one("#head", Static).update(f"What {which} is given to read")
        shown = authoring.printed(authoring.preview(persona, tiny=self.tiny)) if persona else NOTHING
        self.query_one("#prompted", Static).update(ink.shown(shown))
        self._keys()

    def _swatch(self, persona: Persona | None) -> None:
        ink, swatch = ink_of(self), self.query_one("#swatch", Static)
        if persona is None or not persona.color:
            swatch.update("")
            return
        block = "██ " if ink.glyphs.unicode else "## "
        seen = Color.parse(readable(persona.color, ink.dark))
        ratio = contrast(seen.rgb, Color.parse(DARK if ink.dark else LIGHT).rgb)
        as_it_is = contrast(Color.parse(persona.color).rgb, Color.parse(DARK if ink.dark else LIGHT).rgb)
        shown = f"{as_it_is:.1f}:1" if as_it_is >= ratio - 0.05 else f"{as_it_is:.1f}:1, shown lighter at {ratio:.1f}:1"
        shown = shown if ink.dark else shown.replace("lighter", "darker")
        swatch.update(Text.assemble((block, ink.persona(persona.color)), (shown, ink.quiet)))

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def action_beside(self) -> None:
        """From the form to what a model reads, and back."""
        if self.has_class("reading"):
            self.remove_class("reading")
            (self._left or self.query_one("#name")).focus()
        else:
            self._left = self.focused
            self.add_class("reading")
            self._read()

    def _read(self) -> None:
        """Lead to what goes on beyond its place: what it said, else what a model reads."""
        voice = self.query_one("#voice", Reading)
        (voice if voice.display and voice.allow_focus() else self.query_one("#reads")).focus()

    @on(DescendantFocus)
    def _led(self) -> None:
        """Stay with what is looked at, also where there is room for one of both only."""
        self.set_class(self.query_one("#beside").has_focus_within, "reading")
        self._keys()

    def action_profile(self) -> None:
        """What a tiny model is given, or a capable one."""
        self.tiny = not self.tiny
        self._show(self.judged.persona if self.judged else None)

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Write it, and go back."""
        if self.page and self.sketch == self.kept and not self.page.copied:
            self.dismiss(None)
        elif persona := await self._saved():
            self.dismiss(persona.id)

    async def _saved(self) -> Persona | None:
        """Write it; none where it cannot be used, which is said, or is left to somebody else's."""
        try:
            persona, page = await self._kept(self.sketch, self.page)
        except AgentchatError as error:
            self.app.complain(error)
            return None
        if page.sketch == self.sketch:
            self.page, self.kept = page, page.sketch
        else:
            self._fill(page)
        self.app.tell(f"Written: {page.path}")
        return persona

    async def _kept(self, sketch: Sketch, page: Manuscript | None) -> tuple[Persona, Manuscript]:
        try:
            return await asyncio.to_thread(authoring.kept, self.home, sketch, page)
        except authoring.MeanwhileError:
            assert page
            theirs = await asyncio.to_thread(authoring.reopened, page)
            both, mine = authoring.upon(theirs, page, sketch)
            if theirs.flaw or not await self.app.push_screen_wait(meanwhile(page.path, mine)):
                raise
        return await self._kept(both, theirs)

    @work(exclusive=True, group="save")
    async def action_leave(self) -> None:
        """Back; what was not saved is asked about."""
        if self.has_class("reading") and not self.beside:
            self.action_beside()
        elif not (lost := self.unsaved) or await self.app.push_screen_wait(
            AskScreen("Leave without saving?", lost, "leave", "stay")
        ):
            self.dismiss(None)

    @work(exclusive=True, group="hello")
    async def action_hello(self) -> None:
        """Let it answer one question."""
        judged = await asyncio.to_thread(authoring.weighed, self.home, self.sketch, self.page)
        if judged.persona is None:
            self.app.tell(f"It cannot speak yet: {judged.fatal.message if judged.fatal else ''}", severe=True)
            return
        voice = self.query_one("#voice", Reading)
        voice.display = True
        if not self.beside and not self.has_class("reading"):
            self.action_beside()
        try:
            await self._hello(judged.persona, voice)
        except AgentchatError as error:
            voice.update(told(error))

    async def _hello(self, persona: Persona, voice: Reading) -> None:
        choice = await self.home.chosen("", persona)
        here = choice.model != "local/starter" or self.home.starter_ready()
        if not here and not await self.app.push_screen_wait(PullScreen(self.home, choice.why)):
            voice.display = False
            return
        head = f"{authoring.QUESTION}\n{persona.name}, with {short(choice.model)}: "
        voice.update(f"{head}…")
        end = await authoring.hello(self.home, persona, lambda text: voice.update(head + text))
        said = end.text.strip() or f"nothing ({end.outcome}). {end.error}"
        voice.update(head + said)
        if self.has_class("reading"):
            self.call_after_refresh(self._read)

    @work(exclusive=True, group="save")
    async def action_editor(self) -> None:
        """The person's own editor on the file; rooms go on behind it. What stands here is saved first."""
        if (self.page is None or self.sketch != self.kept or self.page.copied) and not await self._saved():
            return
        assert self.page
        try:
            while True:
                await self._edited()
                page = await asyncio.to_thread(authoring.reopened, self.page)
                flaw = page.flaw or (await asyncio.to_thread(authoring.judged, self.home, page.path, page.text)).fatal
                if flaw is None:
                    break
                why = f"{flaw.place}: {flaw.message}\n{flaw.hint}"
                ask = AskScreen("The file cannot be used", why, "back to the editor", "leave it so")
                if not await self.app.push_screen_wait(ask):
                    self.dismiss(None)
                    return
        except AgentchatError as error:
            self.app.complain(error)
            return
        self._fill(page)

    async def _edited(self) -> None:
        assert self.page
        try:
            with self.app.batch_update(), self.app.suspend():
                await asyncio.to_thread(edit, self.page.path, self.home.environ)
        except SuspendNotSupported:
            raise UsageError(
                "this terminal cannot be lent to an editor", hint=f"Open it elsewhere: {self.page.path}"
            ) from None
        self.app.refresh(layout=True)

    def _fill(self, page: Manuscript) -> None:
        self.page, self.kept = page, page.sketch
        ink = ink_of(self)
        for name in FIELDS:
            self.query_one(f"#{name}", Input).value = ink.shown(getattr(page.sketch, name))
        self.query_one(TextArea).text = ink.shown(page.sketch.prompt)
        self.look()


async def written(app: Agentchat, name: str = "", room: Room | None = None) -> str | None:
    """Let the person write a persona: a new one, or that of this id, name or file. The id of what was saved.

    `room` waits meanwhile. Raises UsageError where there is none such, or its file can only be mended in an editor.
    """
    home = await app.home()
    page = await asyncio.to_thread(authoring.found, home, name) if name else None
    if page and page.flaw:
        raise UsageError(f"{page.flaw.place}: {page.flaw.message}", hint="Mend it with: agentchat personas edit")
    try:
        return await app.push_screen_wait(PersonaScreen(home, page, room))
    finally:
        if room:
            room.typing(False)
