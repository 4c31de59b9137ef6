from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue
from support.committees import Settings, ended, records

from agentchat.conduct import conduct
from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    HumanSpoke,
    ParticipantChanged,
    SessionOpened,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import kind_of
from agentchat.log import Log
from agentchat.modes import Closable, make
from agentchat.persona import Persona
from agentchat.steps import Ask, Finish
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play
from agentchat.transcript import Transcript

CASE = "I was charged twice, and my invoice is wrong"
DESKS = {"Tess": ("crash", "login"), "Bill": ("invoice", "charged"), "Rosa": ("triage",), "Vera": ("manager",)}
Person = Callable[[EscalationRaised], EscalationAnswered]


def desks(*names: str) -> tuple[Persona, ...]:
    return tuple(
        Persona(id=name.lower(), name=name, prompt=f"You are {name}.", title=f"{name}'s desk", tags=DESKS[name])
        for name in names or DESKS
    )


def hub(case: str = CASE, mode: Settings | None = None, who: Sequence[Persona] | None = None, seed: int = 0) -> Log:
    first: SessionOpened = opened("hub", who or desks(), mode or {"router": "rosa"}, seed)
    return begin(first.model_copy(update={"topic": case}))


def verdict(outcome: str = "resolved", to: str = "", why: str = "") -> dict[str, JsonValue]:
    return {"outcome": outcome, "to": to, "why": why}


def desk(verdicts: Mapping[str, Sequence[dict[str, JsonValue]]] | None = None) -> Voice:
    """Each answer is judged so, one after the other, and the last again and again; who is not named resolves it."""

    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind == "case_answer":
            return end(start, "said", "Here it is.")
        if start.kind != "case_verdict":
            return agreeable(start)
        mine = (verdicts or {}).get(start.speaker) or [verdict()]
        data = mine[min(seen.count(start.speaker), len(mine) - 1)]
        seen.append(start.speaker)
        return end(start, "structured", "", data)

    seen: list[str] = []
    return voice


def saying(**answers: str) -> Voice:
    """Each answers the case with these words, mentions read from them; all else as anybody would."""

    def voice(start: TurnStarted) -> TurnEnded:
        text = answers.get(start.speaker)
        if start.kind != "case_answer" or text is None:
            return agreeable(start)
        mentions = tuple(dict.fromkeys(re.findall(r"@(\w+)", text)))
        asks = bool(mentions) and text.rstrip().endswith("?")
        return end(start, "said", text).model_copy(update={"mentions": mentions, "intent": "ask" if asks else "say"})

    return voice


def answering(*words: str) -> Person:
    left = list(words)

    def person(asked: EscalationRaised) -> EscalationAnswered:
        return EscalationAnswered(escalation=asked.seq, key=asked.key, answer=left.pop(0) if left else "nobody")

    return person


def spent(log: Log) -> Transcript:
    return replace(log.transcript, purse=replace(log.transcript.purse, closing="the budget is spent"))


def handlers(log: Log) -> list[str]:
    return [one.speaker for one in log.events if isinstance(one, TurnStarted) and one.kind == "case_answer"]


def asked(log: Log) -> list[EscalationRaised]:
    return [one for one in log.events if isinstance(one, EscalationRaised)]


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("mode", [{}, {"least": 0}, {"least": 0, "router": "ada", "manager": "ben", "handoffs": 0}])
def test_a_hub_keeps_the_law_every_mode_keeps(mode: Settings, size: int) -> None:
    if size == 1 and "manager" in mode:
        mode = {"least": 0, "router": "ada"}
    conformance("hub", mode, people("Ada", "Ben", "Cleo", "Dev")[:size])


def test_a_case_that_is_handed_on_for_ever_keeps_it_too() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind == "case_verdict" and start.choices:
            return end(start, "structured", "on", verdict("hand on", start.choices[0]))
        return agreeable(start)

    conformance("hub", {"least": 0, "manager": "cleo"}, people("Ada", "Ben", "Cleo", "Dev"), voice)


def test_a_case_goes_to_whom_it_suits_and_the_scores_are_shown() -> None:
    log = play(hub(), desk())
    (routed,) = records(log, "case_routed")
    assert routed.data["chosen"] == "bill"
    assert routed.data["scores"] == [
        {"who": "bill", "score": 6.0, "words": ["charged", "invoice"], "out": ""},
        {"who": "tess", "score": 0.0, "words": [], "out": ""},
    ]
    assert handlers(log) == ["bill"]
    assert (ended(log).outcome, ended(log).summary, ended(log).reason) == ("resolved", "Here it is.", "handled by Bill")


