"""Drafts, and what critics say of them."""

from __future__ import annotations

from agentchat.kinds.kind import Kind, register

register(Kind("draft", "draft"))
