"""Many who write at once, against what one after another would have come to.

Nothing acknowledged is lost, nothing refused is kept, whatever else went wrong in the same transaction.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.events import EPOCH, Event, HumanSpoke, SessionOpened, TurnEnded, TurnStarted, stamp
from agentchat.store import Change, Lease, Store, StoreFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.conftest import Sitting

What = Literal["say", "double", "taken", "nowhere", "turn", "late", "lost", "label"]
KINDS: tuple[What, ...] = ("say", "double", "taken", "nowhere", "turn", "late", "lost", "label")


@dataclass(frozen=True, slots=True)
class Wish:
    """One caller of a burst."""

    session: str
    what: What
    many: int
    cancelled: bool


@dataclass(slots=True)
class Kept:
    """What one session comes to, one after another."""

    events: list[Event] = field(default_factory=list)
    seq: int = 0

    def next(self, event: Event, parent: int | None = None) -> Event:
        self.seq += 1
        before = self.events[-1].seq if self.events else None
        return stamp(event, self.seq, before if parent is None else parent, EPOCH)


WISHES = st.lists(
    st.builds(Wish, st.sampled_from(("s1", "s2")), st.sampled_from(KINDS), st.integers(1, 3), st.booleans()),
    min_size=1,
    max_size=9,
)
BURSTS = st.lists(st.tuples(WISHES, st.booleans()), min_size=1, max_size=4)


def asked(wish: Wish, kept: Kept) -> tuple[list[Event], list[Event] | None]:
    """What the caller hands in, and what is then on record of it; None where it is refused."""
    spoken: list[Event] = []
    for number in range(wish.many):
        said = kept.next(HumanSpoke(text=f"{wish.what} {number} of trams"), kept.seq if spoken else None)
        spoken.append(said)
    match wish.what:
        case "say":
            kept.events += spoken
            return spoken, spoken
        case "double":
            events = [kept.events[-1], *spoken]
            kept.events += spoken
            return events, events
        case "turn":
            start = kept.next(TurnStarted(speaker="ada"), spoken[-1].seq)
            end = kept.next(TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="Trams."), start.seq)
            kept.events += [*spoken, start, end]
            return [*spoken, start, end], [*spoken, start, end]
        case "late":
            ends = [one for one in kept.events if isinstance(one, TurnEnded)]
            if not ends:
                kept.events += spoken
                return spoken, spoken
            again = kept.next(ends[-1].model_copy(update={"text": "Too late."}), spoken[-1].seq)
            kept.events += spoken
            return [*spoken, again], spoken
        case "taken":
            return [*spoken, kept.events[0].model_copy(update={"type": "session_opened", "topic": "other"})], None
        case "nowhere":
            return [*spoken, kept.next(HumanSpoke(text="nowhere"), 9_999_999)], None
        case _:
            return spoken, None


@settings(max_examples=40, deadline=None)
@given(bursts=BURSTS)
def test_whatever_goes_wrong_in_a_burst_it_is_as_if_one_had_come_after_another(
    tmp_path_factory: pytest.TempPathFactory, bursts: list[tuple[list[Wish], bool]]
) -> None:
    asyncio.run(_burst(tmp_path_factory.mktemp("bursts") / "agentchat.db", bursts))


async def _burst(path: Path, bursts: Sequence[tuple[list[Wish], bool]]) -> None:
    known = {name: Kept() for name in ("s1", "s2")}
    async with await Store.open(path) as store:
        for name, kept in known.items():
            kept.events.append(kept.next(SessionOpened(session=name, topic="t", mode="discussion")))
            await store.append(name, kept.events, lease=None)
        for wishes, rots in bursts:
            if rots:
                rot(path)
            callers: list[asyncio.Future[list[Event]] | asyncio.Future[None]] = []
            expected: list[list[Event] | None] = []
            for wish in wishes:
                if wish.what == "label":
                    callers.append(asyncio.ensure_future(store.label(wish.session, Change(tags=(f"t{wish.many}",)))))
                    expected.append(None)
                    continue
                events, record = asked(wish, known[wish.session])
                lease = Lease(wish.session, 99, "gone") if wish.what == "lost" else None
                callers.append(asyncio.ensure_future(store.append(wish.session, events, lease=lease)))
                expected.append(record)
            await asyncio.sleep(0)
            for wish, caller in zip(wishes, callers, strict=True):
                if wish.cancelled:
                    caller.cancel()
            answers = await asyncio.gather(*callers, return_exceptions=True)
            for wish, answer, record in zip(wishes, answers, expected, strict=True):
                if wish.cancelled:
                    assert isinstance(answer, asyncio.CancelledError)
                elif wish.what in ("taken", "nowhere", "lost"):
                    assert isinstance(answer, StoreFault), wish
                    assert answer.kind == ("lost" if wish.what == "lost" else "taken")
                else:
                    assert not isinstance(answer, BaseException), answer
                    assert answer == record
        kept = known["s1"]  # the last: all before it is written, and no rot is left that nothing came upon
        kept.events.append(kept.next(HumanSpoke(text="trams")))
        await store.append("s1", kept.events[-1:], lease=None)
        for name, kept in known.items():
            assert await store.load(name) == kept.events
            row = await store.session(name)
            assert (row.events, row.head) == (len(kept.events), kept.events[-1].seq)
            assert row.turns == sum(isinstance(one, TurnEnded) for one in kept.events)
        said = [one for kept in known.values() for one in kept.events if "rams" in getattr(one, "text", "")]
        assert len(await store.search("trams", 999)) == len(said)


def rot(path: Path, byte: bytes = b"\xff") -> None:
    """Nonsense in the index of words: zeros alone are, after just 16 entries, an index of nothing, and no nonsense."""
    with closing(sqlite3.connect(path)) as aside, aside:
        sizes = aside.execute("SELECT length(block), id FROM words_data").fetchall()
        aside.executemany("UPDATE words_data SET block = ? WHERE id = ?", [(byte * size, row) for size, row in sizes])


@pytest.mark.parametrize("byte", [b"\xff", b"\0"])
async def test_where_the_index_of_words_rots_in_a_burst_what_follows_on_what_is_still_written(
    path: Path, sitting: Sitting, store: Store, byte: bytes
) -> None:
    await sitting.open()
    for n in range(9):
        await sitting.say(f"Sentence {n} about trams.")
    rot(path, byte)
    many = [sitting.next(HumanSpoke(text=f"{n} more about trams")) for n in range(5)]
    callers = [asyncio.ensure_future(store.append("s1", [one], lease=None)) for one in many]
    await asyncio.sleep(0)
    callers[-1].cancel()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert answers[:-1] == [[one] for one in many[:-1]]
    await store.checkpoint("s1", 1, "")
    assert (await store.load("s1"))[-5:] == many
    assert len(await store.search("trams", 99)) == 14


async def test_a_session_is_taken_in_where_the_index_of_words_rotted(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    for n in range(9):
        await sitting.say(f"Sentence {n} about trams.")
    lines = await store.lines("s1")
    rot(path)
    opened = (await store.load("s1"))[0].model_copy(update={"session": "s2"})
    events = [opened, *(await store.load("s1"))[1:]]
    await store.take_in("s2", [(event, line) for event, line in zip(events, lines, strict=True)])
    assert len(await store.search("trams", 99)) == 18