def test_where_the_scores_are_close_the_router_decides_among_those_alone() -> None:
    log = play(hub("A crash ate my invoice"), desk())
    (route,) = [one for one in log.events if isinstance(one, TurnStarted) and one.kind == "route"]
    assert (route.speaker, set(route.choices)) == ("rosa", {"tess", "bill"})
    assert records(log, "case_routed")[0].reason.startswith(f"goes to {route.choices[0]}: Rosa chose")
    assert handlers(log) == [route.choices[0]]


def test_without_a_router_equals_are_told_apart_by_lot_and_it_is_said() -> None:
    firsts = set()
    for seed in range(12):
        log = play(hub("A crash ate my invoice", {"least": 2}, seed=seed), desk())
        (routed,) = records(log, "case_routed")
        assert "with least to do, or by lot" in str(routed.data["why"])
        firsts.add(handlers(log)[0])
    assert firsts == {"tess", "bill"}


def test_what_suits_nobody_is_summed_up_and_put_to_the_person() -> None:
    log = play(hub("Can you bake a cake?"), desk())
    (question,) = asked(log)
    assert question.options == ("Tess", "Bill", "nobody")
    assert question.default == "nobody"
    assert question.question == "Nobody here fits it. Who should take it? “nobody” leaves it with you."
    kinds = [(one.speaker, one.kind) for one in log.events if isinstance(one, TurnStarted)]
    assert kinds == [("vera", "case_summary")]
    assert ended(log).outcome == "escalated"


def test_whom_the_person_chooses_has_it_fit_or_not() -> None:
    log = play(hub("Can you bake a cake?"), desk(), answering("Tess"))
    assert handlers(log) == ["tess"]
    assert [record.data["why"] for record in records(log, "case_routed")] == ["nobody here fits it", "you chose"]
    assert ended(log).outcome == "resolved"


def test_a_specialist_hands_it_on_with_a_reason() -> None:
    log = play(hub(), desk({"bill": [verdict("hand on", "tess", "the login is broken")]}))
    assert handlers(log) == ["bill", "tess"]
    (handed,) = records(log, "case_handed")
    assert handed.reason == "Bill hands it on to Tess: the login is broken"
    last = [one for one in log.events if isinstance(one, TurnStarted) and one.kind == "case_answer"][-1]
    assert "handed it on to you: “the login is broken”." in last.brief
    assert last.choices == ("bill",)
    assert ended(log).reason == "handled by Tess after 1 hand-off"


def test_two_who_hand_it_to_and_fro_are_stopped_and_the_person_is_asked() -> None:
    log = play(hub(), desk({"bill": [verdict("hand on", "tess")], "tess": [verdict("hand on", "bill")]}))
    assert handlers(log) == ["bill", "tess", "bill", "tess"]
    assert asked(log)[0].reason == "it was handed on 3 times, and Tess would hand it on again"
    assert ended(log).outcome == "escalated"


def test_where_a_person_is_needed_the_manager_sums_it_up_first() -> None:
    log = play(hub(), desk({"bill": [verdict("needs a person", why="it is over a hundred")]}))
    summary = [one for one in log.events if isinstance(one, TurnStarted)][-1]
    assert (summary.speaker, summary.kind) == ("vera", "case_summary")
    assert "Bill says a person is needed: it is over a hundred" in summary.brief
    assert asked(log)[0].seq > summary.seq
    assert ended(log).reason == "it is yours: Bill says a person is needed: it is over a hundred"


def test_a_case_is_put_to_the_person_twice_at_most() -> None:
    log = play(hub(), desk({"bill": [verdict("needs a person")]}), answering(*["Bill"] * 9))
    assert len(asked(log)) == 2
    assert handlers(log) == ["bill"] * 3
    assert ended(log).outcome == "escalated"


