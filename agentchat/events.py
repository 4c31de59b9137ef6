"""The vocabulary on disk, in memory and on the wire: facts that happened, each naming its parent.

An event is frozen and appended once. A type this version does not know is kept whole as `Unknown`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from agentchat.persona import YOU, Persona
from agentchat.terms import Budget, Patience

SCHEMA = 1
"""The version of the events written now. Older ones are upcast on read, the stored row never rewritten."""

UPCASTS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From version n to n + 1, for the version n it is filed under."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Outcome = Literal["said", "structured", "passed", "truncated", "refused", "empty", "failed", "interrupted"]
Intent = Literal["say", "ask", "answer", "delegate", "escalate"]


class Frozen(BaseModel):
    """Values inside events."""

    model_config = ConfigDict(frozen=True)


class Stamped(Frozen):
    """What every event has. `seq` 0 is an event not yet committed: the room's writer stamps it."""

    v: int = SCHEMA
    seq: int = 0
    parent: int | None = None
    at: datetime = EPOCH
    frame: int = 0
    """The mode it belongs to: 0 the session's own, else the `seq` of the `mode_entered` that began it."""


class Material(Frozen):
    """A text given with the topic."""

    name: str
    text: str


class ForkedFrom(Frozen):
    """The session and place a session was copied from."""

    session: str
    seq: int


class SessionOpened(Stamped):
    """The root of a log: all that is needed to go on without the files it came from."""

    type: Literal["session_opened"] = "session_opened"
    session: str
    topic: str
    material: tuple[Material, ...] = ()
    mode: str
    mode_version: int = 1
    mode_source: str | None = None
    """The SHA-256 of the file a mode of the person's own was read from."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    personas: tuple[Persona, ...] = ()
    models: dict[str, str] = Field(default_factory=dict)
    """The model each persona is asked with, by persona id."""
    models_why: str = ""
    """Where that choice came from, in words."""
    seed: int = 0
    budget: Budget | None = None
    escalation: Patience | None = None
    agentchat: str = ""
    forked_from: ForkedFrom | None = None


class ParticipantJoined(Stamped):
    """A persona came in."""

    type: Literal["participant_joined"] = "participant_joined"
    persona: Persona
    model: str = ""
    by: str = YOU


class ParticipantLeft(Stamped):
    """A persona went."""

    type: Literal["participant_left"] = "participant_left"
    participant: str
    reason: str = ""
    by: str = YOU


class ParticipantChanged(Stamped):
    """A mute, a swapped model, another prompt, a wish for shorter or longer replies. None leaves a thing as it was."""

    type: Literal["participant_changed"] = "participant_changed"
    participant: str
    muted: bool | None = None
    model: str | None = None
    persona: Persona | None = None
    words: int | None = None
    """About how many words a reply should have."""
    by: str = YOU
    """`you`, or `file`: the persona's own was saved meanwhile."""
    reason: str = ""
    """What became of the persona or its file, in words."""


class SettingsChanged(Stamped):
    """Settings of the frame's mode."""

    type: Literal["settings_changed"] = "settings_changed"
    changes: dict[str, JsonValue]
    by: str = YOU


class Directed(Stamped):
    """A person's verb: pause, go_on, step, force, cut_off, …"""

    type: Literal["directed"] = "directed"
    verb: str
    target: str = ""
    data: dict[str, JsonValue] = Field(default_factory=dict)
    reason: str = ""
    by: str = YOU


class TurnStarted(Stamped):
    """Committed before a participant is asked. `turn` is this event's own `seq`."""

    type: Literal["turn_started"] = "turn_started"
    turn: int = 0
    speaker: str
    kind: str = "say"
    round: int = 0
    stage: str = ""
    sealed: bool = False
    aside: bool = False
    """Asked for by a person or owed as an answer: not counted in the mode's rounds."""
    reads_to: int = 0
    """The last event the speaker may have read."""
    brief: str = ""
    choices: tuple[str, ...] = ()
    """What a structured answer must choose from, in the order shown."""
    reply_to: int | None = None
    to: tuple[str, ...] = ()
    reason: str = ""
    """Why it is this speaker's turn, in words."""
    model: str = ""
    """Asked with this model, this once; empty is the speaker's own."""
    deadline: float | None = None
    """Seconds from `at` the person has for their own turn; then it counts as passed. None waits."""


class TurnEnded(Stamped):
    """A turn's one end."""

    type: Literal["turn_ended"] = "turn_ended"
    turn: int
    speaker: str
    kind: str = "say"
    outcome: Outcome
    text: str = ""
    data: dict[str, JsonValue] | None = None
    to: tuple[str, ...] = ()
    intent: Intent = "say"
    reply_to: int | None = None
    mentions: tuple[str, ...] = ()
    edited_from: int | None = None
    copied_from: int | None = None
    pace: tuple[tuple[int, int], ...] = ()
    """(milliseconds since it was asked, characters so far), for replay."""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_estimated: bool = False
    cost: float | None = None
    """US dollars; None where no price is known."""
    latency_first: float | None = None
    latency: float | None = None
    """Seconds to the first text, and in all."""
    attempts: int = 1
    finish: str = ""
    error_kind: str = ""
    error: str = ""
    by: str = ""
    """Who interrupted it: `you`, `crash` or `outage`."""


class HumanSpoke(Stamped):
    """The person's words, typed at any moment."""

    type: Literal["human_spoke"] = "human_spoke"
    text: str
    to: tuple[str, ...] = ()
    intent: Intent = "say"
    reply_to: int | None = None
    mentions: tuple[str, ...] = ()


