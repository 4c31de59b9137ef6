"""The sessions on the home screen as a library: found, labelled, thrown away, watched again."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import kept, page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.tui.app import Agentchat
from agentchat.tui.rows import Rows
from agentchat.tui.widgets.ink import ink_of


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = script(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", name)
    return name


def rows(app: Agentchat) -> Rows:
    return app.screen.query_one("#sessions", Rows)


def titles(app: Agentchat) -> list[str]:
    return [line.cells[0] for line in rows(app).lines if not line.pieces]


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
        await until(pilot, lambda: "Boat  #sea" in page(app))
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
