"""The result of a count as a person reads it: who won, by how much, how sure that is, and what other rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

import click

from agentchat.cli.listing import show_columns
from agentchat.views.clean import clean_line
from agentchat.voting import Tally, XRay
from agentchat.voting.phrasing import amount, listed

BAR = 30
"""Cells of the longest bar."""
NAMED = 5
"""Voters who are named before the others are only counted."""

HEADS = {"minimax": "worst defeat", "star": "points"}
"""What the scores are, where it is not the unit of the margin."""
BEHIND = dict.fromkeys(("approval", "spav"), "approve of {}") | dict.fromkeys(("score", "star"), "score {} highest")
"""What a ballot does that stands behind the winner; by the other rules it puts it first."""


def show(counted: Tally, seats: int, seen: XRay | None) -> None:
    """Print a result, and beside it what the other rules choose."""
    _say(_winners(counted, seats))
    if counted.scores or counted.ordering:
        click.echo()
        head = HEADS.get(counted.rule, counted.unit) if counted.scores else "place"
        show_columns(("OPTION", head.upper(), ""), list(_rows(counted)))
    click.echo()
    # Without rounds the first line says the scores, and they stand in the table.
    _say(*(counted.trace[1:] if counted.scores and not counted.rounds else counted.trace))
    if seen and seen.others:
        click.echo()
        choices: dict[str, list[str]] = {}
        for other in seen.others:
            choices.setdefault(listed(other.elected) if other.elected else "nobody", []).append(other.rule)
        rows = [(winners, ", ".join(rules)) for winners, rules in choices.items()]
        show_columns(("WOULD WIN", "BY THESE OTHER RULES"), rows, whole=True)
    click.echo()
    _say(*_doubts(counted, seen))


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(clean_line(line, 1000))


def _winners(counted: Tally, seats: int) -> str:
    if not counted.elected:
        return f"Nobody wins by {counted.rule}."
    names = listed(counted.elected)
    if len(counted.elected) > seats:
        return f"{names} tie by {counted.rule}."
    verb = "win" if len(counted.elected) > 1 else "wins"
    if counted.tie and counted.tie.step:
        return f"{names} {verb} by {counted.rule}, after a tie of {listed(counted.tie.among)}."
    if not counted.margin:
        return f"{names} {verb} by {counted.rule}."
    unit = counted.unit.removesuffix("s") if counted.margin == 1 else counted.unit
    return f"{names} {verb} by {counted.rule}, with a margin of {amount(counted.margin)} {unit}."


def _rows(counted: Tally) -> Iterator[tuple[str, str, str]]:
    scores = counted.scores
    if scores is None:
        for place, tier in enumerate(counted.ordering or (), start=1):
            yield from ((option, str(place), "") for option in tier)
        return
    most = max((*scores.values(), Fraction(0)))
    wide = max(len(amount(score)) for score in scores.values())
    for option in _ordered(counted):
        cells = round(BAR * scores[option] / most) if most and scores[option] > 0 else 0
        yield option, f"{amount(scores[option]):>{wide}}", "█" * cells


def _ordered(counted: Tally) -> Iterable[str]:
    if counted.ordering:
        return [option for tier in counted.ordering for option in tier]
    scores = counted.scores or {}
    return sorted(scores, key=lambda option: -scores[option])


def _doubts(counted: Tally, seen: XRay | None) -> Iterator[str]:
    """What speaks for the result, and what against it."""
    if counted.confidence is not None:
        behind = BEHIND.get(counted.rule, "put {} first").format(counted.elected[0])
        yield f"{amount(100 * counted.confidence)} % of the valid ballots {behind}."
    if found := counted.condorcet:
        if found.winner:
            yield f"{found.winner} beats every other option, two by two."
        elif found.cycle:
            yield f"Two by two, they beat each other in a ring: {' > '.join((*found.cycle, found.cycle[0]))}."
        if found.loser:
            yield f"{found.loser} loses to every other option."
    if counted.pivotal:
        yield f"By another ballot each of these could alone have changed it: {_some(counted.pivotal)}."
    elif counted.pivotal is not None:
        yield "No voter alone could have changed it."
    yield f"{amount(counted.valid)} valid, {amount(counted.abstained)} abstained, {amount(counted.invalid)} invalid."
    reasons: Counter[str] = Counter()
    for ballot in seen.invalid if seen else ():
        reasons[ballot.reason] += 1
    for reason, number in reasons.items():
        yield f"  invalid: {reason} ({number} of the ballots)"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return listed((*names[:NAMED], f"{more} more")) if more > 0 else listed(names)
