"""Which country is this, spelled as the field spells countries?

A field whose name ends in ``Code`` or ``ISO``, or whose value was a two-letter code, gets the ISO code;
every other field gets the English name, which is what the platform's own address fields hold.
"""

import re
from functools import lru_cache

from ortoo_daemon.countries import country_code, country_name
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant

_BETWEEN = re.compile(r"[()\[\]/|,;:]|\s[-\u2013\u2014]\s")
_LOCALE = re.compile(r"([A-Za-z]{2})[-_]([A-Za-z]{2,3})")
_ARTICLE = re.compile(r"(?:the|la|le|les|die|der|el|il|de)\s+|l['’]", re.IGNORECASE)


def standard_country(form: Form) -> str:
    """ISO code or English name; raises ValueError when the country is not known."""
    return _standard(meant(form.text), form.field)


@lru_cache(maxsize=1024)
def _standard(text: str, field: str) -> str:
    code = country_code(text) or _one_named(text)
    if code is None:
        raise ValueError("not a country known here, by code or by name")
    if _holds_codes(field) or len(text) == 2:
        return code
    return country_name(code) or code


def _one_named(text: str) -> str | None:
    """The one country that parts of the text name: ``France (FR)``, ``Belgique/België``, ``fr-FR``."""
    locale = _LOCALE.fullmatch(text)
    parts = list(locale.groups()) if locale else [each.strip() for each in _BETWEEN.split(text)]
    bare = [part for part in parts if part] + [_ARTICLE.sub("", part) for part in parts]
    named = {code for part in bare if (code := country_code(part)) is not None}
    return named.pop() if len(named) == 1 else None


def _holds_codes(field: str) -> bool:
    bare = field.removesuffix("__c").replace("_", "").casefold()
    return bare.endswith(("code", "iso", "iso2"))
