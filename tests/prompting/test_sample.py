from __future__ import annotations

import pytest

from agentchat.persona import Persona
from agentchat.prompting.sample import preview, printed, sample_room
from agentchat.transcript import Turn


@pytest.mark.parametrize("name", ["Zofia", "Robin"])
def test_a_preview_is_the_prompt_of_a_turn_after_another_has_spoken(name: str) -> None:
    persona = Persona(id=name.lower(), name=name, title="locksmith", focus="doors", prompt=f"You are {name}. You hum.")
    transcript, start = sample_room(persona)
    assert [turn.speaker for turn in transcript.entries if isinstance(turn, Turn)][1:] == [persona.id]
    assert start.reads_to == 3
    full = printed(preview(persona))
    assert full.startswith(f"== system ==\nYou are {name}. You hum.\n\nYou are {name} (@{persona.id}), locksmith, in a")
    assert "PASS" in full
    tiny = printed(preview(persona, tiny=True))
    assert "Answer as a locksmith who cares about doors, in two short sentences." in tiny
    assert tiny.splitlines()[-2] == "== and its reply begins with =="


def test_alone_it_is_asked_without_a_way_out() -> None:
    persona = Persona(id="zofia", name="Zofia", prompt="You are Zofia.")
    transcript, start = sample_room(persona, "openai/gpt-4o", "What is fair?", alone=True)
    assert (transcript.question, start.aside, start.reads_to) == ("What is fair?", True, 1)
