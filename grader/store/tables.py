"""The ledger's tables as they are now; how they came to be so stands in `migrations/versions/`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

# What is true of the whole folder: which assignment, its title.
about = Table(
    "about", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
# The latest result of each submission.
results = Table(
    "results",
    metadata,
    Column("submission", String, primary_key=True),
    Column("content", String, nullable=False),  # digest of what was handed in
    Column("rubric", String, nullable=False),  # digest of what it was graded by
    Column("settings", String, nullable=False),  # what else decides the result: whether notebooks were run
    Column("status", String, nullable=False),
    Column("graded_at", String, nullable=False),
    Column("json", String, nullable=False),
    Column("lms", String, nullable=False),  # what an export needs to find its way back
    Column("trace", String, nullable=False),  # what it is compared with other submissions by
    Column("present", Integer, nullable=False),  # 0: no longer among what was handed in
    Column("page", String, nullable=False),  # passages, cells and the executed notebook, as JSON
    Column("notebook", String, nullable=False),  # the digest of the notebook as executed, empty for none
    Column("digest", String, nullable=False),  # of `json` and `page`: what its pages are made from
    # which writing of a result it was, of all writings
    Column("changed", Integer, nullable=False, server_default="0", index=True),
)
# How many writings there were of a kind of thing: what tells a reader that there is something new, and what.
changes = Table(
    "changes", metadata, Column("kind", String, primary_key=True), Column("number", Integer, nullable=False)
)
# What lies beside the ledger for a submission.
blobs = Table(
    "blobs",
    metadata,
    Column("submission", String, primary_key=True),
    Column("digest", String, primary_key=True),
)
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("content", String, nullable=False),
    Column("points", Float, nullable=False),
    Column("graded_at", String, nullable=False),
    Column("json", String, nullable=False),
    UniqueConstraint("submission", "content", name="one_result_an_attempt"),
)
# Submissions that are more alike than chance allows.
pairs = Table(
    "pairs",
    metadata,
    Column("one", String, primary_key=True),
    Column("other", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("json", String, nullable=False),
    # a digest of what it was made from; empty where that is not known
    Column("basis", String, nullable=False, server_default=""),
)
# What each submission is compared with the others by, as `grader.grading.likeness.Compared` has it.
marks = Table(
    "marks",
    metadata,
    Column("submission", String, primary_key=True),
    Column("graded_at", String, nullable=False),  # of the result that it was made from
    Column("marks", LargeBinary, nullable=False),
    Column("json", String, nullable=False),
)
# Files that were read, so that their contents need not be looked at again: digest by what the disk says of each.
stamps = Table(
    "stamps",
    metadata,
    Column("path", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),  # nanoseconds of the epoch, as is the next
    Column("changed", BigInteger, nullable=False),
    Column("inode", String, nullable=False),
    Column("digest", String, nullable=False),
)
# What people decided. Rows are only ever added: an undo is a row that names the one it takes back.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("undoes", Integer, nullable=True, index=True),
    Column("before", String, nullable=False),  # verdict and points as they stood, in words
    Column("json", String, nullable=False),
    Column("together", Integer, nullable=True, index=True),  # the same for all that one click decided
    sqlite_autoincrement=True,
)
# What students may read. Rows are only ever added; the newest counts, and one without a result takes it back.
releases = Table(
    "releases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("by", String, nullable=False),
    Column("json", String, nullable=False),  # the result as it was released; empty for one taken back
    sqlite_autoincrement=True,
)
# Who may come in to the review: one-time links and sessions, by the digest of their secret.
keys = Table(
    "keys",
    metadata,
    Column("digest", String, primary_key=True),
    Column("kind", String, nullable=False),  # link, session
    Column("name", String, nullable=False),
    Column("made", Float, nullable=False),  # seconds of the epoch, as is the next
    Column("ends", Float, nullable=False),
)
# What staff write to students time and again.
comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("check_id", String, nullable=False, index=True),
    Column("text", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    UniqueConstraint("check_id", "text", name="one_comment_once"),
)
# What students ask to be looked at again.
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("check_id", String, nullable=False),  # a check or question; empty for the whole
    Column("text", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    Column("closed", String, nullable=False),  # when and by whom; empty while it is open
)
# What a file of the graded folder was last made from; a file that is made from the same is left as it is.
rendered = Table(
    "rendered",
    metadata,
    Column("path", String, primary_key=True),
    Column("digest", String, nullable=False),
)
