"""Zips, hostile and odd: what may be read is read, the rest is refused with its reason, and nothing escapes."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from growth import calls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.accounts import Accounts
from grader.intake import Intake, IntakeError, IntakeLimits, collect

LIU = Accounts(r"[a-z]{5}\d{3}")

REPORT = b"# Report\n"


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)  # of no time: a second later the archive would be another
            member.external_attr = 0o600 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, content)
    return out.getvalue()


def take(tmp_path: Path, content: bytes, name: str = "class.zip", **options: object) -> Intake:
    archive = tmp_path / name
    archive.write_bytes(content)
    return collect([archive], tmp_path / "workspace", accounts=LIU, **options)  # type: ignore[arg-type]  # passed through


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize(
    "name", ["../evil.md", "a/../../evil.md", "/etc/evil.md", "C:\\evil.md", "..\\evil.md"]
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    intake = take(tmp_path, packed({"annex123/report.md": REPORT, name: b"evil"}))
    assert [left.path.rpartition("/")[2] for left in intake.unplaced] == ["evil.md"]
    assert [file.name for s in intake.submissions for file in s.files] == ["report.md"]
    assert not [path for path in on_disk(tmp_path) if "evil" in path]
    assert len(on_disk(tmp_path / "workspace")) == 1


def test_names_on_disk_are_our_own(tmp_path: Path) -> None:
    intake = take(tmp_path, packed({"annex123/re;port $(x).md": REPORT, "annex123/x.p/../y.q'\"": b"y"}))
    assert on_disk(tmp_path / "workspace") == {
        str(file.path.relative_to(tmp_path / "workspace")) for file in intake.submissions[0].files
    }
    assert {file.path.name for file in intake.submissions[0].files} <= {"000000.md", "000001"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("annex123/report.md", REPORT)
        info = zipfile.ZipInfo("annex123/passwd.md")
        info.create_system = 3
        info.external_attr = (kind | 0o777) << 16
        file.writestr(info, "/etc/passwd")
    intake = take(tmp_path, out.getvalue())
    assert [file.name for file in intake.submissions[0].files] == ["report.md"]
    assert [left.path for left in intake.unplaced] == ["annex123/passwd.md"]


def test_a_bomb_within_a_download_costs_only_its_own_submission(tmp_path: Path) -> None:
    content = packed({"annex123/report.md": REPORT, "berbe456/bomb.md": b"\0" * 50_000_000})
    tracemalloc.start()
    intake = take(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert [left.path for left in intake.unplaced] == ["berbe456/bomb.md"]
    assert "bomb" in intake.unplaced[0].reason
    assert {s.id: len(s.files) for s in intake.submissions} == {"annex123": 1, "berbe456": 0}


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (IntakeLimits(entries=3), "more than 3 entries"),
        (IntakeLimits(total_bytes=100), "over the limit of 100"),
    ],
)
def test_a_download_over_the_limits_is_refused_before_unpacking(
    tmp_path: Path, limits: IntakeLimits, words: str
) -> None:
    with pytest.raises(IntakeError, match=words):
        take(tmp_path, packed({f"s{n}/report.md": b"x" * 40 for n in range(4)}), limits=limits)
    assert not on_disk(tmp_path / "workspace")


def test_a_hundred_thousand_entries_are_refused_at_once(tmp_path: Path) -> None:
    out = io.BytesIO()
    directory = b"".join(
        struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
        + f"{n:06}".encode()
        for n in range(100_000)
    )
    out.write(directory)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 100_000, 100_000, len(directory), 0)
    out.write(end64 + struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1))
    out.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    assert len(zipfile.ZipFile(io.BytesIO(out.getvalue())).infolist()) == 100_000

    def refuse() -> None:
        with pytest.raises(IntakeError, match="more than 50000 entries"):
            take(tmp_path, out.getvalue())

    refuse()  # once before: what is compiled and remembered then is not counted
    assert calls(refuse) < 5_000  # not one entry of a hundred thousand was looked at


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    kernel = zlib.compress(b"\0" * 1_000_000, 9)[2:-4]
    crc = zlib.crc32(b"\0" * 1_000_000)
    local = (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(kernel), 1_000_000, 1, 0) + b"a" + kernel
    )
    directory = b"".join(
        struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(kernel), 1_000_000, 1, 0, 0, 0, 0, 0, 0
        )
        + name
        for name in (b"a", b"b", b"c")
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(directory), len(local), 0)
    with pytest.raises(IntakeError, match="overlap"):
        take(tmp_path, local + directory + end)


@pytest.mark.parametrize("cut", [0, 1, 30, 60, -1, -10, -25, -60])
def test_damaged_archives_are_explained(tmp_path: Path, cut: int) -> None:
    with pytest.raises(IntakeError, match=r"class\.zip"):
        take(tmp_path, packed({"annex123/report.md": REPORT * 100})[:cut])


def test_a_member_with_a_wrong_checksum_is_refused_alone(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("annex123/report.md", b"right bytes here")
        file.writestr("berbe456/report.md", REPORT)
    intake = take(tmp_path, out.getvalue().replace(b"right bytes", b"wrong bytes"))
    assert "damaged" in intake.unplaced[0].reason
    assert {s.id: len(s.files) for s in intake.submissions} == {"annex123": 0, "berbe456": 1}


def test_a_size_that_lies_cannot_unpack_more(tmp_path: Path) -> None:
    content = packed({"annex123/report.md": b"x" * 5_000})
    intake = take(tmp_path, content.replace(struct.pack("<L", 5_000), struct.pack("<L", 10)))
    assert [left.path for left in intake.unplaced] == ["annex123/report.md"]


def test_a_password_is_said_to_be_one(tmp_path: Path) -> None:
    content = bytearray(packed({"annex123/report.md": REPORT}))
    content[content.index(b"PK\1\2") + 8] |= 1
    intake = take(tmp_path, bytes(content))
    assert intake.unplaced[0].reason == "protected by a password"


@pytest.mark.parametrize(
    ("stored", "flag", "wanted"),
    [
        ("Öberg.md".encode("cp437"), 0, "Öberg.md"),
        ("Öberg.md".encode(), 0, "Öberg.md"),
        ("Öberg.md".encode(), 0x800, "Öberg.md"),
        ("O\u0308berg.md".encode(), 0x800, "Öberg.md"),
        ("محمد.md".encode(), 0x800, "محمد.md"),
        ("李.md".encode(), 0, "李.md"),
    ],
)
def test_names_in_several_encodings(tmp_path: Path, stored: bytes, flag: int, wanted: str) -> None:
    plain = "x" * (len(stored) - 3) + ".md"
    content = bytearray(packed({plain: REPORT}).replace(plain.encode(), stored))
    content[content.index(b"PK\3\4") + 7] |= flag >> 8
    content[content.index(b"PK\1\2") + 9] |= flag >> 8
    intake = take(tmp_path, bytes(content))
    assert [file.name for file in intake.submissions[0].files] == [wanted]
    assert intake.submissions[0].id == wanted.removesuffix(".md")


def test_the_unicode_path_field_is_followed_if_it_fits(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, fits in (("berg.md", True), ("ask.md", False)):
            info = zipfile.ZipInfo(name)
            body = b"\1" + struct.pack("<L", zlib.crc32(name.encode()) if fits else 0) + "Öberg.md".encode()
            info.extra = struct.pack("<HH", 0x7075, len(body)) + body
            file.writestr(info, REPORT)
    assert {s.id for s in take(tmp_path, out.getvalue()).submissions} == {"Öberg", "ask"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_used_twice_keeps_both_files(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("annex123/report.md", "one")
        file.writestr("annex123/report.md", "two")
    (submission,) = take(tmp_path, out.getvalue()).submissions
    assert {file.name: file.path.read_text() for file in submission.files} == {
        "report.md": "one",
        "report~2.md": "two",
    }


def test_a_students_archive_is_opened_one_level(tmp_path: Path) -> None:
    inner = packed({"deep.md": REPORT})
    own = packed({"report.md": REPORT, "figures/plot.png": b"png", "more.zip": inner, "__MACOSX/x": b""})
    (submission,) = take(tmp_path, packed({"annex123/all.zip": own, "annex123/old.7z": b"7z"})).submissions
    assert [file.name for file in submission.files] == [
        "all.zip",
        "all.zip/figures/plot.png",
        "all.zip/more.zip",
        "all.zip/report.md",
        "old.7z",
    ]
    assert len(submission.notes) == 2


@pytest.mark.parametrize(
    "own",
    [
        b"PK\5\6 no zip",
        packed({f"{n}.md": b"" for n in range(40)}),
        packed({"large.md": bytes(range(256)) * 40}),
    ],
)
def test_a_students_archive_over_the_limits_stays_closed(tmp_path: Path, own: bytes) -> None:
    limits = IntakeLimits(nested_entries=30, nested_bytes=5_000)
    (submission,) = take(
        tmp_path, packed({"annex123/all.zip": own, "annex123/report.md": REPORT}), limits=limits
    ).submissions
    assert [file.name for file in submission.files] == ["all.zip", "report.md"]
    assert submission.notes[0].startswith("all.zip was not opened: ")


_PARTS = st.text(st.characters(exclude_characters="/\\\0"), min_size=1, max_size=12)
_NAMES = st.lists(
    _PARTS | st.sampled_from(["..", ".", "", "C:", "annex123", "__MACOSX"]), min_size=1, max_size=4
).map("/".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(_NAMES, st.binary(max_size=8), min_size=1, max_size=6))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_names_are_placed_listed_or_ignored_and_none_escapes(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes]
) -> None:
    tmp_path = tmp_path_factory.mktemp("names")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            if name and len(name.encode("utf-8", "surrogatepass")) < 200 and name.isprintable():
                file.writestr(name, content)
        kept = [info for info in file.infolist() if not info.is_dir()]
    intake = take(tmp_path, out.getvalue())
    ignored = [
        info
        for info in kept
        if not [part for part in info.filename.split("/") if part not in {"", ".", ".."}]
        or any(
            part.startswith(".")
            or part.casefold() in {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin"}
            for part in info.filename.split("/")
            if part not in {"", ".", ".."}
        )
    ]
    placed = sum(len(s.files) for s in intake.submissions)
    assert placed + len(intake.unplaced) >= len(kept) - len(ignored)
    assert {path for path in on_disk(tmp_path) if not path.startswith("workspace/")} == {"class.zip"}
    ids = [s.id for s in intake.submissions]
    assert len({identifier.casefold() for identifier in ids}) == len(ids)
    assert all(identifier and "/" not in identifier and identifier not in {".", ".."} for identifier in ids)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_archive_with_flipped_bytes_is_read_or_explained(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(
        packed({"annex123/report.md": REPORT * 20, "berbe456/all.zip": packed({"a.md": REPORT})})
    )
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(IntakeError):
        intake = take(tmp_path_factory.mktemp("flipped"), bytes(content))
        assert all(file.path.is_file() for submission in intake.submissions for file in submission.files)
