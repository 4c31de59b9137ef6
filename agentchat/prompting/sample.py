"""What a persona would be given to read in a room: for whoever writes it. The room is made up, the prompt is real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import EPOCH, SessionOpened, TurnEnded, TurnStarted, stamp
from agentchat.folding import fold
from agentchat.persona import Persona
from agentchat.prompting import FULL, TINY, compose

if TYPE_CHECKING:
    from agentchat.events import Event
    from agentchat.prompting import Prompt
    from agentchat.transcript import Transcript

QUESTION = "How could a small town win back young families?"
_SAID = "Let the empty houses for nothing, for a year: standing empty they cost the town more than that."
_OTHERS = (
    Persona(id="robin", name="Robin", title="builder", prompt="You are Robin."),
    Persona(id="kim", name="Kim", title="builder", prompt="You are Kim."),
)


def sample_room(
    persona: Persona, model: str = "", question: str = QUESTION, *, alone: bool = False
) -> tuple[Transcript, TurnStarted]:
    """A room in which it is this persona's turn, after another one has spoken, or, `alone`, as the first."""
    other = next(one for one in _OTHERS if one.id != persona.id)
    people = (persona,) if alone else (persona, other)
    opened = SessionOpened(session="sample", topic=question, mode="discussion", personas=people,
                           models={one.id: model for one in people}, settings={"rounds": 3})  # fmt: skip
    events: list[Event] = [stamp(opened, 1, None, EPOCH)]
    if not alone:
        events.append(stamp(TurnStarted(speaker=other.id, round=1, reads_to=1), 2, 1, EPOCH))
        events.append(stamp(TurnEnded(turn=2, speaker=other.id, outcome="said", text=_SAID), 3, 2, EPOCH))
    last = len(events)
    start = TurnStarted(speaker=persona.id, round=0 if alone else 1, aside=alone, reads_to=last)
    start = stamp(start, last + 1, last, EPOCH)
    return fold([*events, start]), start


def preview(persona: Persona, *, tiny: bool = False) -> Prompt:
    """What a capable model is given for a turn of this persona, or a tiny one."""
    model = "local/starter" if tiny else ""
    return compose(*sample_room(persona, model), TINY if tiny else FULL)


def printed(prompt: Prompt) -> str:
    """A prompt as a page to read."""
    heads = {"system": "system", "user": "then", "assistant": "and its reply begins with"}
    return "\n\n".join(f"== {heads[message.role]} ==\n{message.content.strip()}" for message in prompt.messages)
