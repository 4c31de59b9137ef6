"""The profile for tiny models: one question, one idea of another's, and the first words of the reply.

No transcript, no rules and no roster: such a model copies what it is shown. What it is shown instead is made by code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from agentchat.kinds import kind_of
from agentchat.prompting.guard import worth
from agentchat.prompting.history import Reader, asked_in, place, seat, unanswered
from agentchat.prompting.openings import ANSWER, FIRST, LAST, LATER, idea, last_sentence, one_line, split, whole
from agentchat.prompting.prompt import Message, Prompt, cut
from agentchat.prompting.quoting import neutral, plain
from agentchat.prompting.wanted import TALK
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentchat.events import HumanSpoke, TurnStarted
    from agentchat.persona import Persona
    from agentchat.prompting.prompt import Profile
    from agentchat.transcript import Transcript

_LETTERS = r'[^.!?\n:;"*()\[\]_#<>{}0-9$£€%`¼½¾²“”]'
ONE_SENTENCE = f'root ::= " " [a-z] c+ e\nc ::= {_LETTERS}\ne ::= "." | "!"\n'
TWO_SENTENCES = f'root ::= " " [a-z] c+ e " " [A-Z] c+ e\nc ::= {_LETTERS}\ne ::= "." | "!"\n'
"""GBNF for what follows the opening: no lists, no names with a colon, no figures, and an end."""

TASKS = frozenset({"proposal", "synthesis", "cluster"})

TAKEN_UP = 2
"""How many speakers take up what the person said to all."""

_SAMPLING = {"min_p": 0.05, "repeat_penalty": 1.1}
_FOCUS = re.compile(r"You are (?P<job>(?:an?|the) .+?)\. You only talk about (?P<cares>.+)\.")


class Part(NamedTuple):
    """Who a tiny model is to be: `an economist`, and ` who cares about prices` or nothing."""

    job: str
    cares: str


def part_of(persona: Persona) -> Part:
    """The persona in one line, from its focus where that is written for it, else from its title."""
    focus = " ".join(neutral(persona.focus).split())
    if written := _FOCUS.fullmatch(focus):
        return Part(written["job"], f" who cares about {written['cares']}")
    title = plain(persona.title) or "participant"
    cares = focus.rstrip(".")
    short = cares and "." not in cares and len(cares.split()) <= 12
    return Part(
        f"{'an' if title[0].lower() in 'aeiou' else 'a'} {title}",
        f" who cares about {cares[0].lower()}{cares[1:]}" if short else "",
    )


def compose_tiny(transcript: Transcript, start: TurnStarted, profile: Profile, attempt: int) -> Prompt:
    """The prompt for one turn of a tiny model; each further attempt opens otherwise and warmer."""
    member = seat(transcript, start.speaker)
    name, part = plain(member.persona.name), part_of(member.persona)
    ask = _Asking(f"You are {name}, {part.job}.", member.model.startswith("local/") or not member.model)
    question = _sentence(cut(" ".join(neutral(transcript.topic).split()), profile.room // 4))
    brief = cut(" ".join(neutral(start.brief).split()), profile.room // 4)
    answer = f"Answer as {part.job}{part.cares}"
    if kind_of(start.kind).payload is not None:
        return ask.choice(f"{question} {brief} {answer}.")
    if start.kind in TALK:
        heard, opening = _heard(transcript, start, part, attempt)
        user = f"{question} {_given(transcript)} {heard}{answer}, in two short sentences."
        return ask.sentences(user, opening, temperature=round(0.4 + attempt / 10, 1))
    ideas = " ".join(_ideas(transcript, start)[: max(1, min(6, profile.room // 200))])
    if start.kind in TASKS:
        return _task(start.kind, question, ideas, prefilled=ask.prefilled)
    user = f"{question} {ideas} {brief} {answer}, in two short sentences."
    return ask.sentences(user, "I would", temperature=0.4)


def _task(kind: str, question: str, ideas: str, *, prefilled: bool) -> Prompt:
    """A turn for the room as a whole: what was said is put into its opening, so that nobody is misquoted."""
    recorder = _Asking("You sum up a discussion.", prefilled)
    asked = f"{question} {ideas} What should be done? Answer in"
    if kind == "proposal":
        user = f"{asked} one short sentence."
        return recorder.sentences(user, "We should", temperature=0.3, grammar=ONE_SENTENCE)
    opening = f"{ideas} Together, we should" if ideas else "We should"
    return recorder.sentences(f"{asked} two short sentences.", opening, temperature=0.3, max_tokens=100)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who is asked, and whether the server lets a reply be begun for its model."""

    system: str
    prefilled: bool

    def sentences(
        self, user: str, opening: str, *, temperature: float, grammar: str = TWO_SENTENCES, max_tokens: int = 80
    ) -> Prompt:
        """A reply that goes on from its opening."""
        user = " ".join(user.split())
        if not self.prefilled:
            return self._prompt(f"{user} Begin with: {opening}", max_tokens, temperature, {})
        begun = self._prompt(user, max_tokens, temperature, _SAMPLING)
        return replace(begun, messages=(*begun.messages, Message("assistant", opening)), grammar=grammar)

    def choice(self, user: str) -> Prompt:
        """A structured answer: a penalty on repeating would keep the model from the words of the schema."""
        return self._prompt(" ".join(user.split()), 80, 0.8, {**_SAMPLING, "repeat_penalty": 1.0})

    def _prompt(self, user: str, max_tokens: int, temperature: float, sampling: Mapping[str, float]) -> Prompt:
        messages = (Message("system", self.system), Message("user", user))
        return Prompt(messages, max_tokens, temperature, sampling=sampling)


