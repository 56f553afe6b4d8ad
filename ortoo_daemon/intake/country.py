"""Which country is this, spelled as the field spells countries?

A field whose name ends in ``Code`` or ``ISO``, or whose value was a two-letter code, gets the ISO code;
every other field gets the English name, which is what the platform's own address fields hold.
"""

from functools import lru_cache

from ortoo_daemon.countries import country_code, country_name
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant


def standard_country(form: Form) -> str:
    """ISO code or English name; raises ValueError when the country is not known."""
    return _standard(meant(form.text), form.field)


@lru_cache(maxsize=1024)
def _standard(text: str, field: str) -> str:
    code = country_code(text)
    if code is None:
        raise ValueError("not a country known here, by code or by name")
    if _holds_codes(field) or len(text) == 2:
        return code
    return country_name(code) or code


def _holds_codes(field: str) -> bool:
    bare = field.removesuffix("__c").replace("_", "").casefold()
    return bare.endswith(("code", "iso", "iso2"))
