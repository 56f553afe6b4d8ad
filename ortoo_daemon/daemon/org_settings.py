"""What is set of the org, and of how to log in to it?"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from ortoo_daemon.daemon.sections import Duration, Section


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


FLOWS: Mapping[str, type[Section]] = {
    "jwt_bearer": JwtBearerSettings,
    "client_credentials": ClientCredentialsSettings,
}
"""How one may log in, by the name of the flow."""


class OrgSettings(Section):
    """The org: where to log in and how. Timeouts in seconds of each request: connect and answer."""

    login_url: str
    auth: Annotated[JwtBearerSettings | ClientCredentialsSettings, Field(discriminator="flow")]
    api_version: str = Field(default="66.0", pattern=r"^\d{2,3}\.0$")
    connect_timeout: Duration = timedelta(seconds=5)
    answer_timeout: Duration = timedelta(seconds=30)
