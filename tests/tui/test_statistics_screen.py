from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import in_a_room, page, running, until
from support.rooms import script

from agentchat.home.recordings import read, shipped
from agentchat.tui.app import Agentchat
from agentchat.tui.statistics import StatisticsScreen
from agentchat.views.statistics import statistics


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12), (20, 16)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_numbers_of_a_session_fit_any_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    log = read(shipped()["demo"])
    app = Agentchat(tmp_path)
    async with running(app, size) as pilot:
        await app.push_screen(StatisticsScreen(log.transcript.topic, statistics(log.transcript)))
        await until(pilot, lambda: "Turns" in page(app))
        assert all(len(row) <= size[0] for row in page(app).splitlines())
        if size[0] >= 80:
            assert "15 in 2 rounds" in page(app)
            assert any(row.lstrip().startswith("Ada") and "█" in row for row in page(app).splitlines())


async def test_a_room_shows_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    app = Agentchat(tmp_path)
    async with running(app, (100, 30)) as pilot:
        room = await in_a_room(app, pilot)
        await room.settled()
        await pilot.press("slash", *"stats", "enter")
        await until(pilot, lambda: isinstance(app.screen, StatisticsScreen) and "Who spoke" in page(app))
