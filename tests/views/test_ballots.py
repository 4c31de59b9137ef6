from __future__ import annotations

from pydantic import JsonValue

from agentchat.events import Recorded
from agentchat.folding import begin, grown
from agentchat.testing import opened, people
from agentchat.transcript import Transcript
from agentchat.views.ballots import result, xray
from agentchat.views.entries import Page
from agentchat.views.phrases import apart
from agentchat.views.printout import grid
from agentchat.views.room import Result

VOTE: dict[str, JsonValue] = {
    "stage": "final",
    "question": "Which database?",
    "family": "ranking",
    "rule": "borda",
    "ballots": [
        {"voter": "ada", "status": "valid", "ranking": [["Postgres"], ["SQLite"], ["Dynamo"]]},
        {"voter": "ben", "status": "valid", "ranking": [["SQLite", "Postgres"], ["Dynamo"]], "recused": ["Dynamo"]},
        {"voter": "cleo", "status": "abstained", "reason": "no view"},
    ],
    "result": {
        "winners": ["Postgres"],
        "elected": ["Postgres"],
        "ordering": [["Postgres"], ["SQLite"], ["Dynamo"]],
        "scores": {"Postgres": 3.5, "SQLite": 2.5, "Dynamo": 0},
        "unit": "points",
        "confidence": 0.75,
        "valid": 2,
        "margin": 1,
        "pivotal": ["ada"],
        "condorcet": {"winner": None, "loser": "Dynamo", "cycle": []},
        "trace": ["Postgres has 3.5 points."],
    },
    "others": [{"rule": "approval", "winners": ["SQLite"], "margin": 1}, {"rule": "irv", "winners": ["Postgres"]}],
    "quorum": {"met": True, "needed": 2, "present": 3, "eligible": 3},
    "changed": ["ben"],
}


BEFORE: dict[str, JsonValue] = {
    "stage": "before",
    "ballots": [
        {"voter": "ada", "status": "valid", "ranking": [["Postgres"], ["SQLite"], ["Dynamo"]]},
        {"voter": "ben", "status": "valid", "ranking": [["Dynamo"], ["SQLite"]]},
        {"voter": "cleo", "status": "valid", "ranking": [["SQLite"]]},
    ],
}


def told(**changes: JsonValue) -> tuple[Transcript, Recorded]:
    transcript = begin(opened("discussion", people("Ada", "Ben", "Cleo")))
    transcript = grown(transcript, Recorded(seq=5, kind="votes_counted", data=BEFORE))
    record = Recorded(seq=7, kind="votes_counted", data=VOTE | changes)
    return grown(transcript, record), record


def shown(**changes: JsonValue) -> Result:
    found = result(*told(**changes))
    assert found is not None
    return found


def test_a_result_says_what_won_and_by_how_much() -> None:
    one = shown()
    assert (one.title, one.note) == ("Postgres", "by Borda · 3.5 points · margin 1 · 75% put it first")
    assert one.decided


def test_every_ballot_is_a_row_and_the_best_option_the_first_column() -> None:
    one = shown()
    assert one.columns == ("Postgres", "SQLite", "Dynamo")
    assert [[cell.text for cell in row.cells] for row in one.rows] == [
        ["1", "2", "3"],
        ["1=", "1=", "own"],
        ["", "", ""],
    ]
    assert one.rows[0].cells[0].heat == 1.0
    assert one.rows[0].cells[2].heat == 0.0
    assert [row.note for row in one.rows] == ["", "Dynamo before", "abstained: no view · SQLite before"]


def test_what_makes_one_doubt_it_stands_under_it() -> None:
    lines = shown().lines
    assert "Other rules would choose: SQLite by approval" in lines
    tie, won = ["SQLite", "Dynamo"], ["Postgres"]
    found: tuple[tuple[str, list[str]], ...] = (
        ("approval", tie),
        ("irv", won),
        ("minimax", [*reversed(tie)]),
        ("majority", []),
        ("schulze", tie),
    )
    rules: list[JsonValue] = [{"rule": rule, "winners": [*winners]} for rule, winners in found]
    alike = "Other rules would choose: SQLite and Dynamo by approval, minimax and Schulze; nothing by majority"
    assert alike in shown(others=rules).lines
    assert "One ballot could have turned it: Ada's" in lines


def test_a_tie_is_called_one_until_the_chain_settled_it() -> None:
    both: dict[str, JsonValue] = {"winners": ["A", "B"], "unit": "votes", "scores": {"A": 1, "B": 1}}
    tied = shown(result=both | {"elected": ["A", "B"], "tie": {"among": ["A", "B"], "step": ""}})
    assert (tied.title, tied.decided) == ("a tie: A and B", False)
    drawn = shown(result=both | {"elected": ["B"], "tie": {"among": ["A", "B"], "step": "lot", "seed": 4}})
    assert (drawn.title, drawn.decided) == ("B", True)
    assert "A tie of A and B, settled by lot, seed 4" in drawn.lines


def test_without_a_quorum_there_is_no_winner_on_the_card() -> None:
    none = shown(quorum={"met": False, "needed": 2, "present": 1, "eligible": 3})
    assert (none.title, none.decided) == ("no decision", False)
    assert "No quorum: 1 of 3, 2 needed" in none.lines


def test_the_x_ray_holds_rules_pairs_pivots_and_who_was_counted() -> None:
    found = xray(*told())
    assert found is not None
    said = {section.title: [f"{row.mark} {row.text}" for row in section.rows] for section in found.sections}
    assert said["Under other rules"] == ["≠ approval: SQLite", "= the same by instant run-off"]
    assert said["Two by two"] == ["· no option beats all others", "✗ Dynamo loses to every other one"]
    assert said["Who could have turned it"] == ["? Ada"]
    assert "· 1 abstained: Cleo" in said["Counted"]
    assert found.trace == ("Postgres has 3.5 points.",)


def test_a_record_of_another_version_is_still_a_line() -> None:
    transcript, record = told(ballots="what?")
    assert result(transcript, record) is None
    assert Page(transcript).show(record, None)


def test_the_ballots_are_printed_as_a_grid() -> None:
    assert list(grid(shown())) == [
        "      Postgres  SQLite   Dynamo",
        "Ada      1         2        3",
        "Ben      1=       1=       own    Dynamo before",
        "Cleo                              abstained: no view · SQLite before",
    ]


def test_columns_that_would_look_alike_begin_where_they_differ() -> None:
    long = (
        "We should meet in the park",
        "We should meet in the library",
        "Postgres",
        "We should meet in a year or two",
    )
    told = ("…park", "…library", "Postgres", "…a year or two")
    assert apart(long, 18) == told
    assert apart(("the park, later", "the library, now"), 12) == ("the park, later", "the library, now")
    assert apart(("alike and alike", "alike and alike"), 8) == ("alike and alike", "alike and alike")
