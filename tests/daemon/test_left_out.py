"""What does the daemon's process not import?"""

import subprocess
import sys

import pytest

from ortoo_daemon.daemon.left_out import LeftOut
from ortoo_daemon.salesforce.hours_mapping import public_holidays

HEAVY = {
    *("alembic", "anthropic", "apprise", "cryptography", "holidays", "jwt", "lxml", "numpy"),
    *("py3langid", "psycopg", "rapidfuzz", "rich", "selectolax", "sklearn", "typer", "zeep"),
}


def _in_a_daemon(code: str) -> str:
    """What a fresh process prints that imports as the daemon's does."""
    begun = "from ortoo_daemon.daemon.left_out import leave_out; leave_out();"
    ran = subprocess.run([sys.executable, "-c", begun + code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_what_a_plain_policy_does_not_use_is_not_imported_with_the_daemon() -> None:
    code = "import sys, ortoo_daemon.daemon.process; print(*sys.modules)"
    loaded = {name for name in _in_a_daemon(code).split() if "." not in name}
    assert {"sqlalchemy", "simple_salesforce", "aiohttp"} <= loaded
    assert loaded & HEAVY <= {"rich"}  # whose place is taken by nothing
    assert _in_a_daemon("import sys; print(sys.modules['rich'])") == "None"


def test_an_assertion_is_signed_although_cryptography_is_loaded_only_then() -> None:
    code = (
        "import sys, ortoo_daemon.salesforce.tokens as t;"
        "before = 'cryptography' in sys.modules;"
        "auth = t.JwtBearer(client_id='x', username='y', private_key='-----BEGIN nothing');"
        "manager = t.TokenManager(auth, 'https://login.example.com')\n"
        "try: manager._form()\n"
        "except t.LoginError as error: print(before, 'cryptography' in sys.modules, error.code)"
    )
    assert _in_a_daemon(code) == "False True PRIVATE_KEY_UNUSABLE"


def test_holidays_of_a_country_bring_no_other_country_along() -> None:
    code = (
        "import sys; from ortoo_daemon.salesforce.hours_mapping import public_holidays;"
        "days = [public_holidays(place, (), (2026,)) for place in ('FR', 'DE-BY', 'GU')];"
        "loaded = sorted(name for name in sys.modules if name.startswith('holidays.countries.'));"
        "print(*map(len, days), *loaded)\n"
        "try: public_holidays('ZZ', (), (2026,))\n"
        "except ValueError as error: print(error)"
    )
    countries = (
        "france",
        "germany",
        "guam",
        "united_states",
    )  # the last one is what Guam's derive from
    days = [public_holidays(place, (), (2026,)) for place in ("FR", "DE-BY", "GU")]
    told = " ".join(
        [*(str(len(each)) for each in days), *(f"holidays.countries.{c}" for c in countries)]
    )
    refused = "no public holidays are known of 'ZZ': Country ZZ not available"
    assert _in_a_daemon(code).splitlines() == [told, refused]


def test_a_store_that_is_a_file_brings_no_other_dialect_along() -> None:
    code = "import sys, ortoo_daemon.daemon.process; print('sqlalchemy.dialects.postgresql' in sys.modules)"
    assert _in_a_daemon(code) == "False"


def test_a_text_without_a_named_encoding_is_read_as_utf_8() -> None:
    code = (
        "import requests; answer = requests.Response(); answer._content = 'Škoda'.encode();"
        "print(answer.apparent_encoding, answer.text == 'Škoda')"
    )
    assert _in_a_daemon(code) == "utf-8 True"


def test_what_stands_in_says_so_when_it_is_called() -> None:
    with pytest.raises(RuntimeError, match="left out of the daemon's process"):
        LeftOut(session_id="x")
