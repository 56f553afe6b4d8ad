"""Are there known holes in what we depend on? `make audit`.

Exit code 1 where holes are known, 2 where not every dependency could be looked up: an audit that looked at
nothing must not end well, as pip-audit by itself does.
"""

import json
import subprocess
import sys
from typing import Any

COMMAND = (
    *("-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", "constraints.txt"),
    *("--format", "json", "--progress-spinner", "off"),
)


def main() -> int:
    """Run pip-audit, which this interpreter must have."""
    ran = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True, check=False)
    code, lines = judged(ran.stdout, ran.stderr)
    print(*lines, sep="\n", file=sys.stderr if code else sys.stdout)
    return code


def judged(output: str, errors: str) -> tuple[int, list[str]]:
    """Exit code and what to print, of what pip-audit has said."""
    try:
        found: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (KeyError, TypeError, ValueError):
        last = next((line for line in reversed(errors.splitlines()) if line.strip()), "no answer")
        return 2, [f"make audit: no dependency was looked up: {last.strip()}", _MEND]
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {_mended(hole)}"
        for each in found
        for hole in each.get("vulns", ())
    ]
    unknown = [each["name"] for each in found if "skip_reason" in each]
    if unknown or not found:
        text = f"make audit: {len(unknown)} of {len(found)} dependencies could not be looked up"
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        return (1 if holes else 2), [*holes, f"{text}: {some}" if some else text, _MEND]
    return (1, holes) if holes else (0, [f"{len(found)} dependencies, no known hole"])


def _mended(hole: dict[str, Any]) -> str:
    return ", ".join(hole.get("fix_versions") or ()) or "no version yet"


_MEND = "run it where the advisories of the package index can be reached, before each release"

if __name__ == "__main__":
    sys.exit(main())
