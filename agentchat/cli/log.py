"""What goes wrong inside, written into the home's log instead of onto the screen: places and kinds, no values."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import platformdirs

from agentchat.tui import crash


def path() -> Path:
    """The log. It is made when there is something to write."""
    home = os.environ.get("AGENTCHAT_HOME") or platformdirs.user_data_path("agentchat")
    return Path(home).expanduser() / "agentchat.log"


class Journal(logging.Handler):
    """Appends warnings and errors to the log, without the secrets of the environment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one down."""
        said = crash.redacted(f"{record.levelname} {record.name}: {record.getMessage()}", os.environ)
        error = record.exc_info[1] if record.exc_info else None
        crash.write(f"{said}\n{crash.report(error) if error else ''}", path())


def keep() -> None:
    """From now on, write down what our own code and the event loop complain of."""
    journal = Journal(logging.WARNING)
    for name in ("agentchat", "asyncio"):
        logger = logging.getLogger(name)
        if not any(isinstance(handler, Journal) for handler in logger.handlers):
            logger.addHandler(journal)
            logger.propagate = False
