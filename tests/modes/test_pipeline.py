from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, repeat

import pytest
from support.committees import Settings, ended, records

from agentchat.conduct import conduct
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    ModeLeft,
    ParticipantChanged,
    Recorded,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import conclusion_of
from agentchat.kinds.pipeline import read
from agentchat.log import Log
from agentchat.modes import Closable, lacking, make
from agentchat.steps import Finish, Record
from agentchat.testing import Person, Voice, agreeable, append, begin, conformance, end, opened, people, play, usual
from agentchat.transcript import Transcript, Turn

WHO = people("Ada", "Ben", "Cleo")
THREE = "outline by ada: lines>=2 | draft by ben: words<=5, has Risks | check by cleo: verdict back to draft"
GOOD = {"ada": ["one\ntwo"], "ben": ["Risks: none"], "cleo": ["pass"]}


def saying(said: Mapping[str, list[str]]) -> Voice:
    """Each says these in turn, the last one from then on. `!failed` is an outcome; a verdict is pass, or why not."""
    left: dict[str, Iterator[str]] = {who: chain(texts, repeat(texts[-1])) for who, texts in said.items()}

    def voice(start: TurnStarted) -> TurnEnded:
        text = next(left[start.speaker]) if start.speaker in left else ""
        if text.startswith("!"):
            return end(start, "failed")
        if start.kind != "verdict" or not text:
            return end(start, "said", text) if text else agreeable(start)
        data = {"verdict": "pass" if text == "pass" else "fail", "reason": text}
        return end(start, "structured", text, {**data})

    return voice


def held(stages: str, said: Mapping[str, list[str]], person: Person = usual, more: Settings | None = None) -> Log:
    return play(begin(opened("pipeline", WHO, {"stages": stages, **(more or {})})), saying(said), person)


def answering(*answers: str) -> Person:
    """Answers with these in turn, then with the default."""
    left = iter(answers)

    def person(raised: EscalationRaised) -> EscalationAnswered:
        given = usual(raised)
        return given.model_copy(update={"answer": next(left, given.answer)})

    return person


def asked(log: Log) -> list[tuple[str, str]]:
    return [(turn.start.speaker, turn.start.stage) for turn in log.transcript.entries if isinstance(turn, Turn)]


def questions(log: Log) -> list[EscalationRaised]:
    return [event for event in log.events if isinstance(event, EscalationRaised)]


SETTINGS: list[tuple[Settings, int]] = [
    ({}, 1),
    ({}, 3),
    ({"stages": THREE, "returns": 0}, 3),
    ({"stages": "a: words>=900 | b", "unkept": "accept"}, 2),
    ({"stages": "test: verdict or fail"}, 2),
    ({"stages": "a | b + c: words>=900 + d | e: verdict back to b"}, 3),
]


@pytest.mark.parametrize(("settings", "size"), SETTINGS)
def test_a_pipeline_keeps_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    conformance("pipeline", settings, WHO[:size])


def test_it_keeps_the_law_also_where_verdicts_send_the_work_back_and_back() -> None:
    def strict(start: TurnStarted) -> TurnEnded:
        data = {"verdict": "fail", "reason": "too thin"}
        return end(start, "structured", "Fails.", {**data}) if start.kind == "verdict" else agreeable(start)

    conformance("pipeline", {"stages": "a + b | c: verdict back to a"}, WHO, strict)


def test_each_stage_goes_on_from_the_one_before_and_the_last_work_is_what_comes_of_it() -> None:
    log = held(THREE, GOOD)
    assert asked(log) == [("ada", "outline"), ("ben", "draft"), ("cleo", "check")]
    outline, draft, check = (one for one in log.transcript.entries if isinstance(one, Turn))
    assert f"the last of it #{outline.id}" in draft.start.brief
    assert "It must have at most 5 words; it must have “Risks”" in draft.start.brief
    assert f"Judge #{draft.id}" in check.start.brief
    assert (ended(log).outcome, ended(log).summary) == ("done", "Risks: none")
    assert [(one.data["stage"], one.data["kept"]) for one in records(log, "stage_checked")] == [
        ("outline", True),
        ("draft", True),
        ("check", True),
    ]


