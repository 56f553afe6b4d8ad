"""Where do candidate policies stand, and in which order are they asked?"""

from pathlib import Path

from ortoo_daemon.daemon.loading.config_files import SETTINGS
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.errors import ConfigError, Place, Problem

_POLICIES = "policies"


def candidate_folder(settings: Settings, folder: Path) -> tuple[Settings, Path]:
    """The settings that hold for the candidate (those in force, with its own order of policies), and the
    folder of its policies.

    ``folder`` has an ``ortoo.yaml``, or a folder ``policies``, or is one. Raises ConfigError when there
    is no such folder, or its settings can't be read.
    """
    if (folder / SETTINGS).is_file():
        own = load_settings(folder / SETTINGS)
        settings = settings.model_copy(update={"policy_order": own.policy_order})
        policies = own.path(own.policies)
    else:
        policies = folder / _POLICIES if (folder / _POLICIES).is_dir() else folder
    if not policies.is_dir():
        message = "there is no such folder of candidate policies"
        mend = "name a folder of policies, or one with an ortoo.yaml"
        place = Place(folder.as_posix())
        raise ConfigError([Problem(place=place, rule="settings", message=message, mend=mend)])
    return settings, policies