def test_where_the_best_cannot_answer_the_next_who_fits_is_asked_and_then_the_person() -> None:
    def mute(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "case_answer" else agreeable(start)

    log = play(hub("A crash ate my invoice", {"least": 2}), mute)
    assert sorted(handlers(log)) == ["bill", "tess"]
    assert records(log, "case_routed")[-1].data["why"] == "nobody else fits it"
    assert ended(log).outcome == "escalated"
    silent = play(hub(), lambda start: end(start, "failed"))
    assert ended(silent).outcome == "failed"


def test_one_who_is_muted_before_they_answer_does_not_hold_the_case() -> None:
    whole = play(hub("A crash ate my invoice", {"least": 2}), desk())
    until = next(at for at, one in enumerate(whole.events) if one.type == "recorded")
    cut = Log(whole.events[: until + 1])
    who = str(records(cut, "case_routed")[0].data["chosen"])
    append(cut, [ParticipantChanged(participant=who, muted=True)])
    play(cut, desk())
    assert handlers(cut) == [{"bill": "tess", "tess": "bill"}[who]]


def test_a_new_word_of_the_person_is_scored_anew() -> None:
    log = hub()
    whole = play(log, desk())
    until = next(at for at, one in enumerate(whole.events) if isinstance(one, TurnEnded))
    cut = Log(whole.events[: until + 1])
    append(cut, [HumanSpoke(text="And the login shows a crash")])
    play(cut, desk())
    assert handlers(cut) == ["bill", "tess"]
    again = Log(whole.events[: until + 1])
    append(again, [HumanSpoke(text="Thank you, and tomorrow?")])
    play(again, desk())
    assert handlers(again) == ["bill", "bill"], "words that suit nobody are read with the case they are about"


def test_reopened_it_is_a_new_case() -> None:
    log = play(hub(), desk())
    append(log, [SessionReopened(question="My login is gone")])
    play(log, desk())
    assert handlers(log) == ["bill", "tess"]


def test_where_the_budget_ends_it_what_was_found_is_summed_up_and_left_with_the_person() -> None:
    whole = play(hub(), desk({"bill": [verdict("needs a person")]}))
    until = next(at for at, one in enumerate(whole.events) if isinstance(one, TurnEnded) and one.data)
    cut = Log(whole.events[: until + 1])
    summary = make("hub", {"router": "rosa"})
    assert isinstance(summary, Closable)
    step = summary.close(spent(cut))
    assert isinstance(step, Ask)
    assert (step.speaker, step.kind) == ("vera", "case_summary")
    append(cut, [agreeable(one) for one in append(cut, conduct(cut.transcript, step)) if isinstance(one, TurnStarted)])
    left = summary.close(spent(cut))
    assert isinstance(left, Finish)
    assert (left.outcome, left.reason) == ("escalated", "it is yours: the budget is spent")


def test_an_answer_is_plain_words_and_what_becomes_of_it_a_short_verdict_nobody_reads() -> None:
    log = play(hub(), desk())
    kinds = [(one.speaker, one.kind) for one in log.events if isinstance(one, TurnStarted)]
    assert kinds == [("bill", "case_answer"), ("bill", "case_verdict")]
    assert kind_of("case_answer").streamed
    assert kind_of("case_answer").payload is None
    assert kind_of("case_verdict").look == "hidden"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("I see no charge.\n@tess: the login is broken", "Bill hands it on to Tess: the login is broken"),
        ("**@tess**, it crashes", "Bill hands it on to Tess: it crashes"),
        ("Not mine.\n@tess", "Bill hands it on to Tess"),
        ("It crashes.\nOUTCOME: hand on to Tess: a crash", "Bill hands it on to Tess: a crash"),
    ],
)
def test_a_line_for_another_specialist_hands_it_on_without_a_second_call(words: str, reason: str) -> None:
    log = play(hub(), saying(bill=words))
    assert [record.reason for record in records(log, "case_handed")] == [reason]
    kinds = [(one.speaker, one.kind) for one in log.events if isinstance(one, TurnStarted)]
    assert kinds == [("bill", "case_answer"), ("tess", "case_answer"), ("tess", "case_verdict")]


@pytest.mark.parametrize(
    "words",
    ["As @tess said, it is paid back.", "@tess says that it works again.", "> @tess: take it", "@tess: so\n@vera: so"],
)
def test_who_is_only_told_of_gets_no_case(words: str) -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        one = saying(bill=words)(start)
        return one.model_copy(update={"mentions": ()}) if words.startswith(">") else one

    log = play(hub(mode={"manager": "vera"}), voice)
    assert handlers(log) == ["bill"]
    assert ended(log).outcome == "resolved"


