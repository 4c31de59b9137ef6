"""Who speaks, who thinks, who is next: as panes, as seats, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from agentchat.kinds import kind_of
from agentchat.kinds.ballot import BALLOTS
from agentchat.persona import YOU
from agentchat.transcript import Turn
from agentchat.views.entries import clipped, sentence
from agentchat.views.room import LiveState, Seat, SeatState, Speaking

if TYPE_CHECKING:
    from agentchat.persona import Persona
    from agentchat.transcript import Due, Member, Transcript


class Partial(Protocol):
    """A turn under way, as a room tells of it."""

    @property
    def text(self) -> str:
        """All of it so far; empty while it thinks, and while it is sealed."""
        ...

    @property
    def note(self) -> str:
        """Why it begins anew; empty where it does not."""
        ...


class Standing(Protocol):
    """What a room is doing, why it does not run, and what to do about it."""

    @property
    def state(self) -> str:
        """`running`, `paused`, `held`, `waiting`, `closed` or `read-only`."""
        ...

    @property
    def reason(self) -> str:
        """Why it does not run."""
        ...

    @property
    def hint(self) -> str:
        """What to do next."""
        ...

    @property
    def watched(self) -> str:
        """`driven` or `free` where it is only watched from here; else empty."""
        ...


def live(transcript: Transcript, partials: Mapping[int, Partial], notes: Mapping[int, str]) -> tuple[Speaking, ...]:
    """The turns under way, and those that are in but sealed until the others are. `notes`: what one waits for."""
    turns = under_way(transcript)
    return tuple(_speaking(transcript, turn, partials.get(turn.id), notes.get(turn.id, "")) for turn in turns)


def under_way(transcript: Transcript) -> list[Turn]:
    """The turns under way, and of a sealed stage those that are in already."""
    return sorted((*_sealed(transcript), *transcript.open), key=lambda turn: turn.id)


def _sealed(transcript: Transcript) -> list[Turn]:
    """The turns that ended, of a sealed stage some are still writing in."""
    stages = {(turn.start.kind, turn.start.stage, turn.start.round) for turn in transcript.open if turn.start.sealed}
    found: list[Turn] = []
    for entry in reversed(transcript.entries if stages else ()):
        if isinstance(entry, Turn) and entry.end is not None:
            if (entry.start.kind, entry.start.stage, entry.start.round) not in stages:
                break
            found.append(entry)
    return found


def _speaking(transcript: Transcript, turn: Turn, partial: Partial | None, note: str) -> Speaking:
    persona = _persona(transcript, turn.speaker)
    return Speaking(
        turn=turn.id,
        speaker=turn.speaker,
        name=transcript.name(turn.speaker),
        title=persona.title if persona else "",
        color=persona.color if persona else "",
        avatar=persona.avatar if persona else "",
        text=partial.text if partial and not turn.start.sealed else "",
        state=state_of(turn, partial),
        sealed=turn.start.sealed,
        note=note or _anew(partial) or _at_work(turn),
    )


def _anew(partial: Partial | None) -> str:
    return f"{partial.note}: tries again" if partial and partial.note else ""


def _at_work(turn: Turn) -> str:
    kind = kind_of(turn.start.kind)
    if turn.end is not None or kind.name == "say":
        return ""
    return f"your {kind.label} is open" if turn.speaker == YOU else kind.label


def state_of(turn: Turn, partial: Partial | None) -> LiveState:
    """What a turn is at."""
    if turn.end is not None:
        return "sealed"
    return "speaking" if partial and partial.text and not turn.start.sealed else "thinking"


def seats(transcript: Transcript, partials: Mapping[int, Partial]) -> tuple[Seat, ...]:
    """Everyone in the room, and what each is at."""
    states: dict[str, SeatState] = {turn.speaker: "sealed" for turn in _sealed(transcript)}
    for turn in transcript.open:
        states[turn.speaker] = "speaking" if state_of(turn, partials.get(turn.id)) == "speaking" else "thinking"
    notes: dict[str, str] = {}
    for due in _owed(transcript):
        if due.who not in states:
            states[due.who], notes[due.who] = "next", f"next: {_cause(due)}"
    last = _last(transcript)
    if last is not None and last.end is not None and last.speaker not in states:
        states[last.speaker] = "failed" if last.end.outcome == "failed" else "last"
    return tuple(_seat(one, states.get(one.id, ""), notes.get(one.id, "")) for one in transcript.members)


def _seat(member: Member, state: SeatState, note: str) -> Seat:
    persona = member.persona
    if member.muted and state not in ("speaking", "thinking"):
        state, note = "muted", ""
    return Seat(persona.id, persona.name, persona.title, persona.color, persona.avatar, state, note)


def _last(transcript: Transcript) -> Turn | None:
    for entry in reversed(transcript.entries):
        if isinstance(entry, Turn) and entry.end is not None and kind_of(entry.start.kind).look != "hidden":
            return entry
    return None


def _cause(due: Due) -> str:
    return {"forced": "you called", "addressed": "answers you", "asked": "owed an answer"}.get(due.why, due.why)


def _persona(transcript: Transcript, who: str) -> Persona | None:
    member = transcript.member(who)
    return member.persona if member else None


def status(transcript: Transcript, standing: Standing, partials: Mapping[int, Partial]) -> str:
    """What happens now and what happens next, in words."""
    now = ""
    match standing.state:
        case "running":
            now = sentence(standing.reason) if standing.reason and not transcript.open else _now(transcript, partials)
        case "paused":
            now = "Paused" if standing.reason in ("", "you paused") else f"Paused: {standing.reason}"
        case "closed":
            end = transcript.closed.outcome.replace("_", " ") if transcript.closed else ""
            return f"Ended{f', {end}' if end else ''} · write to go on with a new question"
        case "read-only" if standing.watched:
            doing = _doing(transcript, partials) if standing.watched == "driven" else ""
            return " · ".join(part for part in (f"Watching: {standing.reason}", doing) if part)
        case "read-only":
            return "Read only: " + (standing.reason or "another agentchat holds this session; it is followed live")
        case "waiting" if own := transcript.asked:
            return (
                "The room waits for your ballot" if own.start.kind in BALLOTS else f"It is your turn. {own.start.brief}"
            )
        case _:
            reason = (sentence(standing.reason) or "Waiting for you").rstrip(".")
            return f"{reason}. {standing.hint}" if standing.hint else reason
    return " · ".join(part for part in (now, _next(transcript)) if part)


def _doing(transcript: Transcript, partials: Mapping[int, Partial]) -> str:
    """What a room in another window does, as far as it is on record."""
    if transcript.closed:
        return ""
    if transcript.asked or any(one.level != "notify" for one in transcript.escalations):
        return "it waits for its person"
    if transcript.paused and not transcript.open:
        return "paused"
    return _now(transcript, partials)


def _now(transcript: Transcript, partials: Mapping[int, Partial]) -> str:
    turns = transcript.open
    if not turns:
        return "Choosing who speaks next"
    kinds = {turn.start.kind for turn in turns}
    speaking = any(state_of(turn, partials.get(turn.id)) == "speaking" for turn in turns)
    doing = kind_of(turns[0].start.kind).doing if len(kinds) == 1 else ""
    names = listed([transcript.name(turn.speaker) for turn in turns])
    now = f"{names} {'is' if len(turns) == 1 else 'are'} {doing or ('speaking' if speaking else 'thinking')}"
    return f"{now} · then it pauses" if transcript.paused and not transcript.step_due else now


def _owed(transcript: Transcript) -> list[Due]:
    """Who owes a turn, of those who will take it, and of what may be seen."""
    active = {member.id for member in transcript.active}
    hidden = {turn.end.seq for turn in _sealed(transcript) if turn.end is not None}
    return [due for due in transcript.due if due.who in active and due.cause not in hidden]


def _next(transcript: Transcript) -> str:
    under_way = {(turn.start.speaker, turn.start.reply_to) for turn in transcript.open}
    for due in _owed(transcript):
        if (due.who, due.cause) in under_way:
            continue
        name = clipped(transcript.name(due.who))
        match due.why:
            case "addressed":
                return f"{name} answers you next"
            case "forced":
                return f"{name} is next, as you asked"
            case _:
                return f"{name} owes an answer and is next"
    return ""


def listed(names: Sequence[str]) -> str:
    """Names in a row: `Ada`, `Ada and Ben`; of more than five, `Ada, Ben, Cleo, Dev and 2 more`."""
    shown = list(names) if len(names) <= 5 else [*names[:4], f"{len(names) - 4} more"]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1] if shown else "") if part)
