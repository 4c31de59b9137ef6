"""Persona files that are saved while rooms are open, as an editor saves them."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator
from datetime import UTC
from pathlib import Path

import pytest
from support.rooms import fluent, hears, improvised, script, stands, starts

from agentchat.events import ParticipantChanged
from agentchat.home import Home, Wish
from agentchat.home.adopting import changes, news
from agentchat.models.base import Request
from agentchat.room import Room
from agentchat.views.fold import Fold
from agentchat.views.room import Line

MAYA = "---\nname: Maya\ntitle: baker\n---\nYou are Maya, a baker who wakes early.\n"
MAYOR = "---\nname: Maya\ntitle: mayor\n---\nYou are Maya, a mayor who never sleeps.\n"
SAID = "Maya's file was saved: title “baker” is “mayor” now, prompt with 4 words added and 4 words taken out."
WISH = MAYA.replace("title:", "model: openai/gpt-4o\ntitle:")


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Home]:
    monkeypatch.chdir(tmp_path)
    file().parent.mkdir(parents=True)
    save(MAYA)
    environ = {"OLLAMA_HOST": "127.0.0.1:1", "AGENTCHAT_DATA": str(tmp_path), "AGENTCHAT_MODEL": script(tmp_path)}
    async with Home(tmp_path / "home", environ) as one:
        yield one


def file() -> Path:
    return Path(".agentchat/personas/maya.md")


def save(text: str, path: Path | None = None) -> None:
    """Save a file some seconds ago: it rests already."""
    (path or file()).write_text(text, "utf-8")
    os.utime(path or file(), (time.time() - 5, time.time() - 5))


async def made(home: Home, model: str = "", topic: str = "What is fair?") -> Room:
    """A room whose files were looked at once, as its first step does."""
    room = await home.create(Wish(topic, personas=("maya", "ada"), model=model))
    await look(room)
    return room


async def look(room: Room) -> None:
    """What the room does before each step."""
    for one in room.driver.before:
        await one()


def told(room: Room) -> list[ParticipantChanged]:
    return [event for event in room.log.events if isinstance(event, ParticipantChanged)]


def said(room: Room) -> list[str]:
    return [event.reason for event in told(room)]


def lines(room: Room) -> list[Line]:
    """The room's own lines on the screen."""
    shown = Fold(UTC).view(room.transcript, room.standing, {}, {}).entries
    return [entry for entry in shown if isinstance(entry, Line)]


def title(room: Room) -> str:
    member = room.transcript.member("maya")
    assert member
    return member.persona.title


async def test_what_is_saved_during_a_turn_is_read_in_the_next_and_not_in_the_one_under_way(home: Home) -> None:
    prompts: list[str] = []

    async def speech(request: Request, n: int) -> AsyncGenerator[str]:
        if "You are Maya" in str(request.messages[0]):
            prompts.append(str(request.messages[0]))
            if len(prompts) == 1:
                save(MAYOR)
        async for text in fluent(request, n):
            yield text

    home.models = improvised(speech)
    room = await home.create(Wish("What is fair?", personas=("maya", "ada"), model="openai/gpt-4o"))
    room.start()
    await stands(room, "closed")
    assert "wakes early" in prompts[0]
    assert len(prompts) > 1
    assert all("never sleeps" in prompt for prompt in prompts[1:])
    (change,) = told(room)
    assert (change.by, change.reason) == ("file", SAID)
    assert change.seq > starts(room.log.events)[0].seq
    assert [(line.text, line.tone) for line in lines(room) if "file" in line.text] == [(SAID, "quiet")]


async def test_a_resting_room_says_it_by_itself(home: Home) -> None:
    room = await made(home)
    await room.pause()
    room.start()
    await room.settled()
    save(MAYOR)
    assert (await hears(room, ParticipantChanged)).reason == SAID
    assert room.standing.state == "paused"


async def test_what_changed_while_nobody_had_it_open_is_left_to_be_adopted(home: Home) -> None:
    session = (await made(home)).session
    await home.aclose()
    save(MAYOR)
    async with Home(home.folder, home.environ) as again:
        room = await again.open(session)
        await look(room)
        os.utime(file(), (1, 1))
        await look(room)
        assert told(room) == []
        assert await news(again, room.transcript) == ("Maya's file has changed since (/adopt shows how)",)
        save(MAYOR.replace("title: mayor", "title: smith"))
        await look(room)
        assert title(room) == "smith"
        assert await changes(again, room.transcript) == ()


async def test_a_file_that_cannot_be_used_is_told_once_and_taken_when_it_is_mended(home: Home) -> None:
    room = await made(home)
    save(MAYOR.replace("title: mayor", "title: [mayor"))
    await look(room)
    await look(room)
    (why,) = said(room)
    assert why.startswith("Maya's file cannot be used: maya.md:3: is not valid YAML here")
    assert why.endswith("It goes on as it was.")
    assert title(room) == "baker"
    assert [line.tone for line in lines(room) if line.text == why] == ["warning"]
    save(MAYOR)
    await look(room)
    assert said(room)[1:] == [SAID]
    assert title(room) == "mayor"


