"""The ledger as it was before it was migrated: results, attempts, what is alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of version 1, but for ``overrides``, which nothing ever read."""
    op.create_table(
        "about", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
    )
    op.create_table(
        "results",
        sa.Column("submission", sa.String, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("content", "rubric", "settings", "status", "graded_at", "json", "lms", "trace")
        ),
        sa.Column("present", sa.Integer, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.String, nullable=False, index=True),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("graded_at", sa.String, nullable=False),
        sa.Column("json", sa.String, nullable=False),
        sa.UniqueConstraint("submission", "content", name="one_result_an_attempt"),
    )


def downgrade() -> None:
    """There is nothing before it."""
    for name in ("attempts", "results", "about"):
        op.drop_table(name)
