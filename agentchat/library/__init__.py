"""Persona and line-up files: found, read and checked. A bad file is named with its line and stops no other."""

from __future__ import annotations

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.lineup import LineUp
from agentchat.library.lint import check
from agentchat.library.rooms import Found, FoundLineUp, Origin, materials, placed
from agentchat.library.shelf import Scan, Shelf, folders, shipped
from agentchat.library.suggestion import Pick, Suggestion, suggest

__all__ = [
    "Flaw",
    "FlawError",
    "Found",
    "FoundLineUp",
    "LineUp",
    "Origin",
    "Pick",
    "Scan",
    "Shelf",
    "Suggestion",
    "check",
    "folders",
    "materials",
    "placed",
    "shipped",
    "suggest",
]
