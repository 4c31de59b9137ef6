"""What each entry of a transcript looks like on the page: turns, cards, and the room's own dim lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HeadMoved,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Recorded,
    SessionClosed,
    SessionOpened,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
)
from agentchat.kinds import kind_of, title_of
from agentchat.persona import YOU, Persona
from agentchat.transcript import Turn
from agentchat.views.ballots import listed, result
from agentchat.views.conclusions import concluded, rows, unworded
from agentchat.views.drafts import Scored, draft, figures, scored_of, told
from agentchat.views.fragments import lost, told as cut_off
from agentchat.views.moves import SILENT, moves_until, silent_at
from agentchat.views.phrases import clipped as clipped, heading, sentence as sentence, value
from agentchat.views.recalled import REMEMBERED, remembered
from agentchat.views.room import Card, Entry, Line, Said, Tone
from agentchat.views.told import directed, raised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.transcript import Transcript


Badge = Callable[[int], str]
"""From a turn to which of its alternatives it is, `‹2/3›`; empty where there are none."""


class Page:
    """Turns entries of one transcript into what is shown of them; a pure function of the two.

    What stands above an entry has a key of its own: twice its seq, below zero, and one less for what is above that.
    """

    def __init__(
        self, transcript: Transcript, zone: tzinfo | None = None, *, whys: bool = True, badge: Badge = lambda _: ""
    ) -> None:
        self.transcript = transcript
        self.badge = badge
        """Which of its alternatives a turn is."""
        self.zone = zone
        """Times of day are shown in it; None is this machine's own."""
        self.whys = whys
        """Whether a line above each turn says why its speaker was next."""

    def topic(self) -> Said:
        """What the person asked, and what was given with it."""
        opened = self.transcript.opened
        given = " · ".join(f"with {one.name}, {size(len(one.text))}" for one in opened.material)
        return replace(self._yours(opened.seq, opened.topic, opened.at, ()), note=given)

    def show(self, entry: Turn | Event, before: Turn | None) -> tuple[Entry, ...]:
        """What is shown of an entry. `before` is the last turn in front of it that was no aside."""
        if isinstance(entry, Turn):
            if lost(entry):
                return (*self._divider(entry, before), Line(entry.id, cut_off(entry, self._name(entry.speaker))))
            return self._turn(entry, before)
        key = entry.seq
        match entry:
            case HumanSpoke():
                return (self._yours(entry.seq, entry.text, entry.at, entry.to),)
            case Recorded():
                return self._record(entry)
            case Directed():
                return remembered(entry) or directed(entry)
            case ParticipantJoined():
                title = f", {entry.persona.title}" if entry.persona.title else ""
                return (Line(key, f"{entry.persona.name}{title} joined"),)
            case ParticipantLeft():
                return (Line(key, f"{self._name(entry.participant)} left" + because(entry.reason)),)
            case ParticipantChanged():
                return self._changed(entry)
            case SettingsChanged():
                changes = ", ".join(f"{name} = {value(now)}" for name, now in entry.changes.items())
                return (Line(key, f"Settings: {changes}"),)
            case EscalationRaised():
                return raised(self.transcript, entry, plain)
            case EscalationAnswered():
                return (Line(key, f"Answered by {self._name(entry.by)}: {entry.answer}", "record"),)
            case ModeEntered():
                question = entry.question.partition("\n\n")[0]
                if question in (self.transcript.topic, self.transcript.opened.topic):
                    return (Line(key, title_of(entry.mode), "round"),)
                about = f": {clipped(question)}" if question.strip() else because(entry.reason)
                return (Line(key, title_of(entry.mode) + about, "round"),)
            case ModeLeft():
                return (Line(key, f"Back from there: {entry.outcome}" + because(entry.reason), "round"),)
            case SessionClosed():
                return (Line(key, ended(entry), "stop"),)
            case SessionReopened():
                asked = (self._yours(entry.seq, entry.question, entry.at, ()),) if entry.question else ()
                return (*asked, Line(-2 * key, goes_on(self.transcript, entry), "round"))
            case SessionOpened() | Noted() | HeadMoved():
                return ()
            case _:
                return (Line(key, fields(entry)),)

    def _turn(self, turn: Turn, before: Turn | None) -> tuple[Entry, ...]:
        divider = self._divider(turn, before)
        if turn.end is None:
            return (*divider, *self._why(turn))
        if self.transcript.sealed(turn):
            # While the seal holds, the live panes show that it is in; after the end nobody will open it.
            gone = self.transcript.closed is not None and kind_of(turn.start.kind).look != "hidden"
            sealed = Line(turn.id, f"What {self._name(turn.speaker)} wrote stays sealed")
            return (*divider, sealed) if gone else divider
        return (*divider, *self._why(turn), *self._ended(turn, turn.end))

    def _ended(self, turn: Turn, end: TurnEnded) -> tuple[Entry, ...]:
        look = kind_of(turn.start.kind).look
        name = self._name(end.speaker)
        if end.outcome in ("failed", "refused", "empty") and not (end.text and look == "speech"):
            return (Line(turn.id, missed(name, end, "" if look == "speech" else kind_of(end.kind).label), "warning"),)
        if look == "hidden":
            return ()
        if end.outcome == "passed":
            why = f": {clipped(end.text)}" if end.text.strip() else ""
            return (Line(turn.id, f"{name} passed{why}"),)
        if end.outcome == "interrupted" and not end.text.strip():
            return (Line(turn.id, f"{name} was cut off before the first word"),)
        if look == "line":
            return (Line(turn.id, f"{name}: {clipped(end.text)}"),)
        if turn.start.kind == "draft":
            return (draft(self.transcript, turn, self._when(end.at), self.badge(turn.id)),)
        if look == "card" or unworded(end):
            return (self._card(turn, end),)
        return (self._said(turn, end),)

    def _why(self, turn: Turn) -> tuple[Line, ...]:
        """Why it was the speaker's turn: there from its beginning, and still there whatever came of it."""
        start = turn.start
        shown = self.whys and start.reason and not start.sealed and kind_of(start.kind).look == "speech"
        return (Line(-2 * turn.id, f"→ {self._name(start.speaker)}: {clipped(start.reason)}"),) if shown else ()

    def _said(self, turn: Turn, end: TurnEnded) -> Said:
        persona = self._persona(end.speaker, turn.id)
        return Said(
            key=turn.id,
            speaker=end.speaker,
            name=persona.name if persona else self._name(end.speaker),
            title=persona.title if persona else "",
            color=persona.color if persona else "",
            avatar=persona.avatar if persona else "",
            text=end.text,
            when=self._when(end.at),
            badge=self.badge(turn.id),
            note=self._note(turn, end),
            kind=turn.start.kind,
            to=self._receivers(end.to),
        )

    def _card(self, turn: Turn, end: TurnEnded) -> Card:
        persona = self._persona(end.speaker, turn.id)
        return Card(
            turn.id,
            sentence(kind_of(turn.start.kind).title or turn.start.kind.replace("_", " ")),
            "" if unworded(end) else end.text,
            rows(end.data or {}) if unworded(end) else (),
            name=persona.name if persona else self._name(end.speaker),
            color=persona.color if persona else "",
            when=self._when(end.at),
            note=self._note(turn, end),
        )

    def _yours(self, key: int, text: str, at: datetime, to: tuple[str, ...]) -> Said:
        return Said(
            key, YOU, "you", "", "", "", text, markdown=False, when=self._when(at), human=True, to=self._receivers(to)
        )

    def _note(self, turn: Turn, end: TurnEnded) -> str:
        notes = []
        if end.speaker != turn.start.speaker:
            notes.append(f"speaks for {self._name(turn.start.speaker)}, whose model could not")
        match end.outcome:
            case "truncated":
                notes.append("stopped at its length limit" if end.finish == "length" else "broke off before its end")
            case "interrupted":
                notes.append("you cut in here" if end.by == YOU else "was interrupted here")
            case "refused":
                notes.append("the provider withheld the rest")
            case "failed":
                notes.append("broke off: " + clipped(end.error or "the model failed"))
            case _:
                pass
        return " · ".join(notes)

    def _divider(self, turn: Turn, before: Turn | None) -> tuple[Line, ...]:
        start = turn.start
        if start.aside or not start.stage or kind_of(start.kind).look != "speech":
            return ()
        old = before.start if before else None
        if start.round and (old is None or old.round != start.round):
            return (Line(-2 * turn.id - 1, f"Round {start.round}", "round"),)
        if not start.round and (stage := heading(start.stage)) and (old is None or old.stage != start.stage):
            told = start.stage == self._inside(start.frame)
            return () if told else (Line(-2 * turn.id - 1, sentence(stage), "round"),)
        return ()

    def _inside(self, frame: int) -> str:
        """The mode of a frame inside the room's own: a line said it as it was entered. Empty for the room's own."""
        entries = reversed(self.transcript.entries) if frame else ()
        return next((one.mode for one in entries if isinstance(one, ModeEntered) and one.seq == frame), "")

    def _record(self, entry: Recorded) -> tuple[Entry, ...]:
        match entry.kind:
            case "thoughts_revealed" | "ideas_revealed":
                return (Line(entry.seq, sentence(entry.reason) or "The seals are open", "record"),)
            case "agreement_recorded":
                return (self._tally(entry),)
            case "votes_counted" if counted := result(self.transcript, entry):
                return (counted,)
            case "options_set":
                return (self._options(entry),)
            case "poll_revealed":
                return (self._poll(entry),)
            case "draft_scored" if scored := scored_of(entry):
                return (self._scored(entry, scored),)
            case "decision_reached" | "draft_accepted":
                words = sentence(entry.reason) or sentence(entry.kind.replace("_", " "))
                turned = (
                    f" The talk turned it: before, it was {entry.data.get('before')}."
                    if entry.data.get("flipped")
                    else ""
                )
                return (Line(entry.seq, words + turned, "stop"),)
            case _:
                return concluded(entry, self._name)

    def _scored(self, entry: Recorded, scored: Scored) -> Card:
        return Card(entry.seq, f"Version {scored.version}: {figures(scored)}", lines=told(self.transcript, scored))

    def _options(self, entry: Recorded) -> Card:
        options = [one for one in _items(entry.data.get("options")) if isinstance(one, dict)]
        rows = []
        for one in options:
            name, text = str(one.get("id") or ""), str(one.get("text") or "")
            by = listed([self._name(str(who)) for who in _items(one.get("by"))])
            told = f"{name}: {text}" if name and text and name.lower() != text.lower().rstrip(".") else text or name
            rows.append(f"· {told}" + (f" ({by})" if by else ""))
        found = "" if entry.data.get("given") else entry.reason
        return Card(entry.seq, "The options", lines=tuple(rows), note=found)

    def _poll(self, entry: Recorded) -> Card:
        answers = [one for one in _items(entry.data.get("answers")) if isinstance(one, dict)]
        rows = tuple(f"{self._name(str(one.get('who')))}: {clipped(str(one.get('text') or '…'))}" for one in answers)
        asked = str(entry.data.get("question") or "The poll").partition("\n\n")[0]
        return Card(entry.seq, asked, lines=rows, note=entry.reason)

    def _tally(self, entry: Recorded) -> Card | Line:
        stances, objections = pairs(entry.data.get("stances")), pairs(entry.data.get("objections"))
        if not stances:
            return Line(entry.seq, sentence(entry.reason) or "No agreement could be found", "record")
        verb = {"agree": "agrees", "partly": "agrees in part", "disagree": "disagrees"}
        rows = tuple(
            f"{MARKS.get(stance, '·')} {self._name(who)} {verb.get(stance, stance)}"
            + (f": {clipped(objections[who])}" if who in objections else "")
            for who, stance in stances.items()
        )
        reached = "Agreed: " if entry.data.get("reached") else "Not agreed yet: "
        title = reached + (entry.reason or f"{entry.data.get('agree', 0)} agree")
        moves = tuple(f"→ {line}" for line in moves_until(self.transcript, entry))
        note = SILENT if silent_at(self.transcript, entry) else ""
        return Card(entry.seq, title, lines=(*rows, *moves), note=note)

    def _directed(self, entry: Directed) -> tuple[Entry, ...]:
        if entry.by != YOU and entry.verb not in REMEMBERED:
            return (Line(entry.seq, sentence(entry.reason) or sentence(entry.verb), "warning"),)
        return remembered(entry) or directed(entry)

    def _changed(self, entry: ParticipantChanged) -> tuple[Entry, ...]:
        name = self._name(entry.participant)
        said = []
        if entry.muted is not None:
            said.append(f"{name} is muted" if entry.muted else f"{name} may speak again")
        if entry.model is not None:
            said.append(f"{name} now speaks with {entry.model}")
        if entry.words is not None:
            said.append(f"{name} is asked for about {entry.words} words a reply")
        if entry.persona is not None or entry.reason:
            said.append(entry.reason or f"{name} was rewritten")
        tone: Tone = "quiet" if entry.persona or not entry.reason else "warning"
        return (Line(entry.seq, " · ".join(said), tone),) if said else ()

    def _when(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")

    def _name(self, who: str) -> str:
        return self.transcript.name(who)

    def color(self, who: str) -> str:
        """A participant's colour, as the persona has it."""
        persona = self._persona(who)
        return persona.color if persona else ""

    def _persona(self, who: str, seq: int | None = None) -> Persona | None:
        """As it is, or was at an event: what was said keeps the name and title it was said under."""
        member = self.transcript.member(who)
        if member is not None:
            return member.persona if seq is None else member.at(seq)
        return next((persona for persona in self.transcript.opened.personas if persona.id == who), None)

    def _receivers(self, to: tuple[str, ...]) -> str:
        return "to " + " and ".join(self._name(who) for who in to) + " only" if to else ""


MARKS = {"agree": "✓", "partly": "~", "disagree": "✗"}
"""Where one stands, as a sign."""


def missed(name: str, end: TurnEnded, wanted: str = "") -> str:
    """Why a turn gave nothing, in words. `wanted` is what it should have given, where that is more than words."""
    if wanted:
        return f"{name} gave none, of what was asked ({wanted}): {clipped(end.error or 'the model failed')}"
    match end.outcome:
        case "refused":
            return f"{name} said nothing: the provider withheld the reply"
        case "empty":
            return f"{name} said nothing: the model answered with nothing"
        case _:
            return f"{name} could not speak: {clipped(end.error or 'the model failed')}"


def ended(closed: SessionClosed) -> str:
    """How a session ended, in words."""
    return f"Ended: {closed.outcome.replace('_', ' ')}" + because(closed.reason)


def goes_on(transcript: Transcript, again: SessionReopened) -> str:
    """How a session goes on after its end, in words: a mode without rounds holds a whole sitting more."""
    if not again.rounds:
        return "An answer more"
    if "rounds" not in transcript.opened.settings:
        return "It begins anew"
    return f"{again.rounds} more round{'s' if again.rounds != 1 else ''}"


def because(reason: str) -> str:
    """A reason, as the end of a sentence."""
    return f", {clipped(reason)}" if reason else ""


def plain(text: str) -> str:
    """Words a person typed, as Markdown that shows them as they are."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~!&" else char for char in text)


def size(characters: int) -> str:
    """How long a text is."""
    return f"{characters:,} characters" if characters < 10_000 else f"{characters // 1000:,} k characters"


def pairs(data: JsonValue) -> Mapping[str, str]:
    """A payload's words by participant; anything else counts as none."""
    return {who: str(word) for who, word in data.items()} if isinstance(data, dict) else {}


def _items(data: JsonValue) -> list[JsonValue]:
    return data if isinstance(data, list) else []


def fields(event: Event) -> str:
    """An event this version does not know, as its plain fields; of one that was lost, what it was and why."""
    known = event.model_dump(exclude={"v", "seq", "parent", "at", "frame", "type"}, exclude_none=True)
    if event.type == "damaged":
        return clipped(
            f"An event is missing here{f' ({was})' if (was := known.get('was')) else ''}: {known.get('why')}"
        )
    return clipped(f"{event.type}: " + ", ".join(f"{name} = {one}" for name, one in known.items()))
