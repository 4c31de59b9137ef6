"""From a transcript, and what the room is doing, to all that a room's screen shows.

What is settled on the page is never worked out again: one more event costs the same at the end of a long session as at
its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from agentchat.events import Event, HumanSpoke, Recorded, SessionOpened, SessionReopened
from agentchat.kinds import kind_of, title_of
from agentchat.kinds.ballot import BALLOTS
from agentchat.ledger import added, finished
from agentchat.transcript import Turn
from agentchat.views.drafts import scored_of, sections as findings
from agentchat.views.entries import Badge, Page, clipped, sentence
from agentchat.views.floor import Partial, Standing, live, seats, status, under_way
from agentchat.views.fragments import fragments, lost, woven
from agentchat.views.ledger import sections
from agentchat.views.phrases import heading
from agentchat.views.room import Entry, Line, Mark, RoomView, Section
from agentchat.views.tasks import tasks

if TYPE_CHECKING:
    from agentchat.ledger import Rows
    from agentchat.transcript import Transcript

SCRIPTED = "scripted replies, no model is asked"
STARTER = "tiny local model"
BETTER = (
    "The replies come from a tiny model on this machine: a taste of a discussion, not a thinker. "
    "For a better one set a provider's key, such as OPENAI_API_KEY, or run Ollama; "
    "`agentchat doctor` says what is there."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one entry of the transcript adds to the screen."""

    entries: tuple[Entry, ...] = ()
    mark: Mark | None = None
    talk: Turn | None = None
    """The entry, if it is a turn that counts in the mode's rounds."""
    record: Event | None = None
    """The entry, if the side pane may tell of it as a poll."""


class Fold:
    """Folds one room's screen, again and again as it grows."""

    def __init__(self, zone: tzinfo | None = None, *, whys: bool = True, badge: Badge = lambda _: "") -> None:
        """`whys` shows above each turn why its speaker was next, `badge` which of its alternatives it is."""
        self.badge = badge
        self.zone = zone
        self.whys = whys
        self._settled: list[Turn | Event] = []
        self._cut_off = 0
        """How many fragments are settled."""
        self._pieces: list[Piece] = []
        self._shown: list[Entry] = []
        self._marks: list[Mark] = []
        self._records: list[Event] = []
        self._ledger: Rows = ()
        self._talk: Turn | None = None
        self._first: tuple[SessionOpened, tuple[Entry, ...]] | None = None

    def view(
        self, transcript: Transcript, standing: Standing, partials: Mapping[int, Partial], notes: Mapping[int, str]
    ) -> RoomView:
        """The screen now. `notes` says what a turn under way waits for, by turn."""
        tail = self._grow(transcript)
        records = [*self._records, *(piece.record for piece in tail if piece.record)]
        rows = self._ledger
        for entry in transcript.entries[len(self._settled) :]:
            rows = added(rows, transcript, entry)
        return RoomView(
            title=("Fork of " if transcript.opened.forked_from else "") + clipped(transcript.opened.topic),
            subtitle=_where(transcript),
            counts=_counts(transcript),
            model=_model(transcript),
            warning=_warning(transcript),
            seats=seats(transcript, partials),
            sections=(
                *tasks(transcript),
                *_text(transcript, records),
                *sections(transcript, finished(rows, transcript), records),
            ),
            entries=(*self._opening(transcript), *self._shown, *(entry for piece in tail for entry in piece.entries)),
            live=live(transcript, partials, notes),
            marks=(*self._marks, *(piece.mark for piece in tail if piece.mark)),
            status=status(transcript, standing, partials),
        )

    def _opening(self, transcript: Transcript) -> tuple[Entry, ...]:
        if self._first is None or self._first[0] is not transcript.opened:
            self._first = (transcript.opened, opening(transcript, self.zone))
        return self._first[1]

    def _grow(self, transcript: Transcript) -> list[Piece]:
        """Take in what became final; give back the pieces of what may still change."""
        known, cut_off = len(self._settled), fragments(transcript)
        if known and (len(transcript.entries) < known or transcript.entries[known - 1] is not self._settled[-1]):
            # The head moved: the path is another one.
            self._forget()
        page = Page(transcript, self.zone, whys=self.whys, badge=self.badge)
        talk = self._talk
        tail: list[Piece] = []
        for entry in woven(transcript.entries[len(self._settled) :], cut_off[self._cut_off :]):
            piece = _piece(page, entry, talk)
            talk = piece.talk or talk
            if tail or not final(transcript, entry):
                tail.append(piece)
            else:
                self._settle(entry, piece)
                if not lost(entry):
                    self._ledger = added(self._ledger, transcript, entry)
        return tail

    def _settle(self, entry: Turn | Event, piece: Piece) -> None:
        if lost(entry):
            self._cut_off += 1
        else:
            self._settled.append(entry)
        self._shown.extend(piece.entries)
        self._talk = piece.talk or self._talk
        if piece.mark:
            self._marks.append(piece.mark)
        if piece.record:
            self._records.append(piece.record)

    def _forget(self) -> None:
        self._settled, self._shown, self._marks, self._records = [], [], [], []
        self._cut_off = 0
        self._ledger, self._talk = (), None


def opening(transcript: Transcript, zone: tzinfo | None = None) -> tuple[Entry, ...]:
    """What stands at the top of the page: the question, and what is to be known of the answers."""
    note = {SCRIPTED: sentence(SCRIPTED), STARTER: BETTER}.get(_warning(transcript), "")
    told = (Line(-transcript.opened.seq, note, "warning"),) if note else ()
    return (Page(transcript, zone).topic(), *told)


