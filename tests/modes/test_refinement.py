from __future__ import annotations

import pytest
from pydantic import JsonValue
from support.refining import (
    DRAFT,
    GOOD,
    POOR,
    always,
    by_version,
    closed,
    critique,
    issues,
    records,
    refined,
    stages,
    voice,
)

from agentchat.events import (
    Outcome,
    SessionReopened,
    TurnStarted,
)
from agentchat.modes import settings_of
from agentchat.modes.refinement import Settings
from agentchat.persona import CHECK
from agentchat.testing import Voice, append, begin, conformance, end, opened, people, play

VOICES: dict[str, Voice] = {
    "always finds blockers": voice(by_version(1)),
    "always accepts": voice(always(GOOD)),
    "alternates": voice(lambda start: critique(GOOD if start.round % 2 == 0 else POOR, ("blocker", "it is wrong"))),
    "the same blocker for ever": voice(always(GOOD, ("blocker", "it is wrong")), done="rejected"),
    "prefers the new": voice(by_version(POOR), better="new"),
    "prefers what stands first": voice(by_version(POOR), better="A"),
    "minor matters only": voice(always(3, ("minor", "a comma"))),
    "the check fails": voice(always(GOOD), exits=(1,)),
    "the check passes at last": voice(always(GOOD), exits=(1, 1, 0)),
}


@pytest.mark.parametrize("judged", VOICES)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        pytest.param({"draft": DRAFT, "rounds": 5, "check": True}, marks=pytest.mark.soak),
        {"rounds": 1, "compare": False, "facts": True, "criteria": "correctness, clarity:2"},
    ],
)
def test_a_refinement_keeps_the_law_every_mode_keeps(judged: str, settings: dict[str, JsonValue]) -> None:
    conformance("refinement", settings, people("Ada", "Ben", "Cleo"), VOICES[judged])


def test_two_are_enough() -> None:
    conformance("refinement", {"draft": DRAFT}, people("Ada", "Ben"), VOICES["prefers the new"])


def test_who_writes_never_judges_and_the_critics_are_asked_at_once() -> None:
    log = refined(voice(by_version(POOR, GOOD)))
    assert stages(log) == [
        "ada draft 1.1",
        "ben critique 1",
        "cleo critique 1",
        "ada draft 2.1",
        "ada reply 2",
        "ben critique 2",
        "cleo critique 2",
    ]
    assert closed(log)[0] == "accepted"


def test_an_accepted_draft_is_never_improved_again() -> None:
    log = refined(voice(always(GOOD, ("major", "it could be better still"))), {"draft": DRAFT})
    assert stages(log) == ["ben critique 1", "cleo critique 1"]
    assert closed(log) == ("accepted", DRAFT)
    append(log, [SessionReopened(rounds=3)])
    assert closed(play(log, voice(always(GOOD)))) == ("accepted", DRAFT)
    assert len(stages(log)) == 2


def test_minor_issues_open_no_round() -> None:
    log = refined(voice(always(3, ("minor", "a comma"))), {"draft": DRAFT})
    assert stages(log) == ["ben critique 1", "cleo critique 1"]
    assert closed(log)[0] == "not_accepted"


def test_a_blocker_is_not_outweighed_by_any_score() -> None:
    log = refined(voice(always(GOOD, ("blocker", "it is wrong"))), {"draft": DRAFT, "rounds": 2})
    assert closed(log)[0] == "not_accepted"


def test_the_best_version_is_given_back_and_not_the_last() -> None:
    log = refined(voice(by_version(3, 4, 2, 1), better="same"), {"accept_at": 0.9})
    assert [one["best"] for one in records(log, "draft_scored")] == [1, 2, 2, 2]
    assert closed(log)[1].startswith("Version 2 ")
    assert records(log, "stopped")[0]["rule"] == "2 tries without a better version"


@pytest.mark.parametrize(("better", "best"), [("new", 2), ("A", 1), ("B", 1), ("same", 1)])
def test_of_equal_scores_a_version_is_best_only_if_it_wins_in_both_orders(better: str, best: int) -> None:
    log = refined(voice(by_version(POOR), better=better), {"rounds": 1})
    assert records(log, "draft_scored")[-1]["best"] == best
    orders = [start.choices for start in log.events if isinstance(start, TurnStarted) and start.kind == "compare"]
    assert len(orders) == 2
    assert orders[0] == orders[1][::-1]


def test_critics_see_neither_each_other_nor_what_came_before_the_text() -> None:
    log = refined(voice(always(POOR)))
    starts = [event for event in log.events if isinstance(event, TurnStarted) and event.kind == "critique"]
    assert all(start.sealed for start in starts)
    assert len({start.reads_to for start in starts if start.round == 1}) == 1
    assert not any("ersion" in start.brief for start in starts)


def test_a_score_is_the_weighted_mean_of_the_critics_numbers() -> None:
    def judge(start: TurnStarted) -> dict[str, JsonValue]:
        return {"issues": [], "scores": {"truth": 5 if start.speaker == "ben" else 3, "style": 1}}

    log = refined(voice(judge), {"draft": DRAFT, "criteria": "truth:3, style:1"})
    scored = records(log, "draft_scored")[0]
    assert scored["scores"] == {"truth": 0.75, "style": 0.0}
    assert scored["by"] == {"ben": 0.75, "cleo": 0.375}
    assert scored["score"] == 0.5625


