"""The page for the owner and the cuts below the permit: in plain words, one sheet, only what the audit carries."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from app.audit.findings import assess_project
from app.forms.answer import AnswerBook, Given
from app.papers.document import Amount, Figure, Paragraph, SubSection, Table, cell_text
from app.papers.owner import (
    owner_blocks,
    owner_document,
    payback,
    surplus_blocks,
    surplus_document,
)
from app.services.form_prints import print_paper
from tests.helpers.forms import printer_project, sample_project, shipped_forms

TODAY = date(2026, 11, 20)


def words(blocks: list[object]) -> str:
    said = []
    for one in blocks:
        match one:
            case Paragraph(runs):
                said.append(cell_text(runs))
            case SubSection(title):
                said.append(title)
            case Table():
                said += ["　".join(cell_text(cell) for cell in row.cells) for row in one.rows]
            case _:
                pass
    return "\n".join(said)


def test_the_owner_reads_where_the_money_goes_and_what_to_do_first() -> None:
    project = sample_project()
    blocks = owner_blocks(project, assess_project(project))
    said = words(list(blocks))
    assert "2025 年花了 301.87 万元" in said
    assert "买了没镀上去的镍　　27.30　9.0" in said
    assert "废水处理费　　43.90　14.5　51,830 m³ × 8.47 元" in said
    assert "1　WD1 镀槽出槽滴流延长到 20 秒　不花钱　0.79　马上" in said
    assert "2　ZG1 清洗线改三级逆流漂洗　12.60　13.84　约 11 个月" in said
    assert "等级，现在：Ⅲ级" in said
    table = next(one for one in blocks if isinstance(one, Table) and one.key == "owner.bought")
    amounts = [row.cells[2] for row in table.rows]
    assert all(isinstance(one, Amount) for one in amounts)
    *parts, whole = [one.value for one in amounts if isinstance(one, Amount)]
    assert sum(parts, Fraction(0)) == whole
    assert any(isinstance(one, Figure) for one in blocks)


def test_after_the_measures_the_owner_reads_what_is_left_and_the_measured_level() -> None:
    project = sample_project(shipped_forms().samples["chengling"].finished())
    blocks = owner_blocks(project, assess_project(project))
    said = words(list(blocks))
    assert "等级，现在：Ⅱ级（做完的按实测和投用情况算，标准里的数还没全和原文对过）" in said
    (first,) = [one for one in blocks if isinstance(one, Table) and one.key == "owner.best"]
    left = [cell_text(row.cells[1]).split()[0] for row in first.rows]
    assert sorted(left) == ["ZG3", "ZG4"], "nothing that is finished, nothing nobody decided on"
    assert "打算做的 2 个方案都做，一共花 79.50 万元，一年少花 20.59 万元。WD9 还在研究" in said
    assert "打算做的 2 个方案" in said


def test_a_total_the_rows_do_not_add_up_to_has_a_note() -> None:
    project = sample_project()
    blocks = owner_blocks(project, assess_project(project))
    (table,) = [one for one in blocks if isinstance(one, Table) and one.key == "owner.bought"]
    *rows, total = [cell_text(row.cells[2]) for row in table.rows]
    assert round(sum(map(float, rows)), 2) != float(total)
    assert "末位" in cell_text(table.notes[0])


def test_a_firm_without_a_level_or_money_says_so() -> None:
    assert "不写等级" in words(list(owner_blocks(printer_project(), None)))
    empty = sample_project(AnswerBook({"audit.base_year": Given("2025")}))
    said = words(list(owner_blocks(empty, None)))
    assert "还没有填" in said
    assert "还没有写清投资" in said
    assert "还没有做完的方案" in words(list(surplus_blocks(empty)))


@pytest.mark.parametrize(
    ("years", "said"),
    [("0", "马上"), ("0.01", "约 1 个月"), ("0.91", "约 11 个月"), ("1", "约 1.0 年"), ("2.71", "约 2.7 年")],
)  # fmt: skip
def test_payback_in_words(years: str, said: str) -> None:
    assert payback(Fraction(years)) == said


def test_cuts_below_the_permit_with_the_measures_that_brought_them() -> None:
    book = shipped_forms().samples["chengling"].finished()
    answers = {**book.answers, "measures.results/WD8/voc": Given("400")}
    project = sample_project(AnswerBook(answers, book.rows))
    said = words(list(surplus_blocks(project)))
    assert "VOCs　2.400　1.399　0.400　0.999　1.401" in said
    assert "WD8 废水站自动加药与 pH 联锁　VOCs　0.400" in said
    assert "总镍　0.008　0.0032　0.0048　做完的方案实测的削减量" in said
    assert "由主管部门核定" in said


def test_each_is_one_sheet(tmp_path: Path) -> None:
    project = sample_project(shipped_forms().samples["chengling"].finished())
    for document in (
        owner_document(project, assess_project(project), TODAY),
        surplus_document(project, TODAY),
    ):
        target = tmp_path / f"{document.head_left}.pdf"
        print_paper(document, target)
        pdf = PdfDocument(target)
        assert len(pdf) == 1, document.head_left
        assert document.head_left in pdf[0].get_textpage().get_text_range()
        pdf.close()
