"""`agentchat modes`: how a room can work, and what each way of working can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentchat.cli.command import Lazy, command, group
from agentchat.cli.flags import flag
from agentchat.cli.listing import as_json, show_columns, show_json

if TYPE_CHECKING:
    from agentchat.home.plugins import Plugin, Plugins
    from agentchat.modes import Mode
    from agentchat.views.settings import Setting

OF_YOUR_OWN = {
    "Modes of your own": {
        "trust": Lazy("agentchat.cli.trust", "trust", "Look at a mode file in your home, and let it run"),
        "untrust": Lazy("agentchat.cli.trust", "untrust", "Let a mode file run no more"),
    }
}


@group("modes", "agentchat modes list", "agentchat modes show discussion", parts=OF_YOUR_OWN)
def modes() -> None:
    """How a room can work."""


WIDEST = 24
"""Characters of a default, or of what a setting takes, that fit a column."""


@command("list", "agentchat modes list --json")
@as_json
def listed(as_json: bool) -> None:
    """List the modes, those in your home and of packages too."""
    from agentchat.home import Home
    from agentchat.modes import mode_of, names
    from agentchat.views.clean import clean_line

    plugins = Home().plugins
    found = plugins.scan()
    known = [mode_of(name) for name in names()]
    if as_json:
        there = {name: one for one in found for name in one.modes}
        show_json(
            [_facts(mode) | _origin(there.get(mode.name)) for mode in known]
            + [_lost(one) for one in found if not one.works]
        )
        return
    show_columns(
        ("MODE", "WHO SPEAKS WHEN", "WHAT IT DOES"), [(mode.name, mode.picture, mode.summary) for mode in known]
    )
    if found:
        click.echo()
        show_columns(("NOT SHIPPED", "IT IS", "FROM"), [(one.name, one.state, one.origin) for one in found])
    for one in found:
        if one.todo:
            told = f"{one.name}: {one.says}. To do" if one.says else f"To do for {one.name}"
            click.echo(clean_line(f"{told}: {one.todo}", 1000), err=True)
    _warn(plugins)


def _warn(plugins: Plugins) -> None:
    from agentchat.views.clean import clean_line

    for flaw in plugins.flaws:
        click.echo(clean_line(f"{flaw.place} {flaw.message}. {flaw.hint}", 1000), err=True)


@command("show", "agentchat modes show discussion", "agentchat run TOPIC -m discussion --order moderated")
@click.argument("name", metavar="MODE")
@as_json
def show(name: str, as_json: bool) -> None:
    """Show what a mode does and which settings it takes.

    Each is an option of `run` and `chat` (--black-first), and a name for --set, /set and room files (black_first=yes).
    """
    from agentchat.home import Home
    from agentchat.modes import mode_of
    from agentchat.views.clean import clean_line
    from agentchat.views.settings import settings_of

    found = Home().plugins.scan()
    mode = mode_of(name)
    origin = next((one for one in found if name in one.modes), None)
    if as_json:
        settings = mode.Settings.model_json_schema().get("properties", {})
        show_json(_facts(mode) | _origin(origin) | {"settings": settings})
        return
    click.echo(clean_line(f"{mode.title}: {mode.summary}", 400))
    click.echo(clean_line(mode.picture))
    if origin:
        click.echo(clean_line(f"version {mode.version}, from {origin.origin}", 1000))
    click.echo()
    if settings := settings_of(mode.Settings):
        rows = [(flag(name), *rest) for name, *rest in map(row, settings)]
        show_columns(("SETTING", "DEFAULT", "TAKES", "WHAT IT IS"), rows, whole=True)
        if longer := next((one.name for one in settings if "_" in one.name), ""):
            click.echo(f"\nWith --set, with /set and in a room file it is {longer} for {flag(longer)}, and so on.")
    else:
        click.echo("It takes no settings.")


def row(setting: Setting) -> tuple[str, str, str, str]:
    """A setting as a row; what is too long for its column stands in the last one."""
    usual, taken, says = setting.usual, takes(setting), setting.says
    if len(taken) > WIDEST:
        taken, says = "one of", f"{says}. One of: {taken.replace(' | ', ', ')}"
    if len(usual) > WIDEST:
        usual, says = "…", f"{says}. Default: {usual}"
    return setting.name, usual, taken, says


def takes(setting: Setting) -> str:
    """What a setting takes, in a word."""
    match setting.shape:
        case "choice":
            return " | ".join(setting.options)
        case "switch":
            return "yes | no"
        case "count" if setting.low is not None and setting.high is not None:
            return f"{setting.low} to {setting.high}"
        case "words":
            return "text"
        case shape:
            return {"count": "whole number", "number": "number"}[shape]


def _facts(mode: type[Mode]) -> dict[str, object]:
    return {
        "name": mode.name,
        "title": mode.title,
        "version": mode.version,
        "summary": mode.summary,
        "picture": mode.picture,
    }


def _origin(plugin: Plugin | None) -> dict[str, object]:
    return {"state": plugin.state, "from": plugin.origin} if plugin else {"state": "ships"}


def _lost(plugin: Plugin) -> dict[str, object]:
    """A mode that cannot be used, as JSON."""
    return {"name": plugin.name, "state": plugin.state, "from": plugin.origin, "why": plugin.says, "todo": plugin.todo}


modes.add_command(listed)
modes.add_command(show)
