"""How does alembic run the steps? On the connection and in the transaction that it is given."""

from alembic import context

from ortoo_daemon.work.schema.revisions import TABLE
from ortoo_daemon.work.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=TABLE,
)
with context.begin_transaction():
    context.run_migrations()
