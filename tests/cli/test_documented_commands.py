"""Every command that a page or a help text shows runs as it stands, on a scripted model."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.command import Terminalless, the_same
from support.own_modes import FILES as MODES, none_left, write
from support.rooms import script

from agentchat.cli.command import Command, Group
from agentchat.cli.root import root as everything

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAMPLES = ROOT / "tests" / "importing" / "samples"
SHOWN_ID = "3f9a"
FORKS_ID = "81c2"
SCRIPT = """
[ada]
proposal = ["Postgres"]
[maya]
say = ["Hm.\\nASK_HUMAN: Which street?", "So be it."]
["*"]
"*" = ["Begin with the street."]
position = ['{"stance": "agree", "why": "it is cheap"}']
proposal = ["SQLite"]
pick = ['{"vote": "A", "why": "it is near"}']
ranking = ['{"ranking": ["A", "B"], "why": "it is small"}']
verdict = ['{"verdict": "pass", "reason": "it is short"}']
blue_hat = ['{"leaning": "try it first", "why": "A summer is enough."}']
case_verdict = ['{"outcome": "resolved"}']
bid = ['{"want": 1, "why": "the street"}', '{"want": 0}']
plan = ['{"tasks": [{"title": "count the tents"}, {"title": "print a bill", "needs": ["1"]}]}']
draft = ["Welcome, all of you, on Monday."]
critique = ['{"issues": [], "scores": {"correctness": 5, "clarity": 5, "completeness": 5, "tone": 5}}']
"""
BALLOTS = '{"options": ["tea", "coffee", "milk", "juice"], "ballots": [{"ranking": [["tea"], ["coffee"]]}]}'
FILES = {
    "note.md": "Welcome. Come on Monday.\n",
    "post.md": "It is a long story.\n",
    "notes.md": "We have one server.\n",
    "notes.txt": "We have one server.\n",
    "my-persona.md": "---\nname: Maya\n---\nYou are Maya, a baker.\n",
    "card.json": '{"name": "Zofia", "description": "A locksmith.", "personality": "Dry.", "first_mes": "Hm."}',
    "agents.yaml": "locksmith:\n  role: Locksmith\n  goal: Open doors\n",
    "room.toml": 'topic = "Which way?"\npersonas = ["ada", "ben"]\nsettings = { rounds = 1 }\n',
    "party.toml": 'topic = "Which evening?"\npersonas = ["ada", "ben"]\nsettings = { rounds = 1 }\n',
    "support.toml": 'topic = "I was billed twice"\npersonas = ["ada", "ben"]\nsettings = { rounds = 1 }\n',
    "votes.json": BALLOTS,
    "lunch.json": BALLOTS,
    "session.jsonl": (ROOT / "sessions" / "demo.jsonl").read_text("utf-8"),
    "group-chat.jsonl": (SAMPLES / "group-chat.jsonl").read_text("utf-8"),
    "messages.json": (SAMPLES / "messages.json").read_text("utf-8"),
    "election.soi": "# ALTERNATIVE NAME 1: tea\n# ALTERNATIVE NAME 2: coffee\n2: 1,2\n",
}


def examples(group: Group) -> Iterator[str]:
    """Those of its help, and of all beneath it."""
    yield from group.examples
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, Group):
            yield from examples(command)
        elif isinstance(command, Command):
            yield from command.examples


def lines() -> Iterator[str]:
    """Each line of a page or a help text that may be a command."""
    fenced = [fence for page in PAGES for fence in FENCE.findall(page.read_text("utf-8"))]
    blocks = [block for language, block in fenced if language in ("", "sh")]
    for text in (*blocks, *examples(everything)):
        yield from text.replace("\\\n", " ").splitlines()


def calls(line: str) -> Iterator[tuple[str, ...]]:
    """The words after the program's name, where a line starts it, whatever is piped in or out."""
    typed = re.split(r"\s{3,}|\s#\s", line.strip().removeprefix("$ "))[0]
    parts = shlex.shlex(typed, posix=True, punctuation_chars="|>")
    parts.whitespace_split = True
    words: list[str] = []
    for word in (*parts, "|"):
        if word not in ("|", ">"):
            words.append(word)
        else:
            if words[:1] == ["agentchat"]:
                yield tuple(words[1:])
            words = []


