"""Brings a ledger of any age to the tables of now (Alembic). Nothing in an old ledger is dropped.

A ledger of version 1 knew no migrations; it is told by its table ``about`` and taken to be at the first revision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

HEAD: Final = "v0006"  # the newest revision; a test holds it to what stands in `versions/`
_FIRST: Final = "v0001"


class UnknownRevisionError(RuntimeError):
    """The ledger was written by a newer grader."""


def revision(connection: Connection) -> str:
    """The revision a ledger is at; empty for a new file."""
    names = set(inspect(connection).get_table_names())
    if "alembic_version" in names:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    return _FIRST if {"about", "results"} <= names else ""


def upgrade(connection: Connection) -> None:
    """Brings the ledger to `HEAD` within the connection's own transaction. Raises `UnknownRevisionError`."""
    now = revision(connection)
    if now == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - only for a new or an old ledger
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if now and now not in known:
        raise UnknownRevisionError(f"it is at revision {now}, which this grader does not know")
    if now == _FIRST and "alembic_version" not in inspect(connection).get_table_names():
        command.stamp(config, _FIRST)
    command.upgrade(config, HEAD)
