"""What does a standard see of a field? Its name, its text, and the country whose rules apply."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``country`` is the text of the country field, a code or a name; empty where none is known."""

    field: str
    text: str
    country: str = ""
