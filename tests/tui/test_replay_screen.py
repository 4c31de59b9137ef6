from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import page, running, until
from textual.screen import Screen

from agentchat.home.recordings import read, shipped
from agentchat.room.player import Player
from agentchat.tui.app import Agentchat, Replay
from agentchat.tui.fork import ForkScreen
from agentchat.tui.home import HomeScreen
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.tree import TreeScreen
from agentchat.tui.versions import VersionsScreen
from agentchat.tui.widgets.course import Course
from agentchat.tui.xray import XRayScreen
from agentchat.views.room import Line

SIZES = ((80, 24), (120, 40), (200, 50), (50, 20), (20, 10))


def showing(app: Agentchat) -> ReplayScreen:
    assert isinstance(app.screen, ReplayScreen)
    return app.screen


def player(app: Agentchat) -> Player:
    return showing(app).player


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_shipped_recording_plays_at_once_and_says_that_it_is_a_replay(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo", speed=16))
    async with running(app, size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await until(pilot, lambda: player(app).turn > 1)
        if size[0] >= 80:
            assert "replay" in page(app)
            assert "recorded with local/starter" in page(app)
        assert player(app).playing or player(app).over


async def test_space_holds_it_arrows_go_by_turns_and_brackets_set_the_speed(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("space")
        assert not player(app).playing
        turns = [player(app).turn]
        for _ in range(3):
            await pilot.press("right")
            turns.append(player(app).turn)
        assert turns == sorted(set(turns))
        await pilot.press("left")
        assert player(app).turn == turns[-2]
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert player(app).speed == 4
        await until(pilot, lambda: "4×" in page(app))
        await pilot.press("end")
        await until(pilot, lambda: "It ended" in page(app))
        await pilot.press("home")
        assert player(app).ms == 0


async def test_the_timeline_is_clicked_to_go_there(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("space")
        await pilot.click(Course, offset=(30, 0))
        assert 0 < player(app).ms < player(app).schedule.length


async def test_words_are_found_and_each_hit_is_gone_to(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("slash", *"school", "enter")
        await until(pilot, lambda: "1 of " in page(app))
        assert "school" in page(app).lower()
        first = player(app).ms
        await pilot.press("n")
        assert player(app).ms > first
        await pilot.press("N")
        assert player(app).ms == first


async def test_the_keys_of_the_search_line_move_in_it_and_not_the_replay(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("space", "right", "right", "slash")
        before = player(app).ms
        await pilot.press(*"choo", "home", "s", "end", "l")
        assert showing(app).finding.value == "school"
        assert player(app).ms == before > 0


@pytest.mark.parametrize(
    ("name", "key", "screen"), [("committee", "f5", XRayScreen), ("refinement", "f8", VersionsScreen)]
)
async def test_a_vote_and_the_versions_of_a_text_can_be_looked_at_and_not_touched(
    tmp_path: Path, name: str, key: str, screen: type[Screen[object]]
) -> None:
    app = Agentchat(tmp_path, replay=Replay(name))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("end", key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        assert "accept" not in page(app).splitlines()[-1]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))


async def test_from_any_turn_one_goes_live_in_a_session_of_its_own(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("space", "right", "right", "right", "f")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        await pilot.pause(0.3)
        assert app.is_running
        assert isinstance(app.screen, RoomScreen)
        assert app.screen.room.transcript.opened.forked_from


def whys(app: Agentchat) -> list[str]:
    """The lines that say why someone was next."""
    lines = [entry.text for entry in showing(app).reading.entries if isinstance(entry, Line)]
    return [line for line in lines if "close to what was just said" in line]


async def test_every_path_can_be_looked_at_and_a_turn_of_this_one_gone_to(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("end", "f6")
        await until(pilot, lambda: isinstance(app.screen, TreeScreen))
        await pilot.press("up", "up", "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        assert 0 < player(app).ms < player(app).schedule.length
        assert whys(app)
        await pilot.press("w")
        await until(pilot, lambda: not whys(app))


async def test_the_help_names_the_keys_of_a_replay_first(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo"))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: "go live from here" in page(app))
        assert "Keys here" in page(app)


async def test_it_begins_where_one_wants_to_be_and_esc_leads_back_to_the_shell(tmp_path: Path) -> None:
    app = Agentchat(tmp_path, replay=Replay("demo", place=lambda log: log.path()[20].seq))
    async with running(app, (120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        assert not player(app).playing
        assert player(app).heard[-1].seq >= read(shipped()["demo"]).path()[20].seq
        assert "esc quit" in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.return_code == 0)


async def test_out_of_a_replay_begun_at_home_esc_leads_home(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app, (120, 40)) as pilot:
        app.replay("demo")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
