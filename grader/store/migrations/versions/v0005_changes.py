"""Writings are counted, so that a change, and what one click decided, is found without reading everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the counters; to each result which writing it was, to each decision which click."""
    op.create_table(
        "changes",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    with op.batch_alter_table("results") as table:
        table.add_column(sa.Column("changed", sa.Integer, nullable=False, server_default="0"))
        table.create_index("ix_results_changed", ["changed"])
    with op.batch_alter_table("decisions") as table:
        table.add_column(sa.Column("together", sa.Integer, nullable=True))
        table.create_index("ix_decisions_together", ["together"])
        table.create_index("ix_decisions_undoes", ["undoes"])


def downgrade() -> None:
    """Takes away what this revision added."""
    with op.batch_alter_table("decisions") as table:
        table.drop_index("ix_decisions_undoes")
        table.drop_index("ix_decisions_together")
        table.drop_column("together")
    with op.batch_alter_table("results") as table:
        table.drop_index("ix_results_changed")
        table.drop_column("changed")
    op.drop_table("changes")
