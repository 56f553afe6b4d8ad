"""Which children does a subquery of the SELECT list mean?  Relationships are named from above."""

from __future__ import annotations

from ortoo_daemon.sandbox.schema import Field, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.refusals import no_such_children


def child_reference(
    schema: Schema, source: str, parent: ObjectType, select: tree.Select
) -> tuple[Field, ObjectType]:
    """The reference by which children point at their parent, and the children's object.

    Raises INVALID_TYPE where the parent has no children of the name that `select` is FROM.
    """
    for kind in schema:
        for field in kind.fields.values():
            named = field.children if parent.name in field.reference_to else None
            if named and named.lower() == select.entity.lower():
                return field, kind
    raise no_such_children(source, select.entity_at, select.entity)
