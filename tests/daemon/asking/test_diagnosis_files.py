"""Whoever may change the files decides; `doctor` says who may."""

from __future__ import annotations

from pathlib import Path

import pytest

from ortoo_daemon.daemon.asking.diagnosis_files import about_files
from ortoo_daemon.daemon.asking.findings import Finding
from ortoo_daemon.daemon.settings import load_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "ortoo.yaml"
    path.write_text(
        "org: {login_url: 'https://x.example', auth: {flow: client_credentials, client_id: c}}\n"
    )
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "leads.yaml").write_text("policy: x\n")
    for each in (tmp_path, *tmp_path.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return path


def found(config: Path) -> Finding:
    return about_files(load_settings(config), config)


def test_files_that_others_may_change_are_told_and_ones_own_are_not(config: Path) -> None:
    assert found(config).passed
    policy = config.parent / "policies" / "leads.yaml"
    for each in (config.parent / "policies", policy, config):
        before = each.stat().st_mode
        each.chmod(before | 0o002)
        told = found(config)
        assert not told.passed
        assert str(each) in told.text
        assert "chmod -R o-w" in told.mend
        each.chmod(before)
    assert found(config).passed
