"""What can a report be asked for? Words of the command line: light, for every verb reads them."""

from enum import StrEnum


class Dimension(StrEnum):
    """ROOFTOP is where the record belongs, else where its holder works; GROUP and REGION are that rooftop's.
    PERSON is who holds the record (a queue, too); PROGRAMME is that of the rule that routed it."""

    ROOFTOP = "rooftop"
    GROUP = "group"
    REGION = "region"
    BRAND = "brand"
    SOURCE = "source"
    PROGRAMME = "programme"
    PERSON = "person"


class Trend(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
