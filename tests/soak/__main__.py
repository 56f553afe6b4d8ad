"""`make soak`: minutes of random trouble with a fixed seed, then a verdict; exit code 1 if it is bad."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.processes import SandboxProcess
from tests.soak.place import Place
from tests.soak.soak import Soaked, soak


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="ortoo-soak-"))
    print(
        f"{options.minutes:g} minutes, seed {options.seed}, {options.daemons} daemon(s), in {folder}",
        flush=True,
    )
    with SandboxProcess(folder / "sandbox.log") as sandbox:
        place = Place(sandbox, folder, daemons=options.daemons)
        try:
            found = soak(
                place,
                lasts_for=options.minutes * 60,
                seed=options.seed,
                a_second=options.leads_a_second,
                say=lambda text: print(text, flush=True),
            )
        finally:
            place.end()
    _show(found)
    return 0 if found.clean else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--daemons", type=int, default=1, help="several share one PostgreSQL")
    parser.add_argument("--leads-a-second", type=float, default=8)
    return parser.parse_args()


def _show(found: Soaked) -> None:
    print("\n at (s)  host  life  memory MB  files  threads")
    held = found.watching.held
    for each in held[:: max(1, len(held) // 30)]:
        print(
            f"{each.at:7.0f}  {each.host:4}  {each.life:4}"
            f"  {each.memory:9.1f}  {each.files:5.0f}  {each.threads:7.0f}"
        )
    print(f"\n{found.leads} leads, {found.taken} taken by people, {found.deleted} deleted")
    print(f"{found.lives} lives of the daemon, {found.writes} writes in the org")
    print(", ".join(f"{name} {number}" for name, number in found.troubles.items()))
    print(*found.claims, sep="\n")
    print("verdict: clean" if found.clean else f"verdict: NOT CLEAN (seed {found.seed})")


if __name__ == "__main__":
    sys.exit(main())
