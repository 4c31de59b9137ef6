"""What if, on the screen: a fork put together, gone on with, and held against what it came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import in_a_room, kept, page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.events import ParticipantLeft
from agentchat.room import Room
from agentchat.tui.app import Agentchat
from agentchat.tui.compare import CompareScreen
from agentchat.tui.fork import ForkScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.tree import TreeScreen
from agentchat.tui.widgets.composer import Composer

FAST = """
[ada]
"*" = ["Rents.", "Prices.", "Wages."]
["*"]
"*" = ["One.", "Two.", "Three.", "Four."]
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, FAST))
    return Agentchat(tmp_path / "home")


def room_of(app: Agentchat) -> Room:
    assert isinstance(app.screen, RoomScreen)
    return app.screen.room


async def test_a_room_forks_without_one_of_them_and_goes_on_at_once(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        app.screen.query_one(Composer).text = "/fork start"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: isinstance(app.screen, ForkScreen) and "from the start" in page(app))
        await pilot.press("space")
        await until(pilot, lambda: "is not there" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and room_of(app) is not room)
        fork = room_of(app)
        await until(pilot, lambda: fork.standing.state == "closed" and "Ada left" in page(app))
        assert "Fork of What next?" in page(app)
        assert "Forked from" in page(app)
        assert [one.participant for one in fork.log.events if isinstance(one, ParticipantLeft)] == ["ada"]
        assert [one.id for one in fork.transcript.members] == ["ben"]


async def test_a_fork_is_held_against_what_it_came_from(app: Agentchat) -> None:
    async with running(app, (120, 40)) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        app.fork(room.session, 1)
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("space", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and room_of(app).standing.state == "closed")
        app.screen.query_one(Composer).text = "/compare"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "What was different" in page(app))
        rows = page(app).splitlines()
        assert any(row.split() == ["in", "the", "room", "Ada,", "Ben", "Ben"] for row in rows)
        assert "they part before its first turn" in page(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "A  Ada, Ben" in page(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))


async def test_without_a_difference_a_fork_waits_to_be_told(app: Agentchat, tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "What next?", script(tmp_path, FAST), rounds="2")
    async with running(app) as pilot:
        app.fork(session)
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("left", "left", "left")
        await until(pilot, lambda: "after turn 2 of 4" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert room_of(app).standing.state == "paused"
        assert room_of(app).transcript.spent.calls == 0


async def test_no_fork_is_made_where_one_thinks_better_of_it(app: Agentchat, tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "What next?", script(tmp_path, FAST))
    async with running(app) as pilot:
        app.fork(session)
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ForkScreen))
        assert [one.id for one in await (await app.home()).archive.sessions()] == [session]


async def test_another_model_and_settings_are_taken_over(app: Agentchat, tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "What next?", script(tmp_path, FAST))
    async with running(app, (110, 40)) as pilot:
        app.fork(session, 1)
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.focused, Input))
        app.screen.query_one(Input).value = "opnai/x"
        await pilot.press("enter")
        await until(pilot, lambda: "no provider is called" in page(app))
        app.screen.query_one(Input).value = "openai/gpt-4o"
        await pilot.press("enter")
        await until(pilot, lambda: "speaks with openai/gpt-4o" in page(app))
        await pilot.press("s")
        await until(pilot, lambda: "Settings of Discussion" in page(app))
        await pilot.press("right", "escape")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen) and "rounds 2" in page(app))


async def test_somebody_comes_in_who_was_not_there(app: Agentchat, tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "What next?", script(tmp_path, FAST))
    async with running(app, (110, 40)) as pilot:
        app.fork(session, 1)
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("a")
        await until(pilot, lambda: "Who takes part?" in page(app) and "Cleo" in page(app))
        await pilot.press("space", "enter")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen) and "comes in" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert len(room_of(app).transcript.members) == 3


async def test_the_tree_forks_at_any_place(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, TreeScreen) and "fork here" in page(app))
        await pilot.press("home", "f")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen) and "after turn 1 of 2" in page(app))


async def test_a_session_that_is_no_fork_is_compared_with_one_that_is_named(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        app.screen.query_one(Composer).text = "/compare"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: "compare it with which session?" in page(app))


async def test_a_session_forks_from_the_list_of_them(app: Agentchat, tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "What next?", script(tmp_path, FAST))
    async with running(app) as pilot:
        await until(pilot, lambda: "What next?" in page(app))
        await pilot.press("down", "f")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen) and "from its end" in page(app))
        await pilot.press("home", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        opened = room_of(app).transcript.opened
        assert opened.forked_from
        assert opened.forked_from.session == session
