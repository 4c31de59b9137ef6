"""Options that more than one command takes: one word for one thing."""

from __future__ import annotations

from pathlib import Path

import click

from agentchat.cli.flags import complete_mode

mode = click.option(
    "-m",
    "--mode",
    default="",
    metavar="MODE",
    shell_complete=complete_mode,
    help="How the room works.  [default: discussion]",
)
personas = click.option(
    "-p",
    "--persona",
    "personas",
    multiple=True,
    metavar="NAME",
    help="Who takes part: an id, a name, a file, or one line-up, with its mode and settings. Repeat it. "
    "Without it, four are suggested.",
)
memory = click.option(
    "--memory",
    is_flag=True,
    help="Give each persona what it held before, in your earlier sessions, where that is near the topic.",
)
file = click.option(
    "--file",
    "file",
    default="",
    metavar="DRAFT",
    help="A text to make better, version by version: mode refinement. In `run`, - is stdin.",
)
check = click.option(
    "--check",
    default="",
    metavar="CMD",
    help="A command of yours, for your shell, that judges each version by its exit code: it gets the text on stdin and "
    "as the file $AGENTCHAT_DRAFT. Nothing is accepted while it fails.",
)
choices = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="TEXT",
    help="Something to choose from: mode committee. Repeat it; without any, the room finds the options.",
)


def _pairs(_context: click.Context, _option: click.Parameter, words: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in words)
    for word in words:
        if "=" not in word or not word.partition("=")[0].strip():
            raise click.BadParameter(f"{word!r} is not NAME=VALUE, as in --set order=moderated")
    return {name.strip(): value for name, value in pairs.items()}


settings = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="A setting of the mode, each of which is an option too (agentchat run --help -m MODE), or timeouts.connect, "
    ".first_token, .silence, .total in seconds, or what the room may spend: budget.tokens, .cost in US dollars, "
    ".minutes. Repeat it.",
)
model = click.option(
    "--model",
    default="",
    metavar="MODEL",
    help="As LiteLLM names it, or local/starter, local/FILE.gguf, scripted/FILE.  [default: what is there]",
)
api_base = click.option(
    "--api-base", default="", metavar="URL", help="Ask every model at this OpenAI-compatible address."
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(("text", "md", "adr", "jsonl")),
    default="text",
    show_default=True,
    help="text to read, the Markdown in it as it was written, md for a page of Markdown, adr for a record of what was "
    "decided, jsonl for one event a line as it is stored: raw, sealed turns included.",
)
output = click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the result there when it is finished: the closing synthesis, the best version of a text even if it was "
    "not accepted, or with --format md or jsonl the whole session. What is said then goes to stdout as text.",
)
on_escalation = click.option(
    "--on-escalation",
    type=click.Choice(("wait", "default", "fail")),
    metavar="WHAT",
    help="wait for your answer, here or by agentchat inbox answer; default, at once, and in a vote abstain; or fail "
    "with exit code 4, the room kept.  [default: wait where a terminal shows messages, else fail]",
)
escalation_timeout = click.option(
    "--escalation-timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Wait no longer than that, then take the default. Where there is none: exit code 4.",
)
