"""A home, and the one door to it for front ends."""

from __future__ import annotations

from agentchat.home.forking import WhatIf
from agentchat.home.home import Home
from agentchat.home.wish import Wish

__all__ = ["Home", "WhatIf", "Wish"]
