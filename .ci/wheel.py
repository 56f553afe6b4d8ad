"""Does the built wheel hold all that the program needs? Run with the unpacked wheel first on the path."""

import subprocess
import sys
from pathlib import Path

import ortoo_daemon

package = Path(ortoo_daemon.__file__).parent
assert package.parent.name == "wheel", f"tested {package}, not the built wheel"
for needed in (
    "py.typed",
    "config/ortoo.yaml",
    "config/policies/leads.yaml",
    "config/salesforce/sfdx-project.json",
    "data/postal_centroids.csv.gz",
    "sandbox/seed/directory.json",
):
    assert (package / needed).is_file(), f"the wheel lacks {needed}"
for arguments in (["--version"], ["check", str(package / "config")]):
    subprocess.run([sys.executable, "-P", "-m", "ortoo_daemon.cli.main", *arguments], check=True)
print("the wheel is whole")
