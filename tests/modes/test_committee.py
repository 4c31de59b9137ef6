from __future__ import annotations

import pytest
from support.committees import NAMES, Settings, decided, ended, held, records, stages, turns, voting

from agentchat.errors import UsageError
from agentchat.events import SessionReopened, TurnEnded, TurnStarted
from agentchat.kinds.ballot import BALLOTS
from agentchat.log import Log
from agentchat.modes import settings_of
from agentchat.modes.charter import Settings as Charter
from agentchat.testing import agreeable, append, begin, conformance, end, opened, people, play
from agentchat.transcript import Turn
from agentchat.voting import RULES

DRINKS = "tea | coffee | water"


@pytest.mark.parametrize(
    "settings",
    [
        {"options": "tea | coffee"},
        {"rounds": 2, "probe": True},
        {"options": DRINKS, "rounds": 0, "you": "vote", "deadline": 60},
        {"options": "a | b | c | d | e", "you": "veto", "dissent": False, "quorum": 1},
        {"options": "tea | coffee", "you": "tie-break", "ties": "", "rounds": 0},
        {"options": "a | b | c | d", "rule": "stv", "seats": 2, "rounds": 0},
    ],
)
@pytest.mark.parametrize("size", [1, 3])
def test_a_committee_keeps_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    conformance("committee", settings, people(*NAMES[:size]))


@pytest.mark.parametrize(
    "votes",
    [
        {"ada": "tea", "ben": "tea", "cleo": "tea"},
        {"ada": "tea", "ben": "coffee", "cleo": "abstain"},
        {"ada": "invalid", "ben": "empty", "cleo": "refused"},
        {"ada": "passed", "ben": "invalid", "cleo": "water"},
    ],
)
@pytest.mark.parametrize("ties", ["", pytest.param("lot", marks=pytest.mark.soak)])
def test_it_keeps_it_whoever_votes_and_however(votes: dict[str, str], ties: str) -> None:
    conformance("committee", {"options": DRINKS, "ties": ties}, people(*NAMES[:3]), voting(votes))


@pytest.mark.parametrize("size", [1, 2, 5, pytest.param(24, marks=pytest.mark.soak)])
def test_its_bound_holds_however_many_there_are_and_however_often_it_is_reopened(size: int) -> None:
    def late(start: TurnStarted) -> TurnEnded:
        """Nobody's first ballot or proposal comes, and the votes are a tie."""
        first = (start.speaker, start.stage) not in asked
        asked.add((start.speaker, start.stage))
        return end(start, "failed") if first and start.sealed else agreeable(start)

    asked: set[tuple[str, str]] = set()
    settings: Settings = {"rounds": 4, "ties": "", "you": "tie-break", "probe": True}
    log = play(begin(opened("committee", people(*(f"P{n}" for n in range(size))), settings)), late)
    asked.clear()
    append(log, [SessionReopened(rounds=12, question="And then?")])
    assert ended(play(log, late)).outcome


def test_it_argues_between_two_sealed_votes_and_reports_both() -> None:
    log = held({"options": DRINKS}, {"ada": "tea", "ben": "tea", "cleo": "coffee"}, {"ben": "tea", "cleo": "coffee"})
    assert stages(log) == ["before", "argue", "final", "minority", "write-up"]
    assert [record.data["stage"] for record in records(log, "votes_counted")] == ["before", "final"]
    assert ended(log).outcome == "decided"
    assert decided(log)["winner"] == "tea"


def test_ballots_are_asked_for_at_once_sealed_and_in_an_order_of_each_voters_own() -> None:
    log = play(begin(opened("committee", people(*NAMES), {"options": "a | b | c | d | e | f", "rounds": 0})))
    starts = [turn.start for turn in turns(log, "final")]
    assert {start.speaker for start in starts} == {name.lower() for name in NAMES}
    assert all(start.sealed and start.reads_to == starts[0].reads_to for start in starts)
    first_end = next(event.seq for event in log.events if isinstance(event, TurnEnded))
    assert all(start.seq < first_end for start in starts)
    assert len({start.choices for start in starts}) > 2
    assert {frozenset(start.choices) for start in starts} == {frozenset("abcdef")}


