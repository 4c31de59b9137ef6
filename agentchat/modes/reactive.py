"""A reactive room: nobody has a turn; personas listen for topics and for what happens, and speak when one does.

A reaction is heard in its turn, by who listens for it and never by its speaker. From one thing that happens, reactions
go so many waves far, and in each wave everybody speaks once at most: two cannot wake each other for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue, field_validator

from agentchat.capability import fit
from agentchat.events import HumanSpoke, ModeEntered, ModeLeft, ParticipantJoined, ParticipantLeft, Recorded
from agentchat.kinds import kind_of
from agentchat.ledger import decided_in
from agentchat.modes.floor import lot
from agentchat.modes.listening import Happening, heard, read, subscriptions
from agentchat.modes.members import absent
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.sitting import sitting
from agentchat.persona import YOU
from agentchat.steps import Ask, Finish, Record, Step, Together, Wait
from agentchat.transcript import Turn
from agentchat.voting.phrasing import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentchat.modes.sitting import Sitting
    from agentchat.persona import Persona
    from agentchat.transcript import Entry, Member, Transcript


class Settings(ModeSettings):
    """Settings of a reactive room."""

    listens: str = Field(
        "",
        description="Who listens for what, as in: ada: prices, rents; ben: person, from:ada. A topic, person, joined, "
        "left, outcome, silence, kind:NAME or from:NAME; who is not named listens for what their file says",
    )
    depth: int = Field(2, ge=1, le=5, description="How far one thing leads to another: reactions to reactions")
    stay: bool = Field(default=False, description="Wait for more once all is quiet, and not end")
    words: int = Field(80, ge=20, le=400, description="About how many words a reaction has")

    @field_validator("listens")
    @classmethod
    def _readable(cls, text: str) -> str:
        read(text)
        return text

    def lacks(self, personas: Sequence[Persona]) -> str:
        """Those who are named."""
        name = absent(",".join(read(self.listens)), personas)
        return f"{name} is to listen, and is not in the room" if name else ""


class Reactive:
    """Something happens; who listens for it speaks; that happens too."""

    name: ClassVar[str] = "reactive"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Reactive"
    summary: ClassVar[str] = "each speaks when something they listen for happens"
    picture: ClassVar[str] = "! ⇒ A C   A! ⇒ B"
    again: ClassVar[str] = "whoever listens for it speaks"
    achieves: ClassVar[frozenset[str]] = frozenset({"quiet"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.wanted = read(self.settings.listens)

    def bound(self, members: int) -> int:
        """From what a person did and from the silence after it, and once more where a mode inside ended: each wave."""
        return 3 * (self.settings.depth * members + 2) + 4

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        if not transcript.active:
            return Wait("Nobody is in the room to listen: invite or unmute someone.")
        now = sitting(transcript)
        topics = subscriptions(transcript.active, self.wanted)
        if announced := _announced(now, topics):
            return announced
        happened = _happened(transcript, now)
        newest = max((one.seq for one in happened if one.wave == 0 and one.by == YOU), default=0)
        roots = [one for one in happened if one.wave == 0 and one.seq >= newest]
        for root in roots:
            mine = [one for one in happened if one.root == root.seq]
            woken = self._woken(transcript, root, mine, topics)
            if step := woken or _cut_off(transcript, now, root, mine, self.settings.depth, topics):
                return step
        silence = any("silence" in one for one in topics.values())
        if silence and all(one.what != "silence" for one in roots):
            return Record("silence_fell", {}, "nobody has more to say to that")
        return self._quiet(transcript, now)

    # Who is woken.

    def _woken(
        self, transcript: Transcript, root: Happening, mine: Sequence[Happening], topics: dict[str, tuple[str, ...]]
    ) -> Step | None:
        """Those who listen for what happened in the wave before theirs, all at once; None where nobody is left."""
        for wave in range(1, self.settings.depth + 1):
            asks = [*_asks(transcript, root, [one for one in mine if one.wave == wave - 1], wave, topics)]
            if asks:
                return Together(tuple(asks)) if len(asks) > 1 else asks[0]
        return None

    def _quiet(self, transcript: Transcript, now: Sitting) -> Step:
        """Nobody hears anything new."""
        turns = [one for one in now.entries if isinstance(one, Turn)]
        spoken = [turn for turn in turns if turn.spoken]
        if self.settings.stay:
            return Wait("Nobody listens for anything new: say something, invite someone, or end it.")
        if not spoken:
            return Finish("failed", reason="nobody who was woken could speak" if turns else "nobody was woken")
        data: dict[str, JsonValue] = {"text": spoken[-1].text, "reactions": len(spoken)}
        return Finish(
            "quiet", reason=f"{len(spoken)} reaction{'s' * (len(spoken) > 1)}, and nobody hears more", data=data
        )


def _announced(now: Sitting, topics: dict[str, tuple[str, ...]]) -> Record | None:
    """Who listens for what, on record wherever it changes."""
    data: dict[str, JsonValue] = {"listens": {who: list(wanted) for who, wanted in topics.items()}}
    last = now.record("listeners_set")
    if last is not None and last.data == data:
        return None
    return Record("listeners_set", data, "who listens for what" if last is None else "who listens for what, now")


def _happened(transcript: Transcript, now: Sitting) -> list[Happening]:
    """What happened in this sitting, in order: what began something, and each reaction with its distance from that."""
    first = now.reopened.seq if now.reopened else transcript.frame.id or transcript.opened.seq
    found = [Happening(first, YOU, transcript.question, "person", root=first)]
    known = {first: found[0]}
    inside: dict[int, str] = {}
    for entry in transcript.mine:
        if isinstance(entry, ModeEntered):
            inside[entry.seq] = entry.mode
        if (one := _of(entry, known, inside)) and one.seq > first:
            found.append(one)
            known[one.seq] = one
            if isinstance(entry, Turn) and entry.end:
                known[entry.end.seq] = one
    return found


def _of(entry: Entry, known: dict[int, Happening], inside: dict[int, str]) -> Happening | None:
    """What others may hear of an entry. `inside` are the modes that were entered from here."""
    match entry:
        case HumanSpoke():
            to = entry.to or entry.mentions
            return Happening(entry.seq, YOU, entry.text, "person", to=to, root=entry.seq)
        case ParticipantJoined(persona=persona):
            about = f"{persona.name} {persona.title} {persona.description}"
            return Happening(entry.seq, persona.id, about, "joined", root=entry.seq)
        case ParticipantLeft():
            return Happening(entry.seq, entry.participant, "", "left", root=entry.seq)
        case ModeLeft():
            about = f"{decided_in(entry)} {entry.reason}"
            return Happening(entry.seq, "", about, "outcome", inside.get(entry.frame, ""), root=entry.seq)
        case Recorded(kind="silence_fell"):
            return Happening(entry.seq, "", "", "silence", root=entry.seq)
        case Turn() if entry.spoken and entry.end and kind_of(entry.start.kind).look != "hidden":
            cause = known.get(entry.start.reply_to or 0)
            if cause is None:
                return None
            to, kind = entry.end.to, entry.start.kind
            seat, wave = entry.start.speaker, cause.wave + 1
            return Happening(entry.id, entry.speaker, entry.text, "", kind, to, wave, cause.root, seat)
        case _:
            return None


def _asks(
    transcript: Transcript,
    root: Happening,
    heard_now: Sequence[Happening],
    wave: int,
    topics: dict[str, tuple[str, ...]],
) -> Iterable[Ask]:
    """One turn for each who listens for something of it and has not spoken in this wave, the nearest first."""
    names = {one.persona.name.lower(): one.id for one in transcript.members}
    seats = {member.id: at for at, member in enumerate(transcript.members)}
    spoke = _spoke(transcript, root, wave)
    found: list[tuple[float, Member, Happening, tuple[str, ...]]] = []
    for member in transcript.active:
        if member.id in spoke:
            continue
        woken = [(one, hit) for one in heard_now if (hit := heard(one, member.id, topics[member.id], names))]
        if woken:
            # Reactions of one wave have no order, and after a crash some stand where they were asked again.
            one, hit = max(woken, key=lambda pair: (len(pair[1]), seats.get(pair[0].seat, -1)))
            found.append((len(hit) + fit(one.text, member.persona).score / 100, member, one, hit))
    if not found and wave == 1 and root.by == YOU and not spoke and (nearest := _nearest(transcript, root)):
        yield _ask(transcript, nearest, root, "nobody listens for that; nearest to it")
        return
    for _, member, one, hit in sorted(found, key=lambda row: -row[0]):
        yield _ask(transcript, member, one, _reason(transcript, one, hit))


def _reason(transcript: Transcript, one: Happening, hit: Sequence[str]) -> str:
    """Why somebody was woken: what they listen for, and who said it where that does not say so."""
    told = {"person": "what you say", "joined": "who comes", "left": "who goes", "outcome": "what is settled"}
    name = transcript.name(one.by) if one.by else ""
    says = f"what {name} {'say' if one.by == YOU else 'says'}"
    words = [says if topic.startswith("from:") else told.get(topic, topic) for topic in hit[:3]]
    if one.what == "outcome":
        words = [f"the outcome of the {one.kind}" if topic.startswith("kind:") else topic for topic in words]
    by = f", said by {name}" if not one.what and all(":" not in topic for topic in hit) else ""
    return f"listens for {listed(dict.fromkeys(words))}{by}"


def _spoke(transcript: Transcript, root: Happening, wave: int) -> set[str]:
    """Who was asked in this wave, whatever came of it."""
    waves: dict[int, tuple[int, int]] = {root.seq: (root.seq, 0)}
    found: set[str] = set()
    for entry in transcript.mine:
        if isinstance(entry, Turn) and (cause := waves.get(entry.start.reply_to or 0)):
            here = (cause[0], cause[1] + 1)
            waves[entry.id] = here
            if entry.end:
                waves[entry.end.seq] = here
            if here[1] == wave:
                found.add(entry.start.speaker)
    return found


def _nearest(transcript: Transcript, root: Happening) -> Member | None:
    """Who takes up what a person said and nobody listens for."""
    able = [one for one in transcript.active if not root.to or one.id in root.to]
    seed = transcript.opened.seed
    return max(able, key=lambda one: (fit(root.text, one.persona).score, lot(seed, root.seq, one.id)), default=None)


def _ask(transcript: Transcript, member: Member, one: Happening, reason: str) -> Ask:
    if one.what == "person":
        brief = "The person in the room said something you listen for."
    elif one.what == "joined":
        brief = f"{transcript.name(one.by)} has just come into the room: what should you two look at together?"
    elif one.what == "left":
        brief = f"{transcript.name(one.by)} has left the room. What is missing now?"
    elif one.what == "outcome":
        brief = f"Something was settled (#{one.seq}). What follows from it for you?"
    elif one.what == "silence":
        brief = "Nobody has more to say. What was forgotten?"
    else:
        brief = f"{transcript.name(one.by)} said something you listen for (#{one.seq})."
    return Ask(member.id, "reaction", brief, reply_to=one.seq, reason=reason)


def _cut_off(
    transcript: Transcript,
    now: Sitting,
    root: Happening,
    mine: Sequence[Happening],
    depth: int,
    topics: dict[str, tuple[str, ...]],
) -> Record | None:
    """Who would have gone on, where the last wave is over: on record once."""
    last = [one for one in mine if one.wave == depth]
    ends = (one for one in now.entries if isinstance(one, Recorded) and one.kind == "cascade_ended")
    told = any(one.data.get("turn") == root.seq for one in ends)
    more = [] if told else [*_asks(transcript, root, last, depth + 1, topics)]
    if not more:
        return None
    names = listed([transcript.name(ask.speaker) for ask in more])
    waves = "wave" if depth == 1 else f"{depth} waves"
    reason = f"{names} would go on: {waves} of reactions {'is' if depth == 1 else 'are'} the most"
    return Record("cascade_ended", {"turn": root.seq, "who": [ask.speaker for ask in more]}, reason)
