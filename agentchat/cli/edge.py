"""The outermost edge: whatever happens inside, a person gets words, a shell an exit code, and nobody a traceback.

Results go to stdout, all else to stderr. A pipe whose reader has gone is no error of ours.
"""

from __future__ import annotations

import errno
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
UNREAD = 141
"""What a shell says of a program that SIGPIPE ended: the reader went before the end."""
COMPLETING = "_AGENTCHAT_COMPLETE"
"""Set by a shell that wants a word completed."""

LOST = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""What writing the output may end with."""


def run(words: Sequence[str]) -> int:
    """Carry out a command line; the exit code."""
    _stand_in_for_closed_streams()
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
        if COMPLETING in os.environ:
            root.main(list(words), "agentchat")
        # Not `main` otherwise: it would see to a closed pipe in its own way.
        with root.make_context("agentchat", list(words)) as context:
            code = root.invoke(context)
            return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return error.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "agentchat"
        complain(" ".join(error.format_message().split()), f"`{where} --help` says what there is.")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except AgentchatError as error:
        complain(str(error), error.hint)
        return error.exit_code
    except OSError as error:
        return _lost_output(error) if error.errno in LOST and error.filename is None else _unforeseen(error)
    except Exception as error:  # noqa: BLE001 (the edge)
        return _unforeseen(error)


def _stand_in_for_closed_streams() -> None:
    """Started with a stream closed (`>&-`), Python has none: then nothing is read, and what is written is gone."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (open until the end)


def say(text: str) -> None:
    """A message, on stderr."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201 (what a command line is for)


def say_lines(*lines: str) -> None:
    """A message that may quote what came from outside: its first line, and what belongs to it beneath."""
    from agentchat.views.clean import clean

    if told := "\n  ".join(clean(line) for line in lines if line):
        say(told)


def complain(message: str, hint: str = "") -> None:
    """What happened, and what to do next."""
    say_lines(f"agentchat: {message}", hint)


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

    from agentchat.cli import log
    from agentchat.tui import crash

    if os.environ.get("AGENTCHAT_DEBUG"):
        say(crash.redacted("".join(traceback.format_exception(error)), os.environ))
        return 1
    written = crash.write(crash.report(error), log.path())
    place = f"Where it failed is written down in {written}." if written else "It could not be written down where."
    complain(crash.words(error)[0].removeprefix("agentchat failed: "), f"{place} AGENTCHAT_DEBUG=1 shows it.")
    return 1
