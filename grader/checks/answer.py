"""What a check is given: the answer to its question, everything else handed in, what ran, and earlier findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from grader.checks.finding import Finding
from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.sections import Sections

if TYPE_CHECKING:
    from grader.execution import Executor, NotebookRun

T = TypeVar("T")

_TEXTUAL: Final = frozenset(BlockKind) - {BlockKind.FIGURE}


class Answer:
    """One submission as the checks of one question see it. Nothing in it can be changed by a check."""

    def __init__(
        self,
        question: str,
        documents: Sequence[Document],
        sections: Sections,
        findings: Mapping[str, Finding],
        shared: dict[object, object],
        run: NotebookRun | None = None,
        executor: Callable[[], Executor] | None = None,
    ) -> None:
        self.question = question
        self.documents = tuple(documents)
        self.sections = sections
        self.run = run
        self.executor = executor
        self._findings = findings
        self._shared = shared

    @property
    def section(self) -> tuple[Block, ...]:
        """The blocks under this question; empty if the submission is not divided in a way we recognise."""
        return self.sections.of(self.question)

    @property
    def everything(self) -> tuple[Block, ...]:
        """All blocks of all documents, what was handed out left out, each once."""
        blocks: dict[int, Block] = {}
        for group in (*self.sections.by_question.values(), self.sections.rest):
            for block in group:
                blocks.setdefault(id(block), block)
        return tuple(blocks.values())

    @property
    def handed_out(self) -> tuple[Block, ...]:
        """What was handed out and stands there unchanged: no answer, but what an answer may rest on."""
        return self.sections.given

    @property
    def elsewhere(self) -> tuple[Block, ...]:
        """The blocks that stand under no other question, the section first."""
        own = self.section
        return own + tuple(block for block in self.sections.rest if block not in own)

    def blocks(self, *kinds: BlockKind, anywhere: bool = False) -> tuple[Block, ...]:
        """The blocks of these kinds under the question, or `anywhere`; all textual kinds if none is given."""
        wanted = frozenset(kinds) or _TEXTUAL
        return tuple(
            block for block in (self.everything if anywhere else self.section) if block.kind in wanted
        )

    @property
    def unread_pictures(self) -> tuple[Block, ...]:
        """Figures under this question (or under none) whose contents nobody has read: an answer may be in them."""
        pool = self.section or self.everything
        return tuple(
            block
            for block in pool
            if block.kind is BlockKind.FIGURE and (block.figure is None or not block.figure.words)
        )

    @property
    def empty(self) -> bool:
        """Whether nothing at all could be read in what was handed in."""
        return not any(block.text.strip() or block.kind is BlockKind.FIGURE for block in self.everything)

    def finding(self, check: str) -> Finding | None:
        """What an earlier check found."""
        return self._findings.get(check)

    def shared(self, read: Callable[[Answer], T]) -> T:
        """The result of `read` for this question, computed once however many checks ask for it."""
        key = (self.question, read)
        if key not in self._shared:
            self._shared[key] = read(self)
        return self._shared[key]  # type: ignore[return-value] # stored under the function that made it
