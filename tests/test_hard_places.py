"""The hard places of the design, each settled by a test."""

from __future__ import annotations

import pytest

from agentchat import directives
from agentchat.conduct import MOST_FAILURES, MOST_RECORDS, ModeError, conduct, gist, interrupted, trouble
from agentchat.events import (
    Directed,
    EscalationAnswered,
    Event,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    ParticipantJoined,
    ParticipantLeft,
    Recorded,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import make
from agentchat.steps import Ask, Enter, Finish, Record, Together
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.transcript import Entry, Turn

QUIET = {"first_thoughts": False, "agreement": False, "synthesis": False}


def room(*names: str, **settings: bool | int | str) -> Log:
    return begin(opened("discussion", people(*(names or ("Ada", "Ben", "Cleo"))), {**QUIET, **settings}))


def starts(log: Log) -> list[TurnStarted]:
    return [event for event in log.events if isinstance(event, TurnStarted)]


def ask(log: Log, *speakers: str, sealed: bool = False) -> list[Event]:
    step = Together(tuple(Ask(speaker, sealed=sealed) for speaker in speakers))
    return append(log, conduct(log.transcript, step))


def heard(log: Log, reader: str) -> list[str]:
    return said(log, reader, log.head)


def said(log: Log, reader: str, reads_to: int) -> list[str]:
    read = log.transcript.readable(reader, reads_to)
    return [entry.text for entry in read if not isinstance(entry, EscalationAnswered)]


def standing(log: Log) -> tuple[bool, bool]:
    return log.transcript.paused, log.transcript.step_due


def texts(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.text for entry in entries if isinstance(entry, Turn)]


# 1 Asked, then answered.


def test_all_who_are_asked_together_may_read_up_to_the_same_event() -> None:
    log = room()
    append(log, [HumanSpoke(text="hello")])
    asked = ask(log, "ada", "ben", "cleo")
    assert {start.reads_to for start in asked if isinstance(start, TurnStarted)} == {2}


def test_a_voter_asked_after_a_crash_does_not_read_the_ballots_cast_before_it() -> None:
    log = room()
    ada, ben = ask(log, "ada", "ben")
    append(log, [TurnEnded(turn=ada.seq, speaker="ada", outcome="said", text="I vote yes")])
    append(log, [interrupted(log.transcript.open[0], "", "crash")])
    again = conduct(log.transcript, Ask("ben"))[0]
    assert isinstance(again, TurnStarted)
    assert isinstance(ben, TurnStarted)
    assert again.reads_to == ben.reads_to
    assert not list(log.transcript.readable("ben", again.reads_to))


# 2 Resume.


def test_a_turn_cut_off_by_a_crash_is_hidden_and_asked_again_under_a_new_id() -> None:
    log = room()
    start = ask(log, "ada")[0]
    append(log, [interrupted(log.transcript.open[0], "half a", "crash")])
    assert not [entry for entry in log.transcript.entries if isinstance(entry, Turn)]
    assert [turn.text for turn in log.transcript.hidden] == ["half a"]
    assert starts(play(log))[1].turn != start.seq


def test_a_turn_a_person_cut_off_stays_with_its_fragment() -> None:
    log = room()
    ask(log, "ada")
    append(log, [interrupted(log.transcript.open[0], "half a", "you")])
    assert [entry.text for entry in log.transcript.entries if isinstance(entry, Turn)] == ["half a"]


def test_what_a_person_said_during_an_outage_is_read_when_the_turn_is_asked_again() -> None:
    log = room()
    ask(log, "ada")
    append(log, [interrupted(log.transcript.open[0], "", "outage")])
    spoke = append(log, [HumanSpoke(text="take the train")])[0]
    again = conduct(log.transcript, Ask("ada"))[0]
    assert isinstance(again, TurnStarted)
    assert again.reads_to == spoke.seq


# 3 Head and open turns.


def test_the_first_end_of_a_turn_wins() -> None:
    log = room()
    start = ask(log, "ada")[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "first"), end(start, "said", "late")])
    assert [entry.text for entry in log.transcript.entries if isinstance(entry, Turn)] == ["first"]


# 6 Seed.


def test_the_seed_alone_decides_what_is_drawn_by_lot() -> None:
    def order(seed: int) -> list[str]:
        log = begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev"), QUIET, seed))
        return [start.speaker for start in starts(play(log))]

    assert order(3) == order(3)
    assert len({tuple(order(seed)) for seed in range(12)}) > 1


# 7 Loops and outages.


def test_a_mode_past_its_bound_is_stopped() -> None:
    log = play(room())
    taken = log.transcript.frame.taken
    assert "bound" in trouble(log.transcript, Ask("ada"), taken)
    assert not trouble(log.transcript, Ask("ada"), taken + 1)


