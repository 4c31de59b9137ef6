from __future__ import annotations

from dataclasses import replace

import pytest
from support.committees import Settings, ended, records

from agentchat.conduct import conduct
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    ModeEntered,
    ModeLeft,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import conclusion_of
from agentchat.log import Log
from agentchat.modes import Closable, lacking, make
from agentchat.steps import Finish
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play, usual
from agentchat.transcript import Turn

WHO = people("Ada", "Ben", "Cleo")
LOOP = (
    'design: poll | build: pipeline "Build what design says: {design}" (stages="make by ada") x2 | '
    'test: pipeline "Is it right?" (stages="try by ben: verdict or fail"), failed to build, achieved to end'
)


def judging(*verdicts: str) -> Voice:
    """Verdicts in turn, by how many there were before: `pass`, or why it fails."""
    given = 0

    def voice(start: TurnStarted) -> TurnEnded:
        nonlocal given
        if start.kind != "verdict":
            return agreeable(start)
        said = verdicts[min(given, len(verdicts) - 1)]
        given += 1
        data = {"verdict": "pass" if said == "pass" else "fail", "reason": said}
        return end(start, "structured", said, {**data})

    return voice


def held(stages: str, voice: Voice = agreeable, more: Settings | None = None, answer: str = "") -> Log:
    def person(raised: EscalationRaised) -> EscalationAnswered:
        return usual(raised).model_copy(update={"answer": answer}) if answer else usual(raised)

    return play(begin(opened("staged", WHO, {"stages": stages, **(more or {})})), voice, person)


def course(log: Log) -> list[str]:
    return [str(one.data["stage"]) for one in records(log, "stage_chosen")]


def entered(log: Log) -> list[ModeEntered]:
    return [event for event in log.events if isinstance(event, ModeEntered)]


@pytest.mark.parametrize(
    ("stages", "size"),
    [
        ("poll | pipeline (stages=make)", 1),
        ('a: poll | b: poll (options="tea | coffee") x2, counts.tea >= 9 to b, else to c | c: poll, end', 2),
        ('a: staged (stages="poll | pipeline (stages=make)") | b: poll', 2),
        (LOOP, 3),
    ],
)
def test_a_staged_room_keeps_the_law_every_mode_keeps(stages: str, size: int) -> None:
    conformance("staged", {"stages": stages}, WHO[:size])


def test_it_goes_back_and_out_of_bounds_by_the_same_law() -> None:
    def strict(start: TurnStarted) -> TurnEnded:
        data = {"verdict": "fail", "reason": "red"}
        return end(start, "structured", "Fails.", {**data}) if start.kind == "verdict" else agreeable(start)

    conformance("staged", {"stages": LOOP}, WHO[:2], strict)


def test_each_stage_is_told_what_it_is_about_and_what_came_before() -> None:
    log = held(LOOP, judging("the sums are wrong", "pass"))
    assert course(log) == ["design", "build", "test", "build", "test"]
    design, build, test, again, _ = entered(log)
    assert design.question == "What should we do?"
    assert build.question.startswith("Build what design says: ada on poll, round 0\n\nben on poll, round 0")
    assert "Before it came design: polled: go on from that." in build.question
    assert test.question.startswith("Is it right?\n\nThis is the stage test.")
    assert "It is done again, because of this: “try: the sums are wrong”" in again.question
    assert (again.mode, again.settings["stages"]) == ("pipeline", "make by ada")
    assert (ended(log).outcome, ended(log).reason) == ("done", "test came to done, which ends it (achieved)")


def test_a_stage_that_is_done_again_is_told_what_failed_and_not_what_went_well_since() -> None:
    stages = 'plan: pipeline (stages=plan) | build: pipeline (stages="make | try: verdict or fail") x2, failed to plan'
    plan, _, again, build = entered(held(stages, judging("too thin”, it says", "pass")))
    assert "again" not in plan.question
    for one in (again, build):
        assert one.question.endswith("It is done again, because of this: “try: too thin’, it says”")


def test_the_card_says_the_stages_where_it_is_and_why() -> None:
    card = conclusion_of("stage_chosen").card
    assert card
    sheet = card(records(held(LOOP, judging("red", "pass")), "stage_chosen")[3].data, str.title)
    assert sheet
    assert sheet.title == "Stage build, time 2 of 2"
    assert sheet.rows == ("✓ design (poll): polled", "▸ build (pipeline)", "✗ test (pipeline): failed")
    assert sheet.note == "test came to failed: back to build"


def test_a_bound_that_is_used_up_is_the_persons_to_lift() -> None:
    log = held(LOOP, judging("red"))
    (raised,) = (event for event in log.events if isinstance(event, EscalationRaised))
    assert raised.options == ("once more", "stop here")
    assert raised.question == (
        "Test came to failed: back to build; but it was entered 2 times, as often as it may be. What now?"
    )
    assert (ended(log).outcome, course(log).count("build")) == ("exhausted", 2)
    lifted = held(LOOP, judging("red", "red", "pass"), answer="once more")
    assert (ended(lifted).outcome, course(lifted).count("build")) == ("done", 3)
    unasked = held(LOOP, judging("red"), {"at_limit": "end"})
    assert ended(unasked).outcome == "exhausted"
    assert not any(isinstance(event, EscalationRaised) for event in unasked.events)


