"""`agentchat modes`: how a room can work, and what each way of working can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command, group
from agentchat.cli.listing import as_json, show_columns, show_json

if TYPE_CHECKING:
    from agentchat.modes import Mode
    from agentchat.views.settings import Setting


@group("modes", "agentchat modes list", "agentchat modes show discussion")
def modes() -> None:
    """How a room can work."""


WIDEST = 24
"""Characters of a default, or of what a setting takes, that fit a column."""


@command("list", "agentchat modes list --json")
@as_json
def listed(as_json: bool) -> None:
    """List the modes."""
    from agentchat.modes import mode_of, names

    known = [mode_of(name) for name in names()]
    if as_json:
        show_json([_facts(mode) for mode in known])
    else:
        show_columns(
            ("MODE", "WHO SPEAKS WHEN", "WHAT IT DOES"), [(mode.name, mode.picture, mode.summary) for mode in known]
        )


@command("show", "agentchat modes show discussion", "agentchat run TOPIC -m discussion --set order=moderated")
@click.argument("name", metavar="MODE")
@as_json
def show(name: str, as_json: bool) -> None:
    """Show what a mode does and which settings it takes, for `run --set NAME=VALUE`."""
    from agentchat.modes import mode_of
    from agentchat.views.settings import settings_of

    mode = mode_of(name)
    if as_json:
        show_json(_facts(mode) | {"settings": mode.Settings.model_json_schema()["properties"]})
        return
    settings = settings_of(mode.Settings)
    click.echo(f"{mode.title}: {mode.summary}\n{mode.picture}\n")
    rows = [row(one) for one in settings]
    show_columns(("SETTING", "DEFAULT", "TAKES", "WHAT IT IS"), rows, whole=True)


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


modes.add_command(listed)
modes.add_command(show)
