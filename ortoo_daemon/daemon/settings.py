"""What does ``config/ortoo.yaml`` set, and what may the environment override?

Any key can be set by environment: ``ORTOO_`` and ``__`` between levels (``ORTOO_ORG__LOGIN_URL``).
Secrets never stand in the file: they come from systemd credentials, the environment or files of their own.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from ortoo_daemon.daemon.hearing.event_settings import EventSettings
from ortoo_daemon.daemon.noticing.notice_settings import ChannelSettings, NoticeSettings
from ortoo_daemon.daemon.redaction import PERSONAL_FIELDS
from ortoo_daemon.daemon.sections import Duration, Section
from ortoo_daemon.daemon.watching.address import Address
from ortoo_daemon.daemon.yaml_settings import place_of, read_mapping, validated
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.nodes import MapNode

SECRETS = ("client_secret", "private_key")
"""Keys of ``org.auth`` that must not stand in the file; also the names of their systemd credentials."""


class JwtBearerSettings(Section):
    """Login by a certificate of the connected app: for orgs where a user is named."""

    flow: Literal["jwt_bearer"]
    client_id: str
    username: str
    audience: str | None = None
    private_key_file: Path | None = None
    private_key: SecretStr | None = None


class ClientCredentialsSettings(Section):
    """Login by the connected app's key and secret; the app's run-as user is the daemon's."""

    flow: Literal["client_credentials"]
    client_id: str
    client_secret_file: Path | None = None
    client_secret: SecretStr | None = None


_FLOWS: Mapping[str, type[Section]] = {
    "jwt_bearer": JwtBearerSettings,
    "client_credentials": ClientCredentialsSettings,
}


class OrgSettings(Section):
    """The org: where to log in and how. Timeouts in seconds of each request: connect and answer."""

    login_url: str
    auth: Annotated[JwtBearerSettings | ClientCredentialsSettings, Field(discriminator="flow")]
    api_version: str = Field(default="66.0", pattern=r"^\d{2,3}\.0$")
    connect_timeout: Duration = timedelta(seconds=5)
    answer_timeout: Duration = timedelta(seconds=30)


class WorkerSettings(Section):
    """``parallel``: records in hand at once. ``lease_for`` must outlast the slowest call."""

    parallel: int = Field(default=1600, ge=1, le=5000)
    lease_for: Duration = timedelta(minutes=2)
    drain_for: Duration = timedelta(seconds=30)


class SweepSettings(Section):
    """How often the clock asks: for undecided records, for steps of SLA clocks that are due, for changes
    of the directory, for open work, for parked records whose reason may be gone."""

    reconcile_every: Duration = timedelta(minutes=5)
    sla_every: Duration = timedelta(seconds=30)
    sla_at_most: int = Field(default=20_000, ge=1)
    sla_outage_after: Duration = timedelta(minutes=15)
    sla_grace: Duration = timedelta(minutes=10)
    absence_every: Duration = timedelta(seconds=20)
    directory_every: Duration = timedelta(minutes=1)
    workload_every: Duration = timedelta(minutes=1)
    retention_every: Duration = timedelta(hours=1)
    review_every: Duration = timedelta(hours=1)
    finished_for: Duration = timedelta(days=7)
    parked_for: Duration = timedelta(days=90)
    recover_within: Duration = timedelta(days=3)


class BudgetSettings(Section):
    """From which share of an allocation of the org (in percent) each level begins, and how often /limits
    is asked. What each level sheds is written in `daemon.budgets`."""

    low_from: int = Field(default=80, ge=1, le=99)
    short_from: int = Field(default=90, ge=1, le=99)
    scarce_from: int = Field(default=97, ge=1, le=99)
    limits_every: Duration = timedelta(minutes=5)

    @model_validator(mode="after")
    def _ascend(self) -> "BudgetSettings":
        if not self.low_from < self.short_from < self.scarce_from:
            raise ValueError("low_from must be below short_from, and that below scarce_from")
        return self


class ReturnSettings(Section):
    """When an edit of the policies is taken back: of the first ``over`` records that an edited policy
    routes, more than ``otherwise_above`` percent went to its ``otherwise``. 100 is never."""

    otherwise_above: int = Field(default=50, ge=1, le=100)
    over: int = Field(default=50, ge=10, le=10_000)


class ReloadSettings(Section):
    """What becomes of an edit that came into force."""

    return_when: ReturnSettings = ReturnSettings()


