"""The room decides: votes and polls in the middle of anything, the person's own ballot, questions to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.tui.ballot import BallotScreen
from agentchat.tui.verbs.now import question
from agentchat.tui.verbs.verb import Verb, wanted
from agentchat.tui.xray import XRayScreen
from agentchat.views.ballots import slate, xray as xray_of
from agentchat.views.counted import votes

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen


async def vote(screen: RoomScreen, words: str) -> None:
    """A vote of the room, then back to where it was."""
    asked, options = split(wanted(words, "vote QUESTION | OPTION | OPTION"))
    await screen.room.enter("committee", {"options": list(options)} if options else {}, asked)
    await screen.resume()


async def poll(screen: RoomScreen, words: str) -> None:
    """Everyone answers unseen, then all is shown."""
    asked, options = split(wanted(words, "poll QUESTION"))
    await screen.room.enter("poll", {"options": list(options)} if options else {}, asked)
    await screen.resume()


async def ballot(screen: RoomScreen, _: str) -> None:
    """The person's own ballot."""
    transcript = screen.room.transcript
    if (turn := transcript.asked) is None:
        raise UsageError("nobody asked you to vote", hint="/vote QUESTION calls a vote.")
    form = BallotScreen(turn.start.kind, transcript.question, slate(transcript, turn.start.choices))
    data = await screen.app.push_screen_wait(form)
    if data is not None:
        await screen.room.take_turn(turn.id, data=data)


async def abstain(screen: RoomScreen, _: str) -> None:
    """Let one's own turn pass."""
    if (turn := screen.room.transcript.asked) is None:
        raise UsageError("nobody asked you for anything")
    await screen.room.pass_turn(turn.id)


async def answer(screen: RoomScreen, words: str) -> None:
    """The answer to the question the room waits for: words, or the number of an option."""
    if (asked := question(screen.room.transcript)) is None:
        raise UsageError("nobody asked you a question", hint="/next NAME lets someone speak.")
    await screen.room.answer(asked.seq, wanted(words, "answer WORDS"))


async def escalate(screen: RoomScreen, words: str) -> None:
    """Take the question at hand elsewhere: to a vote, to one persona, to a stronger model, to another person."""
    to, _, target = wanted(words, "escalate room|lead NAME|model MODEL|person NAME").partition(" ")
    kind = {"room": "room", "vote": "room", "lead": "lead", "model": "model", "person": "person"}.get(to.lower())
    if kind is None:
        raise UsageError(f"it cannot go to {to!r}", hint="/escalate room, lead NAME, model MODEL or person NAME")
    await screen.room.escalate(kind, target.strip())
    await screen.resume()


async def xray(screen: RoomScreen, _: str) -> None:
    """Every ballot of every vote so far."""
    transcript = screen.room.transcript
    if found := [one for record in votes(transcript) if (one := xray_of(transcript, record))]:
        await screen.app.push_screen(XRayScreen(found))


def split(words: str) -> tuple[str, tuple[str, ...]]:
    """A question and its options: `Which one? | this | that`."""
    question, *options = (part.strip() for part in words.split("|"))
    if not question:
        raise UsageError("what is the question?", hint="For example: /vote Which database? | Postgres | SQLite")
    return question, tuple(option for option in options if option)


VOTES = (
    Verb("ballot", "fill in your ballot", ballot, keys=("enter",), shown="enter", brief="your ballot",
         able=lambda m: m.asked == "ballot", handy=lambda m: m.free),
    Verb("abstain", "let your own turn pass", abstain, able=lambda m: m.asked in ("ballot", "turn")),
    Verb("answer", "answer the question the room waits for", answer, "WORDS", tuple("123456789"), shown="1-9",
         brief="answer", able=lambda m: m.asked == "question", handy=lambda m: m.watching and m.options > 0),
    Verb("xray", "every ballot of the votes so far", xray, anywhere=("f5",), shown="f5", brief="x-ray",
         able=lambda m: m.voted),
    Verb("vote", "let the room vote, then go on", vote, "QUESTION | OPTION | OPTION", anywhere=("f2",),
         fills=True, shown="f2", able=lambda m: m.alive),
    Verb("poll", "everyone answers unseen, then all is shown", poll, "QUESTION", anywhere=("f3",),
         fills=True, shown="f3", able=lambda m: m.alive),
    Verb("escalate", "take the question to a vote, a persona, a model, a person", escalate,
         "room | lead NAME | model MODEL | person NAME", anywhere=("f7",), fills=True,
         shown="f7", able=lambda m: m.alive),
)  # fmt: skip
