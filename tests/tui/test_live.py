from __future__ import annotations

import time

import pytest
from support.screens import Stage
from textual.pilot import Pilot

from agentchat.tui.widgets.live import LINGER, Live
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.clean import FORBIDDEN
from agentchat.views.room import LiveState, Said, Speaking

COLORS = {"Ada": "blue", "Ben": "orange", "Cleo": "pink", "Dev": "green"}


def turn(name: str, text: str = "", state: LiveState = "speaking", **more: object) -> Speaking:
    number = list(COLORS).index(name)
    return Speaking(number, name.lower(), name, "", COLORS[name], text=text, state=state, **more)  # type: ignore[arg-type]


def stage() -> tuple[Stage, Live]:
    live = Live()
    return Stage(Transcript(), live), live


async def frames(pilot: Pilot[None], count: int = 1) -> None:
    """Let that many frames be drawn."""
    await pilot.pause()
    for _ in range(count):
        pilot.app.query_one(Live)._tick()
    await pilot.pause()


async def test_who_speaks_looks_as_in_the_transcript_with_a_cursor_at_the_end() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show([turn("Ben", "Enrolment is where it shows.\n\nWith four more", tokens_per_s=42)])
        await frames(pilot)
        assert app.dump().strip("\n").split("\n") == [
            " ▌ Ben                                          42 tokens/s",
            " ▌ Enrolment is where it shows.",
            " ▌",
            " ▌ With four more▏",
        ]


async def test_the_pane_follows_its_end_and_never_changes_its_height_for_a_word() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show([turn("Ben", "w")])
        await frames(pilot)
        height = live.size.height
        assert height == 6
        live.show([turn("Ben", "word " * 500 + "the end")])
        await frames(pilot)
        assert live.size.height == height
        assert "the end▏" in app.dump()
        assert "Ben" in app.rows()[24 - height]


async def test_four_at_once_share_the_screen_and_leave_half_to_the_transcript() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show([turn(name, f"{name} says this.\n\nAnd " + "that " * 30) for name in COLORS])
        await frames(pilot)
        assert live.size.height == 12
        for name in COLORS:
            assert f"▌ {name}" in app.dump()
        await pilot.resize_terminal(60, 10)
        await frames(pilot)
        assert live.size.height <= 5
        await pilot.resize_terminal(60, 6)
        await frames(pilot)
        assert "2 more speak" in app.dump()


async def test_thinking_and_waiting_are_said_in_words_and_only_thinking_moves() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show(
            [
                turn("Ada", state="thinking", note="loading the model"),
                turn("Ben", state="waiting", note="retrying in 4 s"),
            ]
        )
        await frames(pilot)
        assert "loading the model ▯▯▯" in app.dump()
        assert "retrying in 4 s" in app.dump()
        await frames(pilot, 6)
        assert "loading the model ▮▯▯" in app.dump() or "loading the model ▮▮▯" in app.dump()


async def test_sealed_turns_show_who_is_in_and_no_word() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show(
            [
                turn("Ada", "secret", "sealed", sealed=True),
                turn("Ben", "secret", "thinking", sealed=True),
                turn("Cleo", "secret", "speaking", sealed=True),
            ]
        )
        await frames(pilot)
        dump = app.dump()
        assert "Ada ▇▇▇ sealed" in dump
        assert "Ben ▯▯▯ thinking" in dump
        assert "Cleo ▯▯▯ thinking" in dump
        assert "secret" not in dump
        live.show([turn("Ada", "secret", "sealed", sealed=True), turn("Ben", "open words")])
        await frames(pilot)
        assert "open words▏" in app.dump()
        assert "secret" not in app.dump()


async def test_between_two_turns_nothing_jumps_and_after_the_last_the_pane_goes() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show([turn("Ben", "words")])
        await frames(pilot)
        live.show([])
        live.show([turn("Cleo", state="thinking")])
        await frames(pilot)
        assert live.size.height == 6
        assert "Cleo" in app.dump()
        live.show([])
        await pilot.pause(0.2)
        assert live.size.height == 6
        assert "Cleo" not in app.dump()
        await pilot.pause(LINGER)
        assert live.size.height == 0


async def test_what_is_shown_before_the_screen_stands_is_drawn_once_it_does() -> None:
    app, live = stage()
    live.show([turn("Ben", "early words")])
    async with app.run_test(size=(60, 24)) as pilot:
        await frames(pilot)
        assert "early words▏" in app.dump()


async def test_a_hostile_stream_is_shown_inert() -> None:
    app, live = stage()
    hostile = "a\x1b]52;c;aGk=\x07b\x1b[2J\u202e[/nope]"
    async with app.run_test(size=(60, 24)) as pilot:
        for end in range(len(hostile) + 1):
            live.show([turn("Ben", hostile[:end], note=hostile[:end])])
            live._tick()
            assert FORBIDDEN.search("".join(segment.text for row in live._lines for segment in row)) is None
        await frames(pilot)
        assert "▌ ab[/nope]▏" in app.dump()


async def test_frames_cost_little_however_long_the_text_is() -> None:
    app, live = stage()
    costs = []
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        for already in (0, 100_000):
            text = "word " * already
            live.show([turn("Ben", text + "x")])
            await frames(pilot)
            started = time.process_time()
            for _ in range(30):  # two seconds of frames
                text += "some more words to be read by someone here "
                live.show([turn("Ben", text)])
                live._tick()
                await pilot.pause()
            costs.append(time.process_time() - started)
    assert costs[0] < 0.5
    assert costs[1] < costs[0] + 0.2


@pytest.mark.parametrize("size", [(20, 5), (3, 2), (1, 1), (200, 60)])
async def test_it_draws_at_any_size(size: tuple[int, int]) -> None:
    app, live = stage()
    async with app.run_test(size=size) as pilot:
        live.show([turn(name, "words " * 20) for name in COLORS])
        await frames(pilot)
        live.show([turn(name, state="thinking", sealed=True) for name in COLORS])
        await frames(pilot)
        live.show([turn("Ada", "漢字" * 50)])
        await frames(pilot)


async def test_a_turn_that_ended_stands_in_the_transcript_where_the_eye_was() -> None:
    app, live = stage()
    async with app.run_test(size=(60, 24)) as pilot:
        live.show([turn("Ben", "All of it.")])
        await frames(pilot)
        live.show([])
        app.query_one(Transcript).append(Said(1, "ben", "Ben", "teacher", "orange", "", "All of it."))
        live.show([turn("Cleo", state="thinking")])
        await frames(pilot)
        assert app.dump().count("All of it.") == 1