def test_what_breaks_a_promise_goes_back_once_to_its_maker_with_the_reason() -> None:
    log = held(THREE, {**GOOD, "ben": ["far too many words for this stage", "Risks: none"]})
    assert asked(log)[1:3] == [("ben", "draft"), ("ben", "draft, try 2")]
    again = [one for one in log.transcript.entries if isinstance(one, Turn)][2]
    assert "it has 7 words, not at most 5, and has no “Risks”" in again.start.brief
    assert ended(log).outcome == "done"
    sheet = conclusion_of("stage_checked").card
    assert sheet
    card = sheet(records(log, "stage_checked")[1].data, str.title)
    assert card
    assert card.title == "Draft, by Ben: not as promised"
    assert card.rows == ("✗ words<=5: it has 7 words, not at most 5", "✗ has Risks: it has no “Risks”")
    assert card.note == "goes back to its maker, once"


def test_work_that_broke_off_before_its_end_goes_back_also_where_nothing_was_promised() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", "A whole note.") if "try" in start.stage else end(start, "truncated", "A who")

    log = play(begin(opened("pipeline", WHO, {"stages": "note by ben"})), voice)
    assert asked(log) == [("ben", "note"), ("ben", "note, try 2")]
    assert (ended(log).outcome, ended(log).summary) == ("done", "A whole note.")
    assert records(log, "stage_checked")[0].data["why"] == "broke off before its end"


def test_words_a_person_put_there_are_not_written_over_where_they_break_a_promise() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", "no").model_copy(update={"edited_from": 2, "by": "you"})

    first = begin(opened("pipeline", WHO, {"stages": "note by ben: has Risks | next"}))
    log = play(first, voice, answering("accept it as it is"))
    assert asked(log)[:2] == [("ben", "note"), (asked(log)[1][0], "next")]
    assert records(log, "stage_checked")[0].data["next"] == "goes to you: the words are yours"
    assert ended(log).outcome == "done"


@pytest.mark.parametrize(
    ("answers", "more", "outcome", "ben"),
    [
        ((), {}, "stopped", 2),
        (("accept it as it is",), {}, "done", 2),
        ((), {"unkept": "accept"}, "done", 2),
        (("try again", "accept it as it is"), {}, "done", 4),
        (("try again",) * 3, {}, "stopped", 8),
    ],
)
def test_still_broken_it_is_the_persons_to_settle(
    answers: tuple[str, ...], more: Settings, outcome: str, ben: int
) -> None:
    log = held(THREE, {**GOOD, "ben": ["no"]}, answering(*answers), more)
    assert questions(log)[0].question == "“draft” is not as it should be: it has no “Risks”. What now?"
    assert questions(log)[0].options == ("accept it as it is", "try again", "stop")
    assert ended(log).outcome == outcome
    assert sum(who == "ben" for who, _ in asked(log)) == ben
    assert ("try again" in questions(log)[-1].options) == (answers != ("try again",) * 3)


def test_a_failing_verdict_sends_the_work_back_with_its_reason_and_then_to_the_person() -> None:
    log = held("a by ada | b by ben | c by cleo: verdict back to a", {"cleo": ["too thin", "pass"]})
    assert [who for who, _ in asked(log)] == ["ada", "ben", "cleo", "ada", "ben", "cleo"]
    back = [one for one in log.transcript.entries if isinstance(one, Turn)][3]
    assert "came back" in back.start.brief
    assert "too thin" in back.start.brief
    assert ended(log).outcome == "done"
    never = held("a by ada | c by cleo: verdict", {"cleo": ["no"]}, more={"returns": 1})
    assert (len(asked(never)), ended(never).outcome) == (4, "stopped")
    assert questions(never)[0].question == "“c” is not as it should be: the verdict is fail: no. What now?"


