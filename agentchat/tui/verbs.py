"""What a person can do in a room: the one table behind its keys, its footer, the palette, `/commands` and the help."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen

Hands = Literal["watching", "empty", "writing"]
"""Where keys go: to the room, or into the composer, in which nothing is written yet, or something is."""

DIGITS = "123456789"
SHORTER, LONGER = 0.6, 1.6
"""What a wish for shorter or longer replies does to their words."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What decides which verbs make sense."""

    state: str = "running"
    hands: Hands = "watching"
    floor: bool = False
    """The person cut in and has the floor."""
    members: int = 0

    @property
    def going(self) -> bool:
        """The room goes on by itself."""
        return self.state == "running"

    @property
    def resting(self) -> bool:
        """It would go on if it were told to."""
        return self.state in ("paused", "held", "waiting")

    @property
    def alive(self) -> bool:
        """It has not ended, and is ours."""
        return self.going or self.resting

    @property
    def ours(self) -> bool:
        """Nobody else holds it."""
        return self.state != "read-only"

    @property
    def watching(self) -> bool:
        """Keys go to the room."""
        return self.hands == "watching"

    @property
    def free(self) -> bool:
        """The space bar writes no space."""
        return self.hands != "writing"


def _always(_: Moment) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a person can do."""

    name: str
    says: str
    """What it does, for the help and the palette."""
    do: Callable[[RoomScreen, str], Coroutine[None, None, None]]
    takes: str = ""
    """Its words after the name, `NAME MODEL`."""
    keys: tuple[str, ...] = ()
    """Textual's names of its keys, while it is handy."""
    anywhere: tuple[str, ...] = ()
    """Keys that reach it always."""
    shown: str = ""
    """How its key is written."""
    brief: str = ""
    """What it does, in the footer; empty leaves it out there."""
    typed: bool = True
    """Whether it is a `/command` as well."""
    able: Callable[[Moment], bool] = _always
    """Whether it makes sense now."""
    handy: Callable[[Moment], bool] = _always
    """Whether its keys reach it now."""

    @property
    def usage(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.takes}".rstrip() if self.typed else ""


async def pause(screen: RoomScreen, _: str) -> None:
    """The turn under way ends, then the room waits."""
    await screen.room.pause()


async def go_on(screen: RoomScreen, _: str) -> None:
    """Go on after a pause, a hold, or the person's own words."""
    screen.yield_floor()
    await screen.room.go_on()


async def step(screen: RoomScreen, _: str) -> None:
    """One step, then wait."""
    await screen.room.step()


async def cut_in(screen: RoomScreen, _: str) -> None:
    """End the running turn and take the floor: nobody speaks until the person did, or gives it back."""
    screen.take_floor()
    await screen.room.pause()
    await screen.room.cut_off()


async def cut_off(screen: RoomScreen, _: str) -> None:
    """End the running turn; the room goes on."""
    await screen.room.cut_off()


async def let_go(screen: RoomScreen, _: str) -> None:
    """Give the floor back, unused."""
    screen.yield_floor()
    screen.look()
    await screen.room.go_on()


async def force(screen: RoomScreen, words: str) -> None:
    """Who speaks next: a name, or a seat's number."""
    members = screen.room.transcript.members
    at = DIGITS.find(words) if len(words) == 1 else -1
    who = members[at].id if 0 <= at < len(members) else _wanted(words, "next NAME")
    await screen.room.force(who)


async def mute(screen: RoomScreen, words: str) -> None:
    """Leave someone out of the turns."""
    await screen.room.mute(_wanted(words, "mute NAME"))


async def unmute(screen: RoomScreen, words: str) -> None:
    """Take someone in again."""
    await screen.room.mute(_wanted(words, "unmute NAME"), muted=False)


async def model(screen: RoomScreen, words: str) -> None:
    """Another model for one persona, or for all."""
    who, _, name = words.rpartition(" ")
    await screen.swap_model(_wanted(who.strip(), "model NAME MODEL"), name)


async def shorter(screen: RoomScreen, words: str) -> None:
    """Fewer words a reply."""
    await screen.reword(_wanted(words, "shorter NAME"), SHORTER)


async def longer(screen: RoomScreen, words: str) -> None:
    """More words a reply."""
    await screen.reword(_wanted(words, "longer NAME"), LONGER)


async def invite(screen: RoomScreen, words: str) -> None:
    """Someone from the shelf."""
    await screen.invite(_wanted(words, "invite NAME"))


async def remove(screen: RoomScreen, words: str) -> None:
    """Send someone out; what was said stays."""
    await screen.room.remove(_wanted(words, "remove NAME"))


async def change(screen: RoomScreen, words: str) -> None:
    """Settings of the mode."""
    pairs = dict(part.split("=", 1) for part in _wanted(words, "set key=value").split() if "=" in part)
    if not pairs:
        raise UsageError("a setting is changed with key=value", hint="For example: /set rounds=3")
    await screen.room.change({key.replace("-", "_"): value for key, value in pairs.items()})


