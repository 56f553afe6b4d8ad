"""The first page: its example passes `check`, and its commands do what they say."""

import re
import shutil
import stat
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT, blocks, page

NAME = "README.md"


@pytest.fixture
def example(tmp_path):
    """The policy and the test of the page, in a folder of their own."""
    policy, tests = (block.text for block in blocks(NAME, "yaml"))
    folder = tmp_path / "my-policies"
    folder.mkdir()
    (folder / "leads.yaml").write_text(policy, encoding="utf-8")
    (folder / "leads_test.yaml").write_text(tests, encoding="utf-8")
    return folder


def check(folder):
    return subprocess.run(
        [sys.executable, "-c", "from ortoo_daemon.cli.main import main; main()", "check", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_passes_check_with_the_words_that_are_shown(example):
    done = check(example)
    assert done.returncode == 0, done.stdout + done.stderr
    (shown,) = (block.text for block in blocks(NAME, ""))
    assert done.stdout == shown


def test_the_example_would_fail_if_its_policy_were_wrong(example):
    policy = example / "leads.yaml"
    policy.write_text(policy.read_text().replace("at_least: 10", "at_least: 41"))
    done = check(example)
    assert done.returncode == 1
    assert "3 cases, 1 failed" in done.stdout


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl on this machine")
def test_the_certificate_command_makes_a_key_and_its_certificate(tmp_path):
    (command,) = re.findall(r"^ *openssl req.*?chmod 600 [\w.]+$", page(NAME), re.M | re.S)
    subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
    assert "BEGIN CERTIFICATE" in (tmp_path / "certificate.pem").read_text()
    assert stat.S_IMODE((tmp_path / "private_key.pem").stat().st_mode) == 0o600


def test_the_two_commands_are_the_first_shell_block():
    assert blocks(NAME, "sh")[0].text == "make demo\nmake test\n"


def test_every_path_of_the_table_is_there():
    paths = re.findall(r"^\| `([\w/.]+)` \|", page(NAME), re.M)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_geonames_is_credited():
    assert "GeoNames" in page(NAME)
    assert "CC BY 4.0" in page(NAME)
