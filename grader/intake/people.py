"""Whether what stands in one folder is one submission or several people's, by names and by what lies where.

A person's own folder holds parts (``figures``, ``code``, ``latex``); a folder of folders holds sub-folders that each have
a report, a notebook or an archive of their own, under names that are no part's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

import msgspec

from grader.accounts import Accounts
from grader.intake.entries import kind_of
from grader.model import FileKind, Value

_MOST_NAMED: Final = 4  # names in one sentence
_WORD: Final = re.compile(r"[^\W\d_]+")
# What students call the parts and the states of their own work, in English and Swedish.
_PARTS: Final = frozenset(
    (
        "extra", "misc", "övrigt", "other",
        "fig", "figs", "figure", "figures", "figur", "figurer", "bild", "bilder", "image", "images", "img", "imgs", "plot", "plots",
        "graph", "graphs", "graf", "grafer", "diagram", "picture", "pictures", "pics", "photos", "screenshot", "screenshots", "skärmdump",
        "skärmdumpar", "assets", "media", "resources", "static", "graphics",
        "code", "kod", "src", "source", "sources", "script", "scripts", "lib", "python", "py", "latex", "tex", "overleaf", "word", "docx", "pdf",
        "html", "markdown", "md", "odt", "txt", "ipynb", "jupyter", "colab", "notebook", "notebooks", "nb", "build", "dist", "export", "exports",
        "attachment", "attachments", "bilaga", "bilagor", "appendix", "appendices", "supplement", "data", "dataset", "datasets", "models",
        "doc", "docs", "document", "documents", "dokument", "report", "reports", "rapport", "rapporter", "answer", "answers", "svar", "solution",
        "solutions", "lösning", "lösningar", "result", "results", "resultat", "output", "outputs", "log", "logs", "test", "tests",
        "part", "parts", "delar", "question", "questions", "q", "fråga", "frågor", "task", "tasks", "uppgift", "uppgifter", "exercise",
        "exercises", "section", "chapter", "lab", "labs", "labb", "labbar", "laboration", "assignment", "project", "projekt", "submission",
        "submit", "inlämning", "inlamning", "handin", "final", "slutlig", "slutversion", "draft", "drafts", "utkast",
        "version", "ver", "v", "attempt", "försök", "forsok", "old", "gammal", "older", "backup", "copy", "kopia", "tmp", "temp", "folder", "mapp",
        "untitled", "namnlös", "namnlos", "rest", "original", "revised", "komplettering", "retur", "resubmission", "checkpoint",
        "readme",
    )
)  # fmt: skip
_FILLERS: Final = frozenset(  # beside such a word; alone they may be somebody's name
    ("a", "and", "all", "av", "del", "for", "hand", "in", "main", "mina", "min", "my", "new", "ny", "och", "of", "our", "the", "till", "vår")
)  # fmt: skip
_DIGIT: Final = re.compile(r"\d")
_STRONG: Final = (
    FileKind.REPORT.value,
    FileKind.NOTEBOOK.value,
    "archive",
)  # kinds of files that can be a submission
_WEAK: Final = "picture"
_PICTURES: Final = frozenset((".png", ".jpg", ".jpeg", ".gif", ".heic", ".webp", ".bmp", ".tif", ".tiff"))


class Sharing(StrEnum):
    """What a folder was found to be."""

    ONE = "one"  # one person's or one group's
    SHARED = "shared"  # perhaps several people's, and nothing to take apart: one, and said
    SEVERAL = "several"  # each sub-folder is a submission of its own
    UNCLEAR = "unclear"  # a person has to say


class Finding(Value, frozen=True):
    """`names` are the sub-folders or files that look like different people's; `sure` if user names say so.

    `rooted`: a report, notebook or archive lies in the folder itself, or its name is a person's; else it may be a shelf.
    """

    sharing: Sharing
    names: tuple[str, ...] = ()
    sure: bool = False
    rooted: bool = False


@dataclass
class _Folder:
    """A folder of a tree of names: the kinds of files in it by stem, and its sub-folders."""

    files: dict[str, set[str]] = field(default_factory=dict)
    folders: dict[str, _Folder] = field(default_factory=dict)

    def kinds(self) -> set[str]:
        """The kinds of files in it or below."""
        return set().union(*self.files.values(), *(folder.kinds() for folder in self.folders.values()))

    def strong(self) -> dict[str, set[str]]:
        """The files in it that can be a submission, by stem; a README is none."""
        return {
            stem: found
            for stem, kinds in self.files.items()
            if stem.casefold() != "readme" and (found := kinds & set(_STRONG))
        }


def look(label: str, names: Iterable[str], accounts: Accounts) -> Finding:
    """What the folder `label` is, with `names` in it: files, ``/``-separated from inside of it; empty folders end in ``/``."""
    folder = _tree(names)
    rooted = bool(folder.strong()) or bool(accounts.of(label))
    return msgspec.structs.replace(_look((label,), folder, accounts), rooted=rooted)


def is_part(name: str) -> bool:
    """Whether a folder is called like a part or a state of somebody's work, and not like somebody."""
    words = {word.casefold() for word in _WORD.findall(name)}
    told = bool(words & _PARTS) or (bool(words) and bool(_DIGIT.search(name)))
    return told and words <= _PARTS | _FILLERS


def remark(label: str, finding: Finding) -> str:
    """What staff should know of a folder that was taken as one submission."""
    return (
        f"{label} was taken as one submission, but {_listed(finding.names)} in it may be different people's: what one of them "
        "answered counts for all. If they are no group, grade them apart: give --depth, or the folders themselves."
    )


