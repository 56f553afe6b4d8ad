"""Where does a secret come from? The environment, its own file, or credentials of systemd, in this order."""

import os
import stat
from pathlib import Path

from pydantic import SecretStr

from ortoo_daemon.daemon.noticing.notice_settings import ChannelSettings
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem


def secret(name: str, given: SecretStr | None, file: Path | None, settings: Settings) -> str:
    """A secret from the environment, its own file, or systemd's credentials, in this order.

    Raises ConfigError when none of them has it, or when a file is open to other users.
    """
    if given is not None:
        return given.get_secret_value()
    if file is not None:
        return _read_secret(settings.path(file), may_be_open=False)
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / name).is_file():
        return _read_secret(Path(credentials) / name, may_be_open=True)
    message = f"there is no {name}"
    mend = (
        f"set {name}_file, the environment variable ORTOO_ORG__AUTH__{name.upper()}, "
        f"or systemd's LoadCredential={name}:/path"
    )
    raise _problem(Place(str(settings.folder / "ortoo.yaml")), message, mend)


def watch_token(settings: Settings) -> str | None:
    """What those who watch must bring; None when nothing is asked. Raises ConfigError."""
    watch = settings.watch
    if watch.token is not None:
        return watch.token.get_secret_value()
    if watch.token_file is None:
        return None
    return _read_secret(settings.path(watch.token_file), may_be_open=False)


def channel_urls(settings: Settings) -> dict[str, list[str]]:
    """The addresses of each channel of notices. Raises ConfigError where one has none."""
    return {
        name: _urls(name, channel, settings) for name, channel in settings.notices.channels.items()
    }


def handoff_secret(
    name: str, given: SecretStr | None, file: Path | None, settings: Settings
) -> str:
    """What a way of handoffs is opened with, "" where nothing is set: by the settings, the environment, a
    file of its own, or systemd's credential ``handoff_…``. Raises ConfigError."""
    if given is not None:
        return given.get_secret_value()
    if file is not None:
        return _read_secret(settings.path(file), may_be_open=False)
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / f"handoff_{name}").is_file():
        return _read_secret(Path(credentials) / f"handoff_{name}", may_be_open=True)
    return ""


def _urls(name: str, channel: ChannelSettings, settings: Settings) -> list[str]:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if channel.urls is not None:
        text = channel.urls.get_secret_value()
    elif channel.urls_file is not None:
        text = _read_secret(settings.path(channel.urls_file), may_be_open=False)
    elif credentials and (Path(credentials) / f"notice_{name}").is_file():
        text = _read_secret(Path(credentials) / f"notice_{name}", may_be_open=True)
    else:
        text = ""
    found = [line.strip() for line in text.splitlines()]
    urls = [line for line in found if line and not line.startswith("#")]
    if not urls:
        mend = f"set urls_file, or systemd's LoadCredential=notice_{name}:/path"
        message = f"the channel {name} has no address"
        raise _problem(Place(str(settings.folder / "ortoo.yaml")), message, mend)
    return urls


def _read_secret(path: Path, *, may_be_open: bool) -> str:
    """What the file holds. Looked at and read is the same file, whatever befalls its name meanwhile.

    ``may_be_open``: by systemd's own doing, which sees to it who can read it.
    """
    try:
        link = path.lstat()
        if not stat.S_ISREG(path.stat().st_mode):  # one that is a pipe would be waited for
            raise _problem(Place(str(path)), "is no file", "")
        with path.open(encoding="utf-8") as file:
            found = os.fstat(file.fileno())
            text = file.read(_LONGEST + 1).strip()
    except OSError as error:
        raise _problem(Place(str(path)), f"can't be read: {error.strerror}", "") from error
    except UnicodeDecodeError:
        raise _problem(Place(str(path)), "is no text", "") from None
    if not may_be_open:
        _look_at_rights(path, link, found)
    if len(text) > _LONGEST:
        raise _problem(Place(str(path)), f"is longer than {_LONGEST:,} characters", "")
    return text


_LONGEST = 65_536


def _look_at_rights(path: Path, link: os.stat_result, found: os.stat_result) -> None:
    """Raises ConfigError where others may read the secret, or put another one in its place."""
    place, ours = Place(str(path)), {os.geteuid(), 0}
    if found.st_mode & 0o077:
        message = "other users of this machine may read this secret"
        raise _problem(place, message, f"chmod 600 {path}")
    if found.st_uid not in ours:
        message = "this secret belongs to another user of this machine, who may change it"
        raise _problem(place, message, f"chown {os.geteuid()} {path}")
    if link.st_uid not in ours:
        message = "this link belongs to another user of this machine, who may lead it elsewhere"
        raise _problem(place, message, "name the file itself, or make the link anew")


def _problem(place: Place, message: str, mend: str) -> ConfigError:
    return ConfigError([Problem(place=place, rule="settings", message=message, mend=mend)])
