"""What a person can do in a room: the one table behind its keys, its footer, the palette, `/commands` and the help."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from agentchat.errors import UsageError
from agentchat.tui.verbs.drafts import DRAFTS
from agentchat.tui.verbs.flow import FLOW
from agentchat.tui.verbs.history import HISTORY
from agentchat.tui.verbs.notes import NOTES
from agentchat.tui.verbs.now import hindrance
from agentchat.tui.verbs.people import PEOPLE
from agentchat.tui.verbs.session import SESSION
from agentchat.tui.verbs.verb import Moment, Verb
from agentchat.tui.verbs.votes import VOTES

__all__ = ["NAMES", "VERBS", "Moment", "Verb", "command", "footer", "for_key", "refused"]

VERBS: tuple[Verb, ...] = (*VOTES, *DRAFTS, *HISTORY, *FLOW, *PEOPLE, *NOTES, *SESSION)
"""Where two share a key, the first that is able and handy has it."""

NAMES = {verb.name: verb for verb in VERBS if verb.typed}


def for_key(key: str, moment: Moment) -> Verb | None:
    """What a key does at this moment."""
    for verb in VERBS:
        if verb.able(moment) and (key in verb.anywhere or (key in verb.keys and verb.handy(moment))):
            return verb
    return None


def refused(key: str, moment: Moment) -> str:
    """Why a key does nothing now, where it can mean one thing only; no word of a key that may be typed."""
    verb = next((one for one in VERBS if key in one.anywhere and one.typed), None)
    return f"/{verb.name}: {hindrance(verb, moment)}" if verb and not verb.able(moment) else ""


def footer(moment: Moment) -> Sequence[tuple[str, str]]:
    """The keys that matter now, as they are written, and what each does."""
    keys = [] if moment.watching else [("enter", "send"), ("ctrl+j", "new line")]
    taken: set[str] = set()
    for verb in VERBS:
        if verb.brief and verb.shown not in taken and verb.able(moment) and verb.handy(moment):
            taken.add(verb.shown)
            most = {"next": moment.members, "answer": moment.options}.get(verb.name)
            shown = f"1-{min(most, 9)}" if most else verb.shown
            keys.append((shown, verb.brief))
    if moment.going and moment.watching:
        keys.insert(-1, ("ctrl+b", "home"))
    return keys if moment.watching else [*keys, ("f1", "keys")]


def command(text: str) -> tuple[Verb, str]:
    """The verb of a `/command` and the words it was given. Raises UsageError with the nearest."""
    name, _, words = text.removeprefix("/").strip().partition(" ")
    verb = NAMES.get(name.lower())
    if verb is None:
        near = get_close_matches(name.lower(), NAMES, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join('/' + one for one in near)}?" if near else "/help lists them."
        raise UsageError(f"there is no /{name}", hint=hint)
    return verb, words.strip()
