"""The sessions at home as a library: named, tagged, starred, archived, thrown away, and all of that taken back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.apps import kept, page, running, until
from support.rooms import script
from textual.pilot import Pilot

from agentchat.home.library import SessionRow
from agentchat.tui.app import Agentchat
from agentchat.tui.fork import ForkScreen
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.shelf import Shelf


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with three sessions."""
    monkeypatch.setenv("AGENTCHAT_MODEL", model := script(tmp_path))
    for topic in ("Boats", "Alleys", "Roads"):
        await kept(tmp_path / "home", topic, model)
    return tmp_path / "home"


@asynccontextmanager
async def at_the_list(folder: Path) -> AsyncGenerator[tuple[Agentchat, Pilot[None]]]:
    app = Agentchat(folder)
    async with running(app) as pilot:
        await until(pilot, lambda: len(titles(app)) == 3)
        await pilot.press("down")
        yield app, pilot


def shelf(app: Agentchat) -> Shelf:
    return app.screen.query_one(Shelf)


def titles(app: Agentchat) -> list[str]:
    return [line.cells[0] for line in shelf(app).lines]


async def seen(app: Agentchat, pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in page(app))


async def so_many(app: Agentchat, pilot: Pilot[None], sessions: int) -> None:
    await until(pilot, lambda: len(titles(app)) == sessions)


async def row(app: Agentchat, at: int = 0) -> SessionRow:
    return await (await app.home()).library.row(shelf(app).lines[at].key)


async def test_a_star_is_put_on_and_taken_off_in_place(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("down", "s")
        await until(pilot, lambda: titles(app) == ["Roads", "★ Alleys", "Boats"])
        assert shelf(app).cursor == 1
        await pilot.press("s")
        await until(pilot, lambda: titles(app)[1] == "Alleys")
        await pilot.press("u")
        await until(pilot, lambda: titles(app)[1] == "★ Alleys")


async def test_two_stars_pressed_faster_than_they_are_written_are_none(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("s", "s", "s", "s")
        await until(pilot, lambda: len(shelf(app).undone) == 4)
        assert not (await row(app)).starred


async def test_a_session_is_named_in_a_line_below_and_esc_leaves_it_as_it_was(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "enter that is it" in page(app))
        await pilot.press(*" 2d", "escape")
        await until(pilot, lambda: app.focused is shelf(app))
        assert titles(app)[0] == "Roads"
        await pilot.press("n")
        await until(pilot, lambda: "enter that is it" in page(app))
        await pilot.press("space", "2", "enter")
        await until(pilot, lambda: titles(app)[0] == "Roads 2" and app.focused is shelf(app))
        await pilot.press("u")
        await until(pilot, lambda: titles(app)[0] == "Roads" and "is as it was" in page(app))


async def test_tags_are_put_on_and_taken_off_and_stand_quietly_in_the_row(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        for typed, shown in (("work old", "#work #old"), ("town -old", "#work #town")):
            await pilot.press("t")
            await until(pilot, lambda: "enter that is it" in page(app))
            await pilot.press(*({" ": "space", "-": "minus"}.get(letter, letter) for letter in typed), "enter")
            await seen(app, pilot, shown)
        await pilot.press("u")
        await until(pilot, lambda: shelf(app).lines[0].aside == "#work #old")


async def test_the_bin_takes_a_session_without_a_question_and_u_brings_it_back(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("down", "d")
        await until(pilot, lambda: titles(app) == ["Roads", "Boats"])
        assert "“Alleys” is in the bin · u brings it back" in page(app)
        assert shelf(app).cursor == 1
        await pilot.press("u")
        await until(pilot, lambda: titles(app) == ["Roads", "Alleys", "Boats"] and "“Alleys” is back" in page(app))


async def test_all_in_the_bin_is_brought_back_from_an_empty_list(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        for left in (2, 1, 0):
            await pilot.press("d")
            await so_many(app, pilot, left)
        for there in (1, 2, 3):
            await pilot.press("u")
            await so_many(app, pilot, there)


async def test_b_goes_through_what_is_there_and_u_in_the_bin_brings_back_what_the_cursor_is_on(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("b")
        await until(pilot, lambda: "Nothing is starred, archived or in the bin" in page(app))
        await pilot.press("a")
        await until(pilot, lambda: titles(app) == ["Alleys", "Boats"])
        await pilot.press("d")
        await until(pilot, lambda: titles(app) == ["Boats"])
        await pilot.press("b")
        await until(pilot, lambda: titles(app) == ["Roads"] and "Archived" in page(app))
        await pilot.press("b")
        await until(pilot, lambda: titles(app) == ["Alleys"] and "In the bin" in page(app))
        await pilot.press("u")
        await until(pilot, lambda: titles(app) == ["Alleys", "Boats"] and "Recent" in page(app))


async def test_o_goes_through_the_orders_and_the_cursor_stays_on_its_session(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("o")
        await until(pilot, lambda: titles(app) == ["Boats", "Alleys", "Roads"] and "oldest first" in page(app))
        assert shelf(app).cursor == 2
        await pilot.press("o", "o", "o", "o")
        await until(pilot, lambda: titles(app) == ["Alleys", "Boats", "Roads"] and "by name" in page(app))
        await pilot.press("o")
        await until(pilot, lambda: titles(app) == ["Roads", "Alleys", "Boats"] and "Recent" in page(app))


async def test_r_watches_a_session_again_and_f_forks_it(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ReplayScreen))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))


async def test_the_keys_of_the_list_are_on_the_page_of_keys(folder: Path) -> None:
    async with at_the_list(folder) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: "watch the session again" in page(app).lower())
