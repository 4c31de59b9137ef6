"""Home: one question, and what was talked about before."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import in_a_room, kept, page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.rows import Rows


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = script(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", name)
    return name


def listed(app: Agentchat) -> list[str]:
    return [line.cells[0] for rows in app.screen.query(Rows) for line in rows.lines]


@pytest.mark.usefixtures("model")
async def test_an_empty_home_says_what_to_do_and_which_model_it_will_be(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "Nothing yet" in page(app))
        assert "scripted/script.toml · from $AGENTCHAT_MODEL" in page(app)
        assert "enter new room" in page(app)


@pytest.mark.usefixtures("model")
async def test_the_key_that_explains_the_keys_is_one_that_is_no_letter_of_a_topic(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "? keys" in page(app))
        await pilot.press(*"why")
        await until(pilot, lambda: "f1 keys" in page(app) and "? keys" not in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and "? keys" in page(app))
        await pilot.press("up")
        await until(pilot, lambda: "f1 keys" in page(app) and "? keys" not in page(app))


@pytest.mark.usefixtures("model")
async def test_what_is_typed_before_the_home_is_open_is_not_lost(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press(*"why", "enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        assert app.screen.query_one("#topic", Input).value == "why"


async def test_sessions_are_listed_newest_first_and_filtered_while_one_types(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    await kept(tmp_path, "How to name the boat?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: listed(app) == ["How to name the boat?", "Which database?"])
        assert "2 personas" in page(app)
        await pilot.press("slash", *"databas")
        await until(pilot, lambda: listed(app) == ["Which database?"])
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(app)) == 2)


async def test_a_search_without_a_match_says_so(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: listed(app))
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "Nothing found" in page(app))


async def test_enter_opens_a_session_as_it_ended(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: listed(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Ended" in page(app))
        assert "begin with the schools" in page(app)


@pytest.mark.usefixtures("model")
async def test_a_room_goes_on_behind_the_home_screen_which_shows_it(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and listed(app) == ["What next?"])
        assert (await room.settled()).state == "closed"
        await until(pilot, lambda: "discussed" in page(app))


@pytest.mark.usefixtures("model")
async def test_a_room_that_has_ended_is_not_called_paused_while_it_is_still_open(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "closed")
        (home,) = (screen for screen in app.screen_stack if isinstance(screen, HomeScreen))
        assert home._life(room.session) == ""


async def test_letters_over_the_list_that_are_no_keys_do_nothing_and_esc_leads_to_the_question(
    tmp_path: Path, model: str
) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: listed(app))
        await pilot.press("down", *"HxW")
        assert app.focused is app.screen.query_one("#sessions")
        await pilot.press("escape", *"How do roads")
        assert app.screen.query_one("#topic", Input).value == "How do roads"
        assert listed(app) == ["Which database?"]


@pytest.mark.usefixtures("model")
async def test_a_topic_no_room_was_made_for_is_back_in_its_line(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await pilot.press(*"boats", "enter")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen))
        app.screen.query_one("#topic", Input).focus()
        await pilot.press("end", "exclamation_mark", "escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("question_mark")
        assert app.screen.query_one("#topic", Input).value == "boats!?"


async def test_hostile_text_in_a_topic_is_inert_in_the_list(tmp_path: Path, model: str) -> None:
    await kept(tmp_path, "a \x1b]52;c;AAAA\x07 [/nope] \x1b[2J b \u202e c", model)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: listed(app))
        assert "a [/nope] b c" in page(app)
        assert not {"\x1b", "\x07", "\u202e"} & set(page(app))


async def test_a_damaged_database_is_told_in_words_and_the_screen_stands(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "agentchat.db").write_bytes(b"this is no database, whatever its name says" * 100)
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "not an agentchat database" in " ".join(page(app).split()))
        assert app.return_code in (None, 0)


async def test_a_bad_config_is_told_in_words_and_the_screen_stands(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("modle = 'x'\n", "utf-8")
    app = Agentchat(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "modle" in page(app))


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (80, 24), (200, 50)])
async def test_it_fits_terminals_of_any_size(tmp_path: Path, model: str, size: tuple[int, int]) -> None:
    await kept(tmp_path, "Which database?", model)
    app = Agentchat(tmp_path)
    async with running(app, size) as pilot:
        await until(pilot, lambda: listed(app))
        assert all(len(row) <= size[0] for row in page(app).splitlines())
        assert len(page(app).splitlines()) <= size[1]
