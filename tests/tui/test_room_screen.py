"""The room on the screen: what it shows, and that every key and command does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import BRIEF, SLOW, in_a_room, kept, page, running, until
from support.rooms import script, starts
from textual.events import Key
from textual.keys import _character_to_key

from agentchat.events import Directed, HumanSpoke, TurnEnded
from agentchat.home import Home, Wish
from agentchat.room import Room
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.widgets.composer import Composer
from agentchat.tui.widgets.floor import Floor


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    """Its turns take half a second each."""
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    return Agentchat(tmp_path / "home")


def verbs(room: Room) -> list[str]:
    return [event.verb for event in room.log.events if isinstance(event, Directed)]


def said(room: Room) -> list[str]:
    return [event.text for event in room.log.events if isinstance(event, HumanSpoke)]


def outcomes(room: Room) -> list[str]:
    return [event.outcome for event in room.log.events if isinstance(event, TurnEnded)]


def speaking(app: Agentchat) -> bool:
    return "is speaking" in page(app)


async def test_a_turn_is_seen_as_it_comes_and_then_stands_in_the_transcript(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: "The mill closed," in page(app))
        assert not outcomes(room)
        await until(pilot, lambda: "possible here." in page(app) and outcomes(room))
        assert "scripted/script.toml" in page(app)
        assert "round 1 of 1" in page(app)


async def test_words_typed_while_someone_speaks_are_said_and_the_one_addressed_is_next(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press(*"why", "space", "at", *"ben", "enter")
        await until(pilot, lambda: said(room) == ["why @ben"])
        await until(pilot, lambda: any(e.speaker == "ben" and e.aside for e in starts(room.log.events)))


async def test_keys_that_come_faster_than_the_focus_moves_are_a_sentence_and_no_verbs(app: Agentchat) -> None:
    sentence = "What about 2 breaks? 12. ok"
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        for letter in sentence:
            app.post_message(Key(letter if letter.isalnum() else _character_to_key(letter), letter))
        app.post_message(Key("enter", "\r"))
        await until(pilot, lambda: said(room))
        assert said(room) == [sentence]
        assert not verbs(room)


async def test_escape_cuts_in_the_room_waits_for_the_words_and_goes_on_after_them(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press("escape")
        await until(pilot, lambda: "You have the floor" in page(app))
        assert outcomes(room)[-1] == "interrupted"
        assert "you cut in here" in page(app)
        assert room.standing.state == "paused"
        await pilot.press(*"stop", "enter")
        await until(pilot, lambda: room.standing.state == "running")
        assert said(room) == ["stop"]


async def test_the_floor_can_be_given_back_without_a_word(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press("escape")
        await until(pilot, lambda: "let them go on" in page(app))
        await pilot.press("escape")
        await until(pilot, lambda: room.standing.state == "running")
        assert not said(room)


async def test_space_pauses_and_goes_on_and_the_footer_says_which(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        assert "space pause" in page(app)
        await pilot.press("space")
        await until(pilot, lambda: "then it pauses" in page(app))
        await until(pilot, lambda: room.standing.state == "paused")
        assert "space go on" in page(app)
        await pilot.press("space")
        await until(pilot, lambda: room.standing.state == "running")
        assert verbs(room) == ["pause", "go_on"]


async def test_a_full_stop_takes_one_step_and_a_digit_chooses_who_is_next(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await pilot.press("space")
        await until(pilot, lambda: room.standing.state == "paused")
        before = len(outcomes(room))
        await pilot.press("2", "full_stop")
        await until(pilot, lambda: len(outcomes(room)) == before + 1 and room.standing.state == "paused")
        assert verbs(room)[-2:] == ["force", "step"]
        assert starts(room.log.events)[-1].speaker == "ben"


async def test_keys_are_only_letters_while_one_writes(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press(*"a", "space", "1", "full_stop", "question_mark")
        assert app.screen.query_one(Composer).text == "a 1.?"
        assert not verbs(room)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/mute ben", "Ben is muted"),
        ("/model ben ollama/x", "Ben now speaks with ollama/x"),
        ("/shorter ada", "Ada is asked for about 72 words a reply"),
        ("/longer Ada", "Ada is asked for about 192 words a reply"),
        ("/invite edith", "joined"),
        ("/remove ben", "Ben left"),
        ("/set words=60", "Settings: words = 60"),
        ("/rounds 4", "Settings: rounds = 4"),
        ("/next ben", "Ben is next, as you asked"),
    ],
)
async def test_commands_do_what_they_say_and_it_stands_in_the_transcript(
    app: Agentchat, typed: str, shown: str
) -> None:
    async with running(app, (120, 40)) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await pilot.press("space")
        await until(pilot, lambda: room.standing.state == "paused")
        assert isinstance(app.screen, RoomScreen)
        app.screen.send(typed)
        await until(pilot, lambda: shown in page(app))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/mutee ben", "/mute"),
        ("/mute benn", "Did you mean ben"),
        ("/remove", "that takes more words: /remove NAME"),
        ("/set colour=red", "colour"),
        ("/rounds many", "how many rounds?"),
        ("/go", "/go: the room is going on already"),
        ("/approve", "/approve: you are not asked for anything"),
        ("/xray", "/xray: nothing was voted on yet"),
        ("/invite ada", "in the room already"),
    ],
)
async def test_a_command_that_cannot_be_done_says_why_and_changes_nothing(
    app: Agentchat, typed: str, told: str
) -> None:
    async with running(app, (120, 40)) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        assert isinstance(app.screen, RoomScreen)
        app.screen.send(typed)
        await until(pilot, lambda: told in " ".join(page(app).replace("▌", " ").split()))
        assert not said(room)
        assert not verbs(room)


async def test_end_ends_it_and_a_new_question_goes_on_for_a_round(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press(*"/end", "enter")
        await until(pilot, lambda: room.standing.state == "closed")
        assert "write to go on with a new question" in page(app)
        await pilot.press("enter", *"and", "enter")
        await until(pilot, lambda: room.standing.state == "running" and speaking(app))
        assert room.transcript.topic == "and"


async def test_an_old_session_opens_paused_and_space_goes_on(app: Agentchat, tmp_path: Path) -> None:
    async with Home(tmp_path / "home") as home:
        settings = BRIEF | {"rounds": "2"}
        room = await home.create(Wish("Which boat?", personas=("ada", "ben"), settings=settings))
        session = room.session
    app.resume = session[:6]
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        again = app.screen.room
        await until(pilot, lambda: "Paused" in page(app) and "space go on" in page(app))
        assert not outcomes(again)
        await pilot.press("space")
        await until(pilot, lambda: speaking(app))


async def test_a_session_another_process_holds_is_followed_live_and_takes_no_words(
    app: Agentchat, tmp_path: Path
) -> None:
    async with Home(tmp_path / "home") as other:
        held = await other.create(Wish("Which boat?", personas=("ada", "ben"), settings=BRIEF))
        app.resume = held.session
        async with running(app) as pilot:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Read only" in page(app))
            await pilot.press(*"hello", "enter", "space", "1")
            held.start()
            await until(pilot, lambda: "possible here." in page(app))
            assert not said(held)
            assert not verbs(held)


async def test_going_home_and_back_keeps_what_was_being_written(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await until(pilot, lambda: speaking(app))
        await pilot.press(*"half", "ctrl+b")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "What next?" in page(app))
        assert "running" in page(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        assert app.screen.room is room
        assert app.screen.query_one(Composer).text == "half"


async def test_a_model_that_is_down_holds_the_room_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, '["*"]\n"*" = ["!fail auth"]'))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.standing.state == "held")
        await until(pilot, lambda: "space go on" in page(app))
        assert "The script says: auth" in page(app)
        assert not said(room)


async def test_the_side_panel_is_there_on_a_wide_screen_and_a_key_away_on_a_narrow_one(app: Agentchat) -> None:
    async with running(app, (100, 30)) as pilot:
        await in_a_room(app, pilot, rounds="3")
        assert app.screen.query_one(Floor).display
        await pilot.press("ctrl+o")
        await until(pilot, lambda: not app.screen.query_one(Floor).display)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not app.screen.query_one(Floor).display)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.query_one(Floor).display)


async def test_why_each_was_next_can_be_hidden(app: Agentchat) -> None:
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, rounds="2")
        await until(pilot, lambda: "→ " in page(app))
        assert isinstance(app.screen, RoomScreen)
        app.screen.send("/why")
        await until(pilot, lambda: "→ " not in page(app))
        assert not said(room)


async def test_the_palette_and_the_help_offer_what_the_table_holds(app: Agentchat) -> None:
    async with running(app, (120, 50)) as pilot:
        room = await in_a_room(app, pilot, rounds="3")
        await pilot.press("space", "f1")
        await until(pilot, lambda: "/mute NAME" in page(app))
        assert "leave someone out of the turns" in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        await pilot.press("ctrl+p", *"end the sess")
        await until(pilot, lambda: "/end REASON" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one(Composer).text == "/end ")
        assert not said(room)


async def test_hostile_text_in_a_reply_is_inert_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = "a \\u001b]52;c;AAAA\\u0007 b \\u009b2J [/nope] [@click=app.quit]x[/] \\u202e c"
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, f'["*"]\n"*" = ["{reply}"]'))
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        room = await in_a_room(app, pilot, "\x1b[31mred [/nope] \u202e")
        await until(pilot, lambda: room.standing.state == "closed" and "Ended" in page(app))
        assert "[@click=app.quit]x[/]" in page(app)
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(page(app))


@pytest.mark.parametrize("size", [(1, 1), (20, 6), (40, 12), (80, 24), (200, 50)])
async def test_it_fits_terminals_of_any_size_and_the_composer_never_goes(app: Agentchat, size: tuple[int, int]) -> None:
    async with running(app, size) as pilot:
        await in_a_room(app, pilot)
        await until(pilot, lambda: app.screen.query_one(Composer).size.height or size == (1, 1))
        assert all(len(row) <= size[0] for row in page(app).splitlines())
        if size[1] >= 6:
            assert "❯" in page(app)


async def test_an_ended_session_waits_in_the_composer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = script(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", model)
    session = await kept(tmp_path / "home", "Which boat?", model)
    app = Agentchat(tmp_path / "home", resume=session)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Ended" in page(app))
        await pilot.press(*"more?", "enter")
        await until(pilot, lambda: "1 more round" in page(app))
