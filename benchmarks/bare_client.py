"""How fast can any client write what the daemon writes? Ten threads, 200 rows a call, no thought.

A process of its own: reads a file of rows, says it is ready, waits for a line, writes, says it is done.
It knows nothing of the daemon; it re-reads nothing, decides nothing and keeps no state.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

import requests

THREADS = 10
ROWS_IN_A_CALL = 200
CLIENT = "bare"
_ROOT = "/services/data/v66.0/composite/sobjects"
_HEADERS = {"Sforce-Auto-Assign": "FALSE", "Sforce-Call-Options": f"client={CLIENT}"}

_of_thread = local()

Rows = Sequence[dict[str, Any]]


def main() -> int:
    asked = _parser().parse_args()
    pairs = json.loads(asked.rows.read_text())
    batches = [
        pairs[start : start + ROWS_IN_A_CALL] for start in range(0, len(pairs), ROWS_IN_A_CALL)
    ]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    token = sys.stdin.readline().strip()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda batch: _write(asked.url, token, batch), batches))
    sys.stdout.write("done\n")
    sys.stdout.flush()
    sys.stdin.readline()
    return 0


def _write(url: str, token: str, batch: Sequence[Rows]) -> None:
    """One batch: the leads, then their decisions, as the daemon orders them."""
    session = _session(token)
    for path, position in (("", 0), ("/Ortoo_Decision__c/Ortoo_Key__c", 1)):
        body = {"allOrNone": False, "records": [pair[position] for pair in batch]}
        answer = session.patch(f"{url}{_ROOT}{path}", json=body, timeout=120)
        answer.raise_for_status()
        refused = [row["errors"] for row in answer.json() if not row["success"]]
        if refused:
            raise RuntimeError(f"the org refused {len(refused)} rows: {refused[0]}")


def _session(token: str) -> requests.Session:
    if not hasattr(_of_thread, "session"):
        _of_thread.session = requests.Session()
        _of_thread.session.headers.update({**_HEADERS, "Authorization": f"Bearer {token}"})
    found: requests.Session = _of_thread.session
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare_client", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("rows", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
