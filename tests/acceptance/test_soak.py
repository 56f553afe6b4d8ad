"""Half a minute of what `make soak` does for half an hour: random trouble, and every guarantee holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.processes import SandboxProcess
from tests.soak.place import Place
from tests.soak.soak import soak

SECONDS = 20.0
SEED = int(os.environ.get("ORTOO_TEST_SEED", "20261121"))


@pytest.mark.timeout(300)
def test_every_guarantee_holds_through_random_trouble(tmp_path: Path) -> None:
    """Too short to say that memory is flat; that is `make soak`'s, and the day's."""
    with SandboxProcess(tmp_path / "sandbox.log") as sandbox:
        place = Place(sandbox, tmp_path)
        try:
            found = soak(place, lasts_for=SECONDS, seed=SEED)
        finally:
            place.end()
    print(f"seed {SEED} (set ORTOO_TEST_SEED for another)", found.troubles)
    assert found.leads > 50
    assert found.writes > 10
    assert len(found.troubles) >= 4
    assert not [str(claim) for claim in found.claims if not claim.holds]
