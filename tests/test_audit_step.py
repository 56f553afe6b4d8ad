"""`make audit` ends well only when every dependency was looked up and none has a known hole."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

_FILE = Path(__file__).parents[1] / ".ci" / "audit.py"
_CLEAN = {"name": "attrs", "version": "25.1.0", "vulns": []}
_HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.7"]}
_BAD = {"name": "jinja2", "version": "3.1.6", "vulns": [_HOLE]}
_UNKNOWN = {"name": "yarl", "skip_reason": "Dependency not found"}


def judged(*dependencies: dict[str, Any], errors: str = "") -> tuple[int, str]:
    spec = importlib.util.spec_from_file_location("audit_step", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    output = json.dumps({"dependencies": dependencies}) if dependencies else ""
    code, lines = module.judged(output, errors)
    return code, "\n".join(lines)


def test_dependencies_without_a_known_hole_are_counted() -> None:
    assert judged(_CLEAN) == (0, "1 dependencies, no known hole")


def test_a_known_hole_is_told_with_the_version_that_mends_it() -> None:
    code, text = judged(_CLEAN, _BAD)
    assert (code, text) == (1, "jinja2 3.1.6: PYSEC-2026-1, mended in 3.1.7")


@pytest.mark.parametrize("others", [(), (_CLEAN,)])
def test_a_dependency_that_could_not_be_looked_up_fails_the_audit(others: Any) -> None:
    code, text = judged(*others, _UNKNOWN)
    assert code == 2
    assert f"1 of {len(others) + 1} dependencies could not be looked up: yarl" in text


def test_no_answer_at_all_fails_the_audit_with_its_cause() -> None:
    code, text = judged(errors="Traceback\nConnectionError: no route to the index\n")
    assert code == 2
    assert "no route to the index" in text.splitlines()[0]
