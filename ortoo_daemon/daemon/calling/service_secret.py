"""Where does the secret come from by which a service knows us?"""

import os
import re
from pathlib import Path

from pydantic import SecretStr

from ortoo_daemon.daemon.calling.calls import FILE
from ortoo_daemon.daemon.secrets import secret
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.callouts.catalogue import Service


def service_secret(service: Service, settings: Settings) -> str:
    """From the environment, its own file, or systemd's credentials, in this order. Raises ConfigError.

    Read anew each time it is needed: one that was changed holds from then on.
    """
    name = f"service_{service.name}"
    variable = "ORTOO_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    given = os.environ.get(variable)
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    held = bool(credentials) and (Path(credentials or "") / name).is_file()
    if not given and service.auth.secret_file is None and not held:
        message = f"the service {service.name} has no secret"
        mend = f"set secret_file, the variable {variable}, or systemd's LoadCredential={name}:/path"
        place = Place(str(settings.folder / FILE))
        raise ConfigError([Problem(place=place, rule="services", message=message, mend=mend)])
    file = Path(service.auth.secret_file) if service.auth.secret_file else None
    return secret(name, SecretStr(given) if given else None, file, settings)
