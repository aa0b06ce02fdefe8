"""Likeness: what submissions are compared by, what a pair was made from; and stamps of files that were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds marks, stamps and the basis of pairs."""
    op.create_table(
        "marks",
        sa.Column("submission", sa.String, primary_key=True),
        sa.Column("graded_at", sa.String, nullable=False),
        sa.Column("marks", sa.LargeBinary, nullable=False),
        sa.Column("json", sa.String, nullable=False),
    )
    op.create_table(
        "stamps",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("modified", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("inode", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
    op.add_column("pairs", sa.Column("basis", sa.String, nullable=False, server_default=""))


def downgrade() -> None:
    """Takes away what this revision added."""
    op.drop_column("pairs", "basis")
    for name in ("stamps", "marks"):
        op.drop_table(name)