def test_no_ballot_is_seen_before_the_count_not_even_those_before_the_talk() -> None:
    whole = held({"options": DRINKS}, {"ada": "tea", "ben": "coffee", "cleo": "coffee"})
    counted = records(whole, "votes_counted")[0].seq
    for until in range(1, len(whole.events)):
        transcript = Log(whole.events[:until]).transcript
        if transcript.head < counted:
            ballots = [one for one in transcript.entries if isinstance(one, Turn) and one.start.kind in BALLOTS]
            assert all(transcript.sealed(turn) for turn in ballots)
    assert not [turn for turn in turns(whole, "before", "final") if whole.transcript.sealed(turn)]


def test_who_changed_the_vote_toward_whom_and_after_which_turn_is_on_record() -> None:
    before = {"ada": "coffee", "ben": "tea", "cleo": "coffee"}
    log = held({"options": DRINKS}, {"ada": "tea", "ben": "tea", "cleo": "coffee"}, before)
    result = decided(log)
    assert (result["before"], result["winner"], result["flipped"]) == ("coffee", "tea", True)
    assert result["moved"] == [
        {"who": "ada", "from": "coffee", "to": "tea", "toward": ["ben"], "after": {"who": "ben", "round": 1}}
    ]
    assert records(log, "votes_counted")[1].data["changed"] == ["ada"]


def test_a_count_says_all_that_another_program_needs_to_count_again() -> None:
    log = held({"options": DRINKS, "rounds": 0}, {"ada": "tea", "ben": "tea", "cleo": "abstain", "dev": "coffee"})
    data = records(log, "votes_counted")[0].data
    ballots = data["ballots"]
    assert isinstance(ballots, list)
    assert isinstance(ballots[0], dict)
    shown = ballots[0].pop("shown")
    assert isinstance(shown, list)
    assert set(map(str, shown)) == {"tea", "coffee", "water"}
    assert ballots[0] == {
        "voter": "ada",
        "status": "valid",
        "pick": "tea",
        "weight": 1,
        "recused": [],
        "why": "it helps",
        "reason": "",
    }
    assert (data["family"], data["rule"], data["stage"], data["decided"]) == ("pick", "plurality", "final", True)
    assert data["quorum"] == {"met": True, "needed": pytest.approx(8 / 3), "present": 4, "eligible": 4, "least": 2 / 3}
    result, others = data["result"], data["others"]
    assert isinstance(result, dict)
    assert isinstance(others, list)
    assert (result["winners"], result["margin"], result["valid"], result["abstained"]) == (["tea"], 1, 3, 1)
    assert {"borda", "schulze", "majority"} <= {str(one["rule"]) for one in others if isinstance(one, dict)}


@pytest.mark.parametrize(
    ("votes", "outcome", "why"),
    [
        ({"ada": "abstain", "ben": "passed", "cleo": "abstain"}, "no_decision", "abstained"),
        ({"ada": "failed", "ben": "empty", "cleo": "refused"}, "no_quorum", "no ballots"),
        ({"ada": "tea", "ben": "failed", "cleo": "invalid"}, "no_quorum", "quorum"),
        ({"ada": "tea", "ben": "abstain", "cleo": "abstain"}, "no_decision", "abstained"),
    ],
)
def test_a_vote_too_few_took_part_in_decides_nothing_and_says_why(
    votes: dict[str, str], outcome: str, why: str
) -> None:
    log = held({"options": DRINKS, "rounds": 0}, votes)
    assert (ended(log).outcome, decided(log)["why"]) == (outcome, why)
    assert stages(log) == ["final"]


def test_a_majority_that_is_not_reached_is_no_decision() -> None:
    votes = {"ada": "tea", "ben": "tea", "cleo": "coffee"}
    log = held({"options": "tea | coffee", "threshold": "3/4", "rounds": 0}, votes)
    assert (ended(log).outcome, decided(log)["why"]) == ("no_decision", "majority")
    assert ended(held({"options": "tea | coffee", "threshold": "2/3", "rounds": 0}, votes)).outcome == "decided"


