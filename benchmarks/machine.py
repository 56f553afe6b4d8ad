"""Which machine and which code do the figures belong to? Nothing that names a host, a person or a path."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def describe() -> dict[str, Any]:
    """Cores, memory, processor, system, Python, git revision and the load before the run."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(_memory_kib() / 2**20, 1),
        "processor": _processor(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release().partition("-")[0],
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "revision": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "changed_since": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _memory_kib() -> int:
    return int(_value_of(Path("/proc/meminfo"), "MemTotal").split()[0])


def _processor() -> str:
    return _value_of(Path("/proc/cpuinfo"), "model name") or platform.machine()


def _value_of(file: Path, name: str) -> str:
    """The value of ``name: value`` in a file of /proc, empty where it has none."""
    for line in file.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _git(*arguments: str) -> str:
    asked = subprocess.run(
        ["git", *arguments], cwd=_HERE, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""
