"""Commands as a person reads them: loaded only when called for, options in sections, examples at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

import click

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
Function = Callable[..., int | None]


def _chosen_home(_context: click.Context, _option: click.Parameter, folder: str | None) -> None:
    if folder:
        os.environ["AGENTCHAT_HOME"] = folder


def home_option(*, hidden: bool) -> click.Option:
    """`--home`: $AGENTCHAT_HOME for this run. It may stand before the command or after it."""
    return click.Option(
        ["--home"],
        metavar="DIR",
        expose_value=False,
        is_eager=True,
        hidden=hidden,
        callback=_chosen_home,
        help="The folder of config.toml, personas/ and sessions/.  [default: $AGENTCHAT_HOME, else your user folder]",
    )


class Command(click.Command):
    """One command."""

    examples: tuple[str, ...] = ()
    titles: Mapping[str, tuple[str, ...]]
    """The headings its options stand under, each with their names; the others come last."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words. Raises UsageError, which knows whose help says what there is."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options under their headings."""
        headings = {name: title for title, names in self.titles.items() for name in names}
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in (*self.titles, "Options")}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                sections[headings.get(parameter.name or "", "Options")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        write_examples(formatter, self.examples)


def write_examples(formatter: click.HelpFormatter, examples: tuple[str, ...]) -> None:
    """Examples as they would be typed: never wrapped."""
    if examples:
        with formatter.section("Example" if len(examples) == 1 else "Examples"):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that is not loaded yet: its module, its name there, and what it does in one line."""

    module: str
    attribute: str
    says: str


class Group(click.Group):
    """A group of commands, under headings and loaded when they are called, or its own."""

    examples: tuple[str, ...] = ()
    parts: Mapping[str, Mapping[str, Lazy]]
    """Commands by heading and name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, as they are to be listed."""
        return [*(name for part in self.parts.values() for name in part), *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded."""
        for part in self.parts.values():
            if lazy := part.get(cmd_name):
                command = getattr(import_module(lazy.module), lazy.attribute)
                assert isinstance(command, click.Command)
                return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called for. Raises UsageError with the nearest names."""
        word, known = args[0], self.list_commands(ctx)
        if word in known or word.startswith("-"):
            return super().resolve_command(ctx, args)
        near = get_close_matches(word, known, n=1, cutoff=0.6)
        told = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
        raise click.UsageError(f"there is no command {word!r}. {told}", ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands first: they are what a reader of this page looks for."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands under their headings, none of them loaded for it."""
        wide = max(len(name) for name in self.list_commands(ctx))
        for title, part in self.parts.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:{wide}}", lazy.says) for name, lazy in part.items()])
        if self.commands:
            with formatter.section("Commands"):
                formatter.write_dl([(name, one.get_short_help_str(80)) for name, one in self.commands.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        write_examples(formatter, self.examples)


def command(
    name: str, *examples: str, titles: Mapping[str, tuple[str, ...]] | None = None, cls: type[Command] = Command
) -> Callable[[Function], Command]:
    """Make a function, which returns an exit code or nothing, a command."""

    def made(function: Function) -> Command:
        one = click.command(name, cls=cls, context_settings=SETTINGS)(function)
        one.examples, one.titles = examples, titles or {}
        one.params.append(home_option(hidden=True))
        return one

    return made


def group(
    name: str, *examples: str, parts: Mapping[str, Mapping[str, Lazy]] | None = None, alone: bool = False
) -> Callable[[Function], Group]:
    """Make a function, which runs before the commands, a group. `alone`: it is a command by itself too."""

    def made(function: Function) -> Group:
        one = click.group(name, cls=Group, context_settings=SETTINGS, invoke_without_command=alone)(function)
        one.examples, one.parts = examples, parts or {}
        return one

    return made
