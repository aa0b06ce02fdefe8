"""Pages are made from the ledger: passages, cells and notebooks are kept, and which pairs are alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what pages are made from; rows of before have no passages until they are graded again."""
    with op.batch_alter_table("results") as table:
        table.add_column(sa.Column("page", sa.String, nullable=False, server_default="{}"))
        table.add_column(sa.Column("notebook", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("digest", sa.String, nullable=False, server_default=""))
    op.create_table(
        "blobs",
        sa.Column("submission", sa.String, primary_key=True),
        sa.Column("digest", sa.String, primary_key=True),
    )
    op.create_table(
        "pairs",
        sa.Column("one", sa.String, primary_key=True),
        sa.Column("other", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("json", sa.String, nullable=False),
    )
    op.create_table(
        "rendered",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("digest", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Takes away what this revision added."""
    for name in ("rendered", "pairs", "blobs"):
        op.drop_table(name)
    with op.batch_alter_table("results") as table:
        table.drop_column("digest")
        table.drop_column("notebook")
        table.drop_column("page")
