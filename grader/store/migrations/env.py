"""What Alembic runs to migrate: on the connection it is given, in the transaction that is open."""

from __future__ import annotations

from alembic import context

from grader.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the transaction is the caller's
    render_as_batch=True,
)
context.run_migrations()
