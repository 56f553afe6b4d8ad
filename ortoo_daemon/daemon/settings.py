"""What does ``config/ortoo.yaml`` set, and what may the environment override?

Any key can be set by environment: ``ORTOO_`` and ``__`` between levels (``ORTOO_ORG__LOGIN_URL``).
Secrets never stand in the file: they come from systemd credentials, the environment or files of their own.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

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

from ortoo_daemon.daemon.asking.reports.report_settings import ReportSettings
from ortoo_daemon.daemon.handoffs.handoff_settings import HandoffSettings
from ortoo_daemon.daemon.hearing.event_settings import EventSettings
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.org_settings import FLOWS, OrgSettings
from ortoo_daemon.daemon.redaction import PERSONAL_FIELDS
from ortoo_daemon.daemon.sections import Duration, Section
from ortoo_daemon.daemon.watching.address import Address
from ortoo_daemon.daemon.yaml_settings import place_of, read_mapping, validated
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.nodes import MapNode

SECRETS = ("client_secret", "private_key")
"""Keys of ``org.auth`` that must not stand in the file; also the names of their systemd credentials."""


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


class AuditSettings(Section):
    """How long the org keeps decision records, and the folder where their envelopes go then. Without a folder
    they stay in the org for ever."""

    keep: Duration = Field(default=timedelta(days=90), ge=timedelta(days=30))
    archive: Path | None = None


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
        model = FLOWS.get(str(flow))
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
    handoff: HandoffSettings = HandoffSettings()
    notices: NoticeSettings = NoticeSettings()
    watch: WatchSettings = WatchSettings()
    redact: RedactSettings = RedactSettings()
    report: ReportSettings = ReportSettings()
    audit: AuditSettings = AuditSettings()
    folder: Path = Path()
    """The folder of the file; set while it is read."""
    file: Path = Path("ortoo.yaml")
    """The file itself; set while it is read."""

    @field_validator("state")
    @classmethod
    def _is_a_store(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError(
                "this is no store: write sqlite:////var/lib/ortoo/state.db (four slashes before a path from"
                " the root), or postgresql+psycopg://user@host/database"
            )
        return url

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
        return validated(node, make, Settings, env_prefix="ORTOO_")
    except SettingsError as error:
        mend = "write JSON there, or set each key by itself: ORTOO_ORG__LOGIN_URL"
        raise _problem(Place("environment"), str(error), mend) from error


def _refuse_secrets(node: MapNode) -> None:
    org = node.get("org")
    auth = org.get("auth") if isinstance(org, MapNode) else None
    handoff = node.get("handoff")
    ways = handoff if isinstance(handoff, MapNode) else None
    guarded = (
        (auth, SECRETS),
        (node.get("watch"), ("token",)),
        (ways.get("smtp") if ways else None, ("password",)),
        (ways.get("http") if ways else None, ("token",)),
    )
    for section, names in guarded:
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
