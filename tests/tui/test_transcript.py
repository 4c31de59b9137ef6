from __future__ import annotations

import time

import pytest
from hypothesis import given, settings, strategies as st
from rich.segment import Segment
from support.screens import Stage
from textual.geometry import Offset
from textual.selection import Selection

from agentchat.tui.theme import THEMES
from agentchat.tui.widgets.entries import draw
from agentchat.tui.widgets.ink import _ink
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.clean import FORBIDDEN
from agentchat.views.room import Card, Entry, Line, Said

INK = _ink(THEMES[0])


def said(key: int, text: str = "", **more: object) -> Said:
    fields = {"name": "Ada", "title": "economist", "color": "blue", "avatar": "", "when": "14:02"} | more
    return Said(key=key, speaker="ada", text=text or f"turn {key}", **fields)  # type: ignore[arg-type]


def long(count: int) -> list[Entry]:
    return [
        said(key, f"turn {key}\n\n" + "- a point about **rents** and schools\n" * (key % 7)) for key in range(count)
    ]


def text(app: Stage) -> list[str]:
    """The screen without its scrollbar."""
    return [row[:-1] for row in app.rows()]


async def test_each_kind_of_entry_has_its_own_look() -> None:
    page = Transcript()
    entries: list[Entry] = [
        Line(1, "Round 1 of 2", "round"),
        Line(-2, "Ada is next: fairness"),
        said(2, "Rents fell.\n\n- by a *third*", badge="‹2/2›", note="cut off: connection lost"),
        said(3, "what breaks first?", name="you", title="", human=True, to="to Cleo"),
        Line(4, "Agreed: schools first", "record"),
        Line(5, "The key was refused", "warning"),
        Card(6, "Synthesis", "Schools **first**.", ("? the bus",), "Cleo", "pink", "14:05"),
        Line(7, "Stopped: all agreed", "stop"),
    ]
    app = Stage(page)
    async with app.run_test(size=(50, 40)) as pilot:
        page.show(entries)
        await pilot.pause()
        assert app.dump().split("\n") == [
            " ── Round 1 of 2 ────────────────────────────────",
            "",
            "   Ada is next: fairness",
            " ▌ Ada  economist                    ‹2/2›  14:02",
            " ▌ Rents fell.",
            " ▌",
            " ▌ • by a third",
            " ▌ cut off: connection lost",
            "",
            " █ you  to Cleo                             14:02",
            " █ what breaks first?",
            "",
            " ▣ Agreed: schools first",
            "",
            " ! The key was refused",
            "",
            " ┃ Synthesis  Cleo                          14:05",
            " ┃ Schools first.",
            " ┃",
            " ┃ ? the bus",
            "",
            " ■ Stopped: all agreed",
        ]


async def test_an_empty_page_says_what_to_do() -> None:
    app = Stage(Transcript("Type a question."))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        assert "Type a question." in app.dump()


async def test_the_page_follows_its_end_until_the_reader_scrolls_up_and_is_never_pulled_down() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 12)) as pilot:
        page.show(long(30))
        page.focus()
        await pilot.pause()
        assert "turn 29" in app.dump()
        page.append(said(30))
        await pilot.pause()
        assert "turn 30" in app.dump()
        await pilot.press("pageup", "k")
        before = text(app)[:-1]
        assert page.unseen == 0
        for key in range(31, 34):
            page.append(said(key, "new " * 200))
        page.append(Line(34, "a line does not count"))
        await pilot.pause()
        assert text(app)[:-1] == before
        assert page.unseen == 3
        assert "↓ 3 new · end" in app.rows()[-1]
        await pilot.press("end")
        assert page.following
        assert page.unseen == 0
        assert "a line does not count" in app.dump()


async def test_scrolling_up_through_entries_never_seen_shows_every_row_once() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 12)) as pilot:
        page.show(long(60))
        page.focus()
        await pilot.pause()
        top = page.render_line(0).text
        while page.scroll_y > 0:
            page.action_move(-1)
            assert page.render_line(1).text == top, "one line up is one line up, whatever was guessed above"
            top = page.render_line(0).text
        await pilot.press("home")
        assert "turn 0" in app.dump()


async def test_a_resize_keeps_what_is_being_read() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(80, 20)) as pilot:
        page.show([said(key, f"turn {key} " + "word " * (key % 90)) for key in range(300)])
        await pilot.pause()
        page.reveal(150)
        await pilot.pause()
        for size in ((40, 20), (120, 20), (30, 8), (80, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "turn 150" in "\n".join(app.rows()[:3])
            assert not page.following
        await pilot.press("end")
        page.action_bottom()
        for size in ((40, 20), (120, 20), (20, 5), (80, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert page.following
            assert page.scroll_y == page.max_scroll_y


async def test_an_entry_is_replaced_in_place_and_nothing_below_it_moves() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 16)) as pilot:
        page.show(long(50))
        await pilot.pause()
        page.reveal(25)
        await pilot.pause()
        before = text(app)
        page.replace(said(3, "longer\n" * 40))
        page.append(said(4, "replaced too"))
        await pilot.pause()
        assert text(app) == before
        page.replace(said(25, "spoken anew"))
        await pilot.pause()
        assert "spoken anew" in app.dump()
        assert len(page.entries) == 50


async def test_showing_another_branch_keeps_the_place_of_an_entry_that_is_still_there() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 16)) as pilot:
        page.show(long(50))
        await pilot.pause()
        page.reveal(20)
        page.show([said(1000), *long(30)])
        await pilot.pause()
        assert "turn 20" in "\n".join(app.rows()[:2])
        page.show([])
        await pilot.pause()
        assert app.dump() == ""


