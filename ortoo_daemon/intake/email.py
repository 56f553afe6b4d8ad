"""Is this an e-mail address, and how is it spelled? Syntax only: nobody is asked whether it exists."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant

_PLAIN = re.compile(r"([A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)")
"""Nearly every address: what stands before the @ needs no judging then, and domains repeat."""

_LONGEST, _LONGEST_LOCAL = 254, 64
_AROUND = "‘’‚“”„«»'\"<>()[],;:. "


def standard_email(form: Form) -> str:
    """The address with its domain in small ASCII letters; raises ValueError saying what is wrong.

    International domains are written in their ASCII form, the only one an Email field takes. The part
    before the @ stays as it is: only its owner knows whether case counts there.
    """
    text = meant(form.text)
    plain = _PLAIN.fullmatch(text) if len(text) <= _LONGEST else None
    if plain is None or len(plain[1]) > _LONGEST_LOCAL:
        return _unwrapped(text)
    if text[-1] == ".":
        return f"{plain[1]}@{_standard_domain(plain[2].rstrip('.'))}"
    return f"{plain[1]}@{_standard_domain(plain[2])}"


def _unwrapped(text: str) -> str:
    """As it is, else without the quotes and points that it was copied with."""
    try:
        return _standard(text)
    except ValueError:
        bare = text.strip(_AROUND)
        if bare == text:
            raise
        return _standard(bare)


@lru_cache(maxsize=1024)
def _standard_domain(domain: str) -> str:
    return _standard(f"a@{domain}").removeprefix("a@")


def _standard(text: str) -> str:
    address = text
    if address[:7].casefold() == "mailto:":
        address = address[7:].partition("?")[0]
    try:
        found = validate_email(
            address, check_deliverability=False, allow_display_name=True, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(f"not an e-mail address: {error}") from None
    return found.ascii_email or found.normalized
