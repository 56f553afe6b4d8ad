"""How does a decision reach the record? The owner must land; a business value may be refused.

Knows which refusals are about a field (write without it), about the new owner (decide without them)
or about the record (nothing left to do); everything else goes to the caller as it came.
"""

from dataclasses import dataclass, field, replace

from ortoo_daemon.action.stamps import (
    MODIFIED_AT,
    MODIFIED_BY,
    OWNER,
    OwnerWrite,
    owner_write,
)
from ortoo_daemon.audit.record import Written
from ortoo_daemon.decision import Decision, DuplicateRules
from ortoo_daemon.errors import PermanentOrgError, RecordGoneError, StaleRecordError
from ortoo_daemon.records import FieldValue, Record, RecordId
from ortoo_daemon.salesforce.transport import MayGo
from ortoo_daemon.salesforce.writer import RecordWrite, RecordWriter

_ABOUT_THE_OWNER = frozenset(
    {"INACTIVE_OWNER_OR_USER", "TRANSFER_REQUIRES_READ", "INVALID_OPERATION"}
)
_MAYBE_ABOUT_THE_OWNER = frozenset(
    {
        "INVALID_CROSS_REFERENCE_KEY",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "FIELD_INTEGRITY_EXCEPTION",
    }
)
DUPLICATES = "DUPLICATES_DETECTED"
"""The code of a duplicate rule of the org."""

_MOST_REFUSALS = 12
"""After so many refused fields one by one, all business fields are left out at once."""


class OwnerRefusedError(Exception):
    """The org does not take this owner for the record: decide again without them."""

    def __init__(self, owner: RecordId, cause: PermanentOrgError) -> None:
        super().__init__(f"{owner}: {cause}")
        self.owner = owner
        self.cause = cause


@dataclass(slots=True)
class _Try:
    write: OwnerWrite
    allow_duplicates: bool = False
    matched: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


async def write_decision(
    writer: RecordWriter,
    decision: Decision,
    record: Record,
    *,
    conditional: bool,
    may_go: MayGo | None = None,
) -> Written:
    """Write what was decided; says which fields landed and which the org refused, with its words.

    Raises StaleRecordError (somebody changed the record: decide again), OwnerRefusedError,
    RecordGoneError, TemporaryOrgError (TooLateError where ``may_go`` forbids it), and PermanentOrgError
    when even owner and stamps are refused.
    """
    attempt = _Try(owner_write(decision, record))
    while True:
        try:
            whole = attempt.write.whole
            row = _row(whole, record, conditional=conditional, may_go=may_go)
            if attempt.allow_duplicates:
                row = replace(row, allow_duplicates=True)
            await writer.write(row)
        except (StaleRecordError, RecordGoneError):
            raise
        except PermanentOrgError as error:
            _after_refusal(error, attempt, decision)
        else:
            return Written(fields=whole, refused=attempt.refused, matched=attempt.matched)


def _after_refusal(error: PermanentOrgError, attempt: _Try, decision: Decision) -> None:
    """Prepare the next try, or raise when there is none."""
    if error.code == DUPLICATES and _may_save(error, attempt, decision):
        return
    blamed = frozenset(error.fields) & attempt.write.may_lack
    owner = decision.owner
    moves = owner is not None and OWNER in attempt.write.core
    if owner is not None and moves and _is_about_owner(error, blamed):
        raise OwnerRefusedError(owner.id, error) from error
    if not blamed and not attempt.write.business:
        raise error
    if not blamed or len(attempt.refused) >= _MOST_REFUSALS:
        blamed |= attempt.write.business.keys()
    attempt.refused |= dict.fromkeys(sorted(blamed), f"{error.code}: {error.message}")
    attempt.write = attempt.write.without(blamed)


def _may_save(error: PermanentOrgError, attempt: _Try, decision: Decision) -> bool:
    """Whether the same goes once more, by leave of the policy; raises where it wants a person to look."""
    attempt.matched = error.matched
    if decision.duplicate_rules is DuplicateRules.PARK:
        raise error
    allows = decision.duplicate_rules is DuplicateRules.SAVE and not attempt.allow_duplicates
    attempt.allow_duplicates |= allows
    return allows


def _is_about_owner(error: PermanentOrgError, blamed: frozenset[str]) -> bool:
    if error.code in _ABOUT_THE_OWNER:
        return True
    if error.code not in _MAYBE_ABOUT_THE_OWNER or blamed:
        return False
    return OWNER in error.fields or "owner" in error.message.casefold()


def _row(
    fields: dict[str, FieldValue], record: Record, *, conditional: bool, may_go: MayGo | None
) -> RecordWrite:
    bumped = (MODIFIED_AT, MODIFIED_BY)  # by every flow, without a change in what was decided on
    expected = dict(record.fields)
    for name in bumped:
        expected.pop(name, None)
    return RecordWrite(
        object=record.object,
        id=record.id,
        fields=fields,
        expect=expected,
        modified_at=record.text(MODIFIED_AT),
        conditional=conditional,
        may_go=may_go,
    )
