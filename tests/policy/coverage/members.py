"""Whether a record belongs to a set of the proof, asked value by value."""

from ortoo_daemon.policy.coverage.diagrams import Node
from ortoo_daemon.policy.coverage.domains import Answer


def belongs(space, records, scope):
    """Follow the record's values through the diagram."""
    while isinstance(records, Node):
        domain = space.variables.domains[records.level]
        index = index_of(space, domain, records.level, scope)
        records = next(child for mask, child in records.edges if mask >> index & 1)
    return records


def index_of(space, domain, level, scope):
    if isinstance(domain, Answer):
        return int(domain.test.holds(scope))
    return class_of(space, level, scope)


def class_of(space, level, scope):
    """The class of values that answers every test as the record's value does."""
    domain = space.variables.domains[level]
    mask = (1 << domain.size) - 1
    for key in space.variables.versions()[level]:
        for test in space.variables.tests(key[0]):
            if not space.variables.is_hard(key, test):
                found = domain.mask(test)
                mask &= found if test.holds(scope) else ~found
    assert mask, f"no class of {domain.fields} is like {[scope.value(n) for n in domain.fields]}"
    return (mask & -mask).bit_length() - 1


def in_region(space, region, scope):
    """Whether the record has one of the region's values for every variable that the region names."""
    for level, mask in region.masks.items():
        domain = space.variables.domains[level]
        index = index_of(space, domain, level, scope)
        if not mask >> index & 1:
            return False
    return True
