"""What stands around the transcript: header, floor, status, keys."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from support.screens import Stage

from agentchat.tui.theme import THEMES
from agentchat.tui.widgets.floor import Floor
from agentchat.tui.widgets.header import Header, timeline
from agentchat.tui.widgets.ink import _ink
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.status import Status
from agentchat.views.clean import FORBIDDEN
from agentchat.views.room import Mark, RoomView, Row, Seat, Section

INK = _ink(THEMES[0])
VIEW = RoomView(
    "Win back young families",
    "round 2 of 3",
    ("4 personas", "3.1k tok", "$0.004"),
    "ollama/llama3.2 · from config",
    marks=(Mark("turn", "blue"), Mark("human"), Mark("record"), Mark("head")),
)
SEATS = (
    Seat("ben", "Ben", color="orange", state="speaking"),
    Seat("cleo", "Cleo", color="pink", state="next", note="next: owed an answer"),
    Seat("eva", "Eva", state="muted"),
)
FOUND = (
    Section("Agreed", (Row("schools before tax cuts", "✓", "#7"),)),
    Section("Contested", (Row("who pays for the bus that runs at half past seven", "?", "Dev/Cleo"),)),
    Section("Open"),
)


async def test_the_header_says_where_the_room_stands() -> None:
    header = Header()
    app = Stage(header)
    async with app.run_test(size=(80, 24)) as pilot:
        header.show(VIEW)
        await pilot.pause()
        first, second = app.dump().split("\n")
        assert first == " Win back young families          round 2 of 3 · 4 personas · 3.1k tok · $0.004"
        assert second.startswith(" ──▪──◆──▣──●───")
        assert second.endswith("   ollama/llama3.2 · from config")


async def test_a_warning_is_not_overlooked() -> None:
    header = Header()
    app = Stage(header)
    async with app.run_test(size=(120, 24)) as pilot:
        header.show(RoomView("A topic", "round 1", warning="scripted: replies are read from a file"))
        await pilot.pause()
        assert " A topic   scripted: replies are read from a file" in app.dump()


@pytest.mark.parametrize(("size", "lines"), [((59, 24), 1), ((80, 12), 1), ((80, 24), 2), ((80, 40), 3)])
async def test_the_header_folds_on_a_small_screen(size: tuple[int, int], lines: int) -> None:
    header = Header()
    app = Stage(header)
    async with app.run_test(size=size) as pilot:
        header.show(VIEW)
        await pilot.pause()
        assert header.size.height == lines
        assert "Win back young families" in app.dump()


async def test_the_floor_says_who_does_what_and_what_was_found() -> None:
    floor = Floor()
    app = Stage(floor)
    async with app.run_test(size=(100, 20)) as pilot:
        floor.show(SEATS, FOUND)
        await pilot.pause()
        assert app.dump().split("\n")[:14] == [
            "│ Floor",
            "│ Ben   speaking ▮▮▯",
            "│ Cleo  next: owed an answer",
            "│ Eva   muted",
            "│",
            "│ Agreed",
            "│ ✓ schools before tax cuts  #7",
            "│",
            "│ Contested",
            "│ ? who pays for the bus that",
            "│   runs at half past seven",
            "│   Dev/Cleo",
            "│",
            "│",
        ]


async def test_the_floor_hides_under_a_hundred_columns_until_it_is_asked_for() -> None:
    floor = Floor()
    app = Stage(floor)
    async with app.run_test(size=(99, 20)) as pilot:
        floor.show(SEATS)
        await pilot.pause()
        assert "Cleo" not in app.dump()
        floor.add_class("-shown")
        await pilot.pause()
        assert "Cleo" in app.dump()
        floor.remove_class("-shown")
        await pilot.resize_terminal(100, 20)
        await pilot.pause()
        assert "Cleo" in app.dump()


async def test_the_status_line_is_one_line() -> None:
    status = Status()
    app = Stage(status)
    async with app.run_test(size=(40, 4)) as pilot:
        status.show("Ben is speaking · Cleo answers you next\nand more")
        await pilot.pause()
        assert app.dump() == " Ben is speaking · Cleo answers you ne…"


async def test_what_keeps_a_room_from_going_on_is_told_whole() -> None:
    status, keys = Status(), Keys()
    app = Stage(status, keys)
    async with app.run_test(size=(40, 9)) as pilot:
        words = "The key of gpt-x was refused: it may have expired. Set OPENAI_API_KEY, then press space"
        status.show(words, "warning", whole=True)
        await pilot.pause()
        assert " ".join(app.dump().split()) == words
        status.show(words * 9, "warning", whole=True)
        await pilot.pause()
        assert len(app.dump().splitlines()) == 3
        assert app.dump().endswith("…")
        status.show("Ben is speaking")
        await pilot.pause()
        assert status.size.height == 1


async def test_keys_that_do_not_fit_go_and_the_last_stays() -> None:
    keys = Keys()
    app = Stage(keys)
    async with app.run_test(size=(60, 4)) as pilot:
        keys.show([("esc", "cut in"), (".", "step"), ("space", "pause"), ("v", "vote"), ("?", "keys")])
        await pilot.pause()
        assert app.dump() == " esc cut in   . step   space pause   v vote   ? keys"
        await pilot.resize_terminal(34, 4)
        await pilot.pause()
        assert app.dump() == " esc cut in   . step   ? keys"
        keys.show([("enter", "open"), ("r", "replay"), ("f", "fork"), ("?", "keys"), ("esc", "back")])
        await pilot.pause()
        assert app.dump() == " enter open   r replay   ? keys"


async def test_a_key_can_be_clicked() -> None:
    pressed: list[str] = []

    class Foot(Stage):
        def on_keys_pressed(self, event: Keys.Pressed) -> None:
            pressed.append(event.key)

    keys = Keys()
    async with Foot(keys).run_test(size=(60, 4)) as pilot:
        keys.show([("esc", "cut in"), ("space", "pause")])
        await pilot.click(Keys, offset=(16, 0))
        await pilot.click(Keys, offset=(40, 0))
        assert pressed == ["space"]


@given(
    st.lists(st.sampled_from([Mark("turn", "blue"), Mark("human"), Mark("record"), Mark("head")])), st.integers(1, 90)
)
def test_the_timeline_fills_its_width_and_shows_what_is_rare(marks: list[Mark], width: int) -> None:
    row = "".join(segment.text for segment in timeline(marks, width, INK))
    assert len(row) == width
    if any(mark.kind == "head" for mark in marks):
        assert INK.glyphs.head in row


HOSTILE = "\x1b]0;t\x07\x1b[2J\u202e[/nope][@click=app.quit]\r\n\x9b1m"


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 20), (120, 40)])
async def test_any_values_are_drawn_inert_at_any_size(size: tuple[int, int]) -> None:
    header, floor, status, keys = Header(), Floor(classes="-shown"), Status(), Keys()
    app = Stage(header, floor, status, keys)
    async with app.run_test(size=size) as pilot:
        header.show(RoomView(HOSTILE, HOSTILE, (HOSTILE,) * 3, HOSTILE, HOSTILE, marks=(Mark("turn", HOSTILE),) * 500))
        floor.show(
            [Seat("x", HOSTILE, color=HOSTILE, note=HOSTILE)], [Section(HOSTILE, (Row(HOSTILE, HOSTILE, HOSTILE),))]
        )
        status.show(HOSTILE, "warning")
        keys.show([(HOSTILE, HOSTILE)])
        await pilot.pause()
        assert FORBIDDEN.search("".join(app.rows())) is None
        assert not any(style in app.style_of("nope") for style in ("link", "@click"))
