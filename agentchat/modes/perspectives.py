"""Perspectives: all look at one task at once, each as only they would, and one combines what they saw.

Apart first, since no interaction keeps arguments most diverse (EVIDENCE §1). Whose view is missing is on record, in the
brief of who combines, and in what comes of it: nothing that is missing may look as if it had been heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue

from agentchat.kinds.perspectives import why
from agentchat.modes.floor import chair
from agentchat.modes.members import absent, is_called, named
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.rounds import sealed_in
from agentchat.modes.sitting import Sitting, broke_off, came_to_nothing, sitting, unheard, unseen
from agentchat.steps import Ask, Finish, Record, Step, Wait
from agentchat.voting.phrasing import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.events import Recorded
    from agentchat.persona import Persona
    from agentchat.transcript import Member, Transcript, Turn

LOOK, AGAIN, COMBINE = "perspectives", "a second look", "combination"

MOST_TRIES = 2
"""Members who are asked in turn to combine, where it does not come."""


class Settings(ModeSettings):
    """Settings of perspectives."""

    who: str = Field("", description="Who looks at it, as in ada, ben; empty takes all")
    combine: bool = Field(default=True, description="Whether one makes one text of it; else each view stands as it is")
    by: str = Field("", description="Who combines; empty takes the chair of the room, or draws one")
    again: bool = Field(default=False, description="A second look of each, once all have read the others")
    words: int = Field(120, ge=20, le=600, description="About how many words a perspective has")

    def lacks(self, personas: Sequence[Persona]) -> str:
        """Those who are named."""
        name = absent(f"{self.who}, {self.by}", personas)
        return f"{name} is to take part in the perspectives, and is not in the room" if name else ""


class Perspectives:
    """All at once on one task; then one text of it."""

    name: ClassVar[str] = "perspectives"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Perspectives"
    summary: ClassVar[str] = "all at once on one task, then combined"
    picture: ClassVar[str] = "A B C ⇒ A ▣"
    again: ClassVar[str] = "all look at it anew, then it is combined"
    achieves: ClassVar[frozenset[str]] = frozenset({"combined", "gathered"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """Two looks of each, each once more where none came, with what they came to; the combination, and its end."""
        return 2 * (2 * members + 1) + MOST_TRIES + 2

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        return self._next(transcript, closing=False)

    def close(self, transcript: Transcript) -> Step:
        """What is there is gathered and combined: nobody is asked to look any more."""
        return self._next(transcript, closing=True)

    def _next(self, transcript: Transcript, *, closing: bool) -> Step:
        now = sitting(transcript)
        if step := self._look(transcript, now, LOOK, closing):
            return step
        first = now.record("views_gathered", stage=LOOK)
        again = bool(now.turns(AGAIN)) if closing else self.settings.again
        if again and first and len(_given(first.data)) > 1 and (step := self._look(transcript, now, AGAIN, closing)):
            return step
        seen = now.record("views_gathered", stage=AGAIN) or first
        return self._combine(transcript, now, seen) if seen else Finish("ended", reason=transcript.purse.closing)

    # Looking.

    def _look(self, transcript: Transcript, now: Sitting, stage: str, closing: bool) -> Step | None:
        """A view of each, unseen by the others, then what they came to; None once that is on record."""
        if now.record("views_gathered", stage=stage):
            return None
        turns = now.turns(stage)
        if closing:
            return self._gather(transcript, now, stage) if turns else None
        members = named(self.settings.who, transcript.active)
        if not members and not turns:
            if transcript.active and self.settings.who:
                return Wait(f"Nobody of {self.settings.who} is here to look at it: unmute or invite one, or /set who=…")
            return Wait("Nobody is in the room to look at it: invite or unmute someone.")
        who = unheard(turns, [member.id for member in members], came_to_nothing)
        return unseen(turns, who, lambda one: self._ask(one, stage)) or self._gather(transcript, now, stage)

    def _ask(self, who: str, stage: str) -> Ask:
        if stage == LOOK:
            brief = "Look at the task as only you would: what do you see that the others may not, and what follows?"
            return Ask(who, "view", brief, stage=stage, reason="all look at once, unseen by the others")
        brief = "You have read the others. Give your perspective anew: what you take up, what you hold against it."
        return Ask(who, "view", brief, stage=stage, reason="a second look, having read the others")

    def _gather(self, transcript: Transcript, now: Sitting, stage: str) -> Record:
        """Whose view is there, and whose is missing; who passed in a second look stands by the first."""
        before = now.record("views_gathered", stage=LOOK) if stage == AGAIN else None
        views = _given(before.data) if before else {}
        views |= {turn.speaker: turn.id for turn in now.turns(stage) if turn.spoken}
        last = {turn.start.speaker: turn for turn in now.turns(LOOK, stage)}
        missing = {who: _outcome(transcript, who, last.get(who)) for who in self._wanted(transcript, last)}
        given: list[JsonValue] = [{"who": who, "turn": turn} for who, turn in views.items()]
        lost: list[JsonValue] = [{"who": who, "why": why} for who, why in missing.items() if who not in views]
        reason = f"{len(given)} of {len(given) + len(lost)} perspectives are there"
        return Record(
            "views_gathered", {"stage": stage, "given": given, "missing": lost}, reason, sealed_in(transcript, stage)
        )

    def _wanted(self, transcript: Transcript, asked: dict[str, Turn]) -> list[str]:
        """Who should have looked: those that are named, also muted ones, else whoever was asked; and who was."""
        here = named(self.settings.who, transcript.members) if self.settings.who else ()
        return list(dict.fromkeys((*(member.id for member in here), *asked)))

    # Combining.

    def _combine(self, transcript: Transcript, now: Sitting, seen: Recorded) -> Step:
        given, missing = _given(seen.data), _missing(seen.data)
        absent = ", ".join(f"{transcript.name(who)} ({why(how)})" for who, how in missing.items())
        turns = now.turns(COMBINE)
        whole = next((turn for turn in turns if turn.spoken and not broke_off(turn)), None)
        done = whole or (next((turn for turn in turns if turn.spoken), None) if len(turns) >= MOST_TRIES else None)
        data: dict[str, JsonValue] = {"given": seen.data["given"], "missing": seen.data["missing"]}
        if not given:
            return Finish("failed", reason=f"no perspective came: {absent}" if absent else "none came", data=data)
        lacks = f"; without {absent}" if absent else ""
        if not self.settings.combine:
            names = listed([transcript.name(who) for who in given])
            text = f"what {names} wrote, each for themselves{lacks}"
            return Finish("gathered", reason=f"{seen.reason}{lacks}", data={"text": text, **data})
        if done or len(turns) >= MOST_TRIES or not transcript.active:
            last = next((turn for turn in reversed(now.turns(LOOK, AGAIN)) if turn.id in given.values()), None)
            text = done.text if done else last.text if last and len(given) == 1 else ""
            count = f"{len(given)} perspective{'' if len(given) == 1 else 's'}"
            if not text:
                return Finish("failed", reason=f"{count} came, and nobody could combine them{lacks}", data=data)
            noted = ["It broke off before its end."] if done and not whole else []
            noted += [f"Without the perspective of {absent}."] if absent else []
            text = "\n\n".join((text, *(f"({note})" for note in noted)))
            return Finish("combined", text, f"{count}{lacks}", {"text": text, **data})
        head = self._head(transcript, [turn.start.speaker for turn in turns])
        numbers = ", ".join(f"{transcript.name(who)} (#{turn})" for who, turn in given.items())
        brief = f"Combine the perspectives of {numbers} into one text that does what the task asks for."
        if absent:
            brief += f" Missing, and to be named as missing: {absent}. Guess nothing of what they would have said."
        return Ask(head.id, "combination", brief, stage=COMBINE, reason=f"combines {len(given)}{lacks}")

    def _head(self, transcript: Transcript, failed: Sequence[str]) -> Member:
        """Who combines: the one named, else the chair; somebody else where that failed."""
        fresh = [member for member in transcript.active if member.id not in failed] or list(transcript.active)
        wanted = next((member for member in fresh if is_called(self.settings.by, member.persona)), None)
        return wanted or chair(transcript, "", fresh) or fresh[0]


def _given(data: dict[str, JsonValue]) -> dict[str, int]:
    """Whose view is there, and the turn it is in."""
    found = data.get("given")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(one["who"]): turn for one in rows if isinstance(turn := one.get("turn"), int)}


def _missing(data: dict[str, JsonValue]) -> dict[str, str]:
    """Whose is not, and what came of it."""
    found = data.get("missing")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(one["who"]): str(one.get("why")) for one in rows}


def _outcome(transcript: Transcript, who: str, turn: Turn | None) -> str:
    """Why somebody's view is not there."""
    if turn is not None and turn.end is not None:
        return turn.end.outcome
    member = transcript.member(who)
    return "left" if member is None else "muted" if member.muted else "failed"
