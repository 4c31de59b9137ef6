from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import Terminalless

from agentchat.cli import log, outcome
from agentchat.cli.command import command
from agentchat.cli.root import root
from agentchat.errors import AgentchatError, HumanNeededError, NoOutcomeError, StoreError, UsageError

SECRET = "sk-nobody-may-read-this"

ERRORS = [(AgentchatError, 1), (UsageError, 2), (NoOutcomeError, 3), (HumanNeededError, 4), (StoreError, 1)]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """A command that raises what it is given."""
    monkeypatch.setenv("SOME_API_KEY", SECRET)
    raised: list[Exception] = []

    @command("fail")
    def fail() -> None:
        local = SECRET
        raise raised.pop() from ValueError(f"not {local}")

    root.add_command(fail)
    yield raised
    del root.commands["fail"]


@pytest.mark.parametrize(("error", "code"), ERRORS)
def test_an_error_of_ours_is_said_with_its_hint_and_its_own_exit_code(
    agentchat: Terminalless, failing: list[Exception], error: type[AgentchatError], code: int
) -> None:
    failing.append(error("it \x1b[2Jbroke", hint="mend it"))
    ran = agentchat("fail")
    assert (ran.code, ran.out, ran.err) == (code, "", "agentchat: it broke\n  mend it\n")


def test_what_nobody_foresaw_is_said_shortly_and_written_down_without_values(
    agentchat: Terminalless, failing: list[Exception]
) -> None:
    failing.append(KeyError(f"no {SECRET} here"))
    ran = agentchat("fail")
    written = Path(os.environ["AGENTCHAT_HOME"]) / "agentchat.log"
    assert ran.code == 1
    assert ran.err.startswith("agentchat: KeyError")
    assert str(written) in ran.err
    assert "test_edge.py" in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert SECRET not in ran.err + written.read_text()


def test_a_traceback_is_shown_only_where_it_is_asked_for_and_holds_no_values(
    agentchat: Terminalless, failing: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_DEBUG", "1")
    failing.append(KeyError(f"no {SECRET} here"))
    ran = agentchat("fail")
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert SECRET not in ran.err


def test_what_code_complains_of_goes_into_the_log_and_not_onto_the_screen(
    agentchat: Terminalless, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", SECRET)
    log.keep()
    try:
        raise OSError(f"disk {SECRET}")
    except OSError:
        logging.getLogger("agentchat.room").exception("it failed: %s", SECRET)
    written = log.path().read_text()
    assert "ERROR agentchat.room: it failed: …" in written
    assert "test_edge.py" in written
    assert SECRET not in written
    assert capsys.readouterr().err == ""


def test_the_home_may_be_named_before_the_command_and_after_it(agentchat: Terminalless, tmp_path: Path) -> None:
    for number, words in enumerate((("--home", "one", "sessions", "list"), ("sessions", "list", "--home", "two"))):
        assert agentchat(*words).code == 0
        assert (tmp_path / ("one", "two")[number] / "sessions" / "agentchat.db").exists()


def test_a_result_that_breaks_off_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("before")

    def chunks() -> Iterator[str]:
        yield "half of it"
        raise AgentchatError("broke off")

    with pytest.raises(AgentchatError):
        outcome.write(path, chunks())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    outcome.write(path, ["after \ud800"])
    assert path.read_text() == "after ?"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("sessions", "list", "--like"), "Option '--like' requires an argument.", "`agentchat sessions list --help`"),
        (
            ("tally", "votes.json"),
            "Missing option '--rule'. Choose from: majority, plurality",
            "`agentchat tally --help`",
        ),
        (("sessions", "list", "-m", "discusion"), "there is no mode 'discusion'", "Did you mean discussion"),
        (("search", " "), "what is looked for?", "As in: agentchat search"),
        (("--home", __file__, "sessions", "list"), f"the home {__file__} is no folder", "$AGENTCHAT_HOME"),
    ],
)
def test_wrong_words_are_answered_in_one_line_and_one_of_where_to_look(
    agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str, hint: str
) -> None:
    monkeypatch.setenv("AGENTCHAT_HOME", os.environ["AGENTCHAT_HOME"])  # --home sets it for good
    ran = agentchat(*words)
    first, second = ran.err.splitlines()
    assert (ran.code, message in first, hint in second) == (2, True, True)
