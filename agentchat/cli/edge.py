"""The outermost edge: whatever happens inside, a person gets words, a shell an exit code, and nobody a traceback.

Results go to stdout, all else to stderr. A pipe whose reader has gone is no error of ours.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentchat.cli.root import root
from agentchat.errors import AgentchatError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


def run(words: Sequence[str]) -> int:
    """Carry out a command line; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    code = _attempt(words)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _lost_output(error)
    with suppress(OSError):
        sys.stderr.flush()
    return code


def _attempt(words: Sequence[str]) -> int:
    try:
        code = root.main(list(words), "agentchat", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return error.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "agentchat"
        complain(error.format_message(), f"`{where} --help` says what there is.")
        return error.exit_code
    except click.ClickException as error:
        complain(error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except AgentchatError as error:
        complain(str(error), error.hint)
        return error.exit_code
    except BrokenPipeError as error:
        return _lost_output(error)
    except Exception as error:  # noqa: BLE001 (the edge)
        return _unforeseen(error)


def say(text: str) -> None:
    """A message, on stderr."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201 (what a command line is for)


def complain(message: str, hint: str = "") -> None:
    """What happened, and what to do next."""
    from agentchat.views.clean import clean

    say("\n  ".join(clean(part) for part in (f"agentchat: {message}", hint) if part))


def _lost_output(error: OSError) -> int:
    """Nobody reads what we print, or it cannot be written: nothing more is tried, not even at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 0
    complain(f"the output could not be written: {error.strerror}")
    return 1


def _unforeseen(error: Exception) -> int:
    import traceback

    import platformdirs

    from agentchat.tui import crash

    if os.environ.get("AGENTCHAT_DEBUG"):
        say(crash.redacted("".join(traceback.format_exception(error)), os.environ))
        return 1
    folder = Path(os.environ.get("AGENTCHAT_HOME") or platformdirs.user_data_path("agentchat")).expanduser()
    log = crash.write(crash.report(error), folder / "agentchat.log")
    place = f"Where it failed is written down in {log}." if log else "Where it failed could not be written down."
    complain(crash.words(error)[0].removeprefix("agentchat failed: "), f"{place} AGENTCHAT_DEBUG=1 shows it.")
    return 1
