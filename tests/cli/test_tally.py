from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.command import Terminalless

from agentchat.views.clean import FORBIDDEN
from agentchat.voting import RULES

KEYS = [
    "rule", "winners", "ordering", "rounds", "scores", "confidence", "valid", "abstained", "invalid", "margin",
    "pivotal", "condorcet",
]  # fmt: skip
EVERY_KIND = {
    "options": ["A", "B", "C"],
    "ballots": [
        {"ranking": [["A"], ["B", "C"]], "count": 3},
        {"approve": ["A"]},
        {"scores": {"A": 5, "B": 0}},
        {"pick": "A"},
        {"abstain": True},
    ],
}
TENNESSEE = """\
# FILE NAME: tennessee.soc
# DATA TYPE: soc
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 100
# NUMBER UNIQUE ORDERS: 4
# ALTERNATIVE NAME 1: Memphis
# ALTERNATIVE NAME 2: Nashville
# ALTERNATIVE NAME 3: Chattanooga
# ALTERNATIVE NAME 4: Knoxville
42: 1,2,3,4
26: 2,3,4,1
15: 3,4,2,1
17: 4,3,2,1
"""


@pytest.fixture
def tennessee(tmp_path: Path) -> Path:
    path = tmp_path / "tennessee.soc"
    path.write_text(TENNESSEE)
    return path


def cast(*ballots: Mapping[str, object], options: str = "AB") -> bytes:
    return json.dumps({"options": list(options), "ballots": ballots}).encode()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_answers_with_the_same_keys(agentchat: Terminalless, rule: str) -> None:
    ran = agentchat("tally", "-", "--rule", rule, "--json", stdin=json.dumps(EVERY_KIND).encode())
    facts = json.loads(ran.out)
    assert list(facts) == KEYS
    assert (ran.code, ran.err) == (0, "")
    assert (facts["rule"], facts["winners"]) == (rule, ["A"])
    assert facts["abstained"] == 1
    assert facts["valid"] + facts["invalid"] == 6
    assert facts["confidence"] == 1


def test_numbers_are_plain_and_what_a_rule_has_not_is_null(agentchat: Terminalless, tennessee: Path) -> None:
    facts = json.loads(agentchat("tally", tennessee, "--rule", "irv", "--json").out)
    assert facts["winners"] == ["Knoxville"]
    assert facts["ordering"] == [["Knoxville"], ["Memphis"], ["Nashville"], ["Chattanooga"]]
    assert facts["rounds"][0] == {
        "counts": {"Memphis": 42, "Nashville": 26, "Chattanooga": 15, "Knoxville": 17},
        "eliminated": ["Chattanooga"],
        "elected": [],
    }
    assert facts["scores"] is None
    assert (facts["confidence"], facts["valid"], facts["margin"]) == (0.17, 100, 16)
    assert facts["condorcet"] == {"winner": "Nashville", "loser": "Memphis", "cycle": []}
    assert json.loads(agentchat("tally", tennessee, "--rule", "borda", "--json").out)["rounds"] is None
    half = json.loads(
        agentchat("tally", "-", "--rule", "plurality", "--json", stdin=cast({"ranking": [["A", "B"]]})).out
    )
    assert half["scores"] == {"A": 0.5, "B": 0.5}


def test_a_person_reads_who_won_by_how_much_and_what_other_rules_say(agentchat: Terminalless, tennessee: Path) -> None:
    shown = agentchat("tally", tennessee, "--rule", "borda")
    assert shown.code == 0
    assert shown.out.startswith("Nashville wins by borda, with a margin of 21 points.\n")
    assert re.search(r"^Nashville +194 +█+$", shown.out, re.MULTILINE)
    assert re.search(r"^Memphis +plurality$", shown.out, re.MULTILINE)
    assert re.search(r"^Knoxville +irv, irv-drop-all$", shown.out, re.MULTILINE)
    assert "No voter alone could have changed it." in shown.out
    assert "100 valid, 0 abstained, 0 invalid." in shown.out


def test_rounds_are_told(agentchat: Terminalless, tennessee: Path) -> None:
    shown = agentchat("tally", tennessee, "--rule", "irv").out
    assert "Round 2: Memphis 42, Knoxville 32, Nashville 26; Nashville is out." in shown


def test_who_could_have_changed_it_is_named(agentchat: Terminalless) -> None:
    ballots = cast(*({"pick": pick, "voter": name} for name, pick in (("Ada", "A"), ("Ben", "A"), ("Cleo", "B"))))
    shown = agentchat("tally", "-", "--rule", "plurality", stdin=ballots)
    assert "could alone have changed it: Ada and Ben." in shown.out


def test_a_ring_is_shown(agentchat: Terminalless) -> None:
    ring = [{"ranking": [[one] for one in order], "count": 3} for order in ("ABC", "BCA", "CAB")]
    shown = agentchat("tally", "-", "--rule", "copeland", stdin=cast(*ring, options="ABC"))
    assert re.search("they beat each other in a ring: (A > B > C > A|B > C > A > B|C > A > B > C)", shown.out)


