"""Can everybody be told whom policies tell? Channels of the settings, templates of their folder."""

from collections.abc import Iterator

from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.notify_model import ABSENCES_AHEAD, SUMMARIES, Notify, OrgWay
from ortoo_daemon.policy.reach import notifies_of
from ortoo_daemon.services.notify.templates import DIGEST, Templates, read_templates

MANUALS = {
    "unknown_channel": "Somebody is told by a channel that `ortoo.yaml` does not name.",
    "unknown_template": "Somebody is told in the words of a template that there is not.",
    "template": "A template of notices that can't be used as it is.",
}


def notice_checks(policies: PolicySet, settings: Settings) -> Iterator[Problem]:
    """Every problem of templates, and of policies that name what there is not."""
    folder = settings.path(settings.templates)
    try:
        files = read_templates(folder)
    except (OSError, UnicodeDecodeError) as error:
        yield Problem(place=Place(str(folder)), rule="template", message=str(error))
        return
    usual = settings.notices.language
    templates = Templates(files, usual=usual, folder=str(settings.templates))
    yield from notice_problems(policies, settings, templates)


def notice_problems(
    policies: PolicySet, settings: Settings, templates: Templates
) -> Iterator[Problem]:
    """The same of templates that were read already."""
    usual = settings.notices.language
    yield from templates.problems()
    yield from _summaries(templates, settings)
    for policy in policies.policies:
        for entry in notifies_of(policy):
            yield from _channel(entry, settings)
            yield from _template(entry, entry.template, templates, usual)
            if entry.digest_for is not None or settings.notices.quiet_hours is not None:
                yield from _template(entry, DIGEST, templates, usual)


def _summaries(templates: Templates, settings: Settings) -> Iterator[Problem]:
    """Where somebody is told of what is no record's matter, there must be words for it."""
    notices = settings.notices
    needed = SUMMARIES if notices.summaries.users or notices.summaries.channels else ()
    if notices.planned_absences is not None:
        needed = (*needed, ABSENCES_AHEAD)
    for name in needed:
        if name not in templates.names:
            message = f"there is no template {name!r} ({name}.{notices.language}.txt)"
            place = Place(str(settings.templates))
            mend = "copy the one that is shipped"
            yield Problem(place=place, rule="unknown_template", message=message, mend=mend)


def _channel(entry: Notify, settings: Settings) -> Iterator[Problem]:
    ways = {*(way.value for way in OrgWay), *settings.notices.channels}
    if entry.by not in ways:
        mend = did_you_mean(entry.by, ways) or "name it under notices.channels in ortoo.yaml"
        message = f"'notify' goes by {entry.by!r}, which is no channel of the settings"
        yield Problem(place=entry.place, rule="unknown_channel", message=message, mend=mend)


def _template(entry: Notify, name: str, templates: Templates, usual: str) -> Iterator[Problem]:
    if name not in templates.names:
        message = f"there is no template {name!r} ({name}.{usual}.txt)"
        mend = did_you_mean(name, templates.names) or "write it into the folder of templates"
        yield Problem(place=entry.place, rule="unknown_template", message=message, mend=mend)