def test_an_issue_the_author_rejects_is_not_opened_again_by_saying_it_again() -> None:
    log = refined(voice(always(GOOD, ("blocker", "the claim has no source")), done="rejected"), {"draft": DRAFT})
    assert issues(log) == [("the claim has no source", "rejected", "ben")]
    assert closed(log)[0] == "accepted"


def test_an_issue_nobody_finds_any_more_is_fixed() -> None:
    log = refined(voice(by_version(2, 3, 5)))
    assert issues(log)[:2] == [("the middle wanders", "fixed", "ben"), ("the figures wanders", "fixed", "ben")]


def test_what_a_worse_version_fixed_is_open_again_for_the_next_begins_from_the_best() -> None:
    found = {1: "the opening wanders", 2: "the figures are wrong", 3: "the names are missing"}

    def judge(start: TurnStarted) -> dict[str, JsonValue]:
        quote = "Version 2" if start.round == 2 else ""
        return critique(3 if start.round == 1 else 2, ("major", found[start.round]), quote=quote)

    log = refined(voice(judge), {"rounds": 2})
    ledgers = [one["issues"] for one in records(log, "draft_scored")]
    assert isinstance(ledgers[1], list)
    assert [(one["problem"], one["status"]) for one in ledgers[1] if isinstance(one, dict)] == [
        (found[1], "open"),
        (found[2], "fixed"),
    ]
    drafts = [event for event in log.events if isinstance(event, TurnStarted) and event.kind == "draft"]
    assert drafts[1].reply_to == drafts[2].reply_to == drafts[0].turn


def test_a_version_that_passes_the_check_is_better_whatever_it_scores() -> None:
    log = refined(voice(by_version(4, 2), exits=(1, 0)), {"draft": DRAFT, "check": True, "rounds": 1})
    assert [one["best"] for one in records(log, "draft_scored")] == [1, 2]
    log = refined(voice(by_version(2, 4), exits=(0, 1)), {"draft": DRAFT, "check": True, "rounds": 1})
    assert [one["best"] for one in records(log, "draft_scored")] == [1, 1]


def test_with_a_failing_check_nothing_is_accepted_and_its_output_is_a_blocker() -> None:
    log = refined(voice(always(GOOD), exits=(2, 0)), {"draft": DRAFT, "check": True})
    problem, status, by = issues(log)[0]
    assert str(problem).startswith("The check fails with exit code 2:\nexit 2")
    assert (status, by) == ("fixed", CHECK)
    assert [one["acceptable"] for one in records(log, "draft_scored")] == [False, True]
    assert closed(log)[0] == "accepted"


def test_a_check_that_never_passes_ends_with_the_best_version_not_accepted() -> None:
    assert closed(refined(voice(always(GOOD), exits=(1,)), {"draft": DRAFT, "check": True}))[0] == "not_accepted"


@pytest.mark.parametrize("text", ["", "Sorry.", DRAFT, f"  {DRAFT}\n"])
def test_a_revision_that_is_none_keeps_the_version_before(text: str) -> None:
    spoken = voice(by_version(POOR))
    log = refined(lambda start: end(start, "said", text) if start.kind == "draft" else spoken(start), {"draft": DRAFT})
    assert closed(log) == ("not_accepted", DRAFT)
    assert stages(log)[2:] == ["ada draft 2.1", "ben draft 2.2"]


def test_half_a_text_is_no_version() -> None:
    spoken = voice(by_version(POOR))
    cut: Outcome = "truncated"
    log = refined(
        lambda start: end(start, cut, DRAFT * 2) if start.kind == "draft" else spoken(start), {"draft": DRAFT}
    )
    assert closed(log) == ("not_accepted", DRAFT)


def test_a_text_may_shrink_to_the_length_that_was_asked_for() -> None:
    spoken = voice(by_version(POOR, GOOD))
    settings: dict[str, JsonValue] = {"draft": DRAFT * 20, "words": 10}
    short = "A small town, and a good one to live in."
    log = refined(lambda start: end(start, "said", short) if start.kind == "draft" else spoken(start), settings)
    assert closed(log) == ("accepted", short)


def test_for_facts_without_a_check_there_is_one_round_and_a_warning() -> None:
    log = refined(voice(by_version(POOR)), {"draft": DRAFT, "facts": True})
    assert len(records(log, "warned")) == 1
    assert len(records(log, "draft_scored")) == 2


@pytest.mark.parametrize(
    ("names", "settings", "said"),
    [
        ("Ada", {}, "needs an author and at least one critic; here is only Ada"),
        ("Ada Ben", {"author": "zoe"}, "zoe is to take part"),
        ("Ada Ben", {"critics": "ben, zoe"}, "zoe is to take part"),
        ("Ada Ben", {"author": "ada", "critics": "Ada"}, "author and only critic at once"),
        ("Ada Ben", {"author": "ada", "critics": "ben"}, ""),
    ],
)
def test_what_a_room_lacks_is_said_before_it_is_created(names: str, settings: dict[str, JsonValue], said: str) -> None:
    lacks = Settings.model_validate(settings_of("refinement", settings)).lacks(people(*names.split()))
    assert said in lacks
    assert bool(lacks) == bool(said)


def test_who_is_named_a_critic_is_not_drawn_to_write_while_another_can() -> None:
    for seed in range(5):
        first = opened("refinement", people("Ada", "Ben", "Cleo"), {"critics": "Ben, cleo"}, seed)
        log = play(begin(first), voice(always(GOOD)))
        assert stages(log) == ["ada draft 1.1", "ben critique 1", "cleo critique 1"]
