import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ortoo_daemon.errors import LoginError
from ortoo_daemon.salesforce.tokens import (
    ClientCredentials,
    JwtBearer,
    LoginPauses,
    Token,
    TokenManager,
)
from tests.salesforce.answers import INSTANCE, run

LOGIN = "https://login.example.com"
URL = f"{LOGIN}/services/oauth2/token"
GIVEN = {
    "access_token": "00D!one",
    "instance_url": INSTANCE,
    "id": f"{LOGIN}/id/00D000000000001EAA/005000000000001AAA",
}
APP = ClientCredentials(client_id="app", client_secret="hunter2")
UNTIMED = {"verify_exp": False}
QUICK = LoginPauses(attempts=2)
REFUSED = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def manager(auth=APP, **options):
    return TokenManager(auth, LOGIN, **{"pauses": QUICK, **options})


@pytest.fixture(scope="module")
def key():
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_key(), pem.decode()


@responses.activate
def test_many_askers_share_one_login():
    responses.post(URL, json=GIVEN)

    async def work():
        tokens = manager()
        return await asyncio.gather(*(tokens.get() for _ in range(20)))

    assert {token.access_token for token in run(work())} == {"00D!one"}
    assert len(responses.calls) == 1


@responses.activate
def test_a_stale_token_that_somebody_replaced_costs_no_second_login():
    responses.post(URL, json=GIVEN)
    responses.post(URL, json={**GIVEN, "access_token": "00D!two"})

    async def work():
        tokens = manager()
        stale = await tokens.get()
        first = await asyncio.gather(*(tokens.refresh(stale) for _ in range(10)))
        return [*first, await tokens.refresh(stale), await tokens.get()]

    assert {token.access_token for token in run(work())} == {"00D!two"}
    assert len(responses.calls) == 2


@responses.activate
def test_an_asker_that_is_cancelled_does_not_end_the_login_of_the_others():
    def slow(request):
        time.sleep(0.1)
        return 200, {}, requests.models.complexjson.dumps(GIVEN)

    responses.add_callback("POST", URL, callback=slow)

    async def work():
        tokens = manager()
        hasty = asyncio.create_task(tokens.get())
        patient = asyncio.create_task(tokens.get())
        await asyncio.sleep(0.01)
        hasty.cancel()
        return await patient

    assert run(work()).access_token == "00D!one"


@responses.activate
def test_the_assertion_is_signed_short_lived_and_for_the_named_audience(key):
    public, pem = key
    responses.post(URL, json=GIVEN)
    auth = JwtBearer(client_id="app", username="d@example.com", private_key=pem)
    run(manager(auth).get())
    form = parse_qs(responses.calls[0].request.body)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(form["assertion"][0], public, algorithms=["RS256"], audience=LOGIN)
    assert (claims["iss"], claims["sub"]) == ("app", "d@example.com")
    assert isinstance(claims["exp"], int)
    assert 0 < claims["exp"] - time.time() <= 180


@responses.activate
def test_a_machine_whose_clock_is_off_logs_in_by_the_orgs_clock(key):
    """The org refuses an assertion that is over, and its answer tells the time."""
    public, pem = key
    ahead = datetime.now(UTC) + timedelta(hours=3)
    told = {"Date": format_datetime(ahead, usegmt=True)}
    responses.post(URL, status=400, json=REFUSED, headers=told)
    responses.post(URL, json=GIVEN)
    tokens = manager(JwtBearer(client_id="app", username="d@example.com", private_key=pem))
    assert run(tokens.get()).access_token == "00D!one"
    ends = []
    for call in responses.calls:
        (assertion,) = parse_qs(call.request.body)["assertion"]
        claims = jwt.decode(assertion, public, ["RS256"], audience=LOGIN, options=UNTIMED)
        ends.append(claims["exp"] - ahead.timestamp())
    assert ends[0] < 0 < ends[1] <= 181


@responses.activate
def test_a_refusal_is_not_asked_again_when_the_clock_is_right(key):
    told = {"Date": format_datetime(datetime.now(UTC), usegmt=True)}
    responses.post(URL, status=400, json=REFUSED, headers=told)
    tokens = manager(JwtBearer(client_id="app", username="d@example.com", private_key=key[1]))
    with pytest.raises(LoginError):
        run(tokens.get())
    assert len(responses.calls) == 1


@responses.activate
def test_the_audience_can_be_another_host_than_the_login(key):
    responses.post(URL, json=GIVEN)
    audience = "https://test.salesforce.com"
    auth = JwtBearer(client_id="a", username="u", private_key=key[1], audience=audience)
    run(manager(auth).get())
    assertion = parse_qs(responses.calls[0].request.body)["assertion"][0]
    assert jwt.decode(assertion, key[0], algorithms=["RS256"], audience=audience)


