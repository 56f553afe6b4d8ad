"""Can reports be made by what the settings say? Conditions that can be read, fields that are there.

Hints: routing goes on without reports, so that none of this may keep a policy from being used.
"""

from collections.abc import Iterator
from dataclasses import replace

from ortoo_daemon.daemon.asking.reports.conditions import RULE, conditions_of, unknown_fields
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import ConfigError, Level, Problem

MANUALS = {
    RULE: "Reports go by a field that an object does not have.",
}


def report_checks(settings: Settings, org: OrgDescription | None) -> Iterator[Problem]:
    """Every problem of the section ``report``; fields are looked for where the org is known."""
    yield from (replace(each, level=Level.HINT) for each in _problems(settings, org))


def _problems(settings: Settings, org: OrgDescription | None) -> Iterator[Problem]:
    for name in settings.report.objects:
        described = org.objects.get(name) if org else None
        try:
            conditions_of(settings, name)
            if described is not None:
                yield from unknown_fields(settings, described)
        except ConfigError as error:
            yield from error.problems
