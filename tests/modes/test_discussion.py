from __future__ import annotations

from itertools import pairwise

import pytest

from agentchat import directives
from agentchat.conduct import conduct
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    HumanSpoke,
    ParticipantChanged,
    Recorded,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import make, settings_of
from agentchat.persona import Persona
from agentchat.steps import Ask, Step, Wait
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play
from agentchat.transcript import Turn

Settings = dict[str, bool | int | float | str]


def run(settings: Settings, *names: str, seed: int = 0) -> Log:
    return play(begin(opened("discussion", people(*(names or ("Ada", "Ben", "Cleo"))), settings, seed)))


def turns(log: Log, stage: str = "talk") -> list[TurnStarted]:
    return [event for event in log.events if isinstance(event, TurnStarted) and event.stage.startswith(stage)]


def records(log: Log, kind: str) -> list[Recorded]:
    return [event for event in log.events if isinstance(event, Recorded) and event.kind == kind]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"order": "round-robin", "rounds": 3, "stop": ""},
        {"order": "moderated", "rounds": 2, "chair": "ben"},
        {"first_thoughts": False, "agreement": False, "synthesis": False, "rounds": 1},
        {"rounds": 4, "stop": "agreement & rounds:3 | turns:9"},
    ],
)
@pytest.mark.parametrize("size", [1, 3, pytest.param(5, marks=pytest.mark.soak)])
def test_a_discussion_keeps_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    conformance("discussion", settings, people("Ada", "Ben", "Cleo", "Dev", "Edith")[:size])


def test_first_thoughts_are_sealed_asked_at_once_and_revealed_together() -> None:
    log = run({"rounds": 1})
    thoughts = turns(log, "first thoughts")
    assert [start.speaker for start in thoughts] == ["ada", "ben", "cleo"]
    assert all(start.sealed and start.reads_to == 1 for start in thoughts)
    assert records(log, "thoughts_revealed")[0].reveals == tuple(start.turn for start in thoughts)


def test_each_persona_speaks_once_a_round_and_nobody_twice_in_a_row() -> None:
    for seed in range(8):
        log = run({"rounds": 3, "stop": "", "agreement": False}, "Ada", "Ben", "Cleo", "Dev", seed=seed)
        order = [start.speaker for start in turns(log)]
        assert [sorted(order[at : at + 4]) for at in (0, 4, 8)] == [["ada", "ben", "cleo", "dev"]] * 3
        assert all(one != other for one, other in pairwise(order))


def test_every_turn_says_why_it_is_this_speakers() -> None:
    assert all(start.reason for start in turns(run({}), ""))


def test_a_persona_who_was_mentioned_is_next() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        said = end(start, "said", "what about schools?")
        return said.model_copy(update={"mentions": ("dev",)}) if start.round == 1 and start.speaker != "dev" else said

    log = begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev"), {"first_thoughts": False, "rounds": 1}))
    first, second = turns(play(log, voice))[:2]
    assert second.speaker == "dev" or first.speaker == "dev"
    if second.speaker == "dev":
        assert "mentioned Dev" in second.reason


def test_agreement_two_rounds_running_ends_it_and_is_recorded() -> None:
    log = run({"rounds": 6})
    assert {start.round for start in turns(log)} == {1, 2}
    assert records(log, "stopped")[0].data["rule"] == "they agree, two rounds running"
    assert log.transcript.closed
    assert log.transcript.closed.outcome == "agreed"


def test_a_blocking_objection_is_no_agreement() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind == "position" and start.speaker == "cleo":
            data = {"stance": "disagree", "why": "risk", "confidence": "high", "objection": "no exit"}
            return end(start, "structured", data=dict(data))
        return agreeable(start)

    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 2})), voice)
    tally = records(log, "agreement_recorded")[-1].data
    assert (tally["agree"], tally["disagree"], tally["reached"]) == (2, 1, False)
    assert tally["objections"] == {"cleo": "no exit"}
    assert log.transcript.closed
    assert log.transcript.closed.outcome == "discussed"


def test_a_position_nobody_could_read_is_unknown_and_too_few_known_ones_are_no_agreement() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "position" and start.speaker != "ada" else agreeable(start)

    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1})), voice)
    tally = records(log, "agreement_recorded")[-1]
    assert (tally.data["known"], tally.data["reached"]) == (1, False)
    assert "only 1 positions are known" in tally.reason


