"""Tries of handoffs, for the story of a record. Programs before this one leave the table alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "handoff_try",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("handoff", sa.String(200), nullable=False),
        sa.Column("record_id", sa.String(18), nullable=False),
        sa.Column("way", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(18), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_index("handoff_try_of", "handoff_try", ["handoff"], if_not_exists=True)
    op.create_index("handoff_try_of_record", "handoff_try", ["record_id"], if_not_exists=True)