class Recorded(Stamped):
    """What the mode concluded from the facts, why, and which sealed turns that reveals."""

    type: Literal["recorded"] = "recorded"
    kind: str
    data: dict[str, JsonValue] = Field(default_factory=dict)
    reveals: tuple[int, ...] = ()
    reason: str = ""


class EscalationRaised(Stamped):
    """Someone asks the person. `deadline` is in seconds from `at`; None waits."""

    type: Literal["escalation_raised"] = "escalation_raised"
    by: str
    """A participant, a mode's name, `room`, or `you` for a question parked for another person."""
    key: str = ""
    """What the mode that asked calls the question, so that it knows the answer again."""
    to: str = ""
    """Another person it is parked for, by name."""
    turn: int | None = None
    """The turn it is about."""
    reason: str = ""
    level: Literal["notify", "ask", "block"] = "ask"
    question: str
    options: tuple[str, ...] = ()
    default: str = ""
    deadline: float | None = None


class EscalationAnswered(Stamped):
    """The answer to the escalation whose `seq` is given."""

    type: Literal["escalation_answered"] = "escalation_answered"
    escalation: int
    key: str = ""
    answer: str
    by: str = YOU
    """`you`, another person's name, or `deadline` or `policy` where nobody answered and the default counts."""


class ModeEntered(Stamped):
    """A mode inside a mode; `frame` is this event's own `seq`."""

    type: Literal["mode_entered"] = "mode_entered"
    mode: str
    mode_version: int = 1
    mode_source: str | None = None
    """The SHA-256 of the file a mode of the person's own was read from."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    question: str = ""
    """What it is about; empty is the session's topic."""
    cause: int | None = None
    """The person's wish that led here."""
    reason: str = ""


class ModeLeft(Stamped):
    """An inner mode ended. `data` is its result: all that the outer mode counts of it."""

    type: Literal["mode_left"] = "mode_left"
    outcome: str
    data: dict[str, JsonValue] = Field(default_factory=dict)
    reason: str = ""


class HeadMoved(Stamped):
    """The head went elsewhere in the tree. The one event that is part of no path."""

    type: Literal["head_moved"] = "head_moved"
    to: int
    reason: str = ""
    by: str = YOU


class Noted(Stamped):
    """Pinned, starred, a keyed value on the shared board, a row of the decision ledger, or a task the plan lacks."""

    type: Literal["noted"] = "noted"
    kind: Literal["pinned", "starred", "value", "agreed", "decided", "objection", "question", "task"]
    target: int | None = None
    """The turn it comes from."""
    key: str = ""
    description: str = ""
    value: JsonValue = None
    """None takes the key off the board, or the row out of the ledger."""
    by: str = YOU


class ToolCalled(Stamped):
    """Reserved: a tool used inside a turn."""

    type: Literal["tool_called"] = "tool_called"
    turn: int
    tool: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    allowed_by: str = ""


class ToolReturned(Stamped):
    """Reserved: what a tool gave back."""

    type: Literal["tool_returned"] = "tool_returned"
    turn: int
    call: int
    result: JsonValue = None
    error: str = ""


class SessionClosed(Stamped):
    """The end, until someone goes on."""

    type: Literal["session_closed"] = "session_closed"
    outcome: str
    summary: str = ""
    by: str = ""
    """`you`, or the mode's name."""
    reason: str = ""
    data: dict[str, JsonValue] = Field(default_factory=dict)
    """What the mode finished with: its result, for programs."""


class SessionReopened(Stamped):
    """A person goes on after the end."""

    type: Literal["session_reopened"] = "session_reopened"
    rounds: int = 1
    """How many more, of a mode that has rounds; 0 is for an answer only, and then it ends as it had."""
    question: str = ""
    by: str = YOU


class Unknown(Stamped):
    """An event of a type this version does not know: kept, exported, shown as plain fields."""

    model_config = ConfigDict(frozen=True, extra="allow")
    type: str


Known = (
    SessionOpened | ParticipantJoined | ParticipantLeft | ParticipantChanged | SettingsChanged | Directed
    | TurnStarted | TurnEnded | HumanSpoke | Recorded | EscalationRaised | EscalationAnswered | ModeEntered | ModeLeft
    | HeadMoved | Noted | ToolCalled | ToolReturned | SessionClosed | SessionReopened
)  # fmt: skip
Event = Known | Unknown
E = TypeVar("E", bound=Stamped)

_known: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="type")])


def encode(event: Event) -> bytes:
    """The event as one line of JSON, as stored and as `--format jsonl` prints it."""
    return event.__pydantic_serializer__.to_json(event, exclude_none=True)


def decode(data: bytes | str, version: int = SCHEMA) -> Event:
    """The event of a stored line, upcast from an older `version`. Raises ValueError if it is no event at all."""
    try:
        if version >= SCHEMA:
            return _known.validate_json(data)
        return _known.validate_python(upcast(json.loads(data), version))
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] != "union_tag_invalid":
            raise
    return Unknown.model_validate_json(data)


def upcast(fields: Mapping[str, Any], version: int) -> dict[str, Any]:
    """The fields of an older event as this version writes them."""
    new = dict(fields)
    for step in range(version, SCHEMA):
        new = UPCASTS.get(step, dict)(new)
    return new | {"v": SCHEMA}


def stamp(event: E, seq: int, parent: int | None, at: datetime) -> E:
    """The event as committed: its place, its time, and the ids that are its own `seq`."""
    own: dict[str, object] = {"seq": seq, "parent": parent, "at": at}
    if isinstance(event, TurnStarted):
        own["turn"] = seq
    elif isinstance(event, ModeEntered):
        own["frame"] = seq
    return event.model_copy(update=own)
