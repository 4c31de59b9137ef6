"""A session as one HTML page that stands by itself: nothing in it runs, and nothing is loaded from anywhere."""

from __future__ import annotations

from datetime import UTC
from importlib import resources
from typing import TYPE_CHECKING

from agentchat.events import SessionClosed
from agentchat.export.pieces import entry_html, face, style
from agentchat.export.prose import inline, plain, prose
from agentchat.kinds import title_of
from agentchat.ledger import numbers, rows, standing
from agentchat.persona import YOU
from agentchat.transcript import Turn
from agentchat.views.clean import clean
from agentchat.views.entries import sentence
from agentchat.views.floor import listed
from agentchat.views.fold import amount, money
from agentchat.views.printout import Unroll, about
from agentchat.views.room import Line, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.ledger import Row
    from agentchat.log import Log
    from agentchat.transcript import Transcript
    from agentchat.views.room import Entry

TITLE = 140
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Html:
    """A page that is whole or nothing."""

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """The page, once there is nothing more to come."""
        if rest:
            yield from _page(log.transcript)


def _page(transcript: Transcript) -> Iterator[str]:
    entries = [*Unroll(UTC, whys=False).take(transcript, rest=True)]
    opened = transcript.opened
    style_sheet = resources.files("agentchat.export").joinpath("page.css").read_text("utf-8")
    topic = clean(opened.topic).strip()
    title = inline(topic, TITLE)
    yield (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{style_sheet}</style>\n</head>\n<body>\n<main>\n<header>\n"
        f'<div class="kicker">{inline(title_of(opened.mode))}</div>\n<h1>{title}</h1>\n'
    )
    if len(topic) > TITLE or "\n" in topic:
        yield plain(topic)
    yield f"{_people(transcript)}{_meta(transcript)}</header>\n{''.join(_outcome(transcript))}{_contents(entries)}"
    yield "<section>\n"
    for entry in entries:
        yield entry_html(transcript, entry)
    yield f"</section>\n{_statistics(transcript)}"
    yield f"<footer>Made with agentchat {inline(opened.agentchat)} · session {inline(opened.session)}</footer>\n"
    yield "</main>\n</body>\n</html>\n"


def _people(transcript: Transcript) -> str:
    people = {one.id: one for one in transcript.opened.personas} | {one.id: one.persona for one in transcript.members}
    shown = "".join(
        f'<li style="{style(one.color)}">{face(one.avatar, one.name)}<span><span class="who">{inline(one.name)}</span> '
        f'<span class="tag">{inline(one.title)}</span></span></li>'
        for one in people.values()
    )
    return f'<ul class="people">{shown}</ul>\n' if shown else ""


def _meta(transcript: Transcript) -> str:
    opened = transcript.opened
    facts = [("When", f"{opened.at:%d %B %Y, %H:%M} UTC")]
    for line in about(transcript)[1:]:
        name, _, words = line.partition(": ")
        facts.append((name, words) if words else ("Note", line))
    if opened.forked_from:
        facts.append(("Forked from", f"{opened.forked_from.session}, at #{opened.forked_from.seq}"))
    shown = "".join(f"<dt>{inline(name)}</dt><dd>{inline(words)}</dd>" for name, words in facts)
    return f'<dl class="meta">{shown}</dl>\n'


def _outcome(transcript: Transcript) -> Iterator[str]:
    """What came of it, before how it came about."""
    ledger = rows(transcript)
    decided = standing(ledger, "decided") or standing(ledger, "agreed")
    for row in decided:
        turn = transcript.turn(row.turns[0]) if row.turns else None
        drafted = turn is not None and turn.start.kind == "draft"
        text = prose(turn.text) if turn and drafted else f'<p class="big">{inline(row.text, 2000)}</p>'
        word = {"agreed": "Agreed", "decided": "Accepted" if drafted else "Decided"}.get(row.kind, "Decided")
        yield _top("outcome", word, text + _grounds(transcript, row))
    if not decided and (closed := transcript.closed):
        yield _top("outcome", "Outcome", f'<p class="big">{inline(_ended(closed))}</p>')
    for row in standing(ledger, "objection"):
        turn = transcript.turn(row.turns[0]) if row.turns else None
        if turn is not None and turn.start.kind == "minority":
            who = inline(listed([transcript.name(one) for one in row.by]))
            yield _top("minority", f"The minority, {who}", prose(row.text))


def _top(look: str, title: str, body: str) -> str:
    return f'<section class="card {look}"><div class="kicker">{title}</div>{body}</section>\n'


def _grounds(transcript: Transcript, row: Row) -> str:
    by = listed([transcript.name(who) for who in row.by]) if row.kind == "agreed" else ""
    notes = [row.note, f"by {by}" if by else "", f"from {numbers(row.turns)}" if row.turns else ""]
    return f'<p class="note">{inline(" · ".join(filter(None, notes)))}</p>'


def _ended(closed: SessionClosed) -> str:
    return sentence(closed.outcome.replace("_", " ")) + (f": {closed.reason}" if closed.reason else "")


def _contents(entries: list[Entry]) -> str:
    found = [
        (one.key, one.text if isinstance(one, Line) else one.title)
        for one in entries
        if isinstance(one, Result) or (isinstance(one, Line) and one.tone == "round")
    ]
    if len(found) < 2:
        return ""
    items = "".join(f'<li><a href="#e{key}">{inline(text, 90)}</a></li>' for key, text in found)
    return f"<nav><details><summary>Contents</summary><ol>{items}</ol></details></nav>\n"


def _statistics(transcript: Transcript) -> str:
    turns = [one for one in transcript.entries if isinstance(one, Turn) and one.spoken and not transcript.sealed(one)]
    words: dict[str, int] = {}
    for turn in turns:
        words[turn.speaker] = words.get(turn.speaker, 0) + len(turn.text.split())
    if not any(words.values()):
        return ""
    most = max(words.values())
    bars = []
    for who, count in sorted(words.items(), key=lambda one: -one[1]):
        member = transcript.member(who)
        color = style(member.persona.color) if member else ""
        name = "You" if who == YOU else inline(transcript.name(who))
        bar = f'<i style="width:{max(1, round(count / most * 100))}%"></i>'
        words_ = f'<span class="tag">{count:,} words</span>'
        bars.append(f'<div class="bar" style="{color}"><span class="who">{name}</span>{bar}{words_}</div>')
    spent = transcript.spent
    minutes = (transcript.last.at - transcript.opened.at).total_seconds() / 60
    facts = [f"{len(turns)} turns", f"{sum(words.values()):,} words"]
    facts.append(f"{amount(spent.tokens_in + spent.tokens_out)} tokens")
    facts += [money(spent.cost)] if spent.cost else []
    facts.append(f"{minutes:,.0f} minutes" if minutes >= 2 else f"{minutes * 60:.0f} seconds")
    return f'<section><h2>Who said how much</h2>{"".join(bars)}<p class="note">{" · ".join(facts)}</p></section>\n'
