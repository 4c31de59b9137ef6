from __future__ import annotations

from support.tasks import failing, working

from agentchat.events import Recorded, TurnStarted
from agentchat.kinds.conclusion import conclusion_of
from agentchat.log import Log
from agentchat.testing import begin, opened, people, play
from agentchat.views.tasks import tasks


def hierarchy(**how: object) -> Log:
    return play(begin(opened("hierarchy", people("Ada", "Ben", "Cleo"), {"lead": "ada"})), working(**how))  # type: ignore[arg-type]


def beside(log: Log) -> list[str]:
    return [f"{row.mark} {row.text} | {row.note}" for section in tasks(log.transcript) for row in section.rows]


def test_the_board_beside_the_talk_says_what_is_done_under_way_and_waiting() -> None:
    whole = hierarchy()
    events = whole.events
    until = next(at for at, one in enumerate(events) if isinstance(one, TurnStarted) and one.stage == "task 2: ask")
    first = next(one.speaker for one in events if isinstance(one, TurnStarted) and one.stage == "task 1: count")
    rows = beside(Log(events[: until + 2]))
    assert rows[0] == f"✓ 1 count | {whole.transcript.name(first)}"
    assert rows[1].startswith("● 2 ask | ")
    assert rows[2:] == ["· 3 draft | after 1 and 2", "· 4 check | after 3", "· 5 print | after 2"]
    assert all(row.startswith("✓") for row in beside(whole))


def test_what_failed_and_what_it_blocks_stands_there_too() -> None:
    rows = beside(hierarchy(work=failing("2")))
    assert rows[1] == "✗ 2 ask | nobody could"
    assert rows[2] == "✗ 3 draft | blocked by 2"


def test_the_board_fits_a_screen_of_eighty_columns_whatever_the_titles() -> None:
    long = (("Find out " + "everything about the houses " * 4, ""), ("x" * 120, ""))
    log = play(begin(opened("hierarchy", people("Ada", "Ben"), {})), working(long))
    for record in log.transcript.entries:
        card = conclusion_of(record.kind).card if isinstance(record, Recorded) else None
        if card and isinstance(record, Recorded):
            sheet = card(record.data, log.transcript.name)
            assert sheet
            assert max(map(len, (sheet.title, *sheet.rows))) <= 76
            assert any("Find out everything about the…" in row for row in sheet.rows)


def test_what_nobody_sees_of_a_title_does_not_shorten_it() -> None:
    title = "\x1b[31mCount\x1b[0m \u202ethe\u202c \u200bhouses"
    log = play(begin(opened("hierarchy", people("Ada", "Ben"), {})), working(((title, ""),)))
    assert beside(log)[0].startswith("✓ 1 Count the houses | ")
