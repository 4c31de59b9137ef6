from __future__ import annotations

from pydantic import JsonValue

from agentchat.conformity import conformity, moves, silent
from agentchat.events import ModeEntered, Recorded, SessionOpened, SessionReopened, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.testing import append, begin, people

YES, NO = "agree", "disagree"


def room() -> Log:
    who = people("Ada", "Ben", "Cleo", "Dev")
    return begin(SessionOpened(session="s", topic="What should we do?", mode="discussion", personas=who))


def say(log: Log, who: str, *, sealed: bool = False, to: tuple[str, ...] = ()) -> int:
    (start,) = append(log, [TurnStarted(speaker=who, sealed=sealed)])
    append(log, [TurnEnded(turn=start.seq, speaker=who, outcome="said", text="Well.", to=to)])
    return start.seq


def poll(log: Log, objections: dict[str, JsonValue] | None = None, of: int = 0, **stances: str) -> None:
    data: dict[str, JsonValue] = {"proposal": "x", "stances": dict(stances), "objections": objections or {}}
    append(log, [Recorded(kind="agreement_recorded", data=data | {"of": of or len(stances)})])


def vote(log: Log, frame: int, stage: str, *ballots: dict[str, JsonValue]) -> None:
    cast: list[JsonValue] = [{"status": "valid", **ballot} for ballot in ballots]
    append(log, [Recorded(kind="votes_counted", data={"stage": stage, "ballots": cast}, frame=frame)])


def test_who_moved_toward_whom_and_after_which_turn() -> None:
    log = room()
    say(log, "ada")
    poll(log, ada=YES, ben=YES, cleo=NO, dev=NO)
    heard = say(log, "ada")
    say(log, "ada", sealed=True)
    say(log, "ben", to=("dev",))
    say(log, "dev")
    poll(log, ada=YES, ben=YES, cleo=YES, dev=NO)
    (move,) = moves(log.transcript)
    assert (move.who, move.before, move.now, move.toward, move.after) == ("cleo", NO, YES, ("ada", "ben"), heard)


def test_one_who_came_back_did_not_move() -> None:
    log = room()
    for stance in (NO, YES, NO):
        poll(log, ada=YES, ben=YES, cleo=stance)
    assert moves(log.transcript) == ()


def test_the_share_that_came_round_is_of_those_who_stood_against_the_greatest_part() -> None:
    log = room()
    poll(log, ada=YES, ben=YES, cleo=NO, dev="partly")
    assert conformity(log.transcript) is None
    poll(log, ada=YES, ben=NO, cleo=YES, dev="partly")
    assert conformity(log.transcript) == 0.5
    other = room()
    poll(other, ada=YES, ben=NO)
    poll(other, ada=YES, ben=YES)
    assert conformity(other.transcript) is None, "where two halves stood against each other there was no greater part"


def test_ballots_before_and_after_the_talk_are_compared_by_what_they_put_first() -> None:
    log = room()
    (inner,) = append(log, [ModeEntered(mode="committee")])
    a: JsonValue = [["a"], ["b"]]
    b: JsonValue = [["b"], ["a"]]
    first: tuple[dict[str, JsonValue], ...] = ({"voter": "ada", "ranking": a}, {"voter": "ben", "ranking": a})
    vote(log, inner.seq, "before", *first, {"voter": "cleo", "ranking": b})
    heard = say(log, "ben")
    vote(log, inner.seq, "final", *first, {"voter": "cleo", "ranking": a})
    (move,) = moves(log.transcript)
    assert (move.who, move.before, move.now, move.toward, move.after) == ("cleo", "b", "a", ("ada", "ben"), heard)
    assert conformity(log.transcript) == 1
    assert moves(log.transcript, 0) == ()


def test_every_family_of_ballots_has_something_it_puts_first() -> None:
    log = room()
    vote(
        log,
        0,
        "final",
        {"voter": "ada", "pick": "a"},
        {"voter": "ben", "approve": ["a"]},
        {"voter": "cleo", "scores": {"a": 5, "b": 1}},
        {"voter": "dev", "ranking": [["a"]]},
    )
    assert silent(log.transcript)


def test_all_of_one_mind_at_once_with_nothing_against_it_is_silent_agreement() -> None:
    log = room()
    assert not silent(log.transcript)
    poll(log, ada=YES, ben=YES, cleo=YES)
    assert silent(log.transcript)


def test_two_a_missing_one_an_objection_or_a_no_make_it_another_thing() -> None:
    for stands, objections, of in (
        ({"ada": YES, "ben": YES}, {}, 2),
        ({"ada": YES, "ben": YES, "cleo": YES}, {}, 4),
        ({"ada": YES, "ben": YES, "cleo": YES}, {"ben": "but"}, 3),
        ({"ada": NO, "ben": NO, "cleo": NO}, {}, 3),
        ({"ada": YES, "ben": YES, "cleo": "partly"}, {}, 3),
    ):
        log = room()
        poll(log, dict(objections), of, **stands)
        assert not silent(log.transcript)


def test_a_new_question_begins_anew() -> None:
    log = room()
    poll(log, ada=YES, ben=YES, cleo=NO)
    append(log, [SessionReopened(question="And then?")])
    poll(log, ada=YES, ben=YES, cleo=YES)
    assert moves(log.transcript) == ()
    assert silent(log.transcript)
