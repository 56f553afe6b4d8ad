"""`python -m ortoo_daemon.sandbox`: the sandbox org as a server.

Prints one line of JSON when it is ready (`url`, client id and secret, user names, channels, and
`private_key_file` when one was asked for) and runs until SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ortoo_daemon.sandbox.connected_app import generate_key_pair, write_private_key
from ortoo_daemon.sandbox.server import Options, Sandbox

_PACKAGE = Path(__file__).parents[1]
METADATA = next(
    (
        folder / "config" / "salesforce"
        for folder in (_PACKAGE, _PACKAGE.parent)  # installed, or a checkout
        if (folder / "config" / "salesforce").is_dir()
    ),
    Path("config/salesforce"),
)
"""The metadata that this program ships."""

About = Mapping[str, Any]
"""What a client needs to connect: `url`, `client_id`, `client_secret`, `username`, `channels` ..."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; returns the exit code."""
    asked = _parser().parse_args(arguments)
    if not asked.metadata.is_dir():
        _parser().error(f"no metadata folder {asked.metadata}; name one with --metadata")
    certificate = asked.certificate.read_bytes() if asked.certificate else None
    if asked.private_key_out:
        certificate = new_certificate(asked.private_key_out)
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


def new_certificate(private_key_file: Path) -> bytes:
    """A certificate that verifies JWT log-ins made with the key that is written to the file."""
    pair = generate_key_pair()
    write_private_key(private_key_file, pair.private_key)
    return pair.certificate


def print_line(about: About) -> None:
    """One line of JSON."""
    print(json.dumps(about), flush=True)


async def serve(
    options: Options,
    *,
    private_key_file: Path | None = None,
    announce: Callable[[About], None] = print_line,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called once the org answers."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    async with Sandbox(options) as sandbox:
        key = {"private_key_file": str(private_key_file)} if private_key_file else {}
        announce(sandbox.about() | key)
        await stopping.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ortoo_daemon.sandbox", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=8080, help="0 takes a free port")
    add("--metadata", type=Path, default=METADATA, help="folder in Salesforce DX source format")
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
