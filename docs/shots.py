"""Takes the pictures in docs/: home, a new room, a persona, a live room, a vote's X-ray, a fork beside what it came
from, and a replay, at three sizes. `make shots` runs it.

The replies are scripted, and the rooms say so, but for the replay's, which ship; everything else is the app as it is.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from agentchat.events import Event, TurnEnded, TurnStarted
from agentchat.home import Home, WhatIf, Wish
from agentchat.home.authoring import found
from agentchat.home.recordings import read, shipped
from agentchat.kinds import kind_of
from agentchat.room import Room
from agentchat.room.player import Player
from agentchat.testing import Voice, agreeable, end, play
from agentchat.tui.app import Agentchat
from agentchat.tui.compare import CompareScreen
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.rows import Rows
from agentchat.tui.writing import PersonaScreen
from agentchat.tui.xray import XRayScreen
from agentchat.views.comparison import compare

DOCS = Path(__file__).parent
CELL = 12.2
"""Width of a cell in the pictures."""
SIZES = ((80, 24), (120, 40), (200, 50))
TOPIC = "How could a small town win back young families?"
FIRST = "What should the town pay for first?"
OPTIONS = ("a later bus", "cheaper rents", "a second class")

SCRIPT = """
pace = 60

[ada]
thought = ["Rents fell by a third when the mill closed. That is the one thing this town has and others do not."]
say = ["Rents fell by a third after the mill closed. Lease the empty houses at today's price.",
\"\"\"Then put our **one advantage** to work where it shows:

- six houses on one street, not sixty over the town
- today's price for three years, for any family that enrols a child

It costs nothing until somebody comes.\"\"\"]

pick = ['{"vote": "cheaper rents", "why": "they are what families look at first"}']
minority = ["Nobody looks for a bus to a town they cannot afford. Ask those who left what they looked at first."]
argument = ["Rents are what a family looks at before anything else, and they cost nothing until one comes."]

[ben]
pick = ['{"vote": "a second class", "why": "it is where it shows"}',
'{"vote": "a later bus", "why": "a class needs children who can come"}']
argument = ["A second class is worth as much as the children who reach it. I would see how they get home first."]
thought = ["Enrolment is where it shows first. Four more children and the second class stays open."]
say = ["Enrolment is where it shows. With four more children in year one we keep the second class.",
"A cheap house next to a closed school is only cheap. Tie the lease to enrolment, as Ada says, and count children."]

[cleo]
pick = ['{"vote": "a later bus", "why": "nobody can hold a job without it"}']
argument = ["Who works late in the city cannot live here at all, at any rent. The bus is what the others rest on."]
thought = ["The bus runs twice a day. Nobody can hold a job with that, however cheap the house is."]
say = ["I would ask the three families who left last year what the last straw was. My guess: not the rent.",
"Six houses I can live with. What I do not hear is who answers for it when the second winter comes.",
\"\"\"The bus. It runs at seven and at five, so one late meeting and you sleep in the city. A street of six families \\
is six people asking for the eleven o'clock bus, and that I would like to see paid for *before* the first lease.\"\"\"]
position = ['{"stance": "partly", "why": "the bus", "objection": "Who pays for a later bus?"}']

[dev]
pick = ['{"vote": "cheaper rents", "why": "six houses can be undone"}',
'{"vote": "a later bus", "why": "one driver-hour, and it can be undone"}']
argument = ["Each of the three can be tried for a year. The bus is the cheapest to stop again."]
thought = ["Start with what can be undone: six houses, one street, one year."]
say = ["Six houses on one street, for one year. If nobody enrols, we stop.",
\"\"\"Families come to neighbours, not to addresses: six at once is a street, six spread over the town is six lonely \\
moves. And the bus already stops at the end of that street, so a later one costs a driver's hour and no new route. I \\
would put that hour into the same year's trial, and stop both if nobody comes.\"\"\"]

["*"]
"*" = ["I have nothing to add."]
proposal = ["Lease six houses on one street, for a year, to families that enrol a child."]
position = ['{"stance": "agree", "why": "it can be undone"}']
"""

BEFORE = (
    ("Which database for the beta?", "discussion", "ada dev jonas kenji", timedelta(hours=1), (14, 60, 22, 41, 9)),
    ("Name the newsletter", "brainstorm", "edith femi ines hana leila", timedelta(hours=26), (60, 66, 58, 61, 30, 44)),
    ("Should we charge for support?", "discussion", "ada cleo grace", timedelta(days=4), (20, 35, 52, 80, 76, 70)),
    ("Launch post, first half", "discussion", "edith cleo", timedelta(days=9), (90, 40, 12)),
)
"""Sessions from before: topic, mode, who took part, how long ago, and how many words its turns had."""


def speaker_of(words: tuple[int, ...]) -> Voice:
    """A voice whose turns are so long."""

    def speak(start: TurnStarted) -> TurnEnded:
        if kind_of(start.kind).payload is not None:
            return agreeable(start)
        return end(start, "said", "word " * words[start.turn % len(words)])

    return speak


async def furnish(folder: Path, model: str) -> None:
    """Fill a home with sessions of other days."""
    async with Home(folder) as home:
        for topic, mode, people, ago, words in BEFORE:
            settings = {"rounds": "1"}
            room = await home.create(Wish(topic, mode, tuple(people.split()), settings, model))
            rest = play(room.log, speaker_of(words)).events[1:]
            shift = datetime.now(UTC) - ago - rest[-1].at
            then: list[Event] = [event.model_copy(update={"at": event.at + shift}) for event in rest]
            await (await home.store()).append(room.session, then, lease=room.writer.lease)
            await home.leave(room)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    async with asyncio.timeout(60):
        while not condition():
            await pilot.pause(0.02)
    await pilot.pause(0.15)


def here(app: Agentchat) -> Room:
    assert isinstance(app.screen, RoomScreen)
    return app.screen.room


def in_round(app: Agentchat, number: int) -> bool:
    return any(turn.start.round == number for turn in here(app).transcript.open)


def words_of(app: Agentchat, name: str) -> int:
    """How many words of the turn under way are in, if that one speaks."""
    turns = here(app).transcript.open
    part = here(app).partials.get(turns[0].id) if turns and turns[0].speaker == name else None
    return len(part.text.split()) if part else 0


async def shoot(size: tuple[int, int], out: Path) -> None:
    """The four pictures of one size."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "town.toml").write_text(SCRIPT, "utf-8")
        model = os.environ["AGENTCHAT_MODEL"] = f"scripted/{home / 'town.toml'}"
        await furnish(home / "home", model)
        app = Agentchat(home / "home")
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.screen.query_one("#sessions", Rows).lines)
            await pilot.press("down")
            await pilot.pause(0.2)
            save(app, out, "home", size)
            app.new_room(TOPIC)
            await until(pilot, lambda: any(len(rows.lines) > 4 for rows in app.screen.query("#panel").results(Rows)))
            save(app, out, "new-room", size)
            opened = await app.home()
            await app.push_screen(PersonaScreen(opened, found(opened, "ada")))
            await until(pilot, lambda: "economist" in str(app.screen.query_one("#prompted", Static).content))
            app.screen.query_one("#path", Static).update("personas/ada.md")
            await pilot.pause()
            save(app, out, "persona", size)
            await pilot.press("escape")
            people = ("ada", "ben", "cleo", "dev")
            app.begin_room(Wish(TOPIC, personas=people, settings={"order": "round-robin"}, seed=3))
            await until(pilot, lambda: isinstance(app.screen, RoomScreen))
            await until(pilot, lambda: in_round(app, 2))
            await here(app).force("ada")
            await until(pilot, lambda: words_of(app, "ada") > 10)
            await here(app).speak("@cleo what breaks first?")
            await until(pilot, lambda: words_of(app, "cleo") > 5)
            await here(app).force("dev")
            await until(pilot, lambda: words_of(app, "dev") > 34)
            save(app, out, "room", size)
            app.begin_room(Wish(FIRST, "committee", people, given={"options": list(OPTIONS)}, seed=3))
            await until(pilot, lambda: here(app).transcript.topic == FIRST and here(app).transcript.closed)
            await pilot.press("f5")
            await until(pilot, lambda: isinstance(app.screen, XRayScreen))
            save(app, out, "xray", size)
            await pilot.press("escape")
            log = here(app).log
            fork = await (await app.home()).fork(log, log.events[0].seq, WhatIf(without=("ben",)))
            fork.start()
            await fork.settled()
            await app.push_screen(CompareScreen(compare(log, fork.log)))
            await pilot.pause(0.2)
            save(app, out, "compare", size)
            player = Player(read(shipped()["demo"]))
            player.seek(player.schedule.length * 7 // 10)
            await app.push_screen(ReplayScreen(player, at=player.heard[-1].seq))
            await pilot.pause(0.2)
            save(app, out, "replay", size)


def save(app: Agentchat, out: Path, name: str, size: tuple[int, int]) -> None:
    """Write one picture, in whatever monospaced face the reader has."""
    svg = app.export_screenshot(title="agentchat")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
    path = out / f"{name}-{size[0]}x{size[1]}.svg"
    path.write_text(svg, "utf-8")
    print(path.name)


async def main(out: Path) -> None:
    os.environ |= {"COLORTERM": "truecolor", "TERM": "xterm-256color", "TZ": "UTC"}
    for size in SIZES:
        await shoot(size, out)


def raster(out: Path) -> None:
    """The same as PNG, where librsvg is there. It swallows spaces a text begins with, so those are moved past."""
    tool = shutil.which("rsvg-convert")
    for svg in sorted(out.glob("*.svg")) if tool else ():
        text = re.sub(r'x="([\d.]+)"([^>]*?)textLength="([\d.]+)"([^>]*)>((?:&#160;)+)', past, svg.read_text("utf-8"))
        subprocess.run([str(tool), "-o", str(svg.with_suffix(".png"))], input=text.encode(), check=True)


def past(match: re.Match[str]) -> str:
    spaces = CELL * (len(match[5]) // len("&#160;"))
    left, length = float(match[1]) + spaces, float(match[3]) - spaces
    return f'x="{left:g}"{match[2]}textLength="{max(length, 0.1):g}"{match[4]}>'


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    asyncio.run(main(where))
    if "--png" in sys.argv:
        raster(where)
