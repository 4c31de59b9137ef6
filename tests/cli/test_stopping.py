"""Real processes, really interrupted."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import PROGRAM, Ran, Terminalless, ended, played, started
from support.rooms import script

SLOW = """
pace = 12
["*"]
"*" = ["I think we should begin with the schools, and then mend the bus."]
position = ['{"stance": "agree", "why": "cheap"}']
"""
QUICK = SLOW.replace("pace = 12", "pace = 0")
WORDS = ("run", "Where shall we eat?", "-p", "ada", "-p", "ben", "--rounds", "1")


@pytest.fixture
def slow(tmp_path: Path) -> str:
    return script(tmp_path, SLOW)


def until_a_turn(process: subprocess.Popen[str]) -> list[str]:
    """Read raw lines until a turn has started."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or json.loads(lines[-1])["type"] != "turn_started":
        lines.append(process.stdout.readline())
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_it_saves_says_how_to_go_on_and_goes_on(
    agentchat: Terminalless, tmp_path: Path, slow: str, number: signal.Signals
) -> None:
    process = started(*WORDS, "--model", slow, "--format", "jsonl", cwd=tmp_path)
    head = until_a_turn(process)
    process.send_signal(number)
    ran = ended(process)
    assert ran.code == 130
    assert "Traceback" not in ran.err
    lines = [json.loads(line) for line in [*head, *ran.out.splitlines()]]
    script(tmp_path, QUICK)
    again = agentchat(*played(ran.err.splitlines()).split())
    assert again.code == 0
    assert "Ended: agreed" in again.out
    raw = agentchat("sessions", "show", lines[0]["session"], "--format", "jsonl").out
    whole = [json.loads(line) for line in raw.splitlines()]
    assert whole[: len(lines)] == lines
    assert [one["seq"] for one in whole] == list(range(1, len(whole) + 1))
    cut = [one for one in whole if one["type"] == "turn_ended" and one["outcome"] == "interrupted"]
    assert {one["by"] for one in cut} == {"quit"}


def test_interrupted_twice_it_is_gone_at_once_and_goes_on_all_the_same(
    agentchat: Terminalless, tmp_path: Path, slow: str
) -> None:
    process = started(*WORDS, "--model", slow, "--format", "jsonl", cwd=tmp_path)
    session = json.loads(until_a_turn(process)[0])["session"]
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert ended(process).code in (130, -signal.SIGINT)
    script(tmp_path, QUICK)
    assert agentchat("run", "--resume", session).code == 0


def test_a_session_open_elsewhere_is_not_driven_twice(agentchat: Terminalless, tmp_path: Path, slow: str) -> None:
    process = started(*WORDS, "--model", slow, "--format", "jsonl", cwd=tmp_path)
    session = json.loads(until_a_turn(process)[0])["session"]
    second = agentchat("run", "--resume", session)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 130
    assert second.code == 1
    assert "is open in another window" in second.err


def test_a_reader_that_goes_ends_the_run_and_the_room_is_kept(tmp_path: Path, slow: str) -> None:
    process = started(*WORDS, "--model", slow, "--format", "jsonl", cwd=tmp_path)
    until_a_turn(process)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait(60) == 141  # as of any program that SIGPIPE ends: neither finished nor interrupted
    assert "Traceback" not in err
    assert "Exception" not in err
    assert "Go on with: agentchat run --resume" in err
    process.stderr.close()


@pytest.mark.parametrize("words", [("personas", "list"), ("modes", "list", "--json"), ("--help",)], ids=str)
def test_a_closed_pipe_is_no_error_of_a_listing(tmp_path: Path, words: tuple[str, ...]) -> None:
    process = started(*words, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), err) == (0, "")


def test_a_run_into_head_says_nothing_of_pipes(tmp_path: Path, slow: str) -> None:
    line = '"$0" "$@" | head -n 1; echo "${PIPESTATUS[*]}"'
    run = subprocess.run(
        ["bash", "-c", line, *PROGRAM, *WORDS, "--model", slow, "--format", "jsonl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.stdout.splitlines()[1:] == ["141 0"]
    assert "Traceback" not in run.stderr
    assert "Broken pipe" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run([*PROGRAM, "modes", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("agentchat: the output could not be written: No space left")
    assert "Traceback" not in run.stderr


def at_a_terminal(*words: str, cwd: Path, environ: dict[str, str], answer: Callable[[str], str] = lambda _: "") -> Ran:
    """A command with a terminal of its own; `answer` gives the keys to press for what is shown, until all is still.

    Pressed again where nothing comes of it: a key may come before the program listens, as any person knows.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(PROGRAM[0], [*PROGRAM, *words], {**os.environ, "TERM": "xterm-256color", **environ})
    shown, pressed = "", False
    while True:
        if not select.select([terminal], [], [], 2)[0]:
            pressed = False
        else:
            try:
                shown += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
        if not pressed and (keys := answer(shown)):
            os.write(terminal, keys.encode())
            pressed = True
    os.close(terminal)
    return Ran(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown, "")


@pytest.mark.parametrize(("no_color", "colours"), [("", True), ("1", False)])
def test_at_a_terminal_names_have_colours_unless_no_color_is_set(tmp_path: Path, no_color: str, colours: bool) -> None:
    environ = {"NO_COLOR": no_color, "COLORTERM": "truecolor"}
    model = script(tmp_path, QUICK)
    ran = at_a_terminal(*WORDS, "--model", model, cwd=tmp_path, environ=environ)
    assert ran.code == 0
    assert "economist" in ran.out
    assert (re.search(r"\x1b\[[\d;]*38;2;", ran.out) is not None) is colours


def test_ctrl_c_at_a_terminal_saves(agentchat: Terminalless, tmp_path: Path, slow: str) -> None:
    def interrupt(shown: str) -> str:
        return "\x03" if "thinking" in shown and "Stopping" not in shown else ""

    ran = at_a_terminal(*WORDS, "--model", slow, cwd=tmp_path, environ={}, answer=interrupt)
    assert ran.code == 130
    assert "Traceback" not in ran.out
    script(tmp_path, QUICK)
    assert agentchat(*played(ran.out.splitlines()).split()).code == 0


@pytest.mark.parametrize("keys", ["n\n", "\x03"])
def test_at_a_terminal_the_starter_model_is_asked_for_before_it_is_fetched(tmp_path: Path, keys: str) -> None:
    def refuse(shown: str) -> str:
        return keys if "[Y/n]" in shown else ""

    nowhere = {"AGENTCHAT_DATA": str(tmp_path / "none"), "OLLAMA_HOST": "127.0.0.1:9"}
    ran = at_a_terminal(*WORDS, cwd=tmp_path, environ=nowhere, answer=refuse)
    assert ran.code == (1 if keys == "n\n" else 130)
    assert "98 MB" in ran.out
    assert "Traceback" not in ran.out
