from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from support.command import PROGRAM, Terminalless

from agentchat.cli.command import Command, Group
from agentchat.cli.root import root

HEAVY = ("textual", "litellm", "pydantic", "rich", "asyncio", "sqlite3")


def commands(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, Group):
            yield from commands(command, (*path, name))


EVERY = [path for path, _ in commands(root)]


def test_these_are_the_commands() -> None:
    assert {" ".join(path) for path in EVERY} == {
        "chat", "run", "replay", "watch", "resume", "fork", "compare", "sessions", "sessions list", "sessions show",
        "sessions export", "sessions import", "personas",
        "sessions outcome", "personas memory", "personas suggest", "personas list", "personas show",
        "personas check", "personas new", "personas edit",
        "personas import", "personas export", "modes", "modes list", "modes show", "modes trust",
        "modes untrust", "models",
        "models list", "models check", "models pull", "tally", "inbox", "inbox list",
        "inbox answer", "backup", "sessions backup", "doctor", "completion",
        "search", "sessions search", "sessions rename", "sessions tag", "sessions star", "sessions unstar",
        "sessions archive", "sessions unarchive", "sessions rm", "sessions restore", "sessions stats",
    }  # fmt: skip


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_help_of_every_command_says_what_it_does_and_shows_an_example(
    agentchat: Terminalless, path: tuple[str, ...]
) -> None:
    shown = agentchat(*path, "--help")
    assert shown.code == 0
    assert "Example" in shown.out
    assert f"agentchat {' '.join(path)}" in shown.out.partition("Example")[2]
    assert shown.out.partition("\n\n  ")[2].strip()[0].isupper()


@pytest.mark.parametrize("path", [()] + [path for path, one in commands(root) if isinstance(one, Group)], ids=" ".join)
def test_what_a_command_does_is_told_whole_where_it_is_listed(agentchat: Terminalless, path: tuple[str, ...]) -> None:
    assert "...\n" not in agentchat(*path, "--help").out.partition("\n\n")[2]


def test_every_listing_and_report_has_json() -> None:
    listing = {"sessions list", "inbox list", "personas list", "modes list", "models list", "models check", "doctor"}
    having = {" ".join(path) for path, one in commands(root) if isinstance(one, Command)
              and any("--json" in option.opts for option in one.params)}  # fmt: skip
    assert listing <= having


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sesions",), "Did you mean sessions?"),
        (("personas", "lst"), "Did you mean list?"),
        (("frobnicate",), "There are chat, run, replay"),
        (("run", "--formt", "md"), "--format"),
        (("run", "x", "--format", "pdf"), "'text', 'md', 'adr', 'jsonl'"),
        (("run", "x", "--set", "rounds"), "NAME=VALUE"),
        (("modes", "show", "discusion"), "Did you mean discussion?"),
        (("personas", "show", "adda"), "ada"),
        (("sessions", "show", "zzz"), "No session begins with 'zzz'"),
        (("sessions",), "Usage: agentchat sessions"),
        (("chat", "x", "-p", "nobdy"), "no persona is called 'nobdy'"),
        (("chat", "x", "-m", "discusion"), "Did you mean discussion"),
        (("resume", "zzz"), "No session begins with 'zzz'"),
        (("resume", ""), "which session?"),
    ],
)
def test_wrong_words_are_answered_with_the_nearest_right_ones(
    agentchat: Terminalless, words: tuple[str, ...], told: str
) -> None:
    ran = agentchat(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert told in ran.err


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("run", "--help"), ("completion", "bash")], ids=str)
def test_words_that_need_nothing_load_nothing(words: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:], *words], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}
    assert loaded & set(HEAVY) == set()


def test_completing_a_word_loads_nothing_heavy_and_knows_every_command() -> None:
    asking = {"_AGENTCHAT_COMPLETE": "bash_complete", "COMP_WORDS": "agentchat personas ", "COMP_CWORD": "2"}
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:]],
        capture_output=True, text=True, check=True, env={**os.environ, **asking},
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}
    assert [line.partition(",")[2] for line in run.stdout.splitlines()] == [
        "list", "show", "check", "new", "edit", "import", "export", "memory", "suggest",
    ]  # fmt: skip
    assert loaded & set(HEAVY) == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_for_the_shell_asked_for(agentchat: Terminalless, shell: str) -> None:
    ran = agentchat("completion", shell)
    assert ran.code == 0
    assert f"_AGENTCHAT_COMPLETE={shell}_complete" in ran.out


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_take_little_time(word: str) -> None:
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    taken = []
    for _ in range(3):
        before = cpu()
        subprocess.run([*PROGRAM, word], capture_output=True, check=True)
        taken.append(cpu() - before)
    assert min(taken) < 0.15
