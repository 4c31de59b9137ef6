"""`agentchat personas new` and `edit`: a persona is written, looked over, and tried out before it speaks in a room."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.edge import complain, say, say_lines
from agentchat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.home import Home
    from agentchat.home.authoring import Judged, Manuscript, Sketch
    from agentchat.persona import Persona

BAD_FILE = 2
"""The exit code where a file cannot be used."""

NEEDED = {
    "title": ("--title", "What it is, in a word or two", "locksmith"),
    "focus": ("--focus", "What it cares about, in a few nouns", "doors, keys and who has them"),
    "blind_spot": ("--blind-spot", "What it does not see", "people who have nothing to lock up"),
    "voice": ("--voice", "How it speaks", "you answer with a story from your shop, in short sentences"),
}
"""What makes a persona besides its name: the option, the question, an example."""


@command(
    "new",
    "agentchat personas new",
    'agentchat personas new Wanda --title burglar --focus "windows, dogs" --blind-spot "who lives there" --voice "dry"',
    "agentchat personas new Maja --like ada --title banker --force",
    "agentchat personas new Otto --prompt notes.md --to .agentchat/personas",
    titles={
        "Who it is": ("title", "description", "focus", "blind_spot", "voice", "tags", "model"),
        "Where it comes from": ("prompt", "like"),
        "What is done with it": ("to", "force", "editing", "greeting"),
    },
)
@click.argument("name", default="", metavar="[NAME]")
@click.option("--title", default="", metavar="TEXT", help="What it is, in a word or two.")
@click.option("--description", default="", metavar="TEXT", help="What lists say of it.  [default: its focus]")
@click.option(
    "--focus", default="", metavar="TEXT", help="What it cares about: a few nouns. Small models read only this."
)
@click.option("--blind-spot", default="", metavar="TEXT", help="What it does not see, so that others can correct it.")
@click.option("--voice", default="", metavar="TEXT", help="How it speaks.")
@click.option("--tags", default="", metavar="WORDS", help="Topics it is suggested for, with commas.")
@click.option("--model", default="", metavar="MODEL", help="The model it wishes for.  [default: the room's]")
@click.option("--prompt", default="", metavar="FILE", help="Its whole prompt, from a file; - is stdin.")
@click.option("--like", default="", metavar="PERSONA", help="Begin with all that another one has.")
@click.option(
    "--to",
    default=None,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder it is put in.  [default: the project's, if it has one, else your home's]",
)
@click.option("--force", is_flag=True, help="Write over a persona of the same id.")
@click.option("--edit", "editing", is_flag=True, help="Open it in $VISUAL or $EDITOR before it is taken.")
@click.option("--hello", "greeting", is_flag=True, help="Let it answer one question, to hear its voice.")
def new(
    name: str,
    title: str,
    description: str,
    focus: str,
    blind_spot: str,
    voice: str,
    tags: str,
    model: str,
    prompt: str,
    like: str,
    to: Path | None,
    force: bool,
    editing: bool,
    greeting: bool,
) -> int:
    """Write a new persona. On a terminal it asks for what is missing.

    It becomes the Markdown file you would write by hand, is checked, and shown as a model will read it. Rooms that are
    open take it with /invite NAME.
    """
    from agentchat.cli.given import text_in, whole
    from agentchat.home import Home, authoring

    words = {key: whole(value).strip() for key, value in
             {"title": title, "focus": focus, "blind_spot": blind_spot, "voice": voice}.items()}  # fmt: skip
    text = text_in(prompt, "--prompt") if prompt else ""
    own = bool(text.strip() or like)
    name, words, asked = _asked(whole(name).strip(), words, free=own or editing)
    home = Home()
    page = authoring.begun(home, name, like=like, to=to, force=force)
    if editing:
        _must_open(home, "Leave --edit out, and change the file it writes.")
    sketch = page.sketch
    for field, value in (
        ("title", words["title"]), ("description", description), ("focus", words["focus"]), ("tags", tags),
        ("model", model),
    ):  # fmt: skip
        sketch = sketch.changed(field, whole(value).strip()) if value else sketch
    if asked and not model and not like:
        sketch = sketch.changed("model", _question("Model it wishes for, or nothing for the room's", "", optional=True))
    if text.strip():
        sketch = sketch.changed("prompt", text.strip())
    elif like:
        say_lines(*_borrowed(like, page.path.stem, page.sketch, sketch))
    else:
        sketch = sketch.changed("prompt", authoring.prompt_of(sketch, words["blind_spot"], words["voice"]))
    return _kept(home, page, sketch, editing=editing, greeting=greeting)


@command("edit", "agentchat personas edit ada", "agentchat personas edit my-persona.md")
@click.argument("name")
@click.option("--hello", "greeting", is_flag=True, help="Let it answer one question afterwards.")
def edit(name: str, greeting: bool) -> int:
    """Open a persona's file in your editor.

    NAME is its id, its name, or a file; the editor is $VISUAL, else $EDITOR, else what is there. One that ships is
    copied into your home first, and your copy takes its place. What you save is taken up by open rooms for the next
    turn, while the editor is still open.
    """
    from agentchat.home import Home, authoring

    home = Home()
    page = authoring.found(home, name)
    _must_open(home, _by_hand(page))
    if page.copied:
        authoring.save(page.path, page.text)
        say_lines(f"{page.copied.name} ships with agentchat: you edit your copy, {page.path}")
    try:
        persona, text = _edited(home, page.path)
    finally:
        if authoring.withdrawn(page):
            say("Nothing was changed: the copy is gone again.")
    if text == page.text and not page.copied:
        say("Nothing was changed.")
    if persona is None:
        return BAD_FILE
    if greeting:
        _hello(home, persona)
    return 0


def _asked(name: str, words: dict[str, str], *, free: bool) -> tuple[str, dict[str, str], bool]:
    """What is needed, asked for at a terminal, and whether it was. Raises UsageError that says what is missing."""
    needed = [] if free else [key for key in NEEDED if not words[key]]
    if name and not needed:
        return name, words, False
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        lacks = ([] if name else ["NAME"]) + [NEEDED[key][0] for key in needed]
        hint = 'As in: agentchat personas new Zofia --title locksmith --focus "doors" --blind-spot "…" --voice "…"'
        raise UsageError(f"a new persona lacks {', '.join(lacks)}", hint=f"{hint}, or --prompt FILE, or --like PERSONA")
    name = name or _question("Name, as the room calls it", "Zofia")
    answers = {key: _question(NEEDED[key][1], NEEDED[key][2]) for key in needed}
    return name, {**words, **answers}, True


def _borrowed(like: str, id_: str, was: Sketch, now: Sketch) -> Iterator[str]:
    """What a persona that begins with another one still has of it, though it should be its own."""
    from agentchat.voting.phrasing import listed

    same = [name for name in ("title", "description", "focus", "prompt") if getattr(was, name) == getattr(now, name)]
    kept = listed([name for name in same if getattr(now, name)])
    yield f"note: its {kept} {'are' if ' and ' in kept else 'is'} still what {like} has"
    if now.title != was.title and was.title and was.title.casefold() in now.prompt.casefold():
        yield f"its prompt says “{was.title}”, and its title is “{now.title}”"
    yield f"To change that: agentchat personas edit {id_}"


def _question(question: str, example: str, *, optional: bool = False) -> str:
    told = f"{question} (as in: {example})" if example else question
    answer: str = click.prompt(told, default="" if optional else None, show_default=False, err=True)
    return answer.strip()


def _kept(home: Home, page: Manuscript, sketch: Sketch, *, editing: bool, greeting: bool) -> int:
    """Write what was sketched, let it be edited, say what could be better, and show what a model reads of it."""
    from agentchat.home import authoring

    text = authoring.written(sketch, page.text)
    judged = authoring.judged(home, page.path, text)
    if judged.fatal and not editing:
        complain(judged.fatal.message, judged.fatal.hint)
        return BAD_FILE
    authoring.save(page.path, text)
    persona = judged.persona
    if editing:
        persona, _ = _edited(home, page.path)
    else:
        _notes(judged)
    say_lines(f"Written: {page.path}")
    if page.hides:
        say_lines(f"It takes the place of {page.hides}")
    if page.over:
        say_lines(f"{page.over} is taken here instead, as long as both have one id")
    if persona is None:
        return BAD_FILE
    show_preview(persona, tiny=_tiny(home, persona))
    say(f'It takes part with: agentchat chat "…" -p {persona.id} -p ada, or /invite {persona.id} in a room.')
    if greeting:
        _hello(home, persona)
    return 0


def _must_open(home: Home, otherwise: str) -> None:
    """Raise UsageError, with what to do otherwise, where the editor needs a terminal and there is none."""
    from agentchat.home.editor import needs_terminal

    if name := needs_terminal(home.environ):
        raise UsageError(f"{name} is an editor for a terminal, and nobody sits at one here", hint=otherwise)


def _by_hand(page: Manuscript) -> str:
    """How a persona is changed without an editor."""
    if page.copied is None:
        return f"Change {page.path} by other means; `agentchat personas check` looks it over."
    own = shlex.join(("agentchat", "personas", "export", page.copied.stem, "--output", str(page.path)))
    return f"Make a copy of your own, which takes its place, and change that by other means: {own}"


def _edited(home: Home, path: Path) -> tuple[Persona | None, str]:
    """Open the editor until what it saved can be used, or the person has enough. Returns it and the file's text."""
    from agentchat.home import authoring
    from agentchat.home.editor import edit as open_editor

    while True:
        open_editor(path, home.environ)
        text = authoring.whole(path)
        judged = authoring.judged(home, path, text)
        if judged.fatal is None:
            _notes(judged)
            return judged.persona, text
        complain(f"{judged.fatal.place}: {judged.fatal.message}", judged.fatal.hint)
        back = sys.stdin.isatty() and click.confirm("Back to the editor?", default=True, err=True)
        if not back:
            say("It stays as you saved it: until it is mended, rooms go on with what they have.")
            return None, text


def _notes(judged: Judged) -> None:
    for flaw in judged.flaws:
        say_lines(f"note: line {flaw.line}: {flaw.message}", flaw.hint)


def show_preview(persona: Persona, *, tiny: bool) -> None:
    """Print what a model is given to read for a turn of this persona."""
    from agentchat.prompting.sample import preview, printed
    from agentchat.views.clean import clean

    click.echo(clean(printed(preview(persona, tiny=tiny))))


def _tiny(home: Home, persona: Persona) -> bool:
    from agentchat.cli.drive import drive

    return home.models.tiny(drive(home.chosen("", persona)).model)


def _hello(home: Home, persona: Persona) -> None:
    """Print one answer in its voice, as it comes."""
    from agentchat.cli.drive import drive
    from agentchat.cli.greeting import greet

    drive(greet(home, persona))
