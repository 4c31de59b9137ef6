from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from agentchat import budget
from agentchat.conduct import closing
from agentchat.errors import UsageError
from agentchat.events import (
    EPOCH,
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    ForkedFrom,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
    stamp,
)
from agentchat.folding import fold
from agentchat.log import Log
from agentchat.modes import make
from agentchat.steps import Ask, Escalate, Finish, Record
from agentchat.terms import Budget, limits
from agentchat.testing import opened, people
from agentchat.transcript import NEARLY, RAISE, SPENT, Transcript

LIMITS = Budget(tokens=100, cost=1.0, minutes=10)


def log(*events: Event, held: Budget | None = LIMITS, mode: str = "discussion") -> list[Event]:
    """A session held to a budget, a minute between its events."""
    first = opened(mode, people("Ada", "Ben"), {"first_thoughts": False} if mode == "discussion" else {})
    whole: list[Event] = []
    for event in (first.model_copy(update={"budget": held}), *events):
        before = whole[-1].seq if whole else None
        whole.append(stamp(event, (before or 0) + 1, before, EPOCH + timedelta(minutes=len(whole))))
    return whole


def said(turn: int, tokens: int = 0, cost: float = 0.0, text: str = "Begin with the schools.") -> tuple[Event, Event]:
    """A turn of a minute, and what it cost. Its start is the event of that number."""
    start = TurnStarted(speaker="ada", stage="talk", round=1)
    return start, TurnEnded(
        turn=turn, speaker="ada", outcome="said", text=text, model="m", tokens_out=tokens, cost=cost
    )


def wanted(events: Sequence[Event]) -> Escalate | None:
    step = budget.next_step(fold(events))
    assert step is None or isinstance(step, Escalate)
    return step


def test_a_room_without_a_budget_spends_what_it_takes() -> None:
    assert wanted(log(*said(2, 10**9), held=None)) is None


@pytest.mark.parametrize(("tokens", "cost"), [(80, 0.0), (0, 0.8), (99, 0.99)])
def test_when_most_of_it_is_spent_that_is_told_once(tokens: int, cost: float) -> None:
    events = log(*said(2, tokens, cost))
    notice = wanted(events)
    assert notice is not None
    assert (notice.level, notice.key, notice.by) == ("notify", NEARLY, "room")
    told = EscalationRaised(by="room", key=NEARLY, level="notify", question=notice.question)
    assert wanted(log(*said(2, tokens, cost), told)) is None


@pytest.mark.parametrize(
    ("tokens", "cost", "says"), [(100, 0.0, "100 tokens of"), (0, 1.2, "$1.20 of"), (120, 1.0, "120 tokens and $1.00")]
)
def test_when_all_of_it_is_spent_the_person_is_asked(tokens: int, cost: float, says: str) -> None:
    asked = wanted(log(*said(2, tokens, cost)))
    assert asked is not None
    assert (asked.level, asked.key, asked.options, asked.default) == ("ask", SPENT, (RAISE, budget.END), budget.END)
    assert says in asked.question


def test_time_counts_while_somebody_is_asked_and_no_crash_is_counted() -> None:
    pair = [one for at in range(2, 20, 2) for one in said(at)]
    assert fold(log(*pair)).spent.minutes == 9
    assert fold(log(*pair, Directed(verb="pause"))).spent.minutes == 9
    both = [TurnStarted(speaker="ada"), TurnStarted(speaker="ben")]
    ends = [TurnEnded(turn=at, speaker="ada", outcome="said", text="x", model="m") for at in (2, 3)]
    assert fold(log(*both, *ends)).spent.minutes == 3
    crashed = TurnEnded(turn=2, speaker="ada", outcome="interrupted", by="crash")
    assert fold(log(both[0], crashed)).spent.minutes == 0


def test_given_half_as_much_more_it_goes_on_from_where_it_is() -> None:
    asked = EscalationRaised(by="room", key=SPENT, question="?", options=(RAISE, budget.END), default=budget.END)
    more = log(*said(2, 130), asked, EscalationAnswered(escalation=4, key=SPENT, answer=RAISE))
    assert fold(more).purse.budget == Budget(tokens=180, cost=1.0, minutes=10)
    assert wanted(more) is None
    assert not fold(more).purse.closing


