"""How do the rules of a policy use territory files: by which fields, in which countries, from which days?"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from ortoo_daemon.countries import country_code, country_name
from ortoo_daemon.policy.coverage.values import ANY_OTHER, Cell, FieldTests, Value
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.programme_days import turns
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.policy.values import fold


def place_fields(choice: RooftopChoice) -> tuple[str, str] | None:
    """The fields of country and postal code by which a choice looks a territory up."""
    if choice.territories is None or choice.territory is None:
        return None
    return choice.country, choice.territory


def territories_of(policy: Policy) -> Iterator[tuple[RooftopChoice, Sequence[TerritoryRow]]]:
    """Each different choice of rooftops with the rows of its territory file."""
    seen: set[tuple[object, ...]] = set()
    for rule in rules_of(policy):
        choice = rule.assign.rooftop
        if choice is None:
            continue
        key = choice.brand, choice.territory, choice.country, choice.city, id(choice.territories)
        if key not in seen:
            seen.add(key)
            yield choice, choice.territories.rows if choice.territories is not None else ()


def begins(policy: Policy) -> Iterator[date]:
    """Days on which a rule, a programme or a territory row begins to hold, or no longer holds."""
    spans = [rule.during for rule in rules_of(policy) if rule.during is not None]
    spans += [programme.days.span for programme in policy.programmes]
    for _, rows in territories_of(policy):
        spans += [(row.valid_from or date.min, row.valid_to or date.max) for row in rows]
    yield from turns(set(spans))


def countries(asked: FieldTests, isos: Sequence[str]) -> Iterator[tuple[str | None, Cell, str]]:
    """The ways in which a record may name its country; one for each that no test tells apart."""
    as_code = asked.name.casefold().endswith(("code", "iso"))
    for iso in isos:
        yield iso, iso if as_code else country_name(iso) or iso, iso
    known = {fold(iso if as_code else country_name(iso) or iso) for iso in isos}
    for value in asked.values():
        yield from _spelled(value, isos, known)


def _spelled(
    value: Value, isos: Sequence[str], known: Collection[str]
) -> Iterator[tuple[str | None, Cell, str]]:
    if isinstance(value.cell, str) and fold(value.cell) in known:
        return
    code = country_code(value.cell) if isinstance(value.cell, str) else None
    if value.cell is None:
        yield None, None, "no country"
    elif value.label in ANY_OTHER:
        yield None, value.cell, "any other country"
    else:
        yield code if code in isos else None, value.cell, f'"{value.label}"'
