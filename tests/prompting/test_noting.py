from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from agentchat.events import Noted, Outcome, TurnEnded, TurnStarted
from agentchat.prompting.noting import MOST, noted, queries


def notes(
    text: str, kind: str = "say", outcome: Outcome = "said", to: tuple[str, ...] = (), *, sealed: bool = False
) -> tuple[Noted, ...]:
    start = TurnStarted(turn=2, speaker="ada", kind=kind, sealed=sealed, to=to)
    return noted(start, TurnEnded(turn=2, speaker="ada", kind=kind, outcome=outcome, text=text, to=to))


@pytest.mark.parametrize(
    ("line", "key", "value", "description"),
    [
        ("BOARD budget: 10k", "budget", "10k", ""),
        ("- **BOARD budget:** 10k", "budget", "10k", ""),
        ("  BOARD bus line = two a day | asked the driver", "bus line", "two a day", "asked the driver"),
        ('BOARD slogan: "Come home"', "slogan", '"Come home"', ""),
        ("BOARD at: 14:30", "at", "14:30", ""),
    ],
)
def test_a_line_of_its_own_puts_a_value_on_the_board(line: str, key: str, value: str, description: str) -> None:
    (note,) = notes(f"I looked it up.\n{line}\nSo we can.")
    assert (note.kind, note.key, note.value, note.description) == ("value", key, value, description)
    assert (note.by, note.target) == ("ada", 2)


@pytest.mark.parametrize(
    "text",
    [
        "We should board the bus: now",
        "Put it on the BOARD budget: 10k",
        "```\nBOARD budget: 10k\n```",
        "`BOARD budget: 10k`",
        "> BOARD budget: 10k",
        '"BOARD budget: 10k"',
        "BOARD : 10k",
        "BOARD budget:",
        "BOARD? budget: 10k",
        f"BOARD {'k' * 61}: 10k",
        f"BOARD budget: {'v' * 501}",
        "AGREED: we lease the houses",
        "DECIDED: we lease the houses",
    ],
)
def test_what_is_quoted_code_too_long_or_a_claim_of_authority_notes_nothing(text: str) -> None:
    assert notes(text) == ()


def test_a_persona_may_note_an_objection_and_an_open_question() -> None:
    objection, question = sorted(notes("OBJECTION: no exit\n**OPEN:** who pays?"), key=lambda note: note.kind)
    assert (objection.kind, objection.value) == ("objection", "no exit")
    assert (question.kind, question.value) == ("question", "who pays?")


def test_a_task_that_is_missing_is_noted_by_who_is_at_one_and_by_nobody_else() -> None:
    (note,) = notes("Forty.\n- TASK: Ask the bank (after 2)\n> TASK: quoted", kind="task")
    assert (note.kind, note.value, note.by, note.target) == ("task", "Ask the bank (after 2)", "ada", 2)
    assert notes("TASK: Ask the bank") == ()


def test_what_is_sealed_private_cut_off_or_a_text_being_written_notes_nothing() -> None:
    line = "BOARD budget: 10k"
    assert notes(line)
    assert notes(line, sealed=True) == ()
    assert notes(line, to=("ben",)) == ()
    assert notes(line, outcome="truncated") == ()
    assert notes(line, kind="draft") == ()
    assert notes(line, kind="position") == ()


def test_a_turn_leaves_a_few_notes_at_most() -> None:
    assert len(notes("\n".join(f"BOARD k{n}: v" for n in range(9)))) == MOST


def test_a_question_to_the_board_is_its_words() -> None:
    assert queries('So.\nBOARD? bus "line"\n`BOARD? no`') == ('bus "line"',)
    assert notes("BOARD? bus line") == ()


@given(st.text(alphabet='BOARD? :=|\n`>kv"', max_size=60))
def test_any_text_is_read(text: str) -> None:
    for note in notes(text):
        assert note.key
        assert note.value
    queries(text)
