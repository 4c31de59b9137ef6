"""The check every mode passes, ours and yours: `conformance(MyMode)`, or its name.

For any prefix of its logs a mode is deterministic and changes nothing; killed after every event and
continued, the fold ends the same; with any participant failing at any turn it still ends in a clear
outcome; and it ends within its own bound. No event loop, no model, no mocks: plain lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from pydantic import BaseModel, JsonValue

from agentchat import directives
from agentchat.conduct import conduct, gist, interrupted, trouble
from agentchat.events import (
    EPOCH,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    Outcome,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    encode,
    stamp,
)
from agentchat.kinds import kind_of
from agentchat.log import Log
from agentchat.modes import SHIPPED, Mode, make, mode_of, register, settings_of
from agentchat.modes.structure import wrong
from agentchat.persona import YOU, Persona
from agentchat.steps import Ask, Step, Together, Wait
from agentchat.transcript import Transcript

Voice = Callable[[TurnStarted], TurnEnded]
"""How a scripted participant answers: the same start, the same end."""


Person = Callable[[EscalationRaised], EscalationAnswered]
"""How a scripted person answers the room's questions."""


def people(*names: str) -> tuple[Persona, ...]:
    """Personas for a test."""
    return tuple(
        Persona(id=name.lower(), name=name, prompt=f"You are {name}.", focus=f"{name} cares about {name.lower()}s")
        for name in names
    )


def opened(
    mode: str | type[Mode], members: Sequence[Persona], settings: Mapping[str, JsonValue] | None = None, seed: int = 0
) -> SessionOpened:
    """The first event of a session for a test. A mode given as its class is made known.

    Raises AssertionError with what it lacks to be a mode, and UsageError where it has no such settings.
    """
    name = _known(mode)
    return SessionOpened(
        session="test",
        topic="What should we do?",
        mode=name,
        settings=settings_of(name, settings or {}),
        personas=tuple(members),
        seed=seed,
    )


def _known(mode: str | type[Mode]) -> str:
    """Its name, once it is sure that it is a mode."""
    if isinstance(mode, str):
        mode = mode_of(mode)
    faults = wrong(mode)
    assert not faults, f"{mode.__name__} is no mode yet: " + "; ".join(faults)
    assert mode.name not in SHIPPED or mode_of(mode.name) is mode, f"{mode.name} is a mode that ships"
    return register(mode).name


def begin(first: SessionOpened) -> Log:
    """A log that holds its first event."""
    return Log([stamp(first, 1, None, EPOCH)])


def append(log: Log, events: Iterable[Event]) -> list[Event]:
    """Commit events to a log as the room would, a second apart."""
    added = []
    for event in events:
        seq = log.next_seq
        added.append(stamp(event, seq, log.head, EPOCH + timedelta(seconds=seq)))
        log.append(added[-1])
    return added


def agreeable(start: TurnStarted) -> TurnEnded:
    """A voice that answers everything, and structured questions with the first valid answer."""
    kind = kind_of(start.kind)
    if kind.payload is not None:
        data = example(kind.payload(start.choices))
        try:
            return end(start, "structured", kind.told(data) if kind.told else "", data)
        except Exception as error:
            raise AssertionError(f"{kind.name}: told fails for {data}: {type(error).__name__}: {error}") from error
    return end(start, "said", f"{start.speaker} on {start.stage or start.kind}, round {start.round}")


def end(start: TurnStarted, outcome: Outcome, text: str = "", data: dict[str, JsonValue] | None = None) -> TurnEnded:
    """The end of a turn."""
    return TurnEnded(
        turn=start.turn,
        speaker=start.speaker,
        kind=start.kind,
        outcome=outcome,
        text=text,
        data=data,
        reply_to=start.reply_to,
        frame=start.frame,
    )


def example(payload: type[BaseModel]) -> dict[str, JsonValue]:
    """A valid answer: the first of each choice, a word for each text, the defaults."""
    schema = payload.model_json_schema()
    return payload.model_validate(sample(schema)).model_dump(mode="json")


def sample(schema: Mapping[str, JsonValue]) -> JsonValue:
    """The first value that a JSON schema allows, of an object only what it must have."""
    shared = schema.get("$defs")
    return _sample(schema, shared if isinstance(shared, dict) else {})  # type: ignore[arg-type]


def _sample(schema: Mapping[str, JsonValue], shared: Mapping[str, Mapping[str, JsonValue]]) -> JsonValue:
    match schema:
        case {"$ref": str(reference)}:
            return _sample(shared[reference.rpartition("/")[2]], shared)
        case {"enum": [first, *_]}:
            return first
        case {"const": only}:
            return only
        case {"type": "array", "items": dict(item)}:
            return [_sample(item, shared)]
        case {"type": "object", "properties": dict(properties)}:
            must = schema.get("required")
            names = must if isinstance(must, list) else []
            return {str(name): _sample(about, shared) for name, about in properties.items() if name in names}  # type: ignore[arg-type]
        case {"type": "integer" | "number", **more}:
            return more.get("minimum", 1)
        case {"type": "boolean"}:
            return False
        case _:
            return "because"


def usual(raised: EscalationRaised) -> EscalationAnswered:
    """The answer nobody gave: a question's default, or its first option."""
    answer = raised.default or next(iter(raised.options), "")
    return EscalationAnswered(escalation=raised.seq, key=raised.key, answer=answer, by="policy", frame=raised.frame)


