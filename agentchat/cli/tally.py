"""`agentchat tally`: count anybody's ballots by any rule, and say how far the result can be trusted."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.listing import as_json, show_json
from agentchat.errors import NoOutcomeError, UsageError
from agentchat.voting import RULES

if TYPE_CHECKING:
    from agentchat.voting import Condorcet, Round, Tally

COMPARED = 30
"""Options up to which the other rules are asked too: what they take grows with the cube of it."""


def _share(_context: click.Context, _option: click.Parameter, words: str | None) -> Fraction | None:
    if words is None:
        return None
    if re.fullmatch(r"[0-9]{1,6}(/0*[1-9][0-9]{0,5})?|[01]?\.[0-9]{1,6}", words):
        share = Fraction(words)
        if Fraction(1, 2) <= share <= 1:
            return share
    raise click.BadParameter(f"{words!r} is no share from 1/2 to 1, such as 1/2, 2/3, 0.6 or 1")


@command(
    "tally",
    "agentchat tally votes.json --rule irv",
    "agentchat tally election.soi --rule schulze --json",
    "agentchat tally votes.json --rule majority --threshold 2/3",
    "agentchat tally votes.json --rule stv --seats 3 --seed 7",
    """echo '{"options": ["tea", "coffee"], "ballots": [{"pick": "tea", "count": 2}, {"pick": "coffee"}]}' \\""",
    "    | agentchat tally - --rule plurality",
)
@click.argument("file", metavar="FILE")
@click.option(
    "--rule", required=True, type=click.Choice(RULES), metavar="RULE", help=f"How to count: {', '.join(RULES)}."
)
@click.option(
    "--threshold",
    callback=_share,
    metavar="SHARE",
    help="For majority: 1/2 is more than half; 2/3, 0.6 are at least that; 1 is all.  [default: 1/2]",
)
@click.option("--seats", type=click.IntRange(min=1), default=1, metavar="K", help="How many win.  [default: 1]")
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Settle a tie: who is preferred, has more first places, fewer last ones, at last a lot drawn from N. "
    "Without it a tie stays a tie.",
)
@as_json
def tally(file: str, rule: str, threshold: Fraction | None, seats: int, seed: int | None, as_json: bool) -> int:
    """Count the ballots in FILE, which is JSON or PrefLib's .soc, .soi, .toc or .toi, or - for stdin.

    In JSON every ballot says one thing: a pick, which options would do, an order with the best first and ties together,
    scores, or nothing. "count": 3 makes it three voters, "voter": "Ada" says whose it is.

    \b
    {"options": ["A", "B", "C"], "ballots": [
      {"pick": "A"}, {"approve": ["A", "B"]}, {"ranking": [["A"], ["B", "C"]], "count": 3},
      {"scores": {"A": 5, "B": 0}}, {"abstain": true}]}

    Exits with 0 where there is a winner, or several that tie; with 3 where the ballots give none; with 2 where FILE
    cannot be read.
    """
    from agentchat import voting
    from agentchat.cli import verdict
    from agentchat.voting.reading import ballot_file

    if threshold is not None and rule != "majority":
        raise UsageError(f"--threshold is for --rule majority, not {rule}")
    held = ballot_file(*_content(file))
    count = partial(
        voting.xray if seats == 1 and not as_json and len(held.options) <= COMPARED else voting.tally,
        options=held.options,
        ballots=held.ballots,
        rule=rule,
        seats=seats,
        threshold=threshold or Fraction(1, 2),
        top=held.top,
        ties=voting.Chain(seed=seed) if seed is not None else voting.Chain(steps=()),
    )()
    seen, counted = (count, count.chosen) if isinstance(count, voting.XRay) else (None, count)
    if as_json:
        show_json(_facts(counted))
    else:
        verdict.show(counted, seats, seen)
    return 0 if counted.elected else NoOutcomeError.exit_code


def _content(file: str) -> tuple[bytes, str]:
    from agentchat.voting.reading import MOST_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1), "stdin"
    try:
        with Path(file).expanduser().open("rb") as opened:
            return opened.read(MOST_BYTES + 1), file
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{file} cannot be read: {why}", hint="tally takes a ballot file, or - for stdin.") from None


def _facts(counted: Tally) -> dict[str, object]:
    return {
        "rule": counted.rule,
        "winners": counted.elected,
        "ordering": counted.ordering,
        "rounds": None if counted.rounds is None else [_round(one) for one in counted.rounds],
        "scores": _numbers(counted.scores),
        "confidence": _number(counted.confidence),
        "valid": _number(counted.valid),
        "abstained": _number(counted.abstained),
        "invalid": _number(counted.invalid),
        "margin": _number(counted.margin),
        "pivotal": counted.pivotal,
        "condorcet": _condorcet(counted.condorcet),
    }


def _round(one: Round) -> dict[str, object]:
    return {"counts": _numbers(one.counts), "eliminated": one.out, "elected": one.elected}


def _condorcet(found: Condorcet | None) -> dict[str, object] | None:
    return None if found is None else {"winner": found.winner, "loser": found.loser, "cycle": found.cycle}


def _numbers(counts: Mapping[str, Fraction] | None) -> dict[str, int | float | None] | None:
    return None if counts is None else {option: _number(count) for option, count in counts.items()}


def _number(exact: Fraction | None) -> int | float | None:
    if exact is None:
        return None
    return exact.numerator if exact.denominator == 1 else float(exact)
