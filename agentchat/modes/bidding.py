"""Where an open floor stands: its rounds, the bids, and what was handed on; read off the transcript each time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from agentchat.events import EscalationAnswered, HumanSpoke, Recorded
from agentchat.modes.requests import Request, State
from agentchat.modes.sitting import Sitting, sitting
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

BID, FLOOR, ERRAND, CLOSING = "bids", "floor", "request", "closing"

DROP = "drop them all"
"""What a person may say of those who wait for each other; else who goes first."""


def goes_first(name: str) -> str:
    """The answer that lets one of them begin."""
    return f"{name} goes first"


@dataclass(slots=True)
class Bidding:
    """The sitting under way."""

    sitting: Sitting
    round: int = 1
    """The round under way."""
    opened: Recorded | None = None
    """Its bids, once they are in."""
    requests: list[Request] = field(default_factory=list)
    bids: list[Turn] = field(default_factory=list)
    """The bids of this round, while they come in."""
    taken: list[Turn] = field(default_factory=list)
    """Who was given the floor in this round."""
    errands: int = 0
    """Requests that were done in this round."""
    spoken: list[Turn] = field(default_factory=list)
    """All that was said so far, for all to hear."""
    came: bool = False
    """Whether any bid ever came."""
    spoken_to: bool = False
    """Whether the person said something in this round after its bids were asked for: nobody has bid on that yet."""
    quiet: int = 0
    """Rounds in a row before this one in which nothing happened."""
    circles: int = 0
    circle: Recorded | None = None
    """Those who wait for each other, until a person says what then."""
    closed: Recorded | None = None
    closing: list[Turn] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the question to the person is called."""
        return f"circle {self.circles}"

    @property
    def silent(self) -> bool:
        """Whether nothing happened in this round: nobody spoke, also no person; nothing was handed on or answered."""
        stirred = self.opened is not None and self.opened.data.get("stirred") is True
        return not (stirred or self.errands or self.spoken_to or any(turn.spoken for turn in self.taken))

    def request(self, id_: object) -> Request | None:
        """The request of that number."""
        return next((one for one in self.requests if one.id == id_), None)


def bidding(transcript: Transcript) -> Bidding:
    """Where the sitting under way stands."""
    now = Bidding(sitting(transcript))
    for entry in now.sitting.entries:
        match entry:
            case Turn():
                _turn(now, entry)
            case Recorded(kind="bids_opened"):
                now.opened = entry
                now.came = now.came or any(turn.data for turn in now.bids)
                now.requests = [_request(now, one) for one in _rows(entry)]
            case HumanSpoke(to=()) if now.bids:
                now.spoken_to = True
            case Recorded(kind="waits_in_circle"):
                now.circle, now.circles = entry, now.circles + 1
            case Recorded(kind="floor_closed"):
                now.closed = entry
            case EscalationAnswered() if now.circle is not None and entry.key == now.key:
                _settle(transcript, now, now.circle, entry.answer)
            case _:
                pass
    return now


def _turn(now: Bidding, turn: Turn) -> None:
    match turn.start.stage.partition(" ")[0]:
        case "bids":
            if turn.start.round != now.round:
                now.quiet = now.quiet + 1 if now.silent else 0
                now.round, now.opened, now.bids, now.taken, now.errands = turn.start.round, None, [], [], 0
                now.spoken_to = False
            now.bids.append(turn)
        case "floor":
            now.taken.append(turn)
            now.spoken += [turn] if turn.spoken else []
        case "request":
            now.errands += turn.spoken
            now.spoken += [turn] if turn.spoken else []
            number = int(turn.start.choices[0]) if turn.start.choices and turn.start.choices[0].isdecimal() else 0
            state: State = "done" if turn.spoken else "failed"
            why = "" if turn.spoken else "nothing came"
            _change(now, {number: (state, why)})
        case "closing":
            now.closing.append(turn)
        case _:
            pass


def _change(now: Bidding, changes: dict[int, tuple[State, str]]) -> None:
    now.requests = [
        replace(one, state=changes[one.id][0], why=changes[one.id][1], first=False) if one.id in changes else one
        for one in now.requests
    ]


def _settle(transcript: Transcript, now: Bidding, circle: Recorded, answer: str) -> None:
    found = circle.data.get("requests")
    ids = [one for one in found if isinstance(one, int)] if isinstance(found, list) else []
    now.circle = None
    chosen = [one.id for one in now.requests if one.id in ids and goes_first(transcript.name(one.to)) == answer]
    if chosen:
        now.requests = [replace(one, first=True) if one.id == chosen[0] else one for one in now.requests]
    else:
        _change(now, dict.fromkeys(ids, ("dropped", "they waited for each other")))


def _rows(record: Recorded) -> list[dict[str, object]]:
    found = record.data.get("requests")
    return [{**one} for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _request(now: Bidding, row: dict[str, object]) -> Request:
    known = now.request(row.get("id"))
    made = Request(
        int(str(row.get("id"))),
        str(row.get("by")),
        str(row.get("to")),
        str(row.get("what")),
        cast("State", str(row.get("state"))),
        int(str(row.get("round"))),
        str(row.get("why")),
    )
    return replace(made, first=known.first) if known else made
