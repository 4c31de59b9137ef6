"""A persona is written on the screen, and taken up by the room it is in."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import cast

import pytest
from support.apps import BRIEF, SLOW, kept, page, running, until
from support.rooms import script
from textual.containers import Vertical
from textual.widgets import Input, TextArea

from agentchat.home import Home, Wish
from agentchat.transcript import Turn
from agentchat.tui.app import Agentchat
from agentchat.tui.ask import AskScreen
from agentchat.tui.lineups import LineUpsScreen, Made
from agentchat.tui.people import PeopleScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.widgets.composer import Composer
from agentchat.tui.writing import PersonaScreen, written

MAYA = "---\n# my aunt\nname: Maya\ntitle: baker   # retired\n---\nYou are Maya, a baker.\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    folder = tmp_path / ".agentchat" / "personas"
    folder.mkdir(parents=True)
    (folder / "maya.md").write_text(MAYA, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    return Agentchat(tmp_path / "home")


def maya(tmp_path: Path) -> Path:
    return tmp_path / ".agentchat" / "personas" / "maya.md"


def writing(app: Agentchat) -> PersonaScreen:
    assert isinstance(app.screen, PersonaScreen)
    return app.screen


def fill(app: Agentchat, **words: str) -> None:
    """Type into the form."""
    for name, text in words.items():
        if name == "prompt":
            writing(app).query_one(TextArea).text = text
        else:
            writing(app).query_one(f"#{name}", Input).value = text


async def test_a_new_one_is_shown_as_a_model_reads_it_while_it_is_written(app: Agentchat, tmp_path: Path) -> None:
    async with running(app, (120, 40)) as pilot:
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen) and "has no name" in page(app))
        await pilot.press(*"Zofia", "enter", *"lock", "enter")
        assert writing(app).query_one("#title", Input).value == "lock"
        fill(app, title="locksmith", color="teal", prompt="You are Zofia. You whisper.")
        await until(pilot, lambda: "You are Zofia (@zofia), locksmith, in a room" in page(app))
        assert "██ 3.3:1, shown lighter at" in page(app)
        assert "names no blind spot" in page(app)
        await pilot.press("f3")
        await until(pilot, lambda: "Answer as a locksmith, in two short sentences." in page(app))
        await pilot.press("f5")
        await until(pilot, lambda: "Zofia, with scripted/script.toml: I think we should" in page(app))
        fill(app, model="scripted/nowhere.toml")
        await pilot.press("f5")
        await until(pilot, lambda: "there is no file" in page(app))
        fill(app, model="")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, PersonaScreen))
    text = (tmp_path / ".agentchat" / "personas" / "zofia.md").read_text("utf-8")
    assert text == "---\nname: Zofia\ntitle: locksmith\ncolor: teal\n---\nYou are Zofia. You whisper.\n"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 20)])
async def test_a_hello_is_read_to_its_end_and_back_in_the_form_one_is_where_one_was(
    app: Agentchat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    long = r"\n".join(f"Row {number}." for number in range(60))
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, f"['*']\n'*' = [\"{long}\"]"))
    async with running(Agentchat(tmp_path / "other"), size) as pilot:
        app = cast("Agentchat", pilot.app)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, name="Zofia", prompt="You are Zofia.")
        await pilot.press("tab", "f5")
        await until(pilot, lambda: "Row 1." in page(app))
        if size[0] >= 100:
            await pilot.press("f4")
        await until(pilot, lambda: writing(app).query_one("#voice").has_focus)
        await pilot.press("end")
        await until(pilot, lambda: "Row 59." in page(app))
        await pilot.press("f4")
        await until(pilot, lambda: writing(app).query_one("#title").has_focus)


async def test_what_is_wrong_stands_in_the_form_only_where_there_is_no_room_beside(app: Agentchat) -> None:
    async with running(app, (80, 24)) as pilot:
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen) and page(app).count("has no name") == 1)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: page(app).count("has no name") == 1 and "persona.md" in page(app))


async def test_in_a_small_terminal_what_a_model_reads_is_a_key_away(app: Agentchat, tmp_path: Path) -> None:
    async with running(app, (80, 24)) as pilot:
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen) and "has no name" in page(app))
        fill(app, name="Ada", prompt="You are Ada. Your blind spot is big.", focus="x")
        await until(pilot, lambda: "personas/ada.md" in page(app) or "has the same" in page(app))
        assert "== system ==" not in page(app)
        await pilot.press("f4")
        await until(pilot, lambda: "== system ==" in page(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Avatar" in page(app))
        fill(app, name="Maya")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is there already" in str([*app._notifications]))
    assert maya(tmp_path).read_text("utf-8") == MAYA


@pytest.mark.soak
async def test_from_the_list_of_personas_one_is_changed_and_another_written(app: Agentchat, tmp_path: Path) -> None:
    async with running(app, (100, 30)) as pilot:
        app.new_room("What next?")
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        assert writing(app).query_one("#name", Input).value == "Maya"
        fill(app, title="mayor")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen) and "mayor" in page(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, name="Zofia", prompt="You are Zofia.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
        assert isinstance(app.screen, PeopleScreen)
        assert "zofia" in app.screen.chosen
    assert maya(tmp_path).read_text("utf-8") == MAYA.replace("title: baker ", "title: mayor ")


async def test_in_a_room_what_is_written_takes_part_in_the_next_turn(app: Agentchat, tmp_path: Path) -> None:
    os.utime(maya(tmp_path), (1, 1))
    async with Home(tmp_path / "home") as home:
        wish = Wish("What next?", personas=("maya", "ben"), settings=BRIEF, model=script(tmp_path))
        session = (await home.create(wish)).session
    app.resume = session
    async with running(app, (120, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        screen, room = app.screen, app.screen.room
        await pilot.press("ctrl+n", *"maya")
        await until(pilot, lambda: screen.query_one(Composer).text == "/persona maya")
        screen.query_one(Composer).send()
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, title="mayor")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Maya's file was saved: title “baker” is “mayor” now." in page(app))
        screen.query_one(Composer).text = "/persona new"
        screen.query_one(Composer).send()
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, name="Zofia", prompt="You are Zofia.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Zofia joined" in page(app))
        assert [member.id for member in room.transcript.members] == ["maya", "ben", "zofia"]
        screen.query_one(Composer).text = "/persona nobody"
        screen.query_one(Composer).send()
        await until(pilot, lambda: "no persona is called" in page(app))


async def test_the_room_waits_while_one_is_written_over_it_and_says_so(app: Agentchat, tmp_path: Path) -> None:
    async with running(app, (120, 30)) as pilot:
        settings = BRIEF | {"rounds": "12"}
        app.begin_room(Wish("What next?", personas=("maya", "ben"), settings=settings, model=script(tmp_path, SLOW)))
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and app.screen.room.transcript.open)
        assert isinstance(app.screen, RoomScreen)
        room = app.screen.room
        await pilot.press("ctrl+n", *"new", "enter")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        assert "the room waits with its next turn" in page(app)
        await until(pilot, lambda: room.standing.reason == "the next turn waits for your words")
        turns = [entry for entry in room.transcript.entries if isinstance(entry, Turn)]
        assert all(turn.spoken for turn in turns)
        await pilot.press("escape")
        await until(pilot, lambda: len(room.transcript.entries) > len(turns))


async def test_in_a_room_that_has_ended_one_is_written_and_told_how_to_come_in(app: Agentchat, tmp_path: Path) -> None:
    app.resume = await kept(tmp_path / "home", "What next?", script(tmp_path))
    async with running(app, (120, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        await pilot.press("ctrl+n", *"new", "enter")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, name="Zofia", prompt="You are Zofia.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "zofia is written. This room has ended" in page(app))
        assert (tmp_path / ".agentchat" / "personas" / "zofia.md").is_file()


@pytest.mark.soak
async def test_where_no_editor_can_be_opened_the_file_is_saved_and_named(app: Agentchat, tmp_path: Path) -> None:
    async with running(app, (100, 30)) as pilot:
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, name="Zofia", prompt="You are Zofia.")
        await pilot.press("f8")
        await until(pilot, lambda: "cannot be lent to an editor" in page(app))
        path = tmp_path / ".agentchat" / "personas" / "zofia.md"
        path.write_text(path.read_text("utf-8") + "More.\n", "utf-8")
        os.utime(path, (time.time() + 5, time.time() + 5))
        fill(app, title="locksmith")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "changed by somebody else meanwhile" in str([*app._notifications]))
        assert path.read_text("utf-8").endswith("More.\n")


async def test_what_somebody_else_saved_meanwhile_stays_and_ones_own_changes_go_onto_it(
    app: Agentchat, tmp_path: Path
) -> None:
    async with running(app, (40, 20)) as pilot:
        app.run_worker(written(app, "maya"))
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        fill(app, title="mayor")
        maya(tmp_path).write_text(MAYA.replace("a baker", "their baker"), "utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen) and app.screen.ready)
        assert "You changed: Title." in " ".join(page(app).split())
        await pilot.press("escape")
        await until(pilot, lambda: "changed by somebody" in str([*app._notifications]))
        assert writing(app).query_one("#title", Input).value == "mayor"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen) and app.screen.ready)
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, (AskScreen, PersonaScreen)))
    both = MAYA.replace("a baker", "their baker").replace("title: baker ", "title: mayor ")
    assert maya(tmp_path).read_text("utf-8") == both


async def test_from_a_list_in_which_nobody_is_found_nobody_is_changed(app: Agentchat) -> None:
    async with running(app) as pilot:
        await app.push_screen(PeopleScreen([], []))
        await pilot.press("e")
        await until(pilot, lambda: not [one for one in app.workers if one.group == "write"])
        assert isinstance(app.screen, PeopleScreen)
        assert "enter done" in page(app)


async def test_the_rooms_to_choose_from_stand_in_a_frame_over_the_screen(app: Agentchat) -> None:
    async with running(app, (80, 24)) as pilot:
        await app.push_screen(LineUpsScreen([Made("x", "Round table", "discussion", "talks", ("Ada",))]))
        await pilot.pause()
        frame = app.screen.query_one(Vertical)
        assert frame.region.y > 0
        assert frame.styles.background.a == 1
