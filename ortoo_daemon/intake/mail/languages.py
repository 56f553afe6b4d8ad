"""Which language is a text written in?

Told by py3langid, whose model is in the package, among the languages that dealers write in and their
neighbours, so that a Portuguese mail is not taken for bad Spanish. Loading takes most of a second and
60 MB, with the numpy below it, and happens once, at the first text.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SERVED = ("de", "en", "es", "fr", "it", "nl")
_NEIGHBOURS = ("cs", "da", "hu", "pl", "pt", "ro", "sv", "tr")
_NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|\b[\w-]*\d[\w-]*\b|[|_=~*#<>]+")
_FEWEST_LETTERS = 8
_SURE_LETTERS = 80
_ENOUGH = 4000  # characters; more makes the answer no surer


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([*_SERVED, *_NEIGHBOURS])
    # It keeps the weights of all its languages, 28 MB, to be asked for others later; nobody does.
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    return identifier


def language_of(text: str) -> str:
    """ISO 639-1 of the text's language, "" where it is too short to tell.

    Numbers and addresses count for nothing. A short text has too little to set one of fourteen languages
    apart, so the choice is then among those that are served.
    """
    words = " ".join(_NOT_WORDS.sub(" ", text[:_ENOUGH]).split())
    letters = sum(letter.isalpha() for letter in words)
    if letters < _FEWEST_LETTERS:
        return ""
    ranked = _identifier().rank(words.lower() if words.isupper() else words)
    return next(str(name) for name, _ in ranked if letters >= _SURE_LETTERS or name in _SERVED)
