"""What is kept: the ledger, and blobs by digest beside it."""

from __future__ import annotations

from grader.store.blobs import Blobs
from grader.store.decision_log import DecisionLog, LoggedDecision, Release
from grader.store.ledger import Ledger, LedgerVersion, StoredPage

__all__ = ["Blobs", "DecisionLog", "Ledger", "LedgerVersion", "LoggedDecision", "Release", "StoredPage"]
