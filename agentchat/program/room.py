"""A room opened by a program: the same home, room and engine as on the command line, with what came of it as values.

    async with agentchat.open_room("Which database?", personas=["ada", "ben"], model="openai/gpt-5-mini") as room:
        result = await room.run(timeout=600)

Without a `home` the room lives in a temporary one that is removed when it is left: nothing stays.
"""

from __future__ import annotations

import asyncio
import inspect
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from agentchat.errors import AgentchatError, HumanNeededError, UsageError
from agentchat.events import Material, Recorded, SessionClosed
from agentchat.home import Home, Wish
from agentchat.modes import SHIPPED, Mode, register
from agentchat.modes.structure import wrong
from agentchat.persona import YOU, Persona as Known
from agentchat.program.results import Answering, Asked, Result, of_persona
from agentchat.room import Partial, Retrying, Room as Engine, Standing
from agentchat.room.deadlines import Policy
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.events import Event
    from agentchat.room.feed import News, Watcher
    from agentchat.transcript import Transcript

STARTER = "local/starter"


class ProgramRoom:
    """One open room."""

    def __init__(self, home: Home, room: Engine, answer: Answering | None) -> None:
        self.home, self.room = home, room
        self._answer = answer

    @property
    def session(self) -> str:
        """Its id."""
        return self.room.session

    @property
    def transcript(self) -> Transcript:
        """What was said and concluded so far."""
        return self.room.transcript

    def export(self, form: str = "md") -> str:
        """The session on paper: `text`, `md`, `jsonl`, `adr` or `html`. Raises UsageError for another form."""
        return "".join(self.home.printout(form).take(self.room.log, rest=True))

    async def run(self, timeout: float | None = None) -> Result:  # noqa: ASYNC109 (what comes of it is a result)
        """Hold the room to its end, or for so many seconds: what runs then is cut off, kept, and asked again later.

        Raises AgentchatError with what to do where it cannot go on, HumanNeededError where it waits for a person.
        """
        begun = time.monotonic()
        limit = asyncio.timeout(timeout)
        try:
            async with limit:
                await self._go()
                while (standing := await self.room.settled()).state == "waiting":
                    if not (
                        await self._answered() or await self._moved(self._patience()) or await self._went_on(standing)
                    ):
                        raise HumanNeededError(standing.reason, hint="Give open_room an `answer`, or another policy.")
        except TimeoutError:
            if not limit.expired():
                raise  # the program's own answer ran out of a time of its own
            if not self.transcript.closed:
                await self._break_off()
                return self._result(timed_out=True, seconds=time.monotonic() - begun)
            standing = Standing("closed")
        if standing.state != "closed":
            raise AgentchatError(standing.reason or f"the room is {standing.state}", hint=standing.hint)
        return self._result(seconds=time.monotonic() - begun)

    async def events(self) -> AsyncIterator[Event]:
        """Every event there is and comes, each once it is on disk, until the room rests. Sets the room going."""
        async with self.room.watch() as news:
            for event in (*self.room.log.events,):
                yield event
            if self.room.transcript.closed:
                return
            await self._go()
            while True:
                item = await self._heard(news)
                if item is None and self.room.standing.state == "waiting":
                    if await self._answered() or (self._patience() == 0 and await self._went_on(self.room.standing)):
                        continue
                    if self._patience() != 0:
                        item = await anext(news, None)
                if item is None:
                    return
                if not isinstance(item, Partial | Retrying | Standing):
                    yield item

    async def _heard(self, news: Watcher) -> News | None:
        """The next of what the room tells; None once it rests and has told all: it may rest again as it did before."""
        if news.empty:
            told, rests = asyncio.ensure_future(anext(news)), asyncio.ensure_future(self.room.settled())
            try:
                await asyncio.wait((told, rests), return_when=asyncio.FIRST_COMPLETED)
                if told.done() and told.exception() is None:
                    return told.result()
            finally:
                for one in (told, rests):
                    one.cancel()
                await asyncio.wait((told, rests))
        return None if news.empty else await anext(news)

    async def say(self, text: str) -> None:
        """Say something to the room; `@ada` in it makes Ada answer next."""
        await self.room.speak(text)

    def result(self) -> Result:
        """What came of it so far."""
        return self._result()

    async def _break_off(self) -> None:
        """Pause, and let nobody go on: left and opened again, the room asks anew whom it had asked."""
        await self.room.pause()
        policy = self.room.policy
        await self.home.leave(self.room)
        self.room = await self.home.open(self.session)
        self.room.policy = policy

    async def _go(self) -> None:
        self.room.start()
        if not self.room.transcript.closed and (self.room.transcript.paused or self.room.standing.state == "held"):
            await self.room.go_on()

    def _patience(self) -> float | None:
        """Seconds until a room that waits has waited enough: 0 where nothing may come of it, None for ever."""
        transcript, policy = self.room.transcript, self.room.policy
        questions = [one for one in transcript.escalations if one.level != "notify"]
        if policy.on == "fail" or not (questions or transcript.asked):
            return 0.0
        return policy.patience if any(not one.default for one in questions) else None

    async def _moved(self, seconds: float | None) -> bool:
        """Whether the room waits no longer after so many seconds: a default counted, or somebody answered elsewhere."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.room.watch() as news:
                if self.room.standing.state != "waiting":
                    return True
                async for item in news:
                    if isinstance(item, Standing) and item.state != "waiting":
                        return True
        return False

    async def _went_on(self, standing: Standing) -> bool:
        """Whether the room, looking once more, waits no longer: a default may have counted a moment ago."""
        head = self.room.log.head
        self.room.driver.wake()
        return (await self.room.settled(), self.room.log.head) != (standing, head)

    async def _answered(self) -> bool:
        """Answer what the room waits for; whether there was something, and somebody to."""
        if self._answer is None:
            return False
        transcript, done = self.room.transcript, False
        if (turn := transcript.asked) is not None:
            start = turn.start
            said = await self._asked(Asked(start.brief or transcript.question, start.choices, "", YOU, start.kind))
            done = True
            now = self.room.transcript.asked  # where its time came meanwhile, it passed
            if now is not None and now.id == turn.id:
                await (self.room.pass_turn(turn.id) if said is None else self.room.take_turn(turn.id, said))
        for one in transcript.escalations:
            if one.level != "notify":
                said = await self._asked(Asked(one.question, one.options, one.default, one.by))
                if one.seq not in {still.seq for still in self.room.transcript.escalations}:
                    done = True  # its default counted meanwhile, or it was answered elsewhere
                    continue
                if said is None and not one.default:
                    return False
                await self.room.answer(one.seq, one.default if said is None else said)
                done = True
        return done

    async def _asked(self, asked: Asked) -> str | None:
        assert self._answer is not None
        answer = self._answer(asked)
        said: object = await answer if inspect.isawaitable(answer) else answer
        if said is None or isinstance(said, str):
            return said
        raise UsageError(f"`answer` gave {type(said).__name__}", hint="It gives words, or None for the default.")

    def _result(self, *, timed_out: bool = False, seconds: float = 0.0) -> Result:
        transcript = self.room.transcript
        closed = transcript.closed or SessionClosed(outcome="")
        records = (one for one in reversed(transcript.entries) if isinstance(one, Recorded) and not one.frame)
        last = next(records, None)
        turns = [one for one in transcript.entries if isinstance(one, Turn) and one.end is not None]
        names = {one.id: one.name for one in transcript.opened.personas}
        names |= {one.id: one.persona.name for one in transcript.members}
        of = {who: [one for one in turns if one.speaker == who] for who in names}
        spent = transcript.spent
        return Result(
            session=self.session,
            outcome=closed.outcome,
            summary=closed.summary,
            data={**(last.data if last else {}), **closed.data},
            personas={who: of_persona(name, of[who]) for who, name in names.items()},
            tokens=spent.tokens_in + spent.tokens_out,
            cost=spent.cost,
            timed_out=timed_out,
            seconds=seconds,
        )


@asynccontextmanager
async def open_room(
    topic: str = "",
    *,
    personas: Sequence[Known | str] = (),
    mode: str | type[Mode] = "",
    settings: Mapping[str, JsonValue] | None = None,
    model: str = "",
    models: Mapping[str, str] | None = None,
    api_base: str = "",
    room: str | Path = "",
    material: Mapping[str, str] | None = None,
    memory: bool = False,
    seed: int | None = None,
    answer: Answering | None = None,
    on_escalation: Literal["wait", "default", "fail"] | None = None,
    home: str | Path | Home | None = None,
) -> AsyncGenerator[ProgramRoom]:
    """Open a room, and leave it again: paused where it has not ended.

    `personas` are ids, files or `Persona`s; none takes the room file's, else those suggested. `mode` is a name or a
    class. `settings` are the mode's, as values, and `timeouts.*` and `budget.*`. `material` is text by its name.
    `model` is for everybody but those whose ids are in `models`; `api_base` sends all of them to one address. `home`
    keeps the session, and a `Home` stays open; without one, a temporary home is removed in the end. What the room asks
    its person goes to `answer`; without one, defaults count (`on_escalation`). Raises UsageError that says what is
    wrong, and then nothing was created.
    """
    if on_escalation not in (None, "wait", "default", "fail"):
        raise UsageError(f"on_escalation={on_escalation!r}", hint="It is wait, default or fail.")
    name = mode if isinstance(mode, str) else _registered(mode)
    personas = (personas,) if isinstance(personas, str) else personas
    given = dict(settings or {})
    typed = {key: str(given.pop(key)) for key in tuple(given) if "." in key}
    if isinstance(home, Home) and api_base:
        raise UsageError("an open home has its address already", hint="Give `api_base` to that Home.")
    async with AsyncExitStack() as stack:
        if isinstance(home, Home):
            place = home
        else:
            folder = home or stack.enter_context(tempfile.TemporaryDirectory(prefix="agentchat-"))
            place = await stack.enter_async_context(Home(Path(folder), api_base=api_base))
        names = tuple(one for one in personas if isinstance(one, str))
        wish = Wish(
            topic=topic,
            mode=name,
            personas=names if len(names) == len(personas) else (),
            cast=() if len(names) == len(personas) else tuple(_persona(place, one) for one in personas),
            settings=typed,
            given=given,
            model="" if models else model,
            models={"": model, **models} if models else {},
            material=tuple(Material(name=title, text=text) for title, text in (material or {}).items()),
            seed=seed,
            room=str(room) if room else "",
            memory=memory,
        )
        _must_be_there(models or {}, place.people(wish))
        opened = await place.create(wish)
        if any(one.model == STARTER for one in opened.transcript.members) and not place.starter_ready():
            await place.leave(opened)
            raise UsageError("no model was named, and the small one is not here", hint="model=… names one.")
        if on_escalation is not None:
            opened.policy = Policy(on_escalation)
        elif opened.transcript.opened.escalation is None:
            opened.policy = Policy("wait" if answer else "default")
        held = ProgramRoom(place, opened, answer)
        try:
            yield held
        finally:
            await place.leave(held.room)


def _persona(home: Home, one: Known | str) -> Known:
    """As a session keeps it: in the order they were named, those of the shelf among those of the program."""
    return home.shelf.get(one).persona if isinstance(one, str) else Known.model_validate(one.model_dump())


def _must_be_there(models: Mapping[str, str], there: Sequence[Known]) -> None:
    ids = [one.id for one in there]
    if strangers := [who for who in models if who not in ids]:
        raise UsageError(f"models: {strangers[0]!r} does not take part", hint=f"There are {', '.join(ids)}.")


def _registered(mode: type[Mode]) -> str:
    if faults := wrong(mode):
        raise UsageError(f"{mode.__name__} is no mode yet: {faults[0]}", hint="; ".join(faults[1:]))
    if mode.name in SHIPPED:
        raise UsageError(f"there is a mode {mode.name!r} that ships", hint="Give yours another name.")
    return register(mode).name
