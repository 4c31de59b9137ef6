"""Who speaks, and when: pause, step, cut in, call someone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.tui.verbs.verb import Verb, wanted

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen

DIGITS = "123456789"


async def go_on(screen: RoomScreen, _: str) -> None:
    """Go on after a pause, a hold, or the person's own words."""
    screen.yield_floor()
    await screen.room.go_on()


async def cut_in(screen: RoomScreen, _: str) -> None:
    """End the running turn and take the floor: nobody speaks until the person did, or gives it back."""
    screen.take_floor()
    await screen.room.pause()
    await screen.room.cut_off()


async def step(screen: RoomScreen, _: str) -> None:
    """One step, then wait."""
    await screen.room.step()


async def pause(screen: RoomScreen, _: str) -> None:
    """The turn under way ends, then the room waits."""
    await screen.room.pause()


async def force(screen: RoomScreen, words: str) -> None:
    """Who speaks next: a name, or a seat's number."""
    members = screen.room.transcript.members
    at = DIGITS.find(words) if len(words) == 1 else -1
    who = members[at].id if 0 <= at < len(members) else wanted(words, "next NAME")
    await screen.room.force(who)


async def let_go(screen: RoomScreen, _: str) -> None:
    """Give the floor back, unused."""
    screen.yield_floor()
    screen.look()
    await screen.room.go_on()


async def look(screen: RoomScreen, _: str) -> None:
    """Out of the composer; what was typed stays."""
    screen.look()


async def write(screen: RoomScreen, _: str) -> None:
    """Into the composer."""
    screen.write()


async def skip(screen: RoomScreen, _: str) -> None:
    """Pass over the running turn; nothing of it stays."""
    await screen.room.skip()


async def cut_off(screen: RoomScreen, _: str) -> None:
    """End the running turn; the room goes on."""
    await screen.room.cut_off()


FLOW = (
    Verb("go", "go on", go_on, keys=("space",), shown="space", brief="go on",
         able=lambda m: m.resting and m.asked in ("", "approval"), handy=lambda m: m.free and not m.floor),
    Verb("cut", "cut in: end the running turn, and speak", cut_in, keys=("escape",), shown="esc", brief="cut in",
         able=lambda m: m.going),
    Verb("step", "one step, then wait", step, keys=("full_stop",), shown=".", brief="step",
         able=lambda m: m.alive, handy=lambda m: m.watching),
    Verb("pause", "let the turn end, then wait", pause, keys=("space",), shown="space", brief="pause",
         able=lambda m: m.going, handy=lambda m: m.free),
    Verb("next", "who speaks next", force, "NAME", tuple(DIGITS), shown="1-9", brief="who next",
         able=lambda m: m.alive, handy=lambda m: m.watching),
    Verb("let", "let them go on without a word of yours", let_go, keys=("escape",), shown="esc",
         brief="let them go on", typed=False, able=lambda m: m.floor and m.resting, handy=lambda m: not m.watching),
    Verb("look", "leave the composer: keys act on the room", look, keys=("escape",), shown="esc", brief="to the keys",
         light=True, typed=False, able=lambda m: not m.watching, handy=lambda m: not m.going),
    Verb("write", "write to the room", write, keys=("enter",), shown="enter", brief="write",
         light=True, typed=False, able=lambda m: m.ours, handy=lambda m: m.watching),
    Verb("skip", "pass over the running turn", skip, anywhere=("f9",), shown="f9", able=lambda m: m.going),
    Verb("stop", "end the running turn; the room goes on", cut_off, able=lambda m: m.alive),
)  # fmt: skip
