"""What is kept: the ledger, and blobs by digest beside it."""

from __future__ import annotations

from grader.store.blobs import Blobs
from grader.store.decision_log import DecisionLog, LoggedDecision, Release, Releasing
from grader.store.file_stamps import Stamp, stamp
from grader.store.ledger import Ledger, LedgerVersion, StoredPage
from grader.store.likeness_log import KeptMarks, KeptPair, Traced

__all__ = [
    "Blobs",
    "DecisionLog",
    "KeptMarks",
    "KeptPair",
    "Ledger",
    "LedgerVersion",
    "LoggedDecision",
    "Release",
    "Releasing",
    "Stamp",
    "StoredPage",
    "Traced",
    "stamp",
]
