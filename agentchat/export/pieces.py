"""One entry of a session's page as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from agentchat.events import Recorded
from agentchat.export.prose import inline, plain, prose
from agentchat.views.ballots import xray
from agentchat.views.clean import clean, clean_line
from agentchat.views.color import readable
from agentchat.views.entries import sentence
from agentchat.views.room import Card, Cell, Draft, Entry, Line, Result, Said

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

TAGS = {"keep": "span", "add": "ins", "drop": "del"}


def entry_html(transcript: Transcript, entry: Entry) -> str:
    """The entry; where it stands can be linked to by its key."""
    match entry:
        case Line(text=text, tone="round"):
            return f'<h2 id="e{entry.key}">{inline(text)}</h2>\n'
        case Line(text=text, tone=tone):
            return f'<p class="{tone if tone == "stop" else f"quiet {tone}"}">{inline(text)}</p>\n'
        case Said():
            return _said(entry)
        case Card():
            return _card(entry)
        case Result():
            return _result(transcript, entry)
        case Draft():
            pieces = "".join(
                f"<{TAGS[piece.change]}>{escape(clean(piece.text))}</{TAGS[piece.change]}>" for piece in entry.pieces
            )
            head = f'<h3>{inline(entry.title)} <span class="tag">{inline(entry.name)}</span></h3>'
            words = f'<div class="words plain">{pieces}</div>'
            return f'<section class="card" id="e{entry.key}">{head}{words}{note(entry.note)}</section>\n'


def style(color: str) -> str:
    """A persona's colour, on light and on dark."""
    return f"--l:{readable(color, dark=False)};--d:{readable(color, dark=True)}"


def face(avatar: str, name: str) -> str:
    """The sign before a name: its own, else its first letter."""
    shown = clean_line(avatar, 2) or clean_line(name, 200)[:1].upper()
    return f'<span class="face" aria-hidden="true">{escape(shown)}</span>'


def note(text: str) -> str:
    """A quiet line beneath."""
    return f'<p class="note">{inline(text)}</p>' if text else ""


def _said(said: Said) -> str:
    name = "You" if said.human else said.name
    tags = "".join(f' <span class="tag">{inline(tag)}</span>' for tag in (said.title, said.to) if tag)
    who = f'{face(said.avatar, name)}<span><span class="who">{inline(name)}</span>{tags}</span>'
    words = prose(said.text) if said.markdown else plain(said.text)
    attributes = 'class="turn you"' if said.human else f'class="turn" style="{style(said.color)}"'
    head = f"<header>{who}<time>{inline(said.when)}</time></header>"
    return f'<article {attributes} id="e{said.key}">{head}{words}{note(said.note)}</article>\n'


def _card(card: Card) -> str:
    tag = f' <span class="tag">{inline(card.name)}</span>' if card.name else ""
    lines = "".join(f"<li>{inline(line.removeprefix('· '))}</li>" for line in card.lines)
    return (
        f'<section class="card" id="e{card.key}"><h3>{inline(sentence(card.title))}{tag}</h3>'
        f"{prose(card.text) if card.text.strip() else ''}{f'<ul>{lines}</ul>' if lines else ''}{note(card.note)}"
        "</section>\n"
    )


def _result(transcript: Transcript, result: Result) -> str:
    lines = "".join(f"<li>{inline(line)}</li>" for line in result.lines)
    return (
        f'<section class="card" id="e{result.key}"><h3>{inline(result.title)}</h3>{note(result.note)}{_ballots(result)}'
        f"{f'<ul>{lines}</ul>' if lines else ''}{_xray(transcript, result)}</section>\n"
    )


def _ballots(result: Result) -> str:
    """Every ballot, the higher it holds an option the stronger its colour."""
    if not result.rows or not result.columns:
        return ""
    head = "".join(f'<th scope="col">{inline(name, 80)}</th>' for name in result.columns)
    rows = []
    for row in result.rows:
        cells = "".join(f"<td{_heat(cell)}>{inline(cell.text)}</td>" for cell in row.cells)
        rows.append(
            f'<tr><th scope="row" class="who" style="{style(row.color)}">{inline(row.name)}</th>{cells}'
            f'<td class="note">{inline(row.note, 160)}</td></tr>'
        )
    return f'<div class="scroll"><table><tr><td></td>{head}<td></td></tr>{"".join(rows)}</table></div>'


def _heat(cell: Cell) -> str:
    return "" if cell.heat is None else f' style="background:rgb(var(--heat) / {cell.heat * 0.42:.2f})"'


def _xray(transcript: Transcript, result: Result) -> str:
    record = next((one for one in transcript.entries if isinstance(one, Recorded) and one.seq == result.key), None)
    seen = xray(transcript, record) if record else None
    if seen is None or not seen.sections:
        return ""
    parts = []
    for section in seen.sections:
        rows = "".join(
            f'<li>{inline(row.mark)} {inline(row.text, 2000)} <span class="tag">{inline(row.note)}</span></li>'
            for row in section.rows
        )
        parts.append(f"<h3>{inline(section.title)}</h3><ul>{rows}</ul>")
    return f"<details><summary>X-ray of the ballots</summary>{''.join(parts)}</details>"
