"""Which files belong together? From a path as a person types it to settings, directory and policies."""

from dataclasses import dataclass
from pathlib import Path

from ortoo_daemon.daemon.loading.saved_org import FILE as SAVED_ORG
from ortoo_daemon.errors import ConfigError, Place, Problem

SETTINGS = "ortoo.yaml"
DIRECTORY = "directory.yaml"
_POLICIES = "policies"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """``settings`` is None where only policies are looked at. ``saved_org`` need not be there.

    ``policies`` and ``directory`` hold where no settings say otherwise.
    """

    settings: Path | None
    policies: Path
    directory: Path | None
    saved_org: Path


def config_files(asked: Path | None, settings: Path) -> ConfigFiles:
    """The files of the folder asked for: one with an ``ortoo.yaml``, or a folder of policies.

    Without a folder: that of ``settings``. What a folder of policies lacks is taken from the folder
    above it, then from that of ``settings``. Raises ConfigError when there is no such folder.
    """
    if asked is None:
        return _whole(settings)
    if asked.is_file() and asked.name == settings.name:
        return _whole(asked)
    if (asked / SETTINGS).is_file():
        return _whole(asked / SETTINGS)
    if not asked.is_dir():
        raise ConfigError(
            [
                Problem(
                    place=Place(str(asked)),
                    rule="settings",
                    message="there is no such folder",
                    mend="name a folder with an ortoo.yaml, or one of policies",
                )
            ]
        )
    around = (asked, asked.parent, settings.parent)
    return ConfigFiles(
        settings=None,
        policies=asked,
        directory=_first(DIRECTORY, around),
        saved_org=_first(SAVED_ORG, around) or asked / SAVED_ORG,
    )


def _whole(settings: Path) -> ConfigFiles:
    folder = settings.parent
    return ConfigFiles(
        settings=settings,
        policies=folder / _POLICIES,
        directory=folder / DIRECTORY,
        saved_org=folder / SAVED_ORG,
    )


def _first(name: str, folders: tuple[Path, ...]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
