from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.library.bringing import BESIDE, Bringing, bring
from agentchat.library.card_export import card_json, card_of, card_picture
from agentchat.library.formats import picture
from agentchat.library.persona_file import read_persona
from agentchat.library.written import persona_markdown
from agentchat.persona import Persona

SAMPLES = Path(__file__).parent / "samples"


def brought(path: Path, to: Path, *, force: bool = False) -> Persona:
    """The one persona of a file, as it is read from where it was put."""
    (arrival,) = bring([path], to, force=force).arrivals
    persona = read_persona(arrival.path).persona
    assert persona == arrival.persona
    return persona


def sample(name: str) -> dict[str, JsonValue]:
    value = json.loads((SAMPLES / name).read_text("utf-8"))
    assert isinstance(value, dict)
    return value


def data(card: dict[str, JsonValue]) -> dict[str, JsonValue]:
    said = card["data"]
    assert isinstance(said, dict)
    return said


@pytest.mark.parametrize(
    ("file", "ids", "format_"),
    [
        ("card_v1.json", ["maren"], "Character Card V1"),
        ("card_v2.json", ["tomas"], "Character Card V2"),
        ("card_v3.json", ["ilse-brandt"], "Character Card V3"),
        ("crew/agents.yaml", ["tide-analyst", "night-pilot"], "CrewAI agents"),
        ("tiny.agent.json", ["noor-haddad"], "TinyTroupe agent"),
        ("autogen.json", ["harbour-master"], "AutoGen component"),
        ("plain-words.md", ["plain-words"], "aichat role"),
        ("fabric/weigh_a_claim/system.md", ["weigh-a-claim"], "Fabric pattern"),
        ("reviewer.agent.md", ["reviewer"], "agent Markdown"),
    ],
)
def test_each_format_is_told_by_its_content(tmp_path: Path, file: str, ids: list[str], format_: str) -> None:
    found = bring([SAMPLES / file], tmp_path)
    assert ([one.persona.id for one in found.arrivals], {one.format for one in found.arrivals}) == (ids, {format_})
    assert found.flaws == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{id_}.md" for id_ in ids)
    for one in found.arrivals:
        assert read_persona(one.path).persona == one.persona


def test_a_folder_is_brought_whole_and_what_is_no_persona_is_passed_over(tmp_path: Path) -> None:
    found = bring([SAMPLES], tmp_path)
    assert (len(found.arrivals), found.flaws, found.passed) == (10, (), 1)


def test_the_notes_of_a_project_are_no_personas_and_a_folder_of_roles_is(tmp_path: Path) -> None:
    for name in ("CHANGELOG.md", "roles/terse.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Say it in three words.")
    found = bring([tmp_path], tmp_path / "to")
    assert ([one.persona.id for one in found.arrivals], found.passed) == (["terse"], 1)


def test_a_card_s_macros_become_words(tmp_path: Path) -> None:
    maren = brought(SAMPLES / "card_v1.json", tmp_path)
    assert maren.prompt.startswith("Maren keeps a lighthouse")
    assert "the person: Is it safe?\nMaren: It has stood" in maren.prompt
    assert "{{" not in maren.prompt
    assert "<START>" not in maren.prompt
    ilse = brought(SAMPLES / "card_v3.json", tmp_path)
    assert ilse.prompt.startswith("Ilse was a harbour pilot. She speaks")


@pytest.mark.parametrize("file", ["card_v1.json", "card_v2.json", "card_v3.json"])
def test_a_card_that_was_brought_goes_as_it_came(tmp_path: Path, file: str) -> None:
    came = sample(file)
    persona = brought(SAMPLES / file, tmp_path)
    gone = card_of(persona, tmp_path / f"{persona.id}.md")
    said = data(came) if "data" in came else came
    assert {key: data(gone)[key] for key in said} == said
    assert (gone["spec"], gone["spec_version"]) == ("chara_card_v3", "3.0")
    if file == "card_v3.json":
        assert gone == came


