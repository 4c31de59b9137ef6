"""The kinds of turns a committee is made of, beside its ballots."""

from __future__ import annotations

from agentchat.kinds.kind import Kind, register

register(Kind("argument", "argues", doing="arguing"))
register(Kind("minority", "minority report", look="card", doing="writing for the minority"))