def ending(events: Sequence[Event], mode: str = "discussion") -> tuple[Transcript, object]:
    """A session whose budget was not raised, and what it does next."""
    asked = EscalationRaised(by="room", key=SPENT, question="?")
    at = len(events) + 1
    whole = log(*events[1:], asked, EscalationAnswered(escalation=at, key=SPENT, answer=budget.END), mode=mode)
    there = fold(whole)
    assert there.purse.closing == "the budget is spent"
    assert budget.next_step(there) is None
    return there, closing(there, make(mode, there.frame.settings))


def test_not_raised_a_talk_sums_up_and_ends() -> None:
    _, step = ending(log(*said(2, 130)))
    assert isinstance(step, Record)
    assert step.reason == "stopped: the budget is spent"
    _, step = ending(log())
    assert step == Finish("ended", reason="the budget is spent")


def test_a_brainstorm_sums_up_too_and_a_vote_just_ends() -> None:
    idea = [
        one.model_copy(update={"stage": "build on"}) if isinstance(one, TurnStarted) else one for one in said(2, 130)
    ]
    _, step = ending(log(*idea, mode="brainstorm"), "brainstorm")
    assert isinstance(step, Ask)
    assert step.kind == "synthesis"
    _, step = ending(log(*said(2, 130), mode="committee"), "committee")
    assert step == Finish("ended", reason="the budget is spent")


def test_a_mode_s_own_question_of_that_name_is_its_own() -> None:
    asked = EscalationRaised(by="discussion", key=SPENT, question="?")
    assert not fold(log(asked, EscalationAnswered(escalation=2, key=SPENT, answer="x"))).purse.closing


def test_reopened_or_given_another_budget_it_is_asked_anew() -> None:
    asked = EscalationRaised(by="room", key=SPENT, question="?")
    closed = (asked, EscalationAnswered(escalation=4, key=SPENT, answer="end now"), SessionClosed(outcome="ended"))
    again = log(*said(2, 130), *closed, SessionReopened())
    assert wanted(again) is not None
    assert wanted(log(*said(2, 130), *closed, SessionReopened(), Directed(verb="budget", data={"tokens": 500}))) is None
    assert fold(log(Directed(verb="budget"))).purse.budget is None


def test_undo_refunds_nothing_and_a_fork_begins_at_nothing() -> None:
    events = log(*said(2, 130))
    assert Log(events).transcript.spent.minutes == 1
    first = events[0]
    forked = [first.model_copy(update={"forked_from": ForkedFrom(session="x", seq=3)}), *events[1:]]
    there = fold(forked)
    assert (there.spent.tokens, there.spent.minutes) == (0, 0)
    assert budget.next_step(there) is None


@pytest.mark.parametrize(
    ("words", "budgeted"),
    [
        ({"budget.cost": "0.5"}, Budget(tokens=100, cost=0.5, minutes=10)),
        ({"budget.tokens": "200_000", "rounds": "2"}, Budget(tokens=200_000, cost=1.0, minutes=10)),
        ({"budget.tokens": "no", "budget.cost": "no", "budget.minutes": "no"}, None),
    ],
)
def test_a_budget_is_set_like_any_setting(words: dict[str, str], budgeted: Budget | None) -> None:
    found, rest = budget.split(words, LIMITS)
    assert found == budgeted
    assert rest == {key: value for key, value in words.items() if key == "rounds"}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("budget.money", "1", "no budget can have 'money'"),
        ("budget.cost", "much", "budget.cost = 'much' is no number above 0"),
        ("budget.tokens", "-1", "budget.tokens = '-1' is no number above 0"),
        ("budget.minutes", "nan", "budget.minutes = 'nan' is no number above 0"),
        ("budget.tokens", "inf", "budget.tokens = 'inf' is no number above 0"),
    ],
)
def test_what_is_no_budget_is_said(key: str, value: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        budget.split({key: value})
    assert str(caught.value) == says


def test_a_budget_is_said_in_words() -> None:
    assert limits(Budget(tokens=200_000, cost=0.5, minutes=20)) == "200,000 tokens, $0.50, 20 minutes"
    assert limits(Budget(cost=0.001)) == "$0.001"
