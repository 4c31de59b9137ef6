"""Going back and elsewhere, on the screen: undo, once more, other words, another path, and the person's approval."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, page, running, until
from support.rooms import script
from textual.widgets import TextArea

from agentchat.tui.app import Agentchat
from agentchat.tui.edit import EditScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.tree import TreeScreen

FAST = """
["*"]
"*" = ["One.", "Two.", "Three.", "Four.", "Five.", "Six."]
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, FAST))
    return Agentchat(tmp_path / "home")


async def test_undo_takes_the_last_turn_away_and_redo_brings_it_back(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        await until(pilot, lambda: page(app).count("One.") == 2)
        turns = 2
        await pilot.press("ctrl+z")
        await until(pilot, lambda: page(app).count("One.") == turns - 1)
        assert room.standing.state == "paused"
        await pilot.press("ctrl+y")
        await until(pilot, lambda: page(app).count("One.") == turns)


async def test_a_turn_said_anew_is_the_second_of_two_and_the_first_is_a_key_away(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "‹2/2›" in page(app) and room.standing.state == "closed")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "‹1/2›" in page(app))


async def test_other_words_are_put_in_the_place_of_what_was_said(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(app.screen, EditScreen) and "in other words" in page(app))
        app.screen.query_one(TextArea).text = "Quite another thing."
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Quite another thing." in page(app))


async def test_the_tree_shows_every_path_and_leads_to_any_of_them(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        first = room.log.head
        await room.undo()
        await room.speak("Something else.")
        await until(pilot, lambda: "Something else." in page(app))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, TreeScreen) and "Something else." in page(app))
        assert page(app).count("└") == 2
        await pilot.press("up")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        await until(pilot, lambda: any(event.seq == first for event in room.log.path()))


async def test_each_turn_waits_for_a_yes_while_that_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await room.approving(True)
        await until(pilot, lambda: room.transcript.unapproved is not None)
        await until(pilot, lambda: "enter let it stand" in page(app))
        spoken = room.transcript.unapproved
        await pilot.press("enter")
        await until(pilot, lambda: room.transcript.unapproved not in (None, spoken))


async def test_what_quitting_cut_off_stays_in_sight_when_the_session_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    async with running(Agentchat(tmp_path / "home")) as pilot:
        assert isinstance(pilot.app, Agentchat)
        room = await in_a_room(pilot.app, pilot)
        await until(pilot, lambda: "nobody told a" in page(pilot.app))
    async with running(Agentchat(tmp_path / "home", resume=room.session)) as pilot:
        await until(pilot, lambda: "was cut off by quitting, and is asked again: “The mill" in page(pilot.app))
        await pilot.press("space")
        await until(pilot, lambda: "possible here." in page(pilot.app))
        assert "was cut off by quitting" in page(pilot.app)