async def test_one_that_was_mended_to_what_it_was_says_so(home: Home) -> None:
    room = await made(home)
    save("---\nname: Maya\n---\n")
    await look(room)
    save(MAYA)
    await look(room)
    broken, mended = said(room)
    assert broken.startswith("Maya's file cannot be used: maya.md:4: has no prompt")
    assert mended == "Maya's file can be used again, and says the same."


async def test_a_file_that_is_deleted_leaves_its_persona_as_it_was(home: Home) -> None:
    room = await made(home)
    file().unlink()
    await room.pause()
    room.start()
    assert (await hears(room, ParticipantChanged)).reason == "Maya's file maya.md is gone. It goes on as it was."
    assert title(room) == "baker"


async def test_another_name_is_told_and_the_address_stays(home: Home) -> None:
    room = await made(home)
    save(MAYA.replace("name: Maya", "name: Maja"))
    await look(room)
    assert said(room) == ["Maya's file was saved: name “Maya” is “Maja” now; its address is still @maya."]
    assert room.transcript.name("maya") == "Maja"


async def test_the_name_of_somebody_in_the_room_is_not_taken(home: Home) -> None:
    room = await made(home)
    save(MAYA.replace("name: Maya", "name: ADA"))
    await look(room)
    assert said(room) == ["Maya's file cannot be used: ADA is in the room already, as @ada."]
    assert room.transcript.name("maya") == "Maya"


async def test_a_copy_of_one_that_ships_takes_its_place_from_the_next_turn_on(home: Home) -> None:
    room = await made(home)
    shipped = home.shelf.get("ada").path.read_text("utf-8")
    (home.folder / "personas").mkdir(parents=True)
    save(shipped, home.folder / "personas" / "ada.md")
    await look(room)
    assert told(room) == []
    save(shipped.replace("title: economist", "title: banker"), home.folder / "personas" / "ada.md")
    await look(room)
    assert said(room) == ["Ada's file was saved: title “economist” is “banker” now."]


async def test_two_rooms_of_a_home_both_take_it(home: Home) -> None:
    rooms = [await made(home), await made(home, topic="What else?")]
    save(MAYOR)
    for room in rooms:
        await look(room)
    assert [said(room) for room in rooms] == [[SAID], [SAID]]


async def test_a_room_that_follows_its_session_leaves_it_to_the_one_that_drives(home: Home) -> None:
    room = await made(home)
    async with Home(home.folder, home.environ) as other:
        follower = await other.open(room.session)
        follower.start()
        await look(follower)
        save(MAYOR)
        await look(follower)
        assert told(follower) == []
        await look(room)
        assert (await hears(follower, ParticipantChanged)).reason == SAID
    assert said(room) == [SAID]


async def test_a_session_that_has_ended_takes_it_when_it_goes_on(home: Home) -> None:
    room = await made(home)
    await room.end()
    room.start()
    await stands(room, "closed")
    save(MAYOR)
    await look(room)
    assert told(room) == []
    await room.reopen(1)
    await look(room)
    assert said(room) == [SAID]


async def test_a_new_wish_for_a_model_is_followed(home: Home) -> None:
    room = await made(home)
    save(WISH)
    await look(room)
    (change,) = told(room)
    assert (change.model, change.reason) == ("openai/gpt-4o", "Maya's file was saved: wishes for openai/gpt-4o.")
    save(MAYA)
    await look(room)
    assert told(room)[1].model == home.environ["AGENTCHAT_MODEL"]


async def test_a_model_that_was_chosen_in_the_room_stays(home: Home, tmp_path: Path) -> None:
    swapped = await made(home)
    await swapped.swap_model("maya", "openai/o3")
    given = await made(home, home.environ["AGENTCHAT_MODEL"])
    save(WISH)
    for room, model in ((swapped, "openai/o3"), (given, home.environ["AGENTCHAT_MODEL"])):
        await look(room)
        change = told(room)[-1]
        assert change.model is None
        assert change.reason.endswith(
            f"wishes for openai/gpt-4o; it goes on with {model}, which was chosen in this room."
        )


async def test_a_wish_for_a_model_that_is_none_changes_the_rest(home: Home) -> None:
    room = await made(home)
    save(WISH.replace("openai/gpt-4o", "scripted/nowhere.toml").replace("title: baker", "title: smith"))
    await look(room)
    (change,) = told(room)
    assert change.model is None
    assert "it goes on with" in change.reason
    assert title(room) == "smith"


async def test_who_changed_meanwhile_is_looked_at_again(home: Home) -> None:
    room = await made(home)
    await room.mute("maya")
    save(MAYOR)
    await look(room)
    member = room.transcript.member("maya")
    assert member
    assert (member.muted, member.persona.title) == (True, "mayor")


async def test_an_undo_of_what_was_said_leaves_the_persona_as_its_file_is(home: Home) -> None:
    room = await made(home)
    await room.speak("Begin with bread.")
    save(MAYOR)
    await look(room)
    await room.undo()
    assert title(room) == "mayor"
    await look(room)
    assert title(room) == "mayor"
