"""A list of rows in columns."""

from __future__ import annotations

from support.screens import Stage

from agentchat.tui.rows import Column, Line, Rows

COLUMNS = (Column(quiet=False), Column(8), Column(6, right=True, least=30))


def listed(*names: str) -> Rows:
    rows = Rows(COLUMNS)
    rows.show([Line(name, (name, f"is {name}", "now")) for name in names])
    return rows


async def test_columns_share_the_width_and_the_least_telling_go_first() -> None:
    stage = Stage(listed("ada", "ben"))
    async with stage.run_test(size=(40, 5)) as pilot:
        assert stage.rows()[0].split() == ["▸", "ada", "is", "ada", "now"]
        assert stage.rows()[0].rstrip().endswith("now")
        await pilot.resize_terminal(24, 5)
        await pilot.pause()
        assert stage.rows()[0].split() == ["▸", "ada", "is", "ada"]


async def test_the_cursor_moves_and_stops_at_the_ends() -> None:
    rows = listed("ada", "ben", "cleo")
    async with Stage(rows).run_test(size=(40, 5)) as pilot:
        rows.focus()
        await pilot.press("down", "down", "down", "down")
        assert rows.key == "cleo"
        await pilot.press("home", "up")
        assert rows.key == "ada"
        await pilot.press("end")
        assert rows.key == "cleo"


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    rows = listed("ada", "ben", "cleo")
    async with Stage(rows).run_test(size=(40, 5)) as pilot:
        rows.focus()
        await pilot.press("down")
        rows.show([Line(name, (name,)) for name in ("eve", "ada", "ben")])
        assert rows.key == "ben"
        rows.show([Line("ada", ("ada",))])
        assert rows.key == "ada"
        rows.show([])
        assert rows.key == ""


async def test_a_long_list_shows_the_row_the_cursor_is_on() -> None:
    rows = listed(*(f"p{number}" for number in range(10_000)))
    rows.styles.height = "1fr"
    stage = Stage(rows)
    async with stage.run_test(size=(40, 5)) as pilot:
        rows.focus()
        await pilot.press("end")
        await pilot.pause()
        assert "p9999" in stage.dump()


async def test_hostile_text_is_inert_and_fits_its_cells() -> None:
    rows = Rows(COLUMNS)
    rows.show([Line("x", ("\x1b[2J[/nope]\u202e日本語" * 9, "\x07bell\nline", "\x9b"))])
    stage = Stage(rows)
    async with stage.run_test(size=(40, 5)):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(stage.dump())
        assert "[/nope]" in stage.dump()