def counts(turn: Turn) -> bool:
    """Whether a turn counts in the mode's rounds."""
    return not turn.start.aside and kind_of(turn.start.kind).look == "speech"


def final(transcript: Transcript, entry: Turn | Event) -> bool:
    """Whether what an entry is given out as can no longer change. What is never shown may stay sealed for ever."""
    if not isinstance(entry, Turn):
        return True
    return entry.end is not None and (not transcript.sealed(entry) or kind_of(entry.start.kind).look == "hidden")


def _piece(page: Page, entry: Turn | Event, before: Turn | None) -> Piece:
    entries = page.show(entry, before)
    match entry:
        case Turn():
            seen = not lost(entry) and any(shown.key == entry.id for shown in entries)
            mark = Mark("turn", page.color(entry.speaker)) if seen else None
            return Piece(entries, mark, entry if counts(entry) else None)
        case HumanSpoke():
            return Piece(entries, Mark("human"))
        case Recorded():
            return Piece(entries, Mark("record"), record=entry)
        case SessionReopened():
            return Piece(entries, record=entry)
        case _:
            return Piece(entries)


def _text(transcript: Transcript, records: Sequence[Event]) -> tuple[Section, ...]:
    """What was found in the text the mode at work refines."""
    newest = (one for one in reversed(records) if isinstance(one, Recorded) and one.kind == "draft_scored")
    scored = next((found for one in newest if one.frame == transcript.frame.id and (found := scored_of(one))), None)
    return findings(transcript, scored) if scored else ()


def _where(transcript: Transcript) -> str:
    """Where it is: in which round or stage, of which mode inside this one."""
    if transcript.closed:
        return transcript.closed.outcome.replace("_", " ")
    if voting := [turn for turn in under_way(transcript) if turn.start.kind in BALLOTS]:
        return f"sealed vote · {sum(turn.end is not None for turn in voting)} of {len(voting)} in"
    place = _place(transcript)
    if len(transcript.frames) == 1:
        return place
    inside = title_of(transcript.frame.mode)
    inside = f"{inside[:1].lower()}{inside[1:]}"
    return f"{_stage(transcript)}{inside}" + (f", {place}" if place not in ("", inside) else "")


def _place(transcript: Transcript) -> str:
    """The round of the mode at work, or the stage where it has none: of the newest turn that says one."""
    turns = (one for one in reversed(transcript.mine) if isinstance(one, Turn) and not one.start.aside)
    shown = (turn.start for turn in turns if turn.start.round or kind_of(turn.start.kind).look != "hidden")
    newest = next((start for start in shown if start.round or start.stage), None)
    if newest is None or not newest.round:
        return heading(newest.stage) if newest else ""
    rounds = transcript.frame.settings.get("rounds")
    # Past its own number of rounds a session was reopened; how many it has now, only its mode knows.
    of = f" of {rounds}" if isinstance(rounds, int) and newest.round <= rounds else ""
    return f"round {newest.round}{of}"


def _stage(transcript: Transcript) -> str:
    """The stage a staged room is in: `build · `; empty in any other."""
    records = (
        one for frame in reversed(transcript.frames) for one in reversed(frame.entries) if isinstance(one, Recorded)
    )
    stage = next((one.data.get("stage") for one in records if one.kind == "stage_chosen"), "")
    return f"{stage} · " if stage else ""


def _counts(transcript: Transcript) -> tuple[str, ...]:
    personas, spent = len(transcript.members), transcript.spent
    tokens = spent.tokens_in + spent.tokens_out
    counts = [f"{personas} persona{'s' if personas != 1 else ''}"]
    if tokens:
        counts.append(f"{amount(tokens)} tok")
    if spent.cost:
        counts.append(money(spent.cost))
    return tuple(counts)


def _model(transcript: Transcript) -> str:
    models = list(dict.fromkeys(short(member.model) for member in transcript.members if member.model))
    if not models:
        return ""
    if len(models) > 1:
        return f"{models[0]} and {len(models) - 1} more"
    why = transcript.opened.models_why
    first = models[0] in map(short, transcript.opened.models.values())
    return f"{models[0]} · {why}" if why and first else models[0]


def _warning(transcript: Transcript) -> str:
    models = {member.model for member in transcript.members}
    if any(model.startswith("scripted/") for model in models):
        return SCRIPTED
    return STARTER if "local/starter" in models else ""


def short(model: str) -> str:
    """A model's name; of one that is a file, the file's own."""
    kind, _, path = model.partition("/")
    return f"{kind}/{path.rpartition('/')[2]}" if kind in ("scripted", "local") else model


def amount(number: int) -> str:
    """A count, as short as it may be: `940`, `3.1k`, `12k`, `1.2M`."""
    for unit, sign in ((1_000_000, "M"), (1000, "k")):
        if number >= unit * 0.9995:
            return f"{number / unit:.1f}{sign}" if number < unit * 9.95 else f"{number / unit:.0f}{sign}"
    return str(number)


def money(dollars: float) -> str:
    """US dollars, with as many digits as tell something."""
    if dollars < 0.0001:
        return "< $0.0001"
    return f"${dollars:.4f}" if dollars < 0.01 else f"${dollars:.3f}" if dollars < 0.1 else f"${dollars:.2f}"
