"""The commands there are, under their headings. Listing them loads none of them."""

from __future__ import annotations

import click

from agentchat import __version__
from agentchat.cli.command import Lazy, group, home_option

PARTS = {
    "Talk": {
        "chat": Lazy("agentchat.cli.app", "chat", "Open the app, straight in a room"),
        "run": Lazy("agentchat.cli.run", "run", "Hold a room here, without a screen"),
        "replay": Lazy("agentchat.cli.replay", "replay", "Watch a session again, at its pace; try: replay demo"),
        "watch": Lazy("agentchat.cli.watch", "watch", "Follow a session live that is driven in another terminal"),
        "resume": Lazy("agentchat.cli.app", "resume", "Open the app in a session from before"),
    },
    "What if": {
        "fork": Lazy("agentchat.cli.fork", "fork", "Go on from any turn of a session, differently"),
        "compare": Lazy("agentchat.cli.compare", "compare", "Two sessions side by side: what came of each"),
    },
    "What there is": {
        "sessions": Lazy("agentchat.cli.sessions", "sessions", "Sessions you had: list, label, delete, export, import"),
        "search": Lazy("agentchat.cli.search", "search", "Find what was said, in every session"),
        "inbox": Lazy("agentchat.cli.inbox", "inbox", "What your rooms ask you: list it, answer it"),
        "personas": Lazy("agentchat.cli.personas", "personas", "Who can take part: list, show, check files"),
        "modes": Lazy("agentchat.cli.modes", "modes", "How a room can work, and its settings"),
        "tally": Lazy("agentchat.cli.tally", "tally", "Count a file of ballots by any of 15 voting rules"),
        "models": Lazy("agentchat.cli.models", "models", "Which models there are; try one; fetch the small local one"),
    },
    "When something is wrong": {
        "backup": Lazy("agentchat.cli.backup", "backup", "Copy all your sessions into one file"),
        "doctor": Lazy("agentchat.cli.doctor", "doctor", "Look at everything agentchat stands on, and say what to do"),
        "completion": Lazy("agentchat.cli.completion", "completion", "Let your shell complete agentchat's words"),
    },
}


@group(
    "agentchat",
    "agentchat                                       the app: your sessions, and new ones",
    'agentchat chat "Which database?" -p ada -p femi',
    'agentchat run "How could a small town win back young families?" --rounds 2',
    'git diff | agentchat run -f - "What could break?" --format md --output review.md',
    "agentchat COMMAND --help",
    parts=PARTS,
    alone=True,
)
@click.version_option(__version__, message="agentchat %(version)s")
@click.pass_context
def root(context: click.Context) -> int:
    """Personas discuss your topic in one shared room, in your terminal, and you take part.

    Without a command, agentchat opens its app.
    """
    if context.invoked_subcommand is not None:
        return 0
    from agentchat.cli import log
    from agentchat.tui.app import run_app

    log.keep()
    return run_app()


root.params.insert(0, home_option(hidden=False))