async def rounds(screen: RoomScreen, words: str) -> None:
    """More rounds after the end; how many in all before it."""
    if not words.isdigit() or not int(words):
        raise UsageError("how many rounds?", hint="For example: /rounds 2")
    if screen.room.transcript.closed:
        await screen.room.reopen(rounds=int(words))
    else:
        await screen.room.change({"rounds": words})


async def end(screen: RoomScreen, words: str) -> None:
    """End the session; it can be reopened."""
    await screen.room.end(words)


async def why(screen: RoomScreen, _: str) -> None:
    """Show, or hide, why each speaker was next."""
    screen.toggle_whys()


async def panel(screen: RoomScreen, _: str) -> None:
    """Show, or hide, what stands beside the transcript."""
    screen.toggle_side()


async def write(screen: RoomScreen, _: str) -> None:
    """Into the composer."""
    screen.write()


async def look(screen: RoomScreen, _: str) -> None:
    """Out of the composer; what was typed stays."""
    screen.look()


async def home(screen: RoomScreen, _: str) -> None:
    """The home screen; the room goes on behind it."""
    screen.go_home()


async def help_(screen: RoomScreen, _: str) -> None:
    """Keys and commands."""
    screen.app.action_help()


async def quit_(screen: RoomScreen, _: str) -> None:
    """Leave; every room is kept."""
    await screen.app.action_quit()


def _wanted(words: str, usage: str) -> str:
    if not words:
        raise UsageError(f"that takes more words: /{usage}")
    return words


VERBS: tuple[Verb, ...] = (
    Verb("go", "go on", go_on, keys=("space",), shown="space", brief="go on",
         able=lambda m: m.resting, handy=lambda m: m.free and not m.floor),
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
         typed=False, able=lambda m: not m.watching, handy=lambda m: not m.going),
    Verb("write", "write to the room", write, keys=("enter",), shown="enter", brief="write",
         typed=False, able=lambda m: m.ours, handy=lambda m: m.watching),
    Verb("stop", "end the running turn; the room goes on", cut_off, able=lambda m: m.alive),
    Verb("mute", "leave someone out of the turns", mute, "NAME", able=lambda m: m.alive),
    Verb("unmute", "take someone in again", unmute, "NAME", able=lambda m: m.alive),
    Verb("model", "ask another model for someone, or for all", model, "NAME MODEL", able=lambda m: m.ours),
    Verb("shorter", "fewer words a reply", shorter, "NAME", able=lambda m: m.alive),
    Verb("longer", "more words a reply", longer, "NAME", able=lambda m: m.alive),
    Verb("invite", "take someone from the shelf into the room", invite, "NAME", able=lambda m: m.alive),
    Verb("remove", "send someone out; what was said stays", remove, "NAME", able=lambda m: m.alive),
    Verb("set", "change a setting of the mode", change, "KEY=VALUE", able=lambda m: m.alive),
    Verb("rounds", "so many rounds; after the end, so many more", rounds, "N", able=lambda m: m.ours),
    Verb("end", "end the session; it can be reopened", end, "REASON", able=lambda m: m.alive),
    Verb("why", "show or hide why each was next", why),
    Verb("panel", "show or hide the floor beside the transcript", panel, anywhere=("ctrl+o",), shown="ctrl+o"),
    Verb("home", "to the home screen; the room goes on behind it", home, keys=("escape",), shown="esc",
         anywhere=("ctrl+b",), brief="home", handy=lambda m: m.watching and not m.going),
    Verb("help", "the keys and commands", help_, keys=("question_mark",), shown="?", anywhere=("f1",), brief="keys",
         handy=lambda m: m.watching),
    Verb("quit", "leave; every room is kept", quit_, anywhere=("ctrl+q",), shown="ctrl+q"),
)  # fmt: skip

NAMES = {verb.name: verb for verb in VERBS if verb.typed}


def for_key(key: str, moment: Moment) -> Verb | None:
    """What a key does at this moment."""
    for verb in VERBS:
        if verb.able(moment) and (key in verb.anywhere or (key in verb.keys and verb.handy(moment))):
            return verb
    return None


def footer(moment: Moment) -> Sequence[tuple[str, str]]:
    """The keys that matter now, as they are written, and what each does."""
    keys = [] if moment.watching else [("enter", "send"), ("ctrl+j", "new line")]
    taken: set[str] = set()
    for verb in VERBS:
        if verb.brief and verb.shown not in taken and verb.able(moment) and verb.handy(moment):
            taken.add(verb.shown)
            shown = f"1-{min(moment.members, 9)}" if verb.name == "next" else verb.shown
            keys.append((shown, verb.brief))
    if moment.going and moment.watching:
        keys.insert(-1, ("ctrl+b", "home"))
    return keys if moment.watching else [*keys, ("f1", "keys")]


def command(text: str) -> tuple[Verb, str]:
    """The verb of a `/command` and the words it was given. Raises UsageError with the nearest."""
    name, _, words = text.removeprefix("/").strip().partition(" ")
    verb = NAMES.get(name.lower())
    if verb is None:
        near = get_close_matches(name.lower(), NAMES, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join('/' + one for one in near)}?" if near else "/help lists them."
        raise UsageError(f"there is no /{name}", hint=hint)
    return verb, words.strip()
