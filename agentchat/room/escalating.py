"""What a person's wish to take matters elsewhere becomes: a mode inside the mode, somebody's turn, a parked question.

The wish and what follows from it are on record together. Pure.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.events import Directed, EscalationRaised, Event
from agentchat.modes import mode_of, settings_of
from agentchat.modes.floor import chair
from agentchat.persona import YOU
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.transcript import Transcript


def wish(mode: str, settings: Mapping[str, JsonValue], question: str) -> Directed:
    """The wish for a mode. Raises UsageError where there is none of that name, or none with such settings."""
    whole = settings_of(mode, settings)
    return Directed(verb="enter", target=mode_of(mode).name, data={**whole, "question": question})


def named(transcript: Transcript, name: str) -> str:
    """The id of the member called so. Raises UsageError with the nearest names."""
    names = {member.id: member.id for member in transcript.members}
    names |= {member.persona.name.lower(): member.id for member in transcript.members}
    wanted = name.lower().lstrip("@")
    if wanted not in names:
        near = get_close_matches(wanted, names, n=3, cutoff=0.4) or sorted(set(names.values()))
        raise UsageError(f"nobody here is called {name!r}", hint=f"Did you mean {' or '.join(near)}?")
    return names[wanted]


def escalated(transcript: Transcript, to: str, target: str, question: str) -> list[Event]:
    """The events of an escalation. `target` of a lead is a persona's id. Raises UsageError."""
    asked = question or transcript.question
    said = Directed(verb="escalate", target=target, data={"to": to, "question": asked})
    match to:
        case "room":
            return [said, wish(target or "committee", {}, asked)]
        case "lead":
            lead = chair(transcript, target, transcript.active)
            if lead is None:
                raise UsageError("nobody is here to decide", hint="Invite or unmute someone.")
            return [said, _asked(lead.id, f"The person leaves this to you: {asked} Decide, and say why.")]
        case "model":
            here = {member.id for member in transcript.active}
            speakers = [e.start.speaker for e in reversed(transcript.entries) if isinstance(e, Turn)]
            who = next((one for one in (*speakers, *sorted(here)) if one in here), "")
            if not who:
                raise UsageError("nobody is here to answer", hint="Invite or unmute someone.")
            return [said, _asked(who, asked, target)]
        case "person":
            if not target.strip():
                raise UsageError("whom is it left to?", hint="As in: /escalate person Maria")
            return [said, EscalationRaised(by=YOU, to=target, level="notify", question=asked)]
        case _:
            raise UsageError(f"nothing can be taken to {to!r}", hint="It goes to room, lead, model or person.")


def _asked(who: str, brief: str, model: str = "") -> Directed:
    return Directed(verb="force", target=who, data={"brief": brief, "model": model})
