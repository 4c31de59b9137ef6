"""Going back and elsewhere: undo, once more, other words, another path; and turns that wait for the person's yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.events import HumanSpoke
from agentchat.home.forking import placed
from agentchat.transcript import Turn
from agentchat.tui.compare import CompareScreen
from agentchat.tui.edit import EditScreen
from agentchat.tui.tree import TreeScreen
from agentchat.tui.verbs.now import shown
from agentchat.tui.verbs.verb import Verb
from agentchat.views.comparison import compare as compared
from agentchat.views.tree import rows

if TYPE_CHECKING:
    from agentchat.transcript import Transcript
    from agentchat.tui.room import RoomScreen


async def undo(screen: RoomScreen, _: str) -> None:
    """Take the last turn back."""
    await screen.room.undo()


async def redo(screen: RoomScreen, _: str) -> None:
    """Take the undo back."""
    await screen.room.redo()


async def again(screen: RoomScreen, words: str) -> None:
    """A turn anew; words are a hint only that persona reads."""
    turn, hint = numbered(words)
    await screen.room.regenerate(turn, hint)
    await screen.resume()


async def edit(screen: RoomScreen, words: str) -> None:
    """Other words in the place of what was said."""
    transcript = screen.room.transcript
    seq, text = numbered(words)
    said = _said(transcript, seq)
    at = said.id if isinstance(said, Turn) else said.seq
    if not text:
        name = transcript.name(said.speaker) if isinstance(said, Turn) else "you"
        new: str | None = await screen.app.push_screen_wait(EditScreen(f"What {name} said, in other words", said.text))
        text = new or ""
    if text:
        await screen.room.edit(at, text)


async def other(screen: RoomScreen, words: str) -> None:
    """The next alternative of a turn, or the one before."""
    turn, where = numbered(words)
    said = _said(screen.room.transcript, turn)
    if not isinstance(said, Turn):
        raise UsageError("your own words have their alternatives in the tree", hint="/tree shows them.")
    turns = screen.room.alternatives(said.id)
    if len(turns) < 2:
        raise UsageError("there is no alternative to that turn", hint="/again has it said anew.")
    at = turns.index(said.id) + (-1 if where in ("left_square_bracket", "before") else 1)
    await screen.room.choose(turns[at % len(turns)])


async def tree(screen: RoomScreen, _: str) -> None:
    """Every path of the session."""
    wanted = await screen.app.push_screen_wait(TreeScreen(rows(screen.room.log)))
    if wanted is None:
        return
    what, place = wanted
    if what == "fork":
        screen.app.fork(screen.room.session, place)
    else:
        await screen.room.choose(place)


async def fork(screen: RoomScreen, words: str) -> None:
    """From a turn on, or from here, in a session of its own."""
    screen.app.fork(screen.room.session, placed(screen.room.log, words))


async def compare(screen: RoomScreen, words: str) -> None:
    """The session beside another one, or the one it was forked from."""
    opened = screen.room.transcript.opened
    other = words or (opened.forked_from.session if opened.forked_from else "")
    if not other:
        raise UsageError("compare it with which session?", hint="/compare ID")
    log = await (await screen.app.home()).archive.any(other)
    mine = screen.room.log
    ours = (log, mine) if not words or log.events[0].at <= mine.events[0].at else (mine, log)
    await screen.app.push_screen(CompareScreen(compared(*ours)))


async def approving(screen: RoomScreen, words: str) -> None:
    """Whether each turn waits for a yes."""
    on = {"": not screen.room.transcript.approving, "on": True, "off": False}.get(words.lower())
    if on is None:
        raise UsageError("approving is on or off", hint="/approving on")
    await screen.room.approving(on)


async def approve(screen: RoomScreen, _: str) -> None:
    """The turn stands, and the room goes on."""
    await screen.room.go_on()


def numbered(words: str) -> tuple[int | None, str]:
    """The turn that words begin with, as `#14` or `14`, and the rest of them."""
    first, _, rest = words.partition(" ")
    number = first.removeprefix("#")
    return (int(number), rest.strip()) if number.isdecimal() else (None, words)


def _said(transcript: Transcript, seq: int | None) -> Turn | HumanSpoke:
    """What was said there, or last for all to see."""
    for entry in reversed(transcript.entries):
        if isinstance(entry, HumanSpoke) and seq in (None, entry.seq):
            return entry
        if isinstance(entry, Turn) and entry.end and (seq in (entry.id, entry.end.seq) or (not seq and shown(entry))):
            return entry
    raise UsageError(
        "nothing was said there" if seq else "nothing was said yet", hint="/tree shows what was, by number."
    )


HISTORY = (
    Verb("approve", "let the turn stand", approve, keys=("enter",), shown="enter", brief="let it stand",
         able=lambda m: m.asked == "approval", handy=lambda m: m.watching),
    Verb("undo", "take back what was said last, and pause", undo, keys=("ctrl+z",), shown="ctrl+z", brief="undo",
         able=lambda m: m.ours, handy=lambda m: m.watching and not m.going),
    Verb("redo", "take the undo back", redo, keys=("ctrl+y",), shown="ctrl+y",
         able=lambda m: m.ours, handy=lambda m: m.watching),
    Verb("again", "have a turn said anew, with a hint if you like", again, "#N HINT", keys=("ctrl+r",), shown="ctrl+r",
         able=lambda m: m.ours, handy=lambda m: m.watching),
    Verb("edit", "put other words in the place of what was said", edit, "#N TEXT", keys=("ctrl+e",), shown="ctrl+e",
         able=lambda m: m.ours, handy=lambda m: m.watching),
    Verb("other", "the next alternative of a turn", other, "#N", keys=("right_square_bracket", "left_square_bracket"),
         shown="]", brief="alternatives", able=lambda m: m.ours, handy=lambda m: m.watching and m.forked),
    Verb("tree", "every path of the session, to go to any of them", tree, anywhere=("f6",), shown="f6",
         able=lambda m: m.ours),
    Verb("fork", "go on from a turn in a session of its own, with something different", fork, "#N | start"),
    Verb("compare", "this session beside another, or a fork beside what it came from", compare, "ID"),
    Verb("approving", "whether each turn waits for your approval", approving, "on | off", anywhere=("f10",),
         shown="f10", able=lambda m: m.alive),
)  # fmt: skip
