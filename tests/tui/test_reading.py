"""A text longer than its place: what is asked about it stays in sight, and its end can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import page, running

from agentchat.tui.app import Agentchat
from agentchat.tui.ask import AskScreen
from agentchat.tui.widgets.reading import Reading


@pytest.fixture
def app(tmp_path: Path) -> Agentchat:
    return Agentchat(tmp_path / "home")


LONG = "\n".join(f"row {number} of what follows from a yes" for number in range(60)) + "\nthe end"


@pytest.mark.parametrize("size", [(40, 20), (20, 20), (80, 24), (200, 50)])
async def test_the_keys_of_a_question_stay_however_long_it_is_and_it_can_be_read_on(
    app: Agentchat, size: tuple[int, int]
) -> None:
    async with running(app, size) as pilot:
        await app.push_screen(AskScreen("Forget this for good, and " + "really " * 30 + "so?", LONG, "forget it"))
        await pilot.pause()
        assert "y forget it" in page(app)
        assert "the end" not in page(app)
        await pilot.press("tab", "end")
        await pilot.pause()
        assert "the end" in page(app)
        assert "y forget it" in page(app)


async def test_what_is_seen_whole_takes_no_focus(app: Agentchat) -> None:
    async with running(app) as pilot:
        await app.push_screen(AskScreen("Forget it?", "It is gone then.", "forget it"))
        await pilot.press("tab")
        assert not app.screen.query_one(Reading).has_focus
