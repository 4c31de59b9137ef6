"""A session that is watched: on the screen as it comes, and out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import BRIEF, SLOW, kept, page, running, until
from support.long import kept as keep, talk
from support.rooms import script

from agentchat.home import Home, Wish, archive
from agentchat.store import Store
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.room import RoomScreen


async def test_what_another_home_drives_is_seen_as_it_is_said_and_cannot_be_touched(tmp_path: Path) -> None:
    async with Home(tmp_path / "home") as elsewhere:
        wish = Wish("Which way?", personas=("ada", "ben"), settings=BRIEF, model=script(tmp_path, SLOW))
        driven = await elsewhere.create(wish)
        app = Agentchat(tmp_path / "home", watch=driven.session)
        async with running(app) as pilot:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "drives it" in page(app))
            await pilot.press("space", "f12", "x")
            driven.start()
            await until(pilot, lambda: "is thinking" in page(app) or "is speaking" in page(app))
            assert "Watching: process" in page(app)
            await driven.settled()
            await until(pilot, lambda: "it has ended, discussed" in page(app))
            assert not [event for event in driven.log.events if event.type in ("directed", "human_spoke")]


async def test_a_session_that_nobody_drives_stays_free_until_its_screen_is_left(tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "Which way?", script(tmp_path))
    async with Home(tmp_path / "home") as elsewhere:
        room = await elsewhere.open(session)
        await room.reopen()
        await elsewhere.leave(room)
        app = Agentchat(tmp_path / "home", watch=session)
        async with running(app) as pilot:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "nobody drives it" in page(app))
            assert "take over" not in page(app)
            assert await (await elsewhere.store()).driver(session) is None
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, HomeScreen) and not app.rooms)
            await app.look_into(session)
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Paused" in page(app))
            assert await (await elsewhere.store()).driver(session)


async def test_what_was_told_before_the_screen_listened_is_shown(tmp_path: Path) -> None:
    session = await kept(tmp_path / "home", "Which way?", script(tmp_path))
    async with Home(tmp_path / "home") as elsewhere:
        app = Agentchat(tmp_path / "home", watch=session)
        async with running(app) as pilot:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "it has ended" in page(app))
            screen = app.screen
            assert isinstance(screen, RoomScreen)
            screen.workers.cancel_group(screen, "follow")
            await elsewhere.delete(session)
            await until(pilot, lambda: "put into the bin" in screen.room.standing.reason)
            assert "put into the bin" not in page(app)
            screen.follow()
            await until(pilot, lambda: "put into the bin" in page(app))


@pytest.mark.soak
async def test_a_long_one_that_is_read_whole_is_still_only_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LONG", 500)
    async with await Store.open(tmp_path / "sessions" / "agentchat.db") as store:
        session = await keep(store, talk(400))
        app = Agentchat(tmp_path, watch=session)
        async with running(app) as pilot:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "nobody drives it" in page(app))
            screen = app.screen
            assert isinstance(screen, RoomScreen)
            assert screen.leaves
            lease = await store.take_lease(session)
            await until(pilot, lambda: "drives it" in page(app) and "nobody drives it" not in page(app))
            await store.release(lease)
            await screen.whole()
            await until(pilot, lambda: "nobody drives it" in page(app))
            await screen.room.take_over()
            assert await store.driver(session) is None
