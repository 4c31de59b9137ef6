"""What a room gave its personas of what they held before: on record, each its own, from when it was given.

`memory` says whether a room offers it, `recall` what each was given and on which question, `forget` what was taken
away again. Only these events are read: so what was sent can be put together again from the log alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.transcript import FORGET, MEMORY, RECALL

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.events import Directed
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Held:
    """One line a persona was given."""

    id: str
    line: str
    """When, on what and where, then a row each: what it said, what was decided, what came of it, what was left open."""
    short: str = ""
    """The same in a sentence, for a very small model."""
    session: str = ""
    seq: int = 0
    """The turn of that session it comes from."""
    facts: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        """The line as it is shown: when, on what and where, and what was held."""
        return tuple(row.removesuffix(";") for row in self.line.split("\n"))

    def data(self) -> dict[str, JsonValue]:
        """As it is recorded."""
        place: dict[str, JsonValue] = {"session": self.session, "seq": self.seq, "facts": [*self.facts]}
        return {"id": self.id, "line": self.line, "short": self.short, **place}


def is_on(transcript: Transcript) -> bool:
    """Whether the room offers its personas what they held before."""
    last = next((one for one in reversed(transcript.recalled) if one.verb == MEMORY), None)
    return last is not None and last.data.get("on") is True


def due(transcript: Transcript) -> tuple[str, ...]:
    """The members who were not yet given what they held on the question at hand."""
    if transcript.closed or not is_on(transcript):
        return ()
    given = {
        who
        for one in _since(transcript.recalled)
        if one.data.get("question") == transcript.question
        for who in _by(one)
    }
    return tuple(member.id for member in transcript.members if member.id not in given)


def held(transcript: Transcript, who: str, until: int | None = None) -> tuple[Held, ...]:
    """What a persona was given for the question at hand, else for the topic; `until`, as it was at that event."""
    known = [one for one in transcript.recalled if until is None or one.seq <= until]
    last = next((one for one in reversed(known) if one.verb == MEMORY), None)
    if last is None or last.data.get("on") is not True:
        return ()
    lost = {line for one in known if one.verb == FORGET for line in _ids(one.data.get("lines"))}
    mine = [one for one in _since(known) if who in _by(one)]
    about = {str(one.data.get("question")): one for one in mine}
    given = about.get(transcript.question) or about.get(transcript.topic)
    return tuple(one for one in _read(_by(given)[who]) if one.id not in lost) if given else ()


def mentioned(transcript: Transcript) -> tuple[Held, ...]:
    """All that anybody here was ever given, and that was not taken away."""
    lost = {line for one in transcript.recalled if one.verb == FORGET for line in _ids(one.data.get("lines"))}
    every = {
        line.id: line
        for one in transcript.recalled
        if one.verb == RECALL
        for given in _by(one).values()
        for line in _read(given)
    }
    return tuple(line for line in every.values() if line.id not in lost)


def gone(transcript: Transcript, there: Iterable[str]) -> tuple[str, ...]:
    """The lines given here that hold a fact which is no longer there."""
    known = set(there)
    return tuple(line.id for line in mentioned(transcript) if not known.issuperset(line.facts))


def _since(recalled: Iterable[Directed]) -> list[Directed]:
    """What was given since it was switched on last."""
    found: list[Directed] = []
    for one in recalled:
        if one.verb == MEMORY:
            found = []
        elif one.verb == RECALL:
            found.append(one)
    return found


def _by(recall: Directed) -> dict[str, JsonValue]:
    given = recall.data.get("held")
    return given if isinstance(given, dict) else {}


def _read(given: JsonValue) -> Iterator[Held]:
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and one.get("id") and one.get("line"):
            id_, line, short, session = (str(one.get(name) or "") for name in ("id", "line", "short", "session"))
            seq = one.get("seq")
            yield Held(id_, line, short, session, seq if isinstance(seq, int) else 0, _ids(one.get("facts")))


def _ids(data: JsonValue) -> tuple[str, ...]:
    return tuple(str(one) for one in data) if isinstance(data, list) else ()
