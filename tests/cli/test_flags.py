from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support.command import Terminalless
from support.own_modes import none_left, write
from support.rooms import script

from agentchat.cli import edge

WORDS = """
["*"]
word = ['{"word": "tea"}']
"*" = ["Let us talk of tea."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"""


@pytest.fixture(autouse=True)
def _saying(agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, WORDS))
    write(Path(os.environ["AGENTCHAT_HOME"]))
    with none_left():
        assert agentchat("modes", "trust", "saying", "--yes").code == 0
        yield


def settings(agentchat: Terminalless, *words: str) -> Mapping[str, object]:
    """The settings of the room that these words open."""
    ran = agentchat("run", "-p", "ada", "-p", "ben", "--format", "jsonl", *words)
    assert ran.code == 0, ran.err
    opened = json.loads(ran.out.splitlines()[0])
    assert opened["topic"] == "Tea?"
    found: Mapping[str, object] = opened["settings"]
    return found


@pytest.mark.parametrize(
    ("words", "times", "black_first", "no_pause"),
    [
        (("Tea?", "-m", "saying"), 1, False, False),
        (("Tea?", "-m", "saying", "--black-first", "yes", "--times", "2"), 2, True, False),
        (("--black-first", "Tea?", "--mode", "saying"), 1, True, False),
        (("--times=3", "--black-first", "no", "Tea?", "-msaying"), 3, False, False),
        (("-m", "saying", "--no-pause", "Tea?"), 1, False, True),
        (("-m", "saying", "--black-first=on", "--times", "2", "--set", "times=4", "Tea?"), 4, True, False),
        (("room.toml", "--black-first", "Tea?"), 2, True, False),
        (("--times", "3", "room.toml", "--", "Tea?"), 3, False, False),
    ],
)
def test_a_setting_of_whatever_mode_is_an_option(
    agentchat: Terminalless, words: tuple[str, ...], times: int, black_first: bool, no_pause: bool
) -> None:
    Path("room.toml").write_text('mode = "saying"\nsettings = { times = 2 }\n')
    assert settings(agentchat, *words) == {
        "times": times,
        "black_first": black_first,
        "no_pause": no_pause,
        "you": False,
    }


def test_the_modes_that_ship_have_theirs_and_a_session_that_goes_on_too(agentchat: Terminalless) -> None:
    assert settings(agentchat, "Tea?", "--rounds", "1", "--no-synthesis")["synthesis"] is False
    ran = agentchat("run", "Tea?", "-m", "saying", "-p", "ada", "-p", "ben")
    session = ran.err.rpartition("agentchat sessions show ")[2].split()[0]
    again = agentchat("run", "--resume", session, "--rounds", "1", "--times", "2", "--format", "jsonl")
    assert again.code == 0, again.err
    assert '"changes":{"times":2}' in again.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--black-frist",), "--black-frist is no option here, nor a setting of saying"),
        (("--black-frist",), "Did you mean --black-first"),
        (("--pesrona", "ada"), "Did you mean --persona?"),
        (("--order", "free"), "nor a setting of saying"),
        (("--times",), "--times needs a value"),
        (("--times", "--black-first"), "--times needs a value"),
        (("--times", "nine"), "saying: times = 'nine'"),
        (("--times=-1",), "saying: times = '-1'"),
        (("--no-times",), "--no-times: times is no switch"),
        (("--no-black-first=yes",), "--no-black-first takes no value"),
        (("--black-first=perhaps",), "saying: black_first = 'perhaps'"),
    ],
)
def test_a_wrong_option_gives_the_nearest_names_and_opens_nothing(
    agentchat: Terminalless, words: tuple[str, ...], told: str
) -> None:
    ran = agentchat("run", "Tea?", "-m", "saying", *words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert json.loads(agentchat("sessions", "list", "--json").out) == []


def test_help_lists_the_settings_of_the_mode_that_is_named(agentchat: Terminalless) -> None:
    shown = agentchat("run", "--help", "-m", "saying")
    assert shown.code == 0
    assert "Settings of saying" in shown.out
    assert "--black-first, --no-black-first" in shown.out
    assert "How often each says a word" in shown.out
    assert "Settings of" not in agentchat("run", "--help").out
    assert "Settings of poll" in agentchat("chat", "-m", "poll", "--help").out
    assert agentchat("run", "-m", "pol", "--help").code == 2


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("agentchat run -m saying --bl", ["--black-first"]),
        ("agentchat chat -m sa", ["saying"]),
        ("agentchat run --times 2 -m saying --no", ["--no-pause"]),
        ("agentchat run --mod", ["--mode", "--model"]),
    ],
)
def test_a_shell_completes_modes_and_their_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, found: list[str]
) -> None:
    monkeypatch.setenv("_AGENTCHAT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        edge.run([])
    assert [line.partition(",")[2] for line in capsys.readouterr().out.splitlines()] == found
