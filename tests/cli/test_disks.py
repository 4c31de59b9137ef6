"""A home on a disk that fills up, cannot be written, or is in use by another process for too long."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.command import Ran, Terminalless, ended, played, started
from support.disks import fill, mounted
from support.rooms import script

SLOW = """
pace = 60
["*"]
"*" = ["I think we should begin with the schools, and then mend the bus."]
position = ['{"stance": "agree", "why": "cheap"}']
"""
QUICK = SLOW.replace("pace = 60", "pace = 0")
WORDS = ("run", "Where shall we eat?", "-p", "ada", "-p", "ben", "--rounds", "1")


def room_at_work(folder: Path, home: Path, *more: str) -> tuple[subprocess.Popen[str], list[str]]:
    """A room in which a turn has started, and what it has printed."""
    words = (*WORDS, "--model", script(folder, SLOW), "--format", "jsonl", *more)
    process = started(*words, cwd=folder, environ={"AGENTCHAT_HOME": str(home)})
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or json.loads(lines[-1])["type"] != "turn_started":
        lines.append(process.stdout.readline())
    return process, lines


@pytest.fixture
def told(agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """Runs a command in a home."""
    monkeypatch.chdir(tmp_path)

    def at(home: Path, *words: str) -> Ran:
        monkeypatch.setenv("AGENTCHAT_HOME", str(home))
        return agentchat(*words)

    return at


@pytest.mark.skipif(os.name == "nt", reason="mounts")
def test_on_a_disk_that_fills_up_it_stops_in_words_prints_what_was_said_and_goes_on_later(
    tmp_path: Path, told: Callable[..., Ran]
) -> None:
    with mounted(tmp_path / "disk", "size=4m") as disk:
        home = disk / "home"
        process, head = room_at_work(tmp_path, home)
        junk = fill(disk)
        ran = ended(process)
        assert ran.code == 1
        assert "The disk is full" in ran.err
        assert "Free some space, then go on." in ran.err
        assert "Said, and not kept: Ada: I think we should begin with the schools" in ran.err
        assert "Traceback" not in ran.err
        lines = [*head, *ran.out.splitlines(keepends=True)]
        assert all(json.loads(line) for line in lines)
        assert lines[-1].endswith("\n")
        shown = told(home, "sessions", "list")
        assert (shown.code, "Where shall we eat?" in shown.out) == (0, True)
        junk.unlink()
        script(tmp_path, QUICK)
        again = told(home, *played(ran.err.splitlines()).split())
        assert (again.code, "Ended: " in again.out + again.err) == (0, True)
        session = json.loads(lines[0])["session"]
        raw = told(home, "sessions", "show", session, "--format", "jsonl").out
        assert raw.splitlines()[: len(lines)] == [line.rstrip("\n") for line in lines]


@pytest.mark.skipif(os.name == "nt", reason="mounts")
def test_from_a_home_that_cannot_be_written_all_is_read_and_a_new_room_refused_in_words(
    tmp_path: Path, told: Callable[..., Ran]
) -> None:
    with mounted(tmp_path / "disk", "size=4m") as disk:
        home = disk / "home"
        model = script(tmp_path, QUICK)
        begun = told(home, *WORDS, "--model", model, "--format", "jsonl")
        session = json.loads(begun.out.splitlines()[0])["session"]
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for words in (
            ("sessions", "list"),
            ("sessions", "show", session),
            ("sessions", "export", session, "--output", "talk.md"),
            ("replay", session, "--format", "text"),
            ("search", "schools"),
        ):
            ran = told(home, *words)
            assert (ran.code, ran.err if ran.code else "") == (0, ""), words
        assert "begin with the schools" in (tmp_path / "talk.md").read_text("utf-8")
        for asked in ((*WORDS, "--model", model), ("run", "--resume", session, "And now?")):
            refused = told(home, *asked)
            assert (refused.code, refused.out) == (1, "")
            assert "may not be written" in refused.err
            assert "Set AGENTCHAT_HOME to a folder you may write." in refused.err
            assert "Traceback" not in refused.err


@pytest.mark.soak
@pytest.mark.timeout(180)
def test_a_database_that_is_in_use_for_too_long_stops_it_in_words_and_loses_nothing(
    tmp_path: Path, told: Callable[..., Ran]
) -> None:
    home = tmp_path / "home"
    process, _ = room_at_work(tmp_path, home)
    with closing(sqlite3.connect(home / "sessions" / "agentchat.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = ended(process)
        other.execute("ROLLBACK")
    assert ran.code == 1
    assert "in use by another process for too long" in ran.err
    assert "Said, and not kept: Ada: I think we should begin with the schools" in ran.err
    script(tmp_path, QUICK)
    again = told(home, *played(ran.err.splitlines()).split())
    assert (again.code, "Ended: " in again.out + again.err) == (0, True)
