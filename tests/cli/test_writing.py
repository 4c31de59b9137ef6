"""Personas written from the command line."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script
from support.terminals import Terminal

WHO = ("--title", "locksmith", "--focus", "doors and keys", "--blind-spot", "those who own nothing", "--voice", "dry")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The personas of the home, of which there are none."""
    monkeypatch.setenv("AGENTCHAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path / "home" / "personas"


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *edits: str) -> None:
    """Let the n-th time the editor is opened do the n-th of these sed commands."""
    path = tmp_path / "pen"
    lines = [
        f'  {number}) sed "{edit}" "$1" > "{path}.new"; cat "{path}.new" > "$1" ;;' for number, edit in enumerate(edits)
    ]
    count = tmp_path / "count"
    body = "\n".join(
        [f'n=$(cat "{count}" 2>/dev/null || echo 0)', f'echo $((n + 1)) > "{count}"', "case $n in", *lines]
    )
    path.write_text(f"#!/bin/sh\n{body}\nesac\n", "utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(path))


def test_a_persona_is_made_of_a_few_words_and_can_be_used(agentchat: Terminalless, home: Path) -> None:
    made = agentchat("personas", "new", "Zofia", *WHO, "--tags", "doors, locks", "--model", "openai/gpt-4o")
    assert made.code == 0, made.err
    text = (home / "zofia.md").read_text("utf-8")
    assert text.startswith(
        "---\nname: Zofia\ntitle: locksmith\nfocus: doors and keys\nmodel: openai/gpt-4o\ntags: [doors, locks]\n---\n"
        "You are Zofia, a locksmith.\n\nYou care about doors and keys."
    )
    assert "Your blind spot is those who own nothing." in text
    assert f"Written: {home / 'zofia.md'}" in made.err
    assert "note:" not in made.err
    assert "You are Zofia (@zofia), locksmith, in a room where a question is discussed." in made.out
    checked = agentchat("personas", "check", home)
    assert (checked.code, checked.out) == (0, "")


def test_without_a_terminal_what_is_missing_is_named_and_nothing_is_made(agentchat: Terminalless, home: Path) -> None:
    lacking = agentchat("personas", "new", "--title", "locksmith")
    assert lacking.code == 2
    assert "a new persona lacks NAME, --focus, --blind-spot, --voice" in lacking.err
    assert not home.exists()


def test_at_a_terminal_it_is_asked_for(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # else it goes to the project's personas, where the checkout has some
    code = "import sys; from agentchat.cli import edge; sys.exit(edge.run(['personas', 'new', '--title', 'locksmith']))"
    terminal = Terminal(tmp_path / "home", script(tmp_path), code)
    for question, answer in (
        ("Name", "Zofia"), ("cares about", "doors"), ("does not see", "strangers"), ("speaks", "you whisper"),
        ("wishes for", ""),
    ):  # fmt: skip
        terminal.until(question)
        terminal.type(f"{answer}\r")
    assert terminal.end() == 0
    text = (home / "zofia.md").read_text("utf-8")
    assert "You whisper.\n\nYour blind spot is strangers." in text


def test_it_goes_to_the_project_where_that_has_personas_or_where_one_says(
    agentchat: Terminalless, home: Path, tmp_path: Path
) -> None:
    project = tmp_path / ".agentchat" / "personas"
    project.mkdir(parents=True)
    assert agentchat("personas", "new", "Zofia", *WHO).code == 0
    assert agentchat("personas", "new", "Otto", *WHO, "--to", tmp_path / "there").code == 0
    assert (project / "zofia.md").exists()
    assert (tmp_path / "there" / "otto.md").exists()
    assert not home.exists()


def test_its_prompt_may_come_from_a_pipe(agentchat: Terminalless, home: Path) -> None:
    made = agentchat("personas", "new", "Zofia", "--prompt", "-", stdin=b"You are Zofia. Hm.\n")
    assert made.code == 0, made.err
    assert (home / "zofia.md").read_text("utf-8") == "---\nname: Zofia\n---\nYou are Zofia. Hm.\n"
    assert "names no blind spot" in made.err


def test_one_like_another_has_all_of_it_under_its_own_name(agentchat: Terminalless, home: Path) -> None:
    made = agentchat("personas", "new", "Maja", "--like", "ada", "--title", "banker")
    assert made.code == 0, made.err
    text = (home / "maja.md").read_text("utf-8")
    assert "You are Maja, an economist" in text
    assert "Ada" not in text
    assert "note: its description, focus and prompt are still what ada has" in made.err
    assert "its prompt says “economist”, and its title is “banker”" in made.err
    assert "agentchat personas edit maja" in made.err
    assert "note: line 5: has the same focus as ada.md" in made.err


@pytest.mark.parametrize("name", ["Ada", "Adа", "You", "moderator"])
def test_a_name_that_another_has_or_a_room_reserves_is_not_taken(
    agentchat: Terminalless, home: Path, name: str
) -> None:
    assert agentchat("personas", "new", "Ada", *WHO).code == 0  # it takes the place of the one that ships
    refused = agentchat("personas", "new", name, *WHO)
    assert refused.code == 2
    assert [path.name for path in home.iterdir()] == ["ada.md"]
    assert agentchat("personas", "new", "Ada", *WHO, "--force").code == 0


def test_one_that_ships_is_edited_as_a_copy_and_an_untouched_copy_goes_again(
    agentchat: Terminalless, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(tmp_path, monkeypatch, "", "s/title: economist/title: banker/")
    same = agentchat("personas", "edit", "ada")
    assert (same.code, list(home.iterdir())) == (0, [])
    assert "ada.md ships with agentchat: you edit your copy" in same.err
    assert "Nothing was changed" in same.err
    assert agentchat("personas", "edit", "ada").code == 0
    assert json.loads(agentchat("personas", "show", "ada", "--json").out)["title"] == "banker"


def test_a_file_that_was_broken_says_the_line_and_can_be_opened_again(
    agentchat: Terminalless, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(tmp_path, monkeypatch, "s/^title:/- title:/", "s/^- title:/title:/")
    broken = agentchat("personas", "edit", "ada")
    assert broken.code == 2
    assert f"{home / 'ada.md'}:3: is not valid YAML here" in broken.err
    assert "It stays as you saved it" in broken.err
    mended = agentchat("personas", "edit", "ada")
    assert mended.code == 0, mended.err


def test_an_editor_that_fails_is_named(agentchat: Terminalless, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    assert "false ended with exit code 1" in agentchat("personas", "edit", "ada").err
    assert list(home.iterdir()) == []
    monkeypatch.setenv("EDITOR", "/no/such --editor")
    failed = agentchat("personas", "edit", "ada")
    assert failed.code == 2
    assert "/no/such cannot be started: No such file" in failed.err


def test_it_says_hello_in_its_voice(agentchat: Terminalless, home: Path) -> None:
    made = agentchat("personas", "new", "Zofia", *WHO, "--hello")
    assert made.code == 0, made.err
    assert made.out.endswith("I think we should begin with the schools.\n")
    assert "Zofia answers, with scripted/" in made.err


def test_its_description_is_what_lists_say_and_without_one_its_focus(agentchat: Terminalless, home: Path) -> None:
    assert agentchat("personas", "new", "Zofia", *WHO, "--description", "Counts the keys.").code == 0
    assert agentchat("personas", "new", "Otto", *WHO).code == 0
    rows = {row.split()[0]: row for row in agentchat("personas", "list").out.splitlines() if row}
    assert rows["zofia"].endswith("Counts the keys.")
    assert rows["otto"].endswith("doors and keys")


def test_an_editor_for_terminals_is_not_opened_without_one(
    agentchat: Terminalless, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vim = tmp_path / "vim"
    vim.write_text(f"#!/bin/sh\ntouch {tmp_path}/opened\n", "utf-8")
    vim.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(vim))
    refused = agentchat("personas", "edit", "ada")
    assert (refused.code, home.exists(), (tmp_path / "opened").exists()) == (2, False, False)
    assert "vim is an editor for a terminal" in refused.err
    _, way = refused.err.rstrip().rsplit(": agentchat ", 1)
    assert agentchat(*shlex.split(way)).code == 0
    assert str(home / "ada.md") in agentchat("personas", "show", "ada").out
    assert f"Change {home / 'ada.md'}" in agentchat("personas", "edit", "ada").err
    assert agentchat("personas", "new", "Zofia", *WHO, "--edit").code == 2
    assert not (home / "zofia.md").exists()


def test_a_model_that_cannot_be_asked_is_told_in_words(agentchat: Terminalless, home: Path) -> None:
    made = agentchat("personas", "new", "Zofia", *WHO, "--hello", "--model", "scripted/nowhere.toml")
    assert made.code == 2
    assert "there is no file" in made.err
    assert (home / "zofia.md").exists()


def test_what_a_model_reads_is_shown_of_any_persona(agentchat: Terminalless, home: Path) -> None:
    full = agentchat("personas", "show", "ada", "--preview").out
    assert full.startswith("== system ==\nYou are Ada, an economist who grew up")
    assert "About 120 words, as Ada only." in full
    tiny = agentchat("personas", "show", "ada", "--preview", "--tiny").out
    assert tiny.startswith("== system ==\nYou are Ada, an economist.\n")
    assert "reply begins with" in tiny
