"""The profile for tiny models: one question, one idea of another's, a line each, and the first words of the reply.

No transcript, no rules and no roster: such a model copies what it is shown. What it is shown instead is made by code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from agentchat.events import Recorded
from agentchat.kinds import kind_of
from agentchat.prompting.guard import worth
from agentchat.prompting.history import Reader, asked_in, seat
from agentchat.prompting.openings import ANSWER, FIRST, LAST, LATER, RISK, TOGETHER, idea, one_line, split, whole
from agentchat.prompting.prompt import Message, Prompt, cut
from agentchat.prompting.quoting import neutral, plain
from agentchat.prompting.remembered import in_short
from agentchat.prompting.topical import TALKING, index, leaning, said_to
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from agentchat.events import TurnStarted
    from agentchat.persona import Persona
    from agentchat.prompting.prompt import Profile
    from agentchat.transcript import Transcript

_LETTERS = r'[^.!?\n:;"*()\[\]_#<>{}0-9$£€%`¼½¾²“”]'
ONE_SENTENCE = f'root ::= " " [a-z] c+ e\nc ::= {_LETTERS}\ne ::= "." | "!"\n'
TWO_SENTENCES = f'root ::= " " [a-z] c+ e " " [A-Z] c+ e\nc ::= {_LETTERS}\ne ::= "." | "!"\n'
"""GBNF for what follows the opening: no lists, no names with a colon, no figures, and an end."""

LONGEST = 110
"""Tokens of a reply: with 80 one in twenty was cut off."""

_SAMPLING: Mapping[str, JsonValue] = {"min_p": 0.05, "repeat_penalty": 1.1}
_ELSEWHERE = re.compile(r"(?:says|that) (?:it|they|this|that|he|she)\b")
_FOCUS = re.compile(r"You are (?P<job>(?:an?|the) .+?)\. You only talk about (?P<cares>.+)\.")


class Part(NamedTuple):
    """Who a tiny model is to be: `an economist`, and `prices` or nothing."""

    job: str
    cares: str

    def __str__(self) -> str:
        return f"{self.job} who cares about {self.cares}" if self.cares else self.job


def part_of(persona: Persona) -> Part:
    """The persona in one line, from its focus where that is written for it, else from its title."""
    focus = " ".join(neutral(persona.focus).split())
    if written := _FOCUS.fullmatch(focus):
        return Part(written["job"], written["cares"])
    title = plain(persona.title) or "participant"
    cares = focus.rstrip(".")
    short = cares and "." not in cares and len(cares.split()) <= 12
    return Part(
        f"{'an' if title[0].lower() in 'aeiou' else 'a'} {title}",
        f"{cares[0].lower()}{cares[1:]}" if short else "",
    )


def compose_tiny(transcript: Transcript, start: TurnStarted, profile: Profile, attempt: int) -> Prompt:
    """The prompt for one turn of a tiny model; each further attempt opens otherwise and warmer."""
    member = seat(transcript, start.speaker)
    name, part = plain(member.persona.name), part_of(member.persona)
    topic = _sentence(cut(" ".join(neutral(transcript.question).split()), profile.room // 4))
    ask = _Asking(f"You are {name}, {part.job}.", topic, member.model.startswith("local/") or not member.model)
    brief = cut(" ".join(neutral(start.brief).split()), profile.room // 4)
    kind = kind_of(start.kind)
    warmth = round(attempt / 10, 1)
    if kind.name == "verdict":
        return ask.choice(_made(transcript, start), "Is that good enough?", f"Answer as {part}.", temperature=0.8)
    if kind.name == "case_verdict":
        return ask.choice(_made(transcript, start), f"Answer as {part}.", temperature=0.3)
    if kind.payload is not None:
        return ask.choice(brief, f"Answer as {part}.", temperature=0.3 if kind.part == "room" else 0.8)
    if kind.name == "work":
        wanted = (_made(transcript, start), _wanted(start), f"Write it as {part}, in two short sentences.")
        return ask.sentences(
            wanted, "We should" if start.reply_to else "I would", 0.4 + warmth, leaning(topic, part.cares)
        )
    if kind.name == "case_answer":
        said = said_to(transcript, start)
        helped = (f"They add: {_sentence(said)}" if said else "", f"Help them as {part}, in two short sentences.")
        return ask.sentences(helped, "You can", 0.4 + warmth, leaning(topic, part.cares, said))
    if kind.part == "mind":
        said = said_to(transcript, start)
        heard, opening = _heard(transcript, start, part, attempt, said)
        lines = (
            _given(transcript),
            in_short(transcript, start),
            heard,
            f"Answer {'the visitor ' if said else ''}as {part}, in two short sentences.",
        )
        return ask.sentences(lines, opening, 0.4 + warmth, leaning(topic, part.cares, said))
    ideas = " ".join(
        (_parts(transcript) if start.kind == "assembly" else _ideas(transcript, start))[
            : max(1, min(6, profile.room // 200))
        ]
    )
    if chosen := _chosen(transcript, start):
        return ask.sentences((brief,), chosen, 0.4 + warmth, leaning(topic, part.cares))
    if kind.part == "room":
        recorder = replace(ask, system="You sum up a discussion.")
        return _task(recorder, start.kind, ideas, 0.3 + warmth)
    asked = (ideas, brief, f"Answer as {part}, in two short sentences.")
    return ask.sentences(asked, "I would", 0.4 + warmth, leaning(topic, part.cares))


def _made(transcript: Transcript, start: TurnStarted) -> str:
    """What a stage goes on from, sixty words of it at most: its number would tell such a model nothing."""
    work = transcript.turn(start.reply_to) if start.reply_to else None
    if work is None or not work.spoken:
        return ""
    words = neutral(one_line(work.text)).split()
    return f"{plain(transcript.name(work.speaker))} wrote: {whole(' '.join(words[:60])) or ' '.join(words[:60])}"


def _wanted(start: TurnStarted) -> str:
    """What a stage is to make, and the texts it must hold: such a model does not count words."""
    texts = ", ".join(re.findall(r"it must have (?:the heading )?“([^”]+)”", neutral(start.brief), re.IGNORECASE))
    return f"Give the {plain(start.stage.partition(',')[0])}.{f' Mention {texts}.' if texts else ''}"


def _chosen(transcript: Transcript, start: TurnStarted) -> str:
    """How one begins who writes up a decision, or what the minority holds: with what is known of it."""
    if start.kind == "minority":
        own = (one for one in reversed(transcript.mine) if isinstance(one, Turn) and one.start.kind == "pick")
        vote = next((one.data.get("vote") for one in own if one.speaker == start.speaker), None)
        return f"I voted for {plain(str(vote))} because" if vote else ""
    decided = (one for one in reversed(transcript.mine) if isinstance(one, Recorded) and one.kind == "decision_reached")
    winner = next((str(one.data.get("winner") or "") for one in decided), "")
    return f"The room chose {plain(winner)} because" if winner and start.kind == "synthesis" else ""


def _task(recorder: _Asking, kind: str, ideas: str, temperature: float) -> Prompt:
    """A turn for the room as a whole: what was said is put into its opening, so that nobody is misquoted.

    How long it should be is left to the grammar: asked for two sentences, the model writes of two sentences.
    """
    lines, bias = (ideas, "What should be done?"), leaning(recorder.question, averse=TALKING)
    if kind == "proposal":
        return recorder.sentences(lines, "We should", temperature, bias, ONE_SENTENCE)
    return recorder.sentences(lines, f"{ideas} {TOGETHER}" if ideas else "We should", temperature, bias)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who is asked what, and whether the server lets a reply be begun for its model."""

    system: str
    question: str
    prefilled: bool

    def sentences(
        self,
        lines: Sequence[str],
        opening: str,
        temperature: float,
        bias: list[JsonValue],
        grammar: str = TWO_SENTENCES,
    ) -> Prompt:
        """A reply that goes on from its opening."""
        if not self.prefilled:
            return self._prompt((*lines, f"Begin with: {opening}"), LONGEST, temperature, {})
        begun = self._prompt(lines, LONGEST, temperature, {**_SAMPLING, "logit_bias": bias})
        return replace(begun, messages=(*begun.messages, Message("assistant", opening)), grammar=grammar)

    def choice(self, *lines: str, temperature: float) -> Prompt:
        """A structured answer: a penalty on repeating would keep the model from the words of the schema."""
        return self._prompt(lines, 80, temperature, {**_SAMPLING, "repeat_penalty": 1.0})

    def _prompt(
        self, lines: Sequence[str], max_tokens: int, temperature: float, sampling: Mapping[str, JsonValue]
    ) -> Prompt:
        user = "\n".join(line for line in (f"Question: {self.question}", *lines) if line)
        messages = (Message("system", self.system), Message("user", user))
        return Prompt(messages, max_tokens, round(temperature, 1), sampling=sampling)


