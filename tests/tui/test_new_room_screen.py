"""A new room, put together: three keys from a topic to a discussion, and everything else within reach."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.apps import page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.home import Wish
from agentchat.modes import mode_of
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.lineups import LineUpsScreen
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.people import PeopleScreen
from agentchat.tui.pull import PullScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.rows import Rows
from agentchat.tui.settings import SettingsScreen
from agentchat.tui.widgets.keys import Keys
from agentchat.views.settings import settings_of


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    return Agentchat(tmp_path / "home")


def panel(app: Agentchat) -> list[str]:
    return [line.key for rows in app.screen.query("#panel").results(Rows) for line in rows.lines][:-1]


async def test_two_keys_lead_from_a_topic_to_a_discussion_that_runs(app: Agentchat) -> None:
    async with running(app) as pilot:
        await pilot.press(*"towns")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "begin with the schools" in page(app))


async def test_it_shows_modes_with_pictures_a_suggested_panel_with_reasons_settings_and_the_model(
    app: Agentchat,
) -> None:
    async with running(app, (120, 40)) as pilot:
        app.new_room("How could a small town win back young families?")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        await until(pilot, lambda: "from $AGENTCHAT_MODEL" in page(app))
        for words in ("A → B → C → A", "Brainstorm", "economist", "suggested:", "2 rounds", "scripted/script.toml"):
            assert words in page(app)


async def test_another_mode_brings_its_own_settings(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        modes = app.screen.query_one("#mode", Rows)
        modes.put("brainstorm")
        await pilot.press("space")
        await until(pilot, lambda: "80 words" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        assert app.screen.room.transcript.opened.mode == "brainstorm"


async def test_passing_over_the_modes_with_the_arrows_takes_none_of_them(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        modes = app.screen.query_one("#mode", Rows)
        for _ in modes.lines:
            await pilot.press("down")
        assert app.screen.query_one("#panel").has_focus
        assert isinstance(app.screen, NewRoomScreen)
        assert app.screen.wish.mode == "discussion"


async def test_a_committee_takes_its_options_on_a_line_of_its_own(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("Where shall we meet?", Wish("Where shall we meet?", mode="committee"))
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app) and "Options" in page(app))
        app.screen.query_one("#matter", Input).value = "the park | the office |"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        options = app.screen.room.transcript.opened.settings["options"]
        assert isinstance(options, list)
        assert options == ["the park", "the office"]


async def test_a_draft_that_cannot_be_read_is_said_and_nothing_is_created(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("A post", Wish("A post", mode="refinement"))
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app) and "Draft" in page(app))
        app.screen.query_one("#matter", Input).value = "/no/such/file.md"
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be read" in page(app))
        assert isinstance(app.screen, NewRoomScreen)


async def test_personas_are_taken_out_and_chosen_from_all_there_are(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("How could a small town win back young families?")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        before = panel(app)
        await pilot.press("tab", "x")
        await until(pilot, lambda: panel(app) == before[1:])
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
        await pilot.press("slash", *"edith", "enter", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        assert panel(app) == [*before[1:], "edith"]


async def test_a_persona_file_that_does_not_parse_is_named_with_its_line(app: Agentchat, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "personas"
    folder.mkdir(parents=True)
    (folder / "broken.md").write_text("---\nname: [\n---\nYou are broken.\n", "utf-8")
    async with running(app, (120, 40)) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: "broken.md:" in page(app))
        await until(pilot, lambda: panel(app))


async def test_settings_are_stepped_through_and_typed_and_a_bad_one_never_gets_in(app: Agentchat) -> None:
    async with running(app, (120, 40)) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("right", "down", "right")
        rows = app.screen.query_one(Rows)
        assert [line.cells[1] for line in rows.lines][:2] == ["3", "round-robin"]
        rows.put("agree_at")
        await pilot.press("enter", *["backspace"] * 6, *"7", "enter")
        await until(pilot, lambda: "agree_at" in page(app))
        assert app.screen.has_class("typing")
        await pilot.press("backspace", *"0.9", "enter")
        await until(pilot, lambda: not app.screen.has_class("typing"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        assert "3 rounds · order round-robin" in page(app)
        assert "agree at 0.9" in page(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        chosen = app.screen.room.transcript.opened.settings
        assert (chosen["rounds"], chosen["order"], chosen["agree_at"]) == (3, "round-robin", 0.9)


async def test_a_room_without_a_topic_or_with_one_persona_does_not_start_and_says_why(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        await pilot.press("enter")
        await until(pilot, lambda: "A room needs something to talk about" in page(app))
        app.screen.query_one("#topic", Input).value = "boats"
        app.screen.query_one("#panel").focus()
        await pilot.pause()
        await pilot.press(*["x"] * (len(panel(app)) - 1))
        await pilot.press("enter")
        await until(pilot, lambda: "at least 2 personas" in page(app))
        assert not app.rooms


async def test_what_was_asked_for_on_the_command_line_is_taken_over(app: Agentchat) -> None:
    app.wish = Wish("", "brainstorm", ("ada", "edith"), {"rounds": "3"})
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app) == ["ada", "edith"])
        assert "3 rounds" in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_a_wish_with_a_topic_opens_the_room_at_once(app: Agentchat) -> None:
    app.wish = Wish("boats", personas=("ada", "ben"))
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))


async def test_a_wish_that_cannot_be_met_is_told_with_the_nearest_names(app: Agentchat) -> None:
    app.wish = Wish("boats", personas=("adda", "ben"))
    async with running(app) as pilot:
        await until(pilot, lambda: "adda" in page(app))
        assert "ada" in page(app).replace("adda", "")
        assert not app.rooms


async def test_the_starter_is_fetched_only_after_asking_and_leaving_is_easy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", "local/starter")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        assert "tiny model" in page(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PullScreen))
        assert "98 MB" in page(app)
        assert "Apache-2.0" in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        assert not app.rooms


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (80, 24), (200, 50)])
async def test_it_fits_terminals_of_any_size(app: Agentchat, size: tuple[int, int]) -> None:
    async with running(app, size) as pilot:
        app.new_room("boats")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        assert all(len(row) <= size[0] for row in page(app).splitlines())


async def test_a_fetch_that_hangs_is_stopped_and_can_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("AGENTCHAT_MODEL", "local/starter")
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path / "data"))
    app = Agentchat(tmp_path / "home")
    async with server, running(app) as pilot:
        app.begin_room(Wish("boats", personas=("ada", "ben")))
        await until(pilot, lambda: isinstance(app.screen, PullScreen))
        for times in (1, 2):
            await pilot.press("y")
            await until(pilot, lambda: "esc stop" in page(app) and "0 of 93 MB" in page(app))
            await until(pilot, lambda n=times: len(asked) == n)  # type: ignore[misc]
            await pilot.press("escape")
            await until(pilot, lambda: "Stopped" in page(app) and "try again" in page(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert not app.rooms


async def test_a_room_there_is_a_file_of_is_taken_whole_and_another_mode_leaves_its_settings_behind(
    app: Agentchat,
) -> None:
    async with running(app, (120, 40)) as pilot:
        app.new_room("A launch post")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, LineUpsScreen) and "With" in page(app))
        app.screen.query_one(Rows).put("writing-room")
        await until(pilot, lambda: "With Edith" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and panel(app)[:1] == ["edith"])
        screen = app.screen
        assert isinstance(screen, NewRoomScreen)
        assert screen.wish.mode == "refinement"
        assert screen.wish.settings["author"].lower() == "edith"
        assert "all of Writing room" in page(app)
        screen.query_one("#mode", Rows).put("discussion")
        await pilot.press("space", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        (room,) = app.rooms.values()
        assert room.transcript.opened.mode == "discussion"
        assert "author" not in room.transcript.opened.settings


@pytest.mark.parametrize("size", [(80, 24), (40, 20), (20, 20)])
async def test_the_line_a_setting_is_typed_into_is_seen_whatever_the_mode(
    app: Agentchat, size: tuple[int, int]
) -> None:
    async with running(app, size) as pilot:
        for mode in ("discussion", "pipeline", "perspectives", "hierarchy", "hub", "open-floor", "reactive", "staged"):
            given = settings_of(mode_of(mode).Settings)
            await app.push_screen(SettingsScreen(mode, given))
            await pilot.press("end", "enter")
            await pilot.pause()
            for seen in (app.screen.query_one(Input), app.screen.query_one(Keys)):
                assert app.screen.region.contains_region(seen.region), mode
                assert seen.region.height == 1
            await app.pop_screen()
