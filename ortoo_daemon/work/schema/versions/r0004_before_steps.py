"""The tables as they were before there were steps; nothing is to be done."""

revision = "0004"
down_revision = None


def upgrade() -> None:
    """They are there."""
