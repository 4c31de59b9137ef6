"""A home on a disk that fills up under a running room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, page, running, until
from support.disks import fill, mounted
from support.rooms import script

from agentchat.events import HumanSpoke, TurnEnded
from agentchat.tui.app import Agentchat
from agentchat.tui.room import RoomScreen


@pytest.mark.skipif(os.name == "nt", reason="mounts")
async def test_what_was_said_and_typed_stays_can_be_exported_and_goes_on_once_there_is_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    out = tmp_path / "talk.md"
    with mounted(tmp_path / "disk", "size=4m") as disk:
        app = Agentchat(disk / "home")
        async with running(app) as pilot:
            room = await in_a_room(app, pilot, "boats")
            assert isinstance(app.screen, RoomScreen)
            composer = app.screen.composer
            await until(pilot, lambda: room.partials)
            junk = fill(disk)
            await until(pilot, lambda: room.standing.state == "held")
            assert "The disk is full" in room.standing.reason
            assert "Free some space" in room.standing.hint
            await until(pilot, lambda: "disk is full" in page(app) and "The mill closed" in page(app))
            composer.text = "Mind the harbour."
            composer.send()
            assert composer.text == ""
            await until(pilot, lambda: composer.text == "Mind the harbour.")
            app.screen.send(f"/export {out}")
            await until(pilot, out.exists)
            assert "The mill closed" in out.read_text("utf-8")
            junk.unlink()
            composer.send()
            await until(pilot, lambda: room.transcript.closed)
            events = room.log.events
            assert [one.text for one in events if isinstance(one, HumanSpoke)] == ["Mind the harbour."]
            assert {one.outcome for one in events if isinstance(one, TurnEnded)} == {"said"}
