"""A refinement: an author and critics make a text better, version by version, and give back the best one.

No author judges a text of their own; critics see neither each other nor a version's number. A new version is best only
if it scores higher or wins in both orders; one that was accepted is not improved again (EVIDENCE §4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, cast

from pydantic import BaseModel, Field, JsonValue, field_validator

from agentchat.modes.floor import drawn
from agentchat.modes.issues import Issue, joined, recorded, worst
from agentchat.modes.judging import ahead, comparison, given_up, ledger, wished
from agentchat.modes.members import absent, is_called, names_in
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.rubric import ANCHORS, parse, shares
from agentchat.modes.versions import ACCEPT, Progress, Version, pinned, progress
from agentchat.persona import CHECK, YOU
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Together, Wait
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.persona import Persona
    from agentchat.transcript import Member, Transcript

MOST_FRUITLESS = 2
"""Tries in a row that make nothing better before the best version is given back."""


class Settings(ModeSettings):
    """Settings of a refinement."""

    rounds: int = Field(3, ge=1, le=5, description="New versions after the first, at most")
    author: str = Field("", description="Who writes; empty takes one tagged author, or draws one")
    critics: str = Field("", description="Who judges, as in ada, ben; empty takes all others")
    criteria: str = Field(
        "correctness:3, clarity:2, completeness:2, tone:1",
        description="What a version is judged by, each with its weight, as in clarity:2, accuracy:3",
    )
    accept_at: float = Field(0.8, ge=0, le=1, description="The score from which a version without blockers is accepted")
    epsilon: float = Field(0.03, ge=0, le=1, description="By how much the score must grow to make a version the best")
    compare: bool = Field(default=True, description="Where it grows by less, see which version wins in both orders")
    check: bool = Field(default=False, description="A command of yours must pass; it is given with --check")
    facts: bool = Field(default=False, description="A matter of facts or logic: without a check, one round only")
    you: Literal["watch", "approve"] = Field("watch", description="Whether you must approve what the critics accept")
    words: int = Field(0, ge=0, le=20_000, description="About how many words the text should have; 0 leaves it open")
    draft: str = Field("", description="The text to begin with; without one, the author writes the first version")

    @field_validator("criteria")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse(text)
        return text

    def lacks(self, personas: Sequence[Persona]) -> str:
        """An author and somebody else to be the critic, each by their name."""
        if len(personas) < 2:
            here = f"; here is only {personas[0].name}" if personas else ""
            return f"a refinement needs an author and at least one critic{here}"
        if name := absent(f"{self.author}, {self.critics}", personas):
            return f"{name} is to take part in the refinement, and is not in the room"
        critics = [one for one in personas if any(is_called(name, one) for name in names_in(self.critics))]
        if critics and all(is_called(self.author, one) for one in critics):
            return f"{critics[0].name} is to be author and only critic at once"
        return ""


class Refinement:
    """The author writes, critics judge apart, the author answers them: until it is good enough, or rounds are over."""

    name: ClassVar[str] = "refinement"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Refinement"
    summary: ClassVar[str] = "author and critics, version by version"
    picture: ClassVar[str] = "A ⇄ B C"
    again: ClassVar[str] = "one more version is tried"
    achieves: ClassVar[frozenset[str]] = frozenset({"accepted"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.criteria = parse(self.settings.criteria)

    def bound(self, members: int) -> int:
        """For each version, 12 after a reopening: draft, reply, check, critiques, comparisons, conclusions; the end."""
        return 15 * (members + 10) + 6

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = progress(transcript, self.settings.words)
        if now.stopped is not None or (now.accepted is not None and not now.wishes):
            return self._finish(now)
        if now.wanted is not None:
            return self._accepted_by_you(transcript, now)
        author, critics = self._author(transcript, now), self._critics(transcript, now)
        if author is None or not critics:
            return Wait("A refinement needs an author and a critic: invite or unmute someone.")
        if self.settings.facts and not self.settings.check and not now.warned:
            why = "Facts and logic are not made right by reading again: without a check from outside, one round only."
            return Record("warned", {"text": why}, "there is no --check")
        if now.now is None:
            return self._write(transcript, now, author)
        return (
            self._judge(transcript, now, now.now, critics)
            or self._score(transcript, now, now.now)
            or self._approval(transcript, now, now.now)
            or self._stop(now, now.now)
            or self._write(transcript, now, author)
        )

    def close(self, transcript: Transcript) -> Step:
        """Give back the best version there is."""
        now = progress(transcript, self.settings.words)
        why = transcript.purse.closing
        if now.best is None and now.now is None:
            return Finish("ended", reason=why)
        if now.stopped is None and now.accepted is None:
            best = now.best or now.now
            number = best.number if best else 0
            return Record("stopped", {"rule": why, "version": number, "best": number}, f"stopped: {why}")
        return self._finish(now)

    # Who does what.

    def _author(self, transcript: Transcript, now: Progress) -> Member | None:
        """Who writes the next version: one who already failed at it only if there is nobody else."""
        members = transcript.active
        order = sorted(
            drawn(transcript, members, 0),
            key=lambda one: (
                not is_called(self.settings.author, one.persona),
                any(is_called(name, one.persona) for name in names_in(self.settings.critics)),
                "author" not in one.persona.tags,
            ),
        )
        failed = {turn.start.speaker for turn in now.failed}
        return next((one for one in order if one.id not in failed), order[0] if order else None)

    def _critics(self, transcript: Transcript, now: Progress) -> list[Member]:
        """Who judges the newest version: neither who wrote it nor who is to write the next."""
        version, author = now.now, self._author(transcript, now)
        writers = {version.author if version and version.author != YOU else author.id if author else ""}
        others = [member for member in transcript.active if member.id not in writers]
        wanted = names_in(self.settings.critics)
        named = [member for member in others if any(is_called(name, member.persona) for name in wanted)]
        return named or others

    # A version is written, answered for, checked and judged.

    def _write(self, transcript: Transcript, now: Progress, author: Member) -> Step:
        base = pinned(transcript, now) or now.best
        if base is None:
            if len(now.failed) >= MOST_FRUITLESS:
                return Finish("failed", reason="no first version came")
            brief, reason = "Write the text that is asked for: all of it, and nothing else.", "writes the first version"
        else:
            open_ = worst(now.issues)
            brief = "Write the whole text anew, better, and nothing else. Leave alone what nobody found fault with."
            reason = f"revises version {base.number}: {_count(len(open_), 'open issue')}"
        if self.settings.words:
            brief += f" About {self.settings.words} words."
        number = len(now.versions) + 1
        stage = f"draft {number}.{len(now.failed) + 1}"
        return Ask(author.id, "draft", brief, number, stage, reply_to=base.turn if base else None, reason=reason)

    def _judge(self, transcript: Transcript, now: Progress, version: Version, critics: Sequence[Member]) -> Step | None:
        if version.scored is not None:
            return None
        asks: list[Ask] = []
        number = version.number
        if self.settings.check and version.check is None:
            brief = "Does the text pass?"
            asks.append(
                Ask(CHECK, "check", brief, number, f"check {number}", reply_to=version.turn, reason="the check")
            )
        open_ = worst(now.issues)
        writer = transcript.member(version.author)
        if writer and not writer.muted and open_ and version.replies is None and not version.critiques:
            brief = "You have written the new version. For each of these issues: did you fix it, or do you reject it?"
            choices = tuple(str(issue.id) for issue in open_)
            why = "answers the critics"
            asks.append(
                Ask(
                    writer.id,
                    "reply",
                    brief,
                    number,
                    f"reply {number}",
                    reply_to=version.turn,
                    choices=choices,
                    reason=why,
                )
            )
        if asks:
            return Together(tuple(asks))
        have = {turn.start.speaker for turn in version.critiques}
        missing = [critic for critic in critics if critic.id not in have] if not version.compares else []
        reads_to = version.critiques[0].start.reads_to if version.critiques else None
        asks = [self._critique(critic, version, reads_to) for critic in missing]
        return Together(tuple(asks)) if asks else None

    def _critique(self, critic: Member, version: Version, reads_to: int | None) -> Ask:
        anchors = "; ".join(f"{name}: {ANCHORS[name]}" for name in self.criteria if name in ANCHORS)
        brief = f"Judge the text, score by score. {anchors}." if anchors else "Judge the text, score by score."
        return Ask(
            critic.id,
            "critique",
            brief,
            version.number,
            f"critique {version.number}",
            sealed=True,
            reads_to=reads_to,
            choices=tuple(self.criteria),
            reply_to=version.turn,
            reason="judges the text, unseen by the others",
        )

    # What comes of it.

    def _score(self, transcript: Transcript, now: Progress, version: Version) -> Step | None:
        if version.scored is not None:
            return self._wished(now, version, version.scored.data) if now.wishes else None
        judged = [turn for turn in version.critiques if turn.data]
        if not judged:
            left = _unseen(transcript)
            return Record("stopped", {"rule": "nobody could judge it"}, "nobody could judge the text", left)
        scores, by, score = shares(self.criteria, {turn.start.speaker: turn.data for turn in judged})
        issues = ledger(now, version, judged)
        best = now.best if now.best is not version else None
        acceptable = self._acceptable(version, issues, score)
        improved: bool | None = True
        if best is not None and not acceptable:
            improved = ahead(now, version, best, issues)
            if improved is None and score - (best.score or 0) >= self.settings.epsilon - 1e-9:
                improved = True
            if improved is None and self.settings.compare:
                if step := comparison(transcript, version, best, judged):
                    return step
                improved = version.compared is not None and version.compared.data.get("better") == version.number
        if best is not None and not improved:
            issues = given_up(now.issues, issues, version, best)
        data: dict[str, JsonValue] = {
            "version": version.number,
            "turn": version.turn,
            "author": version.author,
            "score": score,
            "scores": {**scores},
            "by": {**by},
            "accept_at": self.settings.accept_at,
            "acceptable": acceptable,
            "best": version.number if improved or best is None else best.number,
            "improved": improved is True,
            "issues": recorded(issues),
        }
        reason = f"scored {score:.2f} of {self.settings.accept_at:g}"
        return Record("draft_scored", data, reason, _unseen(transcript))

    def _acceptable(self, version: Version, issues: Sequence[Issue], score: float) -> bool:
        held = any(one.status == "open" and (one.severity == "blocker" or one.by == YOU) for one in issues)
        return not held and version.passed and score >= self.settings.accept_at - 1e-9

    def _wished(self, now: Progress, version: Version, data: dict[str, JsonValue]) -> Record:
        issues = joined(now.issues, wished(version, now.wishes))
        return Record(
            "draft_scored", {**data, "acceptable": False, "issues": recorded(issues)}, "you asked for a change"
        )

    def _approval(self, transcript: Transcript, now: Progress, version: Version) -> Step | None:
        if version.scored is None or version.scored.data.get("acceptable") is not True:
            return None
        if self.settings.you == "watch" or version.answer == ACCEPT:
            by = "critics" if self.settings.you == "watch" else YOU
            return Record("draft_accepted", _accepted(version, by), f"accepted at {version.score or 0:.2f}")
        if any(one.key == ACCEPT for one in transcript.escalations):
            return Wait("Accept this version, or say what to change.")
        if not version.asked:
            question = f"Accept version {version.number}? The critics do, at {version.score or 0:.2f}."
            reason = "the critics accept it, and you wanted to be asked"
            return Escalate(question, "ask", (ACCEPT, "not yet"), ACCEPT, key=ACCEPT, turn=version.turn, reason=reason)
        wish = (
            version.answer if version.answer != "not yet" else "The person in the room does not accept it as it is yet."
        )
        now.wishes = [wish]
        return self._wished(now, version, version.scored.data)

    def _accepted_by_you(self, transcript: Transcript, now: Progress) -> Step:
        target = now.wanted.target if now.wanted else ""
        turn = transcript.turn(int(target)) if target.isdigit() else None
        version = (now.of(turn.id) if turn else now.versions[0] if target == "0" and now.versions else None) or now.best
        if version is None:
            return Finish("failed", reason="there was no version yet to accept")
        return Record("draft_accepted", _accepted(version, YOU), "you accepted it", _unseen(transcript))

    def _stop(self, now: Progress, version: Version) -> Step | None:
        rounds = now.reopened.rounds if now.reopened else self.settings.rounds
        rounds = 1 if self.settings.facts and not self.settings.check else rounds
        pressing = any(issue.pressing for issue in now.issues)
        if _fresh(now, version):
            return None
        if not pressing:
            rule = "nothing left but minor issues"
        elif now.fruitless >= MOST_FRUITLESS:
            rule = f"{MOST_FRUITLESS} tries without a better version"
        elif now.revisions >= rounds:
            rule = _count(rounds, "round")
        else:
            return None
        data: dict[str, JsonValue] = {"rule": rule, "version": version.number, "best": (now.best or version).number}
        return Record("stopped", data, f"stopped after {rule}" if pressing else rule)

    def _finish(self, now: Progress) -> Step:
        accepted = now.accepted.data.get("turn", "") if now.accepted else ""
        version = now.best if now.accepted is None else now.of(accepted if isinstance(accepted, int) else None)
        if version is None:
            return Finish("failed", reason="there is no version")
        data: dict[str, JsonValue] = {"version": version.number, "text": version.text, "score": version.score}
        reason = now.accepted or now.stopped or version.scored
        outcome = "accepted" if now.accepted else "not_accepted"
        return Finish(outcome, version.text, reason.reason if reason else "", data)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _fresh(now: Progress, version: Version) -> bool:
    """Whether the person asked for something that no version was tried for: it always gets one."""
    asked = any(one.by == YOU and one.status == "open" and one.since == version.number for one in now.issues)
    return asked and not (version.scored and now.failed and now.failed[-1].id > version.scored.seq)


def _accepted(version: Version, by: str) -> dict[str, JsonValue]:
    return {"version": version.number, "turn": version.turn, "score": version.score, "by": by}


def _unseen(transcript: Transcript) -> tuple[int, ...]:
    """The judgments nobody was shown yet, those included that an end in the middle left behind."""
    turns = [one for one in transcript.mine if isinstance(one, Turn) and one.start.kind in ("critique", "compare")]
    return tuple(turn.id for turn in turns if transcript.sealed(turn))
