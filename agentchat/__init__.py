"""Persona agents discuss a topic in one shared room, in your terminal, and you take part.

A program opens a room of its own with `open_room` (`agentchat.program`), loaded when it is first asked for.
"""

__version__ = "0.1.0"

_ERRORS = ("AgentchatError", "HumanNeededError", "UsageError")

__all__ = [
    "AgentchatError",
    "Asked",
    "HumanNeededError",
    "Persona",
    "PersonaResult",
    "Result",
    "UsageError",
    "__version__",
    "open_room",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        # By name, and not by an import statement: nothing beneath may lean on what stands above it.
        from importlib import import_module

        return getattr(import_module("agentchat.errors" if name in _ERRORS else "agentchat.program"), name)
    raise AttributeError(f"module 'agentchat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
