from __future__ import annotations

from agentchat.events import TurnStarted
from agentchat.home.recordings import read, shipped
from agentchat.testing import append, begin, end, opened, people
from agentchat.transcript import Transcript
from agentchat.views.replay import LEAF, clock, found, pace, recent


def long(turns: int) -> Transcript:
    """A transcript of so many turns."""
    log = begin(opened("discussion", people("Ada", "Ben")))
    for number in range(turns):
        (start,) = append(log, [TurnStarted(speaker="ada")])
        assert isinstance(start, TurnStarted)
        append(log, [end(start, "said", f"{number}.")])
    return log.transcript


def test_times_and_speeds_are_short() -> None:
    assert [clock(ms) for ms in (0, 61_900, 3_600_000)] == ["00:00", "01:01", "1:00:00"]
    assert [pace(speed) for speed in (0.5, 1.0, 16.0, 0.0)] == ["½×", "1×", "16×", "all"]


def test_of_a_long_transcript_the_end_is_shown_and_its_beginning_stays_while_it_grows() -> None:
    whole = long(4 * LEAF)
    shown = recent(whole)
    assert LEAF <= len(shown.entries) < 2 * LEAF + 1
    assert shown.entries[-1] is whole.entries[-1]
    assert recent(long(LEAF)).entries == long(LEAF).entries


def test_words_are_found_where_they_can_be_read_first_and_not_where_they_never_can() -> None:
    log = read(shipped()["demo"])
    hits = found(log.path(), log.transcript, "SCHOOL the")
    turns = {turn.id: turn for turn in (log.transcript.turn(hit.key) for hit in hits) if turn}
    assert hits
    for hit in hits:
        assert "school" in turns[hit.key].text.casefold()
        assert hit.seq > hit.key
    assert found(log.path(), log.transcript, "  ") == ()
