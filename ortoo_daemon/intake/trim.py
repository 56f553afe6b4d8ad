"""What is the text without outer blanks? Invisible characters that copying leaves count as blanks."""

from ortoo_daemon.intake.form import Form

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"


def trimmed(form: Form) -> str:
    """The text without blanks and invisible characters at either end."""
    return outer_trimmed(form.text)


def outer_trimmed(text: str) -> str:
    """Without blanks (also non-breaking ones), byte-order and zero-width marks at either end."""
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    before = None
    while text != before:
        before, text = text, text.strip().strip(_INVISIBLE)
    return text
