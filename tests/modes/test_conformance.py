"""The check of a mode says what is wrong with one, to whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from support.own_modes import none_left

from agentchat.kinds import Kind, Payload, register
from agentchat.modes.poll import Poll
from agentchat.steps import Ask, Finish, Record, Step, Wait
from agentchat.testing import conformance
from agentchat.transcript import Transcript


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with none_left():
        yield


class Word(Payload):
    word: str


def mode(next_: Callable[[object, Transcript], object], bound: int = 9, name: str = "trial") -> type[Poll]:
    return type("Trial", (Poll,), {"name": name, "next": next_, "bound": lambda self, members: bound})


def _asks_for_ever(_: object, transcript: Transcript) -> Step:
    return Ask("ada", "say", round=len(transcript.mine))


def _counts_itself(self: object, transcript: Transcript) -> Step:
    kept = vars(type(self))
    type(self).times = kept.get("times", 0) + 1  # type: ignore[attr-defined]
    return Finish("polled", reason=str(vars(type(self))["times"]))


def _forgets_failures(_: object, transcript: Transcript) -> Step:
    said = any(getattr(one, "spoken", False) for one in transcript.mine)
    return Finish("polled") if said else Ask("ada", "say")


def _asks_for_a_word(_: object, transcript: Transcript) -> Step:
    return Finish("polled") if transcript.mine else Ask("ada", "trial_word")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (mode(lambda self, transcript: None), "trial: next gives None after event 1, which is no step"),
        (mode(lambda self, transcript: transcript.gone), "trial: next fails after event 1: AttributeError"),  # type: ignore[attr-defined]
        (mode(lambda self, transcript: Wait()), "trial waits although nobody failed"),
        (mode(lambda self, transcript: Record("noted")), "drew 20 conclusions in a row"),
        (mode(_asks_for_ever), "trial went past its own bound of 9 steps"),
        (mode(_counts_itself), "trial is not deterministic after event 1"),
        (mode(_forgets_failures), "failed 3 times at the same turn"),
        (mode(_asks_for_a_word), "trial_word: told fails for {'word': 'because'}: KeyError"),
        (mode(lambda self, transcript: Finish("polled"), bound=0), "Trial is no mode yet: bound"),
        (mode(lambda self, transcript: Finish("polled"), name="poll"), "poll is a mode that ships"),
    ],
)
def test_what_is_wrong_with_a_mode_is_said(wrong: type[Poll], told: str) -> None:
    register(Kind("trial_word", payload=lambda _: Word, told=lambda data: str(data["gone"])))
    with pytest.raises(AssertionError) as said:
        conformance(wrong)
    assert told in str(said.value)


def test_a_class_is_taken_as_well_as_a_name() -> None:
    conformance(Poll)
    conformance("poll")
