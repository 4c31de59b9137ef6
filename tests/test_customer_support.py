"""The customer support team that ships, followed through two cases: one that is resolved, one that is yours."""

from __future__ import annotations

from pathlib import Path

from support.rooms import opened_store, same_room, stands

from agentchat.conduct import gist
from agentchat.events import EscalationRaised, Event, Recorded, TurnStarted
from agentchat.export import printout
from agentchat.home import Home, Wish
from agentchat.log import Log
from agentchat.room.player import Player

ALONE = {"OLLAMA_HOST": "127.0.0.1:1"}
SCRIPT = """
[samir]
case_answer = ["It lets you in once it is paid.\\n@tilda: a charge"]
[tilda]
case_answer = ["You were charged twice on 3 May. The second 12.00 go back today."]
case_verdict = ['{"outcome": "resolved"}']
[vera]
case_summary = ["They ask for a cake. Nobody here bakes; somebody must decide whether we answer."]
"""


def wish(folder: Path, case: str) -> Wish:
    script = folder / "script.toml"
    script.write_text(SCRIPT, "utf-8")
    return Wish(case, personas=("customer-support",), model=f"scripted/{script}")


def turns(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.speaker, one.kind) for one in events if isinstance(one, TurnStarted)]


async def test_a_billing_case_is_routed_to_billing_and_resolved(tmp_path: Path) -> None:
    async with Home(tmp_path / "home", ALONE) as home:
        room = await home.create(wish(tmp_path, "My subscription was charged twice, please refund one payment"))
        room.start()
        await stands(room, "closed")
        events, transcript = list(room.log.events), room.transcript
    (routed,) = [one for one in events if isinstance(one, Recorded)]
    assert routed.data["chosen"] == "tilda"
    assert turns(events) == [("tilda", "case_answer"), ("tilda", "case_verdict")]
    assert transcript.closed
    assert (transcript.closed.outcome, transcript.closed.summary) == (
        "resolved",
        "You were charged twice on 3 May. The second 12.00 go back today.",
    )
    printed = "".join(printout("text").take(Log(events), rest=True))
    assert "Goes to Tilda" in printed
    assert "· Samir 0" in printed


async def test_what_suits_nobody_is_summed_up_put_to_the_person_answered_after_a_restart_and_ends(
    tmp_path: Path,
) -> None:
    async with Home(tmp_path / "home", ALONE) as home:
        room = await home.create(wish(tmp_path, "Do you bake cakes for weddings?"))
        room.start()
        await stands(room, "waiting")
        events, session = list(room.log.events), room.session
    (asked,) = [one for one in events if isinstance(one, EscalationRaised)]
    assert asked.options == ("Samir", "Tilda", "nobody")
    assert turns(events) == [("vera", "case_summary")]
    async with opened_store(tmp_path / "other") as store:
        lease = await store.take_lease(session)
        await store.append(session, events, lease=lease)
        await store.release(lease)
        again = await same_room(store, session)
        again.start()
        await stands(again, "waiting")
        await again.answer(asked.seq, "samir")
        await stands(again, "closed")
        after = [("samir", "case_answer"), ("tilda", "case_answer"), ("tilda", "case_verdict")]
        assert turns(list(again.log.events))[1:] == after
        closed = again.transcript.closed
        assert closed
        assert (closed.outcome, closed.reason) == ("resolved", "handled by Tilda after 1 hand-off")
        player = Player(again.log)
        player.advance(player.schedule.length)
        assert player.over
        assert gist(player.transcript) == gist(again.transcript)
        printed = "".join(printout("text").take(again.log, rest=True))
        await again.aclose()
    for part in (
        "Fits nobody",
        "The case, Vera",
        "Hub asks you",
        "you chose",
        "→ Tilda: Samir hands it on to Tilda: a charge",
    ):
        assert part in printed
