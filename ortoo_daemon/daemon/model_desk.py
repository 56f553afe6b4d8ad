"""Where do models, their keys and their budgets meet? The desk of the catalogue, ready to be asked."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from ortoo_daemon.daemon.loading.catalogue_file import FILE
from ortoo_daemon.daemon.secrets import secret
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.models.catalogue import Catalogue, Provider, Task, TaskName
from ortoo_daemon.services.models.desk import ModelDesk
from ortoo_daemon.services.models.lines import Lines
from ortoo_daemon.services.models.making import makes_providers
from ortoo_daemon.work.spending import StoredLedger
from ortoo_daemon.work.store import Store
from ortoo_daemon.work.thread import StoreThread


def task_in_use(catalogue: Catalogue, name: TaskName, path: Path) -> Task:
    """The task. Raises ConfigError where it, or everything, is off."""
    task = catalogue.task(name)
    if task is None:
        off = f"the task {name} is off" if catalogue.enabled else "models are off"
        mend = (
            f"set enabled: true, there and for {name}; docs/ai.md says what then leaves the machine"
        )
        raise _wrong(Place(str(path)), off, mend)
    return task


@asynccontextmanager
async def model_desk(settings: Settings, catalogue: Catalogue) -> AsyncIterator[ModelDesk]:
    """What is spent is written into the daemon's store, whether it runs or not.

    Raises ConfigError where a provider in use has no key, StateError where the store can't be used.
    """
    for provider in catalogue.in_use.values():
        if provider.needs_key:
            model_key(provider, settings)
    store = StoreThread(Store.open(settings.state, exclusive=False))
    desk = ModelDesk(
        catalogue,
        Lines(catalogue, makes_providers(lambda provider: model_key(provider, settings))),
        StoredLedger(store),
    )
    try:
        yield desk
    finally:
        await desk.close()
        await store.close()


def model_key(provider: Provider, settings: Settings) -> str:
    """From the environment, its own file, or systemd's credentials, in this order. Raises ConfigError."""
    name = f"model_key_{provider.name}"
    variable = "ORTOO_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    given = os.environ.get(variable)
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    held = bool(credentials) and (Path(credentials or "") / name).is_file()
    if not given and provider.key_file is None and not held:
        message = f"the provider {provider.name} has no key"
        mend = f"set key_file, the variable {variable}, or systemd's LoadCredential={name}:/path"
        raise _wrong(Place(str(settings.folder / FILE)), message, mend)
    file = Path(provider.key_file) if provider.key_file else None
    return secret(name, SecretStr(given) if given else None, file, settings)


def _wrong(place: Place, message: str, mend: str) -> ConfigError:
    return ConfigError([Problem(place=place, rule="models", message=message, mend=mend)])
