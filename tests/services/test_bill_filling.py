"""A folder of bills fills the year of an audit: one plan, one act, one undo; each figure leads to its paper."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.evidence import papers, proofs_of, wanted
from app.bills.reading import State
from app.errors import UserError
from app.forms.answer import MISSING, Change, Given
from app.services import evidence
from app.services.bill_filling import Choice, PlanRow, fill, plan, read_for, with_choice
from app.services.session import AuditSession
from app.storage.evidence import MOST_INSIDE, NewPaper, folder_of
from tests.helpers.bill_papers import Goods, Notice, Paper, Register, invoice_xml, write_notices
from tests.helpers.open_audit import open_audit

FIRM = "佛山市澄岭五金表面处理有限公司"
GIVEN = Path(__file__).parents[1] / "bill_papers"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    model = open_audit(tmp_path)
    session = model.session
    empty = [
        Change(key, answer, MISSING)
        for key, answer in session.book.answers.items()
        if key.startswith(("energy.bills/", "water.bills/"))
    ]
    session.record([*empty, Change("firm.name", MISSING, Given(FIRM))], "没有账单的案卷")
    yield session
    model.close()


def _plan(session: AuditSession, folder: Path) -> tuple[PlanRow, ...]:
    return plan(session.project, read_for(session, [folder], pictures=False))


def test_the_given_folder_fills_its_months_as_one_act(session: AuditSession) -> None:
    rows = _plan(session, GIVEN)
    before = dict(session.book.answers)
    done = fill(session, rows)
    text = session.book.text
    assert text("energy.bills/2025-05/electricity") == "168752"
    assert text("energy.bills/2025-05/electricity_fee") == "150072.38"
    assert text("energy.bills/2025-05/period") == ""  # a calendar month needs none
    assert text("water.bills/2025-01/intake") == "5115"
    assert text("energy.bills/2025-12/gas") == "7125"
    assert (
        text("energy.bills/2025-07/electricity") == "164648"
    )  # the other firm's 8000 kWh are nowhere
    proofs = proofs_of(session.book)
    names = {one.paper.name for one in proofs["energy.bills/2025-02/electricity"]}
    assert names == {"02-电费通知单.pdf", "02-电费发票.xml"}
    fee = {one.paper.name for one in proofs["energy.bills/2025-02/electricity_fee"]}
    assert fee == {"02-电费通知单.pdf"}  # the invoice is for a part of the money
    (paper,) = proofs["energy.bills/2025-05/electricity"]
    (proof,) = [one for one in paper.paper.proves if one.key == "energy.bills/2025-05/electricity"]
    assert proof.box is not None
    left, top, right, bottom = proof.box
    assert 850 < left < right <= 1000
    assert 280 < top < bottom < 420
    content = session.paper_content(paper.paper.sha256)
    assert content == (GIVEN / "05-电费通知单.pdf").read_bytes()
    assert done.papers == len(papers(session.book))
    session.undo()
    assert dict(session.book.answers) == before
    session.redo()
    assert text("energy.bills/2025-05/electricity") == "168752"


def test_what_is_in_doubt_is_not_filled_by_itself(session: AuditSession) -> None:
    rows = {row.reading.file: row for row in _plan(session, GIVEN)}
    other = rows["07-别家的电费发票.pdf"]
    assert (other.reading.state, other.choice) == (State.ASK, Choice.NOTHING)
    assert rows["08-快递费发票.pdf"].choice is Choice.NOTHING
    assert rows["02-电费发票.xml"].choice is Choice.KEEP
    assert Choice.FILL not in rows["02-电费发票.xml"].choices
    fill(session, [with_choice(other, Choice.FILL)])
    assert session.book.text("energy.bills/2025-07/electricity") == "8000"


def test_a_figure_that_stands_there_is_not_written_over_by_itself(
    session: AuditSession, tmp_path: Path
) -> None:
    key = "energy.bills/2025-03/electricity"
    session.record([Change(key, MISSING, Given("99999"))], "手填")
    folder = tmp_path / "in"
    folder.mkdir()
    notice = Notice((Register("有功总", Goods().net),), firm=FIRM)
    write_notices(folder / "a.pdf", [notice])
    (row,) = _plan(session, folder)
    assert row.choice is Choice.NOTHING
    assert "表里已有 99999" in row.note
    fill(session, [with_choice(row, Choice.FILL)])
    assert session.book.text(key) == "6500"


def test_two_meters_of_one_month_are_added_and_a_crossing_period_is_written(
    session: AuditSession, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    one = Notice((Register("有功总", Goods().net),), "20250226", "20250325", firm=FIRM)
    write_notices(folder / "a.pdf", [one, replace(one, point="2")])
    fill(session, _plan(session, folder))
    text = session.book.text
    assert text("energy.bills/2025-03/electricity") == "13000"
    assert text("energy.bills/2025-03/period") == "2/26–3/25"


def test_a_paper_is_kept_once_and_the_index_names_what_it_proves(
    session: AuditSession, tmp_path: Path
) -> None:
    fill(session, _plan(session, GIVEN))
    kept = len(session.papers_kept())
    again = _plan(session, GIVEN)
    fill(session, again)
    assert len(session.papers_kept()) == kept
    places = evidence.place_names(session.project, evidence.binder(session))
    rows = evidence.binder(session)
    may = next(row for row in rows if row.paper.title == "2025 年 5 月电费通知单")
    assert may.paper.group == "能源和水"
    assert may.number.startswith("2-")
    assert "2025 年 5 月 电量" in [places[proof.key] for proof in may.paper.proves]
    assert len({row.number for row in rows}) == len(rows)


def test_what_is_missing_is_a_list(session: AuditSession) -> None:
    zero = Change("energy.bills/2025-06/gas", MISSING, Given("0"))
    session.record([Change("energy.bills/2025-04/gas", MISSING, Given("120")), zero], "手填")
    fill(session, _plan(session, GIVEN))
    missing = {(one.what, one.month) for one in wanted(session.book, 2025)}
    assert ("气费单", "2025-04") in missing  # a figure without its paper
    assert ("气费单", "2025-05") in missing  # neither
    assert ("气费单", "2025-06") not in missing  # 零
    assert ("电费单", "2025-05") not in missing


def test_large_papers_lie_beside_and_are_missed_in_words(session: AuditSession) -> None:
    large = NewPaper("照片.png", b"\x89PNG" + bytes(MOST_INSIDE))
    small = NewPaper("a.xml", invoice_xml(Paper()).encode())
    session.keep_papers([large, small, large])
    kept = {one.name: one for one in session.papers_kept()}
    assert (kept["照片.png"].inside, kept["a.xml"].inside) == (False, True)
    assert session.paper_content(large.sha256) == large.content
    beside = folder_of(session.path) / large.sha256
    beside.write_bytes(b"changed")
    with pytest.raises(UserError, match="改过"):
        session.paper_content(large.sha256)
    beside.unlink()
    with pytest.raises(UserError, match=r"照片\.png"):
        session.paper_content(large.sha256)


def test_a_photograph_keeps_its_picture_and_loses_its_place(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "p.jpg"
    image = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (23.0, 1.0, 2.0)
    image.save(path, exif=exif)
    assert _facts(path)[0]
    kept = tmp_path / "k.jpg"
    kept.write_bytes(evidence.read_paper(path).content)
    assert _facts(kept) == ({}, 6, _facts(path)[2])


def _facts(path: Path) -> tuple[dict[int, object], object, bytes]:
    """(place, which way is up, the picture itself) of a photograph."""
    from PIL import Image

    with Image.open(path) as image:
        exif = image.getexif()
        return dict(exif.get_ifd(0x8825)), exif.get(0x0112), image.tobytes()