def test_a_card_too_long_for_front_matter_lies_beside_its_persona(tmp_path: Path) -> None:
    came = sample("card_v2.json")
    book = data(came)["character_book"]
    assert isinstance(book, dict)
    book["entries"] = [{"keys": [f"k{number}"], "content": "tick " * 50} for number in range(100)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "big.json").write_text(json.dumps(came), "utf-8")
    persona = brought(tmp_path / "in" / "big.json", tmp_path)
    assert persona.extra["origin"] == f"tomas{BESIDE}"
    assert data(card_of(persona, tmp_path / "tomas.md"))["character_book"] == book


def test_what_was_changed_since_goes_with_the_card(tmp_path: Path) -> None:
    persona = brought(SAMPLES / "card_v2.json", tmp_path)
    changed = persona.model_copy(update={"prompt": "You are Tomas.", "title": "clockmaker", "temperature": 0.3})
    (tmp_path / "tomas.json").write_text(card_json(changed, tmp_path / "tomas.md"), "utf-8")
    again = brought(tmp_path / "tomas.json", tmp_path, force=True)
    assert (again.prompt, again.title, again.temperature) == ("You are Tomas.", "clockmaker", 0.3)
    assert (again.talkativeness, again.tags) == (0.3, ("maintenance", "craft"))


ADA = Persona(
    id="ada", name="Ada", prompt="You are Ada.\n\nSay: {what}", title="economist", description="Follows: the money.",
    focus="prices", model=("openai/gpt-5-mini", "ollama/x"), temperature=0.7, color="#1188aa", avatar="⇅",
    talkativeness=1, understudy="ben", tags=("prices", "jobs: all"), extra={"tools": ["a", "b"], "n": {"x": ["1"]}},
)  # fmt: skip


def test_a_persona_of_ours_survives_a_card_and_a_picture(tmp_path: Path) -> None:
    here = tmp_path / "ada.md"
    (tmp_path / "a.json").write_text(card_json(ADA, here), "utf-8")
    (tmp_path / "a.png").write_bytes(card_picture(ADA, here))
    for name in ("a.json", "a.png"):
        again = brought(tmp_path / name, tmp_path / name[2:])
        extra = {key: value for key, value in again.extra.items() if key not in ("from", "origin")}
        assert again.model_copy(update={"extra": extra}) == ADA
        assert card_of(again, tmp_path / name[2:] / "ada.md") == card_of(ADA, here)


def test_a_persona_of_ours_survives_markdown(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text(persona_markdown(ADA), "utf-8")
    assert read_persona(tmp_path / "ada.md").persona == ADA
    for path in bring([SAMPLES], tmp_path / "in").arrivals:
        (tmp_path / "again.md").write_text(persona_markdown(path.persona), "utf-8")
        assert read_persona(tmp_path / "again.md").persona == path.persona


def test_no_key_and_no_address_comes_along_and_this_is_said(tmp_path: Path) -> None:
    (one,) = bring([SAMPLES / "autogen.json"], tmp_path).arrivals
    assert "sk-not-a-real-key" not in one.path.read_text("utf-8")
    assert any("api_key is left out" in note for note in one.notes)
    assert one.persona.model == ("openai/gpt-5-mini",)
    card = {"name": "Eve", "description": "She.", "personality": "x", "extensions": {"api": {"base_url": "http://x.y"}}}
    (tmp_path / "eve.json").write_text(json.dumps(card), "utf-8")
    (eve,) = bring([tmp_path / "eve.json"], tmp_path).arrivals
    assert "http://x.y" not in eve.path.read_text("utf-8")


def card(folder: Path, name: str, file: str = "x.json") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps({"name": name, "description": "Somebody.", "personality": "dry"}), "utf-8")
    return folder / file


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..", "C:\\x", "a/b", "con\0", "\u202eAda", "A" * 500, "明日", "😀", "\x1b[2J",
     "~root", ".hidden", "-rf", "a\nb"],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    to = tmp_path / "to"
    (one,) = bring([card(tmp_path / "in", name)], to).arrivals
    assert [path.name for path in to.iterdir()] == [f"{one.path.stem}.md"]
    assert one.path.parent == to
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "to"]


