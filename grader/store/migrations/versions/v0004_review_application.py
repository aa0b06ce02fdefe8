"""The review application: who may come in, the comment bank, what students ask to be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds keys, comments and requests."""
    op.create_table(
        "keys",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("check_id", sa.String, nullable=False, index=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.UniqueConstraint("check_id", "text", name="one_comment_once"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.String, nullable=False, index=True),
        sa.Column("check_id", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("closed", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Takes away what this revision added."""
    for name in ("requests", "comments", "keys"):
        op.drop_table(name)
