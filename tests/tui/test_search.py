"""The search of the home screen: live, with its hits under their sessions, each opened where it was said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as some
from rich.cells import cell_len
from support.apps import kept, page, running, until
from support.rooms import script
from textual.pilot import Pilot

from agentchat.home import Home
from agentchat.home.library import Change
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.search import around, places
from agentchat.tui.shelf import Shelf

TALK = """
["*"]
"*" = ["The ferry is late, and the harbour waits.", "A lighthouse costs less than the ferry does."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AGENTCHAT_MODEL", name := script(tmp_path, TALK))
    return name


def shelf(app: Agentchat) -> Shelf:
    return app.screen.query_one(Shelf)


def hits(app: Agentchat) -> list[str]:
    return ["".join(text for text, _ in line.pieces) for line in shelf(app).lines if line.pieces]


def sessions(app: Agentchat) -> list[str]:
    return [line.cells[0] for line in shelf(app).lines if not line.pieces]


async def typed(app: Agentchat, pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: sessions(app))
    await pilot.press("slash")
    for letter in words:
        await pilot.press({" ": "space", ":": "colon"}.get(letter, letter))


async def test_hits_stand_under_their_sessions_while_one_types_with_the_words_marked(
    tmp_path: Path, model: str
) -> None:
    await kept(tmp_path / "home", "Boats", model)
    await kept(tmp_path / "home", "Roads", model)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "harbo")
        await until(pilot, lambda: sessions(app) == ["Roads", "Boats"] and len(hits(app)) == 4)
        marked = [text for line in shelf(app).lines for text, sought in line.pieces if sought]
        assert marked == ["harbour"] * 4
        assert "Ben" in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: not hits(app) and sessions(app) == ["Roads", "Boats"])


async def test_a_hit_opens_the_session_where_it_was_said(tmp_path: Path, model: str) -> None:
    session = await kept(tmp_path / "home", "Boats", model, rounds="2")
    app = Agentchat(tmp_path / "home")
    async with running(app, (100, 14)) as pilot:
        await typed(app, pilot, "lighthouse costs")
        await until(pilot, lambda: hits(app))
        await pilot.press("down", "down")
        await until(pilot, lambda: places(shelf(app).key)[1] is not None)
        await until(pilot, lambda: "enter open there" in page(app))
        seq = places(shelf(app).key)[1]
        found = (await (await app.home()).library.search("lighthouse costs")).hits
        assert (session, seq) == (found[0].session, found[0].seq)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "A lighthouse costs less" in page(app))
        assert isinstance(app.screen, RoomScreen)
        assert app.screen._at == seq


async def test_sessions_are_found_by_name_and_tags_too(tmp_path: Path, model: str) -> None:
    session = await kept(tmp_path / "home", "Boats", model)
    await kept(tmp_path / "home", "Roads", model)
    async with Home(tmp_path / "home") as home:
        await home.library.label(session, Change(name="Quay", tags=("council",)))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "counc")
        await until(pilot, lambda: sessions(app) == ["Quay"] and not hits(app))
        assert "#council" in page(app)


async def test_filters_narrow_and_one_that_is_none_is_told_in_words_and_closes_nothing(
    tmp_path: Path, model: str
) -> None:
    await kept(tmp_path / "home", "Boats", model)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "ferry persona:ada")
        await until(pilot, lambda: len(hits(app)) == 1 and "Ada" in page(app))
        await pilot.press("space", *"is", "colon", "x")
        await until(pilot, lambda: "there is no is:x" in page(app))
        assert len(hits(app)) == 1
        await pilot.press(*["backspace"] * 4, *"colour", "colon", "x")
        await until(pilot, lambda: "there is no filter colour:" in page(app) and "Nothing found" not in page(app))
        await pilot.press(*["backspace"] * 9)
        await until(pilot, lambda: len(hits(app)) == 1 and "there is no filter" not in page(app))


async def test_a_session_with_many_hits_shows_some_and_the_rest_when_asked(tmp_path: Path, model: str) -> None:
    await kept(tmp_path / "home", "Boats", model, rounds="3")
    await kept(tmp_path / "home", "Roads", model)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "ferry")
        await until(pilot, lambda: any("more here" in one for one in hits(app)))
        shown = len(hits(app))
        await pilot.press("down", "end", "enter")
        await until(pilot, lambda: not any("more here" in one for one in hits(app)) and len(hits(app)) > shown)
        assert isinstance(app.screen, HomeScreen)


async def test_what_was_said_with_control_signs_in_it_is_inert_among_the_hits(tmp_path: Path, model: str) -> None:
    hostile = script(tmp_path, '["*"]\n"*" = ["a \\u001b[2J ferry [/nope] \\u202e c"]\n')
    await kept(tmp_path / "home", "Boats", hostile)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "ferry")
        await until(pilot, lambda: "ferry [/nope]" in page(app))
        assert not {"\x1b", "\u202e"} & set(page(app))


async def test_what_is_thrown_away_among_the_hits_is_told_and_comes_back(tmp_path: Path, model: str) -> None:
    await kept(tmp_path / "home", "Boats", model)
    await kept(tmp_path / "home", "Roads", model)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await typed(app, pilot, "ferry")
        await until(pilot, lambda: sessions(app) == ["Roads", "Boats"] and hits(app))
        await pilot.press("down", "down", "d")
        await until(pilot, lambda: sessions(app) == ["Boats"])
        assert "“Roads” is in the bin · u brings it back" in page(app)
        await pilot.press("u")
        await until(pilot, lambda: sessions(app) == ["Roads", "Boats"])


PIECES = some.lists(some.tuples(some.text("ab 界é", max_size=30), some.booleans()), max_size=6).map(tuple)


@given(PIECES, some.integers(1, 60))
def test_a_snippet_fits_its_width(pieces: tuple[tuple[str, bool], ...], width: int) -> None:
    assert sum(cell_len(text) for text, _ in around(pieces, width)) <= width


@given(some.text("ab ", max_size=200), some.text("ab ", max_size=200), some.integers(20, 80))
def test_what_was_sought_is_always_in_sight(before: str, after: str, width: int) -> None:
    assert ("zebra", True) in around(((before, False), ("zebra", True), (after, False)), width)
