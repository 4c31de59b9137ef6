"""`agentchat doctor`: all that agentchat stands on, looked at, and what to do where it does not hold."""

from __future__ import annotations

import click

from agentchat.cli.command import command
from agentchat.cli.listing import as_json, show_json

SIGNS = {"ok": "ok", "note": "-", "broken": "NO"}


@command("doctor", "agentchat doctor", "agentchat doctor --json")
@as_json
def doctor(as_json: bool) -> int:
    """Look at Python, packages, the home, its database, models, keys and the terminal, and say what to do.

    Shows the names of keys, never their values. Exits with 1 if something needed is broken.
    """
    from dataclasses import asdict

    from agentchat.cli.drive import drive
    from agentchat.cli.health import examine
    from agentchat.views.clean import clean_line

    findings = drive(examine())
    if as_json:
        show_json([asdict(one) for one in findings])
    else:
        wide = max(len(one.what) for one in findings)
        for one in findings:
            click.echo(f"{SIGNS[one.state]:2}  {one.what:{wide}}  {clean_line(one.found, 1000)}")
            if one.todo:
                click.echo(f"{'':{wide + 6}}{clean_line(one.todo, 1000)}")
    return int(any(one.state == "broken" for one in findings))
