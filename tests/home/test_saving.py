"""A room is saved as a file, and the file gives the same room again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from support.disks import fill, mounted
from support.rooms import script

from agentchat.errors import UsageError
from agentchat.events import Material, SessionOpened
from agentchat.home import Home, Wish
from agentchat.home.saving import Saved, keep, room_file
from agentchat.memory import is_on
from agentchat.persona import Persona
from agentchat.terms import Budget, Patience
from agentchat.transcript import Transcript

MAYA = "---\nname: Maya\ntitle: baker\nfocus: bread and early hours\n---\nYou are Maya, a baker.\n"
ZOE = Persona(id="zoe", name="Zoë", prompt="You are Zoë.\n\nYou doubt.", title="doubter", tags=("chair",))
UNLIKE = ("session", "seed", "at", "models_why")


def essence(transcript: Transcript) -> Mapping[str, object]:
    return transcript.opened.model_dump(exclude={*UNLIKE})


async def saved(home: Home, wish: Wish, path: Path) -> tuple[SessionOpened, Saved]:
    """A room of that wish, saved."""
    room = await home.create(wish)
    made = room_file(home, room.transcript, path)
    keep(made)
    await home.leave(room)
    return room.transcript.opened, made


def files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "rooms"
    place.mkdir()
    return place


WISHES = {
    "plain": Wish("Who pays?", personas=("ada", "ben")),
    "settings": Wish("Who pays?", personas=("ada", "ben"), settings={"rounds": "3", "synthesis": "no"}),
    "committee": Wish("Tea?", mode="committee", personas=("ada", "ben", "cleo"), given={"options": ["tea", "a | b"]}),
    "draft": Wish("Better", mode="refinement", personas=("ada", "ben"), given={"draft": 'A "text"\n\n"""\\ end'}),
    "held to": Wish(
        "A topic\nof two lines", personas=("dev", "ada"), memory=True, budget=Budget(tokens=20_000, cost=0.5),
        escalation=Patience(policy="default", timeout=60), material=(Material(name="notes.md", text="Be brief.\n"),),
    ),
    "a cast": Wish("Bread?", personas=("ada",), cast=(ZOE,), seed=7),
}  # fmt: skip


