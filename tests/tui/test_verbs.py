"""The one table of what a person can do: its keys, its footer and its commands never disagree."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from agentchat.errors import UsageError
from agentchat.modes import SHIPPED, again, mode_of
from agentchat.testing import begin, opened, people
from agentchat.tui.verbs import NAMES, VERBS, Moment, command, footer, for_key, refused
from agentchat.tui.verbs.flow import DIGITS
from agentchat.tui.verbs.now import Asked, hindrance, invitation
from agentchat.tui.verbs.verb import Hands

STATES = ("running", "paused", "held", "waiting", "closed", "read-only")
HANDS: tuple[Hands, ...] = ("watching", "empty", "writing")
MOMENTS = [Moment(*one, 4) for one in product(STATES, HANDS, (False, True))]
MOMENTS += [Moment("waiting", hands, False, 4, asked, 2) for hands in HANDS for asked in get_args(Asked)]
MOMENTS += [Moment("closed", hands, members=4, voted=True) for hands in HANDS]

KEYS = {"space": "space", "esc": "escape", ".": "full_stop", "enter": "enter", "?": "question_mark", "f1": "f1"}
KEYS |= {"ctrl+q": "ctrl+q"}
KEYS |= {"1-4": "1", "1-2": "1", "ctrl+b": "ctrl+b", "f5": "f5", "ctrl+z": "ctrl+z", "]": "right_square_bracket"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_key_in_the_footer_does_what_it_says(moment: Moment) -> None:
    for shown, brief in footer(moment):
        if not moment.watching and shown in ("enter", "ctrl+j"):
            continue  # the composer's own
        verb = for_key(KEYS[shown], moment)
        assert verb is not None
        assert verb.able(moment)
        assert brief in (verb.brief, "keys" if verb.name == "help" else verb.brief)


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_printable_key_is_taken_from_what_is_being_written(moment: Moment) -> None:
    for key in (*DIGITS, "full_stop", "question_mark", "a"):
        if not moment.watching:
            assert for_key(key, moment) is None
    if moment.hands == "writing":
        assert for_key("space", moment) is None


@pytest.mark.parametrize("moment", [one for one in MOMENTS if one.watching])
def test_no_letter_is_a_key_for_every_letter_begins_a_sentence(moment: Moment) -> None:
    assert all(for_key(letter, moment) is None for letter in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("moment", MOMENTS)
def test_escape_always_leads_somewhere(moment: Moment) -> None:
    assert for_key("escape", moment) is not None


def test_a_session_of_another_process_takes_no_verb_that_changes_it() -> None:
    able = {verb.name for verb in VERBS if verb.able(Moment("read-only"))}
    assert able == {"fork", "compare", "export", "save", "replay", "stats", "why", "panel", "home", "help", "quit"}


def test_every_verb_says_what_it_does_and_no_two_share_a_name() -> None:
    assert all(verb.says for verb in VERBS)
    assert len({verb.name for verb in VERBS}) == len(VERBS)


@given(st.text(max_size=40))
def test_any_command_is_one_of_the_table_or_refused_in_words(text: str) -> None:
    name = text.strip().partition(" ")[0].lower()
    if name in NAMES:
        assert command("/" + text)[0] is NAMES[name]
    else:
        with pytest.raises(UsageError) as refused:
            command("/" + text)
        assert refused.value.hint


def test_a_misspelt_command_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        command("/unmut ada")
    assert "/unmute" in refused.value.hint


@pytest.mark.parametrize(
    ("typed", "moment", "words"),
    [
        ("/pause", Moment("paused"), "nobody is speaking"),
        ("/go", Moment("waiting", asked="ballot"), "the room waits for your ballot"),
        ("/go", Moment("closed"), "the room has ended"),
        ("/rounds 3", Moment("read-only"), "the room is read only"),
        ("/abstain", Moment("running"), "you are not asked for anything"),
        ("/versions", Moment("closed"), "there are no versions of a text"),
    ],
)
def test_a_command_that_makes_no_sense_is_told_what_is_the_case(typed: str, moment: Moment, words: str) -> None:
    verb, _ = command(typed)
    assert not verb.able(moment)
    assert hindrance(verb, moment) == words


@pytest.mark.parametrize(
    ("key", "moment", "words"),
    [
        ("f5", Moment("paused"), "/xray: nothing was voted on yet"),
        ("f2", Moment("closed", hands="writing"), "/vote: the room has ended"),
        ("f12", Moment("paused"), "/takeover: this window drives the session"),
        ("ctrl+n", Moment("closed"), ""),
        ("f6", Moment("closed"), ""),
        ("space", Moment("closed"), ""),
        ("a", Moment("closed"), ""),
    ],
)
def test_a_key_that_means_one_thing_says_why_it_does_nothing(key: str, moment: Moment, words: str) -> None:
    assert refused(key, moment) == words


@pytest.mark.parametrize("mode", sorted(SHIPPED))
def test_what_a_question_after_the_end_comes_to_is_the_modes_own_word(mode: str) -> None:
    log = begin(opened(mode, people("Ada", "Ben"), {}))
    words = invitation(log.transcript, Moment("closed"))
    assert words.startswith(f"ask more, and {again(mode)}")
    assert len(words) <= 72  # cells there are for it on a screen of 80
    assert again(mode) != again("gone") == "it goes on"
    assert "round" not in words or "rounds" in mode_of(mode).Settings.model_fields
