"""A session as a decision record in Markdown, after Nygard and MADR: what was decided, on which grounds, against whom.

Everything is read off the ledger and the facts behind it; a session that decided nothing says so. What was said stands
in quotes that nothing in it can leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import ModeEntered, Recorded, SessionClosed
from agentchat.export.markdown import TITLE, inline, quoted
from agentchat.kinds import title_of
from agentchat.ledger import entered, numbers, rows, standing
from agentchat.persona import YOU
from agentchat.transcript import Turn
from agentchat.views.ballots import RULES, result
from agentchat.views.clean import clean, clean_line
from agentchat.views.counted import votes
from agentchat.views.entries import plain, sentence
from agentchat.views.floor import listed
from agentchat.views.moves import moves_until, silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentchat.ledger import Row, Rows
    from agentchat.log import Log
    from agentchat.transcript import Transcript


class DecisionRecord:
    """A page that is whole or nothing: what was decided is known at the end."""

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """The record, once there is nothing more to come."""
        if rest:
            yield from _page(log.transcript)


def _page(transcript: Transcript) -> Iterator[str]:
    ledger = rows(transcript)
    decided = standing(ledger, "decided") or standing(ledger, "agreed")
    opened = transcript.opened
    yield f"# {plain(clean_line(transcript.topic.strip(), TITLE))}\n\n"
    people = dict.fromkeys([*(one.name for one in opened.personas), *(one.persona.name for one in transcript.members)])
    date = max((entry.at for entry in transcript.entries if not isinstance(entry, Turn)), default=opened.at)
    yield _list(
        f"Status: {_status(transcript, decided)}",
        f"Date: {date:%Y-%m-%d}",
        f"Deciders: {', '.join(map(inline, [*people, *(['the person in the room'] if _voted(transcript) else [])]))}",
        f"Session: {inline(opened.session)}, {inline(title_of(opened.mode))}",
    )
    yield f"\n## Context and question\n\n{quoted(transcript.topic)}\n"
    for question in dict.fromkeys(_question(transcript, row) for row in decided):
        if question != transcript.topic:
            yield f"\nDecided in it:\n\n{quoted(question)}\n"
    if opened.material:
        yield f"\n{_list(*(f'Given: {inline(one.name)}' for one in opened.material))}"
    if options := [*_options(transcript)]:
        yield f"\n## Options considered\n\n{_list(*options)}"
    yield "\n## Decision\n"
    if not decided:
        yield f"\nThere is no decision. {_why_not(transcript)}\n"
    for row in decided:
        yield f"\n{quoted(_text(transcript, row))}\n\n{_list(*_grounds(transcript, row))}"
    yield from _against(transcript, ledger)
    if questions := standing(ledger, "question"):
        yield f"\n## Open questions\n\n{_list(*(_told(transcript, row) for row in questions))}"


def _status(transcript: Transcript, decided: Rows) -> str:
    if decided:
        return "accepted"
    return "no decision" if transcript.closed else "open"


def _why_not(transcript: Transcript) -> str:
    last = next((entry for entry in reversed(transcript.entries) if isinstance(entry, SessionClosed)), None)
    none = (one for one in reversed(transcript.entries) if isinstance(one, Recorded) and one.kind == "no_decision")
    reason = next((one.reason for one in none if one.reason), last.reason if last else "the session goes on")
    return inline(sentence(reason)).rstrip(".") + "."


def _text(transcript: Transcript, row: Row) -> str:
    """What was decided; of an accepted version, the version itself."""
    turn = transcript.turn(row.turns[0]) if row.turns else None
    drafted = row.kind == "decided" and turn is not None and turn.start.kind == "draft"
    return turn.text if turn and drafted else row.text


def _grounds(transcript: Transcript, row: Row) -> Iterator[str]:
    """By which rule, by how much, and what there is to know of how it came about."""
    record = next((one for one in transcript.entries if isinstance(one, Recorded) and one.seq == row.since), None)
    if row.note:
        yield f"Rule: {inline(_ruled(record) or row.note)}"
    if row.by and row.kind == "agreed":
        yield f"Agreed by {inline(listed([transcript.name(who) for who in row.by]))}"
    if record and record.kind == "decision_reached":
        vote = next(
            (one for one in reversed(votes(transcript)) if one.frame == row.frame and one.seq < row.since), None
        )
        shown = result(transcript, vote) if vote else None
        if shown and shown.note:
            yield f"Count: {inline(shown.note)}"
        if record.data.get("flipped"):
            yield f"The discussion changed it: before, {inline(str(record.data.get('before')))} was ahead"
        record = vote or record
    if record:
        yield from map(inline, moves_until(transcript, record))
        if silent := silence(transcript, row.frame):
            yield inline(sentence(silent))
    yield f"From {numbers(row.turns)}"


def _ruled(record: Recorded | None) -> str:
    if record is None or record.kind != "decision_reached":
        return ""
    rule, by = str(record.data.get("rule") or ""), str(record.data.get("by") or "rule")
    how = f", settled by {'you' if by == YOU else by}" if by != "rule" else ""
    return f"{RULES.get(rule, rule)}{how}" if rule else ""


def _options(transcript: Transcript) -> Iterator[str]:
    """What was voted on or proposed, with whoever proposed it."""
    said: set[str] = set()
    for entry in transcript.entries:
        match entry:
            case Recorded(kind="options_set", data={"options": [*options]}):
                for one in options:
                    if isinstance(one, dict) and (text := str(one.get("text") or one.get("id"))) not in said:
                        said.add(text)
                        by = one.get("by")
                        yield _option(transcript, text, map(str, by) if isinstance(by, list) else ())
            case Turn() if entry.start.kind == "proposal" and entry.spoken and not transcript.sealed(entry):
                if entry.text not in said and not entry.start.frame:
                    said.add(entry.text)
                    yield f"{_option(transcript, entry.text, (entry.speaker,))} (#{entry.id})"
            case _:
                pass


def _option(transcript: Transcript, text: str, by: Iterable[str]) -> str:
    names = inline(listed([transcript.name(who) for who in by if who]))
    return f"{inline(text)}{f', proposed by {names}' if names else ''}"


def _against(transcript: Transcript, ledger: Rows) -> Iterator[str]:
    """What the decision costs, of what those who were against it said."""
    reports = [row for row in standing(ledger, "objection") if _minority(transcript, row)]
    others = [row for row in standing(ledger, "contested", "objection") if row not in reports]
    if not reports and not others:
        return
    yield "\n## Consequences\n"
    for row in reports:
        who = inline(listed([transcript.name(one) for one in row.by]))
        yield f"\n### The minority says, in the words of {who} ({numbers(row.turns)})\n\n{quoted(row.text)}\n"
    if others:
        yield f"\n### Objections and what stays contested\n\n{_list(*(_told(transcript, row) for row in others))}"


def _minority(transcript: Transcript, row: Row) -> bool:
    turn = transcript.turn(row.turns[0]) if row.turns else None
    return turn is not None and turn.start.kind == "minority"


def _told(transcript: Transcript, row: Row) -> str:
    who = listed([transcript.name(one) for one in row.by])
    return f"{inline(row.text)} ({inline(who)}{', ' if who else ''}{numbers(row.turns)})"


def _question(transcript: Transcript, row: Row) -> str:
    mode: ModeEntered | None = entered(transcript, row.frame)
    return (mode.question if mode else "") or transcript.topic


def _voted(transcript: Transcript) -> bool:
    """Whether the person decided with the others: voted, or had the last word."""
    asked = (entry for entry in transcript.entries if isinstance(entry, Turn) and entry.speaker == YOU)
    return any(turn.end and turn.end.outcome == "structured" for turn in asked) or any(
        YOU in row.by for row in standing(rows(transcript), "agreed", "decided")
    )


def _list(*lines: str) -> str:
    return "".join(f"- {clean(line)}\n" for line in lines)
