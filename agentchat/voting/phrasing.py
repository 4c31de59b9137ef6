"""How a count is put in words: amounts and lists of options, in its trace and its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction


def amount(value: Fraction) -> str:
    """A number a person can read; rounded to two places where it is no short one."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".") if value.denominator > 1 else str(value.numerator)


def listed(names: Iterable[str]) -> str:
    """`Ada, Ben and Cleo`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def standings(counts: Mapping[str, Fraction]) -> str:
    """`Ada 4, Ben 3`, best first."""
    return ", ".join(f"{name} {amount(counts[name])}" for name in sorted(counts, key=lambda name: -counts[name]))
