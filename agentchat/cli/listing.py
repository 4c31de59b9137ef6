"""What is listed: columns for a person, JSON for a program."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence

import click

from agentchat.views.clean import clean_line

GAP = "  "
LEAST = 20
"""Cells below which a last column is neither cut nor wrapped: the terminal is too narrow for columns."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def show_json(value: object) -> None:
    """Print a value as JSON. All but ASCII is escaped: no terminal is driven by it, whatever it holds."""
    click.echo(json.dumps(value, indent=2, default=str))


LONGEST = 600
"""Characters of a cell."""


def show_columns(heads: Sequence[str], rows: Sequence[Sequence[str]], *, whole: bool = False) -> None:
    """Print rows under their heads. On a terminal the last column ends where the line does, or, `whole`, is wrapped."""
    from rich.cells import cell_len, set_cell_size

    table = [tuple(clean_line(cell, LONGEST) for cell in row) for row in (heads, *rows)]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(heads) - 1)]
    before = sum(widths) + len(GAP) * len(widths)
    room = shutil.get_terminal_size().columns - before if sys.stdout.isatty() else 0
    for *cells, last in table:
        start = "".join(set_cell_size(cell, width) + GAP for cell, width in zip(cells, widths, strict=True))
        if room < LEAST or cell_len(last) <= room:
            click.echo((start + last).rstrip())
        elif whole:
            lines = textwrap.wrap(last, room, break_on_hyphens=False)
            click.echo(start + f"\n{' ' * before}".join(lines))
        else:
            click.echo(f"{start}{set_cell_size(last, room - 1).rstrip()}…")


def show_pairs(pairs: Mapping[str, str]) -> None:
    """Print what a thing has, a line each; what it has not is left out."""
    wide = max((len(name) for name, value in pairs.items() if value), default=0)
    for name, value in pairs.items():
        if value:
            click.echo(f"{name:{wide}}{GAP}{clean_line(value, 1000)}")