def test_who_gave_no_ballot_is_asked_once_more_and_who_abstained_is_not() -> None:
    log = held({"options": DRINKS, "rounds": 0}, {"ada": "failed", "ben": "abstain", "cleo": "invalid", "dev": "tea"})
    times = {name: sum(turn.start.speaker == name for turn in turns(log, "final")) for name in ("ada", "ben", "cleo")}
    assert times == {"ada": 2, "ben": 1, "cleo": 1}


def test_a_second_ballot_counts_where_the_first_did_not_come() -> None:
    tries = 0

    def voice(start: TurnStarted) -> TurnEnded:
        nonlocal tries
        tries += start.speaker == "cleo"
        return end(start, "empty") if start.speaker == "cleo" and tries == 1 else yes(start)

    yes = voting({"ada": "tea", "ben": "coffee", "cleo": "coffee"})
    log = play(begin(opened("committee", people("Ada", "Ben", "Cleo"), {"options": DRINKS, "rounds": 0})), voice)
    assert decided(log)["winner"] == "coffee"
    assert len({turn.start.reads_to for turn in turns(log, "final")}) == 1


def test_nobody_is_asked_again_where_no_ballot_could_change_who_wins() -> None:
    votes = {"ada": "tea", "ben": "tea", "cleo": "tea", "dev": "tea", "edith": "failed"}
    log = held({"options": DRINKS, "rounds": 0}, votes)
    assert len(turns(log, "final")) == 5
    record = records(log, "votes_counted")[0]
    assert record.data["unassailable"] == "tea"
    assert "nobody was asked again" in record.reason


def test_all_of_one_mind_at_once_hear_one_case_against_it_before_they_vote() -> None:
    log = held({"options": DRINKS}, {"ada": "tea", "ben": "tea", "cleo": "tea"})
    assert stages(log) == ["before", "dissent", "final", "write-up"]
    (case,) = turns(log, "dissent")
    assert records(log, "dissent_called")[0].data == {"who": case.speaker, "option": "tea", "of": 3}
    assert "strongest honest case against" in case.start.brief


def test_where_the_one_drawn_says_nothing_another_makes_the_case_and_then_the_room_votes_without() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.stage == "dissent" else yes(start)

    yes = voting({"ada": "tea", "ben": "tea", "cleo": "tea"})
    log = play(begin(opened("committee", people("Ada", "Ben", "Cleo"), {"options": DRINKS})), voice)
    assert len({turn.speaker for turn in turns(log, "dissent")}) == 2
    assert ended(log).outcome == "decided"


@pytest.mark.parametrize(
    ("settings", "votes"),
    [
        ({"dissent": False}, {"ada": "tea", "ben": "tea", "cleo": "tea"}),
        ({}, {"ada": "tea", "ben": "tea"}),
        ({}, {"ada": "tea", "ben": "tea", "cleo": "abstain"}),
    ],
)
def test_nobody_is_sent_to_dissent_where_it_is_off_or_two_agree_or_one_kept_back(
    settings: Settings, votes: dict[str, str]
) -> None:
    assert "argue" in stages(held({"options": DRINKS, **settings}, votes))


def test_the_minority_reports_and_nobody_does_where_nobody_lost() -> None:
    log = held({"options": DRINKS, "rounds": 0}, {"ada": "tea", "ben": "coffee", "cleo": "tea"})
    (report,) = turns(log, "minority")
    assert (report.speaker, report.start.kind) == ("ben", "minority")
    assert "You put coffee first" in report.start.brief
    assert "minority" not in stages(held({"options": DRINKS, "rounds": 0}, {"ada": "tea", "ben": "tea", "cleo": "tea"}))


def test_where_the_chair_cannot_write_it_up_another_does_and_the_winner_stays() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        if start.stage == "write-up":
            return end(start, "failed") if start.speaker == "ben" else end(start, "said", "Really, we chose coffee.")
        return voting({"ada": "tea", "ben": "tea", "cleo": "coffee"})(start)

    settings: Settings = {"options": DRINKS, "rounds": 0, "chair": "Ben"}
    log = play(begin(opened("committee", people("Ada", "Ben", "Cleo"), settings)), voice)
    assert turns(log, "write-up")[0].start.speaker == "ben"
    assert len(turns(log, "write-up")) == 2
    assert (decided(log)["winner"], ended(log).summary) == ("tea", "Really, we chose coffee.")


