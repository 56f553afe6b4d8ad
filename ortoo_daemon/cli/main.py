"""`ortoo-daemon`: which verbs are there, and how does each end?

Exit codes: 0 fine, 1 problems found, 2 wrong use. A verb's module imports what it works with only when
it runs, so that `--help` and `run` are quick.
"""

import sys
from typing import Annotated

import typer

from ortoo_daemon import __version__
from ortoo_daemon.cli.absences import absences
from ortoo_daemon.cli.adf import adf
from ortoo_daemon.cli.audit import audit
from ortoo_daemon.cli.backfill import backfill
from ortoo_daemon.cli.check import check
from ortoo_daemon.cli.demo import CONTEXT, demo
from ortoo_daemon.cli.doctor import doctor
from ortoo_daemon.cli.explain import explain
from ortoo_daemon.cli.forget import forget
from ortoo_daemon.cli.handoffs import handoffs
from ortoo_daemon.cli.logs import logs
from ortoo_daemon.cli.parked import parked
from ortoo_daemon.cli.report import report
from ortoo_daemon.cli.requeue import requeue
from ortoo_daemon.cli.run import run
from ortoo_daemon.cli.sandbox import sandbox
from ortoo_daemon.cli.score import score
from ortoo_daemon.cli.simulate import simulate
from ortoo_daemon.cli.status import status
from ortoo_daemon.cli.triage import triage
from ortoo_daemon.cli.why import why
from ortoo_daemon.errors import OrtooError

app = typer.Typer(
    name="ortoo-daemon",
    help="Routes Salesforce Leads and Cases by YAML policies, and tells why.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""The whole command line; verbs in the order in which a newcomer needs them."""

app.command()(check)
app.command()(doctor)
app.command()(run)
app.command()(status)
app.command()(logs)
app.command()(explain)
app.command()(why)
app.command()(parked)
app.command()(handoffs)
app.command()(absences)
app.command()(triage)
app.command()(adf)
app.command()(simulate)
app.add_typer(score, name="score")
app.add_typer(report, name="report")
app.command()(requeue)
app.command()(forget)
app.command()(backfill)
app.add_typer(audit, name="audit")
app.command(context_settings=CONTEXT)(demo)
app.command()(sandbox)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"ortoo-daemon {__version__}")
        raise typer.Exit


@app.callback()
def _shared(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_tell_version, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    from ortoo_daemon.daemon.watching.logs import configure_logs

    configure_logs(level="CRITICAL")  # a verb answers for itself; `run` sets its own level


def main() -> None:
    """The console script. Errors that a person can mend are shown without a traceback."""
    try:
        app()
    except OrtooError as error:
        from ortoo_daemon.cli.terminal import show_error

        show_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
