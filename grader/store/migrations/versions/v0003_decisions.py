"""What people decide and release, append-only, apart from the automatic verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds decisions and releases."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.String, nullable=False, index=True),
        sa.Column("undoes", sa.Integer, nullable=True),
        sa.Column("before", sa.String, nullable=False),
        sa.Column("json", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.String, nullable=False, index=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("json", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Takes away what this revision added."""
    op.drop_table("releases")
    op.drop_table("decisions")