def test_a_tie_stays_a_tie_unless_a_seed_says_to_settle_it(agentchat: Terminalless) -> None:
    tie = cast({"pick": "A"}, {"pick": "B"})
    left = agentchat("tally", "-", "--rule", "plurality", "--json", stdin=tie)
    assert left.code == 0
    assert json.loads(left.out)["winners"] == ["A", "B"]
    assert agentchat("tally", "-", "--rule", "plurality", stdin=tie).out.startswith("A and B tie by plurality.\n")
    settled = [
        json.loads(agentchat("tally", "-", "--rule", "plurality", "--json", "--seed", str(seed), stdin=tie).out)
        for seed in (*range(12), *range(12))
    ]
    assert {len(one["winners"]) for one in settled} == {1}
    assert {one["winners"][0] for one in settled} == {"A", "B"}
    assert settled[:12] == settled[12:]
    told = agentchat("tally", "-", "--rule", "plurality", "--seed", "1", stdin=tie).out
    assert "wins by plurality, after a tie of A and B." in told


def test_several_seats_are_filled(agentchat: Terminalless) -> None:
    ballots = cast({"approve": ["A", "B"], "count": 6}, {"approve": ["C"], "count": 4}, options="ABC")
    shown = agentchat("tally", "-", "--rule", "spav", "--seats", "2", stdin=ballots)
    assert (shown.code, shown.out.splitlines()[0]) == (0, "A and C win by spav, after a tie of A and B.")
    facts = json.loads(agentchat("tally", "-", "--rule", "stv", "--seats", "2", "--json", stdin=ballots).out)
    assert len(facts["winners"]) == 2


@pytest.mark.parametrize(
    ("share", "code"), [("1/2", 0), ("0.6", 0), (".6", 0), ("2/3", 3), ("1", 3), ("1.0", 3)]
)  # fmt: skip
def test_a_threshold_is_a_share_and_nobody_reaching_it_is_3(agentchat: Terminalless, share: str, code: int) -> None:
    ballots = cast({"pick": "A", "count": 6}, {"pick": "B", "count": 4})
    assert agentchat("tally", "-", "--rule", "majority", "--threshold", share, stdin=ballots).code == code


def test_ballots_that_give_no_winner_are_3_in_words(agentchat: Terminalless, tennessee: Path) -> None:
    ran = agentchat("tally", tennessee, "--rule", "majority")
    assert (ran.code, ran.out.splitlines()[0]) == (3, "Nobody wins by majority.")
    unread = agentchat("tally", tennessee, "--rule", "approval")
    assert unread.code == 3
    assert "0 valid, 0 abstained, 100 invalid." in unread.out
    assert "it does not say which options would do" in unread.out
    empty = agentchat("tally", "-", "--rule", "plurality", "--json", stdin=cast({"abstain": True}))
    facts = json.loads(empty.out)
    assert (empty.code, facts["winners"], facts["confidence"]) == (3, [], None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.json", "--rule", "irv"), "nowhere.json cannot be read: No such file"),
        ((".", "--rule", "irv"), ". cannot be read: Is a directory"),
        (("-",), "Missing option '--rule'"),
        (("-", "--rule", "schultze"), "schulze"),
        (("-", "--rule", "majority", "--threshold", "0.4"), "'0.4' is no share from 1/2 to 1"),
        (("-", "--rule", "majority", "--threshold", "1/0"), "'1/0' is no share"),
        (("-", "--rule", "majority", "--threshold", "3/2"), "'3/2' is no share"),
        (("-", "--rule", "majority", "--threshold", "1e9"), "'1e9' is no share"),
        (("-", "--rule", "majority", "--threshold", "most"), "'most' is no share"),
        (("-", "--rule", "irv", "--threshold", "1/2"), "--threshold is for --rule majority"),
        (("-", "--rule", "stv", "--seats", "0"), "--seats"),
        (("-", "--rule", "stv", "--seats", "9"), "9 seats cannot be filled from 2 options"),
        (("-", "--rule", "irv", "--seats", "2"), "irv has one winner"),
        (("-", "--rule", "irv", "--seed", "x"), "--seed"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_expected(agentchat: Terminalless, words: tuple[str, ...], told: str) -> None:
    ran = agentchat("tally", *words, stdin=cast({"pick": "A"}))
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_bad_file_is_2_and_names_the_place(agentchat: Terminalless) -> None:
    ran = agentchat("tally", "-", "--rule", "irv", stdin=cast({"pick": "A"}, {"ranking": [5]}))
    assert (ran.code, ran.out) == (2, "")
    assert "stdin: ballots[1].ranking[0]: expected a list of options, found 5" in ran.err


def test_names_in_a_file_drive_no_terminal(agentchat: Terminalless) -> None:
    ballots = cast({"pick": "\x1b[2J", "voter": "\u202eEve"}, options="\u200b").replace(
        b'"\\u200b"', b'"\\u001b[2J", "B"'
    )
    for words in ((), ("--json",)):
        out = agentchat("tally", "-", "--rule", "plurality", *words, stdin=ballots).out
        assert FORBIDDEN.search(out.replace("\n", "")) is None


def test_the_example_of_the_documentation_comes_out_as_it_is_printed(agentchat: Terminalless, root: Path) -> None:
    page = (root / "docs" / "voting.md").read_text("utf-8")
    printed = re.search(r"```json\n(.*?)```.*?```\n\$ agentchat tally (.*?)\n(.*?)```", page, re.DOTALL)
    assert printed is not None
    Path("lunch.json").write_text(printed[1], "utf-8")
    assert agentchat("tally", *printed[2].split()).out == printed[3]


def test_every_rule_is_explained(root: Path) -> None:
    page = (root / "docs" / "voting.md").read_text("utf-8")
    assert re.findall(r"^- \*\*([a-z-]+)\*\*", page, re.MULTILINE) == list(RULES)
