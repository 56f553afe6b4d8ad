"""Is this an e-mail address, and how is it spelled? Syntax only: nobody is asked whether it exists."""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed


def standard_email(form: Form) -> str:
    """The address with its domain in small ASCII letters; raises ValueError saying what is wrong.

    International domains are written in their ASCII form, the only one an Email field takes. The part
    before the @ stays as it is: only its owner knows whether case counts there.
    """
    return _standard(outer_trimmed(form.text))


@lru_cache(maxsize=4096)
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
