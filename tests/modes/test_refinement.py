from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from pydantic import JsonValue

from agentchat import directives
from agentchat.conduct import conduct
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    ModeLeft,
    Noted,
    Outcome,
    Recorded,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import make, settings_of
from agentchat.modes.refinement import Settings
from agentchat.persona import CHECK
from agentchat.steps import Ask, Together
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play

GOOD, POOR = 5, 2
DRAFT = "The town is small and it is a good town to live in, as all who live in it know very well."


def critique(score: int, *issues: tuple[str, str], quote: str = "") -> dict[str, JsonValue]:
    found: list[JsonValue] = [
        {"criterion": "clarity", "severity": severity, "quote": quote, "problem": problem, "fix": ""}
        for severity, problem in issues
    ]
    names = ("correctness", "clarity", "completeness", "tone")
    return {"issues": found, "scores": dict.fromkeys(names, score), "verdict": "unsure"}


Judge = Callable[[TurnStarted], dict[str, JsonValue]]


def voice(judge: Judge, *, better: str = "same", done: str = "fixed", exits: tuple[int, ...] = (0,)) -> Voice:
    """Everyone: critics judge as said, one letter or `new` is always the better version, the author replies alike."""

    def speak(start: TurnStarted) -> TurnEnded:
        match start.kind:
            case "critique":
                return end(start, "structured", data=judge(start))
            case "compare":
                newer = "A" if int(start.choices[0]) > int(start.choices[1]) else "B"
                return end(start, "structured", data={"better": newer if better == "new" else better, "why": ""})
            case "reply":
                replies: list[JsonValue] = [
                    {"issue": int(number), "done": done, "reason": "it is meant so" if done == "rejected" else ""}
                    for number in start.choices
                ]
                return end(start, "structured", data={"replies": replies})
            case "check":
                code = exits[min(start.round, len(exits)) - 1]
                return end(start, "structured", f"exit {code}", {"exit": code, "output": f"exit {code}"})
            case "draft":
                return end(start, "said", f"Version {start.round} by {start.speaker}: {DRAFT}")
            case _:
                return agreeable(start)

    return speak


def always(score: int, *issues: tuple[str, str]) -> Judge:
    return lambda _: critique(score, *issues)


def by_version(*scores: int) -> Judge:
    """Each version has the score of its place, and a fresh issue."""
    words = ("opening", "middle", "figures", "ending", "names", "title", "rhythm")

    def judge(start: TurnStarted) -> dict[str, JsonValue]:
        score = scores[min(start.round, len(scores)) - 1]
        return critique(score, ("major", f"the {words[start.round]} wanders"))

    return judge


def refined(judged: Voice, settings: Mapping[str, JsonValue] | None = None, names: str = "Ada Ben Cleo") -> Log:
    return play(begin(opened("refinement", people(*names.split()), {"author": "ada", **(settings or {})})), judged)


def records(log: Log, kind: str) -> list[dict[str, JsonValue]]:
    return [event.data for event in log.events if isinstance(event, Recorded) and event.kind == kind]


def stages(log: Log) -> list[str]:
    return [f"{event.speaker} {event.stage}" for event in log.events if isinstance(event, TurnStarted)]


def closed(log: Log) -> tuple[str, str]:
    assert log.transcript.closed
    return log.transcript.closed.outcome, log.transcript.closed.summary


def issues(log: Log) -> list[tuple[JsonValue, JsonValue, JsonValue]]:
    found = records(log, "draft_scored")[-1]["issues"]
    assert isinstance(found, list)
    return [(one["problem"], one["status"], one["by"]) for one in found if isinstance(one, dict)]


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
        {"draft": DRAFT, "rounds": 5, "check": True},
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


def until(log: Log, judged: Voice, stop: Callable[[Log], bool]) -> Log:
    """Play on until something is so."""
    while not stop(log):
        transcript = log.transcript
        mode = make(transcript.frame.mode, transcript.frame.settings)
        step = directives.next_step(transcript) or mode.next(transcript)
        events = append(log, conduct(transcript, step))
        if isinstance(step, Ask | Together):
            append(log, [judged(event) for event in events if isinstance(event, TurnStarted)])
    return log


def last(log: Log, kind: type[Event], name: str = "") -> bool:
    event = log.events[-1]
    return isinstance(event, kind) and (not name or getattr(event, "kind", "") == name)


def new(settings: Mapping[str, JsonValue]) -> Log:
    return begin(opened("refinement", people("Ada", "Ben", "Cleo"), {"author": "ada", **settings}))


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
    log = play(new({"draft": DRAFT}).__class__(begin(opened("refinement", people("Ada"))).events), agreeable)
    assert log.transcript.closed is None


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