class WatchSettings(Section):
    """Where health, metrics and status are served; nowhere when ``listen`` is empty.

    Whoever asks must bring the token where one is set (``Authorization: Bearer ...``).
    """

    token: SecretStr | None = None
    token_file: Path | None = None
    listen: str | None = None

    @field_validator("listen")
    @classmethod
    def _is_safe(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text:
            return text
        address = Address.parse(text)
        guarded = info.data.get("token") or info.data.get("token_file")
        if not address.is_local and not guarded:
            raise ValueError(
                f"{text} can be reached from other machines: set token_file, too, "
                "or listen on 127.0.0.1"
            )
        return text

    @property
    def address(self) -> Address | None:
        return Address.parse(self.listen) if self.listen else None


class _File(InitSettingsSource):
    """What the file says, less what belongs to another login than the one the environment asks for.

    Both sources are merged key by key: a key of the file's flow would be unknown to the other one.
    """

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        flow = _inner(_inner(self.current_state, "org"), "auth").get("flow")
        org = _inner(values, "org")
        auth = _inner(org, "auth")
        model = _FLOWS.get(str(flow))
        if model is None or flow == auth.get("flow"):
            return values
        kept = {name: value for name, value in auth.items() if name in model.model_fields}
        return {**values, "org": {**org, "auth": {**kept, "flow": flow}}}


def _inner(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


class RedactSettings(Section):
    """Fields whose values are kept out of the log and the journal, whatever an error quotes: ``fields``
    instead of the default ones, ``also`` beside them."""

    fields: tuple[str, ...] = PERSONAL_FIELDS
    also: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.fields, *self.also)


class Settings(BaseSettings):
    """The whole file. Relative paths are read from the folder the file stands in."""

    model_config = SettingsConfigDict(
        env_prefix="ORTOO_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    org: OrgSettings
    events: EventSettings = EventSettings()
    state: str = "sqlite:////var/lib/ortoo/state.db"
    policies: Path = Path("policies")
    candidate: Path | None = None
    policy_order: tuple[str, ...] = ()
    directory: Path = Path("directory.yaml")
    templates: Path = Path("templates")
    workers: WorkerSettings = WorkerSettings()
    sweeps: SweepSettings = SweepSettings()
    reload: ReloadSettings = ReloadSettings()
    budgets: BudgetSettings = BudgetSettings()
    notices: NoticeSettings = NoticeSettings()
    watch: WatchSettings = WatchSettings()
    redact: RedactSettings = RedactSettings()
    folder: Path = Path()
    """The folder of the file; set while it is read."""
    file: Path = Path("ortoo.yaml")
    """The file itself; set while it is read."""

    @model_validator(mode="after")
    def _leases_outlast_calls(self) -> "Settings":
        """A lease is renewed when a third of it is over; what is left must do for a call."""
        longest = self.org.connect_timeout + self.org.answer_timeout
        if self.workers.lease_for < 2 * longest:
            raise ValueError(
                "workers.lease_for must be twice as long as org.connect_timeout and"
                f" org.answer_timeout together, {2 * longest.total_seconds():g}s at least: a record is"
                " written only while its lease outlasts the call"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, whose values arrive as arguments."""
        assert isinstance(init_settings, InitSettingsSource)
        return env_settings, _File(settings_cls, init_settings.init_kwargs)

    def path(self, relative: Path) -> Path:
        """A path of the file, from the folder the file stands in."""
        return relative if relative.is_absolute() else self.folder / relative


def load_settings(path: Path) -> Settings:
    """Read the file and the environment. Raises ConfigError with every complaint, located."""
    if not path.exists():
        mend = "name the settings with --config or ORTOO_CONFIG"
        raise _problem(Place(str(path)), "there is no such file", mend)
    node = read_mapping(path)
    _refuse_secrets(node)

    def make(values: Mapping[str, Any]) -> Settings:
        return Settings(**{**values, "folder": path.parent, "file": path})

    try:
        return validated(node, make)
    except SettingsError as error:
        mend = "write JSON there, or set each key by itself: ORTOO_ORG__LOGIN_URL"
        raise _problem(Place("environment"), str(error), mend) from error


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


def _urls(name: str, channel: ChannelSettings, settings: Settings) -> list[str]:
    """From the environment, its own file, or systemd's credentials, in this order."""
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
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except OSError as error:
        raise _problem(Place(str(path)), f"can't be read: {error.strerror}", "") from error
    if mode & 0o077 and not may_be_open:
        message = "other users of this machine may read this secret"
        raise _problem(Place(str(path)), message, f"chmod 600 {path}")
    return text


def _refuse_secrets(node: MapNode) -> None:
    org = node.get("org")
    auth = org.get("auth") if isinstance(org, MapNode) else None
    for section, names in ((auth, SECRETS), (node.get("watch"), ("token",))):
        for name in names:
            if isinstance(section, MapNode) and name in section.entries:
                place = place_of(section, [name])
                mend = f"put it into a file of its own and name that as {name}_file"
                raise _problem(place, f"a secret ({name}) stands in the settings file", mend)
    notices = node.get("notices")
    channels = notices.get("channels") if isinstance(notices, MapNode) else None
    for name, (_, channel) in channels.entries.items() if isinstance(channels, MapNode) else ():
        if isinstance(channel, MapNode) and "urls" in channel.entries:
            message = (
                f"the addresses of the channel {name} are secrets and stand in the settings file"
            )
            mend = "put them into a file of their own and name that as urls_file"
            raise _problem(place_of(channel, ["urls"]), message, mend)


def _problem(place: Place, message: str, mend: str) -> ConfigError:
    return ConfigError([Problem(place=place, rule="settings", message=message, mend=mend)])
