"""What is the text without outer blanks? Invisible characters that copying leaves count as blanks."""

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"


def outer_trimmed(text: str) -> str:
    """Without blanks (also non-breaking ones), byte-order and zero-width marks at either end."""
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    before = None
    while text != before:
        before, text = text, text.strip().strip(_INVISIBLE)
    return text
