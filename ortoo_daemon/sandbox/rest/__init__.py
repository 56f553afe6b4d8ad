"""The org over HTTP: `routes(org)` gives the REST resources below /services/data."""

from ortoo_daemon.sandbox.rest.http import routes

__all__ = ["routes"]
