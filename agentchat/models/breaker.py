"""Stops asking a model that keeps failing, so that the others need not wait for it."""

from __future__ import annotations

from dataclasses import dataclass

from agentchat.errors import ModelError

TRANSIENT = frozenset({"rate_limit", "server", "network", "timeout_first"})
"""Faults that pass: worth another try, and counted here. Of the others, every try would fail alike."""


@dataclass(slots=True)
class Breaker:
    """One deployment's. It opens after `limit` outages in a row, and `rest` seconds later lets one call through."""

    limit: int = 6
    rest: float = 30.0
    _outages: int = 0
    _until: float = 0.0
    _last: ModelError | None = None

    def check(self, model: str, now: float) -> None:
        """Raise the last fault anew while open; a call let through to try keeps the others out."""
        if self._last is None or self._outages < self.limit:
            return
        if now < self._until:
            since = f"{model} failed {self._outages} times in a row; it is left alone for {self._until - now:.0f} s"
            raise ModelError(self._last.kind, f"{self._last} ({since})", hint=self._last.hint, status=self._last.status)
        self._until = now + self.rest

    def failed(self, fault: ModelError, now: float) -> None:
        """A call failed."""
        if fault.kind in TRANSIENT:
            self._outages += 1
            self._until = now + self.rest
            self._last = fault

    def answered(self) -> None:
        """A call was answered."""
        self._outages = 0
