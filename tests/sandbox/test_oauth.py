"""Clients log in as at the platform's token endpoint, and are refused in its words."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from aiohttp import encode_basic_auth
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.connected_app import generate_key_pair, public_key_of
from tests.sandbox.live import Live, live

PAIR = generate_key_pair()
OTHER = generate_key_pair()
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECRET = {"client_id": seed.CLIENT_ID, "client_secret": seed.CLIENT_SECRET}


async def token(org: Live, form: dict[str, str], basic: str | None = None) -> tuple[int, Any]:
    url = f"{org.url}/services/oauth2/token"
    headers = {"Authorization": basic} if basic else {}
    async with org.http.post(url, data=form, headers=headers) as response:
        return response.status, await response.json()


def assertion(org: Live, key: bytes = PAIR.private_key, **claims: Any) -> dict[str, str]:
    base = {
        "iss": seed.CLIENT_ID,
        "sub": seed.DAEMON_USERNAME,
        "aud": org.url,
        "exp": int(time.time()) + 180,
    }
    signed = jwt.encode(base | claims, key, algorithm="RS256")
    return {"grant_type": BEARER, "assertion": signed}


async def status_of(org: Live, access_token: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {access_token}"}
    async with org.http.get(f"{org.url}/services/data/v66.0/limits", headers=headers) as response:
        return response.status, await response.json()


@live()
async def test_client_credentials_log_in_by_form_and_by_basic(org: Live) -> None:
    grant = {"grant_type": "client_credentials"}
    for form, basic in (
        (grant | SECRET, None),
        (grant, encode_basic_auth(seed.CLIENT_ID, seed.CLIENT_SECRET)),
    ):
        status, body = await token(org, form, basic)
        assert status == 200
        assert body["instance_url"] == org.url
        assert body["token_type"] == "Bearer"
        assert body["id"].endswith(f"/{seed.DAEMON_USER_ID}")
        organization, _, secret = body["access_token"].partition("!")
        assert organization == org.sandbox.org.organization_id[:15]
        assert len(secret) > 40
        assert "expires_in" not in body
        assert (await status_of(org, body["access_token"]))[0] == 200


@live()
async def test_wrong_credentials_are_refused_in_oauths_words(org: Live) -> None:
    grant = {"grant_type": "client_credentials"}
    cases: list[tuple[dict[str, str], str]] = [
        (grant | SECRET | {"client_secret": "wrong"}, "invalid_client"),
        (grant | SECRET | {"client_id": "nobody"}, "invalid_client_id"),
        (SECRET | {"grant_type": "password"}, "unsupported_grant_type"),
        (SECRET, "unsupported_grant_type"),
    ]
    for form, error in cases:
        status, body = await token(org, form)
        assert (status, body["error"]) == (400, error)
        assert body["error_description"]


@live(certificate=PAIR.certificate)
async def test_an_assertion_signed_with_the_registered_key_logs_in(org: Live) -> None:
    now = int(time.time())
    for expires in (now + 60, str(now + 60), (now + 60) * 1000):
        status, body = await token(org, assertion(org, exp=expires))
        assert status == 200, body
    for audience in (
        f"{org.url}/",
        "https://login.salesforce.com",
        ["https://test.salesforce.com"],
    ):
        status, body = await token(org, assertion(org, aud=audience))
        assert status == 200, body


@live(certificate=PAIR.certificate)
async def test_a_bad_assertion_is_refused(org: Live) -> None:
    now = int(time.time())
    cases: list[tuple[dict[str, str], str, str]] = [
        (assertion(org, key=OTHER.private_key), "invalid_grant", "invalid assertion"),
        (assertion(org, iss="nobody"), "invalid_client_id", "client identifier invalid"),
        (assertion(org, sub="no@body"), "invalid_grant", "user hasn't approved this consumer"),
        (assertion(org, aud="https://elsewhere"), "invalid_grant", "audience is invalid"),
        (assertion(org, exp=now - 60), "invalid_grant", "expired authorization code"),
        (assertion(org, exp=now + 3600), "invalid_grant", "assertion expires too far"),
        (assertion(org, exp="soon"), "invalid_grant", "invalid assertion"),
        ({"grant_type": BEARER, "assertion": "x.y.z"}, "invalid_grant", "invalid assertion"),
        ({"grant_type": BEARER}, "invalid_grant", "invalid assertion"),
    ]
    for form, error, description in cases:
        status, body = await token(org, form)
        assert (status, body["error"]) == (400, error)
        assert body["error_description"].startswith(description)


@live(certificate=PAIR.certificate)
async def test_an_unsigned_or_symmetric_assertion_is_never_taken(org: Live) -> None:
    claims = {"iss": seed.CLIENT_ID, "sub": seed.DAEMON_USERNAME, "aud": org.url}
    claims |= {"exp": str(int(time.time()) + 60)}
    for forged in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "a secret of more than thirty-two bytes", algorithm="HS256"),
    ):
        status, body = await token(org, {"grant_type": BEARER, "assertion": forged})
        assert (status, body["error"]) == (400, "invalid_grant")


@live()
async def test_without_a_registered_certificate_no_assertion_logs_in(org: Live) -> None:
    assert (await token(org, assertion(org)))[0] == 400


@live(certificate=PAIR.certificate)
async def test_an_inactive_user_cannot_log_in(org: Live) -> None:
    admin = seed.ADMIN_USER_ID
    org.sandbox.org.update("User", seed.DAEMON_USER_ID, {"IsActive": False}, user_id=admin)
    for form in (assertion(org), SECRET | {"grant_type": "client_credentials"}):
        status, body = await token(org, form)
        assert (status, body["error"]) == (400, "inactive_user")


@live()
async def test_a_revoked_token_no_longer_opens_the_org(org: Live) -> None:
    access = org.token()
    url = f"{org.url}/services/oauth2/revoke"
    async with org.http.post(url, data={"token": access}) as response:
        assert response.status == 200
    invalid = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert await status_of(org, access) == (401, invalid)
    async with org.http.post(url, data={"token": access}) as response:
        assert (await response.json())["error"] == "unsupported_token_type"


async def consented(org: Live, client_id: str = seed.CLIENT_ID) -> dict[str, str]:
    body = {"user": seed.DAEMON_USERNAME, "client_id": client_id}
    made = (await org.control("/refresh-tokens", body))["refresh_token"]
    return {"grant_type": "refresh_token", "refresh_token": made, "client_id": seed.CLIENT_ID}


@live()
async def test_a_refresh_token_opens_sessions_until_it_is_revoked(org: Live) -> None:
    form = await consented(org)
    access = []
    for each in (form, form | SECRET):
        status, body = await token(org, each)
        assert (status, "refresh_token" in body) == (200, False)
        access.append(body["access_token"])
        assert (await status_of(org, access[-1]))[0] == 200
    url = f"{org.url}/services/oauth2/revoke"
    async with org.http.post(url, data={"token": form["refresh_token"]}) as response:
        assert response.status == 200
    assert [(await status_of(org, each))[0] for each in access] == [401, 401]
    status, body = await token(org, form)
    assert (status, body["error"]) == (400, "invalid_grant")
    assert body["error_description"] == "expired access/refresh token"


@live()
async def test_a_refresh_token_is_its_clients_alone(org: Live) -> None:
    of_another = await consented(org, client_id="another")
    assert (await token(org, of_another))[1]["error"] == "invalid_grant"
    wrong = await consented(org) | {"client_secret": "wrong"}
    assert (await token(org, wrong))[1]["error"] == "invalid_client"


@live()
async def test_an_unused_session_expires_by_the_orgs_clock(org: Live) -> None:
    access = org.token()
    assert (await status_of(org, access))[0] == 200
    await org.control("/clock", {"shift_seconds": 3 * 3600})
    assert (await status_of(org, access))[0] == 401


@live()
async def test_userinfo_and_identity_tell_who_the_token_is(org: Live) -> None:
    headers = {"Authorization": f"Bearer {org.token()}"}
    organization = org.sandbox.org.organization_id
    async with org.http.get(f"{org.url}/services/oauth2/userinfo", headers=headers) as response:
        body = await response.json()
    assert body["preferred_username"] == seed.DAEMON_USERNAME
    assert body["user_id"] == seed.DAEMON_USER_ID
    assert body["organization_id"] == organization
    async with org.http.get(body["sub"], headers=headers) as response:
        assert (await response.json())["username"] == seed.DAEMON_USERNAME
    async with org.http.get(body["sub"]) as response:
        assert response.status == 403


def test_a_key_that_is_no_rsa_key_is_refused() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).public_key()
    encoded = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="RS256 needs one"):
        public_key_of(encoded)
    assert public_key_of(public_key_of(PAIR.certificate).encode()) == public_key_of(
        PAIR.certificate
    )
