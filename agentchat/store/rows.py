"""What a listing shows of a session, kept in step with its log: a fold over its events, in its own columns."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from agentchat.events import (
    EPOCH,
    Directed,
    Event,
    HeadMoved,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionClosed,
    SessionOpened,
    SessionReopened,
    TurnEnded,
    decode,
)
from agentchat.store.reading import load, some

PULSE = 12
"""How many of the newest turns a listing draws."""
TITLE = 80

COLUMNS = (
    "id, topic, title, mode, created, updated, head, events, turns, personas, status, outcome, tokens, cost, pulse"
)
# Without the id: setting it anew makes SQLite look at every event that refers to it.
_KEEP = f"""INSERT INTO sessions ({COLUMNS}, sought) VALUES ({", ".join("?" * 16)}) ON CONFLICT (id) DO UPDATE SET
            {", ".join(f"{name} = excluded.{name}" for name in (COLUMNS + ", sought").split(", ")[1:])}"""  # noqa: S608

Columns = tuple[str, str, str, str, str, str, int, int, int, str, str, str, int, float, str]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of a listing."""

    id: str
    title: str
    topic: str
    mode: str
    created: datetime
    updated: datetime
    personas: tuple[str, ...]
    """Their names."""
    turns: int
    status: str
    """`open` or `closed`."""
    outcome: str
    tokens: int
    cost: float
    """US dollars, where prices are known."""
    pulse: tuple[int, ...]
    """Words in each of the newest turns, oldest first."""
    events: int
    head: int
    name: str = ""
    """What a person called it; then it is the title too."""
    tags: tuple[str, ...] = ()
    starred: bool = False
    archived: bool = False
    deleted: datetime | None = None
    """Since when it is in the bin."""


