"""Shell completion: prints the script that makes a shell ask agentchat itself."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from agentchat.cli.command import command

SHELLS = ("bash", "zsh", "fish")


@command(
    "completion",
    "bash   echo 'eval \"$(agentchat completion bash)\"' >> ~/.bashrc",
    "zsh    echo 'eval \"$(agentchat completion zsh)\"' >> ~/.zshrc",
    "fish   agentchat completion fish > ~/.config/fish/completions/agentchat.fish",
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and their values."""
    from agentchat.cli.edge import COMPLETING
    from agentchat.cli.root import root

    script = get_completion_class(shell)
    assert script is not None, shell
    click.echo(script(root, {}, "agentchat", COMPLETING).source())
