"""Sixty odd files and places: each opens as it should or gets a plain message; nothing hangs, runs, swells or is written elsewhere."""

import errno
import io
import json
import os
import shutil
import sqlite3
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import paths
from app.bills.read import read_file
from app.bootstrap import build_services
from app.errors import UserError
from app.exchange.bill_sheet import read_bill_file
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.services import open_marks
from app.services.evidence import read_paper
from app.services.prints import print_of
from app.services.projects import Projects
from app.services.scoring import score_case, score_folder
from app.services.session import AuditSession, ImmediateExecutor
from app.services.system_packs import read_pack
from app.services.systems import read_system_file
from app.storage import backups, database, journals
from app.storage.audit_reader import read_audit
from app.ui.settings import load_settings

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and permissions")
_MB = 1_000_000


@pytest.fixture
def projects() -> Iterator[Projects]:
    services = build_services(ImmediateExecutor())
    yield services.projects
    services.close()


@pytest.fixture
def audit(projects: Projects, tmp_path: Path) -> Path:
    path = projects.sample(tmp_path / "案卷")[1]
    projects.sample(tmp_path / "案卷")[0].unlink()
    return path


def refused(read: Callable[[Path], object], path: Path) -> str:
    """The message; it says what and what to do."""
    with pytest.raises(UserError) as caught:
        read(path)
    for problem in caught.value.problems:
        assert problem.what
        assert problem.remedy
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------ text files

SYSTEM_TEXTS: dict[str, bytes] = {
    "python object.yaml": b"a: !!python/object/apply:os.system ['touch /tmp/never']",
    "python name.yaml": b"a: !!python/name:os.system",
    "own tag.yaml": b"schema: !x 1",
    "binary tag.yaml": b"a: !!binary aGVsbG8=",
    "merge.yaml": b"a: &a {x: 1}\nb: {<<: *a, y: 2}",
    "many documents.yaml": b"--- 1\n--- 2\n--- 3\n",
    "alias to itself.yaml": b"a: &a [*a]",
    "aliases.yaml": b"a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]",
    "NUL.yaml": b"schema: 1\0\nid: x\n",
    "only NULs.yaml": bytes(5000),
    "UTF-16.yaml": "schema: 1\nid: x\n".encode("utf-16"),
    "half UTF-8.yaml": "id: 企业".encode()[:-1],
    "tabs.yaml": b"a:\n\tb: 1\n",
    "huge word.yaml": b"id: " + b"x" * 3_000_000,
    "many keys.yaml": b"".join(b"k%d: 1\n" % n for n in range(15_000)),
    "same key twice.yaml": b"id: a\nid: b\n",
    "NaN.json": b'{"id": NaN}',
    "Infinity.json": b'{"id": -Infinity}',
    "1e9999999.json": b'{"schema": 1e9999999, "id": "x"}',
    "long number.json": b'{"schema": ' + b"9" * 200_000 + b"}",
    "lone surrogate.json": b'{"id": "\\ud800"}',
    "NUL inside.json": b'{"id": "a\\u0000b"}',
    "cut.json": b'{"id": "x", "tables": [',
    "list.json": b"[1, 2, 3]",
    "number.json": b"5",
    "empty.json": b"",
    "BOM.json": b"\xef\xbb\xbf{}",
    "RTL\u202emark.json": b'{"id": "\xe2\x80\xae gpj"}',
}


