from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import in_a_room, page, running, until
from support.rooms import script

from agentchat.home import Wish
from agentchat.tui.app import Agentchat
from agentchat.tui.room import RoomScreen

KEY = "sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2m3N4"


async def test_a_session_is_written_to_a_file_without_the_keys_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, f"Is {KEY} safe?")
        await until(pilot, lambda: room.transcript.closed)
        assert isinstance(app.screen, RoomScreen)
        for number, words in enumerate(("", "jsonl", "md talk.md"), 1):
            app.screen.send(f"/export {words}")
            await until(pilot, lambda number=number: len([*out.glob("[!.]*")]) == number)  # type: ignore[misc]
        app.screen.send("/export talk.md")
        await until(pilot, lambda: "is there already" in page(app))
    assert {path.suffix for path in out.iterdir()} == {".html", ".jsonl", ".md"}
    for path in out.iterdir():
        assert KEY[8:] not in path.read_text("utf-8")


async def test_a_room_is_saved_as_a_file_that_gives_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    monkeypatch.setenv("AGENTCHAT_MODEL", script(out))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, "Who pays?")
        await until(pilot, lambda: room.transcript.closed)
        assert isinstance(app.screen, RoomScreen)
        app.screen.send("/save my room.toml")
        await until(pilot, lambda: "It gives this room again" in page(app))
        app.screen.send("/save my room.toml")
        await until(pilot, lambda: "is there already" in page(app))
        again = await (await app.home()).create(Wish(room="my room.toml"))
        assert again.transcript.opened.settings == room.transcript.opened.settings
