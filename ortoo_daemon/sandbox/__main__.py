"""`python -m ortoo_daemon.sandbox`: the sandbox org as a server.

Prints one line of JSON when it is ready (`url`, client id and secret, user names, channels, and
`private_key_file` when one was asked for) and runs until SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Sequence
from pathlib import Path

from ortoo_daemon.sandbox.connected_app import generate_key_pair, write_private_key
from ortoo_daemon.sandbox.server import Options, Sandbox

_PACKAGE = Path(__file__).parents[1]
_METADATA = next(
    (
        folder / "config" / "salesforce"
        for folder in (_PACKAGE, _PACKAGE.parent)  # installed, or a checkout
        if (folder / "config" / "salesforce").is_dir()
    ),
    Path("config/salesforce"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; returns the exit code."""
    asked = _parser().parse_args(arguments)
    if not asked.metadata.is_dir():
        _parser().error(f"no metadata folder {asked.metadata}; name one with --metadata")
    certificate = asked.certificate.read_bytes() if asked.certificate else None
    if asked.private_key_out:
        pair = generate_key_pair()
        write_private_key(asked.private_key_out, pair.private_key)
        certificate = pair.certificate
    options = Options(
        metadata=asked.metadata,
        port=asked.port,
        state=asked.state,
        seeded=asked.seed,
        latency_for=asked.latency_ms / 1000,
        certificate=certificate,
    )
    asyncio.run(serve(options, private_key_file=asked.private_key_out))
    return 0


async def serve(options: Options, *, private_key_file: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    async with Sandbox(options) as sandbox:
        key = {"private_key_file": str(private_key_file)} if private_key_file else {}
        print(json.dumps(sandbox.about() | key), flush=True)
        await stopping.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ortoo_daemon.sandbox", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=8080, help="0 takes a free port")
    add("--metadata", type=Path, default=_METADATA, help="folder in Salesforce DX source format")
    add("--state", default=":memory:", help="SQLite file that keeps the rows, or :memory:")
    add("--seed", action=argparse.BooleanOptionalAction, default=True, help="load the dealers")
    add("--latency-ms", type=float, default=0.0, help="delay before each REST and login call")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--certificate", type=Path, help="PEM that verifies JWT log-ins")
    keys.add_argument(
        "--private-key-out", type=Path, help="make a key pair, register it, write the key here"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
