"""`agentchat personas`: who can take part, where each comes from, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentchat.cli.bringing import export, import_
from agentchat.cli.command import command, group
from agentchat.cli.edge import complain, say, say_lines
from agentchat.cli.listing import as_json, show_columns, show_json, show_pairs
from agentchat.cli.memory import memory
from agentchat.cli.suggest import suggest
from agentchat.cli.writing import edit, new, show_preview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.persona import Persona

BAD_FILE = 2
"""The exit code where a file cannot be used."""


@group("personas", "agentchat personas list", "agentchat personas show ada", "agentchat personas new",
       "agentchat personas edit my-persona.md", "agentchat personas check my-persona.md",
       "agentchat personas import card.json --dry-run", "agentchat personas export ada --format card")  # fmt: skip
def personas() -> None:
    """Who can take part.

    A persona is a Markdown file. It is looked up in .agentchat/personas of this folder, in personas of your home, and
    among those that ship; the first found of a name wins.
    """


@command("list", "agentchat personas list --json")
@as_json
def listed(as_json: bool) -> None:
    """List personas and line-ups, and where each comes from. A file that cannot be used is named on stderr."""
    from agentchat.home import Home

    scan = Home().shelf.scan()
    if as_json:
        facts = [_facts(one.persona) | _origin(one.path, one.origin, one.shadows) for one in scan.personas]
        teams = [
            one.lineup.model_dump(mode="json") | _origin(one.path, one.origin, one.shadows) for one in scan.lineups
        ]
        show_json({"personas": facts, "lineups": teams})
    else:
        rows = [(one.persona.id, one.persona.title, one.origin, one.persona.about) for one in scan.personas]
        show_columns(("PERSONA", "TITLE", "FROM", "DESCRIPTION"), rows)
        if scan.lineups:
            click.echo()
            lines = [
                (one.lineup.id, one.lineup.mode, one.origin, ", ".join(one.lineup.personas)) for one in scan.lineups
            ]
            show_columns(("LINE-UP", "MODE", "FROM", "PERSONAS"), lines)
    people = [(f"@{one.persona.id}", one.path, one.shadows) for one in scan.personas]
    for called, path, shadows in (*people, *((one.lineup.id, one.path, one.shadows) for one in scan.lineups)):
        for hidden in shadows:
            say_lines(f"{called} is the one in {path}, which hides {hidden}")
    for flaw in scan.flaws:
        complain(f"{flaw.place}: {flaw.message}", flaw.hint)


@command("show", "agentchat personas show ada", "agentchat personas show ./my-persona.md",
         "agentchat personas show ada --preview", "agentchat personas show ada --preview --tiny")  # fmt: skip
@click.argument("name")
@click.option("--preview", is_flag=True, help="Show what a model is given to read when it is its turn.")
@click.option("--tiny", is_flag=True, help="With --preview: what a very small model is given.")
@as_json
def show(name: str, preview: bool, tiny: bool, as_json: bool) -> None:
    """Show one persona: NAME is its id, its name, or a file."""
    from agentchat.home import Home
    from agentchat.views.clean import clean

    shelf = Home().shelf
    found = shelf.get(name)
    over = shelf.over(found.persona.id, found.path)
    if preview or tiny:
        show_preview(found.persona, tiny=tiny)
        return
    if as_json:
        place = _origin(found.path, found.origin, found.shadows)
        show_json(
            _facts(found.persona) | {"prompt": found.persona.prompt} | place | {"hidden_by": over, "notes": found.notes}
        )
        return
    one = found.persona
    show_pairs(
        {
            "name": f"{one.avatar} {one.name}".strip(),
            "id": f"@{one.id}",
            "title": one.title,
            "description": one.description,
            "focus": one.focus,
            "model": ", then ".join(one.model),
            "temperature": "" if one.temperature is None else f"{one.temperature:g}",
            "talkativeness": f"{one.talkativeness:g}",
            "understudy": one.understudy,
            "tags": ", ".join(one.tags),
            "from": f"{found.path} ({found.origin})",
            "hides": ", ".join(map(str, found.shadows)),
            "hidden by": f"{over}, which is taken here instead" if over else "",
            "notes": "; ".join(found.notes),
        }
    )
    click.echo(f"\n{clean(one.prompt).strip()}")


@command("check", "agentchat personas check", "agentchat personas check my-persona.md .agentchat/personas")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@as_json
def check(paths: Sequence[Path], as_json: bool) -> int:
    """Check persona and line-up files: these, or all within reach.

    PATH is a file or a folder of them. Exits with 2 if one cannot be used. What could be better is only noted.
    """
    from agentchat.home import Home
    from agentchat.views.clean import clean_line

    flaws = Home().check(paths)
    fatal = sum(flaw.fatal for flaw in flaws)
    if as_json:
        show_json(
            [
                {"path": flaw.path, "line": flaw.line, "message": flaw.message, "hint": flaw.hint, "fatal": flaw.fatal}
                for flaw in flaws
            ]
        )
    else:
        for flaw in flaws:
            told = f"{flaw.place}: {'' if flaw.fatal else 'note: '}{flaw.message}"
            click.echo(clean_line(f"{told} ({flaw.hint})" if flaw.hint else told, 1000))
        notes = len(flaws) - fatal
        say(f"{fatal or 'no'} file{'s' * (fatal != 1)} with errors, {notes or 'no'} note{'s' * (notes != 1)}")
    return BAD_FILE if fatal else 0


def _facts(persona: Persona) -> dict[str, object]:
    return persona.model_dump(mode="json", exclude={"prompt"})


def _origin(path: Path, origin: str, shadows: Sequence[Path]) -> dict[str, object]:
    return {"from": origin, "path": path, "hides": shadows}


personas.add_command(listed)
personas.add_command(show)
personas.add_command(check)
personas.add_command(new)
personas.add_command(edit)
personas.add_command(import_)
personas.add_command(export)
personas.add_command(memory)
personas.add_command(suggest)
