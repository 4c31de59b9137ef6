from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from support.rooms import fluent, improvised, script, stands

from agentchat.errors import UsageError
from agentchat.events import ParticipantChanged, SettingsChanged
from agentchat.home import Home, Wish
from agentchat.home.adopting import adopt, changes, chosen, news, unasked
from agentchat.models.base import Request
from agentchat.room import Room

MAYA = "---\nname: Maya\ntitle: baker\n---\nYou are Maya, a baker who wakes early.\n"
CHANGED = "---\nname: Maya\ntitle: mayor\ncolor: red\n---\nYou are Maya, a mayor who never sleeps at all.\n"


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Home]:
    (tmp_path / ".agentchat" / "personas").mkdir(parents=True)
    file(tmp_path).write_text(MAYA, "utf-8")
    monkeypatch.chdir(tmp_path)
    async with Home(tmp_path / "home", {"OLLAMA_HOST": "127.0.0.1:1", "AGENTCHAT_DATA": str(tmp_path)}) as one:
        yield one


def file(tmp_path: Path) -> Path:
    return tmp_path / ".agentchat" / "personas" / "maya.md"


async def made(home: Home, tmp_path: Path, model: str = "", mode: str = "discussion") -> Room:
    model = model or script(tmp_path)
    return await home.create(Wish("What is fair?", mode, personas=("maya", "ada"), model=model))


