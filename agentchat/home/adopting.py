"""What has changed since a session was made: persona files, the home's model, keys. The session's own snapshot wins.

Nothing here changes a session. What has changed is said in words, and can be adopted by whoever drives it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.conduct import without
from agentchat.errors import UsageError
from agentchat.models.choice import lacks
from agentchat.modes import mode_of, names
from agentchat.voting.phrasing import listed
from agentchat.worddiff import word_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentchat.home.home import Home
    from agentchat.library.shelf import Scan
    from agentchat.persona import Persona
    from agentchat.room import Room
    from agentchat.transcript import Member, Transcript

BESIDES = ("description", "focus", "temperature", "color", "avatar", "talkativeness", "understudy", "tags", "extra")
"""What of a persona is only named where it changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is no longer as the session has it, of one member."""

    who: str
    name: str
    says: str
    persona: Persona | None = None
    """As the file has it now, where that can be adopted."""
    model: str | None = None
    """What the member would be asked with then; None leaves it."""
    words: str = ""
    """What of the persona differs."""

    @property
    def adoptable(self) -> bool:
        """Whether there is anything to take over."""
        return self.persona is not None or self.model is not None


async def changes(home: Home, transcript: Transcript) -> tuple[Change, ...]:
    """What has changed since for those who are in the room, as far as it can be seen from here."""
    scan = await asyncio.to_thread(home.shelf.scan)
    found = [await _change(home, transcript, scan, member) for member in transcript.members]
    return tuple(change for change in found if change)


async def _change(home: Home, transcript: Transcript, scan: Scan, member: Member) -> Change | None:
    old, name = member.persona, member.persona.name
    try:
        new = (scan.member(old.id) or scan.get(old.id)).persona
    except UsageError as error:
        broken = any(flaw.path.stem.casefold() == old.id for flaw in scan.flaws)
        why = f"cannot be read now ({error})" if broken else "is not within reach of here"
        return Change(old.id, name, f"{name}'s file {why}: it goes on as it was")
    if new.id != old.id:
        return Change(old.id, name, f"{name}'s file is not within reach of here: it goes on as it was")
    told = list(differences(old, new))
    if told:
        model = (await home.chosen("", new)).model if new.model != old.model else None
        words = ", ".join(told)
        says = f"{name}'s file has changed: {words}"
        return Change(old.id, name, says, new, model if model != member.model else None, words)
    usual = home.config.model
    was = transcript.opened.models.get(old.id)
    if usual and usual != member.model == was and not old.model and "from config.toml" in transcript.opened.models_why:
        return Change(old.id, name, f"{name} is asked with {was}; the home's model is {usual} now", None, usual)
    return None


def differences(old: Persona, new: Persona) -> Iterable[str]:
    """What differs between two of one persona, in words."""
    for field in ("name", "title"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield (
                f"{field} “{before}” is “{after}” now"
                if before and after
                else f"{field} “{after or before}”" + ("" if after else " is gone")
            )
    if old.prompt != new.prompt:
        added, dropped = (
            sum(len(text.split()) for op, text in word_diff(old.prompt, new.prompt) if op == kind)
            for kind in ("add", "drop")
        )
        parts = [f"{count} {'word' if count == 1 else 'words'} {what}" for count, what in _counted(added, dropped)]
        yield f"prompt with {' and '.join(parts)}" if parts else "prompt spaced otherwise"
    if old.model != new.model:
        yield f"wishes for {listed(new.model)}" if new.model else "no longer wishes for a model"
    if others := [field for field in BESIDES if getattr(old, field) != getattr(new, field)]:
        yield f"other {listed(others)}"


def _counted(added: int, dropped: int) -> Iterable[tuple[int, str]]:
    return [(count, what) for count, what in ((added, "added"), (dropped, "taken out")) if count]


async def news(home: Home, transcript: Transcript) -> tuple[str, ...]:
    """The same in brief, and what a person in the room can do about it; and which models cannot be asked here."""
    adoptable = [change for change in await changes(home, transcript) if change.adoptable]
    files = [change.name for change in adoptable if change.persona]
    told: list[str] = []
    if files:
        whose = f"{files[0]}'s file has" if len(files) == 1 else f"the files of {listed(files)} have"
        told.append(f"{whose} changed since (/adopt shows how)")
    if len(files) < len(adoptable):
        told.append(f"the home's model is {home.config.model} now (/adopt takes it)")
    told += left_out(transcript)
    why_not, hint = without(transcript)
    if why_not:
        told.append(f"{why_not}. {hint.rstrip('.')}")
    if lacking := unasked(home, transcript):
        told += [*lacking[:-1], f"{lacking[-1]}, or take another with /model all MODEL"]
    return tuple(told)


def left_out(transcript: Transcript) -> tuple[str, ...]:
    """Settings of the modes at work that this version no longer knows, in words."""
    gone = [
        f"{frame.mode} no longer has the setting {key}, which is left out"
        for frame in transcript.frames
        if frame.mode in names()
        for key in frame.settings
        if key not in mode_of(frame.mode).Settings.model_fields
    ]
    return tuple(dict.fromkeys(gone))


def unasked(home: Home, transcript: Transcript) -> tuple[str, ...]:
    """Which models of the members cannot be asked from here, and why."""
    models = dict.fromkeys(member.model for member in transcript.members if member.model)
    return tuple(why for model in models if (why := _why_not(home, model)))


def _why_not(home: Home, model: str) -> str:
    try:
        home.check_model(model)
    except UsageError as error:
        return f"{model} cannot be asked here: {error}"
    key = "" if home.api_base else lacks(model, home.environ)
    return f"{model} has no key here: set {key}" if key else ""


def chosen(found: Sequence[Change], name: str = "") -> tuple[Change, ...]:
    """What is to be adopted: all of it, or of one member. Raises UsageError where there is nothing."""
    wanted = name.strip().lstrip("@").casefold()
    mine = [one for one in found if wanted in ("", one.who, one.name.casefold())]
    if adoptable := tuple(one for one in mine if one.adoptable):
        return adoptable
    raise UsageError(
        f"nothing of {name.strip()}'s has changed since" if wanted else "nothing has changed since that can be adopted",
        hint="; ".join(one.says for one in mine or found),
    )


async def adopt(room: Room, found: Sequence[Change]) -> None:
    """Go on with what has changed, as it is now."""
    for change in found:
        if change.persona is not None:
            await room.adopt(change.persona, change.model, f"{change.name} was rewritten: {change.words}")
        elif change.model is not None:
            await room.swap_model(change.who, change.model)
