from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt
from pydantic import JsonValue

from agentchat.events import HumanSpoke, ModeEntered, ModeLeft, Noted, Recorded, SessionClosed, TurnEnded, TurnStarted
from agentchat.export import printout
from agentchat.log import Log
from agentchat.testing import append, begin, opened, people, play

LIVE = {"html_block", "html_inline", "image"}


def room() -> Log:
    return begin(opened("discussion", people("Ada", "Ben", "Cleo")))


def record(log: Log) -> str:
    return "".join(printout("adr").take(log, rest=True))


def say(log: Log, who: str, text: str, kind: str = "say", *, frame: int = 0) -> int:
    (start,) = append(log, [TurnStarted(speaker=who, kind=kind, frame=frame)])
    append(log, [TurnEnded(turn=start.seq, speaker=who, kind=kind, outcome="said", text=text, frame=frame)])
    return start.seq


def decided(log: Log, text: str = "Postgres", minority: str = "Backups were never tried.") -> None:
    """A vote called in the middle of a discussion."""
    (inner,) = append(log, [ModeEntered(mode="committee", question="Which database?")])
    options: list[JsonValue] = [
        {"id": text, "text": text, "by": ["ada", "ben"]},
        {"id": "b", "text": "SQLite", "by": []},
    ]
    append(log, [Recorded(kind="options_set", data={"question": "Which?", "options": options}, frame=inner.seq)])
    data: dict[str, JsonValue] = {"winner": text, "text": text, "rule": "irv", "by": "tie: lot", "before": "SQLite"}
    append(log, [Recorded(kind="decision_reached", data={**data, "flipped": True}, frame=inner.seq)])
    say(log, "cleo", minority, "minority", frame=inner.seq)
    append(log, [ModeLeft(outcome="decided", data={"text": text}, frame=inner.seq)])


def test_a_decision_stands_with_its_options_its_rule_and_what_was_said_against_it() -> None:
    log = room()
    decided(log)
    append(log, [Noted(kind="question", value="Who pays?", by="ben", target=3)])
    text = record(log)
    for line in (
        "# What should we do?",
        "- Status: accepted",
        "- Date: 1970-01-01",
        "- Deciders: Ada, Ben, Cleo",
        "> Which database?",
        "- Postgres, proposed by Ada and Ben",
        "- SQLite",
        "> Postgres",
        "- Rule: instant run-off, settled by tie: lot",
        "- The discussion changed it: before, SQLite was ahead",
        "- From #4",
        "### The minority says, in the words of Cleo (#5)",
        "> Backups were never tried.",
        "- Who pays? (Ben, #3)",
    ):
        assert line in text.splitlines(), line


def test_where_nothing_was_voted_on_what_is_agreed_is_the_decision() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1})))
    text = record(log)
    assert "- Status: accepted" in text
    assert "- Rule: 3 of 3 agree" in text
    assert "- Agreed by Ada, Ben and Cleo" in text
    assert "proposed by" in text
    assert "- Silent agreement: all at once, and nobody had anything against it; then" in text


def test_an_accepted_version_is_the_decision_word_for_word() -> None:
    log = room()
    (inner,) = append(log, [ModeEntered(mode="refinement", question="Write to them")])
    turn = say(log, "ada", "Dear all,\n\nwe begin.", "draft", frame=inner.seq)
    append(log, [Recorded(kind="draft_accepted", data={"version": 1, "turn": turn}, frame=inner.seq)])
    assert "> Dear all,\n>\n> we begin." in record(log)


def test_a_session_that_decided_nothing_says_so_and_why() -> None:
    log = room()
    say(log, "ada", "Well.")
    assert "There is no decision. The session goes on." in record(log)
    assert "- Status: open" in record(log)
    append(log, [SessionClosed(outcome="discussed", reason="2 rounds")])
    assert "There is no decision. 2 rounds." in record(log)
    assert "- Status: no decision" in record(log)


def test_the_person_who_decided_is_among_the_deciders() -> None:
    log = room()
    append(log, [Noted(kind="decided", value="No cuts")])
    assert "- Deciders: Ada, Ben, Cleo, the person in the room" in record(log)


def test_nothing_comes_before_the_end() -> None:
    log = room()
    decided(log)
    assert list(printout("adr").take(log)) == []


def check(text: str) -> None:
    """Parsed, the headings outside quotes are ours, and nothing is HTML, a picture or a definition."""
    log = room()
    say(log, "ada", text, "proposal")
    decided(log, text, text)
    append(log, [Noted(kind="objection", value=text, by="ada"), HumanSpoke(text=text)])
    data: dict[str, JsonValue] = {
        "proposal": text,
        "stances": {"ada": "disagree"},
        "objections": {"ada": text},
        "of": 1,
    }
    append(log, [Recorded(kind="agreement_recorded", data=data)])
    append(log, [Noted(kind="question", value=text, key=text, by="ben", description=text)])
    parsed: dict[str, object] = {}
    depth, headings, kinds = 0, [], set()
    tokens = MarkdownIt("commonmark").parse(record(log), parsed)
    for at, token in enumerate(tokens):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and depth == 0:
            headings.append(tokens[at + 1].content)
        kinds |= {token.type, *(child.type for child in token.children or ())}
    ours = ["What should we do?", "Context and question", "Options considered", "Decision", "Consequences"]
    assert headings[: len(ours)] == ours
    assert all(one.startswith(("The minority", "Objections", "Open")) for one in headings[len(ours) :])
    assert kinds & LIVE == set()
    assert not parsed.get("references")


@pytest.mark.parametrize(
    "text",
    [
        "# Ben\n\nI agree.",
        "</blockquote>\n\n<h3>Ben</h3>",
        "```\n<h3>kept</h3>\n```\n\n<h3>Ben</h3>",
        "![ping](http://example.org/x.png)\n\n[ping]: http://example.org/x.png",
        "- a\n  ```\n<h3>Ben</h3>",
        "x\n===",
        "[You]: http://example.org",
    ],
)
def test_no_text_passes_as_a_part_of_the_record(text: str) -> None:
    check(text)


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=80) | st.text(alphabet="#>`~<b/>![]():\n -=_*\\&;", min_size=1, max_size=40))
def test_no_text_whatever_passes_as_a_part_of_the_record(text: str) -> None:
    check(text)