def test_a_position_is_of_who_was_asked_also_where_another_member_stood_in() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        said = agreeable(start)
        return (
            said.model_copy(update={"speaker": "ben"}) if (start.kind, start.speaker) == ("position", "ada") else said
        )

    log = play(begin(opened("discussion", people("Ada", "Ben"), {"rounds": 1})), voice)
    tally = records(log, "agreement_recorded")[0].data
    assert tally["stances"] == {"ada": "agree", "ben": "agree"}
    assert (tally["agree"], tally["of"]) == (2, 2)


def test_positions_stay_unseen_by_the_peers() -> None:
    log = run({"rounds": 1})
    read = [
        t.start.kind for t in log.transcript.readable("ada", log.head) if isinstance(t, Turn) and t.speaker != "ada"
    ]
    assert "position" not in read


def test_what_was_said_under_a_seal_steers_nobody_and_is_no_reason() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind != "position":
            return end(start, "said", f"something plain, number {start.turn}")
        data = {"stance": "disagree", "why": "zeppelin budget", "confidence": "low", "objection": "zeppelin sponsors"}
        said = end(start, "structured", "zeppelin sponsors and zeppelin budget", data=dict(data))
        return said.model_copy(update={"mentions": ("ben",)})

    cares = {"ada": "gardens", "ben": "zeppelin sponsors", "cleo": "zeppelin budget"}
    who = tuple(Persona(id=name, name=name.capitalize(), prompt="x", focus=focus) for name, focus in cares.items())
    settings: Settings = {"rounds": 4, "first_thoughts": False, "synthesis": False, "stop": ""}
    for seed in range(6):
        log = play(begin(opened("discussion", who, settings, seed)), voice)
        assert len(turns(log)) == 12
        assert not [start.reason for start in turns(log) if "zeppelin" in start.reason or "mentioned" in start.reason]


@pytest.mark.parametrize("verb", ["speak", "force"])
@pytest.mark.parametrize(("order", "after"), [("free", "agreement_recorded"), ("moderated", "nominate")])
def test_whom_the_person_wants_is_next_also_right_after_what_was_said_under_a_seal(
    verb: str, order: str, after: str
) -> None:
    settings: Settings = {"rounds": 2, "first_thoughts": False, "stop": "", "order": order, "chair": "dev"}
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev"), settings))
    while after not in {event.kind for event in log.events if isinstance(event, TurnEnded | Recorded)}:
        take(log)
    spoke, forced = HumanSpoke(text="@ada why?", mentions=("ada",)), Directed(verb="force", target="ada")
    wish = append(log, [spoke if verb == "speak" else forced])[0]
    step = directives.next_step(log.transcript)
    assert isinstance(step, Ask)
    assert (step.speaker, step.reply_to, step.aside) == ("ada", wish.seq, True)


@pytest.mark.parametrize("muted", [("ben",), ("ben", "cleo"), ("ada", "ben"), ("ada", "cleo")])
def test_first_thoughts_are_revealed_although_members_were_muted_meanwhile(muted: tuple[str, ...]) -> None:
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1, "agreement": False}))
    take(log, lambda start: end(start, "interrupted", "half a th") if start.speaker in muted else agreeable(start))
    append(log, [ParticipantChanged(participant=who, muted=True) for who in muted])
    assert play(log).transcript.closed
    assert not sealed(log)


def test_first_thoughts_are_revealed_where_it_was_ended_among_them_and_reopened() -> None:
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1, "agreement": False}))
    take(log)
    append(log, [Directed(verb="end", reason="enough")])
    take(log)
    append(log, [SessionReopened(rounds=1, question="And the bus?")])
    assert sealed(log) == ["ada", "ben", "cleo"]
    take(log)
    assert not sealed(log)
    assert play(log).transcript.closed


def take(log: Log, voice: Voice = agreeable) -> None:
    """One step, as the room takes it."""
    step = directives.next_step(log.transcript) or make("discussion", log.transcript.frame.settings).next(
        log.transcript
    )
    started = append(log, conduct(log.transcript, step))
    append(log, [voice(event) for event in started if isinstance(event, TurnStarted)])


