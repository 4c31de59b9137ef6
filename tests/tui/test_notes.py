"""The board, the ledger and drafts from the screen; and that a room waits for who is writing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, page, running, until
from support.rooms import script

from agentchat.board import board
from agentchat.events import Directed, ModeEntered, Noted
from agentchat.tui.app import Agentchat
from agentchat.tui.room import RoomScreen
from agentchat.tui.versions import VersionsScreen

REFINED = """
["*"]
draft = ["It is the best tool ever. Try it.", "Four personas argue in your terminal, and you cut in. Try it today."]
critique = ['{"issues": [{"criterion": "clarity", "severity": "blocker", "problem": "no source", "quote": "", "fix": ""}], "scores": {"correctness": 3, "clarity": 3, "completeness": 3, "tone": 3}}', '{"issues": [], "scores": {"correctness": 5, "clarity": 5, "completeness": 5, "tone": 5}}']
"*" = ["One thing.", "Another thing."]
"""  # noqa: E501


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    return Agentchat(tmp_path / "home")


async def test_the_board_is_written_and_read_by_command(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        assert isinstance(app.screen, RoomScreen)
        app.screen.send("/board budget = 40k | for the year")
        await until(pilot, lambda: board(room.transcript.notes))
        app.screen.send("/board budget")
        await until(pilot, lambda: "budget: 40k (for the year)" in page(app))


async def test_what_the_person_puts_down_as_decided_stands_beside_the_talk(app: Agentchat) -> None:
    async with running(app, size=(120, 40)) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        assert isinstance(app.screen, RoomScreen)
        app.screen.send("/decided We start in May")
        await until(pilot, lambda: any(isinstance(event, Noted) for event in room.log.events))
        await until(pilot, lambda: "Decided" in page(app) and "We start in May" in page(app))


async def test_the_next_turn_waits_while_the_person_writes(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="5")
        await until(pilot, lambda: "is speaking" in page(app))
        await pilot.press(*"wait")
        turns = len(room.transcript.entries)
        await until(pilot, lambda: not room.transcript.open)
        await pilot.pause(0.5)
        assert len(room.transcript.entries) <= turns + 1
        assert not room.transcript.open
        await pilot.press("enter")
        await until(pilot, lambda: room.transcript.open)


async def test_a_refinement_is_called_in_the_middle_and_its_versions_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, REFINED))
    app = Agentchat(tmp_path / "home")
    async with running(app, size=(120, 40)) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        await room.reopen(1, "A launch post")
        await room.pause()
        assert isinstance(app.screen, RoomScreen)
        app.screen.send("/refine A launch post in two sentences")
        await until(pilot, lambda: any(isinstance(event, ModeEntered) for event in room.log.events))
        await until(pilot, lambda: room.standing.state == "closed")
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, VersionsScreen) and "Version 2" in page(app))
        assert "against version 1" in page(app)
        await pilot.press("left")
        await until(pilot, lambda: "It is the best tool ever." in page(app))
        await pilot.press("right", "d")
        await until(pilot, lambda: "as it reads" in page(app))
        await pilot.press("a")
        await until(pilot, lambda: any(isinstance(e, Directed) and e.verb == "accept" for e in room.log.events))
