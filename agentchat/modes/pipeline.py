"""A pipeline: named stages, each somebody's work, and each checked against what it promises before the next begins.

What breaks a promise goes back once to its maker, with the reason; a verdict may send it further back. What is still
not right is the person's to settle. Not verifying, and going past a specification, are among the most common ways in
which groups of models fail (EVIDENCE §1, MAST): so code checks what code can.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from pydantic import BaseModel, Field, JsonValue

from agentchat.capability import fit
from agentchat.kinds.pipeline import FAIL
from agentchat.modes.floor import lot
from agentchat.modes.handover import (
    ACCEPT,
    AGAIN,
    AGAIN_MARK,
    STOP,
    Handover,
    back,
    handover,
    made,
    made_before,
    sources,
)
from agentchat.modes.members import absent, is_called
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.promises import Size, broken, told, written
from agentchat.modes.sitting import sitting
from agentchat.modes.stages import Stage, Stages, group, stages
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Together, Wait
from agentchat.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentchat.persona import Persona
    from agentchat.transcript import Member, Transcript, Turn

MOST_MAKERS = 3
"""Members who are asked in turn for one piece of work, where it does not come."""

MOST_AGAIN = 3
"""Times a person may have one stage tried again."""

BROKEN_OFF: Mapping[str, str] = {
    "interrupted": "was cut off before its end",
    "truncated": "broke off before its end",
}
"""What is said of work that is no whole, by how its turn ended: no promise is needed for that to be wrong."""

_JUDGING = "check test verify review doubt risk quality"
"""What somebody who gives a verdict is good at."""


class Settings(ModeSettings):
    """Settings of a pipeline."""

    stages: Stages = Field(
        "frame | work out | check: verdict back to work out",
        description="Stage by stage, as in: outline by ada: lines>=3 | draft by ben: words<=200, has Risks | "
        "check by cleo: verdict back to draft; a + in place of the | makes two at once. Promises: words, lines or "
        "characters with <=, >= or =; has TEXT; has heading TEXT; without TEXT; matches PATTERN; "
        "json with fields a and b; verdict",
    )
    returns: int = Field(2, ge=0, le=5, description="How often verdicts may send the work back, in all")
    unkept: Literal["stop", "accept"] = Field(
        "stop", description="What counts where a promise stays broken and you do not say what to do"
    )
    words: int = Field(150, ge=20, le=2000, description="About how many words a stage has that promises no length")

    def lacks(self, personas: Sequence[Persona]) -> str:
        """The makers that are named."""
        for stage in stages(self.stages):
            if name := absent(stage.by, personas):
                return f"{name} is to make “{stage.name}”, and is not in the room"
        return ""


class Pipeline:
    """From stage to stage, each checked before the next."""

    name: ClassVar[str] = "pipeline"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Pipeline"
    summary: ClassVar[str] = "stage by stage, each checked before the next"
    picture: ClassVar[str] = "A ✓→ B ✓→ C ⇒ ▣"
    again: ClassVar[str] = "it goes through every stage"
    achieves: ClassVar[frozenset[str]] = frozenset({"done"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.stages = stages(self.settings.stages)

    def bound(self, members: int) -> int:
        """For each stage, each time work comes to it or a person has it tried again: two tries, and what is found."""
        tries = 2 * (MOST_MAKERS + 1)
        return len(self.stages) * tries * (1 + self.settings.returns + len(self.stages) * MOST_AGAIN) + 2

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = handover(sitting(transcript).entries, self.stages)
        if now.over is not None:
            return self._finish(now, now.over.data, now.over.reason)
        if now.failed is not None:
            return self._end(now, "failed", _ending(now.failed.data))
        if now.stopped is not None:
            return self._end(now, "stopped", f"stopped at {_ending(now.stopped.data)}")
        if now.at >= len(self.stages):
            return self._end(now, "done", f"{len(self.stages)} stages" if len(self.stages) > 1 else "")
        if now.stuck is not None:
            return self._ask_person(transcript, now, str(now.stuck.data.get("why") or ""))
        if not transcript.active:
            return Wait("Nobody is in the room to work: invite or unmute someone.")
        if step := self._at_once(transcript, now):
            return step
        if now.turn is not None and made(now.turn):
            return self._check(now, now.turn)
        maker, reason = self._maker(transcript, now)
        return self._lost(now) if maker is None else self._ask(transcript, now, maker, reason)

    def close(self, transcript: Transcript) -> Step:
        """Give back what there is; what was just made is looked at first."""
        now, why = handover(sitting(transcript).entries, self.stages), transcript.purse.closing
        if now.turn is not None and made(now.turn):
            return self._check(now, now.turn)
        return self._end(now, "stopped", why) if now.over is None else self._finish(now, now.over.data, why)

    # Who is asked, and for what.

    def _at_once(self, transcript: Transcript, now: Handover) -> Step | None:
        """Stages made at once with the one at hand that nobody was asked for yet, with itself the first time.

        Before anything is checked: so it is the same where a crash came between them.
        """
        missing = [one for one in group(self.stages, now.at) if one > now.at and one not in now.ahead]
        if not missing:
            return None
        asks: list[Ask] = []
        for at in [*([] if now.visit else [now.at]), *missing]:
            fresh = replace(now, at=at, visit=[])
            maker, reason = self._maker(transcript, fresh, self._busy(transcript, now, at, asks))
            if maker is not None and all(one.speaker != maker.id for one in asks):
                asks.append(self._ask(transcript, fresh, maker, reason))
        return Together(tuple(asks)) if len(asks) > 1 else asks[0]

    def _busy(self, transcript: Transcript, now: Handover, at: int, asks: Sequence[Ask]) -> list[str]:
        """Who makes, or is to make, what is made at once with a stage."""
        beside = [self.stages[one].by for one in group(self.stages, at) if one != at]
        wanted = [one.id for one in transcript.active if any(is_called(by, one.persona) for by in beside)]
        made_by = [turn.start.speaker for turn in (*now.visit, *now.ahead.values())]
        return [*wanted, *made_by, *(ask.speaker for ask in asks)]

    def _maker(self, transcript: Transcript, now: Handover, busy: Sequence[str] = ()) -> tuple[Member | None, str]:
        """Who makes the stage at hand, and why; nobody, where it did not come from as many as may be asked.

        Who is `busy` makes another one at once with it, and is not drawn for this one where somebody else is free.
        """
        stage, nothing = self.stages[now.at], [turn.start.speaker for turn in now.visit]
        free = [one for one in transcript.active if one.id not in nothing]
        if len(nothing) >= MOST_MAKERS or (not free and len(nothing) >= 2):
            return None, ""
        free = free or list(transcript.active)
        last = now.newest.get(now.at)
        if now.why and last and (own := [one for one in free if one.id == last.start.speaker]):
            return own[0], f"{stage.name}, once more: {'' if now.judged else 'it '}{now.why}"
        if named := [one for one in free if is_called(stage.by, one.persona)]:
            return named[0], stage.name
        before = {work.start.speaker for work in self._sources(transcript, now)}
        idle = [one for one in free if one.id not in busy] or free
        others = [one for one in idle if one.id not in before] or idle
        about = f"{stage.name} {_JUDGING if stage.verdict else transcript.question}"
        seed = transcript.opened.seed
        best = max(others, key=lambda one: (fit(about, one.persona).score, lot(seed, stage.name, one.id)))
        known = fit(about, best.persona).words
        why = f"close to {', '.join(known[:2])}" if known else "drawn by lot"
        instead = f" in place of {stage.by}" if stage.by else " since nothing came" if nothing else ""
        return best, f"{stage.name}{instead}: {why}"

    def _ask(self, transcript: Transcript, now: Handover, maker: Member, reason: str) -> Ask:
        stage, tries = self.stages[now.at], now.tries.get(now.at, 0)
        label = f"{stage.name}{AGAIN_MARK}{tries + 1}" if tries else stage.name
        work = self._sources(transcript, now)
        kind = "verdict" if stage.verdict else "work"
        brief = self._brief(now, maker, work)
        return Ask(maker.id, kind, brief, stage=label, reply_to=work[-1].id if work else None, reason=reason)

    def _sources(self, transcript: Transcript, now: Handover) -> list[Turn]:
        """What the stage at hand goes on from; for the first one, what was made before this pipeline began."""
        return sources(now, self.stages, now.at) or made_before(transcript)

    def _brief(self, now: Handover, maker: Member, work: Sequence[Turn]) -> str:
        stage = self.stages[now.at]
        said = [f"Stage {now.at + 1} of {len(self.stages)}: {stage.name}."]
        numbers = " and ".join(f"#{one.id}" for one in work)
        if stage.verdict:
            what = numbers or "what was made so far"
            return f"{said[0]} Judge {what}: will it do, by the question and by what the stages before it were for?"
        if work:
            said.append(f"Work from what came of the stages before, the last of it {numbers}.")
        if beside := [self.stages[at].name for at in group(self.stages, now.at) if at != now.at]:
            said.append(f"Made at once with it, by others: {', '.join(beside)}.")
        if now.judged is not None:
            own = now.newest.get(now.at)
            mine = own is None or own.start.speaker == maker.id
            there = f"{'Your work' if mine else 'What there was'}{f' (#{own.id})' if own else ''}"
            said.append(f"{there} came back (#{now.judged.id}) with these words: {quoted(now.why)}")
        elif now.why:
            own = now.newest.get(now.at)
            said.append(f"What there was{f' (#{own.id})' if own else ''} will not do: it {now.why}.")
        if now.why:
            said.append("Give the whole of it anew, mended.")
        if stage.promises:
            said.append(f"It must {'; it must '.join(map(told, stage.promises))}. A program checks that.")
        if not any(isinstance(one, Size) for one in stage.promises):
            said.append(f"About {maker.words or self.settings.words} words.")
        return " ".join(said)

    # What comes of it.

    def _check(self, now: Handover, turn: Turn) -> Record:
        """Whether a promise was kept, and where the work goes."""
        stage = self.stages[now.at]
        found = {} if stage.verdict else {written(one): broken(one, turn.text) for one in stage.promises}
        if turn.end is not None and turn.end.outcome in BROKEN_OFF:
            found["a whole"] = BROKEN_OFF[turn.end.outcome]
        why = ", and ".join(one for one in found.values() if one)
        verdict = str(turn.data.get("verdict") or "") if stage.verdict else ""
        if verdict == FAIL:
            why = str(turn.data.get("reason") or "it will not do")
        yours = turn.end is not None and turn.end.edited_from is not None
        then, to = self._then(now, stage, kept=not why, yours=yours)
        if verdict:
            reason = f"{stage.name} {'fails' if why else 'passes'}{f': {to}' if to else ''}"
        elif why:
            reason = f"{stage.name}: it {why}; {to}"
        else:
            reason = f"{stage.name} is done{f', {to}' if to else ''}"
        return Record(
            "stage_checked",
            {
                "stage": stage.name,
                "of": [one.name for one in self.stages],
                "by": turn.start.speaker,
                "turn": turn.id,
                "kept": not why,
                "promises": [{"promise": promise, "broken": how} for promise, how in found.items()],
                "verdict": verdict,
                "why": why,
                "then": then,
                "next": to,
            },
            reason,
        )

    def _then(self, now: Handover, stage: Stage, *, kept: bool, yours: bool) -> tuple[str, str]:
        """What happens now, as a word and for people. Nobody writes over `yours`, the words that a person put there."""
        if kept:
            after = self.stages[now.at + 1 : now.at + 2] if now.at + 1 not in now.ahead else ()
            return "next", f"next: {after[0].name}" if after else ""
        if stage.verdict is None and yours:
            return "ask", "goes to you: the words are yours"
        if stage.verdict is None:
            return ("ask", "goes to you: it went back once") if now.again else ("again", "goes back to its maker, once")
        if stage.verdict.final:
            return "fail", "a fail ends it"
        if now.sent_back < self.settings.returns:
            return "back", f"goes back to {self.stages[back(now, self.stages)].name}"
        return "ask", f"goes to you: it was sent back {now.sent_back} times" if now.sent_back else "goes to you"

    def _lost(self, now: Handover) -> Record:
        stage, who = self.stages[now.at], len({turn.start.speaker for turn in now.visit})
        why = f"nobody made it: {who} {'was' if who == 1 else 'were'} asked"
        data: dict[str, JsonValue] = {"stage": stage.name, "kept": False, "why": why, "then": "ask"}
        return Record("stage_checked", {**data, "next": "goes to you"}, f"{stage.name}: {why}; goes to you")

    def _ask_person(self, transcript: Transcript, now: Handover, why: str) -> Step:
        if any(one.key == now.key for one in transcript.escalations):
            return Wait(f"Say what is to become of “{self.stages[now.at].name}”.")
        turn = now.newest.get(now.at) if now.stuck and now.stuck.data.get("by") else None
        options = [ACCEPT] if turn else []
        if now.more.get(now.at, 0) < MOST_AGAIN:
            options.append(AGAIN)
        default = ACCEPT if turn and self.settings.unkept == "accept" else STOP
        judged = now.stuck is not None and bool(now.stuck.data.get("verdict"))
        said = why if not turn else f"the verdict is fail: {why}" if judged else f"it {why}"
        question = f"“{self.stages[now.at].name}” is not as it should be: {said.rstrip('.')}. What now?"
        return Escalate(
            question,
            "ask",
            (*options, STOP),
            default,
            key=now.key,
            turn=turn.id if turn else None,
            reason="the work cannot go on by itself",
        )

    def _end(self, now: Handover, outcome: str, why: str) -> Step:
        """The stages as they came out; what became of a single one has been said."""
        rows: list[JsonValue] = [
            {
                "name": stage.name,
                "by": there.start.speaker if (there := now.newest.get(at) or now.ahead.get(at)) else "",
                "tries": now.tries.get(at, 0),
                "kept": at in now.passed and at not in now.accepted,
                "accepted": at in now.accepted,
            }
            for at, stage in enumerate(self.stages)
        ]
        ended: dict[str, JsonValue] = {"outcome": outcome, "stages": rows, "why": why}
        return Record("pipeline_ended", ended, why) if len(rows) > 1 else self._finish(now, ended, why)

    def _finish(self, now: Handover, ended: dict[str, JsonValue], why: str) -> Finish:
        came = [(self.stages[at].verdict is None, turn) for at, turn in sorted(now.newest.items())]
        work, verdicts = [turn for is_work, turn in came if is_work], [turn for is_work, turn in came if not is_work]
        last = next(reversed(sources(now, self.stages, len(self.stages)) or work or verdicts), None)
        text = last.text if last else ""
        data: dict[str, JsonValue] = {"text": text, "stages": ended.get("stages")}
        if verdicts:
            data["verdict"] = verdicts[-1].data.get("verdict")
        return Finish(str(ended.get("outcome") or "failed"), text, why, data)


def _ending(stuck: dict[str, JsonValue]) -> str:
    """What it ended at, and why."""
    said = bool(stuck.get("verdict")) or not stuck.get("by")
    return f"{stuck.get('stage')}: {'' if said else 'it '}{stuck.get('why')}"
