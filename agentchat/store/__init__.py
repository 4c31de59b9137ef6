"""The store: one SQLite file a home, one writer, and words for everything that can go wrong with it."""

from __future__ import annotations

from agentchat.store.faults import LeaseHeld, StoreFault
from agentchat.store.finding import SORTS, Listing, Sort
from agentchat.store.labels import Change, Place
from agentchat.store.lease import Lease
from agentchat.store.memories import Behind, Memories
from agentchat.store.questions import Posted, Question
from agentchat.store.reading import DAMAGED, Damage
from agentchat.store.rows import SessionRow
from agentchat.store.search import Hit, Piece
from agentchat.store.store import Store
from agentchat.store.windows import Spine, Windows

__all__ = [
    "DAMAGED",
    "SORTS",
    "Behind",
    "Change",
    "Damage",
    "Hit",
    "Lease",
    "LeaseHeld",
    "Listing",
    "Memories",
    "Piece",
    "Place",
    "Posted",
    "Question",
    "SessionRow",
    "Sort",
    "Spine",
    "Store",
    "StoreFault",
    "Windows",
]
