"""`agentchat personas import` and `export`: personas from other programs, and back to them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from agentchat.cli.command import command
from agentchat.cli.edge import complain, say, say_lines
from agentchat.cli.listing import as_json, show_columns, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.home.bringing import Bringing, Format

BAD_FILE = 2
"""The exit code where a file cannot be used."""


@command(
    "import",
    "agentchat personas import card.json --dry-run",
    "agentchat personas import agents.yaml --to .agentchat/personas",
    'agentchat personas import card.json --name "Maya Lin"',
)
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER...", type=click.Path(path_type=Path))
@click.option(
    "--to",
    default=None,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder they are put in.  [default: personas of your home]",
)
@click.option("--name", default="", metavar="NAME", help="What it is called here, if it is one.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Write over a persona of the same id. Otherwise a new one gets a number.")
@as_json
def import_(paths: Sequence[Path], to: Path | None, name: str, dry: bool, force: bool, as_json: bool) -> int:
    """Bring the personas you have in other programs.

    Claude Code and Copilot agents, Character Cards (JSON, PNG, CHARX), CrewAI agents.yaml, TinyTroupe and AutoGen
    JSON, aichat roles and Fabric patterns are told apart by their content. Each becomes a Markdown file of ours; what
    it came from is kept in it. Keys and addresses of model servers are left out. Exits with 2 if a file cannot be used.
    """
    from agentchat.home import Home
    from agentchat.home.bringing import bring_personas

    brought = bring_personas(Home(), paths, to, name=name, dry=dry, force=force)
    if as_json:
        show_json(_facts(brought))
    else:
        _show(brought, dry=dry)
    for flaw in brought.flaws:
        complain(f"{flaw.place}: {flaw.message}", flaw.hint)
    return BAD_FILE if brought.flaws else 0


@command(
    "export",
    "agentchat personas export ada --format card",
    "agentchat personas export ada --format png --output ada.png",
    "agentchat personas export ada --format md > ada.md",
)
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "card", "png"]),
    default="md",
    show_default=True,
    help="Markdown, Character Card V3 as JSON, or that card in a picture.",
)
@click.option(
    "--output",
    default=None,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to.  [default: stdout; a picture gets a file here]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(name: str, form: str, output: Path | None, force: bool) -> None:
    """Give a persona to another program: NAME is its id, its name, or a file.

    One that came as a Character Card goes as what came, with what you changed.
    """
    from agentchat.home import Home
    from agentchat.home.bringing import export_persona, save

    called, content = export_persona(Home(), name, cast("Format", form))
    if output is None and form != "png":
        sys.stdout.write(content.decode())
        return
    path = output or Path(called)
    save(path, content, force=force)
    say_lines(f"written: {path}")


def _show(brought: Bringing, *, dry: bool) -> None:
    rows = [(f"@{one.persona.id}", one.persona.name, one.format, str(one.path)) for one in brought.arrivals]
    if rows:
        show_columns(("PERSONA", "NAME", "FROM", "WOULD BE WRITTEN TO" if dry else "WRITTEN TO"), rows)
    for one in brought.arrivals:
        for note in one.notes:
            say_lines(f"{one.source}: @{one.persona.id}: {note}")
    if brought.passed:
        say(f"{brought.passed} file{'s' * (brought.passed != 1)} passed over: no personas")
    if not rows and not brought.flaws:
        say("no personas found")


def _facts(brought: Bringing) -> list[dict[str, object]]:
    return [
        {"id": one.persona.id, "name": one.persona.name, "format": one.format, "source": one.source, "path": one.path,
         "notes": one.notes}
        for one in brought.arrivals
    ]  # fmt: skip
