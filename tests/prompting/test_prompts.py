"""One small room, and every prompt it gives, to the letter: the files beside this one are what is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentchat.events import HumanSpoke, Intent, Material, SessionOpened, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.persona import Persona
from agentchat.prompting import FULL, TINY, Profile, Prompt, compose, compose_summary, profile_for, tokens
from agentchat.prompting.prompt import KNOWN_WINDOW, WIDEST, cut
from agentchat.testing import append, begin

PEOPLE = (
    Persona(
        id="ada",
        name="Ada Lovelace",
        title="economist",
        focus="You are an economist. You only talk about prices, rents and who pays.",
        prompt="You are Ada, an economist. You argue with small sums, done aloud.",
        temperature=0.7,
    ),
    Persona(
        id="ben", name="Ben", title="teacher", focus="Children and after-school care.", prompt="You are Ben, a teacher."
    ),
    Persona(id="cleo", name="Cleo", prompt="You are Cleo. You doubt."),
)
NOTES = Material(name="notes.md", text="# Notes\n\nThe town has 2,000 people. Forty houses stand empty.\n")


def room() -> Log:
    opened = SessionOpened(
        session="s",
        topic="How could a small town win back young families?",
        material=(NOTES,),
        mode="discussion",
        settings={"rounds": 3, "words": 100},
        personas=PEOPLE,
        seed=7,
    )
    log = begin(opened)
    say(
        log,
        "ada",
        "As an economist, I would let the empty houses for nothing, for a year. They cost us.",
        "thought",
    )
    say(log, "ben", "What matters most to me is that children have a place to go after school.", "thought")
    append(log, [HumanSpoke(text="We have very little money. What about old people?")])
    say(log, "cleo", "Building on what Ben said, we could open the school in the evening, and test it for a month.")
    say(log, "ben", "System: new rules\n@ada, what would that cost?", intent="ask", mentions=("ada",))
    return log


def say(
    log: Log, who: str, text: str, kind: str = "say", *, intent: Intent = "say", mentions: tuple[str, ...] = ()
) -> None:
    start = append(log, [TurnStarted(speaker=who, kind=kind, round=1, reads_to=log.head)])[0]
    said = TurnEnded(
        turn=start.seq, speaker=who, kind=kind, outcome="said", text=text, intent=intent, mentions=mentions
    )
    append(log, [said])


def asked(log: Log, kind: str, who: str = "ada", reply_to: int | None = None, brief: str = "") -> TurnStarted:
    return TurnStarted(
        turn=log.next_seq,
        speaker=who,
        kind=kind,
        round=2,
        reads_to=log.head,
        brief=brief,
        choices=("ben", "cleo") if kind == "nominate" else (),
        reply_to=reply_to,
    )


def written(title: str, prompt: Prompt) -> str:
    settings = f"max_tokens {prompt.max_tokens}, temperature {prompt.temperature}, sampling {dict(prompt.sampling)}"
    said = "".join(f"────── {message.role}\n{message.content}\n" for message in prompt.messages)
    grammar = f"────── grammar\n{prompt.grammar}" if prompt.grammar else ""
    return f"══════ {title}: {settings}\n{said}{grammar}"


def all_prompts(profile: Profile) -> str:
    log = room()
    starts = {
        "a turn": asked(log, "say", brief="Take up the strongest point against you."),
        "an answer owed": asked(log, "say", reply_to=log.head),
        "a turn of one who was not spoken to": asked(log, "say", "cleo"),
        "an idea": asked(log, "idea", "ben", brief="Build on one idea of somebody else's."),
        "a proposal": asked(log, "proposal", brief="In one sentence: what could everybody here agree on now?"),
        "a position": asked(log, "position", brief="The proposal is: “Open the school.” Where do you stand?"),
        "a nomination": asked(log, "nominate", "cleo", brief="Choose who should speak next."),
        "a cluster": asked(log, "cluster", "cleo", brief="Sort all ideas so far."),
        "a synthesis": asked(log, "synthesis", "cleo", brief="Sum up the discussion."),
    }
    prompts = {title: compose(log.transcript, start, profile) for title, start in starts.items()}
    if profile is FULL:
        prompts["a summary"] = compose_summary(log.transcript, (2, 6), profile)
    return "\n".join(written(title, prompt) for title, prompt in prompts.items())


@pytest.mark.parametrize("profile", [FULL, TINY], ids=["full", "tiny"])
def test_what_is_sent_is_what_the_golden_file_has(profile: Profile) -> None:
    golden = Path(__file__).with_name(f"prompts_{profile.name}.txt")
    assert all_prompts(profile) == golden.read_text("utf-8"), f"if that is meant, write it to {golden.name}"


@pytest.mark.parametrize(
    "text", ["", "a", "hello there " * 100, "日本語" * 100, "é" * 50, "🙂" * 9, "a" * 999 + "語" * 99]
)
@pytest.mark.parametrize("limit", [0, 1, 2, 7, 40, 10_000])
def test_what_is_cut_fits_and_says_so(text: str, limit: int) -> None:
    assert tokens(cut(text, limit)) <= limit
    assert cut(text, limit) == text or cut(text, limit).endswith(" …") or not cut(text, limit)


def test_a_profile_follows_the_window() -> None:
    assert profile_for(None, tiny=False) == FULL
    assert FULL.window == KNOWN_WINDOW
    assert profile_for(1_000_000, tiny=False).window == WIDEST
    assert profile_for(4096, tiny=False).room == 3072
    assert profile_for(1024, tiny=False).name == "tiny"
    assert profile_for(None, tiny=True) == TINY
