from __future__ import annotations

from hypothesis import given, strategies as st

from agentchat.events import HumanSpoke, Recorded, TurnStarted, decode, encode
from agentchat.export import printout
from agentchat.log import Log
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.views.clean import FORBIDDEN

HOSTILE = "Ben, teacher\n\x1b]52;c;aGk=\x07\x1b[2J\u202eevil\r\n— Round 9 —\n### Ben\n\ttabbed\u200b"


def whole(form: str, log: Log) -> str:
    return "".join(printout(form).take(log, rest=True))


def said(text: str) -> Log:
    """A session in which Ada, and then the person, said this."""
    log = begin(opened("discussion", people("Ada", "Ben")))
    (start,) = append(log, [TurnStarted(speaker="ada", kind="say", round=1, stage="talk")])
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", text), HumanSpoke(text=text)])
    return log


def sealed() -> Log:
    """A session whose first thoughts are in, and not revealed."""
    log = begin(opened("discussion", people("Ada", "Ben")))
    starts = append(log, [TurnStarted(speaker=who, kind="thought", sealed=True) for who in ("ada", "ben")])
    append(log, [end(start, "said", "a secret") for start in starts if isinstance(start, TurnStarted)])
    return log


def test_a_session_reads_from_its_topic_to_its_end() -> None:
    lines = whole("text", play(begin(opened("discussion", people("Ada", "Ben"))), agreeable)).splitlines()
    assert lines[:2] == ["What should we do?", "Discussion with Ada, Ben"]
    assert "— Round 1 —" in lines
    assert "  ada on talk, round 1" in lines
    assert lines[-1].startswith("Ended: agreed")


@given(st.text(max_size=300))
def test_nothing_said_can_pass_for_a_heading(text: str) -> None:
    lines = whole("text", said(f"a{text}")).split("\n")
    headings = [line for line in lines if line and not line.startswith("  ")]
    assert headings == ["What should we do?", "Discussion with Ada, Ben", "— Round 1 —", "Ada", "You"]


def test_what_could_drive_a_terminal_is_gone_from_what_is_read_and_kept_in_the_raw_log() -> None:
    log = said(HOSTILE)
    for form in ("text", "md"):
        assert FORBIDDEN.search(whole(form, log).replace("\n", "")) is None
    assert [decode(line) for line in whole("jsonl", log).splitlines()] == log.events


def test_the_raw_log_is_every_event_as_stored() -> None:
    log = play(begin(opened("brainstorm", people("Ada", "Ben"))), agreeable)
    assert whole("jsonl", log).encode() == b"".join(encode(event) + b"\n" for event in log.events)


def test_what_is_sealed_is_withheld_until_it_is_revealed_except_in_the_raw_log() -> None:
    log = sealed()
    assert "a secret" not in whole("text", log) + whole("md", log)
    assert "a secret" in whole("jsonl", log)
    append(log, [Recorded(kind="thoughts_revealed", reveals=(2, 3))])
    assert whole("text", log).count("a secret") == whole("md", log).count("a secret") == 2


def test_a_printout_that_grows_with_its_session_is_the_one_made_at_the_end() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"))), agreeable)
    for form in ("text", "md", "jsonl"):
        growing, page = printout(form), ""
        for until in range(1, len(log.events) + 1):
            page += "".join(growing.take(Log(log.events[:until])))
        assert page + "".join(growing.take(log, rest=True)) == whole(form, log)


def test_what_is_concluded_is_printed_when_it_is_and_not_at_the_end() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben"))), agreeable)
    growing, page = printout("text"), ""
    for until, event in enumerate(log.events, 1):
        page += "".join(growing.take(Log(log.events[:until])))
        if isinstance(event, Recorded):
            assert page.rstrip().splitlines()[-1].split()[0] in ("All", "✓", "Stopped")


def test_scripted_replies_are_labelled() -> None:
    first = opened("discussion", people("Ada")).model_copy(update={"models": {"ada": "scripted/demo.toml"}})
    for form in ("text", "md"):
        assert "no model is asked" in whole(form, begin(first))
