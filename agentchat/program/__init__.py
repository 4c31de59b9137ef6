"""A room opened by a program, over a home like any front end."""

from __future__ import annotations

from agentchat.program.persona import Persona
from agentchat.program.results import Answering, Asked, PersonaResult, Result
from agentchat.program.room import ProgramRoom, open_room

__all__ = ["Answering", "Asked", "Persona", "PersonaResult", "ProgramRoom", "Result", "open_room"]
