"""The errors a person can meet.

    AgentchatError            1
    ├── UsageError            2   wrong words on the command line, an unknown name, a bad file
    ├── NoOutcomeError        3   it ended, without the outcome that was asked for
    ├── HumanNeededError      4   a person must decide, and the policy says not to wait
    ├── StoreError            1   the database: damaged, locked, full, read-only, newer
    └── ModelError            1   a model could not be asked, or did not answer

The number is the exit code. Every message says what happened; `hint` says what to do next.
"""

from __future__ import annotations

from typing import Literal

ModelErrorKind = Literal[
    "auth",
    "quota",
    "forbidden",
    "model_not_found",
    "rate_limit",
    "context",
    "filter",
    "server",
    "network",
    "timeout_first",
    "timeout_idle",
    "timeout_total",
    "protocol",
    "budget",
    "bad_request",
    "not_installed",
    "invalid_answer",
]

OUTAGES: frozenset[str] = frozenset(
    (
        "auth",
        "quota",
        "forbidden",
        "model_not_found",
        "rate_limit",
        "server",
        "network",
        "not_installed",
        "timeout_first",
    )
)
"""Faults of a whole provider: asking another persona of the same model would fail alike."""


class AgentchatError(Exception):
    """Something a person should hear of: what happened, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(AgentchatError):
    """Wrong words on the command line, an unknown name, a file that cannot be read."""

    exit_code = 2


class NoOutcomeError(AgentchatError):
    """The room ended without the outcome that was asked for."""

    exit_code = 3


class HumanNeededError(AgentchatError):
    """A person must decide, and the room's policy is not to wait for one."""

    exit_code = 4


class StoreError(AgentchatError):
    """The database could not be read or written."""


class ModelError(AgentchatError):
    """A model could not be asked, or did not answer as it should.

    `kind` is the fault's class, `retry_after` the provider's wish in seconds, `status` its HTTP
    status. Messages never hold a key.
    """

    def __init__(
        self,
        kind: ModelErrorKind,
        message: str,
        *,
        hint: str = "",
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind: ModelErrorKind = kind
        self.retry_after = retry_after
        self.status = status

    @property
    def outage(self) -> bool:
        """Whether the whole provider is at fault, and not this one turn."""
        return self.kind in OUTAGES
