"""The settings of a mode as options of a command: `--black-first` for black_first, whichever mode it is.

What is no option of the command itself is one of the mode's, and becomes `--set`. Modes are looked up, and the home is
read, only where somebody wrote such a word, or asks which there are.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from agentchat.cli.command import Command
from agentchat.errors import AgentchatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentchat.views.settings import Setting

YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_NUMBER = re.compile(r"-\d")


class _Word(str):
    """A word of the command line that knows its place in it."""

    __slots__ = ("at",)
    at: int


class Settable(Command):
    """A command that opens a room: settings of the room's mode are options of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words. Raises UsageError with the nearest names where one is nobody's option."""
        if ctx.resilient_parsing:  # a shell asks, in the middle of a line
            ctx.ignore_unknown_options = True
        elif any(word.startswith("--") and word != "--" for word in args):
            args = self._with_settings(ctx, args)
        return super().parse_args(ctx, args)

    def _with_settings(self, ctx: click.Context, args: list[str]) -> list[str]:
        known, unknown = self._read(ctx, args)
        if known.get("home"):
            os.environ["AGENTCHAT_HOME"] = str(known["home"])
        asked = self.get_help_option(ctx)
        helped = asked is not None and asked.name in known
        if helped:
            ctx.meta["mode"] = _text(known, "mode")
        if not unknown:
            return args
        gone: list[int] = [one.at for one in unknown]
        pairs: list[str] = []
        if not helped:
            mode = _mode(known, args)
            settings = _of_modes([mode] if mode else _modes())
            gone, pairs = _taken(args, unknown, settings, self._names(ctx), mode)
        return [*pairs, *(word for at, word in enumerate(args) if at not in gone)]

    def _read(self, ctx: click.Context, args: list[str]) -> tuple[Mapping[str, object], list[_Word]]:
        """The options that are this command's own, and the long ones that are not."""
        words = []
        for at, text in enumerate(args):
            words.append(_Word(text))
            words[-1].at = at
        ctx.ignore_unknown_options = True
        try:
            known, left, _ = self.make_parser(ctx).parse_args([*words])
        except click.UsageError:  # said when it is read in earnest
            return {}, []
        finally:
            ctx.ignore_unknown_options = False
        end = args.index("--") if "--" in args else len(args)
        rest = [*(known.get(one.name or "") for one in self.params if isinstance(one, click.Argument)), *left]
        unknown = [one for one in rest if isinstance(one, _Word) and one.startswith("--") and one.at < end]
        return known, sorted(unknown, key=lambda one: one.at)

    def _names(self, ctx: click.Context) -> list[str]:
        return [name for one in self.get_params(ctx) for name in one.opts if name.startswith("--")]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and those of the mode that is named beside `--help`."""
        super().format_options(ctx, formatter)
        if mode := ctx.meta.get("mode"):
            with formatter.section(f"Settings of {mode}"):
                own = self._names(ctx)
                settings = [one for one in _of_modes([mode]) if flag(one.name) not in own]
                formatter.write_dl([(_shown(one), one.says) for one in settings])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the word may become: options of the mode that is named too."""
        found = super().shell_complete(ctx, incomplete)
        mode = ctx.params.get("mode")
        if incomplete.startswith("--") and isinstance(mode, str) and mode:
            try:
                flags = [flag(one.name) for one in _of_modes([mode])]
            except AgentchatError:
                return found
            found += [CompletionItem(one) for one in flags if one.startswith(incomplete)]
        return found


def complete_mode(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The modes there are, for a shell."""
    try:
        return [name for name in _modes() if name.startswith(incomplete)]
    except AgentchatError:
        return []


def flag(name: str) -> str:
    """A setting as an option."""
    return f"--{name.replace('_', '-')}"


def _taken(
    args: Sequence[str], unknown: Sequence[_Word], settings: Iterable[Setting], own: Sequence[str], mode: str
) -> tuple[list[int], list[str]]:
    """The places of the words that are settings, and what stands for them. Raises UsageError."""
    known = {flag(one.name): one for one in settings}
    gone: list[int] = []
    pairs: list[str] = []
    for word in unknown:
        if word.at in gone:
            continue
        name, given, value = word.partition("=")
        off = name.removeprefix("--no-")
        setting = known.get(name) or (known.get(f"--{off}") if off != name else None)
        if setting is None:
            raise _nobodys(name, [*known, *own], mode)
        gone.append(word.at)
        negated = name not in known
        after = args[word.at + 1] if word.at + 1 < len(args) else None
        if setting.shape == "switch":
            if not given and not negated and after is not None and after.lower() in (*YES, *NO):
                value = after
                gone.append(word.at + 1)
            elif not given:
                value = "no" if negated else "yes"
        elif negated:
            raise UsageError(f"{name}: {setting.name} is no switch", hint=f"As in: {_shown(setting)}")
        if negated and given:
            raise UsageError(f"{name} takes no value", hint=f"Write {name}, or {flag(setting.name)}.")
        if setting.shape != "switch" and not given:
            if after is None or (after.startswith("-") and not _NUMBER.match(after)):
                raise UsageError(f"{name} needs a value", hint=f"As in: {_shown(setting)}")
            value = after
            gone.append(word.at + 1)
        pairs += ["--set", f"{setting.name}={value}"]
    return gone, pairs


def _nobodys(name: str, known: Sequence[str], mode: str) -> UsageError:
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    where = f"`agentchat modes show {mode}` lists them." if mode else "`agentchat modes show MODE` lists them."
    whose = f"a setting of {mode}" if mode else "a setting of any mode"
    return UsageError(f"{name} is no option here, nor {whose}", hint=meant + where)


def _shown(setting: Setting) -> str:
    match setting.shape:
        case "switch":
            return f"{flag(setting.name)}, --no-{setting.name.replace('_', '-')}"
        case "choice":
            return f"{flag(setting.name)} [{'|'.join(setting.options)}]"
        case "words":
            return f"{flag(setting.name)} TEXT"
        case _:
            return f"{flag(setting.name)} {setting.usual or 'N'}"


def _text(known: Mapping[str, object], name: str) -> str:
    value = known.get(name)
    return str(value) if isinstance(value, str) else ""


def _texts(known: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = known.get(name)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _mode(known: Mapping[str, object], args: Sequence[str]) -> str:
    """The mode that a command line calls for; empty where a session has it. Raises UsageError."""
    from agentchat.cli import given
    from agentchat.home import Home, Wish

    if known.get("resume"):
        return ""
    mode = given.mode(_text(known, "mode"), _text(known, "file"), _text(known, "check"), _texts(known, "options"))
    if mode:
        return mode
    room = next((one for one in args if one.lower().endswith(".toml") and Path(one).expanduser().is_file()), "")
    return Home().filled(Wish("", personas=_texts(known, "personas"), room=room)).mode


def _modes() -> tuple[str, ...]:
    from agentchat.home import Home
    from agentchat.modes import names

    Home()  # it brings the modes of the person's own
    return names()


def _of_modes(modes: Sequence[str]) -> tuple[Setting, ...]:
    from agentchat.home import Home
    from agentchat.modes import mode_of
    from agentchat.views.settings import settings_of

    Home()
    return tuple({one.name: one for mode in modes for one in settings_of(mode_of(mode).Settings)}.values())