@dataclass(slots=True)
class Tally:
    """The same, being added to within a transaction."""

    id: str
    topic: str = ""
    title: str = ""
    mode: str = ""
    created: datetime = EPOCH
    updated: datetime = EPOCH
    head: int = 0
    events: int = 0
    turns: int = 0
    personas: dict[str, str] = field(default_factory=dict)
    status: str = "open"
    outcome: str = ""
    tokens: int = 0
    cost: float = 0.0
    pulse: list[int] = field(default_factory=list)
    copied: int = 0
    """The last event that was copied from another session. A room commits it with the first: no column keeps it."""

    @classmethod
    def of(cls, connection: sqlite3.Connection, session: str) -> Tally | None:
        """As it stands; None where there is no such session."""
        row = connection.execute(f"SELECT {COLUMNS} FROM sessions WHERE id = ?", (session,)).fetchone()  # noqa: S608
        try:
            return row and cls.parse(row)
        except ValueError:
            return cls.folded(connection, session)

    @classmethod
    def folded(cls, connection: sqlite3.Connection, session: str) -> Tally:
        """From the events themselves, where the row rotted."""
        tally = cls(session)
        for event in load(connection, session):
            tally.add(event)
        tally.stand(connection)
        return tally

    @classmethod
    def parse(cls, row: Columns) -> Tally:
        """From the columns named in COLUMNS. Raises ValueError where they do not hold what was written."""
        (session, topic, title, mode, created, updated, head, events, turns, personas) = row[:10]
        (status, outcome, tokens, cost, pulse) = row[10:]
        return cls(
            session,
            topic,
            title,
            mode,
            datetime.fromisoformat(created),
            datetime.fromisoformat(updated),
            int(head),
            int(events),
            int(turns),
            json.loads(personas),
            status,
            outcome,
            int(tokens),
            float(cost),
            json.loads(pulse),
        )

    def add(self, event: Event) -> None:
        """With one more event. Money and tokens count what was spent, copies and undone turns alike as in the fold."""
        self.head, self.updated = event.seq, event.at
        self.events += 1
        if event.type == "turn_started":
            return
        match event:
            case SessionOpened():
                self.topic, self.mode, self.created = event.topic, event.mode, self.updated
                self.title = _title(event.topic)
                self.copied = event.forked_from.seq if event.forked_from else 0
                self.personas = {persona.id: persona.name for persona in event.personas}
            case ParticipantJoined():
                self.personas[event.persona.id] = event.persona.name
            case ParticipantLeft():
                self.personas.pop(event.participant, None)
            case ParticipantChanged(persona=persona) if persona is not None:
                self.personas[event.participant] = persona.name
            case TurnEnded(copied_from=None):
                self._turn(event)
            case HeadMoved():
                self.head = event.to
            case Directed(verb="fork", data=data):
                place = f"at turn {data['turn']}" if data.get("turn") else "from the start"
                differs = f", {data['differs']}" if data.get("differs") else ""
                self.title = _title(self.topic, f"Fork {place}{differs}"[: TITLE // 2] + ": ")
            case SessionClosed():
                self.status, self.outcome = "closed", event.outcome
            case SessionReopened():
                self.status, self.outcome = "open", ""
            case _:
                pass

    def look_back(self, connection: sqlite3.Connection) -> None:
        """See anew what was copied, where that may go on."""
        opened = next(iter(some(connection, self.id, "type = 'session_opened'")), None)
        if isinstance(opened, SessionOpened) and opened.forked_from:
            self.copied = opened.forked_from.seq

    def stand(self, connection: sqlite3.Connection) -> None:
        """Open or closed as the path to its head has it, once that went elsewhere."""
        outcome = _ended(connection, self.id, self.head)
        self.status, self.outcome = ("open", "") if outcome is None else ("closed", outcome)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Write it back."""
        connection.execute(
            _KEEP,
            (
                *(self.id, self.topic, self.title, self.mode, self.created.isoformat(), self.updated.isoformat()),
                *(
                    self.head,
                    self.events,
                    self.turns,
                    json.dumps(self.personas),
                    self.status,
                    self.outcome,
                    self.tokens,
                    self.cost,
                ),
                *(json.dumps(self.pulse), self.sought),
            ),
        )

    @property
    def sought(self) -> str:
        """What a listing's filter looks into."""
        return "\n".join((self.topic, *self.personas.values())).casefold()

    def row(self) -> SessionRow:
        """As a listing has it."""
        return SessionRow(
            self.id,
            self.title,
            self.topic,
            self.mode,
            self.created,
            self.updated,
            tuple(self.personas.values()),
            self.turns,
            self.status,
            self.outcome,
            self.tokens,
            self.cost,
            tuple(self.pulse),
            self.events,
            self.head,
        )

    def _turn(self, event: TurnEnded) -> None:
        if event.model and event.seq > self.copied:
            self.tokens += event.tokens_in + event.tokens_out
            self.cost += event.cost or 0.0
        if event.outcome in ("said", "structured", "truncated"):
            self.turns += 1
            self.pulse = [*self.pulse, len(event.text.split())][-PULSE:]


def _ended(connection: sqlite3.Connection, session: str, head: int) -> str | None:
    """How the path to an event ended; None where it goes on. Walks back to the last end or reopening only."""
    found = connection.execute(
        """WITH RECURSIVE back (seq, parent, type) AS (
               SELECT seq, parent, type FROM events WHERE session = ?1 AND seq = ?2 UNION ALL
               SELECT one.seq, one.parent, one.type FROM back JOIN events AS one
               ON one.session = ?1 AND one.seq = back.parent
               WHERE back.type NOT IN ('session_closed', 'session_reopened'))
           SELECT body, v FROM back JOIN events USING (seq) WHERE session = ?1 AND back.type = 'session_closed'""",
        (session, head),
    ).fetchone()
    if found is None:
        return None
    try:
        event = decode(*found)
    except ValueError:
        return ""  # what rotted ended all the same
    return event.outcome if isinstance(event, SessionClosed) else ""


def _title(topic: str, before: str = "") -> str:
    line = next((" ".join(line.split()) for line in topic.splitlines() if line.strip()), "")
    most = TITLE - len(before)
    return before + (line if len(line) <= most else line[: most - 1].rstrip() + "…")
