"""What does a standard see of a field? Its name, its text, and the country whose rules apply."""

from typing import NamedTuple


class Form(NamedTuple):
    """A tuple, as every value that is cleansed has one.

    ``country`` is the text of the country field, a code or a name; empty where none is known.
    """

    field: str
    text: str
    country: str = ""
