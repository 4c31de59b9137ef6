"""Persona and line-up files: found, read and checked. A bad file is named with its line and stops no other."""

from __future__ import annotations
