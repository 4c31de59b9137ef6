from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.rooms import script

from agentchat.home import Home, Wish
from agentchat.home.library import KEPT_IN_BIN, Listing


async def test_what_lay_in_the_bin_for_long_goes_when_the_home_is_opened_and_nothing_else_does(tmp_path: Path) -> None:
    ids = []
    async with Home(tmp_path / "home", {}) as home:
        for topic in ("Long ago", "Just now", "Kept"):
            room = await home.create(Wish(topic, personas=("ada",), model=script(tmp_path)))
            ids.append(room.session)
            await home.leave(room)
        await home.delete(ids[1])
        store = await home.store()
        await store.throw_away(ids[0], datetime.now(UTC) - KEPT_IN_BIN - timedelta(minutes=1))
    async with Home(tmp_path / "home", {}) as home:
        left = [row.id for row in await home.library.sessions(Listing(place="any"))]
        assert sorted(left) == sorted(ids[1:])
        assert (await home.library.take_back(ids[1])).title == "Just now"
        assert len(await home.archive.sessions()) == 2
