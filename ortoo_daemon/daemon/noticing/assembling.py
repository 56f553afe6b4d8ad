"""How do the parts that tell people come together? Out of the settings, before anything is told."""

from collections.abc import Callable
from datetime import datetime

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.assembling import make_finding, make_handing
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.noticing.standing_in import StandingIn
from ortoo_daemon.daemon.noticing.summaries import Summaries
from ortoo_daemon.daemon.noticing.words import Words
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.secrets import channel_urls
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.services.notify.channels import Channels
from ortoo_daemon.services.notify.templates import Templates, read_templates


def load_templates(settings: Settings) -> Templates:
    """The templates of the settings' folder. Raises ConfigError with everything wrong in them."""
    folder = settings.path(settings.templates)
    try:
        files = read_templates(folder)
    except (OSError, UnicodeDecodeError) as error:
        place = Place(str(folder))
        raise ConfigError([Problem(place=place, rule="template", message=str(error))]) from error
    templates = Templates(files, usual=settings.notices.language, folder=str(folder))
    problems = list(templates.problems())
    if problems:
        raise ConfigError(problems)
    return templates


def make_delivery(
    settings: Settings, parts: Parts, knowledge: Knowledge, now: Callable[[], datetime]
) -> Delivery:
    """What tells people. Raises ConfigError for templates and channels that can't be used."""
    notices = settings.notices
    channels = Channels(channel_urls(settings))
    delivery = Delivery(
        box=parts.queue.notices,
        outbox=Outbox(
            parts.queue.notices,
            knowledge,
            notices,
            addresses=lambda name: delivery.addresses(name),
        ),
        org=parts.org,
        words=Words(parts.org, knowledge, load_templates(settings), usual=notices.language),
        standing_in=StandingIn(parts.org, knowledge, notices),
        channels=channels,
        settings=notices,
        meters=parts.meters,
        clock=now,
        may_tell=parts.budgets.may_tell,
        leads=parts.leading,
        alone=not parts.leading.shared,
        handing=make_handing(settings, parts, knowledge, now),
        open_handoffs=make_finding(parts, knowledge, now),
    )
    return delivery


def make_summaries(
    settings: Settings, parts: Parts, delivery: Delivery, now: Callable[[], datetime]
) -> Summaries:
    """What keeps notices of what befell the daemon as a whole."""
    return Summaries(
        parts.org,
        delivery.box,
        settings.notices.summaries,
        addresses=delivery.addresses,
        now=now,
    )
