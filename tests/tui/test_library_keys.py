"""The sessions on the home screen as a library: found, labelled, thrown away, watched again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from support.apps import kept, page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.tui.app import Agentchat
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.rows import Rows
from agentchat.tui.shelf import PLACES, Shown, place_of, tags
from agentchat.tui.widgets.ink import ink_of


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = script(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", name)
    return name


def rows(app: Agentchat) -> Rows:
    return app.screen.query_one("#sessions", Rows)


def titles(app: Agentchat) -> list[str]:
    return [line.cells[0] for line in rows(app).lines if line.cells[0]]


async def test_what_was_said_is_found_as_one_types_and_opened_where_it_was_said(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: titles(app))
        await pilot.press("slash", *"schools")
        await until(pilot, lambda: any("#" in line.key for line in rows(app).lines))
        (session, *found) = rows(app).lines
        assert session.cells[0] == "Which database?"
        assert [part.text for part in found[0].parts if part.strong] == ["schools"]
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "begin with the schools" in page(app))


async def test_a_filter_that_is_none_is_said_in_words_and_typing_goes_on(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: titles(app))
        await pilot.press("slash", *"perso:ada")
        await until(pilot, lambda: "Did you mean" in page(app))
        for _ in range(9):
            await pilot.press("backspace")
        await pilot.press(*"persona:ada")
        await until(pilot, lambda: titles(app) == ["Which database?"])


async def test_a_session_is_starred_named_tagged_and_archived_by_a_key(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    await kept(tmp_path, "How to name the boat?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: len(titles(app)) == 2)
        await pilot.press("down", "s")
        star = ink_of(app.screen).glyphs.star
        await until(pilot, lambda: titles(app)[0] == f"{star} How to name the boat?")
        await pilot.press("n")
        await until(pilot, lambda: app.focused is app.screen.query_one("#label", Input))
        await pilot.press("ctrl+u", *"Boat", "enter")
        await until(pilot, lambda: titles(app)[0] == f"{star} Boat")
        await pilot.press("t", *"sea", "enter")
        await until(pilot, lambda: "Boat   sea" in page(app))
        await pilot.press("a")
        await until(pilot, lambda: titles(app) == ["Which database?"])
        await pilot.press("u")
        await until(pilot, lambda: len(titles(app)) == 2)
        await pilot.press("b")
        await until(pilot, lambda: titles(app) == [f"{star} Boat"] and "Starred" in page(app))


async def test_the_order_and_the_place_are_said_above_the_list(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    await kept(tmp_path, "A boat?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: titles(app) == ["A boat?", "Which database?"])
        await pilot.press("down", "o")
        await until(pilot, lambda: titles(app) == ["Which database?", "A boat?"])
        assert "oldest first" in page(app)


async def test_a_session_is_watched_again_from_the_list(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: titles(app))
        await pilot.press("down", "r")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))


def test_the_places_come_round() -> None:
    shown = Shown()
    seen = [shown := shown.elsewhere() for _ in PLACES]
    assert [one.place for one in seen] == [*PLACES[1:], ""]


def test_tags_are_words_and_a_minus_takes_one_off() -> None:
    assert tags("work, #sea -old  + -") == (("work", "sea"), ("old",))


@given(st.text("0123456789abcdef", min_size=1), st.integers(1, 10**6))
def test_a_row_is_a_session_or_a_place_in_one(session: str, seq: int) -> None:
    assert place_of(session) == (session, None)
    assert place_of(f"{session}#{seq}") == (session, seq)
