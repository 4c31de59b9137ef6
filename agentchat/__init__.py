"""Persona agents discuss a topic in one shared room, in your terminal, and you take part."""

__version__ = "0.1.0"