def test_the_same_ask_that_failed_three_times_is_not_made_again() -> None:
    log = room()
    for _ in range(MOST_FAILURES):
        assert not trouble(log.transcript, Ask("ada"), 99)
        start = ask(log, "ada")[0]
        assert isinstance(start, TurnStarted)
        append(log, [end(start, "failed")])
    assert "failed 3 times" in trouble(log.transcript, Ask("ada"), 99)
    assert not trouble(log.transcript, Ask("ben"), 99)


def test_conclusions_in_a_row_without_asking_anyone_are_stopped() -> None:
    log = room()
    append(log, [Recorded(kind="x")] * MOST_RECORDS)
    assert "in a row" in trouble(log.transcript, Record("x"), 999)


def test_a_person_who_does_something_starts_the_count_anew() -> None:
    log = play(room())
    append(log, [SessionReopened(rounds=1)])
    assert log.transcript.frame.taken == 0


def test_a_turn_an_outage_cut_off_is_not_counted() -> None:
    log = room()
    ask(log, "ada")
    append(log, [interrupted(log.transcript.open[0], "", "outage")])
    assert log.transcript.frame.taken == 0


def test_a_step_for_someone_who_is_not_there_fails_in_words() -> None:
    with pytest.raises(ModeError, match="'zoe', who is not in the room"):
        conduct(room().transcript, Ask("zoe"))


# 8 Who speaks next, really.


def test_a_forced_speaker_outranks_one_addressed_and_both_outrank_the_mode() -> None:
    log = room()
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",)), Directed(verb="force", target="cleo")])
    play(log)
    assert [start.speaker for start in starts(log)][:2] == ["cleo", "ben"]
    assert all(start.aside for start in starts(log)[:2])


def test_asides_do_not_count_in_the_rounds_of_the_mode() -> None:
    log = room(rounds=1)
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",))])
    play(log)
    assert sorted(start.speaker for start in starts(log) if not start.aside) == ["ada", "ben", "cleo"]


def test_a_sealed_stage_delays_an_aside() -> None:
    log = room(first_thoughts=True)
    asked = append(log, conduct(log.transcript, make("discussion", log.transcript.frame.settings).next(log.transcript)))
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",))])
    append(log, [agreeable(start) for start in asked if isinstance(start, TurnStarted)])
    assert directives.next_step(log.transcript) is None
    play(log)
    aside = next(start for start in starts(log) if start.aside)
    revealed = next(event for event in log.events if isinstance(event, Recorded))
    assert aside.seq == revealed.seq + 1


def test_a_question_to_one_persona_is_owed_an_answer_but_two_cannot_go_on_for_ever() -> None:
    def asks_back(start: TurnStarted) -> TurnEnded:
        to = {"ada": "ben", "ben": "ada"}.get(start.speaker, "")
        said = end(start, "said", f"@{to} why?")
        return said.model_copy(update={"intent": "ask", "to": (to,)}) if to else said

    log = play(room(rounds=1), asks_back)
    assert log.transcript.closed
    asides = [start for start in starts(log) if start.aside]
    assert 1 <= len(asides) <= 12


def test_who_leaves_owes_nothing_any_more_also_when_coming_back() -> None:
    log = room()
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",)), Directed(verb="force", target="cleo")])
    append(log, [ParticipantLeft(participant="ben")])
    assert [due.who for due in log.transcript.due] == ["cleo"]
    append(log, [ParticipantJoined(persona=people("Ben")[0])])
    assert [due.who for due in log.transcript.due] == ["cleo"]


def test_who_was_invited_and_left_keeps_a_name() -> None:
    log = room()
    append(log, [ParticipantJoined(persona=people("Zoe")[0]), ParticipantLeft(participant="zoe")])
    assert log.transcript.name("zoe") == "Zoe"


# 9 Verbs in mid-step.


def test_a_pause_in_the_middle_of_a_turn_acts_at_the_next_look() -> None:
    log = room()
    start = ask(log, "ada")[0]
    assert isinstance(start, TurnStarted)
    append(log, [Directed(verb="pause"), agreeable(start)])
    assert standing(log) == (True, False)
    append(log, [Directed(verb="step")])
    assert standing(log) == (True, True)
    ask(log, "ben")
    assert standing(log) == (True, False)
    append(log, [Directed(verb="go_on")])
    assert standing(log) == (False, False)


# 13 Where a transcript outgrows a window.


def summary(log: Log) -> None:
    start = append(log, [TurnStarted(speaker="ada", kind="summary", stage="2-5", aside=True, reads_to=log.head)])[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "AGREED: nothing", {"covers": [2, 5]})])


def test_a_summary_is_seen_by_no_mode_wherever_it_comes() -> None:
    whole = play(room(rounds=2, first_thoughts=True, agreement=True))
    for until in range(1, len(whole.events)):
        log = Log(whole.events[:until])
        if log.transcript.open:
            continue
        mode = make("discussion", log.transcript.frame.settings)
        before = (directives.next_step(log.transcript), log.transcript.frame, mode.next(log.transcript))
        summary(log)
        assert (directives.next_step(log.transcript), log.transcript.frame, mode.next(log.transcript)) == before