@pytest.mark.parametrize("what", WISHES)
async def test_the_file_gives_the_same_room_again(
    what: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    async with Home(tmp_path / "home") as home:
        first = await home.create(WISHES[what])
        path = folder / "My room.toml"
        keep(room_file(home, first.transcript, path))
        monkeypatch.delenv("AGENTCHAT_MODEL")
        again = await home.create(Wish(room=str(path)))
        assert essence(again.transcript) == essence(first.transcript)
        assert is_on(again.transcript) == is_on(first.transcript)


async def test_who_is_no_longer_as_the_shelf_has_them_stands_in_a_file_beside_it(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    shelf = tmp_path / "home" / "personas"
    shelf.mkdir(parents=True)
    (shelf / "maya.md").write_text(MAYA)
    async with Home(tmp_path / "home") as home:
        room = await home.create(Wish("Bread?", personas=("maya", "ada")))
        assert '"maya", "ada"' in room_file(home, room.transcript, folder / "bread.toml").text
        (shelf / "maya.md").write_text(MAYA.replace("bread", "cake"))
        made = room_file(home, room.transcript, folder / "bread.toml")
        assert '"bread/maya.md", "ada"' in made.text
        keep(made)
        again = await home.create(Wish(room=str(folder / "bread.toml")))
        assert essence(again.transcript) == essence(room.transcript)


async def test_what_changed_since_is_in_it_and_what_a_file_cannot_say_is_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    async with Home(tmp_path / "home") as home:
        room = await home.create(Wish("Bread?", personas=("ada", "ben", "cleo")))
        await room.change({"rounds": "5"})
        await room.remove("cleo")
        made = room_file(home, room.transcript, folder / "bread.toml")
        assert "rounds = 5" in made.text
        assert 'personas = ["ada", "ben"]' in made.text
        assert made.told == [
            f"{script(tmp_path)} is a file elsewhere, which a room file cannot name: give it with --model"
        ]
        await room.swap_model("ben", "openai/gpt-5-mini")
        assert '[models]\nben = "openai/gpt-5-mini"' in room_file(home, room.transcript, folder / "bread.toml").text


async def test_nothing_is_written_over_unless_it_is_asked_for(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    async with Home(tmp_path / "home") as home:
        _, made = await saved(home, WISHES["held to"], folder / "room.toml")
        with pytest.raises(UsageError, match=r"room\.toml is there already"):
            keep(made)
        made.path.unlink()
        (folder / "notes.md").write_text("Something else")
        with pytest.raises(UsageError, match=r"notes\.md is there already"):
            keep(made)
        assert not made.path.exists()
        keep(made, force=True)
        assert (folder / "notes.md").read_text() == "Be brief.\n"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("../notes.md", ""), ("/etc/passwd", ""), ("~/x", ""), ("a\nb", ""), ("", ""), ("room.toml", "./room.toml"),
        ("a//b", "a/b"), ("a/", "a"), ("a", "a/b"), ("a/b", "a"), ("room.toml/a", "room"), ("日" * 99, ""),
    ],
)  # fmt: skip
async def test_a_text_of_any_name_stays_in_the_folder(
    name: str, other: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    texts = (Material(name=name, text="One"), Material(name=other or name, text="Two"))
    async with Home(tmp_path / "home") as home:
        await saved(home, Wish("Who?", personas=("ada", "ben"), material=texts), folder / "room.toml")
        texts_of = [one for one in files(tmp_path) if one.read_bytes() in (b"One", b"Two")]
        assert len(texts_of) == 2
        assert all(one.is_relative_to(folder) for one in texts_of)
        again = await home.create(Wish(room=str(folder / "room.toml")))
        assert [one.text for one in again.transcript.opened.material] == ["One", "Two"]


async def test_a_room_that_no_file_could_hold_is_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    async with Home(tmp_path / "home") as home:
        with pytest.raises(UsageError, match="fits no room file: topic"):
            await saved(home, Wish("x" * 5000, personas=("ada", "ben")), folder / "room.toml")
        with pytest.raises(UsageError, match="there is no folder"):
            await saved(home, Wish("x", personas=("ada", "ben")), folder / "none" / "room.toml")
    assert [one.name for one in files(folder)] == ["script.toml"]


@pytest.mark.parametrize("how", ["link", "file"])
async def test_nothing_is_written_where_a_folder_is_none(
    how: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(folder))
    (tmp_path / "elsewhere").mkdir()
    if how == "link":
        (folder / "sub").symlink_to(tmp_path / "elsewhere")
    else:
        (folder / "sub").write_text("Something else")
    texts = (Material(name="sub/a.txt", text="One"),)
    async with Home(tmp_path / "home") as home:
        with pytest.raises(UsageError, match="sub is there already, and is no folder"):
            await saved(home, Wish("Who?", personas=("ada", "ben"), material=texts), folder / "room.toml")
    assert not [*(tmp_path / "elsewhere").iterdir()]
    assert not (folder / "room.toml").exists()


async def test_one_with_a_model_that_is_a_file_is_saved_without_it(tmp_path: Path, folder: Path) -> None:
    model = script(tmp_path)
    zoe = ZOE.model_copy(update={"model": (model, "openai/gpt-5-mini")})
    async with Home(tmp_path / "home") as home:
        _, made = await saved(home, Wish("Who?", personas=("ada",), cast=(zoe,), model=model), folder / "room.toml")
        assert [one for one in made.told if "is a file elsewhere" in one] == made.told
        again = await home.create(Wish(room=str(folder / "room.toml"), model=model))
        assert again.transcript.opened.personas[1].model == ("openai/gpt-5-mini",)


async def test_a_room_that_no_disk_holds_is_not_there_and_is_saved_once_there_is_room(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    texts = (Material(name="a.txt", text="word " * 5000),)
    with mounted(folder, "size=256k") as disk:
        async with Home(tmp_path / "home") as home:
            room = await home.create(Wish("Who?", personas=("ada", "ben"), material=texts))
            made = room_file(home, room.transcript, disk / "room.toml")
            junk = fill(disk)
            with pytest.raises(UsageError, match="could not be written: No space left"):
                keep(made)
            assert [*disk.iterdir()] == [junk]
            junk.unlink()
            keep(made)
            again = await home.create(Wish(room=str(disk / "room.toml")))
            assert again.transcript.opened.material == texts
