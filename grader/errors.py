"""Every error that a person may meet, in one place and under one base.

The message is the whole of what that person reads: what happened, where, and what to do about it. Commands catch
`GraderError` once (`grader/cli/__init__.py`), print the message and end with status 2. An assignment's own errors
derive from it too, so that they end the same way. Beside it each keeps the built-in base that says what kind of
failure it is. What never leaves a room (a value that is too large, a kernel that does not start) is not here.
"""

from __future__ import annotations


class GraderError(Exception):
    """Something that we foresaw and that a person can put right. The message says what, where and what to do."""


# --- Files --------------------------------------------------------------------------------------------------------


class FileWriteError(GraderError, RuntimeError):
    """A file cannot be written."""


class ResultFormatError(GraderError, ValueError):
    """A line is no result, or one of a schema that this version does not know."""


class LedgerError(GraderError, RuntimeError):
    """The ledger cannot be opened, read or written."""


# --- What was handed in -------------------------------------------------------------------------------------------


class IntakeError(GraderError, ValueError):
    """What was given to grade cannot be taken in; nothing was graded."""


class EditionError(GraderError, ValueError):
    """A handout, or a file of fingerprints of one, cannot be used."""


class ArchiveRefused(GraderError, ValueError):  # noqa: N818 - the archive is refused; the sentence is the message
    """An archive is damaged, encrypted, or larger than any submission."""


class UnreadableDocumentError(GraderError, ValueError):
    """A file cannot be read at all; the message is for the student."""


class EmptyDocumentError(UnreadableDocumentError):
    """There is nothing in the file, so that nothing in it was missed."""


class ReaderFaultError(UnreadableDocumentError):
    """A reader failed in a way that it should not. The message is for the student, `fault` is for us."""

    def __init__(self, message: str, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


class DeadlineError(GraderError, ValueError):
    """A deadline, or a rule for what is late, that cannot be understood."""


# --- Running notebooks --------------------------------------------------------------------------------------------


class UnreadableNotebookError(GraderError, ValueError):
    """A file cannot be run as a notebook; the message is for the student."""


class RuntimeDirectoryError(GraderError, OSError):
    """No safe directory for an executor's sockets can be made."""


class ExecutorClosedError(GraderError, RuntimeError):
    """An executor was asked for something after it was closed."""


class ClusterError(GraderError, RuntimeError):
    """A cluster cannot be reached or used, or was lost; what was graded before is kept."""


# --- Assignments --------------------------------------------------------------------------------------------------


class AssignmentError(GraderError, ValueError):
    """An assignment is written in a way that cannot be graded with, or none is installed by that name."""


class SeveralAssignmentsError(AssignmentError):
    """Several are installed, and none was named."""


class PlanError(GraderError, LookupError):
    """An assignment's plan for running notebooks contradicts itself."""


# --- What a person decides ----------------------------------------------------------------------------------------


class DecisionRefused(GraderError, ValueError):  # noqa: N818 - the decision is refused; the sentence is the message
    """A decision that cannot stand; the ledger is as it was."""


# --- What is written ----------------------------------------------------------------------------------------------


class ExportError(GraderError, ValueError):
    """An export cannot be made as asked; nothing was written."""


class TemplatesMissingError(GraderError, RuntimeError):
    """The page templates are not where the installation puts them."""


class TranslationError(GraderError, ValueError):
    """A catalogue of translations cannot be read."""


class ServeError(GraderError, OSError):
    """The review cannot be served at the address that was asked for."""