def _given(transcript: Transcript) -> str:
    """The first whole sentences of the material, forty words of it at most."""
    lines = (line for document in transcript.opened.material for line in document.text[:2000].splitlines())
    words = one_line("\n".join(line for line in lines if not line.startswith("#"))).split()
    return whole(" ".join(words[:40])) if words else ""


def _heard(transcript: Transcript, start: TurnStarted, part: Part, attempt: int) -> tuple[str, str]:
    """What the speaker hears of the others, in one sentence, and how its reply opens."""
    reader = Reader(transcript, start.speaker, start.reads_to)
    if spoke := _to_take_up(reader):
        return f"{_sentence(last_sentence(spoke.text, 25))} ", _choose(transcript, start, ANSWER, attempt)
    last = _last(reader, start)
    if last is None:
        return "", _filled(_choose(transcript, start, FIRST, attempt), part, "")
    name = plain(transcript.name(last.speaker))
    rounds = transcript.frame.settings.get("rounds")
    ends = isinstance(rounds, int) and 3 <= rounds <= start.round
    opening = _choose(transcript, start, (*LAST, *LATER) if ends else LATER, attempt)
    said = idea(last.text)
    return (f"{name} {said}. " if said else ""), _filled(opening, part, name)


def _to_take_up(reader: Reader) -> HumanSpoke | None:
    """The person's words, for whoever is addressed, and for the next two: all of them would say the same."""
    waiting = unanswered(reader)
    if not waiting or reader.who in waiting[-1].mentions:
        return waiting[-1] if waiting else None
    since = sum(isinstance(said, Turn) and place(said) > waiting[-1].seq for _, said in reader.back(waiting[-1].seq))
    return None if waiting[-1].mentions or since >= TAKEN_UP else waiting[-1]


def _last(reader: Reader, start: TurnStarted) -> Turn | None:
    """Whom the speaker reacts to: who asked it something, else who spoke last."""
    if start.reply_to and (asker := asked_in(reader, start.reply_to)):
        return asker
    others = (said for _, said in reader.back(0) if isinstance(said, Turn) and said.speaker != start.speaker)
    return next((turn for turn in others if turn.start.kind in TALK), None)


def _choose(transcript: Transcript, start: TurnStarted, bank: Sequence[str], attempt: int) -> str:
    """An opening nobody used in this round, nor the last speaker; each attempt the next one."""
    at = (transcript.opened.seed + start.turn) % len(bank)
    turned = (*bank[at:], *bank[:at])
    turns = [
        entry for entry in transcript.entries if isinstance(entry, Turn) and entry.start.kind in TALK and entry.end
    ]
    used = {split(turn.text)[0] for turn in turns if turn.start.round == start.round} | {
        split(turn.text)[0] for turn in turns[-1:]
    }
    unused = [opening for opening in turned if opening not in used] or turned
    return unused[attempt % len(unused)]


def _ideas(transcript: Transcript, start: TurnStarted) -> list[str]:
    """What each speaker's best turn comes to, in the order they first spoke."""
    best: dict[str, Turn] = {}
    reader = Reader(transcript, start.speaker, start.reads_to)
    for _, said in reversed(list(reader.back(0))):
        if isinstance(said, Turn) and said.start.kind in TALK and idea(said.text):
            held = best.setdefault(said.speaker, said)
            best[said.speaker] = max(said, held, key=lambda turn: _telling(transcript, turn))
    return [f"{plain(transcript.name(who))} {idea(turn.text)}." for who, turn in best.items()]


def _telling(transcript: Transcript, turn: Turn) -> float:
    """How much a turn tells once it is a few words long."""
    return worth(transcript, turn.start, turn.text) + len(idea(turn.text).split()) / 5


def _filled(opening: str, part: Part, name: str) -> str:
    return opening.replace("{t}", part.job).replace("{x}", name)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) or not text else f"{text}."
