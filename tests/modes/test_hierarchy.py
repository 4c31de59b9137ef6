from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from support.committees import Settings, ended, records
from support.tasks import HOUSES, Written, doers, failing, plan, rows, states, waves, working

from agentchat.conduct import conduct
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    ModeLeft,
    Noted,
    ParticipantChanged,
    ParticipantLeft,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import Closable, make
from agentchat.modes.additions import all_tasks
from agentchat.modes.planning import STOP
from agentchat.modes.sitting import sitting
from agentchat.persona import Persona
from agentchat.steps import Finish
from agentchat.testing import agreeable, append, begin, conformance, end, opened, people, play

NAMES = ("Ada", "Ben", "Cleo", "Dev", "Edith", "Femi", "Grace", "Hana", "Ines")
CIRCLE: tuple[Written, ...] = (("design", "build"), ("build", "design"), ("paint", ""))


def run(size: int = 3, *plans: tuple[Written, ...], mode: Settings | None = None, **how: object) -> Log:
    return play(begin(opened("hierarchy", people(*NAMES[:size]), mode or {})), working(*plans, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "size", [1, 2, pytest.param(5, marks=pytest.mark.soak), pytest.param(9, marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("mode", [{}, {"lead": "ada", "tasks": 3, "deadline": 60}])
def test_a_hierarchy_keeps_the_law_every_mode_keeps(size: int, mode: Settings) -> None:
    conformance("hierarchy", mode, people(*NAMES[:size]), working())


def test_a_plan_that_goes_in_circles_keeps_it_too() -> None:
    conformance("hierarchy", {}, people("Ada", "Ben"), working(CIRCLE))


def test_what_can_be_done_at_once_is_and_what_builds_on_it_waits() -> None:
    log = run(3)
    assert waves(log) == [{"1", "2"}, {"3", "5"}, {"4"}]
    assert (ended(log).outcome, ended(log).reason) == ("assembled", "5 of 5 tasks done in 3 waves")
    starts = {start.stage: start for start in log.events if isinstance(start, TurnStarted)}
    assert starts["task 1: count"].reads_to == starts["task 2: ask"].reads_to
    assert f"#{starts['task 1: count'].turn}, #{starts['task 2: ask'].turn}" in starts["task 3: draft"].brief
    assert set(states(log).values()) == {"done"}


def test_with_more_tasks_than_members_each_has_one_a_wave() -> None:
    log = run(2, tuple((f"task {n}", "") for n in range(5)))
    assert [len(wave) for wave in waves(log)] == [2, 2, 1]
    assert max(doers(log).count((one, who)) for one, who in doers(log)) == 1


def test_who_does_what_goes_by_what_each_can_do_and_stands_in_the_reason() -> None:
    who = (
        Persona(id="ada", name="Ada", prompt="x", tags=("prices", "rents")),
        Persona(id="ben", name="Ben", prompt="x", tags=("schools",)),
        Persona(id="cleo", name="Cleo", prompt="x", tags=("chair",)),
    )
    tasks = (("Ask the schools", ""), ("Compare prices and rents", ""), ("Paint it blue", ""))
    log = play(begin(opened("hierarchy", who, {})), working(tasks))
    assert doers(log) == [("1", "ben"), ("2", "ada"), ("3", "cleo")]
    reasons = [event.reason for event in log.events if isinstance(event, TurnStarted)]
    assert reasons[:3] == ["leads", "knows about schools", "knows about prices and rents"]
    assert next(event.speaker for event in log.events if isinstance(event, TurnStarted)) == "cleo"


def test_what_fails_is_tried_once_by_somebody_else() -> None:
    one, who = doers(run(3))[0]
    log = run(3, work=lambda start, task: end(start, "passed") if (task, start.speaker) == (one, who) else None)
    assert ended(log).outcome == "assembled"
    tried = [speaker for task, speaker in doers(log) if task == one]
    assert len(tried) == 2
    assert tried[0] == who != tried[1]
    again = next(e.reason for e in reversed(log.events) if isinstance(e, TurnStarted) and e.stage == "task 1: count")
    assert again.startswith("tries what did not come off; ")


def passing(why: str, judge: str = "") -> Log:
    """Whoever has task 1 first passes on it; the lead then names `judge`, or gives no answer."""
    one, who = doers(run(4))[0]
    voice = working(work=lambda start, task: end(start, "passed", why) if (task, start.speaker) == (one, who) else None)

    def lead(start: TurnStarted) -> TurnEnded:
        if start.kind != "reassign":
            return voice(start)
        return end(start, "structured", "", {"who": start.choices[-1], "why": judge}) if judge else end(start, "failed")

    return play(begin(opened("hierarchy", people(*NAMES[:4]), {"lead": "ada"})), lead)


def test_why_somebody_passed_is_read_by_the_lead_who_says_who_does_it_instead() -> None:
    log = passing("I know no “numbers”", judge="knows them")
    starts = [one for one in log.events if isinstance(one, TurnStarted)]
    (asked,) = [one for one in starts if one.kind == "reassign"]
    first, second = [one for one in starts if one.stage == "task 1: count"]
    assert asked.speaker == "ada"
    assert f"{log.transcript.name(first.speaker)} passed on it: “I know no ‘numbers’”." in asked.brief
    assert first.speaker not in asked.choices
    assert (second.speaker, second.reason) == (asked.choices[-1], "Ada chose: knows them")
    assert "passed on it: “I know no ‘numbers’”." in second.brief
    assert ended(log).outcome == "assembled"


def test_without_an_answer_of_the_lead_or_a_reason_the_rest_is_left_to_capability() -> None:
    for why in ("I know no numbers", ""):
        log = passing(why)
        starts = [one for one in log.events if isinstance(one, TurnStarted)]
        assert sum(one.kind == "reassign" for one in starts) == bool(why)
        assert [one for one in starts if one.stage == "task 1: count"][-1].reason.startswith("tries what did not")
        assert ended(log).outcome == "assembled"


@pytest.mark.parametrize("words", ["Thank them after 2", "Thank them (needs 2)", "Thank them after task 2."])
def test_what_a_member_adds_may_wait_for_another_task_as_the_persons_may(words: str) -> None:
    whole = run(3)
    done = next(at for at, one in enumerate(whole.events) if isinstance(one, TurnEnded) and one.kind == "task")
    log = Log(whole.events[: done + 2])
    append(log, [Noted(kind="task", value=words, by="ben")])
    added = all_tasks(log.transcript, sitting(log.transcript))[-1]
    assert (added.title, added.needs, added.by) == ("Thank them", ("2",), "ben")


def test_what_nobody_can_do_blocks_what_builds_on_it_and_is_named() -> None:
    log = run(3, work=failing("2"))
    tried = [who for one, who in doers(log) if one == "2"]
    assert len(tried) == len(set(tried)) == 2
    assert states(log) == {"count": "done", "ask": "failed", "draft": "blocked", "check": "blocked", "print": "blocked"}
    assert ended(log).outcome == "incomplete"
    assert ended(log).reason == (
        "1 of 5 tasks done in 2 waves; nobody could do 2, “ask”; 3, “draft”, is blocked by 2; "
        "4, “check”, is blocked by 2; 5, “print”, is blocked by 2"
    )
    brief = [event.brief for event in log.events if isinstance(event, TurnStarted)][-1]
    assert "missing: nobody could do 2, “ask”" in brief


def test_where_nothing_comes_of_any_task_it_failed_and_nobody_is_asked_to_put_it_together() -> None:
    log = run(3, work=failing("1", "2"))
    assert ended(log).outcome == "failed"
    assert not [event for event in log.events if isinstance(event, TurnStarted) and event.kind == "assembly"]


def test_a_circle_is_sent_back_to_the_lead_with_its_name() -> None:
    log = run(3, CIRCLE, HOUSES)
    briefs = [event.brief for event in log.events if isinstance(event, TurnStarted) and event.kind == "plan"]
    assert len(briefs) == 2
    assert "“design” needs “build”, which needs “design”" in briefs[1]
    assert not [event for event in log.events if isinstance(event, EscalationRaised)]
    assert ended(log).outcome == "assembled"


def test_a_circle_that_stays_is_put_to_the_person_and_by_default_opened() -> None:
    log = run(3, CIRCLE)
    (asked,) = [event for event in log.events if isinstance(event, EscalationRaised)]
    assert "“design” needs “build”, which needs “design”" in asked.question
    (planned,) = records(log, "tasks_planned")
    assert [row["needs"] for row in rows(planned.data)] == [[], ["1"], []]
    assert planned.reason == "3 tasks, 2 can begin at once; left out: “design” does not wait for “build”"
    assert ended(log).outcome == "assembled"


def test_a_person_may_stop_it_at_the_plan() -> None:
    def stop(asked: EscalationRaised) -> EscalationAnswered:
        return EscalationAnswered(escalation=asked.seq, key=asked.key, answer=STOP)

    log = play(begin(opened("hierarchy", people("Ada", "Ben"), {})), working(CIRCLE), stop)
    assert (ended(log).outcome, ended(log).reason) == ("failed", "you stopped it at the plan")


def test_where_no_plan_comes_another_is_asked_and_then_it_failed() -> None:
    log = play(begin(opened("hierarchy", people("Ada", "Ben"), {})), lambda start: end(start, "empty"))
    speakers = [event.speaker for event in log.events if isinstance(event, TurnStarted)]
    assert len(speakers) == 3
    assert speakers[0] == speakers[1] != speakers[2]
    assert (ended(log).outcome, ended(log).reason) == ("failed", "nobody came up with a plan")


@pytest.mark.parametrize("gone", [ParticipantChanged(participant="?", muted=True), ParticipantLeft(participant="?")])
def test_the_task_of_one_who_is_gone_in_the_middle_of_a_wave_goes_to_another(gone: Event) -> None:
    log = begin(opened("hierarchy", people(*NAMES[:3]), {"lead": "ada"}))
    whole = play(log, working())
    until = next(at for at, one in enumerate(whole.events) if getattr(one, "stage", "").startswith("task"))
    cut = Log(whole.events[: until + 1])
    (open_,) = cut.transcript.open
    who = open_.speaker
    ends: TurnEnded = end(open_.start, "interrupted").model_copy(update={"by": "you"})
    append(cut, [gone.model_copy(update={"participant": who}), ends])
    play(cut, working())
    assert ended(cut).outcome == "assembled"
    later = doers(cut)[1:]
    assert who not in [speaker for _, speaker in later]


def test_reopened_it_plans_anew() -> None:
    log = run(3)
    append(log, [SessionReopened(question="And the second street?")])
    play(log, working((("paint", ""),)))
    assert len(records(log, "tasks_planned")) == 2
    assert (ended(log).outcome, ended(log).reason) == ("assembled", "1 of 1 tasks done in 1 wave")


def test_who_takes_part_can_be_narrowed_down() -> None:
    log = run(5, mode={"who": "ben, Dev", "lead": "dev"})
    assert {start.speaker for start in log.events if isinstance(start, TurnStarted)} == {"ben", "dev"}


def test_where_the_budget_ends_it_what_is_done_is_put_together_and_the_rest_is_named() -> None:
    whole = run(3)
    until = [at for at, one in enumerate(whole.events) if isinstance(one, TurnEnded) and one.kind == "task"][1]
    cut, mode = Log(whole.events[: until + 1]), make("hierarchy", {})
    assert isinstance(mode, Closable)
    while not isinstance(step := mode.close(cut.transcript), Finish):
        begun = append(cut, conduct(cut.transcript, step))
        append(cut, [working()(one) for one in begun if isinstance(one, TurnStarted)])
    assert step.outcome == "incomplete"
    assert step.reason.startswith("2 of 5 tasks done in 1 wave; 3, “draft”, was not come to; ")
    nothing = mode.close(begin(opened("hierarchy", people("Ada"), {})).transcript)
    assert isinstance(nothing, Finish)
    assert nothing.outcome == "ended"


def test_inside_another_mode_it_works_and_its_whole_is_what_that_one_reads() -> None:
    plain = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), {})))
    log = Log(plain.events[: next(at for at, one in enumerate(plain.events) if isinstance(one, TurnEnded)) + 3])
    while log.transcript.open:
        append(log, [agreeable(turn.start) for turn in log.transcript.open])
    append(log, [Directed(verb="enter", target="hierarchy", data={"question": "Hold a fair?"})])
    play(log, working())
    (left,) = [event for event in log.events if isinstance(event, ModeLeft)]
    assert (left.outcome, left.reason) == ("assembled", "5 of 5 tasks done in 3 waves")
    assert str(left.data["text"]).endswith("on assembly, round 0")
    assert log.transcript.closed
    assert log.transcript.closed.outcome in {"agreed", "discussed"}


PLANS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "e f", "A"]), st.sampled_from(["", "1", "2, 3", "a", "e", "9, b"])),
    min_size=1,
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(PLANS, st.sets(st.integers(1, 10).map(str), max_size=3), st.integers(1, 4))
def test_whatever_the_plan_waves_keep_to_it_and_every_task_ends_done_or_blocked(
    tasks: list[Written], broken: set[str], size: int
) -> None:
    log = run(size, tuple(tasks), work=failing(*broken))
    (planned,) = records(log, "tasks_planned")
    before = {str(row["id"]): row["needs"] for row in rows(planned.data)}
    done: set[str] = set()
    for wave in waves(log):
        assert len(wave) <= size
        for one in wave:
            needs = before[one]
            assert isinstance(needs, list)
            assert set(map(str, needs)) <= done
        done |= wave - broken
    assert set(states(log).values()) <= {"done", "failed", "blocked"}
    assert len(records(log, "tasks_settled")) == 1
    steps = [one for one in log.events if isinstance(one, TurnStarted) or one.type == "recorded"]
    assert len(steps) <= make("hierarchy", {}).bound(size)
    assert plan(tasks)["tasks"]
