"""How a figure is printed: what was measured, what it is held against, and the target. A missed one fails nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence


def title(text: str) -> None:
    """Begin a group of figures. How busy the machine was by then stands beside it."""
    print(f"\n{text}   [load {os.getloadavg()[0]:.1f}]", flush=True)


def figure(what: str, value: float, unit: str = "", target: float | None = None, *, more: bool = False) -> None:
    """One figure. `more` where a higher one is better."""
    held = "" if target is None else f"   target {'≥' if more else '≤'} {target:g}"
    met = "" if target is None else ("   ok" if (value >= target if more else value <= target) else "   MISSED")
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    print(f"  {what:<80} {shown:>8} {unit:<3}{held}{met}", flush=True)


def quantile(values: Sequence[float], part: float) -> float:
    """The value that so much of all are below: 0.5 for the median, 0.99 for p99."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]