async def test_where_nothing_has_changed_nothing_is_said(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    assert await changes(home, room.transcript) == ()
    assert await news(home, room.transcript) == ()
    with pytest.raises(UsageError, match="nothing has changed since"):
        chosen(())


async def test_a_persona_whose_file_has_changed_stays_as_the_session_has_it_and_the_difference_is_told(
    home: Home, tmp_path: Path
) -> None:
    room = await made(home, tmp_path)
    file(tmp_path).write_text(CHANGED, "utf-8")
    (change,) = await changes(home, room.transcript)
    assert change.says == (
        "Maya's file has changed: title “baker” is “mayor” now, prompt with 6 words added and 4 words taken out, "
        "other color"
    )
    maya = room.transcript.member("maya")
    assert maya
    assert maya.persona.title == "baker"
    assert await news(home, room.transcript) == ("Maya's file has changed since (/adopt shows how)",)


async def test_what_was_adopted_is_read_from_then_on_and_is_no_news_any_more(home: Home, tmp_path: Path) -> None:
    prompts: list[str] = []

    async def speech(request: Request, n: int) -> AsyncGenerator[str]:
        prompts.append(str(request.messages))
        async for text in fluent(request, n):
            yield text

    home.models = improvised(speech)
    room = await made(home, tmp_path, "openai/gpt-4o")
    file(tmp_path).write_text(CHANGED, "utf-8")
    await adopt(room, chosen(await changes(home, room.transcript), "maya"))
    last = room.log.events[-1]
    assert isinstance(last, ParticipantChanged)
    assert last.by == "you"
    assert await changes(home, room.transcript) == ()
    room.start()
    await stands(room, "closed")
    assert any("never sleeps" in prompt for prompt in prompts)
    assert not any("wakes early" in prompt for prompt in prompts)


async def test_a_wish_for_another_model_comes_with_the_file(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    file(tmp_path).write_text(MAYA.replace("title:", "model: openai/gpt-4o\ntitle:"), "utf-8")
    (change,) = await changes(home, room.transcript)
    assert "wishes for openai/gpt-4o" in change.says
    await adopt(room, (change,))
    maya = room.transcript.member("maya")
    assert maya
    assert maya.model == "openai/gpt-4o"


async def test_a_file_that_is_not_here_or_cannot_be_read_changes_nothing(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    file(tmp_path).write_text("no front matter closed\n---\n---", "utf-8")
    broken = await changes(home, room.transcript)
    file(tmp_path).unlink()
    (gone,) = await changes(home, room.transcript)
    assert gone.says == "Maya's file is not within reach of here: it goes on as it was"
    assert not any(one.adoptable for one in (*broken, gone))
    assert await news(home, room.transcript) == ()
    with pytest.raises(UsageError, match="nothing of maya's has changed") as caught:
        chosen((gone,), "maya")
    assert "within reach" in caught.value.hint


async def test_who_stands_beside_a_room_file_is_found_there_unless_two_rooms_have_one(
    home: Home, tmp_path: Path
) -> None:
    rooms = tmp_path / ".agentchat" / "personas" / "lineups"
    for desk in ("desk", "bakery"):
        (rooms / desk).mkdir(parents=True)
    (rooms / "desk" / "nele.md").write_text(MAYA.replace("Maya", "Nele"), "utf-8")
    (rooms / "desk.toml").write_text('personas = ["desk/nele.md", "ada"]', "utf-8")
    wish = Wish("What is fair?", personas=("desk",), model=script(tmp_path))
    room = await home.create(wish)
    assert await changes(home, room.transcript) == ()
    (rooms / "desk" / "nele.md").write_text(CHANGED.replace("Maya", "Nele"), "utf-8")
    async with Home(tmp_path / "home", home.environ) as later:
        (change,) = await changes(later, room.transcript)
        assert change.says.startswith("Nele's file has changed: title “baker” is “mayor” now")
        (rooms / "bakery" / "nele.md").write_text(MAYA.replace("Maya", "Nele"), "utf-8")
        (rooms / "bakery.toml").write_text('personas = ["bakery/nele.md", "ada"]', "utf-8")
        (change,) = await changes(later, room.transcript)
        assert "within reach" in change.says


async def test_a_session_goes_on_from_any_folder_with_the_personas_it_has(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await made(home, tmp_path)
    await home.leave(room)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    async with Home(tmp_path / "home", dict(os.environ)) as other:
        again = await other.open(room.session)
        assert [change.adoptable for change in await changes(other, again.transcript)] == [False]
        again.start()
        await stands(again, "closed")
        assert "maya" in {member.id for member in again.transcript.members}


async def test_the_homes_model_that_is_another_now_can_be_adopted(home: Home, tmp_path: Path) -> None:
    model, other = script(tmp_path), tmp_path / "other.toml"
    other.write_text((tmp_path / "script.toml").read_text("utf-8"), "utf-8")
    config = home.folder / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'model = "{model}"\n', "utf-8")
    async with Home(home.folder, home.environ) as before:
        session = (await before.create(Wish("What is fair?", personas=("ada", "ben")))).session
    config.write_text(f'model = "scripted/{other}"\n', "utf-8")
    async with Home(home.folder, home.environ) as after:
        room = await after.open(session)
        found = await changes(after, room.transcript)
        assert [one.says for one in found] == [
            f"{name} is asked with {model}; the home's model is scripted/{other} now" for name in ("Ada", "Ben")
        ]
        assert await news(after, room.transcript) == (f"the home's model is scripted/{other} now (/adopt takes it)",)
        await adopt(room, found)
        assert {member.model for member in room.transcript.members} == {f"scripted/{other}"}


async def test_inside_a_mode_within_the_mode_it_is_adopted_as_well(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    file(tmp_path).write_text(CHANGED, "utf-8")
    await room.enter("committee", {"options": ["bees", "wasps"]})
    room.start()
    async with room.watch() as told:
        async for _ in told:
            if len(room.transcript.frames) > 1:
                break
    await adopt(room, await changes(home, room.transcript))
    await stands(room, "closed")
    maya = room.transcript.member("maya")
    assert maya
    assert maya.persona.title == "mayor"


async def test_a_model_without_its_key_is_named_with_what_to_do(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path, "openai/gpt-4o")
    assert unasked(home, room.transcript) == ("openai/gpt-4o has no key here: set OPENAI_API_KEY",)
    assert (await news(home, room.transcript))[-1].endswith("or take another with /model all MODEL")
    home.environ["OPENAI_API_KEY"] = "sk-x"
    assert unasked(home, room.transcript) == ()


async def test_a_model_whose_file_is_gone_is_named(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    (tmp_path / "script.toml").unlink()
    (told,) = unasked(home, room.transcript)
    assert "cannot be asked here: there is no file" in told


async def test_a_setting_this_version_no_longer_knows_is_named(home: Home, tmp_path: Path) -> None:
    room = await made(home, tmp_path)
    await room._do(SettingsChanged(changes={"mood": "grim"}))
    assert "discussion no longer has the setting mood, which is left out" in await news(home, room.transcript)