def _given(transcript: Transcript) -> str:
    """The first whole sentences of the material, forty words of it at most."""
    lines = (line for document in transcript.opened.material for line in document.text[:2000].splitlines())
    words = one_line("\n".join(line for line in lines if not line.startswith("#"))).split()
    return whole(" ".join(words[:40])) if words else ""


def _heard(transcript: Transcript, start: TurnStarted, part: Part, attempt: int, said: str) -> tuple[str, str]:
    """What the speaker hears of the others, in one sentence, and how its reply opens."""
    if said:
        return f"A visitor says: {_sentence(said)}", _choose(transcript, start, ANSWER, attempt)
    last = _last(Reader(transcript, start.speaker, start.reads_to), start)
    if last is None:
        return "", _filled(_choose(transcript, start, FIRST, attempt), part, "")
    name = plain(transcript.name(last.speaker))
    rounds = transcript.frame.settings.get("rounds")
    ends = start.sealed or (isinstance(rounds, int) and 3 <= rounds <= start.round)
    opening = _choose(transcript, start, (*LAST, *LATER) if ends else LATER, attempt)
    short = idea(last.text)
    return (f"{name} {short}." if short else ""), _filled(opening, part, name)


def _last(reader: Reader, start: TurnStarted) -> Turn | None:
    """Whom the speaker reacts to: who asked it something, whose turn it is to be about, else who spoke last."""
    if start.reply_to and (asker := asked_in(reader, start.reply_to)):
        return asker
    about = reader.transcript.turn(start.reply_to) if start.reply_to else None
    if about is not None and _mind(about) and reader.may_read(about):
        return about
    others = (said for _, said in reader.back(0) if isinstance(said, Turn) and said.speaker != start.speaker)
    return next((turn for turn in others if _mind(turn)), None)