def test_stages_made_at_once_read_the_same_and_each_is_checked_by_itself() -> None:
    stages = "plan by ada | left by ben: has Risks + right by cleo | whole by ada"
    log = held(stages, {"ben": ["no", "Risks: none"]})
    assert asked(log) == [
        *(("ada", "plan"), ("ben", "left"), ("cleo", "right")),
        *(("ben", "left, try 2"), ("ada", "whole")),
    ]
    plan, left, right, again, whole = (one for one in log.transcript.entries if isinstance(one, Turn))
    assert left.start.reads_to == right.start.reads_to
    assert left.start.reply_to == right.start.reply_to == plan.id
    assert f"the last of it #{again.id} and #{right.id}" in whole.start.brief
    assert [one.data["stage"] for one in records(log, "stage_checked")] == ["plan", "left", "left", "right", "whole"]


@pytest.mark.parametrize("stages", ["a + b + c", "a + b by ada + c", "a + b + c by cleo"])
def test_stages_made_at_once_have_a_maker_each_as_far_as_there_are_members(stages: str) -> None:
    for seed in range(6):
        log = play(begin(opened("pipeline", WHO, {"stages": stages}, seed)))
        turns = [one for one in log.transcript.entries if isinstance(one, Turn)]
        assert len({turn.start.speaker for turn in turns}) == 3
        assert {turn.start.reads_to for turn in turns} == {1}
    conformance("pipeline", {"stages": stages}, WHO)


def test_who_makes_anew_what_another_made_is_not_told_that_it_is_their_own() -> None:
    log = held("a by ada | c by cleo: verdict back to a", {"cleo": ["too thin”, says all", "pass"]})
    place = next(at for at, event in enumerate(log.events) if isinstance(event, Recorded) and not event.data["kept"])
    cut = Log(log.events[: place + 1])
    append(cut, [ParticipantChanged(participant="ada", muted=True)])
    play(cut)
    (brief,) = (
        one.start.brief
        for one in cut.transcript.entries
        if isinstance(one, Turn) and "try 2" in one.start.stage[1:] and one.start.kind == "work"
    )
    assert "What there was (#2) came back (#5) with these words: “too thin’, says all”" in brief


def test_a_verdict_sends_stages_made_at_once_back_together() -> None:
    log = held("a by ada + b by ben | c by cleo: verdict back to a", {"cleo": ["too thin", "pass"]})
    assert [who for who, _ in asked(log)] == ["ada", "ben", "cleo", "ada", "ben", "cleo"]
    assert ended(log).outcome == "done"


def test_a_verdict_or_fail_ends_it_as_failed_and_says_why() -> None:
    log = held("test by cleo: verdict or fail", {"cleo": ["two tests are red"]})
    assert (ended(log).outcome, ended(log).reason) == ("failed", "test: two tests are red")
    assert not questions(log)


def test_where_work_does_not_come_others_are_asked_by_how_well_they_fit_and_then_the_person() -> None:
    log = held("count the dev costs by ada", {"ada": ["!failed"]})
    assert asked(log)[0][0] == "ada"
    assert len(asked(log)) == 2
    assert ended(log).outcome == "done"
    silent = held("plan", {"ada": ["!failed"], "ben": ["!failed"], "cleo": ["!failed"]})
    assert sorted(who for who, _ in asked(silent)) == ["ada", "ben", "cleo"]
    assert questions(silent)[0].options == ("try again", "stop")
    assert (ended(silent).outcome, ended(silent).reason) == ("failed", "plan: nobody made it: 3 were asked")


def test_somebody_else_works_in_place_of_who_is_muted_and_says_so() -> None:
    log = begin(opened("pipeline", WHO, {"stages": "plan by ada"}))
    append(log, [ParticipantChanged(participant="ada", muted=True)])
    play(log)
    (turn,) = (one for one in log.transcript.entries if isinstance(one, Turn))
    assert turn.speaker != "ada"
    assert turn.start.reason.startswith("plan in place of ada")


