"""A mode file is shown before it runs: picking one that is not trusted asks, and only a yes lets it run."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from support.apps import page, running, until
from support.own_modes import SAYING, none_left, write
from support.rooms import script
from textual.pilot import Pilot
from textual.widgets import TextArea

from agentchat.home.plugins import Plugins
from agentchat.modes import names
from agentchat.tui.app import Agentchat
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.rows import Rows
from agentchat.tui.trust import TrustScreen

WORDS = """
["*"]
word = ['{"word": "tea"}']
"*" = ["Let us talk of tea."]
"""
RUNS = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with none_left():
        yield


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, WORDS))
    return Agentchat(tmp_path / "home")


def modes(app: Agentchat) -> list[str]:
    return [line.key for rows in app.screen.query("#mode").results(Rows) for line in rows.lines]


async def picked(app: Agentchat, pilot: Pilot[None], key: str) -> None:
    """A new room, the cursor on the mode of the person's own, and a key pressed there."""
    app.new_room("tea")
    await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and "saying" in modes(app))
    app.screen.query_one("#mode", Rows).put("saying")
    await pilot.press(key)


async def test_picking_a_mode_shows_its_file_and_a_yes_opens_a_room_with_it(app: Agentchat, tmp_path: Path) -> None:
    ran = write(tmp_path / "home", RUNS + SAYING).with_suffix(".ran")
    async with running(app, (80, 24)) as pilot:
        await picked(app, pilot, "space")
        await until(pilot, lambda: isinstance(app.screen, TrustScreen))
        assert "It would bring saying (Saying: each says one word)" in page(app)
        assert app.screen.query_one(TextArea).text.startswith(RUNS)
        assert app.screen.query_one(TextArea).region.height >= 5
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        assert not ran.exists()
        assert "saying" not in names()
        await pilot.press("enter")  # it asks again, and opens no room with another mode
        await until(pilot, lambda: isinstance(app.screen, TrustScreen))
        await until(pilot, lambda: isinstance(app.screen, TrustScreen) and app.screen.ready)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and "1 time" in page(app))
        assert ran.exists()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "The word is tea" in page(app))
    assert Plugins.loaded(tmp_path / "home").scan()[0].state == "trusted"


@pytest.mark.parametrize("size", [(80, 24), (40, 20), (20, 40)])
async def test_what_a_yes_is_to_stays_beside_the_question_while_the_text_scrolls(
    app: Agentchat, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "home", SAYING * 5)
    async with running(app, size) as pilot:
        await pilot.app.push_screen(TrustScreen(Plugins(tmp_path / "home").look("saying")))
        await pilot.press(*["pagedown"] * 3)
        folded = "".join(page(app).split())
        for mark in (sha256(path.read_bytes()).hexdigest(), "".join(str(path).split()), "Trustsaying.py", "ytrust"):
            assert mark in folded
        assert app.screen.query_one(TextArea).region.height >= 2
        assert app.screen.query_one(TextArea).scroll_y > 0


async def test_a_file_that_brings_no_mode_is_said_and_the_screen_stays(app: Agentchat, tmp_path: Path) -> None:
    write(tmp_path / "home", "import sys\nsys.exit(1)\n")
    async with running(app, (120, 40)) as pilot:
        await picked(app, pilot, "space")
        await until(pilot, lambda: isinstance(app.screen, TrustScreen))
        await until(pilot, lambda: isinstance(app.screen, TrustScreen) and app.screen.ready)
        await pilot.press("y")
        await until(pilot, lambda: "ends the program as it is loaded" in page(app))
        assert isinstance(app.screen, NewRoomScreen)
        assert app.screen.wish.mode == "discussion"


@pytest.mark.soak
async def test_a_session_whose_mode_is_gone_opens_and_says_what_is_missing(app: Agentchat, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write(home)
    plugins = Plugins.loaded(home)
    plugins.believe(plugins.look("saying"))
    async with running(app, (120, 40)) as pilot:
        app.new_room("tea")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and "Saying" in page(app))
        app.screen.query_one("#mode", Rows).put("saying")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Ended: said" in page(app))
        assert isinstance(app.screen, RoomScreen)
        session = app.screen.room.session
        await app.close(session)
        app.pop_screen()
        (await app.home()).plugins.doubt("saying")
        await app.look_into(session)
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "The word is tea" in page(app))
        assert "count:" in page(app)
        room = await app.open(session)
        await room.reopen(1)
        await room.go_on()
        standing = await room.settled()
        assert standing.state == "held"
        assert "this room cannot go on: saying is in" in standing.reason
        assert "agentchat modes trust saying" in standing.hint
