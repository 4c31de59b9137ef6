from __future__ import annotations

import pytest
from support.refining import (
    DRAFT,
    GOOD,
    POOR,
    always,
    by_version,
    closed,
    issues,
    last,
    new,
    records,
    refined,
    stages,
    until,
    voice,
)

from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    HumanSpoke,
    ModeLeft,
    Noted,
    Recorded,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.transcript import Turn


def test_a_wish_gets_a_version_though_the_rounds_are_over_and_that_one_is_best() -> None:
    judged = voice(by_version(4, 3, 2))
    log = until(
        new({"draft": DRAFT, "rounds": 1, "accept_at": 1}), judged, lambda log: "cleo critique 2" in stages(log)
    )
    append(log, [HumanSpoke(text="Name the river.")])
    play(log, judged)
    assert [one["best"] for one in records(log, "draft_scored")] == [1, 1, 3]
    assert closed(log)[1].startswith("Version 3 ")


def test_what_the_person_asks_for_is_an_issue_and_opens_a_round() -> None:
    judged = voice(always(GOOD))
    log = until(new({"draft": DRAFT}), judged, lambda log: last(log, TurnEnded))
    append(log, [HumanSpoke(text="Make it shorter, please.")])
    play(log, judged)
    assert issues(log) == [("Make it shorter, please.", "fixed", "you")]
    assert closed(log)[1].startswith("Version 2 ")


def test_the_person_may_accept_a_version_the_critics_do_not() -> None:
    judged = voice(by_version(POOR))
    log = until(new({"draft": DRAFT}), judged, lambda log: len(records(log, "draft_scored")) == 2)
    append(log, [Directed(verb="accept", target=str(records(log, "draft_scored")[1]["turn"]))])
    outcome, text = closed(play(log, judged))
    assert outcome == "accepted"
    assert text.startswith("Version 2 ")
    assert records(log, "draft_accepted")[0]["by"] == "you"


@pytest.mark.parametrize(("answer", "drafts"), [("accept", 0), ("Name the river.", 1), ("not yet", 1)])
def test_where_the_person_wants_to_approve_they_are_asked(answer: str, drafts: int) -> None:
    judged = voice(always(GOOD))
    log = until(new({"draft": DRAFT, "you": "approve"}), judged, lambda log: last(log, EscalationRaised))
    raised = log.events[-1]
    append(log, [EscalationAnswered(escalation=raised.seq, key="accept", answer=answer)])
    until(log, judged, lambda log: last(log, EscalationRaised) or log.transcript.closed is not None)
    assert sum(" draft " in stage for stage in stages(log)) == drafts
    if answer == "Name the river.":
        assert issues(log) == [("Name the river.", "fixed", "you")]


def test_a_pinned_version_is_what_the_next_one_begins_from() -> None:
    judged = voice(by_version(2, 3, 4, 4))
    log = until(new({"accept_at": 1}), judged, lambda log: len(records(log, "draft_scored")) == 2)
    first = records(log, "draft_scored")[0]["turn"]
    assert isinstance(first, int)
    append(log, [Noted(kind="pinned", target=first)])
    until(log, judged, lambda log: len(records(log, "draft_scored")) == 3)
    drafts = [event for event in log.events if isinstance(event, TurnStarted) and event.kind == "draft"]
    assert drafts[-1].reply_to == first


def test_a_version_the_person_edited_is_theirs_and_is_judged_anew() -> None:
    judged = voice(by_version(POOR, POOR, POOR, GOOD))
    log = until(new({}), judged, lambda log: last(log, TurnEnded))
    ended = log.events[-1]
    assert isinstance(ended, TurnEnded)
    start = append(log, [TurnStarted(speaker="ada", kind="draft", stage="draft 1.1")])[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "My own words.").model_copy(update={"edited_from": ended.turn, "by": "you"})])
    until(log, judged, lambda log: last(log, Recorded, "draft_scored"))
    scored = records(log, "draft_scored")[-1]
    assert scored["author"] == "you"
    assert [stage for stage in stages(log) if "critique" in stage][-2:] == ["ben critique 2", "cleo critique 2"]


def test_it_goes_on_after_its_end_with_more_rounds() -> None:
    judged = voice(by_version(POOR), better="new")
    log = refined(judged, {"rounds": 1})
    assert closed(log)[0] == "not_accepted"
    append(log, [SessionReopened(rounds=2)])
    play(log, judged)
    assert len(records(log, "draft_scored")) == 4


def test_a_new_wish_reopens_what_was_accepted() -> None:
    judged = voice(always(GOOD))
    log = refined(judged, {"draft": DRAFT})
    append(log, [SessionReopened(rounds=1, question="Now for children.")])
    assert closed(play(log, judged))[1].startswith("Version 2 ")
    assert issues(log) == [("Now for children.", "fixed", "you")]


def test_inside_a_discussion_it_hands_back_its_best_version() -> None:
    judged = voice(always(GOOD))
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1, "agreement": False}))
    append(log, [Directed(verb="enter", target="refinement", data={"draft": DRAFT, "question": "Is it clear?"})])
    play(log, judged)
    left = next(event for event in log.events if isinstance(event, ModeLeft))
    assert (left.outcome, left.data["text"], left.data["version"]) == ("accepted", DRAFT, 1)
    assert log.transcript.closed
    assert log.transcript.closed.outcome == "discussed"


def test_alone_it_waits_for_a_critic() -> None:
    log = play(begin(opened("refinement", people("Ada"))), agreeable)
    assert log.transcript.closed is None


def test_an_acceptance_ends_it_though_a_wish_was_not_met_yet() -> None:
    judged = voice(by_version(POOR))
    log = until(new({"draft": DRAFT}), judged, lambda log: last(log, TurnEnded))
    append(log, [HumanSpoke(text="Make it shorter."), Directed(verb="accept", target="0")])
    assert closed(play(log, judged)) == ("accepted", DRAFT)
    assert len(records(log, "draft_accepted")) == 1


def test_words_to_one_persona_are_no_wish_that_all_read() -> None:
    judged = voice(by_version(POOR, GOOD))
    log = until(new({"draft": DRAFT}), judged, lambda log: last(log, TurnEnded))
    append(log, [HumanSpoke(text="Be stricter.", to=("ben",))])
    play(log, judged)
    assert "you" not in [by for _, _, by in issues(log)]


def test_critiques_that_an_end_left_sealed_are_opened_with_those_after_it() -> None:
    judged = voice(always(GOOD))
    log = until(new({"draft": DRAFT}), judged, lambda log: last(log, TurnEnded))
    append(log, [Directed(verb="end", reason="enough")])
    play(log, judged)
    left = [turn.id for turn in log.transcript.entries if isinstance(turn, Turn) and log.transcript.sealed(turn)]
    assert left
    append(log, [SessionReopened(rounds=1)])
    play(log, judged)
    assert not [turn for turn in log.transcript.entries if isinstance(turn, Turn) and log.transcript.sealed(turn)]
