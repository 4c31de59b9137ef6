"""`agentchat doctor`: all that agentchat stands on, looked at, and what to do where it does not hold."""

from __future__ import annotations

import click

from agentchat.cli.command import command
from agentchat.cli.listing import as_json, show_json

MOST = 20
"""Losses of a session that are named."""

SIGNS = {"ok": "ok", "note": "-", "broken": "NO"}


@command("doctor", "agentchat doctor", "agentchat doctor --json", "agentchat doctor --repair")
@as_json
@click.option("--repair", is_flag=True, help="Make a damaged database anew from all that can be read of it.")
def doctor(as_json: bool, *, repair: bool) -> int:
    """Look at Python, packages, the home, its database, models, keys and the terminal, and say what to do.

    Shows the names of keys, never their values. Exits with 1 if something needed is broken.

    --repair saves every event that can be read, says what was lost, and puts the damaged database aside, beside the new
    one. It is refused while an agentchat is open; where nothing is damaged, it does nothing.
    """
    if repair:
        return _repair(as_json=as_json)
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


def _repair(*, as_json: bool) -> int:
    from dataclasses import asdict

    from agentchat.home import Home
    from agentchat.home.safekeeping import repaired
    from agentchat.views.clean import clean_line

    home = Home()
    done = repaired(home.database)
    if as_json:
        show_json({"damaged": done.aside and str(done.aside), "sessions": [asdict(one) for one in done.sessions]})
        return 0
    if done.aside is None:
        click.echo(clean_line(f"{home.database} is not damaged; nothing was done.", 1000))
        return 0
    for one in done.sessions:
        saved = f"{one.session[:8]}  {clean_line(one.topic, 60)}: {one.events:,} event{'s' * (one.events != 1)} saved"
        click.echo(f"{saved}, all of it" if not one.lost else f"{saved}. Lost:")
        for words in one.lost[:MOST]:
            click.echo(f"          {clean_line(words, 200)}")
        if len(one.lost) > MOST:
            click.echo(f"          and {len(one.lost) - MOST} more; --json names them all")
    click.echo(clean_line(f"The database is whole again. The damaged one is kept: {done.aside}", 1000))
    return 0
