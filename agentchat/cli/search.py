"""`agentchat search`, and `agentchat sessions search`: where something was said, in every session."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import Command, command
from agentchat.cli.edge import say
from agentchat.cli.listing import as_json, show_json
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.home.library import Found, Hit

SHORT = 8
UNWANTED = re.compile(r"-(?:[^\W\d_]{2,}|[^\W\d_]+:.*|.*\s.*)", re.DOTALL)
"""A word that must not be there, as typed in a shell: no option of one letter looks so."""


class Search(Command):
    """A command whose words may begin with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hold what is no option out of click's sight."""
        return super().parse_args(ctx, [f"\0{word}" if UNWANTED.fullmatch(word) else word for word in args])


@command(
    "search",
    'agentchat search trams "public transport"',
    "agentchat search trams persona:ben after:7d -mode:brainstorm",
    "agentchat sessions search is:decision tag:work",
    cls=Search,
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-n", "limit", type=click.IntRange(min=1), metavar="N", default=20, show_default=True, help="At most so many."
)
@click.option("--best", is_flag=True, help="The best first, not the newest.")
@as_json
def search(words: tuple[str, ...], limit: int, best: bool, as_json: bool) -> None:
    """Find what was said, in every session.

    All WORDS must be there; the last may be a beginning. Filters: persona:, mode:, kind:, session:, tag:, before:,
    after:, and is: with decision, draft, mine, question, starred or archived. A minus before any of them turns it
    around.
    """
    from agentchat.cli.drive import drive
    from agentchat.home import Home

    # The shell took the quotes off: a word with a space in it was a phrase.
    words = tuple(word.lstrip("\0") for word in words)
    typed = " ".join(_requoted(word) for word in words)
    if not "".join(words).strip():
        raise UsageError("what is looked for?", hint='As in: agentchat search trams "public transport"')

    async def read() -> None:
        async with Home() as home:
            found = await home.library.search(typed, limit, best=best)
        if as_json:
            show_json([_fields(hit) for hit in found.hits])
        else:
            _show(found)
            _tell(found, " ".join(words), limit)

    drive(read())


def _requoted(word: str) -> str:
    if not any(map(str.isspace, word)) or '"' in word:
        return word
    if word.startswith("-"):
        return f"-{_requoted(word[1:])}"
    name, colon, value = word.partition(":")
    return f'{name}:"{value}"' if colon and name.isalpha() else f'"{word}"'


def _show(found: Found) -> None:
    from agentchat.views.clean import clean_line
    from agentchat.views.sessions import age

    now = datetime.now(UTC)
    before = ""
    for hit in found.hits:
        if hit.session != before:
            click.echo(
                ("\n" if before else "") + click.style(f"{hit.session[:SHORT]}  {clean_line(hit.title)}", bold=True)
            )
            before = hit.session
        kind = hit.kind.replace("_", " ")
        who = (
            clean_line(hit.name, 40) if hit.kind == "say" else ", ".join(filter(None, (clean_line(hit.name, 40), kind)))
        )
        click.echo(f"  #{hit.seq}  " + click.style(f"{who} · {age(now - hit.at)}", dim=True))
        click.echo("      " + _snippet(hit))


def _snippet(hit: Hit) -> str:
    from agentchat.views.clean import clean

    drawn = ""
    for piece in hit.pieces:
        text = clean(piece.text).replace("\n", " ")
        drawn += click.style(text, bold=True) if piece.hit else text
    return " ".join(drawn.split(" "))


def _tell(found: Found, typed: str, limit: int) -> None:
    if not found.hits:
        say(f"Nothing found: {typed}")
    elif len(found.hits) == limit:
        say(f"\nThe {'first' if limit > 1 else 'one'} {limit}. -n {limit * 2} shows more.")
    if found.hits and sys.stdout.isatty():
        first = found.hits[0]
        say(f"\nagentchat sessions show {first.session[:SHORT]} prints a whole session, agentchat resume opens it.")
    if found.archived:
        many = f"{found.archived}" if found.archived < 100 else "100 or more"
        say(f"{many} more in archived sessions: add is:archived.")


def _fields(hit: Hit) -> dict[str, object]:
    return {
        "session": hit.session,
        "seq": hit.seq,
        "title": hit.title,
        "speaker": hit.speaker,
        "name": hit.name,
        "kind": hit.kind,
        "at": hit.at.isoformat(),
        "text": hit.snippet,
        "marked": [piece.text for piece in hit.pieces if piece.hit],
    }
