"""Which candidate policies does the command line try? Checked first: with problems nothing is tried."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.policy.model import PolicySet


def tried_policies(settings: "Settings", folder: Path, *, as_json: bool) -> "PolicySet":
    """The candidate, or the end with its problems shown and exit code 1."""
    from ortoo_daemon.cli import check_report
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.backtesting import check_candidate

    found = check_candidate(settings, folder)
    if found.policies is not None and found.passed:
        return found.policies
    checked = check_report.Checked(checkup=found)
    if as_json:
        show_json(check_report.as_json(checked))
    else:
        check_report.show(checked)
    raise typer.Exit(1)