def test_a_step_that_is_due_is_still_due_after_a_summary() -> None:
    log = room()
    append(log, [Directed(verb="step")])
    summary(log)
    assert standing(log) == (True, True)
    ask(log, "ada")
    assert standing(log) == (True, False)


# 10 Nesting.


def test_an_inner_mode_counts_its_own_and_its_outcome_is_all_the_outer_one_counts() -> None:
    log = room()
    ask(log, "ada")
    append(log, [end(starts(log)[0], "said", "outer")])
    entered = append(log, conduct(log.transcript, Enter("brainstorm", {"rounds": 1})))[0]
    assert isinstance(entered, ModeEntered)
    assert entered.frame == entered.seq
    assert not log.transcript.mine
    assert texts(log.transcript.outer) == ["outer"]
    ask(log, "ben")
    append(log, [end(starts(log)[1], "said", "inner")])
    left = append(log, conduct(log.transcript, Finish("done")))[0]
    assert isinstance(left, ModeLeft)
    assert not log.transcript.closed
    assert texts(log.transcript.mine) == ["outer"]
    assert left in log.transcript.mine


def test_a_mode_inside_a_mode_runs_to_its_end_and_the_outer_one_goes_on() -> None:
    log = room()
    append(log, conduct(log.transcript, Enter("brainstorm", {"rounds": 1})))
    play(log)
    closed = log.transcript.closed
    assert closed
    assert closed.by == "discussion"
    assert [event.outcome for event in log.events if isinstance(event, ModeLeft)] == ["brainstormed"]


# 11 Seals.


def test_a_sealed_turn_is_read_by_nobody_else_before_it_is_revealed() -> None:
    log = room()
    start = ask(log, "ada", sealed=True)[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "secret")])
    assert heard(log, "ada") == ["secret"]
    assert heard(log, "ben") == []
    append(log, conduct(log.transcript, Record("thoughts_revealed", reveals=(start.seq,))))
    assert heard(log, "ben") == ["secret"]


def test_leaving_the_frame_reveals_what_was_sealed_in_it() -> None:
    log = room()
    append(log, conduct(log.transcript, Enter("brainstorm", {})))
    start = ask(log, "ada", sealed=True)[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "secret")])
    append(log, conduct(log.transcript, Finish("done")))
    assert heard(log, "ben") == ["secret"]


def test_what_is_said_to_some_is_read_by_them_alone() -> None:
    log = room()
    append(log, [HumanSpoke(text="psst", to=("ben",))])
    assert heard(log, "ben") == ["psst"]
    assert heard(log, "ada") == []


# 12 Order.


def test_a_turn_stands_where_it_started_and_words_typed_meanwhile_after_it() -> None:
    log = room()
    start = ask(log, "ada")[0]
    assert isinstance(start, TurnStarted)
    append(log, [HumanSpoke(text="meanwhile"), end(start, "said", "the turn")])
    assert heard(log, "ben") == ["the turn", "meanwhile"]


def test_a_turn_is_readable_only_where_its_end_lies_within_what_one_may_read() -> None:
    log = room()
    start = ask(log, "ada")[0]
    assert isinstance(start, TurnStarted)
    append(log, [HumanSpoke(text="meanwhile")])
    late = append(log, [end(start, "said", "the turn")])[0]
    assert said(log, "ben", late.seq - 1) == ["meanwhile"]


def test_a_poll_cut_off_by_a_crash_leaves_the_next_one_to_read_all_there_is() -> None:
    log = room()
    poll = Together(tuple(Ask(who, "thought", stage="poll", sealed=True) for who in ("ada", "ben")))
    append(log, [ModeEntered(mode="poll")])
    append(log, conduct(log.transcript, poll))
    append(log, [interrupted(turn, "", "crash") for turn in log.transcript.open])
    append(log, [ModeLeft(outcome="failed"), HumanSpoke(text="meanwhile"), ModeEntered(mode="poll")])
    head = log.head
    append(log, conduct(log.transcript, poll))
    assert [start.reads_to for start in starts(log)[-2:]] == [head, head]


def test_a_sealed_turn_cut_off_before_the_end_reads_on_once_it_is_reopened() -> None:
    log = room()
    append(log, conduct(log.transcript, Ask("ada", "thought", stage="final", sealed=True)))
    append(log, [interrupted(turn, "", "crash") for turn in log.transcript.open])
    append(log, [SessionClosed(outcome="ended"), SessionReopened(rounds=1)])
    head = log.head
    append(log, conduct(log.transcript, Ask("ada", "thought", stage="final", sealed=True)))
    assert starts(log)[-1].reads_to == head


def test_two_runs_that_differ_in_what_was_said_have_different_gists() -> None:
    assert gist(play(room()).transcript) != gist(play(room(), lambda start: end(start, "said", "other")).transcript)