def test_a_line_for_the_manager_brings_it_to_the_person() -> None:
    log = play(hub(), saying(bill="It is over a hundred.\n@vera: somebody must allow it"))
    assert asked(log)[0].reason == "Bill says a person is needed: somebody must allow it"
    assert "case_verdict" not in [one.kind for one in log.events if isinstance(one, TurnStarted)]


def test_who_asks_another_gets_the_case_back_with_the_answer_and_not_for_ever() -> None:
    log = play(hub(), saying(bill="@tess does the login work?"))
    kinds = [(one.speaker, one.kind) for one in log.events if isinstance(one, TurnStarted)]
    consulted = [("bill", "case_answer"), ("tess", "say")]
    assert kinds == [*consulted, *consulted, *consulted, ("bill", "case_verdict")]
    again = [one for one in log.events if isinstance(one, TurnStarted) and one.kind == "case_answer"][1]
    assert re.match(r"Tess answered you \(#\d+\)\. The case is still yours\.", again.brief)
    assert again.reason == "goes on with the answer"


def test_a_verdict_that_does_not_come_is_asked_of_another_once_and_then_it_is_the_persons() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "case_verdict" else agreeable(start)

    log = play(hub(), voice)
    judges = [one.speaker for one in log.events if isinstance(one, TurnStarted) and one.kind == "case_verdict"]
    assert judges == ["bill", "rosa"]
    assert asked(log)[0].reason == "nobody could say whether Bill settled it"
    assert (ended(log).outcome, ended(log).summary) == ("escalated", "vera on summary, round 0")


def test_who_passes_on_a_case_says_why_in_the_scores() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        passes = start.speaker == "bill" and start.kind == "case_answer"
        return end(start, "passed", "I know no charges") if passes else agreeable(start)

    log = play(hub(), voice)
    scores = records(log, "case_routed")[-1].data["scores"]
    assert isinstance(scores, list)
    assert "passed: I know no charges" in [one["out"] for one in scores if isinstance(one, dict)]
    assert ended(log).outcome == "escalated"


def test_a_session_of_the_first_version_goes_on_where_it_stood() -> None:
    log = hub()
    begun = play(hub(), desk())
    append(log, [one for one in begun.events if one.type == "recorded"])
    start = TurnStarted(speaker="bill", kind="handling", stage="case", choices=("tess",))
    (turn,) = append(log, [start.model_copy(update={"reads_to": log.head})])
    assert isinstance(turn, TurnStarted)
    data: dict[str, JsonValue] = {"text": "A crash.", "outcome": "hand on", "to": "tess", "why": "it crashes"}
    append(log, [end(turn, "structured", "A crash.\n\n*Handed on to tess: it crashes*", data)])
    play(log, desk())
    assert handlers(log) == ["tess"]
    assert records(log, "case_handed")[0].reason == "Bill hands it on to Tess: it crashes"


WORDS = st.lists(
    st.sampled_from(["crash", "login", "invoice", "charged", "cake", "the", "triage", "manager"]), max_size=5
)
ANSWERS = st.lists(
    st.tuples(st.sampled_from(["resolved", "hand on", "needs a person", ""]), st.sampled_from(["tess", "bill"])),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(WORDS, ANSWERS, st.sampled_from([0.0, 2.0, 4.0]), st.booleans())
def test_whatever_comes_nobody_has_a_case_who_may_not_and_it_ends(
    words: list[str], answers: list[tuple[str, str]], least: float, router: bool
) -> None:
    left = list(answers)

    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind != "case_verdict":
            return agreeable(start)
        outcome, to = left.pop(0) if left else ("resolved", "")
        if (outcome == "hand on" and to not in start.choices) or not outcome:
            return end(start, "failed")
        return end(start, "structured", "said", verdict(outcome, to))

    mode: Settings = {"least": least, **({"router": "rosa"} if router else {"manager": "rosa"})}
    log = play(hub(" ".join(words) or "?", mode), voice)
    chosen = [record for record in records(log, "case_routed") if record.data["chosen"]]
    for record in chosen:
        scores = record.data["scores"]
        assert isinstance(scores, list)
        mine = next(one for one in scores if isinstance(one, dict) and one["who"] == record.data["chosen"])
        assert not mine["out"]
        assert float(str(mine["score"])) >= least
    assert "rosa" not in handlers(log)
    assert ended(log).outcome in {"resolved", "escalated", "failed"}
    steps = [one for one in log.events if isinstance(one, TurnStarted) or one.type == "recorded"]
    assert len(steps) <= make("hub", mode).bound(4)
