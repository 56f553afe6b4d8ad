"""Each defective policy gives exactly the problems written at its end."""

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.load import load
from tests.policy.files import DEFECTS, defect_files

NAMES = sorted(path.stem for path in DEFECTS.glob("*.yaml"))


def test_there_are_many_kinds_of_defects():
    assert len(NAMES) >= 40


@pytest.mark.parametrize("name", NAMES)
def test_a_defective_policy_gives_exactly_its_problems(name):
    files = defect_files(name)
    text = files[f"config/policies/{name}.yaml"].decode()
    expected = [line.removeprefix("# ") for line in text.split("# problems:\n")[1].splitlines()]

    with pytest.raises(ConfigError) as caught:
        load(files)

    assert str(caught.value).splitlines() == expected
