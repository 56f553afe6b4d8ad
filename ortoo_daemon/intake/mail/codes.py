"""Which dealer codes does a text name, of those that the directory knows, and which look like one?

Codes come in every form: ``R00013815``, ``D-40177-02``, ``35760``. Those made of digits only are often postal
codes or amounts as well, so each says whether a word such as "account" announces it. What has the form of
known codes, letters and all, but is none of them, is reported as not valid: a slip of the pen, or another
network's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"(?<![\w@.-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![\w@])")
_PUNCTUATED = re.compile(
    r"(?<![\w@./-])[A-Za-z0-9]{1,8}(?:[./_\u2010-\u2013][A-Za-z0-9]{1,12}){1,3}(?![\w@/])"
)
_SEPARATORS = re.compile(r"[\s./_\u2010-\u2013-]")
_ANNOUNCED = re.compile(
    r"(?:\bcode|compte|\bcpte|\bsite|concession\w*|concesi[óo]n\w*|concession[ae]ri[ao]|agence"
    r"|betrieb\w*|h[äa]ndler\w*|haus|standort|konto"
    r"|kunden(?:nummer|-?nr\.?)?|dealer(?:ship)?|store|account|acct|rooftop|branch|cuenta"
    r"|c[óo]digo|centro|codice|sede|conto|vestiging|dealernummer|dealercode|klantnummer|rekening"
    r"|für|fur|for|pour|para|per|voor|CDSID|P&A|PA)"
    r"\W{0,3}(?:(?:n[°ºo.r]*|nr\.?|no\.?|number|nummer|n[úu]mero|code|id|is|ist|#|c|est|es"
    r"|è)\W{0,3})?$",
    re.IGNORECASE,
)
_BEFORE = 40
_LONGEST_SPACED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """A dealer code with its place. ``code`` is as the directory writes it where ``known``."""

    start: int
    end: int
    code: str
    known: bool
    announced: bool
    digits_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerCodes:
    """The codes of a directory, ready to be looked for. Build it once for a directory: ``DealerCodes.of``."""

    codes: Mapping[str, str]
    shapes: frozenset[str]

    @classmethod
    def of(cls, codes: Iterable[str]) -> "DealerCodes":
        """From the codes as the directory writes them."""
        written = [code for code in codes if code]
        return cls(
            codes={_bare(code): code for code in written},
            shapes=frozenset(_shape(code) for code in written if not code.isdigit()),
        )

    def find(self, text: str) -> Iterator[FoundCode]:
        """Codes in order of their place; a code written with spaces or full stops is found too."""
        if not self.codes:
            return
        found = [*self._punctuated(text), *self._in_tokens(text)]
        yield from sorted(found, key=lambda code: code.start)

    def _punctuated(self, text: str) -> Iterator[FoundCode]:
        """``D/40177/02``, ``TME.34112``: figures alone are amounts or dates, written so."""
        for written in _PUNCTUATED.finditer(text):
            code = self.codes.get(_bare(written.group()))
            if code and not code.isdigit():
                yield self._found(text, written.start(), written.end(), code, known=True)

    def _in_tokens(self, text: str) -> Iterator[FoundCode]:
        tokens = list(_TOKEN.finditer(text))
        at = 0
        while at < len(tokens):
            used, code = self._known(text, tokens, at)
            if used:
                yield self._found(
                    text, tokens[at].start(), tokens[at + used - 1].end(), code, known=True
                )
                at += used
                continue
            written = tokens[at].group()
            if _shape(written) in self.shapes and any(letter.isdigit() for letter in written):
                yield self._found(text, tokens[at].start(), tokens[at].end(), written, known=False)
            at += 1

    def _known(self, text: str, tokens: list[re.Match[str]], at: int) -> tuple[int, str]:
        """How many tokens from here on make a known code, and which; none is 0."""
        for used in range(min(_LONGEST_SPACED, len(tokens) - at), 0, -1):
            start, end = tokens[at].start(), tokens[at + used - 1].end()
            code = self.codes.get(_bare(text[start:end]))
            if code and (used == 1 or not code.isdigit()) and "\n" not in text[start:end]:
                return used, code
        return 0, ""

    def _found(self, text: str, start: int, end: int, code: str, *, known: bool) -> FoundCode:
        before = text[max(0, start - _BEFORE) : start]
        return FoundCode(
            start=start,
            end=end,
            code=code,
            known=known,
            announced=bool(_ANNOUNCED.search(before)),
            digits_only=code.isdigit(),
        )


NO_CODES = DealerCodes(codes={}, shapes=frozenset())


def _bare(code: str) -> str:
    return _SEPARATORS.sub("", code).upper()


def _shape(code: str) -> str:
    """The form of a code: its letters as they are, a 9 for every digit."""
    return re.sub(r"\d", "9", code.upper())
