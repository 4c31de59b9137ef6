"""What a quit or a crash cut off: on the screen where it stood, and for nobody else."""

from __future__ import annotations

from datetime import UTC

import pytest

from agentchat.conduct import conduct, interrupted
from agentchat.events import HumanSpoke, TurnStarted
from agentchat.export import printout
from agentchat.log import Log
from agentchat.persona import YOU
from agentchat.steps import Ask
from agentchat.testing import append, begin, end, opened, people
from agentchat.views.fold import Fold
from agentchat.views.fragments import MOST
from agentchat.views.room import Entry, Line, Said
from agentchat.views.stretch import stretch


class Stands:
    state, reason, hint, watched = "running", "", "", ""


def room() -> Log:
    return begin(opened("discussion", people("Ada", "Ben")))


def ask(log: Log, who: str, **more: object) -> TurnStarted:
    (start,) = append(log, conduct(log.transcript, Ask(who, stage="talk", round=1, **more)))  # type: ignore[arg-type]
    assert isinstance(start, TurnStarted)
    return start


def cut_off(log: Log, who: str, text: str, by: str = "quit", /, **more: object) -> None:
    ask(log, who, **more)
    append(log, [interrupted(log.transcript.open[0], text, by)])


def shown(log: Log, fold: Fold | None = None) -> list[str]:
    entries = (fold or Fold(UTC)).view(log.transcript, Stands(), {}, {}).entries
    assert len({entry.key for entry in entries}) == len(entries)
    return [_words(entry) for entry in entries][1:]


def _words(entry: Entry) -> str:
    return entry.text if isinstance(entry, Line | Said) else ""


FRAGMENT = "Ada was cut off by quitting, and is asked again: “Rents fell by a”"


def test_a_fragment_stands_where_it_stood_and_the_whole_turn_after_it() -> None:
    log, growing = room(), Fold(UTC)
    cut_off(log, "ada", "Rents fell by a")
    assert shown(log, growing) == shown(log) == ["Round 1", FRAGMENT]
    append(log, [HumanSpoke(text="Where were we?")])
    append(log, [end(ask(log, "ada"), "said", "Rents fell by a third.")])
    whole = ["Round 1", FRAGMENT, "Where were we?", "Rents fell by a third."]
    assert shown(log, growing) == shown(log) == whole
    append(log, [end(ask(log, "ben"), "said", "Then the bus.")])
    assert shown(log, growing) == shown(log) == [*whole, "Then the bus."]
    assert [_words(entry) for entry in stretch(log.transcript, 1, log.head, UTC)][1:] == [*whole, "Then the bus."]


def test_a_fragment_is_read_by_no_persona_and_stands_in_no_printout() -> None:
    log = room()
    cut_off(log, "ada", "Rents fell by a")
    append(log, [end(ask(log, "ada"), "said", "Houses first.")])
    read = str(list(log.transcript.readable("ben", log.head)))
    assert ("Rents fell by a" in read, "Houses first." in read) == (False, True)
    for form in ("text", "md", "adr"):
        page = "".join(printout(form).take(log, rest=True))
        assert ("Rents fell by a" in page, "Houses first." in page) == (False, form != "adr")
    assert "Rents fell by a" in "".join(printout("jsonl").take(log, rest=True))


@pytest.mark.parametrize(
    "more", [{"sealed": True}, {"kind": "position"}, {"kind": "nominate"}, {"sealed": True, "kind": "thought"}]
)
def test_what_is_sealed_or_no_words_to_read_stays_out_of_sight(more: dict[str, object]) -> None:
    log = room()
    cut_off(log, "ada", '{"stance": "ag', "crash", **more)
    assert "stance" not in str(shown(log))


def test_nothing_is_said_of_a_turn_cut_off_before_its_first_word() -> None:
    log = room()
    cut_off(log, "ada", " ")
    assert shown(log) == []


@pytest.mark.parametrize(("by", "words"), [("crash", "a crash"), ("outage", "an outage"), ("quit", "quitting")])
def test_it_says_what_cut_it_off(by: str, words: str) -> None:
    log = room()
    cut_off(log, "ada", "Rents", by)
    assert f"cut off by {words}, " in shown(log)[1]


def test_what_the_person_cut_off_is_a_turn_like_any_other() -> None:
    log = room()
    cut_off(log, "ada", "Rents fell by a", YOU)
    assert shown(log)[1] == "Rents fell by a"


def test_a_long_fragment_is_folded() -> None:
    log = room()
    cut_off(log, "ada", "word " * 200)
    assert len(shown(log)[1]) < MOST + 120
    assert "… (120 more words, in the raw log)”" in shown(log)[1]
