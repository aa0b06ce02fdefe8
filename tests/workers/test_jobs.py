"""Jobs and outcomes as bytes: the same comes out as went in, and the key is the same for the same work alone."""

from __future__ import annotations

import pickletools
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.documents.given.edition import Edition
from grader.grading.submission_reading import fingerprint
from grader.model import FileKind, Student, Submission, SubmittedFile
from grader.workers.grading_worker import GradingWorker
from grader.workers.jobs import Job, JobSettings, Outcome, Parcel, Reply, packed, unpacked

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
SETTINGS = JobSettings("an-assignment", execute=False, handouts=(Edition("x", frozenset("ab")),))


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=4), NAMES, NAMES)
def test_what_is_unpacked_is_what_was_handed_in(files: dict[str, bytes], name: str, note: str) -> None:
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        handed_in = []
        for number, (file, data) in enumerate(files.items()):
            path = Path(here) / str(number)
            path.write_bytes(data)
            handed_in.append(SubmittedFile(file, path, FileKind.REPORT))
        submission = Submission(name, tuple(handed_in), (Student("a", name),), notes=(note,), lms={"x": note})
        job = Job.of(submission, SETTINGS, "settings", "rubric")
        parcel = Parcel.from_bytes(packed(job).to_bytes())
        found, settings = unpacked(parcel, Path(there))
        assert settings == SETTINGS
        assert fingerprint(found) == job.content == fingerprint(submission)
        assert [file.path.read_bytes() for file in found.files] == list(files.values())
        assert all(file.path.is_relative_to(there) for file in found.files)
        assert msgspec.structs.replace(found, files=()) == msgspec.structs.replace(submission, files=())


def test_files_lie_to_each_other_as_they_did(tmp_path: Path) -> None:
    places = ("report.tex", "figures/plot.png", "figures/deep/other.png")
    files = []
    for place in places:
        (tmp_path / "in" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / place).write_bytes(place.encode())
        files.append(SubmittedFile(place, tmp_path / "in" / place, FileKind.OTHER))
    found, _ = unpacked(packed(Job.of(Submission("a", tuple(files)), SETTINGS, "", "")), tmp_path / "out")
    report = found.files[0].path
    assert [(report.parent / place).read_bytes() for place in places] == [place.encode() for place in places]


@pytest.mark.parametrize("place", ["../out.md", "/etc/passwd", "a/../../out.md", "", "b.md"])
def test_no_file_is_unpacked_outside_or_over_another(tmp_path: Path, place: str) -> None:
    path = tmp_path / "a.md"
    path.write_text("a")
    files = tuple(SubmittedFile(name, path, FileKind.REPORT) for name in ("a.md", "b.md"))
    parcel = packed(Job.of(Submission("a", files), SETTINGS, "", ""))
    body = msgspec.msgpack.decode(parcel.body)
    for file, where in zip(body["files"], ("b.md", place), strict=True):
        file["place"] = where
    forged = msgspec.structs.replace(parcel, body=msgspec.msgpack.encode(body))
    there = tmp_path / "there"
    found, _ = unpacked(forged, there)
    assert all(one.path.resolve().is_relative_to(there) for one in found.files)
    assert len({one.path for one in found.files}) == 2


def test_a_file_that_cannot_be_read_here_is_none_there(tmp_path: Path) -> None:
    gone = Submission("a", (SubmittedFile("a.md", tmp_path / "gone", FileKind.REPORT),))
    job = Job.of(gone, SETTINGS, "", "")
    found, _ = unpacked(packed(job), tmp_path)
    assert not found.files[0].path.exists()
    assert fingerprint(found) == job.content


def test_each_part_of_the_work_changes_the_key(tmp_path: Path) -> None:
    job = Job(Submission("a", ()), "content", SETTINGS, "settings", "rubric", "1")
    others = [
        Job(Submission("b", ()), "content", SETTINGS, "settings", "rubric", "1"),
        *(
            msgspec.structs.replace(job, **{part: "other"})
            for part in ("content", "settings_digest", "rubric", "version")
        ),
    ]
    keys = {one.key for one in (job, *others)}
    assert len(keys) == 6
    assert job.key == msgspec.structs.replace(job).key


def test_an_outcome_comes_back_whole_and_is_no_pickle(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Question 2\n\n784*128 + 128 = 100480\n", "utf-8")
    settings = JobSettings("tddc17-deep-learning", execute=False)
    rubric = settings.graded_with().rubric()
    graded = GradingWorker(rubric, settings).grade(
        Submission("a", (SubmittedFile("a.md", path, FileKind.REPORT),))
    )
    data = Reply(Outcome("key", graded)).to_bytes()
    assert Reply.from_bytes(data) == Reply(Outcome("key", graded))
    with pytest.raises(ValueError, match=r"opcode|pickle|exhausted|expected|newline"):
        list(pickletools.genops(data))