def test_a_long_way_round_is_no_turning_on_the_spot() -> None:
    log = held("a: poll, polled to b | b: poll x20, polled to b, else to end", more={"at_limit": "end"})
    assert course(log).count("b") == 20


@pytest.mark.parametrize(
    ("stages", "outcome", "reason"),
    [
        ("poll | poll", "done", "poll 2 came to polled"),
        ("poll x2, failed to poll", "done", "poll came to polled"),
        ('a: pipeline (stages="x: verdict or fail") | b: poll', "failed", "a came to failed, and no way leads on"),
        ('a: pipeline (stages="x: verdict or fail"), failed to end', "failed", "a came to failed, which ends it"),
    ],
)
def test_it_ends_done_only_where_the_last_stage_achieved_what_it_is_for(stages: str, outcome: str, reason: str) -> None:
    log = held(stages, judging("red"))
    assert (ended(log).outcome, ended(log).reason) == (outcome, reason)


def test_the_result_is_the_text_of_the_stage_that_is_named() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", f"{start.stage} done")

    stages = "a: pipeline (stages=plan) | b: pipeline (stages=check)"
    assert ended(held(stages, voice)).summary == "check done"
    assert ended(held(stages, voice, {"result": "a"})).summary == "plan done"


def test_what_was_said_before_can_be_the_draft_of_the_next_stage() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", "A note.") if start.kind == "work" else agreeable(start)

    log = held('write: pipeline (stages="note by ada") | better: refinement (rounds=1, draft="{write}")', voice)
    assert entered(log)[1].settings["draft"] == "A note."


def test_what_does_not_fit_into_the_next_stage_ends_it_in_words() -> None:
    log = held('write: pipeline (stages="note by ada") | vote: poll (options="{write}")')
    assert ended(log).outcome == "failed"
    assert ended(log).reason.startswith("what came before does not fit into vote: poll: options")


@pytest.mark.parametrize("mode", ["brainstorm", "discussion (rounds=1)", "poll", "pipeline (stages=make)"])
def test_what_a_stage_said_is_what_its_name_in_braces_stands_for(mode: str) -> None:
    log = held(f'a: {mode}, else to b | b: poll "On {{a}}"')
    said = [one.text for one in log.transcript.entries if isinstance(one, Turn) and one.spoken]
    assert entered(log)[1].question.startswith("On ")
    assert any(f"On {text}" in entered(log)[1].question for text in said)


def test_a_long_result_does_not_push_out_of_the_question_what_is_asked() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", "word " * 900)

    question = entered(held('a: pipeline (stages=make) | b: poll "On {a}"', voice))[1].question
    assert question.endswith("This is the stage b. Before it came a: done: go on from that.")
    assert len(question) < 1200


def test_a_poll_a_person_calls_in_between_is_no_stage() -> None:
    log = held("poll | pipeline (stages=make)")
    place = next(at for at, event in enumerate(log.events) if isinstance(event, ModeLeft)) + 1
    cut = Log(log.events[:place])
    append(cut, [Directed(verb="enter", target="poll", data={"question": "Tired?"})])
    play(cut)
    assert course(cut) == ["poll", "pipeline"]
    assert [one.question for one in entered(cut)][1] == "Tired?"
    assert ended(cut).outcome == "done"


def test_a_spent_budget_ends_it_with_what_the_stages_came_to() -> None:
    log = held("a: pipeline (stages=make) | b: poll")
    place = next(at for at, event in enumerate(log.events) if isinstance(event, ModeLeft)) + 1
    spent = Log(log.events[:place])
    mode = make("staged", {"stages": "a: pipeline (stages=make) | b: poll"})
    assert isinstance(mode, Closable)
    purse = replace(spent.transcript.purse, closing="the budget is spent")
    append(spent, conduct(spent.transcript, mode.close(replace(spent.transcript, purse=purse))))
    finish = mode.close(replace(spent.transcript, purse=purse))
    assert isinstance(finish, Finish)
    assert (finish.outcome, finish.reason) == ("ended", "the budget is spent")
    assert finish.summary.endswith("on make, round 0")


def test_what_a_stage_lacks_is_missed_before_it_begins() -> None:
    assert lacking("staged", {"stages": LOOP}, WHO[1:]) == (
        "stage “build”: ada is to make “make”, and is not in the room"
    )


def test_reopened_it_begins_with_the_first_stage() -> None:
    log = held("poll | pipeline (stages=make)")
    append(log, [SessionReopened(question="And tomorrow?")])
    play(log)
    assert course(log) == ["poll", "pipeline"] * 2
    assert entered(log)[2].question == "And tomorrow?"


def test_its_bound_is_what_it_takes_at_most() -> None:
    log = held(LOOP, judging("red"))
    own = [event for event in log.events if event.frame == 0 and event.type == "recorded"]
    assert len(own) <= make("staged", {"stages": LOOP}).bound(3)