def sealed(log: Log) -> list[str]:
    """Whose thoughts nobody was shown yet."""
    thoughts = [turn for turn in log.transcript.entries if isinstance(turn, Turn) and turn.start.kind == "thought"]
    return [turn.speaker for turn in thoughts if log.transcript.sealed(turn)]


def test_an_exhausted_ping_pong_leaves_nobody_without_an_answer_later() -> None:
    back = {"ada": "ben", "ben": "ada"}
    quiet: Settings = {"rounds": 6, "stop": "", "first_thoughts": False, "agreement": False, "synthesis": False}
    for asked in ("ada", "ben"):
        log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), quiet))
        questions: list[int] = []

        def talk(start: TurnStarted, asked: str = asked, questions: list[int] = questions) -> TurnEnded:
            said = end(start, "said", f"words {start.turn}")
            if start.round <= 1 and start.speaker in back:
                return said.model_copy(update={"intent": "ask", "mentions": (back[start.speaker],)})
            if start.round >= 3 and start.speaker == "cleo":
                questions.append(start.turn)
                return said.model_copy(update={"intent": "ask", "mentions": (asked,)})
            return said

        play(log, talk)
        answered = {start.reply_to for start in turns(log, "aside") if start.speaker == asked}
        assert len(questions) == 4
        assert {
            event.seq for event in log.events if isinstance(event, TurnEnded) and event.turn in questions
        } <= answered


@pytest.mark.parametrize("rule", ["rounds:2", "turns:6", "minutes:0.2"])
def test_rules_to_stop_count_anew_after_a_reopening(rule: str) -> None:
    quiet: Settings = {"rounds": 4, "stop": rule, "agreement": False, "first_thoughts": False, "synthesis": False}
    log = run(quiet)
    assert len(turns(log)) == 6
    append(log, [SessionReopened(rounds=3)])
    assert len(turns(play(log))) == 12


@pytest.mark.parametrize("order", ["free", "round-robin", "moderated"])
@pytest.mark.parametrize("size", [1, 2, 3, 8, pytest.param(24, marks=pytest.mark.soak)])
def test_its_bound_holds_however_many_there_are_and_however_often_it_is_reopened(order: str, size: int) -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        match start.kind:
            case "nominate":
                return end(start, "failed")
            case "position":
                data = {"stance": "disagree", "why": "no", "confidence": "low", "objection": ""}
                return end(start, "structured", data=dict(data))
            case _:
                return end(start, "said", " ".join(f"word{start.turn}x{n}" for n in range(5)))

    settings: Settings = {"rounds": 12, "order": order, "stop": ""}
    log = play(begin(opened("discussion", people(*(f"P{n}" for n in range(size))), settings)), voice)
    append(log, [SessionReopened(rounds=12)])
    assert play(log, voice).transcript.closed
    assert max(start.round for start in turns(log)) == 24


def test_when_all_pass_it_stops_and_says_so() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "passed", "PASS") if start.round == 2 and start.kind == "say" else agreeable(start)

    log = play(begin(opened("discussion", people("Ada", "Ben"), {"rounds": 5, "stop": ""})), voice)
    assert records(log, "stopped")[0].data["rule"] == "all passed: nobody has more to say"


def test_a_round_in_which_everybody_repeats_themselves_is_a_stall() -> None:
    log = begin(opened("discussion", people("Ada", "Ben"), {"rounds": 6, "stop": "stall", "agreement": False}))
    play(log, lambda start: end(start, "said", f"{start.speaker} says the very same thing in every single round"))
    assert records(log, "stopped")[0].data["rule"] == "nothing new was said"
    assert {start.round for start in turns(log)} == {1, 2}


def test_a_limit_in_the_middle_of_a_round_ends_it_there() -> None:
    log = run({"rounds": 5, "stop": "turns:4", "agreement": False})
    assert len(turns(log)) == 4


def test_a_word_of_the_person_can_end_it() -> None:
    log = begin(opened("discussion", people("Ada", "Ben"), {"rounds": 5, "stop": "said:enough", "agreement": False}))
    append(log, [HumanSpoke(text="ok, enough")])
    assert len(turns(play(log))) == 1


