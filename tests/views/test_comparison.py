from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given, settings as tries, strategies as st
from pydantic import JsonValue

from agentchat.conduct import conduct
from agentchat.events import (
    EPOCH,
    Event,
    HumanSpoke,
    ParticipantChanged,
    ParticipantLeft,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.home.forking import copied, prefix
from agentchat.log import Log
from agentchat.steps import Ask
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.views.comparison import Comparison, Difference, Stand, compare
from agentchat.views.sidebyside import Row, heads, parting, sections

VOTE: Mapping[str, JsonValue] = {"options": ["bees", "wasps"], "write_up": False}


def text(found: Comparison, title: str, label: str) -> tuple[str, str]:
    """What the row of a section says of each."""
    row = shown(found, title, label)
    return "".join(piece.text for piece in row.a), "".join(piece.text for piece in row.b)


def shown(found: Comparison, title: str, label: str) -> Row:
    section = next(one for one in sections(found) if one.title == title)
    return next(row for row in section.rows if row.label == label)


def forked(log: Log, at: int | None, *changes: Event, days: int = 3) -> Log:
    """Another session that shares its path with the log, and goes on to its end some days later."""
    return play(Log(copied(prefix(log, at), "fork", changes, EPOCH + timedelta(days=days))), stubborn)


def stubborn(start: TurnStarted) -> TurnEnded:
    """Cleo votes for wasps, and everybody else for bees."""
    ended = agreeable(start)
    if start.kind == "pick" and ended.data:
        return end(start, "structured", data={**ended.data, "vote": "wasps" if start.speaker == "cleo" else "bees"})
    return ended


def room(mode: str = "discussion", wish: Mapping[str, JsonValue] | None = None) -> Log:
    return play(begin(opened(mode, people("Ada", "Ben", "Cleo"), wish)), stubborn)


def test_a_fork_from_the_start_shares_no_turn_and_shows_who_was_not_there() -> None:
    log = room()
    found = compare(log, forked(log, 1, ParticipantLeft(participant="ben")))
    assert (found.shared.events, found.shared.turns) == (1, 0)
    assert found.differences == (Difference("in the room", "Ada, Ben, Cleo", "Ada, Cleo"),)
    assert parting(found) == "The same room: they part before its first turn."
    assert heads(found) == ("test · as it was", "fork · the fork")
    assert found.b.forked_from == "test"


def test_what_a_fork_shares_is_told_by_its_last_turn_and_the_rest_is_its_own() -> None:
    log = room()
    third = [event for event in log.path() if isinstance(event, TurnEnded)][3]
    found = compare(log, forked(log, third.seq))
    assert (found.shared.turns, found.shared.seq) == (4, third.turn)
    assert parting(found) == f"They share 4 turns, and part after {log.transcript.name(third.speaker)}'s #{third.turn}."
    assert found.b.turns == found.b.own + 4
    assert not found.differences


def test_the_days_between_a_session_and_its_fork_are_not_time_it_took() -> None:
    log = room()
    assert compare(log, forked(log, log.events[9].seq)).b.seconds < 1000


def test_two_forks_of_one_session_share_what_both_copied() -> None:
    log = room()
    one = forked(log, log.events[12].seq, ParticipantLeft(participant="ben"))
    other = forked(log, log.events[12].seq, ParticipantLeft(participant="cleo"), days=4)
    found = compare(one, other)
    assert found.shared.events == len(prefix(log, log.events[12].seq))
    assert found.differences == (Difference("in the room", "Ada, Cleo", "Ada, Ben"),)


def test_sessions_of_their_own_are_compared_as_well() -> None:
    found = compare(room("committee", VOTE), room("discussion", {"rounds": 1}))
    assert parting(found) == "They share no event: two sessions of their own."
    assert ("mode", "committee", "discussion") in [(one.what, one.a, one.b) for one in found.differences]
    assert text(found, "Vote", "result")[1] == "not held"


def test_a_session_against_itself_has_no_difference() -> None:
    log = room("committee", VOTE)
    found = compare(log, log)
    assert not found.differences
    assert all(row.same for section in sections(found) for row in section.rows)


def test_models_settings_words_and_prompts_that_differ_are_named() -> None:
    log = room()
    ada = log.transcript.members[0].persona.model_copy(update={"prompt": "You are Ada, and brief."})
    fork = forked(
        log,
        1,
        ParticipantChanged(participant="ada", model="openai/o3"),
        ParticipantChanged(participant="ada", persona=ada),
        ParticipantChanged(participant="ben", muted=True),
        SettingsChanged(changes={"rounds": 1, "first_thoughts": False}),
        HumanSpoke(text="Be brief."),
    )
    found = {one.what: (one.a, one.b) for one in compare(log, fork).differences}
    assert found["Ada's model"] == ("", "openai/o3")
    assert found["Ada's prompt"] == ("3 words", "5 words")
    assert found["Ben"] == ("heard", "muted")
    assert found["rounds"][1] == "1"
    assert found["first thoughts"] == ("yes", "no")
    assert found["you said"] == ("", "Be brief.")


def test_positions_show_first_and_last_and_who_moved() -> None:
    assert Stand("bees", "wasps", "").moved
    log = room("committee", VOTE)
    fork = forked(log, 1, ParticipantLeft(participant="cleo"))
    found = compare(log, fork)
    assert {one.name: (one.a is not None, one.b is not None) for one in found.positions} == {
        "Ada": (True, True),
        "Ben": (True, True),
        "Cleo": (True, False),
    }
    assert text(found, "Where they stand", "Cleo")[1] == "–"


def test_votes_stand_side_by_side_with_each_ballot() -> None:
    log = room("committee", VOTE)
    fork = forked(log, 1, ParticipantLeft(participant="cleo"))
    found = compare(log, fork)
    assert [one.stage for one in found.votes] == ["before", "final"]
    first = found.votes[0]
    assert first.a
    assert first.b
    assert [(one.name, one.a, one.b) for one in first.ballots] == [
        ("Ada", "bees", "bees"),
        ("Ben", "bees", "bees"),
        ("Cleo", "wasps", ""),
    ]
    assert "by " in text(found, "Vote before the talk", "result")[0]
    assert not text(found, "Vote before the talk", "result")[0].startswith("Before")


def test_the_texts_are_shown_with_the_words_that_differ() -> None:
    def author(start: TurnStarted) -> TurnEnded:
        if start.kind == "draft":
            return end(start, "said", "Welcome to the old mill.")
        return agreeable(start)

    def other(start: TurnStarted) -> TurnEnded:
        return end(start, "said", "Welcome to the new mill.") if start.kind == "draft" else agreeable(start)

    log = play(begin(opened("refinement", people("Ada", "Ben"))), author)
    fork = play(Log(copied(prefix(log, 1), "fork", (), EPOCH)), other)
    found = compare(log, fork)
    row = shown(found, "The text", "text")
    assert "".join(piece.text for piece in row.a if piece.change == "drop").strip() == "old"
    assert [piece.text for piece in row.b if piece.change == "add"] == ["new"]
    assert text(found, "The text", "text") == ("Welcome to the old mill.", "Welcome to the new mill.")


def test_what_is_sealed_is_in_no_comparison() -> None:
    log = begin(opened("committee", people("Ada", "Ben", "Cleo"), VOTE))
    start = append(log, conduct(log.transcript, Ask("ada", "pick", sealed=True, choices=("bees", "wasps"))))[0]
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "structured", data={"vote": "bees", "why": "zanzibar"})])
    assert "zanzibar" not in str(compare(log, log))


@tries(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.sampled_from(["discussion", "committee", "brainstorm", "refinement", "poll"]))
def test_any_two_places_of_any_session_can_be_compared(at: int, mode: str) -> None:
    log = room(mode, VOTE if mode == "committee" else None)
    cut = Log(log.events[: 1 + at % len(log.events)])
    found = compare(cut, log)
    assert found.shared.events == len(cut.events)
    assert sections(found)
    assert sections(compare(log, cut))