@pytest.mark.parametrize("name", ["You", "SYSTEM", "Ѕуѕtem", "user", "Human"])
def test_a_reserved_name_gets_another_and_this_is_said(tmp_path: Path, name: str) -> None:
    (one,) = bring([card(tmp_path / "in", name)], tmp_path / "to").arrivals
    assert one.persona.name.endswith(" persona")
    assert any("reserve" in note for note in one.notes)


def test_a_name_that_is_taken_or_looks_like_one_gets_a_number(tmp_path: Path) -> None:
    to = tmp_path / "to"
    ids = []
    for number, name in enumerate(["Ada", "Ada", "ADA", "Аdа"]):
        (one,) = bring([card(tmp_path / "in", name, f"{number}.json")], to, [ADA]).arrivals
        ids.append(one.persona.id)
    assert ids[:3] == ["ada", "ada-2", "ada-3"]
    assert len(set(ids)) == 4
    (over,) = bring([card(tmp_path / "in", "Ada", "5.json")], to, force=True).arrivals
    assert over.persona.id == "ada"


def test_one_name_is_for_one_persona(tmp_path: Path) -> None:
    (one,) = bring([SAMPLES / "card_v1.json"], tmp_path, name="Mara").arrivals
    assert one.persona.id == "mara"
    with pytest.raises(UsageError, match="names one persona, and there are 2"):
        bring([SAMPLES / "crew" / "agents.yaml"], tmp_path, name="Mara")


def test_a_rehearsal_writes_nothing(tmp_path: Path) -> None:
    assert len(bring([SAMPLES], tmp_path / "to", dry=True).arrivals) == 10
    assert not (tmp_path / "to").exists()


def test_a_prompt_that_no_persona_file_could_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("word " * 60_000, "utf-8")
    (flaw,) = bring([tmp_path / "long.md"], tmp_path / "to").flaws
    assert flaw.message == "holds a prompt of more than 256 KB"


def test_a_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    (tmp_path / "precious").write_text("mine")
    (to / "ada.md").symlink_to(tmp_path / "precious")
    bring([card(tmp_path / "in", "Ada")], to, force=True)
    assert (tmp_path / "precious").read_text() == "mine"
    (tmp_path / "in" / "out").symlink_to("/etc")
    (tmp_path / "in" / "z.json").symlink_to(tmp_path / "precious")
    os.mkfifo(tmp_path / "in" / "p.json")
    found = bring([tmp_path / "in"], to)
    assert sorted(flaw.message for flaw in found.flaws) == ["is a named pipe", "is a symbolic link"]


def test_two_thousand_files_are_brought_to_a_look_in_two_seconds(tmp_path: Path) -> None:
    for number in range(2_000):
        (tmp_path / f"{number}.md").write_text(f"---\nname: Nr {number}\n---\nYou are.\n")
    found: Callable[[], Bringing] = lambda: bring([tmp_path], tmp_path / "to", dry=True)  # noqa: E731
    assert len(found().arrivals) == 2_000


def test_the_picture_is_a_whole_png(tmp_path: Path) -> None:
    raw = card_picture(ADA, tmp_path / "ada.md")
    kinds, at = [], len(picture.SIGNATURE)
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 4], "big")
        kinds.append(raw[at + 4 : at + 8])
        assert zlib.crc32(raw[at + 4 : at + 8 + size]) == int.from_bytes(raw[at + 8 + size : at + 12 + size], "big")
        at += 12 + size
    assert kinds == [b"IHDR", b"tEXt", b"tEXt", b"IDAT", b"IEND"]
