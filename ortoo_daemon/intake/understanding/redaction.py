"""Which words of a text stay on the machine? Personal data is replaced by tokens, and put back later.

Addresses, phone numbers, plates, VINs and other numbers are what reading found, and whatever looks like one.
Names are those that are known (the writer's, those of a directory) and those that stand behind a form of
address. A name that nothing tells as a name is not found: this is a filter, not anonymity. Pure.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

WITHHELD = "[ORDERS TO MACHINES WERE TAKEN OUT HERE]"
"""Stands for what gives orders to machines."""

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŠŽŁ][\w'’-]+"
_TITLE = (
    r"(?:Herrn?|Hr\.|Frau|Fr\.|Monsieur|Madame|Mademoiselle|M\.|Mme|Mlle|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?"
    r"|Señora?|Sra?\.?|Don|Doña|Signora?|Signor|Sig\.(?:ra)?|Dott\.(?:ssa)?"
    r"|[Dd]e heer|Dhr\.?|Mevrouw|Mevr\.?|Mw\.?)"
)
_GREETING = (
    r"(?:Hallo|Hello|Hi|Hey|Dear|Bonjour|Bonsoir|Salut|Ch[eè]re?s?|Liebe[rs]?|Guten (?:Tag|Morgen)|Moin"
    r"|Servus|Ciao|Salve|Buongiorno|Gentile|Hola|Buenos días|Estimad[oa]|Beste|Dag|Geachte|Hoi)"
)
_CUSTOMER = (
    r"(?:Kunden?|Kundin|Käufer(?:in)?|client|cliente|clienta|customer|buyer|klant"
    r"|acheteur|acheteuse|compratore)"
)
_NAMED = re.compile(
    rf"\b(?:{_TITLE}\s+(?:{_TITLE}\s+)?|{_GREETING}\s+(?:{_TITLE}\s+)?|(?i:{_CUSTOMER})\s+(?:{_TITLE}\s+)?)"
    rf"(?P<name>{_CAPITAL}(?:[ ]+(?:(?:von|van|de|der|den|du|la|le|di|da|del)[ ]+)*{_CAPITAL}){{0,2}})"
)
_EMAIL = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_NUMBER = re.compile(r"(?<![\w])\+?\(?\d[\d\s()./\u00a0-]{7,20}\d(?!\w)")
_ACCOUNT_NUMBER = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b|\b(?:\d[ -]?){15}\d\b"
)
_TOKEN = re.compile(r"\[[A-Z_]{2,20}_\d{1,4}\]")
_WORD = re.compile(r"[\w'’-]+")
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stretch of the text whose kind is known already, as reading found it."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Redactor:
    """For the texts of one record: the same words get the same token in all of them.

    ``clear`` are kinds that stay as they are. ``names`` are people who are known; ``not_names`` are words
    of rooftops, towns and brands, which stay even where a person is called the same.
    """

    clear: Collection[str]
    names: Sequence[str] = ()
    not_names: frozenset[str] = frozenset()
    tokens: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _people: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        self._people = self._pattern()

    def redact(
        self, text: str, known: Iterable[Known] = (), withheld: Iterable[tuple[int, int]] = ()
    ) -> str:
        """The text with tokens for what stays here. ``withheld`` is left out whole."""
        out: list[str] = []
        at = 0
        for found in _apart(
            [Known(kind="", start=a, end=b) for a, b in withheld], self._found(text, known)
        ):
            out.append(text[at : found.start])
            said = text[found.start : found.end]
            out.append(WITHHELD if not found.kind else self._said(found.kind, said))
            at = found.end
        out.append(text[at:])
        return "".join(out)

    def put_back(self, text: str) -> str:
        """The text with what its tokens stand for. Tokens that were never given stay."""
        values = {token: said for said, token in self.tokens.items()}
        return _TOKEN.sub(lambda found: values.get(found[0], found[0]), text)

    def _said(self, kind: str, said: str) -> str:
        if kind in self.clear:
            return said
        token = self.tokens.get(said)
        if token is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            token = self.tokens[said] = f"[{kind.upper()}_{number}]"
        return token

    def _found(self, text: str, known: Iterable[Known]) -> Iterator[Known]:
        """The surest first. What looks like a token would be put back as something else, so it is one."""
        for found in _TOKEN.finditer(text):
            yield Known(kind="mark", start=found.start(), end=found.end())
        yield from known
        for kind, pattern in (
            ("email", _EMAIL),
            ("link", _LINK),
            ("account_number", _ACCOUNT_NUMBER),
            ("phone", _NUMBER),
        ):
            for found in pattern.finditer(text):
                yield Known(kind=kind, start=found.start(), end=found.end())
        yield from self._names_in(text)

    def _names_in(self, text: str) -> Iterator[Known]:
        if self._people is not None:
            for found in self._people.finditer(text):
                yield Known(kind="name", start=found.start(), end=found.end())
        for found in _NAMED.finditer(text):
            first = _WORD.search(found["name"])
            if first is not None and first[0].casefold() not in self.not_names:
                yield Known(kind="name", start=found.start("name"), end=found.end("name"))

    def _pattern(self) -> re.Pattern[str] | None:
        """Known people, by whole names in either order, and by each word of them that is nothing else."""
        whole: set[str] = set()
        single: set[str] = set()
        for name in self.names:
            words = _WORD.findall(name)
            if len(words) > 1:
                whole.add(r"\s+".join(map(re.escape, words)))
                whole.add(r",?\s+".join(map(re.escape, [words[-1], *words[:-1]])))
            single |= {
                re.escape(form)
                for word in words
                if len(word) >= _SHORTEST_NAME and word.casefold() not in self.not_names
                for form in (word[:1].upper() + word[1:], word.upper())  # "will" is no Will
            }
        forms = [f"(?i:{form})" for form in sorted(whole, key=len, reverse=True)]
        forms += sorted(single, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)") if forms else None


def _apart(first: Iterable[Known], others: Iterable[Known]) -> list[Known]:
    """In order of place, none overlapping another; the earlier said goes before the later."""
    taken: list[Known] = []
    for one in (*first, *others):
        at = bisect_left(taken, one.start, key=lambda other: other.start)
        before_ends = taken[at - 1].end if at else 0
        next_begins = taken[at].start if at < len(taken) else one.end
        if one.start < one.end <= next_begins and before_ends <= one.start:
            taken.insert(at, one)
    return taken
