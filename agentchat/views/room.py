"""What a room looks like at one moment, as plain frozen values.

Texts are as they were received: whoever draws them cleans them. Nothing here is markup, except `Said.text` and
`Card.text`, which may hold Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["quiet", "round", "record", "stop", "warning"]
"""`quiet`: why someone was next. `round`: divides rounds and stages. `record`: what the mode concluded.
`stop`: the rule that ended it. `warning`: what went wrong and what to do."""

SeatState = Literal["", "next", "thinking", "speaking", "sealed", "last", "muted", "failed", "gone"]
LiveState = Literal["waiting", "thinking", "speaking", "sealed"]


@dataclass(frozen=True, slots=True)
class Said:
    """One turn, or a person's words, in the transcript."""

    key: int
    """The `seq` of the event it stands at; entries are replaced by key."""
    speaker: str
    """The participant's id."""
    name: str
    title: str
    color: str
    """As the persona has it: a name, `#rrggbb`, or empty."""
    avatar: str
    text: str
    markdown: bool = True
    when: str = ""
    """The time of day, `14:02`."""
    badge: str = ""
    """Which of its alternatives this is, `‹2/3›`."""
    note: str = ""
    """A dim line beneath it: `passed`, `cut off: connection lost`, `truncated at its length limit`."""
    human: bool = False
    """Set from the event that was committed, never from a text: it draws the frame no persona can draw."""
    kind: str = "say"
    to: str = ""
    """Whom it was said to, if not to all: `to Cleo only`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A dim line of the room itself, between the turns."""

    key: int
    text: str
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class Card:
    """An outcome that stands out: a synthesis, a proposal, what was agreed."""

    key: int
    title: str
    text: str = ""
    """Markdown."""
    lines: tuple[str, ...] = ()
    """Plain rows under the text."""
    name: str = ""
    """Who wrote it; empty if the room did."""
    color: str = ""
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one ballot says of one option."""

    text: str
    heat: float | None = None
    """How high it holds the option, 0 to 1; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class BallotRow:
    """One voter's ballot, a cell for each option."""

    name: str
    color: str = ""
    cells: tuple[Cell, ...] = ()
    note: str = ""
    """`abstained: …`, `changed its mind`."""


@dataclass(frozen=True, slots=True)
class Result:
    """A counted vote: what won, by how much, and every ballot."""

    key: int
    title: str
    note: str = ""
    """The rule and the figures: `by Borda · 9 points · margin 2`."""
    decided: bool = True
    columns: tuple[str, ...] = ()
    rows: tuple[BallotRow, ...] = ()
    lines: tuple[str, ...] = ()
    """What else is to be known of it: who was missing, which rules would have chosen otherwise."""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in a text that was changed."""

    text: str
    change: Literal["keep", "add", "drop"] = "keep"


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a text that is being refined."""

    key: int
    title: str
    """`Version 3`."""
    pieces: tuple[Piece, ...]
    """The whole text, with what changed since the version before it."""
    name: str = ""
    color: str = ""
    when: str = ""
    note: str = ""
    """`0.83 of 0.80 · best so far · 2 issues open`."""
    badge: str = ""


Entry = Said | Line | Card | Result | Draft
"""One entry of the transcript."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """A turn under way."""

    turn: int
    speaker: str
    name: str
    title: str = ""
    color: str = ""
    avatar: str = ""
    text: str = ""
    """Its whole text so far; empty while sealed."""
    state: LiveState = "thinking"
    sealed: bool = False
    """What it says stays hidden until the reveal; `state` `sealed` says that it is in."""
    tokens_per_s: float = 0.0
    note: str = ""
    """What it waits for: `retrying in 4 s`, `loading the model`."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant, as a row of the floor."""

    id: str
    name: str
    title: str = ""
    color: str = ""
    avatar: str = ""
    state: SeatState = ""
    note: str = ""
    """Shown in place of the state's own word: `next: owed an answer`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a section: `✓ schools before tax cuts   #7`."""

    text: str
    mark: str = ""
    """`✓` agreed, `?` contested, `·` open, `✗` rejected; shown as given."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list beside the transcript: Agreed, Contested, Open."""

    title: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment on the timeline."""

    kind: Literal["turn", "human", "record", "head"] = "turn"
    color: str = ""


@dataclass(frozen=True, slots=True)
class RoomView:
    """All that a room's screen shows, except what is being typed."""

    title: str
    subtitle: str = ""
    """Where it stands: `round 2 of 3`."""
    counts: tuple[str, ...] = ()
    """Figures with their units, the most telling first: `4 personas`, `3.1k tok`, `$0.004`."""
    model: str = ""
    """Which model, and why that one: `ollama/llama3.2 · from config`."""
    warning: str = ""
    """What must not be overlooked: that replies are scripted, that the model is tiny."""
    seats: tuple[Seat, ...] = ()
    sections: tuple[Section, ...] = ()
    entries: tuple[Entry, ...] = ()
    live: tuple[Speaking, ...] = ()
    marks: tuple[Mark, ...] = ()
    status: str = ""
    """What happens now and what happens next, in words."""
