"""A recorded session, watched again: to whoever watches it a room, in which nothing can be done.

It runs no mode and asks no model: it tells what is on record, at the pace it happened.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.folding import Folding, fold, grown
from agentchat.pacing import Schedule
from agentchat.room.feed import Partial, Standing, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentchat.events import Event
    from agentchat.log import Log
    from agentchat.pacing import Stop
    from agentchat.transcript import Transcript

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
INSTANT = 0.0
"""The speed that waits for nothing."""

FRAME = 0.05
"""Seconds between two looks at the clock."""

KEPT = 500
"""Events between two places at which the transcript is kept, so that no seek folds more than these."""

REPLAY = Standing("read-only", "a replay")


class Player:
    """Plays the path to a log's head. `start` sets its clock going; all else may be called at any moment."""

    def __init__(self, log: Log, *, speed: float = 1.0, clock: Callable[[], float] | None = None) -> None:
        """`clock` tells seconds; the loop's own, if none is given."""
        self.log = log
        self.schedule = Schedule(log.path())
        self.speed = speed
        self.playing = False
        self.ms = 0
        """How far it has come."""
        self.standing = REPLAY
        self.partials: dict[int, Partial] = {}
        self._clock = clock
        self._places: list[Transcript] = []
        self._happened = 1
        self._watchers: list[Watcher] = []
        self._ticking: asyncio.Task[None] | None = None
        self.transcript = self._fold(1)

    @property
    def session(self) -> str:
        """The id of the session it plays."""
        return self.transcript.opened.session

    @property
    def over(self) -> bool:
        """Whether it has come to its end."""
        return self._happened == len(self.schedule.path) and self.ms >= self.schedule.length

    @property
    def turn(self) -> int:
        """How many turns have begun."""
        return sum(stop.ms <= self.ms for stop in self.schedule.turns)

    @property
    def here(self) -> int:
        """The event to go on from: this one, or the one before turns of which nothing is to be seen yet."""
        begun = [turn.id for turn in self.transcript.open]
        unseen = bool(begun) and not any(self.partials[turn].text for turn in begun if turn in self.partials)
        return next(event.seq for event in reversed(self.heard) if not unseen or event.seq < min(begun))

    @property
    def heard(self) -> Sequence[Event]:
        """The events that have happened."""
        return self.schedule.path[: self._happened]

    @property
    def whole(self) -> Transcript:
        """How it stands at its end, whatever its room has said since."""
        return self._fold(len(self.schedule.path))

    def alternatives(self, turn: int) -> tuple[int, ...]:
        """A replay keeps to its path."""
        return (turn,)

    def watch(self) -> Watcher:
        """A feed of what happens from now on."""
        watcher = Watcher(self._watchers.remove)
        self._watchers.append(watcher)
        return watcher

    # ── what a person does ──────────────────────────────────────────────────────────────────────────────────────────

    def play(self) -> None:
        """On; from the beginning, where it had come to its end."""
        if self.over:
            self.seek(0)
        self.playing = True
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())
        self._tell(self.standing)

    def pause(self) -> None:
        """Hold it here."""
        self.playing = False
        self._tell(self.standing)

    def faster(self, step: int) -> None:
        """The next speed, up or down."""
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - (self.speed or SPEEDS[-1])))
        self.speed = SPEEDS[min(max(nearest + step, 0), len(SPEEDS) - 1)]
        self._tell(self.standing)

    def seek(self, ms: int) -> None:
        """Be at that time."""
        self.ms = min(max(ms, 0), self.schedule.length)
        happened = self.schedule.happened(self.ms)
        self.transcript = self._fold(happened)
        self._happened = happened
        self._write(tell=False)
        self._tell(self.standing)

    def seek_to(self, seq: int) -> None:
        """Be where an event stands there whole. Raises UsageError where there is none so early."""
        if seq < self.schedule.path[0].seq:
            raise UsageError(f"there is no #{seq} in this session")
        self.seek(self.schedule.place(seq))

    def step(self, turns: int) -> None:
        """To the beginning of the next turn or the one before, and to the end after the last."""
        self.seek(self._beside(self.schedule.turns, turns))

    def skip(self, places: int) -> None:
        """To the next or last place that is no turn: a vote, a question, words of the person's."""
        self.seek(self._beside([stop for stop in self.schedule.stops if stop.kind != "turn"], places))

    def _beside(self, stops: Sequence[Stop], way: int) -> int:
        if way > 0:
            return next((stop.ms for stop in stops if stop.ms > self.ms), self.schedule.length)
        return next((stop.ms for stop in reversed(stops) if stop.ms < self.ms), 0)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

    def advance(self, ms: int) -> None:
        """Let so many milliseconds of the session pass, and tell all that happens in them."""
        self.ms = min(self.ms + ms, self.schedule.length)
        happened = self.schedule.happened(self.ms)
        for event in self.schedule.path[self._happened : happened]:
            self.transcript = grown(self.transcript, event)
            self._happened += 1
            self.partials.pop(getattr(event, "turn", 0), None)
            self._tell(event)
        self._write(tell=True)
        if self.over:
            self.playing = False
            self._tell(self.standing)

    async def ended(self) -> None:
        """Wait until it was paused, or has come to its end."""
        if self._ticking is not None:
            await self._ticking

    async def aclose(self) -> None:
        """Stop, and end every watcher's feed."""
        self.playing = False
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        for watcher in self._watchers:
            watcher.end()

    async def _tick(self) -> None:
        clock = self._clock or asyncio.get_running_loop().time
        before = clock()
        while self.playing:
            if self.speed == INSTANT:
                self.advance(self.schedule.length)
                return
            await asyncio.sleep(FRAME)
            now = clock()
            if self.playing:
                self.advance(round((now - before) * 1000 * self.speed))
            before = now

    # ── what there is to see ────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, *, tell: bool) -> None:
        """The words of turns under way, as far as they have come."""
        if not tell:
            self.partials = {}
        for turn in self.transcript.open:
            start = turn.start
            text = "" if start.sealed else self.schedule.text(turn.id, self.ms)
            partial = Partial(turn.id, start.speaker, start.kind, text, start.sealed, start.model)
            if self.partials.get(turn.id) != partial:
                self.partials[turn.id] = partial
                if tell:
                    self._tell(partial)

    def _fold(self, happened: int) -> Transcript:
        """The transcript after so many events."""
        path = self.schedule.path
        if not self._places:
            self._places.append(fold(path[:1]))
        while len(self._places) * KEPT < happened:
            start = len(self._places) * KEPT
            self._places.append(_on(self._places[-1], path[start - KEPT + 1 : start + 1]))
        place = (happened - 1) // KEPT
        return _on(self._places[place], path[place * KEPT + 1 : happened])

    def _tell(self, item: Event | Partial | Standing) -> None:
        for watcher in self._watchers:
            watcher.put(item)


def _on(transcript: Transcript, events: Sequence[Event]) -> Transcript:
    folding = Folding(transcript)
    for event in events:
        folding.apply(event)
    return folding.done()
