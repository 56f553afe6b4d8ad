"""Several daemons on one store: who leads, and what all of them count together. Notices of no record.

Programs before this one know of no leader: they must not run beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("notice")}
    if "about" not in columns:
        about = sa.Column("about", sa.Text, nullable=False, server_default="")
        op.add_column("notice", about)
    op.create_table(
        "leadership",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "reservation_head",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("counters", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("reservation_at", "reservation", ["at"], if_not_exists=True)