def play(log: Log, voice: Voice = agreeable, person: Person = usual, *, most: int = 2000) -> Log:
    """Go on with a session until it is closed or waits for a person, as the room would. Returns the log.

    Raises AssertionError where the mode goes past its bound or turns on the spot.
    """
    for _ in range(most):
        transcript = log.transcript
        if transcript.open:
            # The person's own turn outlives a crash. Where others were lost beside it, it is asked anew with them here,
            # so that all stand in the order of the first time.
            alone = all(turn.start.speaker == YOU for turn in transcript.open)
            append(log, [voice(turn.start) if alone else interrupted(turn, "", "crash") for turn in transcript.open])
            continue
        if transcript.closed:
            return log
        if questions := [one for one in transcript.escalations if one.level != "notify"]:
            append(log, [person(questions[0])])
            continue
        mode = make(transcript.frame.mode, transcript.frame.settings)
        step = directives.next_step(transcript) or _step(mode, transcript)
        if isinstance(step, Wait):
            return log
        why_not = trouble(transcript, step, mode.bound(len(transcript.members)))
        assert not why_not, why_not
        started = append(log, conduct(transcript, step))
        if isinstance(step, Ask | Together):
            append(log, [voice(event) for event in started if isinstance(event, TurnStarted)])
    raise AssertionError(f"{log.transcript.frame.mode} took more than {most} steps")


def _step(mode: Mode, transcript: Transcript) -> Step:
    """What a mode wants next. Raises AssertionError where it fails, or gives what is no step."""
    when = f"after event {transcript.head}"
    try:
        step: object = mode.next(transcript)
    except Exception as error:
        raise AssertionError(f"{mode.name}: next fails {when}: {type(error).__name__}: {error}") from error
    assert isinstance(step, Step), f"{mode.name}: next gives {step!r} {when}, which is no step"
    return step


def conformance(
    mode: str | type[Mode],
    settings: Mapping[str, JsonValue] | None = None,
    members: Sequence[Persona] | None = None,
    voice: Voice = agreeable,
    seed: int = 0,
) -> None:
    """Check a mode against the law every mode keeps. Raises AssertionError that says which part fails, and where."""
    who = tuple(members or people("Ada", "Ben", "Cleo"))
    first = opened(mode, who, settings, seed)
    whole = play(begin(first), voice)
    assert whole.transcript.closed, f"{first.mode} waits although nobody failed: it neither asks anyone nor ends"
    deterministic(whole)
    survives_kills(whole, voice)
    survives_failures(first, whole, voice)
    _hears_the_person(first, whole, voice)


def deterministic(log: Log) -> None:
    """The same prefix gives the same step, and asking changes nothing."""
    for until in range(1, len(log.events) + 1):
        transcript = Log(log.events[:until]).transcript
        if transcript.open or transcript.closed:
            continue
        before = _bytes(transcript)
        kind = mode_of(transcript.frame.mode)
        steps = [_step(make(kind.name, transcript.frame.settings), transcript) for _ in range(2)]
        unlike = f"{kind.name} is not deterministic after event {until}: it gave {steps[0]}, then {steps[1]}"
        assert steps[0] == steps[1], unlike
        assert _bytes(transcript) == before, f"{kind.name} changed the transcript after event {until}"


def survives_kills(log: Log, voice: Voice) -> None:
    """Killed after every event and continued, it ends the same."""
    wanted = gist(log.transcript)
    for until in range(1, len(log.events)):
        again = play(Log(log.events[:until]), voice)
        assert gist(again.transcript) == wanted, f"killed after event {until} and continued, it ends otherwise"


def survives_failures(first: SessionOpened, log: Log, voice: Voice) -> None:
    """Whoever fails, at whichever turn, or always: it ends in a clear outcome."""
    turns = sum(isinstance(event, TurnStarted) for event in log.events)
    outcomes: tuple[Outcome, ...] = ("failed", "passed", "empty")
    for outcome in outcomes:
        for at in range(turns):
            _ends(play(begin(first), _failing(voice, outcome, at=at)), f"turn {at + 1} {outcome}")
        for who in {persona.id for persona in first.personas}:
            _ends(play(begin(first), _failing(voice, outcome, who=who)), f"{who} always {outcome}")
        _ends(play(begin(first), _failing(voice, outcome)), f"everyone always {outcome}")


def _hears_the_person(first: SessionOpened, log: Log, voice: Voice) -> None:
    """A word from the person after any event is answered by the one it addresses, and it still ends."""
    target = first.personas[-1].id
    for until in range(1, len(log.events)):
        cut = Log(log.events[:until])
        if cut.transcript.open or cut.transcript.closed:
            continue
        spoke = append(cut, [HumanSpoke(text=f"@{target} why?", mentions=(target,))])[0]
        play(cut, voice)
        answers = [event for event in cut.events if isinstance(event, TurnStarted) and event.reply_to == spoke.seq]
        assert [event.speaker for event in answers] == [target], f"spoken to after event {until}: not answered once"
        _ends(cut, f"a person speaks after event {until}")


def _failing(voice: Voice, outcome: Outcome, at: int | None = None, who: str = "") -> Voice:
    asked = -1

    def answer(start: TurnStarted) -> TurnEnded:
        nonlocal asked
        asked += 1
        hit = (at is None or asked == at) and (not who or start.speaker == who)
        return end(start, outcome) if hit else voice(start)

    return answer


def _ends(log: Log, when: str) -> None:
    closed = log.transcript.closed
    assert closed, f"{when}: it never ends"
    assert closed.outcome, f"{when}: no outcome"


def _bytes(transcript: Transcript) -> bytes:
    entries = [entry for entry in transcript.entries if not hasattr(entry, "start")]
    return b"".join(encode(entry) for entry in entries) + repr(transcript.frames).encode()
