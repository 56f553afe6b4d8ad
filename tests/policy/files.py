"""Files of the tests, by the relative names an admin would see."""

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFECTS = Path(__file__).parent / "defects"

HEAD = "policy: leads\nobject: Lead\ntake_from: 2026-11-23T00:00:00+01:00\n"
NO_RULES = "    []\n"
OTHERWISE = "  otherwise: {queue: Unrouted_Leads}\n"


def defect_files(name: str) -> dict[str, bytes]:
    """One defective policy with every table beside it, as if in ``config/``."""
    tables = {f"config/tables/{p.name}": p.read_bytes() for p in (DEFECTS / "tables").iterdir()}
    return {f"config/policies/{name}.yaml": (DEFECTS / f"{name}.yaml").read_bytes(), **tables}


def shipped_files() -> dict[str, bytes]:
    """The policies and tables of the shipped configuration."""
    folders = (ROOT / "config" / "policies", ROOT / "config" / "tables")
    return {
        str(path.relative_to(ROOT)): path.read_bytes()
        for folder in folders
        for path in sorted(folder.iterdir())
    }


def shipped_tables() -> dict[str, bytes]:
    """What the shipped policies look things up in."""
    return {name: data for name, data in shipped_files().items() if "/tables/" in name}


def with_rules(rules: str, *, before: str = "", after: str = "") -> Mapping[str, bytes]:
    """A whole policy around some rules (each line indented by four blanks)."""
    text = f"{HEAD}{before}ownership:\n  rules:\n{rules or NO_RULES}{OTHERWISE}{after}"
    return {"config/policies/leads.yaml": text.encode()}
