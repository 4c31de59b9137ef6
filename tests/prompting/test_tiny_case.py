"""A tiny model answers a case to the one who asks, and its verdict is about what was said, which it is shown."""

from __future__ import annotations

from agentchat.events import HumanSpoke, TurnEnded, TurnStarted
from agentchat.prompting import TINY, compose
from agentchat.testing import append, begin, opened, people


def test_a_case_is_answered_to_the_one_who_asks_and_judged_by_what_was_said() -> None:
    log = begin(opened("hub", people("Ada", "Ben")))
    append(log, [HumanSpoke(text="It began on Monday")])
    start = TurnStarted(turn=log.next_seq, speaker="ada", kind="case_answer", reads_to=log.head)
    prompt = compose(log.transcript, start, TINY)
    assert prompt.messages[-1].content == "You can"
    assert "They add: It began on Monday." in prompt.messages[1].content
    (begun,) = append(log, [start])
    append(log, [TurnEnded(turn=begun.seq, speaker="ada", kind="case_answer", outcome="said", text="You can wait.")])
    verdict = TurnStarted(turn=log.next_seq, speaker="ada", kind="case_verdict", choices=("ben",), reply_to=begun.seq)
    prompt = compose(log.transcript, verdict, TINY)
    assert "Ada wrote: You can wait." in prompt.messages[1].content
