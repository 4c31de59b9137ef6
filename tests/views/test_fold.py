"""What a room's screen shows, folded from transcripts, without a terminal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue

from agentchat.conduct import conduct
from agentchat.events import (
    Directed,
    Event,
    HeadMoved,
    HumanSpoke,
    Material,
    ParticipantChanged,
    Recorded,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
    Unknown,
)
from agentchat.log import Log
from agentchat.steps import Ask, Together
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.views.entries import fields
from agentchat.views.fold import SCRIPTED, Fold, amount, money
from agentchat.views.room import Card, Entry, Line, RoomView, Said


@dataclass(frozen=True)
class Standing:
    state: str = "running"
    reason: str = ""
    hint: str = ""
    watched: str = ""


@dataclass(frozen=True)
class Partial:
    text: str = ""
    note: str = ""


def room(*names: str, mode: str = "discussion", **settings: bool | int | str) -> Log:
    return begin(opened(mode, people(*(names or ("Ada", "Ben", "Cleo"))), settings))


def ask(log: Log, *speakers: str, **more: object) -> list[TurnStarted]:
    step = Together(tuple(Ask(speaker, **more) for speaker in speakers))  # type: ignore[arg-type]
    return [event for event in append(log, conduct(log.transcript, step)) if isinstance(event, TurnStarted)]


def view(log: Log, standing: Standing | None = None, partials: dict[int, Partial] | None = None) -> RoomView:
    return Fold(UTC).view(log.transcript, standing or Standing(), partials or {}, {})


def said(shown: RoomView) -> list[Said]:
    """The turns, after the question."""
    return [entry for entry in shown.entries if isinstance(entry, Said)][1:]


def lines(shown: RoomView, tone: str = "") -> list[str]:
    return [entry.text for entry in shown.entries if isinstance(entry, Line) and tone in ("", entry.tone)]


def cards(shown: RoomView) -> list[Card]:
    return [entry for entry in shown.entries if isinstance(entry, Card)]


# ── turns ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_is_shown_with_who_said_it_and_when() -> None:
    log = room()
    (start,) = ask(log, "ada", stage="talk", round=1)
    append(log, [end(start, "said", "Schools **first**.")])
    (turn,) = said(view(log))
    assert (turn.name, turn.text, turn.when, turn.markdown, turn.human) == (
        "Ada",
        "Schools **first**.",
        "00:00",
        True,
        False,
    )


def test_a_persons_words_are_shown_as_they_were_typed_and_as_a_persons() -> None:
    log = room()
    append(log, [HumanSpoke(text="# not a title", to=("ben",))])
    (turn,) = said(view(log))
    assert (turn.human, turn.markdown, turn.to) == (True, False, "to Ben only")


def test_a_turn_under_way_is_no_entry_but_a_pane() -> None:
    log = room()
    (start,) = ask(log, "ada", stage="talk")
    shown = view(log, partials={start.seq: Partial("Schools")})
    assert said(shown) == []
    assert [(one.name, one.text, one.state) for one in shown.live] == [("Ada", "Schools", "speaking")]


def test_a_turn_that_begins_anew_says_why() -> None:
    log = room()
    (start,) = ask(log, "ada", stage="talk")
    (pane,) = view(log, partials={start.seq: Partial(note="it repeats the question")}).live
    assert (pane.state, pane.note) == ("thinking", "it repeats the question: tries again")


def test_why_a_speaker_is_next_stands_above_her_turn_from_its_beginning() -> None:
    log = room()
    (start,) = ask(log, "ada", reason="has waited longest")
    assert lines(view(log), "quiet") == ["→ Ada: has waited longest"]
    before = view(log).entries
    append(log, [end(start, "said", "Yes.")])
    assert view(log).entries[: len(before)] == before
    assert Fold(UTC, whys=False).view(log.transcript, Standing(), {}, {}).entries != view(log).entries


def test_sealed_turns_show_who_is_in_and_never_a_word_until_they_are_revealed() -> None:
    log = room()
    ada, ben = ask(log, "ada", "ben", sealed=True, kind="thought", stage="first thoughts")
    append(log, [end(ada, "said", "a secret")])
    shown = view(log, partials={ben.seq: Partial("another secret")})
    assert [(one.name, one.state, one.text) for one in shown.live] == [("Ada", "sealed", ""), ("Ben", "thinking", "")]
    assert "secret" not in repr(shown)
    append(log, [end(ben, "said", "mine"), Recorded(kind="thoughts_revealed", reveals=(ada.seq, ben.seq))])
    assert [turn.text for turn in said(view(log))] == ["a secret", "mine"]


def test_what_was_never_revealed_stays_sealed_after_the_end() -> None:
    log = room()
    (ada,) = ask(log, "ada", sealed=True, kind="thought", stage="first thoughts")
    append(log, [end(ada, "said", "a secret"), SessionClosed(outcome="ended")])
    shown = view(log, Standing("closed"))
    assert "secret" not in repr(shown)
    assert "What Ada wrote stays sealed" in lines(shown)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("passed", "Ada passed: not my field"),
        ("empty", "Ada said nothing: the model answered with nothing"),
        ("refused", "Ada said nothing: the provider withheld the reply"),
        ("failed", "Ada could not speak: the server is down"),
        ("interrupted", "Ada was cut off before the first word"),
    ],
)
def test_a_turn_that_gave_nothing_is_one_line_a_person_understands(outcome: str, words: str) -> None:
    log = room()
    (start,) = ask(log, "ada")
    ended = end(start, outcome, "not my field" if outcome == "passed" else "")  # type: ignore[arg-type]
    append(log, [ended.model_copy(update={"error": "the server is down", "by": "you"})])
    assert words in lines(view(log))
    assert said(view(log)) == []


@pytest.mark.parametrize(
    ("outcome", "more", "note"),
    [
        ("truncated", {}, "broke off before its end"),
        ("truncated", {"finish": "length"}, "stopped at its length limit"),
        ("interrupted", {"by": "you"}, "you cut in here"),
        ("failed", {"error": "reset"}, "broke off: reset"),
        ("said", {"speaker": "ben"}, "speaks for Ada, whose model could not"),
    ],
)
def test_a_turn_that_broke_off_is_shown_with_why(outcome: str, more: dict[str, str], note: str) -> None:
    log = room()
    (start,) = ask(log, "ada")
    append(log, [end(start, outcome, "So far so").model_copy(update=more)])  # type: ignore[arg-type]
    assert [turn.note for turn in said(view(log))] == [note]


def test_a_rounds_first_turn_has_the_round_above_it_and_an_aside_has_none() -> None:
    log = room()
    for speaker, number, aside in (("ada", 1, False), ("ben", 1, False), ("cleo", 1, True), ("ada", 2, False)):
        (start,) = ask(log, speaker, stage="talk", round=number, aside=aside)
        append(log, [end(start, "said", "Yes.")])
    assert lines(view(log), "round") == ["Round 1", "Round 2"]


# ── what the room itself says ───────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_discussion_shows_its_proposal_who_agrees_its_synthesis_and_the_rule_that_ended_it() -> None:
    log = play(room(rounds=2))
    shown = view(log, Standing("closed"))
    titles = [card.title for card in cards(shown)]
    assert isinstance(shown.entries[0], Said)
    assert (shown.entries[0].text, shown.entries[0].human) == ("What should we do?", True)
    assert any(title == "Proposal" for title in titles)
    assert "Agreed: 3 of 3 agree" in titles
    assert any(title == "Synthesis" for title in titles)
    assert any(line.startswith("Stopped after") for line in lines(shown, "stop"))
    tally = next(card for card in cards(shown) if card.title.startswith("Agreed"))
    assert tally.lines[0] == "✓ Ada agrees"
    assert [section.title for section in shown.sections] == ["Agreed", "Positions"]


def test_objections_stand_among_what_is_contested() -> None:
    log = room()
    data: dict[str, JsonValue] = {"proposal": "Lease them", "agree": 1, "of": 3, "reached": False}
    data |= {"stances": {"ada": "agree", "ben": "disagree"}, "objections": {"ben": "who pays?"}}
    append(log, [Recorded(kind="agreement_recorded", data=data, reason="1 of 3 agree")])
    (section,) = view(log).sections
    assert section.title == "Contested"
    assert [(row.text, row.note) for row in section.rows] == [("Lease them", "Ben"), ("who pays?", "Ben")]


def test_an_event_that_was_lost_says_so_in_its_place() -> None:
    lost = Unknown.model_validate({"type": "damaged", "was": "turn_ended", "why": "its checksum does not fit"})
    assert fields(lost) == "An event is missing here (turn_ended): its checksum does not fit"


def test_an_event_of_another_version_is_shown_as_plain_fields() -> None:
    log = room()
    append(log, [Unknown.model_validate({"type": "danced", "who": "ada", "steps": 3})])
    assert "danced: who = ada, steps = 3" in lines(view(log))


def test_what_a_person_changed_is_told_in_words() -> None:
    log = room()
    changes = ParticipantChanged(participant="ada", muted=True), ParticipantChanged(participant="ben", model="ollama/x")
    append(log, [*changes, Directed(verb="force", target="cleo"), Directed(verb="pause")])
    assert lines(view(log))[-2:] == ["Ada is muted", "Ben now speaks with ollama/x"]


def test_a_new_question_after_the_end_is_the_persons() -> None:
    log = play(room(rounds=1, synthesis=False))
    append(log, [SessionReopened(rounds=1, question="And the bus?")])
    shown = view(log)
    assert [turn.text for turn in said(shown) if turn.human] == ["And the bus?"]
    assert shown.title == "What should we do?"


# ── head, floor, status ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_head_says_where_it_stands_and_what_it_cost() -> None:
    log = room(rounds=3)
    (start,) = ask(log, "ada", stage="talk", round=2)
    used = {"tokens_in": 3000, "tokens_out": 100, "cost": 0.004, "model": "openai/x"}
    append(log, [end(start, "said", "Yes.").model_copy(update=used)])
    shown = view(log)
    assert (shown.subtitle, shown.counts) == ("round 2 of 3", ("3 personas", "3.1k tok", "$0.0040"))


def test_scripted_replies_are_labelled_as_such() -> None:
    first = opened("discussion", people("Ada", "Ben"))
    log = begin(first.model_copy(update={"models": {"ada": "scripted/x.toml", "ben": "scripted/x.toml"}}))
    assert view(log).warning == SCRIPTED


def test_the_status_says_what_happens_now_and_what_next() -> None:
    log = room()
    (start,) = ask(log, "ben", stage="talk", round=1)
    append(log, [HumanSpoke(text="@cleo what breaks?", mentions=("cleo",))])
    shown = view(log, partials={start.seq: Partial("Well")})
    assert shown.status == "Ben is speaking · Cleo answers you next"
    assert {seat.id: (seat.state, seat.note) for seat in shown.seats} == {
        "ada": ("", ""),
        "ben": ("speaking", ""),
        "cleo": ("next", "next: answers you"),
    }


def test_a_pause_while_someone_speaks_is_told_as_what_comes_next() -> None:
    log = room()
    ask(log, "ben", stage="talk", round=1)
    append(log, [Directed(verb="pause")])
    assert view(log).status == "Ben is thinking · then it pauses"


def test_a_held_room_says_why_and_what_to_do() -> None:
    shown = view(room(), Standing("held", "no connection to localhost", "Start the server"))
    assert shown.status == "No connection to localhost. Start the server"


@given(st.integers(0, 10**12))
def test_a_count_is_at_most_five_characters_until_it_is_huge(number: int) -> None:
    assert len(amount(number)) <= 5 or number >= 10**9


def test_money_has_as_many_digits_as_tell_something() -> None:
    assert [money(sum_) for sum_ in (0.00001, 0.0042, 0.042, 4.2)] == ["< $0.0001", "$0.0042", "$0.042", "$4.20"]


# ── growing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def shows_the_same(grown: Fold, log: Log) -> None:
    assert grown.view(log.transcript, Standing(), {}, {}) == view(log)


@pytest.mark.parametrize("mode", ["discussion", "brainstorm"])
def test_a_view_that_grew_event_by_event_is_the_view_of_the_whole(mode: str) -> None:
    events = play(room(mode=mode, rounds=2)).events
    log, grown = Log(events[:1]), Fold(UTC)
    for event in events[1:]:
        log.append(event)
        shows_the_same(grown, log)


@given(st.data())
@settings(max_examples=30)
def test_a_view_follows_the_head_wherever_it_moves(data: st.DataObject) -> None:
    log, grown = room(rounds=2), Fold(UTC)
    for event in list(islice(play(room(rounds=2)).events, 1, None)):
        log.append(event)
        if not log.transcript.open and data.draw(st.booleans()):
            break
    shows_the_same(grown, log)
    places = [event.seq for event in log.events if not isinstance(event, TurnStarted | HeadMoved)]
    append(log, [HeadMoved(to=data.draw(st.sampled_from(places)))])
    shows_the_same(grown, log)
    append(log, [HumanSpoke(text="again")])
    shows_the_same(grown, log)


def test_no_two_entries_share_a_key() -> None:
    log = play(room(rounds=2))
    append(log, [SessionReopened(rounds=1, question="And?")])
    keys = [entry.key for entry in view(play(log)).entries]
    assert len(keys) == len(set(keys))


def long_log(turns: int) -> Log:
    log = room()
    events: list[Event] = []
    seq = log.next_seq
    for number in range(turns):
        started = TurnStarted(speaker="ada", stage="talk", round=number // 3 + 1, turn=seq, seq=seq, parent=seq - 1)
        ended = TurnEnded(turn=seq, speaker="ada", outcome="said", text=f"{number}", seq=seq + 1, parent=seq)
        events += [started, ended]
        seq += 2
    return Log([*log.events, *events])


def test_one_more_event_costs_the_same_late_as_early() -> None:
    def cost(turns: int) -> float:
        log, fold = long_log(turns), Fold(UTC)
        fold.view(log.transcript, Standing(), {}, {})
        spent = []
        for _ in range(20):
            (start,) = ask(log, "ben", stage="talk", round=1)
            append(log, [end(start, "said", "More.")])
            transcript = log.transcript
            before = time.process_time()
            fold.view(transcript, Standing(), {}, {})
            spent.append(time.process_time() - before)
        return min(spent)

    # The tuple of all entries is copied: a pointer each, a hundredth of what one entry costs.
    assert cost(4000) < 8 * cost(40) + 0.001


def test_an_old_entry_is_the_same_object_in_every_view() -> None:
    log, fold = room(), Fold(UTC)
    seen: list[tuple[Entry, ...]] = []
    for _ in range(3):
        (start,) = ask(log, "ada", stage="talk", round=1)
        append(log, [agreeable(start)])
        seen.append(fold.view(log.transcript, Standing(), {}, {}).entries)
    for earlier, later in pairwise(seen):
        assert all(old is new for old, new in zip(earlier, later, strict=False))


def test_what_was_given_with_the_question_is_named_under_it() -> None:
    first = opened("discussion", people("Ada")).model_copy(
        update={"material": (Material(name="notes.md", text="x" * 1200),)}
    )
    (topic, *_) = view(begin(first)).entries
    assert isinstance(topic, Said)
    assert topic.note == "with notes.md, 1,200 characters"
