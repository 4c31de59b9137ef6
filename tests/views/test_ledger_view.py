from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from pydantic import JsonValue

from agentchat.events import (
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Noted,
    Recorded,
    SessionOpened,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.testing import append, begin, people
from agentchat.views.floor import listed
from agentchat.views.fold import Fold
from agentchat.views.ledger import on_board
from agentchat.views.room import Card, RoomView


@dataclass(frozen=True)
class Standing:
    state: str = "running"
    reason: str = ""
    hint: str = ""
    watched: str = ""


def room(mode: str = "discussion") -> Log:
    who = people("Ada", "Ben", "Cleo")
    return begin(SessionOpened(session="s", topic="What should we do?", mode=mode, personas=who))


def say(log: Log, who: str, text: str, kind: str = "say", asks: str = "") -> int:
    (start,) = append(log, [TurnStarted(speaker=who, kind=kind)])
    intent, mentions = ("ask", (asks,)) if asks else ("say", ())
    end = TurnEnded(turn=start.seq, speaker=who, kind=kind, outcome="said", text=text, mentions=mentions)
    append(log, [end.model_copy(update={"intent": intent})])
    return start.seq


def poll(log: Log, proposal: str, stances: dict[str, str], objections: dict[str, str] | None = None) -> None:
    agree = sum(stance == "agree" for stance in stances.values())
    data: dict[str, JsonValue] = {"proposal": proposal, "stances": dict(stances), "objections": dict(objections or {})}
    append(log, [Recorded(kind="agreement_recorded", data=data | {"agree": agree, "of": 3, "reached": agree == 3})])


def view(log: Log) -> RoomView:
    return Fold(UTC).view(log.transcript, Standing(), {}, {})


def pane(log: Log) -> dict[str, list[tuple[str, str, str]]]:
    return {one.title: [(row.mark, row.text, row.note) for row in one.rows] for one in view(log).sections}


def test_what_is_agreed_contested_and_open_stands_beside_the_talk_of_any_mode() -> None:
    for mode in ("discussion", "brainstorm", "lottery"):
        log = room(mode)
        put = say(log, "ada", "Schools first.", "proposal")
        poll(log, "Schools first.", {"ada": "agree", "ben": "agree", "cleo": "agree"}, {"cleo": "who pays?"})
        poll(log, "Then taxes.", {"ada": "agree", "ben": "disagree", "cleo": "partly"}, {"cleo": "who pays?"})
        say(log, "ben", "@cleo how many houses stand empty?", asks="cleo")
        append(log, [Noted(kind="decided", value="No cuts", target=put)])
        shown = pane(log)
        assert shown["Decided"] == [("✓", "No cuts", f"#{put}")]
        assert shown["Agreed"] == [("✓", "Schools first.", f"#{put}")]
        assert shown["Contested"] == [("?", "who pays?", "Cleo"), ("?", "Then taxes.", "Ben and Cleo")]
        assert shown["Open"] == [("·", "@cleo how many houses stand empty?", "Ben to Cleo")]


def test_who_moved_and_toward_whom_stands_beside_the_talk_and_on_the_card() -> None:
    log = room()
    poll(log, "Schools.", {"ada": "agree", "ben": "agree", "cleo": "disagree"})
    heard = say(log, "ben", "Think of the children.")
    poll(log, "Schools.", {"ada": "agree", "ben": "agree", "cleo": "agree"})
    told = f"Cleo moved toward Ada and Ben after #{heard}"
    assert pane(log)["Positions"] == [
        ("→", told, ""),
        ("·", "100% of those against the greatest part came round to it", ""),
    ]
    cards = [entry for entry in view(log).entries if isinstance(entry, Card)]
    assert [any(told in line for line in card.lines) for card in cards] == [False, True]


def test_agreement_without_a_word_against_it_wears_a_badge() -> None:
    log = room()
    poll(log, "Schools.", {"ada": "agree", "ben": "agree", "cleo": "agree"})
    ((mark, text, note),) = pane(log)["Positions"]
    assert (mark, text.startswith("silent agreement"), note) == ("!", True, "")
    append(log, [Recorded(kind="dissent_called", data={"who": "ben"})])
    poll(log, "Schools.", {"ada": "agree", "ben": "agree", "cleo": "agree"})
    assert pane(log)["Positions"][0][2] == "then Ben made the case against"
    notes = [entry.note for entry in view(log).entries if isinstance(entry, Card)]
    assert [note.startswith("silent agreement") for note in notes] == [True, False]


def test_the_board_is_shown_and_found_by_words() -> None:
    log = room()
    append(log, [Noted(kind="value", key="budget", value="10k", by="ada")])
    append(log, [Noted(kind="value", key="bus", value="two a day", description="asked", by="ben")])
    append(log, [Noted(kind="value", key="Budget", value="20k")])
    assert [text for _, text, _ in pane(log)["Board"]] == ["bus = two a day", "Budget = 20k"]
    (row,) = on_board(log.transcript, "BUDGET").rows
    assert row.note == "you #4 · before: 10k by Ada"
    assert on_board(log.transcript, "bus").rows[0].note == "asked · Ben #3"


def test_the_pane_that_grew_event_by_event_is_the_pane_of_the_whole() -> None:
    log = room()
    say(log, "ada", "@ben why?", asks="ben")
    poll(log, "Schools.", {"ada": "agree", "ben": "disagree", "cleo": "agree"})
    append(log, [HumanSpoke(text="@cleo and you?", intent="ask", mentions=("cleo",))])
    append(log, [Noted(kind="objection", value="hm", by="ada", target=2)])
    say(log, "ben", "Because.")
    (inner,) = append(log, [ModeEntered(mode="committee")])
    append(log, [ModeLeft(outcome="decided", data={"text": "Yes"}, frame=inner.seq)])
    append(log, [SessionReopened(question="And then?")])
    poll(log, "Taxes.", {"ada": "agree", "ben": "agree", "cleo": "agree"})
    grown, so_far = Fold(UTC), Log(log.events[:1])
    for event in log.events[1:]:
        so_far.append(event)
        assert grown.view(so_far.transcript, Standing(), {}, {}) == view(so_far)


def test_up_to_five_are_named() -> None:
    assert listed(["Ada", "Ben", "Cleo", "Dev"]) == "Ada, Ben, Cleo and Dev"
    assert listed([*"ABCDE"]) == "A, B, C, D and E"
    assert listed([*"ABCDEF"]) == "A, B, C, D and 2 more"
