"""Papers of any size: nothing, hundreds of rows, cells of thousands of characters, names of forty: set, whole, the same twice."""

import dataclasses
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.audit.charts.shapes import Box, Chart
from app.errors import UserError
from app.papers.document import (
    Align,
    Block,
    Chapter,
    Column,
    Document,
    Figure,
    JoinUp,
    Paragraph,
    Row,
    RowKind,
    Section,
    Sheet,
    Size,
    State,
    Table,
)
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from tests.reports.example_document import example

_LETTERS = "企业用水电气，。（）《》%²μ·−～ 12.5" + string.ascii_letters + "𠮷🙂\u200b\n\t<&>"
_words = st.text(_LETTERS, max_size=40)
_long = st.builds(lambda word, times: (word or "字") * times, _words, st.integers(1, 60))


def _paper(*blocks: Block, name: str = "") -> Document:
    base = example(State.DRAFT)
    return dataclasses.replace(
        base, front=(), appendices=(), chapters=(Chapter(name or "内容", blocks),), enterprise=name or base.enterprise,
        head_right=name or base.head_right,
    )  # fmt: skip


@st.composite
def _tables(draw: st.DrawFn, number: int) -> Table:
    count = draw(st.integers(2, 7))
    columns = tuple(
        Column(draw(_words) or "栏", draw(st.integers(1, 4)), draw(st.sampled_from(Align)))
        for _ in range(count - 1)
    )
    rows = []
    for place in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from([RowKind.NORMAL] * 5 + [RowKind.GROUP, RowKind.TOTAL]))
        mark = f"T{number}R{place}E"
        if kind is RowKind.GROUP:
            rows.append(Row((mark,), kind))
            continue
        cells = [draw(st.one_of(_words, _words, _long)) for _ in range(count - 2)]
        rows.append(Row((mark, *cells), kind, draw(st.booleans())))
    return Table(
        f"t{number}", draw(_words) or "表", (Column("号", 2), *columns[: count - 1]), tuple(rows),
        notes=tuple((draw(_long),) for _ in range(draw(st.integers(0, 2)))), size=draw(st.sampled_from(Size)),
        sheet=draw(st.sampled_from(Sheet)),
    )  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_tables_are_set_with_every_row_once(data: st.DataObject, tmp_path: Path) -> None:
    tables = [data.draw(_tables(number)) for number in range(data.draw(st.integers(0, 3)))]
    blocks: list[Block] = []
    for table in tables:
        blocks += [Section(data.draw(_words) or "节"), Paragraph((data.draw(_long),)), table]
    target = tmp_path / "paper.pdf"
    first = write_pdf(_paper(*blocks), target, invariant=True)
    printed = text_of(target.read_bytes())
    for table in tables:
        for row in table.rows:
            assert printed.count(str(row.cells[0])) == 1, row.cells[0]
    assert write_pdf(_paper(*blocks), target, invariant=True).sha256 == first.sha256


@pytest.mark.parametrize("sheet", list(Sheet))
def test_three_hundred_rows_are_all_there_in_order(tmp_path: Path, sheet: Sheet) -> None:
    rows = tuple(Row((f"第{n}行", "一项", f"{n}.{n % 10}")) for n in range(300))
    columns = (Column("号", 1), Column("项目", 3), Column("数", 1, Align.NUMBER))
    write_pdf(_paper(Table("t", "三百行", columns, rows, sheet=sheet)), tmp_path / "paper.pdf")
    printed = text_of((tmp_path / "paper.pdf").read_bytes())
    places = [printed.index(f"第{n}行") for n in range(300)]
    assert places == sorted(places)
    assert printed.count("续表1-1") >= 4


@pytest.mark.parametrize("size", list(Size))
def test_a_cell_of_two_thousand_characters_loses_none(tmp_path: Path, size: Size) -> None:
    long = "".join(chr(0x4E00 + n) for n in range(2000))
    rows = tuple(Row((f"第{n}行", long if n == 2 else "短", "末")) for n in range(5))
    columns = (Column("号", 1), Column("说明", 2), Column("注", 1))
    table = Table("t", "长", columns, rows, notes=((long,),), size=size)
    write_pdf(_paper(table), tmp_path / "paper.pdf")
    printed = text_of((tmp_path / "paper.pdf").read_bytes())
    for character in long:
        assert printed.count(character) >= 2, character


def test_names_of_forty_characters_stand_everywhere(tmp_path: Path) -> None:
    name = "".join(chr(0x4E00 + n * 7) for n in range(40))
    cells = (Row((name, name)), Row((JoinUp(), name)))
    table = Table("t", name, (Column(name, 1), Column(name, 1)), cells)
    write_pdf(_paper(Section(name), Paragraph((name,)), table, name=name), tmp_path / "paper.pdf")
    assert text_of((tmp_path / "paper.pdf").read_bytes()).count(name) >= 8


def test_nothing_at_all_is_a_paper(tmp_path: Path) -> None:
    paper = _paper(
        Table("t", "空", (Column("", 1), Column("", 1)), ()), Paragraph(("",)), Section("")
    )
    assert write_pdf(paper, tmp_path / "paper.pdf").pages >= 4
    assert write_pdf(_paper(), tmp_path / "bare.pdf").pages >= 4


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "paper.pdf"
    target.write_bytes(b"%PDF-old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reportlab.pdfbase.pdfdoc.PDFDocument.SaveToFile", full)
    with pytest.raises(UserError, match="满"):
        write_pdf(example(), target)
    assert target.read_bytes() == b"%PDF-old"
    assert [one.name for one in tmp_path.iterdir()] == ["paper.pdf"]


def test_rows_that_belong_together_part_where_no_page_holds_both(tmp_path: Path) -> None:
    columns = tuple(Column(title, width) for title, width in zip("号甲乙丙丁戊", (2, 1, 1, 3, 1, 1), strict=True))  # fmt: skip
    rows = tuple(Row((f"第{n}行", "", "", "", "")) for n in range(5))
    tall = Row(("末行", "", "", "", "1" * 306))
    paper = _paper(Section("节"), Paragraph(("字",)), Table("t", "表", columns, (*rows, tall)))
    write_pdf(paper, tmp_path / "paper.pdf")
    printed = text_of((tmp_path / "paper.pdf").read_bytes())
    assert printed.count("1" * 5) > 0
    assert all(printed.count(f"第{n}行") == 1 for n in range(5))


def test_a_chart_taller_than_a_page_is_made_to_fit(tmp_path: Path) -> None:
    chart = Chart(440.0, 900.0, (Box(0.0, 0.0, 440.0, 900.0),), "高图")
    target = tmp_path / "paper.pdf"
    write_pdf(_paper(Section("节"), Paragraph(("甲",)), Figure("f", "很高的图", chart)), target)
    assert "很高的图" in text_of(target.read_bytes())
