"""A room without a screen: held to its end, printed as it comes, and saved however it stops."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.cli import given, outcome
from agentchat.cli.asking import Asking, patience, policy
from agentchat.cli.edge import INTERRUPTED, UNREAD, say, say_lines
from agentchat.cli.sheet import Sheet, sheet
from agentchat.cli.since import cannot_ask, since
from agentchat.cli.starter import BETTER, STARTER, WORTH, ensure
from agentchat.conduct import must_be_here
from agentchat.errors import AgentchatError, UsageError
from agentchat.home import Home, Wish, suggesting
from agentchat.modes import mode_of
from agentchat.room import Retrying, Standing
from agentchat.room.recalling import switch
from agentchat.text import legible
from agentchat.views.fold import SCRIPTED, amount, money
from agentchat.views.printout import asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from agentchat.cli.run import Order
    from agentchat.events import Material
    from agentchat.room import Room
    from agentchat.transcript import Transcript

TIMEOUTS = "timeouts."
SHORT = 8
"""Characters of a session's id that are shown."""

UNMET = 3
"""The exit code of any other end but a failure."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order with all that it takes from files and stdin."""

    order: Order
    room: str
    topic: str
    material: tuple[Material, ...]
    settings: dict[str, JsonValue]


def prepared(order: Order) -> Prepared:
    """Read what an order names. Raises UsageError where it cannot be carried out."""
    room, words = given.room(order.topic, order.question)
    _must_fit(order, room)
    brings = bool(room) and not words and bool(Home(api_base=order.api_base).filled(Wish(room=room)).topic)
    topic = given.topic(words, order.material, order.file, wanted=order.resume is None and not brings)
    if order.output is not None:
        outcome.must_be_writable(order.output)
    settings = given.settings(order.file, "" if order.resume else order.check, order.options)
    return Prepared(order, room, topic, given.materials(order.material), settings)


async def hold(wanted: Prepared) -> int:
    """Do what `run` was asked for; the exit code."""
    order = wanted.order
    async with Home(api_base=order.api_base) as home:
        room = await (_again(home, order) if order.resume else _anew(home, wanted))
        page = printed(home, room, order, anew=not order.resume)
        if order.resume:
            await since(home, room, adopting=order.adopt)
            if order.memory:
                await switch(room, on=True)
            await _go_on(home, room, order, wanted.topic)
        return await seen_through(home, room, order, page)


def printed(home: Home, room: Room, order: Order, *, anew: bool) -> Sheet:
    """What a room is printed on; what is there already is printed where it is begun `anew`."""
    return sheet(home, "text" if order.output else order.form, room.log, anew=anew, brief=True)


async def seen_through(home: Home, room: Room, order: Order, page: Sheet) -> int:
    """Hold a room to its end, however it stops, and leave it; the exit code."""
    room.policy = policy(order.on_escalation, order.escalation_timeout, room.transcript.opened.escalation)
    try:
        return await _to_the_end(home, room, order, page)
    except asyncio.CancelledError:
        page.note("Stopping …")
        return INTERRUPTED
    except BrokenPipeError:
        return 0 if room.transcript.closed else UNREAD
    except AgentchatError as error:
        page.note(f"agentchat: {error}", error.hint)
        _tell_unkept(room)
        return error.exit_code
    finally:
        await home.leave(room)
        if not room.transcript.closed:
            say(f"The room is kept. Go on with: agentchat run --resume {room.session[:SHORT]}")


def _tell_unkept(room: Room) -> None:
    """Print what was said and nothing would keep: with the program it would be gone."""
    for end in room.driver.unkept:
        if end.text:
            say_lines(f"Said, and not kept: {room.transcript.name(end.speaker)}: {legible(end.text)}")


def _must_fit(order: Order, room: str) -> None:
    """Raise UsageError where options exclude each other."""
    if order.resume is not None and not order.resume.strip():
        raise UsageError("which session?", hint="`agentchat sessions list` shows all.")
    fixed = {
        "the room file": room,
        "--mode": order.mode,
        "--persona": order.personas,
        "--material": order.material,
        "--file": order.file,
        "--option": order.options,
        "--seed": order.seed,
    }
    if order.resume and (wrong := [name for name, value in fixed.items() if value not in ("", (), None)]):
        raise UsageError(
            f"{' and '.join(wrong)} cannot change in a session that goes on",
            hint="Start a new one, or leave that out.",
        )
    if order.adopt and not order.resume:
        raise UsageError("--adopt is for a session from before", hint="As in: agentchat run --resume ID --adopt")
    if "rounds" in order.settings and order.rounds is not None:
        raise UsageError("--rounds and --set rounds=… say the same thing twice")


async def _anew(home: Home, wanted: Prepared) -> Room:
    order = wanted.order
    settings = {name: given.whole(value) for name, value in order.settings.items()}
    if order.rounds is not None:
        settings["rounds"] = str(order.rounds)
    wish = Wish(
        wanted.topic,
        mode=given.mode(order.mode, order.file, order.check, order.options),
        personas=order.personas,
        settings=settings,
        model=order.model,
        material=wanted.material,
        seed=order.seed,
        given=wanted.settings,
        check=order.check,
        room=wanted.room,
        memory=order.memory,
    )
    wish = home.filled(wish)
    mode_of(wish.mode)  # wrong names come before a missing model
    models = {(await home.chosen_for(wish, persona)).model for persona in home.people(wish)}
    if STARTER in models:
        if home.api_base and not order.model:
            raise UsageError(f"which model is to be asked at {home.api_base}?", hint="Name it: --model openai/NAME")
        await ensure(home)
    room = await home.create(wish)
    say_lines(*wish.told)
    if not wish.personas:
        say_lines(*suggesting.taken(home.suggest(wish.topic)))
    return room