def test_several_seats_are_filled_by_a_rule_for_several() -> None:
    votes = {"ada": "a > b > c > d", "ben": "a > b > c > d", "cleo": "c > d > a > b", "dev": "c > d > a > b"}
    log = held({"options": "a | b | c | d", "seats": 2, "rounds": 0}, votes)
    assert (decided(log)["rule"], decided(log)["winners"]) == ("stv", ["a", "c"])
    assert "2 of them will be chosen" in turns(log, "final")[0].start.brief


def test_a_vote_that_turns_with_the_order_of_the_options_is_called_fragile() -> None:
    def first(start: TurnStarted) -> TurnEnded:
        return agreeable(start) if start.kind not in BALLOTS else voting({start.speaker: start.choices[0]})(start)

    log = play(begin(opened("committee", people("Ada", "Ben"), {"options": DRINKS, "rounds": 0, "probe": True})), first)
    probe = records(log, "votes_counted")[0].data["probe"]
    assert isinstance(probe, dict)
    assert probe["fragile"] is True
    steady = held({"options": DRINKS, "rounds": 0, "probe": True}, {"ada": "tea", "ben": "tea"})
    assert records(steady, "votes_counted")[0].data["probe"] == {"voter": "ben", "agreement": 1, "fragile": False} | {
        "voter": turns(steady, "probe")[0].speaker
    }


@pytest.mark.parametrize(
    ("options", "family", "rule"),
    [(2, "pick", "plurality"), (3, "pick", "plurality"), (4, "ranking", "borda"), (8, "approval", "approval")],
)
def test_the_rule_follows_the_question_where_none_is_named(options: int, family: str, rule: str) -> None:
    how = Charter().method("", options)
    assert (how.family, how.rule) == (family, rule)


def test_where_more_than_half_is_needed_a_majority_is_and_half_against_half_is_a_tie_otherwise() -> None:
    assert Charter(threshold=2 / 3).method("", 5).rule == "majority"
    votes = {"ada": "tea", "ben": "coffee"}
    assert decided(held({"options": "tea | coffee"}, votes))["by"] == "tie: lot"
    assert decided(held({"options": "tea | coffee", "rule": "majority"}, votes))["why"] == "majority"


def test_every_rule_can_be_declared_and_asks_for_ballots_it_can_read() -> None:
    assert Charter.model_fields["rule"].annotation.__args__ == ("auto", *RULES)  # type: ignore[union-attr]
    for rule in RULES:
        seats = 2 if rule in ("stv", "spav") else 1
        settings: Settings = {"options": "a | b | c | d", "rule": rule, "rounds": 0, "seats": seats}
        log = held(settings, {"ada": "a", "ben": "a", "cleo": "a"})
        assert decided(log)["rule"] == rule
        assert decided(log)["winner"] == "a"


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"options": "tea"}, "2 to 100 different options"),
        ({"rule": "score", "family": "pick"}, "cannot be counted from such ballots"),
        ({"rule": "borda", "seats": 2}, "one winner"),
        ({"ties": "pairwise, dice"}, "'dice' settles no tie"),
        ({"threshold": "1/3"}, "greater than or equal to 0.5"),
    ],
)
def test_a_charter_that_cannot_be_kept_is_refused_with_the_setting_and_why(settings: Settings, hint: str) -> None:
    with pytest.raises(UsageError, match=hint) as caught:
        settings_of("committee", settings)
    assert str(caught.value).startswith(f"committee: {list(settings)[-1]} = ")


def test_options_are_a_list_or_a_line() -> None:
    line = settings_of("committee", {"options": "tea | green tea|"})
    assert line == settings_of("committee", {"options": ["tea", "green tea"]})
    assert line["options"] == ["tea", "green tea"]


def test_a_fold_of_what_was_declared_is_what_is_kept() -> None:
    kept = settings_of("committee", {"quorum": "2/3", "ties": "lot | pairwise"})
    assert settings_of("committee", kept) == kept
    assert Charter.model_validate(kept).steps == ("lot", "pairwise")
