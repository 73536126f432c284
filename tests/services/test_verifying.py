"""A sealed report: its number, its data inside, and what `verify` finds when somebody touches it or the audit goes on."""

import io
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from app.__main__ import main
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import Change, Given
from app.papers.edition import check_character, edition_number
from app.reports.read_back import text_of
from app.reports.sealed_file import read_sealed, seal
from app.services.projects import Projects
from app.services.reporting import write_report
from app.services.review import open_copy
from app.services.session import ImmediateExecutor
from app.services.verifying import verify

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def projects() -> Projects:
    return Projects(load_catalogue(), ImmediateExecutor(), lambda: NOW)


@pytest.fixture(scope="module")
def issued(projects: Projects, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(the report for review, its audit)."""
    folder = tmp_path_factory.mktemp("封存")
    audit = projects.printer_sample(folder)
    project, assessment = projects.load(audit)
    pdf = folder / "报告 送审稿.pdf"
    write_report(project, assessment, pdf, state="送审稿", today=DAY)
    return pdf, audit


def test_untouched_it_agrees_with_itself_and_with_its_audit(
    projects: Projects, issued: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pdf, audit = issued
    verdict = verify(pdf, audit, projects.cases)
    assert verdict.differences == ()
    printed = text_of(pdf.read_bytes())
    assert verdict.number in printed
    assert printed.count(verdict.number) >= verdict.pages - 3  # not on cover and signatures
    assert f"校验{verdict.sha256[:4]}{verdict.sha256[4:8]}" in printed
    assert main(["verify", str(pdf), str(audit)]) == 0
    assert "一致" in capsys.readouterr().out


def test_any_flipped_byte_is_noticed(
    issued: tuple[Path, Path], projects: Projects, tmp_path: Path
) -> None:
    content = issued[0].read_bytes()
    chance = random.Random(7)
    for _ in range(25):
        changed = bytearray(content)
        place = chance.randrange(len(changed))
        changed[place] ^= 1 << chance.randrange(8)
        try:
            file = read_sealed(bytes(changed), "清审数据.json")
        except UserError:
            continue
        assert file.bytes_hold is not True, place


def forged(content: bytes, page: int, old: bytes, new: bytes) -> bytes:
    """A page drawn otherwise, with a new seal line: what somebody does who knows how the line is made."""
    with pikepdf.open(io.BytesIO(content)) as file:
        stream = file.pages[page].obj["/Contents"]
        data = stream.read_bytes()
        assert old in data
        stream.write(data.replace(old, new, 1))
        out = io.BytesIO()
        file.save(out)
    return seal(out.getvalue())


def test_a_page_changed_and_sealed_again_is_named(
    issued: tuple[Path, Path], projects: Projects, tmp_path: Path
) -> None:
    content = issued[0].read_bytes()
    with pikepdf.open(io.BytesIO(content)) as file:
        data = file.pages[5].obj["/Contents"].read_bytes()
    start = data.index(b") Tj", len(data) // 2)
    old = data[start - 1 : start + 4]
    new = (b"x" if old[:1] != b"x" else b"y") + old[1:]
    target = tmp_path / "改过.pdf"
    target.write_bytes(forged(content, 5, old, new))
    verdict = verify(target, None, projects.cases)
    assert any(line.startswith("第 6 张") for line in verdict.differences), verdict.differences
    assert not any("字节" in line for line in verdict.differences)


def test_a_page_taken_out_is_noticed(
    issued: tuple[Path, Path], projects: Projects, tmp_path: Path
) -> None:
    with pikepdf.open(issued[0]) as file:
        del file.pages[4]
        out = io.BytesIO()
        file.save(out)
    target = tmp_path / "少一页.pdf"
    target.write_bytes(seal(out.getvalue()))
    assert any(
        "页，按数据应是" in line for line in verify(target, None, projects.cases).differences
    )


def _no_standards(plain: dict[str, Any]) -> None:
    basis = json.loads(plain["basis"])
    basis["reference"]["standards"] = []
    plain["basis"] = json.dumps(basis)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["answers"]["firm.name"].update(text=["x"]),
        lambda plain: plain["answers"]["firm.name"].update(raw=1.5),
        lambda plain: plain["answers"]["firm.name"].update(note="\ud800"),
        lambda plain: plain.update(
            previous={"place": "x", "number": "", "state": "", "day": "", "changes": []}
        ),
        _no_standards,
    ],
)
def test_data_that_fit_nowhere_are_refused_in_words(
    change: Callable[[dict[str, Any]], None],
    issued: tuple[Path, Path],
    projects: Projects,
    tmp_path: Path,
) -> None:
    """Anybody can write a package into a PDF and seal it."""
    with pikepdf.open(issued[0]) as file:
        plain = json.loads(file.attachments["清审数据.json"].get_file().read_bytes())
        change(plain)
        again = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
        file.attachments["清审数据.json"] = pikepdf.AttachedFileSpec(file, again)
        out = io.BytesIO()
        file.save(out)
    target = tmp_path / "别人写的.pdf"
    target.write_bytes(seal(out.getvalue()))
    for door in (
        lambda: verify(target, None, projects.cases),
        lambda: open_copy(target, projects.cases),
    ):
        with pytest.raises(UserError, match="数据包"):
            door()


def test_changed_data_have_another_number(
    issued: tuple[Path, Path], projects: Projects, tmp_path: Path
) -> None:
    content = issued[0].read_bytes()
    before = verify(issued[0], None, projects.cases)
    with pikepdf.open(io.BytesIO(content)) as file:
        package = file.attachments["清审数据.json"].get_file().read_bytes()
        changed = package.replace(before.firm.encode(), "别的企业有限公司".encode())
        assert changed != package
        file.attachments["清审数据.json"] = pikepdf.AttachedFileSpec(file, changed)
        out = io.BytesIO()
        file.save(out)
    target = tmp_path / "换数据.pdf"
    target.write_bytes(seal(out.getvalue()))
    verdict = verify(target, None, projects.cases)
    assert verdict.number != before.number
    assert not verdict.same


def test_what_the_audit_says_otherwise_by_now_is_listed(
    issued: tuple[Path, Path],
    projects: Projects,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = tmp_path / "后来.cpaudit"
    copy.write_bytes(issued[1].read_bytes())
    session = projects.open_audit(copy)
    session.record(
        [Change("firm.name", session.book.get("firm.name"), Given("改名有限公司"))], "改"
    )
    session.close()
    verdict = verify(issued[0], copy, projects.cases)
    assert len(verdict.differences) == 1
    assert "案卷里「改名有限公司」" in verdict.differences[0]
    assert main(["verify", str(issued[0]), str(copy), "--json"]) == 3
    assert '"same": false' in capsys.readouterr().out


def test_drafts_and_strangers_are_refused(
    projects: Projects,
    issued: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project, assessment = projects.load(issued[1])
    draft = tmp_path / "草稿.pdf"
    write_report(project, assessment, draft, state="草稿", today=DAY)
    assert main(["verify", str(draft)]) == 2
    assert "没有封存的数据包" in capsys.readouterr().err
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert main(["verify", str(tmp_path / "a.pdf")]) == 2
    assert "打不开" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "没有.pdf")]) == 2
    capsys.readouterr()


def test_numbers_have_the_form_of_the_design() -> None:
    number = edition_number(b"{}")
    assert number.startswith("QS26-")
    assert len(number) == len("QS26-XXXX-XXXXC")
    body = number[5:].replace("-", "")
    assert check_character(body[:8]) == body[8]
    assert not set("ILOU") & set(body)
    for place in range(8):
        for one in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if one != body[place]:
                assert check_character(body[:place] + one + body[place + 1 : 8]) != body[8]