async def _again(home: Home, order: Order) -> Room:
    """The room of a session that goes on."""
    timeouts = {name: value for name, value in order.settings.items() if name.startswith(TIMEOUTS)}
    room = await home.open(order.resume or "", timeouts, order.check)
    if room.standing.state == "read-only":
        hint = room.writer.store.way_out or f"agentchat resume {room.session[:SHORT]} follows it live."
        raise AgentchatError(room.standing.reason, hint=hint)
    try:
        must_be_here(room.transcript)
        must_have_check(room.transcript, order)
    except UsageError:
        await home.leave(room)
        raise
    return room


def must_have_check(transcript: Transcript, order: Order) -> None:
    """Raise UsageError where versions are checked by a command, and none is given."""
    checked = given.whole(order.settings.get("check", str(transcript.frame.settings.get("check") or "")))
    if checked.lower() in ("true", "yes", "on", "1") and not order.check:
        raise UsageError(
            "each version of this text is checked by a command of yours, and no session keeps one",
            hint="Give it again with --check CMD, or go on without: --set check=no",
        )


async def _go_on(home: Home, room: Room, order: Order, topic: str) -> None:
    """Do what is asked for besides going on: another model, more rounds, a word of the person's."""
    settings = {name: given.whole(one) for name, one in order.settings.items() if not name.startswith(TIMEOUTS)}
    if order.model:
        model = (await home.chosen(order.model)).model
        home.check_model(model)
        for member in room.transcript.members:
            await room.swap_model(member.id, model)
    if room.transcript.closed:
        if order.rounds is None and not topic:
            return
        await room.reopen(order.rounds or 1, topic)
    else:
        if order.rounds is not None:
            settings["rounds"] = str(order.rounds)
        await room.speak(topic)
    if settings:
        await room.change(settings)
    if room.transcript.paused:
        await room.go_on()
    if any(member.model == STARTER for member in room.transcript.members):
        await ensure(home)


async def _to_the_end(home: Home, room: Room, order: Order, page: Sheet) -> int:
    begun = time.monotonic()
    _announce(room)
    if order.resume:
        cannot_ask(home, room)
    page.show(room)
    asking = Asking(home, room)
    try:
        standing = Standing("closed") if room.transcript.closed else await _listen(room, page, asking)
    finally:
        asking.end()
    page.show(room, rest=True)
    closed = room.transcript.closed
    if standing.state == "waiting":
        raise await asking.needed(standing)
    if closed is None:
        raise AgentchatError(standing.reason or standing.state, hint=standing.hint)
    if order.output is not None:
        outcome.write(order.output, _result(home, room, order.form))
    _sum_up(room, time.monotonic() - begun)
    return (
        0
        if closed.outcome in mode_of(room.transcript.frames[0].mode).achieves
        else 1
        if closed.outcome == "failed"
        else UNMET
    )


def _result(home: Home, room: Room, form: str) -> Iterable[str]:
    """What `--output` gets: the synthesis or the best version, where there is one and no other format is asked for."""
    summary = room.transcript.closed.summary if room.transcript.closed else ""
    if form == "text" and summary.strip():
        return (legible(summary).strip("\n") + "\n",)
    return home.printout(form).take(room.log, rest=True)


async def _listen(room: Room, page: Sheet, asking: Asking) -> Standing:
    """Print what happens until the room rests, and waits for nobody who may still answer."""
    loop = asyncio.get_running_loop()
    with suppress(TimeoutError):
        async with room.watch() as news, asyncio.timeout(None) as limit:
            room.start()
            async for item in news:
                match item:
                    case Standing(state="running"):
                        limit.reschedule(None)
                        asking.end()
                    case Standing(state="waiting") if (seconds := patience(room)) != 0:
                        page.show(room)
                        limit.reschedule(None if seconds is None else loop.time() + seconds)
                        asking.begin()
                    case Standing():
                        return item
                    case Retrying():
                        who = room.transcript.name(item.speaker)
                        page.note(f"{who} is asked again in {item.seconds:.0f} s: {item.reason}")
                    case _:
                        page.show(room)
    return room.standing


def _announce(room: Room) -> None:
    """Which model, and why, and what must not be overlooked."""
    models = list(dict.fromkeys(member.model for member in room.transcript.members))
    say_lines(asked(room.transcript))
    if any(model.startswith("scripted/") for model in models):
        say(SCRIPTED)
    if STARTER in models:
        say(f"{WORTH} {BETTER}")


def _sum_up(room: Room, seconds: float) -> None:
    transcript = room.transcript
    spent = transcript.spent
    facts = [
        f"Ended: {transcript.closed.outcome.replace('_', ' ')}" if transcript.closed else "",
        f"{amount(spent.tokens_in + spent.tokens_out)} tokens",
        money(spent.cost) if spent.cost else "",
        f"{seconds:.0f} s",
        f"agentchat sessions show {room.session[:SHORT]}",
    ]
    say(" · ".join(fact for fact in facts if fact))
