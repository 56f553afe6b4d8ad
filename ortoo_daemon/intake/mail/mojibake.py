"""Was text read in the wrong encoding on its way, and what did it say? ``rÃ©glÃ©`` is ``réglé``.

UTF-8 that a program took for Latin-1 or Windows-1252, once or several times. Only where nothing else can
be meant: no language writes ``Ã©``, while ``É»`` may end a quotation and stays.
"""

import re

_TIMES = 3
_HIGH = "\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_SEEN = re.compile(f"Ã[{_HIGH} ]|â[€‚][{_HIGH}]|Â[\u00a0°«»·£©®²³´¿¡§]|ï»¿|ð[Ÿ\u009f]|Å[\u0093“]")
_SEQUENCE = re.compile(f"[ÂÃÅË][{_HIGH}]|[âï][{_HIGH}]{{2}}|ð[{_HIGH}]{{3}}")
_A_GRAVE = re.compile(r"Ã (?=[\s.,;:!?)»\"]|$)|Ã(?= \S)")
"""``à``, whose second byte is a no-break space, of which programs make a plain one."""


def unspoiled(text: str) -> str:
    """The text as its writer wrote it; text that shows no sign of it as it is."""
    for _ in range(_TIMES):
        if text.isascii() or not _SEEN.search(text):
            break
        text = _A_GRAVE.sub("à", _SEQUENCE.sub(_character, text))
    return text


def _character(found: re.Match[str]) -> str:
    try:
        return b"".join(map(_byte, found[0])).decode("utf-8")
    except UnicodeError:
        return found[0]


def _byte(letter: str) -> bytes:
    return bytes([ord(letter)]) if ord(letter) < 256 else letter.encode("cp1252")
