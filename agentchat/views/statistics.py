"""A session in numbers, and as pictures: who spoke how much, what it took, how it went on, who came round to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from agentchat.conformity import moved, polls
from agentchat.events import Directed, EscalationRaised, HumanSpoke, Recorded
from agentchat.kinds import counted
from agentchat.persona import YOU
from agentchat.transcript import Turn
from agentchat.views.moves import told
from agentchat.views.sessions import BARS

if TYPE_CHECKING:
    from agentchat.transcript import Entry, Transcript

EIGHTHS = " ▏▎▍▌▋▊▉█"
PLAIN = " .:-=+*#"
"""Bars where there is no Unicode, the lowest first."""


@dataclass(frozen=True, slots=True)
class Share:
    """One participant's part."""

    who: str
    name: str
    turns: int = 0
    words: int = 0
    tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    """Until their replies were whole."""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What stands on the path of a session; tokens and money of the whole log."""

    turns: int
    words: int
    tokens_in: int
    tokens_out: int
    cost: float
    wall: float
    """Seconds from the first event that is its own, in a fork the forking, to the last; pauses included."""
    speaking: float
    """Seconds that models took to answer."""
    rounds: int
    votes: int
    escalations: int
    interjections: int
    shares: tuple[Share, ...]
    """Who spoke most first; the person among them."""
    pulse: tuple[int, ...]
    """Words of each turn, in order."""
    moves: tuple[str, ...]


def statistics(transcript: Transcript) -> Statistics:
    """The numbers of a session."""
    turns = (entry for entry in transcript.entries if isinstance(entry, Turn) and not transcript.sealed(entry))
    spoken = [turn for turn in turns if turn.spoken and turn.end and counted(turn.end)]
    own = [entry for entry in transcript.entries if isinstance(entry, HumanSpoke)]
    said = [(turn.speaker, turn.text) for turn in spoken] + [(YOU, one.text) for one in own]
    shares = [_share(transcript, who, said, spoken) for who in dict.fromkeys(who for who, _ in said)]
    spent = transcript.spent
    return Statistics(
        turns=len(spoken),
        words=sum(share.words for share in shares),
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost=spent.cost,
        wall=max((transcript.last.at - _begun(transcript)).total_seconds(), 0.0),
        speaking=sum(share.seconds for share in shares),
        rounds=max((turn.start.round for turn in spoken), default=0),
        votes=_kinds(transcript.entries)["votes_counted"] + _kinds(transcript.entries)["poll_revealed"],
        escalations=sum(isinstance(entry, EscalationRaised) for entry in transcript.entries),
        interjections=len(own),
        shares=tuple(sorted(shares, key=lambda share: -share.words)),
        pulse=tuple(len(turn.text.split()) for turn in spoken),
        moves=tuple(told(transcript, move) for move in moved(transcript, polls(transcript.entries))),
    )


def sparkline(values: Sequence[int], width: int, *, plain: bool = False) -> str:
    """Values over time in at most so many cells: each the mean of those that fall into it."""
    cells = min(width, len(values))
    edges = [len(values) * cell // cells for cell in range(cells + 1)] if cells else []
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    top, steps = max(means, default=0), PLAIN[1:] if plain else BARS
    return "".join(steps[round(mean / top * (len(steps) - 1))] if top else steps[0] for mean in means)


def bar(part: float, width: int, *, plain: bool = False) -> str:
    """A bar for a part of 1, so many cells long when it is whole; whatever is not nothing shows."""
    eighths = round(min(max(part, 0.0), 1.0) * width * 8)
    eighths = max(eighths, 1) if part > 0 else 0
    if plain:
        return "#" * max(round(eighths / 8), int(part > 0))
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def span(seconds: float) -> str:
    """A time as one would say it: `3 min 5 s`."""
    whole = round(seconds)
    for unit, word, below, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit:
            rest = whole % unit // below
            return f"{whole // unit} {word}" + (f" {rest} {small}" if rest else "")
    return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{whole} s"


def facts(numbers: Statistics) -> dict[str, str]:
    """The numbers that stand alone, each with its unit; what there is none of is left out."""
    many = {
        "Votes": numbers.votes,
        "Questions to you": numbers.escalations,
        "Your words in between": numbers.interjections,
    }
    return {
        "Turns": f"{numbers.turns:,}" + (f" in {numbers.rounds} rounds" if numbers.rounds > 1 else ""),
        "Words": f"{numbers.words:,}",
        "Tokens": f"{numbers.tokens_in:,} read, {numbers.tokens_out:,} written",
        "Cost": f"${numbers.cost:.4f}" if numbers.cost else "no price is known",
        "From first to last": span(numbers.wall),
        "Spoken": f"{span(numbers.speaking)}, together",
        **{name: f"{value:,}" for name, value in many.items() if value},
    }


def _begun(transcript: Transcript) -> datetime:
    """When the session began: what a fork copied is of another day."""
    forks = (entry for entry in transcript.entries if isinstance(entry, Directed) and entry.verb == "fork")
    return max((fork.at for fork in forks), default=transcript.opened.at)


def _share(transcript: Transcript, who: str, said: Iterable[tuple[str, str]], spoken: Iterable[Turn]) -> Share:
    texts = [text for one, text in said if one == who]
    ends = [turn.end for turn in spoken if turn.end and turn.speaker == who]
    member = transcript.member(who)
    return Share(
        who,
        transcript.name(who),
        turns=len(texts),
        words=sum(len(text.split()) for text in texts),
        tokens=sum(end.tokens_in + end.tokens_out for end in ends),
        cost=sum(end.cost or 0.0 for end in ends),
        seconds=sum(end.latency or 0.0 for end in ends if end.model),
        color=member.persona.color if member else "",
    )


def _kinds(entries: Iterable[Entry]) -> Counter[str]:
    return Counter(entry.kind for entry in entries if isinstance(entry, Recorded))
