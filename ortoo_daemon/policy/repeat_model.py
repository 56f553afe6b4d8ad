"""What becomes of an earlier record when its customer asks again? Values of ``action: repeats:``."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition, Expression


class Survivor(StrEnum):
    """Which of two values a field keeps. An empty one never survives a filled one.

    NEWEST, OLDEST: by when the records were made. LONGEST: the longer text, at equal length what stands.
    MOST_COMPLETE: that of the record in which more of the merged fields are filled. SOURCES: that of the
    source which is named first.
    """

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    MOST_COMPLETE = "most_complete"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedField:
    """``field`` of the earlier record, and the field ``of`` the record at hand that is held against it.

    ``sources`` are folded, the most trusted first.
    """

    field: str
    of: str
    keep: Survivor
    sources: tuple[str, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachRule:
    """The enquiry as a task on the earlier record. ``done``: it asks nothing of its owner."""

    subject: Expression
    text: Expression
    done: bool = False
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatRule:
    """What an earlier record of this ``object`` gets. ``count`` names the number field that counts repeats.

    Values of ``sets`` are read from the record at hand.
    """

    object: str
    when: Condition | None = None
    attach: AttachRule | None = None
    count: str | None = None
    merge: tuple[MergedField, ...] = ()
    sets: tuple[SetField, ...] = ()
    place: Place

    def expressions(self) -> Iterator[Expression]:
        """What is read from the record at hand, merged fields aside."""
        yield from (each.value for each in self.sets)
        if self.attach is not None:
            yield from (self.attach.subject, self.attach.text)

    def fields_read(self) -> Iterator[str]:
        """Names of the record at hand."""
        yield from (each.of for each in self.merge)
        for expression in self.expressions():
            yield from expression.fields()
        if self.when is not None:
            yield from self.when.fields()

    def known_fields(self) -> frozenset[str]:
        """API names of the earlier record that are read and may be written."""
        counted = (self.count,) if self.count else ()
        return frozenset(name for name, _ in self.named()).union(counted)

    def named(self) -> Iterator[tuple[str, Place]]:
        """Fields of the earlier record that the policy names, the count aside."""
        yield from ((each.field, each.place) for each in self.merge)
        yield from ((each.field, each.place) for each in self.sets)
