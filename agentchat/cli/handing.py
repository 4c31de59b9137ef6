"""`agentchat sessions export` and `import`: a session as a file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentchat.cli.command import command
from agentchat.cli.edge import complain, say_lines

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.home.bundles import Handed, Kept

FORMS = ("jsonl", "html", "md", "adr", "text", "room")
EVERY = 1_000_000


@command(
    "export",
    "agentchat sessions export 3f9a",
    "agentchat sessions export 3f9a --format html --force",
    "agentchat sessions export 3f9a --output session.md --force",
    "agentchat sessions export 3f9a --format text --output - | less",
    "agentchat sessions export 3f9a --output room.toml --force    the room it was held in, as a file",
    "agentchat sessions export --all --output backup --force",
)
@click.argument("names", metavar="ID...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every session there is, each into a file of its own.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="jsonl is a bundle: all of it, to import and go on with anywhere; html one page that stands by itself; "
    "md Markdown; adr a record of what was decided; text plain text; room the room as a file, without what was said: "
    "who took part, how, with which models.  [default: as FILE ends, else jsonl]",
)
@click.option("--output", metavar="FILE", default="", help="The file, or the folder for several; - is stdout.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--keep-secrets", is_flag=True, help="Mask no keys and passwords.")
def export(names: tuple[str, ...], every: bool, form: str | None, output: str, force: bool, keep_secrets: bool) -> None:
    """Write sessions to files, to keep or to give away.

    What looks like a key or a password is masked, and said. The file is yours alone (0600), and never written over
    another one unless you say --force. The names of the files go to stdout.
    """
    from agentchat.cli.drive import drive
    from agentchat.cli.sheet import put
    from agentchat.home import Home
    from agentchat.home.bundles import ROOM, form_of, write

    if bool(names) == every:
        raise click.UsageError("Name sessions, or say --all." if not names else "Either name sessions, or say --all.")
    into = Path(output).expanduser() if output not in ("", "-") else Path()
    folder = into if every or len(names) > 1 or into.is_dir() else None
    wanted = form or (form_of(output) if folder is None else "") or "jsonl"

    async def hand_on() -> None:
        async with Home() as home:
            ids = names if names else [row.id for row in await home.archive.sessions(limit=EVERY)]
            if folder and output != "-":
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ids:
                if wanted == ROOM:
                    await _save(home, name, folder, output, force=force, keep_secrets=keep_secrets)
                    continue
                handed = await home.bundles.hand_on(name, wanted, keep_secrets=keep_secrets)
                if output == "-":
                    put(iter(handed.chunks))
                else:
                    path = folder / handed.name if folder else into
                    write(path, handed.chunks, force=force)
                    click.echo(path)
                _tell(handed)

    drive(hand_on())


@command(
    "import", "agentchat sessions import session.jsonl", "agentchat sessions import group-chat.jsonl messages.json"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Nothing of a file with a damaged line.")
def import_(files: tuple[Path, ...], strict: bool) -> int:
    """Take in sessions from files.

    Read are bundles, of older versions too, SillyTavern's chats (.jsonl) and lists of messages with roles, as OpenAI's
    are (.json); what a file is, is seen by what stands in it. A session that is here already is not doubled. The ids go
    to stdout; nothing begins to run.
    """
    from agentchat.cli.drive import drive
    from agentchat.errors import UsageError
    from agentchat.home import Home

    async def take_in() -> int:
        code = 0
        async with Home() as home:
            for file in files:
                try:
                    kept = await home.bundles.take_in(file, strict=strict)
                except UsageError as error:
                    complain(str(error), error.hint)
                    code = error.exit_code
                    continue
                click.echo(kept.session)
                say_lines(*_taken(file, kept))
        return code

    return drive(take_in())


async def _save(home: Home, name: str, folder: Path | None, output: str, *, force: bool, keep_secrets: bool) -> None:
    """The room of a session as a file, with what belongs beside it."""
    from agentchat.cli.sheet import put
    from agentchat.export.secrets import told
    from agentchat.home.bundles import ROOM, called
    from agentchat.home.saving import keep, room_file

    log, masked = await home.bundles.log(name, keep_secrets=keep_secrets)
    usual = called(log, ROOM)
    path = Path(usual) if output == "-" else folder / usual if folder else Path(output or usual)
    saved = room_file(home, log.transcript, path)
    if output == "-":
        put(iter((saved.text,)))
        lines = [f"It names files, which are not written here: {', '.join(saved.beside)}"] if saved.beside else []
    else:
        keep(saved, force=force)
        click.echo(path)
        lines = [f"Beside it: {', '.join(saved.beside)}"] if saved.beside else []
    if masked:
        lines += ["Keys and passwords in it are masked:", *told(masked)]
    say_lines(*lines, *saved.told)


def _tell(handed: Handed) -> None:
    from agentchat.export.secrets import told

    if handed.masked:
        count = len(handed.masked)
        say_lines(
            f"Masked in {handed.session[:8]}: {count} secret{'s' if count != 1 else ''}. --keep-secrets leaves them.",
            *told(handed.masked),
        )
    if handed.sealed:
        say_lines(
            f"Note: {handed.sealed} sealed turn{'s' if handed.sealed != 1 else ''} of {handed.session[:8]} can be read "
            "in this file, though not yet in the room.",
            "The other formats leave them out.",
        )


def _taken(file: Path, kept: Kept) -> list[str]:
    taken = kept.taken
    count = f"{len(taken.lines)} events"
    heads = {
        "new": f"{file}: {taken.form}, {count}.",
        "there": f"{file}: {taken.form}. It is here already.",
        "grown": f"{file}: {taken.form}. It had gone on elsewhere, and now has {count}.",
        "other": f"{file}: {taken.form}, {count}. Another session has its id, so it has a new one.",
    }
    lost = [f"Left out: {one}" for one in taken.damaged]
    bin_ = ["It was in the bin: it has been taken out."] if kept.binned else []
    return [heads[kept.how], *bin_, *lost, *taken.notes]