COMMANDS = sorted({words for line in lines() if "agentchat" in line for words in calls(line)})
ELSEWHERE = {(), ("chat",), ("resume",), ("COMMAND",), ("models", "check"), ("models", "pull")}
ELSEWHERE |= {("inbox", "answer", SHOWN_ID), ("modes", "trust", "six-hats")}
ELSEWHERE |= {("personas", "memory", "ada", "--erase", "4123275f")}
"""What opens the app, stands for any command, asks a network, asks back, or needs what is remembered."""


def elsewhere(words: tuple[str, ...]) -> bool:
    """Whether it is tested where a screen is."""
    if words[:1] == ("watch",):
        return True  # it waits for whoever goes on
    if words == ("personas", "new"):
        return True  # it asks back
    return bool({words[:1], words[:2], words} & ELSEWHERE) or (words[:1] == ("replay",) and "text" not in words[2:])


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with none_left():
        yield


def written_by_hand() -> str:
    """The persona that the page on writing one has its reader write."""
    page = (ROOT / "docs" / "writing-a-persona.md").read_text("utf-8")
    return str(next(text for language, text in FENCE.findall(page) if language == "markdown"))


@pytest.fixture
def session(agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_once: Path) -> str:
    """A session whose room asks the person, beside all the files that the commands name."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / ".agentchat" / "personas").mkdir(parents=True)
    (tmp_path / ".agentchat" / "personas" / "zofia.md").write_text(written_by_hand(), "utf-8")
    monkeypatch.setenv("AGENTCHAT_MODEL", script(made_once, SCRIPT))
    monkeypatch.setenv("VISUAL", "true")

    def ask() -> None:
        assert agentchat("run", "Which way?", "-p", "my-persona.md", "-p", "ben", "--rounds", "1").code == 4

    the_same(Path(os.environ["AGENTCHAT_HOME"]), made_once / "home", ask)
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"])


def test_pages_and_help_texts_show_commands() -> None:
    assert len(COMMANDS) > 50


def test_the_persona_that_a_reader_is_told_to_write_leaves_nothing_to_note(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    (tmp_path / "zofia.md").write_text(written_by_hand(), "utf-8")
    checked = agentchat("personas", "check", "zofia.md")
    assert (checked.code, checked.out) == (0, "")


@pytest.mark.parametrize("words", [one for one in COMMANDS if not elsewhere(one)], ids=shlex.join)
def test_a_command_that_is_shown_runs(agentchat: Terminalless, session: str, words: tuple[str, ...]) -> None:
    (asked,) = json.loads(agentchat("inbox", "list", "--json").out)
    if "--resume" in words:
        assert agentchat("inbox", "answer", session, "Mill Lane").code == 0
    if {"--resume", "--rounds"} <= set(words):
        assert agentchat("run", "--resume", session).code == 0
    if "six-hats" in words:
        write(Path(os.environ["AGENTCHAT_HOME"]), MODES["six_hats.py"], "six_hats.py")
        assert words[:2] == ("modes", "trust") or agentchat("modes", "trust", "six-hats", "--yes").code == 0
    question = f"{session}:{asked['seq']}"
    real = [question if one.startswith(f"{SHOWN_ID}:") else session if one == SHOWN_ID else one for one in words]
    if "tag:work" in words:
        assert agentchat("sessions", "tag", session, "work").code == 0
    if FORKS_ID in words:
        fork = agentchat("fork", session).out.strip()
        real = [fork if one == FORKS_ID else one for one in real]
    ran = agentchat(*real, stdin=(BALLOTS if words[0] == "tally" else "Which way?").encode())
    assert ran.code == 0, ran.err
