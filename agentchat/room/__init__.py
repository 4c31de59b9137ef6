"""A room: it performs the steps of a mode, is the only writer of its session, and tells whoever watches."""

from agentchat.room.feed import News, Partial, Retrying, Standing, Watcher
from agentchat.room.following import FREE
from agentchat.room.room import Room

__all__ = ["FREE", "News", "Partial", "Retrying", "Room", "Standing", "Watcher"]