def question(place: str, finding: Finding) -> str:
    """What to ask a user who has to say whether a folder is one submission; `place` is its name below what he gave."""
    first = " ".join(f"'{place}/{name}'" for name in finding.names[:2])
    return (
        f"{place}: {_listed(finding.names)} in it look like submissions of their own, but not everything here does. Say which: "
        "--depth 1 takes each folder right below what you gave as one submission, --depth 2 each folder below those; or give "
        f"the submissions themselves, as in {first}"
    )


def _tree(names: Iterable[str]) -> _Folder:
    top = _Folder()
    for name in names:
        *folders, file = name.split("/")
        place = top
        for folder in folders:
            place = place.folders.setdefault(folder, _Folder())
        if file:
            place.files.setdefault(PurePosixPath(file).stem, set()).add(_kind(file))
    return top


def _kind(file: str) -> str:
    extension = PurePosixPath(file).suffix.lower()
    if extension == ".zip":
        return "archive"
    return _WEAK if extension in _PICTURES else kind_of(file).value


def _look(labels: tuple[str, ...], folder: _Folder, accounts: Accounts) -> Finding:
    wrapped = ""
    while not folder.strong() and len(folder.folders) == 1:  # a folder that only wraps
        ((name, folder),) = folder.folders.items()
        labels = (*labels, name)
        wrapped += f"{name}/"
    finding = _unwrapped(labels, folder, accounts)
    return msgspec.structs.replace(finding, names=tuple(f"{wrapped}{name}" for name in finding.names))


def _unwrapped(labels: tuple[str, ...], folder: _Folder, accounts: Accounts) -> Finding:
    own = {account for label in labels for account in accounts.of(label)}
    loose = folder.strong()
    kinds = {name: inner.kinds() for name, inner in folder.folders.items()}
    bearing = {name: strong for name, all_kinds in kinds.items() if (strong := all_kinds & set(_STRONG))}
    people = {name: frozenset(users) for name in (*kinds, *loose) if (users := accounts.of(name))}
    if own:
        others = tuple(name for name, theirs in people.items() if not theirs <= own)
        return Finding(Sharing.SHARED if others else Sharing.ONE, others)
    together = frozenset[str]().union(*people.values())
    if people and max(map(len, people.values())) < len(together):
        units = {name: bearing.get(name) or loose.get(name) or set() for name in people}
        return Finding(Sharing.SEVERAL if _alike(units) else Sharing.SHARED, tuple(people), sure=True)
    named = {name: strong for name, strong in bearing.items() if not is_part(name)}
    if len(named) > 1:
        unclear = Sharing.UNCLEAR if loose else Sharing.SEVERAL
        return Finding(unclear if _alike(named) else Sharing.SHARED, tuple(named))
    shared = _loosely_shared(labels, folder, named, kinds) or _shared_below(labels, folder, named, accounts)
    return shared or Finding(Sharing.ONE)


def _loosely_shared(
    labels: tuple[str, ...], folder: _Folder, named: Mapping[str, set[str]], kinds: Mapping[str, set[str]]
) -> Finding | None:
    """One sub-folder of work beside loose work of the same kind, or beside a folder of somebody with next to nothing."""
    loose = folder.strong()
    own = frozenset[str]().union(*map(_words, labels))
    for name, found in named.items():
        idle = [
            other
            for other, theirs in kinds.items()
            if other != name and not is_part(other) and theirs <= {_WEAK}
        ]
        if idle and not loose:
            return Finding(Sharing.SHARED, (name, *idle))
        for stem, theirs in loose.items():
            if theirs & found and not _words(name) & (own | _words(stem)):
                return Finding(Sharing.SHARED, (name, stem))
    for (
        name,
        inner,
    ) in folder.folders.items():  # one that is called as the folder itself says nothing by its name
        if _words(name) and _words(name) <= own:
            loose |= inner.strong()
    strangers = _strangers(own, loose)
    return Finding(Sharing.SHARED, strangers) if strangers else None


def _shared_below(
    labels: tuple[str, ...], folder: _Folder, named: Mapping[str, set[str]], accounts: Accounts
) -> Finding | None:
    """What the sub-folders hold; only a lone one that is no part, with nothing beside it, can be taken apart."""
    rooted = bool(folder.strong())
    for name, inner in folder.folders.items():
        finding = _look((*labels, name), inner, accounts)
        if finding.sharing is not Sharing.ONE:
            apart = finding.sharing in {Sharing.SEVERAL, Sharing.UNCLEAR} and name in named and not rooted
            names = tuple(f"{name}/{one}" for one in finding.names)
            return Finding(finding.sharing if apart else Sharing.SHARED, names, finding.sure)
    return None


def _alike(units: Mapping[str, set[str]]) -> bool:
    """Whether two hold something of the same kind: not one the report and one the notebook of a pair."""
    return any(count > 1 for count in Counter(kind for kinds in units.values() for kind in kinds).values())


def _strangers(own: frozenset[str], files: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Two loose files of one kind whose names have no word in common, with each other or with their folder's."""
    for kind in _STRONG:
        first: tuple[str, frozenset[str]] | None = None
        for stem, kinds in files.items():
            words = _words(stem)
            if kind not in kinds or not words or words & own:
                continue
            if first is not None and not words & first[1]:
                return first[0], stem
            first = first or (stem, words)
    return ()


def _words(name: str) -> frozenset[str]:
    """The words of a name that are no part's."""
    return frozenset(word.casefold() for word in _WORD.findall(name)) - _PARTS


def _listed(names: Sequence[str]) -> str:
    shown = [*names[:_MOST_NAMED], "others"] if len(names) > _MOST_NAMED else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