def test_a_chair_chooses_from_the_eligible_and_neither_talks_nor_is_followed_blindly() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind != "nominate":
            return agreeable(start)
        assert "ada" not in start.choices
        return end(start, "structured", data={"speaker": start.choices[-1], "why": "needed now"})

    settings: Settings = {"order": "moderated", "chair": "ada", "rounds": 2, "agreement": False, "stop": ""}
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev"), settings)), voice)
    assert "ada" not in {start.speaker for start in turns(log)}
    assert any(start.reason == "Ada chose: needed now" for start in turns(log))


def test_a_chair_who_names_nobody_twice_is_done_without() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "nominate" else agreeable(start)

    settings: Settings = {"order": "moderated", "chair": "ada", "rounds": 1, "agreement": False}
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev"), settings)), voice)
    assert turns(log)[0].reason.startswith("the chair named nobody; ")
    assert {start.speaker for start in turns(log)} == {"ben", "cleo", "dev"}


def test_a_synthesis_that_fails_is_tried_by_another() -> None:
    failed: list[str] = []

    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind == "synthesis" and not failed:
            failed.append(start.speaker)
            return end(start, "failed")
        return agreeable(start)

    log = play(begin(opened("discussion", people("Ada", "Ben"), {"rounds": 1})), voice)
    assert [start.speaker for start in turns(log, "closing")][1] not in failed
    assert log.transcript.closed
    assert log.transcript.closed.summary


def test_with_everybody_muted_it_waits_for_the_person() -> None:
    log = begin(opened("discussion", (), {}))
    assert isinstance(make("discussion", {}).next(log.transcript), Wait)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"round": "3"}, "no setting 'round'"),
        ({"rounds": "many"}, "rounds = 'many'"),
        ({"rounds": "99"}, "rounds = '99'"),
        ({"stop": "sometimes"}, "no stop rule"),
        ({"order": "chaos"}, "order = 'chaos'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_takes(raw: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        settings_of("discussion", raw)


def test_settings_typed_as_words_are_read() -> None:
    settings = settings_of("discussion", {"rounds": "3", "first_thoughts": "no", "order": "moderated"})
    assert (settings["rounds"], settings["first_thoughts"], settings["order"]) == (3, False, "moderated")


@pytest.mark.parametrize(("typed", "share"), [("2/3", 2 / 3), ("0.75", 0.75), ("1", 1.0)])
def test_a_share_is_read_as_it_is_shown(typed: str, share: float) -> None:
    assert settings_of("discussion", {"agree_at": typed})["agree_at"] == share


@pytest.mark.parametrize("meanwhile", [False, True])
def test_who_speaks_after_turns_taken_at_once_is_the_same_where_some_were_asked_again(meanwhile: bool) -> None:
    def after(*cut_off: str) -> str:
        log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {}))
        take(log, lambda start: cut_off_in(start, cut_off))
        if meanwhile:
            append(log, [HumanSpoke(text="What about the bens?")])
        if cut_off:
            take(log)
        take(log)
        step = make("discussion", {}).next(log.transcript)
        assert isinstance(step, Ask)
        return f"{step.speaker}: {step.reason}"

    assert after("ada") == after("ben") == after("cleo") == after("ada", "ben") == after()


def test_words_to_one_of_them_make_nobody_else_the_next_to_speak() -> None:
    def after(*said: HumanSpoke) -> Step:
        log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"first_thoughts": False}))
        take(log)
        append(log, said)
        return make("discussion", {"first_thoughts": False}).next(log.transcript)

    assert after(HumanSpoke(text="Mind the bens and the cleos", to=("ada",))) == after()


def cut_off_in(start: TurnStarted, who: tuple[str, ...]) -> TurnEnded:
    said = agreeable(start)
    return said.model_copy(update={"outcome": "interrupted", "by": "crash"}) if start.speaker in who else said


def test_a_position_that_never_came_is_not_sealed_for_ever() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "failed") if start.kind == "position" and start.speaker == "ben" else agreeable(start)

    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1})), voice)
    failed = [
        one for one in log.transcript.entries if isinstance(one, Turn) and one.end and one.end.outcome == "failed"
    ]
    assert failed
    assert not any(log.transcript.sealed(turn) for turn in failed)
