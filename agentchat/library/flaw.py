"""What is wrong with a file: where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agentchat.errors import UsageError


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with one file. Its texts may quote the file: a view cleans them as it cleans all else."""

    path: Path
    line: int
    """Counted from 1; 0 is the file as a whole."""
    message: str
    hint: str = ""
    fatal: bool = True
    """Whether the file cannot be used. Otherwise it is used, and this is worth knowing."""

    @property
    def place(self) -> str:
        """File and line, as editors and terminals read them."""
        return f"{self.path}:{self.line}" if self.line else str(self.path)


class FlawError(UsageError):
    """A file cannot be used, and its flaw says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"{flaw.place}: {flaw.message}", hint=flaw.hint)
        self.flaw = flaw
