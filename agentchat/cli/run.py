"""`agentchat run`: a room without a screen. What it is told, read and checked before anything is created."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from agentchat.cli import options
from agentchat.cli.command import command
from agentchat.cli.flags import Settable


@dataclass(frozen=True, slots=True)
class Order:
    """What `run` was asked for."""

    topic: str = ""
    question: str = ""
    """The topic behind a room file."""
    resume: str | None = None
    adopt: bool = False
    mode: str = ""
    personas: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    file: str = ""
    check: str = ""
    options: tuple[str, ...] = ()
    rounds: int | None = None
    settings: dict[str, str] = field(default_factory=dict)
    seed: int | None = None
    memory: bool = False
    model: str = ""
    api_base: str = ""
    form: str = "text"
    output: Path | None = None
    on_escalation: str | None = None
    escalation_timeout: float | None = None


@command(
    "run",
    'agentchat run "How could a small town win back young families?" --rounds 2',
    'agentchat run "Which database?" -p ada -p femi -p kenji -f notes.md --output answer.txt',
    'agentchat run support.toml "I was billed twice"',
    'git diff | agentchat run "What could break?" -f - --format md --output review.md',
    'agentchat run "Shorter, and for beginners" --file post.md --check "wc -w | xargs test 400 -gt" --output post.md',
    'echo "Where shall we eat?" | agentchat run - --format jsonl | jq -r .type',
    "agentchat run --resume 3f9a            go on where it stopped",
    "agentchat run --resume 3f9a --adopt    with the persona files as they are now",
    'agentchat run --resume 3f9a --rounds 1 "And if it rains?"    go on after the end',
    cls=Settable,
    titles={
        "The room": ("mode", "personas", "memory", "material", "rounds", "settings", "seed", "resume", "adopt"),
        "A text to refine, a choice to make": ("file", "check", "options"),
        "The model": ("model", "api_base"),
        "What comes out": ("form", "output"),
        "When the room needs you": ("on_escalation", "escalation_timeout"),
    },
)
@click.argument("topic", default="", metavar="[TOPIC|ROOM.toml|-]")
@click.argument("question", default="", metavar="[TOPIC]")
@options.mode
@options.personas
@options.memory
@click.option(
    "-f",
    "--material",
    "material",
    multiple=True,
    metavar="FILE",
    help="Something for all to read before they speak. Repeat it; - is stdin.",
)
@options.file
@options.check
@options.choices
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="Rounds of talk. After the end: so many more.")
@options.settings
@click.option("--seed", type=int, metavar="N", help="What chance is drawn from, where the mode draws lots.")
@click.option("--resume", metavar="ID", help="Go on with a session: any beginning of its id.")
@click.option(
    "--adopt", is_flag=True, help="With --resume: go on with persona files as they are now, where they changed."
)
@options.model
@options.api_base
@options.form
@options.output
@options.on_escalation
@options.escalation_timeout
def run(**given: object) -> int:
    """Hold a room here, without a screen, and print it as it comes: a talk, a vote, a text.

    TOPIC is what it is about; with -, or with a pipe and no TOPIC, it is read from stdin. ROOM.toml is a room as a
    file: who takes part, how, with which models. What is said here outranks it. Results go to stdout,
    everything else to stderr; of a session that goes on, only what is new. Ctrl+C saves and says how to go on.

    Exits with 0 finished, 1 failed, 2 wrong usage or a bad file, 3 ended without the outcome asked for, 4 a person
    is needed, 130 interrupted, 141 whoever read the output went before the end.
    """
    from agentchat.cli.drive import drive
    from agentchat.cli.headless import hold, prepared

    # What is read is read before the loop runs: Ctrl+C ends a wait for stdin at once.
    return drive(hold(prepared(Order(**given))))  # type: ignore[arg-type]  # click gives what the options declare
