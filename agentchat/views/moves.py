"""Who gave way to whom, and who agreed without a word against it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.conformity import moved, polls, silent
from agentchat.events import Recorded
from agentchat.voting.phrasing import listed

if TYPE_CHECKING:
    from agentchat.conformity import Move
    from agentchat.transcript import Transcript

SILENT = "silent agreement: all at once, and nobody had anything against it"


def told(transcript: Transcript, move: Move) -> str:
    """`Cleo moved toward Ada after #14`."""
    where = (
        f"moved toward {listed(map(transcript.name, move.toward))}" if move.toward else f"moved alone, to “{move.now}”"
    )
    return f"{transcript.name(move.who)} {where}" + (f" after #{move.after}" if move.after else "")


def moves_until(transcript: Transcript, record: Recorded) -> tuple[str, ...]:
    """Who had moved by the time of a poll, a line each."""
    known = polls(transcript.entries, record.frame, record.seq)
    return tuple(told(transcript, move) for move in moved(transcript, known))


def silence(transcript: Transcript, frame: int) -> str:
    """That a frame's first poll was of one mind, and who then made the case against; empty where it was not."""
    called = (one for one in transcript.entries if isinstance(one, Recorded) and one.frame == frame)
    who = next((str(one.data.get("who")) for one in called if one.kind == "dissent_called"), "")
    then = f"; then {transcript.name(who)} made the case against" if who else ""
    return f"{SILENT}{then}" if silent(transcript, frame) else ""


def silent_at(transcript: Transcript, record: Recorded) -> bool:
    """Whether a poll is the first one and all said the same in it, with nothing against it."""
    known = polls(transcript.entries, record.frame, record.seq)
    return len(known) == 1 and known[0].unanimous