def _choose(transcript: Transcript, start: TurnStarted, bank: Sequence[str], attempt: int) -> str:
    """An opening nobody used in this round, nor the last speaker; each attempt the next one.

    Those who speak at once, unseen by each other, have one each by their places, and keep it.
    """
    seed = transcript.opened.seed
    if start.sealed or start.kind == "idea":  # ideas are not criticised
        bank = [opening for opening in bank if opening != RISK]
    if start.sealed:
        return bank[(seed + start.round + index(transcript, start)) % len(bank)]
    at = (seed + start.turn) % len(bank)
    turned = (*bank[at:], *bank[:at])
    turns = [entry for entry in transcript.entries if isinstance(entry, Turn) and _mind(entry) and entry.end]
    used = {split(turn.text)[0] for turn in turns if turn.start.round == start.round} | {
        split(turn.text)[0] for turn in turns[-1:]
    }
    unused = [opening for opening in turned if opening not in used]
    unused = unused or [opening for opening in turned if opening != RISK]
    return unused[attempt % len(unused)]


def _ideas(transcript: Transcript, start: TurnStarted) -> list[str]:
    """What each speaker's best turn comes to, in the order they first spoke."""
    best: dict[str, Turn] = {}
    reader = Reader(transcript, start.speaker, start.reads_to)
    for _, said in reversed(list(reader.back(0))):
        if isinstance(said, Turn) and _mind(said) and idea(said.text):
            held = best.setdefault(said.speaker, said)
            best[said.speaker] = max(said, held, key=lambda turn: _telling(transcript, turn))
    return [f"{plain(transcript.name(who))} {idea(turn.text)}." for who, turn in best.items()]


def _parts(transcript: Transcript) -> list[str]:
    """What was done of each task, in few words, for who puts it together."""
    done = [one for one in transcript.mine if isinstance(one, Turn) and one.start.kind == "task" and one.spoken]
    found = [(transcript.name(turn.speaker), idea(turn.text).replace("says I ", "", 1)) for turn in done]
    return [f"{plain(name)} {words}." for name, words in found if words]


def _telling(transcript: Transcript, turn: Turn) -> float:
    """How much a turn tells once it is a few words long, read alone: “worries that it …” does not say what."""
    short = idea(turn.text)
    return worth(transcript, turn.start, turn.text) + len(short.split()) / 5 - 2 * bool(_ELSEWHERE.search(short))


def _filled(opening: str, part: Part, name: str) -> str:
    return opening.replace("{t}", part.job).replace("{x}", name)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) or not text else f"{text}."


def _mind(turn: Turn) -> bool:
    return kind_of(turn.start.kind).part == "mind"