@pytest.mark.parametrize("name", SYSTEM_TEXTS)
def test_systems(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(SYSTEM_TEXTS[name])
    begun = time.process_time()
    refused(read_system_file, path)
    assert time.process_time() - begun < 20  # a hang, not speed
    pack = path.with_suffix(".cppack")
    pack.write_bytes(SYSTEM_TEXTS[name])
    refused(read_pack, pack)
    assert not Path("/tmp/never").exists()


def test_a_pack_that_is_an_archive_and_one_with_systems_in_systems(tmp_path: Path) -> None:
    pack = tmp_path / "x.cppack"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("../../x", b"x")
    refused(read_pack, pack)
    inner = {"format": "cleanaudit-pack/1", "by": "x", "on": "x", "systems": []}
    pack.write_text(json.dumps({**inner, "systems": [inner, [inner]]}))
    refused(read_pack, pack)
    pack.write_text(json.dumps({**inner, "systems": "electroplating-2015"}))
    refused(read_pack, pack)


# -------------------------------------------------------------------------------------------------------- archives


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _bomb(name: str, megabytes: int = 400) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for _ in range(megabytes):
            part.write(bytes(_MB))
    return out.getvalue()


def _encrypted(data: bytes) -> bytes:
    """The mark of a password in every head."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "sheet bomb.xlsx": lambda: _bomb("xl/worksheets/sheet1.xml"),
    "strings bomb.xlsx": lambda: _bomb("xl/sharedStrings.xml"),
    "content bomb.ods": lambda: _bomb("content.xml"),
    "nested.xlsx": lambda: _zip({"inner.xlsx": _zip({"inner.xlsx": _bomb("x", 20)})}),
    "outside.xlsx": lambda: _zip({"../../outside.xml": b"x", "[Content_Types].xml": TYPES}),
    "many parts.xlsx": lambda: _zip({f"p{n}": b"" for n in range(30_000)}),
    "password.xlsx": lambda: _encrypted(_zip({"xl/workbook.xml": b"<workbook/>"})),
    "no workbook.xlsx": lambda: _zip({"[Content_Types].xml": TYPES}),
    "word.xlsx": lambda: _zip({"word/document.xml": b"<document/>", "[Content_Types].xml": TYPES}),
    "cut.xlsx": lambda: _zip({"xl/workbook.xml": b"<workbook/>"})[:-30],
    "empty.xlsx": lambda: b"",
    "text.xlsx": lambda: b"\0\1\2\3" * 50,
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_workbooks(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(ARCHIVES[name]())
    refused(read_bill_file, path)
    if path.suffix == ".xlsx":
        refused(read_system_file, path)
    assert not (tmp_path.parent / "outside.xml").exists()


def test_bills_that_are_bombs_or_nothing(tmp_path: Path) -> None:
    for name, data in (
        ("a.ofd", _bomb("OFD.xml")),
        ("b.ofd", _zip({"OFD.xml": b"<x>"})),
        ("c.ofd", b"PK\x03\x04"),
        ("d.xml", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'),
        ("e.xml", b"<x>" * 100_000),
        ("f.pdf", b"%PDF-1.7\n" + b"1 0 obj <<" * 9),
        ("g.jpg", b"\xff\xd8\xff"),
        ("h.zip", _zip({"a.pdf": b"x"})),
        ("i.pdf", b""),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        for reading in read_file(path, None):
            assert reading.doubts or reading.state.name not in ("READ",), name


# ------------------------------------------------------------------------------------------------- names and places


@pytest.mark.parametrize(
    "name",
    [
        "CON", "nul.txt", "COM1", "a" * 300, "企业" * 100, "..", "...", " . ", "a/b", "a\\b", "C:x", "a\0b", "\u202etxt.exe",
        "x\ny", "\ud800", "", "-rf", "~", "$HOME", "%TEMP%", "a:b*c?d<e>f|g\"h",
    ],
)  # fmt: skip
def test_names_of_firms(name: str, projects: Projects, tmp_path: Path) -> None:
    session = projects.create_audit(tmp_path, name, AnswerBook({"firm.name": Given("x")}))
    path = session.path
    session.close()
    assert path.parent == tmp_path
    assert path.suffix == ".cpaudit"
    assert len(path.name.encode()) < 140
    assert not set(path.stem) & set('\\/:*?"<>|\n\0\u202e')
    assert path.stem.split(".")[0].upper() not in ("CON", "NUL", "COM1")
    assert read_audit(path).book.text("firm.name") == "x"


@posix
def test_a_name_of_255_bytes_works_and_one_with_right_to_left_marks(
    projects: Projects, audit: Path
) -> None:
    said: list[str] = []
    for stem in ("长" * 82, "\u202efdp.案卷", "a b'c\"d;e&f"):
        path = audit.with_name(f"{stem}.cpaudit")
        shutil.copy(audit, path)
        try:
            session = projects.open_audit(path)
        except UserError as error:  # the name and its journal do not fit the file system
            said.append(str(error))
            continue
        session.record([Change("firm.name", MISSING, Given("新"))], "填写")
        session.close()
        assert read_audit(path).book.text("firm.name") == "新"
        assert projects.restore(path).exists()
    assert len(said) <= 1


@posix
def test_what_is_no_regular_file(projects: Projects, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.cpaudit"
    os.mkfifo(pipe)
    zero = tmp_path / "zero.cpaudit"
    zero.symlink_to("/dev/zero")
    loop = tmp_path / "loop.cpaudit"
    loop.symlink_to(loop)
    folder = tmp_path / "folder.cpaudit"
    folder.mkdir()
    nowhere = tmp_path / "nowhere.cpaudit"
    nowhere.symlink_to(tmp_path / "none")
    huge = tmp_path / "huge.cpaudit"
    with huge.open("wb") as stream:
        stream.truncate(5_000 * _MB)
    for path in (pipe, zero, loop, folder, nowhere, huge):
        for door in (projects.open_audit, projects.load, read_audit):
            refused(door, path)
    target = tmp_path / "x.csv"
    (tmp_path / "y.cpaudit").write_bytes(b"")
    score_folder(tmp_path, target, projects.cases.catalogue)
    assert target.exists()
    for path in (pipe, zero, loop, folder, nowhere):
        refused(lambda one: score_case(one, projects.cases.catalogue), path.with_suffix(".yaml"))
        refused(read_bill_file, path)
        refused(read_paper, path)


@posix
def test_a_linked_audit_is_the_audit_itself(projects: Projects, audit: Path) -> None:
    link = audit.with_name("链接.cpaudit")
    link.symlink_to(audit)
    session = projects.open_audit(link)
    refused(projects.open_audit, audit)
    session.record([Change("firm.name", MISSING, Given("新"))], "填写")
    session.close()
    assert link.is_symlink()
    assert read_audit(audit).book.text("firm.name") == "新"


@posix
def test_a_hard_link_is_said(projects: Projects, audit: Path) -> None:
    os.link(audit, audit.with_name("另一个名字.cpaudit"))
    session = projects.open_audit(audit)
    assert any("硬链接" in str(doubt) for doubt in session.doubts)
    session.close()


def test_files_of_sqlite_beside_a_copy(projects: Projects, audit: Path) -> None:
    """WAL and its index of another state, a journal that is empty, noise, a folder, or names another file."""
    expected = read_audit(audit).book
    victim = audit.with_name("别的文件.txt")
    victim.write_text("不许动")
    name = str(victim).encode()
    master = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4096) + name + len(name).to_bytes(4, "big")
    master += sum(name).to_bytes(4, "big") + b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    for ending, content in (
        ("-wal", b"\x37\x7f\x06\x82" + bytes(5000)),
        ("-shm", bytes(32768)),
        ("-journal", b""),
        ("-journal", bytes(600)),
        ("-journal", b"noise" * 300),
        ("-journal", master),
    ):
        beside = audit.with_name(audit.name + ending)
        beside.write_bytes(content)
        assert read_audit(audit).book == expected
        session = projects.open_audit(audit)
        assert session.book == expected
        session.close()
        beside.unlink(missing_ok=True)
    assert victim.read_text() == "不许动"
    journals.journal_of(audit).mkdir()
    for door in (projects.open_audit, read_audit):
        with suppress(UserError):
            door(audit)
    journals.journal_of(audit).rmdir()
    assert read_audit(audit).book == expected


# ---------------------------------------------------------------------------------------------- while it is open


@pytest.fixture(autouse=True)
def sessions_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that fails leaves no session trying again in the next."""
    made: list[AuditSession] = []
    real = Projects.open_audit

    def opened(self: Projects, path: Path, **more: object) -> AuditSession:
        made.append(real(self, path, **more))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(Projects, "open_audit", opened)
    yield
    for one in made:
        one.close(abandon=True)


def give(session: object, text: str) -> None:
    session.record([Change("firm.name", MISSING, Given(text))], "填写")  # type: ignore[attr-defined]


@posix
@pytest.mark.parametrize("what", ["read-only folder", "read-only file"])
def test_read_only(what: str, projects: Projects, audit: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the administrator may write everywhere")
    place = audit.parent if "folder" in what else audit
    place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        session = projects.open_audit(audit)
        assert session.read_only
        session.close()
    finally:
        place.chmod(0o755)


@pytest.mark.parametrize("days", [-20_000, -1, 1, 20_000])
def test_the_clock_is_set_while_working(days: int, projects: Projects, audit: Path) -> None:
    session = projects.open_audit(audit)
    session._clock = lambda: datetime.now(UTC) + timedelta(days=days)  # noqa: SLF001
    for number in range(30):
        give(session, f"企业 {number}")
    assert session.waiting == 0
    session.close()
    assert read_audit(audit).book.text("firm.name") == "企业 29"
    found = backups.newest_good(audit)
    assert found is not None
    assert found.contents.book.text("firm.name") == "企业 29"


def test_two_windows_on_one_audit(projects: Projects, audit: Path) -> None:
    first = projects.open_audit(audit)
    assert "另一个窗口" in refused(projects.open_audit, audit)
    give(first, "一")
    first.close()
    second = projects.open_audit(audit)
    assert second.book.text("firm.name") == "一"
    second.close()


@pytest.mark.parametrize("what", ["gone", "a file", "read-only", "a link to nowhere"])
def test_the_folder_of_backups_is_of_no_use(
    what: str, projects: Projects, audit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = projects.open_audit(audit)
    folder = paths.backups_dir()
    shutil.rmtree(folder)
    if what == "a file":
        folder.write_text("x")
    elif what == "a link to nowhere":
        folder.symlink_to(folder.with_name("none") / "none")
    elif what == "read-only":
        monkeypatch.setattr(
            Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EROFS, "read-only"))
        )
    said: list[UserError] = []
    session.on_backup_failed = said.append
    for number in range(30):
        give(session, f"企业 {number}")
    assert session.waiting == 0
    assert what == "gone" or said
    session.close()
    monkeypatch.undo()
    assert read_audit(audit).book.text("firm.name") == "企业 29"


@pytest.mark.parametrize(
    "what", ["deleted", "moved", "replaced", "emptied", "cut", "overwritten", "folder gone"]
)
def test_the_file_under_the_window(
    what: str, projects: Projects, audit: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.cpaudit"
    shutil.copy(audit, other)
    with sqlite3.connect(other) as plain:
        plain.execute("PRAGMA user_version = 1002")
        plain.execute("VACUUM")
    plain.close()
    session = projects.open_audit(audit)
    give(session, "前")
    match what:
        case "deleted":
            audit.unlink()
        case "moved":
            audit.rename(tmp_path / "moved.cpaudit")
        case "replaced":
            os.replace(other, audit)
        case "emptied":
            os.truncate(audit, 0)
        case "cut":
            os.truncate(audit, 8192)
        case "overwritten":
            with audit.open("r+b") as stream:
                stream.write(other.read_bytes())
                stream.truncate()
        case _:
            shutil.rmtree(audit.parent)
    left = audit.read_bytes() if audit.exists() else None
    give(session, "后")
    assert session.waiting == 1
    assert session.book.text("firm.name") == "后"
    assert (audit.read_bytes() if audit.exists() else None) == left
    target = tmp_path / "另存.cpaudit"
    session.copy_to(target)
    session.close(abandon=True)
    assert read_audit(target).book.text("firm.name") == "后"
    assert database.read_version(target) == database.FORMAT


# ---------------------------------------------------------------------------------- the program's own small files


LONG_PLACE = json.dumps([{
    "path": "/" + "x" * 400, "name": "", "place": "", "industry": "", "kind": "", "stages": [], "done": 0, "rated": False,
    "level": "", "deadline": "", "opened": "", "minutes": 0,
}]).encode()  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [b"", LONG_PLACE, LONG_PLACE.replace(b'"done": 0', b'"done": 1' + b"0" * 400), b'{"x": {"path": "", "sha256": "", "page": 1e999, "zoom": 0}}', b"[" * 100_000, b"\0" * 50, b"null", b"[]", b"{}", b'{"theme": 5, "readings": [], "column_widths": {"a": "b"}}', b"\xff\xfe"],
)  # fmt: skip
def test_small_files_of_the_user(content: bytes, projects: Projects, audit: Path) -> None:
    home = paths.user_data_dir()
    for name in ("settings.json", "library.json", "measures.json", "prints.json"):
        (home / name).write_bytes(content)
    marks = home / "open"
    marks.mkdir(exist_ok=True)
    (marks / "x.txt").write_bytes(content or b"/nowhere")
    assert load_settings().theme == "light"
    projects.audits.summaries()
    open_marks.interrupted()
    assert print_of("x") is None
    session = projects.open_audit(audit)
    give(session, "新")
    session.close()
    assert any(one.path == audit for one in projects.audits.summaries())