def test_who_made_it_does_not_judge_it_unless_alone() -> None:
    log = held("plan by ada | look: verdict", {})
    assert asked(log)[1][0] != "ada"


def test_a_spent_budget_ends_it_with_what_there_is() -> None:
    log = held(THREE, GOOD)
    place = next(at for at, event in enumerate(log.events) if isinstance(event, TurnStarted) and event.speaker == "ben")
    mode, spent = make("pipeline", {"stages": THREE}), Log(log.events[:place])
    step = mode.close(_spent(spent)) if isinstance(mode, Closable) else None
    assert isinstance(step, Record)
    append(spent, conduct(spent.transcript, step))
    finish = mode.close(_spent(spent)) if isinstance(mode, Closable) else None
    assert isinstance(finish, Finish)
    assert (finish.outcome, finish.summary, finish.reason) == ("stopped", "one\ntwo", "the budget is spent")


def test_what_was_made_as_the_budget_was_spent_is_checked_and_is_what_comes_of_it() -> None:
    log = held(THREE, GOOD)
    place = [at for at, event in enumerate(log.events) if isinstance(event, TurnEnded)][1] + 1
    mode, spent = make("pipeline", {"stages": THREE}), Log(log.events[:place])
    assert isinstance(mode, Closable)
    for _ in range(2):
        append(spent, conduct(spent.transcript, mode.close(_spent(spent))))
    assert [one.data["stage"] for one in records(spent, "stage_checked")] == ["outline", "draft"]
    finish = mode.close(_spent(spent))
    assert isinstance(finish, Finish)
    assert finish.summary == "Risks: none"


def _spent(log: Log) -> Transcript:
    return replace(log.transcript, purse=replace(log.transcript.purse, closing="the budget is spent"))


def test_a_maker_who_is_not_there_is_missed_before_it_begins() -> None:
    assert lacking("pipeline", {"stages": THREE}, WHO[:2]) == "cleo is to make “check”, and is not in the room"
    assert lacking("pipeline", {"stages": THREE}, WHO) == ""
    with pytest.raises(UsageError):
        opened("pipeline", WHO, {"stages": "a: quick"})


def test_reopened_it_begins_anew_and_goes_on_from_what_there_was() -> None:
    log = held(THREE, GOOD)
    append(log, [SessionReopened(question="And for the school?")])
    play(log, saying(GOOD))
    assert [stage for _, stage in asked(log)] == ["outline", "draft", "check"] * 2
    outline, draft, _, again, *_ = (one for one in log.transcript.entries if isinstance(one, Turn))
    assert f"the last of it #{outline.id} and #{draft.id}" in again.start.brief


def test_inside_another_mode_its_text_and_stages_are_what_the_others_read() -> None:
    log = begin(opened("discussion", WHO, {"rounds": 1}))
    append(log, [Directed(verb="enter", target="pipeline", data={"stages": THREE, "question": "Write it up."})])
    play(log, saying(GOOD))
    left = next(event for event in log.events if isinstance(event, ModeLeft))
    assert (left.outcome, left.data["text"], left.data["verdict"]) == ("done", "Risks: none", "pass")
    assert left.data["stages"] == [
        {"name": name, "by": by, "tries": 1, "kept": True, "accepted": False}
        for name, by in (("outline", "ada"), ("draft", "ben"), ("check", "cleo"))
    ]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("VERDICT: pass\nIt holds.", "pass"), ("**Verdict: fail**\nNo sums.", "fail"), ("Hard to say.", None)],
)
def test_a_verdict_is_read_out_of_plain_words(text: str, verdict: str | None) -> None:
    found = read(text)
    assert (found and found["verdict"]) == verdict
    assert not found or found["reason"]
