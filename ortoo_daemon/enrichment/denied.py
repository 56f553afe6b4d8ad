"""Does a text name something only to say that it is not wanted? ``keine Probefahrt``, in six languages.

Told by a word of denial shortly before, in the same clause, or by ``not needed`` right behind. What is only
doubtful is denied, too: a finder that finds nothing costs less than one that finds the contrary.
"""

import re

_WORDS_BEFORE = 3
_REACH = 60
"""So many characters on either side are looked at."""

_CLAUSE = re.compile(r"[.,;:!?()\n\u2013\u2014]")
_WORD = re.compile(r"[^\W\d_]+(?:['’]t)?")
_DENIES = frozenset(
    [
        *(
            "no",
            "not",
            "without",
            "never",
            "neither",
            "don't",
            "don’t",
            "doesn't",
            "didn't",
            "won't",
        ),
        *("kein", "keine", "keinen", "keinem", "keiner", "nicht", "ohne", "nie"),
        *("pas", "sans", "aucun", "aucune", "jamais", "ni"),
        *("sin", "ningún", "ninguna", "nunca", "tampoco"),
        *("non", "senza", "nessun", "nessuna", "mai", "né"),
        *("geen", "niet", "zonder", "nooit"),
    ]
)
_TURNS = frozenset(
    [
        *("but", "only", "rather", "just", "sondern", "aber", "nur", "lieber", "mais", "plutôt"),
        *(
            "seulement",
            "sino",
            "pero",
            "solo",
            "sólo",
            "ma",
            "soltanto",
            "maar",
            "alleen",
            "liever",
        ),
    ]
)
"""Behind them something else is said: ``not diesel but electric``, ``nicht nur``."""

_ASKS_WHY = frozenset(["why", "pourquoi", "warum", "wieso", "perché", "waarom"])
"""``Pourquoi pas un essai routier`` asks for one."""

_NOT_NEEDED = re.compile(
    r"\W{1,2}(?:(?:is|are|ist|sind|est|es|è|wäre)\s)?(?:not|nicht|pas|non|no|niet)\s(?:really\s|wirklich\s)?"
    r"(?:needed|necessary|required|wanted|nötig|notwendig|erforderlich|gewünscht|gewollt|nécessaire|"
    r"souhaitée?|necesari[ao]|necessari[ao]|nodig|gewenst)\b",
    re.IGNORECASE,
)


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether what stands from ``start`` to ``end`` is said not to be wanted."""
    if _NOT_NEEDED.match(text, end, end + _REACH):
        return True
    clause = _CLAUSE.split(text[max(0, start - _REACH) : start])[-1]
    words = [found[0].casefold() for found in _WORD.finditer(clause)]
    for at in range(len(words) - 1, max(-1, len(words) - 1 - _WORDS_BEFORE), -1):
        if words[at] in _TURNS:
            return False
        if words[at] in _DENIES:
            return not (at and words[at - 1] in _ASKS_WHY)
    return False