@responses.activate
@pytest.mark.parametrize(
    "passing",
    [
        {"status": 503, "body": "<html>"},
        {"body": requests.ConnectionError("x")},
        {"status": 400, "json": {"error": "unknown_error", "error_description": "retry"}},
    ],
)
def test_a_login_that_fails_by_the_network_is_tried_again(passing):
    responses.post(URL, **passing)
    responses.post(URL, json=GIVEN)
    assert run(manager().get()).access_token == "00D!one"


@responses.activate
def test_refused_credentials_are_not_asked_again_before_their_pause_is_over():
    responses.post(URL, status=400, json=REFUSED)
    responses.post(URL, json=GIVEN)
    clock = Clock()

    async def work():
        tokens = manager(clock=clock)
        for _ in range(5):
            with pytest.raises(LoginError) as caught:
                await tokens.get()
            assert caught.value.code == "invalid_grant"
            assert 15 <= caught.value.retry_after <= 30
        assert len(responses.calls) == 1
        clock.now += 31
        return await tokens.get()

    assert run(work()).access_token == "00D!one"


@responses.activate
def test_pauses_grow_with_each_refusal_and_end_with_a_success():
    clock = Clock()
    waits = []

    async def work():
        tokens = manager(clock=clock)
        for _ in range(8):
            responses.post(URL, status=400, json=REFUSED)
            with pytest.raises(LoginError) as caught:
                await tokens.get()
            waits.append(caught.value.retry_after)
            clock.now += 1000
        responses.post(URL, json=GIVEN)
        responses.post(URL, status=400, json=REFUSED)
        token = await tokens.get()
        with pytest.raises(LoginError) as caught:
            await tokens.refresh(token)
        return caught.value.retry_after

    last = run(work())
    assert waits[5] > waits[0] * 8
    assert max(waits) <= 900
    assert last <= 30


@responses.activate
def test_tokens_that_are_refused_as_soon_as_given_do_not_use_up_the_orgs_logins():
    for number in range(50):
        responses.post(URL, json={**GIVEN, "access_token": f"00D!{number}"})

    async def work():
        tokens = manager(clock=Clock())
        token = await tokens.get()
        while True:
            try:
                token = await tokens.refresh(token)
            except LoginError as error:
                return error

    error = run(work())
    assert error.code == "TOO_MANY_LOGINS"
    assert error.retry_after > 0
    assert len(responses.calls) == 10


@pytest.mark.parametrize(
    "url", ["http://login.example.com", "ftp://localhost", "login.example.com"]
)
def test_only_https_is_used_except_on_this_machine(url):
    with pytest.raises(LoginError):
        TokenManager(APP, url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_is_accepted_on_this_machine(host):
    TokenManager(APP, f"http://{host}:8080/")


@responses.activate
def test_an_instance_in_plain_http_elsewhere_is_refused():
    responses.post(URL, json={**GIVEN, "instance_url": "http://evil.example.com"})
    with pytest.raises(LoginError):
        run(manager().get())


@responses.activate
def test_a_redirect_does_not_carry_the_secret_away():
    responses.post(URL, status=307, headers={"Location": "https://evil.example.com/"})
    responses.post("https://evil.example.com/", json=GIVEN)
    with pytest.raises(LoginError, match=r"https://evil\.example\.com; if that is"):
        run(manager(pauses=LoginPauses(attempts=1)).get())
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [{"status": 400, "json": REFUSED}, {"body": requests.ConnectionError("secret=hunter2")}],
)
def test_no_secret_is_in_an_error_a_repr_or_a_log_line(answer, key, capsys):
    auth = JwtBearer(client_id="app", username="u", private_key=key[1])
    responses.post(URL, **answer)
    tokens = manager(pauses=LoginPauses(attempts=1))
    with pytest.raises(LoginError) as caught:
        run(tokens.get())
    token = Token(access_token="00D!one", instance_url=INSTANCE)
    shown = f"{caught.value!r} {caught.value.__dict__} {APP!r} {auth!r} {token!r} {tokens!r}"
    shown += "".join(capsys.readouterr())
    assert caught.value.__cause__ is None
    for secret in ("hunter2", "BEGIN", "00D!one"):
        assert secret not in shown


@pytest.mark.parametrize(
    "private_key",
    ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "/nowhere/key.pem", "-----BEGIN PRIVATE KEY-----\nMIIEvQ"],
)
def test_a_key_that_cannot_be_used_is_told_without_showing_it(private_key):
    """One that lost its first line is no name of a file, either."""
    auth = JwtBearer(client_id="app", username="u", private_key=private_key)
    tokens = manager(auth)
    with pytest.raises(LoginError) as caught:
        run(tokens.get())
    assert caught.value.code == "PRIVATE_KEY_UNUSABLE"
    for line in private_key.splitlines():
        assert line not in f"{caught.value} {tokens.login_error}"
