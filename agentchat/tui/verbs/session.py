"""The session as a whole: its settings, its end, and what stands around it."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.tui.verbs.verb import Verb, wanted

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen


async def change(screen: RoomScreen, words: str) -> None:
    """Settings of the mode."""
    pairs = dict(part.split("=", 1) for part in wanted(words, "set key=value").split() if "=" in part)
    if not pairs:
        raise UsageError("a setting is changed with key=value", hint="For example: /set rounds=3")
    await screen.room.change({key.replace("-", "_"): value for key, value in pairs.items()})


async def rounds(screen: RoomScreen, words: str) -> None:
    """More rounds after the end; how many in all before it."""
    if not words.isdigit() or not int(words):
        raise UsageError("how many rounds?", hint="For example: /rounds 2")
    if screen.room.transcript.closed:
        await screen.room.reopen(rounds=int(words))
    else:
        await screen.room.change({"rounds": words})


async def end(screen: RoomScreen, words: str) -> None:
    """End the session; it can be reopened."""
    await screen.room.end(words)


async def export(screen: RoomScreen, words: str) -> None:
    """The session as a file in this folder, or in the one that is named; its secrets masked, and said."""
    from agentchat.export.secrets import told  # not before the first frame
    from agentchat.home.bundles import ROOM, SUFFIXES, form_of, write

    first, _, rest = words.partition(" ")
    form = first if first in SUFFIXES else ""
    file = (rest if form else words).strip()
    form = form or form_of(file) or "html"
    if form == ROOM:
        await save(screen, file)
        return
    bundles = (await screen.app.home()).bundles
    handed = await bundles.hand_on(screen.room.session, form, unkept=screen.room.driver.unkept)
    path = Path(file or handed.name).expanduser()  # noqa: ASYNC240
    path = path / handed.name if path.is_dir() else path
    await asyncio.to_thread(write, path, handed.chunks)
    lines = [f"Written: {path}"]
    if handed.masked:
        lines += ["Keys and passwords in it are masked:", *told(handed.masked)]
    if handed.sealed:
        lines.append(f"Sealed turns that can be read in it: {handed.sealed}.")
    screen.app.tell("\n".join(lines))


async def save(screen: RoomScreen, words: str) -> None:
    """The room, without what was said in it, as a file that gives it again."""
    from agentchat.export.secrets import told  # not before the first frame
    from agentchat.home.bundles import ROOM, called
    from agentchat.home.saving import keep, room_file

    force = "--force" in words.split()
    file = words.replace("--force", "").strip() if force else words.strip()
    home = await screen.app.home()
    log, masked = await home.bundles.log(screen.room.session, unkept=screen.room.driver.unkept)
    path = Path(file or called(log, ROOM)).expanduser()  # noqa: ASYNC240
    path = path / called(log, ROOM) if path.is_dir() else path
    saved = await asyncio.to_thread(room_file, home, log.transcript, path)
    await asyncio.to_thread(keep, saved, force=force)
    lines = [f"Written: {path}. It gives this room again: agentchat chat {shlex.quote(str(path))}"]
    lines += [f"Beside it: {', '.join(saved.beside)}"] if saved.beside else []
    lines += ["Keys and passwords in it are masked:", *told(masked)] if masked else []
    screen.app.tell("\n".join([*lines, *saved.told]))


async def why(screen: RoomScreen, _: str) -> None:
    """Show, or hide, why each speaker was next."""
    screen.toggle_whys()


async def panel(screen: RoomScreen, _: str) -> None:
    """Show, or hide, what stands beside the transcript."""
    screen.toggle_side()


async def home(screen: RoomScreen, _: str) -> None:
    """The home screen; the room goes on behind it."""
    screen.go_home()


async def replay(screen: RoomScreen, _: str) -> None:
    """Watch the session again, as far as it has come."""
    screen.app.replay(screen.shown.session)


async def statistics(screen: RoomScreen, _: str) -> None:
    """The session in numbers and pictures."""
    screen.app.statistics(screen.room.session)


async def help_(screen: RoomScreen, _: str) -> None:
    """Keys and commands."""
    screen.app.action_help()


async def quit_(screen: RoomScreen, _: str) -> None:
    """Leave; every room is kept."""
    await screen.app.action_quit()


async def take_over(screen: RoomScreen, _: str) -> None:
    """Drive a session whose other window is gone."""
    await screen.room.take_over()


SESSION = (
    Verb("takeover", "drive this session, where the other window has left it", take_over, anywhere=("f12",),
         shown="f12", brief="take over", able=lambda m: m.state == "read-only" and m.left),
    Verb("set", "change a setting of the mode", change, "KEY=VALUE", able=lambda m: m.alive),
    Verb("rounds", "so many rounds; after the end, so many more", rounds, "N", able=lambda m: m.ours),
    Verb("end", "end the session; it can be reopened", end, "REASON", able=lambda m: m.alive),
    Verb("export", "write the session to a file: jsonl, html, md, adr or text", export, "FORMAT FILE"),
    Verb("save", "write the room as a file that gives it again: who takes part, how, with which models", save, "FILE"),
    Verb("why", "show or hide why each was next", why, light=True),
    Verb("panel", "show or hide the floor beside the transcript", panel, anywhere=("ctrl+o",), shown="ctrl+o",
         light=True),
    Verb("home", "to the home screen; the room goes on behind it", home, keys=("escape",), shown="esc",
         anywhere=("ctrl+b",), brief="home", light=True, handy=lambda m: m.watching and not m.going),
    Verb("replay", "watch the session again, from its beginning", replay, light=True),
    Verb("stats", "the session in numbers: who spoke how much, what it took, who moved", statistics),
    Verb("help", "the keys and commands", help_, keys=("question_mark",), shown="?", anywhere=("f1",), brief="keys",
         light=True, handy=lambda m: m.watching),
    Verb("quit", "leave; every room is kept", quit_, anywhere=("ctrl+q",), shown="ctrl+q", brief="quit", light=True),
)  # fmt: skip
