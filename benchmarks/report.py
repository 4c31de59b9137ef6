"""How a figure is printed: what was measured, what it is held against, and the target."""

from __future__ import annotations


def line(what: str, value: float, unit: str, target: float | None = None, *, more: bool = False) -> str:
    """One figure. `more` where a higher one is better."""
    held = "" if target is None else f"   target {'≥' if more else '≤'} {target:g} {unit}"
    met = "" if target is None else ("   ok" if (value >= target if more else value <= target) else "   MISSED")
    return f"  {what:<66} {value:>9.3g} {unit:<6}{held}{met}"


def title(text: str) -> str:
    """A group of figures."""
    return f"\n{text}"
