from __future__ import annotations

import json
import os
from pathlib import Path

from support.command import Terminalless
from support.rooms import script

SAMPLES = Path(__file__).parents[1] / "library" / "samples"


def test_what_was_brought_takes_part_like_any_other(agentchat: Terminalless, tmp_path: Path) -> None:
    ran = agentchat("personas", "import", SAMPLES / "card_v2.json", SAMPLES / "crew")
    assert ran.code == 0
    assert "@tomas" in ran.out
    assert "Character Card V2" in ran.out
    assert "its lorebook of 1 is kept, and not used" in ran.err
    assert "1 file passed over: no personas" in ran.err
    shown = json.loads(agentchat("personas", "show", "tomas", "--json").out)
    assert shown["path"] == str(Path(os.environ["AGENTCHAT_HOME"]) / "personas" / "tomas.md")
    assert agentchat("personas", "check").code == 0
    ran = agentchat("run", "Which way?", "-p", "tomas", "-p", "ada", "--rounds", "1", "--model", script(tmp_path))
    assert ran.code == 0
    assert "I think we should begin with the schools." in ran.out
    assert "Tom" in ran.out


def test_a_rehearsal_says_what_would_be_and_writes_nothing(agentchat: Terminalless, tmp_path: Path) -> None:
    ran = agentchat("personas", "import", SAMPLES / "card_v1.json", "--dry-run", "--to", tmp_path / "to")
    assert (ran.code, "WOULD BE WRITTEN TO" in ran.out) == (0, True)
    assert not (tmp_path / "to").exists()
    (facts,) = json.loads(agentchat("personas", "import", SAMPLES / "card_v1.json", "--dry-run", "--json").out)
    assert (facts["id"], facts["format"]) == ("maren", "Character Card V1")


def test_a_bad_file_is_named_and_the_exit_code_tells(agentchat: Terminalless, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"name": NaN}')
    ran = agentchat("personas", "import", tmp_path / "bad.json", tmp_path / "none.json", SAMPLES / "card_v1.json")
    assert ran.code == 2
    assert "bad.json: is no JSON that can be read: NaN is no number" in ran.err
    assert "none.json: cannot be read" in ran.err
    assert "@maren" in ran.out


def test_a_persona_goes_out_as_a_picture_and_comes_in_again(agentchat: Terminalless, tmp_path: Path) -> None:
    picture = tmp_path / "ada.png"
    assert agentchat("personas", "export", "ada", "--format", "png", "--output", picture).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    again = agentchat("personas", "export", "ada", "--format", "png", "--output", picture)
    assert (again.code, "is there already" in again.err) == (2, True)
    assert agentchat("personas", "import", picture, "--to", tmp_path / "to").code == 0
    ours, back = (
        json.loads(agentchat("personas", "show", name, "--json").out) for name in ("ada", tmp_path / "to" / "ada.md")
    )
    told = ("id", "name", "prompt", "title", "description", "focus", "color", "avatar", "talkativeness", "tags")
    assert {key: ours[key] for key in told} == {key: back[key] for key in told}


def test_markdown_and_cards_go_to_stdout(agentchat: Terminalless) -> None:
    assert agentchat("personas", "export", "ada").out.startswith("---\nname: Ada\ntitle: economist\n")
    assert json.loads(agentchat("personas", "export", "ada", "--format", "card").out)["data"]["name"] == "Ada"
    assert agentchat("personas", "export", "nobody-here").code == 2


def test_who_is_hidden_by_a_file_of_the_project_is_told_so_however_one_asks(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    theirs = tmp_path / ".agentchat" / "personas" / "maren.md"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("---\nname: Maren\n---\nYou are Maren.\n", "utf-8")
    mine = Path(os.environ["AGENTCHAT_HOME"]) / "personas" / "maren.md"
    for dry in ((), ("--dry-run",)):
        assert (
            f"@maren: {theirs} is taken here instead"
            in agentchat("personas", "import", SAMPLES / "card_v1.json", *dry, "--force").err
        )
    assert f"hidden by      {theirs}" in agentchat("personas", "show", mine).out
    assert json.loads(agentchat("personas", "show", mine, "--json").out)["hidden_by"] == str(theirs)
    assert json.loads(agentchat("personas", "show", "maren", "--json").out)["hides"] == [str(mine)]
    again = agentchat("personas", "new", "Maren", "--prompt", "-", "--force", "--to", mine.parent, stdin=b"You are M.")
    assert f"{theirs} is taken here instead" in again.err
    assert "takes the place of" not in again.err
