from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.command import PROGRAM, Terminalless, ended, started

from agentchat.export import printout
from agentchat.home.recordings import read, shipped
from agentchat.pacing import Schedule

INSTANT = ("--format", "text", "--speed", "instant")


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_replay_in_a_pipe_prints_all_that_the_session_has_to_show(agentchat: Terminalless, name: str) -> None:
    ran = agentchat("replay", name, *INSTANT)
    assert ran.code == 0
    assert ran.out == "".join(printout("text").take(read(shipped()[name]), rest=True))
    assert "recorded with local/starter" in ran.err


def test_it_comes_at_its_pace_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    process = started("replay", "demo", "--format", "text", cwd=tmp_path, environ={"AGENTCHAT_HOME": str(tmp_path)})
    assert process.stdout
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    assert first.startswith("How could a small town")
    assert ran.code == 130
    assert "Ended" not in ran.out
    assert "Traceback" not in ran.err


def test_a_reader_who_goes_is_no_error(tmp_path: Path) -> None:
    command = f"{' '.join(PROGRAM)} replay demo --format text --speed instant | head -1"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=Path.cwd())
    assert ran.stdout.startswith("How could a small town")
    assert "Traceback" not in ran.stderr


def test_a_file_is_replayed_from_where_one_wants(agentchat: Terminalless) -> None:
    ran = agentchat("replay", shipped()["poll"], *INSTANT, "--from", "turn:2")
    assert ran.code == 0
    assert ran.out == "".join(printout("text").take(read(shipped()["poll"]), rest=True))


def test_from_its_end_it_is_printed_and_not_played_once_more(agentchat: Terminalless) -> None:
    log = read(shipped()["demo"])
    begun = time.monotonic()
    ran = agentchat("replay", "demo", "--format", "text", "--from", f"#{log.head}")
    assert ran.out == "".join(printout("text").take(log, rest=True))
    assert time.monotonic() - begun < Schedule(log.path()).length / 1000 / 2


def test_without_a_name_those_that_ship_are_listed(agentchat: Terminalless) -> None:
    ran = agentchat("replay")
    assert all(name in ran.out for name in shipped())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing-like-it",), "nothing-like-it"),
        (("demo", "--speed", "40"), "no speed"),
        (("demo", "--speed", "nan"), "no speed"),
        (("demo", "--from", "turn:900"), "no turn 900"),
        (("missing.jsonl",), "missing.jsonl"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_opens(
    agentchat: Terminalless, words: tuple[str, ...], told: str
) -> None:
    ran = agentchat("replay", *words)
    assert ran.code == 2
    assert told in ran.err
    assert not ran.out


def test_no_model_and_no_screen_is_loaded_for_it(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:], "replay", "demo", *INSTANT],
        capture_output=True,
        text=True,
        env={"AGENTCHAT_HOME": str(tmp_path)},
        cwd=Path.cwd(),
    )
    assert ran.returncode == 0
    assert not {"litellm", "openai", "textual"} & {row.rpartition("|")[2].strip() for row in ran.stderr.splitlines()}


def test_where_nobody_could_press_a_key_the_app_is_refused_in_words(tmp_path: Path) -> None:
    ran = ended(started("replay", "demo", cwd=tmp_path, environ={"AGENTCHAT_HOME": str(tmp_path)}))
    assert ran.code == 2
    assert ran.out == ""
    assert "the app needs a terminal" in ran.err
    assert "--format text" in ran.err
