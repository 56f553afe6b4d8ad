"""The sandbox runs as a process of its own, and on a thread for synchronous code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import jwt
import requests

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.background import in_background
from ortoo_daemon.sandbox.server import Options
from tests.sandbox.live import METADATA


def test_the_process_says_when_it_is_ready_and_ends_quickly(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    state = tmp_path / "org.db"
    command = [sys.executable, "-m", "ortoo_daemon.sandbox", "--port", "0"]
    command += ["--metadata", str(METADATA), "--private-key-out", str(key), "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            claims = {"iss": ready["client_id"], "sub": ready["username"], "aud": ready["url"]}
            claims["exp"] = str(int(time.time()) + 60)
            signed = jwt.encode(claims, key.read_bytes(), algorithm="RS256")
            grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
            form = {"grant_type": grant, "assertion": signed}
            answer = requests.post(f"{ready['url']}/services/oauth2/token", data=form, timeout=10)
            assert answer.json()["instance_url"] == ready["url"]
        finally:
            at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        assert process.returncode == 0
        assert time.monotonic() - at < 3
    assert key.stat().st_mode & 0o077 == 0
    assert state.exists()


def test_synchronous_code_gets_a_sandbox_on_a_thread() -> None:
    with in_background(Options(metadata=METADATA)) as sandbox:
        form = {"grant_type": "client_credentials"}
        basic = (seed.CLIENT_ID, seed.CLIENT_SECRET)
        url = f"{sandbox.url}/services/oauth2/token"
        assert requests.post(url, data=form, auth=basic, timeout=10).status_code == 200
        assert sandbox.call(lambda each: len(list(each.sessions))) == 1