async def test_a_text_too_long_is_plain_and_shown_whole_on_demand() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 16)) as pilot:
        page.show([said(1, "- **word**\n" * 100_000)])
        page.focus()
        await pilot.pause()
        assert "more characters · ctrl+a shows all" in app.dump()
        assert "- **word**" in app.dump()
        height = page.virtual_size.height
        await pilot.press("ctrl+a")
        assert page.virtual_size.height > 10 * height
        await pilot.press("end")
        assert "more characters" not in app.dump()
        page.show([said(2, "x" * 1_000_000)])
        await pilot.pause()
        await pilot.click(Transcript, offset=(10, 14))
        assert page.virtual_size.height > 10_000


async def test_a_mouse_selects_and_copies_text_without_gutters() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 16)) as pilot:
        page.show([said(1, "Rents fell by a **third**."), said(2, "漢字 and more"), said(3, "the last")])
        await pilot.pause()
        await pilot.mouse_down(Transcript, offset=(9, 1))
        await pilot.hover(Transcript, offset=(12, 1))
        await pilot.mouse_up(Transcript, offset=(12, 1))
        await pilot.pause()
        assert app.screen.get_selected_text() == "fell"
        await pilot.mouse_down(Transcript, offset=(9, 1))
        await pilot.hover(Transcript, offset=(3, 4))
        await pilot.mouse_up(Transcript, offset=(3, 4))
        await pilot.pause()
        assert (
            app.screen.get_selected_text()
            == "fell by a third.\n\nAda  economist                                     14:02\n漢"
        )
        everything = page.get_selection(Selection(None, None))
        assert everything is not None
        assert everything[0] == "Ada\nRents fell by a **third**.\n\nAda\n漢字 and more\n\nAda\nthe last"
        assert page.get_selection(Selection(Offset(0, 1 << 32), Offset(3, (1 << 32) + 1))) == (
            "Ada  economist                                     14:02\n漢字 ",
            "\n",
        )


async def test_a_theme_change_draws_anew() -> None:
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(60, 16)) as pilot:
        page.show(long(5))
        await pilot.pause()
        dark = app.style_of("Ada")
        app.theme = "agentchat-light"
        await pilot.pause()
        assert app.style_of("Ada") != dark


@pytest.mark.parametrize("size", [(20, 5), (3, 2), (1, 1), (200, 50)])
async def test_it_draws_at_any_size(size: tuple[int, int]) -> None:
    page = Transcript("Nothing yet")
    app = Stage(page)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        page.show([*long(5), Line(-9, "Round 2", "round"), Card(99, "Synthesis", "x | y\n-|-\n1|2")])
        await pilot.pause()
        page.focus()
        await pilot.press("home", "pagedown", "end")
        assert all(len(row) <= size[0] for row in app.rows())


HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e\u200b\U000e0041\x00\r[/nope][@click=app.quit]x[/] \ud800"
fields = st.sampled_from(
    [HOSTILE, "", "x", "`" + HOSTILE + "`", "[" + HOSTILE + "](http://" + HOSTILE + ")", "漢字👩\u200d🔬"]
)


@settings(max_examples=50)
@given(fields, fields, fields, st.integers(1, 50), st.booleans())
def test_whatever_a_text_holds_its_rows_are_inert(text: str, name: str, note: str, width: int, human: bool) -> None:
    entries: list[Entry] = [
        Said(1, "ada", name, note, text, name, text, True, note, badge=name, note=note, human=human, to=name),
        Card(2, name, text, (note, text), name, text, note, note),
        *(Line(3, text, tone) for tone in ("quiet", "round", "record", "stop", "warning")),
    ]
    for entry in entries:
        drawn = draw(entry, width, INK)
        for line in range(drawn.height):
            row = drawn.row(line)
            text = "".join(segment.text for segment in row)
            assert FORBIDDEN.search(text) is None
            assert "\n" not in text
            assert not any(segment.style and (segment.style.link or segment.style.meta) for segment in row)


@given(st.text() | st.sampled_from(["█ you\n█ I agree", "[reverse]you[/]"]))
def test_no_text_of_a_persona_draws_the_frame_of_a_person(text: str) -> None:
    drawn = draw(Said(1, "ada", "you", "", "blue", "", text), 40, INK)
    for line in range(drawn.height - drawn.space):
        gutter, *row = drawn.row(line)
        assert gutter.text == "▌ "
        assert not any(segment.style and segment.style.bgcolor == INK.yours.bgcolor for segment in row)
    yours = draw(Said(1, "you", "you", "", "", "", text, human=True), 40, INK)
    assert yours.row(0)[0] == Segment("█ ", INK.yours + INK.text)


async def test_ten_thousand_entries_open_at_once_and_appending_stays_cheap() -> None:
    entries = long(10_000)
    page = Transcript()
    app = Stage(page)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        started = time.process_time()
        page.show(entries)
        await pilot.pause()
        assert time.process_time() - started < 1
        started = time.process_time()
        for key in range(10_000, 10_020):
            page.append(said(key))
            await pilot.pause()
        assert (time.process_time() - started) / 20 < 0.1
        assert sum(drawn.weight for drawn in page._page._drawn.values()) < 5_000
