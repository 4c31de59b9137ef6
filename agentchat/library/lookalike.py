"""Names that look alike are the same name: nobody takes another's, or the person's, by a foreign letter."""

from __future__ import annotations

import re
import unicodedata

from agentchat.persona import RESERVED

_PAIRS = """
аa вb сc еe һh іi јj кk мm нh оo рp ԛq ѕs тt цu ԝw хx уy ԁd гr ѵv
αa βb εe ιi κk νv οo ρp τt υu χx γy ωw ηn μu Ηh Μm Νn Υy Ζz
օo սu հh ոn ցg զq
ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz
ıi ɑa ɡg ʋv 0o 1l |l
"""
"""Cyrillic, Greek, Armenian, small capitals and digits, each with the Latin letter it passes for. Capitals stand here
where they pass for another letter than the small one does."""

_ALIKE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def skeleton(name: str) -> str:
    """What the eye takes from a name: equal for two names that look the same."""
    folded = unicodedata.normalize("NFKC", name).translate(_ALIKE).casefold().translate(_ALIKE)
    plain = unicodedata.normalize("NFKD", folded).translate(_ALIKE)
    return re.sub(r"[\W_]+", "", "".join(char for char in plain if not unicodedata.combining(char)))


_TAKEN = {skeleton(word): word for word in RESERVED}


def reserved(name: str) -> str | None:
    """The reserved word that `name` is, or passes for."""
    return _TAKEN.get(skeleton(name)) or _TAKEN.get(skeleton(name.replace("I", "l")))
