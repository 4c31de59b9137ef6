"""A persona says hello: one answer in its voice, printed as it comes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agentchat.cli.edge import say_lines
from agentchat.cli.starter import STARTER, ensure
from agentchat.errors import AgentchatError
from agentchat.home.authoring import QUESTION, hello
from agentchat.text import legible

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.persona import Persona


async def greet(home: Home, persona: Persona) -> None:
    """Ask the question every new room might begin with. Raises AgentchatError where no answer comes."""
    async with home:
        choice = await home.chosen("", persona)
        if choice.model == STARTER:
            await ensure(home)
        say_lines(f"{QUESTION} {persona.name} answers, with {choice.model} ({choice.why}):")
        shown = ""
        live = sys.stdout.isatty()

        def hear(text: str) -> None:
            nonlocal shown
            if live and text.startswith(shown):
                sys.stdout.write(legible(text[len(shown) :]))
                sys.stdout.flush()
                shown = text

        end = await hello(home, persona, hear)
    if not end.text.strip():
        raise AgentchatError(f"{persona.name} said nothing ({end.outcome})", hint=end.error)
    if end.text.startswith(shown):
        sys.stdout.write(legible(end.text[len(shown) :]) + "\n")
    else:  # what came while it was heard was not its last word
        sys.stdout.write(f"\n\n{legible(end.text)}\n")
